"""Writes comments to a site from several threads until it is stopped, and prints the id of each once it is saved."""

import os
import random
import threading

import config  # noqa: F401 — the newer SQLite, before Django asks for one

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

import django  # noqa: E402

THREADS = 3


def write(number: int) -> None:
    from blog.models import Post
    from comments import actions
    from comments.models import Comment
    from tests.factories import make_user

    dice = random.Random(number)
    posts = list(Post.objects.all())
    for turn in range(1_000_000):
        if turn % 10 == 0:
            # A member may write twenty in ten minutes.
            name = f"Writer {number} {turn}"
            writer = make_user(display_name=name, email=f"writer-{number}-{turn}@example.org")
        post = dice.choice(posts)
        parent = Comment.objects.filter(post=post).order_by("?").first() if turn % 3 else None
        text = f"Thought {number} {turn}, as long as a thought is. " * 5
        comment = actions.post_comment(post, writer=writer, text=text, parent=parent)
        print(comment.pk, flush=True)


if __name__ == "__main__":
    django.setup()
    for number in range(THREADS):
        threading.Thread(target=write, args=[number]).start()
