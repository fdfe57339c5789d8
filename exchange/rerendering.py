"""Renders stored texts anew when the markup has changed; what people typed stays, and what a mention led to as well."""

import html
import re
from collections.abc import Mapping
from dataclasses import replace

from django.db import transaction

from blog import actions, markup, pages
from blog.markup import CommentLinks
from blog.models import Post, SiteSettings
from comments.mentions import links_for
from comments.models import Comment
from exchange.models import ImportedItem

# One transaction's worth: on SQLite a writer waits for it.
BATCH = 200

_STORED_LINK = re.compile(r'<a href="/comments/(\d+)/"[^>]*>([@#])([^<]+)</a>')
_STORED_POST = re.compile(r'<a href="(/[^"]+)">#post</a>')
_FOREIGN_ANCHOR = re.compile(r"#comment-(\d{1,18})\b")


def rerender_posts(*, everything: bool = False) -> int:
    """Render the posts whose HTML is of an older version, or all; return how many."""
    query = Post.objects.all() if everything else Post.objects.exclude(markup_version=markup.MARKUP_VERSION)
    ids = list(query.order_by("pk").values_list("pk", flat=True))
    for post_id in ids:
        with transaction.atomic():
            # Locked, so that an author's save in the same moment is not overwritten.
            actions.rerender_post(Post.objects.select_for_update().get(pk=post_id))
    return len(ids)


def rerender_comments(*, everything: bool = False) -> int:
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
            _store(batch, rendered)
    return done


def rerender_site() -> bool:
    """Render the standing texts of the site; return whether that changed any."""
    site = SiteSettings.load()
    stored = {name: getattr(site, f"{name}_html") for name in ("about", "rules", "privacy")}
    now = {name: markup.render_post(getattr(site, name), body_format="markdown").html for name in stored}
    if now == stored:
        return False
    actions.save_site_settings(site)
    return True


def _store(batch: list[Comment], rendered: Mapping[int, str]) -> None:
    """Write what was rendered, unless the text was edited meanwhile: the edit has rendered it anew."""
    changed_posts = set()
    for comment in batch:
        unedited = Comment.objects.filter(pk=comment.pk, body=comment.body).order_by()
        wrote = unedited.update(body_html=rendered[comment.pk], markup_version=markup.MARKUP_VERSION)
        if wrote and rendered[comment.pk] != comment.body_html:
            changed_posts.add(comment.post_id)
    for post_id in sorted(changed_posts):
        pages.touch(post_id)


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
