"""Raise the versions of pages whenever readers would see something else, so that no cached page is stale.

A change that may have removed something is also written to the takedown log, which every process reads before it
serves a cached page without the database. That is the default; changes that only add pass `only_adds`.
"""

from functools import partial

from django.db import transaction

from blog import takedowns
from blog.models import PageState, SiteSettings
from blog.models.versions import raised


@transaction.atomic(savepoint=False)
def touch(post_id: int, *, only_adds: bool = False) -> None:
    """Mark the page of this post as changed. Call it last: its lock is the last one in any transaction.

    `only_adds`: nothing was removed, so an older cached page may still be served in an outage.
    """
    if not only_adds:
        take_down(post_id)
    _raise(post_id, "version")


def touch_scores(post_id: int) -> None:
    """Mark the scores on this post's page as changed; cached pages follow within seconds."""
    _raise(post_id, "scores")


@transaction.atomic(savepoint=False)
def touch_site(*, only_adds: bool = False) -> None:
    """Mark something that many pages show as changed: a name, a category, the list of posts.

    `only_adds` as for `touch`.
    """
    if not only_adds:
        take_down(takedowns.WHOLE_SITE)
    SiteSettings.load()
    SiteSettings.objects.filter(pk=1).update(version=raised("version"))


def take_down(post_id: int) -> None:
    """Forbid serving this post's older cached pages in an outage; `touch` does this by itself.

    Written down before the commit, so that a crash between the two loses nothing: a line too many only hides a page
    while the database is away.
    """
    mark = takedowns.log.begin(post_id)
    transaction.on_commit(partial(takedowns.log.done, post_id, mark), robust=True)


def _raise(post_id: int, column: str) -> None:
    rows = PageState.objects.filter(pk=post_id)
    if not rows.update(**{column: raised(column)}):
        PageState.objects.get_or_create(pk=post_id)
        rows.update(**{column: raised(column)})
