"""A component's rules reach the component only: each selector begins with a class, and each class has one sheet."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping

import pytest

from tests import house_rules as rules
from tests.stylesheets import rules_of

SHEETS = {
    path.split("/")[-1]: rules.read(path) for path in rules.files(".css") if path.startswith("static/css/")
}

# Layers whose whole purpose are elements.
OF_ELEMENTS = {"reset", "tokens", "base"}
# What begins with an element all the same, and why.
BARE = {
    "forms.css": "fields look alike wherever they stand",
    "layout.css": "a page has one main",
    "pages.css": "pages fade into each other as a whole",
    "print.css": "paper has no fields and no colours, whoever put them there",
    "utilities.css": "in forced colours whatever is marked or pressed is seen",
}
# Sheets that speak of everything: paper and helpers.
OF_ALL = {"print.css", "utilities.css"}
# Classes that more than one sheet begins with, and why.
SHARED = {
    "ancestors": (
        {"alone.css", "comments.css"},
        "the page of one comment shows what it answers with more air",
    ),
    "by": ({"comments.css", "post.css"}, "the number of what is new stands in the line of a post"),
    "change-form": ({"admin.css", "editor.css"}, "the editor is wider than other forms"),
    "comment": (
        {"comments.css", "moderation.css"},
        "on a phone the buttons of those who decide move into the menu",
    ),
    "comment-form": ({"comments.css", "forms.css"}, "a form stands between a comment and its replies"),
    "items": ({"moderation.css", "queue.css"}, "receipts are shown in the queue and in a thread"),
    "menu": ({"beside.css", "moderation.css"}, "decisions stand in the menu of a comment"),
    "moderation": (
        {"moderation.css", "queue.css", "record.css"},
        "the desk: one part of it is loaded without another",
    ),
    "prose": ({"post.css", "prose.css"}, "a clipping's column in the margin exists in a text only"),
    "receipts": ({"moderation.css", "queue.css"}, "receipts are shown in the queue and in a thread"),
    "record": ({"queue.css", "record.css"}, "beside the queue a record is open where there is room"),
    "results": ({"beside.css", "pages.css"}, "what was found in a discussion names what it answers"),
    "slug": ({"alone.css", "post.css"}, "the pages of one comment load no styles of posts"),
}


def bare_selectors(sheets: Mapping[str, str]) -> dict[str, list[str]]:
    """Return by sheet the selectors that begin with no class of a component."""
    found = defaultdict(list)
    for name, source in sheets.items():
        for rule in rules_of(source):
            if rule.layer not in OF_ELEMENTS and not re.search(r"\.[\w-]", rule.subject):
                found[name].append(rule.selector)
    return dict(found)


def sheets_by_class(sheets: Mapping[str, str]) -> dict[str, set[str]]:
    """Return for each class that selectors begin with the sheets in which they do, where these are several."""
    found = defaultdict(set)
    for name, source in sheets.items():
        for rule in rules_of(source) if name not in OF_ALL else ():
            if rule.layer not in OF_ELEMENTS:
                found.update(
                    {one: found[one] | {name} for one in re.findall(r"\.([\w-]+)", rule.subject)[:1]}
                )
    return {one: names for one, names in found.items() if len(names) > 1}


def test_a_components_rules_begin_with_a_class():
    assert {name: found for name, found in bare_selectors(SHEETS).items() if name not in BARE} == {}


def test_a_class_begins_the_rules_of_one_sheet():
    assert sheets_by_class(SHEETS) == {name: sheets for name, (sheets, _why) in SHARED.items()}


def test_no_exception_outlives_its_reason():
    assert set(bare_selectors(SHEETS)) == set(BARE)


def names_in(texts: Iterable[str]) -> set[str]:
    return {name for text in texts for name in re.findall(r"[\w-]+", text)}


def test_every_class_of_a_sheet_is_written_somewhere():
    """A rule for a class that nothing has is a leftover, or a typing mistake."""
    texts = [
        rules.read(path)
        for path in rules.files(".html", ".js", ".py")
        if path.startswith(("templates/", "static/js/", "blog/", "comments/", "accounts/"))
    ]
    written = names_in(texts)
    classes = {
        name
        for source in SHEETS.values()
        for rule in re.findall(r"([^{};]+)\{", re.sub(r"/\*.*?\*/", "", source, flags=re.S))
        for name in re.findall(r"\.([a-z][\w-]*)", rule)
    }
    assert {name for name in classes - written if not OF_DJANGO_OR_JOINED.fullmatch(name)} == set()


# What Django writes, and what is joined from a word and the name of a field or the number of a lane.
OF_DJANGO_OR_JOINED = re.compile(
    r"errorlist|visually-hidden|paginator|sort\w+|ascending|descending|this-page|(field|lane)-\w+"
)


@pytest.mark.parametrize(
    "bad",
    [
        "@layer components { blockquote[cite] > p:last-child { color: red } }",
        "@layer components { @media print { dialog { color: red } } }",
        "@layer components { :is(.clip, p) a { color: red } }",
        "@layer components { :where(h2) { color: red } }",
    ],
)
def test_the_check_notices_a_rule_for_everybody(bad):
    assert bare_selectors({"x.css": bad})


@pytest.mark.parametrize(
    "good",
    [
        "@layer components { .comment-text blockquote[cite] > p { color: red } }",
        "@layer components { .clip { p { color: red } @media print { a { color: red } } } }",
        "@layer components { :is(.clip, .plate) > p, dl.facts { color: red } }",
        "@layer base { p { color: red } }",
    ],
)
def test_the_check_lets_a_components_rule_pass(good):
    assert bare_selectors({"x.css": good}) == {}


def test_the_check_notices_a_class_of_two_sheets():
    sheet = "@layer components { .clip p { color: red } }"
    assert sheets_by_class({"x.css": sheet, "y.css": sheet}) == {"clip": {"x.css", "y.css"}}
