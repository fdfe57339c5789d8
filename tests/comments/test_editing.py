"""Editing one's own comment: for some minutes, by its writer only, held by the same rules, earlier versions kept."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from blog.models import CommentPolicy, PageState, Post, PostState
from comments import actions, permissions
from comments.integrity import audit
from comments.models import (
    Comment,
    CommentRevision,
    CommentState,
    Discussion,
    DiscussionSettings,
    ModerationEvent,
)
from tests.comments.pages import find, words
from tests.factories import make_comment, make_guest, make_post, make_thread, take_away
from tests.forms import page_of, submit

pytestmark = pytest.mark.django_db

SENT_HERE = {"Sec-Fetch-Site": "same-origin"}
LINKS = " ".join(f"https://example.org/{number}" for number in range(3))


@pytest.fixture
def client():
    return Client(headers=SENT_HERE)


def ago(**time):
    return timezone.now() - timedelta(**time)


@pytest.fixture
def own(client):
    """A guest's comment, from the browser that wrote it."""
    sent = {"text": "I was rong.", "name": "Gus", "email": "gus@example.org", "do": "post"}
    client.post(f"/posts/{make_post().pk}/comments/", sent)
    return Comment.objects.get()


def age(comment, **time):
    Comment.objects.filter(pk=comment.pk).update(created_at=ago(**time))
    comment.refresh_from_db()


def edit(client, comment, text, *, press="do=save"):
    return submit(client, client.get(f"/comments/{comment.pk}/edit/"), press=press, text=text)


def version(post):
    return PageState.objects.get(pk=post.pk).version


# --- who, when and what ---------------------------------------------------------------------------------------


def test_who_may_edit_what(bob, carol):
    settings, now = DiscussionSettings(), timezone.now()
    comment = make_comment(make_post(), by=bob)

    def refusal(person, **changes):
        for name, value in changes.items():
            setattr(comment, name, value)
        return permissions.edit_refusal(person, comment, settings=settings, now=now)

    assert refusal(bob) is None
    assert refusal(bob, state=CommentState.HELD) is None
    for person in (None, carol, make_guest()):
        assert refusal(person) == "Only its author can edit a comment."
    for state in (CommentState.SPAM, CommentState.REMOVED, CommentState.WITHDRAWN):
        assert refusal(bob, state=state) == "This comment is no longer here."
    assert refusal(bob, state=CommentState.PUBLIC, created_at=now - timedelta(minutes=14, seconds=59)) is None
    assert "Comments can only be edited for 15 minutes after posting." in refusal(
        bob, created_at=now - timedelta(minutes=15)
    )
    settings.edit_window_minutes = 0
    assert refusal(bob, created_at=now) == "Comments can’t be edited here."
    bob.is_active = False
    assert refusal(bob) == "This account is suspended."


def test_a_slip_of_the_first_minute_is_mended_without_a_trace(client, own):
    answer = edit(client, own, "I was *wrong*.")
    assert (answer.status_code, answer["Location"]) == (303, f"/comments/{own.pk}/in-thread/")
    own.refresh_from_db()
    assert (own.body, own.body_html) == ("I was *wrong*.", "<p>I was <em>wrong</em>.</p>")
    assert own.edited_at is None
    assert not CommentRevision.objects.exists()


def test_after_the_first_minute_the_earlier_version_is_kept_and_everybody_sees_the_changes(client, own):
    age(own, minutes=5)
    edit(client, own, "I was wrong.")
    own.refresh_from_db()
    kept = CommentRevision.objects.get()
    assert (kept.body, kept.created_at) == ("I was rong.", own.created_at)
    thread = page_of(Client().get(own.post.get_absolute_url()))
    (link,) = find(thread, "a.edited")
    assert (words(link), link.get("href")) == ("edited", f"/comments/{own.pk}/#changes")
    page = page_of(Client().get(own.get_absolute_url()))
    (section,) = find(page, "#changes")
    assert [words(piece) for piece in find(section, "del, ins")] == ["[removed: rong.]", "[added: wrong.]"]
    assert len(find(section, "time")) == 2


