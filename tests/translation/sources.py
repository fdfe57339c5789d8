"""What source text must keep to so that it can be translated: source in, complaints out."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.house_rules import line_at, name_of
from tests.translation.escapes import escapes_of_page, escapes_of_text

# --- Python ---------------------------------------------------------------------------------------------------

# How many messages each takes, and after how many words of context.
TRANSLATORS = {
    **dict.fromkeys(("gettext", "gettext_lazy", "gettext_noop", "_", "translated"), (1, 0)),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (2, 0)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), (1, 1)),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), (2, 1)),
}
# Places whose message is a variable: the words themselves are marked where they are written.
PASSED_ON = {
    "comments/fragments/text.py": "`translated` hands on what it is given",
    "comments/fragments/decision_buttons.py": "the labels are in a table, marked by gettext_noop",
}
POSITIONAL = re.compile(r"(?<!%)%[sdrif]|\{\}")
# Whoever makes or calls these says something to a person; the word is the first argument.
SPOKEN_BY = {
    "CommandError", "ValidationError", "PermissionDenied", "Refused", "NotAllowed", "Http404", "refused",
    "forbid_if", "refuse_if",
}  # fmt: skip
SPOKEN_AS = {
    "verbose_name", "verbose_name_plural", "help_text", "label", "help", "description", "empty_value_display",
    "search_help_text", "title", "message", "empty_label",
}  # fmt: skip
# Tools of developers, and what stands in logs: both speak English.
FOR_DEVELOPERS = ("lab/", "tests/", "manage.py", "config/")


def is_translated(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and name_of(node.func) in TRANSLATORS


def speaks(node: ast.AST) -> bool:
    return any(is_translated(each) for each in ast.walk(node))


def check_messages(path: str, source: str) -> list[str]:
    """A message is one literal text, names its placeholders if there are several, and is joined with no other."""
    complaints = []
    for node in ast.walk(ast.parse(source)):
        if is_translated(node):
            complaints += [f"{path}:{node.lineno}: {words}" for words in _faults_of(node, path)]
        if (
            isinstance(node, ast.BinOp)
            and isinstance(node.op, ast.Add)
            and (speaks(node.left) or speaks(node.right))
        ):
            complaints.append(f"{path}:{node.lineno}: a sentence is put together from pieces")
        if isinstance(node, ast.JoinedStr) and speaks(node):
            complaints.append(f"{path}:{node.lineno}: gettext looks for no messages inside an f-string")
    return complaints


def _faults_of(call: ast.Call, path: str) -> Iterator[str]:
    count, skipped = TRANSLATORS[name_of(call.func)]
    for message in call.args[skipped : skipped + count]:
        if not isinstance(message, ast.Constant):
            if path not in PASSED_ON:
                yield "a message is one literal text, or no translator ever sees it"
        elif len(POSITIONAL.findall(message.value)) > 1:
            yield "placeholders have names where there are several: other languages have another order"


def check_spoken(path: str, source: str) -> list[str]:
    """What is said to people by refusals, commands, labels and help goes through gettext."""
    if path.startswith(FOR_DEVELOPERS) or "/migrations/" in path:
        return []
    complaints = []
    for call in (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)):
        said = [*call.args[:1]] if name_of(call.func) in SPOKEN_BY or _writes_out(call) else []
        said += [word.value for word in call.keywords if word.arg in SPOKEN_AS]
        complaints += _unspoken(path, said)
    for node in ast.walk(ast.parse(source)):
        # `help = "…"` of a command.
        if isinstance(node, ast.Assign) and name_of(node.targets[0]) in SPOKEN_AS:
            complaints += _unspoken(path, [node.value])
    return complaints


def _unspoken(path: str, said: list) -> list[str]:
    return [
        f"{path}:{word.lineno}: “{_text_of(word)}” goes through gettext"
        for word in said
        if re.search(r"[A-Za-z]{2,}", _text_of(word))
    ]


def _writes_out(call: ast.Call) -> bool:
    """Whether it is `self.stdout.write(…)`."""
    function = call.func
    return (
        isinstance(function, ast.Attribute)
        and function.attr == "write"
        and name_of(function.value) in {"stdout", "stderr"}
    )


def _text_of(node: ast.AST) -> str:
    """Return the literal words of a string or an f-string, "" for everything else."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(_text_of(part) for part in node.values)
    if isinstance(node, ast.BinOp):
        return _text_of(node.left)
    return ""


# --- templates ------------------------------------------------------------------------------------------------

