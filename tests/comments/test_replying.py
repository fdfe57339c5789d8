"""Posting through the forms, as a browser without scripts would: the results, and that no text is lost."""

import pytest
from django.test import Client

from accounts import guests
from accounts.models import Guest
from blog.models import CommentPolicy, PostState
from comments import actions
from comments.models import Comment, CommentState, DiscussionSettings
from tests.comments.pages import find, words
from tests.factories import make_draft, make_post, make_thread, make_user
from tests.forms import form_of, page_of, submit, values_of

pytestmark = pytest.mark.django_db

GUS = {"name": "Gus", "email": "gus@example.org"}
SENT_HERE = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def client():
    """A browser: it sends the header that tells where a form comes from."""
    return Client(headers=SENT_HERE)


@pytest.fixture
def post(db):
    return make_post(title="The Slow Count")


def write(client, post, *, press="do=post", parent=None, **changes):
    address = f"/comments/{parent.pk}/reply/" if parent else f"/posts/{post.pk}/comments/"
    return submit(client, client.get(address), press=press, **changes)


def page_at(client, response):
    """Follow the redirects of an answer to the page."""
    while response.status_code in {301, 302, 303}:
        response = client.get(response["Location"].partition("#")[0])
    return response


def text_in(response) -> str:
    (area,) = page_of(response).xpath("//textarea[@name='text']")
    return area.text.removeprefix("\n")


def complaints(response) -> list[str]:
    return [words(item) for item in find(page_of(response), ".errs li")]


# --- posting --------------------------------------------------------------------------------------------------


def test_a_guest_comments_by_the_form_under_the_post(client, post):
    page = client.get(post.get_absolute_url())
    form = next(form for form in page_of(page).xpath("//form") if form.get("class") == "comment-form")
    answer = client.post(form.get("action"), values_of(form) | GUS | {"text": "*Hello.*", "do": "post"})
    comment = Comment.objects.get()
    assert answer.status_code == 303
    assert answer["Location"] == f"/comments/{comment.pk}/in-thread/"
    assert (comment.writer_name, comment.body_html) == ("Gus", "<p><em>Hello.</em></p>")
    assert "Hello." in page_at(client, answer).content.decode()


def test_a_member_answers_by_the_reply_page(client, post, bob):
    parent = make_thread(post, "Ann")["Ann"]
    client.force_login(bob)
    page = client.get(f"/comments/{parent.pk}/reply/")
    assert "Text of Ann." in page.content.decode()
    assert "name" not in values_of(form_of(page))
    submit(client, page, press="do=post", text="Indeed.")
    comment = Comment.objects.get(user=bob)
    assert (comment.parent, comment.guest) == (parent, None)


def test_a_guest_is_the_same_guest_the_next_time(client, post):
    write(client, post, text="One.", **GUS)
    write(client, post, text="Two.", **GUS)
    assert Guest.objects.get().comments.count() == 2


def test_a_double_click_is_one_comment(client, post):
    page = client.get(f"/posts/{post.pk}/comments/")
    for _click in range(2):
        submit(client, page, press="do=post", text="Once.", **GUS)
    assert Comment.objects.count() == 1


def test_two_first_submissions_before_the_cookie_came_are_one_comment(post):
    page = Client().get(f"/posts/{post.pk}/comments/")
    for _click in range(2):
        submit(Client(headers=SENT_HERE), page, press="do=post", text="Once.", **GUS)
    assert (Comment.objects.count(), Guest.objects.count()) == (1, 1)


def test_the_address_of_a_guest_is_on_no_page(client, post):
    write(client, post, text="Hello.", **GUS)
    comment = Comment.objects.get()
    for address in (post.get_absolute_url(), comment.get_absolute_url(), "/comments/", "/comments/feed/"):
        assert "gus@example.org" not in Client().get(address).content.decode()


def test_a_guests_website_is_linked_and_a_bare_one_is_taken_for_https(client, post):
    write(client, post, text="Hello.", website="gus.example", **GUS)
    link = find(page_of(Client().get(post.get_absolute_url())), "article.comment h3 a")[0]
    assert (link.get("href"), link.get("rel")) == ("https://gus.example", "ugc nofollow")


# --- what the device remembers --------------------------------------------------------------------------------


