"""Loads the demo site as its authors and readers would have written it; running it again changes nothing.

What is to be loaded is recorded first (as ImportedItems without a new id), and every post is written with its
discussion in one transaction. So an interrupted load continues where it stopped, and anything changed or withdrawn
since stays as it is.
"""

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Guest, User
from accounts.names import next_free
from accounts.spelling import slugify
from blog import actions
from blog.models import Author, Category, CommentPolicy, Figure, Post, SiteSettings, Tag
from comments import actions as discussing
from comments.models import Comment, Vote
from exchange.demo import content, people, standing
from exchange.models import ImportedItem

SITE = "demo"
NAME = "The Margin"
TAGLINE = "What others reported, and what we make of it"
TIME_ZONE = "Europe/London"
PAGES = {"about": "About The Margin", "rules": "House rules", "privacy": "Privacy"}

Kind = ImportedItem.Kind
STILL_TO_COME = 0


@dataclass(frozen=True)
class Loaded:
    """What a load has made."""

    posts: int = 0
    comments: int = 0


def refusal() -> str | None:
    """Return why a first start must not load the demo, or None if the site is empty or a load was interrupted.

    The demo is for an empty site. Among somebody's own posts, people or settings it would be in the way, and use up ids
    that an import wants to keep.
    """
    begun = set(ImportedItem.objects.filter(site=SITE, kind=Kind.POST).values_list("new_id", flat=True))
    if begun and STILL_TO_COME not in begun:
        return _("it has been loaded before.")
    if Post.objects.posts().exclude(pk__in=begun).exists():
        return _("the site already has posts.")
    if begun:
        return None
    if ImportedItem.objects.exists():
        return _("an import has been started here.")
    if User.objects.exists() or Author.objects.exists():
        return _("the site already has members.")
    if _is_named(SiteSettings.load()) or Post.objects.pages().exists():
        return _("the site already has its own name or texts.")
    return None


def is_wanted() -> bool:
    """Return whether a first start loads the demo or continues an interrupted load."""
    return refusal() is None


def load_demo(
    *,
    posts: Sequence[content.DemoPost] | None = None,
    picture_of: Callable[[str], bytes] = content.load_picture,
    now: datetime | None = None,
) -> Loaded:
    """Load those of these posts (default: all) that are not here yet, and return how many.

    `picture_of` gives the picture of a figure's name. Raises people.NameTaken, before anything is written, on a site
    where somebody or something has a name that is the demo's: neither would be what it was.
    """
    now = now or timezone.now()
    wanted = content.load_posts() if posts is None else posts
    coming = _still_to_come(wanted)
    if not coming:
        # Respect whatever the owner has renamed, linked or deleted since.
        return Loaded()
    if taken := list(_taken(coming)):
        raise people.NameTaken(
            _("This site already has %s, which the demo would also create. Nothing was loaded.")
            % ", ".join(taken)
        )
    shown = {name for post in wanted for name in post.figures}
    figures = [figure for figure in content.load_figures() if figure.name in shown]
    _write_down(Kind.POST, [post.slug for post in wanted])
    _write_down(Kind.ATTACHMENT, [figure.name for figure in figures])
    write_site()
    authors = write_authors()
    figure_ids = {figure.name: _load_figure(figure, picture_of) for figure in figures}
    # The oldest first, so that the newest has the highest id, as on a site that grew.
    oldest_first = sorted(wanted, key=lambda post: -post.days_ago)
    loads = [_load_post(post, authors=authors, figure_ids=figure_ids, now=now) for post in oldest_first]
    counts = [comments for comments in loads if comments is not None]
    return Loaded(posts=len(counts), comments=sum(counts))


def _still_to_come(wanted: Sequence[content.DemoPost]) -> list[content.DemoPost]:
    here = dict(ImportedItem.objects.filter(site=SITE, kind=Kind.POST).values_list("old_id", "new_id"))
    return [post for post in wanted if here.get(post.slug, STILL_TO_COME) == STILL_TO_COME]


def _taken(coming: Sequence[content.DemoPost]) -> Iterator[str]:
    """Yield descriptions of things on this site whose names the demo would also use."""
    for slug in Post.objects.filter(slug__in=[post.slug for post in coming]).values_list("slug", flat=True):
        yield _("a post “%s”") % slug
    names = {row.slug: row.name for row in content.load_authors()}
    for author in people.others_at(names):
        yield _("an author “%s”") % author
    signed = {row.name for post in coming for row in content.load_thread(post.slug) if row.role != "guest"}
    for member in people.others_called({*names.values(), *signed}):
        yield _("a member named “%s” or very like it") % member
    for model, topics in (
        (Category, {name for post in coming for name in post.categories}),
        (Tag, {name for post in coming for name in post.tags}),
    ):
        by_slug = {slugify(name): name for name in topics}
        for row in model.objects.filter(slug__in=by_slug):
            if row.name != by_slug[row.slug]:
                yield _("a topic “%s”") % row.name


