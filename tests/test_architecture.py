"""The rooms keep their directions and their doors; every rule is first shown to be able to fail."""

import re

import pytest

from tests import house_rules as rules
from tests.journeys.rules import check_journeys_wait_for_states

FLOORS = rules.floors_of({path: rules.read(path) for path in rules.python_files()})

PYTHON_RULES = {
    "imports between rooms go down": rules.check_rooms,
    "imports inside a room go down": lambda path, source: rules.check_floors(path, source, FLOORS),
    "only urls imports views and nobody imports admin": rules.check_doors_to_views_and_admin,
    "one door to trusted HTML": rules.check_html_door,
    "one door to the tree": rules.check_tree_door,
    "one door to the environment": rules.check_environment_door,
    "one door to parts of addresses": rules.check_slug_door,
    "writes happen in actions": rules.check_writes,
    "template tags print and do not act": rules.check_template_tags,
    "actions see no request and permissions do not query": rules.check_actions_and_permissions,
    "a module says what it is for": rules.check_opening,
    "every test is collected": lambda path, source: rules.check_tests_are_collected(
        path, source, rules.python_files()
    ),
    "journeys wait for states": check_journeys_wait_for_states,
}

# The tests, benchmarks and outages stand outside the house: they may look through every door.
OUTSIDE = ("tests/", "lab/bench/", "lab/outages/")
OUTSIDE_RULES = {"a module says what it is for", "every test is collected", "journeys wait for states"}


def complaints_of(rule, paths):
    return [complaint for path in paths for complaint in rule(path, rules.read(path))]


@pytest.mark.parametrize("name", PYTHON_RULES)
def test_our_python_keeps_the_rule(name):
    paths = [path for path in rules.python_files() if name in OUTSIDE_RULES or not path.startswith(OUTSIDE)]
    assert complaints_of(PYTHON_RULES[name], paths) == []


def test_our_templates_keep_the_rules():
    templates = [path for path in rules.files(".html", ".txt", ".xml") if path.startswith("templates/")]
    assert complaints_of(rules.check_template, templates) == []


def test_no_file_is_longer_than_one_can_read():
    assert complaints_of(rules.check_length, rules.files(*rules.LONGEST)) == []


def test_no_file_names_a_registry_or_a_folder_of_somebodys_machine():
    texts = [
        path
        for path in rules.files()
        if not path.endswith((".png", ".jpg", ".webp", ".avif", ".woff2", ".ico"))
    ]
    assert {"README.md", "Makefile", "deploy/Containerfile"} <= set(texts)
    assert complaints_of(rules.check_places, texts) == []


def test_both_locks_hold_the_same_versions():
    pinned = re.compile(r"^([a-z0-9._-]+(?:\[[a-z0-9,-]+\])?==\S+)", re.M)
    running = set(pinned.findall(rules.read("requirements/base.txt")))
    assert running
    assert running - set(pinned.findall(rules.read("requirements/dev.txt"))) == set()


# --- each rule can fail ---------------------------------------------------------------------------------------

