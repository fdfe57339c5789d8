"""Puts a site's secret key into local.env, where that is the place this site reads it from."""

import re
from pathlib import Path

from django.conf import settings

# As django-environ reads a line: an optional `export`, the name, and the rest, in quotes of either kind or in none.
_LINE = re.compile(r"^(?:export )?SECRET_KEY=(.*)$", re.MULTILINE)
_PLAIN = re.compile(r"[A-Za-z0-9_-]+")


def with_key(text: str, key: str) -> str | None:
    """Return the text of a local.env with another key, or None if the present key does not come from it."""
    lines = _LINE.findall(text)
    if not lines or _value_of(lines[-1]) != settings.SECRET_KEY or not key.isprintable():
        return None
    return _LINE.sub(lambda _found: f"SECRET_KEY={_as_value(key)}", text)


def read(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.is_file() else ""


def _value_of(rest: str) -> str:
    if len(rest) > 1 and rest[0] == rest[-1] == "'":
        return rest[1:-1]
    if len(rest) > 1 and rest[0] == rest[-1] == '"':
        return re.sub(r"\\([^rnt])", r"\1", rest[1:-1])
    return rest


def _as_value(key: str) -> str:
    if _PLAIN.fullmatch(key):
        return key
    return '"' + key.replace("\\", "\\\\").replace('"', '\\"') + '"'
