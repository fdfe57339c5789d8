"""The tag for authors in the masthead: the link to the notes that readers sent them."""

from django import template

from accounts.models import User
from comments.models import Note

register = template.Library()


@register.inclusion_tag("comments/_notes_link.html")
def notes_link(viewer: User) -> dict:
    """Print the link to this author's notes with the number of unread ones; nothing if there are none."""
    return {"unread": Note.objects.to(viewer).filter(read_at=None).count()}
