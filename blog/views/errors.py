"""Pages for what went wrong; that of 500 needs neither the database nor a request."""

from django.http import HttpRequest, HttpResponse, HttpResponseServerError
from django.shortcuts import render
from django.template.loader import render_to_string

from blog import answers


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "403.html", {"reason": str(exception or "")}, status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    return HttpResponseServerError(render_to_string("500.html"))


def token_missing(request: HttpRequest, reason: str = "") -> HttpResponse:
    """What CSRF_FAILURE_VIEW names: nothing that was typed is lost."""
    again = getattr(request, "may_send_again", False)
    # A comment's text, or a moderator's reason.
    typed_text = request.POST.get("text") or request.POST.get("words", "")
    return answers.form_refused(request, typed_text=typed_text, again=again)
