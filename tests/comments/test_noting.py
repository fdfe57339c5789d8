"""Private notes from the comment form: they reach the author, and no page that others read shows them."""

from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from accounts.models import Guest, User
from blog.models import Author, CommentPolicy
from comments import actions
from comments.actions import notifying
from comments.models import Comment, DiscussionSettings, Note
from tests.comments.pages import find, words
from tests.factories import (
    make_author,
    make_guest,
    make_moderator,
    make_owner,
    make_page,
    make_post,
    make_thread,
)
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


def test_a_guest_sends_a_note_by_the_form_under_the_post_and_nothing_is_published(client, post):
    before = Client().get(post.get_absolute_url()).content
    page = page_of(client.get(post.get_absolute_url()))
    form = find(page, "form.comment-form")[0]
    assert [button.get("value") for button in find(form, ".to-author button")] == ["note"]
    answer = client.post(form.get("action"), values_of(form) | GUS | {"text": "A typo.", "do": "note"})
    assert answer.status_code == 202
    assert words(find(page_of(answer), ".notice")[0]) == "Sent to Ada. It won’t be published."
    note = Note.objects.get()
    assert (note.post, note.writer_name, note.text, note.read_at) == (post, "Gus", "A typo.", None)
    assert not Comment.objects.exists()
    assert Client().get(post.get_absolute_url()).content == before
    assert "writer" in answer.cookies


def test_a_members_note_shows_their_current_name(post, bob):
    client = signed_in(bob)
    page = client.get(f"/posts/{post.pk}/comments/")
    submit(client, page, press="do=note", text="A typo.")
    note = Note.objects.get()
    assert (note.user, note.guest, note.guest_name, note.writer_name) == (bob, None, "", "Bob")


def test_a_reply_form_does_not_offer_a_note(client, post):
    ann = make_thread(post, "Ann")["Ann"]
    assert not find(page_of(client.get(f"/comments/{ann.pk}/reply/")), ".to-author")


def test_a_note_sent_twice_is_stored_once_even_before_the_cookie_arrives(post):
    for _press in range(2):
        assert send(Client(headers=SENT_HERE), post).status_code == 202
    assert (Note.objects.count(), Guest.objects.count()) == (1, 1)


def test_a_guest_who_sent_a_note_comments_later_as_the_same_guest(client, post):
    send(client, post)
    client.post(f"/posts/{post.pk}/comments/", {**GUS, "text": "Hello.", "do": "post"})
    assert Comment.objects.get().guest == Note.objects.get().guest


def test_a_script_gets_one_sentence(client, post):
    answer = send(client, post, headers={"X-Fragment": "1"})
    assert (answer.status_code, answer["Content-Type"]) == (202, "text/plain; charset=utf-8")
    assert answer.content.decode() == "Sent to Ada. It won’t be published."


@pytest.mark.parametrize("text", ["", "x" * 5001])
def test_a_note_that_cannot_be_sent_is_refused_and_its_text_stays(client, post, text):
    answer = send(client, post, text=text)
    assert answer.status_code == 400
    assert words(find(page_of(answer), ".errs h2")[0]) == "Your note was not sent"
    assert find(page_of(answer), "textarea")[0].text.removeprefix("\n") == text


def test_a_note_counts_in_the_limit_of_comments(client, post):
    DiscussionSettings.objects.create(pk=1, guest_comments_per_10_minutes=1)
    send(client, post)
    answer = send(client, post, text="And another one.")
    assert answer.status_code == 429
    assert "And another one." in answer.content.decode()


def test_people_who_may_not_comment_cannot_send_notes(client, ada):
    post = make_post(by=ada.author, comment_policy=CommentPolicy.CLOSED)
    assert send(client, post).status_code == 403
    assert not Note.objects.exists()


def test_a_note_stores_no_address(client, post):
    send(client, post)
    assert "gus@example.org" not in str(Note.objects.values().get())


# --- telling the author ---------------------------------------------------------------------------------------


@pytest.fixture
def mailed(django_capture_on_commit_callbacks):
    """Return the addresses to which mail goes after an action."""

    def after(do, *args, **kwargs):
        mail.outbox.clear()
        with django_capture_on_commit_callbacks(execute=True):
            do(*args, **kwargs)
        return [address for letter in mail.outbox for address in letter.to]

    return after


def test_the_author_is_mailed_once_with_the_way_to_the_note(client, post, ada, settings, mailed):
    settings.SITE_URL = "https://blog.example.org"
    text = "“Teh” & <b>more</b>.\n\nhttps://elsewhere.example/"
    assert mailed(send, client, post, text=text) == [ada.email]
    (letter,) = mail.outbox
    assert letter.subject == "A note on “The Slow Count”"
    assert "Gus sent you a private note about “The Slow Count”." in letter.body
    assert "> “Teh” & <b>more</b>.\n>\n> https://elsewhere.example/\n" in letter.body
    assert f"https://blog.example.org{LIST}{Note.objects.get().pk}/change/" in letter.body
    assert "gus@example.org" not in str(letter.message())
    # A second click is no second note.
    assert mailed(send, client, post, text=text) == []


