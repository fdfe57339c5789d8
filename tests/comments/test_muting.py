"""Muting a person or a branch: who may, what is collapsed for them, and that nobody else's pages change."""

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from accounts import guests
from accounts.models import Guest
from accounts.network import Origin
from comments import actions
from comments.actions import muting
from comments.models import Comment, Mute, Report, Vote
from comments.thread import FLAT, ORDERS, Viewer, arrange
from comments.thread.mutes import BRANCH, PERSON, Mutes
from comments.thread.unread import unread_in
from tests.comments.pages import find, words
from tests.comments.test_arrange import ids, row, rows_of
from tests.factories import make_comment, make_guest, make_post, make_withdrawn_post, take_away
from tests.forms import page_of, submit

SENT_HERE = {"Sec-Fetch-Site": "same-origin"}


# --- arranging ------------------------------------------------------------------------------------------------


def marks(shown):
    return {item.row.id: item.muted for item in shown if item.muted}


def test_a_muted_persons_comment_keeps_its_place_and_its_replies():
    shown = arrange(rows_of("1(2(3),4)"), mutes=Mutes(names=frozenset({"Guest 2"})))
    assert ids(shown) == [1, 2, 3, 4]
    assert marks(shown) == {2: PERSON}


def test_of_a_muted_branch_its_first_comment_is_left_with_the_number_of_what_it_hides():
    shown = arrange(rows_of("1(2(3(4),5),6),7"), mutes=Mutes(branches=frozenset({2})))
    assert ids(shown) == [1, 2, 6, 7]
    assert marks(shown) == {2: BRANCH}
    assert shown[1].below == 3


def test_flat_order_leaves_out_the_rest_of_a_muted_branch():
    shown = arrange(rows_of("1(2(3)),4(5)"), order=FLAT, mutes=Mutes(branches=frozenset({2, 4})))
    assert ids(shown) == [1, 2, 4]
    assert [item.below for item in shown] == [0, 1, 1]


def test_under_the_comment_that_is_looked_at_nothing_is_hidden_but_other_branches():
    mutes = Mutes(branches=frozenset({2, 3}))
    assert ids(arrange(rows_of("1(2(3(4),5))"), under=2, mutes=mutes)) == [3, 5]


def test_ones_own_comments_are_hidden_with_a_branch_and_never_with_a_person():
    rows = [row(1, user_id=5), row(2, 1, user_id=7), row(3, user_id=7)]
    me = Viewer(user_id=7)
    shown = arrange(rows, viewer=me, mutes=Mutes(users=frozenset({7}), branches=frozenset({1})))
    assert ids(shown) == [1, 3]
    assert marks(shown) == {1: BRANCH}


def test_what_is_muted_is_never_new():
    mutes = Mutes(names=frozenset({"Guest 2"}), branches=frozenset({3}))
    shown = arrange(rows_of("1,2,3(4),5"), mutes=mutes)
    assert unread_in(shown, since=0, viewer=Viewer(user_id=1)).ids == [1, 5]


def test_a_tombstone_names_nobody_so_it_is_not_muted():
    rows = [row(1, user_id=5, state="removed"), row(2, 1)]
    assert marks(arrange(rows, mutes=Mutes(users=frozenset({5})))) == {}


def test_members_guests_and_bare_names_are_told_apart():
    rows = [
        row(1, user_id=5, guest_name=""),
        row(2, guest_id=5, guest_name="Ann"),
        row(3, guest_name="Ann"),
        row(4, guest_name=""),
    ]
    assert marks(arrange(rows, mutes=Mutes(users=frozenset({5})))) == {1: PERSON}
    assert marks(arrange(rows, mutes=Mutes(guests=frozenset({5})))) == {2: PERSON}
    assert marks(arrange(rows, mutes=Mutes(names=frozenset({"Ann"})))) == {3: PERSON}


@given(
    parents=st.lists(st.integers(0, 30), max_size=30),
    branches=st.frozensets(st.integers(1, 31)),
    users=st.frozensets(st.integers(0, 3)),
    order=st.sampled_from(ORDERS),
)
def test_nothing_stands_under_a_muted_branch_and_nothing_else_is_lost(parents, branches, users, order):
    rows = [
        row(pk, parent % pk or None, user_id=pk % 4) for pk, parent in enumerate(parents, 1) if parent < pk
    ]
    shown = arrange(rows, order=order, mutes=Mutes(users=users, branches=branches))
    above = {each.id: each.parent_id for each in rows}

    def is_hidden(pk):
        while (pk := above.get(pk)) is not None:
            if pk in branches:
                return True
        return False

    assert set(ids(shown)) == {each.id for each in rows if not is_hidden(each.id)}
    for item in shown:
        person = PERSON if item.row.user_id in users else ""
        assert item.muted == (BRANCH if item.row.id in branches else person)


