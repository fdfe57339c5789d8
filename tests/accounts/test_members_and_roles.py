"""A member of a session knows their roles from the one query that loads them."""

import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.backends import MemberBackend
from accounts.models import User
from accounts.roles import Rank, rank_of, ranks_of
from blog.admin_site import moderates
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
        rank, may_enter = rank_of(found), moderates(found)
    assert len(asked) == 1
    assert rank == rank_of(member) == ranks_of([member.pk])[member.pk]
    assert may_enter == moderates(member)


def test_a_suspended_member_has_no_session(bob):
    bob.is_active = False
    bob.save()
    assert of_a_session(bob) is None
    assert MemberBackend().get_user(0) is None


def test_sessions_are_made_with_the_one_backend(client, bob):
    client.force_login(bob)
    assert client.session[BACKEND_SESSION_KEY] == settings.AUTHENTICATION_BACKENDS[0]
    assert settings.AUTHENTICATION_BACKENDS == ["accounts.backends.MemberBackend"]


# --- ranks ----------------------------------------------------------------------------------------------------


def test_ranks_are_in_one_order_and_the_highest_role_counts(bob, mo, owner):
    limited = make_moderator(limited=True)
    both = make_moderator()
    both.groups.add(*limited.groups.all())
    order = [rank_of(person) for person in (None, bob, limited, both, owner)]
    assert order == [
        Rank.EVERYBODY,
        Rank.EVERYBODY,
        Rank.LIMITED_MODERATOR,
        Rank.MODERATOR,
        Rank.OWNER,
    ]
    assert order == sorted(order)


@pytest.mark.parametrize("make", [make_moderator, make_owner])
def test_a_suspended_account_and_one_without_its_role_rank_as_everybody(make):
    former, suspended = make(), make()
    User.objects.filter(pk=former.pk).update(is_superuser=False)
    former.groups.clear()
    User.objects.filter(pk=suspended.pk).update(is_active=False)
    assert ranks_of([former.pk, suspended.pk, None]) == {
        former.pk: Rank.EVERYBODY,
        suspended.pk: Rank.EVERYBODY,
    }


def test_ranks_of_many_are_one_question_and_of_nobody_none(django_assert_num_queries, bob, mo, owner):
    with django_assert_num_queries(1):
        assert ranks_of([bob.pk, mo.pk, owner.pk, 0]) == {
            bob.pk: Rank.EVERYBODY,
            mo.pk: Rank.MODERATOR,
            owner.pk: Rank.OWNER,
        }
    with django_assert_num_queries(0):
        assert ranks_of([None]) == {}
