"""Sets up a run over HTTP: a post, signed-in members, raised limits; undoes all of it afterwards."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
from django.utils import timezone

from accounts.models import Guest, User
from blog import actions as blog_actions
from blog.models import Post
from comments import actions
from comments.models import DiscussionSettings

# The most that the columns hold: limits are tried elsewhere.
NO_LIMIT = 32_767
RAISED = {
    "guest_comments_per_10_minutes": NO_LIMIT,
    "guest_comments_per_day": NO_LIMIT,
    "member_comments_per_10_minutes": NO_LIMIT,
    "votes_per_minute": NO_LIMIT,
    "held_from_links": 0,
    "hold_first_comment": False,
    "close_after_days": None,
}
FIRST_TEXT = "The first one sets the tone."


@dataclass(frozen=True)
class Stage:
    """The post that is written on, and the cookies of members who are signed in."""

    post: Post
    members: list[dict[str, str]]


@contextmanager
def stage(*, members: int) -> Iterator[Stage]:
    """Make the stage; afterwards the post is withdrawn, the members cannot sign in, the settings are as before."""
    people = [_make_member() for _number in range(members)]
    sessions = [_sign_in(user) for user in people]
    with limits_raised():
        post = make_post()
        try:
            yield Stage(
                post, [{settings.SESSION_COOKIE_NAME: session.session_key or ""} for session in sessions]
            )
        finally:
            connect_anew()
            for session in sessions:
                session.delete()
            User.objects.filter(pk__in=[user.pk for user in people]).update(is_active=False)
            blog_actions.withdraw_post(Post.objects.get(pk=post.pk), by=None)


@contextmanager
def limits_raised() -> Iterator[None]:
    """Let everybody write as much as they can, and put the owner's settings back afterwards."""
    before = DiscussionSettings.objects.filter(pk=1).values(*RAISED).first()
    DiscussionSettings.objects.update_or_create(pk=1, defaults=RAISED)
    try:
        yield
    finally:
        connect_anew()
        if before is None:
            DiscussionSettings.objects.filter(pk=1).delete()
        else:
            DiscussionSettings.objects.filter(pk=1).update(**before)


def connect_anew() -> None:
    """Let go of a connection that a database which was stopped meanwhile has closed on its side."""
    if not connection.in_atomic_block:
        connection.close()


def make_guest(name: str) -> Guest:
    return Guest.objects.create(origin_key=secrets.token_hex(32), name=name, last_written_at=timezone.now())


def make_post(number: int = 0) -> Post:
    """Publish a post with one comment."""
    name = f"stress-{secrets.token_hex(6)}"
    post = blog_actions.save_post(
        Post(title=f"Stress {name}", slug=name, body="A post for writers."), by=None
    )
    blog_actions.publish_post(post, by=None)
    # In the past, so that nothing on the home page makes room for it.
    Post.objects.filter(pk=post.pk).update(published_at=timezone.now() - timedelta(days=9000 + number))
    post.refresh_from_db()
    actions.post_comment(post, writer=make_guest("Stress"), text=FIRST_TEXT)
    return post


def _make_member() -> User:
    name = f"stress-{secrets.token_hex(6)}"
    return User.objects.create_user(f"{name}@example.org", name.replace("-", " "))


def _sign_in(user: User) -> SessionStore:
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return session
