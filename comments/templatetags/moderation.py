"""What those who decide on comments find on other pages: the way to the queue, and one comment’s decisions."""

from dataclasses import replace

from django import template
from django.template.context import Context

from accounts.models import User
from comments import decisions, queue
from comments.models import Comment

register = template.Library()


@register.inclusion_tag("comments/_moderation.html", takes_context=True)
def moderation(context: Context, comment: Comment, rev: int) -> dict:
    """Print what can be decided on this comment, and what was; nothing for those who do not decide on it.

    A decision is about `rev`, the version whose words the page shows: there may be a later one by now.
    """
    request = context["request"]
    desk = queue.desk_of(request.user)
    items = queue.items_of(desk, [comment.pk]) if desk else []
    if not desk or not items:
        return {}
    decided = decisions.numbers_in(request.GET.get("decided", ""))
    return {
        "item": replace(items[0], rev=rev),
        "receipts": queue.receipts_of(desk.user, decided, comment=comment) if decided else [],
        "history": queue.history_of(comment),
        "reasons": decisions.REASONS,
        "next": comment.get_absolute_url(),
        "csrf_token": context.get("csrf_token"),
    }


@register.inclusion_tag("comments/_moderation_link.html")
def moderation_link(viewer: User | None, path: str) -> dict:
    """Print the way to the queue with the number of what waits, for those who decide on comments."""
    desk = queue.desk_of(viewer) if viewer is not None else None
    return {"desk": desk, "held": queue.held_count(desk) if desk else 0, "path": path}