def test_a_guest_is_remembered_on_the_device_only_if_asked(client, post):
    write(client, post, text="One.", **GUS)
    assert values_of(form_of(client.get(f"/posts/{post.pk}/comments/")))["email"] == ""
    write(client, post, text="Two.", remember="on", website="https://gus.example", **GUS)
    values = values_of(form_of(client.get(f"/posts/{post.pk}/comments/")))
    assert (values["name"], values["email"], values["website"]) == (*GUS.values(), "https://gus.example")
    assert values["remember"] == "on"
    write(client, post, text="Three.", remember="", **GUS)
    assert values_of(form_of(client.get(f"/posts/{post.pk}/comments/")))["name"] == ""


# --- preview --------------------------------------------------------------------------------------------------


def test_a_preview_shows_the_rendered_comment_and_posts_nothing(client, post):
    answer = write(client, post, press="do=preview", text="**Loud.** <script>x</script>")
    assert words(find(page_of(answer), ".preview .comment-text strong")[0]) == "Loud."
    assert "<script>x" not in answer.content.decode()
    assert text_in(answer) == "**Loud.** <script>x</script>"
    assert complaints(answer) == []
    assert not Comment.objects.exists()


def test_a_preview_links_the_same_people_as_the_comment_will(client, post):
    ann = make_thread(post, "Ann")["Ann"]
    answer = write(client, post, press="do=preview", parent=ann, text="@Ann, see #1.")
    links = [link.get("href") for link in find(page_of(answer), ".preview .comment-text a")]
    assert links == [f"/comments/{ann.pk}/"] * 2


def test_a_script_gets_the_preview_alone(client, post):
    sent = {"text": "Hi.", "do": "preview"}
    answer = client.post(f"/posts/{post.pk}/comments/", sent, headers={"X-Fragment": "1"})
    assert answer.content.decode().strip().startswith('<section class="preview"')


# --- refusals keep the text -----------------------------------------------------------------------------------


def test_an_empty_comment_is_refused_in_words(client, post):
    answer = write(client, post, text="  \n", **GUS)
    assert answer.status_code == 400
    assert complaints(answer) == ["Your comment is empty."]
    assert words(find(page_of(answer), "title")[0]).startswith("Error:")
    (link,) = find(page_of(answer), ".errs a")
    assert page_of(answer).get_element_by_id(link.get("href").removeprefix("#")).get("name") == "text"


def test_errors_follow_the_order_of_the_fields(client, post):
    answer = write(client, post, text="", name="", email="", website="nowhere at all")
    fields = [
        page_of(answer).get_element_by_id(link.get("href")[1:]) for link in find(page_of(answer), ".errs a")
    ]
    assert [field.get("name") for field in fields] == ["name", "email", "website", "text"]
    # A hint stands beside its label, or it would be read out with the name and once more as the description.
    assert [words(label) for label in find(page_of(answer), ".guest-row label")] == [
        "Name",
        "E-mail",
        "Website",
    ]


def test_all_errors_are_shown_at_once_and_everything_typed_stays(client, post):
    answer = write(
        client, post, text="Keep me.", name=" ", email="not an address", website="https://x.example"
    )
    assert complaints(answer) == [
        "Enter your name.",
        "Enter a valid e-mail address, such as name@example.org.",
    ]
    values = values_of(form_of(answer))
    assert (values["text"], values["email"], values["website"]) == (
        "Keep me.",
        "not an address",
        "https://x.example",
    )


@pytest.mark.parametrize("text", ["x" * 5001, "<b>" * 201, "*_" * 201])
def test_a_text_beyond_the_caps_is_refused_in_words_and_kept(client, post, text):
    answer = write(client, post, text=text, **GUS)
    assert answer.status_code == 400
    assert complaints(answer)[0].startswith("A comment may have")
    assert text_in(answer) == text


def test_a_text_that_begins_with_empty_lines_comes_back_as_it_was(client, post):
    answer = write(client, post, text="\n\n  > quoted", email="", name="Gus")
    assert text_in(answer) == "\n\n  > quoted"


