"""Signing in: Django's own view, with the site's settings left in the page."""

from django.contrib.auth import views as auth_views


class SignIn(auth_views.LoginView):
    template_name = "accounts/login.html"

    def get_context_data(self, **kwargs) -> dict:
        """Leave out what Django calls `site` (a host's name): on our pages that word means the site's settings."""
        context = super().get_context_data(**kwargs)
        context.pop("site", None)
        return context
