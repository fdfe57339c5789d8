"""Rules that stand in Python and in a script (docs/scripts.md) give the same, run beside each other in the browser."""

import itertools
import re
from datetime import UTC, datetime, timedelta

import pytest

from blog.markup.blocks import source_block
from comments.thread.unread import VISIT_ENDS_AFTER, ReadMark, continue_or_start_visit
from tests import house_rules as rules

pytestmark = pytest.mark.journey


@pytest.fixture(scope="module")
def page(browser):
    with browser.new_context() as context:
        yield context.new_page()


def function_of(script: str, name: str) -> str:
    """Return a function of a script as it stands there."""
    source = rules.read(f"static/js/{script}")
    return re.search(rf"^(?:const {name} = .*?;\n|function {name}\(.*?^\}})", source, re.M | re.S)[0]


NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
AWAY = [timedelta(0), VISIT_ENDS_AFTER - timedelta(seconds=1), VISIT_ENDS_AFTER]
AWAY += [VISIT_ENDS_AFTER + timedelta(seconds=1), timedelta(days=3)]


def milliseconds(moment: datetime | None) -> int:
    return int(moment.timestamp() * 1000) if moment else 0


def test_a_visit_begins_and_goes_on_by_the_same_rule(page):
    begin = "\n".join(function_of("marks.js", name) for name in ("HALF_HOUR", "begun"))
    script = f"([visit, number, now]) => {{ const last = () => number;\n{begin}\nreturn begun(visit, now); }}"
    for away, last, since_at in itertools.product(AWAY, (5, 9), (None, NOW - timedelta(days=9))):
        mark = ReadMark(since=3, since_at=since_at, latest=7, seen_at=NOW - away)
        visit = {
            "since": 3,
            "sinceAt": milliseconds(since_at),
            "latest": 7,
            "seenAt": milliseconds(NOW - away),
        }
        ours = continue_or_start_visit(mark, last=last, now=NOW)
        theirs = page.evaluate(script, [visit, last, milliseconds(NOW)])
        assert theirs == {
            "since": ours.since,
            "sinceAt": milliseconds(ours.since_at),
            "latest": ours.latest,
            "seenAt": milliseconds(ours.seen_at),
        }, (away, last, since_at)
    first = continue_or_start_visit(None, last=5, now=NOW)
    theirs = page.evaluate(script, [None, 5, milliseconds(NOW)])
    assert (theirs["since"], theirs["sinceAt"], theirs["latest"]) == (first.since, 0, first.latest)


SOURCES = [
    {
        "publication": "The Ledger",
        "headline": 'A "quoted" & <odd> one',
        "url": "https://example.org/a?b=1&c='2'",
    },
    {
        "publication": " Two\n lines ",
        "url": "https://example.org/",
        "writer": "Ann O'Hara",
        "date": "2026-11-30",
    },
    {"url": "https://example.org/", "date": "2026-11-30"},
]
TEXTS = ["One line.", 'Two\nlines.\n\nA second paragraph with <b> & "marks".', "  :::\nended early\n:::::  "]


@pytest.mark.parametrize("fields", SOURCES)
@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize(("body_format", "name"), [("markdown", "markdownBlock"), ("html", "htmlBlock")])
def test_a_quoted_source_is_written_alike(page, fields, text, body_format, name):
    names = ("NAMES", "escaped", name)
    write = "\n".join(function_of("source.js", part) for part in names)
    folded = 'const folded = (name) => (fields[name] ?? "").trim().replace(/\\s+/g, " ");'
    script = f"([fields, text]) => {{ {folded}\n{write}\nreturn {name}(text); }}"
    assert page.evaluate(script, [fields, text.strip()]) == source_block(
        fields, text=text, body_format=body_format
    )
