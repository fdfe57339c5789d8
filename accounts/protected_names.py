"""Names that stand for something else than a person who writes here; other apps know which, and are asked.

They add themselves with `protect`, in their AppConfig.ready.
"""

from collections.abc import Callable, Collection

from accounts.models import User

# Gets the keys of a name (accounts/names.py) and who wants it, if a member; says in words why not, or nothing.
Asker = Callable[[Collection[str], User | None], str | None]
_askers: list[Asker] = []


def protect(asker: Asker) -> None:
    """Ask this as well from now on; doing it twice changes nothing."""
    if asker not in _askers:
        _askers.append(asker)


def refusal(keys: Collection[str], *, member: User | None = None) -> str | None:
    """Return the first reason why a name with one of these keys may not be taken, or None."""
    return next((words for asker in _askers if (words := asker(keys, member))), None)
