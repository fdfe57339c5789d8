"""The HTML of comments, joined from columns: the one place where it stands. See joining.py."""

from comments.fragments.joining import READING_ONLY, Controls, Fragments

__all__ = ["READING_ONLY", "Controls", "Fragments"]
