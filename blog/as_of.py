"""Says on a kept page that the database is away, and from when the page is."""

import gzip
from datetime import datetime

import brotli
from django.template.loader import render_to_string

# Where a post's page says so (templates/blog/post.html); in no text of anybody's, since stored HTML holds no comments.
MARK = b"<!--as of-->"


def said(body: bytes, *, encoding: str, moment: datetime) -> bytes:
    """Return a kept body unpacked, with the sentence in its place. `moment` is in the site's zone.

    What has no such place is for scripts, and stays as it is.
    """
    if encoding == "br":
        body = brotli.decompress(body)
    elif encoding == "gzip":
        body = gzip.decompress(body)
    if MARK not in body:
        return body
    sentence = render_to_string("blog/_as_of.html", {"moment": moment}).strip()
    return body.replace(MARK, sentence.encode(), 1)
