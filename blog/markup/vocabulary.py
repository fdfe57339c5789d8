"""The lists of what HTML may hold: one for comments, one for posts; it says what is allowed and changes nothing."""

from collections.abc import Mapping
from dataclasses import dataclass, field


def _tags(names: str) -> frozenset[str]:
    return frozenset(names.split())


HEADINGS = _tags("h1 h2 h3 h4 h5 h6")
SCHEMES = frozenset({"http", "https", "mailto"})

# Elements that stand in a line of words. br and img are empty; the others are opened and closed.
INLINE = _tags("a abbr b br cite code del em i img ins q s small span strong sub sup time u")

# Where bare words become a paragraph of their own.
FLOW = frozenset({"", "blockquote", "details"})

# Elements that hold words only; the next block closes them.
LEAVES = frozenset({"h2", "h3", "h4", "h5", "h6", "summary", "dt", "caption"})

# Elements that hold no words themselves, and what is opened when words stand there all the same.
FILLED_BY = {
    "ul": "li",
    "ol": "li",
    "dl": "dd",
    "table": "tr",
    "thead": "tr",
    "tbody": "tr",
    "tfoot": "tr",
    "tr": "td",
}

# Elements that mean something only inside these.
PARENTS: Mapping[str, frozenset[str]] = {
    "li": frozenset({"ul", "ol"}),
    "dt": frozenset({"dl"}),
    "dd": frozenset({"dl"}),
    "tr": frozenset({"table", "thead", "tbody", "tfoot"}),
    "td": frozenset({"tr"}),
    "th": frozenset({"tr"}),
    "thead": frozenset({"table"}),
    "tbody": frozenset({"table"}),
    "tfoot": frozenset({"table"}),
    "caption": frozenset({"table"}),
    "figcaption": frozenset({"figure"}),
    "summary": frozenset({"details"}),
}

# Elements that vanish and leave their words, but end the line they stand in, as a browser would show it.
BREAKING = _tags(
    """address applet article aside audio body button canvas caption center dd details dialog dir
        div dl dt fieldset figcaption figure footer form frameset h1 h2 h3 h4 h5 h6 head header
        hgroup hr html iframe legend li listing main math menu nav noembed noframes noscript object
        ol optgroup option plaintext search section select summary svg table tbody td template
        textarea tfoot th thead title tr ul video xmp"""
)

# These vanish with their words.
SILENT = frozenset({"script", "style"})


@dataclass(frozen=True, eq=False)
class Vocabulary:
    """What one kind of text may hold: tags, attributes and classes are the one list that both sanitisers get."""

    tags: frozenset[str]
    attributes: Mapping[str, frozenset[str]]
    # What only we write; in a person's text it vanishes.
    ours: Mapping[str, frozenset[str]]
    our_tags: frozenset[str] = frozenset()
    classes: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def has(self, tag: str) -> bool:
        """Whether a person may write this tag."""
        return tag in self.tags and tag not in self.our_tags

    def has_attribute(self, tag: str, name: str) -> bool:
        """Whether a person may write this attribute."""
        if name == "class":
            return tag in self.classes
        return name in self.attributes.get(tag, ()) and name not in self.ours.get(tag, ())


COMMENT = Vocabulary(
    tags=_tags("p br b strong i em s u a blockquote q code pre ul ol li"),
    attributes={
        "a": frozenset({"href", "rel"}),
        "ol": frozenset({"start"}),
        "blockquote": frozenset({"cite"}),
    },
    # Where a quotation is from is said in its last line (quotes.py), so that it can be seen too.
    ours={"a": frozenset({"rel"}), "blockquote": frozenset({"cite"})},
)

_HEADING_ATTRIBUTES = {tag: frozenset({"id"}) for tag in HEADINGS - {"h1"}}

POST = Vocabulary(
    tags=COMMENT.tags
    | _tags(
        """h2 h3 h4 h5 h6 figure figcaption picture source img table thead tbody tfoot tr th td caption
        hr dl dt dd sup sub small abbr cite span time del ins details summary"""
    ),
    attributes={
        "a": frozenset({"href", "id"}),
        "ol": frozenset({"start"}),
        "li": frozenset({"id"}),
        **_HEADING_ATTRIBUTES,
        "abbr": frozenset({"title"}),
        "blockquote": frozenset({"cite"}),
        "q": frozenset({"cite"}),
        "figure": frozenset({"id", "data-figure", "data-date"}),
        "img": frozenset({"src", "alt", "width", "height", "loading", "decoding", "fetchpriority"}),
        "source": frozenset({"srcset", "type"}),
        "td": frozenset({"colspan", "rowspan"}),
        "th": frozenset({"colspan", "rowspan", "scope"}),
        "time": frozenset({"datetime"}),
        "details": frozenset({"open"}),
    },
    ours={
        **_HEADING_ATTRIBUTES,
        "figure": frozenset({"id"}),
        "img": frozenset({"loading", "decoding", "fetchpriority"}),
    },
    # They name addresses that only our own figures may name.
    our_tags=frozenset({"picture", "source"}),
    classes={
        "figure": frozenset({"clip", "plate", "embed"}),
        "span": frozenset({"pub", "who", "credit"}),
        "p": frozenset({"elision"}),
    },
)
