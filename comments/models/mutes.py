"""Mutes: what one reader does not want to read. Nobody else can see them."""

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.names import NAME_LENGTH

# What is muted, told apart by the columns that are filled in.
OF_MEMBER = Q(muted_user__isnull=False, muted_guest__isnull=True, comment__isnull=True, muted_name="")
OF_GUEST = Q(muted_user__isnull=True, muted_guest__isnull=False, comment__isnull=True)
# Imported guests have a name and nothing else.
OF_NAME = Q(muted_user__isnull=True, muted_guest__isnull=True, comment__isnull=True) & ~Q(muted_name="")
OF_BRANCH = Q(muted_user__isnull=True, muted_guest__isnull=True, comment__isnull=False, muted_name="")


def _once(owner: str, what: str, kind: Q) -> models.UniqueConstraint:
    condition = Q(**{f"{owner}__isnull": False}) & kind
    return models.UniqueConstraint(
        fields=[owner, what], condition=condition, name=f"{owner}_mutes_{what}_once"
    )


class MuteQuerySet(models.QuerySet):
    def hiding(self) -> Q:
        """Return the condition for comments that these mutes hide; `thread.mutes` says the same of rows."""
        under = {
            "comment__tree_id": OuterRef("tree_id"),
            "comment__lft__lte": OuterRef("lft"),
            "comment__rght__gte": OuterRef("rght"),
        }
        # People as subqueries that run once, not once for each comment.
        return (
            Q(user__in=self.filter(OF_MEMBER).values("muted_user"))
            | Q(guest__in=self.filter(OF_GUEST).values("muted_guest"))
            | Q(guest_name__in=self.filter(OF_NAME).values("muted_name"), user=None, guest=None)
            | Q(Exists(self.filter(OF_BRANCH, **under)))
        )


class Mute(models.Model):
    """A person, or a comment with all its replies, muted by `user` or `guest`."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.CASCADE, related_name="mutes"
    )
    guest = models.ForeignKey(
        "accounts.Guest", null=True, blank=True, on_delete=models.CASCADE, related_name="mutes"
    )
    muted_user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    muted_guest = models.ForeignKey(
        "accounts.Guest", null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    # A guest's name at the time of the mute.
    muted_name = models.CharField(max_length=NAME_LENGTH, blank=True)
    comment = models.ForeignKey(
        "comments.Comment", null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = MuteQuerySet.as_manager()

    class Meta:
        verbose_name = _("mute")
        verbose_name_plural = _("mutes")
        constraints = [
            models.CheckConstraint(
                condition=Q(user__isnull=False, guest__isnull=True)
                | Q(user__isnull=True, guest__isnull=False),
                name="mute_has_one_owner",
            ),
            models.CheckConstraint(
                condition=OF_MEMBER | OF_GUEST | OF_NAME | OF_BRANCH, name="mute_is_of_one_kind"
            ),
            *(
                _once(owner, what, kind)
                for owner in ("user", "guest")
                for what, kind in (
                    ("muted_user", OF_MEMBER),
                    ("muted_guest", OF_GUEST),
                    ("muted_name", OF_NAME),
                    ("comment", OF_BRANCH),
                )
            ),
        ]

    def __str__(self) -> str:
        return self.name or f"comment {self.comment_id}"

    @property
    def name(self) -> str:
        """The name of the muted person: a member's current one, or a guest's when muted; "" if replies are muted."""
        if self.comment_id is not None:
            return ""
        if self.muted_user is not None:
            return self.muted_user.display_name
        return self.muted_name or str(_("A former reader"))
