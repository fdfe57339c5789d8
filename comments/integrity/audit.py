"""Checks that trees, numbers, counts and scores are right; repair.py repairs what is not.

The site stays online meanwhile: each check is one statement, which sees one moment of the database.
"""

from collections.abc import Callable, Iterator

from django.db import connection
from django.db.models import Count, Exists, F, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from blog.models import Post
from comments import tree
from comments.models import Comment, CommentState, Discussion, Vote
from comments.models.discussion import COUNTED

# Posts whose numbers one query checks.
POSTS_AT_ONCE = 500

# Posts whose numbers, including those of moved and deleted comments, are not 1 … last, each once.
_WRONG_NUMBERS = """
SELECT d.post_id, d.last_number, COUNT(given.number) FROM comments_discussion d LEFT JOIN (
  SELECT post_id, number FROM comments_comment WHERE number IS NOT NULL AND post_id BETWEEN %s AND %s
  UNION ALL SELECT post_id, number FROM comments_movedcomment WHERE post_id BETWEEN %s AND %s
) given ON given.post_id = d.post_id
WHERE d.post_id BETWEEN %s AND %s GROUP BY d.post_id, d.last_number
HAVING COUNT(given.number) <> d.last_number OR COUNT(DISTINCT given.number) <> d.last_number
  OR COALESCE(MIN(given.number), 1) <> 1 OR COALESCE(MAX(given.number), 0) <> d.last_number
ORDER BY d.post_id
"""


def findings(*, tell: Callable[[int], None] | None = None) -> Iterator[str]:
    """Yield one sentence for each problem.

    `tell` is called with the number of comments whose places have been checked, which takes longest.
    """
    for tree_id, wrong in tree.broken_trees(tell=tell):
        yield _("Thread %(id)d: %(wrong)s.") % {"id": tree_id, "wrong": wrong}
    for comment_id, is_gone in strangers():
        yield _("Comment %(id)d: %(wrong)s.") % {
            "id": comment_id,
            "wrong": _("the comment it replies to is gone")
            if is_gone
            else _("it replies to a comment on another post"),
        }
    for post_id, wrong in wrong_numbers():
        yield _("Post %(id)d: %(wrong)s.") % {"id": post_id, "wrong": wrong}
    for post_id, state, stored, counted in wrong_counts():
        yield _("Post %(id)d: its stored count of %(state)s comments is %(stored)d; it has %(counted)d.") % {
            "id": post_id,
            "stored": stored,
            "counted": counted,
            "state": state,
        }
    for comment_id, stored, counted in wrong_scores():
        yield _("Comment %(id)d: its stored score is %(stored)d; its votes add up to %(counted)d.") % {
            "id": comment_id,
            "stored": stored,
            "counted": counted,
        }
    for post_id in without_page_state():
        yield _("Post %(id)d: its page has no version.") % {"id": post_id}


def wrong_numbers() -> Iterator[tuple[int, str]]:
    """Yield the posts whose numbers are not 1 … last, each once, and those with unnumbered comments."""
    posts = Discussion.objects.order_by("pk").values_list("pk", flat=True)
    last_post = -1
    while page := list(posts.filter(pk__gt=last_post)[:POSTS_AT_ONCE]):
        last_post = page[-1]
        with connection.cursor() as cursor:
            cursor.execute(_WRONG_NUMBERS, [page[0], last_post] * 3)
            wrong = cursor.fetchall()
        for post_id, last, count in wrong:
            yield (
                post_id,
                _("numbers given: %(count)d; last number: %(last)d") % {"count": count, "last": last},
            )
    for post_id in without_number():
        yield post_id, _("a public comment has no number")
    for post_id in without_discussion():
        yield post_id, _("it has comments but no discussion row")


def without_number() -> list[int]:
    """Return the posts with public comments that were never numbered."""
    comments = Comment.objects.filter(state=CommentState.PUBLIC, number=None).order_by("post")
    return list(comments.values_list("post", flat=True).distinct())


def without_discussion() -> list[int]:
    """Return the posts with comments that are to be counted or numbered, but no discussion row."""
    is_kept = Q(number__isnull=False) | Q(state__in=COUNTED)
    comments = Comment.objects.filter(is_kept, post__isnull=False, post__discussion=None)
    return list(comments.order_by("post").values_list("post", flat=True).distinct())


def without_page_state() -> list[int]:
    """Return the posts whose pages have no version, so that they cannot be cached."""
    return list(Post.objects.filter(page_state=None).order_by("pk").values_list("pk", flat=True))


def wrong_counts() -> Iterator[tuple[int, str, int, int]]:
    """Yield (post, state, stored, counted) where the stored count of public, held or spam comments is wrong."""
    for state, column in COUNTED.items():
        counted = Count("post__comments", filter=Q(post__comments__state=state))
        rows = Discussion.objects.annotate(counted=counted).exclude(**{column: F("counted")})
        for post_id, stored, number in rows.order_by("pk").values_list("pk", column, "counted"):
            yield post_id, state, stored, number


def wrong_scores(*, above: int = 0, most: int = 1000) -> Iterator[tuple[int, int, int]]:
    """Yield (comment, stored, counted) where a score is not its imported part plus the sum of its votes.

    In the order of ids after `above`; memory holds `most` at a time.
    """
    votes = (
        Vote.objects.filter(comment=OuterRef("pk")).order_by().values("comment").annotate(sum=Sum("value"))
    )
    counted = F("imported_score") + Coalesce(Subquery(votes.values("sum")), 0)
    rows = Comment.objects.annotate(counted=counted).exclude(score=F("counted")).order_by("pk")
    while found := list(rows.filter(pk__gt=above).values_list("pk", "score", "counted")[:most]):
        yield from found
        above = found[-1][0]


def strangers() -> Iterator[tuple[int, bool]]:
    """Yield (comment, whether its parent is gone) for replies to a comment on another post, or to none."""
    there = Comment.objects.filter(pk=OuterRef("parent_id")).order_by()
    yield from tree.strays().annotate(gone=~Exists(there)).order_by("pk").values_list("pk", "gone")
