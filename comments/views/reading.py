"""Pages of comments: one comment, the way to its place in the thread, the latest ones, a person's."""

from math import ceil
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts import guests
from accounts.models import User
from blog import answers
from blog.markup import plain_text
from blog.models import PostState
from comments import permissions, recent
from comments.discussion import comment_page, place_in_thread
from comments.models import Comment, CommentState, DiscussionSettings
from comments.permissions import Writer
from comments.thread import WAITING, Viewer, is_readable, load_around, order_of, viewer_of
from comments.versions import edits_of

# As many characters of a comment are shown beside a link to it.
PREVIEWED = 280
GONE = {CommentState.REMOVED, CommentState.WITHDRAWN}


@require_safe
def comment(request: HttpRequest, pk: int) -> HttpResponse:
    found = _visible(request).filter(pk=pk).first()
    if found is None:
        return _not_public(request, pk)
    viewer = viewer_of(request, found.post)
    if found.state in WAITING and not (viewer.moderates or viewer.wrote(found)):
        raise Http404
    if answers.wants_fragment(request):
        return _menu(request, found, viewer)
    person = request.user if request.user.is_authenticated else None
    page = comment_page(found, viewer, person=person, reads_all=viewer.moderates and found.state in WAITING)
    context = {
        "comment": found,
        "page": page,
        "on": found.post,
        "is_gone": found.state in GONE,
    }
    # Of what is gone there is nothing to do any more, nor what it said before.
    context |= {} if found.state in GONE else _sections(request, found, viewer)
    response = render(request, "comments/comment.html", context, status=410 if found.state in GONE else 200)
    response["X-Robots-Tag"] = "noindex"
    return response


def _sections(request: HttpRequest, comment: Comment, viewer: Viewer) -> dict[str, Any]:
    """Return what stands under a comment that is not gone: what its writer can do, and what was changed."""
    is_own = viewer.wrote(comment)
    minutes = _edit_minutes(guests.person_of(request), comment) if is_own else 0
    return {
        "is_own": is_own,
        "edit_minutes": minutes,
        "edits": edits_of(comment),
        "may_report": comment.is_public and not is_own,
    }


def _edit_minutes(writer: Writer | None, comment: Comment) -> int:
    """Return for how many minutes, the last one begun, its writer can still edit the comment."""
    settings, now = DiscussionSettings.load(), timezone.now()
    if permissions.edit_refusal(writer, comment, settings=settings, now=now):
        return 0
    return ceil((permissions.edited_until(comment, settings) - now).total_seconds() / 60)


def _menu(request: HttpRequest, found: Comment, viewer: Viewer) -> HttpResponse:
    """Answer a script with what can be done with a comment, as a menu of the same things that its page has."""
    mutes = load_around(found.post_id, (), viewer).personal.mutes
    # Whoever wrote what is gone is not named any more, by what can be done about them either.
    is_about_its_writer = not viewer.wrote(found) and permissions.mute_refusal(None, found) is None
    context = {
        "comment": found,
        "is_named": found.state not in GONE,
        "may_edit": viewer.wrote(found) and _edit_minutes(guests.person_of(request), found) > 0,
        "may_report": found.is_public and not viewer.wrote(found),
        "may_withdraw": viewer.wrote(found) and found.state not in GONE,
        "may_mute": is_about_its_writer,
        "is_muted": is_about_its_writer and mutes.has_writer_of(found),
    }
    response = render(request, "comments/_menu.html", context)
    response["X-Robots-Tag"] = "noindex"
    return response


@require_safe
def preview(request: HttpRequest, pk: int) -> HttpResponse:
    """The first words of a comment, for a script that shows them beside a link to it."""
    found = _visible(request).filter(pk=pk).first()
    if found is None or (found.state in WAITING and not is_readable(found, viewer_of(request, found.post))):
        return answers.message(_("This comment is not here."), status=404)
    if found.state in GONE:
        # One that nobody but its writer and moderators ever read has no number.
        words = _("The comment #%d is gone.") % found.number if found.number else _("This comment is gone.")
        return answers.message(words, status=410)
    words = Truncator(plain_text(found.body_html)).chars(PREVIEWED)
    response = render(request, "comments/_peek.html", {"comment": found, "words": words})
    response["X-Robots-Tag"] = "noindex"
    return response


@require_safe
def in_thread(request: HttpRequest, pk: int) -> HttpResponse:
    found = _visible(request).filter(pk=pk).first()
    if found is None:
        return _not_public(request, pk)
    number = place_in_thread(found, viewer=viewer_of(request, found.post), order=order_of(request))
    if number is None:
        # Its own page says what became of it.
        return redirect(found)
    query = {"order": order_of(request)} if "order" in request.GET else {}
    if number > 1:
        query["page"] = str(number)
    return redirect(f"{found.post.get_absolute_url()}{_query(query)}#{found.anchor}")


def _query(values: dict[str, str]) -> str:
    return f"?{urlencode(values)}" if values else ""


def _visible(request: HttpRequest):
    return Comment.objects.visible_to(request.user).with_post()


def _not_public(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer 410 where the comment went with its post, else 404."""
    withdrawn = Comment.objects.public().filter(
        pk=pk, post__state=PostState.WITHDRAWN, post__first_published_at__lte=timezone.now()
    )
    if withdrawn.exists():
        return answers.gone(request)
    raise Http404


@require_safe
def latest(request: HttpRequest) -> HttpResponse:
    comments = recent.public_comments(request.user)
    return render(request, "comments/recent.html", {"page": _page(request, comments)})


@require_safe
def person(request: HttpRequest, slug: str) -> HttpResponse:
    found = get_object_or_404(User.objects.proven(), slug=slug)
    comments = recent.of_person(found, request.user)
    context = {"person": found, "page": _page(request, comments), "count": recent.counted(comments)}
    return render(request, "comments/person.html", context | {"most": recent.MOST_COUNTED})


def _page(request: HttpRequest, comments) -> recent.CommentList:
    """Return the page that `?before=` asks for; 404 for a place that no page of ours has named."""
    before = request.GET.get("before", "")
    if not before:
        return recent.page_of(comments, before=None)
    if not (before.isascii() and before.isdecimal() and len(before) < 19):
        raise Http404
    cursor = get_object_or_404(Comment.objects.filter(published_at__isnull=False), pk=int(before))
    return recent.page_of(comments, before=cursor)
