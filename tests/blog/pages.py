"""Reads answers as a reader would: the words of a page and the places its links lead to."""

from zoneinfo import ZoneInfo

from lxml import html

from blog import page_cache


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


def make_kept(body: bytes) -> page_cache.CachedPage:
    """Return a page as the shelf has it, of no post and of no use but its size."""
    return page_cache.CachedPage(
        body=body,
        headers=(),
        etag="",
        versions=page_cache.Versions(1, "published", 1, 1, 1),
        made_at=0,
        valid_until=0,
        zone=ZoneInfo("UTC"),
        verified_at=0,
    )
