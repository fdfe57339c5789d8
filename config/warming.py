"""Has a new process answer its first requests to itself, so that no reader waits until templates and code are read.

It writes nothing, and whatever goes wrong is left for a reader's request to say: a database that is down, say.
"""

import io
from collections.abc import Callable
from contextlib import closing
from urllib.parse import unquote, urlsplit


def warm_up(application: Callable) -> None:
    """Let the WSGI application answer the front page and the newest post once each, as a stranger gets them."""
    from django.db import Error, connection

    try:
        for path in ("/", _newest_post()):
            if path:
                _get(application, path)
    except Error:
        return
    finally:
        # The threads that answer readers have connections of their own.
        connection.close()


def _newest_post() -> str | None:
    from blog.models import Post

    post = Post.objects.listed().order_by("-published_at").first()
    return post.get_absolute_url() if post else None


def _get(application: Callable, path: str) -> None:
    from django.conf import settings

    site = urlsplit(settings.SITE_URL)
    environ = {
        "REQUEST_METHOD": "GET",
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote(path).encode().decode("latin-1"),
        "QUERY_STRING": "",
        "SERVER_NAME": site.hostname,
        "SERVER_PORT": "443" if site.scheme == "https" else "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": site.netloc,
        "HTTP_ACCEPT_ENCODING": "gzip, br",
        # As the proxy says it; without one, what is asked for is the redirect to https.
        "HTTP_X_FORWARDED_PROTO": site.scheme,
        "wsgi.url_scheme": site.scheme,
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": io.StringIO(),
        "wsgi.version": (1, 0),
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    with closing(application(environ, lambda status, headers, exc_info=None: None)) as body:
        for _chunk in body:
            pass
