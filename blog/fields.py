"""Fields of forms that several rooms share: what is typed is refused in words or is what a page can show."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import URLField
from django.utils.translation import gettext_lazy

from blog import markup


class WebAddressField(forms.URLField):
    """The address of a page on the web; one typed without a scheme is of today's."""

    default_error_messages = {
        "invalid": gettext_lazy("Enter a web address, such as https://example.org/article.")
    }

    def __init__(self, *, assume_scheme: str = "https", **kwargs: Any) -> None:
        super().__init__(assume_scheme=assume_scheme, **kwargs)

    def clean(self, value: Any) -> str:
        """Return the address as it was typed, completed; refuse what no link could lead to."""
        address = super().clean(value)
        if address and not markup.web_address(address):
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return address


# How the admin asks for an address that a column holds (`formfield_overrides`).
WEB_ADDRESSES: dict = {URLField: {"form_class": WebAddressField}}
