"""A dry run reports what the run reports and writes to the database; neither a dry nor a second run writes."""

import random
import re
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.models import Q
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from blog.models import Author, Category, Figure, OldAddress, Post, PostState, Quotation, SiteSettings, Tag
from comments.models import Comment, CommentState
from exchange.wordpress.planning import make_plan
from exchange.wordpress.report import NAMES, Noun, Report
from exchange.wordpress.write import write
from tests.exchange.exports import (
    NEVER,
    attachment,
    author,
    category,
    comment,
    everything,
    export,
    item,
    saved,
)
from tests.factories import make_post

pytestmark = pytest.mark.django_db

CASES = Path(__file__).parents[3] / "shared" / "cases"
QUOTED = 'AP (“<a href="https://x.example/">H</a>”):\n<blockquote>Q</blockquote>'
FILES = sorted(CASES.glob("*.wxr.xml")) if CASES.is_dir() else []


@pytest.fixture(autouse=True)
def _media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media-here"


def in_database() -> dict[Noun, int]:
    now = timezone.now()
    published = Post.objects.filter(state=PostState.PUBLISHED)
    state = {noun: Comment.objects.filter(state=value).count() for noun, value in (
        (Noun.PUBLIC_COMMENT, CommentState.PUBLIC), (Noun.HELD_COMMENT, CommentState.HELD),
        (Noun.SPAM_COMMENT, CommentState.SPAM), (Noun.REMOVED_COMMENT, CommentState.REMOVED))}  # fmt: skip
    of_others = Q(target="/")
    for beginning in ("/category/", "/tag/", "/author/", "/media/"):
        of_others |= Q(target__startswith=beginning)
    return state | {
        Noun.PUBLISHED: published.posts().filter(published_at__lte=now).count(),
        Noun.PAGE: published.pages().filter(published_at__lte=now).count(),
        Noun.SCHEDULED: published.filter(published_at__gt=now).count(),
        Noun.DRAFT: Post.objects.filter(state=PostState.DRAFT).count(),
        Noun.AUTHOR: Author.objects.count(),
        Noun.CATEGORY: Category.objects.count(),
        Noun.TAG: Tag.objects.count(),
        Noun.PICTURE: Figure.objects.exclude(image="").count(),
        Noun.SOURCE: Quotation.objects.count(),
        Noun.OLD_ADDRESS: OldAddress.objects.exclude(of_others).count(),
    }


def check(path: Path) -> Report:
    """Try, run and run again; return the report of the run."""
    before, rows = in_database(), everything()
    dry = make_plan(path, dry_run=True).report
    assert everything() == rows
    plan = make_plan(path)
    assert everything() == rows
    write(plan)
    assert plan.report.text(dry_run=False) == dry.text(dry_run=False)
    after = in_database()
    came = {NAMES[noun]: after[noun] - before[noun] for noun in after}
    assert {NAMES[noun]: plan.report.came[noun] for noun in after} == came
    rows = everything()
    again = make_plan(path)
    write(again)
    assert everything() == rows
    assert sum(again.report.came.values()) == 0
    assert sum(make_plan(path, dry_run=True).report.came.values()) == 0
    return plan.report


@pytest.mark.skipif(not FILES, reason="the inputs that went wrong are not beside this folder")
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name.partition(".")[0])
def test_damaged_files_are_imported_as_their_dry_run_says(path):
    check(path)


def test_a_dry_run_on_an_empty_database_only_reads(tmp_path):
    SiteSettings.objects.all().delete()
    path = saved(tmp_path, export(item(5, comment(9)), attachment(6, "a.png"), terms=category("sea", "Sea")))
    with CaptureQueriesContext(
        connection,
    ) as asked:
        call_command("import_wordpress", str(path), dry_run=True, verbosity=0)
    assert [query["sql"] for query in asked if not re.match("SELECT", query["sql"])] == []
    assert not SiteSettings.objects.exists()


