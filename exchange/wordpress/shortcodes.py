"""Shortcodes of WordPress: its own become HTML, all others stay as text and are named."""

import re
from collections.abc import Iterator
from html import escape, unescape

# A gallery without ids shows what is attached to the post; the step that knows the attachments finds it by this.
WHOLE_GALLERY = "gallery-of-this-post"

_CAPTION = re.compile(r"(?<!\[)\[(caption|wp_caption)\b([^\[\]]*)\]", re.I)
_GALLERY = re.compile(r"(?<!\[)\[gallery\b([^\[\]]*)\]", re.I)
_EMBED = re.compile(r"(?<!\[)\[embed\b[^\[\]]*\]\s*(https?://[^\s\[\]<>\"]+)\s*\[/embed\]", re.I)
_FILM = re.compile(
    r"(?<!\[)\[(?:youtube|vimeo)(?:\s*=\s*|\s+)[\"']?(https?://[^\s\[\]<>\"']+|\d+)[^\[\]]*\](?:\s*\[/(?:youtube|vimeo)\])?",
    re.I,
)
_GIST = re.compile(
    r"(?<!\[)\[gist(?:\s+(?:id|url)?\s*=?\s*[\"']?([\w:/.#?=-]+)[\"']?[^\[\]]*)?\](?:\s*([\w:/.#?=-]*)\s*\[/gist\])?",
    re.I,
)
_SOUND_OR_FILM = re.compile(r"(?<!\[)\[(audio|video)\b([^\[\]]*)\](?:\s*\[/\1\])?", re.I)
_SOURCES = ("src", "mp3", "mp4", "m4a", "m4v", "ogg", "ogv", "wav", "webm", "flv", "wma", "wmv")
# [[gallery]] is how one writes about shortcodes.
_WRITTEN_OUT = re.compile(
    r"\[(\[(caption|wp_caption|gallery|embed|audio|video|playlist|youtube|vimeo)\b[^\[\]]*\](?:[^\[\]]*\[/\2\])?)\]",
    re.I,
)
_CODE = re.compile(r"(<(?:pre|code)\b[^<>]*>.*?</(?:pre|code)>)", re.I | re.S)
_ATTRIBUTE = re.compile(r"""([\w-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'\]]+))""")
_IMAGE_FIRST = re.compile(r"\s*((?:<a\b[^<>]*>\s*)?<img\b[^<>]*>(?:\s*</a>)?)(.*)", re.S | re.I)
_ANY = re.compile(r"(?<!\[)\[(?P<name>[A-Za-z][\w-]*)(?P<rest>(?:[ \t][^\[\]<>]*|/)?)\](?!\])")
_LINE_OF_ITS_OWN = re.compile(r"(?:^|\n|<p>|<br ?/?>)[ \t]*\Z")
# What writers put in square brackets in their own or other people's sentences.
_WORDS = re.compile(
    r"sic|emphasis|brackets|ellipsis|edit|update|correction|snip|laughter|applause|inaudible", re.I
)


def expanded(text: str) -> tuple[str, list[str]]:
    """Return the text with the shortcodes we know as HTML, and the others, as they are written, in order."""
    pieces: list[str] = []
    unknown: list[str] = []
    for number, piece in enumerate(_CODE.split(text)):
        # What was split off is every second piece: code, in which nothing is meant for WordPress.
        if number % 2 == 0:
            piece = _known_expanded(piece)
            unknown += _unknown(piece)
        pieces.append(_WRITTEN_OUT.sub(r"\1", piece))
    return "".join(pieces), unknown


def _known_expanded(text: str) -> str:
    text = "".join(_captions(text))
    for form, written in (
        (_GALLERY, _gallery),
        (_EMBED, _embed),
        (_FILM, _film),
        (_GIST, _gist),
        (_SOUND_OR_FILM, _sound_or_film),
    ):
        text = form.sub(written, text)
    return text


def _captions(text: str) -> Iterator[str]:
    done = 0
    while opening := _CAPTION.search(text, done):
        closing = re.compile(rf"\[/{opening.group(1)}\]", re.I).search(text, opening.end())
        if closing is None:
            break
        yield text[done : opening.start()]
        yield _figure(opening.group(2), text[opening.end() : closing.start()])
        done = closing.end()
    yield text[done:]


def _figure(written: str, inner: str) -> str:
    attributes = _attributes(written)
    found = _IMAGE_FIRST.fullmatch(inner)
    if found is None:
        return inner
    caption = found.group(2).strip() or attributes.get("caption", "")
    return f'\n<figure class="wp-caption">{found.group(1)}<figcaption>{caption}</figcaption></figure>\n'


def _attributes(written: str) -> dict[str, str]:
    return {
        found.group(1).lower(): unescape(found.group(2) or found.group(3) or found.group(4) or "")
        for found in _ATTRIBUTE.finditer(written)
    }


def _gallery(found: re.Match[str]) -> str:
    attributes = _attributes(found.group(1))
    ids = re.findall(r"\d{1,18}", attributes.get("ids") or attributes.get("include", ""))
    names = [f"wp-image-{number}" for number in ids] or [WHOLE_GALLERY]
    return "\n" + "".join(f'<figure><img class="{name}"></figure>' for name in names) + "\n"


def _embed(found: re.Match[str]) -> str:
    return f"\n<p>{escape(unescape(found.group(1)))}</p>\n"


def _film(found: re.Match[str]) -> str:
    written = unescape(found.group(1))
    address = escape(f"https://vimeo.com/{written}" if written.isdecimal() else written)
    return f"\n<p>{address}</p>\n"


def _gist(found: re.Match[str]) -> str:
    """Code that is kept elsewhere becomes a link to it."""
    written = found.group(1) or found.group(2) or ""
    if not written:
        return found.group()
    address = written if written.startswith("http") else f"https://gist.github.com/{written}"
    return f"\n<p>{escape(unescape(address))}</p>\n"


def _sound_or_film(found: re.Match[str]) -> str:
    """Write the element that the shortcode stands for; what becomes of those is decided in one place."""
    attributes = _attributes(found.group(2))
    bare = re.search(r"https?://[^\s\"'|]+", found.group(2))
    addresses = [attributes[name] for name in _SOURCES if attributes.get(name)] + (
        [bare.group()] if bare else []
    )
    if not addresses:
        return found.group()
    kind = found.group(1).lower()
    return f'\n<{kind} src="{escape(addresses[0])}"></{kind}>\n'


def _unknown(text: str) -> Iterator[str]:
    lowered = text.lower()
    for found in _ANY.finditer(text):
        name, rest = found.group("name"), found.group("rest").strip()
        if _WORDS.fullmatch(name):
            continue
        has_form = "=" in rest or "://" in rest or rest[:1].isdigit() or rest.endswith("/")
        is_alone = not rest and _LINE_OF_ITS_OWN.search(text[max(0, found.start() - 20) : found.start()])
        if has_form or is_alone or re.search(r"[_\d-]", name) or f"[/{name.lower()}]" in lowered:
            yield found.group()
