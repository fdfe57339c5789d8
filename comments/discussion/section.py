"""Builds the discussion as the section that the page of a post prints; `blog.sections` asks for it."""

import secrets

from django.http import HttpRequest
from django.utils import timezone
from django.utils.safestring import SafeString

from accounts import guests
from blog.markup import trusted
from blog.models import CommentPolicy, Post
from blog.page_cache import do_not_cache, expires_at
from blog.sections import Section
from blog.variants import variant_of
from comments import actions, lists
from comments.discussion.page import DiscussionPage, DiscussionRequest, discussion_page
from comments.forms import CommentForm, remembered
from comments.thread import long_discussions, viewer_of

# Headers by which browsers tell that they fetch a page in advance; older ones send the second.
ADVANCE = ("Sec-Purpose", "Purpose")


def discussion_section(request: HttpRequest, post: Post) -> Section | None:
    """Return the discussion of a post as this request asks for it; None for a page that has none.

    It stores the visit of a member who reads it.
    """
    if not _is_discussed(post):
        return None
    page = _page_of(request, post)
    values = {
        "discussion": page,
        "post": post,
        "items": _items(request, page) if page.shown else "",
        "prints_all": variant_of(request).printed,
        "form": _form(request) if page.refusal is None else None,
    }
    return Section("comments/_discussion.html", values, count=page.count, anchor="discussion")


def _is_discussed(post: Post) -> bool:
    """Whether a post shows its discussion: posts always, pages if they allow comments or have some."""
    is_open = not post.is_page or post.comment_policy != CommentPolicy.CLOSED
    return is_open or lists.counts_of([post]).get(post.pk, (0, 0))[0] > 0


def _page_of(request: HttpRequest, post: Post) -> DiscussionPage:
    now = timezone.now()
    asked = _asked(request, post)
    page = discussion_page(post, asked, now=now)
    if asked.person is not None and page.mark is not None and _is_read(request):
        actions.note_visit(asked.person, post.pk, before=asked.mark, after=page.mark)
    if page.number != asked.page:
        # A number beyond the last page shows the last page, which is cached under its own number.
        do_not_cache(request)
    if page.closes_at is not None and page.closes_at > now:
        expires_at(request, page.closes_at)
    return page


def _asked(request: HttpRequest, post: Post) -> DiscussionRequest:
    asked = variant_of(request)
    person = request.user if request.user.is_authenticated else None
    return DiscussionRequest(
        viewer=viewer_of(request, post),
        person=person,
        mark=actions.mark_of(person, post.pk) if person else None,
        order=asked.order,
        chose_order=asked.chose_order,
        page=asked.page,
        whole=asked.whole,
    )


def _is_read(request: HttpRequest) -> bool:
    """Whether a person looks at the page, and it is not fetched in advance."""
    return request.method == "GET" and all(
        "prefetch" not in request.headers.get(name, "") for name in ADVANCE
    )


def _items(request: HttpRequest, page: DiscussionPage) -> SafeString:
    """Return the comments, or a mark that the middleware replaces by their bytes at the end."""
    late = getattr(request, long_discussions.LATE_THREADS, None)
    if late is None:
        return page.fragments.thread(page.shown)
    mark = f"<!--{secrets.token_hex(8)}-->"
    if len(page.shown) > long_discussions.LONG:
        late[mark.encode()] = long_discussions.in_parts(page.fragments.pieces(page.shown))
    else:
        late[mark.encode()] = page.fragments.encoded(page.shown)
    return trusted(mark)


def _form(request: HttpRequest) -> CommentForm:
    """Return the empty form of an opener. On cached pages a script fills in what the device remembers."""
    person = request.user if request.user.is_authenticated else None
    is_personal = person is not None or guests.id_of(request) is not None
    return CommentForm(person=person, initial=remembered(request) if is_personal else {})
