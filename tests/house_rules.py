"""The house rules as plain functions: source text in, complaints out; test_architecture.py applies and proves them."""

import ast
import re
import subprocess
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

# Lowest first: a room imports only itself and those before it.
ROOMS = ("web", "accounts", "blog", "comments", "exchange", "config", "lab")

# Floors of a room, lowest first. A module not named here stands as high as the highest it imports, TOP excepted.
MARKUP, BASE, MIDDLE, TOP = range(4)
FLOORS = {
    "markup": MARKUP,
    **dict.fromkeys(("permissions", "tree", "models"), BASE),
    **dict.fromkeys(("forms", "actions", "thread", "search", "notify", "page_versions"), MIDDLE),
    **dict.fromkeys(("views", "urls", "admin", "feeds", "templatetags", "management", "apps"), TOP),
}

MPTT_MACHINERY = {
    "_mptt_meta", "_tree_manager", "_create_tree_space", "_get_next_tree_id", "_mptt_saved", "insert_node",
    "move_node", "partial_rebuild", "recursetree", "delay_mptt_updates", "disable_mptt_updates",
}  # fmt: skip
WRITES = {"save", "create", "get_or_create", "update_or_create", "bulk_create", "bulk_update", "delete"}
NOT_ROWS = {"cache", "session", "storage", "form", "formset", "self", "super", "log"}
RELATIONS = {"ForeignKey", "OneToOneField", "ManyToManyField", "TreeForeignKey", "get_model", "import_module"}


# --- reading Python -------------------------------------------------------------------------------------------


def module_name(path: str) -> str:
    """`blog/views/__init__.py` → `blog.views`."""
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


@cache
def nodes_of(tree: ast.AST) -> tuple[ast.AST, ...]:
    """Return everything in a syntax tree, walked through once for all rules."""
    return tuple(ast.walk(tree))


