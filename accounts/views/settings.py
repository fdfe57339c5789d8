"""A member's settings: name, address, switches, and where they are signed in."""

from allauth.account import views as account_views
from allauth.account.decorators import reauthentication_required
from allauth.mfa.models import Authenticator
from allauth.usersessions.views import ListUserSessionsView
from django.contrib.auth.decorators import login_required
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts import actions
from accounts.forms import NameForm, SettingsForm, name_taken
from accounts.models import User
from accounts.views.common import RateLimitMixin, SitePageMixin, say


class MemberRequest(HttpRequest):
    """A request of somebody who is signed in, as `login_required` lets pass."""

    user: User


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def settings(request: MemberRequest) -> HttpResponse:
    if request.method == "POST":
        form = SettingsForm(request.POST, member=request.user)
        form.is_valid()
        actions.choose(request.user, **form.cleaned_data)
        say(request, _("Saved."))
        return redirect("account_settings")
    kinds = set(Authenticator.objects.filter(user=request.user).values_list("type", flat=True))
    form = SettingsForm(member=request.user)
    return render(request, "accounts/settings.html", {"form": form, "kinds": kinds})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def name(request: MemberRequest) -> HttpResponse:
    member = request.user
    form = NameForm(request.POST or None, member=member, initial={"display_name": member.display_name})
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_name(member, form.cleaned_data["display_name"])
            say(request, _("Your name has been changed."))
            return redirect("account_settings")
        except IntegrityError:
            # Somebody took it since the form looked.
            member.refresh_from_db()
            form.add_error("display_name", name_taken())
    return render(request, "accounts/name.html", {"form": form})


@method_decorator(reauthentication_required(app="allauth.account"), name="dispatch")
class ChangeEmail(RateLimitMixin, account_views.EmailView):
    """Change the address; the old one stays until the code for the new one is entered."""

    template_name = "accounts/email.html"

    def post(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        """Accept a new address only: there is one, so nothing can be removed or made primary."""
        if "action_add" not in request.POST:
            return HttpResponseRedirect(str(self.success_url))
        return super().post(request, *args, **kwargs)


class Sessions(SitePageMixin, ListUserSessionsView):
    template_name = "accounts/sessions.html"
