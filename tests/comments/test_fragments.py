"""The HTML of comments: what is shown, and that nothing people type escapes its place."""

from datetime import UTC, datetime
from html.parser import HTMLParser
from zoneinfo import ZoneInfo

import lxml.html
import pytest
from django.utils import timezone

from comments.fragments import READING_ONLY, Controls, Fragments
from comments.thread import ANYBODY, FLAT, Person, Viewer, arrange
from tests.comments.pages import find, fragment, words
from tests.comments.test_arrange import row, rows_of
from web import dates

NOW = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
ANN = Person(name="Ann Whitfield", slug="ann-whitfield")


def thread(rows, *, people=None, zone=UTC, controls=READING_ONLY, **how):
    viewer = how.get("viewer", ANYBODY)
    fragments = Fragments(rows, people or {}, now=NOW, zone=zone, viewer=viewer, controls=controls)
    return fragment(fragments.thread(arrange(rows, **how)))


def article(tree, pk):
    (found,) = find(tree, f"#comment-{pk}")
    return found


# --- one comment ----------------------------------------------------------------------------------------------


def test_a_comment_names_its_writer_its_number_and_its_moment():
    found = article(thread([row(12, user_id=1, html="<p>Hello.</p>")], people={1: ANN}), 12)
    assert found.get("class") == "comment lane-0"
    assert found.get("tabindex") == "-1"
    (name,) = find(found, f"#{found.get('aria-labelledby')}")
    assert find(name, "a")[0].get("href") == "/people/ann-whitfield/"
    assert words(name) == "Ann Whitfield"
    (when,) = find(found, "a.comment-when")
    assert when.get("href") == "/comments/12/in-thread/"
    assert words(when) == "#12 · 3 March, 9:00"
    assert words(find(found, ".comment-text")[0]) == "Hello."


def test_a_phone_leaves_out_the_rest_of_the_month_and_the_hour_of_another_year():
    rows = [row(1, created="2025-05-09T14:30:00"), row(2, created="2026-03-03T09:05:00")]
    another_year, this_year = find(thread(rows), "time")
    assert [words(left_out) for left_out in find(this_year, "i")] == ["ch"]
    assert words(another_year) == "9 May 2025, 14:30"
    assert [words(left_out) for left_out in find(another_year, "i")] == [", 14:30"]


def test_a_reply_says_to_whom():
    (parent,) = find(article(thread(rows_of("1(2)")), 2), "a.comment-parent")
    assert parent.get("href") == "/comments/1/"
    assert words(parent) == "↑ In reply to Guest 1"


def test_openers_are_headed_by_h3_and_replies_by_h4():
    tree = thread(rows_of("1(2(3,4)),5"))
    assert [name.getparent().getparent().get("id") for name in find(tree, "h3")] == [
        "comment-1",
        "comment-5",
    ]
    assert len(find(tree, "h4")) == 3


def test_an_edited_comment_says_so():
    assert find(article(thread([row(1, edited="2026-03-03 09:05:00")]), 1), "a.edited")
    assert not find(article(thread([row(1)]), 1), "a.edited")


def test_a_score_is_told_in_words_and_none_at_zero():
    tree = thread([row(1, score=12), row(2, score=1), row(3), row(4, score=-3)])
    scores = [find(article(tree, pk), ".score") for pk in (1, 2, 3, 4)]
    assert [words(score[0]) if score else "" for score in scores] == [
        "12 upvotes",
        "1 upvote",
        "",
        "−3 points",
    ]


def test_a_page_for_reading_only_has_no_controls():
    assert not find(thread([row(1, score=12)]), "button, form, a.reply, input")


ALL = Controls(may_vote=True, may_reply=True, down_votes=True)


def test_a_comment_can_be_voted_up_and_answered():
    found = article(thread([row(12, score=3)], controls=Controls(may_vote=True, may_reply=True)), 12)
    (up,) = find(found, "footer button")
    assert (up.get("form"), up.get("name"), up.get("value")) == ("vote", "up", "12")
    assert up.get("aria-pressed") == "false"
    assert words(up) == "3 upvotes. Upvote Guest 12’s comment"
    (reply,) = find(found, "a.reply")
    assert (reply.get("href"), words(reply)) == ("/comments/12/reply/", "Reply to Guest 12")


