"""Importing a WordPress export: what each kind of thing in it becomes here, and what never becomes public."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.core.management.base import CommandError
from PIL import Image

from accounts.models import Guest, User
from blog.models import Author, Category, Figure, OldAddress, Post, SiteSettings
from comments import tree
from comments.models import Comment, CommentOrigin, Discussion
from exchange.models import ImportedItem
from tests.exchange.exports import (
    NEVER,
    attachment,
    author,
    bring,
    bring_file,
    category,
    comment,
    everything,
    export,
    item,
    saved,
)
from tests.factories import make_comment, make_post, make_thread, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media-here"


def numbers() -> dict[int, int | None]:
    return dict(Comment.objects.order_by("pk").values_list("pk", "number"))


def damaged() -> list[str]:
    rows: dict[int, list] = {}
    for row in tree.rows_of(Comment.objects.order_by().values_list("tree_id", flat=True).distinct()):
        rows.setdefault(row.tree_id, []).append(row)
    return [damage for thread in rows.values() if (damage := tree.damage_of(thread))]


# --- posts ----------------------------------------------------------------------------------------------------


def test_a_post_comes_with_its_columns(tmp_path):
    filed = [("post_tag", "z", "Zed &amp; co"), ("category", "kids", "Kids"), ("post_tag", "a", "Ay")]
    terms = category("kids", "Kids", parent="top") + category("top", "Top")
    bring(
        tmp_path,
        export(
            item(
                5, title="A &amp; <em>B</em>", excerpt="Short <b>words</b>.", filed=filed, comment_status="closed",
                post_modified_gmt="2021-02-03 04:05:06",
            ),
            terms=terms,
        ),
    )  # fmt: skip
    post = Post.objects.get()
    assert (post.title, post.dek, post.excerpt) == ("A & B", "Short words.", "")
    assert (post.slug, post.state, post.body_format, post.comment_policy) == (
        "post-5",
        "published",
        "html",
        "closed",
    )
    assert (
        post.published_at
        == post.first_published_at
        == post.created_at
        == datetime(2020, 5, 1, 12, tzinfo=UTC)
    )
    assert post.updated_at == datetime(2021, 2, 3, 4, 5, 6, tzinfo=UTC)
    assert [tagged.tag.name for tagged in post.tagged.all()] == ["Zed & co", "Ay"]
    assert Category.objects.get(slug="kids").parent == Category.objects.get(slug="top")
    assert [byline.author.name for byline in post.bylines.all()] == ["Ada Byron"]


def test_a_long_excerpt_is_kept_for_lists(tmp_path):
    bring(tmp_path, export(item(5, excerpt="word " * 200)))
    post = Post.objects.get()
    assert post.dek == ""
    assert post.excerpt.startswith("word word")


@pytest.mark.parametrize("status", ["draft", "pending", "private", "auto-draft", "inherit", "archived", ""])
def test_what_was_not_public_is_a_draft(tmp_path, client, status):
    report = bring(tmp_path, export(item(5, status=status, title="Secret")))
    post = Post.objects.get()
    assert post.state == "draft"
    assert post.published_at is None
    assert not OldAddress.objects.exists()
    assert "“Secret”" in report
    assert b"Secret" not in client.get("/").content


def test_a_post_with_a_password_is_a_draft(tmp_path):
    assert "“Secret” (password)" in bring(tmp_path, export(item(5, title="Secret", post_password="x")))
    assert Post.objects.get().state == "draft"


def test_a_page_is_a_draft_and_said_to_be_one(tmp_path):
    assert "pages, kept as drafts" in bring(
        tmp_path, export(item(5, comment(1), post_type="page", title="About me"))
    )
    assert Post.objects.get().state == "draft"
    assert Comment.objects.get().post == Post.objects.get()


def test_a_post_without_any_date_is_a_draft(tmp_path):
    bring(tmp_path, export(item(5, date=NEVER)))
    assert Post.objects.get().state == "draft"


def test_a_scheduled_post_keeps_its_minute(tmp_path, client):
    bring(tmp_path, export(item(5, status="future", title="Later", date="2099-01-02 03:04:05")))
    post = Post.objects.get()
    assert post.is_scheduled()
    assert post.published_at == datetime(2099, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert client.get(post.get_absolute_url()).status_code == 404


def test_trash_stays_where_it_is_with_its_comments(tmp_path):
    report = bring(tmp_path, export(item(5, comment(1), status="trash", title="Thrown away")))
    assert not Post.objects.exists()
    assert not Comment.objects.exists()
    assert "“Thrown away”, 1 comments" in report


def test_menus_revisions_and_the_like_are_left_out(tmp_path):
    report = bring(
        tmp_path, export(item(5, post_type="nav_menu_item"), item(6, post_type="revision", title="Old"))
    )
    assert not Post.objects.exists()
    assert "revision “Old”" in report


def test_sticky_posts_and_other_taxonomies_are_reported(tmp_path):
    report = bring(tmp_path, export(item(5, is_sticky=1, filed=[("series", "s", "A series")])))
    assert "pinned to the top" in report
    assert "series “A series”" in report


def test_addresses_in_any_script_are_kept(tmp_path, client):
    bring(tmp_path, export(item(5, slug="%d0%bf%d1%80%d0%b8%d0%b2%d0%b5%d1%82", title="Привет",
                                link="https://old.example/%D0%BF%D1%80%D0%B8%D0%B2%D0%B5%D1%82/")))  # fmt: skip
    post = Post.objects.get()
    assert post.slug == "привет"
    assert client.get(post.get_absolute_url()).status_code == 200
    answer = client.get("/%D0%BF%D1%80%D0%B8%D0%B2%D0%B5%D1%82/")
    assert answer.status_code == 301
    assert client.get(answer["Location"]).status_code == 200


def test_an_address_that_is_taken_here_gets_a_number(tmp_path):
    make_post(title="Mine", slug="post-5")
    report = bring(tmp_path, export(item(5), item(6, slug="post-5")))
    assert sorted(Post.objects.values_list("slug", flat=True)) == ["post-5", "post-5-2", "post-5-3"]
    assert "(post-5)" in report


def test_old_addresses_lead_to_the_new_ones(tmp_path, client):
    same = item(6, slug="same", link="https://old.example/2020/05/same/")
    report = bring(tmp_path, export(item(5), same, item(7, link="https://old.example/?p=7")))
    assert dict(OldAddress.objects.values_list("path", "target")) == {"/post-5/": "/2020/05/post-5/"}
    assert client.get("/post-5/")["Location"] == "/2020/05/post-5/"
    assert "https://old.example/?p=7" in report


def test_posts_without_title_are_known_by_their_words(tmp_path):
    bring(tmp_path, export(item(5, title="", content="<p>First words of the text.</p>", slug="")))
    assert Post.objects.get().title == "First words of the text."


def test_the_site_takes_name_tagline_and_zone_while_nobody_has_chosen_any(tmp_path):
    items = [
        item(5, date="2020-01-01 12:00:00", gmt="2020-01-01 17:00:00"),
        item(6, date="2020-07-01 12:00:00", gmt="2020-07-01 16:00:00"),
    ]
    bring(tmp_path, export(*items))
    site = SiteSettings.load()
    assert (site.name, site.tagline, site.time_zone) == ("Old blog", "Old words", "America/New_York")


def test_what_the_owner_has_chosen_stays(tmp_path):
    site = SiteSettings.load()
    site.name, site.time_zone = "Mine", "Europe/Vienna"
    site.save()
    bring(tmp_path, export(item(5, date="2020-01-31 23:30:00", gmt="2020-01-31 23:30:00")))
    site.refresh_from_db()
    assert (site.name, site.time_zone) == ("Mine", "Europe/Vienna")
    assert Post.objects.get().get_absolute_url() == "/2020/02/post-5/"


# --- authors --------------------------------------------------------------------------------------------------


def test_an_author_gets_an_account_that_waits_for_a_password(tmp_path):
    bring(tmp_path, export(item(5)))
    ada = User.objects.get(email="ada@old.example")
    assert ada.is_active
    assert not ada.has_usable_password()
    assert ada.author.name == "Ada Byron"
    assert ada.author.get_absolute_url() == "/author/ada/"
    assert Post.objects.get().created_by == ada


def test_writers_without_posts_are_nobody_here(tmp_path):
    bring(
        tmp_path,
        export(item(5), authors=author() + author("bob", number=8, name="Bob", email="b@old.example")),
    )
    assert User.objects.count() == Author.objects.count() == 1


def test_whoever_signed_up_with_an_authors_address_does_not_become_the_author(tmp_path):
    make_user(display_name="Mallory", email="ADA@old.example")
    report = bring(tmp_path, export(item(5)))
    assert Author.objects.get().user is None
    assert "Ada Byron: an account with their e-mail exists here" in report
    assert "old.example)" in report.split("Came")[0]
    assert "ada@" not in report


def test_a_member_with_the_same_name_stays_the_only_one(tmp_path):
    make_user(display_name="Ada Вyron")
    bring(tmp_path, export(item(5)))
    assert Author.objects.get().user is None


def test_a_login_that_is_an_e_mail_address_is_in_no_address(tmp_path):
    bring(tmp_path, export(item(5, creator="ada@old.example"), authors=author("ada@old.example")))
    assert Author.objects.get().slug == "ada-byron"


def test_the_authors_file_brings_notes_and_handles(tmp_path):
    handles = [
        {"network": "M", "handle": "@a", "url": "https://m.example/@a"},
        {"network": "X", "handle": "@b", "url": "javascript:alert(1)"},
    ]
    notes = {"ada": {"name": "A. Byron", "note": "Writes.", "handles": handles}, "zoe": {}}
    report = bring(tmp_path, export(item(5)), authors=saved(tmp_path, json.dumps(notes), "authors.json"))
    ada = Author.objects.get()
    assert (ada.name, ada.bio) == ("A. Byron", "Writes.")
    assert [handle.handle for handle in ada.handles.all()] == ["@a"]
    assert "zoe" in report


@pytest.mark.parametrize("text", ["[1]", "{", '{"ada": 3}'])
def test_an_authors_file_of_another_shape_is_refused(tmp_path, text):
    with pytest.raises(CommandError, match="Nothing was written"):
        bring(tmp_path, export(item(5)), authors=saved(tmp_path, text, "authors.json"))
    assert not Post.objects.exists()


# --- comments -------------------------------------------------------------------------------------------------


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


def test_replies_to_what_does_not_come_are_openers(tmp_path):
    here = item(5, comment(11, parent=999), comment(12, comment_type="pingback"), comment(13, parent=12))
    there = item(6, comment(14, parent=11), comment(15, parent=15))
    report = bring(tmp_path, export(here, there))
    assert not Comment.objects.filter(parent__isnull=False).exists()
    assert sorted(Comment.objects.values_list("pk", flat=True)) == [11, 13, 14, 15]
    assert "3 replies to a comment that does not come with this post" in report
    assert "1 replies that answered each other in a circle" in report
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
    typed = Guest.objects.create(token_hash="f" * 64, email_hash=imported.email_hash)
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


def test_hostile_html_comes_through_the_same_sanitiser(tmp_path):
    evil = '<p onclick="x()">a<script>alert(1)</script><img src=x onerror=alert(1)><a href="javascript:x()">b</a></p>'
    bring(tmp_path, export(item(5, comment(11, evil), content=evil, title=evil, excerpt=evil)))
    post, found = Post.objects.get(), Comment.objects.get()
    for html in (post.body_html, found.body_html):
        assert "<script" not in html
        assert "onerror" not in html
        assert "onclick" not in html
        assert "javascript" not in html
    assert "<" not in post.title + post.dek


# --- ids ------------------------------------------------------------------------------------------------------


def test_ids_are_kept_and_the_next_reader_gets_one_above(tmp_path):
    bring(tmp_path, export(item(5, comment(50_000), comment(400))))
    assert sorted(numbers()) == [400, 50_000]
    assert make_comment(Post.objects.get()).pk > 50_000
    kept = ImportedItem.objects.filter(kind="comment").values_list("old_id", "new_id")
    assert dict(kept) == {"400": 400, "50000": 50_000}


def test_one_id_that_is_taken_gives_all_new_ones(tmp_path):
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


def test_ids_too_high_to_be_counted_on_are_not_kept(tmp_path):
    bring(tmp_path, export(item(5, comment(2**62))))
    assert Comment.objects.get().pk < 2**53


def test_what_stands_twice_in_the_file_comes_once(tmp_path):
    report = bring(
        tmp_path, export(item(5, comment(11), comment(11)), item(5, title="Again"), item(6, comment(11)))
    )
    assert Post.objects.count() == 2
    assert numbers() == {11: 1}
    assert "3 that stand in the file twice" in report


# --- pictures -------------------------------------------------------------------------------------------------


def picture_file(folder: Path, path: str) -> Path:
    file = folder / "files" / "wp-content" / "uploads" / path
    file.parent.mkdir(parents=True)
    Image.new("RGB", (60, 40), "teal").save(file)
    return folder / "files"


def shown(path: str, words: str = "") -> str:
    return f'<img src="https://old.example/wp-content/uploads/{path}" {words}>'


def test_pictures_come_from_the_folder_with_their_words(tmp_path):
    media = picture_file(tmp_path, "2020/05/map.png")
    items = [
        attachment(9, "2020/05/map.png", alt="A map"),
        item(
            5,
            content=f'Words [caption id="x"]{shown("2020/05/map-300x200.png", "width=300")} Who holds what[/caption]',
        ),
        item(6, content=shown("2020/05/map.png")),
    ]
    bring(tmp_path, export(*items), media=media)
    captioned, plain = Figure.objects.order_by("-caption")
    assert (captioned.alt, captioned.width, captioned.height) == ("A map", 60, 40)
    assert captioned.image
    assert plain.alt == "A map"
    assert Post.objects.get(slug="post-6").figures.get() == plain
    assert plain.image.url in Post.objects.get(slug="post-6").body_html


def test_a_picture_whose_file_is_missing_leaves_its_words(tmp_path):
    report = bring(tmp_path, export(item(5, content=shown("lost.png", 'alt="A lost map"'))))
    figure = Figure.objects.get()
    assert (figure.alt, bool(figure.image)) == ("A lost map", False)
    body = Post.objects.get().body_html
    assert "A lost map" in body
    assert "<img" not in body
    assert "lost.png in “A post”" in report


def test_a_gallery_of_the_post_shows_what_is_attached_to_it(tmp_path):
    items = [
        item(5, content="[gallery]"),
        attachment(8, "a.png", caption="One", parent=5),
        attachment(9, "b.png"),
    ]
    report = bring(tmp_path, export(*items))
    assert [figure.caption for figure in Post.objects.get().figures.all()] == ["One"]
    assert (
        "attached pictures that no text shows, left out – https://old.example/wp-content/uploads/b.png"
        in report
    )


def test_files_that_only_look_like_pictures_or_lie_elsewhere_are_not_taken(tmp_path):
    media = picture_file(tmp_path, "good.png")
    (media / "wp-content/uploads/bad.png").write_text("<script>")
    (tmp_path / "outside.png").write_bytes((media / "wp-content/uploads/good.png").read_bytes())
    (media / "wp-content/uploads/link.png").symlink_to(tmp_path / "outside.png")
    content = "".join(
        shown(name) for name in ("bad.png", "link.png", "../../../outside.png", "%2e%2e/outside.png")
    )
    bring(tmp_path, export(item(5, content=content)), media=media)
    assert Figure.objects.exists()
    assert not any(figure.image for figure in Figure.objects.all())


def test_pictures_without_alt_text_are_named_and_reported(tmp_path):
    report = bring(tmp_path, export(item(5, content=shown("2020/05/the-old-harbour-300x200.jpg"))))
    assert Figure.objects.get().alt == "the old harbour"
    assert "1 pictures without alt text" in report


# --- refusals -------------------------------------------------------------------------------------------------


def test_a_broken_file_changes_nothing(tmp_path):
    whole = export(item(5, comment(11)), item(6, title="Broken"))
    before = everything()
    with pytest.raises(CommandError, match="“Broken”.*Nothing was written"):
        bring(tmp_path, whole[: whole.rindex("</item>")])
    assert everything() == before


def test_a_file_or_folder_that_does_not_exist_is_named(tmp_path):
    with pytest.raises(CommandError, match="no file"):
        bring_file(tmp_path / "missing.xml")
    with pytest.raises(CommandError, match="no folder"):
        bring(tmp_path, export(item(5)), media=tmp_path / "nowhere")


def test_a_dry_run_says_what_would_come_and_writes_nothing(tmp_path):
    text = export(
        item(5, comment(11), content="AP (“H”):\n<blockquote>Q</blockquote>[x y=1]"), item(6, status="draft")
    )
    before = everything()
    report = bring(tmp_path, text, "--dry-run")
    assert everything() == before
    for words in (
        "nothing was written",
        "1 published posts",
        "1 drafts",
        "1 public comments",
        "1 quoted sources",
        "[x y=1]",
    ):
        assert words in report
    came = bring(tmp_path, text)
    assert came.replace("Came:", "Would come (nothing was written):", 1) == report


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
