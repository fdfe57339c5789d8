"""A post goes from a draft to its readers: previewed, published, scheduled, taken back and withdrawn."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from blog.models import OldAddress, Post, SiteSettings
from tests import factories
from tests.forms import errors_of, form_of, messages_of, page_of, submit, values_of

ADD = "/admin/blog/post/add/"


@pytest.fixture
def desk(client, ada):
    """A client in which Ada is signed in."""
    client.force_login(ada)
    return client


@pytest.fixture
def draft(ada):
    return factories.make_draft(by=ada.author, title="A close count", categories=("Elections",))


def editor_of(post) -> str:
    return reverse("admin:blog_post_change", args=[post.pk])


def press(desk, post, button: str, **changes):
    return submit(desk, desk.get(editor_of(post)), press=f"do={button}", **changes)


def buttons_on(response) -> set[str]:
    return {button.get("value") for button in page_of(response).xpath("//main//button[@name='do']")}


def state_on(response) -> str:
    return page_of(response).xpath("//p[@class='state']//b")[0].text_content()


def in_site_zone(moment) -> str:
    return timezone.localtime(moment, SiteSettings.load().zone).strftime("%Y-%m-%dT%H:%M")


def test_a_new_post_is_saved_and_published_at_one_press(desk, client):
    submit(desk, desk.get(ADD), press="do=publish", title="At once", body="Words.")
    post = Post.objects.get()
    assert post.is_public() and post.first_published_at == post.published_at
    desk.logout()
    assert "Words." in desk.get(post.get_absolute_url()).content.decode()


def test_the_preview_saves_the_draft_first(desk, draft):
    response = press(desk, draft, "preview", body="Changed words.")
    assert response.status_code == 302 and response.url == f"/posts/{draft.pk}/preview/"
    assert Post.objects.get().body == "Changed words."
    assert "Changed words." in desk.get(response.url).content.decode()


def test_the_preview_of_a_public_post_shows_and_saves_nothing(desk, ada):
    post = factories.make_post(by=ada.author, body="Public words.")
    response = press(desk, post, "preview", body="Half a *thought*")
    assert "Half a <em>thought</em>" in response.content.decode()
    assert values_of(form_of(response))["body"] == "Half a *thought*"
    assert Post.objects.get().body == "Public words."


def test_publishing_says_what_to_look_at_and_blocks_nothing(desk, ada):
    post = factories.make_draft(by=ada.author, body="One.\n\nTwo TK.\n\n:::figure\nid: 77\n:::")
    response = press(desk, post, "publish")
    told = messages_of(desk.get(response.url))
    assert "“TK” is still in the text, on line 3." in told
    assert "The post has no category." in told
    assert "Figure 77 doesn't exist; nothing is shown." in told
    assert Post.objects.get().is_public()


def test_an_empty_post_is_not_published_and_what_was_typed_is_kept(desk, draft):
    response = press(desk, draft, "publish", body="  ", dek="Kept.")
    assert "A post needs some text before it can be published." in errors_of(response)
    assert values_of(form_of(response))["dek"] == "Kept."
    assert Post.objects.get().state == "draft"


def test_a_post_is_scheduled_to_the_minute_in_the_sites_zone(desk, draft):
    SiteSettings.objects.update_or_create(pk=1, defaults={"time_zone": "Europe/Vienna"})
    page = desk.get(editor_of(draft))
    assert "Time zone: Europe/Vienna." in page.content.decode()
    minute = (timezone.now() + timedelta(days=2)).replace(second=0, microsecond=0)
    response = press(desk, draft, "schedule", publish_on=in_site_zone(minute))
    post = Post.objects.get()
    assert post.is_scheduled() and post.published_at == minute
    page = desk.get(response.url)
    assert state_on(page).startswith("Scheduled for ")
    assert values_of(form_of(page))["publish_on"] == in_site_zone(minute)
    desk.logout()
    assert desk.get(post.get_absolute_url()).status_code == 404


def test_a_scheduled_post_becomes_public_at_its_time(desk, draft):
    later = timezone.now() + timedelta(hours=3)
    press(desk, draft, "schedule", publish_on=in_site_zone(later))
    post = Post.objects.get()
    assert not post.is_public() and post.is_public(now=later)


@pytest.mark.parametrize(
    ("when", "said"),
    [("", "Choose a date and time."), ("2020-01-01T10:00", "That time has passed.")],
)
def test_a_minute_that_is_missing_or_past_is_refused_in_words(desk, draft, when, said):
    response = press(desk, draft, "schedule", publish_on=when, body="Kept words.")
    assert any(error.startswith(said) for error in errors_of(response))
    assert values_of(form_of(response))["body"] == "Kept words."
    assert Post.objects.get().state == "draft"


def test_a_scheduled_post_goes_back_to_a_draft_and_saving_it_leaves_it_scheduled(desk, ada):
    post = factories.make_scheduled_post(by=ada.author)
    press(desk, post, "save", title="Still scheduled")
    assert Post.objects.get().is_scheduled()
    response = press(desk, post, "unpublish")
    assert Post.objects.get().state == "draft"
    assert state_on(desk.get(response.url)) == "Draft"


def test_a_public_post_is_withdrawn_after_one_question(desk, ada):
    post = factories.make_post(by=ada.author)
    page = page_of(desk.get(editor_of(post)))
    address = page.xpath("//a[contains(@href, '/withdraw/')]/@href")[0]
    question = desk.get(address)
    assert Post.objects.get().is_public()
    response = submit(desk, question)
    assert response.url == editor_of(post)
    assert Post.objects.get().state == "withdrawn"
    assert state_on(desk.get(response.url)) == "Withdrawn"
    desk.logout()
    assert desk.get(post.get_absolute_url()).status_code == 410


def test_a_withdrawn_post_is_published_again_under_its_old_date(desk, ada):
    post = factories.make_withdrawn_post(by=ada.author)
    press(desk, post, "publish")
    again = Post.objects.get()
    assert again.is_public() and again.published_at == post.published_at


@pytest.mark.parametrize("when", ["2030-10-27T02:30", "2030-03-31T02:30"])
def test_an_hour_in_which_the_clocks_change_is_refused_in_plain_words(desk, draft, when):
    SiteSettings.objects.update_or_create(pk=1, defaults={"time_zone": "Europe/Vienna"})
    response = press(desk, draft, "schedule", publish_on=when, body="Kept words.")
    assert any("The clocks change in this hour." in error for error in errors_of(response))
    assert "Kept words." in response.content.decode()


def test_a_scheduled_post_is_saved_and_no_draft(desk, ada):
    page = desk.get(editor_of(factories.make_scheduled_post(by=ada.author))).content.decode()
    assert "Save draft" not in page and "Revert to draft" in page


def test_only_what_is_public_is_withdrawn(desk, draft):
    address = reverse("admin:blog_post_withdraw", args=[draft.pk])
    assert desk.post(address).status_code == 302
    assert Post.objects.get().state == "draft"


def test_the_buttons_are_those_that_fit_the_state(desk, ada):
    made = {
        "draft": factories.make_draft(by=ada.author),
        "scheduled": factories.make_scheduled_post(by=ada.author),
        "public": factories.make_post(by=ada.author),
        "withdrawn": factories.make_withdrawn_post(by=ada.author),
    }
    always = {"save", "preview", "source", "figure"}
    shown = {state: buttons_on(desk.get(editor_of(post))) - always for state, post in made.items()}
    assert shown == {
        "draft": {"publish", "schedule"},
        "scheduled": {"publish", "schedule", "unpublish"},
        "public": set(),
        "withdrawn": {"publish"},
    }


def test_a_button_that_does_not_fit_the_state_only_saves(desk, ada):
    post = factories.make_post(by=ada.author)
    page = desk.get(editor_of(post))
    desk.post(editor_of(post), values_of(form_of(page)) | {"do": "unpublish", "title": "New title"})
    again = Post.objects.get()
    assert again.is_public() and again.title == "New title" and again.published_at == post.published_at


def test_a_public_post_that_changes_its_address_leaves_the_old_one_behind(desk, ada):
    post = factories.make_post(by=ada.author, slug="old-words")
    former = post.get_absolute_url()
    press(desk, post, "save", slug="new-words")
    now = Post.objects.get().get_absolute_url()
    assert now.endswith("/new-words/")
    assert OldAddress.objects.get(path=former).target == now
    response = desk.get(former)
    assert (response.status_code, response.url) == (301, now)


def test_the_history_lists_changes_without_email_addresses(desk, draft, ada):
    press(desk, draft, "publish")
    page = desk.get(reverse("admin:blog_post_history", args=[draft.pk])).content.decode()
    assert "Ada" in page and ada.email not in page
