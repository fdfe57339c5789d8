"""Reads the source from the words before (or under) a quotation; in doubt they are prose, not a source.

`Publication (“headline”):` is the form of this kind of blog and needs no more. Other forms, such as `Publication:
“headline”`, are also those of ordinary sentences, so they need a link whose host or words name the publication.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from blog.markup import host_of

# Any mark that somebody has quoted a headline with, the wrong way round included.
MARKS = "“”„‟\"«»‹›‘’‚‛'`´「」『』＂″"
_DOUBLE = "(?:''|``|,,|´´)"
_MARK = rf"(?:{_DOUBLE}|[{MARKS}])"
_LEAD_IN = re.compile(
    r"(?P<before>[^()\[\]]{1,120}?)\s*[(\[]\s*(?P<inside>.+)\s*[)\]]\s*(?P<after>[^()\[\]]{0,60})"
)
_INSIDE = re.compile(
    rf"(?:(?P<writer>[^{MARKS}]{{2,60}}?)\s*[,:–—-]\s*)?{_MARK}(?P<headline>.+?){_MARK}"
    rf"(?P<rest>(?:[^{MARKS}]|(?<=\w)['’](?=\w)){{0,80}})"
)
_END = " :：.,;–—-…"
_LONGEST = 600
_MOST_WORDS = 9

_VERB = (
    r"(?:reports?|reported|writes?|wrote|adds?|notes?|noted|says?|explains?|argues?|observes?|continues?|elaborates?"
    r"|has\s+(?:more|details|the\s+story))"
)
_VERB_LAST = re.compile(rf"[,\s]+{_VERB}\s*(?:that)?\s*[:.,…]*$", re.I)
# Remarks on the link that are no part of the source.
_REMARK = (
    r"(?:\$+|pay\s?wall(?:ed)?|gift(?:\s+(?:link|article))?|free|no\s+paywall|archived?|sub(?:scription)?\s+req\S*"
    r"|pdf|video|audio|emphas[ie]s\s+[^()\[\]]{1,20}|(?:via|h/t|hat\s+tip:?)\s+[^()\[\]]{1,40})"
)
_REMARK_LAST = re.compile(rf"(?<=\S)\s*[(\[]\s*{_REMARK}\s*[)\]]\s*(?=[:.,…]*\s*$)", re.I)
_ONLY_REMARK = re.compile(_REMARK, re.I)
_SMALL_WORDS = re.compile(
    r"an?|the|of|and|for|in|on|at|&|de|la|le|les|el|der|die|das|des|du|di|da|del|y|et|und|van|von|writing|via",
    re.I,
)
# A sentence of the writer's own begins like this, not a publication.
_CONNECTIVE = re.compile(
    r"also|and|as|because|but|elsewhere|even|finally|first|here|if|indeed|later|meanwhile|moreover|next|now|related"
    r"|relatedly|second|see|similarly|so|still|then|this|that|third|today|when|while|yet|yesterday|he|she|i|we|they"
    r"|update\w*|edit(?:ed)?|addend\w*|correction|note|ps|p\.s\.?|p\.p\.s\.?|breaking|more|my|our|your|his|her|me|you"
    r"|full|latest|previous(?:ly)?|earlier|bottom|money|key|question|answer|q|a|comments?|comment(?:er|or)|reader",
    re.I,
)
# Titles of persons and names of laws, which are quoted in brackets too.
_NO_PUBLICATION = re.compile(
    r"president|senator|sen|representative|rep|congress(?:man|woman)|gov|governor|mayor|secretary|minister|judge"
    r"|justice|general|gen|colonel|col|captain|professor|prof|dr|mr|mrs|ms|sir|pope|king|queen|prince"
    r"|article|section|amendment|chapter|clause|rule|title|act|verse|psalm",
    re.I,
)
_VIA = re.compile(r"(?:From|Via|Per|Over at|Writing in|Writing for|Source:?)\s+(?:the\s+)?(?=\S)", re.I)
# Words of which publications are named, and people are not.
_PAPER = re.compile(
    r"agency|associated|atlantic|bbc|blog|bulletin|chronicle|daily|dispatch|economist|financial|gazette|globe"
    r"|guardian|herald|independent|international|journal|magazine|mail|mirror|monitor|morning|national|new|news"
    r"|newspaper|observer|online|politics|post|press|public|radio|record|register|report|review|science|standard"
    r"|star|sun|sunday|telegraph|the|times|today|tribune|tv|washington|week|weekly|wire|world|york|zeitung",
    re.I,
)
# Words that nothing but a publication has at the end of its name.
_SURELY_PAPER = re.compile(
    r"bulletin|chronicle|dispatch|economist|gazette|guardian|herald|journal|magazine|news|newspaper|observer|post|press"
    r"|telegraph|times|tribune|weekly|zeitung",
    re.I,
)
_KNOWN_SHORT = frozenset(
    {
        "AP",
        "AFP",
        "NYT",
        "WSJ",
        "WAPO",
        "BBC",
        "NPR",
        "CNN",
        "PBS",
        "CBS",
        "NBC",
        "ABC",
        "UPI",
        "MSNBC",
        "CNBC",
        "LAT",
        "FT",
    }
)
_PERSON = r"(?P<person>[^\s,]+(?:\s+[^\s,]+){1,3})"
_WRITER_FIRST = re.compile(rf"{_PERSON}(?:,\s*|\s+|,?\s+writing\s+)(?:for|in|at)\s+(?:the\s+)?(?P<paper>.+)")
_WRITER_COMMA = re.compile(rf"{_PERSON},\s+(?P<paper>.+)")
_WRITER_AFTER = re.compile(rf"(?P<paper>.+?)[’']s?\s+{_PERSON}")

_BETWEEN = r"\s*(?:[:,–—]|\s-+)\s*"
_PUBLICATION_FIRST = re.compile(
    rf"(?P<who>[^{MARKS}()]*(?:[’'][^{MARKS}()]*)??){_BETWEEN}{_MARK}(?P<headline>.+){_MARK}(?P<rest>[^{MARKS}()]*)"
)
_HEADLINE_FIRST = re.compile(rf"{_MARK}(?P<headline>.+){_MARK}\s*(?P<who>\([^()]+\)|[,–—-]*\s*[^{MARKS}()]+)")


@dataclass(frozen=True, slots=True)
class Link:
    words: str
    address: str


@dataclass(frozen=True, slots=True)
class Caption:
    """What a lead-in says: publication, headline, address, and writer or date in words."""

    publication: str
    headline: str
    url: str
    who: str = ""


def read(text: str, links: Sequence[Link]) -> Caption | None:
    """Return what the words before a quotation say of its source, or None when they are no lead-in."""
    text = _REMARK_LAST.sub("", " ".join(text.split()))
    if not text or len(text) > _LONGEST:
        return None
    return _in_brackets(text, links) or read_linked(text, links)


def read_linked(text: str, links: Sequence[Link]) -> Caption | None:
    """Read the forms that need a link to be told from prose."""
    text = _VERB_LAST.sub("", " ".join(text.split())).strip(_END)
    if not links or len(text) > _LONGEST:
        return None
    return (
        _headline_in_marks(text, links) or _headline_in_link(text, links) or _publication_alone(text, links)
    )


# --- Publication (“headline”) ---------------------------------------------------------------------------------


def _in_brackets(text: str, links: Sequence[Link]) -> Caption | None:
    found = _LEAD_IN.fullmatch(text)
    inside = _INSIDE.fullmatch(found["inside"]) if found else None
    if found is None or inside is None:
        return None
    headline = inside["headline"].strip(" ,")
    publication, writer = _split_publication(found["before"].strip(_END))
    if not links and " " not in publication and not _has_weight(publication):
        return None
    closing = _closing_words(found["after"])
    if not publication or not headline or closing is None:
        return None
    who = [writer, (inside["writer"] or "").strip(), _by(inside["rest"]), closing]
    return Caption(
        publication=publication,
        headline=headline,
        url=_address(links, headline),
        who=", ".join(dict.fromkeys(part for part in who if part)),
    )


def _closing_words(after: str) -> str | None:
    """After the bracket stands a colon, or who wrote it. None: the sentence goes on, so it is no lead-in."""
    words = after.strip(_END)
    if not words or re.fullmatch(_VERB, words, re.I):
        return ""
    return _by(after) if re.match(r"\s*(?:[,–—-]|by\b)", after) else None


def _by(words: str) -> str:
    words = re.sub(r"^by\s+", "", words.strip(" ,:;–—-"), flags=re.I)
    return "" if _ONLY_REMARK.fullmatch(words) else words


# --- forms that need a link -----------------------------------------------------------------------------------


def _headline_in_marks(text: str, links: Sequence[Link]) -> Caption | None:
    """`Publication: “headline”`, `“headline,” Publication` and `Writer, “headline,” Publication`."""
    for form in (_PUBLICATION_FIRST, _HEADLINE_FIRST):
        found = form.fullmatch(text)
        if found is None:
            continue
        rest = found["rest"].strip(_END) if "rest" in found.groupdict() else ""
        caption = _named(found["who"].strip(_END + "()"), rest, found["headline"].strip(" ,"), links)
        if caption is not None:
            return caption
    return None


def _headline_in_link(text: str, links: Sequence[Link]) -> Caption | None:
    """`Publication: headline` and `headline (Publication)`, the headline being all that a link says."""
    for link in links:
        if len(link.words.split()) < 2 or text.count(link.words) != 1:
            continue
        before, _headline, after = text.partition(link.words)
        who, rest = before.strip(f"{_END}()[]"), after.strip(f"{_END}()[]")
        # Without a sign between the two it is a sentence.
        is_set_apart = re.search(r"[(\[:,–—-]\s*$", before) if who else re.match(r"\s*[(\[,–—-]", after)
        caption = _named(who, rest, link.words.strip(f" ,{MARKS}"), [link]) if is_set_apart else None
        if caption is not None:
            return caption
    return None


def _publication_alone(text: str, links: Sequence[Link]) -> Caption | None:
    """`Publication:` with a link to an article of its own."""
    publication, writer = _split_publication(text)
    for link in links:
        if publication and _is_host_of(publication, link.address) and len(urlsplit(link.address).path) > 1:
            return Caption(publication=publication, headline="", url=link.address, who=writer)
    return None


def _named(who: str, rest: str, headline: str, links: Sequence[Link]) -> Caption | None:
    """Return the caption when the words round the headline name a publication that the link bears out."""
    url = _address(links, headline)
    for words, other in ((who, rest), (rest, who)):
        publication, writer = _split_publication(words)
        if (
            publication
            and headline
            and url
            and _is_borne_out(publication, url)
            and (not other or _is_person(other))
        ):
            return Caption(publication=publication, headline=headline, url=url, who=writer or other)
    return None


def _is_borne_out(publication: str, url: str) -> bool:
    words = publication.split()
    return (
        publication.upper() in _KNOWN_SHORT
        or (len(words) > 1 and _SURELY_PAPER.fullmatch(words[-1]) is not None)
        or _is_host_of(publication, url)
    )


def _is_host_of(publication: str, url: str) -> bool:
    """Whether the host has the publication's name: nytimes.com for New York Times, NYT and nytimes.com."""
    parts = [part for part in re.findall(r"\w+", publication.casefold()) if part != "the"]
    host = host_of(url).split(".")
    names = [name for name in host[:-1] if len(name) > 1] or host[:1]
    if not parts:
        return False
    joined, initials = "".join(parts), "".join(part[0] for part in parts)
    short = initials[:-1] + parts[-1]
    return any(
        name in {joined, short, initials} or name == f"the{joined}" or (len(joined) > 1 and name.startswith(joined))
        or (len(name) > 3 and joined.startswith(name))
        for name in (re.sub(r"\W", "", name) for name in names)
        if name
    )  # fmt: skip


