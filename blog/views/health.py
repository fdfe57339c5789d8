"""Health checks: whether the process lives, and whether it can serve. Details are for owners and this machine."""

import django
from django.core.cache import cache as pages_cache
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.crypto import get_random_string
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from accounts.network import asks_from_this_machine
from blog.version import own_version

ENGINES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


@require_safe
@cache_control(no_store=True)
def healthz(request: HttpRequest) -> HttpResponse:
    """Answer that the process is alive, without asking the database."""
    return HttpResponse("ok\n", content_type="text/plain; charset=utf-8")


@require_safe
@cache_control(no_store=True)
def readyz(request: HttpRequest) -> JsonResponse:
    """Say whether the site can serve; owners and programs on this machine also get parts and versions."""
    parts = {"database": _works(_ask_database), "cache": _works(_ask_cache)}
    # Without its cache the site is slower in places and does all it should: no reason to send readers away.
    ready = parts["database"]
    status = 200 if ready else 503
    if not (asks_from_this_machine(request) or (ready and _is_owner(request))):
        return JsonResponse({"ready": ready}, status=status)
    state = {name: "ok" if works else "fails" for name, works in parts.items()}
    versions = {"commonplace": own_version(), "django": django.get_version()}
    if parts["database"]:
        versions[ENGINES[connection.vendor]] = _database_version()
    return JsonResponse({"ready": ready, **state, "versions": versions}, status=status)


def _is_owner(request: HttpRequest) -> bool:
    return request.user.is_authenticated and request.user.is_superuser


def _works(ask) -> bool:
    # Whatever breaks, the answer is "fails"; the reason is nothing for a public page.
    try:
        return ask()
    except Exception:
        return False


def _ask_database() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return cursor.fetchone() == (1,)


def _ask_cache() -> bool:
    word = get_random_string(12)
    pages_cache.set("readyz", word, timeout=30)
    return pages_cache.get("readyz") is not None


def _database_version() -> str:
    return ".".join(str(part) for part in connection.get_database_version())
