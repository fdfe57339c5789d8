"""What authors find in their masthead: the way to the notes that readers sent them."""

from django import template

from accounts.models import User
from comments.models import Note

register = template.Library()


@register.inclusion_tag("comments/_notes_link.html")
def notes_link(viewer: User) -> dict:
    """Print the way to this author's notes with the number of unread ones; nothing when there is none."""
    return {"unread": Note.objects.to(viewer).filter(read_at=None).count()}
