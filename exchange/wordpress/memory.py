"""Remembers what was imported from one old site, so that a second run changes nothing; never changes a row."""

from collections.abc import Iterable, Mapping

from comments.batches import in_batches
from exchange.models import ImportedItem

Kind = ImportedItem.Kind
LONGEST_KEY = 200
# Both databases accept this many values in one query.
BATCH = 500


class Memory:
    """What ImportedItem says about one site."""

    def __init__(self, site: str) -> None:
        self.site = site

    def known(self, kind: str, old_ids: Iterable[object]) -> dict[str, int]:
        """Return new ids by old ids, for those imported already."""
        found: dict[str, int] = {}
        keys = [str(old_id)[:LONGEST_KEY] for old_id in old_ids]
        for batch in in_batches(keys, BATCH):
            rows = ImportedItem.objects.filter(site=self.site, kind=kind, old_id__in=batch)
            found.update(rows.values_list("old_id", "new_id"))
        return found

    def has(self, kind: str) -> bool:
        """Return whether anything of a kind was imported before."""
        return ImportedItem.objects.filter(site=self.site, kind=kind).exists()

    def all(self, kind: str) -> dict[str, int]:
        return dict(ImportedItem.objects.filter(site=self.site, kind=kind).values_list("old_id", "new_id"))

    def remember(
        self, kind: str, pairs: Mapping[str, int] | Mapping[int, int] | Iterable[tuple[object, int]]
    ) -> None:
        """Write down old and new ids, in the transaction that brings the things themselves."""
        items = pairs.items() if isinstance(pairs, Mapping) else pairs
        ImportedItem.objects.bulk_create(
            [
                ImportedItem(site=self.site, kind=kind, old_id=str(old_id)[:LONGEST_KEY], new_id=new_id)
                for old_id, new_id in items
            ],
            batch_size=BATCH,
        )
