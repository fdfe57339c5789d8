"""Recompute the look-alike keys of members by today's rules; two who look alike now both keep their names.

For migrations, which hand in the model as it was, and for `commonplace list_collisions`.
"""

from django.db import models

from accounts.names import is_key_of, key_beside, name_key

# One question's worth of rows.
BATCH = 500


def write_keys(members: type[models.Model]) -> int:
    """Write the keys that changed; return how many. Among members that collide, the earliest gets the plain key.

    Rows are written in batches, so that nobody waits long; run again after an interruption, it continues.
    """
    rows = members._default_manager.order_by("pk").values_list("pk", "display_name", "name_key")
    changed, formers, taken = {}, {}, set[str]()
    for pk, name, former in rows.iterator(chunk_size=BATCH):
        key = former if is_key_of(former, name) and former not in taken else _free_key(name, taken)
        taken.add(key)
        if key != former:
            changed[pk], formers[pk] = key, former
    # A key that changes hands is released by its old owner first.
    wanted = set(changed.values())
    _write(members, {pk: f" {pk}" for pk, former in formers.items() if former in wanted})
    _write(members, changed)
    return len(changed)


def _free_key(name: str, taken: set[str]) -> str:
    key, number = name_key(name), 2
    free = key
    while free in taken:
        free, number = key_beside(key, number), number + 1
    return free


def _write(members: type[models.Model], keys: dict[int, str]) -> None:
    pks = list(keys)
    for start in range(0, len(pks), BATCH):
        batch = [members(pk=pk, name_key=keys[pk]) for pk in pks[start : start + BATCH]]
        members._default_manager.bulk_update(batch, ["name_key"])
