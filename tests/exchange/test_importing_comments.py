"""Importing comments from WordPress: states, numbers, parents, names, mentions and ids."""

from datetime import UTC, datetime

import pytest

from accounts.models import Guest, User
from blog.models import Post
from comments.models import Comment, CommentOrigin, Discussion
from exchange.models import ImportedItem
from tests.exchange.exports import (
    NEVER,
    bring,
    comment,
    damaged,
    everything,
    export,
    item,
)
from tests.factories import make_comment, make_post, make_thread

pytestmark = pytest.mark.django_db


def numbers() -> dict[int, int | None]:
    return dict(Comment.objects.order_by("pk").values_list("pk", "number"))


def test_states_numbers_and_counts_of_comments(tmp_path):
    states = {11: "1", 12: "0", 13: "spam", 14: "trash", 15: "post-trashed", 16: "odd", 17: "1"}
    report = bring(
        tmp_path, export(item(5, *(comment(n, comment_approved=state) for n, state in states.items())))
    )
    found = dict(Comment.objects.order_by("pk").values_list("pk", "state"))
    assert list(found.values()) == ["public", "held", "spam", "removed", "removed", "held", "public"]
    assert numbers() == {11: 1, 12: None, 13: None, 14: None, 15: None, 16: None, 17: 2}
    discussion = Discussion.objects.get()
    assert (discussion.last_number, discussion.comment_count) == (2, 2)
    assert "comment 16 under “A post” (odd)" in report
    assert not damaged()


def test_numbers_follow_the_dates(tmp_path):
    early, late = "2020-05-01 13:00:00", "2020-05-02 13:00:00"
    bring(tmp_path, export(item(5, comment(21, date=late), comment(22, date=early), comment(23, date=early))))
    assert numbers() == {21: 3, 22: 1, 23: 2}
    assert Comment.objects.get(pk=21).created_at == datetime(2020, 5, 2, 13, tzinfo=UTC)


def test_a_comment_without_greenwich_date_is_dated_by_the_blogs_clock(tmp_path):
    local = comment(11, date="2020-05-01 13:00:00", gmt=NEVER)
    bring(tmp_path, export(item(5, local, comment(12, date=NEVER), gmt="2020-05-01 10:00:00")))
    assert Comment.objects.get(pk=11).created_at == datetime(2020, 5, 1, 11, tzinfo=UTC)
    assert Comment.objects.get(pk=12).created_at == Post.objects.get().published_at


def test_children_may_stand_before_their_parents(tmp_path):
    bring(
        tmp_path,
        export(item(5, comment(13, parent=12), comment(12, parent=11), comment(11), comment(14, parent=11))),
    )
    levels = dict(Comment.objects.values_list("pk", "level"))
    assert levels == {11: 0, 12: 1, 13: 2, 14: 1}
    assert not damaged()


def test_replies_whose_parent_is_missing_become_openers(tmp_path):
    here = item(5, comment(11, parent=999), comment(12, comment_type="pingback"), comment(13, parent=12))
    there = item(6, comment(14, parent=11), comment(15, parent=15))
    report = bring(tmp_path, export(here, there))
    assert not Comment.objects.filter(parent__isnull=False).exists()
    assert sorted(Comment.objects.values_list("pk", flat=True)) == [11, 13, 14, 15]
    assert "3 replies whose parent is missing" in report
    assert "1 replies to each other in a circle" in report
    assert "1 pingbacks" in report


def test_a_circle_is_cut_at_its_earliest_comment(tmp_path):
    bring(
        tmp_path,
        export(
            item(
                5,
                comment(11, parent=13, date="2020-05-01 15:00:00"),
                comment(12, parent=11, date="2020-05-01 14:00:00"),
                comment(13, parent=12, date="2020-05-01 16:00:00"),
                comment(14, parent=13, date="2020-05-01 13:00:00"),
            )
        ),
    )
    parents = dict(Comment.objects.values_list("pk", "parent_id"))
    assert parents == {12: None, 13: 12, 11: 13, 14: 13}
    assert not damaged()


def test_replies_under_a_comment_that_is_not_public_keep_their_parent(tmp_path):
    bring(tmp_path, export(item(5, comment(11, comment_approved="spam"), comment(12, parent=11))))
    assert Comment.objects.get(pk=12).parent_id == 11


