"""A private note to the author from the comment form: it reaches the author, and is on no page that others read."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Guest
from blog.models import CommentPolicy
from comments import actions
from comments.models import Comment, DiscussionSettings, Note
from tests.comments.pages import find, words
from tests.factories import make_author, make_guest, make_moderator, make_owner, make_post, make_thread
from tests.forms import page_of, submit, values_of

pytestmark = pytest.mark.django_db

SENT_HERE = {"Sec-Fetch-Site": "same-origin"}
GUS = {"name": "Gus", "email": "gus@example.org"}
LIST = "/admin/comments/note/"


@pytest.fixture
def client():
    return Client(headers=SENT_HERE)


@pytest.fixture
def post(ada):
    return make_post(title="The Slow Count", by=ada.author)


def send(client, post, *, text="“Teh” in the second paragraph.", **more):
    return client.post(f"/posts/{post.pk}/comments/", {**GUS, "text": text, "do": "note"}, **more)


def signed_in(person) -> Client:
    client = Client(headers=SENT_HERE)
    client.force_login(person)
    return client


# --- sending --------------------------------------------------------------------------------------------------


def test_a_guest_sends_one_by_the_form_under_the_post_and_nothing_is_published(client, post):
    before = Client().get(post.get_absolute_url()).content
    page = page_of(client.get(post.get_absolute_url()))
    form = find(page, "form.comment-form")[0]
    assert [button.get("value") for button in find(form, ".to-author button")] == ["note"]
    answer = client.post(form.get("action"), values_of(form) | GUS | {"text": "A typo.", "do": "note"})
    assert answer.status_code == 202
    assert (
        words(find(page_of(answer), ".notice")[0]) == "Your note has been sent to Ada. It is not published."
    )
    note = Note.objects.get()
    assert (note.post, note.writer_name, note.text, note.read_at) == (post, "Gus", "A typo.", None)
    assert not Comment.objects.exists()
    assert Client().get(post.get_absolute_url()).content == before
    assert "writer" in answer.cookies


def test_a_member_sends_one_under_their_name_of_today(post, bob):
    client = signed_in(bob)
    page = client.get(f"/posts/{post.pk}/comments/")
    submit(client, page, press="do=note", text="A typo.")
    note = Note.objects.get()
    assert (note.user, note.guest, note.guest_name, note.writer_name) == (bob, None, "", "Bob")


def test_the_form_of_an_answer_offers_none(client, post):
    ann = make_thread(post, "Ann")["Ann"]
    assert not find(page_of(client.get(f"/comments/{ann.pk}/reply/")), ".to-author")


def test_twice_is_once_also_before_the_cookie_came(post):
    for _press in range(2):
        assert send(Client(headers=SENT_HERE), post).status_code == 202
    assert (Note.objects.count(), Guest.objects.count()) == (1, 1)


def test_whoever_sends_one_comments_later_as_the_same_guest(client, post):
    send(client, post)
    client.post(f"/posts/{post.pk}/comments/", {**GUS, "text": "Hello.", "do": "post"})
    assert Comment.objects.get().guest == Note.objects.get().guest


def test_a_script_gets_one_sentence(client, post):
    answer = send(client, post, headers={"X-Fragment": "1"})
    assert (answer.status_code, answer["Content-Type"]) == (202, "text/plain; charset=utf-8")
    assert answer.content.decode() == "Your note has been sent to Ada. It is not published."


@pytest.mark.parametrize("text", ["", "x" * 5001])
def test_what_cannot_be_sent_is_said_and_stays(client, post, text):
    answer = send(client, post, text=text)
    assert answer.status_code == 400
    assert words(find(page_of(answer), ".errs h2")[0]) == "Your note was not sent"
    assert find(page_of(answer), "textarea")[0].text.removeprefix("\n") == text


def test_it_counts_in_the_limit_of_comments(client, post):
    DiscussionSettings.objects.create(pk=1, guest_comments_per_10_minutes=1)
    send(client, post)
    answer = send(client, post, text="And another one.")
    assert answer.status_code == 429
    assert "And another one." in answer.content.decode()


def test_who_may_not_comment_sends_none(client, ada):
    post = make_post(by=ada.author, comment_policy=CommentPolicy.CLOSED)
    assert send(client, post).status_code == 403
    assert not Note.objects.exists()


def test_no_address_is_kept_with_it(client, post):
    send(client, post)
    assert "gus@example.org" not in str(Note.objects.values().get())


# --- reading --------------------------------------------------------------------------------------------------


@pytest.fixture
def note(post):
    return actions.send_note(post, writer=make_guest(name="Gus"), text="<b>Teh</b>", name="Gus")


def rows(client):
    answer = client.get(LIST)
    return find(page_of(answer), "tbody tr") if answer.status_code == 200 else answer.status_code


def test_the_author_is_told_reads_it_and_it_counts_as_read(note, ada):
    author = signed_in(ada)
    for page in ("/", "/admin/"):
        (link,) = page_of(author.get(page)).xpath(f"//header//a[@href='{LIST}']")
        assert words(link) == "Notes 1 unread"
    (row,) = rows(author)
    assert "Gus" in words(row) and "<b>Teh</b>" in words(row)
    page = author.get(f"{LIST}{note.pk}/change/")
    assert "&lt;b&gt;Teh&lt;/b&gt;" in page.content.decode()
    assert not find(page_of(page), "main button")
    note.refresh_from_db()
    assert note.read_at is not None
    assert not page_of(author.get("/")).xpath(f"//header//a[@href='{LIST}']")


def test_nobody_else_reads_it_but_the_owner_who_does_not_use_it_up(note):
    other = signed_in(make_author(display_name="Ben").user)
    assert rows(other) == []
    assert other.get(f"{LIST}{note.pk}/change/").status_code == 404
    assert rows(signed_in(make_moderator())) == 403
    owner = signed_in(make_owner())
    assert len(rows(owner)) == 1
    assert owner.get(f"{LIST}{note.pk}/change/").status_code == 200
    note.refresh_from_db()
    assert note.read_at is None


def test_nobody_writes_changes_or_deletes_one_in_the_admin(note, ada):
    author = signed_in(ada)
    assert author.get(f"{LIST}add/").status_code == 403
    assert author.post(f"{LIST}{note.pk}/change/", {"text": "Mine"}).status_code == 403
    assert author.post(f"{LIST}{note.pk}/delete/").status_code == 403
    assert Note.objects.get().text == "<b>Teh</b>"


def test_notes_that_were_read_go_after_the_owners_time_and_unread_ones_stay(note, ada):
    in_time = {"now": timezone.now() + timedelta(days=89)}
    later = {"now": timezone.now() + timedelta(days=91)}
    assert actions.purge_personal_data(**later).notes == 0
    actions.read_note(note, by=ada)
    assert actions.purge_personal_data(**in_time).notes == 0
    assert actions.purge_personal_data(**later).notes == 1
    assert not Note.objects.exists()


def test_with_their_account_a_members_notes_go(post, bob):
    actions.send_note(post, writer=bob, text="A typo.")
    bob.delete()
    assert not Note.objects.exists()
