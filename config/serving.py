"""Whether this process serves readers, who are told after seconds that the database does not answer; set by wsgi.py."""

# Seconds. PostgreSQL itself gives up a statement of the server that takes longer; a little later the server does too.
LONGEST_STATEMENT = 4.0
LONGEST_WAIT = 4.5

_serves = False


def begin() -> None:
    """Say that this process serves readers from now on."""
    global _serves  # noqa: PLW0603 — what a process is for is one fact about the whole of it
    _serves = True


def serves() -> bool:
    """Whether this process serves readers; a command of an owner waits for as long as it takes."""
    return _serves
