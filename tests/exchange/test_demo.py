"""Loading the demo: all of it, once, with correct counts, and without undoing what somebody did since."""

import io
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from PIL import Image

from accounts.models import Guest, User
from blog.actions import withdraw_post
from blog.models import Author, CommentPolicy, Figure, PageState, Post, PostState, SiteSettings
from comments.integrity import audit
from comments.models import Comment, CommentState, Discussion, ModerationEvent, Vote
from exchange.demo import content, load, people
from exchange.models import ImportedItem
from tests.factories import make_post, make_user

pytestmark = pytest.mark.django_db

POSTS = {post.slug: post for post in content.load_posts()}
LONG, FERRY, CLOSED, HTML = (
    "one-vote-from-the-chair",
    "the-ferry-and-the-tender",
    "a-ceiling-is-not-a-gag",
    "two-newsrooms-one-press",
)
SHORT = [POSTS[FERRY], POSTS[CLOSED]]
MODELS = (User, Guest, Post, Figure, Comment, Vote, ModerationEvent, ImportedItem)


def small_picture(name: str) -> bytes:
    """What takes the place of a figure where its picture is not what is tested."""
    out = io.BytesIO()
    Image.new("RGB", (80, 60), "white").save(out, format="PNG")
    return out.getvalue()


@pytest.fixture(autouse=True)
def _pictures_of_one_test(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def load_posts(*posts: content.DemoPost) -> load.Loaded:
    return load.load_demo(posts=posts, picture_of=small_picture)


def counts() -> dict[str, int]:
    return {model.__name__: model.objects.count() for model in MODELS}


def versions() -> list:
    return [*PageState.objects.order_by("pk").values_list(), SiteSettings.load().version]


@pytest.mark.slow
def test_the_long_thread_is_there_as_its_file_says():
    load_posts(POSTS[LONG])
    post = Post.objects.get(slug=LONG)
    assert post.discussion.comment_count == Comment.objects.public().filter(post=post).count() == 120
    assert list(audit.findings()) == []
    rows = content.load_thread(LONG)
    texts = {row.number: row.text for row in rows}
    never_held = [row for row in rows if row.state != content.HELD]
    for number, row in enumerate(never_held, start=1):
        comment = Comment.objects.get(post=post, number=number)
        assert (comment.body, comment.state, comment.score) == (row.text, row.state, row.votes)
        assert comment.writer_name == row.name
        assert (comment.parent.body if comment.parent else None) == texts.get(row.parent)
    speaking = Comment.objects.filter(body__regex=r"(^|\s)[@#]\w")
    assert speaking.exists()
    assert not speaking.exclude(body_html__contains='href="/comments/').exists()


def test_held_removed_and_withdrawn_comments_say_who_and_why():
    slug = "the-polls-failed-together"
    load_posts(POSTS[slug])
    removed = Comment.objects.get(state=CommentState.REMOVED)
    event = removed.events.get()
    assert (removed.number, removed.state_reason) == (33, "Personal attack")
    assert event.actor == Post.objects.get(slug=slug).created_by
    assert Comment.objects.get(state=CommentState.WITHDRAWN).events.get().action == "withdraw"
    held = Comment.objects.get(state=CommentState.HELD)
    assert held.number is None and "links" in held.state_reason
    assert list(audit.findings()) == []


def test_the_site_has_its_name_and_texts_and_posts_their_sources_and_figures():
    without_threads = [post for post in POSTS.values() if not content.load_thread(post.slug)]
    load_posts(*without_threads)
    site = SiteSettings.load()
    assert (site.name, site.time_zone) == ("The Margin", "Europe/London")
    pages = {page.path: page for page in Post.objects.pages().published()}
    assert list(pages) == ["/about/", "/rules/", "/privacy/"]
    assert "<h2" in pages["/rules/"].body_html and all("<p>" in page.body_html for page in pages.values())
    for row in without_threads:
        post = Post.objects.get(slug=row.slug)
        age = timezone.now() - post.published_at
        assert abs(age - timedelta(days=row.days_ago)) < timedelta(minutes=2)
        assert [author.slug for author in post.authors.order_by("bylines__position")] == list(row.authors)
        assert post.categories.count() == len(row.categories) and post.tags.count() == len(row.tags)
        assert post.figures.count() == len(row.figures)
        assert post.quotations.count() == row.body.count(":::source")
        assert post.first_published_at == post.published_at == post.updated_at


def test_a_post_is_closed_after_its_discussion_was_held():
    load_posts(POSTS[CLOSED], POSTS[HTML])
    closed, members = Post.objects.get(slug=CLOSED), Post.objects.get(slug=HTML)
    assert (closed.comment_policy, members.comment_policy) == (CommentPolicy.CLOSED, CommentPolicy.MEMBERS)
    assert closed.discussion.comment_count == len(content.load_thread(CLOSED))
    assert members.quotations.count() == 3


def test_nothing_was_written_in_the_future():
    load_posts(*SHORT)
    now = timezone.now()
    assert not Comment.objects.filter(created_at__gt=now).exists()
    assert not Vote.objects.filter(created_at__gt=now).exists()


def test_a_second_load_changes_nothing():
    load_posts(*SHORT)
    before, pages_before = counts(), versions()
    assert load_posts(*SHORT) == load.Loaded(posts=0, comments=0)
    assert (counts(), versions()) == (before, pages_before)


def test_an_interrupted_load_continues():
    class Interrupted(Exception):
        pass

    def breaking(name: str) -> bytes:
        raise Interrupted

    load_posts(POSTS[CLOSED])
    assert not load.is_wanted()
    with pytest.raises(Interrupted):
        load.load_demo(posts=SHORT, picture_of=breaking)
    assert load.is_wanted()
    assert load_posts(*SHORT) == load.Loaded(posts=1, comments=len(content.load_thread(FERRY)))
    assert not load.is_wanted()
    assert list(audit.findings()) == []


def test_what_the_owner_did_to_the_demo_stays():
    load_posts(POSTS[FERRY])
    post = Post.objects.get(slug=FERRY)
    withdraw_post(post, by=None)
    site = SiteSettings.load()
    site.name = "My own"
    site.save()
    Author.objects.filter(user=post.created_by).update(slug="real", name="Real")
    User.objects.filter(pk=post.created_by_id).update(email="real@example.org")
    load_posts(POSTS[FERRY])
    assert Post.objects.get(slug=FERRY).state == PostState.WITHDRAWN
    assert SiteSettings.load().name == "My own"


def test_demo_people_cannot_sign_in_and_lend_nobody_their_cookie():
    load_posts(POSTS[FERRY])
    assert User.objects.filter(is_active=True).exists()
    assert not any(user.has_usable_password() or user.is_staff for user in User.objects.all())
    assert all(user.email.endswith("@demo.invalid") for user in User.objects.all())
    assert all(guest.origin_key.startswith("demo-") for guest in Guest.objects.all())


def test_a_members_name_is_not_taken_over():
    make_user(display_name="Maren Hollovvay")
    with pytest.raises(people.NameTaken, match="Maren Holloway"), transaction.atomic():
        load_posts(POSTS[FERRY])


def test_a_site_with_posts_is_not_given_the_demo():
    assert load.is_wanted()
    make_post()
    assert not load.is_wanted()


def test_no_page_shows_an_address_of_the_people(client):
    load_posts(POSTS[HTML])
    comment = Comment.objects.public().first()
    post = Post.objects.get(slug=HTML)
    for address in ("/", post.get_absolute_url(), f"/comments/{comment.pk}/", "/feed/", "/comments/feed/"):
        answer = client.get(address)
        assert answer.status_code == 200, address
        assert "demo.invalid" not in answer.content.decode()
    assert Discussion.objects.get(post=post).comment_count == 5
