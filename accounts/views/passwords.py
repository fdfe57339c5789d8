"""Reset a forgotten password with a mailed code, or change it in the settings."""

from allauth.account import views as account_views
from allauth.account.decorators import reauthentication_required
from allauth.account.internal.stagekit import stash_login, unstash_login
from allauth.account.utils import get_next_redirect_url
from django.http import HttpResponse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache

from accounts.views.common import RateLimitMixin, SitePageMixin


class ForgottenPassword(RateLimitMixin, account_views.PasswordResetView):
    template_name = "accounts/password_forgotten.html"


@method_decorator(never_cache, name="dispatch")
class ConfirmReset(RateLimitMixin, account_views.ConfirmPasswordResetCodeView):
    """Ask for the mailed code that allows a new password."""

    template_name = "accounts/code.html"
    extra_context = {"purpose": "password"}


@method_decorator(never_cache, name="dispatch")
class NewPassword(RateLimitMixin, account_views.CompletePasswordResetView):
    template_name = "accounts/password_new.html"

    def form_valid(self, form) -> HttpResponse:
        """Sign in with the new password, and keep the way back while two-step sign-in is asked for."""
        response = super().form_valid(form)
        if login := unstash_login(self.request, peek=True):
            login.redirect_url = get_next_redirect_url(self.request)
            stash_login(self.request, login)
        return response


class ChangePassword(RateLimitMixin, account_views.PasswordChangeView):
    template_name = "accounts/password_change.html"


@method_decorator(reauthentication_required(app="allauth.account"), name="dispatch")
class SetPassword(SitePageMixin, account_views.PasswordSetView):
    """Set a first password, for members whose account an owner created."""

    template_name = "accounts/password_change.html"