def test_each_later_edit_has_its_own_block_the_latest_first(client, own):
    age(own, minutes=5)
    edit(client, own, "Two.")
    edit(client, own, "Three.")
    page = page_of(Client().get(own.get_absolute_url()))
    assert [words(piece) for piece in find(page, "ins")] == ["[added:Three.]", "[added:Two.]"]
    first, second = CommentRevision.objects.order_by("pk")
    assert first.created_at < second.created_at < Comment.objects.get().edited_at


def test_saving_the_same_text_changes_nothing(client, own):
    age(own, minutes=5)
    before = version(own.post)
    for _press in range(2):
        assert edit(client, own, own.body).status_code == 303
    own.refresh_from_db()
    assert (own.edited_at, version(own.post)) == (None, before)


def test_a_double_click_is_one_edit(client, own):
    age(own, minutes=5)
    page = client.get(f"/comments/{own.pk}/edit/")
    for _press in range(2):
        submit(client, page, press="do=save", text="Once.")
    assert CommentRevision.objects.count() == 1


def test_an_edit_is_on_the_next_page_anybody_reads(client, own):
    stranger = Client()
    stranger.get(own.post.get_absolute_url())
    edit(client, own, "Quite right.")
    assert "Quite right." in stranger.get(own.post.get_absolute_url()).content.decode()


def test_a_mention_is_linked_as_in_a_new_comment(bob):
    post = make_post()
    ann = make_thread(post, "Ann")["Ann"]
    own = make_comment(post, by=bob)
    edited = actions.edit_comment(own, by=bob, text="@Ann, see #1.")
    assert edited.body_html.count(f'"/comments/{ann.pk}/"') == 2


def test_a_discussion_that_has_closed_meanwhile_still_lets_a_slip_be_mended(bob):
    own = make_comment(make_post(), by=bob)
    Post.objects.update(comment_policy=CommentPolicy.CLOSED)
    own = Comment.objects.get()
    assert actions.edit_comment(own, by=bob, text="Mended.").body == "Mended."
    Post.objects.update(state=PostState.WITHDRAWN)
    with pytest.raises(actions.Refused, match="no longer here"):
        actions.edit_comment(Comment.objects.get(), by=bob, text="Again.")


# --- the rules judge again ------------------------------------------------------------------------------------


def test_links_that_come_by_an_edit_are_held_as_those_of_a_new_comment(client, own):
    answer = edit(client, own, LINKS)
    assert answer.status_code == 303
    own.refresh_from_db()
    assert (own.state, own.number) == (CommentState.HELD, 1)
    assert own.state_reason.startswith("Comments with 3 or more links")
    edit_event, event = ModerationEvent.objects.order_by("pk")
    assert edit_event.action == "edit"
    assert (event.action, event.actor, event.reason) == ("hold", None, own.state_reason)
    discussion = Discussion.objects.get()
    assert (discussion.comment_count, discussion.held_count) == (0, 1)
    assert list(audit.findings()) == []
    assert "example.org/1" not in Client().get(own.post.get_absolute_url()).content.decode()
    assert "Waiting for review" in client.get(own.post.get_absolute_url()).content.decode()


def test_an_edit_on_a_post_with_review_is_reviewed_again(bob):
    own = make_comment(make_post(comment_policy=CommentPolicy.HELD), by=bob, state="held")
    actions.approve_comment(own, by=None)
    assert actions.edit_comment(own, by=bob, text="Other words.").state == CommentState.HELD


def test_a_first_comment_that_was_approved_waits_again(bob):
    DiscussionSettings.objects.create(pk=1, hold_first_comment=True)
    own = actions.post_comment(make_post(), writer=bob, text="Harmless.")
    actions.approve_comment(own, by=None)
    assert actions.edit_comment(own, by=bob, text="Not so harmless.").state == CommentState.HELD


