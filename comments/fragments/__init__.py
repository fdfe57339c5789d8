"""The HTML of comments, joined from columns of the database; all of it is in this package. See render.py."""

from comments.fragments.controls import READING_ONLY, Controls
from comments.fragments.render import Fragments

__all__ = ["READING_ONLY", "Controls", "Fragments"]