def _write_down(kind: str, names: list[str]) -> None:
    ImportedItem.objects.bulk_create(
        [ImportedItem(site=SITE, kind=kind, old_id=name, new_id=STILL_TO_COME) for name in names],
        ignore_conflicts=True,
    )


def _locked_item(kind: str, name: str) -> ImportedItem:
    """Return the item, locked: if two loads run at once, the second waits here and then finds it done."""
    return ImportedItem.objects.select_for_update().get(site=SITE, kind=kind, old_id=name)


def _is_here(item: ImportedItem, new_id: int) -> None:
    item.new_id = new_id
    item.save(update_fields=["new_id"])


# --- the site and its topics ----------------------------------------------------------------------------------


@transaction.atomic
def write_site() -> None:
    """Name the site and create its pages, unless somebody has already set anything."""
    site = SiteSettings.load()
    if _is_named(site) or Post.objects.exists():
        return
    site.name, site.tagline, site.time_zone = NAME, TAGLINE, TIME_ZONE
    actions.save_site_settings(site)
    for position, (name, title) in enumerate(PAGES.items(), start=1):
        body = content.page_text(name)
        standing.make_page(f"/{name}/", title=title, body=body, position=position, is_public=True)


def _is_named(site: SiteSettings) -> bool:
    untouched = SiteSettings()
    names = ("name", "tagline", "time_zone")
    return any(getattr(site, name) != getattr(untouched, name) for name in names)


def write_authors() -> dict[str, Author]:
    """Return the demo's authors by their slugs."""
    with transaction.atomic():
        return {row.slug: people.author(row) for row in content.load_authors()}


def category(name: str) -> Category:
    return Category.objects.get_or_create(slug=slugify(name), defaults={"name": name})[0]


def tag(name: str) -> Tag:
    return Tag.objects.get_or_create(slug=slugify(name), defaults={"name": name})[0]


# --- figures and posts ----------------------------------------------------------------------------------------


def _load_figure(row: content.DemoFigure, picture_of: Callable[[str], bytes]) -> int:
    """Return the id of the figure, saved the first time."""
    known = ImportedItem.objects.get(site=SITE, kind=Kind.ATTACHMENT, old_id=row.name).new_id
    return known if known != STILL_TO_COME else _save_figure(row, picture_of(row.name))


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
    """Write a post with its discussion; return the number of comments, or None if the post is here already."""
    item = _locked_item(Kind.POST, row.slug)
    if item.new_id != STILL_TO_COME:
        return None
    published_at = (now - timedelta(days=row.days_ago)).replace(second=0, microsecond=0)
    post = _write_post(row, authors=authors, figure_ids=figure_ids, published_at=published_at)
    comments = _load_thread(post, content.load_thread(row.slug), moderator=post.created_by)
    _close(post, row)
    # Backdate it: sitemap and structured data say when a post last changed.
    Post.objects.filter(pk=post.pk).update(
        created_at=published_at, updated_at=published_at, changed_at=published_at
    )
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
    """Set who may comment from now on; the demo comments were written while everybody could."""
    if row.comment_policy != CommentPolicy.OPEN:
        post.comment_policy = row.comment_policy
        actions.save_post(post, by=post.created_by)


# --- discussions ----------------------------------------------------------------------------------------------


def _load_thread(post: Post, rows: list[content.DemoComment], *, moderator: User | None) -> int:
    """Write the comments in order of time, with votes; remove comments last, after their replies are written."""
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
        now=_published_at(post) + timedelta(minutes=row.minutes),
    )


def _published_at(post: Post) -> datetime:
    assert post.published_at is not None, "demo posts are published before they are discussed"
    return post.published_at


def _settle_state(
    comment: Comment, row: content.DemoComment, *, writer: User | Guest, moderator: User | None
) -> None:
    """Give a comment the state its file names; held comments have been held for their links already."""
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
    """Give each comment as many votes as its file says, from different people, never from its author."""
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
    discussing.recount_scores(sorted({vote.comment_id for vote in votes}))


def _vote(comment: Comment, voter: User | Guest) -> Vote:
    by = {"user": voter} if isinstance(voter, User) else {"guest": voter}
    return Vote(comment=comment, created_at=comment.created_at, **by)
