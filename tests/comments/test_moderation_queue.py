"""The queue: who sees what in it, deciding without scripts, and the number of queries."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.people import email_hash, network_hash
from comments import actions, moderation
from comments.models import Comment, CommentOrigin, ModerationEvent, Report
from comments.moderation.writer_history import histories_of
from tests.factories import (
    make_author,
    make_comment,
    make_guest,
    make_moderator,
    make_post,
    make_thread,
)
from tests.forms import page_of

pytestmark = pytest.mark.django_db

QUEUE = "/moderation/"


@pytest.fixture
def post(ada):
    return make_post(title="The ferry", by=ada.author)


@pytest.fixture
def desk(client, mo):
    """A client in which a moderator is signed in."""
    client.force_login(mo)
    return client


def shown(response) -> list[str]:
    """Return the names of the commenters in the queue, in order."""
    return [
        heading.text_content().split("\n")[0].replace("guest", "").strip()
        for heading in page_of(response).xpath("//article[contains(@class, 'item')]//h2")
    ]


def text_of(response, path: str) -> str:
    return " ".join(page_of(response).xpath(path)[0].text_content().split())


def form_in(response, comment, *, of: str):
    """Return the values of a form in a comment's item: of its decision, or its removal."""
    form = page_of(response).xpath(f"//li[@id='q-{comment.pk}']//form[contains(@action, '{of}')]")[0]
    return form.get("action"), {field.name: field.value for field in form.xpath(".//input[@type='hidden']")}


def press(client, response, comment, do: str, **more):
    action, values = form_in(response, comment, of="removal" if do == "remove" else "decision")
    return client.post(action, values | more if do == "remove" else values | {"do": do})


def state_of(comment) -> str:
    return Comment.objects.values_list("state", flat=True).get(pk=comment.pk)


# --- what stands in it ----------------------------------------------------------------------------------------


def test_each_tab_holds_its_comments_newest_first_with_kept_numbers(desk, post, mo):
    make_comment(post, name="Public")
    make_comment(post, name="Held one", state="held")
    make_comment(post, name="Held two", state="held")
    make_comment(post, name="Spammer", state="spam")
    reported = make_comment(post, name="Reported")
    Report.objects.create(comment=reported, guest=make_guest(), reason="Personal attack", note="Look")
    actions.remove_comment(make_comment(post, name="Removed"), by=mo, reason="Off topic")
    make_comment(post, name="By rule", state="removed")
    assert shown(desk.get(QUEUE)) == ["Held two", "Held one"]
    assert shown(desk.get(QUEUE, {"state": "held", "order": "oldest"})) == ["Held one", "Held two"]
    assert shown(desk.get(QUEUE, {"state": "spam"})) == ["Spammer"]
    assert shown(desk.get(QUEUE, {"state": "reported"})) == ["Reported"]
    assert shown(desk.get(QUEUE, {"state": "decided"})) == ["Removed"]
    assert len(shown(desk.get(QUEUE, {"state": "all"}))) == 7
    tabs = text_of(desk.get(QUEUE), "//nav[@class='tabs']")
    assert tabs == "Held 2 Reported 1 Spam 1 Decided All"


def test_an_item_says_why_it_is_here_what_it_answers_and_who_wrote_it(desk, post, mo):
    made = make_thread(post, "a(b)")
    held = make_comment(
        post,
        name="Gus",
        parent=made["b"],
        state="held",
        state_reason="Comments with 3 or more links are checked by a moderator first.",
        by=make_guest(name="Gus"),
    )
    make_comment(post, by=held.guest, name="Gus", text="Said before.")
    Report.objects.create(comment=held, user=mo, reason="Advertising", note="Look at it")
    item = text_of(desk.get(QUEUE), f"//li[@id='q-{held.pk}']")
    for words in (
        "on “The ferry”",
        "Comments with 3 or more links are checked by a moderator first.",
        "1 report: Advertising: Look at it",
        "Text of b.",
        "Said before.",
    ):
        assert words in item
    assert "Guest, first seen" in item
    assert "Comments 2 Removed 0 Held 1 Spam 0" in item


def test_a_queue_with_nothing_in_it_says_so(desk, post):
    assert "Nothing is waiting for review." in text_of(desk.get(QUEUE), "//main")


