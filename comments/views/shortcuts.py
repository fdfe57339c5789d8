"""The list of single keys, and the switch that turns them off."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts import actions
from blog import answers


@require_http_methods(["GET", "HEAD", "POST"])
def shortcuts(request: HttpRequest) -> HttpResponse:
    """What the keys do; posted, a member's `shortcuts` is kept with the account."""
    if request.method != "POST":
        name = "_shortcuts.html" if answers.wants_fragment(request) else "shortcuts.html"
        return render(request, f"comments/{name}")
    if request.user.is_authenticated:
        actions.choose(request.user, shortcuts=request.POST.get("shortcuts") == "on")
    return HttpResponseRedirect(reverse("comments:shortcuts"), status=303)
