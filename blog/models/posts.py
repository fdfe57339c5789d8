"""Posts and pages: who may see them, their URLs, topics and bylines."""

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar, cast
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.fields import CharField, SlugField, TextField
from blog.models.authors import Author
from blog.models.figures import Figure
from blog.models.topics import Category, Tag

# Characters of a page's path: what a link in a mail can be, and many segments deep.
LONGEST_PATH = 300


class BodyFormat(models.TextChoices):
    MARKDOWN = "markdown", _("Markdown")
    HTML = "html", _("HTML")


class PostState(models.TextChoices):
    DRAFT = "draft", _("draft")
    # Public from `published_at` on: a scheduled post is a published one whose minute has not come.
    PUBLISHED = "published", _("published")
    WITHDRAWN = "withdrawn", _("withdrawn")


class PostKind(models.TextChoices):
    POST = "post", _("post")
    # Stands by itself, outside every list: about the site, its rules, how to write to its owner.
    PAGE = "page", _("page")


class ShownIn(models.TextChoices):
    """Where all pages of the site link to this page."""

    NOWHERE = "", _("nowhere")
    MENU = "menu", _("menu")
    FOOT = "foot", _("footer")


class CommentPolicy(models.TextChoices):
    """Who may comment on a post; the rules are in `comments`."""

    OPEN = "open", _("open to everyone")
    MEMBERS = "members", _("members only")
    HELD = "held", _("held until a moderator approves")
    CLOSED = "closed", _("closed")


def new_entry_id() -> str:
    """Return a globally unique id for feeds that does not depend on the site's address."""
    return f"urn:uuid:{uuid4()}"


def _is_own_post(user) -> Q:
    """Return the condition for a member's own posts: they created them or are in the byline."""
    mine = Byline.objects.filter(author__user=user).values("post")
    return Q(kind=PostKind.POST) & (Q(created_by=user) | Q(pk__in=mine))


class PostQuerySet(models.QuerySet["Post"]):
    def posts(self) -> "PostQuerySet":
        """Those of kind `post`."""
        return self.filter(kind=PostKind.POST)

    def pages(self) -> "PostQuerySet":
        """Those of kind `page`. Only they have a path, and with this condition SQLite uses the index too."""
        return self.filter(path__gt="")

    def published(self, *, now: datetime | None = None) -> "PostQuerySet":
        """Posts and pages that everybody may read at `now`: the only definition of public."""
        return self.filter(state=PostState.PUBLISHED, published_at__lte=now or timezone.now())

    def listed(self, *, now: datetime | None = None) -> "PostQuerySet":
        """Public posts without the pages: what every list, feed, count and neighbour is made of."""
        return self.posts().published(now=now)

    def written_by(self, user) -> "PostQuerySet":
        """The user's own posts: created by them or with their byline. For owners also all pages."""
        own = _is_own_post(user)
        return self.filter(own | Q(path__gt="")) if user.is_superuser else self.filter(own)

    def visible_to(self, user, *, now: datetime | None = None) -> "PostQuerySet":
        """Posts and pages that `user` (a User, or None for a reader without one) may read.

        Public ones, own posts, all.
        """
        if user is None or not user.is_authenticated:
            return self.published(now=now)
        if user.is_superuser:
            return self
        public = Q(state=PostState.PUBLISHED, published_at__lte=now or timezone.now())
        return self.filter(public | _is_own_post(user))

    def in_category(self, category: Category) -> "PostQuerySet":
        return self.filter(post_categories__category=category)

    def with_tag(self, tag: Tag) -> "PostQuerySet":
        return self.filter(post_tags__tag=tag)

    def by_author(self, author: Author) -> "PostQuerySet":
        """Posts with this author in the byline; `written_by` also finds those that a member created."""
        return self.filter(bylines__author=author)

    def newest_first(self) -> "PostQuerySet":
        return self.order_by("-published_at", "-pk")

    def for_stream(self) -> "PostQuerySet":
        """Posts for lists: without the long columns, with bylines and categories prefetched."""
        bylines = models.Prefetch("bylines", Byline.objects.select_related("author"))
        filed = models.Prefetch("post_categories", PostCategory.objects.select_related("category"))
        return self.defer("body", "body_html").prefetch_related(bylines, filed)


