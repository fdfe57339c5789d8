"""Tells kept pages that a row which they show is gone, by whichever door; it deletes nothing itself."""

from typing import Any

from django.db.models.signals import post_delete

from blog import page_versions
from blog.models import Article, Author, AuthorHandle, Category, Figure, Post, Publication, Tag

SHOWN = (Article, Author, AuthorHandle, Category, Figure, Publication, Tag)


def connect() -> None:
    """Listen from now on; called from AppConfig.ready, and doing it twice changes nothing."""
    post_delete.connect(_post_deleted, sender=Post, dispatch_uid="blog.deletions.post")
    for model in SHOWN:
        post_delete.connect(_shown_deleted, sender=model, dispatch_uid=f"blog.deletions.{model.__name__}")


def _post_deleted(*, instance: Post, **_rest: Any) -> None:
    # Its versions went with it, so nothing but the log of takedowns tells of its own page.
    page_versions.take_down(instance.pk)
    page_versions.touch_site()


def _shown_deleted(**_rest: Any) -> None:
    page_versions.touch_site()
