"""What is one person's is on no page of another's: every page is warmed as each of them and read by the others."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts import guests
from comments import actions
from tests.factories import make_comment, make_draft, make_page, make_post, make_thread
from tests.test_access import TABLE, Stage

pytestmark = pytest.mark.django_db

SENT_HERE = {"Sec-Fetch-Site": "same-origin"}
# Words that only these people may read, by whom.
GUEST_ONLY = "held words of a guest"
MEMBER_ONLY = "held words of a member"
GUEST = {"name": "Gus", "email": "gus@example.org", "website": ""}


@pytest.fixture
def post(ada):
    return make_post(title="Public", by=ada.author, categories=("Courts",), tags=("Ohio",))


@pytest.fixture
def liked(post):
    return make_thread(post, "Ann(Bo)")["Ann"]


@pytest.fixture
def gus(post, liked) -> Client:
    """A guest with a held comment and a vote, who is remembered on the device."""
    client = Client(headers=SENT_HERE)
    links = " ".join(f"https://example.org/{number}" for number in range(3))
    sent = {**GUEST, "text": f"{GUEST_ONLY} {links}", "do": "post", "remember": "on"}
    assert client.post(f"/posts/{post.pk}/comments/", sent).status_code == 303
    assert client.post("/comments/vote/", {"up": liked.pk}).status_code == 303
    assert guests.COOKIE in client.cookies
    return client


@pytest.fixture
def bob_reading(post, liked, bob) -> Client:
    """A member with a held comment and a vote."""
    make_comment(post, text=MEMBER_ONLY, by=bob, state="held", state_reason="Links")
    actions.cast_vote(liked, voter=bob, value=1)
    client = Client(headers=SENT_HERE)
    client.force_login(bob)
    return client


@pytest.fixture
def people(gus, bob_reading, mo) -> dict[str, Client]:
    moderator = Client(headers=SENT_HERE)
    moderator.force_login(mo)
    return {"gus": gus, "bob": bob_reading, "mo": moderator, "visitor": Client(headers=SENT_HERE)}


@pytest.fixture
def addresses(post, liked, ada, bob) -> list[str]:
    """Every address of the access table that is read, and the forms of the page of a post."""
    stage = Stage(
        post=post,
        draft=make_draft(by=ada.author),
        page=make_page(comment_policy="open"),
        comment=liked,
        event=None,
        article=None,
        people={"reader": bob},
    )
    found = set()
    for name, method, arguments, _statuses in TABLE:
        if method == "get" and name != "account_logout":
            try:
                found.add(reverse(name, args=arguments(stage)))
            except AttributeError:
                # Its argument is a source, which this post has not.
                continue
    path = post.get_absolute_url()
    return sorted(found | {f"{path}?order={order}" for order in ("newest", "best", "flat")} | {f"{path}?all"})


def marks_in(html: str) -> set[str]:
    """Return whose things stand on a page."""
    marks = {
        "gus": (GUEST_ONLY, "gus@example.org"),
        "bob": (MEMBER_ONLY, "Commenting as <bdi>Bob</bdi>"),
    }
    return {who for who, words in marks.items() if any(word in html for word in words)}


@pytest.mark.slow
def test_no_page_shows_anybody_what_is_another_persons(people, addresses):
    seen: dict[str, set[str]] = {who: set() for who in people}
    for _round in range(2):
        for address in addresses:
            for who, client in people.items():
                answer = client.get(address)
                if answer.streaming or not answer["Content-Type"].startswith("text/html"):
                    continue
                seen[who] |= marks_in(answer.content.decode())
    # The moderator reads what waits, and nobody's address; the guest and the member themselves.
    assert seen["visitor"] == set()
    assert seen["gus"] == {"gus"}
    assert seen["bob"] == {"bob"}


@pytest.mark.slow
def test_a_personal_page_is_never_to_be_shared_and_says_what_it_depends_on(people, addresses):
    for who in ("gus", "bob", "mo"):
        for address in addresses:
            answer = people[who].get(address)
            if answer.status_code == 200 and answer["Content-Type"].startswith("text/html"):
                assert "private" in answer["Cache-Control"], (who, address)
                assert "Cookie" in answer["Vary"], (who, address)


def test_a_visitor_gets_the_same_bytes_before_and_after_others_have_been_there(post, liked, people):
    visitor = people["visitor"]
    before = visitor.get(post.get_absolute_url()).content
    for client in people.values():
        client.get(post.get_absolute_url())
    assert visitor.get(post.get_absolute_url()).content == before
    assert b'aria-pressed="true"' not in before.split(b"<footer class")[0]
    assert not visitor.cookies


def test_a_form_that_comes_back_with_what_was_typed_is_never_to_be_shared(post):
    visitor = Client(headers=SENT_HERE)
    for address, words in (
        (f"/posts/{post.pk}/comments/", {"text": "", **GUEST}),
        (f"/posts/{post.pk}/comments/", {"text": "Typed.", "do": "preview", **GUEST}),
        ("/posts/999999/comments/", {"text": "Typed."}),
        ("/comments/vote/", {"up": "999999"}),
    ):
        answer = visitor.post(address, words)
        assert "private" in answer["Cache-Control"], address


def test_what_a_device_remembers_of_its_guest_is_never_to_be_shared(post):
    """The device remembers for a year, the cookie of who wrote is gone after a month."""
    visitor = Client()
    visitor.cookies["guest"] = "name%3DGus%26email%3Dgus%2540example.org"
    answer = visitor.get(f"/posts/{post.pk}/comments/")
    assert "gus@example.org" in answer.content.decode()
    assert "private" in answer["Cache-Control"] and "Cookie" in answer["Vary"]
