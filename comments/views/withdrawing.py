"""Deleting (withdrawing) one's own comment, at any time."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from accounts import guests
from comments import actions
from comments.views.lookup import comment_for
from web import csrf, responses


@csrf.guarded
@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    comment = comment_for(request, pk)
    if comment is None:
        raise Http404
    try:
        actions.withdraw_comment(comment, by=guests.person_of(request))
    except actions.Refused as refusal:
        return responses.refused(request, str(refusal))
    # Its own page says what became of it.
    return responses.see_other(f"{comment.get_absolute_url()}#{comment.anchor}")
