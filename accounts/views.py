"""Signing in and out: Django's own views, with the site's settings left in the page."""

from django.contrib.auth import views as auth_views
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render


class SignIn(auth_views.LoginView):
    template_name = "accounts/login.html"

    def get_context_data(self, **kwargs) -> dict:
        """Leave out what Django calls `site` (a host's name): on our pages that word means the site's settings."""
        context = super().get_context_data(**kwargs)
        context.pop("site", None)
        return context


class SignOut(auth_views.LogoutView):
    http_method_names = ["get", "post", "options"]

    def get(self, request: HttpRequest) -> HttpResponse:
        """Ask first: a link alone signs nobody out, or any page could do it for them."""
        if not request.user.is_authenticated:
            return redirect("accounts:login")
        return render(request, "accounts/logout.html")
