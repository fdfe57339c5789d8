"""Moderators find comments in the admin by writer and by text; nothing can be changed there."""

import pytest
from django.urls import reverse

from comments.models import Comment, DiscussionSettings
from tests import factories
from tests.forms import page_of, submit

LIST = "/admin/comments/comment/"


@pytest.fixture
def desk(client, mo):
    """A client in which a moderator is signed in."""
    client.force_login(mo)
    return client


@pytest.fixture
def post(db):
    return factories.make_post()


def words_on(response) -> list[str]:
    return [
        cell.text_content().strip()
        for cell in page_of(response).xpath("//tbody//*[contains(@class, 'words')]")
    ]


def test_comments_are_found_by_their_words_and_their_writers(desk, post, bob):
    factories.make_comment(post, by=bob, text="The ferry was late.")
    factories.make_comment(post, name="Dee Ekwo", text="The count was slow.")
    assert words_on(desk.get(LIST, {"q": "ferry"})) == ["The ferry was late."]
    assert words_on(desk.get(LIST, {"q": "Bob"})) == ["The ferry was late."]
    assert words_on(desk.get(LIST, {"q": "ekwo"})) == ["The count was slow."]
    assert words_on(desk.get(LIST, {"q": "nobody"})) == []


def test_comments_are_filtered_by_state_and_kind_of_writer(desk, post, bob):
    factories.make_comment(post, by=bob, text="By a member.")
    factories.make_comment(post, name="Gus", text="Held.", state="held")
    assert words_on(desk.get(LIST, {"state__exact": "held"})) == ["Held."]
    assert words_on(desk.get(LIST, {"writer": "member"})) == ["By a member."]
    assert words_on(desk.get(LIST, {"writer": "guest"})) == ["Held."]


def test_the_list_leads_to_the_comments_own_page(desk, post):
    comment = factories.make_comment(post, name="Gus")
    links = page_of(desk.get(LIST)).xpath("//tbody//a/@href")
    assert comment.get_absolute_url() in links


def test_the_list_and_a_comments_page_lead_to_the_queue(desk, post):
    comment = factories.make_comment(post, name="Gus")
    queue = f"/moderation/?comment={comment.pk}"
    for address in (LIST, reverse("admin:comments_comment_change", args=[comment.pk])):
        assert queue in page_of(desk.get(address)).xpath("//main//a/@href")
    assert "Gus" in page_of(desk.get(queue)).xpath("//article//h2")[0].text_content()


def test_a_comments_text_is_shown_as_it_was_typed(desk, post):
    comment = factories.make_comment(post, name="Gus", text="<b>loud</b> <script>alert(1)</script>")
    response = desk.get(reverse("admin:comments_comment_change", args=[comment.pk]))
    assert "<script>alert(1)" not in response.content.decode()
    assert "<b>loud</b>" in page_of(response).text_content()


def test_nothing_is_changed_or_deleted_from_the_list(desk, post, owner):
    comment = factories.make_comment(post, name="Gus", text="As it was.")
    change, delete = (
        reverse(f"admin:comments_comment_{verb}", args=[comment.pk]) for verb in ("change", "delete")
    )
    for person in (None, owner):
        if person:
            desk.force_login(person)
        assert desk.post(change, {"body": "Changed"}).status_code == 403
        assert desk.post(delete, {"post": "yes"}).status_code == 403
        assert desk.get("/admin/comments/comment/add/").status_code == 403
        desk.post(LIST, {"action": "delete_selected", "_selected_action": str(comment.pk), "post": "yes"})
    assert Comment.objects.get().body == "As it was."


def test_an_author_who_does_not_moderate_has_no_list_of_comments(client, ada):
    client.force_login(ada)
    assert client.get(LIST).status_code == 403


def test_a_limited_moderator_finds_comments_too(client, db):
    client.force_login(factories.make_moderator(limited=True))
    assert client.get(LIST).status_code == 200


def test_the_list_asks_the_same_number_of_questions_for_many_comments(
    desk, post, bob, django_assert_max_num_queries
):
    for _number in range(12):
        factories.make_comment(post, by=bob)
    with django_assert_max_num_queries(12):
        assert len(words_on(desk.get(LIST))) == 12


def test_the_owner_keeps_the_settings_of_all_discussions(client, owner):
    client.force_login(owner)
    page = client.get("/admin/comments/discussionsettings/add/")
    submit(client, page, press="_save=", held_from_links="5")
    assert DiscussionSettings.load().held_from_links == 5
    assert client.get("/admin/comments/discussionsettings/add/").status_code == 403