# --- writing --------------------------------------------------------------------------------------------------


@pytest.fixture
def post(db):
    return make_post()


@pytest.fixture
def said(post, carol):
    """A member's comment with an answer."""
    comment = make_comment(post, by=carol, text="Words of Carol.")
    make_comment(post, parent=comment, name="Dee", text="An answer to Carol.")
    return comment


@pytest.mark.django_db
def test_muting_twice_is_muting_once(said, bob):
    for _time in range(2):
        assert actions.mute_person(said, by=bob) == bob
        actions.mute_branch(said, by=bob)
    assert Mute.objects.filter(user=bob).count() == 2


@pytest.mark.django_db
def test_nobody_is_told_that_they_are_muted(said, bob):
    actions.mute_person(said, by=bob)
    assert mail.outbox == []


@pytest.mark.django_db
def test_nobody_mutes_themselves_nor_somebody_who_is_not_named_any_more(said, post, carol, bob):
    with pytest.raises(actions.Refused, match="mute yourself"):
        actions.mute_person(said, by=carol)
    erased = make_comment(post, name="Erased")
    Comment.objects.filter(pk=erased.pk).update(guest_name="")
    erased.refresh_from_db()
    with pytest.raises(actions.Refused, match="no longer know"):
        actions.mute_person(erased, by=bob)
    actions.remove_comment(said, by=None, reason="Off topic")
    said.refresh_from_db()
    with pytest.raises(actions.Refused, match="can’t be muted"):
        actions.mute_person(said, by=bob)
    # Replies to one's own comment may become tiresome.
    actions.mute_branch(said, by=carol)


@pytest.mark.django_db
def test_a_suspended_member_may_mute(said, bob):
    bob.is_active = False
    bob.save()
    actions.mute_person(said, by=bob)


@pytest.mark.django_db
def test_the_number_of_mutes_is_limited(post, said, bob, monkeypatch):
    monkeypatch.setattr(muting, "MOST_MUTES", 1)
    actions.mute_branch(said, by=bob)
    with pytest.raises(actions.Refused, match=r"reached the limit of 1 mute\. Unmute it first\."):
        actions.mute_person(said, by=bob)


@pytest.mark.django_db
def test_two_guests_behind_one_network_do_not_share_their_mutes(said):
    origin = Origin(address="192.0.2.1", user_agent="Browser")
    first, second = (actions.mute_person(said, by=None, origin=origin) for _guest in range(2))
    assert first != second
    voter = actions.cast_vote(said, voter=None, value=1, origin=origin).voter
    owner = actions.mute_person(said, by=voter)
    assert owner not in (first, second, voter)
    # The vote comes along, and the next mute is the same guest's.
    assert Vote.objects.get().guest == owner
    assert actions.mute_branch(said, by=owner) == owner


@pytest.mark.django_db
def test_a_guest_who_begins_to_comment_keeps_what_they_muted(post, said):
    muter = actions.mute_person(said, by=None)
    written = actions.post_comment(
        post, writer=muter, parent=None, text="Hello.", name="Gus", email="g@example.org"
    )
    assert Mute.objects.get().guest == written.guest


@pytest.mark.django_db
def test_a_guest_who_begins_to_mute_keeps_what_they_reported(said):
    known = actions.report_comment(said, by=None, reason="spam").guest
    owner = actions.mute_person(said, by=known)
    assert owner != known
    assert actions.report_comment(said, by=owner, reason="spam").guest == owner
    assert Report.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("state", ["removed", "withdrawn"])
def test_a_mute_does_not_tell_who_wrote_what_is_gone(post, said, carol, reading_bob, bob, state):
    gone = make_comment(post, by=carol, text="Never mind.")
    answer = make_comment(post, parent=gone, name="Ann")
    take_away(gone, state=state)
    actions.mute_person(said, by=bob)
    asked = [
        (post.get_absolute_url(), {}),
        (f"/comments/{answer.pk}/", {}),
        (f"/comments/{gone.pk}/", {}),
        (f"/comments/{gone.pk}/", {"X-Fragment": "1"}),
    ]
    for address, headers in asked:
        page = page_of(reading_bob.get(address, headers=headers))
        assert "muted this reader" not in words(page), address
        assert "this reader again" not in words(page), address
        for article in find(page, f"#comment-{answer.pk}"):
            assert "a muted reader" not in words(article), address


