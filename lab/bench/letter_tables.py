"""Regenerates accounts/unicode/ from four files of the Unicode Consortium, for a new version of Unicode.

    python -m lab.bench.letter_tables confusables.txt Scripts.txt ScriptExtensions.txt PropertyValueAliases.txt

confusables.txt is of UTS #39 (Public/security), the others are of the character database (Public/UCD). The lines
that say their version and licence are kept at the head of what is written.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

TABLES = Path(__file__).resolve().parents[2] / "accounts" / "unicode"
_RANGE = re.compile(r"([0-9A-F]{4,6})(?:\.\.([0-9A-F]{4,6}))?\s*;\s*([^;#]+?)\s*(?:;|#|$)")


def head_of(path: Path) -> str:
    """Return the lines that say which file this is, whose, and of which version."""
    lines = path.read_text(encoding="utf-8-sig").splitlines()[:12]
    words = ("Date:", "©", "terms of use", "trademarks", "Version:", path.stem)
    return "\n".join(line for line in lines if any(word in line for word in words)) + "\n"


def entries_of(path: Path) -> Iterator[tuple[int, int, str]]:
    """Yield first code, last code and value of every line that has one."""
    for line in path.read_text(encoding="utf-8-sig").splitlines():
        if found := _RANGE.match(line):
            first = int(found[1], 16)
            yield first, int(found[2] or found[1], 16), found[3]


def short_names(aliases: Path) -> dict[str, str]:
    """Return the short name of each script, as ScriptExtensions.txt has them, by the long one of Scripts.txt."""
    lines = (line.split("#")[0].split(";") for line in aliases.read_text(encoding="utf-8-sig").splitlines())
    return {line[2].strip(): line[1].strip() for line in lines if line[0].strip() == "sc"}


def write_scripts(scripts: Path, extensions: Path, aliases: Path) -> None:
    """Write ranges of codes with the scripts that they are used in; what is common to all is left out."""
    names = short_names(aliases)
    used = {
        code: names[value] for first, last, value in entries_of(scripts) for code in range(first, last + 1)
    }
    used |= {code: value for first, last, value in entries_of(extensions) for code in range(first, last + 1)}
    ranges: list[list[int]] = []
    for code in sorted(code for code, value in used.items() if value not in {"Zyyy", "Zinh"}):
        if ranges and code == ranges[-1][1] + 1 and used[code] == used[ranges[-1][0]]:
            ranges[-1][1] = code
        else:
            ranges.append([code, code])
    lines = [f"{first:X} {last:X} {used[first]}" for first, last in ranges]
    text = f"{head_of(scripts)}{head_of(extensions)}# First code, last code, scripts.\n"
    (TABLES / "scripts.txt").write_text(text + "\n".join(lines) + "\n", encoding="utf-8")


def write_confusables(path: Path) -> None:
    """Write every letter with what it is taken for, both as codes."""
    lines = [f"{first:X} {value}" for first, _last, value in entries_of(path)]
    text = f"{head_of(path)}# A code, and the codes it is taken for.\n"
    (TABLES / "confusables.txt").write_text(text + "\n".join(lines) + "\n", encoding="utf-8")


def main() -> None:
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    confusables, *of_scripts = map(Path, sys.argv[1:])
    write_confusables(confusables)
    write_scripts(*of_scripts)


if __name__ == "__main__":
    main()
