"""`commonplace restore FILE`: verifies a backup and replaces this site with it; `--verify` only verifies it."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from exchange.backup.errors import BackupError
from exchange.backup.manifest import Manifest, refuse_foreign
from exchange.backup.restoring import Restored, restore, verify
from exchange.backup.telling import contents, in_words


class Command(BaseCommand):
    help = _(
        "Restore a backup to this site, which must be stopped. Exits with 1 unless everything is as it was saved."
    )

    # The database may be damaged: that is what this command is for.
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "file", type=Path, metavar="FILE", help=_("a file written by the command `backup`")
        )
        parser.add_argument(
            "--replace",
            action="store_true",
            help=_("move the current site aside; nothing is deleted"),
        )
        parser.add_argument("--verify", action="store_true", help=_("only check the file; change nothing"))

    def handle(self, *args: Any, **options: Any) -> None:
        file = options["file"]
        if not file.is_file():
            raise CommandError(_("File %s doesn’t exist.") % file)
        if options["verify"]:
            self._verify(file)
            return
        with in_words(_("Nothing was changed.")):
            restored = restore(file, replace=options["replace"])
        self._tell(restored)

    def _verify(self, file: Path) -> None:
        with in_words(""):
            found = verify(file)
        self.stdout.write(_("%s is complete and undamaged.") % file)
        self._describe(found.manifest, found.media_files)
        try:
            refuse_foreign(found.manifest)
        except BackupError as error:
            self.stdout.write(_("It can’t be restored here. %s") % error)

    def _describe(self, manifest: Manifest, media_files: int) -> None:
        self.stdout.write(
            _(
                "Backup of %(site)s, made at %(when)s by Commonplace %(version)s on %(database)s:"
                " %(contents)s; %(key)s."
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
                ngettext(
                    "%(count)d media file was deleted while the backup was being made.",
                    "%(count)d media files were deleted while the backup was being made.",
                    len(restored.gone),
                )
                % {"count": len(restored.gone)}
            )
        self.stdout.write(KEY_SENTENCES[restored.key]())
        if restored.former:
            self.stdout.write(_("The previous site is kept in %s.") % ", ".join(restored.former))
        if not restored.findings:
            self.stdout.write(
                _("Restored. All tables have the rows that were saved, and all comment trees are intact.")
            )
            return
        for finding in restored.findings:
            self.stdout.write(finding)
        raise CommandError(
            _(
                "Restored, but the comment trees were already damaged when the backup was made (%d findings). "
                "Run `check_trees --repair`, then start the site."
            )
            % (len(restored.findings) + restored.more_findings),
            returncode=1,
        )


KEY_SENTENCES = {
    "same": lambda: _("The secret key is the same."),
    "restored": lambda: _("The secret key from the backup is now in local.env."),
    "elsewhere": lambda: _(
        "The secret key differs from the backup’s and was not changed, because this site doesn’t read its key from "
        "local.env. Before you start the site, set SECRET_KEY to the backup’s key; otherwise everybody is"
        " signed out and "
        "links in earlier e-mails stop working. The key is in the file secret_key, which `tar -xzf` extracts."
    ),
    "missing": lambda: _(
        "The secret key differs from the one of the saved site, and the backup doesn’t contain that key. Everybody is "
        "signed out, and links in earlier e-mails no longer work."
    ),
}
