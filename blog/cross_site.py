"""Tells whether a form without a token was sent from our own pages; it decides nothing about who sent it."""

from django.conf import settings
from django.http import HttpRequest


def comes_from_here(request: HttpRequest) -> bool:
    """Whether the browser says that our own page sent this: Sec-Fetch-Site, else Origin; silence is a no."""
    fetch_site = request.headers.get("Sec-Fetch-Site")
    if fetch_site is not None:
        return fetch_site == "same-origin"
    return request.headers.get("Origin", "").rstrip("/") == settings.SITE_URL
