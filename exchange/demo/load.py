"""Loads the demo site as its authors and readers would have written it; again it changes nothing.

What is still to come is written down first (an ImportedItem without a new id), and every post comes with its
discussion in one transaction: a load that was interrupted goes on where it stopped, and what somebody changed or
withdrew since stays as it is.
"""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from accounts.models import Guest, User
from accounts.names import next_free
from blog import actions
from blog.models import Author, Category, CommentPolicy, Figure, Post, SiteSettings, Tag
from comments import actions as discussing
from comments.models import Comment, Vote
from exchange.demo import content, figures, people
from exchange.models import ImportedItem

SITE = "demo"
NAME = "The Margin"
TAGLINE = "What others reported, and what we make of it"
TIME_ZONE = "Europe/London"

Kind = ImportedItem.Kind
STILL_TO_COME = 0


@dataclass(frozen=True)
class Loaded:
    """What a load has made."""

    posts: int = 0
    comments: int = 0


def is_wanted() -> bool:
    """Whether nothing was ever written on this site, or a load was begun here that did not reach its end."""
    begun = set(ImportedItem.objects.filter(site=SITE, kind=Kind.POST).values_list("new_id", flat=True))
    return STILL_TO_COME in begun if begun else not Post.objects.exists()


def load_demo(
    *,
    posts: Sequence[content.DemoPost] | None = None,
    draw: Callable[[str], bytes] = figures.draw,
    now: datetime | None = None,
) -> Loaded:
    """Load what is not here yet of these posts, or of all, and return how much that was.

    `draw` gives the picture of a figure's name. Raises people.NameTaken on a site that has a member of such a name.
    """
    now = now or timezone.now()
    wanted = content.load_posts() if posts is None else posts
    shown = {name for post in wanted for name in post.figures}
    drawn = [figure for figure in content.load_figures() if figure.name in shown]
    _write_down(Kind.POST, [post.slug for post in wanted])
    _write_down(Kind.ATTACHMENT, [figure.name for figure in drawn])
    write_site()
    authors = write_authors()
    figure_ids = {figure.name: _load_figure(figure, draw) for figure in drawn}
    # The oldest first, so that the newest has the highest id, as on a site that grew.
    oldest_first = sorted(wanted, key=lambda post: -post.days_ago)
    loads = [_load_post(post, authors=authors, figure_ids=figure_ids, now=now) for post in oldest_first]
    counts = [comments for comments in loads if comments is not None]
    return Loaded(posts=len(counts), comments=sum(counts))


def _write_down(kind: str, names: list[str]) -> None:
    ImportedItem.objects.bulk_create(
        [ImportedItem(site=SITE, kind=kind, old_id=name, new_id=STILL_TO_COME) for name in names],
        ignore_conflicts=True,
    )


def _locked_item(kind: str, name: str) -> ImportedItem:
    """Return the item, locked: of two loads at once the second waits here and then finds it done."""
    return ImportedItem.objects.select_for_update().get(site=SITE, kind=kind, old_id=name)


def _is_here(item: ImportedItem, new_id: int) -> None:
    item.new_id = new_id
    item.save(update_fields=["new_id"])


# --- the site and its topics ----------------------------------------------------------------------------------


@transaction.atomic
def write_site() -> None:
    """Name the site and give it its standing texts, unless somebody has said anything about it already."""
    site = SiteSettings.load()
    untouched = SiteSettings()
    names = ("name", "tagline", "about", "rules", "privacy")
    if any(getattr(site, name) != getattr(untouched, name) for name in names):
        return
    site.name, site.tagline, site.time_zone = NAME, TAGLINE, TIME_ZONE
    for name in ("about", "rules", "privacy"):
        setattr(site, name, (content.CONTENT / "pages" / f"{name}.md").read_text(encoding="utf-8"))
    actions.save_site_settings(site)


def write_authors() -> dict[str, Author]:
    """Return the demo's authors by their slugs."""
    with transaction.atomic():
        return {row.slug: people.author(row) for row in content.load_authors()}


def category(name: str) -> Category:
    return Category.objects.get_or_create(slug=slugify(name), defaults={"name": name})[0]


def tag(name: str) -> Tag:
    return Tag.objects.get_or_create(slug=slugify(name), defaults={"name": name})[0]


# --- figures and posts ----------------------------------------------------------------------------------------


def _load_figure(row: content.DemoFigure, draw: Callable[[str], bytes]) -> int:
    """Return the id of the figure, drawn and saved the first time."""
    known = ImportedItem.objects.get(site=SITE, kind=Kind.ATTACHMENT, old_id=row.name).new_id
    return known if known != STILL_TO_COME else _save_figure(row, draw(row.name))


