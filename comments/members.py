"""Tells kept pages when a member's name or badge has changed, by whichever door; it writes nothing else."""

from typing import Any

from django.db.models.signals import m2m_changed, post_delete, post_save

from accounts.models import User
from blog import pages

# What discussions show of a member. A sign-in, for one, saves other columns and evicts nothing.
SHOWN = frozenset({"display_name", "slug", "is_superuser"})


def connect() -> None:
    """Listen from now on; called from AppConfig.ready, and doing it twice changes nothing."""
    post_save.connect(_saved, sender=User, dispatch_uid="comments.members.saved")
    post_delete.connect(_deleted, sender=User, dispatch_uid="comments.members.deleted")
    m2m_changed.connect(_roles_changed, sender=User.groups.through, dispatch_uid="comments.members.roles")


def _saved(*, created: bool, update_fields: frozenset[str] | None, **_rest: Any) -> None:
    # Nobody has read a new member's name yet.
    if not created and (update_fields is None or SHOWN & set(update_fields)):
        pages.touch_site()


def _deleted(**_rest: Any) -> None:
    pages.touch_site()


def _roles_changed(*, action: str, **_rest: Any) -> None:
    if action.startswith("post_"):
        pages.touch_site()
