"""Signing in by e-mail and password."""

from allauth.account.auth_backends import AuthenticationBackend


class MemberBackend(AuthenticationBackend):
    """The site's one backend: allauth's, under a name that sessions keep whatever becomes of it."""
