"""Re-renders stored texts after the markup rules have changed; what people typed and what mentions link to stays.

It goes in batches, each written in a transaction of its own after it was rendered, and may be stopped at any time: what
is left is of an older version, and the next run takes it up.
"""

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from django.db import transaction

from blog import actions, markup, page_versions
from blog.markup import CommentLinks
from blog.models import Post
from comments.batches import update_rows
from comments.mentions import links_for
from comments.models import Comment
from exchange.models import ImportedItem

# Rows in one transaction: on SQLite a writer waits for it.
BATCH = 200

_STORED_LINK = re.compile(r'<a href="/comments/(\d+)/"[^>]*>([@#])([^<]+)</a>')
_STORED_POST = re.compile(r'<a href="(/[^"]+)">#post</a>')
_FOREIGN_ANCHOR = re.compile(r"#comment-(\d{1,18})\b")


@dataclass
class OtherWords:
    """The texts whose visible words have changed, so that somebody can check them."""

    posts: list[int] = field(default_factory=list)
    comments: list[int] = field(default_factory=list)


def is_due() -> bool:
    """Return whether any text was rendered by an older version."""
    texts = (Post.objects.all(), Comment.objects.order_by())
    return any(query.exclude(markup_version=markup.MARKUP_VERSION).exists() for query in texts)


def rerender_posts(*, everything: bool = False, other_words: OtherWords | None = None) -> int:
    """Render the posts whose HTML is of an older version, or all; return how many.

    When they were updated stays, since nobody has changed them: they are new again in nobody's feed.
    """
    query = Post.objects.all() if everything else Post.objects.exclude(markup_version=markup.MARKUP_VERSION)
    ids = list(query.order_by("pk").values_list("pk", flat=True))
    for post_id in ids:
        with transaction.atomic():
            # Locked, so that an author's save in the same moment is not overwritten.
            post = Post.objects.select_for_update().get(pk=post_id)
            before = post.body_html
            actions.rerender_post(post, tell_always=False)
        if other_words is not None and _says_otherwise(before, post.body_html):
            other_words.posts.append(post_id)
    return len(ids)


def rerender_comments(*, everything: bool = False, other_words: OtherWords | None = None) -> int:
    """Render the comments whose HTML is of an older version, or all, in batches; return how many."""
    query = Comment.objects.order_by("pk").select_related("post", "parent__user")
    if not everything:
        query = query.exclude(markup_version=markup.MARKUP_VERSION)
    last = done = 0
    while batch := list(query.filter(pk__gt=last)[:BATCH]):
        last = batch[-1].pk
        done += len(batch)
        rendered = {comment.pk: _rendered(comment) for comment in batch}
        with transaction.atomic():
            written = _store(batch, rendered)
        if other_words is not None:
            other_words.comments += [
                comment.pk
                for comment in batch
                if comment.pk in written and _says_otherwise(comment.body_html, rendered[comment.pk])
            ]
    return done


def _says_otherwise(before: str, after: str) -> bool:
    """Return whether the visible words differ; a text that was never rendered had none."""
    if not before or before == after:
        return False
    one, other = ("".join(markup.plain_text(html).split()) for html in (before, after))
    return one != other


def _store(batch: list[Comment], rendered: Mapping[int, str]) -> set[int]:
    """Save the rendered HTML of comments that were not edited meanwhile; return their ids."""
    rows = ((comment.pk, rendered[comment.pk], markup.MARKUP_VERSION, comment.body) for comment in batch)
    written = update_rows(Comment, ("body_html", "markup_version"), rows, unless_changed=("body",))
    changed = (comment for comment in batch if rendered[comment.pk] != comment.body_html)
    for post_id in sorted({comment.post_id for comment in changed if comment.pk in written}):
        page_versions.touch(post_id)
    return written


def _rendered(comment: Comment) -> str:
    links = _links(comment) if "@" in comment.body or "#" in comment.body else CommentLinks()
    return markup.render_comment(comment.body, body_format=comment.body_format, links=links)


def _links(comment: Comment) -> CommentLinks:
    """Return what the text's mentions led to when it was written; names may have changed and numbers moved since.

    Only a text that was never rendered is resolved as if it were written now.
    """
    anchors = _anchors(comment)
    if not comment.body_html:
        found = links_for(comment.body, post=comment.post, parent=comment.parent)
        return replace(found, anchors=anchors)
    stored = [
        (sign, html.unescape(words), int(pk)) for pk, sign, words in _STORED_LINK.findall(comment.body_html)
    ]
    post = _STORED_POST.search(comment.body_html)
    return CommentLinks(
        names={words: pk for sign, words, pk in stored if sign == "@"},
        numbers={int(words): pk for sign, words, pk in stored if sign == "#" and words.isdecimal()},
        anchors=anchors,
        # A comment that was moved quotes the post where it was written.
        post=html.unescape(post.group(1)) if post else comment.post.get_absolute_url(),
    )


def _anchors(comment: Comment) -> dict[int, int]:
    """Return where links to comments of the old site lead, for a comment that came from one."""
    old_ids = _FOREIGN_ANCHOR.findall(comment.body)
    if not old_ids:
        return {}
    items = ImportedItem.objects.filter(kind=ImportedItem.Kind.COMMENT)
    origin = items.filter(new_id=comment.pk).values_list("site", flat=True).first()
    rows = items.filter(site=origin, old_id__in=old_ids).values_list("old_id", "new_id")
    return {int(old_id): new_id for old_id, new_id in rows}
