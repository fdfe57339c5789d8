"""Signing in by e-mail and password, and loading a member with their roles in one query."""

from functools import cache

from allauth.account.auth_backends import AuthenticationBackend
from django.db.models import Exists

from accounts.models import User

# What rooms above want to know of every member, without a query of their own.
_also: dict[str, Exists] = {}


def load_with(**questions: Exists) -> None:
    """Add expressions to the query that loads the member of a session; the results become attributes of these names."""
    _also.update(questions)


class MemberBackend(AuthenticationBackend):
    """The site's only backend: allauth's, but members are loaded with their moderator roles."""

    def get_user(self, user_id: int) -> User | None:
        """Return the member of a session with their roles and what `load_with` asks, or None."""
        question, values = _question()
        member = next(iter(User.objects.raw(question, [*values, user_id])), None)
        return member if member is not None and self.user_can_authenticate(member) else None


@cache
def _question() -> tuple[str, tuple]:
    """Return the SQL that asks for a member, and its values but the last, the member's id.

    Made once: that takes four times as long as to answer it, and every page of a member begins with it.
    """
    question, values = User.objects.with_roles().annotate(**_also).filter(pk=0).query.sql_with_params()
    return question, values[:-1]