@pytest.mark.parametrize(
    "items",
    [
        # An address that is the same here, one that two posts had, one that a post of here has.
        [item(5, slug="a", link="https://old.example/2020/05/a/"), item(6, slug="a", link="https://old.example/a/"),
         item(7, slug="a", link="https://old.example/a/"), item(8, slug="taken")],
        # What is shown stands after the post that shows it.
        [item(5, content='<!-- wp:block {"ref":9} /-->[gallery]'), attachment(8, "g.png", parent=5),
         item(9, post_type="wp_block", content=f'{QUOTED}<img src="s.png">')],
        # One picture with the same words and with others, and one that two posts show.
        [attachment(3, "a.png", alt="A"),
         item(5, content='<img class="wp-image-3" src="/x/a.png"> <img src="/x/a.png" alt="B">'),
         item(6, content='<img class="wp-image-3" src="/x/a.png"><img class="wp-image-3" src="/y/a-30x30.png">')],
        # Topics whose addresses fall together, and more than are asked for at once.
        [item(5, filed=[("post_tag", f"t-{n}", f"T {n}") for n in range(520)]),
         item(6, filed=[("category", "Sea", "Sea"), ("category", "sea", "S")])],
        # Dates in the blog's own time only, on the edge of two years; one still to come; one that was never public.
        [item(5, date="2020-12-31 23:30:00", gmt=NEVER),
         item(6, date="2020-07-01 10:00:00", gmt="2020-07-01 14:00:00"),
         item(7, date="2020-12-31 23:30:00", gmt="2021-01-01 04:30:00"),
         item(8, date="2090-01-01 00:00:00", status="future"),
         item(9, date="2019-01-01 00:00:00", status="future"), item(10, date=NEVER, gmt=NEVER)],
        # A comment that stands under two posts, twice, under one in the trash, and with a parent elsewhere.
        [item(5, comment(11), comment(11), comment(12, parent=99)), item(6, comment(11), comment(13, parent=12)),
         item(7, comment(14), status="trash"), item(8, comment(14), comment(15, parent=15))],
    ],
)  # fmt: skip
def test_things_that_are_merged_are_counted_as_they_are_imported(tmp_path, items):
    make_post(title="Taken", slug="taken")
    OldAddress.objects.create(path="/?p=8", target="/x/")
    check(saved(tmp_path, export(*items)))


def test_a_later_export_is_counted_as_it_is_imported(tmp_path):
    check(saved(tmp_path, export(item(5, comment(11)), item(6))))
    Post.objects.get(slug="post-6").delete()
    check(saved(tmp_path, export(item(7, comment(11), comment(13)), item(5, comment(11), comment(14, parent=13)),
                                 item(6, comment(12), comment(15)))))  # fmt: skip


TEXTS = [
    "Words.", "", "[gallery]", '<!-- wp:block {"ref":50} /-->', "[code]x < y[/code]", "<pre><?php x", QUOTED,
    '<img src="/wp-content/uploads/a.png">', '<a href="ftp://x/y">z</a>',
]  # fmt: skip
WHEN = ["2020-05-01 12:00:00", "2020-12-31 23:59:00", NEVER, "2090-05-01 12:00:00", "x", "2020-02-30 1:00:00"]
FILED = [
    [],
    [("category", "sea", "Sea"), ("post_tag", "x", "X")],
    [("category", "SEA", "S"), ("format", "y", "Y")],
]


def odd_export(dice: random.Random) -> str:
    """An export of everything that there is, in any order, with much that falls together."""
    number = iter(dice.sample(range(1, 90), 80))
    ids = iter(dice.sample(range(100, 400), 200))

    def some_comments() -> list[str]:
        return [
            comment(
                dice.choice([next(ids), next(ids), 7, "", "x"]), dice.choice(["Hm", "@Bob so", "<b>x", "a &amp; b"]),
                parent=dice.choice([0, 0, 7, -1, dice.randint(100, 400)]), email=dice.choice(["a@x.example", "", "b"]),
                date=dice.choice(["2020-05-01 13:00:00", NEVER, "2020-02-30 10:00:00"]),
                comment_approved=dice.choice(["1", "1", "0", "spam", "trash", "odd"]),
                comment_type=dice.choice(["comment", "", "pingback", "order_note"]),
                comment_user_id=dice.choice([0, 7, "abc"]),
            )
            for _ in range(dice.randint(0, 4))
        ]  # fmt: skip

    def some_item() -> str:
        slug = dice.choice(["a", "b", "ü", "", "post-1", "2020"])
        when = dice.choice(WHEN)
        address = f"https://old.example/2020/05/{slug}/"
        return item(
            dice.choice([next(number), next(number), 5, ""]), *some_comments(),
            title=dice.choice(["T", "", "<b>U</b>", "T" * 310]), content=dice.choice(TEXTS), slug=slug,
            date=when, gmt=dice.choice([None, None, NEVER]),
            link=dice.choice([None, address, "https://old.example/?p=5", "", "http://[x"]),
            creator=dice.choice(["ada", "bob", "", "ada@x.example"]), filed=dice.choice(FILED),
            status=dice.choice(["publish", "publish", "publish", "draft", "future", "private", "trash"]),
            post_type=dice.choice(["post", "post", "post", "wp_block", "nav_menu_item"]),
            post_parent=dice.choice([0, -1, "x"]),
            meta=dice.choice([None, {"_thumbnail_id": 60}, {"footnotes": "{"}]),
        )  # fmt: skip

    items = [some_item() for _ in range(dice.randint(1, 12))]
    items += [attachment(60, "a.png", parent=5), item(50, post_type="wp_block", content=QUOTED)]
    dice.shuffle(items)
    return export(
        *items, base=dice.choice(["https://old.example", "http://www.old.example/blog"]),
        terms=category("sea", "Sea"),
        authors=author() + author("bob", number=8, name="Bob", email="ada@old.example"),
    )  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(12))
def test_any_export_is_imported_as_its_dry_run_says(tmp_path, seed):
    dice = random.Random(seed)
    if seed % 2:
        make_post(title="A", slug="a")
    check(saved(tmp_path, odd_export(dice)))
    check(saved(tmp_path, odd_export(dice)))
