"""Add to a cached page, while the database is down, the sentence that says how old it is."""

import gzip
from datetime import datetime

import brotli
from django.template.loader import render_to_string

# Where a post's page says so (templates/blog/post.html); in no text of anybody's, since stored HTML holds no comments.
MARK = b"<!--as of-->"


def said(body: bytes, *, encoding: str, moment: datetime) -> bytes:
    """Return the unpacked body with the sentence in its place. `moment` is in the site's time zone.

    Bodies without such a place are for scripts and are returned unchanged.
    """
    if encoding == "br":
        body = brotli.decompress(body)
    elif encoding == "gzip":
        body = gzip.decompress(body)
    if MARK not in body:
        return body
    sentence = render_to_string("blog/_as_of.html", {"moment": moment}).strip()
    return body.replace(MARK, sentence.encode(), 1)
