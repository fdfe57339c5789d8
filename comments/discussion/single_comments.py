"""Builds comments apart from the page of their discussion: one by itself, or its vote buttons."""

from collections.abc import Container, Sequence
from datetime import UTC, datetime

from django.utils import timezone
from django.utils.safestring import SafeString

from accounts.models import User
from blog.models import Post
from comments import permissions, thread
from comments.discussion.quotations import quotes_of
from comments.fragments import Controls, Fragments
from comments.models import Comment, DiscussionSettings
from comments.thread import PlacedComment, Row, Viewer, texts
from comments.thread.unread import NOTHING_UNREAD, Unread


def fragments_of(
    post: Post,
    rows: Sequence[Row],
    viewer: Viewer,
    *,
    person: User | None,
    unread: Unread = NOTHING_UNREAD,
    shown: Container[int] | None = None,
) -> Fragments:
    """Return what makes the HTML of these comments, with the controls that this reader has.

    `shown` are the ids that it will be asked for, None for any. Two queries, more if comments quote something.
    """
    now, settings = timezone.now(), DiscussionSettings.load()
    refusal = permissions.comment_refusal(person, post, None, settings=settings, now=now)
    people, own = thread.load_around(post.pk, rows, viewer)
    return Fragments(
        rows,
        people,
        now=now,
        viewer=viewer,
        controls=controls_for(refusal, viewer, settings, now),
        unread=unread,
        mutes=own.mutes,
        quotes=quotes_of(post, rows, viewer, shown=shown),
        texts=texts.text_reader(post.pk, viewer),
    )


def controls_for(
    refusal: str | None, viewer: Viewer, settings: DiscussionSettings, now: datetime
) -> Controls:
    # As the database writes dates, in UTC, so that it can be compared with those of the rows.
    since = "" if viewer.is_stranger else f"{(now - settings.edit_window).astimezone(UTC):%Y-%m-%d %H:%M:%S}"
    return Controls(
        may_vote=True,
        may_reply=refusal is None,
        may_decide=viewer.moderates,
        down_votes=settings.down_votes,
        edit_since=since,
    )


def comment_alone(comment: Comment, viewer: Viewer, *, person: User | None) -> SafeString:
    """Return one comment by itself as it looks in its thread, with the name of the person it replies to."""
    fragments = fragments_of(comment.post, _with_parent(comment, viewer), viewer, person=person)
    return fragments.comment(_alone(comment, fragments, viewer), heading="h4" if comment.parent_id else "h3")


def answered_comment(comment: Comment, viewer: Viewer) -> SafeString:
    """Return the comment that somebody replies to or reports, for the page of their form, without controls."""
    rows = _with_parent(comment, viewer)
    people = thread.load_people(comment.post_id, rows)
    fragments = Fragments(rows, people, now=timezone.now(), viewer=viewer)
    return fragments.comment(_alone(comment, fragments, viewer), heading="h2")


def _with_parent(comment: Comment, viewer: Viewer) -> list[Row]:
    wanted = [pk for pk in (comment.pk, comment.parent_id) if pk is not None]
    return thread.load(comment.post_id, only=wanted, viewer=viewer)


def _alone(comment: Comment, fragments: Fragments, viewer: Viewer) -> PlacedComment:
    row = fragments.rows[comment.pk]
    gone = not thread.is_readable(row, viewer)
    return PlacedComment(row, lane=0, run=False, deep=False, gone=gone, below=0, level=comment.level)


def vote_buttons(comment: Comment, viewer: Viewer) -> SafeString:
    """Return the vote buttons of one comment as this viewer sees them now."""
    rows = thread.load(comment.post_id, only={comment.pk}, viewer=viewer)
    return fragments_of(comment.post, rows, viewer, person=None).vote(rows[0])
