"""Form fields that several rooms share."""

from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import URLField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from blog import markup


class WebAddressField(forms.URLField):
    """A web address; one typed without a scheme gets https."""

    default_error_messages = {
        "invalid": gettext_lazy("Enter a web address, such as https://example.org/article.")
    }

    def __init__(self, *, assume_scheme: str = "https", **kwargs: Any) -> None:
        super().__init__(assume_scheme=assume_scheme, **kwargs)

    def clean(self, value: Any) -> str:
        """Return the address, completed with a scheme; refuse what no link could lead to."""
        address = super().clean(value)
        if address and not markup.web_address(address):
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return address


class MomentField(forms.DateTimeField):
    """A date and time in the site's time zone."""

    def to_python(self, value: Any) -> datetime | None:
        try:
            return super().to_python(value)
        except ValidationError as error:
            if getattr(error, "code", "") != "ambiguous_timezone":
                raise
            # Django's sentence names the time zone and seconds.
            words = _("The clocks change in this hour. Choose a time before or after it.")
            raise ValidationError(words, code="ambiguous_timezone") from error


# For `formfield_overrides` of admin classes with a URL column.
WEB_ADDRESSES: dict = {URLField: {"form_class": WebAddressField}}
