"""URLs and topics in all scripts: each has one page, whatever Unicode spelling is asked for."""

from urllib.parse import quote

import pytest

from accounts.spelling import nfc
from blog import actions, search
from blog.models import OldAddress, Post, Tag
from blog.topics import split_names, tags_named
from tests.factories import make_author, make_post, make_tag
from tests.forms import submit

pytestmark = pytest.mark.django_db

BOTH_SPELLINGS = [("café", "cafe\u0301"), ("गिरफ़्तार", "गिरफ\u093c्तार"), ("がくせい", "か\u3099くせい")]


@pytest.mark.parametrize("tag", ["तेल", "ताल", "น้ำ", "தமிழ்", "बिजली", "မြန်မာ", "שָׁלוֹם"])
def test_a_tag_has_a_page_whatever_its_script(client, tag):
    [made] = tags_named([tag])
    make_post(title="About it", tags=(tag,))
    for path in (made.get_absolute_url(), f"{made.get_absolute_url()}feed/"):
        assert client.get(path).status_code == 200


def test_words_that_differ_in_their_marks_are_two_tags(client):
    oil, beat = tags_named(["तेल", "ताल"])
    assert (oil.slug, beat.slug) == ("तेल", "ताल")
    assert tags_named(["ताल", "तेल"]) == [beat, oil]


@pytest.mark.parametrize(("composed", "taken_apart"), BOTH_SPELLINGS)
def test_two_spellings_of_the_same_letters_are_one_tag(composed, taken_apart):
    assert len(split_names(f"{composed}, {taken_apart}")) == 1
    assert tags_named([taken_apart]) == tags_named([composed])
    assert Tag.objects.count() == 1


@pytest.mark.parametrize(("composed", "taken_apart"), BOTH_SPELLINGS)
def test_another_spelling_of_an_address_leads_to_the_one_we_give_out(client, composed, taken_apart):
    post = make_post(title=composed, slug=composed, tags=(composed,))
    for path in (post.get_absolute_url(), f"{post.get_absolute_url()}feed/", f"/tag/{quote(composed)}/"):
        asked = path.replace(quote(composed), quote(taken_apart))
        if asked == path:
            continue
        answer = client.get(f"{asked}?a=b")
        assert (answer.status_code, answer["Location"]) == (301, f"{path}?a=b")
        assert client.get(path).status_code == 200


def test_a_path_that_begins_like_a_host_leads_to_no_other_site(client):
    answer = client.get("/", PATH_INFO="//evil.example/e\u0301/".encode().decode("latin-1"))
    assert answer["Location"] == quote("/evil.example/é/")


def test_tags_of_other_signs_share_no_row():
    plus, sharp, plain = tags_named(["C++", "C#", "C"])
    assert len({plus.pk, sharp.pk, plain.pk}) == len({plus.slug, sharp.slug, plain.slug}) == 3
    assert tags_named(["c#", "c", "c++"]) == [sharp, plain, plus]


def test_a_new_tag_takes_no_address_that_leads_to_another(client):
    oil = make_tag("तेल")
    make_post(title="T", tags=("तेल",))
    OldAddress.objects.create(path="/tag/तल/", target=oil.get_absolute_url())
    [sole] = tags_named(["तल"])
    make_post(title="U", tags=()).post_tags.create(tag=sole)
    assert sole.slug == "तल-2"
    assert client.get("/tag/तल/")["Location"] == oil.get_absolute_url()
    assert client.get(sole.get_absolute_url()).status_code == 200


def test_tags_of_signs_alone_share_no_row():
    first, second = tags_named(["!!!", "???"])
    assert (first.name, second.name) == ("!!!", "???")
    assert first.slug != second.slug


def test_what_is_typed_is_stored_in_one_spelling(client):
    ann = make_author(display_name="Ann")
    post = make_post(title="Cafe\u0301", slug="cafe\u0301", dek="e\u0301", body="Un cafe\u0301.", by=ann)
    stored = Post.objects.get(pk=post.pk)
    assert (stored.title, stored.slug, stored.dek, stored.body) == ("Café", "café", "é", "Un café.")
    assert "café" in stored.body_html
    Post.objects.filter(pk=post.pk).update(title="E\u0301te\u0301")
    assert Post.objects.get(pk=post.pk).title == "Été"


@pytest.mark.parametrize(
    ("typed", "kept"), [("तेल-की-कीमत", "तेल-की-कीमत"), ("cafe\u0301", "café"), ("", "गिरफ़्तारी")]
)
def test_an_author_writes_an_address_in_their_letters(client, ada, typed, kept):
    client.force_login(ada)
    words = {"title": "गिरफ़्तारी", "body": "Words.", "slug": typed, "tags": "น้ำ, C#"}
    answer = submit(client, client.get("/admin/blog/post/add/"), press="do=save", **words)
    assert answer.status_code == 302
    post = Post.objects.get()
    assert post.slug == nfc(kept)
    assert [tag.name for tag in post.tags.order_by("pk")] == ["น้ำ", "C#"]


def test_a_sign_that_no_address_has_is_refused_in_words(client, owner):
    tag = make_tag("Ohio")
    client.force_login(owner)
    editor = f"/admin/blog/tag/{tag.pk}/change/"
    page = submit(client, client.get(editor), press="_save", slug="oh!o")
    assert "Use letters, digits, hyphens and underscores only." in page.content.decode()
    assert submit(client, client.get(editor), press="_save", slug="ओहायो").status_code == 302
    assert Tag.objects.get().slug == "ओहायो"


def test_a_long_address_in_another_script_redirects_when_it_changes(client, owner):
    """In percent it would be 1,600 letters long, and the column holds 500."""
    client.force_login(owner)
    post = make_post(title="T", slug="ते" * 90)
    old = post.get_absolute_url()
    post.slug = "ता" * 90
    actions.save_post(post, by=owner)
    row = OldAddress.objects.get()
    assert "%" not in row.path + row.target
    client.logout()
    answer = client.get(old)
    assert (answer.status_code, answer["Location"]) == (301, post.get_absolute_url())


def test_a_percent_encoded_redirect_works_too(client):
    tag = make_tag("é")
    make_post(title="T", tags=("é",))
    OldAddress.objects.create(path=quote("/tag/ö/"), target=tag.get_absolute_url())
    answer = client.get(quote("/tag/ö/"))
    assert (answer.status_code, answer["Location"]) == (301, tag.get_absolute_url())


@pytest.mark.parametrize(
    ("asked", "found"), [("सीता", "सीता गई"), ("सती", "सती आई"), ("cafe\u0301", "Le café"), ("น้ำ", "ดื่ม น้ำ")]
)
def test_search_finds_words_with_their_marks_only(asked, found):
    for text in ("सीता गई", "सती आई", "Le café", "ดื่ม น้ำ", "นํา ไป"):
        make_post(title=f"About {text}")
    hits = search.find(search.Question.read(asked)).hits
    assert ["".join(words for words, _asked in hit.title) for hit in hits] == [f"About {found}"]
