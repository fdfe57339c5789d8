"""No page or form reveals the writer or the text of held, spam, removed or withdrawn comments."""

import re

import pytest
from django.contrib.contenttypes.models import ContentType
from django.http import HttpResponse
from django.test import Client

from accounts import guests
from accounts.models import RateBucket
from blog.models import CommentPolicy, Post
from comments import actions
from comments import urls as comment_urls
from comments.models import Comment, CommentState
from tests.factories import make_author, make_comment, make_draft, make_guest, make_post, make_user
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
def test_no_page_or_form_reveals_the_writer_or_text_of_a_comment_that_is_not_public(
    client, hidden, is_member, is_script
):
    if is_member:
        client.force_login(make_user())
    for method, address, fields in ways(hidden):
        headers = {"X-Fragment": "1"} if is_script else {}
        answer = getattr(client, method)(address, fields, headers=headers)
        text = answer.content.decode()
        assert NAME not in text and WORDS not in text, (method, address, fields)


def test_guessing_does_not_reveal_who_wrote_a_comment_that_is_not_public(client, hidden):
    sent = {"parent": hidden.pk, "text": f"Was it you, @{NAME}?", "do": "preview"}
    answer = client.post(f"/posts/{hidden.post_id}/comments/", sent, headers={"X-Fragment": "1"})
    assert not page_of(answer).xpath("//*[@class='comment-text']//a")


def test_a_reply_typed_to_a_comment_that_is_not_public_is_kept(client, hidden):
    sent = {"parent": hidden.pk, "text": "But I had an answer.", "do": "post", **GUS}
    answer = client.post(f"/posts/{hidden.post_id}/comments/", sent)
    assert answer.status_code in {403, 409}
    assert "But I had an answer." in page_of(answer).xpath("//textarea[@name='text']")[0].text


# --- beside what an author decides on --------------------------------------------------------------------------


def test_an_author_sees_in_a_writers_history_only_comments_they_may_open(client, ada, bob):
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
    """A post and a comment on it; this browser keeps a typed reply for both."""
    comment = make_comment(make_post(title="Public"), name="Ann")
    sent = {"parent": comment.pk, "text": "What I thought.", "do": "signin"}
    client.post(f"/posts/{comment.post_id}/comments/", sent)
    client.force_login(make_user(display_name="Rae"))
    return comment


@pytest.mark.parametrize("state", [state for state in CommentState if state != CommentState.PUBLIC])
def test_a_kept_text_comes_back_if_its_parent_is_no_longer_public(client, waiting, state):
    type(waiting).objects.filter(pk=waiting.pk).update(state=state)
    assert kept_text(client.get(f"/comments/{waiting.pk}/reply/")) == "What I thought."


@pytest.mark.parametrize("change", [{"comment_policy": CommentPolicy.CLOSED}, {"state": "withdrawn"}])
def test_a_kept_text_comes_back_if_the_post_no_longer_takes_comments(client, waiting, change):
    type(waiting.post).objects.filter(pk=waiting.post_id).update(**change)
    assert kept_text(client.get(f"/comments/{waiting.pk}/reply/")) == "What I thought."


def test_a_kept_text_survives_a_comment_posted_elsewhere(client, waiting):
    client.post(f"/posts/{waiting.post_id}/comments/", {"text": "Meanwhile.", "do": "post"})
    assert kept_text(client.get(f"/comments/{waiting.pk}/reply/")) == "What I thought."


def test_a_kept_text_is_deleted_when_its_writer_signs_out(client, waiting):
    client.post("/accounts/logout/")
    assert kept_text(client.get(f"/comments/{waiting.pk}/reply/")) == ""


# --- one that waits is as if it were not there ----------------------------------------------------------------

THERE, NOT_THERE = 765_432, 987_654
# What differs from answer to answer: tokens, and what a form carries so that sending it twice is once.
DIFFERENT_EACH_TIME = re.compile(r'name="(?:csrfmiddlewaretoken|once)" value="[^"]*"|X-Noise: .*')


def addresses_of_a_comment():
    """Yield every address that names a comment, from the resolver; each stands with its pattern."""
    for pattern in comment_urls.urlpatterns:
        route = str(pattern.pattern)
        if route.startswith("comments/<int:pk>/"):
            yield f"/{route}"


