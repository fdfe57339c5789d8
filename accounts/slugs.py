"""Find a slug that no row of a table has yet."""

import re
from collections.abc import Collection

from django.db.models import QuerySet

from accounts.names import next_free
from accounts.spelling import cut


def free_slug(slug: str, rows: QuerySet, *, also_taken: Collection[str] = ()) -> str:
    """Return `slug`, or the first of `slug-2`, `slug-3` … that no row has and `also_taken` does not hold; one query.

    The query finds everything that `next_free` may try: for "ada-2" also "ada-3".
    """
    beginning = cut(re.sub(r"-\d+$", "", slug), 56)
    taken = rows.filter(slug__startswith=beginning).values_list("slug", flat=True)
    return next_free(slug, {*taken, *also_taken})