@cache
def imports_of(tree: ast.AST, path: str) -> tuple[tuple[int, str], ...]:
    """Return line and dotted name of everything a module imports; `from a import b` gives `a.b`."""
    package = module_name(path) if path.endswith("__init__.py") else module_name(path).rpartition(".")[0]
    found: list[tuple[int, str]] = []
    for node in nodes_of(tree):
        if isinstance(node, ast.Import):
            found += [(node.lineno, alias.name) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                parents = package.split(".")[: len(package.split(".")) - node.level + 1]
                base = ".".join([*parents, base]).rstrip(".")
            found += [(node.lineno, f"{base}.{alias.name}") for alias in node.names]
    return tuple(found)


def model_strings_of(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield the models and modules that are named by a string: `ForeignKey("comments.Comment")`."""
    for node in nodes_of(tree):
        if not isinstance(node, ast.Call) or name_of(node.func) not in RELATIONS:
            continue
        for value in [*node.args, *(keyword.value for keyword in node.keywords if keyword.arg == "to")]:
            if isinstance(value, ast.Constant) and isinstance(value.value, str):
                yield node.lineno, value.value


def name_of(node: ast.AST) -> str:
    """The last word of a name: `a.b.c` → `c`."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def room_of(dotted: str) -> str:
    return dotted.partition(".")[0]


def noun_of(dotted: str) -> str:
    """The part of a room that a module belongs to: `blog.views.reading` → `blog.views`."""
    return ".".join(dotted.split(".")[:2])


def floors_of(sources: dict[str, str]) -> dict[str, int]:
    """Return the floor of every noun of every room: the named ones as named, the others by what they import."""
    floors: dict[str, int] = {}
    needs: dict[str, set[str]] = {}
    for path, source in sources.items():
        noun = noun_of(module_name(path))
        if room_of(noun) in ROOMS:
            floors[noun] = FLOORS.get(noun.partition(".")[2], MARKUP)
            imported = {noun_of(name) for _line, name in imports_of(tree_of(source), path)}
            needs.setdefault(noun, set()).update(name for name in imported if room_of(name) == room_of(noun))
    for _round in floors:
        for noun in floors:
            if noun.partition(".")[2] not in FLOORS:
                highest = max((floor_of(name, floors) for name in needs[noun]), default=MARKUP)
                floors[noun] = min(highest, MIDDLE)
    return floors


def floor_of(dotted: str, floors: dict[str, int]) -> int:
    noun = noun_of(dotted)
    return floors.get(noun, FLOORS.get(noun.partition(".")[2], MARKUP))


def calls_of(tree: ast.AST) -> Iterator[ast.Call]:
    return (node for node in nodes_of(tree) if isinstance(node, ast.Call))


# --- rules on Python ------------------------------------------------------------------------------------------


def check_rooms(path: str, source: str) -> list[str]:
    """Imports, and models named by strings, go down only."""
    here = room_of(module_name(path))
    if here not in ROOMS:
        return []
    tree = tree_of(source)
    above = set(ROOMS[ROOMS.index(here) + 1 :])
    return [
        f"{path}:{line}: {here} must not know {name}"
        for line, name in [*imports_of(tree, path), *model_strings_of(tree)]
        if room_of(name) in above
    ]


def check_floors(path: str, source: str, floors: dict[str, int]) -> list[str]:
    """Inside a room: views, admin, feeds … → forms, actions, page builders → permissions, tree, models → markup."""
    here = module_name(path)
    if room_of(here) not in ROOMS or "/migrations/" in path:
        return []
    return [
        f"{path}:{line}: {here} must not import {name}, which stands above it"
        for line, name in imports_of(tree_of(source), path)
        if room_of(name) == room_of(here) and floor_of(name, floors) > floor_of(here, floors)
    ]


def check_doors_to_views_and_admin(path: str, source: str) -> list[str]:
    """Only urls imports views; nobody imports admin, but for what all of it has in common (web.admin)."""
    here = module_name(path)
    if room_of(here) not in ROOMS:
        return []
    complaints = []
    for line, name in imports_of(tree_of(source), path):
        words = name.split(".")
        if words[0] not in ROOMS or here.split(".")[:2] == words[:2]:
            continue
        if words[1:2] == ["views"] and here.split(".")[-1] != "urls":
            complaints.append(f"{path}:{line}: only urls imports views")
        if words[1:2] == ["admin"] and words[0] != "web":
            complaints.append(f"{path}:{line}: nobody imports admin")
    return complaints


def check_html_door(path: str, source: str) -> list[str]:
    """Only blog.markup imports the sanitisers or makes a string trusted; format_html takes a literal, in few places."""
    here = module_name(path)
    if here == "blog.markup" or here.startswith("blog.markup."):
        return []
    tree = tree_of(source)
    complaints = [
        f"{path}:{line}: {name} belongs in blog/markup.py"
        for line, name in imports_of(tree, path)
        if room_of(name) in {"bleach", "nh3"} or name.endswith(".mark_safe")
    ]
    for call in calls_of(tree):
        name = name_of(call.func)
        if name in {"mark_safe", "SafeString", "SafeText"}:
            complaints.append(f"{path}:{call.lineno}: {name}() belongs in blog/markup.py")
        if name in {"format_html", "format_html_join"}:
            complaints += _check_format_html(path, call, here)
    return complaints


def _check_format_html(path: str, call: ast.Call, here: str) -> list[str]:
    """format_html escapes what it is given, so the admin and template tags may use it, on a literal form."""
    if not {"admin", "admin_site", "templatetags"} & set(here.split(".")):
        return [f"{path}:{call.lineno}: format_html() is for the admin and template tags"]
    forms = [argument for argument in call.args[:2] if isinstance(argument, ast.Constant)]
    return [] if forms else [f"{path}:{call.lineno}: format_html() needs a literal text"]


def check_tree_door(path: str, source: str) -> list[str]:
    """Only comments/models and comments/tree touch MPTT's machinery (and migrations, which name its columns)."""
    here = module_name(path)
    if here.startswith(("comments.models", "comments.tree")) or "/migrations/" in path:
        return []
    tree = tree_of(source)
    complaints = [
        f"{path}:{line}: {name} belongs in comments/tree.py"
        for line, name in imports_of(tree, path)
        # Its errors may be caught anywhere; its machinery may not be touched.
        if room_of(name) == "mptt" and not name.startswith("mptt.exceptions.")
    ]
    return complaints + [
        f"{path}:{node.lineno}: {name_of(node)} belongs in comments/tree.py"
        for node in nodes_of(tree)
        if isinstance(node, ast.Attribute) and node.attr in MPTT_MACHINERY
    ]


def check_environment_door(path: str, source: str) -> list[str]:
    """Only config/settings.py reads the environment; manage.py and wsgi.py may only name the settings module."""
    if path == "config/settings.py":
        return []
    tree = tree_of(source)
    allowed = {id(node.func.value) for node in calls_of(tree) if _names_settings_module(node)}
    complaints = [
        f"{path}:{line}: {name} belongs in config/settings.py"
        for line, name in imports_of(tree, path)
        if room_of(name) == "environ" or name in {"os.environ", "os.getenv"}
    ]
    return complaints + [
        f"{path}:{node.lineno}: os.{node.attr} belongs in config/settings.py"
        for node in nodes_of(tree)
        if isinstance(node, ast.Attribute)
        and node.attr in {"environ", "getenv"}
        and name_of(node.value) == "os"
        and id(node) not in allowed
    ]


def _names_settings_module(call: ast.Call) -> bool:
    return (
        isinstance(call.func, ast.Attribute)
        and call.func.attr == "setdefault"
        and bool(call.args)
        and isinstance(call.args[0], ast.Constant)
        and call.args[0].value == "DJANGO_SETTINGS_MODULE"
    )


def check_slug_door(path: str, source: str) -> list[str]:
    """Only accounts/spelling.py makes parts of addresses: Django's slugify leaves out marks, which are letters."""
    # Anchors in a text are made of ASCII alone.
    if path == "blog/markup/post.py":
        return []
    tree = tree_of(source)
    complaints = [
        f"{path}:{line}: slugify belongs in accounts/spelling.py"
        for line, name in imports_of(tree, path)
        if name == "django.utils.text.slugify"
    ]
    return complaints + [
        f"{path}:{call.lineno}: a SlugField comes from accounts/fields.py, where marks are letters"
        for call in calls_of(tree)
        if "/migrations/" not in path
        and isinstance(call.func, ast.Attribute)
        and call.func.attr == "SlugField"
        and name_of(call.func.value) in {"models", "forms"}
    ]


def check_writes(path: str, source: str) -> list[str]:
    """Views, feeds, template tags, permissions and page builders write no rows: that is what actions are for."""
    words = module_name(path).split(".")
    if room_of(module_name(path)) not in ROOMS or not {
        "views",
        "feeds",
        "templatetags",
        "permissions",
        "thread",
        "fragments",
        "discussion",
        "moderation",
        "revisions",
        "lists",
    } & set(words[1:2]):
        return []
    return [
        f"{path}:{call.lineno}: .{call.func.attr}() is a write; it belongs in actions"
        for call in calls_of(tree_of(source))
        if isinstance(call.func, ast.Attribute)
        and call.func.attr in WRITES
        and not _writes_no_row(call.func.value)
    ]


def check_template_tags(path: str, source: str) -> list[str]:
    """Template tags print what they are given: what acts, or builds a discussion, is called by a view."""
    if module_name(path).split(".")[1:2] != ["templatetags"]:
        return []
    return [
        f"{path}:{line}: a template tag imports {name}"
        for line, name in imports_of(tree_of(source), path)
        if "actions" in name.split(".") or name.startswith("comments.discussion")
    ]


def _writes_no_row(receiver: ast.AST) -> bool:
    while isinstance(receiver, ast.Call):
        receiver = receiver.func
    return name_of(receiver) in NOT_ROWS


def check_actions_and_permissions(path: str, source: str) -> list[str]:
    """Actions never see a request; permissions never query."""
    words = module_name(path).split(".")
    tree = tree_of(source)
    complaints = []
    if words[0] in ROOMS and words[1:2] == ["actions"]:
        complaints += [
            f"{path}:{node.lineno}: actions never see a request"
            for node in nodes_of(tree)
            if isinstance(node, ast.arg) and node.arg == "request"
        ]
    if words[0] in ROOMS and words[1:2] == ["permissions"]:
        complaints += [
            f"{path}:{node.lineno}: permissions never query"
            for node in nodes_of(tree)
            if isinstance(node, ast.Attribute)
            and node.attr in {"objects", "filter", "exists", "count", "get_queryset"}
        ]
    return complaints


def check_opening(path: str, source: str) -> list[str]:
    """Every module with something in it opens with a sentence that says what it is for."""
    tree = tree_of(source)
    if not tree.body or "/migrations/" in path or ast.get_docstring(tree):
        return []
    return [f"{path}:1: a module opens with a sentence that says what it is for"]


def check_tests_are_collected(path: str, source: str, paths: Iterable[str]) -> list[str]:
    """A file with tests is named test_…, and its folder is a package."""
    if not path.startswith("tests/"):
        return []
    name = path.rpartition("/")[2]
    tests = [
        node.name
        for node in tree_of(source).body
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name.lower().startswith("test_")
    ]
    if tests and not name.startswith("test_"):
        return [f"{path}: {tests[0]} is never run; name the file test_…"]
    folder = path.rpartition("/")[0]
    if name.startswith("test_") and f"{folder}/__init__.py" not in set(paths):
        return [f"{path}: {folder} has no __init__.py"]
    return []


# --- rules on templates and text ------------------------------------------------------------------------------

TEMPLATE_RULES = (
    (re.compile(r"\|\s*safe(seq)?\b"), "|safe: stored HTML comes through blog.markup.trusted"),
    (re.compile(r"\{%-?\s*autoescape\s+off"), "autoescape off"),
    (re.compile(r"<[a-z][^>]*\sstyle\s*=", re.I), "an inline style; the CSP refuses it"),
    (re.compile(r"<style\b", re.I), "an inline style sheet; the CSP refuses it"),
    (re.compile(r"<[a-z][^>]*\son[a-z]+\s*=", re.I), "an inline event handler; the CSP refuses it"),
    (re.compile(r"""\b(?:href|action|src)\s*=\s*["']?\s*javascript:""", re.I), "a javascript: address"),
    (re.compile(r"\brecursetree\b"), "recursetree fails past 400 levels"),
)
SCRIPT = re.compile(r"<script\b([^>]*)>", re.I)
INCLUDE = re.compile(r"\{%\s*include\s+([^%]*)%\}")
COMMENT = re.compile(r"\{#.*?#\}|\{%\s*comment\b.*?\{%\s*endcomment\s*%\}", re.S)


def check_template(path: str, source: str) -> list[str]:
    """No way round the sanitiser or the CSP; partials say what they need and get nothing else."""
    code = COMMENT.sub(lambda match: "\n" * match.group().count("\n"), source)
    complaints = []
    for pattern, why in TEMPLATE_RULES:
        complaints += [f"{path}:{line_at(code, found.start())}: {why}" for found in pattern.finditer(code)]
    for found in SCRIPT.finditer(code):
        if not re.search(r"\bsrc\s*=|application/(ld\+)?json", found.group(1)):
            complaints.append(
                f"{path}:{line_at(code, found.start())}: a script without src; the CSP refuses it"
            )
    for found in INCLUDE.finditer(code):
        if found.group(1).split()[-1] != "only":
            complaints.append(f"{path}:{line_at(code, found.start())}: an include without `only`")
    # Our own partials; Django's admin names its templates as it likes.
    if path.rpartition("/")[2].startswith("_") and not source.startswith("{# needs:"):
        complaints.append(f"{path}:1: a partial opens with {{# needs: … #}}")
    return complaints


def line_at(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1


# Most lines a file may have, by its ending; longer ones become a package, one file per noun.
LONGEST = {".py": 500, ".css": 250, ".js": 250, ".html": 100}


def check_length(path: str, source: str) -> list[str]:
    longest = LONGEST.get(Path(path).suffix)
    lines = source.count("\n")
    if longest is None or lines <= longest or "/migrations/" in path:
        return []
    return [f"{path}: {lines} lines; {longest} are enough, so split it by noun"]


# Put together from halves, so that this file does not name what it looks for.
PLACES = re.compile(
    "|".join(
        [
            r"\b(?:test\.)?" + "py" + r"pi\.(?:org|python\.org)",
            "python" + r"hosted\.org",
            "registry" + r"\.(?:npmjs|yarnpkg)\.",
            r"(?:deb|security)\." + r"debian\.org",
            r"(?<![\w./:-])/(?:" + "work" + r"|" + "root" + r"|home/[a-z]+)/",
        ]
    )
)


def check_places(path: str, source: str) -> list[str]:
    """No file names a package registry's host or a folder of somebody's machine."""
    return [
        f"{path}:{line_at(source, found.start())}: names {found.group()}" for found in PLACES.finditer(source)
    ]


# --- which files ----------------------------------------------------------------------------------------------


def project_files() -> list[str]:
    """The files git would commit, or, in an unpacked archive without git, all that are not made by running."""
    found = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if found.returncode == 0:
        return sorted(path for path in set(found.stdout.splitlines()) if (ROOT / path).is_file())
    made = {"var", ".venv", ".git", "__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache"}
    relative = (path.relative_to(ROOT) for path in ROOT.rglob("*") if path.is_file())
    return sorted(path.as_posix() for path in relative if not made & set(path.parts))


_files: list[str] = []


def files(*endings: str) -> list[str]:
    """Paths of the project's files with one of these endings, or of all; listed once per run."""
    if not _files:
        _files.extend(project_files())
    return [path for path in _files if not endings or path.endswith(endings)]


@cache
def tree_of(source: str) -> ast.Module:
    """Return the syntax tree of a file, parsed once for all rules; none of them changes it."""
    return ast.parse(source)


@cache
def python_files() -> tuple[str, ...]:
    return tuple(files(".py"))


def read(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8", errors="replace")
