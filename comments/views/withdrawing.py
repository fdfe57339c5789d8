"""Withdrawing one's own comment, at any time."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_POST

from accounts import guests
from blog import answers, cross_site
from comments import actions
from comments.models import Comment


@cross_site.guarded
@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    comment = get_object_or_404(Comment.objects.visible_to(request.user).with_post(), pk=pk)
    try:
        actions.withdraw_comment(comment, by=guests.person_of(request))
    except actions.Refused as refusal:
        return answers.refused(request, str(refusal))
    # Its own page says what became of it.
    return HttpResponseRedirect(f"{comment.get_absolute_url()}#{comment.anchor}", status=303)
