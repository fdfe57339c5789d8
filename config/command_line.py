"""Runs one command as the site's own user, with the site's settings; the same from a shell, systemd and a container.

The files it creates belong to the user that serves the site, whoever started it: a database file owned by root would
make the next comment fail.
"""

import os
import pwd
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NAME = "commonplace"
SERVE = "serve"
# Only the site's user and group may read database, mail and keys; a setting opens pictures to the web server.
UMASK = 0o027
# They print information and touch nothing.
_WITHOUT_SITE = {"", "help", "--help", "-h", "version", "--version"}


def main(words: list[str]) -> None:
    """Run the command in `words[1:]`; exit with a message if that is not possible."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    words = [NAME, *words[1:]]
    name = words[1] if len(words) > 1 else ""
    try:
        if name not in _WITHOUT_SITE:
            os.umask(UMASK)
            become_the_sites_user(words)
        if name == SERVE:
            serve(words[2:])
        execute_from_command_line(words)
    except ImproperlyConfigured as error:
        sys.exit(f"Commonplace cannot start. {error}")
    if name in {"", "help", "--help", "-h"} and not words[2:]:
        print(f"And one that isn’t Django’s:\n\n    {SERVE}  (serves the site; takes gunicorn’s options)")


def serve(words: list[str]) -> None:
    """Replace this process by gunicorn, with the site's configuration and these further arguments."""
    os.chdir(ROOT)
    configuration = str(ROOT / "config" / "gunicorn.conf.py")
    os.execv(  # noqa: S606
        sys.executable, [sys.executable, "-m", "gunicorn", "-c", configuration, *words, "config.wsgi"]
    )


def become_the_sites_user(words: list[str]) -> None:
    """Switch from root to the owner of DATA_DIR; exit with a message if another user may not write there."""
    from django.conf import settings

    folder = settings.DATA_DIR
    owner = folder.stat()
    if os.geteuid() == 0 and owner.st_uid != 0:
        _become(owner)
        for needed in (ROOT / "manage.py", Path(os.__file__)):
            if not os.access(needed, os.R_OK):
                sys.exit(
                    f"{folder} belongs to {_name_of(owner.st_uid)}, who is not allowed to read {needed}."
                )
    elif not os.access(folder, os.W_OK):
        again = " ".join(["sudo", *words])
        sys.exit(
            f"You are not allowed to write to {folder}, which belongs to {_name_of(owner.st_uid)}. Run"
            f" the command as root: {again}"
        )


def _become(owner: os.stat_result) -> None:
    try:
        user = pwd.getpwuid(owner.st_uid)
        os.initgroups(user.pw_name, user.pw_gid)
        group, home = user.pw_gid, user.pw_dir
    except KeyError:
        # The owner may be a number without a name, as in a container's volume.
        os.setgroups([])
        group, home = owner.st_gid, "/"
    os.setgid(group)
    os.setuid(owner.st_uid)
    # PostgreSQL's library looks for keys in HOME, and fails if that is root's folder. The variable is only set here:
    # config/settings.py alone reads the environment.
    os.putenv("HOME", home)
    if sys.stderr.isatty():
        print(f"(as {_name_of(owner.st_uid)})", file=sys.stderr)


def _name_of(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"user {uid}"
