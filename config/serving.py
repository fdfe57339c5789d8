"""Knows whether this process serves readers, who must not wait long for a database; set by wsgi.py."""

# Seconds. PostgreSQL cancels a longer statement of the server; a little later the server itself gives up.
LONGEST_STATEMENT = 4.0
LONGEST_WAIT = 4.5

_serves = False


def begin() -> None:
    """Declare that this process serves readers from now on."""
    global _serves  # noqa: PLW0603 — what a process is for is one fact about the whole of it
    _serves = True


def serves() -> bool:
    """Return whether this process serves readers; commands wait for as long as it takes."""
    return _serves
