"""Importing posts and authors from WordPress: what each becomes here, and what never becomes public."""

import json
from datetime import UTC, datetime

import pytest
from django.core.management.base import CommandError

from accounts.models import User
from blog.models import Author, Category, OldAddress, Post, SiteSettings, Tag
from comments.models import Comment
from tests.exchange.exports import (
    NEVER,
    attachment,
    author,
    bring,
    category,
    comment,
    export,
    item,
    saved,
)
from tests.factories import make_post, make_user

pytestmark = pytest.mark.django_db


def test_a_post_is_imported_with_its_columns(tmp_path):
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
    assert [tagged.tag.name for tagged in post.post_tags.all()] == ["Zed & co", "Ay"]
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
    assert not OldAddress.objects.exclude(path="/?author=7").exists()
    assert "“Secret”" in report
    assert b"Secret" not in client.get("/").content


def test_a_post_with_a_password_is_a_draft(tmp_path):
    assert "“Secret” (password)" in bring(tmp_path, export(item(5, title="Secret", post_password="x")))
    assert Post.objects.get().state == "draft"


def test_a_post_without_any_date_is_a_draft(tmp_path):
    bring(tmp_path, export(item(5, date=NEVER)))
    assert Post.objects.get().state == "draft"


def test_a_scheduled_post_keeps_its_minute(tmp_path, client):
    bring(tmp_path, export(item(5, status="future", title="Later", date="2099-01-02 03:04:05")))
    post = Post.objects.get()
    assert post.is_scheduled()
    assert post.published_at == datetime(2099, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert client.get(post.get_absolute_url()).status_code == 404


def test_trash_is_left_out_with_its_comments(tmp_path):
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


def test_old_addresses_redirect_to_the_new_ones(tmp_path, client):
    same = item(6, slug="same", link="https://old.example/2020/05/same/")
    items = [
        item(5),
        same,
        item(7, link="https://old.example/?p=7"),
        item(8, link="https://old.example/?x=8"),
    ]
    report = bring(tmp_path, export(*items))
    assert dict(OldAddress.objects.values_list("path", "target")) == {
        "/post-5/": "/2020/05/post-5/",
        "/?p=5": "/2020/05/post-5/",
        "/?p=6": "/2020/05/same/",
        "/?p=7": "/2020/05/post-7/",
        "/?p=8": "/2020/05/post-8/",
        "/?author=7": "/author/ada/",
    }
    assert "5 redirects from old web addresses" in report
    assert "https://old.example/?x=8" in report
    assert "https://old.example/?p=7" not in report


@pytest.mark.parametrize(
    ("link", "asked"),
    [
        ("https://old.example/2020/05/31/storm/", "/2020/05/31/storm/"),
        ("https://old.example/2020/05/31/storm/", "/2020/05/31/storm"),
        ("https://old.example/archives/123", "/archives/123"),
        ("https://old.example/archives/123", "/archives/123/"),
        ("https://old.example/storm/", "/storm/comment-page-2/"),
        ("https://old.example/storm/", "/storm/amp"),
        ("https://old.example/storm.html", "/storm.html"),
        ("https://old.example/storm/", "/?p=5"),
    ],
)
def test_every_form_of_a_posts_old_address_redirects_to_it(tmp_path, client, link, asked):
    bring(tmp_path, export(item(5, slug="storm", link=link)))
    answer = client.get(asked)
    assert (answer.status_code, answer["Location"]) == (301, "/2020/05/storm/")


def test_the_old_feed_of_a_posts_comments_redirects_to_the_new_one(tmp_path, client):
    bring(tmp_path, export(item(5)))
    assert client.get("/post-5/feed/")["Location"] == "/2020/05/post-5/feed/"


def test_descriptions_of_topics_are_words(tmp_path):
    described = category("news", "News").replace(
        "<wp:cat_name>", "<wp:category_description><![CDATA[<p>All &amp; <b>any</b></p><p>News</p>]]>"
        "</wp:category_description><wp:cat_name>",
    )  # fmt: skip
    bring(tmp_path, export(item(5), terms=described))
    assert Category.objects.get().description == "All & any\n\nNews"


def test_a_blog_in_a_folder_leaves_the_folders_addresses(tmp_path, client):
    text = export(
        item(5, link="https://net.example/sub/post-5/", filed=[("category", "news", "News")]),
        base="https://net.example/sub",
    )
    bring(tmp_path, text)
    assert client.get("/sub/?p=5")["Location"] == client.get("/sub/post-5")["Location"] == "/2020/05/post-5/"
    assert client.get("/sub/category/news/")["Location"] == "/category/news/"


def test_categories_within_categories_and_changed_topics_are_found_by_their_old_addresses(tmp_path, client):
    terms = (
        category("kid", "Kid", parent="mum") + category("mum", "Mum", parent="gran") + category("gran", "G")
    )
    # Each has a post of its own: a topic that no public post is filed under is not found, by any address.
    filed = [("category", slug, slug.title()) for slug in ("kid", "mum", "gran")]
    filed.append(("post_tag", "%f0%9f%8e%89", "Party"))
    bring(tmp_path, export(item(5, filed=filed), terms=terms))
    assert client.get("/category/gran/mum/kid/")["Location"] == "/category/kid/"
    assert client.get("/category/gran/mum")["Location"] == "/category/mum/"
    assert client.get("/tag/%F0%9F%8E%89/")["Location"] == "/tag/party/"
    assert client.get("/category/gran/").status_code == 200


def test_shared_blocks_are_imported_with_the_posts_that_use_them(tmp_path):
    block = '<!-- wp:block {"ref":%d} /-->'
    words = "<!-- wp:paragraph --><p>Shared words</p><!-- /wp:paragraph -->"
    items = [
        item(5, content=block % 7 + block % 9, title="Shows"),
        item(7, post_type="wp_block", content=words, title="Seen"),
        item(8, post_type="wp_block", content=words, title="Unseen"),
    ]
    report = bring(tmp_path, export(*items))
    assert Post.objects.get().body_html == "<p>Shared words</p>"
    assert "wp_block “Unseen”" in report
    assert "“Seen”" not in report
    assert "wp:block 9 in “Shows”" in report


def test_two_people_of_one_name_or_address_are_told_apart_and_reported(tmp_path):
    writers = author() + author("bea", number=8, email="bea@old.example") + author("cy", number=9, name="Cy")
    report = bring(tmp_path, export(item(5), item(6, creator="bea"), item(7, creator="cy"), authors=writers))
    assert "2 authors without an account" in report
    assert {a.slug: bool(a.user) for a in Author.objects.all()} == {"ada": True, "bea": False, "cy": False}


def test_drafts_and_their_attachments_leave_no_addresses(tmp_path, client):
    drafts = item(5, status="draft"), item(6, post_type="page", status="draft")
    bring(tmp_path, export(*drafts, attachment(7, "a.png", parent=5)))
    assert list(OldAddress.objects.values_list("path", flat=True)) == ["/?author=7"]
    # Of whom nothing is public: that there is such a list is told to nobody.
    assert client.get("/?author=7").status_code == 200
    assert client.get("/?p=5").status_code == 200


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


def test_a_topic_whose_numbered_address_is_taken_gets_one_that_nothing_has(tmp_path):
    for number in (2, 3):
        Tag.objects.create(name=f"Mine {number}", slug=f"vote-{number}")
    # Two topics of the old blog for one of here: the second one needs an address of its own.
    filed = [("post_tag", "vote-3", "Mine 3"), ("post_tag", "vote 3", "Vote three")]
    bring(tmp_path, export(item(5, filed=filed)))
    assert Tag.objects.get(name="Vote three").slug == "vote-4"


def test_what_the_owner_has_chosen_stays(tmp_path):
    site = SiteSettings.load()
    site.name, site.time_zone = "Mine", "Europe/Vienna"
    site.save()
    bring(tmp_path, export(item(5, date="2020-01-31 23:30:00", gmt="2020-01-31 23:30:00")))
    site.refresh_from_db()
    assert (site.name, site.time_zone) == ("Mine", "Europe/Vienna")
    assert Post.objects.get().get_absolute_url() == "/2020/02/post-5/"


# --- authors -------------------------------------------------------------------------------------------------


def test_an_author_gets_an_account_that_waits_for_a_password(tmp_path):
    bring(tmp_path, export(item(5)))
    ada = User.objects.get(email="ada@old.example")
    assert ada.is_active
    assert not ada.has_usable_password()
    assert ada.author.name == "Ada Byron"
    assert ada.author.get_absolute_url() == "/author/ada/"
    assert Post.objects.get().created_by == ada


def test_authors_without_posts_are_not_imported(tmp_path):
    bring(
        tmp_path,
        export(item(5), authors=author() + author("bob", number=8, name="Bob", email="b@old.example")),
    )
    assert User.objects.count() == Author.objects.count() == 1


def test_whoever_signed_up_with_an_authors_address_does_not_become_the_author(tmp_path):
    make_user(display_name="Mallory", email="ADA@old.example")
    report = bring(tmp_path, export(item(5)))
    assert Author.objects.get().user is None
    assert "Ada Byron: an account with their e-mail address already exists" in report
    assert "old.example)" in report.split("Imported")[0]
    assert "ada@" not in report


def test_a_member_with_the_same_name_stays_the_only_one(tmp_path):
    make_user(display_name="Ada Вyron")
    bring(tmp_path, export(item(5)))
    assert Author.objects.get().user is None


def test_an_author_is_found_where_wordpress_had_them(tmp_path, client):
    bring(tmp_path, export(item(5, creator="j.doe smith"), authors=author("j.doe smith")))
    assert client.get("/author/j-doe-smith/").status_code == 200


def test_a_login_that_is_an_e_mail_address_is_in_no_address(tmp_path):
    bring(tmp_path, export(item(5, creator="ada@old.example"), authors=author("ada@old.example")))
    assert Author.objects.get().slug == "ada-byron"


def test_the_authors_file_adds_notes_and_handles(tmp_path):
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


@pytest.mark.parametrize("date", ["3021-02-03 04:05:06", "8999-12-31 23:59:59"])
def test_a_year_that_does_not_fit_into_an_address_is_not_a_date(tmp_path, date):
    bring(tmp_path, export(item(5, title="Far", post_date=date, post_date_gmt=date)))
    assert [(post.title, post.state) for post in Post.objects.all()] == [("Far", "draft")]
