"""Shows definitions in Markdown that nothing uses: `[1]: https://…` under "Sources:" is words that people read."""

from collections.abc import Iterator, Sequence
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from blog.markup.addresses import safe_address


def show_unused(markdown: MarkdownIt) -> None:
    """Show unused definitions of links and notes where they were typed."""
    markdown.options["inline_definitions"] = True
    markdown.core.ruler.before("block", "references", _watch)
    markdown.core.ruler.after("inline", "definitions", _show)


class _References(dict[str, Any]):
    """Addresses by label, and the labels that were used."""

    def __init__(self) -> None:
        super().__init__()
        self.used: set[str] = set()

    def get(self, label: str, default: Any = None) -> Any:
        self.used.add(label)
        return super().get(label, default)


def _watch(state: StateCore) -> None:
    state.env["references"] = _References()


def _show(state: StateCore) -> None:
    shown: list[Token] = []
    used: set[str] = state.env["references"].used
    notes: dict[str, int] = state.env.get("footnotes", {}).get("refs", {})
    hidden: list[bool] = []
    last_line = -1
    for token in state.tokens:
        if token.type == "definition":
            # The first one is used; others by its label are as good as none.
            if token.meta["id"] in used:
                used.discard(token.meta["id"])
            elif token.map is not None:
                _add(shown, state.md, token, follows=token.map[0] == last_line)
                last_line = token.map[1]
        elif token.type == "footnote_reference_open" and notes.get(f":{token.meta['label']}", 0) < 0:
            hidden.append(True)
            _name_note(state.tokens, token)
        elif token.type == "footnote_reference_open":
            hidden.append(False)
            shown.append(token)
        elif token.type != "footnote_reference_close" or not hidden.pop():
            shown.append(token)
    state.tokens = shown


def _add(shown: list[Token], markdown: MarkdownIt, definition: Token, *, follows: bool) -> None:
    """Write a definition as a line of its own, in the paragraph of the one right above it."""
    line = list(_line(markdown, definition.meta))
    if follows and shown and shown[-1].type == "paragraph_close":
        children = shown[-2].children or []
        shown[-2].children = [*children, Token("softbreak", "br", 0), *line]
        return
    inline = Token("inline", "", 0, children=line, map=definition.map, block=True)
    shown += [
        Token("paragraph_open", "p", 1, block=True),
        inline,
        Token("paragraph_close", "p", -1, block=True),
    ]


def _line(markdown: MarkdownIt, meta: dict[str, str]) -> Iterator[Token]:
    words = markdown.normalizeLinkText(meta["url"])
    yield Token("text", "", 0, content=f"[{meta['label']}]: ")
    if safe_address(meta["url"]) and "link" in markdown.get_active_rules()["inline"]:
        yield Token("link_open", "a", 1, attrs={"href": meta["url"]})
        yield Token("text", "", 0, content=words)
        yield Token("link_close", "a", -1)
    else:
        yield Token("text", "", 0, content=words)
    if meta["title"]:
        yield Token("text", "", 0, content=f' "{meta["title"]}"')


def _name_note(tokens: Sequence[Token], opening: Token) -> None:
    """Put the label of an unused note before its words."""
    for token in tokens[tokens.index(opening) + 1 :]:
        if token.type == "footnote_reference_close":
            return
        if token.type == "inline":
            name = Token("text", "", 0, content=f"[^{opening.meta['label']}]: ")
            token.children = [name, *(token.children or [])]
            return
