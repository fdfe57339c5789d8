"""Files other than pictures that the site serves: documents, audio and video, under types that run nothing."""

import re
from pathlib import Path, PurePosixPath

from django.core.files import File
from django.core.files.storage import default_storage

FOLDER = "files"
# Whoever opens one of these on this site runs nothing of its writer's with the site's rights: no HTML, SVG or script.
TYPES = {
    ".pdf": "application/pdf",
    ".txt": "text/plain; charset=utf-8",
    ".csv": "text/csv; charset=utf-8",
    ".doc": "application/msword",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xls": "application/vnd.ms-excel",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".ppt": "application/vnd.ms-powerpoint",
    ".pps": "application/vnd.ms-powerpoint",
    ".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ".odt": "application/vnd.oasis.opendocument.text",
    ".ods": "application/vnd.oasis.opendocument.spreadsheet",
    ".odp": "application/vnd.oasis.opendocument.presentation",
    ".rtf": "application/rtf",
    ".epub": "application/epub+zip",
    ".zip": "application/zip",
    ".gz": "application/gzip",
    ".7z": "application/x-7z-compressed",
    ".gpx": "application/octet-stream",
    ".kmz": "application/octet-stream",
    ".mp3": "audio/mpeg",
    ".m4a": "audio/mp4",
    ".ogg": "audio/ogg",
    ".oga": "audio/ogg",
    ".wav": "audio/wav",
    ".flac": "audio/flac",
    ".mp4": "video/mp4",
    ".m4v": "video/mp4",
    ".mov": "video/quicktime",
    ".webm": "video/webm",
    ".ogv": "video/ogg",
    ".avi": "video/x-msvideo",
    ".wmv": "video/x-ms-wmv",
}
_SHOWN_IN_BROWSERS = ("application/pdf", "text/plain", "audio/", "video/")
_MOST_LETTERS = 120


def type_of(name: str) -> str:
    """Return the media type under which a file of this name is served, "" if it is not."""
    return TYPES.get(PurePosixPath(name).suffix.lower(), "")


def is_shown(content_type: str) -> bool:
    """Whether browsers display this type; others are downloaded."""
    return content_type.startswith(_SHOWN_IN_BROWSERS)


def keep(source: Path, *, below: str) -> str:
    """Copy a file into the media folder, under the path `below`; return its URL.

    Raises ValueError if files of this name are not served.
    """
    if not type_of(source.name):
        raise ValueError(f"not given out: {source.name!r}")
    ending = source.suffix.lower()
    stem = default_storage.get_valid_name(source.stem[:_MOST_LETTERS]) or "file"
    folder = "/".join(part for part in below.split("/") if re.fullmatch(r"\d{1,4}", part))
    path = str(PurePosixPath(FOLDER, folder, f"{stem}{ending}"))
    with source.open("rb") as file:
        return default_storage.url(default_storage.save(path, File(file)))