def test_a_score_of_zero_shows_no_number():
    (up,) = find(thread([row(1)], controls=Controls(may_vote=True)), "footer button")
    assert words(up) == "Upvote Guest 1’s comment"


@pytest.mark.parametrize(
    ("vote", "names"), [(1, ["unup", "down"]), (-1, ["up", "undown"]), (None, ["up", "down"])]
)
def test_a_vote_of_ones_own_is_pressed_and_its_button_takes_it_back(vote, names):
    buttons = find(thread([row(1, vote=vote)], controls=ALL), "footer button")
    assert [button.get("name") for button in buttons] == names
    assert [button.get("aria-pressed") == "true" for button in buttons] == [vote == 1, vote == -1]


def test_ones_own_comment_has_its_score_and_no_vote():
    tree = thread([row(1, user_id=5, score=2), row(2)], controls=ALL, viewer=Viewer(user_id=5))
    assert words(find(article(tree, 1), ".score")[0]) == "2 upvotes"
    assert not find(article(tree, 1), "button")
    assert find(article(tree, 2), "button")


def test_held_and_deleted_comments_have_no_vote_and_no_reply():
    rows = [row(1, state="held", user_id=5), row(2, state="removed"), row(3, 2)]
    tree = thread(rows, controls=ALL, viewer=Viewer(user_id=5))
    for pk in (1, 2):
        assert not find(article(tree, pk), "button, a.reply")


def test_a_moderator_reads_held_and_removed_comments_but_no_spam():
    rows = [
        row(1, state="held"),
        row(2, state="removed", reason="Rude"),
        row(3, state="spam"),
        row(4, state="withdrawn"),
    ]
    tree = thread(rows, viewer=Viewer(user_id=9, moderates=True))
    assert [found.get("id") for found in find(tree, "article")] == ["comment-1", "comment-2"]
    assert words(find(article(tree, 2), "p.note")[0]) == "Removed: Rude. Readers can’t see it."


@pytest.mark.parametrize("name", ["שלום", "\u05d0 (5) \u05d1"])
def test_a_name_in_another_direction_is_set_apart_from_its_neighbours(name):
    tree = thread([row(1, guest_name=name), row(2, 1)])
    assert words(find(article(tree, 1), "h3 bdi")[0]) == name
    assert words(find(article(tree, 2), ".comment-parent bdi")[0]) == name


def test_authors_moderators_and_staff_have_a_badge():
    people = {
        1: ANN._replace(is_author=True),
        2: ANN._replace(is_moderator=True),
        3: ANN._replace(is_owner=True, is_moderator=True),
        4: ANN._replace(is_author=True, is_owner=True),
        5: ANN,
    }
    tree = thread([row(pk, user_id=pk) for pk in people], people=people)
    badges = [[words(badge) for badge in find(article(tree, pk), ".badge")] for pk in people]
    assert badges == [["Author"], ["Moderator"], ["Staff"], ["Author", "Staff"], []]


def test_guests_are_marked_where_members_take_part():
    rows = [row(1), row(2, user_id=1)]
    assert words(find(article(thread(rows, people={1: ANN}), 1), ".guest")[0]) == "guest"
    assert not find(article(thread(rows, people={1: ANN}), 2), ".guest")
    assert not find(thread([row(1)]), ".guest")


def test_a_guests_name_links_to_their_website_with_nofollow():
    (link,) = find(article(thread([row(1, website="https://gus.example/")]), 1), "h3 a")
    assert link.get("href") == "https://gus.example/"
    assert link.get("rel") == "ugc nofollow"


def test_a_website_that_is_no_web_address_is_no_link():
    assert not find(thread([row(1, website="javascript:alert(1)")]), "h3 a")


def test_a_writer_without_a_name_is_a_former_reader():
    assert words(find(article(thread([row(1, guest_name="")]), 1), "h3")[0]) == "A former reader"


def test_guests_of_one_name_keep_their_own_websites():
    rows = [row(1, guest_name="Gus", website="https://one.example/"), row(2, guest_name="Gus")]
    tree = thread(rows)
    assert find(article(tree, 1), "h3 a")
    assert not find(article(tree, 2), "h3 a")


