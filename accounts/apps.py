"""The accounts app: who."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("Accounts")

    def ready(self) -> None:
        """Store with a session no more than the list of devices shows."""
        from allauth.usersessions.models import UserSession
        from django.db.models.signals import pre_save

        pre_save.connect(_shorten, sender=UserSession, dispatch_uid="accounts.sessions")


def _shorten(*, instance, **_rest) -> None:
    from accounts.devices import device_of

    instance.user_agent = device_of(instance.user_agent)
