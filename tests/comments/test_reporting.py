"""Reporting a comment: once, with a reason, withdrawn while open; shown in the queue, and to no reader."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Guest
from accounts.network import Origin
from blog.models import PageState
from comments import actions, moderation
from comments.models import DiscussionSettings, Report, ReportReason, ReportState
from tests.comments.pages import find, words
from tests.factories import make_comment, make_guest, make_post, make_thread, take_away
from tests.forms import page_of, submit

pytestmark = pytest.mark.django_db

SENT_HERE = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def client():
    return Client(headers=SENT_HERE)


@pytest.fixture
def comment(db):
    return make_thread(make_post(), "Ann")["Ann"]


def report(client, comment, *, reason="attack", text="", agent="Browser"):
    return client.post(
        f"/comments/{comment.pk}/report/",
        {"reason": reason, "text": text, "do": "report"},
        headers={"User-Agent": agent},
    )


# --- the page -------------------------------------------------------------------------------------------------


def test_a_guest_reports_by_the_form_and_is_told_so(client, comment):
    page = client.get(f"/comments/{comment.pk}/report/")
    assert "Text of Ann." in page.content.decode()
    answer = submit(client, page, press="do=report", reason="attack", text="Look at the end.")
    assert (answer.status_code, answer["Location"]) == (303, f"/comments/{comment.pk}/report/")
    kept = Report.objects.get()
    assert (kept.reason, kept.note, kept.state) == ("attack", "Look at the end.", ReportState.OPEN)
    assert kept.guest is not None and "writer" in answer.cookies
    said = words(find(page_of(client.get(answer["Location"])), ".notice")[0])
    assert said.startswith("You reported this on ") and ": Personal attack." in said
    assert "Look at the end." in said


def test_it_is_taken_back_while_nobody_has_looked_at_it(client, comment):
    report(client, comment)
    answer = submit(client, client.get(f"/comments/{comment.pk}/report/"), press="do=undo")
    assert (answer.status_code, answer["Location"]) == (303, comment.get_absolute_url())
    assert not Report.objects.exists()
    said = words(find(page_of(client.get(answer["Location"])), ".notice")[0])
    assert said == "Report withdrawn."
    # Said once, and not on the next page.
    assert not find(page_of(client.get(answer["Location"])), ".notice")
    assert client.post(f"/comments/{comment.pk}/report/", {"do": "undo"}).status_code == 303
    said = words(find(page_of(client.get(comment.get_absolute_url())), ".notice")[0])
    assert said == "You haven’t reported this comment."
    assert report(client, comment).status_code == 303


def test_twice_is_once_and_the_first_reason_stays(client, comment, bob):
    client.force_login(bob)
    for reason in ("attack", "spam", "spam"):
        assert report(client, comment, reason=reason).status_code == 303
    assert Report.objects.get().reason == "attack"


def test_once_a_moderator_has_decided_it_is_neither_taken_back_nor_made_again(client, comment, bob, mo):
    client.force_login(bob)
    report(client, comment)
    actions.approve_comment(comment, by=mo)
    assert Report.objects.get().state == ReportState.DISMISSED
    page = client.get(f"/comments/{comment.pk}/report/")
    assert "A moderator has reviewed your report." in page.content.decode()
    assert not find(page_of(page), "main form")
    assert report(client, comment).status_code == 403
    assert client.post(f"/comments/{comment.pk}/report/", {"do": "undo"}).status_code == 403
    assert Report.objects.count() == 1


@pytest.mark.parametrize(
    ("sent", "complaint"),
    [
        ({}, "Choose a reason."),
        ({"reason": "dislike"}, "Choose a reason."),
        ({"reason": "other"}, "Tell us briefly what’s wrong."),
        ({"reason": "other", "text": "   "}, "Tell us briefly what’s wrong."),
        ({"reason": "spam", "text": "x" * 501}, "Keep it to 500 characters."),
    ],
)
def test_what_is_missing_is_said_and_what_was_typed_stays(client, comment, sent, complaint):
    answer = client.post(f"/comments/{comment.pk}/report/", {**sent, "do": "report"})
    assert answer.status_code == 400
    page = page_of(answer)
    assert [words(item) for item in find(page, ".errs li")] == [complaint]
    assert find(page, "#note")[0].text.removeprefix("\n") == sent.get("text", "")
    chosen = page.xpath("//input[@name='reason'][@checked]/@value")
    assert chosen == [value for value in ReportReason.values if value == sent.get("reason")]
    assert not Report.objects.exists()


def test_nobody_reports_their_own_comment(client, bob):
    own = make_comment(make_post(), by=bob)
    client.force_login(bob)
    assert "/report/" not in client.get(own.get_absolute_url()).content.decode()
    answer = report(client, own, text="Against myself.")
    assert answer.status_code == 403
    assert "You can’t report your own comment" in answer.content.decode()
    assert "Against myself." in answer.content.decode()


@pytest.mark.parametrize("state", ["held", "spam", "removed", "withdrawn"])
def test_what_is_not_public_is_not_reported_and_the_note_comes_back(client, state):
    comment = make_comment(make_post(), state=state)
    answer = report(client, comment, text="What I saw.")
    assert answer.status_code == 404
    assert "What I saw." in answer.content.decode()
    assert not Report.objects.exists()


def test_a_comment_that_is_removed_at_that_moment_is_not_reported(comment, bob):
    as_it_was = comment
    take_away(type(comment).objects.get(pk=comment.pk))
    with pytest.raises(actions.Refused, match="no longer here"):
        actions.report_comment(as_it_was, by=bob, reason="spam")


def test_after_ten_reports_an_hour_the_time_to_wait_is_told(client, comment, bob):
    DiscussionSettings.objects.create(pk=1, reports_per_hour=1)
    client.force_login(bob)
    report(client, make_comment(comment.post))
    answer = report(client, comment, text="This one too.")
    assert answer.status_code == 429
    assert 1 <= int(answer["Retry-After"]) <= 3600
    assert "You’re reporting too fast. Try again in" in answer.content.decode()
    assert find(page_of(answer), "#note")[0].text.strip() == "This one too."


def test_three_guests_of_a_network_report_a_comment_and_then_members_only(comment, bob):
    for number in range(3):
        origin = Origin("127.0.0.9", f"Browser {number}")
        actions.report_comment(comment, by=None, reason="spam", origin=origin)
    answer = report(Client(headers=SENT_HERE), comment, agent="Another")
    assert answer.status_code == 403
    assert "This comment has already been reported from your network" in answer.content.decode()
    actions.report_comment(comment, by=bob, reason="spam", origin=Origin("127.0.0.9", "Browser"))
    assert Report.objects.count() == 4


def test_a_first_report_sent_twice_before_the_cookie_came_is_one(comment):
    for _press in range(2):
        report(Client(headers=SENT_HERE), comment)
    assert (Report.objects.count(), Guest.objects.filter(reports__isnull=False).count()) == (1, 1)


def test_a_report_stays_with_a_guest_who_comments_later(client, comment):
    report(client, comment)
    sent = {"text": "Hello.", "name": "Gus", "email": "gus@example.org", "do": "post"}
    client.post(f"/posts/{comment.post_id}/comments/", sent)
    assert "You reported this" in client.get(f"/comments/{comment.pk}/report/").content.decode()


# --- what comes of it -----------------------------------------------------------------------------------------


def test_moderators_find_it_with_reason_and_note_and_deciding_settles_it(client, comment, mo):
    report(client, comment, reason="private", text="Her street.")
    moderator = Client(headers=SENT_HERE)
    moderator.force_login(mo)
    page = moderator.get("/moderation/?state=reported")
    assert "1 report: Private information: Her street." in words(find(page_of(page), ".why")[0])
    actions.remove_comment(comment, by=mo, reason="Private details")
    assert Report.objects.get().state == ReportState.UPHELD
    assert moderation.counts_of(moderation.scope_of(mo))["reported"] == 0


def test_readers_see_nothing_of_a_report(client, comment, bob):
    stranger = Client()
    before = stranger.get(comment.post.get_absolute_url()).content
    version = PageState.objects.get(pk=comment.post_id).version
    report(client, comment)
    assert PageState.objects.get(pk=comment.post_id).version == version
    assert Client().get(comment.post.get_absolute_url()).content == before


def trusted(comment, person):
    return actions.report_comment(comment, by=person, reason="spam").is_trusted


def test_whose_report_counts_at_once(ada, bob, mo):
    comment = make_comment(make_post(by=ada.author))
    elsewhere = make_comment(make_post())
    assert trusted(comment, ada) and trusted(comment, mo)
    assert not trusted(elsewhere, ada)
    assert not trusted(comment, bob)
    assert not trusted(comment, make_guest())


def test_a_member_is_trusted_from_ten_public_comments_unless_some_were_taken_away_lately(bob, mo):
    post = make_post()
    for number in range(9):
        make_comment(post, by=bob, text=f"Nr {number}")
    assert not trusted(make_comment(post), bob)
    make_comment(post, by=bob)
    assert trusted(make_comment(post), bob)
    removed = make_comment(post, by=bob)
    actions.remove_comment(removed, by=mo, reason="Off topic")
    assert not trusted(make_comment(post), bob)
    now = timezone.now() + timedelta(days=91)
    assert actions.report_comment(make_comment(post), by=bob, reason="spam", now=now).is_trusted


def test_a_trusted_report_counts_in_the_best_order_until_it_is_taken_back(mo):
    post = make_post()
    reported, other = (
        make_comment(post, score=3, imported_score=3),
        make_comment(post, score=3, imported_score=3),
    )

    def best():
        page = page_of(Client().get(f"{post.get_absolute_url()}?order=best"))
        return [item.get("id") for item in find(page, "article.comment")]

    scores = PageState.objects.get(pk=post.pk).scores
    actions.report_comment(reported, by=mo, reason="spam")
    reported_at = PageState.objects.get(pk=post.pk).scores
    assert reported_at > scores
    assert best() == [f"comment-{other.pk}", f"comment-{reported.pk}"]
    actions.take_back_report(reported, by=mo)
    assert PageState.objects.get(pk=post.pk).scores > reported_at


def test_the_network_of_a_report_is_forgotten_with_those_of_votes(comment):
    actions.report_comment(comment, by=None, reason="spam", origin=Origin("127.0.0.9", "Browser"))
    assert Report.objects.get().network_hash
    assert actions.purge_personal_data(now=timezone.now() + timedelta(days=91)).reports == 1
    assert Report.objects.get().network_hash == ""


@pytest.mark.django_db
def test_a_report_made_between_a_lost_answer_and_the_retry_stops_nothing(carol):
    post = make_post()
    said = make_comment(post, by=carol)
    known = actions.report_comment(said, by=None, reason="spam").guest
    sent = {
        "writer": known,
        "text": "First words.",
        "name": "Gus",
        "email": "gus@example.org",
        "submission_key": "a" * 32,
    }
    first = actions.post_comment(post, **sent)
    # Their cookie still names who they were.
    actions.report_comment(said, by=known, reason="spam")
    assert actions.post_comment(post, **sent) == first
    assert first.guest.reports.count() == 1
