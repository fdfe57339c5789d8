"""What is new: how far somebody has read, and what arrives while they read."""

from dataclasses import asdict
from datetime import timedelta

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts import reads
from blog.models import Post
from blog.rate_limit import limited
from comments import actions
from comments.discussion import live_updates
from comments.thread import order_of, viewer_of
from web import responses
from web.params import int_param

# Seconds; changes from longer ago are not looked for.
LONGEST_AGO = 30 * 24 * 3600
# No discussion has so many comments.
LARGEST_NUMBER = 9_999_999_999


@require_safe
def latest(request: HttpRequest, post_id: int) -> HttpResponse:
    """Return ids and numbers of the newest comments, for every open page; cached, except for readers who mute."""
    post = _post(request, post_id)
    return JsonResponse({"comments": live_updates.latest(post, viewer_of(request))})


@require_safe
@limited(reads.NEWS)
def arrived(request: HttpRequest, post_id: int) -> HttpResponse:
    """Return what changed on a page since it was made, for a script that inserts each comment in its place."""
    post = _post(request, post_id)
    person = request.user if request.user.is_authenticated else None
    # A duration and not a moment, since the reader's clock may be wrong.
    ago = timedelta(seconds=min(_number(request, "ago"), LONGEST_AGO))
    after = _number(request, "after")
    viewer, order = viewer_of(request, post), order_of(request)
    changes = live_updates.updates_since(post, viewer, person=person, after=after, ago=ago, order=order)
    return JsonResponse(asdict(changes))


@require_safe
@limited(reads.NEWS)
def news(request: HttpRequest, post_id: int) -> HttpResponse:
    """Return the comments numbered after `since`, in reading order, for a discussion that is cut into pages."""
    post = _post(request, post_id)
    found = live_updates.unread(
        post, viewer_of(request, post), since=_number(request, "since"), order=order_of(request)
    )
    return JsonResponse({"comments": list(found)})


@require_POST
def visit(request: HttpRequest, post_id: int) -> HttpResponse:
    """Store that a member is still reading (`stay`), or from when on comments are new to them."""
    post = _post(request, post_id)
    if not request.user.is_authenticated:
        # A script remembers it on their device.
        return responses.refused(request, _("Without an account, your place is remembered on this device."))
    wanted = request.POST.get("do", "")
    if wanted == "stay":
        actions.stay(request.user, post.pk, last=_number(request, "last"))
        return HttpResponse(status=204)
    actions.choose_since(request.user, post.pk, span=wanted)
    return responses.see_other(f"{post.get_absolute_url()}#discussion")


def _post(request: HttpRequest, post_id: int) -> Post:
    posts = Post.objects.visible_to(request.user).defer("body", "body_html")
    return get_object_or_404(posts, pk=post_id)


def _number(request: HttpRequest, name: str) -> int:
    """Return the number that a script sent as `name`; 404 if it is none."""
    values = request.POST if request.method == "POST" else request.GET
    number = int_param(values.get(name, ""), most=LARGEST_NUMBER)
    if number is None:
        raise Http404
    return number
