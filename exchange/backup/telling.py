"""Turns whatever ends a command into one sentence: a refusal, a full disk, a database error, or a signal."""

import errno
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.core.management import CommandError
from django.db import Error as DatabaseError
from django.utils.translation import gettext as _

from exchange.backup.errors import BackupError
from exchange.backup.manifest import Manifest

NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
# Sent by a service manager, a closed terminal and a person; each is handled like Ctrl-C.
SIGNALS = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)


@contextmanager
def in_words(unchanged: str) -> Iterator[None]:
    """Turn what ends the body into a CommandError that also says what is `unchanged`."""
    try:
        with _interruptible():
            yield
    except BackupError as error:
        raise CommandError(f"{error} {unchanged}") from error
    except OSError as error:
        raise CommandError(f"{_sentence(error)} {unchanged}") from error
    except DatabaseError as error:
        said = " ".join(str(error).split())
        told = _("The database reported: %s.") % said.rstrip(".")
        raise CommandError(f"{told} {unchanged}") from error
    except KeyboardInterrupt:
        told = _("Interrupted.")
        raise CommandError(f"{told} {unchanged}", returncode=130) from None


def _sentence(error: OSError) -> str:
    where = error.filename or _("the disk")
    if error.errno in NO_ROOM:
        return _("No space left on the disk for %s.") % where
    return _("%(where)s: %(why)s.") % {"where": where, "why": error.strerror or str(error)}


@contextmanager
def _interruptible() -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    former = {number: signal.signal(number, _stop) for number in SIGNALS}
    try:
        yield
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)


def _stop(_number: int, _frame: object) -> None:
    """Stop the work, and ignore further signals so that they don't stop the clean-up."""
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt


def contents(manifest: Manifest, media_files: int) -> str:
    """Return in a few words how much a backup holds."""
    rows = manifest.rows
    return _("%(posts)s posts, %(comments)s comments, %(members)s members, %(files)s media files") % {
        "posts": f"{rows.get('blog_post', 0):,}",
        "comments": f"{rows.get('comments_comment', 0):,}",
        "members": f"{rows.get('accounts_user', 0):,}",
        "files": f"{media_files:,}",
    }
