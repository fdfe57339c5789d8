"""The second pass: writes what the plan has judged, one post with its comments at a time, and can be interrupted."""

from collections.abc import Callable
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from blog import actions
from blog.models import Author, BodyFormat, Category, Post, PostState, SiteSettings, Tag
from exchange.wordpress import addresses, ids, people, posts, terms
from exchange.wordpress.authors_file import AuthorNote
from exchange.wordpress.comments import Arranged, arrange
from exchange.wordpress.discussion import DiscussionWriter, count_states, users_of_authors
from exchange.wordpress.figures import Figures
from exchange.wordpress.html import convert
from exchange.wordpress.memory import Kind
from exchange.wordpress.plan import COMMENT_NOUNS, Plan, featured_of
from exchange.wordpress.report import Noun
from exchange.wordpress.wxr import Item, read

DEFAULTS = SiteSettings()


def write(
    plan: Plan,
    *,
    keep_addresses: bool = False,
    progress: Callable[[int], object] | None = None,
    after_post: Callable[[Item], object] | None = None,
) -> None:
    """Write everything that is new. `after_post` hears of each post once it is safely in the database.

    What was written before an interruption stays, and the next run goes on from there.
    """
    Writing(plan, keep_addresses=keep_addresses, after_post=after_post).run(progress)