@pytest.mark.django_db
def test_showing_a_comment_again_takes_back_all_that_hides_it(post, said, bob):
    inner = said.replies.get()
    actions.mute_branch(said, by=bob)
    actions.mute_person(inner, by=bob)
    actions.mute_person(said, by=bob)
    actions.show_again(inner, by=bob)
    assert [mute.muted_user for mute in Mute.objects.all()] == [said.user]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "columns",
    [
        {},
        {"muted_name": "Ann", "comment": True},
        {"muted_user": True, "comment": True},
        {"muted_user": True, "muted_guest": True},
        {"muted_user": True, "muted_name": "Ann"},
    ],
    ids=str,
)
def test_a_mute_is_of_one_thing(said, bob, carol, columns):
    things = {"comment": said, "muted_user": carol, "muted_guest": make_guest()}
    values = {name: things[name] if value is True else value for name, value in columns.items()}
    with pytest.raises(IntegrityError), transaction.atomic():
        Mute.objects.create(user=bob, **values)


# --- pages ----------------------------------------------------------------------------------------------------


@pytest.fixture
def client():
    return Client(headers=SENT_HERE)


@pytest.fixture
def reading_bob(bob):
    client = Client(headers=SENT_HERE)
    client.force_login(bob)
    return client


def offers_to_mute(client, comment):
    return f'href="/comments/{comment.pk}/mute/"' in client.get(comment.get_absolute_url()).content.decode()


@pytest.mark.django_db
def test_the_page_of_ones_own_comment_does_not_offer_to_mute(post, said, reading_bob, bob):
    assert offers_to_mute(reading_bob, said)
    assert not offers_to_mute(reading_bob, make_comment(post, by=bob))


def stub(client, comment):
    page = page_of(client.get(comment.post.get_absolute_url()))
    return find(page, f"#comment-{comment.pk}")[0]


def heading(article):
    return words(find(article, "h3, h4")[0])


@pytest.mark.django_db
def test_a_muted_persons_words_are_folded_away_under_no_name(reading_bob, said):
    assert reading_bob.post(f"/comments/{said.pk}/mute/", {"do": "person"}).status_code == 303
    article = stub(reading_bob, said)
    assert article.get("class").split() == ["comment", "lane-0", "muted"]
    assert heading(article) == "Muted reader"
    (text,) = find(article, "details.muted-text")
    assert text.get("open") is None
    assert "Words of Carol." in words(text)
    assert "Carol" in words(find(text, ".by")[0])
    # The answer stays, and says nothing of the name either.
    answer = stub(reading_bob, said.replies.get())
    assert words(find(answer, ".comment-parent")[0]) == "↑ In reply to a muted reader"


@pytest.mark.django_db
def test_a_muted_branch_is_one_line_that_leads_to_it(reading_bob, said):
    reading_bob.post(f"/comments/{said.pk}/mute/", {"do": "branch"})
    article = stub(reading_bob, said)
    assert heading(article) == "Muted: 2 comments"
    assert [link.get("href") for link in find(article, "footer a")] == [
        f"/comments/{said.pk}/",
        f"/comments/{said.pk}/mute/",
    ]
    (thread,) = find(page_of(reading_bob.get(said.post.get_absolute_url())), ".thread")
    assert "Carol" not in words(thread)
    assert "An answer" not in words(thread)


@pytest.mark.django_db
def test_the_page_of_what_is_muted_shows_it_all(reading_bob, said):
    answer = said.replies.get()
    reading_bob.post(f"/comments/{said.pk}/mute/", {"do": "branch"})
    assert "An answer to Carol." in reading_bob.get(said.get_absolute_url()).content.decode()
    page = reading_bob.get(answer.get_absolute_url())
    assert "An answer to Carol." in page.content.decode()
    assert "You muted this comment and its replies." in page.content.decode()
    submit(reading_bob, page, press="do=show")
    assert not Mute.objects.exists()
    # In the thread there is nothing to lead to while it is muted.
    reading_bob.post(f"/comments/{said.pk}/mute/", {"do": "branch"})
    assert reading_bob.get(f"/comments/{answer.pk}/in-thread/").url == answer.get_absolute_url()


@pytest.mark.django_db
def test_the_list_does_not_name_a_post_that_is_not_here_any_more(reading_bob, bob):
    comment = make_comment(make_withdrawn_post(title="Better unsaid"))
    actions.mute_branch(comment, by=bob)
    page = words(page_of(reading_bob.get("/mutes/")))
    assert "A deleted comment and its replies" in page
    assert "Better unsaid" not in page


@pytest.mark.django_db
def test_others_read_on_as_before(reading_bob, client, said):
    before = client.get(said.post.get_absolute_url()).content
    reading_bob.post(f"/comments/{said.pk}/mute/", {"do": "person"})
    assert client.get(said.post.get_absolute_url()).content == before


