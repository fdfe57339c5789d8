"""Prints the functions that are longer than wanted; style is for a reviewer to decide, so it never fails."""

import ast
import statistics
from collections.abc import Iterator

from tests.house_rules import ROOMS, module_name, nodes_of, python_files, read, room_of, tree_of


def long_functions() -> Iterator[str]:
    """Functions over 40 lines, views over 25."""
    for path in python_files():
        if room_of(module_name(path)) not in ROOMS or "/migrations/" in path:
            continue
        longest = 25 if "views" in module_name(path).split(".") else 40
        for node in nodes_of(tree_of(read(path))):
            if isinstance(node, ast.FunctionDef) and (lines := node.end_lineno - node.lineno + 1) > longest:
                yield f"{path}:{node.lineno}: {node.name} has {lines} lines ({longest} are enough)"


def function_median() -> float:
    lengths = [
        node.end_lineno - node.lineno + 1
        for path in python_files()
        if room_of(module_name(path)) in ROOMS and "/migrations/" not in path
        for node in nodes_of(tree_of(read(path)))
        if isinstance(node, ast.FunctionDef)
    ]
    return statistics.median(lengths) if lengths else 0


def main() -> None:
    for complaint in long_functions():
        print("budget:", complaint)
    print(f"functions have {function_median():.0f} lines in the middle (10 or fewer are wanted)")


if __name__ == "__main__":
    main()
