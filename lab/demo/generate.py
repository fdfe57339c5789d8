"""Generates a site of any size for measurements: in bulk, but with correct numbers, counts and trees."""

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import accumulate
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone

from accounts.models import Guest, User
from accounts.spelling import slugify
from blog import markup, page_versions, sources
from blog.models import (
    Author,
    Byline,
    Category,
    PageState,
    Post,
    PostCategory,
    PostState,
    PostTag,
    Quotation,
    SiteSettings,
    Tag,
)
from comments import tree
from comments.models import Comment, Discussion, Vote
from exchange.demo import content, load
from lab.demo import crowd, prose, shapes

# What `make_demo --comments N` alone takes as the size of a discussion.
COMMENTS_PER_POST = 100
# A site publishes about one post a day, but none is older than this: more posts make busier days.
OLDEST = timedelta(days=3650)
NEWEST = timedelta(hours=3)
BODIES = 40
# Enough that no reader of a long thread meets one twice on a screen.
PARAGRAPHS = 1500
# Rows that are held in memory at once.
POSTS_AT_ONCE, COMMENTS_AT_ONCE = 2000, 4000
# Nearly all comments come in the first days of a post.
MEAN_DELAY = timedelta(days=1.5)


@dataclass
class Body:
    """A post's text, rendered once for all posts that have it; `quoted` as its first post derived them."""

    typed: str
    rendered: markup.RenderedPost
    quoted: list[Quotation] | None = None


@dataclass
class Cast:
    """Everything that posts and comments are put together from."""

    chance: random.Random
    zone: ZoneInfo
    authors: list[Author]
    categories: list[Category]
    tags: list[Tag]
    titles: list[str]
    deks: list[str]
    bodies: list[Body]
    paragraphs: list[prose.Text]
    readers: list[User | Guest] = field(default_factory=list)


def make_site(*, posts: int, comments: int, seed: int, now: datetime | None = None) -> load.Loaded:
    """Add `posts` posts with `comments` comments all together; the same seed invents the same ones."""
    now = now or timezone.now()
    load.write_site()
    cast = _cast(random.Random(seed), comments=comments)
    sizes = _sizes(posts, comments, cast.chance)
    for written in _write_posts(posts, sizes, cast, now=now):
        _write_discussions(written, sizes, cast, now=now)
    page_versions.touch_site()
    return load.Loaded(posts=posts, comments=comments)


@transaction.atomic
def _cast(chance: random.Random, *, comments: int) -> Cast:
    said, written = prose.comment_sentences(), prose.post_sentences()
    rows = content.load_posts()
    return Cast(
        chance=chance,
        zone=SiteSettings.load().zone,
        authors=list(load.write_authors().values()),
        categories=[
            load.category(name) for name in sorted({name for row in rows for name in row.categories})
        ],
        tags=[load.tag(name) for name in sorted({name for row in rows for name in row.tags})],
        titles=prose.titles(written + said),
        deks=written,
        bodies=[_body(written, chance) for _number in range(BODIES)],
        paragraphs=prose.paragraphs(said, chance=chance, count=min(comments, PARAGRAPHS)),
        readers=crowd.readers(),
    )


def _body(sentences: list[str], chance: random.Random) -> Body:
    """Return two or three paragraphs, with a clipping between them in every third."""
    parts = [
        " ".join(chance.sample(sentences, chance.randint(2, 4))) for _number in range(chance.choice((2, 3)))
    ]
    if chance.random() < 1 / 3:
        parts.insert(1, chance.choice(prose.clippings()))
    typed = "\n\n".join(parts) + "\n"
    return Body(typed=typed, rendered=markup.render_post(typed, body_format="markdown"))


def _sizes(posts: int, comments: int, chance: random.Random) -> Counter[int]:
    """Share the comments out: a few posts have most of them, many have none."""
    weights = list(accumulate(chance.paretovariate(1.1) for _number in range(posts)))
    return Counter(chance.choices(range(posts), cum_weights=weights, k=comments))


# --- posts ----------------------------------------------------------------------------------------------------


def _write_posts(
    count: int, sizes: Counter[int], cast: Cast, *, now: datetime
) -> Iterator[list[tuple[int, Post]]]:
    """Write posts, the oldest first, and yield them with their places in batches that hold each other's rows."""
    step = min(OLDEST / count, timedelta(days=1))
    offset = Post.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    for start in range(0, count, POSTS_AT_ONCE):
        batch = []
        for place in range(start, min(start + POSTS_AT_ONCE, count)):
            moment = now - NEWEST - step * (count - 1 - place + cast.chance.random() * 0.9)
            batch.append((place, _post(cast, number=offset + place + 1, moment=moment)))
        _write_batch(batch, sizes, cast)
        yield [(place, post) for place, (post, _body) in batch]