def test_pings_and_order_notes_are_counted_and_left_out(tmp_path):
    kinds = ["pingback", "trackback", "order_note"]
    report = bring(
        tmp_path, export(item(5, *(comment(n, comment_type=kind) for n, kind in enumerate(kinds, 1))))
    )
    assert not Comment.objects.exists()
    assert "2 pingbacks and trackbacks" in report
    assert "order_note" in report


@pytest.mark.parametrize(
    ("meta", "score"),
    [
        ({"_commentliked": 7}, 7),
        ({"cld_like_count": "4", "cld_dislike_count": 9}, 4),
        ({"_liked": "2"}, 2),
        ({"_commentliked": "many"}, 0),
        ({"other": 3}, 0),
        ({"_commentliked": "9" * 30}, 2**31 - 1),
    ],
)
def test_likes_are_the_score(tmp_path, meta, score):
    bring(tmp_path, export(item(5, comment(11, meta=meta))))
    found = Comment.objects.get()
    assert (found.score, found.imported_score) == (score, score)


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("www.bob.example", "http://www.bob.example/"),
        ("bob.example/about", "http://bob.example/about"),
        ("HTTP://Bob.example", "http://bob.example/"),
        ("bob", ""),
        ("javascript:alert.example", ""),
        ("bob@bob.example", ""),
    ],
)
def test_websites_without_a_scheme_are_completed(tmp_path, written, kept):
    bring(tmp_path, export(item(5, comment(11, comment_author_url=written))))
    assert Comment.objects.get().guest_website == kept


def test_names_and_websites_are_cleaned(tmp_path):
    hostile = comment(
        11, name="<script>alert(1)</script>\u202eTom &amp; Co", comment_author_url="javascript:alert(1)"
    )
    bring(
        tmp_path, export(item(5, hostile, comment(12, name=" ", comment_author_url="https://bob.example/")))
    )
    first, second = Comment.objects.order_by("pk")
    assert (first.guest_name, first.guest_website) == ("<script>alert(1)</script>Tom & Co", "")
    assert (second.guest_name, second.guest_website) == ("Anonymous", "https://bob.example/")


def test_one_guest_for_one_e_mail_address_and_no_address_in_clear(tmp_path):
    comments = [comment(11), comment(12, email="BOB@old.example", name="Bobby", date="2020-06-01 10:00:00"),
                comment(13, email="", name="Nobody")]  # fmt: skip
    bring(tmp_path, export(item(5, *comments)))
    guest = Guest.objects.get()
    assert guest.name == "Bobby"
    assert list(Comment.objects.order_by("pk").values_list("guest", flat=True)) == [guest.pk, guest.pk, None]
    origin = CommentOrigin.objects.get(pk=11)
    assert (origin.email, origin.address, origin.purge_after) == ("", None, None)
    assert origin.email_hash
    assert origin.network_hash
    assert "bob@old.example" not in everything().lower()
    assert "192.0.2.7" not in everything()


def test_addresses_are_kept_when_asked_for_and_dated_for_purging(tmp_path):
    bring(
        tmp_path, export(item(5, comment(11), comment(12, comment_author_IP="nowhere"))), "--keep-addresses"
    )
    origin = CommentOrigin.objects.get(pk=11)
    assert (origin.email, origin.address) == ("bob@old.example", "192.0.2.7")
    assert origin.purge_after is not None
    assert CommentOrigin.objects.get(pk=12).address is None


def test_a_guest_of_here_who_typed_that_address_does_not_own_what_comes(tmp_path):
    bring(tmp_path, export(item(5, comment(11))))
    imported = Guest.objects.get()
    typed = Guest.objects.create(origin_key="f" * 64, email_hash=imported.email_hash)
    bring(tmp_path, export(item(6, comment(12))))
    assert Comment.objects.get(pk=12).guest == imported
    assert not typed.comments.exists()


def test_the_authors_own_comments_are_theirs(tmp_path):
    bring(tmp_path, export(item(5, comment(11, comment_user_id=7), comment(12, comment_user_id=8))))
    own, other = Comment.objects.order_by("pk")
    assert own.user == User.objects.get(email="ada@old.example")
    assert (own.guest, own.guest_name) == (None, "")
    assert other.user is None


