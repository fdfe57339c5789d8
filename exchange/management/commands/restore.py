"""`commonplace restore FILE`: proves a backup and puts it in this site's place; `--verify` only proves it."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from exchange.backup.errors import BackupError
from exchange.backup.manifest import Manifest, refuse_foreign
from exchange.backup.restoring import Restored, restore, verify
from exchange.backup.telling import contents, in_words


class Command(BaseCommand):
    help = _(
        "Restore a backup to this site, which must be stopped. Exits 1 unless everything is as it was saved."
    )

    # The database may be damaged: that is what this command is for.
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE", help=_("what the command `backup` wrote"))
        parser.add_argument(
            "--replace",
            action="store_true",
            help=_("put the site that is here aside; nothing of it is deleted"),
        )
        parser.add_argument("--verify", action="store_true", help=_("check the file, and change nothing"))

    def handle(self, *args: Any, **options: Any) -> None:
        file = options["file"]
        if not file.is_file():
            raise CommandError(_("There is no file %s.") % file)
        if options["verify"]:
            self._verify(file)
            return
        with in_words(_("Nothing was changed.")):
            restored = restore(file, replace=options["replace"])
        self._tell(restored)

    def _verify(self, file: Path) -> None:
        with in_words(""):
            found = verify(file)
        self.stdout.write(_("%s is whole.") % file)
        self._describe(found.manifest, found.media_files)
        try:
            refuse_foreign(found.manifest)
        except BackupError as error:
            self.stdout.write(_("It cannot be restored here. %s") % error)

    def _describe(self, manifest: Manifest, media_files: int) -> None:
        self.stdout.write(
            _(
                "Made of %(site)s at %(when)s by Commonplace %(version)s on %(database)s: %(contents)s; %(key)s."
            )
            % {
                "site": ascii(manifest.site)[1:-1],
                "when": ascii(manifest.made_at)[1:-1],
                "version": ascii(manifest.version)[1:-1],
                "database": manifest.database,
                "contents": contents(manifest, media_files),
                "key": _("with the secret key") if manifest.holds_secret_key else _("without the secret key"),
            }
        )

    def _tell(self, restored: Restored) -> None:
        self._describe(restored.manifest, restored.media_files)
        if restored.gone:
            self.stdout.write(
                _("%d media files had been deleted while the backup was made.") % len(restored.gone)
            )
        self.stdout.write(KEY_SENTENCES[restored.key]())
        if restored.former:
            self.stdout.write(_("What was here before is kept in %s.") % ", ".join(restored.former))
        if not restored.findings:
            self.stdout.write(
                _("Restored: all tables have the rows that were saved, and all comment trees are whole.")
            )
            return
        for finding in restored.findings:
            self.stdout.write(finding)
        raise CommandError(
            _(
                "Restored, but the trees were not whole when the backup was made: %d findings. "
                "Run `check_trees --repair`, then start the site."
            )
            % (len(restored.findings) + restored.more_findings),
            returncode=1,
        )


KEY_SENTENCES = {
    "same": lambda: _("The secret key is the same."),
    "restored": lambda: _("The secret key of the backup is in local.env now."),
    "elsewhere": lambda: _(
        "The secret key differs from the backup's and was not changed, because this site does not read its own from "
        "local.env. Everybody is signed out, and links in mails do not work, unless you set SECRET_KEY to the backup's "
        "before you start the site: it is in the file secret_key that `tar -xzf` takes out of the backup."
    ),
    "missing": lambda: _(
        "The secret key differs from the one of the site that was saved, and the backup does not hold that one: "
        "everybody is signed out, and links in e-mails sent before no longer work."
    ),
}
