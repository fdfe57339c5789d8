"""Renew cached pages when a row that they show is deleted, wherever that happens."""

from typing import Any

from django.db.models.signals import post_delete

from blog import page_versions
from blog.models import Article, Author, AuthorHandle, Category, Figure, Post, Publication, Tag

SHOWN = (Article, Author, AuthorHandle, Category, Figure, Publication, Tag)


def connect() -> None:
    """Connect the signals. Called from AppConfig.ready; connecting twice changes nothing."""
    post_delete.connect(_post_deleted, sender=Post, dispatch_uid="blog.deletions.post")
    for model in SHOWN:
        post_delete.connect(_shown_deleted, sender=model, dispatch_uid=f"blog.deletions.{model.__name__}")


def _post_deleted(*, instance: Post, **_rest: Any) -> None:
    # Its versions went with it, so nothing but the log of takedowns tells of its own page.
    page_versions.take_down(instance.pk)
    page_versions.touch_site()


def _shown_deleted(**_rest: Any) -> None:
    page_versions.touch_site()