def test_pages_go_on_where_the_last_one_ended_whatever_is_decided_meanwhile(desk, post, mo, monkeypatch):
    monkeypatch.setattr("comments.moderation.selection.PAGE", 3)
    held = [make_comment(post, name=f"G{number}", state="held") for number in range(8)]
    first = desk.get(QUEUE)
    assert shown(first) == ["G7", "G6", "G5"]
    actions.approve_comment(held[7], by=mo)
    later = page_of(first).xpath("//a[@rel='next']/@href")[0]
    second = desk.get(later)
    assert shown(second) == ["G4", "G3", "G2"]
    assert shown(desk.get(page_of(second).xpath("//a[@rel='next']/@href")[0])) == ["G1", "G0"]
    assert shown(desk.get(page_of(second).xpath("//a[@rel='prev']/@href")[0])) == ["G6", "G5", "G4"]
    oldest = desk.get(QUEUE, {"order": "oldest"})
    assert shown(desk.get(page_of(oldest).xpath("//a[@rel='next']/@href")[0])) == ["G3", "G4", "G5"]


def test_comments_are_found_by_words_name_address_and_network(desk, post, bob):
    gus = make_comment(post, name="Gus", text="The ferry was late.", state="held")
    make_comment(post, by=bob, text="The clerk was early.", state="held")
    CommentOrigin.objects.create(
        comment=gus, email_hash=email_hash("gus@example.org"), network_hash=network_hash("192.0.2.7")
    )
    for asked, found in {
        "ferry": ["Gus"],
        "clerk early": ["Bob"],
        "bob": ["Bob"],
        "GUS@example.org": ["Gus"],
        bob.email: ["Bob"],
        "192.0.2.99": ["Gus"],
        "192.0.2.0/24": ["Gus"],
        "198.51.100.1": [],
        "nowhere": [],
    }.items():
        assert shown(desk.get(QUEUE, {"q": asked})) == found, asked


def test_a_search_goes_on_where_it_stopped_looking(desk, post, monkeypatch):
    monkeypatch.setattr("comments.moderation.selection.MOST_LOOKED_AT", 3)
    for number in range(7):
        make_comment(post, name=f"G{number}", text="needle" if number == 0 else "hay", state="held")
    page = desk.get(QUEUE, {"q": "needle"})
    assert shown(page) == []
    steps = 0
    while not shown(page):
        page = desk.get(page_of(page).xpath("//a[@rel='next']/@href")[0])
        steps += 1
    assert (shown(page), steps) == (["G0"], 2)


def test_only_moderators_find_people_by_address(client, post, bob):
    make_comment(post, by=bob, state="held")
    client.force_login(make_moderator(limited=True))
    assert shown(client.get(QUEUE, {"q": bob.email})) == []
    assert shown(client.get(QUEUE, {"q": "Bob"})) == ["Bob"]


def test_the_queue_links_to_all_comments_by_one_writer(desk, post, bob):
    make_comment(post, by=bob, state="held")
    make_comment(post, by=bob)
    make_comment(post, name="Gus")
    link = page_of(desk.get(QUEUE)).xpath("//a[contains(@href, 'writer=member-')]/@href")[0]
    assert shown(desk.get(link)) == ["Bob", "Bob"]


def test_one_comment_stands_alone_when_it_is_asked_for(desk, post):
    comment = make_comment(post, name="Gus")
    make_comment(post, name="Held", state="held")
    assert shown(desk.get(QUEUE, {"comment": comment.pk})) == ["Gus"]


@pytest.mark.parametrize(
    "query", ["state=x", "before=x", "before=99999999999999999999", "writer=x-1", "comment=²", "q=%00"]
)
def test_a_malformed_query_string_is_no_error(desk, post, query):
    assert desk.get(f"{QUEUE}?{query}").status_code == 200


def test_the_queue_is_never_cached(desk):
    assert desk.get(QUEUE)["Cache-Control"] == "private, no-store"


def test_reports_are_counted_up_to_a_thousand(desk, post, monkeypatch):
    monkeypatch.setattr("comments.moderation.selection.MOST_COUNTED", 2)
    monkeypatch.setattr("comments.moderation.queue.MOST_COUNTED", 2)
    for _number in range(4):
        Report.objects.create(comment=make_comment(post), guest=make_guest(), reason="Off topic")
    assert "Reported 2+ Spam" in text_of(desk.get(QUEUE), "//nav[@class='tabs']")


# --- who --------------------------------------------------------------------------------------------------------


