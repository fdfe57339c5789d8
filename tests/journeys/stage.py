"""Sets the stage of the journeys in a site of its own: the demo, a few more pages, and who can sign in.

A program for a process of its own (`python -m tests.journeys.stage`): it fills the data folder that the environment
names and prints where everything stands. It serves nothing.
"""

import json
import random
from datetime import timedelta

import django

from tests.journeys import hard_words

PASSWORD = "open the small gate"
# A comment of the design's budgets has 530 characters.
LETTERS = 530
LONG = 500
# Threads that people come back to for days: the most they read whole, and the most there is.
BUSY, VAST = 300, 5000
TALKS = 220
# Whoever changes something of their own, or a post of theirs, takes one of these; a second try takes another.
MEMBERS, AUTHORS = 60, 4


def main() -> None:
    """Fill the site and print its addresses as JSON, the last line of the output."""
    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    call_command("make_demo", verbosity=0)
    people = _let_sign_in()
    _let_many_write()
    places = {"posts": _demo_posts(), "article": _article(), "talks": _talks(), **hard_words.places(PASSWORD)}
    print(json.dumps({**people, **places, **_lanes(), **_long(), **_gone(), **_forms()}))


def _let_sign_in() -> dict[str, list]:
    """Give everybody who signs in a password, and name the members and authors of whom each journey takes one."""
    from django.contrib.auth.models import Group

    from accounts.models import MODERATORS, User
    from tests import factories

    author = User.objects.get(display_name="Maren Holloway")
    author.set_password(PASSWORD)
    author.save()
    members = [f"Member{number}" for number in range(MEMBERS)]
    authors = [f"Writer{number}" for number in range(AUTHORS)]
    for name in ("Rae", "Max", *members, *authors):
        # To make a password takes as long as to try one, so all have the same.
        factories.make_user(display_name=name, email=f"{name.lower()}@example.org")
    User.objects.filter(email__endswith="@example.org").update(password=author.password)
    User.objects.get(display_name="Max").groups.add(Group.objects.get(name=MODERATORS))
    return {"members": members, "authors": [{"name": name, "post": _post_of(name)} for name in authors]}


def _post_of(name: str) -> str:
    from accounts.models import User
    from tests import factories

    by = factories.make_author(user=User.objects.get(display_name=name))
    return _old_post(f"Written by {name}", by=by).get_absolute_url()


def _let_many_write() -> None:
    """Raise the guests' limits: all readers of the journeys share one network. A member's stay as they are."""
    from comments.models import DiscussionSettings

    DiscussionSettings.objects.create(pk=1, guest_comments_per_10_minutes=500, guest_comments_per_day=5000)


def _talks() -> list[str]:
    """Write posts for those who take part: each of them changes one that nobody else looks at."""
    from django.db import transaction

    from tests import factories

    # One commit: a disk takes as long for each as the program takes to write a thread.
    with transaction.atomic():
        posts = [_old_post(f"A talk, number {number}") for number in range(TALKS)]
        for post in posts:
            factories.make_thread(post, "ann(bo(cy(dee)),eve),fay")
    return [post.get_absolute_url() for post in posts]


def _forms() -> dict[str, int]:
    """Return the number of a post on which everybody comments, and of a comment that only members answer."""
    from blog.models import CommentPolicy, Post
    from tests import factories

    members = factories.make_comment(_old_post("For members"))
    Post.objects.filter(pk=members.post_id).update(comment_policy=CommentPolicy.MEMBERS)
    return {"open_post": _old_post("Open to everybody").pk, "members_only": members.pk, "edited": _edited()}


def _edited() -> int:
    """Return the number of a comment that its writer has edited twice, after the first minute."""
    from django.utils import timezone

    from comments import actions
    from tests import factories

    guest = factories.make_guest(name="Eli")
    now = timezone.now() + timedelta(minutes=5)
    comment = factories.make_comment(_old_post("Edited"), by=guest, text="They met on Tuesday, all of them.")
    for text in ("They met on Wednesday, all of them.", "They met on Wednesday.\n\nI was there."):
        comment = actions.edit_comment(comment, by=guest, text=text, now=now)
    return comment.pk


def _demo_posts() -> dict[str, str]:
    """Return the addresses of the demo's posts by their slugs."""
    from blog.models import Post

    return {post.slug: post.get_absolute_url() for post in Post.objects.all()}


