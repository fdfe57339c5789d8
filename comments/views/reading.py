"""Pages of comments: one comment, the way to its place in the thread, the latest ones, a person's."""

from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.models import User
from blog import answers
from blog.markup import plain_text
from blog.models import PostState
from comments import recent
from comments.discussion import comment_page, place_in_thread
from comments.models import Comment, CommentState
from comments.thread import WAITING, is_readable, order_of, viewer_of

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
    person = request.user if request.user.is_authenticated else None
    page = comment_page(found, viewer, person=person, reads_all=viewer.moderates and found.state in WAITING)
    context = {
        "comment": found,
        "page": page,
        "on": found.post,
        "is_gone": found.state in GONE,
        "may_withdraw": viewer.wrote(found) and found.state not in GONE,
    }
    response = render(request, "comments/comment.html", context, status=410 if found.state in GONE else 200)
    response["X-Robots-Tag"] = "noindex"
    return response


@require_safe
def preview(request: HttpRequest, pk: int) -> HttpResponse:
    """The first words of a comment, for a script that shows them beside a link to it."""
    found = _visible(request).filter(pk=pk).first()
    if found is None or (found.state in WAITING and not is_readable(found, viewer_of(request, found.post))):
        return answers.message(_("This comment is not here."), status=404)
    if found.state in GONE:
        return answers.message(_("The comment #%d is gone.") % found.number, status=410)
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
