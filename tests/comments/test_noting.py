"""A private note to the author from the comment form: it reaches the author, and is on no page that others read."""

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


def test_a_guest_sends_one_by_the_form_under_the_post_and_nothing_is_published(client, post):
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
    assert answer.content.decode() == "Sent to Ada. It won’t be published."


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


# --- telling the author ---------------------------------------------------------------------------------------


@pytest.fixture
def mailed(django_capture_on_commit_callbacks):
    """What is mailed once something has been done, as addresses."""

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


def test_everybody_who_signed_the_post_is_mailed_and_its_maker_where_nobody_with_an_account_did(ada, mailed):
    ben, guest_author = make_author(display_name="Ben"), Author.objects.create(name="Zoe", slug="zoe")
    signed, unsigned = make_post(by=ada.author), make_post(by=ada.author)
    signed.bylines.create(author=ben)
    unsigned.bylines.update(author=guest_author)
    gus = make_guest()
    assert mailed(actions.send_note, signed, writer=gus, text="A typo.") == [ada.email, ben.user.email]
    assert mailed(actions.send_note, unsigned, writer=gus, text="A typo.") == [ada.email]


def test_who_wants_no_such_mail_wrote_it_or_is_suspended_gets_none(post, ada, bob, mailed):
    assert mailed(actions.send_note, post, writer=ada, text="To myself.") == []
    for wishes in ({"note_mails": False}, {"note_mails": True, "is_active": False}):
        User.objects.filter(pk=ada.pk).update(**wishes)
        assert mailed(actions.send_note, post, writer=bob, text=f"{wishes}") == []
    assert Note.objects.count() == 3


def test_a_comment_or_one_that_is_held_mails_nobody(client, post, mailed):
    links = " ".join(f"https://example.org/{number}" for number in range(9))
    assert mailed(client.post, f"/posts/{post.pk}/comments/", {**GUS, "text": links, "do": "post"}) == []
    assert Comment.objects.get().state == "held"


def test_nobody_fills_an_authors_mailbox_by_notes(post, ada, bob, monkeypatch, mailed):
    monkeypatch.setattr(notifying, "NOTE_MAILS", notifying.NOTE_MAILS._replace(most=2))
    sent = [mailed(actions.send_note, post, writer=bob, text=f"Note {number}.") for number in range(3)]
    assert sent == [[ada.email], [ada.email], []]
    assert Note.objects.count() == 3


def test_a_note_is_there_though_the_mail_server_is_not(client, post, settings, mailed, caplog):
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
