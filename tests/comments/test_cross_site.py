"""Forms without a CSRF token: accepted from our own pages only, members need a token, and no text is lost."""

import pytest
from django.conf import settings
from django.test import Client

from accounts.models import Guest
from comments.models import Comment, CommentState, Mute, Report, Vote
from tests.factories import make_comment, make_post
from tests.forms import form_of, page_of, submit, values_of

pytestmark = pytest.mark.django_db

FOREIGN = [
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": "http://testserver.evil.example"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "cross-site", "Origin": "http://testserver"},
    {"Sec-Fetch-Site": "none", "Origin": "https://evil.example"},
]
SILENT = [{}, {"Sec-Fetch-Site": "none"}]
OURS = [{"Sec-Fetch-Site": "same-origin"}, {"Origin": "http://testserver"}]
TEXT = {"text": "Typed with care.", "name": "Gus", "email": "gus@example.org", "do": "post"}


@pytest.fixture
def own(bob):
    return make_comment(make_post(), by=bob)


def addresses(comment) -> dict[str, dict]:
    """Return every address that takes a form without a token, with what is sent there."""
    return {
        f"/posts/{comment.post_id}/comments/": TEXT,
        "/comments/vote/": {"up": comment.pk},
        f"/comments/{comment.pk}/withdrawal/": {},
        f"/comments/{comment.pk}/edit/": {"text": "Typed with care.", "do": "save"},
        f"/comments/{comment.pk}/report/": {"text": "Typed with care.", "reason": "spam", "do": "report"},
        f"/comments/{comment.pk}/mute/": {"do": "branch"},
        "/mutes/": {},
    }


def nothing_changed(comment) -> bool:
    comment.refresh_from_db()
    rows = (
        Comment.objects.count(),
        Vote.objects.count() + Mute.objects.count() + Report.objects.count(),
        Guest.objects.filter(name="Gus").count(),
    )
    is_as_it_was = comment.state == CommentState.PUBLIC and comment.body == "A thought."
    return is_as_it_was and rows == (1, 0, 0)


@pytest.mark.parametrize("who", ["visitor", "member"])
@pytest.mark.parametrize("headers", FOREIGN + SILENT, ids=str)
def test_what_another_site_or_nobody_says_it_sent_changes_nothing(own, bob, headers, who):
    client = Client(enforce_csrf_checks=True, headers=headers)
    if who == "member":
        client.force_login(bob)
    for address, sent in addresses(own).items():
        answer = client.post(address, sent)
        assert answer.status_code == 403, address
        if "text" in sent:
            assert "Typed with care." in answer.content.decode()
    assert nothing_changed(own)


@pytest.mark.parametrize("headers", FOREIGN + SILENT + OURS, ids=str)
def test_a_member_without_the_token_changes_nothing(own, bob, headers):
    client = Client(enforce_csrf_checks=True, headers=headers)
    client.force_login(bob)
    for address, sent in addresses(own).items():
        assert client.post(address, sent).status_code == 403, address
    assert nothing_changed(own)


@pytest.mark.parametrize("headers", OURS, ids=str)
def test_our_own_page_is_believed_without_a_token(own, headers):
    client = Client(enforce_csrf_checks=True, headers=headers)
    assert client.post("/comments/vote/", {"up": own.pk}).status_code == 303
    assert client.post(f"/posts/{own.post_id}/comments/", TEXT).status_code == 303
    assert (Comment.objects.count(), Vote.objects.count()) == (2, 1)


@pytest.mark.parametrize("headers", FOREIGN, ids=str)
def test_a_body_that_is_no_form_changes_nothing(own, headers):
    client = Client(enforce_csrf_checks=True, headers=headers)
    for address in addresses(own):
        assert client.post(address, b"text=Typed&do=post&up=1", content_type="text/plain").status_code == 403
    assert nothing_changed(own)


def test_a_body_that_is_no_form_is_refused_from_our_own_page_too(own):
    client = Client(enforce_csrf_checks=True, headers=OURS[0])
    statuses = [
        client.post(address, b"text=Typed&do=post&up=1", content_type="text/plain").status_code
        for address in addresses(own)
    ]
    # Of what nobody has muted, nothing is shown again.
    assert statuses == [400, 404, 403, 403, 400, 400, 303]
    assert nothing_changed(own)


def test_following_a_link_changes_nothing(own):
    client = Client(headers=OURS[0])
    for address, sent in addresses(own).items():
        assert client.get(address, sent).status_code in {200, 403, 405}
    assert nothing_changed(own)


def test_a_browser_that_says_nothing_gets_the_text_with_a_token_and_may_send_it(own):
    client = Client(enforce_csrf_checks=True)
    answer = client.post(f"/posts/{own.post_id}/comments/", TEXT | {"text": "\n<b>Typed</b> & kept"})
    assert answer.status_code == 403
    values = values_of(form_of(answer))
    assert values["text"] == "\r\n<b>Typed</b> & kept"
    assert values["csrfmiddlewaretoken"]
    answer = submit(client, answer)
    assert answer.status_code == 303
    assert Comment.objects.get(guest_name="Gus").body == "\n<b>Typed</b> & kept"


def test_what_another_site_sent_is_never_offered_to_be_sent_again(own):
    answer = Client(enforce_csrf_checks=True, headers=FOREIGN[0]).post(
        f"/posts/{own.post_id}/comments/", TEXT
    )
    assert not page_of(answer).xpath("//main//form[@method='post']")
    assert answer.cookies.get(settings.CSRF_COOKIE_NAME) is None


def test_a_kept_page_holds_no_token_and_no_once(own):
    page = Client().get(own.post.get_absolute_url())
    html = page.content.decode()
    assert "csrfmiddlewaretoken" not in html and 'name="once"' not in html
    assert not page.cookies


@pytest.mark.parametrize("is_signed_out", [True, False])
def test_a_reason_is_kept_when_the_token_or_the_session_is_gone(mo, is_signed_out):
    comment = make_comment(make_post())
    browser = Client(enforce_csrf_checks=not is_signed_out)
    if not is_signed_out:
        browser.force_login(mo)
    answer = browser.post(f"/comments/{comment.pk}/removal/", {"words": "About her family"})
    assert answer.status_code == 403
    assert "About her family" in page_of(answer).xpath("//textarea/text()")[0]
