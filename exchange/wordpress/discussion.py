"""Writes the comments of one post: all at once under a new post, one by one under an existing post."""

import ipaddress
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Guest
from accounts.people import email_hash, network_hash
from blog import markup, page_versions
from blog.models import Author, Post
from comments import tree
from comments.batches import in_batches
from comments.models import Comment, CommentOrigin, CommentState, Discussion, DiscussionSettings
from comments.models.comments import CommentFormat
from exchange.wordpress import ids, people
from exchange.wordpress.comments import Arranged, likes
from exchange.wordpress.memory import BATCH, Kind
from exchange.wordpress.mentions import Linker, rendered
from exchange.wordpress.plan import Plan

LONGEST_EMAIL = 254


def _reason(state: CommentState) -> str:
    return {
        CommentState.HELD: _("It was waiting for review when this site moved here."),
        CommentState.SPAM: _("It was marked as spam before this site moved here."),
        CommentState.REMOVED: _("It was removed before this site moved here."),
    }.get(state, "")


class DiscussionWriter:
    """Creates comments. Rendering and finding guests happen before the transaction that writes them."""

    def __init__(self, plan: Plan, *, user_of: Callable[[str], int | None], keep_addresses: bool) -> None:
        self.plan = plan
        self.user_of = user_of
        purge_days = DiscussionSettings.load().purge_after_days
        self.purge_after = timezone.now() + timedelta(days=purge_days) if keep_addresses else None

    def prepare(self, comments: Sequence[Arranged], *, known: dict[int, int]) -> list[Comment]:
        """Return unsaved comments with their ids, in the order given; posts and parents are set when they are written.

        `known` are ids, old to new, of comments that were brought before.
        """
        new_ids = known | self._new_ids(comments)
        linker = Linker(host=self.plan.host, new_ids=new_ids, elsewhere=self._elsewhere)
        for old_id, name in _public_names(known):
            linker.meet(old_id, name)
        html = rendered(comments, linker)
        guests = people.guests_for(comment for comment in comments if self._user_id(comment) is None)
        return [self._comment(comment, new_ids[comment.id], html[comment.id], guests) for comment in comments]

    def _new_ids(self, comments: Sequence[Arranged]) -> dict[int, int]:
        """Return new ids by old ids: the same ones if all of them are free here."""
        kept = {comment.id: comment.id for comment in comments if self.plan.keeps_ids and comment.id > 0}
        new = [comment.id for comment in comments if comment.id not in kept]
        return kept | dict(zip(new, ids.allocate(len(new)), strict=True)) if new else kept

    def _elsewhere(self, wanted: set[int]) -> dict[int, int]:
        """Comments under other posts: those that are here, and those still to come when ids are kept."""
        found = {int(old): new for old, new in self.plan.memory.known(Kind.COMMENT, wanted).items()}
        if self.plan.keeps_ids:
            found = {number: number for number in wanted if number in self.plan.comment_ids} | found
        return found

    def _user_id(self, comment: Arranged) -> int | None:
        login = self.plan.user_login(comment.old.user_id)
        return self.user_of(login) if login else None

    def _comment(self, comment: Arranged, pk: int, html: str, guests: dict[str, Guest]) -> Comment:
        old, user_id, score = comment.old, self._user_id(comment), likes(comment.old)
        is_public = comment.state == CommentState.PUBLIC
        return Comment(
            pk=pk,
            user_id=user_id,
            guest=None if user_id or not old.email else guests[email_hash(old.email)],
            guest_name="" if user_id else people.guest_name(old),
            guest_website="" if user_id else people.website(old),
            body=old.content,
            body_format=CommentFormat.WORDPRESS,
            body_html=html,
            markup_version=markup.MARKUP_VERSION,
            state=comment.state,
            state_reason=_reason(comment.state),
            created_at=comment.date,
            published_at=comment.date if is_public else None,
            score=score,
            imported_score=score,
        )

    # --- under a new post ---

    def write_all(self, post: Post, comments: Sequence[Arranged], made: Sequence[Comment]) -> None:
        """Write all comments of a new post, numbered by date, in the caller's transaction."""
        by_id = {comment.id: row for comment, row in zip(comments, made, strict=True)}
        for comment, row in zip(comments, made, strict=True):
            row.post = post
            row.parent = by_id[comment.parent] if comment.parent is not None else None
            row.number = comment.number
        tree.write_forest(made)
        public = sum(comment.number is not None for comment in comments)
        Discussion.objects.create(post=post, last_number=public)
        Discussion.add_to_counts(post.pk, count_states(comments))
        self._write_origins(comments, made)
        self._remember(comments, made)

    # --- under a post that is here already ---

    def write_later(
        self, post: Post, comments: Sequence[Arranged], made: Sequence[Comment], *, known: dict[int, int]
    ) -> None:
        """Write comments that a later export brings, each in a transaction of its own, as if posted now.

        A reply follows its parent when that was moved to another post; a parent that is gone makes it an opener.
        """
        new_ids = known | {comment.id: row.pk for comment, row in zip(comments, made, strict=True)}
        for comment, row in zip(comments, made, strict=True):
            parent_id = new_ids[comment.parent] if comment.parent is not None else None
            with transaction.atomic():
                row.parent = Comment.objects.filter(pk=parent_id).first() if parent_id else None
                row.post_id = row.parent.post_id if row.parent else post.pk
                row.save(force_insert=True)
                self._write_origins([comment], [row])
                self._remember([comment], [row])
                if row.is_public:
                    page_versions.touch(row.post_id, only_adds=True)

    # --- beside the comment ---

    def _write_origins(self, comments: Sequence[Arranged], made: Sequence[Comment]) -> None:
        origins = (self._origin(comment, row) for comment, row in zip(comments, made, strict=True))
        CommentOrigin.objects.bulk_create(
            [origin for origin in origins if origin is not None], batch_size=BATCH
        )

    def _origin(self, comment: Arranged, row: Comment) -> CommentOrigin | None:
        email, address = comment.old.email[:LONGEST_EMAIL], _valid_address(comment.old.address)
        if not email and not address:
            return None
        origin = CommentOrigin(
            comment=row, email_hash=email_hash(email), network_hash=network_hash(address or "")
        )
        if self.purge_after is not None:
            origin.email, origin.address, origin.purge_after = email, address, self.purge_after
        return origin

    def _remember(self, comments: Sequence[Arranged], made: Sequence[Comment]) -> None:
        pairs = ((comment.id, row.pk) for comment, row in zip(comments, made, strict=True))
        self.plan.memory.remember(Kind.COMMENT, pairs)


def _public_names(known: dict[int, int]) -> list[tuple[int, str]]:
    """Return old ids and names of public comments that are here, from early to late."""
    old_ids = {new: old for old, new in known.items()}
    numbers = sorted(old_ids)
    rows: list[tuple[datetime, int, str]] = []
    for some in in_batches(numbers, BATCH):
        found = Comment.objects.public().filter(pk__in=some).select_related("user")
        rows += [(comment.created_at, old_ids[comment.pk], comment.writer_name) for comment in found]
    return [(old_id, name) for _date, old_id, name in sorted(rows)]


def _valid_address(address: str) -> str | None:
    try:
        return str(ipaddress.ip_address(address))
    except ValueError:
        return None


def count_states(comments: Sequence[Arranged]) -> Counter[str]:
    return Counter(comment.state for comment in comments)


def users_of_authors(authors: dict[str, Author]) -> Callable[[str], int | None]:
    """Return a function from a login of the old site to the id of its account here, or None."""
    return lambda login: authors[login].user_id if login in authors else None
