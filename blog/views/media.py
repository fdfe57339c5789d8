"""Pictures of figures, where no web server in front serves the folder (docs/operations.md)."""

import mimetypes
import posixpath

from django.conf import settings
from django.core.exceptions import SuspiciousFileOperation
from django.http import FileResponse, Http404, HttpRequest
from django.utils._os import safe_join
from django.views.decorators.http import require_safe

# What blog.images writes. Anything else that may lie in the folder is not given out.
TYPES = frozenset({"image/avif", "image/gif", "image/jpeg", "image/png", "image/webp"})
A_YEAR = 365 * 24 * 3600


@require_safe
def media(request: HttpRequest, path: str) -> FileResponse:
    """Send one picture; its name never comes again for another picture, so it may be kept for ever."""
    content_type = mimetypes.guess_type(path)[0]
    if content_type not in TYPES:
        raise Http404
    try:
        file = open(safe_join(settings.MEDIA_ROOT, posixpath.normpath(path)), "rb")  # noqa: SIM115 — the response closes it
    except (OSError, ValueError, SuspiciousFileOperation) as error:
        raise Http404 from error
    response = FileResponse(file, content_type=content_type)
    response["Cache-Control"] = f"public, max-age={A_YEAR}, immutable"
    return response
