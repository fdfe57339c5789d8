"""Renews cached pages when a member's name or badge changes or a comment's row is deleted, whatever code did it.

It writes nothing but the versions of pages.
"""

from typing import Any

from django.db.models.signals import m2m_changed, post_delete, post_save

from accounts.models import User
from blog import page_versions
from comments.models import Comment

# What discussions show of a member. Saving other columns, as a sign-in does, renews nothing.
SHOWN = frozenset({"display_name", "slug", "is_superuser"})


def connect() -> None:
    """Connect the signals. AppConfig.ready calls this; calling it twice changes nothing."""
    post_save.connect(_saved, sender=User, dispatch_uid="comments.signals.saved")
    post_delete.connect(_deleted, sender=User, dispatch_uid="comments.signals.deleted")
    m2m_changed.connect(_roles_changed, sender=User.groups.through, dispatch_uid="comments.signals.roles")
    post_delete.connect(_comment_deleted, sender=Comment, dispatch_uid="comments.signals.comment")


def _saved(*, created: bool, update_fields: frozenset[str] | None, **_rest: Any) -> None:
    # Nobody has read a new member's name yet.
    if not created and (update_fields is None or SHOWN & set(update_fields)):
        page_versions.touch_site()


def _deleted(**_rest: Any) -> None:
    page_versions.touch_site()


def _roles_changed(*, action: str, **_rest: Any) -> None:
    if action.startswith("post_"):
        page_versions.touch_site()


def _comment_deleted(*, instance: Comment, origin: Any = None, **_rest: Any) -> None:
    # If its post is deleted too, there is no version left to raise.
    if isinstance(origin, Comment):
        page_versions.touch(instance.post_id)
    else:
        page_versions.take_down(instance.post_id)