# rule, path, source that breaks it, source that keeps it
BREAKS = [
    (
        "one door to parts of addresses",
        "blog/x.py",
        "from django.utils.text import slugify",
        "from accounts.spelling import slugify",
    ),
    (
        "one door to parts of addresses",
        "blog/models/x.py",
        "slug = models.SlugField(max_length=9)",
        "slug = SlugField(max_length=9)",
    ),
    (
        "imports between rooms go down",
        "blog/x.py",
        "from comments.models import Comment",
        "import accounts.models",
    ),
    ("imports between rooms go down", "blog/x.py", "import comments", "import commentsystem"),
    (
        "imports between rooms go down",
        "accounts/x.py",
        "from blog import models",
        "from django.db import models",
    ),
    ("imports between rooms go down", "blog/x.py", "def f():\n from config import settings", "import django"),
    (
        "imports between rooms go down",
        "blog/models.py",
        'c = ForeignKey("comments.Comment", CASCADE)',
        'c = ForeignKey("accounts.User", CASCADE)',
    ),
    (
        "imports between rooms go down",
        "blog/models.py",
        'c = ForeignKey(to="comments.Comment")',
        'c = ForeignKey(to="blog.Post")',
    ),
    ("imports between rooms go down", "blog/x.py", 'm = apps.get_model("comments", "Comment")', "m = 1"),
    (
        "imports inside a room go down",
        "blog/models/post.py",
        "from blog import actions",
        "from blog import markup",
    ),
    (
        "imports inside a room go down",
        "blog/models/post.py",
        "from .. import actions",
        "from . import source",
    ),
    ("imports inside a room go down", "blog/markup.py", "from blog.models import Post", "import re"),
    (
        "imports inside a room go down",
        "blog/actions.py",
        "from blog.views import reading",
        "from blog import models",
    ),
    (
        "imports inside a room go down",
        "comments/permissions.py",
        "from comments.actions import post_comment",
        "from comments.models import Comment",
    ),
    (
        "only urls imports views and nobody imports admin",
        "comments/feeds.py",
        "from comments.views.reading import page",
        "from comments import thread",
    ),
    (
        "only urls imports views and nobody imports admin",
        "comments/actions.py",
        "from blog import admin",
        "from django.contrib import admin",
    ),
    ("one door to trusted HTML", "comments/thread/arranging.py", "import nh3", "from blog import markup"),
    (
        "one door to trusted HTML",
        "comments/thread/arranging.py",
        "from bleach.sanitizer import Cleaner",
        "import html",
    ),
    (
        "one door to trusted HTML",
        "blog/feeds.py",
        "from django.utils.safestring import mark_safe",
        "from django.utils.safestring import SafeString",
    ),
    ("one door to trusted HTML", "blog/feeds.py", "x = SafeString(y)", "x: SafeString = trusted(y)"),
    ("one door to trusted HTML", "blog/feeds.py", 'x = format_html("{}", y)', "x = escape(y)"),
    ("one door to trusted HTML", "blog/admin.py", "x = format_html(y)", 'x = format_html("<b>{}</b>", y)'),
    (
        "one door to the tree",
        "comments/actions.py",
        "from mptt.models import MPTTModel",
        "from mptt.exceptions import InvalidMove",
    ),
    ("one door to the tree", "exchange/load.py", "Comment.objects.partial_rebuild(3)", "tree.load(rows)"),
    (
        "one door to the environment",
        "blog/x.py",
        "import os\nx = os.environ['A']",
        "from django.conf import settings",
    ),
    ("one door to the environment", "blog/x.py", "from os import getenv", "from os import path"),
    ("one door to the environment", "blog/x.py", "import environ", "import enum"),
    (
        "one door to the environment",
        "manage.py",
        "import os\nos.environ.setdefault('DEBUG', '1')",
        "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'config.settings')",
    ),
    ("writes happen in actions", "blog/views/x.py", "post.save()", "actions.publish(post)"),
    ("writes happen in actions", "comments/views.py", "Comment.objects.create(a=1)", "cache.delete(key)"),
    (
        "actions see no request and permissions do not query",
        "blog/actions.py",
        "def f(request): ...",
        "def f(by): ...",
    ),
    (
        "actions see no request and permissions do not query",
        "comments/permissions.py",
        "def f(c): return c.votes.exists()",
        "def f(c): return c.is_gone",
    ),
    (
        "template tags print and do not act",
        "comments/templatetags/x.py",
        "from comments import actions",
        "from comments import lists",
    ),
    (
        "template tags print and do not act",
        "comments/templatetags/x.py",
        "from comments.discussion.page import discussion_page",
        "from comments.models import Note",
    ),
    ("a module says what it is for", "blog/x.py", "import re", '"""Folds words."""\nimport re'),
    ("every test is collected", "tests/reading.py", "def test_it(): ...", "def helper(): ..."),
    ("every test is collected", "tests/lost/test_x.py", "def test_it(): ...", ""),
    (
        "journeys wait for states",
        "tests/journeys/test_x.py",
        "page.wait_for_timeout(100)",
        "expect_soon(page, lambda: len(answers), 2)",
    ),
    ("journeys wait for states", "tests/journeys/test_x.py", "time.sleep(1)", "page.clock.run_for(1000)"),
    (
        "journeys wait for states",
        "tests/journeys/test_x.py",
        'page.wait_for_load_state("networkidle")',
        "page.wait_for_load_state()",
    ),
    (
        "journeys wait for states",
        "tests/journeys/test_x.py",
        "assert page.locator('b').count() == 2",
        "expect(page.locator('b')).to_have_count(2)\nassert 'aa'.count('a') == 2",
    ),
    (
        "journeys wait for states",
        "tests/journeys/test_x.py",
        "button.click()\npage.goto('/')",
        "button.click()\nexpect(button).to_be_hidden()\npage.goto('/')",
    ),
    (
        "journeys wait for states",
        "tests/journeys/test_x.py",
        "def test():\n page.goto('/')\n page.route('**/js/send.*', hold)",
        "def test():\n page.route('**/js/send.*', hold)\n page.goto('/')",
    ),
]