def test_an_author_sees_and_decides_on_their_own_posts_only(client, post, ada):
    own = make_comment(post, name="Mine", state="held")
    foreign = make_comment(make_post(by=make_author(display_name="Zoe")), name="Foreign", state="held")
    client.force_login(ada)
    page = client.get(QUEUE)
    assert shown(page) == ["Mine"]
    assert shown(client.get(QUEUE, {"state": "all"})) == ["Mine"]
    assert shown(client.get(QUEUE, {"comment": foreign.pk})) == []
    assert "Held 1" in text_of(page, "//nav[@class='tabs']")
    press(client, page, own, "approve")
    assert state_of(own) == "public"
    assert client.post(f"/comments/{foreign.pk}/decision/", {"do": "approve"}).status_code == 404
    assert client.get(f"/comments/{foreign.pk}/removal/").status_code == 404
    assert state_of(foreign) == "held"
    event = actions.approve_comment(foreign, by=None)
    assert client.post(f"/moderation/events/{event.pk}/undo/").status_code == 404
    client.post("/moderation/bulk/", {"do": "spam", "id": [f"{foreign.pk}.{event.pk}"]})
    assert state_of(foreign) == "public"


def test_a_visitor_is_sent_to_sign_in_and_a_reader_is_refused(client, bob):
    assert client.get(QUEUE)["Location"] == "/accounts/login/?next=/moderation/"
    client.force_login(bob)
    assert client.get(QUEUE).status_code == 403


def test_looking_changes_nothing(desk, post):
    comment = make_comment(post, state="held")
    for address in (QUEUE, f"/comments/{comment.pk}/removal/"):
        assert desk.get(address, {"do": "approve", "id": comment.pk, "reason": "attack"}).status_code == 200
    for address in (f"/comments/{comment.pk}/decision/", "/moderation/bulk/", "/moderation/events/1/undo/"):
        assert desk.get(address, {"do": "approve"}).status_code == 405
    assert state_of(comment) == "held"
    assert not ModerationEvent.objects.exists()


def test_a_form_without_its_token_decides_nothing(post, mo):
    comment = make_comment(post, state="held")
    client = Client(enforce_csrf_checks=True)
    client.force_login(mo)
    assert client.post(f"/comments/{comment.pk}/decision/", {"do": "approve"}).status_code == 403
    assert state_of(comment) == "held"


# --- deciding -------------------------------------------------------------------------------------------------


def test_a_decision_leads_to_the_next_comment_with_a_receipt_that_undoes_it(desk, post, mo):
    first, second = (make_comment(post, name=name, state="held") for name in ("Ann", "Bea"))
    page = desk.get(QUEUE)
    answer = press(desk, page, second, "approve")
    assert answer.status_code == 303
    address, _hash, anchor = answer["Location"].partition("#")
    assert anchor == f"q-{first.pk}"
    assert state_of(second) == "public"
    after = desk.get(address)
    assert shown(after) == ["Ann"]
    assert "Approved Bea’s comment." in text_of(after, "//li[contains(@class, 'receipt')]")
    # The receipt stays when the page is loaded again, and stands before the comment that comes next.
    again = desk.get(address)
    kinds = [item.get("id") or "" for item in page_of(again).xpath("//ol[@class='items']/li")]
    event = ModerationEvent.objects.get()
    assert kinds == [f"event-{event.pk}", f"q-{first.pk}"]
    undone = desk.post(f"/moderation/events/{event.pk}/undo/", {"next": "/moderation/?state=held"})
    assert state_of(second) == "held"
    assert shown(desk.get(undone["Location"])) == ["Bea", "Ann"]


def test_a_removal_says_why_where_the_comment_was(desk, post):
    comment = make_comment(post, name="Ann")
    page = desk.get(QUEUE, {"state": "all"})
    press(desk, page, comment, "remove", reason="attack", words="about her family")
    comment.refresh_from_db()
    assert (comment.state, comment.state_reason) == ("removed", "Personal attack: about her family")
    press(desk, desk.get(QUEUE, {"state": "all"}), comment, "restore")
    assert state_of(comment) == "public"


@pytest.mark.parametrize("typed", [{}, {"reason": "no such"}, {"words": "x" * 201}, {"words": "   "}])
def test_a_removal_without_a_reason_asks_again_and_keeps_what_was_typed(desk, post, typed):
    comment = make_comment(post)
    answer = desk.post(f"/comments/{comment.pk}/removal/", typed)
    assert answer.status_code == 400
    assert page_of(answer).xpath("//*[@role='alert']")
    assert page_of(answer).xpath("//input[@name='words']/@value")[0].strip() == typed.get("words", "").strip()
    assert state_of(comment) == "public"


def test_a_removal_works_on_a_page_of_its_own(desk, post):
    comment = make_comment(post, name="Ann")
    page = desk.get(f"/comments/{comment.pk}/removal/")
    action, values = form_in(page, comment, of="removal")
    answer = desk.post(action, values | {"words": "Not here"})
    assert answer["Location"].startswith(f"/comments/{comment.pk}/?decided=")
    assert state_of(comment) == "removed"


