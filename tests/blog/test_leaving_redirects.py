"""A moved page leaves a redirect: in one step, without loops, and never to itself."""

import pytest

from blog.models import OldAddress
from blog.redirects.record import leave_redirect

pytestmark = pytest.mark.django_db

FIRST, SECOND, THIRD = "/2020/01/one/", "/2020/01/two/", "/2020/01/three/"
# As `reverse` gives it, and as people read it.
ENCODED, READABLE = "/2020/01/%E0%A4%85/", "/2020/01/अ/"


def redirects() -> dict[str, str]:
    return dict(OldAddress.objects.values_list("path", "target"))


def test_an_old_address_leads_to_the_new_one():
    leave_redirect(FIRST, SECOND)
    assert redirects() == {FIRST: SECOND}


def test_what_has_not_moved_leaves_nothing():
    leave_redirect(FIRST, FIRST)
    assert redirects() == {}


def test_what_has_not_moved_keeps_what_led_to_it():
    leave_redirect(FIRST, SECOND)
    leave_redirect(SECOND, SECOND)
    assert redirects() == {FIRST: SECOND}


def test_what_moves_twice_is_found_in_one_step_from_both():
    leave_redirect(FIRST, SECOND)
    leave_redirect(SECOND, THIRD)
    assert redirects() == {FIRST: THIRD, SECOND: THIRD}


def test_what_moves_back_leads_from_where_it_was_and_not_from_where_it_is():
    leave_redirect(FIRST, SECOND)
    leave_redirect(SECOND, FIRST)
    assert redirects() == {SECOND: FIRST}


def test_what_moves_in_a_circle_never_leads_to_itself():
    for old, new in ((FIRST, SECOND), (SECOND, THIRD), (THIRD, FIRST)):
        leave_redirect(old, new)
    assert redirects() == {SECOND: FIRST, THIRD: FIRST}


def test_an_address_that_somebody_else_had_before_leads_to_its_last_owner():
    leave_redirect(FIRST, SECOND)
    leave_redirect(FIRST, THIRD)
    assert redirects() == {FIRST: THIRD}


def test_the_redirects_of_others_stay_as_they_are():
    leave_redirect("/a/", "/b/")
    leave_redirect(FIRST, SECOND)
    assert redirects() == {"/a/": "/b/", FIRST: SECOND}


def test_redirects_are_stored_decoded():
    leave_redirect(ENCODED, FIRST)
    assert redirects() == {READABLE: FIRST}
    leave_redirect(FIRST, ENCODED)
    assert redirects() == {FIRST: READABLE}


@pytest.mark.parametrize("kept", [ENCODED, READABLE])
def test_what_led_to_either_form_of_an_address_goes_along(kept):
    OldAddress.objects.create(path="/older/", target=kept)
    leave_redirect(ENCODED, FIRST)
    assert redirects() == {"/older/": FIRST, READABLE: FIRST}


@pytest.mark.parametrize("kept", [ENCODED, READABLE])
def test_both_forms_of_a_redirect_end_once_a_page_is_there(kept):
    OldAddress.objects.create(path=kept, target="/elsewhere/")
    leave_redirect(FIRST, ENCODED)
    assert redirects() == {FIRST: READABLE}


def test_what_led_to_an_address_goes_along_in_the_form_that_people_read():
    leave_redirect("/older/", FIRST)
    leave_redirect(FIRST, ENCODED)
    assert redirects() == {"/older/": READABLE, FIRST: READABLE}