# --- forks and folds ------------------------------------------------------------------------------------------


def test_lists_nest_at_forks_only_and_folds_count_all_that_can_be_read():
    tree = thread(rows_of("1(2(3(4,5)))"))
    assert [find(li, "article")[0].get("id") for li in tree.xpath("./li")] == ["comment-1"]
    (outer,) = tree.xpath("./li/details[@class='replies']")
    assert outer.get("open") is not None
    assert words(find(outer, "summary")[0]) == "4 replies to Guest 1"
    run = outer.xpath("./ol[@class='fork']/li/article")
    assert [item.get("class") for item in run] == ["comment lane-1", "comment lane-1 run"]
    (inner,) = outer.xpath("./ol/li/details")
    assert words(find(inner, "summary")[0]) == "2 replies to Guest 3"
    assert len(inner.xpath("./ol[@class='fork']/li")) == 2


def test_every_list_says_that_it_is_one():
    assert all(fork.get("role") == "list" for fork in find(thread(rows_of("1(2(3,4))")), "ol.fork"))


def test_each_opener_leads_to_the_next_one_and_the_last_to_none():
    tree = thread(rows_of("1(2),3,4(5)"))
    links = [
        (find(link.getparent(), "article")[0].get("id"), link.get("href"))
        for link in find(tree, "a.next-thread")
    ]
    assert links == [("comment-1", "#comment-3"), ("comment-3", "#comment-4")]
    assert all(link.getparent().getparent() is tree for link in find(tree, "a.next-thread"))


def test_past_the_last_lane_comments_are_siblings_and_say_so():
    rows = [row(1)]
    for depth in range(1, 10):
        rows += [
            row(2 * depth, 1 if depth == 1 else 2 * depth - 2),
            row(2 * depth + 1, max(1, 2 * depth - 2)),
        ]
    tree = thread(rows)
    assert max(len(list(item.iterancestors("ol"))) for item in find(tree, "article")) == 7
    assert {item.get("class") for item in find(tree, ".deep")} == {"comment lane-6 deep"}


@pytest.mark.parametrize(
    "shape", ["1", "1(2(3(4(5,6),7)),8(9)),10", "1(2(3,4(5,6(7,8(9,10(11,12(13,14(15,16)))))))),17"]
)
@pytest.mark.parametrize("order", ["oldest", FLAT])
def test_every_tag_that_opens_closes_in_its_turn(shape, order):
    rows = rows_of(shape)
    html = Fragments(rows, {}, now=NOW, zone=UTC).thread(arrange(rows, order=order))
    assert Balance.of(html) == []


class Balance(HTMLParser):
    """A parser that keeps the open tags; one that is never closed stays."""

    def __init__(self):
        super().__init__()
        self.open = []

    @classmethod
    def of(cls, html):
        parser = cls()
        parser.feed(html)
        return parser.open

    def handle_starttag(self, tag, attrs):
        self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        pass

    def handle_endtag(self, tag):
        if self.open and self.open[-1] == tag:
            self.open.pop()
        else:
            self.open.append(f"/{tag}")


# --- what cannot be read --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "reason", "said"),
    [
        ("removed", "off topic", "Removed: off topic"),
        ("removed", "", "Removed"),
        ("withdrawn", "", "Deleted by its author"),
        ("held", "three links", "Waiting for review"),
        ("spam", "three links", "Removed"),
    ],
)
def test_a_tombstone_says_what_became_of_the_comment_but_not_its_writer_or_text(state, reason, said):
    rows = [row(1, state=state, reason=reason, guest_name="Secret", html="<p>secret</p>"), row(2, 1)]
    tree = thread(rows)
    tombstone = article(tree, 1)
    assert tombstone.get("class") == "comment lane-0 gone"
    assert words(find(tombstone, "h3")[0]) == said
    assert "secret" not in lxml.html.tostring(tree, encoding="unicode").casefold()
    assert words(find(article(tree, 2), ".comment-parent")[0]) == "↑ In reply to #1"
    assert words(find(tree, "summary")[0]) == "1 reply to #1"


