"""No line of a template, a style sheet or a script is longer than a screen is wide."""

from pathlib import Path

import pytest

from tests import house_rules as rules

# In signs; ruff keeps Python's own limit.
WIDEST = {".css": 120, ".html": 140, ".js": 120}


def check_width(path: str, source: str) -> list[str]:
    """Return a complaint for each line that is too long; `path` says which limit holds."""
    widest = WIDEST.get(Path(path).suffix)
    return [
        f"{path}:{number}: {len(line)} signs; {widest} are the most"
        for number, line in enumerate(source.splitlines(), 1)
        if widest and len(line) > widest
    ]


def test_no_line_is_too_long():
    files = [path for path in rules.files(*WIDEST) if path.startswith(("static/", "templates/"))]
    assert len(files) > 40
    assert [complaint for path in files for complaint in check_width(path, rules.read(path))] == []


@pytest.mark.parametrize("suffix", WIDEST)
def test_a_longer_line_is_noticed(suffix):
    at_most = "x" * WIDEST[suffix]
    assert check_width(f"x{suffix}", f"short\n{at_most}\n") == []
    assert len(check_width(f"x{suffix}", f"short\n{at_most}x\n")) == 1
