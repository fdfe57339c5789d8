"""Muting a person or a branch, and the list of what one has muted; works without scripts, for guests too."""

from django.db.models import Exists, OuterRef
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts import guests
from accounts.limits import in_words
from accounts.models import Guest
from accounts.network import origin_of
from blog import answers, cross_site
from comments import actions, permissions
from comments.actions.common import whose
from comments.models import Comment, Mute
from comments.permissions import Writer
from comments.thread import WAITING, is_readable, viewer_of

# What the pressed button says, and what that does.
WISHES = {"person": actions.mute_person, "branch": actions.mute_branch, "show": actions.show_again}


@cross_site.guarded
@require_http_methods(["GET", "HEAD", "POST"])
def mute(request: HttpRequest, pk: int) -> HttpResponse:
    """The forms that mute the writer of a comment or its branch, or show them again; `do` says which."""
    comment = _comment(request, pk)
    person = guests.person_of(request)
    wish = request.POST.get("do", "")
    if wish not in WISHES:
        return _page(request, comment, person, status=400 if request.method == "POST" else 200)
    try:
        owner = WISHES[wish](comment, by=person, origin=origin_of(request))
    except actions.TooMany as refusal:
        return answers.too_many(request, seconds=refusal.seconds, wait=in_words(refusal.seconds))
    except actions.Refused as refusal:
        return answers.refused(request, str(refusal))
    response = HttpResponseRedirect(reverse("comments:in_thread", args=[comment.pk]), status=303)
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
    response = render(request, "comments/mute.html", context, status=status)
    response["X-Robots-Tag"] = "noindex"
    return response


def _comment(request: HttpRequest, pk: int) -> Comment:
    comment = get_object_or_404(Comment.objects.visible_to(request.user).with_post(), pk=pk)
    if comment.state in WAITING and not is_readable(comment, viewer_of(request, comment.post)):
        raise Http404
    return comment


@cross_site.guarded
@require_http_methods(["GET", "HEAD", "POST"])
def mutes(request: HttpRequest) -> HttpResponse:
    """What this reader has muted; posted, `mute` is shown again."""
    person = guests.person_of(request)
    own = Mute.objects.filter(**whose(person)) if person is not None else Mute.objects.none()
    if request.method != "POST":
        # A branch may have gone with its post, whose title is nobody's business then.
        is_here = Exists(Comment.objects.visible_to(request.user).filter(pk=OuterRef("comment")))
        listed = own.annotate(is_here=is_here).select_related("muted_user", "comment__post")
        listed = listed.defer("comment__post__body", "comment__post__body_html")
        response = render(request, "comments/mutes.html", {"mutes": listed.order_by("-created_at", "-pk")})
        response["X-Robots-Tag"] = "noindex"
        return response
    number = request.POST.get("mute", "")
    if number.isascii() and number.isdecimal() and len(number) < 19:
        for mute in own.filter(pk=int(number)):
            actions.unmute(mute)
    # One that is gone already is shown again, which is what was asked for.
    return HttpResponseRedirect(reverse("comments:mutes"), status=303)
