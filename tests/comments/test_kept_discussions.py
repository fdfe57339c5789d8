"""Whatever code changes a post's page, the next reader sees it: no cached page is stale."""

import io
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from accounts.models import MODERATORS, User
from blog import actions
from blog.models import Article, Author, AuthorHandle, Category, Figure, Publication, Tag
from comments import actions as comment_actions
from comments.models import Comment, DiscussionSettings
from tests.factories import (
    make_author,
    make_category,
    make_comment,
    make_draft,
    make_guest,
    make_post,
    make_tag,
    make_user,
)

pytestmark = pytest.mark.django_db

BODY = """Words.

:::source
publication: Reuters
url: https://reuters.com/a

Quoted.
:::

:::figure
id: {figure}
:::
"""


def figure_of_a_face():
    picture = io.BytesIO()
    Image.new("RGB", (40, 40)).save(picture, "PNG")
    figure = Figure(alt="A face", image=ContentFile(picture.getvalue(), name="face.png"))
    return actions.save_figure(figure, by=None)


@pytest.fixture
def post(ada):
    return make_post_with_everything(ada)


def make_post_with_everything(ada):
    """Return a post with everything on its page that can change elsewhere."""
    figure = Figure.objects.create(alt="A map")
    author = ada.author
    author.bio, author.portrait = "Writes.", figure_of_a_face()
    author.save()
    AuthorHandle.objects.create(author=author, network="Site", handle="@ada", url="https://ada.example/")
    post = make_post(
        title="Kept", body=BODY.format(figure=figure.pk), by=author, categories=("Courts",), tags=("Ohio",)
    )
    opener = make_comment(post, by=make_user(display_name="Rita"), text="First.")
    answer = make_comment(post, parent=opener, by=make_guest(name="Gus"), text="Second.")
    make_comment(post, parent=answer, name="Hal", text="Third.")
    return post


def saved(row, **values):
    for name, value in values.items():
        setattr(row, name, value)
    row.save()


def rita():
    return User.objects.get(display_name="Rita")


def second():
    return Comment.objects.get(body="Second.")


def moderated(action, **how):
    return lambda post, client: getattr(comment_actions, action)(second(), by=None, **how)


def in_admin(model, find, **values):
    """Change a row through the admin's form: its values as shown, replaced by `values`."""

    def change(post, client):
        row = find()
        form = client.get(reverse(f"admin:{model}_change", args=[row.pk])).context["adminform"].form
        sent = {
            field.html_name: value if (value := field.value()) is not None else ""
            for field in form
            if field.name != "image" and field.value() is not False
        }
        inlines = {
            f"{prefix}-{key}": number
            for prefix in ("handles", "aliases")
            for key, number in (("TOTAL_FORMS", 0), ("INITIAL_FORMS", 0))
        }
        response = client.post(reverse(f"admin:{model}_change", args=[row.pk]), {**inlines, **sent, **values})
        assert response.status_code == 302, response.context["errors"]

    return change


def closed_by_the_settings(post, client):
    post.published_at = timezone.now() - timedelta(days=9)
    post.save()
    form = client.get(reverse("admin:comments_discussionsettings_add")).context["adminform"].form
    sent = {field.html_name: field.value() for field in form if field.value() not in (None, False)}
    path = reverse("admin:comments_discussionsettings_add")
    assert client.post(path, sent | {"close_after_days": 3}).status_code == 302


def told_by_a_draft(post, client):
    make_draft(title="Draft", body=BODY.format(figure=0).replace("url:", "headline: What it says\nurl:"))