class Writing:
    def __init__(
        self, plan: Plan, *, keep_addresses: bool, after_post: Callable[[Item], object] | None
    ) -> None:
        self.plan = plan
        self.memory = plan.memory
        self.report = plan.report
        self.keep_addresses = keep_addresses
        self.after_post = after_post or (lambda item: None)
        self.figures = Figures(plan.library, plan.memory)
        self.done: set[int] = set()

    def run(self, progress: Callable[[int], object] | None) -> None:
        self.report.came.clear()
        self.begin()
        for entry in read(self.plan.path, progress=progress):
            if isinstance(entry, Item) and self.is_text(entry) and entry.id not in self.done:
                self.done.add(entry.id)
                self.write_item(entry)
                self.after_post(entry)
        self.report.came[Noun.PICTURE] = self.figures.made

    def is_text(self, item: Item) -> bool:
        return item.type in posts.TEXTS and item.status != "trash"

    # --- before the posts ---

    @transaction.atomic
    def begin(self) -> None:
        """Write what posts lean on: the site's name and zone, authors, topics; and set the kept ids aside."""
        self.name_site()
        self.authors = self.write_authors()
        self.discussions = DiscussionWriter(
            self.plan, user_of=users_of_authors(self.authors), keep_addresses=self.keep_addresses
        )
        made = terms.write_terms(self.plan.terms.values(), self.memory, folder=self.plan.folder)
        self.report.came[Noun.CATEGORY], self.report.came[Noun.TAG] = made["category"], made["post_tag"]
        self.categories = self.rows_of(Category, "category")
        self.tags = self.rows_of(Tag, "post_tag")
        if self.plan.keeps_ids and self.plan.comment_ids.highest:
            ids.reserve(self.plan.comment_ids.highest)

    def name_site(self) -> None:
        """Take over name, tagline and zone where nobody has chosen any here."""
        site = SiteSettings.load()
        wanted = {
            "name": self.plan.head.title[:80],
            "tagline": self.plan.head.description[:200],
            "time_zone": self.plan.zone_name or "",
        }
        changed = {
            field: value
            for field, value in wanted.items()
            if value and getattr(site, field) == getattr(DEFAULTS, field) and value != getattr(site, field)
        }
        if changed and not self.plan.known_posts:
            for field, value in changed.items():
                setattr(site, field, value)
            actions.save_site_settings(site)

    def write_authors(self) -> dict[str, Author]:
        """Return authors by login; those who were brought before are taken as they are now, or not at all."""
        known = self.memory.all(Kind.AUTHOR)
        rows = Author.objects.in_bulk(known.values())
        authors = {login: rows[pk] for login, pk in known.items() if pk in rows}
        for login, writer in self.plan.creators.items():
            if login not in known:
                authors[login] = people.make_author(
                    writer, self.plan.notes.get(login, AuthorNote()), self.memory
                )
                self.report.came[Noun.AUTHOR] += 1
        return authors

    def rows_of(self, model: type[Category] | type[Tag], domain: str) -> dict:
        known = self.memory.all(terms.KINDS[domain])
        rows = model.objects.in_bulk()
        return {key: rows[pk] for key, pk in known.items() if pk in rows}

    # --- one post ---

    def write_item(self, item: Item) -> None:
        post_id = self.plan.known_posts.get(str(item.id))
        if post_id is None:
            self.write_new(item)
        elif item.comments:
            self.write_later_comments(item, post_id)

    def arranged(self, item: Item, known: dict[str, int]) -> list[Arranged]:
        """Order the comments as the plan did; `known` are those that came before, under this post or another."""
        here = {int(old_id) for old_id in known}
        fate = posts.fate_of(item, self.plan.zone)
        return arrange(
            item.comments,
            title="",
            zone=self.plan.zone,
            fallback=fate.date or timezone.now(),
            here=here if str(item.id) in self.plan.known_posts else (),
            elsewhere=() if str(item.id) in self.plan.known_posts else here,
        )[0]

    def write_new(self, item: Item) -> None:
        known = self.memory.known(Kind.COMMENT, [comment.id for comment in item.comments])
        comments = self.arranged(item, known)
        # Slow and needing no lock: pictures, rendering, guests.
        converted = convert(
            item.content,
            gallery=self.plan.library.of_post(item.id),
            featured=featured_of(item),
            footnotes=item.meta_value("footnotes"),
            shared=self.plan.shared,
        )
        body = converted.with_figures(self.figures.id_of)
        made = self.discussions.prepare(comments, known={})
        with transaction.atomic():
            post = self.write_post(item, body)
            if comments:
                self.discussions.write_all(post, comments, made)
            self.memory.remember(Kind.POST, {item.id: post.pk})
        self.report.came[Noun.SOURCE] += converted.clippings
        self.count_comments(comments)

    def write_post(self, item: Item, body: str) -> Post:
        """Write the post with its dates as they were: publishing it anew would give it today's."""
        fate = posts.fate_of(item, self.plan.zone)
        dek, excerpt = posts.dek_and_excerpt(item)
        author = self.authors.get(item.creator)
        post = Post(
            title=posts.title_of(item),
            dek=dek,
            excerpt=excerpt,
            slug=self.free_slug(posts.slug_of(item)),
            body=body,
            body_format=BodyFormat.HTML,
            comment_policy=posts.policy_of(item),
            created_at=fate.date or timezone.now(),
        )
        if fate.state == PostState.PUBLISHED and fate.date is not None:
            self.date(post, fate.date)
        actions.save_post(
            post,
            by=author.user if author else None,
            authors=[author] if author else [],
            categories=self.terms_of(item, "category", self.categories),
            tags=self.terms_of(item, "post_tag", self.tags),
        )
        self.set_modified(post, item, fate)
        self.lead_on(item, post)
        self.count_post(post)
        return post

    def date(self, post: Post, moment: datetime) -> None:
        local = moment.astimezone(SiteSettings.load().zone)
        post.state, post.published_at, post.first_published_at = PostState.PUBLISHED, moment, moment
        post.year, post.month = local.year, local.month

    def set_modified(self, post: Post, item: Item, fate: posts.Fate) -> None:
        modified = posts.moment(item.modified_gmt, None, self.plan.zone) or fate.date
        if modified:
            Post.objects.filter(pk=post.pk).update(updated_at=modified)

    def free_slug(self, slug: str) -> str:
        wanted, number = slug, 1
        while Post.objects.filter(slug=wanted).exists():
            number += 1
            wanted = f"{slug}-{number}"
        return wanted

    def terms_of(self, item: Item, domain: str, rows: dict) -> list:
        return [rows[term.key] for term in item.terms if term.domain == domain and term.key in rows]

    def lead_on(self, item: Item, post: Post) -> None:
        """Let the old addresses of a public post lead to the new one."""
        if post.state == PostState.PUBLISHED:
            path = posts.old_path_of(item)
            self.report.came[Noun.OLD_ADDRESS] += addresses.of_post(
                post, item, path=path, folder=self.plan.folder
            )

    # --- more comments under a post that is here ---

    def write_later_comments(self, item: Item, post_id: int) -> None:
        known = self.memory.known(Kind.COMMENT, [comment.id for comment in item.comments])
        if len(known) == len(item.comments):
            return
        post = Post.objects.filter(pk=post_id).first()
        comments = self.arranged(item, known) if post else []
        if not comments or post is None:
            return
        here = {int(old_id): new_id for old_id, new_id in known.items()}
        made = self.discussions.prepare(comments, known=here)
        self.discussions.write_later(post, comments, made, known=here)
        self.count_comments(comments)

    # --- counting ---

    def count_post(self, post: Post) -> None:
        if post.state != PostState.PUBLISHED:
            self.report.came[Noun.DRAFT] += 1
        else:
            self.report.came[Noun.SCHEDULED if post.is_scheduled() else Noun.PUBLISHED] += 1

    def count_comments(self, comments: list[Arranged]) -> None:
        for state, count in count_states(comments).items():
            self.report.came[COMMENT_NOUNS[state]] += count
