"""A moderator works the queue and the thread: by keyboard alone, by hand on a phone, and without scripts."""

import itertools

import pytest
from playwright.sync_api import expect

from comments import actions
from comments.models import Comment, ModerationEvent
from tests import factories
from tests.journeys.axe import SMALL_CONTROLS, inspect, inspect_above_the_page
from tests.journeys.test_an_author_publishes import sign_in
from tests.journeys.waiting import PATIENCE, expect_soon

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def mo():
    return factories.make_moderator(display_name="Mo")


@pytest.fixture
def post():
    return factories.make_post(title="The ferry", by=factories.make_author(display_name="Ada"))


@pytest.fixture
def held(post):
    """Ten comments that wait; the newest, which stands first in the queue, is G9's."""
    return [
        factories.make_comment(post, name=f"G{number}", text=f"Words of G{number}.", state="held")
        for number in range(10)
    ]


@pytest.fixture
def open_as(browser, client, live_server):
    """Open a page as somebody; at the end nothing may have gone wrong on it that the test did not ask for."""
    complaints: list[str] = []
    contexts = []

    def open_as(user, path: str, *, width: int = 1280, scripts: bool = True, finger: bool = False):
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            java_script_enabled=scripts,
            reduced_motion="reduce",
            has_touch=finger,
            is_mobile=finger,
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        sign_in(context, client, user, live_server)
        page.goto(f"{live_server.url}{path}")
        return page

    yield open_as
    for context in contexts:
        context.close()
    assert complaints == []


def states() -> dict[str, str]:
    return dict(Comment.objects.order_by("pk").values_list("guest_name", "state"))


def test_ten_comments_are_decided_by_keyboard_alone(open_as, mo, held):
    page = open_as(mo, "/moderation/")
    say, keys = page.locator("#say"), page.keyboard
    keys.press("j")
    expect(page.locator(f"#item-{held[9].pk}")).to_be_focused()
    for number, press in ((9, "a"), (8, "s"), (7, "a")):
        keys.press(press)
        expect(page.locator(f"#item-{held[number - 1].pk}")).to_be_focused()
    expect(say).to_have_text("Approved G7’s comment.")
    keys.press("r")
    expect(page.locator(f"#item-{held[6].pk} [type=radio]").first).to_be_focused()
    keys.press("2")
    expect(say).to_have_text("Removed G6’s comment: Personal attack.")
    expect(page.locator(f"#item-{held[5].pk}")).to_be_focused()
    # What was just decided comes back to be decided again.
    keys.press("z")
    expect(page.locator(f"#item-{held[6].pk}")).to_be_focused()
    keys.press("s")
    for number in (5, 4, 3, 2, 1):
        expect(page.locator(f"#item-{held[number].pk}")).to_be_focused()
        keys.press("a")
    expect(page.locator(f"#item-{held[0].pk}")).to_be_focused()
    keys.press("s")
    expect(page.locator(".items > .receipt").last).to_be_focused()
    spam = {0, 6, 8}
    wanted = {f"G{number}": "spam" if number in spam else "public" for number in range(10)}
    expect_soon(page, states, wanted)
    expect(page.locator(".items > .receipt")).to_have_count(10)
    inspect(page)


def test_keys_select_a_range_and_open_the_context_and_the_list_of_keys(open_as, mo, post):
    opener = factories.make_comment(post, name="Opener")
    made = [
        factories.make_comment(post, name=f"G{number}", parent=opener, state="held") for number in range(4)
    ]
    page = open_as(mo, "/moderation/")
    keys = page.keyboard
    for key in ("j", "x", "j", "j", "X"):
        keys.press(key)
    expect(page.locator(".queue-list input:checked")).to_have_count(3)
    expect(page.locator(".queue-list legend")).to_have_text("3 selected")
    context = page.locator(f"#item-{made[1].pk} .context")
    expect(context).to_have_attribute("open", "")
    keys.press("c")
    expect(context).not_to_have_attribute("open", "")
    keys.press("?")
    expect(page.get_by_text("undo the last decision")).to_be_visible()
    # In a field a key is a letter.
    page.get_by_label("Search text, name").focus()
    keys.press("a")
    expect(page.get_by_label("Search text, name")).to_have_value("a")
    assert set(states().values()) == {"held", "public"}


