"""Finds the code in a text before anything else reads it, and writes it so that nobody takes it for markup.

WordPress' plugins for code keep what was typed: `<?php`, `a < b`, `<style>`. In a code block plain inline markup is
markup and everything else is text; where somebody typed whole pages of HTML or PHP, all of it is text.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape, unescape

from blog.markup import elements_only

# Languages that plugins know as shortcodes of their own.
_LANGUAGES = (
    "actionscript3|as3|bash|shell|c|cpp|csharp|coldfusion|css|delphi|diff|erlang|fsharp|go|groovy|haskell|html|java|"
    "javafx|javascript|js|jscript|latex|lua|matlab|objc|pascal|patch|perl|php|plain|powershell|ps|py|python|r|rails|"
    "rb|ruby|scala|sql|swift|tex|text|typescript|vb|vbnet|xhtml|xml|xslt|yaml"
)
_SHORTCODES = (
    rf"sourcecode|source|code|codesyntax|crayon|enlighter|geshi|highlight|prism|syntax|syntaxhighlighter|pre|"
    rf"cc[a-z]{{0,5}}(?:_[\w+-]{{1,20}})?|{_LANGUAGES}"
)
_OPENING = re.compile(
    r"<(?P<tag>pre|code|xmp|listing)\b(?P<attributes>(?:\s[^<>]*)?)>"
    r"|<(?P<field>textarea|script)\s(?P<field_attributes>[^<>]*)>"
    rf"|(?<!\[)\[(?P<name>{_SHORTCODES})(?P<rest>(?:[\s=:][^\[\]]*)?)\]",
    re.I,
)
# What plugins for code say about a block of it.
_SIGN = re.compile(
    r"""\b(?:lang|language|line|highlight|escaped|data-enlighter\w*|data-language)\s*=
    |\bclass\s*=\s*["'][^"']*(?:brush\s*:|lang:|language-|prettyprint|EnlighterJS|highlight|decode:|(?<![\w-])(?:code|"""
    rf"{_LANGUAGES})(?![\\w-]))",
    re.I | re.X,
)
_LANGUAGE = re.compile(
    r"""(?:\b(?:lang(?:uage)?|brush)\s*[=:]|\blang:|\blanguage-)\s*["']?([\w+#-]+)""", re.I
)
_MARKUP_LANGUAGES = re.compile(
    r"x?html\w*|xml|php\w*|svg|asp\w*|jsp|javascript|js|jsx|vue|django|erb|xslt", re.I
)

