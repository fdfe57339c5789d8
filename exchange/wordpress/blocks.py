"""The block editor's comments and classic text: both become plain HTML with paragraphs."""

import re
from collections.abc import Mapping

from blog import markup
from exchange.wordpress.code import with_code_kept
from exchange.wordpress.elements import with_words_kept, without_own_elements
from exchange.wordpress.footnotes import PLACE as FOOTNOTES
from exchange.wordpress.report import Kind, Note
from exchange.wordpress.shortcodes import expanded

# `<!-- wp:image {"id":12} -->`; WordPress writes <, > and -- inside the braces as escapes.
_DELIMITER = re.compile(
    r"<!--\s+(?P<closer>/)?wp:(?P<name>[a-z][\w/-]*)\s+(?P<data>\{[^<>]*\}\s+)?(?P<void>/)?-->", re.I
)
# One that never ends is words.
_COMMENT = re.compile(r"<!--.*?-->", re.S)
# Where lists of posts, or pages of a long one, end.
_CUT = re.compile(r"<!--\s*(?:more\b.*?|nextpage|noteaser)\s*-->", re.S)
# Text between them is classic text, with blank lines for paragraphs.
_CLASSIC = frozenset({"freeform", "core/freeform", "classic", "core/classic", "shortcode", "core/shortcode"})
# Blocks without content of their own that leave nothing behind when they go.
_EMPTY = frozenset({"more", "nextpage", "separator", "spacer", "core/more", "core/nextpage", "core/spacer"})


# A block that is written once and shown in many posts.
_SHARED = re.compile(r"<!--\s+wp:(?:core/)?block\s+\{[^<>]*?\"ref\":\s*(\d{1,18})[^<>]*\}\s+/-->")
_DEEPEST = 5


def plain_html(content: str, *, shared: Mapping[int, str] | None = None) -> tuple[str, list[Note]]:
    """Return the content as HTML without block comments and known shortcodes, paragraphs marked.

    `shared` are blocks that are written once and shown in many posts.
    """
    notes: list[Note] = []
    content = with_words_kept(with_code_kept(_with_shared(content, shared or {})))
    content = without_own_elements(content)
    if "<!-- wp:" not in content:
        return _classic(content, notes), notes
    pieces: list[str] = []
    open_blocks: list[str] = []
    done = 0
    for found in _DELIMITER.finditer(content):
        pieces.append(_between(content[done : found.start()], open_blocks, notes))
        if found.group("name").lower() in {"footnotes", "core/footnotes"}:
            pieces.append(FOOTNOTES)
        else:
            _step(found, open_blocks, notes)
        done = found.end()
    pieces.append(_between(content[done:], open_blocks, notes))
    return "".join(pieces), notes


def shared_in(content: str) -> set[int]:
    """Return the ids of the shared blocks that a text shows."""
    return {int(number) for number in _SHARED.findall(content)} if "block" in content else set()


def _with_shared(content: str, shared: Mapping[int, str]) -> str:
    for _level in range(_DEEPEST):
        if "wp:block" not in content and "wp:core/block" not in content:
            break
        content = _SHARED.sub(lambda found: shared.get(int(found.group(1)), found.group()), content)
    return content


def _step(found: re.Match[str], open_blocks: list[str], notes: list[Note]) -> None:
    name = found.group("name").lower()
    if found.group("void"):
        if name not in _EMPTY and not _SHARED.fullmatch(found.group()):
            notes.append(Note(Kind.BLOCK, f"wp:{name} {found.group('data') or ''}"))
    elif found.group("closer"):
        if name in open_blocks:
            del open_blocks[len(open_blocks) - 1 - open_blocks[::-1].index(name) :]
    else:
        open_blocks.append(name)


def _between(text: str, open_blocks: list[str], notes: list[Note]) -> str:
    if not text.strip():
        return text
    if not open_blocks or open_blocks[-1] in _CLASSIC:
        return _classic(text, notes)
    return _with_shortcodes(text, notes)


def _classic(text: str, notes: list[Note]) -> str:
    return markup.paragraphs_from_blank_lines(_with_shortcodes(text, notes))


def _with_shortcodes(text: str, notes: list[Note]) -> str:
    text, unknown = expanded(_COMMENT.sub("", _CUT.sub("\n\n", text)))
    notes.extend(Note(Kind.SHORTCODE, shortcode) for shortcode in unknown)
    return text
