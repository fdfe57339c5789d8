"""Reads the file of author notes and handles that an export does not carry; it refuses a file of another shape."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from blog.markup.addresses import safe_address


class AuthorsFileError(ValueError):
    """The file is not what it should be; its text is a sentence."""


@dataclass(frozen=True, slots=True)
class Handle:
    network: str
    handle: str
    url: str


@dataclass(frozen=True, slots=True)
class AuthorNote:
    """What is known of one login besides the export: any part may be empty."""

    name: str = ""
    note: str = ""
    handles: tuple[Handle, ...] = ()


def read_authors(path: Path | None) -> dict[str, AuthorNote]:
    """Return notes by login from `{"login": {"name": …, "note": …, "handles": [{network, handle, url}]}}`."""
    if path is None:
        return {}
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise AuthorsFileError(_("%(path)s: %(why)s.") % {"path": path, "why": error.strerror}) from error
    except ValueError as error:
        raise AuthorsFileError(_("%(path)s is not JSON: %(why)s.") % {"path": path, "why": error}) from error
    if not isinstance(data, dict) or not all(isinstance(entry, dict) for entry in data.values()):
        raise AuthorsFileError(
            _("%s must be a JSON object of logins, each with a name, note and handles.") % path
        )
    return {login: _note(entry) for login, entry in data.items()}


def _note(entry: dict[str, Any]) -> AuthorNote:
    written = entry.get("handles")
    handles = written if isinstance(written, list) else []
    return AuthorNote(
        name=_words(entry, "name"),
        note=_words(entry, "note"),
        handles=tuple(handle for handle in map(_handle, handles) if handle),
    )


def _handle(entry: Any) -> Handle | None:
    if not isinstance(entry, dict):
        return None
    url = safe_address(_words(entry, "url"))
    handle = Handle(network=_words(entry, "network")[:40], handle=_words(entry, "handle")[:80], url=url[:500])
    return handle if handle.handle and url.startswith("http") else None


def _words(entry: dict[str, Any], key: str) -> str:
    value = entry.get(key)
    return " ".join(value.split()) if isinstance(value, str) else ""