def test_whoever_switched_keys_off_types_in_peace(open_as, mo, held):
    mo.shortcuts = False
    mo.save()
    page = open_as(mo, "/moderation/")
    page.locator(f"#item-{held[9].pk}").focus()
    for key in ("a", "s", "j", "?"):
        page.keyboard.press(key)
    expect(page.locator(f"#item-{held[9].pk}")).to_be_focused()
    assert set(states().values()) == {"held"}


def test_a_colleagues_decision_is_told_in_place_and_the_typed_reason_stays(open_as, mo, held):
    page = open_as(mo, "/moderation/")
    page.get_by_label("Select G9’s comment").check()
    actions.approve_comment(held[9], by=factories.make_moderator(display_name="Ben"))
    item = page.locator(f"#item-{held[9].pk}")
    item.get_by_text("Remove…").click()
    item.get_by_label("In your own words").fill("He was warned")
    item.get_by_role("button", name="Remove", exact=False).last.click()
    expect(item.get_by_role("alert")).to_contain_text("Approved by Ben")
    expect(item.get_by_label("In your own words")).to_have_value("He was warned")
    expect(item).to_be_focused()
    # It was selected as something else, and one voice tells it.
    expect(page.get_by_label("Select G9’s comment")).not_to_be_checked()
    expect(page.locator("#say")).to_be_empty()
    inspect(page)
    item.locator(".removal-form button").click()
    expect(page.locator(".receipt")).to_contain_text("Removed G9’s comment: He was warned.")


def test_a_site_that_does_not_answer_decides_nothing_and_loses_nothing(open_as, mo, held):
    page = open_as(mo, "/moderation/")
    page.route("**/decision/", lambda route: route.abort())
    item = page.locator(f"#item-{held[9].pk}")
    item.get_by_role("button", name="Approve").click()
    expect(item.get_by_text("the site didn’t respond")).to_be_visible()
    page.unroute("**/decision/")
    item.get_by_role("button", name="Approve").click()
    expect(page.locator(".receipt")).to_contain_text("Approved G9’s comment.")


def test_a_moderator_who_was_signed_out_meanwhile_is_asked_to_sign_in(open_as, mo, held):
    page = open_as(mo, "/moderation/")
    page.context.clear_cookies(name="sessionid")
    page.locator(f"#item-{held[9].pk}").get_by_role("button", name="Approve").click()
    page.wait_for_url("**/accounts/login/**")
    assert set(states().values()) == {"held"}


@pytest.mark.parametrize("width", [1280, 360])
def test_without_scripts_each_form_leads_to_the_next_comment_with_a_receipt(open_as, mo, held, width):
    page = open_as(mo, "/", width=width, scripts=False)
    if width == 360:
        page.get_by_text("Menu").click()
    page.get_by_role("link", name="Moderation 10 waiting").click()
    page.locator(f"#item-{held[9].pk}").get_by_role("button", name="Approve").click()
    receipt = page.locator(".items > .receipt")
    expect(receipt).to_contain_text("Approved G9’s comment.")
    expect(receipt).to_be_in_viewport()
    expect(page.locator(f"#q-{held[8].pk}")).to_be_in_viewport()
    receipt.get_by_role("button", name="Undo").click()
    expect(page.locator(f"#item-{held[9].pk}")).to_be_visible()
    item = page.locator(f"#item-{held[9].pk}")
    item.get_by_text("Remove…").click()
    item.locator(".removal-form button").click()
    # Nothing was chosen: the page says so and asks again.
    expect(page.get_by_role("alert")).to_contain_text("Choose or write a reason")
    page.get_by_label("Off topic").check()
    page.locator(".removal-form button").click()
    expect(page.locator(".items > .receipt")).to_contain_text("Removed G9’s comment: Off topic.")
    assert states()["G9"] == "removed"


