"""`commonplace backup FILE`: saves database, media and secret key in one file while the site runs, and verifies it."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from exchange.backup.making import Made, make_backup
from exchange.backup.telling import contents, in_words


class Command(BaseCommand):
    help = _("Save the database, media and secret key in one file. The site may keep running.")

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "file",
            metavar="FILE",
            help=_("a new file, or an existing folder in which the backup is named after the date (FOLDER/)"),
        )
        parser.add_argument(
            "--without-key",
            action="store_true",
            help=_("leave out the secret key; restoring this backup signs everybody out"),
        )

    def handle(self, *args: Any, **options: Any) -> None:
        file = Path(options["file"])
        # With a slash at its end it is meant as a folder; where that is missing, a file must not take its name.
        if file.is_dir() or str(options["file"]).endswith("/"):
            file /= timezone.now().strftime("commonplace-%Y%m%d-%H%M%S.tar.gz")
        with in_words(_("No backup was made.")):
            made = make_backup(file, with_key=not options["without_key"])
        self._tell(made)

    def _tell(self, made: Made) -> None:
        self.stdout.write(
            _("Saved %(contents)s in %(file)s (%(size).1f MB) and verified the file.")
            % {
                "contents": contents(made.manifest, made.media_files),
                "file": made.path,
                "size": made.size / (1 << 20),
            }
        )
        if made.manifest.holds_secret_key:
            self.stdout.write(
                _(
                    "It contains the site’s secret key and its readers’ e-mail addresses. Keep it where"
                    " only you can read it."
                )
            )
        for name in made.left_out:
            self.stderr.write(_("Left out, because it is not a regular file: %s") % ascii(name))
        if made.gone:
            self.stderr.write(
                ngettext(
                    "%(count)d media file was deleted while the backup was being made and is not in it.",
                    "%(count)d media files were deleted while the backup was being made and are not in it.",
                    len(made.gone),
                )
                % {"count": len(made.gone)}
            )