@transaction.atomic
def _save_figure(row: content.DemoFigure, picture: bytes) -> int:
    item = _locked_item(Kind.ATTACHMENT, row.name)
    if item.new_id == STILL_TO_COME:
        figure = Figure(
            image=ContentFile(picture, name=f"{row.name}.png"),
            alt=row.alt,
            caption=row.caption,
            credit=row.credit,
            description=row.description,
        )
        _is_here(item, actions.save_figure(figure, by=None).pk)
    return item.new_id


@transaction.atomic
def _load_post(
    row: content.DemoPost, *, authors: Mapping[str, Author], figure_ids: Mapping[str, int], now: datetime
) -> int | None:
    """Write a post with its discussion; return how many comments that were, or None when it is here already."""
    item = _locked_item(Kind.POST, row.slug)
    if item.new_id != STILL_TO_COME:
        return None
    published_at = (now - timedelta(days=row.days_ago)).replace(second=0, microsecond=0)
    post = _write_post(row, authors=authors, figure_ids=figure_ids, published_at=published_at)
    comments = _load_thread(post, content.load_thread(row.slug), moderator=post.created_by)
    _close(post, row)
    # Written now, but of its day: sitemap and structured data say when a post last changed.
    Post.objects.filter(pk=post.pk).update(created_at=published_at, updated_at=published_at)
    _is_here(item, post.pk)
    return comments


def _write_post(
    row: content.DemoPost,
    *,
    authors: Mapping[str, Author],
    figure_ids: Mapping[str, int],
    published_at: datetime,
) -> Post:
    by = authors[row.authors[0]].user
    local_day = published_at.astimezone(SiteSettings.load().zone).date()
    taken = set(Post.objects.filter(slug__startswith=row.slug).values_list("slug", flat=True))
    post = Post(
        title=row.title,
        dek=row.dek,
        slug=next_free(row.slug, taken),
        body=row.finished_body(published_on=local_day, figure_ids=figure_ids),
        body_format=row.format,
    )
    actions.save_post(
        post,
        by=by,
        authors=[authors[slug] for slug in row.authors],
        categories=[category(name) for name in row.categories],
        tags=[tag(name) for name in row.tags],
    )
    return actions.publish_post(post, by=by, at=published_at)


def _close(post: Post, row: content.DemoPost) -> None:
    """Set who may comment from now on: what stands there was written while everybody could."""
    if row.comment_policy != CommentPolicy.OPEN:
        post.comment_policy = row.comment_policy
        actions.save_post(post, by=post.created_by)


# --- discussions ----------------------------------------------------------------------------------------------


def _load_thread(post: Post, rows: list[content.DemoComment], *, moderator: User | None) -> int:
    """Write the comments in the order of time, with votes; what was taken away goes last, after the answers to it."""
    writers = people.writers(rows)
    written: dict[int, Comment] = {}
    for row in rows:
        written[row.number] = _write_comment(post, row, writer=writers[row.name], parents=written)
    _cast_votes(rows, written, members=[person for person in writers.values() if isinstance(person, User)])
    for row in rows:
        _settle_state(written[row.number], row, writer=writers[row.name], moderator=moderator)
    return len(rows)


def _write_comment(
    post: Post, row: content.DemoComment, *, writer: User | Guest, parents: Mapping[int, Comment]
) -> Comment:
    return discussing.post_comment(
        post,
        writer=writer,
        text=row.text,
        parent=parents[row.parent] if row.parent else None,
        now=post.published_at + timedelta(minutes=row.minutes),
    )


def _settle_state(
    comment: Comment, row: content.DemoComment, *, writer: User | Guest, moderator: User | None
) -> None:
    """Bring a comment into the state that its file names; links alone held the held ones when they were written."""
    if comment.state == row.state:
        return
    if row.state == content.REMOVED:
        discussing.remove_comment(comment, by=moderator, reason=row.reason)
    elif row.state == content.WITHDRAWN:
        discussing.withdraw_comment(comment, by=writer)
    elif row.state == content.HELD:
        discussing.hold_comment(comment, by=moderator, reason=row.reason)
    else:
        discussing.approve_comment(comment, by=moderator)


def _cast_votes(
    rows: list[content.DemoComment], written: Mapping[int, Comment], *, members: list[User]
) -> None:
    """Give each comment as many votes as its file says, by different people, never by its writer."""
    if not rows:
        return
    pool: list[User | Guest] = [*people.voters(), *members]
    votes: list[Vote] = []
    for row in rows:
        comment = written[row.number]
        others = [person for person in pool if person != comment.user]
        chosen = random.Random(f"{comment.post.slug} {row.number}").sample(others, row.votes)
        votes += [_vote(comment, voter) for voter in chosen]
    Vote.objects.bulk_create(votes, batch_size=500)
    for comment_id in {vote.comment_id for vote in votes}:
        discussing.recount_score(comment_id)


def _vote(comment: Comment, voter: User | Guest) -> Vote:
    by = {"user": voter} if isinstance(voter, User) else {"guest": voter}
    return Vote(comment=comment, created_at=comment.created_at, **by)