def test_mentions_lead_to_the_comment_answered(tmp_path):
    bring(
        tmp_path,
        export(
            item(
                5,
                comment(11, name="Mr. Prosser"),
                comment(12, name="Mr. Prosser", date="2020-05-01 14:00:00"),
                comment(
                    13, '<a href="#comment-11">@Mr. Prosser</a>: yes', parent=11, date="2020-05-01 15:00:00"
                ),
                comment(14, "@mr. prosser no, @Zoe", parent=11, date="2020-05-01 15:01:00"),
                comment(15, "as @Mr. Prosser says", date="2020-05-01 15:02:00"),
                comment(
                    16, '<a href="https://other.example/x#comment-11">there</a>', date="2020-05-01 15:03:00"
                ),
                comment(17, '<a href="http://www.old.example/y/#comment-21">elsewhere</a>'),
            ),
            item(6, comment(21)),
        ),
    )
    html = dict(Comment.objects.values_list("pk", "body_html"))
    assert '<a href="/comments/11/">@Mr. Prosser</a>' in html[13]
    assert '<a href="/comments/11/">@mr. prosser</a>' in html[14]
    assert "@Zoe" in html[14]
    assert '<a href="/comments/12/">@Mr. Prosser</a>' in html[15]
    assert "https://other.example/x#comment-11" in html[16]
    assert "/comments/21/" in html[17]
    assert Comment.objects.get(pk=13).body.startswith('<a href="#comment-11">')


def test_hostile_html_goes_through_the_same_sanitiser(tmp_path):
    evil = '<p onclick="x()">a<script>alert(1)</script><img src=x onerror=alert(1)><a href="javascript:x()">b</a></p>'
    bring(tmp_path, export(item(5, comment(11, evil), content=evil, title=evil, excerpt=evil)))
    post, found = Post.objects.get(), Comment.objects.get()
    for html in (post.body_html, found.body_html):
        assert "<script" not in html
        assert "onerror" not in html
        assert "onclick" not in html
        assert "javascript" not in html
    assert "<" not in post.title + post.dek


# --- ids -----------------------------------------------------------------------------------------------------


def test_ids_are_kept_and_the_next_reader_gets_one_above(tmp_path):
    bring(tmp_path, export(item(5, comment(50_000), comment(400))))
    assert sorted(numbers()) == [400, 50_000]
    assert make_comment(Post.objects.get()).pk > 50_000
    kept = ImportedItem.objects.filter(kind="comment").values_list("old_id", "new_id")
    assert dict(kept) == {"400": 400, "50000": 50_000}


def test_if_one_id_is_taken_all_get_new_ones(tmp_path):
    taken = make_comment(make_post())
    answer = comment(taken.pk + 1, f'<a href="#comment-{taken.pk}">@Bob</a>', parent=taken.pk)
    report = bring(tmp_path, export(item(5, comment(taken.pk), answer), base="https://third.example"))
    new = dict(ImportedItem.objects.filter(kind="comment").values_list("old_id", "new_id"))
    first, second = new[str(taken.pk)], new[str(taken.pk + 1)]
    assert taken.pk not in {first, second}
    reply = Comment.objects.get(pk=second)
    assert reply.parent_id == first
    assert f"/comments/{first}/" in reply.body_html
    assert f"comment {taken.pk}" in report
    assert make_comment(reply.post).pk > second
    assert not damaged()


def test_ids_too_high_for_the_database_are_not_kept(tmp_path):
    bring(tmp_path, export(item(5, comment(2**62))))
    assert Comment.objects.get().pk < 2**53


def test_duplicates_in_the_file_are_imported_once(tmp_path):
    report = bring(
        tmp_path, export(item(5, comment(11), comment(11)), item(5, title="Again"), item(6, comment(11)))
    )
    assert Post.objects.count() == 2
    assert numbers() == {11: 1}
    assert "3 duplicates in the file" in report


def test_threads_that_were_here_before_are_untouched(tmp_path):
    make_thread(make_post(), "a(b(c),d)")
    before = list(Comment.objects.order_by("pk").values())
    bring(tmp_path, export(item(5, comment(5000))))
    assert list(Comment.objects.exclude(pk=5000).order_by("pk").values()) == before
    assert not damaged()


@pytest.mark.slow
def test_ten_thousand_comments_make_whole_trees(tmp_path):
    comments = [comment(n, parent=n // 3 if n % 4 else 0) for n in range(1, 10_001)]
    bring(tmp_path, export(*(item(5 + k, *comments[k * 1000 : (k + 1) * 1000]) for k in range(10))))
    assert Comment.objects.count() == 10_000
    assert not damaged()
    for discussion in Discussion.objects.all():
        found = list(
            Comment.objects.filter(post=discussion.post_id)
            .order_by("number")
            .values_list("number", flat=True)
        )
        assert found == list(range(1, 1001))
