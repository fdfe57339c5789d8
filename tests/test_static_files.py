"""Style sheets and scripts keep their habits: layers, no ids, nothing !important, no imports, nothing of others."""

import re

import pytest

from tests import house_rules as rules

STYLES = [path for path in rules.files(".css") if path.startswith("static/css/")]
SCRIPTS = [path for path in rules.files(".js") if path.startswith("static/js/")]
COMMENT = re.compile(r"/\*.*?\*/", re.S)
STRING = re.compile(r'"[^"\n]*"|\'[^\'\n]*\'')


def check_style(path, source):
    """Return what is wrong with one style sheet."""
    code = STRING.sub('""', COMMENT.sub("", source))
    complaints = []
    if code.count("{") != code.count("}"):
        complaints.append(f"{path}: braces do not match")
    if code.strip() and not code.strip().startswith("@layer"):
        complaints.append(f"{path}: every rule stands in a layer (unlayered rules beat all others)")
    for selector in re.findall(r"[^{};]*(?=\{)", code):
        if re.search(r"#[a-z_-]", selector, re.I):
            complaints.append(f"{path}: no ids in selectors: {selector.strip()[:60]}")
    for pattern, why in STYLE_RULES:
        complaints += [f"{path}: {why}: {found.group().strip()[:60]}" for found in pattern.finditer(code)]
    return complaints


STYLE_RULES = (
    (re.compile(r"!important"), "nothing is !important"),
    (re.compile(r":not:|:has:|:is:|:where:"), "a selector without its brackets"),
    (re.compile(r"@import\b"), "style sheets are linked, not imported"),
    (re.compile(r"url\(\s*[\"']?(?:https?:)?//", re.I), "nothing comes from another host"),
    (re.compile(r"(?:^|[};{])\s*[^{};]*,\s*\{", re.M), "a selector list ends in a comma"),
)

SCRIPT_RULES = (
    (re.compile(r"^\s*(?:import|export)\b", re.M), "scripts import nothing"),
    (re.compile(r"\beval\s*\(|\bnew Function\b"), "no text is run as code"),
    (
        re.compile(r"\.(?:inner|outer)HTML\s*=|insertAdjacentHTML|document\.write"),
        "no text is made into HTML",
    ),
    (re.compile(r"\.style\.(?!setProperty)[a-z]+\s*=|setAttribute\(\s*[\"']style", re.I), "no inline styles"),
    (re.compile(r"[\"'`](?:https?:)?//[a-z]", re.I), "nothing comes from another host"),
)


def check_script(path, source):
    """Return what is wrong with one script."""
    code = re.sub(r"^\s*//.*$", "", COMMENT.sub("", source), flags=re.M)
    return [
        f"{path}: {why}: {found.group()}" for pattern, why in SCRIPT_RULES for found in pattern.finditer(code)
    ]


def test_style_sheets_keep_the_habits():
    assert [complaint for path in STYLES for complaint in check_style(path, rules.read(path))] == []


def test_scripts_keep_the_habits():
    assert [complaint for path in SCRIPTS for complaint in check_script(path, rules.read(path))] == []


@pytest.mark.parametrize(
    "bad",
    [
        "@layer base { p { color: red }",
        "p { color: red }",
        "@layer base { p { color: red !important } }",
        "@layer base { a:not:has(b) { color: red } }",
        "@layer base { #top { color: red } }",
        "@layer base { p, #top a { color: red } }",
        '@import "x.css";',
        "@layer base { p { background: url(//elsewhere.example/x.png) } }",
        "@layer base { p, { color: red } }",
    ],
)
def test_the_style_check_notices(bad):
    assert check_style("x.css", bad)


@pytest.mark.parametrize(
    "good",
    [
        "@layer reset, tokens;",
        "/* #note */ @layer base { p { color: #a1b2c3; a:hover { color: #fff } } }",
        '@layer base { a[href^="#comment"] { color: var(--ink) } }',
        "@layer base { p::before { content: '{' } }",
    ],
)
def test_the_style_check_lets_ordinary_rules_pass(good):
    assert check_style("x.css", good) == []


@pytest.mark.parametrize(
    "bad",
    [
        'import { x } from "./x.js";',
        "eval(text)",
        "row.innerHTML = text",
        "row.style.color = 'red'",
        'fetch("https://elsewhere.example/")',
    ],
)
def test_the_script_check_notices(bad):
    assert check_script("x.js", bad)