_KEPT = {"a", "abbr", "b", "cite", "del", "em", "i", "ins", "q", "s", "small", "strong", "sub", "sup", "u"}
_NAMES_TODAY = {"strike": "s", "acronym": "abbr"}
# Inline elements that say nothing in code but how it is painted.
_PAINT = {"span", "font", "code", "tt", "kbd", "samp", "var", "big", "mark", "label", "nobr", "wbr", "br"}
INLINE = _KEPT | _PAINT | set(_NAMES_TODAY)
_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]*)((?:\s(?:[^<>\"']|\"[^\"<]*\"|'[^'<]*')*)?)/?>")
_LIKE_A_TAG = re.compile(r"</?([A-Za-z][\w:-]*)(?=[\s/>])[^<>]*>|<([!?%])(?!--)")
# Nobody means these as markup in the midst of code.
_WHOLE_PAGES = {"html", "head", "body", "meta", "link", "script", "style", "title", "form", "input"}
_REFERENCE = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_BARE_AMPERSAND = re.compile(r"&(?!#?\w{1,32};)")
_BREAK = re.compile(r"<br\s*/?>[ \t]*\n?", re.I)
# Where an editor has put every line of a plugin's code into a paragraph.
_BY_AN_EDITOR = re.compile(r"\s*(?:<br|</?p[\s>])", re.I)
_PARAGRAPH = re.compile(r"</?p(?:\s[^<>]*)?>", re.I)
_HREF = re.compile(r"""\s(href|title)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.I)
_EMPTY = re.compile(r"<([a-z]+)(?:\s[^<>]*)?>(\s*)</\1>")
_FIRST_LINES = re.compile(r"\A(?:[ \t\r]*\n)+")
_WRAPPED = re.compile(
    r"\s*<(?P<tag>pre|code)\b(?P<attributes>[^<>]*)>(?P<inner>.*)</(?P=tag)\s*>\s*"
    rf"|\s*\[(?P<name>{_SHORTCODES})(?P<rest>(?:[\s=:][^\[\]]*)?)\](?P<code>.*)\[/(?P=name)\]\s*",
    re.I | re.S,
)


@dataclass(frozen=True, slots=True)
class Code:
    """A piece of code as it was typed, where it stands in its text, and what is known about it."""

    start: int
    end: int
    typed: str
    signs: str
    # Whether a plugin gets it as it is, or a browser as HTML.
    is_typed_for_a_plugin: bool
    is_block: bool
    is_verse: bool = False

    @property
    def is_text_only(self) -> bool:
        """Whether everything in it is text, the inline markup too."""
        names = {(found.group(1) or found.group(2)).lower() for found in _LIKE_A_TAG.finditer(self.typed)}
        if self.is_typed_for_a_plugin:
            return not names <= {"p", "br"} or not (names == {"br"} or _BY_AN_EDITOR.match(self.typed))
        if names & _WHOLE_PAGES or "<?" in self.typed or names & {"!", "%"}:
            return True
        if not _SIGN.search(self.signs):
            return False
        language = _LANGUAGE.search(self.signs)
        is_markup = language is not None and _MARKUP_LANGUAGES.fullmatch(language.group(1)) is not None
        return bool(names - INLINE) or (is_markup and "span" not in names)

    def html(self) -> str:
        """Return the code as a code block, or as code in a sentence."""
        if self.is_text_only:
            # Whoever wrote && for “and” wrote no entities either.
            words = self.typed if _BARE_AMPERSAND.search(self.typed) else _decoded(self.typed)
            inner = escape(words, quote=False)
        else:
            typed = _PARAGRAPH.sub("\n", self.typed) if self.is_typed_for_a_plugin else self.typed
            inner = _with_inline_markup(elements_only(_BREAK.sub("\n", typed)))
        if not self.is_block:
            return f"<code>{inner}</code>"
        inner = _FIRST_LINES.sub("", inner.replace("\r\n", "\n")).rstrip()
        return f"\n<pre>{inner}</pre>\n" if self.is_verse else f"\n<pre><code>{inner}</code></pre>\n"


def with_code_kept(text: str) -> str:
    """Return the text with every piece of code written so that it is read as code, and nothing else changed."""
    pieces: list[str] = []
    done = 0
    for code in codes_in(text):
        pieces += [text[done : code.start], code.html()]
        done = code.end
    return "".join([*pieces, text[done:]]) if done else text


def codes_in(text: str) -> Iterator[Code]:
    """Yield the pieces of code of a text, in order; what opens within one belongs to it."""
    done = 0
    # What is not closed from one place on is not closed from any later one.
    unclosed: set[str] = set()
    while opening := _OPENING.search(text, done):
        name = (opening["tag"] or opening["field"] or opening["name"]).lower()
        form = rf"\[/{re.escape(name)}\]" if opening["name"] else rf"</{name}\s*>"
        closing = re.compile(form, re.I).search(text, opening.end()) if form not in unclosed else None
        done = opening.end()
        if closing is None:
            unclosed.add(form)
        if closing is None or (opening["field"] and not _is_code_field(opening)):
            continue
        done = closing.end()
        yield _code(text, opening, name, closing.start(), done)


def _is_code_field(opening: re.Match[str]) -> bool:
    """Whether a text field or a script is how an old plugin marks code."""
    attributes = opening["field_attributes"].lower()
    if opening["field"].lower() == "script":
        return "syntaxhighlighter" in attributes
    return 'name="code"' in attributes or "name='code'" in attributes or "brush" in attributes


def _code(text: str, opening: re.Match[str], name: str, inner_end: int, end: int) -> Code:
    typed = text[opening.end() : inner_end]
    signs = opening["attributes"] or opening["field_attributes"] or opening["rest"] or ""
    typed, inner_signs, is_wrapped_code = _unwrapped(typed)
    is_plugin = bool(opening["name"] or opening["field"]) or name == "xmp" or is_wrapped_code == "[]"
    is_block = name not in {"code"} and not name.startswith("cci")
    if not is_block or opening["name"]:
        is_block = _is_on_lines_of_its_own(text, opening.start(), end, typed, needs_lines=not opening["name"])
    is_verse = name == "pre" and not opening["name"] and not is_wrapped_code and not _SIGN.search(signs)
    if opening["field"] == "script":
        typed = typed.strip().removeprefix("<![CDATA[").removesuffix("]]>")
    return Code(
        start=opening.start(), end=end, typed=typed, signs=f"{signs} {inner_signs}",
        is_typed_for_a_plugin=is_plugin, is_block=is_block, is_verse=is_verse,
    )  # fmt: skip


def _unwrapped(typed: str) -> tuple[str, str, str]:
    """Take away a second pair of marks round the whole code; return what they said, and whether they were [] or <>."""
    found = _WRAPPED.fullmatch(typed)
    if found is None:
        return typed, "", ""
    if found["tag"]:
        return (
            (found["inner"], found["attributes"], "<>")
            if "</code" not in found["inner"].lower()
            else (typed, "", "")
        )
    return found["code"], found["rest"] or "lang=", "[]"


def _is_on_lines_of_its_own(text: str, start: int, end: int, typed: str, *, needs_lines: bool) -> bool:
    """Whether code is no part of a sentence: it has lines, or stands alone on its own."""
    before = text[max(0, start - 200) : start].rpartition("\n")[2]
    after = text[end : end + 200].partition("\n")[0]
    is_alone = not _without_tags(before).strip() and not _without_tags(after).strip()
    has_lines = "\n" in typed.strip() or bool(_BREAK.search(typed.strip()))
    return has_lines if needs_lines else has_lines or is_alone


def _without_tags(words: str) -> str:
    return _TAG.sub("", words)


def _decoded(typed: str) -> str:
    """Resolve entities once, as a browser does, but only whole ones: `?a=1&copy=2` is no sign of copyright."""
    return _REFERENCE.sub(lambda found: unescape(found.group()), typed)


def _with_inline_markup(typed: str) -> str:
    """Return code whose inline markup is markup, closed where it was opened, and whose other signs are text."""
    pieces: list[str] = []
    open_tags: list[str] = []
    done = 0
    for found in _TAG.finditer(typed):
        name = _NAMES_TODAY.get(found.group(2).lower(), found.group(2).lower())
        if name not in _KEPT | _PAINT:
            continue
        pieces.append(escape(_decoded(typed[done : found.start()]), quote=False))
        done = found.end()
        if name in _KEPT:
            pieces += (
                _closing(name, open_tags) if found.group(1) else _opened(name, found.group(3), open_tags)
            )
    pieces.append(escape(_decoded(typed[done:]), quote=False))
    pieces += [f"</{name}>" for name in reversed(open_tags)]
    written = "".join(pieces)
    # Spaces between painted words stay, whatever they stood in.
    while (shorter := _EMPTY.sub(r"\2", written)) != written:
        written = shorter
    return written


def _opened(name: str, attributes: str, open_tags: list[str]) -> list[str]:
    open_tags.append(name)
    kept = "".join(
        f' {found.group(1).lower()}="{escape(unescape(found.group(2) or found.group(3) or found.group(4) or ""))}"'
        for found in _HREF.finditer(attributes)
    )
    return [f"<{name}{kept}>"]


def _closing(name: str, open_tags: list[str]) -> list[str]:
    if name not in open_tags:
        return []
    closed = open_tags[len(open_tags) - 1 - open_tags[::-1].index(name) :]
    del open_tags[len(open_tags) - len(closed) :]
    return [f"</{inner}>" for inner in reversed(closed)]
