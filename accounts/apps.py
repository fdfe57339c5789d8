"""The accounts app: who."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("Accounts")

    def ready(self) -> None:
        """Store with a session no more than the list of devices shows."""
        from allauth.usersessions.models import UserSession
        from django.contrib.auth.signals import user_logged_in
        from django.db.models.signals import pre_save

        pre_save.connect(_shorten, sender=UserSession, dispatch_uid="accounts.sessions")
        user_logged_in.connect(_let_session_last, dispatch_uid="accounts.kept_forms")


def _let_session_last(*, request, **_rest) -> None:
    """Give a session its usual length that was made for an hour, to keep a form (web/kept_forms.py)."""
    request.session.set_expiry(None)


def _shorten(*, instance, **_rest) -> None:
    from accounts.devices import device_of

    instance.user_agent = device_of(instance.user_agent)
