"""The house rules on journeys, plain functions as in tests/house_rules.py: they wait for states, never for times."""

import ast
from collections.abc import Iterator

from tests.house_rules import calls_of, name_of

# The one module that may wait for a time, because it waits in turns until it reads what is wanted.
WAITS = "tests/journeys/waiting.py"
# What these give is true at one moment only; `expect` and `expect_soon` look again.
READS = {
    "count", "inner_text", "inner_html", "text_content", "input_value", "get_attribute", "all_inner_texts",
    "all_text_contents", "is_visible", "is_hidden", "is_checked", "is_enabled", "is_disabled", "is_editable",
}  # fmt: skip
PRESSES = {"click", "dblclick", "press", "tap"}
LEAVES = {"goto", "reload", "go_back", "close"}


def check_journeys_wait_for_states(path: str, source: str) -> list[str]:
    """A journey waits for no time, reads nothing once, lets every press be answered, and routes scripts first."""
    if not path.startswith("tests/journeys/") or path == WAITS:
        return []
    tree = ast.parse(source)
    complaints = [
        *_waits_for_times(tree),
        *_reads_once(tree),
        *_leaves_before_the_answer(tree),
        *_routes_too_late(tree),
    ]
    return [f"{path}:{line}: {complaint}" for line, complaint in complaints]


def _waits_for_times(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for call in calls_of(tree):
        if name_of(call.func) in {"wait_for_timeout", "sleep"}:
            yield call.lineno, "waits for a time; wait for what shows, with expect or expect_soon"
        if any(isinstance(word, ast.Constant) and word.value == "networkidle" for word in _words_of(call)):
            yield call.lineno, "a network that is idle may be idle too early; wait for what it brought"


def _words_of(call: ast.Call) -> list[ast.expr]:
    return [*call.args, *(keyword.value for keyword in call.keywords)]


def _reads_once(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Assert):
            continue
        for call in calls_of(node.test):
            # "ab".count("a") has a word to look for.
            if name_of(call.func) in READS and not (name_of(call.func) == "count" and call.args):
                yield call.lineno, f"asserts .{name_of(call.func)}() as it is at one moment; use expect"


def _leaves_before_the_answer(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        statements = getattr(node, "body", None)
        if not isinstance(statements, list):
            continue
        for before, after in zip(statements, statements[1:], strict=False):
            if _called_in(before) in PRESSES and _called_in(after) in LEAVES:
                yield after.lineno, "leaves before the press is answered; expect what it does first"


def _called_in(statement: ast.stmt) -> str:
    """Return what a statement calls, if it does nothing else."""
    is_call = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call)
    return name_of(statement.value.func) if is_call else ""


def _routes_too_late(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for function in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)):
        opened = min(
            (call.lineno for call in calls_of(function) if name_of(call.func) == "goto"), default=None
        )
        for call in calls_of(function):
            if (
                opened
                and call.lineno > opened
                and name_of(call.func) in {"route", "Slow"}
                and _is_of_files(call)
            ):
                yield call.lineno, "routes a file that may have been fetched already; route it before goto"


def _is_of_files(call: ast.Call) -> bool:
    texts = [node.value for node in ast.walk(call) if isinstance(node, ast.Constant)]
    return any(isinstance(text, str) and ("/js/" in text or "/css/" in text) for text in texts)
