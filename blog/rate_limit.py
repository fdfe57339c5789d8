"""Decorator that limits how often a view may be requested: 429, with the time to wait in words."""

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse

from accounts.limits import in_words
from accounts.reads import ReadLimit, who_asks
from web import responses

View = Callable[..., HttpResponse]


def limited(limit: ReadLimit, *, when: Callable[[HttpRequest], bool] | None = None) -> Callable[[View], View]:
    """Return a decorator that counts a view's requests: all, or those for which `when` is true."""

    def around(view: View) -> View:
        @wraps(view)
        def counting(request: HttpRequest, *arguments, **named) -> HttpResponse:
            if (when is None or when(request)) and (wait := limit.take(who_asks(request))):
                return responses.too_many(request, seconds=wait, wait=in_words(wait))
            return view(request, *arguments, **named)

        counting.read_limit = limit  # type: ignore[attr-defined]
        return counting

    return around
