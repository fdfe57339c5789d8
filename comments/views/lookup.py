"""Finds the comment that an address names; every view of one comment begins here.

A comment that is held is, to everybody but its writer and moderators, as if it had never been written.
"""

from django.http import HttpRequest

from comments.models import Comment
from comments.thread import WAITING, viewer_of


def comment_for(request: HttpRequest, pk: int) -> Comment | None:
    """Return the comment with its post and member, or None where there is none that this reader may know of.

    It is on a post that they may read; and while it waits, only its writer and who decides on it know of it.
    """
    found = Comment.objects.visible_to(request.user).with_post().filter(pk=pk).first()
    if found is None or found.state not in WAITING:
        return found
    viewer = viewer_of(request, found.post)
    return found if viewer.moderates or viewer.wrote(found) else None
