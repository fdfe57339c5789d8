"""Finds imports that run in a circle, between modules and between the rooms of one package; types count as well.

Source text in, complaints out, as in house_rules.py; test_import_circles.py applies and proves it.
"""

import ast
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping

from tests.house_rules import imports_of, module_name


def check_no_circles(sources: Mapping[str, str], package: str) -> list[str]:
    """Return a sentence for each circle in the imports of `package`, by module and by room; `sources` are by path.

    A room is what stands directly in the package: a module, or a folder. A module in another folder is imported
    together with that folder's `__init__`, so that counts as imported too.
    """
    ours = {
        path: source for path, source in sources.items() if f"{module_name(path)}.".startswith(f"{package}.")
    }
    imported = list(_imports(ours))
    return [
        f"{package}: {' → '.join([*circle, circle[0]])} import each other"
        for name in (_module, _room(package))
        for circle in _circles(imported, name)
    ]


def _module(dotted: str) -> str:
    return dotted


def _room(package: str) -> Callable[[str], str]:
    depth = package.count(".") + 2
    return lambda dotted: ".".join(dotted.split(".")[:depth])


def _imports(sources: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield (module, module it imports) among these sources."""
    known = {module_name(path) for path in sources}
    for path, source in sources.items():
        here = module_name(path)
        for _line, name in imports_of(ast.parse(source), path):
            # `from a import b` may name a module or something in it.
            target = name if name in known else name.rpartition(".")[0]
            if target in known and target != here:
                yield from ((here, each) for each in _with_folders(target, known, here))


def _with_folders(target: str, known: set[str], here: str) -> Iterator[str]:
    """Yield a module and the folders above it, except those that the importing module stands in itself."""
    words = target.split(".")
    for length in range(1, len(words) + 1):
        name = ".".join(words[:length])
        if name in known and name != here and not here.startswith(f"{name}.") or name == target:
            yield name


def _circles(imported: list[tuple[str, str]], name: Callable[[str], str]) -> list[list[str]]:
    """Return groups of names of which each imports, by way of the others, each of the others."""
    needs: dict[str, set[str]] = defaultdict(set)
    for here, there in imported:
        if name(here) != name(there):
            needs[name(here)].add(name(there))
    reached = {start: _reached_from(start, needs) for start in needs}
    circles = []
    done: set[str] = set()
    for start in sorted(needs):
        if start in reached[start] and start not in done:
            circle = [other for other in sorted(reached[start]) if start in reached.get(other, ())]
            done.update(circle)
            circles.append(circle)
    return circles


def _reached_from(start: str, needs: Mapping[str, set[str]]) -> set[str]:
    """Return all that `start` imports, directly or by way of others."""
    reached: set[str] = set()
    waiting = [start]
    while waiting:
        for name in needs.get(waiting.pop(), ()):
            if name not in reached:
                reached.add(name)
                waiting.append(name)
    return reached
