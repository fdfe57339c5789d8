"""Finds a part of an address that no row of a table has yet."""

import re

from django.db.models import QuerySet

from accounts.names import next_free
from accounts.spelling import cut


def free_slug(slug: str, rows: QuerySet) -> str:
    """Return `slug`, or the next one that no row has.

    It looks for all that `next_free` may try: of "ada-2" that is "ada-3" too.
    """
    beginning = cut(re.sub(r"-\d+$", "", slug), 56)
    return next_free(slug, set(rows.filter(slug__startswith=beginning).values_list("slug", flat=True)))