def _article() -> str:
    from blog.models import Article

    return Article.objects.first().get_absolute_url()


def _lanes() -> dict:
    """Write the thread that the drawing in the test of reading names."""
    from tests import factories

    post = _old_post("A thread with lanes")
    made = factories.make_thread(post, "ann(bo(ann2(bo2(ann3(cy,dee))))),eve(fay-(gus),hal),ivy")
    held = factories.make_comment(post, text="Not yet to be seen.", name="Held", state="held")
    _what_waits(post, made)
    withdrawn = factories.make_comment(
        post, text="I take it back.", by=factories.make_guest(name="Jo"), parent=made["ivy"]
    )
    factories.make_comment(post, text="An answer stays.", name="Kim", parent=withdrawn)
    factories.take_away(withdrawn, state="withdrawn")
    ids = {name: comment.pk for name, comment in {**made, "held": held, "jo": withdrawn}.items()}
    return {"lanes": post.get_absolute_url(), "comments": ids}


def _what_waits(post, made) -> None:
    """Give the queue what moderators meet: a held answer, spam, a report."""
    from comments.models import Report
    from tests import factories

    reason = "Comments with 3 or more links are checked by a moderator first."
    guest = factories.make_guest(name="Lou")
    factories.make_comment(
        post, text="See https://a.example/", parent=made["ivy"], by=guest, state="held", state_reason=reason
    )
    factories.make_comment(post, text="Buy https://b.example/", by=guest, state="spam")
    Report.objects.create(comment=made["hal"], guest=guest, reason="Personal attack", note="Look at it.")


def _long() -> dict[str, str]:
    """Write a post with as many comments as the budgets speak of, each as long as they say."""
    from django.db import transaction

    from lab.demo import prose
    from tests import factories

    draw = random.Random(1)
    sentences = prose.comment_sentences()
    post = _old_post("Five hundred comments")
    writers = [factories.make_guest(name=f"Reader {number}") for number in range(60)]
    made: list = []
    with transaction.atomic():
        for _number in range(LONG):
            parent = draw.choice(made[-40:]) if made and draw.random() < 0.8 else None
            text = _prose(sentences, draw)
            made.append(factories.make_comment(post, text=text, parent=parent, by=draw.choice(writers)))
    sizes = {"busy": BUSY, "vast": VAST}
    others = {
        name: _crowded(size, writers, sentences, draw).get_absolute_url() for name, size in sizes.items()
    }
    return {"long": post.get_absolute_url(), **others}


def _crowded(size: int, writers: list, sentences: list[str], draw: random.Random):
    """Write a post with many comments at once, as an import does, two days old."""
    from django.utils import timezone

    from blog import markup
    from comments import tree
    from comments.models import Comment, Discussion

    post = _old_post(f"{size} comments")
    began = timezone.now() - timedelta(days=2)
    written: list[Comment] = []
    for number in range(1, size + 1):
        parent = draw.choice(written[-40:]) if written and draw.random() < 0.8 else None
        writer, text, moment = (
            draw.choice(writers),
            _prose(sentences, draw),
            began + timedelta(seconds=30 * number),
        )
        comment = Comment(
            post=post, parent=parent, number=number, guest=writer, guest_name=writer.name, body=text
        )
        comment.body_html, comment.markup_version = markup.trusted(f"<p>{text}</p>"), markup.MARKUP_VERSION
        comment.created_at = comment.published_at = moment
        written.append(comment)
    tree.write_forest(written)
    Discussion.objects.create(pk=post.pk, comment_count=size, last_number=size)
    return post


def _prose(sentences: list[str], draw: random.Random) -> str:
    chosen: list[str] = []
    while sum(map(len, chosen)) < LETTERS:
        chosen.append(draw.choice(sentences))
    return " ".join(chosen)


def _gone() -> dict[str, str]:
    from blog import actions
    from tests import factories

    post = _old_post("What was withdrawn")
    actions.withdraw_post(post, by=None)
    draft = factories.make_draft(title="Nobody's yet")
    return {"withdrawn": post.get_absolute_url(), "draft": f"/posts/{draft.pk}/preview/"}


def _old_post(title: str, **fields):
    """Return a post older than the demo's, so that its front page stays as it is."""
    from django.utils import timezone

    from tests import factories

    return factories.make_post(title=title, published_at=timezone.now() - timedelta(days=900), **fields)


if __name__ == "__main__":
    main()
