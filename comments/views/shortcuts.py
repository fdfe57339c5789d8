"""The list of keyboard shortcuts, and the switch that turns them off."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts import actions
from web import responses


@require_http_methods(["GET", "HEAD", "POST"])
def shortcuts(request: HttpRequest) -> HttpResponse:
    """List the keyboard shortcuts; posted, store with a member's account whether they are on."""
    if request.method != "POST":
        name = "_shortcuts.html" if responses.wants_fragment(request) else "shortcuts.html"
        return render(request, f"comments/{name}")
    if request.user.is_authenticated:
        actions.choose(request.user, shortcuts=request.POST.get("shortcuts") == "on")
    return responses.see_other(reverse("comments:shortcuts"))
