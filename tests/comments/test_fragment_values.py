"""Every value in an f-string of comments/fragments is escaped, a number, or one of a short list.

The HTML of comments is joined from strings, and nothing escapes what is put into them. So the test follows each value
through the package to where it comes from, by names: a name is safe when everything that is ever given it is.
"""

import ast
from collections import defaultdict
from collections.abc import Iterator, Mapping

import pytest

from tests import house_rules as rules

FOLDER = "comments/fragments/"

# What makes words fit for HTML, and what gives a number.
MAKES_SAFE = {"escape", "translated", "quote", "len", "min", "max", "int"}
# What returns what it is given, changed or put together.
PASSES_ON = {
    "ascii_html", "zip", "zip_longest", "enumerate", "sorted", "join", "rstrip", "removesuffix", "get",
    "setdefault", "format", "removeprefix", "replace", "trusted",
}  # fmt: skip
NUMBERS = {"id", "number", "rev", "score", "level", "lane", "below", "ids", "day", "year", "hour", "minute"}
# What comes from outside the package and needs no escaping, with the reason.
KNOWN = {
    "html": "a comment's text, sanitised by blog.markup when it was written",
    "text_html": "the same text, not saved yet",
    "heading": "the name of an element, from a template of ours",
    "value": "the name of a decision, from an enumeration of ours",
    "isoformat": "a moment in digits",
    "reverse": "an address of ours, in percent",
    "created": "a moment in digits, as the database writes it",
    "_classes": "words of ours that say where a comment stands",
}

Comprehension = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp
Scope = ast.FunctionDef | ast.Module | Comprehension


