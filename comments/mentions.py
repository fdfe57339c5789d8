"""Finds whom a text can mention: the names and numbers of its discussion, for the renderer, which is pure."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping

from django.db.models import Q

from accounts.names import clean_name
from blog.markup import CommentLinks
from blog.models import Post
from comments.models import Comment

_NUMBER = re.compile(r"#(\d{1,6})\b")
# Nobody means more mentions than this in one text.
MOST_NUMBERS = 50


def links_for(text: str, *, post: Post, parent: Comment | None) -> CommentLinks:
    """Return what `@Name` and `#12` in this text lead to, and where the post is that it may quote.

    A name leads to the comment answered when that is its writer, else to the nearest earlier one by that name. The
    first word of a name does where one person has it.
    """
    names = _names(post, parent) if "@" in text else {}
    numbers = _numbers(text, post) if "#" in text else {}
    return CommentLinks(names=names, numbers=numbers, post=post.get_absolute_url())


def _names(post: Post, parent: Comment | None) -> dict[str, int]:
    rows = Comment.objects.public().filter(post=post).order_by("number")
    names = nearest(rows.values_list("pk", "guest_name", "user__display_name").iterator())
    # A comment that is not public names nobody; a link would confirm a guess.
    if parent is not None and parent.is_public:
        names[clean_name(parent.writer_name)] = parent.pk
    return with_first_names(names)


def with_first_names(names: Mapping[str, int]) -> dict[str, int]:
    """Add each first name that only one of the names begins with, in whatever case."""
    begin: dict[str, list[str]] = defaultdict(list)
    for name in names:
        if words := name.split():
            begin[words[0].casefold()].append(name)
    firsts = {found[0].split()[0]: names[found[0]] for found in begin.values() if len(found) == 1}
    return {**firsts, **names}


def nearest(rows: Iterable[tuple[int, str, str | None]]) -> dict[str, int]:
    """Map names to the latest of (comment id, guest's name, member's name), given from early to late."""
    return {name: pk for pk, guest_name, member_name in rows if (name := member_name or guest_name)}


def _numbers(text: str, post: Post) -> dict[int, int]:
    wanted = {int(number) for number in _NUMBER.findall(text)[:MOST_NUMBERS]}
    rows = Comment.objects.public().filter(Q(post=post, number__in=wanted)).order_by()
    return dict(rows.values_list("number", "pk"))
