"""A comment: whose it is, what it says, where it stands, and which state it is in."""

from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from mptt.fields import TreeForeignKey

from accounts.fields import CharField, TextField
from accounts.names import NAME_LENGTH
from blog.models import Post
from comments.models.discussion import Discussion
from comments.tree import LockedTree, LockedTreeManager, LockedTreeQuerySet


class CommentFormat(models.TextChoices):
    MARKDOWN = "markdown", _("Markdown")
    WORDPRESS = "wordpress", _("WordPress")


class CommentState(models.TextChoices):
    """Who sees what in which state: the table in docs/architecture.md."""

    PUBLIC = "public", _("public")
    HELD = "held", _("waiting for review")
    SPAM = "spam", _("spam")
    REMOVED = "removed", _("removed")
    WITHDRAWN = "withdrawn", _("deleted by its author")


# What moderators or rules have acted on. With OR, as in the query of moderation/writer_history.py, so that its index
# is used.
NOT_LEFT_ALONE = Q(state="held") | Q(state="spam") | Q(state="removed")


class CommentQuerySet(LockedTreeQuerySet):
    def public(self) -> "CommentQuerySet":
        """Return the comments in the public state, whatever their post: the only definition of public."""
        return self.filter(state=CommentState.PUBLIC)

    def visible_to(self, user: Any) -> "CommentQuerySet":
        """Return the comments on posts that `user` may read, in any state: that decides what is shown of them."""
        return self.filter(post__in=Post.objects.visible_to(user).order_by().values("pk"))

    def with_post(self) -> "CommentQuerySet":
        """Fetch post and member in the same query, without the post's text, which is long."""
        return self.select_related("post", "user").defer("post__body", "post__body_html")


