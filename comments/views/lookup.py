"""Finds the comment that an address names; every view of one comment begins here.

To everybody but its writer and moderators, a held comment does not exist.
"""

from django.http import HttpRequest

from comments.models import Comment
from comments.thread import WAITING, viewer_of


def comment_for(request: HttpRequest, pk: int) -> Comment | None:
    """Return the comment with its post and member, or None where there is none that this reader may know of.

    The reader must be able to read its post; a comment that waits is found only for its writer and its moderators.
    """
    found = Comment.objects.visible_to(request.user).with_post().filter(pk=pk).first()
    if found is None or found.state not in WAITING:
        return found
    viewer = viewer_of(request, found.post)
    return found if viewer.moderates or viewer.wrote(found) else None
