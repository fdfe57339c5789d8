"""What a member changes about themselves, and what takes effect when."""

from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import actions
from accounts.models import User
from tests.accounts.doors import PASSWORD, alert_of, just_before_saving, mailed_code, make_rita, sign_in, who
from tests.factories import make_comment, make_post, make_user
from tests.forms import page_of, submit

pytestmark = pytest.mark.django_db
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.fixture
def rita(client):
    """Rita, who is signed in and has just said again that it is she."""
    member = make_rita()
    sign_in(client)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    return member


def change(client, name, press="", **words):
    return submit(client, client.get(reverse(name)), press=press, **words)


def change_email(client, email):
    return change(client, "account_email", press="action_add=", email=email)


# --- name -----------------------------------------------------------------------------------------------------


def test_a_new_name_is_shown_at_once_beside_everything_she_wrote(client, rita):
    post = make_post()
    make_comment(post, by=rita)
    assert "Rita" in Client().get(post.get_absolute_url()).content.decode()
    change(client, "account_name", display_name="  Rita   Reader ")
    assert who(client) == "Rita Reader"
    assert "Rita Reader" in Client().get(post.get_absolute_url()).content.decode()
    assert User.objects.get(pk=rita.pk).slug == "rita"


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("B0b", "This name, or one very like it, is taken."),
        ("Moderator", "This name is reserved."),
        ("***", "The name must contain letters."),
        ("x" * 61, "Names can be up to 60 characters; this one has 61."),
    ],
)
def test_a_name_that_would_be_taken_for_another_is_refused(client, rita, bob, name, why):
    response = change(client, "account_name", display_name=name)
    assert why in alert_of(response)
    assert page_of(response).xpath("//input[@name='display_name']/@value") == [name]
    assert who(client) == "Rita"


def test_she_may_respell_her_own_name(client, rita):
    change(client, "account_name", display_name="RITA")
    assert who(client) == "RITA"


def test_a_name_that_is_taken_a_moment_before_is_refused_in_words(client, rita):
    with just_before_saving(User, lambda: make_user(display_name="Zoe")):
        response = change(client, "account_name", display_name="Zoë")
    assert "This name, or one very like it, is taken." in alert_of(response)
    assert who(client) == "Rita"


# --- address --------------------------------------------------------------------------------------------------


def test_a_new_address_takes_effect_when_its_code_is_typed(client, rita):
    step = change_email(client, "new@example.org")
    rita.refresh_from_db()
    assert rita.email == "rita@example.org"
    assert mail.outbox[-1].to == ["new@example.org"]
    assert client.post(step["Location"], {"code": mailed_code()})["Location"] == reverse("account_settings")
    rita.refresh_from_db()
    assert rita.email == "new@example.org"
    assert [address.email for address in rita.emailaddress_set.all()] == ["new@example.org"]


def test_the_old_email_address_is_notified_and_no_longer_signs_in(
    client, rita, django_capture_on_commit_callbacks
):
    step = change_email(client, "new@example.org")
    with django_capture_on_commit_callbacks(execute=True):
        client.post(step["Location"], {"code": mailed_code()})
    assert mail.outbox[-1].to == ["rita@example.org"]
    assert "The e-mail address of your account was changed" in mail.outbox[-1].body
    other = Client()
    assert sign_in(other, "rita@example.org").status_code == 200
    assert sign_in(other, "new@example.org").status_code == 302


def test_a_wrong_code_changes_no_address(client, rita):
    step = change_email(client, "new@example.org")
    assert "That code is wrong" in alert_of(client.post(step["Location"], {"code": "AAAA-AAAA"}))
    rita.refresh_from_db()
    assert rita.email == "rita@example.org"


def test_an_address_of_another_account_is_refused_only_to_who_reads_its_mail(client, rita, bob):
    step = change_email(client, bob.email)
    assert step.status_code == 302
    response = client.post(step["Location"], {"code": mailed_code()})
    assert "This address is already in use." in alert_of(response)
    assert User.objects.get(pk=rita.pk).email == "rita@example.org"


def test_an_address_that_another_proves_a_moment_before_stays_theirs(client, rita, bob):
    step = change_email(client, "new@example.org")
    address = rita.emailaddress_set.model
    taken = {"user": bob, "email": "new@example.org", "verified": True}
    with just_before_saving(address, lambda: address.objects.bulk_create([address(**taken)])):
        response = client.post(step["Location"], {"code": mailed_code()})
    assert response.status_code == 409
    assert "This address is already in use." in alert_of(response)
    assert [(it.email, it.primary) for it in rita.emailaddress_set.all()] == [("rita@example.org", True)]


def test_her_own_address_is_refused_as_a_new_one(client, rita):
    assert "That’s already your address." in alert_of(change_email(client, "RITA@example.org"))


def test_an_address_that_the_owner_writes_in_replaces_the_former_one(client, rita, owner):
    client.force_login(owner)
    page = client.get(reverse("admin:accounts_user_change", args=[rita.pk]))
    submit(client, page, press="_save=", email="other@example.org")
    assert [address.email for address in rita.emailaddress_set.all()] == ["other@example.org"]
    fresh = Client()
    assert sign_in(fresh, "rita@example.org").status_code == 200
    assert sign_in(fresh, "other@example.org").status_code == 302


# --- password -------------------------------------------------------------------------------------------------