def test_a_decision_on_an_old_page_is_told_who_decided_and_keeps_the_typed_reason(desk, post):
    comment = make_comment(post, name="Ann", state="held")
    page = desk.get(QUEUE)
    actions.approve_comment(comment, by=make_moderator(display_name="Ben"))
    answer = press(desk, page, comment, "remove", reason="attack", words="about her family")
    assert answer.status_code == 409
    assert "Approved by Ben just now." in text_of(answer, "//main//*[@role='alert']")
    assert page_of(answer).xpath("//input[@name='words']/@value") == ["about her family"]
    assert page_of(answer).xpath("//input[@name='reason'][@checked]/@value") == ["attack"]
    assert state_of(comment) == "public"
    action, values = form_in(answer, comment, of="removal")
    assert desk.post(action, values | {"words": "about her family"}).status_code == 303
    assert state_of(comment) == "removed"


def test_a_second_click_gives_the_same_receipt(desk, post):
    comment = make_comment(post, state="held")
    page = desk.get(QUEUE)
    first, second = (press(desk, page, comment, "approve") for _click in range(2))
    assert first["Location"] == second["Location"]
    assert ModerationEvent.objects.count() == 1


@pytest.mark.parametrize(
    "next_", ["https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)", "/\\x", "//", ""]
)
def test_a_decision_never_redirects_to_another_site(desk, post, next_):
    comment = make_comment(post, state="held")
    answer = desk.post(f"/comments/{comment.pk}/decision/", {"do": "approve", "rev": 0, "next": next_})
    assert answer["Location"].startswith(f"/comments/{comment.pk}/?decided=")


def test_a_moderator_gets_no_receipts_for_decisions_of_others(desk, post):
    event = actions.hold_comment(make_comment(post), by=make_moderator(display_name="Ben"))
    page = desk.get(QUEUE, {"decided": event.pk})
    assert not page_of(page).xpath("//li[contains(@class, 'receipt')]")


def test_the_undo_list_keeps_the_last_twenty(desk, post, mo):
    for number in range(22):
        actions.hold_comment(make_comment(post, name=f"G{number}"), by=mo)
    lines = page_of(desk.get(QUEUE)).xpath("//details[@id='undo-list']//li")
    assert len(lines) == 20
    assert "Held G21’s comment." in lines[0].text_content()


def test_a_script_gets_the_receipt_alone_and_who_decided_in_the_item(desk, post):
    comment = make_comment(post, name="Ann", state="held")
    script = {"HTTP_X_FRAGMENT": "1"}
    address = f"/comments/{comment.pk}/decision/"
    answer = desk.post(address, {"do": "approve", "rev": 0, "next": QUEUE}, **script)
    assert answer.status_code == 200
    assert answer.content.decode().strip().startswith('<li class="receipt"')
    told = desk.post(address, {"do": "spam", "rev": 0, "next": QUEUE}, **script)
    assert told.status_code == 409
    assert "Approved by Mo just now." in told.content.decode()
    assert f'id="q-{comment.pk}"' in told.content.decode()
    undone = desk.post(f"/moderation/events/{ModerationEvent.objects.get().pk}/undo/", **script)
    assert f'id="q-{comment.pk}"' in undone.content.decode()
    asked = desk.post(f"/comments/{comment.pk}/removal/", {"rev": 0}, **script)
    assert (asked.status_code, asked["Content-Type"]) == (400, "text/plain; charset=utf-8")


# --- several at once ------------------------------------------------------------------------------------------


def test_several_are_decided_at_once_and_undone_together(desk, post):
    held = [make_comment(post, name=f"G{number}", state="held") for number in range(3)]
    page = desk.get(QUEUE)
    marks = page_of(page).xpath("//input[@name='id']/@value")
    answer = desk.post("/moderation/bulk/", {"do": "spam", "id": marks, "next": "/moderation/?state=held"})
    after = desk.get(answer["Location"])
    assert {state_of(comment) for comment in held} == {"spam"}
    assert "3 comments handled" in text_of(after, "//section[@id='receipts']")
    events = page_of(after).xpath("//section[@id='receipts']/form//input[@name='event']/@value")
    desk.post("/moderation/bulk/", {"do": "undo", "event": events, "next": QUEUE})
    assert {state_of(comment) for comment in held} == {"held"}


