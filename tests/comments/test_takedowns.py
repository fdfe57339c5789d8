"""In an outage no cached page shows what was taken away from readers before, whatever code removed it."""

from datetime import timedelta

import pytest
from django.test import Client, TestCase
from django.utils import timezone

from blog import actions, page_cache, takedowns
from blog.models import AuthorHandle, Post
from comments import actions as comment_actions
from comments.models import Comment, CommentState, Discussion
from tests.blog.test_outages import database_away
from tests.comments.test_kept_discussions import CHANGES, make_post_with_everything, second
from tests.factories import make_guest, make_post

pytestmark = pytest.mark.django_db

# Readers had everything before that they have now; all other rows of the table take something away.
ONLY_ADDS = {"a neighbour come", "an article's headline that a draft knew"}


def withdraw(post, client):
    actions.withdraw_post(post, by=None)


def edit(post, client):
    comment_actions.edit_comment(second(), by=second().guest, text="Without the telephone number.")


def edit_so_that_it_is_held(post, client):
    links = " ".join(f"https://{name}.example" for name in "abcd")
    comment_actions.edit_comment(second(), by=second().guest, text=links)
    assert second_of(links).state == CommentState.HELD


def second_of(text):
    return Comment.objects.get(body=text)


def to_a_later_moment(post, client):
    actions.publish_post(post, by=None, at=timezone.now() + timedelta(days=1))


def back_to_a_draft(post, client):
    """By code other than our actions, none of which does this."""
    post.state = "draft"
    actions.save_post(post, by=None)


TAKEN = {
    **{name: change for name, change in CHANGES.items() if name not in ONLY_ADDS},
    "the post withdrawn": withdraw,
    "the post withdrawn, published and withdrawn again": lambda post, client: (
        withdraw(post, client), actions.publish_post(post, by=None), withdraw(post, client)
    ),
    "the post published for later": to_a_later_moment,
    "the post made a draft": back_to_a_draft,
    "the post edited": lambda post, client: actions.save_post(post, by=None),
    "the post's row deleted": lambda post, client: (
        Comment.objects.all()._raw_delete("default"), Discussion.objects.filter(pk=post.pk).delete(), post.delete()
    ),
    "a neighbour withdrawn": lambda post, client: withdraw(Post.objects.get(title="Neighbour"), client),
    "a neighbour's row deleted": lambda post, client: Post.objects.filter(title="Neighbour").first().delete(),
    "a comment edited": edit,
    "a comment edited so that it is held": edit_so_that_it_is_held,
    "a decision undone twice": lambda post, client: comment_actions.undo(
        comment_actions.undo(comment_actions.remove_comment(second(), by=None), by=None), by=None
    ),
    "a comment's row deleted": lambda post, client: Comment.objects.get(body="Third.").delete(),
    "an author's link deleted": lambda post, client: AuthorHandle.objects.get().delete(),
}  # fmt: skip

ADDED = {
    **{name: CHANGES[name] for name in sorted(ONLY_ADDS)},
    "a comment by a form": lambda post, client: comment_actions.post_comment(
        post, writer=make_guest(name="Ida"), text="One more.", name="Ida"
    ),
    "a comment that is held": lambda post, client: comment_actions.post_comment(
        post, writer=make_guest(name="Ida"), text=" ".join(f"https://{name}.example" for name in "abcd"), name="Ida"
    ),
    "a vote": lambda post, client: comment_actions.cast_vote(second(), voter=make_guest(name="Ida"), value=1),
    "a draft": lambda post, client: actions.save_post(Post(title="Draft", slug="draft", body="Words."), by=None),
}  # fmt: skip


@pytest.fixture
def stage(ada, owner):
    """A post with everything that can be taken away, its page cached; the client is the owner's."""
    with committed():
        post = make_post_with_everything(ada)
        make_post(title="Neighbour")
    client = Client()
    client.force_login(owner)
    return post, client


def committed():
    """Run the on_commit callbacks at the end of the block; the test itself never commits."""
    return TestCase.captureOnCommitCallbacks(execute=True)


def status_while_away(path):
    with database_away():
        return Client(raise_request_exception=False).get(path).status_code


@pytest.mark.parametrize("change", TAKEN.values(), ids=TAKEN)
def test_a_page_from_before_a_takedown_is_not_served_in_an_outage(stage, change):
    post, client = stage
    path = post.get_absolute_url()
    assert Client().get(path).status_code == 200
    assert status_while_away(path) == 200
    with committed():
        change(post, client)
    assert status_while_away(path) == 503


@pytest.mark.parametrize("change", TAKEN.values(), ids=TAKEN)
def test_a_takedown_is_stored_before_the_commit(stage, change):
    """If the process dies between the two, there is a line too many, never one too few."""
    post, client = stage
    path = post.get_absolute_url()
    Client().get(path)
    with TestCase.captureOnCommitCallbacks(execute=False):
        change(post, client)
    assert status_while_away(path) == 503


@pytest.mark.parametrize("change", ADDED.values(), ids=ADDED)
def test_a_page_that_was_only_added_to_is_served_as_it_was(stage, change):
    post, client = stage
    path = post.get_absolute_url()
    Client().get(path)
    with committed():
        change(post, client)
    assert status_while_away(path) == 200


def test_a_page_from_after_a_takedown_is_served(stage):
    post, _client = stage
    path = post.get_absolute_url()
    Client().get(path)
    with committed():
        comment_actions.remove_comment(second(), by=None, reason="Off topic")
    Client().get(path)
    with database_away():
        shown = Client().get(path)
    assert shown.status_code == 200
    assert b"Second." not in shown.content


def test_whoever_is_asked_for_another_form_of_the_page_knows_it_too(stage):
    """The next request renews one variant of a page; the other variants stay in the cache as they were."""
    post, _client = stage
    path = post.get_absolute_url()
    for query in ("", "?order=newest"):
        Client().get(path + query)
    with committed():
        comment_actions.remove_comment(second(), by=None, reason="Off topic")
    Client().get(path)
    assert len(page_cache.cached_pages._pages) == 2
    assert status_while_away(f"{path}?order=newest") == 503
    assert status_while_away(path) == 200


def test_the_newest_comments_that_open_pages_ask_for_are_taken_down_too(stage):
    post, _client = stage
    path = f"/posts/{post.pk}/latest/"
    Client().get(path)
    assert status_while_away(path) == 200
    with committed():
        comment_actions.remove_comment(second(), by=None, reason="Off topic")
    assert status_while_away(path) == 503


def test_without_the_log_nothing_is_known_to_be_taken_away(stage):
    """A site on which nothing was ever taken away has no log."""
    post, _client = stage
    path = post.get_absolute_url()
    Client().get(path)
    takedowns.log.path.unlink(missing_ok=True)
    assert status_while_away(path) == 200
