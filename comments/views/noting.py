"""The answer to a private note: to whom it was sent, and that it is not published."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from accounts import guests
from blog.models import Post
from comments.forms import CommentForm, remember_guest
from comments.models import Note
from web import responses


def sent(request: HttpRequest, note: Note, form: CommentForm) -> HttpResponse:
    """Confirm that the note was sent: with one sentence for a script, else on a page with a link back."""
    words = _("Sent to %(names)s. It won’t be published.") % {"names": _authors_of(note.post)}
    if responses.wants_fragment(request):
        response = responses.text_response(words, status=202)
    else:
        response = render(request, "comments/note.html", {"words": words, "on": note.post}, status=202)
    if note.guest is not None:
        guests.remember(response, note.guest)
        remember_guest(response, form)
    return response


def _authors_of(post: Post) -> str:
    if post.is_page:
        return _("the owner of this site")
    names = list(post.bylines.values_list("author__name", flat=True))
    return get_text_list(names, _("and")) or _("the author")
