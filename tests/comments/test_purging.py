"""Personal data is deleted after its time, and nothing else."""

import io
from datetime import timedelta

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.limits import Limit, take
from accounts.models import Guest, RateBucket
from accounts.network import Origin
from comments import actions
from comments.actions import purging
from comments.models import Comment, CommentOrigin, DiscussionSettings, Vote
from tests.factories import make_guest, make_post, make_thread

pytestmark = pytest.mark.django_db

HOME = Origin("192.0.2.1", "Firefox")


def written(days_ago: int) -> Comment:
    sent = {"name": f"Gus {days_ago}", "email": "gus@example.org", "origin": HOME}
    then = timezone.now() - timedelta(days=days_ago)
    return actions.post_comment(make_post(published_at=then), writer=None, text="Hello.", now=then, **sent)


def kept(comment: Comment) -> tuple:
    row = CommentOrigin.objects.get(pk=comment.pk)
    return (row.email, row.address, row.user_agent, row.network_hash)


def test_addresses_go_after_ninety_days_and_not_before():
    old, young = written(91), written(89)
    assert actions.purge_personal_data().comments == 1
    assert kept(old) == ("", None, "", "")
    assert kept(young)[:3] == ("gus@example.org", "192.0.2.1", "Firefox")


def test_what_was_written_and_by_whom_stays_and_its_writer_is_still_recognised():
    old = written(91)
    hashed = old.origin.email_hash
    actions.purge_personal_data()
    old.refresh_from_db()
    assert (old.body, old.writer_name) == ("Hello.", "Gus 91")
    assert old.origin.email_hash == hashed == Guest.objects.get().email_hash != ""


def test_many_old_votes_are_purged_some_at_a_time(monkeypatch):
    monkeypatch.setattr(purging, "BATCH", 2)
    for comment in make_thread(make_post(), "a,b,c,d,e").values():
        actions.cast_vote(comment, voter=make_guest(), value=1, origin=HOME)
    long_ago = timezone.now() - timedelta(days=100)
    Vote.objects.update(created_at=long_ago)
    with CaptureQueriesContext(connection) as captured:
        assert actions.purge_personal_data().votes == 5
    written = [query["sql"] for query in captured if query["sql"].startswith('UPDATE "comments_vote"')]
    assert len(written) == 3
    assert not Vote.objects.exclude(network_hash="").exists()


def test_networks_of_old_votes_and_quiet_guests_go_too():
    comment = make_thread(make_post(), "Ann")["Ann"]
    long_ago = timezone.now() - timedelta(days=100)
    voter = actions.cast_vote(comment, voter=None, value=1, origin=HOME).voter
    Vote.objects.update(created_at=long_ago)
    Guest.objects.filter(pk=voter.pk).update(created_at=long_ago)
    purged = actions.purge_personal_data()
    assert (purged.votes, purged.guests) == (1, 1)
    assert Vote.objects.get().network_hash == Guest.objects.get(pk=voter.pk).network_hash == ""
    comment.refresh_from_db()
    assert comment.score == 1


def test_the_network_of_an_imported_comment_goes_by_the_comments_own_age():
    old, young = written(91), written(2)
    CommentOrigin.objects.update(purge_after=None)
    actions.purge_personal_data()
    assert (kept(old)[3], kept(young)[3]) == ("", HOME.network_hash)


def test_the_time_is_the_owners():
    DiscussionSettings.objects.create(pk=1, purge_after_days=7)
    old = written(8)
    actions.purge_personal_data()
    assert kept(old) == ("", None, "", "")


def test_ended_sessions_and_unused_limits_go():
    take(Limit("x", 5, 60), "long ago", now=1.0)
    take(Limit("x", 5, 600), "just now")
    session = SessionStore()
    session.create()
    Session.objects.update(expire_date=timezone.now() - timedelta(days=1))
    assert actions.purge_personal_data().leftovers == 2
    assert RateBucket.objects.get().key == "x:just now"


def test_the_command_says_what_it_did_and_again_finds_nothing():
    written(91)
    out = io.StringIO()
    call_command("purge_personal_data", stdout=out)
    assert "origins of comments 1, networks of votes 0" in out.getvalue()
    assert actions.purge_personal_data().comments == 0
