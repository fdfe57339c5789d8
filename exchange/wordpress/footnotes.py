"""Puts footnotes of the block editor into the text; WordPress stores them separately."""

import json
from typing import Any

from lxml import html as lxml_html
from lxml.etree import SubElement
from lxml.html import HtmlElement

# Where the block editor says that the notes stand.
PLACE = '<ol class="wp-block-footnotes"></ol>'


def fill_footnotes(root: HtmlElement, written: str) -> int:
    """Write the notes (JSON, as WordPress keeps it) into their place; return how many there were."""
    places = [element for element in root.iter("ol") if element.get("class") == "wp-block-footnotes"]
    notes = _read(written) if places else {}
    if notes:
        _number(root, list(notes))
        for number, content in enumerate(notes.values(), start=1):
            _write(SubElement(places[0], "li", {"id": f"fn{number}"}), content, number)
    for place in places if not notes else places[1:]:
        place.drop_tree()
    return len(notes)


def _read(written: str) -> dict[str, str]:
    try:
        data: Any = json.loads(written)
    except ValueError:
        return {}
    entries = [entry for entry in data if isinstance(entry, dict)] if isinstance(data, list) else []
    return {str(entry["id"]): str(entry.get("content", "")) for entry in entries if entry.get("id")}


def _number(root: HtmlElement, keys: list[str]) -> None:
    """Let the marks in the text lead to the notes, by numbers instead of WordPress' long keys."""
    for mark in root.iter("sup"):
        key, link = mark.attrib.pop("data-fn", ""), mark.find("a")
        if key in keys and link is not None:
            number = keys.index(key) + 1
            link.set("href", f"#fn{number}")
            link.set("id", f"fnref{number}")


def _write(item: HtmlElement, content: str, number: int) -> None:
    holder = lxml_html.fragment_fromstring(content, create_parent="span")
    item.append(holder)
    holder.drop_tag()
    back = SubElement(item, "a", {"href": f"#fnref{number}"})
    back.text = "↩"
    if len(item) > 1:
        item[-2].tail = f"{item[-2].tail or ''} "
    else:
        item.text = f"{item.text or ''} "
