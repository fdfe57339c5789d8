"""Versions of pages: raised whenever bytes that readers see have changed, so that no kept page is ever stale.

Whatever may have taken something away from readers is also written to the log of takedowns, which every process reads
before it gives out a kept page without asking the database. That is the rule; what only adds says so.
"""

from functools import partial

from django.db import transaction

from blog import takedowns
from blog.models import PageState, SiteSettings
from blog.models.versions import raised


@transaction.atomic(savepoint=False)
def touch(post_id: int, *, only_adds: bool = False) -> None:
    """Say that the page of this post has changed. The last lock to be taken in any transaction.

    `only_adds`: nothing that readers could see before is gone, so a page from before may still be shown in an outage.
    """
    if not only_adds:
        take_down(post_id)
    _raise(post_id, "version")


def touch_scores(post_id: int) -> None:
    """Say that scores on this post's page have changed: kept pages follow within seconds."""
    _raise(post_id, "scores")


@transaction.atomic(savepoint=False)
def touch_site(*, only_adds: bool = False) -> None:
    """Say that something has changed that many pages show: a name, a category, the list of posts.

    `only_adds` as for `touch`.
    """
    if not only_adds:
        take_down(takedowns.WHOLE_SITE)
    SiteSettings.load()
    SiteSettings.objects.filter(pk=1).update(version=raised("version"))


def take_down(post_id: int) -> None:
    """Let no page of this post that was kept before now be shown in an outage; `touch` does so by itself.

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
