"""Members, for owners only: who they are and what they may do. Nobody is deleted here; an account is closed."""

from typing import Any, cast

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django import forms
from django.contrib import admin
from django.contrib.auth.models import Group
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import actions
from accounts.forms import name_refusal
from accounts.models import User
from accounts.names import clean_name
from web import dates
from web.admin import SiteModelAdmin, yes_or_dash


class MemberForm(forms.ModelForm):
    """A member's name, address and roles; the password is set, never shown."""

    new_password = forms.CharField(
        label=gettext_lazy("New password"),
        required=False,
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
        help_text=gettext_lazy("Leave empty to keep the current one."),
    )

    without_factor = forms.BooleanField(
        label=gettext_lazy("Reset two-step sign-in"),
        required=False,
        help_text=gettext_lazy(
            "For members who have lost their device and recovery codes. Removes passkeys, authenticator app and "
            "codes. Make sure you know who is asking."
        ),
    )

    class Meta:
        model = User
        fields = ("display_name", "email", "note_mails", "is_active", "is_superuser", "groups")
        labels = {"is_superuser": gettext_lazy("owner"), "groups": gettext_lazy("moderator role")}
        help_texts = {
            "note_mails": gettext_lazy(
                "For authors: e-mail them private notes from readers. They can change this themselves."
            ),
            "is_active": gettext_lazy("If off, they can’t sign in; their comments stay."),
            "is_superuser": gettext_lazy("Full access."),
            "groups": "",
        }
        widgets = {"groups": forms.CheckboxSelectMultiple}

    # Set on the class that the admin makes for one request.
    user: User | None = None

    def clean_display_name(self) -> str:
        """Allow reserved names, which members cannot choose for themselves."""
        name = clean_name(self.cleaned_data["display_name"])
        if refusal := name_refusal(name, member=self.instance):
            raise ValidationError(refusal)
        return name

    def clean_email(self) -> str:
        email = User.objects.normalize_email(self.cleaned_data["email"])
        if User.objects.filter(email__iexact=email).exclude(pk=self.instance.pk).exists():
            raise ValidationError(_("This address is already in use."))
        return email

    def clean_new_password(self) -> str:
        if self.cleaned_data["new_password"]:
            validate_password(self.cleaned_data["new_password"], self.instance)
        return self.cleaned_data["new_password"]

    def clean(self) -> dict:
        super().clean()
        cleaned = self.cleaned_data
        if self.user == self.instance and not (cleaned.get("is_superuser") and cleaned.get("is_active")):
            raise ValidationError(_("You can’t remove your own access. Ask another owner."))
        return cleaned


# The two groups are roles that the program knows by name: people are put into them, nobody renames them. Addresses,
# second factors and sessions are private; what an owner may do about them is on the member's page.
for kept_out in (Group, EmailAddress, Authenticator, UserSession):
    admin.site.unregister(kept_out)


class OwnerFilter(admin.BooleanFieldListFilter):
    """Owners, under the name they have on the site."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.title = _("owner")


class RoleFilter(admin.RelatedFieldListFilter):
    """Moderators by their role."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.title = _("moderator role")


@admin.register(User)
class MemberAdmin(SiteModelAdmin):
    """Members, with their e-mail addresses: no other page shows these."""

    form = MemberForm
    list_display = ("display_name", "email", "roles", "active", "joined")
    list_filter = ("is_active", ("is_superuser", OwnerFilter), ("groups", RoleFilter))
    search_fields = ("display_name", "email")
    ordering = ("-date_joined",)
    fields = (
        "display_name",
        "email",
        "new_password",
        "without_factor",
        "note_mails",
        "is_active",
        "is_superuser",
        "groups",
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).prefetch_related("groups")

    def get_form(self, request: HttpRequest, obj: User | None = None, change: bool = False, **kwargs):
        form = cast(type[MemberForm], super().get_form(request, obj, change, **kwargs))
        form.user = cast(User, request.user)
        return form

    def formfield_for_manytomany(self, db_field, request: HttpRequest, **kwargs):
        """Return plain check boxes: there are two groups."""
        return db_field.formfield(**kwargs)

    def save_model(self, request: HttpRequest, obj: User, form: MemberForm, change: bool) -> None:
        if form.cleaned_data["new_password"]:
            obj.set_password(form.cleaned_data["new_password"])
        elif not change:
            obj.set_unusable_password()
        super().save_model(request, obj, form, change)
        actions.prove_address(obj)
        if form.cleaned_data["without_factor"]:
            actions.forget_second_factor(obj)

    @admin.display(description=gettext_lazy("active"), ordering="is_active")
    def active(self, member: User) -> str:
        return yes_or_dash(member.is_active)

    @admin.display(description=gettext_lazy("joined"), ordering="date_joined")
    def joined(self, member: User) -> str:
        return dates.moment(member.date_joined)

    @admin.display(description=gettext_lazy("roles"))
    def roles(self, member: User) -> str:
        names = [group.name for group in member.groups.all()]
        if member.is_superuser:
            names.insert(0, _("owner"))
        return ", ".join(names) or "–"