@pytest.mark.parametrize(
    ("state", "reason", "said"),
    [
        (
            "held",
            "It has three links.",
            "Waiting for review: It has three links. Only you and the moderators can see it.",
        ),
        ("spam", "", "Waiting for review. Only you and the moderators can see it."),
        ("removed", "off topic", "Removed: off topic. Only you and the moderators can see it."),
    ],
)
def test_the_writer_of_a_held_comment_is_told_why_others_cannot_see_it(state, reason, said):
    rows = [row(1, state=state, reason=reason, user_id=1, html="<p>Mine.</p>")]
    found = article(thread(rows, people={1: ANN}, viewer=Viewer(user_id=1)), 1)
    assert words(find(found, "p.note")[0]) == said
    assert words(find(found, ".comment-text")[0]) == "Mine."


# --- moments --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "zone", ["UTC", "Europe/Vienna", "Asia/Kolkata", "America/St_Johns", "Pacific/Chatham"]
)
@pytest.mark.parametrize(
    "created", ["2026-03-03 08:14:59.123456", "2026-03-03 23:59:00+00", "2024-12-31 18:31:00"]
)
def test_moments_are_told_in_the_sites_zone_as_everywhere_else(zone, created, time_machine):
    time_machine.move_to(NOW)
    moment = datetime.fromisoformat(created[:19]).replace(tzinfo=UTC)
    with timezone.override(ZoneInfo(zone)):
        (told,) = find(thread([row(1, created=created)], zone=None), "time")
        assert words(told) == dates.moment(moment)
        assert told.get("title") == dates.full_moment(moment)
    assert datetime.fromisoformat(told.get("datetime")) == moment.replace(second=0)


def test_the_minutes_of_one_hour_differ():
    tree = thread([row(1, created="2026-03-03 09:05:00"), row(2, created="2026-03-03 09:45:00")])
    assert [words(told) for told in find(tree, "time")] == ["3 March, 9:05", "3 March, 9:45"]


def test_an_hour_in_which_the_clocks_change_is_two_hours():
    """On Lord Howe Island clocks change by half an hour, in the middle of an hour of UTC."""
    created = ["2025-10-04 15:45:00", "2025-10-04 15:10:00", "2025-10-04 14:10:00"]
    tree = thread(
        [row(number, created=moment) for number, moment in enumerate(created, start=1)],
        zone=ZoneInfo("Australia/Lord_Howe"),
    )
    told = [datetime.fromisoformat(time.get("datetime")).astimezone(UTC) for time in find(tree, "time")]
    assert sorted(told) == [datetime.fromisoformat(moment).replace(tzinfo=UTC) for moment in created[::-1]]


# --- what people typed ----------------------------------------------------------------------------------------

HOSTILE = [
    "<script>alert(1)</script>",
    "</h3></article></li><h1>",
    '" onmouseover="alert(1)',
    "' onfocus='alert(1)",
    "&lt;b&gt;",
    "%(name)s %s {row.html}",
    "‮gnp.exe",
    "]]><!--",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_stays_a_name(name):
    rows = [
        row(1, guest_name=name, website=f"https://x.example/{name}"),
        row(2, 1, user_id=7),
        row(3, 2, guest_name=name),
        row(4, 3, state="removed", reason=name),
        row(5, 4, state="held", reason=name, user_id=7),
    ]
    tree = thread(rows, people={7: Person(name=name, slug="x")}, viewer=Viewer(user_id=7))
    harmless = [
        r._replace(guest_name="N", website=r.website and "https://x.example/", reason="N") for r in rows
    ]
    plain = thread(harmless, people={7: Person(name="N", slug="x")}, viewer=Viewer(user_id=7))
    assert outline(tree) == outline(plain)
    folded = " ".join(name.split())
    assert words(find(article(tree, 1), "h3 a")[0]) == folded
    assert words(find(article(tree, 2), "h4 a")[0]) == folded
    assert words(find(article(tree, 4), "h4")[0]) == f"Removed: {folded}"


def outline(tree):
    """Return the shape of a tree: tags and names of attributes, without text."""
    return [(element.tag, sorted(element.attrib)) for element in tree.iter()]
