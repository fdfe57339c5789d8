"""What scripts say to each other, and what they do as the server does it, is as docs/scripts.md says."""

import ast
import re
from collections import defaultdict
from importlib import import_module

import pytest
from django.urls import reverse
from django.utils.module_loading import import_string

from tests import house_rules as rules

DOCUMENT = rules.read("docs/scripts.md")
SCRIPTS = {path.rsplit("/", 1)[1]: rules.read(path) for path in rules.files(".js") if "static/js/" in path}

# An event is made where it is sent, or by a function of the script that is given its name as its last argument.
MADE = re.compile(r"""new CustomEvent\(["']([\w-]+)["']""")
MADE_BY_NAME = re.compile(
    r"""const (\w+) = \([^)]*\bname\) => .*(?:new CustomEvent\(name\b|\btell\(.*, name\))"""
)
# Not a CustomEvent, but no browser sends one of this name to a link.
PLAIN = re.compile(r"""new Event\(["'](?!input\b)([\w-]+)["']""")
HEARD = re.compile(r"""addEventListener\(["']([\w-]+)["']""")


def rows_under(heading: str) -> list[list[str]]:
    """Return the cells of the table under a heading."""
    part = DOCUMENT.split(f"## {heading}\n")[1].split("\n## ")[0]
    lines = [line for line in part.splitlines() if line.startswith("| ") and not line.startswith("|---")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[1:]]


def sent_by(source: str) -> set[str]:
    found = {*MADE.findall(source), *PLAIN.findall(source)}
    for name in MADE_BY_NAME.findall(source):
        found |= set(re.findall(rf"""\b{name}\((?:[^;]*?, )?["']([\w-]+)["']\)""", source))
    return found


def events_of(scripts: dict[str, str]) -> dict[str, tuple[set[str], set[str]]]:
    """Return who sends and who hears each event that a script makes itself."""
    senders, hearers = defaultdict(set), defaultdict(set)
    for name, source in scripts.items():
        for event in sent_by(source):
            senders[event].add(name)
        for event in HEARD.findall(source):
            hearers[event].add(name)
    return {event: (senders[event], hearers[event]) for event in senders}


def told() -> dict[str, tuple[set[str], set[str]]]:
    words = [[set(re.findall(r"`([\w.-]+)`", cell)) for cell in row[:3]] for row in rows_under("Events")]
    return {event: (senders, hearers) for (event,), senders, hearers in words}


def test_the_table_names_every_event_with_who_sends_and_who_hears_it():
    assert told() == events_of(SCRIPTS)


def test_every_event_is_heard_and_heard_elsewhere_than_where_it_is_sent():
    assert [event for event, (senders, hearers) in told().items() if not hearers or senders & hearers] == []


def test_every_detail_that_is_sent_is_told():
    with_detail = {
        event
        for source in SCRIPTS.values()
        for event in re.findall(r"""new CustomEvent\(["']([\w-]+)["'], \{[^}]*detail""", source)
    }
    assert with_detail == {row[0].strip("`") for row in rows_under("Events") if row[4] != "–"}


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("fold.js", 'addEventListener("placed"', 'addEventListener("put"'),
        ("send.js", 'new CustomEvent("posted"', 'new CustomEvent("sent"'),
        ("keys.js", 'tell(document, "next-new")', 'tell(document, "next")'),
        ("keys.js", 'say("quote")', 'say("cite")'),
        ("print.js", "addEventListener", 'addEventListener("placed", print);addEventListener'),
    ],
)
def test_another_name_for_an_event_is_noticed(name, old, new):
    assert old in SCRIPTS[name]
    assert events_of(SCRIPTS | {name: SCRIPTS[name].replace(old, new, 1)}) != told()


# --- twins ----------------------------------------------------------------------------------------------------


def constant(script: str, name: str):
    """Return a constant of a script: a number, a product of numbers, or a list of strings."""
    found = re.search(rf"^const {name} = (.+);$", SCRIPTS[script], re.M)
    assert found, f"{script} has no {name}"
    words = found[1]
    if words.startswith("["):
        return tuple(ast.literal_eval(words))
    product = 1
    for factor in words.split("*"):
        product *= int(factor.strip())
    return product


# Rules, and what follows from one row: compared by other tests, which the document names.
RULES = {"continue_or_start_visit", "source_block", "arrange"}
COMPARED = {
    "LANE_CAP": lambda twin: twin == constant("place.js", "MOST_LANES"),
    "VISIT_ENDS_AFTER": lambda twin: twin.total_seconds() * 1000 == constant("marks.js", "HALF_HOUR"),
    "MOST_TOLD": lambda twin: twin == constant("live.js", "MOST_TOLD"),
    "SOURCE_FIELDS": lambda twin: twin == constant("source.js", "NAMES"),
    # A number key for each reason, and none to spare for a tenth.
    "REASONS": lambda twin: len(twin) <= int(re.search(r"/\^\[1-(\d)\]\$/", SCRIPTS["queue.js"])[1]),
    "signed": lambda twin: f'String(sum).replace("-", "{twin(-1)[0]}")' in SCRIPTS["vote.js"],
    "urls": lambda _twin: all(
        re.fullmatch(address_of_comments(), reverse(f"comments:{name}", args=[7]))
        for name in ("comment", "in_thread")
    ),
}


def address_of_comments() -> str:
    """Return the pattern of jump.js as Python reads it."""
    return re.search(r"^const ADDRESS = /\^(.+)\$/;$", SCRIPTS["jump.js"], re.M)[1].replace("\\/", "/")


def twin_of(dotted: str):
    return import_module(dotted) if dotted.endswith(".urls") else import_string(dotted)


PYTHON_TWINS = [row[1].strip("`") for row in rows_under("Twins")]


@pytest.mark.parametrize("dotted", PYTHON_TWINS)
def test_twins_are_alike(dotted):
    twin, name = twin_of(dotted), dotted.rpartition(".")[2]
    assert name in RULES or COMPARED[name](twin)


def test_every_twin_that_is_compared_stands_in_the_table():
    assert {dotted.rpartition(".")[2] for dotted in PYTHON_TWINS} == {*COMPARED, *RULES}


@pytest.mark.parametrize("row", rows_under("Twins"), ids=lambda row: row[0])
def test_the_script_of_the_table_has_what_it_names(row):
    script, *names = re.findall(r"`([\w.]+)`", row[2])
    assert names
    for name in names:
        assert re.search(rf"^(?:const {name} =|(?:async )?function {name}\()", SCRIPTS[script], re.M), name


@pytest.mark.parametrize(
    ("dotted", "script", "old", "new"),
    [
        ("LANE_CAP", "place.js", "MOST_LANES = 6", "MOST_LANES = 5"),
        ("VISIT_ENDS_AFTER", "marks.js", "30 * 60_000", "20 * 60_000"),
        ("MOST_TOLD", "live.js", "MOST_TOLD = 50", "MOST_TOLD = 40"),
        ("SOURCE_FIELDS", "source.js", '"headline", "url"', '"url", "headline"'),
        ("REASONS", "queue.js", "/^[1-9]$/", "/^[1-3]$/"),
        ("signed", "vote.js", '"−");', '"-");'),
        ("urls", "jump.js", "in-thread", "here"),
    ],
)
def test_a_twin_that_changes_alone_is_noticed(monkeypatch, dotted, script, old, new):
    assert old in SCRIPTS[script]
    monkeypatch.setitem(SCRIPTS, script, SCRIPTS[script].replace(old, new))
    [full] = [name for name in PYTHON_TWINS if name.endswith(f".{dotted}")]
    assert not COMPARED[dotted](twin_of(full))