@pytest.mark.django_db
def test_a_guest_mutes_by_the_form_and_is_known_again(client, said):
    page = client.get(f"/comments/{said.pk}/mute/")
    assert "30 days" in page.content.decode()
    answer = client.post(f"/comments/{said.pk}/mute/", {"do": "person"})
    assert answer.status_code == 303
    assert answer.url == f"/comments/{said.pk}/in-thread/"
    assert guests.COOKIE in client.cookies
    assert heading(stub(client, said)) == "Muted reader"
    assert Mute.objects.get().guest == Guest.objects.get()


@pytest.mark.django_db
def test_an_imported_guest_is_muted_by_name_alone(client, post):
    ann, other = (make_comment(post, name=name) for name in ("Ann", "ann"))
    client.post(f"/comments/{ann.pk}/mute/", {"do": "person"})
    assert heading(stub(client, ann)) == "Muted reader"
    assert heading(stub(client, other)) == "ann"


@pytest.mark.django_db
def test_the_list_shows_people_and_branches_again(reading_bob, client, said):
    assert "You haven’t muted anyone" in reading_bob.get("/mutes/").content.decode()
    for wish in ("person", "branch"):
        reading_bob.post(f"/comments/{said.pk}/mute/", {"do": wish})
    page = reading_bob.get("/mutes/")
    branch, person = (words(item) for item in find(page_of(page), ".mutes p"))
    assert branch.startswith(f"Comment #{said.number} and its replies on {said.post.title}")
    assert person.startswith("Carol")
    # Somebody else's stay.
    client.post("/mutes/", {"mute": Mute.objects.first().pk})
    assert Mute.objects.count() == 2
    submit(reading_bob, page)
    assert Mute.objects.get().muted_user == said.user


@pytest.mark.django_db
@pytest.mark.parametrize("do", ["", "everybody"])
def test_a_form_that_says_nothing_gets_the_page_again(reading_bob, said, do):
    answer = reading_bob.post(f"/comments/{said.pk}/mute/", {"do": do})
    assert answer.status_code == 400
    assert "Mute these replies" in answer.content.decode()


@pytest.mark.django_db
def test_many_mutes_at_once_are_refused_with_when_to_go_on(client, said, time_machine):
    # One more is given back every two seconds, which is as long as a busy machine takes for all of these.
    time_machine.move_to(timezone.now(), tick=False)
    answers = [client.post(f"/comments/{said.pk}/mute/", {"do": "branch"}).status_code for _time in range(32)]
    assert answers[0] == 303
    assert answers[-1] == 429


@pytest.mark.django_db
def test_what_waits_has_no_page_to_mute_it_by(client, post):
    held = make_comment(post, state="held")
    assert client.get(f"/comments/{held.pk}/mute/").status_code == 404


# --- never told of --------------------------------------------------------------------------------------------


def told(client, post):
    return [pk for pk, _number in client.get(f"/posts/{post.pk}/latest/").json()["comments"]]


@pytest.mark.django_db
def test_open_pages_of_who_mutes_are_not_told_of_it(reading_bob, client, post, said, bob):
    by_name = make_comment(post, name="Imported")
    by_guest = make_comment(post, by=make_guest(name="Imported"))
    branch = make_comment(post, name="Opener")
    under = make_comment(post, parent=branch, name="Under")
    assert "data-credentials" not in reading_bob.get(post.get_absolute_url()).content.decode()
    actions.mute_person(said, by=bob)
    actions.mute_person(by_name, by=bob)
    actions.mute_branch(branch, by=bob)
    answer = said.replies.get()
    assert told(reading_bob, post) == [by_guest.pk, answer.pk]
    # Pages of people who mute ask with the cookie; others ask without, and get the same answer as before.
    (section,) = page_of(reading_bob.get(post.get_absolute_url())).xpath("//section[@id='discussion']")
    assert section.get("data-credentials") == "same-origin"
    assert told(client, post) == [under.pk, branch.pk, by_guest.pk, by_name.pk, answer.pk, said.pk]
    assert "data-credentials" not in client.get(post.get_absolute_url()).content.decode()


@pytest.mark.django_db
def test_a_guest_who_mutes_is_not_told_of_it_either(client, post, said):
    client.post(f"/comments/{said.pk}/mute/", {"do": "person"})
    assert told(client, post) == [said.replies.get().pk]
    assert 'data-credentials="same-origin"' in client.get(post.get_absolute_url()).content.decode()


@pytest.mark.django_db
def test_lists_do_not_count_what_is_muted(reading_bob, post, said, bob, carol):
    reading_bob.get(post.get_absolute_url())
    make_comment(post, by=carol)
    make_comment(post, name="Eve")
    assert "2 new" in reading_bob.get("/").content.decode()
    actions.mute_person(said, by=bob)
    assert "1 new" in reading_bob.get("/").content.decode()
