"""Muting a person, or a comment with its replies, and the list of what one has muted. Guests can do it too."""

from django.db.models import Exists, OuterRef
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts import guests
from accounts.limits import in_words
from accounts.models import Guest
from accounts.network import origin_of
from comments import actions, permissions
from comments.actions.common import whose
from comments.models import Comment, Mute
from comments.permissions import Writer
from comments.thread import WAITING, is_readable, viewer_of
from comments.views.lookup import comment_for
from web import csrf, responses
from web.params import int_param

# The value of the pressed button, and its action.
WISHES = {"person": actions.mute_person, "branch": actions.mute_branch, "show": actions.show_again}


@csrf.guarded
@require_http_methods(["GET", "HEAD", "POST"])
def mute(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the forms that mute a comment's writer or its replies; posted, do what `do` says."""
    comment = _comment(request, pk)
    person = guests.person_of(request)
    wish = request.POST.get("do", "")
    if wish not in WISHES:
        return _page(request, comment, person, status=400 if request.method == "POST" else 200)
    try:
        owner = WISHES[wish](comment, by=person, origin=origin_of(request))
    except actions.TooMany as refusal:
        return responses.too_many(request, seconds=refusal.seconds, wait=in_words(refusal.seconds))
    except actions.Refused as refusal:
        return responses.refused(request, str(refusal))
    response = responses.see_other(reverse("comments:in_thread", args=[comment.pk]))
    if isinstance(owner, Guest):
        guests.remember(response, owner)
    return response


def _page(request: HttpRequest, comment: Comment, person: Writer | None, *, status: int) -> HttpResponse:
    muted = list(actions.mutes_hiding(comment, by=person)) if person is not None else []
    context = {
        "comment": comment,
        "refusal": permissions.mute_refusal(person, comment),
        "has_muted_branch": any(mute.comment_id for mute in muted),
        "has_muted_person": any(not mute.comment_id for mute in muted),
    }
    return responses.never_indexed(render(request, "comments/mute.html", context, status=status))


def _comment(request: HttpRequest, pk: int) -> Comment:
    comment = comment_for(request, pk)
    if (
        comment is None
        or comment.state in WAITING
        and not is_readable(comment, viewer_of(request, comment.post))
    ):
        raise Http404
    return comment


@csrf.guarded
@require_http_methods(["GET", "HEAD", "POST"])
def mutes(request: HttpRequest) -> HttpResponse:
    """List what this reader has muted; posted, remove the mute with the id `mute`."""
    person = guests.person_of(request)
    own = Mute.objects.filter(**whose(person)) if person is not None else Mute.objects.none()
    if request.method != "POST":
        # If the post is not public any more, the list must not show its title.
        is_here = Exists(Comment.objects.visible_to(request.user).filter(pk=OuterRef("comment")))
        listed = own.annotate(is_here=is_here).select_related("muted_user", "comment__post")
        listed = listed.defer("comment__post__body", "comment__post__body_html")
        return responses.never_indexed(
            render(request, "comments/mutes.html", {"mutes": listed.order_by("-created_at", "-pk")})
        )
    number = int_param(request.POST.get("mute", ""))
    if number is not None:
        for mute in own.filter(pk=number):
            actions.unmute(mute)
    # If the mute is gone already, nothing is left to do.
    return responses.see_other(reverse("comments:mutes"))
