"""Prints how long the slowest comment takes to render, over texts made to be slow within the limits.

Run: python -m lab.bench.markup_fuzz [--seed 1] [--random 300]
"""

import argparse
import os
import random
import statistics
import time

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

import django

django.setup()

from blog.markup import CommentLinks, TextRefused, check_comment_text, render_comment  # noqa: E402

LONGEST = 5000
# The limit, in milliseconds of CPU.
TARGET = 60

# What slows parsers down: openers without closers, blocks in blocks, definitions, addresses, marks in rows.
PIECES = [
    *(
        "<b>",
        "<i>",
        "<em>",
        "<a href=http://a.b>",
        "<p>",
        "<blockquote>",
        "<ul>",
        "<ol>",
        "<li>",
        "<pre>",
        "<code>",
    ),
    *(
        "<b id=1>",
        "<s>",
        "<u>",
        "<q>",
        "<table>",
        "<tr>",
        "<td>",
        "<svg>",
        "<math>",
        "<select>",
        "<!--",
        "<![CDATA[",
    ),
    *("</b>", "</p>", "</blockquote>", "</ul>", "</li>", "</pre>", "<script>", "<style>", "<a b='", '<x y="'),
    *(
        "*",
        "**",
        "_",
        "__",
        "`",
        "``",
        "[",
        "]",
        "](",
        "[a](b)",
        "![",
        "~~",
        "***a",
        "_a_",
        "[a]: b\n",
        "[a][b]",
    ),
    *(
        "> ",
        ">",
        "- ",
        "1. ",
        "+ ",
        "# ",
        "    ",
        "\t",
        "```\n",
        "~~~\n",
        "---\n",
        "===\n",
        "\\",
        "a\n",
        "a\n\n",
        "\n",
    ),
    *(
        "&amp;",
        "&#0;",
        "&",
        "&lt;",
        "http://a.b ",
        "http://a.b/(",
        "https://",
        "http:",
        "mailto:a@b.c ",
        "://",
    ),
    *(
        "<name>",
        "x<b>",
        "<b and c>",
        "</T>",
        "<sup>",
        "<del>",
        "</del>",
        "<rt>",
        "<a href=ftp:x>",
        "<pre><br>",
        "<!-->",
    ),
    *(
        "[a]: http://a.b\n",
        "[a](ftp:x)",
        "[^a]: b\n\n",
        "¯\\_(ツ)_/¯",
        "**「",
        "」**",
        "~~。",
        "http://a.b/。",
        "\\`",
    ),
    *("`*`", "`*[_]~`", "```\n*_[]\n```\n", "http://a.b/__", "<a b='`'>", "- ```\n*\n"),
    *("@", "@Ann ", "@A", "#1 ", "#", "a", " ", "(", ")", "!", "'", '"', ":", "|", "é", "漢", "\u200b"),
]
LINKS = CommentLinks(
    names={"Ann": 1, **{f"Ann {'x' * length}": length for length in range(1, 60)}},
    numbers=dict.fromkeys(range(1, 100), 7),
)


def fits(text: str) -> bool:
    try:
        check_comment_text(text)
    except TextRefused:
        return False
    return True


def filled(*pieces: str) -> str:
    """Repeat pieces, each as often as the caps allow, until the text is full."""
    low, high = 0, LONGEST
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if fits("".join(piece * middle for piece in pieces)) else (low, middle - 1)
    return "".join(piece * low for piece in pieces)


def topped_up(text: str, filling: str) -> str:
    """Fill what is left of the length with something that counts against no other cap."""
    return text + filling * ((LONGEST - len(text)) // len(filling))


def made_texts() -> list[str]:
    """Every piece and every pair in rows, and openers followed by as many paragraphs as there is room for."""
    texts = [filled(piece) for piece in PIECES]
    texts += [filled(first + second) for first in PIECES[::2] for second in PIECES[::7]]
    openers = [
        "".join(f"<{tag} id={number}>" for number in range(14)) for tag in ("b", "i", "em", "s", "u", "code")
    ]
    texts += [
        topped_up(opener, filling) for opener in [*openers, "<b><i><em><s><u>" * 30] for filling in FILLINGS
    ]
    texts += [topped_up(filled(piece), filling) for piece in PIECES[::3] for filling in FILLINGS]
    # One opener many times, then words that it must read through again and again.
    texts += [
        topped_up(filled(opener)[:800], "x")
        for opener in ("[a](", "[a](<", "![", "<a b=", "`", "[a]: ", '[a](b "')
    ]
    # Marks that are not counted, because they look like code or stand in addresses, where they are something else.
    for mark in ("*", "*a", "_a ", "[", "![", "]", "[a](", "~~", "**「"):
        for before, after in UNCOUNTED:
            texts.append((before + mark * LONGEST)[: LONGEST - len(after)] + after)
            texts.append(((before + mark * 20 + after) * LONGEST)[:LONGEST])
    return [text for text in texts if fits(text)]


UNCOUNTED = (
    ("```\n", "\n```"),
    ("- a\n  ```\n", "\n  ```"),
    ("> ```\n", "\n```"),
    ("`", "`"),
    ("``` a `", "`"),
    ("<a b='`'>", "<a b='`'>"),
    ("<b>\n`", "`\n"),
    ("\\\\`", "`"),
    ("http://a.bc/", " "),
    ("<http://a.bc/", "> "),
    ("[a](http://a.bc/", ") "),
)
FILLINGS = (
    "a\n\n",
    "a\n",
    "> a\n",
    "- a\n",
    "a http://b.c ",
    "@Ann ",
    "&amp;",
    "- - - a\n\n",
    "\\&",
    "# a\n",
    "1. a\n\n",
)


def random_texts(number: int, chance: random.Random) -> list[str]:
    texts: list[str] = []
    while len(texts) < number:
        pieces = chance.sample(PIECES, chance.randint(2, 8))
        text = "".join(chance.choice(pieces) for _ in range(LONGEST // 3))[:LONGEST]
        while not fits(text):
            text = text[: len(text) * 9 // 10]
        texts.append(topped_up(text, chance.choice(FILLINGS)) if chance.random() < 0.7 else text)
    return [text for text in texts if fits(text)]


def milliseconds(text: str) -> float:
    """CPU time of one rendering; the best of three where it is slow, so that the machine's other work counts less."""
    best = float("inf")
    for _ in range(3):
        start = time.process_time()
        render_comment(text, links=LINKS)
        best = min(best, (time.process_time() - start) * 1000)
        if best < TARGET / 2:
            break
    return best


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--random", type=int, default=200)
    options = parser.parse_args()
    chance = random.Random(options.seed)
    texts = list(dict.fromkeys([*made_texts(), *random_texts(options.random, chance)]))
    render_comment("warm *up* http://a.b <b>x</b>")
    times = sorted(((milliseconds(text), text) for text in texts), reverse=True)
    print(f"{len(texts)} texts, seed {options.seed}")
    print(f"median {statistics.median(taken for taken, _text in times):.1f} ms CPU")
    for taken, text in times[:10]:
        print(f"{taken:6.1f} ms  {len(text)} characters  {text[:40]!r} … {text[-12:]!r}")
    print(f"worst  {times[0][0]:.1f} ms CPU (target {TARGET})")


if __name__ == "__main__":
    main()