def test_of_several_one_that_a_colleague_decided_is_told_and_the_others_are_decided(desk, post):
    first, second = (make_comment(post, name=name, state="held") for name in ("Ann", "Bea"))
    actions.approve_comment(first, by=make_moderator(display_name="Ben"))
    answer = desk.post(
        "/moderation/bulk/", {"do": "spam", "id": [f"{first.pk}.0", f"{second.pk}.0", "x", "1.y"]}
    )
    page = desk.get(answer["Location"])
    assert (state_of(first), state_of(second)) == ("public", "spam")
    assert "Ann’s comment: Approved by Ben" in text_of(page, "//ul[contains(@class, 'told')]")


def test_more_than_25_at_once_are_asked_about_with_their_number(desk, post):
    held = [make_comment(post, state="held") for _number in range(26)]
    marks = [f"{comment.pk}.0" for comment in held]
    asked = desk.post(
        "/moderation/bulk/", {"do": "remove", "reason": "advertising", "id": marks, "next": QUEUE}
    )
    assert asked.status_code == 200
    assert "Remove 26 comments" in text_of(asked, "//main//form")
    assert state_of(held[0]) == "held"
    form = page_of(asked).xpath("//main//form")[0]
    answer = desk.post("/moderation/bulk/", dict(form.form_values()) | {"id": marks, "do": "remove"})
    assert answer.status_code == 303
    assert set(Comment.objects.values_list("state", flat=True)) == {"removed"}


def test_several_are_not_removed_without_a_reason(desk, post):
    comment = make_comment(post)
    answer = desk.post("/moderation/bulk/", {"do": "remove", "id": [f"{comment.pk}.0"]})
    assert answer.status_code == 400
    assert state_of(comment) == "public"


def test_a_bulk_action_without_a_selection_is_refused_in_words(desk, post):
    page = desk.get(desk.post("/moderation/bulk/", {"do": "spam"})["Location"])
    assert "Select at least one comment." in text_of(page, "//ul[contains(@class, 'told')]")


@pytest.mark.parametrize("address", ["/comments/{}/decision/", "/moderation/bulk/"])
def test_an_unknown_decision_is_a_bad_request(desk, post, address):
    comment = make_comment(post)
    assert desk.post(address.format(comment.pk), {"do": "delete", "id": f"{comment.pk}.0"}).status_code == 400
    assert Comment.objects.count() == 1


# --- what it costs --------------------------------------------------------------------------------------------


def queries(client, address) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    # PostgreSQL is asked whether it is still there.
    return len([query for query in captured if query["sql"] != "SELECT 1"])


@pytest.mark.parametrize("state", ["held", "reported", "decided", "all"])
def test_the_queue_asks_as_much_with_50_comments_as_with_5(desk, post, mo, bob, state):
    made = make_thread(post, "a(b)")

    def fill(count):
        for number in range(count):
            by = bob if number % 2 else make_guest()
            comment = make_comment(
                post, by=by, parent=made["b"], state="public" if state == "reported" else "held"
            )
            Report.objects.create(comment=comment, guest=make_guest(), reason="Attack")
            if number % 2:
                actions.edit_comment(comment, by=bob, text="Other words.")
            make_comment(post, parent=made["a"], text="beside")
            if state == "decided":
                actions.approve_comment(comment, by=mo)

    fill(5)
    few = queries(desk, f"{QUEUE}?state={state}")
    fill(45)
    many = queries(desk, f"{QUEUE}?state={state}")
    assert few == many
    # The site, the session, the member and their roles; three numbers; the page and seven things beside its comments,
    # eight where what was reported has been changed since.
    assert many <= 20


def test_counts_in_a_writers_history_stop_at_the_maximum(post, bob, monkeypatch):
    monkeypatch.setattr("comments.moderation.writer_history.MOST_COUNTED", 4)
    for state in ("held", "public", "public", "public", "public", "public", "removed"):
        make_comment(post, by=bob, state=state)
    comment = Comment.objects.order_by().select_related("user", "guest").first()
    (record,) = histories_of([comment], Comment.objects.all()).values()
    assert record.short == "Comments 4+, Removed 1, Held 1"
    assert [line.state for line in record.last] == ["removed", *["public"] * 4]


def test_the_number_of_what_waits_follows_every_decision(post, mo, ada):
    desk, own = moderation.scope_of(mo), moderation.scope_of(ada)
    held = make_comment(post, state="held")
    make_comment(make_post(), state="held")
    assert (moderation.held_count(desk), moderation.held_count(own)) == (2, 1)
    actions.approve_comment(held, by=mo)
    assert (moderation.held_count(desk), moderation.held_count(own)) == (1, 0)
