"""Makes people, posts and threads for tests in one line each: plain functions, rows as the program leaves them."""

import itertools
import re
from datetime import datetime, timedelta

from django.contrib.auth.models import Group
from django.utils import timezone
from django.utils.text import slugify

from accounts import spelling
from accounts.models import LIMITED_MODERATORS, MODERATORS, Guest, User
from blog import actions, markup, page_versions
from blog.models import Author, Category, CommentPolicy, Post, PostKind, PostState, Tag
from comments import actions as comment_actions
from comments.mentions import links_for
from comments.models import Comment, CommentState

_counter = itertools.count(1)


# --- people ---------------------------------------------------------------------------------------------------


def make_user(*, display_name: str = "", email: str = "", **fields) -> User:
    """Make a member; without a name, one that nobody else has."""
    name = display_name or f"Reader {next(_counter)}"
    address = email or f"{slugify(name) or 'reader'}-{next(_counter)}@example.org"
    return User.objects.create_user(address, name, fields.pop("password", None), **fields)


def make_author(*, display_name: str = "", user: User | None = None, **fields) -> Author:
    """Make an author with an account of the same name; `user=False` makes a guest author without one."""
    name = display_name or (user.display_name if user else f"Author {next(_counter)}")
    if user is None:
        user = make_user(display_name=name)
    slug = fields.pop("slug", spelling.slugify(name))
    return Author.objects.create(user=user or None, name=name, slug=slug, **fields)


def make_moderator(*, display_name: str = "", limited: bool = False) -> User:
    """Make a moderator, or a limited one."""
    user = make_user(display_name=display_name or f"Moderator {next(_counter)}")
    group, _made = Group.objects.get_or_create(name=LIMITED_MODERATORS if limited else MODERATORS)
    user.groups.add(group)
    return user


def make_owner(*, display_name: str = "") -> User:
    """Make the owner, who may do everything."""
    name = display_name or f"Owner {next(_counter)}"
    return make_user(display_name=name, is_staff=True, is_superuser=True)


def make_guest(*, name: str = "Guest") -> Guest:
    """Make somebody without an account who has written before."""
    return Guest.objects.create(
        name=name, origin_key=f"guest-{next(_counter)}", last_written_at=timezone.now()
    )


# --- posts ----------------------------------------------------------------------------------------------------


def make_post(
    *,
    title: str = "",
    body: str = "First paragraph.\n\nSecond paragraph.",
    body_format: str = "markdown",
    state: str = PostState.PUBLISHED,
    published_at: datetime | None = None,
    by: Author | None = None,
    categories: tuple[str, ...] = (),
    tags: tuple[str, ...] = (),
    **fields,
) -> Post:
    """Make a post: published an hour ago unless `state` or `published_at` say otherwise.

    `published_at` in the future makes a scheduled post; `by` is its byline and, with an account, who made it.
    """
    title = title or f"Post {next(_counter)}"
    if state != PostState.DRAFT:
        moment = published_at or timezone.now() - timedelta(hours=1)
        fields = {
            "published_at": moment,
            "first_published_at": moment,
            "year": moment.year,
            "month": moment.month,
        } | fields
    slug = fields.pop("slug", spelling.slugify(title))
    return actions.save_post(
        Post(title=title, slug=slug, body=body, body_format=body_format, state=state, **fields),
        by=by.user if by else None,
        authors=[by] if by else [],
        categories=[make_category(name) for name in categories],
        tags=[make_tag(name) for name in tags],
    )


def make_page(*, path: str = "", title: str = "", **fields) -> Post:
    """Make a page that stands by itself: public, without a discussion, and at `/<title>/` unless `path` says where."""
    title = title or f"Page {next(_counter)}"
    path = path or f"/{slugify(title, allow_unicode=True)}/"
    fields = {"comment_policy": CommentPolicy.CLOSED, "slug": ""} | fields
    return make_post(title=title, path=path, kind=PostKind.PAGE, **fields)


def make_draft(**fields) -> Post:
    """Make a post that only its writers see."""
    return make_post(state=PostState.DRAFT, **fields)


def make_scheduled_post(**fields) -> Post:
    """Make a post whose minute is an hour away."""
    return make_post(published_at=timezone.now() + timedelta(hours=1), **fields)


def make_withdrawn_post(**fields) -> Post:
    """Make a post that was public once and is gone (410)."""
    return make_post(state=PostState.WITHDRAWN, **fields)


def make_category(name: str) -> Category:
    return Category.objects.get_or_create(slug=spelling.slugify(name), defaults={"name": name})[0]


def make_tag(name: str) -> Tag:
    return Tag.objects.get_or_create(slug=spelling.slugify(name), defaults={"name": name})[0]


# --- discussion -----------------------------------------------------------------------------------------------


def make_comment(
    post: Post,
    *,
    text: str = "A thought.",
    parent: Comment | None = None,
    by: User | Guest | None = None,
    name: str = "",
    state: str = CommentState.PUBLIC,
    **fields,
) -> Comment:
    """Make a comment by a member, or by a guest called `name`."""
    writer: dict[str, User | Guest | str | None]
    if isinstance(by, User):
        writer = {"user": by}
    elif by is None and state == CommentState.WITHDRAWN:
        writer = {"guest": make_guest(name=name or "Guest"), "guest_name": name or "Guest"}
    else:
        writer = {"guest": by, "guest_name": name or getattr(by, "name", "Guest")}
    was_never_public = state in {CommentState.HELD, CommentState.SPAM}
    comment = Comment(
        post=post,
        parent=parent,
        body=text,
        body_html=markup.render_comment(text, links=links_for(text, post=post, parent=parent)),
        markup_version=markup.MARKUP_VERSION,
        state=state if was_never_public else CommentState.PUBLIC,
        **writer,
        **fields,
    )
    comment.save()
    page_versions.touch(post.pk)
    if comment.state != state:
        take_away(comment, state=state)
    return comment


def take_away(comment: Comment, *, state: str = CommentState.REMOVED, reason: str = "Off topic") -> None:
    """Remove or withdraw a public comment; its number, its place and the replies to it stay."""
    if state == CommentState.REMOVED:
        comment_actions.remove_comment(comment, by=None, reason=reason)
    else:
        comment_actions.withdraw_comment(comment, by=comment.user or comment.guest)


def make_thread(
    post: Post, shape: str = "a(b(c),d)", *, by: User | Guest | None = None
) -> dict[str, Comment]:
    """Make comments in the shape that the text draws, and return them by their names.

    "a(b(c),d)" is an opener a with replies b and d, and c under b; "a,b" are two openers. Each comment is by `by`,
    or by a guest of its name; a "-" after a name removes that comment once its replies are there.
    """
    made: dict[str, Comment] = {}
    removed: list[Comment] = []
    above: list[Comment | None] = [None]
    last: Comment | None = None
    for token in re.findall(r"[\w.]+-?|[(),]", shape):
        if token == "(":
            above.append(last)
        elif token == ")":
            above.pop()
        elif token != ",":
            name = token.rstrip("-")
            last = make_comment(post, text=f"Text of {name}.", parent=above[-1], by=by, name=name)
            made[name] = last
            if token.endswith("-"):
                removed.append(last)
    for comment in removed:
        take_away(comment)
    return made
