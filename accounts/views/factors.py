"""Two-step sign-in: authenticator app, passkeys and recovery codes, and the pages that ask for one."""

from allauth.account import views as account_views
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base import views as factor_views
from allauth.mfa.recovery_codes import views as recovery_views
from allauth.mfa.totp import views as app_views
from allauth.mfa.totp.internal.auth import SECRET_SESSION_KEY
from allauth.mfa.webauthn import views as passkey_views
from allauth.mfa.webauthn.internal.auth import begin_registration
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse_lazy
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts import attempts
from accounts.views.common import RateLimitMixin, SitePageMixin, is_number, with_wait

# --- being asked ----------------------------------------------------------------------------------------------


class AskSecondFactor(SitePageMixin, factor_views.AuthenticateView):
    """Ask for the second step, after the password or the mailed code."""

    template_name = "accounts/second_factor_ask.html"

    def get_context_data(self, **kwargs) -> dict:
        kinds = set(self.stage.login.user.authenticator_set.values_list("type", flat=True))
        return super().get_context_data(**kwargs) | {"kinds": kinds, "posted": self.form}

    def form_invalid(self, form) -> HttpResponse:
        return with_wait(super().form_invalid(form), attempts.wait_of(form))


class AskAgainMixin(RateLimitMixin):
    """Somebody who has nothing to confirm with is told so in our words; allauth's are English only."""

    def dispatch(self, request: HttpRequest, *args, **kwargs) -> HttpResponseBase:
        try:
            return super().dispatch(request, *args, **kwargs)
        except PermissionDenied:
            raise PermissionDenied(
                _("Your account has no password, authenticator app or passkey to confirm with.")
            ) from None


class AskPassword(AskAgainMixin, account_views.ReauthenticateView):
    template_name = "accounts/ask_again.html"


class AskCode(AskAgainMixin, factor_views.ReauthenticateView):
    template_name = "accounts/ask_again.html"


class AskPasskey(AskAgainMixin, passkey_views.ReauthenticateWebAuthnView):
    template_name = "accounts/ask_again.html"

    def form_invalid(self, form) -> HttpResponse:
        seconds = attempts.wait_of(form)
        errors = form.errors.get("credential", form.non_field_errors())
        context = self.get_context_data(trouble=errors[0])
        return with_wait(self.render_to_response(context), seconds)


# --- what one has ---------------------------------------------------------------------------------------------


class SecondFactor(SitePageMixin, factor_views.IndexView):
    template_name = "accounts/second_factor.html"

    def get_context_data(self, **kwargs) -> dict:
        context = super().get_context_data(**kwargs)
        host, _colon, port = self.request.get_host().rpartition(":")
        context["number"] = (host or port) if is_number(host or port) else ""
        if context["number"].startswith("127."):
            context["local"] = f"http://localhost:{port}{self.request.path}"
        return context


@method_decorator(never_cache, name="dispatch")
class AddApp(RateLimitMixin, app_views.ActivateTOTPView):
    template_name = "accounts/app_add.html"

    def get_context_data(self, **kwargs) -> dict:
        context = super().get_context_data(**kwargs)
        secret = context["form"].secret
        # In fours, as one reads it aloud.
        context["secret"] = " ".join(secret[place : place + 4] for place in range(0, len(secret), 4))
        return context


@require_safe
@never_cache
@login_required
def app_picture(request: HttpRequest) -> HttpResponse:
    """Send the QR code of the app that is being added, as an image: pages hold no foreign markup."""
    secret = request.session.get(SECRET_SESSION_KEY)
    if not secret:
        raise Http404
    adapter = get_adapter()
    svg = adapter.build_totp_svg(adapter.build_totp_url(request.user, secret))
    return HttpResponse(svg, content_type="image/svg+xml")


class RemoveApp(SitePageMixin, app_views.DeactivateTOTPView):
    template_name = "accounts/app_remove.html"


@method_decorator(never_cache, name="dispatch")
class RecoveryCodes(SitePageMixin, recovery_views.ViewRecoveryCodesView):
    template_name = "accounts/recovery_codes.html"


class NewRecoveryCodes(SitePageMixin, recovery_views.GenerateRecoveryCodesView):
    template_name = "accounts/recovery_codes_new.html"


class RecoveryCodesFile(recovery_views.DownloadRecoveryCodesView):
    template_name = "accounts/recovery_codes.txt"


class AddPasskey(RateLimitMixin, passkey_views.AddWebAuthnView):
    template_name = "accounts/passkey_add.html"

    def get_context_data(self, **kwargs) -> dict:
        """Ask the device for a passkey that needs no password."""
        context = super().get_context_data(**kwargs)
        options = begin_registration(self.request.user, passwordless=True)
        # allauth's own leaves out the form of a refused attempt.
        return context | {"js_data": {"creation_options": options}, **kwargs}


class RemovePasskey(SitePageMixin, passkey_views.RemoveWebAuthnView):
    template_name = "accounts/passkey_remove.html"
    success_url = reverse_lazy("mfa_index")