def test_a_new_password_signs_out_everywhere_else(client, rita, django_capture_on_commit_callbacks):
    elsewhere = Client()
    sign_in(elsewhere)
    with django_capture_on_commit_callbacks(execute=True):
        change(client, "account_change_password", oldpassword=PASSWORD, password1="another long password")
    assert (who(client), who(elsewhere)) == ("Rita", "")
    assert "The password of your account was changed." in mail.outbox[-1].body
    assert sign_in(Client(), password="another long password").status_code == 302


def test_the_present_password_is_asked_for(client, rita):
    response = change(
        client, "account_change_password", oldpassword="wrong", password1="another long password"
    )
    assert "Wrong password." in alert_of(response)
    assert User.objects.get(pk=rita.pk).check_password(PASSWORD)


def test_a_member_without_a_password_sets_one(client):
    nora = make_user(display_name="Nora", email="nora@example.org")
    client.force_login(nora)
    asked = client.get(reverse("account_change_password"))["Location"]
    submit(client, client.get(asked), password1="a first long password")
    assert User.objects.get(pk=nora.pk).check_password("a first long password")
    assert who(client) == "Nora"


# --- colours and keys -----------------------------------------------------------------------------------------


def test_colours_follow_her_to_a_device_where_none_were_chosen(client, rita):
    client.post("/theme/", {"theme": "dark"}, headers={"sec-fetch-site": "same-origin"})
    elsewhere = Client()
    assert 'data-theme="dark"' not in elsewhere.get("/").content.decode()
    sign_in(elsewhere)
    assert 'data-theme="dark"' in elsewhere.get("/").content.decode()
    elsewhere.cookies["theme"] = "light"
    assert 'data-theme="light"' in elsewhere.get("/").content.decode()


def test_the_device_decides_again_when_she_says_so(client, rita):
    for theme in ("dark", ""):
        client.post("/theme/", {"theme": theme}, headers={"sec-fetch-site": "same-origin"})
    assert "data-theme" not in client.get("/").content.decode()


def test_single_keys_are_turned_off_for_every_page(client, rita):
    page = client.get(reverse("account_settings"))
    form = {"csrfmiddlewaretoken": page_of(page).xpath("//input[@name='csrfmiddlewaretoken']/@value")[0]}
    client.post(reverse("account_settings"), form)
    assert not User.objects.get(pk=rita.pk).shortcuts
    assert 'data-shortcuts="off"' in client.get("/").content.decode()
    assert "Saved." in client.get(reverse("account_settings")).content.decode()
    client.post(reverse("account_settings"), form | {"shortcuts": "on"})
    assert 'data-shortcuts="off"' not in client.get("/").content.decode()


def test_an_author_chooses_whether_notes_are_mailed_and_nobody_else_is_asked(client, rita, ada):
    address = reverse("account_settings")
    assert "note_mails" not in client.get(address).content.decode()
    client.post(address, {"shortcuts": "on"})
    assert User.objects.get(pk=rita.pk).note_mails
    client.force_login(ada)
    assert len(page_of(client.get(address)).xpath("//label/input[@name='note_mails' and @checked]")) == 1
    for wishes, chosen in (({}, False), ({"note_mails": "on"}, True)):
        client.post(address, {"shortcuts": "on"} | wishes)
        assert User.objects.get(pk=ada.pk).note_mails is chosen
        assert User.objects.get(pk=ada.pk).shortcuts


def test_she_finds_her_settings_from_every_page_and_from_her_own(client, rita, bob):
    assert client.get("/").content.decode().count('href="/accounts/"') == 1
    assert "Your settings" in client.get(rita.get_absolute_url()).content.decode()
    assert "Your settings" not in client.get(bob.get_absolute_url()).content.decode()
    assert 'href="/accounts/"' not in Client().get("/").content.decode()


# --- sessions -------------------------------------------------------------------------------------------------


def test_she_sees_where_she_is_signed_in_and_signs_out_elsewhere(client, rita):
    elsewhere = Client(headers={"user-agent": FIREFOX}, REMOTE_ADDR="192.0.2.77")
    sign_in(elsewhere)
    page = client.get(reverse("usersessions_list"))
    shown = " ".join(page_of(page).xpath("//ul[@class='sessions']//text()"))
    assert "Firefox, Linux" in shown and "from network 192.0.2.0" in shown
    submit(client, page)
    assert (who(client), who(elsewhere)) == ("Rita", "")
    assert "You’re not signed in anywhere else." in client.get(reverse("usersessions_list")).content.decode()


@pytest.mark.parametrize(
    ("address", "kept"),
    [("192.0.2.77", "192.0.2.0"), ("2001:db8:1:2:3::4", "2001:db8:1:2::"), ("", "0.0.0.0")],
)
def test_no_full_address_and_no_full_name_of_a_browser_is_kept(client, address, kept):
    make_rita()
    sign_in(Client(headers={"user-agent": FIREFOX}, REMOTE_ADDR=address))
    session = UserSession.objects.get()
    assert (session.ip, session.user_agent) == (kept, "Firefox, Linux")


def test_what_is_known_of_a_session_goes_when_it_has_ended(client, rita):
    assert UserSession.objects.count() == 1
    actions.forget_leftovers(now=timezone.now())
    assert UserSession.objects.count() == 1
    actions.forget_leftovers(now=timezone.now() + timedelta(days=15))
    assert not UserSession.objects.exists()
