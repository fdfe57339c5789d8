"""The stage itself: the cast has its roles, threads have the shape that was drawn, and no test leaves this machine."""

import socket

import pytest

from blog.models import Post
from comments.models import CommentState
from tests import factories
from tests.conftest import NetworkRefused


def test_a_thread_has_the_shape_that_was_drawn(db):
    made = factories.make_thread(factories.make_post(), "a(b(c),d),e")
    shape = {name: comment.parent and comment.parent.guest_name for name, comment in made.items()}
    assert shape == {"a": None, "b": "a", "c": "b", "d": "a", "e": None}
    assert [made[name].number for name in "abcde"] == [1, 2, 3, 4, 5]


def test_a_removed_comment_keeps_its_number_and_its_replies(db):
    post = factories.make_post()
    made = factories.make_thread(post, "a-(b)")
    made["a"].refresh_from_db()
    assert (made["a"].state, made["a"].number) == (CommentState.REMOVED, 1)
    assert made["b"].parent_id == made["a"].pk
    assert post.discussion.comment_count == 1


def test_a_withdrawn_comment_keeps_its_number(db):
    withdrawn = factories.make_comment(factories.make_post(), state=CommentState.WITHDRAWN)
    withdrawn.refresh_from_db()
    assert (withdrawn.state, withdrawn.number) == (CommentState.WITHDRAWN, 1)


def test_a_held_comment_has_no_number(db):
    held = factories.make_comment(factories.make_post(), state=CommentState.HELD)
    assert held.number is None


def test_only_published_posts_are_public(db):
    public = factories.make_post()
    factories.make_draft()
    factories.make_scheduled_post()
    factories.make_withdrawn_post()
    assert list(Post.objects.published()) == [public]


def test_the_cast_has_its_roles(ada, bob, mo, owner):
    assert ada.author.name == "Ada"
    assert not hasattr(bob, "author")
    assert [group.name for group in mo.groups.all()] == ["Moderators"]
    assert owner.is_superuser


def test_no_test_reaches_another_machine():
    with pytest.raises(NetworkRefused), socket.socket() as sock:
        sock.connect(("192.0.2.1", 80))
    with pytest.raises(NetworkRefused):
        socket.getaddrinfo("example.org", 80)
