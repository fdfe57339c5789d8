"""Model fields for typed text: stored in one spelling (NFC); slugs keep the marks of all scripts.

The database and migrations see Django's own fields.
"""

from collections.abc import Callable, Sequence
from typing import Any

from django import forms
from django.core.validators import RegexValidator, validate_unicode_slug
from django.db import models
from django.utils.translation import gettext_lazy

from accounts.spelling import IS_SLUG, cut, nfc

WHAT_A_SLUG_IS = gettext_lazy("Use letters, digits, hyphens and underscores only.")
is_slug = RegexValidator(rf"^{IS_SLUG.pattern}\Z", WHAT_A_SLUG_IS, "invalid")


class OneSpelling:
    """Mixin for text fields of models: values are stored in NFC, however they are set."""

    def deconstruct(self) -> tuple[str, str, list, dict]:
        name, _path, args, kwargs = super().deconstruct()  # type: ignore[misc]
        # Past this class and the one that it is mixed into.
        django = next(base for base in type(self).__mro__ if base.__module__.startswith("django."))
        return name, f"django.db.models.{django.__name__}", args, kwargs

    def pre_save(self, instance: models.Model, add: bool) -> Any:
        """Also correct the instance, whose URL is read next."""
        value = _spelled(super().pre_save(instance, add))  # type: ignore[misc]
        setattr(instance, self.attname, value)  # type: ignore[attr-defined]
        return value

    def get_db_prep_save(self, value: Any, connection: Any) -> Any:
        return super().get_db_prep_save(_spelled(value), connection)  # type: ignore[misc]

    def to_python(self, value: Any) -> Any:
        return _spelled(super().to_python(value))  # type: ignore[misc]


def max_length_of(model: type[models.Model], name: str) -> int:
    """Return how many characters a column of text has room for."""
    length = getattr(model._meta.get_field(name), "max_length", None)
    assert length is not None
    return length


def _spelled(value: Any) -> Any:
    return nfc(value) if isinstance(value, str) else value


class WordsField(forms.CharField):
    """A form field that returns text in NFC with \\n as line end; browsers send \\r\\n."""

    def to_python(self, value: Any) -> Any:
        words = super().to_python(value)
        return nfc(words.replace("\r\n", "\n").replace("\r", "\n")) if isinstance(words, str) else words

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Whether the text changed; other line ends or Unicode spellings of the same letters do not count."""
        return super().has_changed(self.to_python(initial), data)


class CharField(OneSpelling, models.CharField):
    def formfield(self, **kwargs: Any) -> Any:
        return super().formfield(**{"form_class": WordsField, **kwargs})


class TextField(OneSpelling, models.TextField):
    def formfield(self, **kwargs: Any) -> Any:
        return super().formfield(**{"form_class": WordsField, **kwargs})


class KeyField(models.CharField):
    """A key for comparing, computed from another column of the row at every save.

    `of` is that column, `by` the function that computes the key. Rows written by older code have "".
    """

    def __init__(self, *args: Any, of: str = "", by: Callable[[str], str] = str, **kwargs: Any) -> None:
        self.of, self.by = of, by
        defaults: dict[str, Any] = {
            "max_length": 120,
            "default": "",
            "db_default": "",
            "editable": False,
            "db_index": True,
        }
        super().__init__(*args, **(defaults | kwargs))

    def deconstruct(self) -> tuple[str, str, Sequence[Any], dict[str, Any]]:
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.CharField", args, kwargs

    def pre_save(self, instance: models.Model, add: bool) -> str:
        key = cut(self.by(getattr(instance, self.of)), self.max_length or 0)
        setattr(instance, self.attname, key)
        return key


class SlugFormField(forms.SlugField):
    default_validators = [is_slug]

    def to_python(self, value: Any) -> str:
        return nfc(super().to_python(value) or "")


class SlugField(OneSpelling, models.SlugField):
    """A slug in letters of any script, with their marks."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Django has put its own here, which knows no marks.
        self.default_validators = [is_slug]
        self.validators[:] = [is_slug, *(one for one in self.validators if one is not validate_unicode_slug)]

    def formfield(self, **kwargs: Any) -> Any:
        # Django's own method would name its class of field, and the validator that comes with it.
        return models.Field.formfield(
            self, **{"form_class": SlugFormField, "max_length": self.max_length, **kwargs}
        )
