"""Warns of settings that are dangerous in combination; settings that are never right stop the program itself.

`check` and `migrate` print the warnings, so every start logs them.
"""

import sqlite3
from urllib.parse import urlsplit

from django.conf import settings
from django.core import checks
from django.core.checks.security.base import check_secret_key
from django.http.request import validate_host

# Before this version SQLite can corrupt a database in WAL mode when two connections reset its log at once.
SOUND_SQLITE = (3, 51, 3)


@checks.register()
def check_settings(**options) -> list[checks.CheckMessage]:
    """Return a warning for each dangerous setting, with a hint how to fix it."""
    host = urlsplit(settings.SITE_URL).hostname or ""
    found: list[checks.CheckMessage] = [*_about_hosts(host), *_about_the_key(), *_about_sqlite()]
    return found if settings.IS_LOCAL else [*found, *_about_a_site_on_the_network()]


def _about_hosts(host: str) -> list[checks.CheckMessage]:
    found: list[checks.CheckMessage] = []
    if "*" in settings.ALLOWED_HOSTS:
        found.append(
            checks.Warning(
                "ALLOWED_HOSTS is “*”: the site answers under any name, so a stranger’s domain can pass for yours.",
                hint=f"Leave it out to allow only “{host}”, or list the host names separated by commas.",
                id="commonplace.W001",
            )
        )
    elif not validate_host(host, settings.ALLOWED_HOSTS):
        found.append(
            checks.Warning(
                f"ALLOWED_HOSTS doesn’t include “{host}”, the host of SITE_URL, so every page there is an error.",
                hint=f"Add “{host}” to ALLOWED_HOSTS, or leave ALLOWED_HOSTS out.",
                id="commonplace.W002",
            )
        )
    return found


def _about_the_key() -> list[checks.CheckMessage]:
    """Return a warning if SECRET_KEY is weak; Django itself checks this only with `--deploy`."""
    if not check_secret_key(None):
        return []
    return [
        checks.Warning(
            "SECRET_KEY is easy to guess. Anyone who knows it can sign in as any member.",
            hint="Generate one with: python3 -c 'import secrets; print(secrets.token_urlsafe(60))'",
            id="commonplace.W003",
        )
    ]


def _about_sqlite() -> list[checks.CheckMessage]:
    options = settings.DATABASES["default"].get("OPTIONS", {})
    return about_sqlite(sqlite3.sqlite_version_info, options.get("init_command", ""))


def about_sqlite(version: tuple[int, ...], init_command: str) -> list[checks.CheckMessage]:
    """Return a warning if the site's database is a file in WAL mode under a SQLite that can corrupt it.

    The connection's settings decide this, since the file may not exist before the first start.
    """
    if version >= SOUND_SQLITE or "journal_mode=wal" not in init_command.lower():
        return []
    return [
        checks.Warning(
            f"SQLite {'.'.join(map(str, version))} can corrupt a database in WAL mode. Version"
            f" {'.'.join(map(str, SOUND_SQLITE))} fixes this.",
            hint="Install the pysqlite3 wheel (requirements/base.txt lists it for the platforms that have"
            " one), or a Python"
            " with a newer SQLite, or set DATABASE_URL to a PostgreSQL database.",
            id="commonplace.W007",
        )
    ]


def _about_a_site_on_the_network() -> list[checks.CheckMessage]:
    found: list[checks.CheckMessage] = []
    if not settings.SECURE:
        found.append(
            checks.Warning(
                f"SITE_URL is {settings.SITE_URL}: passwords and sessions are sent unencrypted.",
                hint="Put a proxy with TLS in front of the site, and set SITE_URL to its https address.",
                id="commonplace.W004",
            )
        )
    elif not settings.TRUSTED_PROXY_COUNT:
        found.append(
            checks.Warning(
                "SITE_URL is https and TRUSTED_PROXY_COUNT is 0. Requests through a proxy look like plain http: they"
                " are redirected to https forever, and all readers share the limits of the proxy’s address.",
                hint="Set TRUSTED_PROXY_COUNT to 1 if one proxy in front of this program handles TLS.",
                id="commonplace.W005",
            )
        )
    return found


@checks.register(deploy=True)
def check_mail(**options) -> list[checks.CheckMessage]:
    """Return a warning for a public site without mail; only with `--deploy`, since it endangers nobody."""
    if settings.IS_LOCAL or settings.EMAIL_URL:
        return []
    return [
        checks.Warning(
            "EMAIL_URL is not set: e-mail is only written to files, so nobody can sign up or reset a password.",
            hint="Set it to your mail server, such as smtp+tls://user:password@host:587.",
            id="commonplace.W006",
        )
    ]