class Package:
    """Everything that is ever assigned to each name, attribute and parameter of some modules."""

    def __init__(self, sources: Mapping[str, str]) -> None:
        self.trees = {path: ast.parse(source) for path, source in sources.items()}
        self.functions: dict[str, list[ast.FunctionDef]] = defaultdict(list)
        self.fields: dict[str, list[str]] = {}
        self.initialisers: dict[str, list[ast.FunctionDef]] = {}
        self.given: dict[tuple[Scope | None, str], list[tuple[ast.expr, Scope]]] = defaultdict(list)
        self.calls: dict[str, list[tuple[ast.Call, Scope]]] = defaultdict(list)
        self.strings: list[tuple[str, ast.JoinedStr, Scope]] = []
        self.outer: dict[Scope, Scope] = {}
        for tree in self.trees.values():
            self._name_classes_and_functions(tree)
        for path, tree in self.trees.items():
            self._read(tree, tree, path)
        for calls in list(self.calls.values()):
            for call, scope in calls:
                self._note_arguments(call, scope)
        self.unsafe: set[tuple[Scope | None, str] | str] = set()
        self._find_unsafe()

    def _name_classes_and_functions(self, tree: ast.Module) -> None:
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef):
                self.functions[node.name].append(node)
            elif isinstance(node, ast.ClassDef):
                of = [part.target.id for part in node.body if isinstance(part, ast.AnnAssign)]
                self.fields[node.name] = of
                for part in node.body:
                    if isinstance(part, ast.Assign):
                        self.given[None, rules.name_of(part.targets[0])].append((part.value, tree))
                self.initialisers[node.name] = [
                    part
                    for part in node.body
                    if isinstance(part, ast.FunctionDef) and part.name == "__init__"
                ]

    def _read(self, node: ast.AST, scope: Scope, path: str) -> None:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.JoinedStr):
                self.strings.append((path, child, scope))
            elif isinstance(child, ast.Call):
                self._read_call(child, scope)
            elif isinstance(child, ast.Assign):
                for target in child.targets:
                    self._note(target, child.value, scope)
            elif isinstance(child, ast.AnnAssign | ast.AugAssign | ast.NamedExpr) and child.value:
                self._note(child.target, child.value, scope)
            elif isinstance(child, ast.For | ast.comprehension):
                self._note(child.target, child.iter, scope)
            if isinstance(child, ast.FunctionDef | Comprehension):
                self.outer[child] = scope
                self._read(child, child, path)
            else:
                self._read(child, scope, path)

    def _note(self, target: ast.expr, value: ast.expr, scope: Scope) -> None:
        if isinstance(target, ast.Tuple):
            values = value.elts if isinstance(value, ast.Tuple) else [value] * len(target.elts)
            for part, of in zip(target.elts, values, strict=False):
                self._note(part, of, scope)
        elif isinstance(target, ast.Subscript):
            self._note(target.value, value, scope)
        elif isinstance(target, ast.Attribute):
            self.given[None, target.attr].append((value, scope))
        elif isinstance(target, ast.Name):
            self.given[scope, target.id].append((value, scope))

    def _read_call(self, call: ast.Call, scope: Scope) -> None:
        name = rules.name_of(call.func)
        self.calls[name].append((call, scope))
        if isinstance(call.func, ast.Attribute) and name in {"append", "setdefault", "add"}:
            self._note(call.func.value, call.args[-1], scope)

    def _note_arguments(self, call: ast.Call, scope: Scope) -> None:
        """Record what a call passes to the parameters of a function, or the fields of a class, of the package."""
        name = rules.name_of(call.func)
        if name in self.fields:
            for field, value in zip(self.fields[name], call.args, strict=False):
                self.given[None, field].append((value, scope))
            for keyword in call.keywords:
                if keyword.arg:
                    self.given[None, keyword.arg].append((keyword.value, scope))
                elif isinstance(keyword.value, ast.DictComp):
                    for field in self.fields[name]:
                        self.given[None, field].append((keyword.value.value, keyword.value))
        for function in [*self.functions.get(name, []), *self.initialisers.get(name, [])]:
            parameters = [argument.arg for argument in function.args.args if argument.arg != "self"]
            for parameter, value in zip(parameters, call.args, strict=False):
                self.given[function, parameter].append((value, scope))
            for keyword in call.keywords:
                if keyword.arg:
                    self.given[function, keyword.arg].append((keyword.value, scope))

    # --- what is safe ---

    def _find_unsafe(self) -> None:
        """Assume that everything is safe, then remove what gets an unsafe value, until nothing changes."""
        found = True
        while found:
            found = {
                key
                for key, given in self.given.items()
                if key not in self.unsafe and not all(self.is_safe(value, scope) for value, scope in given)
            }
            found |= {
                name
                for name, functions in self.functions.items()
                if name not in self.unsafe and not all(map(self._returns_safe, functions))
            }
            self.unsafe |= found

    def _returns_safe(self, function: ast.FunctionDef) -> bool:
        results = [
            node.value
            for node in ast.walk(function)
            if isinstance(node, ast.Return | ast.Yield) and node.value
        ]
        return bool(results) and all(self.is_safe(value, function) for value in results)

    def complaints(self) -> list[str]:
        return [
            f"{path}:{part.lineno}: {ast.unparse(part.value)} may hold what somebody typed"
            for path, string, scope in self.strings
            for part in string.values
            if isinstance(part, ast.FormattedValue) and not self.is_safe(part.value, scope)
        ]

    def is_safe(self, node: ast.expr, scope: Scope) -> bool:
        parts = list(self._parts(node))
        if isinstance(node, ast.Constant | ast.Compare):
            return True
        if isinstance(node, ast.Name):
            return self._is_name_safe(node.id, scope)
        if isinstance(node, ast.Attribute):
            return node.attr in NUMBERS or node.attr in KNOWN or self._are_safe((None, node.attr))
        if isinstance(node, ast.Call):
            return self._is_call_safe(node, scope)
        if isinstance(node, Comprehension):
            return self.is_safe(node.value if isinstance(node, ast.DictComp) else node.elt, node)
        return bool(parts) and all(self.is_safe(part, scope) for part in parts)

    def _parts(self, node: ast.expr) -> Iterator[ast.expr]:
        """Yield the parts that must all be safe for the whole to be safe."""
        match node:
            case ast.IfExp():
                yield from (node.body, node.orelse)
            case ast.BoolOp():
                yield from node.values
            case ast.BinOp():
                # Some words so many times, or one with another.
                yield from (node.left,) if isinstance(node.op, ast.Mult) else (node.left, node.right)
            case ast.JoinedStr():
                # Each of its values is asked for by itself.
                yield ast.Constant("")
            case ast.Tuple() | ast.List() | ast.Set():
                yield from (node.elts or [ast.Constant("")])
            case ast.Dict():
                yield from (node.values or [ast.Constant("")])
            case ast.Subscript() | ast.Starred():
                yield node.value

    def _is_name_safe(self, name: str, scope: Scope) -> bool:
        if name in KNOWN:
            return True
        if isinstance(scope, ast.FunctionDef):
            arguments = {argument.arg: argument for argument in [*scope.args.args, *scope.args.kwonlyargs]}
            if name in arguments:
                kind = arguments[name].annotation
                return (kind is not None and ast.unparse(kind) in {"int", "bool"}) or self._are_safe(
                    (scope, name)
                )
        if (scope, name) in self.given:
            return self._are_safe((scope, name))
        return scope in self.outer and self._is_name_safe(name, self.outer[scope])

    def _are_safe(self, key: tuple[Scope | None, str]) -> bool:
        """Whether all values ever assigned to a name are safe; a name without any is not."""
        return key in self.given and key not in self.unsafe

    def _is_call_safe(self, call: ast.Call, scope: Scope) -> bool:
        name = rules.name_of(call.func)
        if (name in MAKES_SAFE and name not in self.functions) or name in KNOWN:
            return True
        if name in PASSES_ON:
            values = list(call.args[1:] if name in {"get", "setdefault"} else call.args)
            if isinstance(call.func, ast.Attribute) and name != "setdefault":
                values.append(call.func.value)
            return all(self.is_safe(value, scope) for value in values)
        if name == "map":
            return self._is_result_safe(rules.name_of(call.args[0]))
        if name == "getattr":
            # By the names that a loop goes through.
            return self.is_safe(call.args[1], scope) and all(
                self._are_safe((None, value.value))
                for given, _scope in self.given.get((scope, rules.name_of(call.args[1])), [])
                for value in ast.walk(given)
                if isinstance(value, ast.Constant)
            )
        if isinstance(call.func, ast.Name) and (scope, name) in self.given:
            # Another name for a function.
            return all(self._is_result_safe(rules.name_of(value)) for value, _of in self.given[scope, name])
        return self._is_result_safe(name)

    def _is_result_safe(self, name: str) -> bool:
        """Whether all functions of this name in the package return safe values."""
        return bool(self.functions.get(name)) and name not in self.unsafe


