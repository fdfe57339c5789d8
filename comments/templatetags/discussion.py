"""What blog's templates may ask of discussions: the thread of a post, numbers of comments, what is talked about now."""

import secrets
from collections.abc import Iterable

from django import template
from django.http import HttpRequest
from django.template.context import Context
from django.utils import timezone
from django.utils.safestring import SafeString

from accounts import guests
from blog.kept import keep_until
from blog.markup import trusted
from blog.models import Post
from comments import actions, recent
from comments.discussion import DiscussionPage, Reader, discussion_page
from comments.forms import CommentForm, remembered
from comments.thread import order_of, viewer_of

register = template.Library()


@register.inclusion_tag("comments/_discussion.html", takes_context=True)
def discussion(context: Context, post: Post) -> dict:
    """Print the discussion of a post as this request asks for it."""
    request = context["request"]
    page = _page_of(request, post)
    return {
        "discussion": page,
        "post": post,
        "items": _items(request, page) if page.shown else "",
        "prints_all": request.GET.get("print") == "all",
        "viewer": context["viewer"],
        "form": _form(request) if page.refusal is None else None,
    }


def _form(request: HttpRequest) -> CommentForm:
    """Return the empty form of an opener; what the device remembers is filled in by a script on kept pages."""
    person = request.user if request.user.is_authenticated else None
    is_personal = person is not None or guests.id_of(request) is not None
    return CommentForm(person=person, initial=remembered(request) if is_personal else {})


def _items(request: HttpRequest, page: DiscussionPage) -> SafeString:
    """Return the comments, or a mark that the middleware replaces by their bytes when the page is done."""
    late = getattr(request, "late_threads", None)
    if late is None:
        return page.fragments.thread(page.shown)
    mark = f"<!--{secrets.token_hex(8)}-->"
    late[mark.encode()] = page.fragments.encoded(page.shown)
    return trusted(mark)


def _page_of(request: HttpRequest, post: Post) -> DiscussionPage:
    """Build the discussion once for a request: the head of a post's page counts it, the foot prints it."""
    built = getattr(request, "discussion", None)
    if built is None or built[0] != post.pk:
        now = timezone.now()
        reader = _reader(request, post)
        page = discussion_page(post, reader, now=now)
        if reader.person is not None and page.mark is not None and _is_read(request):
            actions.note_visit(reader.person, post.pk, before=reader.mark, after=page.mark)
        if page.closes_at is not None and page.closes_at > now:
            keep_until(request, page.closes_at)
        built = request.discussion = (post.pk, page)
    return built[1]


# What browsers say of a page that they fetch before anybody asked for it; the second one, older ones.
ADVANCE = ("Sec-Purpose", "Purpose")


def _is_read(request: HttpRequest) -> bool:
    """Whether somebody looks at the page: browsers that fetch it in advance say so."""
    return request.method == "GET" and all(
        "prefetch" not in request.headers.get(name, "") for name in ADVANCE
    )


def _reader(request: HttpRequest, post: Post) -> Reader:
    page = request.GET.get("page", "")
    person = request.user if request.user.is_authenticated else None
    return Reader(
        viewer=viewer_of(request, post),
        person=person,
        mark=actions.mark_of(person, post.pk) if person else None,
        order=order_of(request),
        chose_order="order" in request.GET,
        page=int(page) if page.isascii() and page.isdecimal() and len(page) < 9 else 1,
        whole="all" in request.GET,
    )


@register.simple_tag(takes_context=True)
def comment_counts(context: Context, posts: Post | Iterable[Post]) -> str:
    """Give every post `comment_count`, the number of its public comments, and print nothing.

    One query for a list, which also tells `last_number`; one more tells members `new_count`. A single post is one
    whose discussion is printed below, so that is built now and counted.
    """
    if isinstance(posts, Post):
        posts.comment_count = _page_of(context["request"], posts).count
        return ""
    listed = list(posts)
    counts = recent.counts_of(listed) if listed else {}
    viewer = context["viewer"]
    new = recent.new_of(listed, viewer) if listed and viewer else {}
    for post in listed:
        post.comment_count, post.last_number = counts.get(post.pk, (0, 0))
        post.new_count = new.get(post.pk, 0)
    return ""


@register.inclusion_tag("comments/_recent.html")
def recent_comments(most: int = 5) -> dict:
    """Print who said something last, and where."""
    return {"comments": recent.latest(most)}


@register.inclusion_tag("comments/_popular.html")
def popular_posts(most: int = 5) -> dict:
    """Print the posts of the last 30 days that are talked about most."""
    return {"posts": recent.popular_posts(most=most)}
