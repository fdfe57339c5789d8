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
from blog import answers
from comments import actions, decisions, queue
from comments.discussion import comment_alone
from comments.models import Comment, ModerationEvent
from comments.thread import viewer_of


class SeeOther(HttpResponseRedirect):
    """The answer to a form that was taken: a reload of the next page sends nothing again."""

    status_code = 303


def for_deciders(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let those in who decide on some comments, with their desk; nothing of it is kept anywhere."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if not request.user.is_authenticated:
            if words := request.POST.get("words"):
                # Signed out meanwhile: the way to the sign-in would lose the reason.
                return answers.form_refused(request, words)
            here = request.get_full_path() if request.method == "GET" else reverse("comments:moderation")
            return redirect_to_login(here)
        desk = queue.desk_of(request.user)
        if desk is None:
            raise PermissionDenied(_("Only moderators, and authors on their own posts, decide on comments."))
        response = view(request, desk, *args, **kwargs)
        response["Cache-Control"] = "private, no-store"
        return response

    return guarded


@require_safe
@for_deciders
def moderation(request: HttpRequest, desk: queue.Desk) -> HttpResponse:
    decided = decisions.numbers_in(request.GET.get("decided", ""))
    page = queue.page_of(desk, queue.Request.read(request.GET), decided=decided)
    return render(request, "comments/moderation.html", {"page": page, "reasons": decisions.REASONS})


@require_POST
@for_deciders
def decision(request: HttpRequest, desk: queue.Desk, pk: int) -> HttpResponse:
    comment = get_object_or_404(desk.comments().select_related("user", "post"), pk=pk)
    form = decisions.DecisionForm(request.POST)
    if not form.is_valid():
        raise BadRequest("No decision has this name.")
    decide = decisions.DECIDE[form.cleaned_data["do"]]
    try:
        event = decide(comment, by=request.user, seen=form.cleaned_data["rev"])
    except actions.Refused as refusal:
        return _not_decided(request, desk, comment, str(refusal))
    return _receipt(request, event)


@require_http_methods(["GET", "HEAD", "POST"])
@for_deciders
def removal(request: HttpRequest, desk: queue.Desk, pk: int) -> HttpResponse:
    comment = get_object_or_404(desk.comments().select_related("user", "post"), pk=pk)
    if request.method != "POST":
        return _asks_why(request, desk, comment, decisions.RemovalForm())
    form = decisions.RemovalForm(request.POST)
    if not form.is_valid():
        return _asks_why(request, desk, comment, form, status=400)
    try:
        seen = form.cleaned_data["rev"]
        event = actions.remove_comment(comment, by=request.user, reason=form.text, seen=seen)
    except actions.Refused as refusal:
        return _not_decided(request, desk, comment, str(refusal))
    return _receipt(request, event)


@require_POST
@for_deciders
def undo(request: HttpRequest, desk: queue.Desk, pk: int) -> HttpResponse:
    events = ModerationEvent.objects.filter(comment__in=desk.comments()).select_related(
        "comment__user", "comment__post"
    )
    event = get_object_or_404(events, pk=pk)
    try:
        undone = actions.undo(event, by=request.user)
    except actions.Refused as refusal:
        return _not_decided(request, desk, event.comment, str(refusal))
    if answers.wants_fragment(request) and not _is_in_thread(request):
        return _item(request, desk, undone.comment, message="")
    return _receipt(request, undone)


@require_POST
@for_deciders
def bulk(request: HttpRequest, desk: queue.Desk) -> HttpResponse:
    name, marks = request.POST.get("do", ""), request.POST.getlist("id")
    form = decisions.RemovalForm(request.POST)
    if name == "undo":
        outcome = decisions.undo_all(desk, request.POST.getlist("event"))
    elif name not in decisions.DECIDE:
        raise BadRequest("No decision has this name.")
    elif name == "remove" and not form.is_valid():
        return _asks_again(request, name, marks, form, status=400)
    elif len(marks) > decisions.ASKS_ABOVE and request.POST.get("sure") != str(len(marks)):
        return _asks_again(request, name, marks, form)
    else:
        outcome = decisions.decide_all(desk, name, marks, reason=form.text if name == "remove" else "")
    for words in outcome.refused or ([] if outcome.events else [_("Nothing was selected.")]):
        messages.warning(request, words)
    return SeeOther(_next(request, outcome.events, otherwise=reverse("comments:moderation")))


# --- answers --------------------------------------------------------------------------------------------------


def _receipt(request: HttpRequest, event: ModerationEvent) -> HttpResponse:
    """Say what was decided, with a way to undo it: in place, or on the page where it was decided."""
    if not answers.wants_fragment(request):
        return SeeOther(_next(request, [event], otherwise=event.comment.get_absolute_url()))
    receipt = queue.receipts_of(request.user, [event.pk])[0]
    if _is_in_thread(request):
        return _in_thread(request, event.comment, receipt=receipt)
    return render(request, "comments/_receipt.html", {"receipt": receipt, "next": _target(request)})


def _is_in_thread(request: HttpRequest) -> bool:
    """Whether a script decides beside the comment in its thread, and not in the queue."""
    return request.POST.get("place") == "thread"


def _in_thread(
    request: HttpRequest,
    comment: Comment,
    *,
    receipt: queue.Receipt | None = None,
    words: str = "",
    status: int = 200,
) -> HttpResponse:
    """Answer a script that decided in a thread: the comment as it is there now, and the receipt or the refusal."""
    html = comment_alone(comment, viewer_of(request, comment.post), person=request.user)
    context = {"html": html, "receipt": receipt, "message": words, "next": comment.get_absolute_url()}
    return render(request, "comments/_decided.html", context, status=status)


def _not_decided(request: HttpRequest, desk: queue.Desk, comment: Comment, words: str) -> HttpResponse:
    """Say why nothing was decided, show the comment as it is now, and keep the reason that was typed: 409."""
    if answers.wants_fragment(request) and _is_in_thread(request):
        return _in_thread(request, comment, words=words, status=409)
    if answers.wants_fragment(request):
        return _item(request, desk, comment, message=words, status=409)
    form = decisions.RemovalForm(request.POST) if "words" in request.POST else decisions.RemovalForm()
    return _asks_why(request, desk, comment, form, message=words, status=409)


def _item(
    request: HttpRequest, desk: queue.Desk, comment: Comment, *, message: str, status: int = 200
) -> HttpResponse:
    context = {
        "item": queue.items_of(desk, [comment.pk])[0],
        "message": message,
        "opens": "words" in request.POST,
        "next": _target(request),
        "reasons": decisions.REASONS,
        "typed": request.POST,
    }
    return render(request, "comments/_queue_item.html", context, status=status)


def _asks_why(
    request: HttpRequest,
    desk: queue.Desk,
    comment: Comment,
    form: decisions.RemovalForm,
    *,
    message: str = "",
    status: int = 200,
) -> HttpResponse:
    if answers.wants_fragment(request) and form.is_bound:
        return answers.message(_("Choose a reason, or write one."), status=status)
    item = queue.items_of(desk, [comment.pk])[0]
    if answers.wants_fragment(request):
        # The text stands in the thread already, as old as the page: the link says which version that is.
        item = replace(item, rev=queue.number_in(request.GET.get("rev", "")) or 0)
    context = {
        "item": item,
        "form": form,
        "message": message,
        "next": _target(request),
        "reasons": decisions.REASONS,
        "typed": request.POST,
    }
    template = "comments/_removal_form.html" if answers.wants_fragment(request) else "comments/removal.html"
    return render(request, template, context, status=status)


def _asks_again(
    request: HttpRequest, name: str, marks: Sequence[str], form: decisions.RemovalForm, *, status: int = 200
) -> HttpResponse:
    context = {
        "do": name,
        "marks": marks,
        "form": form,
        "next": _target(request),
        "reasons": decisions.REASONS,
        "typed": request.POST,
    }
    return render(request, "comments/bulk.html", context, status=status)


def _target(request: HttpRequest) -> str:
    """Return where the decision was made, as its form says; only a path of this site."""
    target = request.POST.get("next", "")
    return target if stays_here(target) else ""


def _next(request: HttpRequest, events: Sequence[ModerationEvent], *, otherwise: str) -> str:
    """Return that place with the receipts of these decisions; `otherwise` where the form says none."""
    parts = urlsplit(_target(request) or otherwise)
    query = [(key, value) for key, value in parse_qsl(parts.query) if key != "decided"]
    if events:
        query.append(("decided", ",".join(str(event.pk) for event in events)))
    return urlunsplit(parts._replace(query=urlencode(query, safe=",")))
