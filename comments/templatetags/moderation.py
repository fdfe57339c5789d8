"""Tags for moderators on other pages: the link to the queue, and the decisions on one comment."""

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
    """Print the decisions one can make on this comment, and its history; nothing for those who do not moderate it.

    Decisions are about `rev`, the version of the text that the page shows, even if there is a later one by now.
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
    """Print the link to the queue with the number of held comments, for those who moderate."""
    scope = scope_of(viewer) if viewer is not None else None
    return {"desk": scope, "held": held_count(scope) if scope else 0, "path": path}
