"""Signing in by e-mail and password, and loading a member with their roles in one query."""

from allauth.account.auth_backends import AuthenticationBackend
from django.db.models import Exists

from accounts.models import User

# What rooms above want to know of every member, without a query of their own.
_also: dict[str, Exists] = {}


def load_with(**questions: Exists) -> None:
    """Have the member of a session come with the answers to these questions, under these names."""
    _also.update(questions)


class MemberBackend(AuthenticationBackend):
    """The site's one backend: allauth's, whose members know in which groups of moderators they stand."""

    def get_user(self, user_id: int) -> User | None:
        """Return the member of a session with their roles and what `load_with` asks, or None."""
        member = User.objects.with_roles().annotate(**_also).filter(pk=user_id).first()
        return member if member is not None and self.user_can_authenticate(member) else None