def test_all_authors_of_the_post_are_mailed_or_its_maker_if_none_has_an_account(ada, mailed):
    ben, guest_author = make_author(display_name="Ben"), Author.objects.create(name="Zoe", slug="zoe")
    signed, unsigned = make_post(by=ada.author), make_post(by=ada.author)
    signed.bylines.create(author=ben)
    unsigned.bylines.update(author=guest_author)
    gus = make_guest()
    assert mailed(actions.send_note, signed, writer=gus, text="A typo.") == [ada.email, ben.user.email]
    assert mailed(actions.send_note, unsigned, writer=gus, text="A typo.") == [ada.email]


def test_no_mail_goes_to_the_writer_to_suspended_people_or_to_those_who_turned_it_off(post, ada, bob, mailed):
    assert mailed(actions.send_note, post, writer=ada, text="To myself.") == []
    for wishes in ({"note_mails": False}, {"note_mails": True, "is_active": False}):
        User.objects.filter(pk=ada.pk).update(**wishes)
        assert mailed(actions.send_note, post, writer=bob, text=f"{wishes}") == []
    assert Note.objects.count() == 3


def test_comments_public_or_held_mail_nobody(client, post, mailed):
    links = " ".join(f"https://example.org/{number}" for number in range(9))
    assert mailed(client.post, f"/posts/{post.pk}/comments/", {**GUS, "text": links, "do": "post"}) == []
    assert Comment.objects.get().state == "held"


def test_an_author_gets_a_limited_number_of_mails_a_day(post, ada, bob, monkeypatch, mailed):
    monkeypatch.setattr(notifying, "NOTE_MAILS", notifying.NOTE_MAILS._replace(most=2))
    sent = [mailed(actions.send_note, post, writer=bob, text=f"Note {number}.") for number in range(3)]
    assert sent == [[ada.email], [ada.email], []]
    assert Note.objects.count() == 3


def test_a_note_is_stored_even_if_the_mail_server_is_down(client, post, settings, mailed, caplog):
    settings.EMAIL_BACKEND = "tests.accounts.mailboxes.Broken"
    assert mailed(send, client, post) == []
    assert Note.objects.count() == 1
    assert "a note was not mailed" in caplog.text


# --- reading --------------------------------------------------------------------------------------------------


@pytest.fixture
def note(post):
    return actions.send_note(post, writer=make_guest(name="Gus"), text="<b>Teh</b>", name="Gus")


def rows(client):
    answer = client.get(LIST)
    return find(page_of(answer), "tbody tr") if answer.status_code == 200 else answer.status_code


def test_the_masthead_counts_a_note_until_the_author_has_read_it(note, ada):
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


def test_only_the_owner_can_read_a_note_too_and_it_stays_unread(note):
    other = signed_in(make_author(display_name="Ben").user)
    assert rows(other) == []
    assert other.get(f"{LIST}{note.pk}/change/").status_code == 404
    assert rows(signed_in(make_moderator())) == 403
    owner = signed_in(make_owner())
    assert len(rows(owner)) == 1
    assert owner.get(f"{LIST}{note.pk}/change/").status_code == 200
    note.refresh_from_db()
    assert note.read_at is None


def test_nobody_writes_changes_or_deletes_notes_in_the_admin(note, ada):
    author = signed_in(ada)
    assert author.get(f"{LIST}add/").status_code == 403
    assert author.post(f"{LIST}{note.pk}/change/", {"text": "Mine"}).status_code == 403
    assert author.post(f"{LIST}{note.pk}/delete/").status_code == 403
    assert Note.objects.get().text == "<b>Teh</b>"


def test_read_notes_are_deleted_after_the_owners_time_and_unread_ones_stay(note, ada):
    in_time = {"now": timezone.now() + timedelta(days=89)}
    later = {"now": timezone.now() + timedelta(days=91)}
    assert actions.purge_personal_data(**later).notes == 0
    actions.read_note(note, by=ada)
    assert actions.purge_personal_data(**in_time).notes == 0
    assert actions.purge_personal_data(**later).notes == 1
    assert not Note.objects.exists()


def test_a_members_notes_are_deleted_with_their_account(post, bob):
    actions.send_note(post, writer=bob, text="A typo.")
    bob.delete()
    assert not Note.objects.exists()


def test_a_note_on_a_page_is_for_the_owners_whoever_signed_it(client, bob, owner, ada):
    page = make_page(comment_policy="open", by=ada.author)
    client.force_login(bob)
    words = {"text": "A typo.", "do": "note"}
    answer = client.post(f"/posts/{page.pk}/comments/", words, headers={"Sec-Fetch-Site": "same-origin"})
    assert "the owner of this site" in answer.content.decode()
    note = Note.objects.get()
    assert list(Note.objects.to(owner)) == [note] and not Note.objects.to(ada).exists()
    assert notifying.recipients_of(note) == [owner]
    client.force_login(owner)
    client.get(f"/admin/comments/note/{note.pk}/change/")
    note.refresh_from_db()
    assert note.read_at is not None
