"""`commonplace clean_pictures`: removes metadata from stored pictures, converts them to sRGB, adds smaller copies."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from blog import actions
from blog.models import Figure


class Command(BaseCommand):
    help = _(
        "Remove comments, text and colour profiles from picture files stored by earlier versions, and create missing"
        " smaller copies. Safe to run again."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        numbers = list(Figure.objects.exclude(image="").order_by("pk").values_list("pk", flat=True))
        changed = sum(self.renew(number) for number in numbers)
        words = ngettext(
            "%(changed)d of %(all)d picture cleaned.",
            "%(changed)d of %(all)d pictures cleaned.",
            len(numbers),
        )
        self.stdout.write(words % {"changed": changed, "all": len(numbers)})

    def renew(self, number: int) -> bool:
        figure = Figure.objects.filter(pk=number).exclude(image="").first()
        if figure is None:
            return False
        try:
            return actions.renew_figure(figure)
        except (actions.Refused, OSError) as error:
            words = {"number": number, "file": figure.image.name, "why": error}
            self.stderr.write(_("Figure %(number)d (%(file)s) was left unchanged: %(why)s") % words)
            return False
