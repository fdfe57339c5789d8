"""Ids of entries in feeds, which never change."""

from web.absolute_urls import absolute, path


def entry_id_before(post_id: int) -> str:
    """Return the id that a post had in feeds before ids stood in a column: an address of the site."""
    return absolute(path("blog:preview", post_id))
