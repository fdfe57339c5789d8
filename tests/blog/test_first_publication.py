"""When a post is published: now, later, or in the past if nobody has seen it yet."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from blog import actions
from blog.models import SiteSettings
from tests.factories import make_draft, make_post

pytestmark = pytest.mark.django_db


def test_a_post_that_was_never_public_may_come_with_its_own_date():
    SiteSettings.objects.update_or_create(pk=1, defaults={"time_zone": "Europe/London"})
    moment = datetime(2019, 6, 30, 23, 30, tzinfo=UTC)
    post = actions.publish_post(make_draft(), by=None, at=moment)
    assert post.published_at == post.first_published_at == moment
    # Half past midnight in London: the address is July's.
    assert (post.year, post.month) == (2019, 7)
    assert post.is_public()


def test_nothing_that_readers_have_seen_is_dated_back():
    post = make_post()
    first = post.first_published_at
    actions.publish_post(post, by=None, at=timezone.now() - timedelta(days=400))
    assert post.first_published_at == first
    assert post.published_at >= first


@pytest.mark.parametrize("year", [1, 999, 2999, 9999])
def test_a_year_that_no_address_can_say_is_refused(year):
    post = make_draft(title="Far away")
    with pytest.raises(actions.Refused, match="The year must be"):
        actions.publish_post(post, by=None, at=datetime(year, 12, 31, 23, 59, tzinfo=UTC))
    post.refresh_from_db()
    assert post.state == "draft"