def test_an_edited_held_comment_stays_held_and_nobody_approves_a_text_they_have_not_read(bob, mo):
    own = make_comment(make_post(), by=bob, state="held", state_reason="Comments with 3 or more links")
    edited = actions.edit_comment(own, by=bob, text="No links at all.")
    assert (edited.state, edited.state_reason) == (CommentState.HELD, "Comments with 3 or more links")
    assert Discussion.objects.get().held_count == 1
    with pytest.raises(actions.AlreadyDecided):
        actions.approve_comment(own, by=mo, seen=0)
    seen = actions.latest_version(own).pk
    actions.approve_comment(own, by=mo, seen=seen)
    assert Comment.objects.get().is_public


def test_a_reported_text_is_kept_however_soon_it_is_edited(client, own, bob):
    actions.report_comment(own, by=bob, reason="attack")
    edit(client, own, "I was wrong.")
    assert CommentRevision.objects.get().body == "I was rong."
    assert Comment.objects.get().edited_at is not None


def test_a_text_that_no_reader_has_seen_is_not_kept_as_an_earlier_version(bob, mo):
    never_public = make_comment(make_post(), by=bob, text=LINKS, state="held", created_at=ago(minutes=5))
    actions.edit_comment(never_public, by=bob, text="Harmless.")
    assert not CommentRevision.objects.exists()
    assert Comment.objects.get().edited_at is None

    own = make_comment(make_post(), by=bob, text="One.", created_at=ago(minutes=5))
    for text in (LINKS, f"{LINKS} and more", "Harmless."):
        own = actions.edit_comment(own, by=bob, text=text)
    actions.approve_comment(own, by=mo)
    page = page_of(Client().get(own.get_absolute_url()))
    assert [words(piece) for piece in find(page, "#changes del, #changes ins")] == [
        "[removed:One.]",
        "[added:Harmless.]",
    ]
    assert "example.org" not in words(find(page, "#changes")[0])


def test_a_text_that_a_rule_held_counts_as_unseen_whatever_moderators_undid_since(bob, mo):
    own = make_comment(make_post(), by=bob, text="First.", created_at=ago(minutes=5))
    own = actions.edit_comment(own, by=bob, text=LINKS)
    actions.undo(actions.mark_spam(own, by=mo), by=mo)
    own = actions.edit_comment(Comment.objects.get(), by=bob, text="Last.")
    actions.approve_comment(own, by=mo)
    assert list(own.revisions.values_list("body", flat=True)) == ["First."]


def test_a_text_that_a_moderator_held_counts_as_seen(bob, mo):
    own = make_comment(make_post(), by=bob, text="One.", created_at=ago(minutes=5))
    actions.hold_comment(own, by=mo, reason="Is this so?")
    actions.edit_comment(own, by=bob, text="Two.")
    assert CommentRevision.objects.get().body == "One."


# --- the page -------------------------------------------------------------------------------------------------


def test_an_edit_that_comes_too_late_is_refused_in_words_and_the_text_comes_back(client, own):
    page = client.get(f"/comments/{own.pk}/edit/")
    age(own, minutes=16)
    answer = submit(client, page, press="do=save", text="Typed in vain.")
    assert answer.status_code == 403
    assert "Comments can only be edited for 15 minutes after posting." in answer.content.decode()
    assert find(page_of(answer), "#typed")[0].text.strip() == "Typed in vain."
    assert client.get(f"/comments/{own.pk}/edit/").status_code == 403
    assert Comment.objects.get().body == "I was rong."


def test_a_preview_of_an_edit_looks_at_its_quotations_as_that_of_a_comment_does(client, own):
    source = make_comment(own.post, text="Some words.")
    answer = edit(client, own, f"> Other words\n> — Guest, #{source.number}\n\nNo.", press="do=preview")
    (preview,) = find(page_of(answer), ".preview")
    assert len(find(preview, ".comment-text")) == 1
    assert words(find(preview, ".quote-lost")[0]) == "These words are no longer in #2: “Other words”"


