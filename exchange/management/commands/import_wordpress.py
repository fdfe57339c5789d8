"""`commonplace import_wordpress FILE`: imports a WordPress export (WXR); running it again changes nothing."""

from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _
from tqdm import tqdm

from exchange.wordpress.authors_file import AuthorsFileError, read_authors
from exchange.wordpress.planning import make_plan
from exchange.wordpress.write import write
from exchange.wordpress.wxr import Malformed


class Command(BaseCommand):
    help = _("Import a WordPress export (WXR) with its authors, topics, pictures and comments.")

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE", help=_("the export, an XML file"))
        parser.add_argument(
            "--dry-run", action="store_true", help=_("show what would be imported without writing anything")
        )
        parser.add_argument("--media", type=Path, metavar="DIR", help=_("a copy of the blog’s upload folder"))
        parser.add_argument(
            "--authors", type=Path, metavar="FILE", help=_("a JSON file with notes and handles of authors")
        )
        parser.add_argument(
            "--keep-addresses",
            action="store_true",
            help=_(
                "keep commenters’ e-mail and network addresses until they are purged, instead of only their hashes"
            ),
        )

        parser.add_argument(
            "--partial",
            action="store_true",
            help=_("import what a truncated file contains"),
        )

    def handle(self, *args: Any, **options: Any) -> None:
        file, media = options["file"], options["media"]
        if not file.is_file():
            raise CommandError(_("File %s doesn’t exist.") % file)
        if media is not None and not media.is_dir():
            raise CommandError(_("Folder %s doesn’t exist.") % media)
        try:
            notes = read_authors(options["authors"])
            with progress_bar(file, _("reading")) as progress:
                plan = make_plan(
                    file,
                    media=media,
                    notes=notes,
                    progress=progress,
                    partial=options["partial"],
                    dry_run=options["dry_run"],
                )
        except (Malformed, AuthorsFileError) as error:
            raise CommandError(_("%s Nothing was written.") % error) from error
        if not options["dry_run"]:
            self.write(plan, keep_addresses=options["keep_addresses"])
        self.stdout.write(plan.report.text(dry_run=options["dry_run"]))

    def write(self, plan, *, keep_addresses: bool) -> None:
        try:
            with progress_bar(plan.path, _("writing")) as progress:
                write(plan, keep_addresses=keep_addresses, progress=progress)
        except KeyboardInterrupt:
            raise CommandError(
                _("Interrupted. What has been written is kept. Run the command again to continue.")
            ) from None


@contextmanager
def progress_bar(file: Path, what: str):
    """Show the progress through the file on stderr, only in a terminal."""
    with tqdm(
        total=file.stat().st_size, unit="B", unit_scale=True, desc=what, disable=None, leave=False
    ) as bar:
        yield bar.update