def _post(cast: Cast, *, number: int, moment: datetime) -> tuple[Post, Body]:
    title, body = cast.chance.choice(cast.titles), cast.chance.choice(cast.bodies)
    local = moment.astimezone(cast.zone)
    post = Post(
        title=title,
        dek=cast.chance.choice(cast.deks),
        slug=f"{slugify(title, most=80)}-{number}",
        body=body.typed,
        body_html=body.rendered.html,
        word_count=body.rendered.words,
        markup_version=markup.MARKUP_VERSION,
        state=PostState.PUBLISHED,
        published_at=moment,
        first_published_at=moment,
        year=local.year,
        month=local.month,
        created_at=moment,
        updated_at=moment,
    )
    return post, body


@transaction.atomic
def _write_batch(batch: list[tuple[int, tuple[Post, Body]]], sizes: Counter[int], cast: Cast) -> None:
    chance = cast.chance
    signers = [chance.choice(cast.authors) for _row in batch]
    posts = [post for _place, (post, _body) in batch]
    for post, signer in zip(posts, signers, strict=True):
        post.created_by_id = signer.user_id
    Post.objects.bulk_create(posts)
    Byline.objects.bulk_create(
        Byline(post=post, author=signer) for post, signer in zip(posts, signers, strict=True)
    )
    PostCategory.objects.bulk_create(
        PostCategory(post=post, category=category, position=position)
        for post in posts
        for position, category in enumerate(chance.sample(cast.categories, chance.randint(1, 2)))
    )
    PostTag.objects.bulk_create(
        PostTag(post=post, tag=tag, position=position)
        for post in posts
        for position, tag in enumerate(chance.sample(cast.tags, chance.randint(2, 5)))
    )
    PageState.objects.bulk_create(PageState(post=post) for post in posts)
    Discussion.objects.bulk_create(
        Discussion(post=post, last_number=sizes[place], comment_count=sizes[place])
        for place, (post, _body) in batch
    )
    _write_quotations([pair for _place, pair in batch])


def _write_quotations(pairs: list[tuple[Post, Body]]) -> None:
    """Derive the quotations of a body's first post, and give the others copies."""
    copies = []
    for post, body in pairs:
        if body.quoted is None:
            sources.derive(post, body.rendered.sources)
            body.quoted = list(post.quotations.all())
            continue
        copies += [
            Quotation(post=post, article_id=row.article_id, position=row.position, text=row.text)
            for row in body.quoted
        ]
    Quotation.objects.bulk_create(copies)


# --- discussions ----------------------------------------------------------------------------------------------


def _write_discussions(
    posts: list[tuple[int, Post]], sizes: Counter[int], cast: Cast, *, now: datetime
) -> None:
    """Write the comments of these posts, whole threads at a time."""
    waiting: list[tuple[Comment, shapes.Turn]] = []
    for place, post in posts:
        for thread in _threads_of(post, sizes[place], cast, now=now):
            waiting += thread
            if len(waiting) >= COMMENTS_AT_ONCE:
                _write_comments(waiting, cast)
                waiting = []
    _write_comments(waiting, cast)


def _threads_of(
    post: Post, count: int, cast: Cast, *, now: datetime
) -> Iterator[list[tuple[Comment, shapes.Turn]]]:
    chance = cast.chance
    turns = shapes.discussion(count, people=len(cast.readers), chance=chance)
    published_at = post.published_at
    assert published_at is not None, "posts made up here are published"
    longest = (now - published_at).total_seconds()
    rate = 1 / min(MEAN_DELAY.total_seconds(), longest / 3)
    delays = sorted(min(chance.expovariate(rate), longest) for _turn in turns)
    for thread in shapes.threads(turns):
        made: dict[int, tuple[Comment, prose.Text]] = {}
        for turn in thread:
            parent, answered = made[turn.parent] if turn.parent is not None else (None, None)
            text = prose.comment_text(cast.paragraphs, chance=chance, answered=answered)
            moment = published_at + timedelta(seconds=delays[turn.place])
            made[turn.place] = _comment(post, turn, text, cast, parent=parent, moment=moment), text
        yield [(made[turn.place][0], turn) for turn in thread]


def _comment(
    post: Post, turn: shapes.Turn, text: prose.Text, cast: Cast, *, parent: Comment | None, moment: datetime
) -> Comment:
    writer = cast.readers[turn.writer]
    by = {"user": writer} if isinstance(writer, User) else {"guest": writer, "guest_name": writer.name}
    return Comment(
        post=post,
        parent=parent,
        number=turn.place + 1,
        body=text.typed,
        body_html=text.html,
        markup_version=markup.MARKUP_VERSION,
        created_at=moment,
        published_at=moment,
        score=turn.votes,
        **by,
    )


@transaction.atomic
def _write_comments(waiting: list[tuple[Comment, shapes.Turn]], cast: Cast) -> None:
    tree.write_forest([comment for comment, _turn in waiting])
    Vote.objects.bulk_create(
        _vote(comment, cast.readers[voter])
        for comment, turn in waiting
        for voter in shapes.voters(turn, people=len(cast.readers), chance=cast.chance)
    )


def _vote(comment: Comment, voter: User | Guest) -> Vote:
    by = {"user_id": voter.pk} if isinstance(voter, User) else {"guest_id": voter.pk}
    return Vote(comment_id=comment.pk, created_at=comment.created_at, **by)