def questions_about(pk, post):
    """Yield method, address and fields of all that can be asked about a comment by its id."""
    for route in addresses_of_a_comment():
        address = route.replace("<int:pk>", str(pk))
        yield "get", address, {}
        for fields in (
            {},
            {"do": "hold"},
            {"do": "undo"},
            {"do": "person"},
            {"do": "branch"},
            {"text": "Words."},
        ):
            yield "post", address, fields
        yield "get", f"{address}?order=best&rev=0", {}
    for name in ("up", "down", "unup", "undown"):
        yield "post", "/comments/vote/", {name: pk}
    form = f"/posts/{post.pk}/comments/"
    quoting = f"> Whatever was said.\n>\n> [Zanzibar](/comments/{pk}/)\n\nNo."
    for do in ("preview", "post", "signin"):
        yield "post", form, {"parent": pk, "text": "But I had an answer.", "do": do, **GUS}
    yield "post", form, {"text": quoting, "do": "preview"}
    yield "get", f"/comments/?before={pk}", {}
    yield "get", f"/moderation/?comment={pk}", {}
    yield "post", "/moderation/bulk/", {"do": "hold", "id": f"{pk}.0"}
    yield "get", f"/old/comment/{pk}/?post={post.pk}", {}
    yield "get", f"/admin/comments/comment/{pk}/change/", {}
    yield "get", f"/admin/comments/comment/{pk}/history/", {}
    yield "get", f"/admin/r/{ContentType.objects.get_for_model(Comment).pk}/{pk}/", {}


def answer_of(client, pk, method, address, fields, *, headers):
    answer = getattr(client, method)(address, fields, headers=headers)
    said = f"{answer.status_code} {answer.get('Location', '')} {answer.content.decode()}"
    return DIFFERENT_EACH_TIME.sub("", said).replace(str(pk), "N")


def waiting_comment(kind, mo):
    post = make_post(title="Public")
    if kind == "on a draft":
        comment = make_comment(post, name=NAME, text=WORDS, id=THERE)
        Post.objects.filter(pk=post.pk).update(state="draft")
    elif kind == "held after it was public":
        comment = make_comment(post, name=NAME, text=WORDS, id=THERE)
        actions.hold_comment(comment, by=mo)
    else:
        comment = make_comment(post, name=NAME, text=WORDS, state=kind, id=THERE)
    return comment


WHO = {"visitor": None, "guest": None, "reader": make_user, "another author": lambda: make_author().user}


# Each kind and each person, once as a script asks.
ASKED = [
    ("held", "visitor", False),
    ("held", "guest", True),
    ("held", "reader", False),
    ("held", "another author", True),
    ("held after it was public", "visitor", False),
    ("held after it was public", "another author", False),
    ("spam", "reader", True),
    ("on a draft", "guest", False),
    ("on a draft", "another author", False),
]


@pytest.mark.parametrize(("kind", "who", "is_script"), ASKED)
def test_answers_for_a_hidden_comment_and_for_none_are_the_same(mo, kind, who, is_script):
    hidden = waiting_comment(kind, mo)
    elsewhere = make_post(title="Where it is asked")
    on = elsewhere if kind == "on a draft" else hidden.post
    member = WHO[who]() if WHO[who] else None
    headers = {"X-Fragment": "1"} if is_script else {}
    questions = zip(questions_about(THERE, on), questions_about(NOT_THERE, on), strict=True)
    for about_it, about_none in questions:
        told = []
        for pk, question in ((THERE, about_it), (NOT_THERE, about_none)):
            # No limit is reached, and no session remembers the question before.
            RateBucket.objects.all().delete()
            asks = Client(headers=SENT_HERE)
            if member:
                asks.force_login(member)
            elif who == "guest":
                answer = HttpResponse()
                guests.remember(answer, make_guest())
                asks.cookies.update(answer.cookies)
            told.append(answer_of(asks, pk, *question, headers=headers))
        assert told[0] == told[1], about_it


def test_every_address_of_a_comment_is_asked():
    assert len(list(addresses_of_a_comment())) >= 11
