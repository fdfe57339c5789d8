"""A data folder in use is told apart from a folder in which locks don't work."""

import errno
import fcntl

import pytest

from exchange.backup import in_use


def test_many_hold_a_folder_at_once_and_one_alone(tmp_path):
    with (
        in_use.hold(tmp_path),
        in_use.hold(tmp_path),
        pytest.raises(in_use.InUse),
        in_use.exclusively(tmp_path),
    ):
        pytest.fail("it is in use")
    with in_use.exclusively(tmp_path), pytest.raises(in_use.InUse):
        in_use.hold(tmp_path)


def test_a_folder_without_locks_is_not_in_use(tmp_path, monkeypatch):
    """As some network file systems are: a server there says so and runs."""

    def refuse(*_arguments):
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", refuse)
    with pytest.raises(OSError, match="No locks available"):
        in_use.hold(tmp_path)
