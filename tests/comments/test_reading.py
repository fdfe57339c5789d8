"""Reading a discussion: the comments under a post, one comment's page, and the links between them."""

import json
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from blog.models import CommentPolicy, PostState
from comments import actions, thread
from comments.models import CommentState, DiscussionSettings
from tests.comments.pages import find, page_of, words
from tests.factories import (
    make_author,
    make_comment,
    make_draft,
    make_guest,
    make_page,
    make_post,
    make_scheduled_post,
    make_thread,
    take_away,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def post():
    return make_post(title="A river and its calendar")


def discussion(post, client=None, query="", **headers):
    response = (client or Client()).get(post.get_absolute_url() + query, headers=headers)
    assert response.status_code == 200
    (section,) = find(page_of(response), "#discussion")
    return section


def seen(root):
    """The ids of the comments on a page, in its order."""
    return [int(article.get("id").removeprefix("comment-")) for article in find(root, "article.comment")]


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


# --- the discussion under a post ------------------------------------------------------------------------------


def test_the_whole_thread_is_in_the_first_answer(post):
    made = make_thread(post, "a(b(c),d),e")
    section = discussion(post)
    assert seen(section) == [made[name].pk for name in "abcde"]
    assert words(find(section, "h2")[0]) == "Discussion 5"
    assert [words(text) for text in find(section, ".comment-text")] == [
        f"Text of {name}." for name in "abcde"
    ]


def test_the_count_is_of_public_comments_and_the_same_in_the_head_of_the_post(post):
    made = make_thread(post, "a(b,c-),d")
    make_comment(post, state=CommentState.HELD)
    take_away(made["d"])
    page = page_of(Client().get(post.get_absolute_url()))
    assert words(find(page, "#discussion h2")[0]) == "Discussion 2"
    assert words(find(page, "article.post .by a")[-1]) == "2 comments"


def test_an_empty_discussion_invites(post):
    section = discussion(post)
    assert words(find(section, "p.empty")[0]) == "No comments yet. The first one sets the tone."
    assert not find(section, "ol, nav")


def test_a_closed_discussion_says_since_when(post):
    DiscussionSettings.objects.update_or_create(pk=1, defaults={"close_after_days": 0})
    day = timezone.localtime(post.published_at)
    assert f"Comments closed on {day.day} {day:%B}" in words(find(discussion(post), "p.closed")[0])


def test_what_may_be_written_is_said_in_words(post):
    post.comment_policy = CommentPolicy.MEMBERS
    post.save(update_fields=["comment_policy"])
    section = discussion(post)
    assert words(find(section, "p.closed")[0]) == (
        "Only members can comment on this post. Sign in or create an account."
    )
    assert not find(section, ".join, a.reply")


def test_a_form_says_what_becomes_of_a_comment_and_until_when_one_can_be_written(post):
    post.comment_policy, post.comments_close_after = CommentPolicy.HELD, 14
    post.save(update_fields=["comment_policy", "comments_close_after"])
    end = timezone.localtime(post.published_at + timedelta(days=14))
    assert words(find(discussion(post), "#join p.hint")[0]) == (
        f"Comments appear after a moderator approves them. Comments close on {end.day} {end:%B %Y}."
    )


def test_authors_and_moderators_are_marked_in_words(ada, mo, owner):
    post = make_post(by=ada.author)
    written = [make_comment(post, by=person) for person in (ada, mo, owner)]
    section = discussion(post)
    badges = [words(find(section, f"#comment-{comment.pk}")[0].find("header/h3/span")) for comment in written]
    assert badges == ["Author", "Moderator", "Staff"]


def test_the_author_of_another_post_is_no_author_here(ada, post):
    make_comment(post, by=ada)
    assert not find(discussion(post), ".badge")


def test_a_deleted_account_keeps_the_shape_of_the_thread(post, bob):
    opener = make_comment(post, by=bob)
    reply = make_comment(post, parent=opener)
    User.objects.filter(pk=bob.pk).delete()
    section = discussion(post)
    assert seen(section) == [opener.pk, reply.pk]
    assert words(find(section, "h3")[0]) == "A former reader"


def test_a_removed_comment_with_replies_leaves_its_place_and_reason(post):
    made = make_thread(post, "a-(b),c-")
    section = discussion(post)
    assert seen(section) == [made["a"].pk, made["b"].pk]
    assert words(find(section, ".gone h3")[0]) == "Removed: Off topic"
    assert "Text of a" not in words(section)


def test_the_discussion_leads_to_its_feed_and_the_rules_once(post):
    make_page(title="Rules")
    section = discussion(post)
    assert [a.get("href") for a in find(section, "p.by a")] == [f"{post.get_absolute_url()}feed/"]
    assert [a.get("href") for a in find(section, "form a")] == ["/rules/"]
    closed = make_post(comment_policy=CommentPolicy.CLOSED)
    assert [a.get("href") for a in find(discussion(closed), "p.by a")][1:] == ["/rules/"]


def test_machines_get_the_first_comments_hung_on_the_article(post):
    for number in range(22):
        make_comment(post, text=f"</script><b>{number}</b> {'word ' * 60}", name=f"Guest {number}")
    page = page_of(Client().get(post.get_absolute_url()))
    blocks = [json.loads(script.text) for script in page.xpath("//script[@type='application/ld+json']")]
    (data,) = [block for block in blocks if "comment" in block]
    assert {block["@id"] for block in blocks} == {data["@id"]}
    assert data["commentCount"] == 22
    assert len(data["comment"]) == 20
    assert {len(comment["text"]) for comment in data["comment"]} == {200}
    assert data["comment"][3]["author"]["name"] == "Guest 3"


# --- order ----------------------------------------------------------------------------------------------------


@pytest.fixture
def voted(post):
    made = make_thread(post, "a(b,c),d")
    for comment, score in ((made["c"], 4), (made["d"], 2)):
        type(comment).objects.filter(pk=comment.pk).update(score=score)
    return {comment.pk: name for name, comment in made.items()}


@pytest.mark.parametrize(
    ("order", "expected"),
    [("oldest", "abcd"), ("newest", "dacb"), ("best", "dacb"), ("flat", "abcd"), ("x", "abcd")],
)
def test_the_address_says_the_order(post, voted, order, expected):
    section = discussion(post, query=f"?order={order}")
    assert "".join(voted[pk] for pk in seen(section)) == expected


def test_the_order_links_name_the_current_one(post, voted):
    links = find(discussion(post, query="?order=best"), "nav.order a")
    assert [link.get("href") for link in links] == [
        f"?order={order}#discussion" for order in ("oldest", "newest", "best", "flat")
    ]
    assert [words(link) for link in links if link.get("aria-current")] == ["Best"]


def test_flat_is_one_list_without_folds(post, voted):
    section = discussion(post, query="?order=flat")
    assert find(section, "ol.flat")
    assert not find(section, ".thread details, h4")


def test_an_order_chosen_by_its_link_is_remembered_and_the_address_wins(post, voted):
    client = Client()
    discussion(post, client, "?order=newest", **{"Sec-Fetch-Site": "same-origin"})
    assert "".join(voted[pk] for pk in seen(discussion(post, client))) == "dacb"
    assert "".join(voted[pk] for pk in seen(discussion(post, client, "?order=oldest"))) == "abcd"


@pytest.mark.parametrize(
    "headers", [{}, {"Sec-Fetch-Site": "cross-site"}, {"Referer": "http://elsewhere.example/"}]
)
def test_an_address_from_elsewhere_sets_no_cookie(post, voted, headers):
    assert not Client().get(f"{post.get_absolute_url()}?order=newest", headers=headers).cookies


def test_a_browser_without_fetch_headers_is_believed_by_its_referer(post, voted):
    answer = Client().get(
        f"{post.get_absolute_url()}?order=newest", headers={"Referer": "http://testserver/x/"}
    )
    assert answer.cookies["order"].value == "newest"


def test_reading_sets_no_cookie(post, voted):
    assert not Client().get(post.get_absolute_url(), headers={"Sec-Fetch-Site": "same-origin"}).cookies


# --- pages ----------------------------------------------------------------------------------------------------


@pytest.fixture
def small_pages(monkeypatch):
    monkeypatch.setattr(thread.page_starts, "__kwdefaults__", {"size": 3})
    monkeypatch.setattr(thread.page_of, "__kwdefaults__", {"size": 3})


def test_a_long_discussion_is_cut_by_whole_threads(post, small_pages):
    made = make_thread(post, "a(b,c),d(e),f")
    first, second = discussion(post), discussion(post, query="?page=2")
    assert seen(first) == [made[name].pk for name in "abc"]
    assert seen(second) == [made[name].pk for name in "def"]
    for section, links in ((first, ["?all", "?page=2"]), (second, ["?all", "?page=1"])):
        above, below = find(section, "nav.pager")
        assert above.get("aria-label") != below.get("aria-label")
        for pager in (above, below):
            assert [link.get("href") for link in find(pager, "a")] == [f"{link}#discussion" for link in links]
    # One sees which page this is before one reads it.
    assert words(find(second, "nav.pager p")[0]) == "Page 2 of 2 · All 6 comments on one page"


def test_everything_can_be_had_on_one_page(post, small_pages):
    made = make_thread(post, "a(b,c),d(e),f")
    section = discussion(post, query="?all")
    assert seen(section) == [made[name].pk for name in "abcdef"]
    assert not find(section, "nav.pager")


def test_pages_keep_the_order_that_the_address_says(post, small_pages):
    make_thread(post, "a(b,c),d(e),f")
    links = find(find(discussion(post, query="?order=newest"), "nav.pager")[0], "a")
    assert [link.get("href") for link in links] == [
        "?order=newest&all#discussion",
        "?order=newest&page=2#discussion",
    ]


@pytest.mark.parametrize("page", ["99", "0", "-1", "x", "9" * 40])
def test_a_page_that_is_not_there_is_the_nearest_one(post, small_pages, page):
    make_thread(post, "a(b,c),d(e),f")
    assert seen(discussion(post, query=f"?page={page}"))


# --- what is one's own ----------------------------------------------------------------------------------------


def test_a_held_comment_is_seen_by_its_writer_alone_in_place_with_the_reason(post, bob, carol):
    opener = make_comment(post)
    held = make_comment(
        post, parent=opener, by=bob, state=CommentState.HELD, state_reason="It has three links."
    )
    assert held.pk not in seen(discussion(post))
    assert held.pk not in seen(discussion(post, signed_in(carol)))
    section = discussion(post, signed_in(bob))
    assert seen(section) == [opener.pk, held.pk]
    note = words(find(section, "p.note")[0])
    assert note == "Waiting for review: It has three links. Only you and the moderators can see it."
    assert words(find(section, "h2")[0]) == "Discussion 1"


# --- the page of one comment ----------------------------------------------------------------------------------


def test_a_comments_page_has_what_it_answers_itself_and_what_answers_it(post):
    made = make_thread(post, "a(b(c(d,e)),x)")
    answer = Client().get(f"/comments/{made['b'].pk}/")
    assert answer["X-Robots-Tag"] == "noindex"
    page = page_of(answer)
    assert seen(page) == [made[name].pk for name in "abcde"]
    assert seen(find(page, "ol.ancestors")[0]) == [made["a"].pk]
    assert words(find(page, "#answers")[0]) == "3 replies"
    assert page.xpath("//link[@rel='canonical']/@href") == [f"http://testserver{post.get_absolute_url()}"]
    assert page.xpath("//meta[@name='robots']/@content") == ["noindex"]
    assert words(find(page, "h1")[0]) == "Comment #2 by b"
    assert find(page, "a.button")[0].get("href") == f"/comments/{made['b'].pk}/in-thread/"


def test_a_comments_page_begins_with_the_nearest_of_many_that_it_answers(post):
    made = make_thread(post, "a(b(c(d)))")
    page = page_of(Client().get(f"/comments/{made['d'].pk}/"))
    earlier, nearest = find(page, "ol.ancestors")
    assert (seen(earlier), seen(nearest)) == ([made["a"].pk, made["b"].pk], [made["c"].pk])
    assert words(find(page, "details.earlier summary")[0]) == "2 earlier comments"


def test_replies_on_a_comments_page_are_headed_below_its_own(post):
    made = make_thread(post, "a(b(c))")
    page = page_of(Client().get(f"/comments/{made['a'].pk}/"))
    assert [it.tag for it in page.iter("h1", "h2", "h3", "h4")] == ["h1", "h2", "h2", "h2", "h3", "h4"]


@pytest.mark.parametrize("state", [CommentState.HELD, CommentState.SPAM])
def test_a_waiting_comment_has_a_page_for_its_writer_and_moderators_only(post, bob, carol, mo, state):
    held = make_comment(post, by=bob, state=state, text="Waiting words.")
    address = f"/comments/{held.pk}/"
    assert Client().get(address).status_code == 404
    assert signed_in(carol).get(address).status_code == 404
    for person in (bob, mo):
        answer = signed_in(person).get(address)
        assert answer.status_code == 200
        assert "Waiting words." in words(page_of(answer))


@pytest.mark.parametrize("state", [CommentState.REMOVED, CommentState.WITHDRAWN])
def test_a_comment_that_was_taken_away_answers_410_with_its_tombstone(post, state):
    opener = make_comment(post, text="Words that are gone.", by=make_guest(name="Nobody Now"))
    take_away(opener, state=state)
    answer = Client().get(f"/comments/{opener.pk}/")
    assert answer.status_code == 410
    page = page_of(answer)
    assert find(page, "article.gone")
    assert "Words that are gone." not in answer.content.decode()
    assert "Nobody Now" not in answer.content.decode()


def test_a_comment_that_never_was_is_not_found():
    assert Client().get("/comments/99999/").status_code == 404
    assert Client().get("/comments/99999/in-thread/").status_code == 404


@pytest.mark.parametrize("make", [make_draft, make_scheduled_post])
@pytest.mark.parametrize("path", ["", "in-thread/"])
def test_comments_on_a_post_that_is_not_public_are_not_found(make, path):
    comment = make_comment(make())
    assert Client().get(f"/comments/{comment.pk}/{path}").status_code == 404


def test_comments_of_a_withdrawn_post_are_gone_with_it(post):
    comment = make_comment(post)
    type(post).objects.filter(pk=post.pk).update(state=PostState.WITHDRAWN)
    assert Client().get(f"/comments/{comment.pk}/").status_code == 410
    assert Client().get(f"/comments/{comment.pk}/in-thread/").status_code == 410


# --- the way into the thread ----------------------------------------------------------------------------------


def lands_on(comment, client=None, query=""):
    answer = (client or Client()).get(f"/comments/{comment.pk}/in-thread/{query}")
    assert answer.status_code == 302
    return answer["Location"]


def test_a_permalink_leads_into_the_thread(post):
    made = make_thread(post, "a(b)")
    assert lands_on(made["b"]) == f"{post.get_absolute_url()}#comment-{made['b'].pk}"


@pytest.mark.parametrize("order", thread.ORDERS)
def test_a_permalink_leads_to_the_right_page_under_each_order(post, small_pages, order):
    made = make_thread(post, "a(b,c),d(e),f,g")
    for comment in made.values():
        address = lands_on(comment, query=f"?order={order}")
        assert f"order={order}" in address
        path, _sign, anchor = address.partition("#")
        assert anchor == f"comment-{comment.pk}"
        (section,) = find(page_of(Client().get(path)), "#discussion")
        assert comment.pk in seen(section)


def test_a_permalink_follows_the_remembered_order(post, small_pages):
    made = make_thread(post, "a(b,c),d(e),f")
    client = Client()
    client.cookies["order"] = "newest"
    assert lands_on(made["a"], client) == f"{post.get_absolute_url()}?page=2#comment-{made['a'].pk}"


def test_a_comment_that_is_not_in_the_thread_leads_to_its_own_page(post):
    removed = make_thread(post, "a-")["a"]
    assert lands_on(removed) == f"/comments/{removed.pk}/"


def test_a_moved_comment_is_found_where_it_is_now(post, mo):
    comment = make_thread(post, "a(b)")["b"]
    elsewhere = make_post(title="Another post")
    actions.move_branch(comment, to_post=elsewhere, by=mo, reason="Off topic")
    assert lands_on(comment) == f"{elsewhere.get_absolute_url()}#comment-{comment.pk}"
    assert Client().get(f"/comments/{comment.pk}/").status_code == 200


# --- recent comments ------------------------------------------------------------------------------------------


def test_recent_comments_are_the_public_ones_on_public_posts_newest_first(post):
    made = make_thread(post, "a(b),c-")
    make_comment(post, state=CommentState.HELD)
    make_comment(make_scheduled_post())
    page = page_of(Client().get("/comments/"))
    links = page.xpath("//ol[@class='said']//a[contains(@href, 'in-thread')]/@href")
    assert links == [f"/comments/{made[name].pk}/in-thread/" for name in "ba"]


def test_recent_comments_come_in_pages_that_meet(post):
    made = [make_comment(post, text=f"Comment {number}.").pk for number in range(45)]
    address, read, pages = "/comments/", [], []
    while address:
        page = page_of(Client().get(address))
        pages.append(address)
        read += [
            int(link.split("/")[2])
            for link in page.xpath("//ol[@class='said']//a/@href")
            if "in-thread" in link
        ]
        older = page.xpath("//nav[@class='pager']/a[@rel='next']/@href")
        address = f"/comments/{older[0]}" if older else None
    assert read == made[::-1]
    newer = page.xpath("//nav[@class='pager']/a[@rel='prev']/@href")
    assert [f"/comments/{newer[0]}"] == pages[1:2]


@pytest.mark.parametrize("before", ["x", "99999", "-1", "1" * 40])
def test_a_place_that_no_page_named_is_not_found(post, before):
    assert Client().get(f"/comments/?before={before}").status_code == 404


# --- what other templates show --------------------------------------------------------------------------------


def test_popular_posts_are_those_of_this_month_with_most_comments(post):
    from comments.lists import popular_posts

    busy, old = make_post(title="Busy"), make_post(published_at=timezone.now() - timedelta(days=40))
    make_thread(post, "a")
    make_thread(busy, "a,b")
    make_thread(old, "a,b,c")
    make_post(title="Silent")
    assert [(found.pk, found.comment_count) for found in popular_posts()] == [(busy.pk, 2), (post.pk, 1)]


def test_lists_of_posts_say_how_many_comments_each_has(post):
    author = make_author()
    other = make_post(by=author, title="Silent")
    make_thread(post, "a(b)")
    page = page_of(Client().get("/"))
    counts = {link.get("href"): words(link) for link in page.xpath("//a[contains(@href, '#discussion')]")}
    assert counts[f"{post.get_absolute_url()}#discussion"] == "2 comments"
    assert counts[f"{other.get_absolute_url()}#discussion"] == "0 comments"


def test_a_thread_is_put_into_its_page_once_and_leaves_no_mark(post):
    made = make_thread(post, "a(b)")
    answer = Client().get(post.get_absolute_url()).content.decode()
    assert answer.count(f'id="comment-{made["a"].pk}"') == 1
    assert "<!--" not in answer[answer.index('id="discussion"') :]
