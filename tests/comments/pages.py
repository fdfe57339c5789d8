"""Finds parts of a discussion's page by plain selectors."""

import re

import lxml.html

from tests.blog.pages import words

__all__ = ["find", "fragment", "page_of", "words"]


def fragment(html):
    """Parse list items as the children of a list."""
    return lxml.html.fragment_fromstring(html, create_parent="ol")


def page_of(response):
    return lxml.html.fromstring(response.content.decode())


def find(element, selector):
    """Return the elements under one: tags, .classes, #ids, descendants, and commas between such."""
    paths = ["." + "".join(map(_step, part.split())) for part in selector.split(",")]
    return element.xpath(" | ".join(paths))


def _step(part):
    tag, mark, name = re.fullmatch(r"(\w*)([.#]?)([\w-]*)", part).groups()
    if mark == "#":
        return f"//{tag or '*'}[@id='{name}']"
    has_class = f"[contains(concat(' ', normalize-space(@class), ' '), ' {name} ')]" if mark else ""
    return f"//{tag or '*'}{has_class}"
