"""Signing in by password, mailed code or passkey, signing up, and signing out."""

from urllib.parse import urlencode

from allauth.account import views as account_views
from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.email_verification_by_code import EMAIL_VERIFICATION_CODE_SESSION_KEY
from allauth.account.internal.stagekit import clear_login
from allauth.mfa.webauthn.views import LoginWebAuthnView
from django.db import IntegrityError, transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache

from accounts import actions, attempts
from accounts.forms import HELD_NAME, SignInForm
from accounts.network import client_address
from accounts.views.common import AnonymousPageMixin, RateLimitMixin, SitePageMixin
from web import responses


class SignIn(AnonymousPageMixin, account_views.LoginView):
    template_name = "accounts/login.html"


class SignInByPasskey(AnonymousPageMixin, LoginWebAuthnView):
    """Send the challenge to the script (GET), and sign in with the passkey it returns (POST)."""

    template_name = "accounts/login.html"

    def form_invalid(self, form) -> HttpResponse:
        errors = form.errors.get("credential", form.non_field_errors())
        seconds = attempts.wait_of(form)
        context = self.get_context_data(form=SignInForm(), trouble=errors[0])
        response = self.render_to_response(context, status=429 if seconds else 200)
        if seconds:
            responses.try_again_in(response, seconds)
        return response


class SignUp(AnonymousPageMixin, account_views.SignupView):
    template_name = "accounts/signup.html"

    def post(self, request, *args, **kwargs) -> HttpResponse:
        actions.forget_stale_sign_ups(now=timezone.now())
        return super().post(request, *args, **kwargs)

    def form_valid(self, form) -> HttpResponse:
        try:
            attempts.claim(attempts.sign_up_claims(client_address(self.request)))
            # Before the account is created, so that there is none without its code.
            get_adapter().claim_mail(form.cleaned_data["email"])
        except attempts.TooMany as error:
            return self.refuse(attempts.wait_in_words(error.seconds), status=429, seconds=error.seconds)
        try:
            return super().form_valid(form)
        except IntegrityError:
            # Somebody took the name or the address since it was looked at: look again, and say so.
            form.full_clean()
            return super().form_valid(form) if form.is_valid() else self.form_invalid(form)


class RequestCode(AnonymousPageMixin, account_views.RequestLoginCodeView):
    template_name = "accounts/code_request.html"


class ConfirmCode(RateLimitMixin, account_views.ConfirmLoginCodeView):
    """Ask for the mailed code that signs in."""

    template_name = "accounts/code.html"
    extra_context = {"purpose": "sign-in"}


@method_decorator(never_cache, name="dispatch")
class ConfirmEmail(RateLimitMixin, account_views.ConfirmEmailVerificationCodeView):
    """Ask for the code that confirms an address: at sign-up, or a member's new address."""

    template_name = "accounts/code.html"
    extra_context = {"purpose": "address"}

    def post(self, request, *args, **kwargs) -> HttpResponse:
        if request.POST.get("action") == "again" and request.user.is_anonymous:
            return self._begin_again()
        return super().post(request, *args, **kwargs)

    def _verify_form_valid(self, form) -> HttpResponse:
        try:
            with transaction.atomic():
                return super()._verify_form_valid(form)
        except IntegrityError:
            # Somebody else has proven the same address since the form looked.
            words = get_adapter().error_messages["email_taken"]
            return self.refuse(words, status=409)

    def _begin_again(self) -> HttpResponse:
        """Delete the sign-up with a mistyped address and start over; it looks the same if the address was taken."""
        if self.stage and self.stage.login.signup:
            member = self.stage.login.user
            actions.forget_sign_up(member.pk if member else self.request.session.pop(HELD_NAME, None))
        self.request.session.pop(EMAIL_VERIFICATION_CODE_SESSION_KEY, None)
        way_back = self.stage.login.redirect_url if self.stage else None
        clear_login(self.request)
        address = reverse("account_signup")
        return HttpResponseRedirect(f"{address}?{urlencode({'next': way_back})}" if way_back else address)


class SignOut(SitePageMixin, account_views.LogoutView):
    template_name = "accounts/logout.html"


class Suspended(SitePageMixin, account_views.AccountInactiveView):
    template_name = "accounts/suspended.html"
