"""Recompute slugs and keys of existing rows by today's rules, where marks are letters.

For migrations, which pass in historical models. Only slugs that older code derived from a name change; chosen ones
stay. Every old address redirects to the new one, and slugs that collide get a number.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import quote

from django.db import models, transaction

from accounts.fields import max_length_of
from accounts.names import next_free
from accounts.spelling import nfc, slugify

# Rows in one query.
BATCH = 500

Rows = type[models.Model]
# A row of a model as it was when the migration was written: its columns are not known to types.
Row = Any


def former_slug(text: str) -> str:
    """Return the slug that older code made with Django's `slugify`: without marks."""
    bare = re.sub(r"[^\w\s-]", "", unicodedata.normalize("NFKC", text).lower())
    return re.sub(r"[-\s]+", "-", bare).strip("-_")


def in_batches(rows: models.QuerySet) -> Iterator[list]:
    """Yield the rows in batches, by primary key, so that rows written meanwhile are not read again."""
    last = 0
    while batch := list(rows.filter(pk__gt=last).order_by("pk")[:BATCH]):
        yield batch
        last = batch[-1].pk


def write_anew(rows: models.QuerySet, columns: Mapping[str, Callable[[Row], str]]) -> None:
    """Recompute each column with its function of the row, and write the rows that changed."""
    for batch in in_batches(rows):
        changed = []
        for row in batch:
            values = {column: value_of(row) for column, value_of in columns.items()}
            if any(getattr(row, column) != value for column, value in values.items()):
                for column, value in values.items():
                    setattr(row, column, value)
                changed.append(row)
        rows.model._default_manager.bulk_update(changed, list(columns), batch_size=BATCH)


def respell_addresses(
    rows: models.QuerySet, old_addresses: Rows, *, name: str, path_of: Callable[[Row, str], str]
) -> int:
    """Write the slugs that changed, with redirects from the old addresses; return how many.

    `path_of` returns the path of a row with a slug, or "" if it was never public.
    """
    count, taken = 0, set[str]()
    for batch in in_batches(rows):
        batch = [row for row in batch if not row.slug.isascii()]
        if batch:
            taken = taken or set(rows.model._default_manager.values_list("slug", flat=True))
            known = _old_words(batch, old_addresses, path_of)
            wanted = {row: _slug_of(row, [*known.get(row.pk, ()), getattr(row, name)]) for row in batch}
            changed = {row: slug for row, slug in wanted.items() if slug != row.slug}
            _move(changed, old_addresses, taken=taken, path_of=path_of)
            count += len(changed)
    return count


@transaction.atomic
def _move(
    wanted: Mapping[Row, str],
    old_addresses: Rows,
    *,
    taken: set[str],
    path_of: Callable[[Row, str], str],
) -> None:
    """Give rows the wanted slugs, or the next free ones, and redirect their old addresses."""
    moved = {}
    for row, slug in wanted.items():
        former, row.slug = row.slug, next_free(slug, taken)
        taken.add(row.slug)
        if path_of(row, former):
            moved[path_of(row, former)] = path_of(row, row.slug)
    for model in {type(row) for row in wanted}:
        model._default_manager.bulk_update(list(wanted), ["slug"])
    _lead_on(moved, old_addresses)


def _slug_of(row: Row, names: list[str]) -> str:
    """Return the row's slug by today's rules if older code derived it from one of these names, else unchanged."""
    bare = re.sub(r"-\d+$", "", row.slug)
    for name in names:
        former = former_slug(name)
        # Long ones were cut.
        if former and (former in {row.slug, bare} or (len(bare) >= 60 and former.startswith(bare))):
            return slugify(name, most=max_length_of(type(row), "slug") - 10) or row.slug
    return nfc(row.slug)


def _old_words(batch: list, old_addresses: Rows, path_of: Callable[[Row, str], str]) -> dict[int, list[str]]:
    """Return, by row, the last segments of old addresses that redirect to it: an import kept its former slug."""
    paths = {form: row.pk for row in batch for form in _forms(path_of(row, row.slug))}
    found: dict[int, list[str]] = {}
    for path, target in _leading_to(list(paths), old_addresses).values_list("path", "target"):
        found.setdefault(paths[target], []).append(path.rstrip("/").rpartition("/")[2])
    return found


def _forms(path: str) -> set[str]:
    return {path, quote(path)} - {""}


def _leading_to(targets: list[str], old_addresses: Rows) -> models.QuerySet:
    return old_addresses._default_manager.filter(target__in=targets)


def _lead_on(moved: Mapping[str, str], old_addresses: Rows) -> None:
    """Redirect each old path, and what redirected to it, to the new one."""
    forms = {form: new for old, new in moved.items() for form in _forms(old)}
    rows = list(_leading_to(list(forms), old_addresses))
    for row in rows:
        row.target = forms[row.target]
    old_addresses._default_manager.bulk_update(rows, ["target"])
    new_paths = [form for new in moved.values() for form in _forms(new)]
    old_addresses._default_manager.filter(path__in=new_paths).delete()
    old_addresses._default_manager.bulk_create(
        [old_addresses(path=old[:500], target=new[:500]) for old, new in moved.items()],
        update_conflicts=True,
        unique_fields=["path"],
        update_fields=["target"],
    )
