"""Error responses (403, 404, 410, 429, 503) that say in words what happened, and helpers for responses."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from web import kept_forms

# Seconds: a restart of the database takes less, and nobody who waits gives up before.
OUTAGE_RETRY = 15


def gone(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer 410: something public was withdrawn."""
    return render(request, "410.html", {"reason": reason}, status=410)


def refused(request: HttpRequest, reason: str) -> HttpResponse:
    """Answer 403 with the reason, a sentence for the person."""
    if wants_fragment(request):
        return text_response(reason, status=403)
    return render(request, "403.html", {"reason": reason, "is_action": True}, status=403)


def not_found(request: HttpRequest, typed_text: str) -> HttpResponse:
    """Answer 404 to a form whose page no longer exists, and give back the typed text."""
    if wants_fragment(request):
        return text_response(
            _("This post is no longer available. Your text is still in the box; copy it if you need it."),
            status=404,
        )
    return render(request, "404.html", {"typed_text": typed_text}, status=404)


def form_refused(
    request: HttpRequest, typed_text: str = "", *, again: bool = False, sign_in: bool = False
) -> HttpResponse:
    """Answer 403 to a form that may not come from our own page, and give back the typed text.

    `again`: offer a button that sends the same again, with a token. Never for a form that another site sent.
    `sign_in`: its session has ended, and it is too long to be kept.
    """
    if wants_fragment(request):
        return text_response(_("This form was open too long. Reload the page and send it again."), status=403)
    context: dict = {"typed_text": typed_text, "sign_in": sign_in}
    if again:
        sent = kept_forms.fields_of(request)
        # Shown and not only sent: the comment, or the text of a post.
        shown = next((name for name in ("text", "body") if name in request.POST), "")
        context["fields"] = [(name, value) for name, value in sent if name != shown]
        context["shown"] = (shown, request.POST.get(shown, ""))
        context["had_files"] = bool(request.FILES)
        context["address"] = request.path
    return render(request, "403_csrf.html", context, status=403)


def too_many(request: HttpRequest, *, seconds: int, wait: str = "", typed_text: str = "") -> HttpResponse:
    """Answer 429 with the time to wait (`wait` in words), and give back the typed text."""
    if wants_fragment(request):
        words = _("Please slow down. Try again in %s.") % wait
        return text_response(words, status=429, seconds=seconds)
    response = render(request, "429.html", {"wait": wait, "typed_text": typed_text}, status=429)
    return try_again_in(response, seconds)


def unavailable(request: HttpRequest) -> HttpResponse:
    """Answer 503 while the database is down or cannot write, and give back the typed text.

    This needs neither the database nor anything from middleware.
    """
    if wants_fragment(request):
        words = _("We can’t save anything right now. Your text is still in the box; try again in a minute.")
        return text_response(words, status=503, seconds=OUTAGE_RETRY)
    page = render_to_string("503.html", {"typed_text": _typed_text(request)})
    response = HttpResponse(page, status=503)
    response["Cache-Control"] = "no-store"
    return try_again_in(response, OUTAGE_RETRY)


def _typed_text(request: HttpRequest) -> str:
    """Return the text of a comment or post that was sent, or "" if the form cannot be read."""
    try:
        return request.POST.get("text") or request.POST.get("body") or ""
    except Exception:
        # Broken off, too big, or no form: then the page at least says what happened.
        return ""


def see_other(path: str) -> HttpResponse:
    """Redirect (303) to the page to look at after a form was handled."""
    return HttpResponseRedirect(path, status=303)


def never_indexed(response: HttpResponse) -> HttpResponse:
    """Tell search engines not to index this response, and return it."""
    response["X-Robots-Tag"] = "noindex"
    return response


def try_again_in(response: HttpResponse, seconds: int) -> HttpResponse:
    """Set Retry-After, in seconds, and return the response."""
    response["Retry-After"] = str(seconds)
    return response


# --- answers to scripts ---------------------------------------------------------------------------------------


def wants_fragment(request: HttpRequest) -> bool:
    """Whether one of our scripts asks for the changed fragment instead of a whole page.

    Other sites cannot send this header: browsers ask us first (CORS), and we never allow it.
    """
    return request.headers.get("X-Fragment") == "1"


def text_response(text: str, *, status: int, seconds: int = 0) -> HttpResponse:
    """Answer a script with one sentence for the person; `seconds`: Retry-After, if any."""
    response = HttpResponse(text, status=status, content_type="text/plain; charset=utf-8")
    return try_again_in(response, seconds) if seconds else response
