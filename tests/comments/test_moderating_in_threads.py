"""Moderating outside the queue: the buttons in a thread, a comment's own page, and the number in the masthead."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from comments import actions, moderation
from comments.models import Comment, ModerationEvent, Report
from tests.comments.pages import find, page_of, words
from tests.factories import make_author, make_comment, make_guest, make_moderator, make_post, make_thread

pytestmark = pytest.mark.django_db

SCRIPT = {"HTTP_X_FRAGMENT": "1"}


@pytest.fixture
def post(ada):
    return make_post(by=ada.author)


@pytest.fixture
def desk(client, mo):
    """A client in which a moderator is signed in."""
    client.force_login(mo)
    return client


def buttons(response, comment) -> list[tuple[str, str]]:
    """Return the decision buttons beside a comment: where each is sent, and its label."""
    article = find(page_of(response), f"#comment-{comment.pk}")[0]
    return [(it.get("formaction"), it.get("value")) for it in article.xpath(".//button[@formaction]")]


def masthead(response) -> str:
    return words(page_of(response).xpath("//header[@class='mast']")[0])


def test_moderators_have_what_a_comments_state_allows_beside_it(desk, post, mo):
    made = make_thread(post, "a(b),c")
    held = make_comment(post, state="held")
    actions.remove_comment(made["c"], by=mo, reason="Off topic")
    page = desk.get(post.get_absolute_url())
    address = f"/comments/{made['a'].pk}/decision/"
    assert buttons(page, made["a"]) == [(address, "hold.0"), (address, "spam.0")]
    assert [value for _address, value in buttons(page, held)] == ["approve.0", "spam.0"]
    removed = actions.latest_version(made["c"])
    assert [value for _address, value in buttons(page, made["c"])] == [f"restore.{removed.pk}"]
    assert f"/comments/{held.pk}/removal/?rev=0" in page_of(page).xpath("//a[@class='remove']/@href")


@pytest.mark.parametrize("where", ["/", "/reply/", "/report/", "found"])
def test_each_button_stands_where_a_form_with_a_token_sends_it(desk, post, where):
    comment = make_comment(post)
    found = f"/posts/{post.pk}/find/?q=thought"
    for address in (post.get_absolute_url(), found if where == "found" else f"/comments/{comment.pk}{where}"):
        page = page_of(desk.get(address))
        assert find(page, f"#comment-{comment.pk}")
        for button in page.xpath("//article//button"):
            named = button.get("form")
            form = page.get_element_by_id(named) if named else next(button.iterancestors("form"))
            assert "csrfmiddlewaretoken" in form.fields


def test_browsers_need_not_look_for_the_form_of_each_button_of_a_thread(desk, post):
    make_thread(post, "a(b),c")
    page = page_of(desk.get(post.get_absolute_url()))
    assert page.xpath("//ol//button[@formaction]")
    assert not page.xpath("//ol//button[@form]")


def test_nobody_but_moderators_has_decision_buttons(client, post, bob, ada):
    comment = make_comment(post)
    for person, has in (
        (None, False),
        (bob, False),
        (make_author(display_name="Zoe").user, False),
        (ada, True),
    ):
        client.logout()
        if person:
            client.force_login(person)
        for address in (post.get_absolute_url(), comment.get_absolute_url()):
            page = client.get(address)
            assert bool(buttons(page, comment)) == has
            assert ("css/moderation.css" in page.content.decode()) == has
            assert bool(find(page_of(page), "#decide")) == has


def test_a_press_in_the_thread_leads_to_the_comments_page_with_its_receipt(desk, post):
    comment = make_comment(post, name="Ann")
    answer = desk.post(f"/comments/{comment.pk}/decision/", {"do": "hold.0"})
    page = desk.get(answer["Location"])
    assert page.status_code == 200
    section = find(page_of(page), "#moderation")[0]
    assert "Held Ann’s comment." in words(section)
    assert "Held by Mo just now." in words(section)
    undo = section.xpath(".//li[contains(@class, 'receipt')]//form/@action")[0]
    desk.post(undo)
    comment.refresh_from_db()
    assert comment.is_public


def test_a_press_on_an_old_thread_is_told_who_decided(desk, post):
    comment = make_comment(post)
    actions.hold_comment(comment, by=make_moderator(display_name="Ben"))
    answer = desk.post(f"/comments/{comment.pk}/decision/", {"do": "spam.0"})
    assert answer.status_code == 409
    assert "Held by Ben just now." in words(page_of(answer))
    comment.refresh_from_db()
    assert comment.state == "held"


def test_a_second_press_in_the_thread_gives_the_same_receipt(desk, post):
    comment = make_comment(post)
    answers = [desk.post(f"/comments/{comment.pk}/decision/", {"do": "hold.0"}) for _press in range(2)]
    assert answers[0]["Location"] == answers[1]["Location"]
    assert ModerationEvent.objects.count() == 1


def test_a_script_gets_the_comment_as_it_is_now_with_its_receipt(desk, post):
    made = make_thread(post, "a(b)")
    sent = {"do": "hold.0", "place": "thread"}
    answer = desk.post(f"/comments/{made['b'].pk}/decision/", sent, **SCRIPT)
    page = page_of(answer)
    assert answer.status_code == 200
    assert words(find(page, "p.note")[0]).startswith("Waiting for review")
    assert len(find(page, "h4")) == 1
    assert "Held b’s comment." in words(find(page, ".receipt")[0])
    again = desk.post(f"/comments/{made['b'].pk}/decision/", {"do": "spam.0", "place": "thread"}, **SCRIPT)
    assert again.status_code == 409
    assert "Held by Mo just now." in words(find(page_of(again), ".told")[0])
    undone = desk.post(find(page, ".receipt form")[0].get("action"), {"place": "thread"}, **SCRIPT)
    assert not find(page_of(undone), "p.note")
    assert "Undone" in words(find(page_of(undone), ".receipt")[0])


def test_a_script_gets_the_removal_form_alone(desk, post):
    comment = make_comment(post)
    asked = desk.get(f"/comments/{comment.pk}/removal/", **SCRIPT)
    assert len(page_of(asked).xpath("//input[@name='reason']")) == 6
    assert not page_of(asked).xpath("//main")


def test_spam_is_decided_on_its_own_page(desk, post):
    comment = make_comment(post, state="spam", name="Spammer")
    page = desk.get(comment.get_absolute_url())
    section = find(page_of(page), "#moderation")[0]
    assert {button.get("value") for button in section.xpath(".//button[@name='do']")} == {"approve", "hold"}


def test_a_removed_comments_page_says_what_was_decided_and_restores_it(desk, post, mo):
    comment = make_comment(post, name="Ann")
    actions.remove_comment(comment, by=mo, reason="Advertising")
    page = desk.get(comment.get_absolute_url())
    assert page.status_code == 410
    section = find(page_of(page), "#moderation")[0]
    assert "Removed by Mo just now: Advertising." in words(section)
    form = section.xpath(".//form[.//button[@value='restore']]")[0]
    assert desk.post(form.get("action"), dict(form.form_values()) | {"do": "restore"}).status_code == 303
    assert Comment.objects.get().is_public


def test_the_masthead_says_how_many_wait(client, post, mo, ada, bob):
    make_comment(post, state="held")
    make_comment(make_post(), state="held")
    for person, says in ((mo, "Moderation 2 waiting"), (ada, "Moderation 1 waiting")):
        client.force_login(person)
        assert says in masthead(client.get("/"))
    client.force_login(bob)
    assert "Moderation" not in masthead(client.get("/"))
    client.logout()
    assert "Moderation" not in masthead(client.get("/"))


def test_the_number_in_the_masthead_is_one_question(desk, post, mo):
    for _number in range(5):
        make_comment(post, state="held")
    desk.get("/archive/")
    with CaptureQueriesContext(connection) as captured:
        desk.get("/archive/")
    assert len([query for query in captured if "comments_" in query["sql"]]) == 1


def test_many_comments_ask_as_much_of_a_moderator_as_few(desk, post):
    def asked() -> int:
        desk.get(post.get_absolute_url())
        with CaptureQueriesContext(connection) as captured:
            desk.get(post.get_absolute_url())
        return len([query for query in captured if query["sql"] != "SELECT 1"])

    made = make_thread(post, "a(b,c)")
    few = asked()
    for number in range(40):
        make_comment(post, parent=made["a"], state="held" if number % 2 else "public")
    assert asked() == few


# --- words that were edited meanwhile -------------------------------------------------------------------------


def decision_forms(page, comment) -> list[tuple[str, dict]]:
    """Return every decision button for this comment on a page: its address and its value."""
    address = f"/comments/{comment.pk}/decision/"
    sent = [
        (address, {"do": button.get("value")}) for button in page.xpath(f"//button[@formaction='{address}']")
    ]
    for form in page.xpath(f"//form[@action='{address}']"):
        fields = {
            it.get("name"): it.get("value") for it in form.xpath(".//input") if it.get("name") != "next"
        }
        sent += [(address, fields | {"do": it.get("value")}) for it in form.xpath(".//button[@name='do']")]
    return sent


@pytest.mark.parametrize("state", ["public", "held"])
@pytest.mark.parametrize("place", ["thread", "page", "queue"])
def test_nobody_decides_on_words_that_were_edited_since_the_page_was_made(desk, post, bob, place, state):
    comment = make_comment(post, by=bob, state=state, text="Harmless.")
    address = {
        "thread": post.get_absolute_url(),
        "page": comment.get_absolute_url(),
        "queue": f"/moderation/?comment={comment.pk}",
    }[place]
    forms = decision_forms(page_of(desk.get(address)), comment)
    assert len(forms) >= 2
    # Within the first minute, of which readers are told nothing.
    actions.edit_comment(comment, by=bob, text="Not harmless at all.")
    for where, sent in forms:
        answer = desk.post(where, sent)
        assert answer.status_code == 409
        page = words(page_of(answer))
        assert "Edited by Bob just now. Please read the new version before deciding." in page
        assert "Not harmless at all." in page
        in_thread = desk.post(where, sent | {"place": "thread"}, **SCRIPT)
        assert in_thread.status_code == 409
        assert "Not harmless at all." in words(find(page_of(in_thread), ".comment-text")[0])
        assert "Edited by Bob" in words(find(page_of(in_thread), ".told")[0])
    comment.refresh_from_db()
    assert comment.state == state
    # The page that says so decides on what it shows.
    where, sent = decision_forms(page_of(answer), comment)[0]
    assert desk.post(where, sent).status_code == 303


def test_a_page_is_about_the_words_it_shows_whatever_happens_while_it_is_made(desk, post, bob, monkeypatch):
    comment = make_comment(post, by=bob, state="held", text="Harmless.")
    items_of = moderation.items_of

    def edited_first(*asked):
        actions.edit_comment(comment, by=bob, text="Not harmless at all.")
        return items_of(*asked)

    monkeypatch.setattr("comments.templatetags.moderation.items_of", edited_first)
    page = page_of(desk.get(comment.get_absolute_url()))
    monkeypatch.undo()
    assert words(find(page, ".comment-text")[0]) == "Harmless."
    for where, sent in decision_forms(page, comment):
        assert desk.post(where, sent).status_code == 409


def test_a_reason_typed_in_the_thread_is_about_the_words_that_stood_there(desk, post, bob):
    comment = make_comment(post, by=bob, text="Harmless.")
    (link,) = page_of(desk.get(post.get_absolute_url())).xpath("//a[@class='remove']/@href")
    actions.edit_comment(comment, by=bob, text="Other words.")
    (form,) = page_of(desk.get(link, **SCRIPT)).xpath("//form[contains(@class, 'removal-form')]")
    sent = {"rev": form.xpath(".//input[@name='rev']/@value")[0], "words": "Rude", "place": "thread"}
    assert desk.post(form.get("action"), sent, **SCRIPT).status_code == 409
    # Without a script the page that asks why shows the words as they are now.
    asked = page_of(desk.get(link))
    assert "Other words." in words(asked)
    (rev,) = asked.xpath("//form[contains(@class, 'removal-form')]//input[@name='rev']/@value")
    assert desk.post(form.get("action"), {"rev": rev, "words": "Rude"}).status_code == 303


def test_a_guests_edit_is_told_by_the_name_of_the_comment(desk, post):
    guest = make_guest()
    comment = make_comment(post, by=guest, name="Gus")
    actions.edit_comment(comment, by=guest, text="Other words.")
    assert "Edited by Gus just now." in words(page_of(desk.get(f"/moderation/?comment={comment.pk}")))
    assert "Edited by Gus just now." in words(
        find(page_of(desk.get(comment.get_absolute_url())), ".history")[0]
    )


def test_reported_words_that_were_changed_are_still_read(desk, post, bob):
    comment = make_comment(post, by=bob, text="You are all fools.")
    actions.report_comment(comment, by=make_guest(), reason="attack")
    # Within the first minute, of whose slips nothing is kept otherwise.
    actions.edit_comment(comment, by=bob, text="You are all friends.")
    for address in ("/moderation/?state=reported", comment.get_absolute_url()):
        page = page_of(desk.get(address))
        seen = words(page)
        assert "Edited after it was reported" in seen
        assert "Edited by Bob just now." in seen
        assert [it.text_content() for it in page.xpath("//del")] == ["[removed: fools.]"]
    # Of a report about the words that stand there there is nothing to say.
    Report.objects.all().delete()
    actions.report_comment(comment, by=make_guest(), reason="attack")
    assert "after it was reported" not in desk.get("/moderation/?state=reported").content.decode()
