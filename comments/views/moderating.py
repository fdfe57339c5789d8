"""Deciding on comments: the queue, one comment's decisions and removal, several at once, and undoing."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import wraps
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.adapters import stays_here
from comments import actions
from comments.discussion.single_comments import comment_alone
from comments.models import Comment, ModerationEvent
from comments.moderation import (
    ModerationScope,
    QueueQuery,
    Receipt,
    items_of,
    page_of,
    receipts_of,
    scope_of,
)
from comments.moderation.bulk import ASKS_ABOVE, DECIDE, decide_all, numbers_in, undo_all
from comments.moderation.forms import DecisionForm, RemovalForm, typed_in
from comments.moderation.reasons import REASONS
from comments.thread import viewer_of
from web import responses
from web.params import int_param


class SeeOther(HttpResponseRedirect):
    """The answer to a form that was taken: a reload of the next page sends nothing again."""

    status_code = 303


def for_deciders(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Admit only those who moderate some comments, and pass their scope on. The answer is never cached."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if not request.user.is_authenticated:
            if words := request.POST.get("words"):
                # Signed out meanwhile: a redirect to the sign-in would lose the typed reason.
                return responses.form_refused(request, words)
            here = request.get_full_path() if request.method == "GET" else reverse("comments:moderation")
            return redirect_to_login(here)
        scope = scope_of(request.user)
        if scope is None:
            raise PermissionDenied(
                _("Only moderators, and authors on their own posts, can moderate comments.")
            )
        response = view(request, scope, *args, **kwargs)
        response["Cache-Control"] = "private, no-store"
        return response

    return guarded


@require_safe
@for_deciders
def moderation(request: HttpRequest, scope: ModerationScope) -> HttpResponse:
    decided = numbers_in(request.GET.get("decided", ""))
    page = page_of(scope, QueueQuery.read(request.GET), decided=decided)
    return render(request, "comments/moderation.html", {"page": page, "reasons": REASONS})


@require_POST
@for_deciders
def decision(request: HttpRequest, scope: ModerationScope, pk: int) -> HttpResponse:
    comment = get_object_or_404(scope.comments().select_related("user", "post"), pk=pk)
    form = DecisionForm(request.POST)
    if not form.is_valid():
        raise BadRequest("No decision has this name.")
    decide = DECIDE[form.cleaned_data["do"]]
    try:
        event = decide(comment, by=scope.user, seen=form.cleaned_data["rev"])
    except actions.Refused as refusal:
        return _not_decided(request, scope, comment, refusal)
    return _receipt(request, scope, event)


@require_http_methods(["GET", "HEAD", "POST"])
@for_deciders
def removal(request: HttpRequest, scope: ModerationScope, pk: int) -> HttpResponse:
    comment = get_object_or_404(scope.comments().select_related("user", "post"), pk=pk)
    if request.method != "POST":
        refused = items_of(scope, [comment.pk])[0].refusals.get("remove", "")
        status = 403 if refused else 200
        return _asks_why(request, scope, comment, RemovalForm(), message=refused, status=status)
    form = RemovalForm(request.POST)
    if not form.is_valid():
        return _asks_why(request, scope, comment, form, status=400)
    try:
        seen = form.cleaned_data["rev"]
        event = actions.remove_comment(comment, by=scope.user, reason=form.text, seen=seen)
    except actions.Refused as refusal:
        return _not_decided(request, scope, comment, refusal)
    return _receipt(request, scope, event)


@require_POST
@for_deciders
def undo(request: HttpRequest, scope: ModerationScope, pk: int) -> HttpResponse:
    events = ModerationEvent.objects.filter(comment__in=scope.comments()).select_related(
        "comment__user", "comment__post"
    )
    event = get_object_or_404(events, pk=pk)
    try:
        undone = actions.undo(event, by=scope.user)
    except actions.Refused as refusal:
        return _not_decided(request, scope, event.comment, refusal)
    if responses.wants_fragment(request) and not _is_in_thread(request):
        return _item(request, scope, undone.comment, message="")
    return _receipt(request, scope, undone)


@require_POST
@for_deciders
def bulk(request: HttpRequest, scope: ModerationScope) -> HttpResponse:
    name, marks = request.POST.get("do", ""), request.POST.getlist("id")
    form = RemovalForm(request.POST)
    if name == "undo":
        outcome = undo_all(scope, request.POST.getlist("event"))
    elif name not in DECIDE:
        raise BadRequest("No decision has this name.")
    elif name == "remove" and not form.is_valid():
        return _asks_again(request, name, marks, form, status=400)
    elif len(marks) > ASKS_ABOVE and request.POST.get("sure") != str(len(marks)):
        return _asks_again(request, name, marks, form)
    else:
        outcome = decide_all(scope, name, marks, reason=form.text if name == "remove" else "")
    for words in outcome.refused or ([] if outcome.events else [_("Select at least one comment.")]):
        messages.warning(request, words)
    return SeeOther(_next(request, outcome.events, otherwise=reverse("comments:moderation")))


# --- answers --------------------------------------------------------------------------------------------------


def _receipt(request: HttpRequest, scope: ModerationScope, event: ModerationEvent) -> HttpResponse:
    """Show the receipt with its undo: as a fragment for a script, else on the page where the decision was made."""
    if not responses.wants_fragment(request):
        return SeeOther(_next(request, [event], otherwise=event.comment.get_absolute_url()))
    receipt = receipts_of(scope.user, [event.pk])[0]
    if _is_in_thread(request):
        return _in_thread(request, scope, event.comment, receipt=receipt)
    return render(request, "comments/_receipt.html", {"receipt": receipt, "next": _target(request)})


def _is_in_thread(request: HttpRequest) -> bool:
    """Whether a script sent this from a comment in its thread, not from the queue."""
    return request.POST.get("place") == "thread"


def _in_thread(
    request: HttpRequest,
    scope: ModerationScope,
    comment: Comment,
    *,
    receipt: Receipt | None = None,
    words: str = "",
    status: int = 200,
) -> HttpResponse:
    """Answer a script in a thread with the comment as it is now, and the receipt or the refusal."""
    html = comment_alone(comment, viewer_of(request, comment.post), person=scope.user)
    context = {"html": html, "receipt": receipt, "message": words, "next": comment.get_absolute_url()}
    return render(request, "comments/_decided.html", context, status=status)


def _not_decided(
    request: HttpRequest, scope: ModerationScope, comment: Comment, refusal: actions.Refused
) -> HttpResponse:
    """Say why nothing was decided, show the comment as it is now, and keep the reason that was typed.

    403 if this person may not make the decision, 409 if the comment has changed or the decision makes no sense.
    """
    words, status = str(refusal), 403 if isinstance(refusal, actions.NotAllowed) else 409
    if responses.wants_fragment(request) and _is_in_thread(request):
        return _in_thread(request, scope, comment, words=words, status=status)
    if responses.wants_fragment(request):
        return _item(request, scope, comment, message=words, status=status)
    form = RemovalForm(request.POST) if "words" in request.POST else RemovalForm()
    return _asks_why(request, scope, comment, form, message=words, status=status)


def _item(
    request: HttpRequest, scope: ModerationScope, comment: Comment, *, message: str, status: int = 200
) -> HttpResponse:
    context = {
        "item": items_of(scope, [comment.pk])[0],
        "message": message,
        "opens": "words" in request.POST,
        "next": _target(request),
        "reasons": REASONS,
        "typed": typed_in(request.POST),
    }
    return render(request, "comments/_queue_item.html", context, status=status)


def _asks_why(
    request: HttpRequest,
    scope: ModerationScope,
    comment: Comment,
    form: RemovalForm,
    *,
    message: str = "",
    status: int = 200,
) -> HttpResponse:
    if responses.wants_fragment(request) and form.is_bound:
        return responses.text_response(_("Choose or write a reason."), status=status)
    item = items_of(scope, [comment.pk])[0]
    if responses.wants_fragment(request):
        # The reader sees the text in the thread, as old as that page: the link says which version it is.
        item = replace(item, rev=int_param(request.GET.get("rev", "")) or 0)
    context = {
        "item": item,
        "form": form,
        "message": message,
        "next": _target(request),
        "reasons": REASONS,
        "typed": typed_in(request.POST),
    }
    template = "comments/_removal_form.html" if responses.wants_fragment(request) else "comments/removal.html"
    return render(request, template, context, status=status)


def _asks_again(
    request: HttpRequest, name: str, marks: Sequence[str], form: RemovalForm, *, status: int = 200
) -> HttpResponse:
    context = {
        "do": name,
        "marks": marks,
        "form": form,
        "next": _target(request),
        "reasons": REASONS,
        "typed": typed_in(request.POST),
    }
    return render(request, "comments/bulk.html", context, status=status)


def _target(request: HttpRequest) -> str:
    """Return the page on which the decision was made, as its form says, or ""; only a path of this site."""
    target = request.POST.get("next", "")
    return target if stays_here(target) else ""


def _next(request: HttpRequest, events: Sequence[ModerationEvent], *, otherwise: str) -> str:
    """Return the address of that page with the receipts of these decisions; `otherwise` if the form names none."""
    parts = urlsplit(_target(request) or otherwise)
    query = [(key, value) for key, value in parse_qsl(parts.query) if key != "decided"]
    if events:
        query.append(("decided", ",".join(str(event.pk) for event in events)))
    return urlunsplit(parts._replace(query=urlencode(query, safe=",")))