@pytest.mark.parametrize(("name", "path", "bad", "good"), BREAKS)
def test_the_rule_notices_what_breaks_it(name, path, bad, good):
    rule = PYTHON_RULES[name]
    good_path = "tests/test_x.py" if name == "every test is collected" else path
    assert rule(path, bad)
    assert not rule(good_path, good)


def test_an_unnamed_helper_stands_as_high_as_what_it_imports():
    sources = {
        "blog/models.py": "from blog import slugs",
        "blog/slugs.py": "from blog import actions",
        "blog/actions.py": "",
    }
    floors = rules.floors_of(sources)
    assert floors["blog.slugs"] == rules.MIDDLE
    assert rules.check_floors("blog/models.py", sources["blog/models.py"], floors)


@pytest.mark.parametrize(
    "bad",
    [
        "{{ comment.body|safe }}",
        "{{ comment.body | safe }}",
        "{% autoescape off %}{{ x }}{% endautoescape %}",
        '<p style="color: red">',
        "<style>p { color: red }</style>",
        "<script>alert(1)</script>",
        '<button onclick="vote()">',
        '<a href="javascript:void(0)">',
        '{% include "comments/_vote.html" %}',
        '{% include "comments/_vote.html" with row=row %}',
    ],
)
def test_the_template_rule_notices_what_breaks_it(bad):
    assert rules.check_template("templates/blog/post.html", bad)


def test_the_template_rule_wants_partials_to_say_what_they_need():
    assert rules.check_template("templates/blog/_tags.html", "<ul></ul>")
    assert not rules.check_template("templates/blog/_tags.html", "{# needs: tags #}\n<ul></ul>")


@pytest.mark.parametrize(
    "good",
    [
        "{{ title|safe_title }}",
        "<script src=\"{% static 'js/theme.js' %}\" defer></script>",
        '<script type="application/ld+json">{}</script>',
        '{% include "blog/_tags.html" with tags=tags only %}',
        "{# never |safe here #}",
    ],
)
def test_the_template_rule_lets_the_allowed_forms_pass(good):
    assert not rules.check_template("templates/blog/post.html", good)


@pytest.mark.parametrize(
    ("path", "lines"), [("blog/x.py", 501), ("static/css/x.css", 251), ("templates/x.html", 101)]
)
def test_the_length_rule_notices_one_line_too_many(path, lines):
    assert rules.check_length(path, "x\n" * lines)
    assert not rules.check_length(path, "x\n" * (lines - 1))


@pytest.mark.parametrize(
    "bad",
    ["https://" + "py" + "pi.org/simple", "--index-url https://files.python" + "hosted.org/", "/ro" + "ot/x"],
)
def test_the_places_rule_notices_hosts_and_folders(bad):
    assert rules.check_places("README.md", f"see {bad} for more")


@pytest.mark.parametrize(
    "good",
    ["/".join(["https://example.org", "work", "in", "progress"]), "<ol start=1></root>", "teamwork/home"],
)
def test_the_places_rule_lets_ordinary_addresses_pass(good):
    assert not rules.check_places("README.md", good)
