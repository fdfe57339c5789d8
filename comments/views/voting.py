"""Votes: one form for each page, whose buttons name the vote and the comment. Works with and without scripts."""

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from accounts import guests
from accounts.limits import in_words
from accounts.models import Guest
from accounts.network import origin_of
from comments import actions
from comments.discussion import single_comments
from comments.models import Comment
from comments.models.votes import DOWN, UP
from comments.permissions import Writer
from comments.thread import viewer_of
from comments.views.lookup import comment_for
from web import csrf, responses
from web.params import int_param

# The name of the pressed button, and the vote it casts; None takes the vote back.
BUTTONS = {"up": UP, "down": DOWN, "unup": None, "undown": None}


@csrf.guarded
@require_POST
def vote(request: HttpRequest) -> HttpResponse:
    button, number = _pressed(request)
    comment = comment_for(request, number)
    if comment is None:
        raise Http404
    voter, origin, value = guests.person_of(request), origin_of(request), BUTTONS[button]
    try:
        if value is None:
            ballot = actions.clear_vote(comment, voter=voter, origin=origin)
        else:
            ballot = actions.cast_vote(comment, voter=voter, value=value, origin=origin)
    except actions.TooMany as refusal:
        return responses.too_many(request, seconds=refusal.seconds, wait=in_words(refusal.seconds))
    except actions.Refused as refusal:
        return responses.refused(request, str(refusal))
    return _counted(request, comment, ballot.voter)


def _pressed(request: HttpRequest) -> tuple[str, int]:
    """Return the pressed button's name and the comment's id, which is 0 if the form names none."""
    for button in BUTTONS:
        number = int_param(request.POST.get(button, ""))
        if number is not None:
            return button, number
    return "up", 0


def _counted(request: HttpRequest, comment: Comment, voter: Writer | None) -> HttpResponse:
    """Show the vote counted: the buttons alone for a script, else the comment in its thread."""
    viewer = viewer_of(request)
    if isinstance(voter, Guest):
        viewer = viewer._replace(guest_id=voter.pk)
    if responses.wants_fragment(request):
        response = HttpResponse(single_comments.vote_buttons(comment, viewer))
    else:
        response = responses.see_other(reverse("comments:in_thread", args=[comment.pk]))
    if isinstance(voter, Guest):
        guests.remember(response, voter)
    return response
