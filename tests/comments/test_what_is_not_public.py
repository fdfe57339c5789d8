"""Who wrote what is held, spam, removed or withdrawn, and what it said, is told to nobody by any way round."""

import pytest
from django.test import Client

from blog.models import CommentPolicy
from comments.models import CommentState
from tests.factories import make_comment, make_draft, make_guest, make_post, make_user
from tests.forms import page_of

pytestmark = pytest.mark.django_db

SENT_HERE = {"Sec-Fetch-Site": "same-origin"}
NAME, WORDS = "Zanzibar", "whatever was said"
GUS = {"name": "Gus", "email": "gus@example.org"}


@pytest.fixture
def client():
    return Client(headers=SENT_HERE)


@pytest.fixture(params=[state for state in CommentState if state != CommentState.PUBLIC])
def hidden(request):
    """A comment of Zanzibar in each state that is not public."""
    post = make_post(title="Public")
    opener = make_comment(post, name="Ann")
    guest = make_guest(name=NAME)
    return make_comment(post, parent=opener, by=guest, name=NAME, text=WORDS, state=request.param)


def ways(comment):
    """Every form and page by which somebody else may ask for a comment: method, address, fields."""
    page, form = f"/comments/{comment.pk}", f"/posts/{comment.post_id}/comments/"
    yield from (("get", f"{page}{rest}", {}) for rest in ("/", "/reply/", "/in-thread/", "/removal/"))
    yield from (("post", "/comments/vote/", {name: comment.pk}) for name in ("up", "down", "unup", "undown"))
    yield "post", f"{page}/withdrawal/", {}
    for do in ("post", "preview", "signin"):
        yield "post", form, {"parent": comment.pk, "text": "See #1, #2 and #3.", "do": do, **GUS}
    yield from (("get", place, {}) for place in (form, comment.post.get_absolute_url(), "/comments/", "/"))
    yield from (
        ("get", place, {}) for place in ("/comments/feed/", f"{comment.post.get_absolute_url()}feed/")
    )


@pytest.mark.parametrize("is_script", [False, True])
@pytest.mark.parametrize("is_member", [False, True])
def test_no_page_and_no_form_tells_its_writer_or_its_words(client, hidden, is_member, is_script):
    if is_member:
        client.force_login(make_user())
    for method, address, fields in ways(hidden):
        headers = {"X-Fragment": "1"} if is_script else {}
        answer = getattr(client, method)(address, fields, headers=headers)
        text = answer.content.decode()
        assert NAME not in text and WORDS not in text, (method, address, fields)


def test_nobody_learns_by_a_guess_who_wrote_it(client, hidden):
    sent = {"parent": hidden.pk, "text": f"Was it you, @{NAME}?", "do": "preview"}
    answer = client.post(f"/posts/{hidden.post_id}/comments/", sent, headers={"X-Fragment": "1"})
    assert not page_of(answer).xpath("//*[@class='comment-text']//a")


def test_a_text_that_answers_it_is_kept(client, hidden):
    sent = {"parent": hidden.pk, "text": "But I had an answer.", "do": "post", **GUS}
    answer = client.post(f"/posts/{hidden.post_id}/comments/", sent)
    assert answer.status_code in {403, 409}
    assert "But I had an answer." in page_of(answer).xpath("//textarea[@name='text']")[0].text


# --- beside what an author decides on --------------------------------------------------------------------------


def test_an_author_reads_in_a_record_only_what_they_may_open(client, ada, bob):
    post = make_post(title="Ada's", by=ada.author)
    for state in ("held", "removed"):
        make_comment(
            make_post(title=f"Another's, {state}"), by=bob, text=f"Said elsewhere, {state}.", state=state
        )
    make_comment(make_draft(), by=bob, text="Said under a draft.")
    make_comment(make_post(title="Public"), by=bob, text="Said to everybody.")
    own = make_comment(post, by=bob, text="Said here, held.", state="held")
    client.force_login(ada)
    for address in ("/moderation/", f"/comments/{own.pk}/", f"/comments/{own.pk}/removal/"):
        text = client.get(address).content.decode()
        assert "Said here, held." in text and "Said to everybody." in text
        assert "Said elsewhere" not in text and "Said under a draft" not in text


# --- a text that waits for its writer to sign in --------------------------------------------------------------


def kept_text(response) -> str:
    return "".join(page_of(response).xpath("//textarea/text()")).strip()


@pytest.fixture
def waiting(client):
    """A post and a comment on it, for both of which this browser keeps the text of an answer."""
    comment = make_comment(make_post(title="Public"), name="Ann")
    sent = {"parent": comment.pk, "text": "What I thought.", "do": "signin"}
    client.post(f"/posts/{comment.post_id}/comments/", sent)
    client.force_login(make_user(display_name="Rae"))
    return comment


@pytest.mark.parametrize("state", [state for state in CommentState if state != CommentState.PUBLIC])
def test_it_comes_back_when_what_it_answers_is_not_public_any_more(client, waiting, state):
    type(waiting).objects.filter(pk=waiting.pk).update(state=state)
    assert kept_text(client.get(f"/comments/{waiting.pk}/reply/")) == "What I thought."


@pytest.mark.parametrize("change", [{"comment_policy": CommentPolicy.CLOSED}, {"state": "withdrawn"}])
def test_it_comes_back_when_the_post_takes_no_comments_any_more(client, waiting, change):
    type(waiting.post).objects.filter(pk=waiting.post_id).update(**change)
    assert kept_text(client.get(f"/comments/{waiting.pk}/reply/")) == "What I thought."


def test_it_outlasts_a_comment_in_another_place(client, waiting):
    client.post(f"/posts/{waiting.post_id}/comments/", {"text": "Meanwhile.", "do": "post"})
    assert kept_text(client.get(f"/comments/{waiting.pk}/reply/")) == "What I thought."


def test_it_is_gone_with_the_session_of_who_signs_out(client, waiting):
    client.post("/accounts/logout/")
    assert kept_text(client.get(f"/comments/{waiting.pk}/reply/")) == ""
