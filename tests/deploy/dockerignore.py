"""Reads a .dockerignore as Docker and Podman do, so that tests can say what an image would hold."""

import re
from pathlib import Path

# `**` is any number of folders, `*` and `?` stay within one name.
_TOKENS = {"**/": r"(?:[^/]+/)*", "**": r".*", "*": r"[^/]*", "?": r"[^/]"}


def sent(root: Path, rules: str) -> set[str]:
    """Return the files under `root` that a build would get to see, as paths relative to it."""
    patterns = _patterns(rules)
    paths = (path.relative_to(root).as_posix() for path in root.rglob("*") if not path.is_dir())
    return {path for path in paths if not _is_ignored(path, patterns)}


def _patterns(rules: str) -> list[tuple[re.Pattern, bool]]:
    """Return every line's pattern with whether it ignores; a line that begins with `!` lets through."""
    lines = (line.strip() for line in rules.splitlines())
    return [
        (_compiled(line.removeprefix("!").strip("/")), not line.startswith("!"))
        for line in lines
        if line and not line.startswith("#")
    ]


def _compiled(pattern: str) -> re.Pattern:
    parts = re.split(r"(\*\*/|\*\*|\*|\?)", pattern)
    return re.compile("".join(_TOKENS.get(part, re.escape(part)) for part in parts))


def _is_ignored(path: str, patterns: list[tuple[re.Pattern, bool]]) -> bool:
    """The last pattern that matches the path, or a folder above it, decides."""
    parts = path.split("/")
    lines = ["/".join(parts[:end]) for end in range(1, len(parts) + 1)]
    verdict = False
    for pattern, ignores in patterns:
        if any(pattern.fullmatch(line) for line in lines):
            verdict = ignores
    return verdict