def test_over_the_limit_the_text_stays_and_the_time_to_wait_is_told(client, post):
    for number in range(5):
        write(client, post, text=f"No. {number}", **GUS)
    answer = write(client, post, text="One more.", **GUS)
    assert answer.status_code == 429
    assert 100 <= int(answer["Retry-After"]) <= 120
    assert complaints(answer) == [
        "Your network has posted 5 comments in a short time. You can post this one in 2 minutes."
    ]
    assert text_in(answer) == "One more."


def test_a_discussion_that_was_closed_meanwhile_keeps_the_text(client, post):
    page = client.get(f"/posts/{post.pk}/comments/")
    post.comment_policy = CommentPolicy.CLOSED
    post.save(update_fields=["comment_policy"])
    answer = submit(client, page, press="do=post", text="Too late.", **GUS)
    assert (answer.status_code, complaints(answer)) == (403, ["Comments are closed."])
    assert text_in(answer) == "Too late."


def test_a_comment_that_was_removed_meanwhile_cannot_be_answered_and_the_text_stays(client, post, mo):
    parent = make_thread(post, "Ann")["Ann"]
    page = client.get(f"/comments/{parent.pk}/reply/")
    actions.remove_comment(parent, by=mo, reason="Rude")
    answer = submit(client, page, press="do=post", text="Indeed.", **GUS)
    assert (answer.status_code, complaints(answer)) == (
        409,
        ["The comment you were replying to has been deleted. Post this as a new comment?"],
    )
    assert text_in(answer) == "Indeed."


def test_a_reply_to_a_comment_that_never_existed_keeps_the_text(client, post):
    sent = {"text": "Whom?", "parent": "999999", "do": "post", **GUS}
    answer = client.post(f"/posts/{post.pk}/comments/", sent)
    assert answer.status_code == 409
    assert text_in(answer) == "Whom?"


def test_a_post_that_was_withdrawn_meanwhile_gives_the_text_back(client, post):
    page = client.get(f"/posts/{post.pk}/comments/")
    type(post).objects.filter(pk=post.pk).update(state=PostState.WITHDRAWN)
    answer = submit(client, page, press="do=post", text="Where is it?", **GUS)
    assert answer.status_code == 404
    assert "Where is it?" in answer.content.decode()


def test_a_suspended_member_is_told_so(client, post):
    rude = make_user(display_name="Rude")
    client.force_login(rude)
    page = client.get(f"/posts/{post.pk}/comments/")
    type(rude).objects.filter(pk=rude.pk).update(is_active=False)
    # Django signs suspended people out, so what comes is a member's form without a member.
    answer = submit(client, page, press="do=post", text="But why?")
    assert answer.status_code == 403
    assert text_in(answer) == "But why?"


# --- names ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        "Bob",
        "bob",
        "B\u043eb",
        "B\u200bob",
        "\u202ebob",
        "Bob (moderator)",
        "Staff b\u00f3b",
        "Ada",
        "ADA",
        "8ob"[1:] and "B0b",
    ],
)
def test_a_guest_who_looks_like_a_member_or_an_author_is_refused_in_words(client, post, bob, ada, name):
    answer = write(client, post, text="I am.", name=name, email="x@example.org")
    assert answer.status_code == 400
    assert complaints(answer) in (
        [
            "A member already uses this name, or one very like it. If it’s you, sign in; otherwise choose another."
        ],
        ["This name belongs to an author here. Please choose another."],
    )
    assert text_in(answer) == "I am."


@pytest.mark.parametrize("name", ["Moderator", "STAFF", "\u0410dmin"])
def test_a_guest_cannot_use_the_name_of_a_role(client, post, name):
    answer = write(client, post, text="I am.", name=name, email="x@example.org")
    assert complaints(answer) == ["This name is reserved. Please choose another."]


@pytest.mark.parametrize("name", ["\u200b\u200b", "—", "\u202e"])
def test_a_name_needs_letters(client, post, name):
    answer = write(client, post, text="Hi.", name=name, email="x@example.org")
    assert answer.status_code == 400
    assert not Comment.objects.exists()


# --- held -----------------------------------------------------------------------------------------------------


