"""Keep a form that was sent when its session had ended, until the same person has signed in again.

Each browser has one, in its session, for an hour. Files, passwords, codes and keys are never kept or given back.
"""

import re
import time

from django.http import HttpRequest, QueryDict

# The hidden field that says who was signed in when the form was opened.
OPENED_BY = "opened_by"
# The button that throws a kept form away.
DISCARD = "discard_kept_form"
LONGEST_KEPT = 60 * 60
MOST_BYTES = 1024 * 1024

_IN_SESSION = "kept_form"
_SECRET = re.compile(r"(^|_)(csrfmiddlewaretoken|password\d?|code|key|secret|token)$")
# A form that was given back is only shown; what its button would do waits until it is pressed again.
_BUTTONS = {"do", "_save", "_continue", "_addanother"}


def may_give_back(request: HttpRequest) -> bool:
    """Whether the request was sent by a form of the admin whose words may be kept and offered again."""
    match = request.resolver_match
    if match is None or not (match.url_name or "").endswith(("_add", "_change")):
        return False
    return getattr(getattr(match.func, "model_admin", None), "gives_back", False)


def fields_of(request: HttpRequest) -> list[tuple[str, str]]:
    """Return names and values that were sent, without those that are never given back."""
    sent = [(name, value) for name, values in request.POST.lists() for value in values]
    return [(name, value) for name, value in sent if not _SECRET.search(name)]


def words_of(request: HttpRequest) -> str:
    """Return what somebody typed into the form: every value of several words, one after the other."""
    return "\n\n".join(value.strip() for _name, value in fields_of(request) if len(value.split()) > 1)


def was_opened_by(request: HttpRequest, user_id: int | None) -> bool:
    """Whether this member was signed in when the form was opened."""
    return user_id is not None and request.POST.get(OPENED_BY) == str(user_id)


def keep(request: HttpRequest) -> bool:
    """Keep the form in the browser's session; return False if it is too long or says nobody's name."""
    fields = QueryDict(mutable=True)
    for name, value in fields_of(request):
        if name not in _BUTTONS:
            fields.appendlist(name, value)
    text = fields.urlencode()
    if not request.POST.get(OPENED_BY) or len(text) > MOST_BYTES:
        return False
    request.session[_IN_SESSION] = {
        "path": request.path,
        "opened_by": request.POST[OPENED_BY],
        "until": time.time() + LONGEST_KEPT,
        "had_files": bool(request.FILES),
        "fields": text,
    }
    # Signing in gives the session its usual length again (accounts/apps.py).
    request.session.set_expiry(LONGEST_KEPT)
    return True


def kept_for(request: HttpRequest) -> QueryDict | None:
    """Return what is kept of the form at this path, for the member who had opened it, or None."""
    kept = request.session.get(_IN_SESSION)
    if kept is None:
        return None
    if not time.time() < kept["until"] <= time.time() + LONGEST_KEPT:
        forget(request)
        return None
    if kept["path"] != request.path or kept["opened_by"] != str(request.user.pk):
        return None
    return QueryDict(kept["fields"])


def had_files(request: HttpRequest) -> bool:
    """Whether files came with the kept form, which have to be chosen again."""
    return request.session.get(_IN_SESSION, {}).get("had_files", False)


def forget(request: HttpRequest) -> None:
    request.session.pop(_IN_SESSION, None)