COMMENTS = re.compile(r"\{#.*?#\}|\{%\s*comment\b.*?\{%\s*endcomment\s*%\}", re.S)
BLOCKS = re.compile(r"\{%\s*blocktrans(?:late)?\b.*?\{%\s*endblocktrans(?:late)?\s*%\}", re.S)
# A block that Django's base template puts into an attribute.
CLASSES = re.compile(r"\{%\s*block bodyclass\s*%\}.*?\{%\s*endblock\s*%\}", re.S)
TAGS = re.compile(r"\{%.*?%\}|\{\{.*?\}\}", re.S)


def check_template_words(path: str, source: str) -> list[str]:
    """Every word of a template stands in {% translate %} or {% blocktranslate %}."""
    left = TAGS.sub("", CLASSES.sub("", BLOCKS.sub("", COMMENTS.sub("", source))))
    if not left.strip():
        return []
    found = escapes_of_text(left) if path.endswith(".txt") else escapes_of_page(f"<div>{left}</div>")
    return [f"{path}: “{words}” goes through gettext" for words in found]


# --- scripts --------------------------------------------------------------------------------------------------

# After these a slash begins a pattern; after a name or a bracket it divides.
BEFORE_PATTERN = re.compile(r"(?:^|[(,=:\[!&|?{};>]|\breturn)\s*$")
TOKEN = re.compile(r"""//[^\n]*|/\*.*?\*/|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|[`/]""", re.S)
PATTERN = re.compile(r"/(?:[^/\\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+/[a-z]*")
# Two words in a row with nothing but a space, or one that begins like a sentence.
WORDS_IN_SCRIPT = re.compile(r"[A-Za-z’]{2,}[,;:]? [A-Za-z’]+\b|[A-Z][a-z]+[ .…!?:]|^[A-Z][a-z]+$")
SELECTOR = re.compile(r"[.#:(<]")
KEYS = {"Enter", "Escape", "Tab", "Home", "End"}
# Other texts in scripts that are no words for people, and what they are.
NO_WORDS_IN_SCRIPTS = {
    "bar.js: a.next-new, a.first-new": "a selector",
    "keys.js: input, textarea, select, [contenteditable], dialog, [popover]": "a selector",
    "later.js: err offline": "classes",
    "later.js: input, textarea, select": "a selector",
    "passkey.js: The server answered ….": "an error that is caught: the form says its own words",
    "queue.js: textarea, select, [contenteditable], input:not([type=checkbox], [type=radio])": "a selector",
    "reply.js: button quote-here": "classes",
    "reply.js: cancel plain": "classes",
    "vote.js: err vote-failed": "classes",
}


def strings_of(script: str) -> Iterator[tuple[int, str]]:
    """Yield position and content of every string in a script; of templates the text between the values."""
    place = 0
    while found := TOKEN.search(script, place):
        token, place = found.group(), found.end()
        if token == "/":
            pattern = PATTERN.match(script, found.start())
            if pattern and BEFORE_PATTERN.search(script[max(0, found.start() - 40) : found.start()]):
                place = pattern.end()
        elif token == "`":
            end = _end_of_template(script, found.start())
            inner = script[found.end() : end - 1]
            yield found.start(), re.sub(r"\$\{(?:[^{}]|\{[^{}]*\})*\}", "…", inner)
            # The values have strings of their own.
            for value in re.finditer(r"\$\{((?:[^{}]|\{[^{}]*\})*)\}", inner):
                yield from (
                    (found.end() + value.start(1) + at, text) for at, text in strings_of(value.group(1))
                )
            place = end
        elif token[0] in "\"'":
            yield found.start(), token[1:-1]


def _end_of_template(script: str, start: int) -> int:
    """Return the position after the ` that ends a template."""
    depth, place = 0, start + 1
    while place < len(script):
        two = script[place : place + 2]
        if two[0] == "\\" or two == "${":
            depth += two == "${"
            place += 2
            continue
        if depth and two[0] in "{}":
            depth += 1 if two[0] == "{" else -1
        elif not depth and two[0] == "`":
            return place + 1
        elif depth and two[0] == "`":
            place = _end_of_template(script, place)
            continue
        place += 1
    return place


def check_script_words(path: str, source: str) -> list[str]:
    """Scripts say nothing of their own: their words are in the page's data attributes."""
    return [
        f"{path}:{line_at(source, at)}: “{text}” belongs in the page, where it is translated"
        for at, text in strings_of(source)
        if WORDS_IN_SCRIPT.search(text)
        and not SELECTOR.match(text)
        and text not in KEYS
        and f"{Path(path).name}: {text}" not in NO_WORDS_IN_SCRIPTS
    ]
