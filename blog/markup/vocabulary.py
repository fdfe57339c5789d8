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

# Every element that HTML has or had, and the roots of SVG and MathML; what else stands in angle brackets is text.
ELEMENTS = _tags(
    """a abbr acronym address applet area article aside audio b base basefont bdi bdo bgsound big blink blockquote body
        br button canvas caption center cite code col colgroup data datalist dd del details dfn dialog
        dir div dl dt em embed fieldset figcaption figure font footer form frame frameset h1 h2 h3
        h4 h5 h6 head header hgroup hr html i iframe image img input ins isindex kbd keygen label legend li link
        listing main map mark marquee math menu menuitem meta meter nav nobr noembed noframes noscript
        object ol optgroup option output p param picture plaintext pre progress q rb rbc rp rt rtc ruby s samp
        script search section select slot small source span strike strong style sub
        summary sup svg table tbody td template textarea tfoot th thead time title tr track tt u ul var video wbr xmp"""
)

# Elements that often follow a word without a space, and have no end tag.
AFTER_WORDS = _tags("br dd dt hr li p tbody td tfoot th thead tr wbr")

# What never has an end tag, or may be without one wherever it stands.
NO_END = _tags("col colgroup frame isindex keygen optgroup option plaintext rb rp rt rtc")

# A text is never a whole page.
WHOLE_PAGE = _tags("body head html")

# They say nothing without attributes, or nobody leaves them open: alone, they are words (`#include <map>`).
SAY_NOTHING_ALONE = _tags(
    """a address area audio base basefont bdo button canvas data dialog dir embed font frame iframe image img
        label legend link map menu meta meter object option output param progress select source summary
        template textarea time title track video"""
)

# The attributes that HTML has or had, those apart that begin with data-, aria- and on.
ATTRIBUTES = _tags(
    """abbr accept accept-charset accesskey action align alink allow allowfullscreen allowtransparency alt archive as
        async autocapitalize autocomplete autofocus autoplay axis background behavior bgcolor border bordercolor
        cellpadding cellspacing char charoff charset checked cite class classid clear code codebase codetype color cols
        colspan compact content contenteditable controls coords crossorigin data datetime declare decoding default
        defer dir direction dirname disabled download draggable enctype enterkeyhint face fetchpriority for form
        formaction frame frameborder headers height hidden high href hreflang hspace http-equiv id inert inputmode is
        ismap itemid itemprop itemref itemscope itemtype kind label lang language leftmargin link list loading
        longdesc loop low lowsrc manifest marginheight marginwidth max maxlength media method min minlength
        multiple muted name nohref
        nomodule nonce noresize noshade novalidate nowrap object open optimum part pattern ping placeholder playsinline
        popover poster preload profile prompt readonly referrerpolicy rel required rev reversed role rows rowspan rules
        sandbox scheme scope scrolling selected shape size sizes slot span spellcheck src srcdoc srclang srcset standby
        start step style summary tabindex target text title topmargin translate type usemap valign value valuetype
        version vlink vspace width wmode wrap xmlns"""
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


# Elements with another name for what they say, and the one that is written here.
RENAMED = {
    "acronym": "abbr",
    "strike": "s",
    "tt": "code",
    "kbd": "code",
    "samp": "code",
    "var": "i",
    "dfn": "i",
    "mark": "em",
    "listing": "pre",
    "plaintext": "pre",
    "xmp": "pre",
    "dir": "ul",
    "menu": "ul",
    "image": "img",
}

COMMENT = Vocabulary(
    tags=_tags("p br b strong i em s u del ins sup sub abbr cite a blockquote q code pre ul ol li"),
    attributes={
        "a": frozenset({"href", "rel"}),
        "abbr": frozenset({"title"}),
        "ol": frozenset({"start", "reversed", "type"}),
        "li": frozenset({"value"}),
        "blockquote": frozenset({"cite"}),
    },
    # Where a quotation is from is said in its last line (quotes.py), so that it can be seen too.
    ours={"a": frozenset({"rel"}), "blockquote": frozenset({"cite"})},
)

# Blocks that say which way they run (direction.py). Code runs from the left whatever it says, and the frame of a
# clipping keeps its place in the margin.
DIRECTED = _tags(
    "p h2 h3 h4 h5 h6 blockquote ul ol li dl dt dd table caption th td figcaption details summary"
)


def _joined(*lists: Mapping[str, frozenset[str]]) -> dict[str, frozenset[str]]:
    """Return what several lists of attributes allow together."""
    tags = {tag for allowed in lists for tag in allowed}
    return {tag: frozenset().union(*(allowed.get(tag, ()) for allowed in lists)) for tag in tags}


# Elements that a link within a post may lead to; which ids they get is decided in anchors.py and post.py.
PLACES = _tags("p li h2 h3 h4 h5 h6 blockquote pre table td th dt dd figcaption caption summary sup sub a")
_IDS = {tag: frozenset({"id"}) for tag in PLACES | {"figure"}}
_DIRECTIONS = {tag: frozenset({"dir"}) for tag in DIRECTED}

POST = Vocabulary(
    tags=COMMENT.tags
    | _tags(
        """h2 h3 h4 h5 h6 figure figcaption picture source img table thead tbody tfoot tr th td caption
        hr dl dt dd small span time details summary"""
    ),
    attributes=_joined(
        _IDS,
        _DIRECTIONS,
        {
            "a": frozenset({"href", "title"}),
            "ol": frozenset({"start", "reversed", "type"}),
            "li": frozenset({"value"}),
            "abbr": frozenset({"title"}),
            "blockquote": frozenset({"cite"}),
            "q": frozenset({"cite"}),
            "figure": frozenset({"data-figure", "data-date"}),
            "img": frozenset({"src", "alt", "width", "height", "loading", "decoding", "fetchpriority"}),
            "source": frozenset({"srcset", "type", "media"}),
            "td": frozenset({"colspan", "rowspan"}),
            "th": frozenset({"colspan", "rowspan", "scope"}),
            "time": frozenset({"datetime"}),
            "details": frozenset({"open"}),
        },
    ),
    ours=_joined(
        _IDS,
        _DIRECTIONS,
        {
            # What a link round a picture does, where nothing else says it.
            "a": frozenset({"title"}),
            "img": frozenset({"loading", "decoding", "fetchpriority"}),
        },
    ),
    # They name addresses that only our own figures may name.
    our_tags=frozenset({"picture", "source"}),
    classes={
        "figure": frozenset({"clip", "plate", "embed"}),
        "span": frozenset({"pub", "who", "credit"}),
        "p": frozenset({"elision"}),
    },
)

# The words under a picture.
CAPTION = Vocabulary(
    tags=INLINE - _tags("br img span"),
    attributes={
        "a": frozenset({"href"}),
        "abbr": frozenset({"title"}),
        "time": frozenset({"datetime"}),
    },
    ours={},
)
