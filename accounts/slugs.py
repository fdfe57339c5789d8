"""Find a slug that no row of a table has yet."""

import re

from django.db.models import QuerySet

from accounts.names import next_free
from accounts.spelling import cut


def free_slug(slug: str, rows: QuerySet) -> str:
    """Return `slug`, or the first of `slug-2`, `slug-3` … that no row has; one query.

    The query finds everything that `next_free` may try: for "ada-2" also "ada-3".
    """
    beginning = cut(re.sub(r"-\d+$", "", slug), 56)
    return next_free(slug, set(rows.filter(slug__startswith=beginning).values_list("slug", flat=True)))