def test_a_held_comment_is_seen_in_place_by_its_guest_alone_with_the_reason(client, post):
    make_thread(post, "Ann")
    links = " ".join(f"https://example.org/{number}" for number in range(3))
    answer = write(client, post, text=links, **GUS)
    comment = Comment.objects.get(state=CommentState.HELD)
    own = find(page_of(page_at(client, answer)), f"#comment-{comment.pk} .note")
    assert words(own[0]).startswith("Waiting for review: Comments with 3 or more links")
    assert not find(page_of(Client().get(post.get_absolute_url())), f"#comment-{comment.pk}")
    assert Client().get(comment.get_absolute_url()).status_code == 404


# --- signed out, and signing in with the text -----------------------------------------------------------------


def test_a_member_whose_session_ended_signs_in_and_finds_the_text(client, post):
    rae = make_user(display_name="Rae", email="rae@example.org", password="open the small gate")
    parent = make_thread(post, "Ann")["Ann"]
    client.force_login(rae)
    page = client.get(f"/comments/{parent.pk}/reply/")
    client.logout()
    answer = submit(client, page, press="do=post", text="What I thought.")
    assert answer.status_code == 403
    assert complaints(answer) == [
        "You’ve been signed out. Your text is safe: sign in again, or fill in your name and e-mail."
    ]
    answer = submit(client, answer, press="do=signin")
    assert answer["Location"] == f"/accounts/login/?next=%2Fcomments%2F{parent.pk}%2Freply%2F"
    client.force_login(rae)
    page = client.get(f"/comments/{parent.pk}/reply/")
    assert text_in(page) == "What I thought."
    assert words(find(page_of(page), ".notice")[0]) == "Here is your text again. It is not posted yet."
    submit(client, page, press="do=post")
    assert Comment.objects.get(user=rae).body == "What I thought."
    assert text_in(client.get(f"/comments/{parent.pk}/reply/")) == ""


def test_where_only_members_can_comment_a_guest_is_told_to_sign_in(client, post):
    post.comment_policy = CommentPolicy.MEMBERS
    post.save(update_fields=["comment_policy"])
    page = client.get(f"/posts/{post.pk}/comments/")
    assert words(find(page_of(page), "p.closed")[0]).startswith(
        "Only members can comment on this post. Sign in"
    )
    answer = client.post(f"/posts/{post.pk}/comments/", {"text": "Me too.", "do": "post", **GUS})
    assert (answer.status_code, text_in(answer)) == (403, "Me too.")


# --- for scripts ----------------------------------------------------------------------------------------------


def send(client, post, **fields):
    sent = {"do": "post", **GUS, **fields}
    return client.post(f"/posts/{post.pk}/comments/", sent, headers={"X-Fragment": "1"})


def test_a_script_gets_the_comment_alone(client, post):
    ann = make_thread(post, "Ann")["Ann"]
    answer = send(client, post, text="Hello.", parent=ann.pk)
    comment = Comment.objects.get(guest_name="Gus")
    assert answer.status_code == 201
    html = answer.content.decode()
    assert html.startswith(f'<article class="comment lane-0 mine" id="comment-{comment.pk}"')
    assert "In reply to</span> <bdi>Ann</bdi>" in html
    # One's own, so there is nothing to vote.
    assert "<button" not in html


def test_a_script_gets_the_errors_alone_with_their_status(client, post):
    answer = send(client, post, text="")
    assert answer.status_code == 400
    assert answer.content.decode().lstrip().startswith('<div class="errs" role="alert"')


def test_the_owner_sets_the_limits(client, post):
    DiscussionSettings.objects.create(pk=1, guest_comments_per_10_minutes=1)
    write(client, post, text="One.", **GUS)
    assert write(client, post, text="Two.", **GUS).status_code == 429


def test_a_guests_cookie_is_renewed_by_writing(client, post):
    answer = write(client, post, text="One.", **GUS)
    assert answer.cookies[guests.COOKIE]["max-age"] == guests.KEPT


def test_a_draft_takes_no_comments(client, ada):
    assert client.get(f"/posts/{make_draft(by=ada.author).pk}/comments/").status_code == 404


def test_personal_pages_are_not_cached_for_others(client, post):
    write(client, post, text="One.", **GUS)
    page = client.get(post.get_absolute_url())
    assert "private" in page["Cache-Control"] and "public" not in page["Cache-Control"]
    assert "Cookie" in page["Vary"]
