"""Reads answers as a reader would: the words of a page and the places its links lead to."""

from lxml import html


def page(response):
    """Return the parsed page of an answer that must be 200."""
    assert response.status_code == 200, response.status_code
    return html.fromstring(response.content.decode())


def words(element) -> str:
    """Return what stands in an element, white space folded."""
    return " ".join(element.text_content().split())


def links(root, path: str = ".//a") -> list[str]:
    return [link.get("href") for link in root.xpath(path)]


def all_by_class(root, name: str) -> list:
    return root.xpath(f".//*[contains(concat(' ', normalize-space(@class), ' '), ' {name} ')]")


def by_class(root, name: str):
    """Return the first element of a class; there must be one."""
    found = all_by_class(root, name)
    assert found, f"nothing of class {name}"
    return found[0]


def by_id(root, name: str):
    [found] = root.xpath(f"//*[@id='{name}']")
    return found
