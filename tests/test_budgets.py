"""Weighs stylesheets, scripts and fonts as a browser fetches them, against the design's budgets; serves nothing."""

import gzip
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
STATIC = ROOT / "static"
KILOBYTE = 1024
LINES_PER_FILE = 250
# Kilobytes by gzip: all style sheets of a page; the scripts of a discussion at load, and those that come when asked
# for; what moderators and authors fetch besides.
STYLES = 22
SCRIPTS, SCRIPTS_LATER = 20, 32
SCRIPTS_OF_MODERATION, SCRIPTS_OF_THE_EDITOR = 16, 30


def compressed(paths) -> int:
    """Bytes on the wire when each file is compressed by itself."""
    return sum(len(gzip.compress(path.read_bytes(), compresslevel=6)) for path in paths)


def linked_from(template: str, folder: str) -> list[Path]:
    """The static files of one folder that a template names."""
    text = (ROOT / "templates" / template).read_text(encoding="utf-8")
    return [STATIC / name for name in dict.fromkeys(re.findall(rf"static '({folder}/[^']+)'", text))]


def test_the_stylesheets_of_a_page_fit_their_budget():
    sheets = linked_from("_stylesheets.html", "css")
    assert sheets
    assert compressed(sheets) <= STYLES * KILOBYTE
    assert compressed({*sheets, STATIC / "css" / "archive.css"}) <= STYLES * KILOBYTE


def scripts_of_a_discussion() -> tuple[list[Path], list[Path]]:
    """The scripts that every reader of a post fetches, and those that come when somebody needs them (later.js)."""
    text = (ROOT / "templates" / "_scripts.html").read_text(encoding="utf-8")
    later = "".join(re.findall(r'data-later="([^"]+)"', text))
    elsewhere = "".join(re.findall(r"{% if not discussion %}.*?{% endif %}", text, flags=re.DOTALL))
    sets = (text.replace(later, "").replace(elsewhere, ""), later)
    at_once, afterwards = (
        [STATIC / name for name in re.findall(r"static '(js/[^']+)'", part)] for part in sets
    )
    return at_once, afterwards


def test_the_scripts_of_a_discussion_fit_their_budget():
    at_once, afterwards = scripts_of_a_discussion()
    assert at_once
    assert afterwards
    assert compressed(at_once) <= SCRIPTS * KILOBYTE
    # Two groups may name the same file, which is fetched once. Writing is most of it.
    # Nobody uses all of it in one visit: a menu, the keys, a preview, and what writing takes.
    assert compressed(dict.fromkeys(afterwards)) <= SCRIPTS_LATER * KILOBYTE


def test_the_scripts_of_every_page_fit_their_budget():
    text = (ROOT / "templates" / "_scripts.html").read_text(encoding="utf-8")
    everywhere = re.sub(r"{% if discussion %}.*{% endif %}", "", text, flags=re.DOTALL)
    names = re.findall(r"static '(js/[^']+)'", everywhere)
    assert names
    assert compressed(STATIC / name for name in names) <= 4 * KILOBYTE


def test_moderators_fetch_little_more():
    everywhere = set(linked_from("_stylesheets.html", "css"))
    names = ("moderation", "queue", "record", "alone", "beside")
    decisions, queue, record, alone, beside = (STATIC / "css" / f"{name}.css" for name in names)
    posts = {STATIC / "css" / "post.css", STATIC / "css" / "stream.css"}
    assert compressed(everywhere | {decisions}) <= STYLES * KILOBYTE
    assert compressed(everywhere | {beside}) <= STYLES * KILOBYTE
    # On the page of one comment stands no post.
    assert compressed((everywhere | {decisions, record, alone}) - posts) <= STYLES * KILOBYTE
    # The queue shows no post.
    assert compressed((everywhere | {decisions, record, queue}) - posts) <= STYLES * KILOBYTE
    assert (
        compressed(STATIC / "js" / name for name in ("queue.js", "moderation.js"))
        <= SCRIPTS_OF_MODERATION * KILOBYTE
    )


def test_authors_fetch_little_more():
    editor = linked_from("admin/blog/post/change_form.html", "js")
    assert editor
    assert compressed(editor) <= SCRIPTS_OF_THE_EDITOR * KILOBYTE
    everywhere = linked_from("_stylesheets.html", "css")
    assert (
        compressed({*everywhere, STATIC / "css" / "admin.css", STATIC / "css" / "editor.css"})
        <= STYLES * KILOBYTE
    )


def test_the_fonts_fit_their_budget():
    # The italic is fetched only by pages that use it. Fonts are compressed already.
    upright = [path for path in STATIC.glob("fonts/*.woff2") if "italic" not in path.name]
    whole = list(STATIC.glob("fonts/*.woff2"))
    assert len(whole) == 3
    assert sum(path.stat().st_size for path in upright) <= 86 * KILOBYTE
    assert sum(path.stat().st_size for path in whole) <= 149 * KILOBYTE


@pytest.mark.parametrize("pattern", ["css/*.css", "js/*.js"])
def test_no_stylesheet_or_script_is_longer_than_one_can_keep_in_mind(pattern):
    for path in STATIC.glob(pattern):
        assert len(path.read_text(encoding="utf-8").splitlines()) <= LINES_PER_FILE, path.name


def test_every_stylesheet_stands_in_a_layer_that_is_declared():
    order = (STATIC / "css" / "layers.css").read_text(encoding="utf-8")
    layers = set(re.findall(r"[a-z]+", order.removeprefix("@layer")))
    for path in STATIC.glob("css/*.css"):
        if path.name == "layers.css":
            continue
        text = re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.DOTALL).strip()
        opening = re.match(r"@layer ([a-z]+) \{", text)
        assert opening, path.name
        assert opening.group(1) in layers, path.name
        assert text.count("@layer") == 1, path.name


def test_scripts_import_nothing_since_hashed_names_would_break_it():
    for path in STATIC.glob("js/*.js"):
        assert not re.search(r"^\s*import\b|\bimport\(", path.read_text(encoding="utf-8"), re.MULTILINE), (
            path.name
        )