def fragments() -> dict[str, str]:
    return {path: rules.read(path) for path in rules.python_files() if path.startswith(FOLDER)}


def test_every_value_in_an_f_string_is_escaped_a_number_or_known():
    package = Package(fragments())
    assert len(package.strings) > 50
    assert package.complaints() == []


# What somebody types, put into a page in the ways in which that could come about.
VIOLATIONS = [
    "def f(row): return f'<b>{row.guest_name}</b>'",
    "def f(row):\n    name = row.guest_name\n    return f'<b>{name}</b>'",
    "def f(row):\n    name = escape(row.website) if row.website else row.guest_name\n    return f'<b>{name}</b>'",
    "def f(name): return f'<b>{name}</b>'",
    "def f(row): return g(row.guest_name)\ndef g(name: str): return f'<b>{name}</b>'",
    "def f(row): return f'<b>{g(row)}</b>'\ndef g(row): return row.guest_name",
    "def f(row): return f'<b>{gettext(row.reason)}</b>'",
    'def f(row): return f\'<b>{translated("By %(name)s") % {"name": row.guest_name}}</b>\'',
    'def f(row): return f\'<b>{", ".join([row.guest_name, "x"])}</b>\'',
    "def f(row):\n    parts = []\n    parts.append(row.guest_name)\n    return f'<b>{\"\".join(parts)}</b>'",
    "class C:\n    def __init__(self, row): self.who = row.guest_name\n    def f(self): return f'<b>{self.who}</b>'",
    "class W(NamedTuple):\n    who: str\ndef f(row): return W(who=row.guest_name)\ndef g(w): return f'<b>{w.who}</b>'",
    "def f(row): return f'<b>{ascii_html(row.guest_name)}</b>'",
    "def f(row):\n    for name in [row.guest_name]:\n        yield f'<b>{name}</b>'",
]


@pytest.mark.parametrize("source", VIOLATIONS)
def test_what_somebody_typed_is_noticed(source):
    assert Package({f"{FOLDER}x.py": source}).complaints()


@pytest.mark.parametrize("source", [source for source in VIOLATIONS if "row.guest_name" in source])
def test_the_same_is_let_pass_when_it_is_escaped(source):
    escaped = source.replace("row.guest_name", "escape(row.guest_name)")
    assert Package({f"{FOLDER}x.py": escaped}).complaints() == []


def test_an_escape_that_is_taken_out_of_our_own_code_is_noticed():
    """Every call of escape() in the package is needed: without any one of them the check complains."""
    sources = fragments()
    places = [
        (path, call.lineno, call.col_offset)
        for path, source in sources.items()
        for call in escapes(ast.parse(source))
    ]
    assert len(places) > 10
    unnoticed = [
        (path, *place)
        for path, *place in places
        if not Package(sources | {path: without_escape(sources[path], *place)}).complaints()
    ]
    assert unnoticed == []


def escapes(tree: ast.AST) -> list[ast.Call]:
    return [
        node for node in ast.walk(tree) if isinstance(node, ast.Call) and rules.name_of(node.func) == "escape"
    ]


def without_escape(source: str, line: int, column: int) -> str:
    """Return the source with only the argument where this call of escape() was."""
    tree = ast.parse(source)
    for call in escapes(tree):
        if (call.lineno, call.col_offset) == (line, column):
            call.func = ast.Name("unchanged")
    return ast.unparse(tree)
