"""Serve media files where no web server in front does (docs/operations.md)."""

import mimetypes
import posixpath

from django.conf import settings
from django.core.exceptions import SuspiciousFileOperation
from django.http import FileResponse, Http404, HttpRequest
from django.utils._os import safe_join
from django.views.decorators.http import require_safe

from blog import files

# What blog.imaging.processing writes. Anything else that may lie in the folder is not given out.
TYPES = frozenset({"image/avif", "image/gif", "image/jpeg", "image/png", "image/webp"})
A_YEAR = 365 * 24 * 3600


@require_safe
def media(request: HttpRequest, path: str) -> FileResponse:
    """Send one file. Names are never reused, so browsers may cache it for ever."""
    path = posixpath.normpath(path)
    is_file = path.startswith(f"{files.FOLDER}/")
    content_type = files.type_of(path) if is_file else mimetypes.guess_type(path)[0]
    if not content_type or not (is_file or content_type in TYPES):
        raise Http404
    try:
        file = open(safe_join(settings.MEDIA_ROOT, path), "rb")  # noqa: SIM115 — the response closes it
    except (OSError, ValueError, SuspiciousFileOperation) as error:
        raise Http404 from error
    is_saved = is_file and not files.is_shown(content_type)
    response = FileResponse(file, content_type=content_type, as_attachment=is_saved)
    response["Cache-Control"] = f"public, max-age={A_YEAR}, immutable"
    return response
