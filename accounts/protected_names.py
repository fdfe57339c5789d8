"""Names that members and guests cannot take, such as the site's own; other apps say which.

They register with `protect`, in their AppConfig.ready.
"""

from collections.abc import Callable, Collection

from accounts.models import User

# Gets the keys of a name (accounts/names.py) and who wants it, if a member; says in words why not, or nothing.
Asker = Callable[[Collection[str], User | None], str | None]
_askers: list[Asker] = []


def protect(asker: Asker) -> None:
    """Register a function that is asked about every name; registering it twice changes nothing."""
    if asker not in _askers:
        _askers.append(asker)


def refusal(keys: Collection[str], *, member: User | None = None) -> str | None:
    """Return the first reason why a name with one of these keys may not be taken, or None."""
    return next((words for asker in _askers if (words := asker(keys, member))), None)
