"""Versions of pages: raised whenever bytes that readers see have changed, so that no kept page is ever stale."""

from django.db.models import F
from django.db.models.expressions import Combinable

from blog.models import PageState, SiteSettings


def touch(post_id: int) -> None:
    """Say that the page of this post has changed. The last lock to be taken in any transaction."""
    _raise(post_id, version=F("version") + 1)


def touch_scores(post_id: int) -> None:
    """Say that scores on this post's page have changed: kept pages follow within seconds."""
    _raise(post_id, scores=F("scores") + 1)


def _raise(post_id: int, **change: Combinable) -> None:
    rows = PageState.objects.filter(pk=post_id)
    if not rows.update(**change):
        PageState.objects.get_or_create(pk=post_id)
        rows.update(**change)


def touch_site() -> None:
    """Say that something has changed that many pages show: a name, a category, the list of posts."""
    SiteSettings.load()
    SiteSettings.objects.filter(pk=1).update(version=F("version") + 1)
