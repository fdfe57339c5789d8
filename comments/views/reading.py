"""Pages of comments: one comment, the redirect to its place in the discussion, the latest, and a person's."""

from math import ceil
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts import guests, reads
from accounts.models import User
from blog.markup import plain_text
from blog.models import PostState
from blog.rate_limit import limited
from comments import lists, permissions
from comments.discussion.comment_pages import comment_page
from comments.discussion.page import place_in_thread
from comments.models import Comment, CommentState, DiscussionSettings
from comments.models.comments import CommentQuerySet
from comments.permissions import Writer
from comments.revisions.edits import edits_of
from comments.thread import WAITING, Viewer, is_readable, load_around, order_of, viewer_of
from comments.views.lookup import comment_for
from web import responses
from web.params import int_param

# Characters of a comment shown beside a link to it.
PREVIEWED = 280
GONE = {CommentState.REMOVED, CommentState.WITHDRAWN}


@require_safe
@limited(reads.PLACES)
def comment(request: HttpRequest, pk: int) -> HttpResponse:
    found = comment_for(request, pk)
    if found is None:
        return _not_public(request, pk)
    viewer = viewer_of(request, found.post)
    if responses.wants_fragment(request):
        return _menu(request, found, viewer)
    person = request.user if request.user.is_authenticated else None
    page = comment_page(found, viewer, person=person, reads_all=viewer.moderates and found.state in WAITING)
    context = {
        "comment": found,
        "page": page,
        "on": found.post,
        "is_gone": found.state in GONE,
    }
    # A deleted comment has no actions, and its earlier versions are not shown.
    context |= {} if found.state in GONE else _sections(request, found, viewer)
    return responses.never_indexed(
        render(request, "comments/comment.html", context, status=410 if found.state in GONE else 200)
    )


def _sections(request: HttpRequest, comment: Comment, viewer: Viewer) -> dict[str, Any]:
    """Return the context of what stands under a comment: what its writer can do, and its edits."""
    is_own = viewer.wrote(comment)
    minutes = _edit_minutes(guests.person_of(request), comment) if is_own else 0
    return {
        "is_own": is_own,
        "edit_minutes": minutes,
        "edits": edits_of(comment),
        "may_report": comment.is_public and not is_own,
    }


def _edit_minutes(writer: Writer | None, comment: Comment) -> int:
    """Return for how many minutes its writer can still edit the comment, rounded up."""
    settings, now = DiscussionSettings.load(), timezone.now()
    if permissions.edit_refusal(writer, comment, settings=settings, now=now):
        return 0
    return ceil((permissions.edited_until(comment, settings) - now).total_seconds() / 60)


def _menu(request: HttpRequest, found: Comment, viewer: Viewer) -> HttpResponse:
    """Answer a script with the comment's menu: the same actions that its page has."""
    mutes = load_around(found.post_id, (), viewer).personal.mutes
    # The writer of a deleted comment is not named, so the menu must not offer to mute them either.
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
    return responses.never_indexed(render(request, "comments/_menu.html", context))


@require_safe
def preview(request: HttpRequest, pk: int) -> HttpResponse:
    """Return the first words of a comment, for a script that shows them beside a link to it."""
    found = comment_for(request, pk)
    if found is None or (found.state in WAITING and not is_readable(found, viewer_of(request, found.post))):
        return responses.text_response(_("Comment not found."), status=404)
    if found.state in GONE:
        # A comment that was never public has no number.
        words = (
            _("Comment #%(number)d has been deleted.") % {"number": found.number}
            if found.number
            else _("This comment has been deleted.")
        )
        return responses.text_response(words, status=410)
    words = Truncator(plain_text(found.body_html)).chars(PREVIEWED)
    return responses.never_indexed(render(request, "comments/_peek.html", {"comment": found, "words": words}))


@require_safe
@limited(reads.PLACES)
def in_thread(request: HttpRequest, pk: int) -> HttpResponse:
    found = comment_for(request, pk)
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


def _not_public(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer 410 if the comment's post was withdrawn, else 404."""
    withdrawn = Comment.objects.public().filter(
        pk=pk, post__state=PostState.WITHDRAWN, post__first_published_at__lte=timezone.now()
    )
    if withdrawn.exists():
        return responses.gone(request)
    raise Http404


@require_safe
def latest(request: HttpRequest) -> HttpResponse:
    comments = lists.public_comments(request.user)
    return render(request, "comments/recent.html", {"page": _page(request, comments)})


@require_safe
def person(request: HttpRequest, slug: str) -> HttpResponse:
    found = get_object_or_404(User.objects.proven(), slug=slug)
    comments = lists.of_person(found, request.user)
    context = {"person": found, "page": _page(request, comments), "count": lists.counted(comments)}
    return render(request, "comments/person.html", context | {"most": lists.MOST_COUNTED})


def _page(request: HttpRequest, comments: CommentQuerySet) -> lists.CommentList:
    """Return the page that `?before=` asks for; 404 for an id that no page of ours can have linked."""
    before = request.GET.get("before", "")
    if not before:
        return lists.page_of(comments, before=None)
    number = int_param(before)
    if number is None:
        raise Http404
    # A held comment does not exist for readers. One that was removed since the page was made still marks the place.
    places = Comment.objects.visible_to(request.user).exclude(state__in=WAITING)
    cursor = get_object_or_404(places.filter(published_at__isnull=False), pk=number)
    return lists.page_of(comments, before=cursor)