class Comment(LockedTree):
    """One comment. `parent` alone is the truth about the tree; lft, rght, level and tree_id are derived from it."""

    # Names of the tree's columns are fixed: id, post, parent, tree_id, lft, rght, level.
    post = models.ForeignKey(
        "blog.Post",
        on_delete=models.PROTECT,
        related_name="comments",
        db_index=False,
        verbose_name=_("post"),
    )
    parent = TreeForeignKey("self", null=True, blank=True, on_delete=models.RESTRICT, related_name="replies")
    tree_id = models.PositiveBigIntegerField(db_index=True, editable=False)
    # NULL until first public; then the next of its post, kept for ever and never used again.
    number = models.PositiveIntegerField(null=True, editable=False)

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="comments"
    )
    guest = models.ForeignKey(
        "accounts.Guest", null=True, blank=True, on_delete=models.SET_NULL, related_name="comments"
    )
    guest_name = CharField(_("guest’s name"), max_length=NAME_LENGTH, blank=True)
    guest_website = models.URLField(_("guest’s website"), max_length=300, blank=True)

    body = TextField(_("text"))
    body_format = models.CharField(
        max_length=10, choices=CommentFormat.choices, default=CommentFormat.MARKDOWN
    )
    body_html = models.TextField(editable=False, blank=True)
    markup_version = models.PositiveSmallIntegerField(default=0, editable=False)

    state = models.CharField(
        _("state"), max_length=10, choices=CommentState.choices, default=CommentState.PUBLIC
    )
    # In words, for the writer (held, spam) or for everybody (removed).
    state_reason = CharField(_("reason"), max_length=300, blank=True)
    # Who gave it this state, and their rank when they did (accounts.roles.Rank): nobody below may change it. 0 is
    # everybody's, which is what a rule of the site and an author decide with.
    decided_rank = models.PositiveSmallIntegerField(default=0, db_default=0, editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        db_index=False,
        editable=False,
    )
    created_at = models.DateTimeField(_("created at"), default=timezone.now)
    published_at = models.DateTimeField(_("published at"), null=True, blank=True)
    edited_at = models.DateTimeField(_("edited at"), null=True, blank=True)
    score = models.IntegerField(default=0, editable=False)
    imported_score = models.IntegerField(default=0, editable=False)
    # The submission key: what a form carried so that sending it twice gives one comment; NULL when it carried none.
    once = models.CharField(max_length=40, null=True, blank=True, editable=False)  # noqa: DJ001 — NULLs differ, "" would not

    objects = LockedTreeManager.from_queryset(CommentQuerySet)()

    class Meta:
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        constraints = [
            models.CheckConstraint(
                condition=Q(user__isnull=True) | Q(guest__isnull=True), name="comment_has_one_writer_at_most"
            ),
            models.CheckConstraint(condition=Q(lft__gte=1), name="comment_lft_from_1"),
            models.CheckConstraint(condition=Q(lft__lt=F("rght")), name="comment_lft_before_rght"),
            models.CheckConstraint(
                condition=Q(parent__isnull=True, lft=1, level=0)
                | Q(parent__isnull=False, lft__gt=1, level__gt=0),
                name="comment_opener_has_root_shape",
            ),
            models.CheckConstraint(
                condition=~Q(state="public") | Q(number__isnull=False, published_at__isnull=False),
                name="public_comment_has_number",
            ),
            models.UniqueConstraint(
                fields=["tree_id"], condition=Q(parent__isnull=True), name="one_opener_per_tree"
            ),
            models.UniqueConstraint(fields=["post", "number"], name="one_comment_per_number"),
            models.UniqueConstraint(
                fields=["user", "once"],
                condition=Q(user__isnull=False, once__isnull=False),
                name="member_posts_once",
            ),
            models.UniqueConstraint(
                fields=["guest", "once"],
                condition=Q(guest__isnull=False, once__isnull=False),
                name="guest_posts_once",
            ),
        ]
        # None may contain lft or rght: an index on them turns every answer into a rewrite of the tree's index
        # entries (measured: 66 ms instead of 13 for a reply in a tree of 5,000).
        indexes = [
            models.Index(fields=["post", "tree_id"], name="comment_post_tree_idx"),
            models.Index(fields=["state", "published_at"], name="comment_recent_idx"),
            # The queue's, of what waits alone: a public comment costs nothing here. Written with OR, in which SQLite
            # recognises a question about one state.
            models.Index(
                fields=["state", "id", "post"],
                condition=Q(state="held") | Q(state="spam"),
                name="comment_waiting_idx",
            ),
            # For the account that goes: few comments have been decided on.
            models.Index(
                fields=["decided_by"],
                condition=Q(decided_by__isnull=False),
                name="comment_decided_by_idx",
            ),
            # A writer's record: what of theirs is not public, which is little.
            models.Index(
                fields=["user", "state"], condition=NOT_LEFT_ALONE, name="comment_member_record_idx"
            ),
            models.Index(
                fields=["guest", "state"], condition=NOT_LEFT_ALONE, name="comment_guest_record_idx"
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.number} {self.writer_name}" if self.number else self.writer_name

    def get_absolute_url(self) -> str:
        return reverse("comments:comment", args=[self.pk])

    @property
    def writer_name(self) -> str:
        """The name readers see: a member's current one, or the one a guest gave; “A former reader” if there is none."""
        if self.user is not None:
            return self.user.display_name
        return self.guest_name or str(_("A former reader"))

    @property
    def is_public(self) -> bool:
        return self.state == CommentState.PUBLIC

    @property
    def anchor(self) -> str:
        return f"comment-{self.pk}"

    def before_insert(self, using: str | None) -> None:
        """Count a new comment, and number it if it is public. Runs last, under the tree's lock."""
        if self.state == CommentState.PUBLIC and self.number is None:
            self.number = Discussion.take_number(self.post_id, using=using)
            self.published_at = self.published_at or timezone.now()
        elif self.state != CommentState.PUBLIC:
            Discussion.add_to_counts(self.post_id, {self.state: 1}, using=using)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        """Delete a comment without replies. For programs and tests: people use `actions.remove_comment`."""
        with transaction.atomic(using=self._state.db):
            post_id, number, state = self.post_id, self.number, self.state
            deleted = super().delete(*args, **kwargs)
            Discussion.add_to_counts(post_id, {state: -1})
            if number is not None:
                MovedComment.objects.create(post_id=post_id, number=number, comment=None)
            return deleted


# mptt's metaclass adds an index on (tree_id, lft); see Meta.indexes for why it goes before the first migration.
Comment._meta.indexes = [index for index in Comment._meta.indexes if "lft" not in index.fields]


class CommentRevision(models.Model):
    """What a comment said before its writer changed it; readers see the difference on the comment's own page."""

    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="revisions")
    body = TextField(_("text"))
    body_format = models.CharField(max_length=10, choices=CommentFormat.choices)
    # When this text was written: with the comment, or by an earlier edit.
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("earlier version of a comment")
        verbose_name_plural = _("earlier versions of comments")

    def __str__(self) -> str:
        return f"{self.comment_id}, {self.created_at:%Y-%m-%d %H:%M}"


class CommentOrigin(models.Model):
    """Where a comment came from, for moderators, until `purge_after`."""

    comment = models.OneToOneField(Comment, primary_key=True, on_delete=models.CASCADE, related_name="origin")
    email = models.EmailField(blank=True)
    address = models.GenericIPAddressField(null=True, blank=True)
    user_agent = models.CharField(max_length=300, blank=True)
    email_hash = models.CharField(max_length=64, blank=True, db_index=True)
    network_hash = models.CharField(max_length=64, blank=True, db_index=True)
    purge_after = models.DateTimeField(null=True, blank=True, db_index=True)

    class Meta:
        verbose_name = _("origin of a comment")
        verbose_name_plural = _("origins of comments")

    def __str__(self) -> str:
        return str(self.comment_id)


class MovedComment(models.Model):
    """A number whose comment has moved to another post: the old number leads to it.

    `comment` is NULL if a program deleted it. The number stays taken, since texts and addresses may refer to it.
    """

    post = models.ForeignKey("blog.Post", on_delete=models.CASCADE, related_name="+")
    number = models.PositiveIntegerField()
    comment = models.ForeignKey(
        Comment, null=True, blank=True, on_delete=models.SET_NULL, related_name="former_places"
    )

    class Meta:
        verbose_name = _("moved comment")
        verbose_name_plural = _("moved comments")
        constraints = [
            models.UniqueConstraint(fields=["post", "number"], name="one_comment_per_former_number")
        ]

    def __str__(self) -> str:
        return f"#{self.number} → {self.comment_id}"
