"""Finds imported comments for old links, whose fragment the server never sees."""

from django.http import Http404, HttpRequest, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_safe

from blog.models import Post
from comments.models import Comment
from exchange.models import ImportedItem
from web.params import LARGEST_ID, int_param


@require_safe
def old_comment(request: HttpRequest, old_id: int) -> JsonResponse:
    """Answer {"address": …} for `#comment-<old_id>` on the post `?post=`: under its old id, else under today's.

    An import keeps the ids of comments when none is taken; otherwise the id may be another comment's here, so what
    was imported comes first, and both must stand on this very post.
    """
    post = get_object_or_404(Post.objects.visible_to(request.user), pk=_number(request.GET.get("post", "")))
    if old_id > LARGEST_ID:
        raise Http404
    imported = ImportedItem.objects.filter(kind=ImportedItem.Kind.COMMENT, old_id=str(old_id))
    on_post = Comment.objects.public().filter(post=post)
    found = on_post.filter(pk__in=imported.values("new_id")).first() or get_object_or_404(on_post, pk=old_id)
    return JsonResponse({"address": reverse("comments:in_thread", args=[found.pk])})


def _number(text: str) -> int:
    number = int_param(text)
    if number is None:
        raise Http404
    return number
