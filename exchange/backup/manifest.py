"""The manifest, a backup's first member: who made it, from which database, and how much it contains."""

import json
from dataclasses import asdict, dataclass
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from blog.version import own_version
from exchange.backup.archive import DATABASES, as_json
from exchange.backup.errors import BackupError, DamagedBackup

# Increase this when earlier versions can no longer read the file.
FORMAT = 1
PROGRAM = "commonplace"
NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


@dataclass(frozen=True)
class Manifest:
    """`rows` counts every table of the database, `migrations` are the names that were applied, by app."""

    format: int
    program: str
    version: str
    made_at: str
    site: str
    database: str
    rows: dict[str, int]
    migrations: dict[str, list[str]]
    # Whether the file holds the key; the fingerprint tells whether two keys are the same, and nothing else.
    holds_secret_key: bool
    key_fingerprint: str

    def as_bytes(self) -> bytes:
        return as_json(asdict(self))

    @classmethod
    def read(cls, content: bytes) -> "Manifest":
        """Return the manifest. Raises BackupError if it is damaged, newer than this program, or no manifest."""
        value = json.loads(content)
        if not isinstance(value, dict) or value.get("program") != PROGRAM:
            raise DamagedBackup(_("This is not a Commonplace backup."))
        if not isinstance(value.get("format"), int) or value["format"] < 1:
            raise DamagedBackup(_("The backup is damaged: its manifest can’t be read."))
        if value["format"] > FORMAT:
            raise BackupError(
                _(
                    "This backup was made by a newer version of Commonplace (%s). Restore it with that version."
                )
                % ascii(value.get("version"))
            )
        manifest = cls(**{name: value[name] for name in cls.__dataclass_fields__})
        manifest._check_shape()
        return manifest

    def _check_shape(self) -> None:
        well_formed = (
            self.database in DATABASES
            and _is_mapping(self.rows, of=int)
            and _is_mapping(self.migrations, of=list)
            and all(isinstance(name, str) for names in self.migrations.values() for name in names)
        )
        if not well_formed:
            raise DamagedBackup(_("The backup is damaged: its manifest can’t be read."))


def _is_mapping(value: Any, *, of: type) -> bool:
    return isinstance(value, dict) and all(isinstance(item, of) for item in value.values())


def fingerprint_of(key: str) -> str:
    return salted_hmac("exchange.backup", "fingerprint", secret=key, algorithm="sha256").hexdigest()[:16]


def refuse_foreign(manifest: Manifest) -> None:
    """Refuse what this program or this site cannot restore: another kind of database, or migrations of a newer one."""
    if manifest.database != connection.vendor:
        raise BackupError(
            _(
                "This backup is from a %(theirs)s site, and this site uses %(ours)s. Restore it to a site"
                " that uses %(theirs)s."
            )
            % {"theirs": NAMES[manifest.database], "ours": NAMES[connection.vendor]}
        )
    known = MigrationLoader(None, ignore_no_migrations=True).disk_migrations
    unknown = [
        f"{app}.{name}"
        for app, names in manifest.migrations.items()
        for name in names
        if (app, name) not in known
    ]
    if unknown:
        raise BackupError(
            _(
                "This backup was made by a newer version of Commonplace (%(version)s): this version doesn’t know the "
                "migration %(name)s. Restore it with that version."
            )
            % {"version": ascii(manifest.version), "name": ascii(unknown[0])}
        )


def describe(rows: dict[str, int], migrations: dict[str, list[str]], *, with_key: bool) -> Manifest:
    """Return the manifest of this site, whose database holds these rows and migrations."""
    return Manifest(
        format=FORMAT,
        program=PROGRAM,
        version=own_version(),
        made_at=timezone.now().isoformat(timespec="seconds"),
        site=settings.SITE_URL,
        database=connection.vendor,
        rows=rows,
        migrations=migrations,
        holds_secret_key=with_key,
        key_fingerprint=fingerprint_of(settings.SECRET_KEY),
    )
