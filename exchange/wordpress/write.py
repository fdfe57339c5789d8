"""The second pass: writes what the plan says, one post with its comments at a time; can be interrupted."""

import logging
from collections.abc import Callable
from datetime import datetime

from django.db import InterfaceError, OperationalError, transaction
from django.utils import timezone

from blog import actions
from blog.models import Author, BodyFormat, Category, Post, PostKind, PostState, SiteSettings, Tag
from blog.models.posts import new_entry_id
from exchange.demo import standing
from exchange.wordpress import addresses, ids, pages, people, posts, terms
from exchange.wordpress.authors_file import AuthorNote
from exchange.wordpress.comments import Arranged, arrange
from exchange.wordpress.discussion import DiscussionWriter, count_states, users_of_authors
from exchange.wordpress.figures import Figures
from exchange.wordpress.memory import Kind
from exchange.wordpress.places import free_slug
from exchange.wordpress.plan import COMMENT_NOUNS, Plan
from exchange.wordpress.planning import loss_of
from exchange.wordpress.report import Kind as Why
from exchange.wordpress.report import Noun
from exchange.wordpress.uploads import Uploads, with_own
from exchange.wordpress.wxr import Item, read

log = logging.getLogger(__name__)


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
        self.figures = Figures(plan.library, plan.memory, folder=plan.folder)
        self.uploads = Uploads(plan.wanted, self.figures, folder=plan.folder)
        self.ledger = addresses.Ledger()
        self.done: set[int] = set()
        self.parents = {parent for _path, parent in plan.attachments.values()}
        # Posts of this run that have attached files, by their old ids.
        self.brought: dict[int, int] = {}

    def run(self, progress: Callable[[int], object] | None) -> None:
        self.report.came.clear()
        self.begin()
        for entry in read(self.plan.path, progress=progress, partial=self.plan.partial):
            if not isinstance(entry, Item) or entry.id in self.done:
                continue
            # The first one with an id counts, whatever it is; the plan has named the others.
            self.done.add(entry.id)
            if self.is_text(entry) and self.write_safely(entry):
                self.after_post(entry)
        self.uploads.bring_all()
        for number, picture in self.plan.fillings.items():
            self.figures.fill(number, picture)
        self.report.came[Noun.RELINKED] = sum(map(self.relink, self.plan.relinked))
        self.lead_on_attachments()
        self.report.came[Noun.PICTURE] = self.figures.made
        self.report.came[Noun.FILLED], self.report.came[Noun.FILE] = self.figures.filled, self.uploads.made

    def is_text(self, item: Item) -> bool:
        return item.type in posts.TEXTS and item.status != "trash" and item.id not in self.plan.failed

    def write_safely(self, item: Item) -> bool:
        """Write a post, or report that this failed: an error in one post does not stop the import of others."""
        try:
            self.write_item(item)
        except (OperationalError, InterfaceError):
            # The database is gone, or busy: what is written stays, and the next run goes on from there.
            raise
        except Exception:
            log.exception("the post %d of %s could not be imported", item.id, self.plan.memory.site)
            self.report.note(Why.FAILED, f"“{posts.title_of(item)}”")
            return False
        return True

    # --- before the posts ---

    @transaction.atomic
    def begin(self) -> None:
        """Write what posts lean on: the site's name and zone, authors, topics; and set the kept ids aside."""
        self.name_site()
        if self.plan.folder:
            self.ledger.lead(f"{self.plan.folder}/", "/")
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
        if changed := self.plan.changes_of(site):
            for field, value in changed.items():
                setattr(site, field, value)
            actions.save_site_settings(site)

    def write_authors(self) -> dict[str, Author]:
        """Return authors by login; those who were brought before are taken as they are now, or not at all."""
        known = people.known_authors(self.memory)
        rows = Author.objects.in_bulk(known.values())
        authors = {login: rows[pk] for login, pk in known.items() if pk in rows}
        for login, writer in self.plan.creators.items():
            if login not in known:
                authors[login] = people.make_author(
                    writer, self.plan.notes.get(login, AuthorNote()), self.memory
                )
                addresses.of_author(authors[login], writer, folder=self.plan.folder)
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
        fate = self.plan.fate_of(item)
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
        converted = self.plan.convert(item)
        body = with_own(converted.with_figures(self.figures.id_of), self.uploads.address_of)
        made = self.discussions.prepare(comments, known={})
        with transaction.atomic():
            post = self.write_post(item, body)
            lost = loss_of(item, converted, post.body_html)
            if comments:
                self.discussions.write_all(post, comments, made)
            led = self.lead_on(item, post)
            self.memory.remember(Kind.POST, {item.id: post.pk})
        if item.id in self.parents:
            self.brought[item.id] = post.pk
        # Only what is safely written is counted.
        self.count_post(post)
        self.report.take(lost)
        self.report.came[Noun.OLD_ADDRESS] += led
        self.report.came[Noun.SOURCE] += converted.clippings
        self.count_comments(comments)

    def write_post(self, item: Item, body: str) -> Post:
        """Write the post with its dates as they were: publishing it anew would give it today's."""
        fate = self.plan.fate_of(item)
        dek, excerpt = posts.dek_and_excerpt(item)
        author = self.authors.get(people.login_key(item.creator))
        post = Post(
            title=posts.title_of(item),
            dek=dek,
            excerpt=excerpt,
            body=body,
            body_format=BodyFormat.HTML,
            comment_policy=posts.policy_of(item),
            created_at=fate.date or timezone.now(),
            **self.place_of(item),
            entry_id=self.entry_id_of(item),
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
        return post

    def date(self, post: Post, moment: datetime) -> None:
        local = moment.astimezone(SiteSettings.load().zone)
        post.state, post.published_at, post.first_published_at = PostState.PUBLISHED, moment, moment
        post.year, post.month = local.year, local.month

    def set_modified(self, post: Post, item: Item, fate: posts.Fate) -> None:
        modified = posts.moment(item.modified_gmt, None, self.plan.zone) or fate.date
        if modified:
            Post.objects.filter(pk=post.pk).update(updated_at=modified, changed_at=modified)

    def entry_id_of(self, item: Item) -> str:
        """Return the id by which feed readers know the post; a new one where it has none, or another post has it."""
        is_free = posts.is_entry_id(item.guid) and not Post.objects.filter(entry_id=item.guid).exists()
        return item.guid if is_free else new_entry_id()

    def place_of(self, item: Item) -> dict:
        """Return what the item's address is made of; looked at again, since others write meanwhile."""
        if item.type != "page":
            return {"slug": free_slug(posts.slug_of(item))}
        path = pages.free_path(self.plan.page_paths[item.id])
        standing.make_room(path)
        return {"kind": PostKind.PAGE, "path": path}

    def terms_of(self, item: Item, domain: str, rows: dict) -> list:
        return [rows[term.key] for term in item.terms if term.domain == domain and term.key in rows]

    def lead_on(self, item: Item, post: Post) -> int:
        """Let the old addresses of a public post lead to the new one; return how many do now."""
        if post.state != PostState.PUBLISHED:
            return 0
        target = post.get_absolute_url()
        led = [self.ledger.lead(old, target) for old in addresses.of_item(item, folder=self.plan.folder)]
        return led.count(None)

    def lead_on_attachments(self) -> None:
        """Let the page that WordPress gave each attached file lead to the post of this run that it is attached to."""
        public = Post.objects.published(now=self.plan.now)
        rows = public.only(*Post.ADDRESS).in_bulk(self.brought.values())
        for number, (path, parent) in self.plan.attachments.items():
            if post := rows.get(self.brought.get(parent, 0)):
                target = post.get_absolute_url()
                led = [self.ledger.lead(old, target) for old in self.plan.olds_of_attachment(path, number)]
                self.report.came[Noun.OLD_ADDRESS] += led.count(None)

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

    # --- files that came later than the posts that link to them ---

    @transaction.atomic
    def relink(self, post_id: int) -> bool:
        """Turn the links of a post that nobody has changed since it came to the files that have come now."""
        post = Post.objects.select_for_update().filter(pk=post_id).first()
        body = with_own(post.body, self.uploads.address_of) if post else ""
        if post is None or body == post.body:
            return False
        post.body = body
        Post.objects.filter(pk=post_id).update(body=body)
        actions.rerender_post(post)
        return True

    # --- counting ---

    def count_post(self, post: Post) -> None:
        if post.state != PostState.PUBLISHED:
            self.report.came[Noun.DRAFT] += 1
        elif post.is_scheduled(now=self.plan.now):
            self.report.came[Noun.SCHEDULED] += 1
        else:
            self.report.came[Noun.PAGE if post.is_page else Noun.PUBLISHED] += 1

    def count_comments(self, comments: list[Arranged]) -> None:
        for state, count in count_states(comments).items():
            self.report.came[COMMENT_NOUNS[state]] += count
