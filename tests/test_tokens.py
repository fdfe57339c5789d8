"""Recomputes the contrast of every colour token from tokens.css against the table in the design; looks at no page."""

import re
from pathlib import Path

import pytest

TOKENS = Path(__file__).resolve().parent.parent / "static" / "css" / "tokens.css"

# token: (ratio against paper, sheet, wash), as the design's table has them; None where it promises none.
LIGHT = {
    "ink": (16.0, 17.0, 14.6),
    "muted": (6.9, 7.3, 6.2),
    "edge": (3.7, 4.0, 3.4),
    "rule": (1.4, None, None),
    "link": (7.7, 8.2, 7.0),
    "link-hover": (11.8, 12.5, 10.7),
    "visited": (8.3, 8.8, 7.6),
    "new": (6.0, 6.3, 5.4),
    "error": (6.9, 7.3, 6.3),
    "ok": (7.3, 7.7, 6.6),
    "focus": (7.4, 7.8, 6.7),
}
DARK = {
    "ink": (14.2, 13.0, 11.6),
    "muted": (7.3, 6.7, 6.0),
    "edge": (4.6, 4.2, 3.8),
    "rule": (1.6, None, None),
    "link": (9.8, 9.0, 8.1),
    "link-hover": (13.0, 11.8, 10.6),
    "visited": (9.1, 8.3, 7.5),
    "new": (9.8, 9.0, 8.1),
    "error": (8.5, 7.7, 6.9),
    "ok": (10.3, 9.4, 8.4),
    "focus": (8.9, 8.1, 7.3),
}
# (theme, text, ground): ratio. Pairs that stand on a ground of their own.
PAIRS = {
    ("light", "ink", "new-wash"): 15.4,
    ("light", "muted", "new-wash"): 6.6,
    ("light", "error", "error-wash"): 6.3,
    ("light", "on-button", "link"): 8.2,
    ("dark", "ink", "new-wash"): 11.7,
    ("dark", "muted", "new-wash"): 6.0,
    ("dark", "error", "error-wash"): 7.5,
    ("dark", "on-button", "link"): 9.1,
}
# The table has one decimal, and three of its entries are rounded up rather than to the nearest.
ROUNDING = 0.1


def colours_in(block: str) -> dict[str, str]:
    """The colour tokens of one block of declarations."""
    return dict(re.findall(r"--([a-z-]+):\s*(#[0-9A-Fa-f]{6});", block))


def blocks() -> dict[str, dict[str, str]]:
    """Light, dark by preference and dark by choice, as the stylesheet has them."""
    css = TOKENS.read_text(encoding="utf-8")
    selectors = {
        "light": r"\n  :root \{",
        "preference": r":root:not\(\[data-theme=\"light\"\]\) \{",
        "dark": r":root\[data-theme=\"dark\"\] \{",
    }
    return {
        name: colours_in(re.search(selector + r"(.*?)\}", css, re.DOTALL).group(1))
        for name, selector in selectors.items()
    }


def luminance(colour: str) -> float:
    """Relative luminance as WCAG defines it."""
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def promised_ratios():
    """Every (theme, text, ground, ratio) of the table."""
    for theme, table in (("light", LIGHT), ("dark", DARK)):
        for token, ratios in table.items():
            for ground, ratio in zip(("paper", "sheet", "wash"), ratios, strict=True):
                if ratio is not None:
                    yield theme, token, ground, ratio
    for (theme, token, ground), ratio in PAIRS.items():
        yield theme, token, ground, ratio


@pytest.mark.parametrize(("theme", "token", "ground", "ratio"), list(promised_ratios()))
def test_each_pair_of_colours_has_the_contrast_the_design_promises(theme, token, ground, ratio):
    colours = blocks()[theme]
    assert contrast(colours[token], colours[ground]) == pytest.approx(ratio, abs=ROUNDING)


def test_dark_by_preference_and_dark_by_choice_are_the_same_colours():
    found = blocks()
    assert found["preference"] == found["dark"]


def test_light_and_dark_define_the_same_tokens():
    found = blocks()
    assert found["light"].keys() == found["dark"].keys()
    assert len(found["light"]) == 17


def test_no_other_stylesheet_names_a_colour():
    allowed = {"tokens.css", "print.css"}  # paper is black on white whatever the theme
    for path in TOKENS.parent.glob("*.css"):
        if path.name not in allowed:
            assert not re.search(r"#[0-9A-Fa-f]{3,8}\b(?=[^{}]*;)", path.read_text(encoding="utf-8")), (
                path.name
            )