# --- names ----------------------------------------------------------------------------------------------------


def _split_publication(words: str) -> tuple[str, str]:
    """Return the publication and its writer, where one is named with it; ("", "") when it is neither."""
    words = _VIA.sub("", words, count=1) if _VIA.match(words) else words
    if not _is_named(words):
        return "", ""
    for form in (_WRITER_FIRST, _WRITER_COMMA, _WRITER_AFTER):
        found = form.fullmatch(words)
        if found and _is_person(found["person"]) and found["paper"].strip():
            return found["paper"].strip(), found["person"].strip()
    return words, ""


def _is_named(words: str) -> bool:
    """Whether these words are a name: no sentence, every word of weight with a capital, or one word alone."""
    parts = words.split()
    if not parts or len(parts) > _MOST_WORDS or _CONNECTIVE.fullmatch(parts[0].strip(",:")):
        return False
    if any(_NO_PUBLICATION.fullmatch(part.strip(".,")) for part in parts):
        return False
    # A sentence ends before the name; St. and U.S. are shorter.
    if any(len(part) > 4 and part[-1] in ".?" for part in parts[:-1]):
        return False
    if len(parts) == 1:
        return any(character.isalnum() for character in words)
    return all(_has_weight(part) for part in parts if not _SMALL_WORDS.fullmatch(part.strip(",")))


def _has_weight(word: str) -> bool:
    letters = [character for character in word if character.isalpha()]
    # Scripts without capitals have no lower case either.
    return not letters or "." in word.strip(".") or any(letter == letter.upper() for letter in letters)


def _is_person(words: str) -> bool:
    parts = re.sub(r"^by\s+", "", words, flags=re.I).split()
    return 0 < len(parts) < 6 and all(
        part[:1].isupper() and not _PAPER.fullmatch(part.strip("."))
        for part in parts
        if part not in {"and", "&"}
    )


def _address(links: Sequence[Link], headline: str) -> str:
    """Return the address of the link that carries the headline, else of the first one."""
    for link in links:
        if headline in link.words or link.words.strip(f"{MARKS} ,") in headline:
            return link.address
    return links[0].address if links else ""
