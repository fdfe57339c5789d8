"""Signing in by e-mail and password, and loading a member with their roles in one query."""

from allauth.account.auth_backends import AuthenticationBackend

from accounts.models import User


class MemberBackend(AuthenticationBackend):
    """The site's one backend: allauth's, whose members know in which groups of moderators they stand."""

    def get_user(self, user_id: int) -> User | None:
        """Return the member of a session with `in_moderators` and `in_limited_moderators`, or None."""
        member = User.objects.with_roles().filter(pk=user_id).first()
        return member if member is not None and self.user_can_authenticate(member) else None