def test_without_scripts_several_are_decided_and_undone_at_once(open_as, mo, held):
    page = open_as(mo, "/moderation/", scripts=False)
    for number in (9, 8, 7):
        page.get_by_label(f"Select G{number}’s comment").check()
    page.locator("#bulk").get_by_role("button", name="Spam").click()
    expect(page.locator("#receipts")).to_contain_text("3 comments handled")
    assert [name for name, state in states().items() if state == "spam"] == ["G7", "G8", "G9"]
    page.get_by_role("button", name="Undo all").click()
    expect_soon(page, lambda: set(states().values()), {"held"})


def test_in_the_thread_a_comment_changes_in_place_and_back(open_as, mo, post):
    made = factories.make_thread(post, "a(b(c),d)")
    page = open_as(mo, post.get_absolute_url())
    comment = page.locator(f"#comment-{made['b'].pk}")
    comment.get_by_role("button", name="Hold").click()
    expect(comment.locator(".note")).to_contain_text("Waiting for review")
    expect(comment.get_by_role("button", name="Undo")).to_be_focused()
    expect(page.locator("#say")).to_have_text("Held b’s comment.")
    page.keyboard.press("Enter")
    expect(comment.locator(".note")).to_have_count(0)
    comment.locator(".remove").click()
    expect(comment.get_by_label("Off topic")).to_be_focused()
    page.keyboard.press("Escape")
    expect(comment.locator(".remove")).to_be_focused()
    page.keyboard.press("Enter")
    comment.get_by_role("button", name="Cancel").click()
    expect(comment.locator(".remove")).to_be_focused()
    page.keyboard.press("Enter")
    comment.get_by_role("button", name="Remove b’s comment").click()
    expect(comment.locator(".removal-form .err")).to_have_text("Choose or write a reason.")
    comment.get_by_label("In your own words").fill("Not here")
    comment.get_by_role("button", name="Remove b’s comment").click()
    expect(comment.locator(".note")).to_contain_text("Removed: Not here")
    # Its place, its lane and its replies are where they were.
    expect(comment).to_have_class("comment lane-1")
    expect(page.locator(f"#comment-{made['c'].pk}")).to_be_visible()
    assert states()["b"] == "removed"
    inspect(page)


def test_in_the_thread_a_colleagues_decision_is_told(open_as, mo, post):
    made = factories.make_thread(post, "a(b)")
    page = open_as(mo, post.get_absolute_url())
    actions.hold_comment(made["b"], by=factories.make_moderator(display_name="Ben"))
    comment = page.locator(f"#comment-{made['b'].pk}")
    comment.get_by_role("button", name="Spam").click()
    expect(comment.get_by_role("alert")).to_contain_text("Held by Ben")
    expect(comment.get_by_role("button", name="Approve")).to_be_visible()
    assert states()["b"] == "held"


def test_in_the_thread_a_reason_outlives_an_edit_and_is_about_the_new_words(open_as, mo, post):
    ann = factories.make_user(display_name="Ann")
    own = factories.make_comment(post, by=ann, text="Harmless.")
    page = open_as(mo, post.get_absolute_url())
    comment = page.locator(f"#comment-{own.pk}")
    actions.edit_comment(own, by=ann, text="Not harmless at all.")
    comment.locator(".remove").click()
    comment.get_by_label("In your own words").fill("Rude")
    remove = comment.get_by_role("button", name="Remove Ann’s comment", exact=True)
    remove.click()
    expect(comment.get_by_role("alert")).to_contain_text("Edited by Ann")
    expect(comment.locator(".comment-text")).to_have_text("Not harmless at all.")
    expect(comment.get_by_label("In your own words")).to_have_value("Rude")
    inspect(page)
    remove.click()
    expect(comment.locator(".note")).to_contain_text("Removed: Rude")


