"""Error pages; those of 400, 500 and 503 need neither the database nor what middleware finds out."""

import sys

from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseServerError
from django.shortcuts import render
from django.template.loader import render_to_string

from blog.signed_out import sent_without_token
from web import db_errors, kept_forms, responses


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return HttpResponseBadRequest(render_to_string("400.html"))


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    context = {"reason": str(exception or ""), "typed_text": _words_of_author(request)}
    return render(request, "403.html", context, status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "404.html", {"typed_text": _words_of_author(request)}, status=404)


def _words_of_author(request: HttpRequest) -> str:
    """Return what was typed into the admin by somebody who lost a role meanwhile, or whose post is gone; else ""."""
    if request.method != "POST" or not kept_forms.may_give_back(request):
        return ""
    return kept_forms.words_of(request)


def server_error(request: HttpRequest) -> HttpResponse:
    # Django calls this while it handles the error.
    if db_errors.is_outage(sys.exc_info()[1]):
        return responses.unavailable(request)
    return HttpResponseServerError(render_to_string("500.html"))


def token_missing(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer 403 to a form without a valid token, with the typed text (CSRF_FAILURE_VIEW)."""
    if answer := sent_without_token(request):
        return answer
    again = getattr(request, "may_send_again", False)
    # A comment's text, or a moderator's reason.
    typed_text = request.POST.get("text") or request.POST.get("words", "")
    return responses.form_refused(request, typed_text=typed_text, again=again)
