"""Words are written so that they can be translated: whole, named, and where gettext finds them."""

import pytest

from tests.house_rules import files, python_files, read
from tests.translation.sources import (
    NO_WORDS_IN_SCRIPTS,
    PASSED_ON,
    check_messages,
    check_script_words,
    check_spoken,
    check_template_words,
)


def python_of_the_site():
    return [path for path in python_files() if not path.startswith("tests/")]


def complaints(check, paths):
    return [words for path in paths for words in check(path, read(path))]


def test_messages_are_whole_and_their_placeholders_have_names():
    assert complaints(check_messages, python_of_the_site()) == []


def test_what_is_said_to_people_goes_through_gettext():
    assert complaints(check_spoken, python_of_the_site()) == []


def test_every_word_of_a_template_goes_through_gettext():
    templates = [path for path in files(".html", ".txt", ".xml") if path.startswith("templates/")]
    assert len(templates) > 150
    assert complaints(check_template_words, templates) == []


def test_scripts_say_nothing_that_the_page_does_not_give_them():
    scripts = [path for path in files(".js") if path.startswith("static/")]
    assert len(scripts) > 20
    assert complaints(check_script_words, scripts) == []


@pytest.mark.parametrize("exception", NO_WORDS_IN_SCRIPTS)
def test_every_exception_of_scripts_is_needed(exception):
    name, _colon, text = exception.partition(": ")
    assert check_script_words("other.js", f'const words = "{text}";') or "…" in text
    assert text.split("…")[0] in read(f"static/js/{name}")


@pytest.mark.parametrize("path", PASSED_ON)
def test_every_exception_of_messages_is_needed(path):
    assert check_messages("other.py", read(path))


@pytest.mark.parametrize(
    "source",
    [
        'gettext(f"Hello {name}")',
        'gettext("Hello " + name)',
        'gettext("Hello {}".format(name))',
        "gettext(words)",
        "f'<b>{translated(\"New\")}</b>'",
        "translated(label)",
        'pgettext("clock", form)',
        'ngettext("one", f"{n}", n)',
        'gettext("%s of %s") % (a, b)',
        'ngettext("%d of %s", "%d of %s", n)',
        'gettext("By ") + name',
        'words = name + gettext(" wrote") % {}',
    ],
)
def test_a_broken_message_is_noticed(source):
    assert check_messages("blog/x.py", source)


def test_a_whole_message_is_not():
    source = 'gettext("%(a)s of %(b)s, 100%%"), ngettext("%d post", "%d posts", n), pgettext("moment", "j F")'
    assert check_messages("blog/x.py", source) == []


@pytest.mark.parametrize(
    "source",
    [
        'raise ValidationError("Too long.")',
        'raise CommandError(f"{path} is missing.")',
        'self.stdout.write(f"{count} comments")',
        'forms.CharField(label="Name")',
        'parser.add_argument("--all", help="whatever their version")',
        'class Command:\n    help = "Do it."',
        'TextField(verbose_name="text", help_text=_("Any."))',
    ],
)
def test_words_that_are_said_without_gettext_are_noticed(source):
    assert check_spoken("blog/x.py", source)
    assert check_spoken("blog/x.py", 'raise ValidationError(_("Too long."), code="long")') == []


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("a.html", '<p>{% translate "Hello" %} there</p>'),
        ("a.html", '<input placeholder="Search">'),
        ("a.html", '<button aria-label="Close {{ name }}">×</button>'),
        ("a.html", '<img alt="A map">'),
        ("a.html", '<input type="submit" value="Send">'),
        ("a.html", '<p data-failed="Try again in a moment.">{{ words }}</p>'),
        ("a.html", "<title>{% block title %}Page{% endblock %}</title>"),
        ("a.txt", '{% translate "Hello" %}, {{ name }}: welcome.'),
    ],
)
def test_a_bare_word_of_a_template_is_noticed(path, source):
    assert check_template_words(path, source)


def test_what_is_translated_in_a_template_is_not():
    source = "<p title=\"{% translate 'A' %}\">{# words #}{% blocktranslate %}Hello {{ x }}{% endblocktranslate %}</p>"
    assert check_template_words("a.html", source) == []


@pytest.mark.parametrize(
    "source",
    [
        'button.textContent = "Try again";',
        "line.title = 'Saved';",
        "say(`${count} new comments`);",
        'say(`${open ? `at ${time}` : "Draft kept"}`);',
        'const words = /"/.test(x) ? "Not saved." : "";',
        'const half = all / 2; say("Could not save"); const rest = all / 2;',
    ],
)
def test_a_sentence_in_a_script_is_noticed(source):
    assert check_script_words("x.js", source)


def test_selectors_and_keys_in_a_script_are_not():
    source = 'query(".thread > li"); key === "Escape"; // Say why.\nconst form = /a "b c" d/; /* Not "this one". */'
    assert check_script_words("x.js", source) == []
