"""`commonplace stress_comments --writers 16 --operations 2000`: runs many writers at once, then checks every tree.

With `--url http://127.0.0.1:8000` they are browsers, with readers beside them, of the site that runs there on this
database.
"""

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from blog import actions as blog_actions
from blog.models import Post
from comments.integrity import audit
from lab import stress
from lab.stress import over_http
from lab.stress.stage import make_guest, make_post, stage

# name, number of posts, whether the writers know nothing of locks, share of the operations
PHASES = [
    ("one hot post", 1, False, 1.0),
    ("fifty posts", 50, False, 1.0),
    ("plain saves, moves and deletes", 3, True, 0.25),
]
MOST = {"writers": 64, "operations": 5000, "readers": 16, "seconds": 3600}
MOST_SHOWN = 50


class Command(BaseCommand):
    help = (
        "Let many writers reply, vote, remove, restore and move at once, then check every thread. "
        "It makes posts of its own and withdraws them. Exits 1 on damage."
    )

    def add_arguments(self, parser):
        parser.add_argument("--writers", type=int, default=16, help="writers at once (16)")
        parser.add_argument(
            "--operations",
            type=int,
            help="operations of each writer, on one post and again on fifty (2000); with --url, on one post (200)",
        )
        parser.add_argument("--seed", type=int, default=1, help="seed of the random choices")
        parser.add_argument("--url", help="address of a server on this machine that uses the same database")
        parser.add_argument(
            "--readers", type=int, default=4, help="readers at the same time; only with --url (4)"
        )
        parser.add_argument(
            "--seconds", type=int, default=600, help="longest duration in seconds; only with --url (600)"
        )
        parser.add_argument(
            "--outages",
            action="store_true",
            help="with --url: repeat requests answered with 503, for runs in which services are stopped",
        )

    def handle(self, *args, writers, operations, seed, url, **options):
        for name, most in MOST.items():
            value = {"writers": writers, "operations": operations, **options}[name]
            if value is not None and not 0 <= value <= most:
                raise CommandError(f"--{name} must be between 0 and {most}.")
        if url:
            self._over_http(url, writers=writers, operations=operations or 200, seed=seed, **options)
        else:
            self._in_processes(writers=writers, operations=operations or 2000, seed=seed)

    # --- over HTTP ---

    def _over_http(self, url, *, writers, operations, seed, readers, seconds, outages, **_options):
        try:
            host, port = over_http.place_of(url)
            plan = over_http.Plan(
                host, port, writers, operations, readers, seconds, seed=seed, waits_out=outages
            )
            with stage(members=plan.members) as place:
                record = over_http.drive(plan, place)
                findings = over_http.judge(plan, place, record)
        except over_http.NotHere as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"{connection.vendor}, {writers} writers, {readers} readers: {over_http.summary(record)}"
        )
        self._finish(findings)

    def _finish(self, findings: list[str], *, failed: bool = False) -> None:
        for finding in findings[:MOST_SHOWN]:
            self.stdout.write(finding)
        if findings or failed:
            raise CommandError(f"{len(findings)} findings after the run.", returncode=1)
        self.stdout.write(
            "No errors, nothing lost or duplicated, no broken tree; all numbers, counts and scores are right."
        )

    # --- in processes of our own ---

    def _in_processes(self, *, writers, operations, seed):
        guests = [make_guest(f"Stress {number}").pk for number in range(40)]
        failed = False
        for name, count, unaware, share in PHASES:
            posts = [make_post(number).pk for number in range(count)]
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
        self._finish(list(audit.findings()), failed=failed)

    def _tell(self, name, outcome, *, writers) -> bool:
        done = sum(outcome.done.values())
        rate = done / outcome.seconds if outcome.seconds else 0
        self.stdout.write(
            f"{connection.vendor}, {name}, {writers} writers: {done} operations in {outcome.seconds:.0f}"
            f" s ({rate:.0f}/s), "
            f"{dict(outcome.done)}; refused by a rule: {sum(outcome.refused.values())}; errors: {len(outcome.errors)}"
        )
        for error in outcome.errors[:10]:
            self.stdout.write(f"  {error}")
        return bool(outcome.errors)
