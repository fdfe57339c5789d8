"""What those who decide on comments find on other pages: the way to the queue, and one comment’s decisions."""

from dataclasses import replace

from django import template
from django.template.context import Context

from accounts.models import User
from comments.models import Comment
from comments.moderation import held_count, history_of, items_of, receipts_of, scope_of
from comments.moderation.bulk import numbers_in
from comments.moderation.reasons import REASONS

register = template.Library()


@register.inclusion_tag("comments/_moderation.html", takes_context=True)
def moderation(context: Context, comment: Comment, rev: int) -> dict:
    """Print what can be decided on this comment, and what was; nothing for those who do not decide on it.

    A decision is about `rev`, the version whose words the page shows: there may be a later one by now.
    """
    request = context["request"]
    scope = scope_of(request.user)
    items = items_of(scope, [comment.pk]) if scope else []
    if not scope or not items:
        return {}
    decided = numbers_in(request.GET.get("decided", ""))
    return {
        "item": replace(items[0], rev=rev),
        "receipts": receipts_of(scope.user, decided, comment=comment) if decided else [],
        "history": history_of(comment),
        "reasons": REASONS,
        "next": comment.get_absolute_url(),
        "csrf_token": context.get("csrf_token"),
    }


@register.inclusion_tag("comments/_moderation_link.html")
def moderation_link(viewer: User | None, path: str) -> dict:
    """Print the way to the queue with the number of what waits, for those who decide on comments."""
    scope = scope_of(viewer) if viewer is not None else None
    return {"desk": scope, "held": held_count(scope) if scope else 0, "path": path}