# Its comments hang on it by a manager whose type is made at run time.
class Post(models.Model):  # type: ignore[django-manager-missing]
    """One post, or a page that stands by itself.

    A post's address is made of the year and month of its first publication in the site's zone; a page's is its `path`.
    """

    kind = models.CharField(
        max_length=10,
        choices=PostKind.choices,
        default=PostKind.POST,
        db_default=PostKind.POST,
        editable=False,
    )
    title = CharField(_("title"), max_length=300)
    dek = CharField(
        _("dek"), max_length=400, blank=True, help_text=_("One or two sentences under the title.")
    )
    # Of pages nobody sees it.
    slug = SlugField(_("URL slug"), max_length=200, unique=True, allow_unicode=True)
    # Of pages only, as it stands in the address: “/about/team/”.
    path = CharField(_("URL path"), max_length=LONGEST_PATH, null=True, blank=True, unique=True)
    shown_in = models.CharField(
        _("shown in"),
        max_length=10,
        choices=ShownIn.choices,
        default=ShownIn.NOWHERE,
        db_default=ShownIn.NOWHERE,
        blank=True,
    )
    position = models.PositiveSmallIntegerField(
        _("position"), default=0, db_default=0, help_text=_("Lower numbers come first.")
    )
    body = TextField(_("text"), blank=True)
    body_format = models.CharField(
        _("format"), max_length=10, choices=BodyFormat.choices, default=BodyFormat.MARKDOWN
    )
    body_html = models.TextField(editable=False, blank=True)
    markup_version = models.PositiveSmallIntegerField(default=0, editable=False)
    word_count = models.PositiveIntegerField(default=0, editable=False)
    excerpt = TextField(
        _("excerpt"), blank=True, help_text=_("Used in lists and feeds; if empty, the dek is used.")
    )

    state = models.CharField(
        max_length=10, choices=PostState.choices, default=PostState.DRAFT, editable=False
    )
    published_at = models.DateTimeField(null=True, blank=True, editable=False)
    first_published_at = models.DateTimeField(null=True, blank=True, editable=False)
    # Fixed with first_published_at, so that a change of the site's zone moves no address.
    year = models.PositiveSmallIntegerField(null=True, blank=True, editable=False)
    month = models.PositiveSmallIntegerField(null=True, blank=True, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        editable=False,
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(default=timezone.now, editable=False)
    # When it last changed for readers; NULL in rows of older code means when it was last saved.
    changed_at = models.DateTimeField(null=True, blank=True, editable=False)
    # Its permanent id in feeds; NULL in rows of older code means the URL of its preview.
    entry_id = models.CharField(  # noqa: DJ001 — NULLs differ, "" would not
        max_length=500, null=True, unique=True, editable=False, default=new_entry_id
    )

    comment_policy = models.CharField(
        _("comments"), max_length=10, choices=CommentPolicy.choices, default=CommentPolicy.OPEN
    )
    comments_close_after = models.PositiveSmallIntegerField(
        _("close comments after (days)"),
        null=True,
        blank=True,
        help_text=_("Leave empty to use the site setting."),
    )

    authors = models.ManyToManyField(
        Author, through="Byline", related_name="posts", verbose_name=_("authors")
    )
    categories = models.ManyToManyField(
        Category, through="PostCategory", related_name="posts", verbose_name=_("categories")
    )
    tags = models.ManyToManyField(Tag, through="PostTag", related_name="posts")
    figures = models.ManyToManyField(Figure, related_name="posts", editable=False, blank=True)

    objects = PostQuerySet.as_manager()
    # What the last save changed for readers (blog/seen.py).
    seen_changes: Sequence[str] = ()

    # The columns that its address is made of.
    ADDRESS = ("kind", "slug", "path", "year", "month", "state")

    class Meta:
        verbose_name = _("post")
        verbose_name_plural = _("posts")
        constraints = [
            models.CheckConstraint(
                condition=~Q(state=PostState.PUBLISHED)
                | Q(published_at__isnull=False, first_published_at__isnull=False, year__isnull=False),
                name="published_post_has_its_minute",
            ),
            models.CheckConstraint(
                condition=Q(kind=PostKind.POST, path__isnull=True)
                | Q(kind=PostKind.PAGE, path__isnull=False),
                name="only_pages_have_a_path",
            ),
        ]
        indexes = [
            # Of whatever is public; lists ask for posts only.
            models.Index(fields=["state", "published_at", "id"], name="post_stream_idx"),
            models.Index(fields=["kind", "state", "published_at", "id"], name="post_list_idx"),
            models.Index(fields=["year", "month"], name="post_month_idx"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """Return the public URL, or that of the preview if there is none yet."""
        if self.year is None or self.state == PostState.DRAFT:
            return reverse("blog:preview", args=[self.pk])
        if self.is_page:
            return reverse("blog:page", args=[(self.path or "").strip("/")])
        return reverse("blog:post", args=[self.year, f"{self.month:02d}", self.slug])

    @property
    def is_page(self) -> bool:
        return self.kind == PostKind.PAGE

    def is_public(self, *, now: datetime | None = None) -> bool:
        """Whether everybody may read it at `now`; the same rule as `PostQuerySet.published`."""
        now = now or timezone.now()
        return (
            self.state == PostState.PUBLISHED and self.published_at is not None and self.published_at <= now
        )

    def is_scheduled(self, *, now: datetime | None = None) -> bool:
        return self.state == PostState.PUBLISHED and not self.is_public(now=now)

    def is_by(self, user) -> bool:
        """Whether this is one of the user's own posts, as in `PostQuerySet.written_by`.

        One query for authors, none if the bylines are prefetched, and none for others.
        """
        if self.is_page:
            return bool(user.is_superuser)
        if self.created_by_id is not None and self.created_by_id == user.pk:
            return True
        # Loaded with the member of a session (blog/apps.py).
        if not getattr(user, "is_author", True):
            return False
        author = getattr(user, "author", None)
        return author is not None and any(byline.author_id == author.pk for byline in self.bylines.all())

    @property
    def reading_minutes(self) -> int:
        """The minutes to read it at 230 words a minute (Brysbaert 2019 gives 238 for non-fiction), at least 1."""
        return max(1, round(self.word_count / 230))

    @property
    def summary(self) -> str:
        return self.excerpt or self.dek


class PageManager(models.Manager["Page"]):
    def get_queryset(self) -> "models.QuerySet[Page]":
        return cast("models.QuerySet[Page]", PostQuerySet(self.model, using=self._db).pages())


class Page(Post):  # type: ignore[django-manager-missing]
    """A post of kind `page`, as the admin lists it: the same row."""

    # Its rows are posts of one kind, which types cannot say.
    objects: ClassVar[PageManager] = PageManager()  # type: ignore[assignment]

    class Meta:
        proxy = True
        verbose_name = _("page")
        verbose_name_plural = _("pages")


class Byline(models.Model):
    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="bylines")
    author = models.ForeignKey(Author, on_delete=models.PROTECT, related_name="bylines")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("byline")
        verbose_name_plural = _("bylines")
        ordering = ["position", "pk"]
        constraints = [models.UniqueConstraint(fields=["post", "author"], name="one_byline_per_author")]

    def __str__(self) -> str:
        return str(self.author)


class PostCategory(models.Model):
    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="post_categories")
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="post_categories")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("category of the post")
        verbose_name_plural = _("categories of the post")
        ordering = ["position", "pk"]
        constraints = [models.UniqueConstraint(fields=["post", "category"], name="one_filing_per_category")]

    def __str__(self) -> str:
        return str(self.category)


class PostTag(models.Model):
    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="post_tags")
    tag = models.ForeignKey(Tag, on_delete=models.PROTECT, related_name="post_tags")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("tag of the post")
        verbose_name_plural = _("tags of the post")
        ordering = ["position", "pk"]
        constraints = [models.UniqueConstraint(fields=["post", "tag"], name="one_tagging_per_tag")]

    def __str__(self) -> str:
        return str(self.tag)