def test_a_preview_saves_nothing_and_says_what_would_stand_there(client, own):
    answer = edit(client, own, "**Loud.**", press="do=preview")
    assert words(find(page_of(answer), ".preview strong")[0]) == "Loud."
    assert find(page_of(answer), "textarea")[0].text.strip() == "**Loud.**"
    assert Comment.objects.get().body == "I was rong."


@pytest.mark.parametrize("text", ["", "   ", "x" * 5001, "[](https://example.org)"])
def test_an_edit_that_is_not_valid_is_refused_and_the_text_stays(client, own, text):
    answer = edit(client, own, text)
    assert answer.status_code == 400
    assert words(find(page_of(answer), ".errs h2")[0]) == "Your changes were not saved"
    assert find(page_of(answer), "textarea")[0].text.removeprefix("\n") == text
    assert Comment.objects.get().body == "I was rong."


def test_nobody_but_the_writer_can_edit_or_is_offered_to(client, own, bob, mo):
    for person in (None, bob, mo):
        other = Client(headers=SENT_HERE)
        if person:
            other.force_login(person)
        for page in (own.get_absolute_url(), own.post.get_absolute_url()):
            assert f"/comments/{own.pk}/edit/" not in other.get(page).content.decode()
        answer = other.post(f"/comments/{own.pk}/edit/", {"text": "Mine now.", "do": "save"})
        assert answer.status_code == 403
    assert Comment.objects.get().body == "I was rong."


def test_the_writer_sees_the_edit_link_while_there_is_time(client, own):
    def ways():
        pages = (own.get_absolute_url(), own.post.get_absolute_url())
        return [f"/comments/{own.pk}/edit/" in client.get(page).content.decode() for page in pages]

    assert ways() == [True, True]
    assert "15 minutes left" in client.get(own.get_absolute_url()).content.decode()
    age(own, minutes=14, seconds=30)
    assert "1 minute left" in client.get(own.get_absolute_url()).content.decode()
    age(own, minutes=15, seconds=1)
    assert ways() == [False, False]


def test_the_edit_page_of_a_held_comment_is_found_by_its_writer_only(bob, carol, client):
    held = make_comment(make_post(), by=bob, state="held")
    client.force_login(carol)
    assert client.get(f"/comments/{held.pk}/edit/").status_code == 404
    client.force_login(bob)
    assert client.get(f"/comments/{held.pk}/edit/").status_code == 200
    assert f"/comments/{held.pk}/edit/" in client.get(held.post.get_absolute_url()).content.decode()


@pytest.mark.parametrize("state", ["removed", "withdrawn"])
def test_a_deleted_comment_shows_no_earlier_versions(bob, mo, client, state):
    own = make_comment(make_post(), by=bob, text="Former words.", created_at=ago(minutes=5))
    actions.edit_comment(own, by=bob, text="Later words.")
    own = Comment.objects.get()
    take_away(own, state=state)
    for person in (None, bob, mo):
        if person:
            client.force_login(person)
        assert "Former" not in client.get(own.get_absolute_url()).content.decode()


def test_earlier_versions_are_deleted_some_time_after_a_comment_was_withdrawn(bob):
    own = make_comment(make_post(), by=bob, created_at=ago(minutes=5))
    standing = make_comment(own.post, by=bob, created_at=ago(minutes=5))
    for comment in (own, standing):
        actions.edit_comment(comment, by=bob, text="Other words.")
    actions.withdraw_comment(own, by=bob)
    assert actions.purge_personal_data().revisions == 0
    assert actions.purge_personal_data(now=timezone.now() + timedelta(days=91)).revisions == 1
    assert CommentRevision.objects.get().comment == standing


def test_after_thirty_edits_in_ten_minutes_the_time_to_wait_is_told(client, own):
    for number in range(30):
        actions.edit_comment(Comment.objects.get(), by=own.guest, text=f"Words {number}.")
    answer = edit(client, own, "Once more.")
    assert answer.status_code == 429
    assert 1 <= int(answer["Retry-After"]) <= 20
    assert "You’re editing too fast. Try again in" in answer.content.decode()
    assert find(page_of(answer), "textarea")[0].text.strip() == "Once more."
