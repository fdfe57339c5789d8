"""A member of a session knows their roles from the one query that loads them."""

import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.backends import MemberBackend
from blog.admin_site import moderates
from comments.permissions import roles_of
from tests.factories import make_moderator, make_owner, make_user

pytestmark = pytest.mark.django_db

PEOPLE = {
    "reader": make_user,
    "moderator": make_moderator,
    "limited moderator": lambda: make_moderator(limited=True),
    "owner": make_owner,
}


def of_a_session(member):
    return MemberBackend().get_user(member.pk)


@pytest.mark.parametrize("kind", PEOPLE)
def test_roles_come_with_the_member_and_are_what_the_database_says(kind):
    member = PEOPLE[kind]()
    with CaptureQueriesContext(
        connection,
    ) as asked:
        found = of_a_session(member)
        roles, may_enter = roles_of(found), moderates(found)
    assert len(asked) == 1
    assert vars(roles) == vars(roles_of(member))
    assert may_enter == moderates(member)


def test_who_is_suspended_has_no_session(bob):
    bob.is_active = False
    bob.save()
    assert of_a_session(bob) is None
    assert MemberBackend().get_user(0) is None


def test_sessions_are_made_with_the_one_backend(client, bob):
    client.force_login(bob)
    assert client.session[BACKEND_SESSION_KEY] == settings.AUTHENTICATION_BACKENDS[0]
    assert settings.AUTHENTICATION_BACKENDS == ["accounts.backends.MemberBackend"]
