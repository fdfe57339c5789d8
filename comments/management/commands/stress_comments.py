"""`manage.py stress_comments --writers 16 --operations 2000`: drives writers against the trees, then proves them."""

import secrets
from datetime import timedelta

from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.utils import timezone

from accounts.models import Guest
from blog import actions as blog_actions
from blog.models import Post
from comments import actions, audit, stress

# name, number of posts, whether the writers know nothing of locks, share of the operations
PHASES = [
    ("one hot post", 1, False, 1.0),
    ("fifty posts", 50, False, 1.0),
    ("plain saves, moves and deletes", 3, True, 0.25),
]


class Command(BaseCommand):
    help = (
        "Let many processes reply, vote, remove, restore and move at once, then check every thread. "
        "It makes posts of its own and withdraws them. Exits 1 on damage."
    )

    def add_arguments(self, parser):
        parser.add_argument("--writers", type=int, default=16, help="processes (16)")
        parser.add_argument(
            "--operations",
            type=int,
            default=2000,
            help="of each writer on one post, and again on fifty (2000)",
        )
        parser.add_argument("--seed", type=int, default=1, help="of the dice")

    def handle(self, *args, writers, operations, seed, **options):
        guests = [self._make_guest(f"Stress {number}").pk for number in range(40)]
        failed = False
        for name, count, unaware, share in PHASES:
            posts = [self._make_post(number) for number in range(count)]
            outcome = stress.run(
                post_ids=posts,
                guest_ids=guests,
                writers=writers,
                operations=max(1, int(operations * share)),
                unaware=unaware,
                seed=seed,
            )
            failed |= self._tell(name, outcome, writers=writers)
            for post in Post.objects.filter(pk__in=posts):
                blog_actions.withdraw_post(post, by=None)
        self._judge(failed=failed)

    def _judge(self, *, failed: bool) -> None:
        findings = list(audit.findings())
        for finding in findings[:50]:
            self.stdout.write(finding)
        if findings or failed:
            raise CommandError(f"{len(findings)} findings after the run.", returncode=1)
        self.stdout.write("No error, no broken tree; numbers, counts and scores equal a recount.")

    def _make_guest(self, name: str) -> Guest:
        return Guest.objects.create(
            origin_key=secrets.token_hex(32), name=name, last_written_at=timezone.now()
        )

    def _make_post(self, number: int) -> int:
        name = f"stress-{secrets.token_hex(6)}"
        post = blog_actions.save_post(
            Post(title=f"Stress {name}", slug=name, body="A post for writers."), by=None
        )
        blog_actions.publish_post(post, by=None)
        # In the past, so that nothing on the home page makes room for it.
        Post.objects.filter(pk=post.pk).update(published_at=timezone.now() - timedelta(days=9000 + number))
        post.refresh_from_db()
        actions.post_comment(post, writer=self._make_guest("Stress"), text="The first one sets the tone.")
        return post.pk

    def _tell(self, name, outcome, *, writers) -> bool:
        done = sum(outcome.done.values())
        rate = done / outcome.seconds if outcome.seconds else 0
        self.stdout.write(
            f"{connection.vendor}, {name}, {writers} writers: {done} done in {outcome.seconds:.0f} s ({rate:.0f}/s), "
            f"{dict(outcome.done)}; refused by a rule {sum(outcome.refused.values())}; errors {len(outcome.errors)}"
        )
        for error in outcome.errors[:10]:
            self.stdout.write(f"  {error}")
        return bool(outcome.errors)
