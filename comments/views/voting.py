"""Votes: one form a page, whose buttons say up or down and which comment; works without scripts and without reload."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_POST

from accounts import guests
from accounts.limits import in_words
from accounts.models import Guest
from accounts.network import origin_of
from blog import answers, cross_site
from comments import actions, discussion
from comments.models import Comment
from comments.models.votes import DOWN, UP
from comments.thread import viewer_of

# What a pressed button is called, and the vote that it casts; None takes back what there is.
BUTTONS = {"up": UP, "down": DOWN, "unup": None, "undown": None}


@cross_site.guarded
@require_POST
def vote(request: HttpRequest) -> HttpResponse:
    button, number = _pressed(request)
    comments = Comment.objects.visible_to(request.user).with_post()
    comment = get_object_or_404(comments, pk=number)
    voter, origin, value = guests.person_of(request), origin_of(request), BUTTONS[button]
    try:
        if value is None:
            ballot = actions.clear_vote(comment, voter=voter, origin=origin)
        else:
            ballot = actions.cast_vote(comment, voter=voter, value=value, origin=origin)
    except actions.TooMany as refusal:
        return answers.too_many(request, seconds=refusal.seconds, wait=in_words(refusal.seconds))
    except actions.Refused as refusal:
        return answers.refused(request, str(refusal))
    return _counted(request, comment, ballot.voter)


def _pressed(request: HttpRequest) -> tuple[str, int]:
    """Return the button's name and the comment's id; 0, which nobody has, where the form says neither."""
    for button in BUTTONS:
        number = request.POST.get(button, "")
        if number.isascii() and number.isdecimal() and len(number) < 19:
            return button, int(number)
    return "up", 0


def _counted(request: HttpRequest, comment: Comment, voter) -> HttpResponse:
    """Show the vote counted: the buttons alone for a script, else the comment in its thread."""
    viewer = viewer_of(request)
    if isinstance(voter, Guest):
        viewer = viewer._replace(guest_id=voter.pk)
    if answers.wants_fragment(request):
        response = HttpResponse(discussion.vote_buttons(comment, viewer))
    else:
        response = HttpResponseRedirect(reverse("comments:in_thread", args=[comment.pk]), status=303)
    if isinstance(voter, Guest):
        guests.remember(response, voter)
    return response
