"""Comments that arrive while somebody reads: the cached answer that pages ask for, and what they fetch then."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from blog import actions as posts
from blog import page_cache
from comments import actions
from comments.models import ModerationEvent
from tests.comments.pages import find, fragment, words
from tests.factories import make_comment, make_draft, make_guest, make_post, make_thread, take_away

pytestmark = pytest.mark.django_db


@pytest.fixture
def post():
    post = make_post()
    make_thread(post, "ann(bo(cy)),dee")
    page_cache.cached_pages.clear()
    return post


def latest(post, client=None, **headers):
    return (client or Client()).get(f"/posts/{post.pk}/latest/", headers=headers)


def arrived(post, client=None, *, after, ago=10, order="oldest"):
    answer = (client or Client()).get(f"/posts/{post.pk}/arrived/?order={order}&after={after}&ago={ago}")
    assert answer.status_code == 200
    return answer.json()


def test_strangers_do_not_learn_of_what_waits_even_by_its_id(post, mo):
    guest = make_guest()
    held = make_comment(post, by=guest, state="held")
    actions.edit_comment(held, by=guest, text="Other words.")
    assert arrived(post, after=4)["gone"] == []
    # Moderators had it on their page.
    actions.mark_spam(held, by=mo)
    moderating = Client()
    moderating.force_login(mo)
    assert arrived(post, moderating, after=4)["gone"] == [held.pk]


def test_digits_of_other_scripts_name_no_post(client, post):
    # PostgreSQL would not take them for a number.
    assert client.get(f"/posts/{post.pk}/latest/").status_code == 200
    assert client.get("/posts/\N{ARABIC-INDIC DIGIT ONE}/latest/").status_code == 404


# --- the question ---------------------------------------------------------------------------------------------


def test_the_newest_comments_are_told_by_id_and_number(post):
    told = latest(post).json()["comments"]
    assert [number for _id, number in told] == [4, 3, 2, 1]
    assert told[0][0] == post.comments.get(number=4).pk


def test_asking_again_costs_one_query_and_says_304(post):
    first = latest(post)
    with CaptureQueriesContext(connection) as asked:
        second = latest(post, **{"If-None-Match": first["ETag"]})
    assert second.status_code == 304
    assert len(asked) == 1
    assert first["Cache-Control"] == "public, no-cache"


def test_the_answer_follows_every_change(post):
    told = latest(post)
    fay = make_comment(post, name="fay")
    after = latest(post, **{"If-None-Match": told["ETag"]})
    assert after.status_code == 200
    assert after.json()["comments"][0] == [fay.pk, 5]
    take_away(fay)
    assert latest(post, **{"If-None-Match": after["ETag"]}).json()["comments"][0][1] == 4


def test_no_more_than_fifty_are_told(post):
    for _number in range(50):
        make_comment(post)
    assert len(latest(post).json()["comments"]) == 50


def test_what_waits_is_not_told(post):
    make_comment(post, state="held")
    make_comment(post, state="spam")
    assert len(latest(post).json()["comments"]) == 4


def test_posts_that_nobody_may_read_are_not_found(post, ada):
    assert latest(make_draft(by=ada.author)).status_code == 404
    assert latest(post).status_code == 200
    posts.withdraw_post(post, by=None)
    assert latest(post).status_code == 404


# --- what is fetched ------------------------------------------------------------------------------------------


def test_what_came_is_given_with_its_parent_and_its_mark(post):
    cy = post.comments.get(number=3)
    eve = make_comment(post, parent=cy, name="eve")
    came = arrived(post, after=4)
    assert came["last"] == 5
    assert came["gone"] == []
    ((pk, parent, html, _following),) = came["comments"]
    assert (pk, parent) == (eve.pk, cy.pk)
    article = fragment(html)
    assert words(find(article, "h4")[0]) == "eve guest" or words(find(article, "h4")[0]) == "eve"
    assert words(find(article, "b.new")[0]) == "New"


def test_parents_come_before_their_replies(post):
    eve = make_comment(post, name="eve")
    fay = make_comment(post, parent=eve, name="fay")
    assert [pk for pk, *_rest in arrived(post, after=4)["comments"]] == [eve.pk, fay.pk]


@pytest.mark.parametrize("order", ["oldest", "newest", "best", "flat"])
def test_what_came_says_before_which_comment_it_stands(post, order):
    names = {row.guest_name: row for row in post.comments.all()}
    for parent, name in (("bo", "eve"), ("bo", "fay"), (None, "gus"), (None, "hal")):
        names[name] = make_comment(post, parent=names.get(parent), name=name)
    came = arrived(post, after=4, order=order)
    name_of = {comment.pk: name for name, comment in names.items()} | {None: None}
    following = {name_of[pk]: name_of[after] for pk, _parent, _html, after in came["comments"]}
    expected = {
        "oldest": {"eve": "fay", "fay": None, "gus": "hal", "hal": None},
        "newest": {"eve": "cy", "fay": "eve", "gus": "dee", "hal": "gus"},
        "flat": {"eve": "fay", "fay": "gus", "gus": "hal", "hal": None},
    }
    assert following == expected.get(order, expected["oldest"])
    # The one that it stands before was on the page, or is placed earlier.
    placed = {"ann", "bo", "cy", "dee", None}
    for pk, _parent, _html, after in came["comments"]:
        assert name_of[after] in placed
        placed.add(name_of[pk])
    in_order = ["hal", "gus", "fay", "eve"] if order == "newest" else ["eve", "fay", "gus", "hal"]
    assert [name_of[pk] for pk in came["fresh"]] == in_order


def test_asking_in_an_order_chooses_none(post):
    answer = Client().get(
        f"/posts/{post.pk}/arrived/?order=newest&after=4&ago=1", headers={"Sec-Fetch-Site": "same-origin"}
    )
    assert answer.status_code == 200
    assert not answer.cookies


def test_a_comment_removed_before_it_was_fetched_never_appears(post):
    fay = make_comment(post, text="Not for you.", name="fay")
    take_away(fay)
    came = arrived(post, after=4)
    assert came["comments"] == []
    assert came["gone"] == [fay.pk]


def test_a_comment_removed_meanwhile_becomes_its_tombstone(post):
    bo, dee = post.comments.get(number=2), post.comments.get(number=4)
    take_away(bo)
    take_away(dee)
    came = arrived(post, after=4)
    ((pk, _parent, html, _following),) = came["comments"]
    assert pk == bo.pk
    assert "Text of bo" not in html
    assert "Removed: Off topic" in words(fragment(html))
    assert came["gone"] == [dee.pk]


def test_an_edit_of_the_first_minute_arrives_in_its_place(post, bob):
    own = make_comment(post, by=bob, text="I was rong.")
    actions.edit_comment(own, by=bob, text="I was wrong.")
    ((pk, _parent, html, _following),) = arrived(post, after=5)["comments"]
    assert pk == own.pk
    article = fragment(html)
    assert words(find(article, ".comment-text")[0]) == "I was wrong."
    # The page had it already, and readers are told nothing of a slip.
    assert not find(article, "b.new, a.edited")


def test_what_was_decided_before_the_page_was_made_is_not_sent_again(post):
    take_away(post.comments.get(number=2))
    ModerationEvent.objects.update(created_at=timezone.now() - timedelta(minutes=5))
    assert arrived(post, after=4)["comments"] == []
    assert len(arrived(post, after=4, ago=301)["comments"]) == 1


def test_a_held_comment_that_was_approved_arrives(post):
    held = make_comment(post, state="held", name="eve")
    assert arrived(post, after=4)["comments"] == []
    actions.approve_comment(held, by=None)
    assert [pk for pk, *_rest in arrived(post, after=4)["comments"]] == [held.pk]


def test_ones_own_comment_is_not_new_on_the_other_device(post, client, bob):
    client.force_login(bob)
    mine = make_comment(post, by=bob)
    ((pk, _parent, html, _following),) = arrived(post, client, after=4)["comments"]
    assert pk == mine.pk
    assert not find(fragment(html), "b.new")


@pytest.mark.parametrize(
    "query", ["", "after=x&ago=1", "after=1", "after=1&ago=-1", f"after={'9' * 20}&ago=1"]
)
def test_nonsense_is_not_found(post, query):
    assert Client().get(f"/posts/{post.pk}/arrived/?{query}").status_code == 404


def test_who_was_away_for_long_gets_the_page_anew(post, monkeypatch):
    monkeypatch.setattr("comments.discussion.live_updates.MOST_FETCHED", 3)
    assert arrived(post, after=0) == {
        "comments": [], "fresh": [], "gone": [], "last": 4, "is_too_much": True,
    }  # fmt: skip
    assert not arrived(post, after=1)["is_too_much"]


def test_a_page_may_have_been_open_for_years(post):
    assert arrived(post, after=0, ago="9" * 10)["last"] == 4


def test_every_process_makes_the_same_page(post):
    first = Client().get(post.get_absolute_url())
    page_cache.cached_pages.clear()
    with time_machine.travel(timezone.now() + timedelta(minutes=5), tick=False):
        assert Client().get(post.get_absolute_url())["ETag"] == first["ETag"]