CHANGES = {
    "a member renamed in the admin": in_admin("accounts_user", rita, display_name="Margherita"),
    "a member renamed by a program": lambda post, client: saved(rita(), display_name="Margherita"),
    "a member made moderator in the admin": lambda post, client: in_admin(
        "accounts_user", rita, groups=[Group.objects.get_or_create(name=MODERATORS)[0].pk]
    )(post, client),
    "a member made moderator by a program": lambda post, client: rita().groups.add(
        Group.objects.get_or_create(name=MODERATORS)[0]
    ),
    "a member made moderator from the group's side": lambda post, client: Group.objects.get_or_create(
        name=MODERATORS
    )[0].user_set.add(rita()),
    "a member made owner": in_admin("accounts_user", rita, is_superuser="on"),
    "a member gone": lambda post, client: rita().delete(),
    "the post's category renamed": in_admin("blog_category", Category.objects.get, name="Benches"),
    "the post's tag renamed": in_admin("blog_tag", Tag.objects.get, name="Iowa"),
    "the author renamed": in_admin("blog_author", Author.objects.get, name="Ada L."),
    "the author's account taken away": in_admin("blog_author", Author.objects.get, account="", bio="New."),
    "the author's portrait described anew": in_admin(
        "blog_figure", lambda: Figure.objects.get(alt="A face"), alt="Her face"
    ),
    "the post's figure described anew": in_admin(
        "blog_figure", lambda: Figure.objects.get(alt="A map"), alt="A chart"
    ),
    "a publication's name": in_admin("blog_publication", Publication.objects.get, name="Reuters News"),
    "an article's headline": in_admin("blog_article", Article.objects.get, headline="What it said"),
    "an article's headline that a draft knew": told_by_a_draft,
    "the site's zone": in_admin("blog_sitesettings", lambda: actions.SiteSettings.load(), time_zone="Asia/Kolkata"),
    "the site's name": in_admin("blog_sitesettings", lambda: actions.SiteSettings.load(), name="Elsewhere"),
    "when discussions close": closed_by_the_settings,
    "the post's categories": lambda post, client: actions.save_post(
        post, by=None, categories=[make_category("Rivers")]
    ),
    "the post's tags": lambda post, client: actions.save_post(post, by=None, tags=[make_tag("Dams")]),
    "the post's authors": lambda post, client: actions.save_post(
        post, by=None, authors=[make_author(display_name="Zoe")]
    ),
    "who may comment": lambda post, client: actions.save_post(_with_policy(post), by=None),
    "a neighbour come": lambda post, client: make_post(title="Later"),
    "a comment removed": moderated("remove_comment", reason="Off topic"),
    "a comment held": moderated("hold_comment"),
    "a comment taken for spam": moderated("mark_spam"),
    "a comment moved to another post": lambda post, client: comment_actions.move_branch(
        second(), to_post=make_post(title="Elsewhere", published_at=post.published_at), by=None
    ),
    "a comment withdrawn": lambda post, client: comment_actions.withdraw_comment(second(), by=second().guest),
}  # fmt: skip


def _with_policy(post):
    post.comment_policy = "closed"
    return post


def seen(post):
    return Client().get(post.get_absolute_url()).content


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_what_changed_elsewhere_is_on_the_next_page(post, owner, change):
    client = Client()
    client.force_login(owner)
    before = seen(post)
    assert seen(post) == before
    change(post, client)
    assert seen(post) != before


@pytest.mark.parametrize("action", ["remove_comment", "hold_comment"])
def test_what_is_undone_is_on_the_next_page(post, action):
    event = getattr(comment_actions, action)(second(), by=None, reason="Off topic")
    taken_away = seen(post)
    comment_actions.undo(event, by=None)
    assert b"Second." in seen(post)
    assert seen(post) != taken_away


def test_signing_in_evicts_nothing(post, bob):
    before = actions.SiteSettings.load().version
    Client().force_login(bob)
    assert actions.SiteSettings.load().version == before


def test_a_vote_is_told_of_a_post_that_nobody_has_told_of_yet(post, bob):
    former = post.page_state.scores
    post.page_state.delete()
    comment_actions.cast_vote(second(), voter=bob, value=1)
    post.refresh_from_db()
    assert post.page_state.scores > former


def test_settings_of_discussions_are_one_row(owner):
    client = Client()
    client.force_login(owner)
    DiscussionSettings(pk=1).save()
    assert client.get(reverse("admin:comments_discussionsettings_add")).status_code == 403