def test_without_scripts_the_thread_leads_to_the_comments_page_and_its_receipt(open_as, mo, post):
    made = factories.make_thread(post, "a(b)")
    page = open_as(mo, post.get_absolute_url(), width=360, scripts=False)
    page.locator(f"#comment-{made['b'].pk}").get_by_role("button", name="Hold").click()
    expect(page.locator("#moderation")).to_contain_text("Held b’s comment.")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#moderation")).to_contain_text("Undone. b’s comment is back as it was.")
    page.get_by_role("link", name="Show in the discussion").click()
    page.locator(f"#comment-{made['b'].pk} .remove").click()
    page.get_by_label("Advertising").check()
    page.locator(".removal-form button").click()
    expect(page.locator("#moderation")).to_contain_text("Removed b’s comment: Advertising or flooding.")
    assert [event.action for event in ModerationEvent.objects.order_by("pk")] == ["hold", "undo", "remove"]


def test_an_author_keeps_order_on_their_own_post_only(open_as, post):
    factories.make_comment(post, name="Mine", state="held")
    factories.make_comment(factories.make_post(), name="Foreign", state="held")
    page = open_as(post.bylines.get().author.user, "/")
    page.get_by_role("link", name="Moderation 1 waiting").click()
    expect(page.locator(".item")).to_have_count(1)
    page.get_by_role("button", name="Approve Mine’s comment").click()
    expect(page.locator(".receipt")).to_contain_text("Approved Mine’s comment.")
    assert states() == {"Mine": "public", "Foreign": "held"}


def test_on_a_phone_a_comment_is_decided_by_its_menu(open_as, mo, post):
    made = factories.make_thread(post, "a(b(c),d)")
    page = open_as(mo, post.get_absolute_url(), width=360, finger=True)
    comment = page.locator(f"#comment-{made['b'].pk}")
    more = comment.locator("footer .more")

    def choose(name: str) -> None:
        more.click()
        page.get_by_role("menuitem", name=name, exact=True).click()

    choose("Hold")
    expect(comment.locator(".note")).to_contain_text("Waiting for review")
    expect(comment.get_by_role("button", name="Undo")).to_be_focused()
    choose("Approve")
    expect(comment.locator(".note")).to_have_count(0)
    choose("Remove…")
    expect(comment.get_by_label("Off topic")).to_be_focused()
    page.keyboard.press("Escape")
    expect(more).to_be_focused()
    choose("Remove…")
    comment.get_by_label("In your own words").fill("Not here")
    comment.get_by_role("button", name="Remove b’s comment").click()
    expect(comment.locator(".note")).to_contain_text("Removed: Not here")
    assert states()["b"] == "removed"
    more.click()
    expect(page.get_by_role("menuitem", name="Restore")).to_be_visible()
    inspect_above_the_page(page, ".menu")


@pytest.mark.parametrize("finger", [True, False])
def test_on_a_phone_the_row_of_a_moderator_is_one_line(open_as, mo, post, finger):
    factories.make_thread(post, "a(b(c(d(e(f),g),h),i),j)")
    page = open_as(mo, post.get_absolute_url(), width=360, finger=finger)
    row = page.locator(".thread .comment:has(+ .replies) > footer")
    expect(row.nth(3)).to_be_attached()
    for footer in row.all():
        boxes = [control.bounding_box() for control in footer.locator(":is(a, button):visible").all()]
        assert len({round(box["y"]) for box in boxes}) == 1
    assert page.evaluate(SMALL_CONTROLS if finger else "[]") == []


def test_what_a_moderator_may_do_stands_apart_without_scripts_on_a_phone(open_as, mo, post):
    factories.make_comment(post, text="Short.")
    page = open_as(mo, post.get_absolute_url(), width=360, scripts=False)
    row = page.locator(".thread .comment footer").first.locator(":is(a, button):visible")
    boxes = [control.bounding_box() for control in row.all()]
    assert len(boxes) > 4
    for box, following in itertools.pairwise(boxes):
        assert following["y"] > box["y"] or following["x"] - box["x"] - box["width"] >= 8
