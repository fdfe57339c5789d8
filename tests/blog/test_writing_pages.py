"""An owner writes pages in the editor of posts: each at a free path, in menu or footer if wanted."""

import pytest
from django.urls import reverse

from blog.models import OldAddress, Post
from tests.factories import make_author, make_page, make_post
from tests.forms import errors_of, form_of, messages_of, page_of, submit, values_of

ADD, LIST = "/admin/blog/page/add/", "/admin/blog/page/"

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(client, owner):
    client.force_login(owner)
    return client


def editor_of(page):
    return reverse("admin:blog_page_change", args=[page.pk])


def test_an_owner_publishes_a_page_at_the_address_its_title_makes(office, client):
    form = office.get(ADD)
    values = values_of(form_of(form, form_id="post_form"))
    assert values["comment_policy"] == "closed" and not {"tags", "slug"} & values.keys()
    response = submit(
        office,
        form,
        form_id="post_form",
        press="do=publish",
        title="About Us",
        body="*We*.",
        shown_in="menu",
        position="3",
    )
    made = Post.objects.pages().get()
    assert response["Location"] == editor_of(made)
    assert (made.path, made.kind, made.shown_in, made.position) == ("/about-us/", "page", "menu", 3)
    assert not made.bylines.exists()
    assert "published" in messages_of(office.get(response["Location"]))[0]
    client.logout()
    assert b"<em>We</em>" in client.get("/about-us/").content


def test_a_page_is_saved_looked_at_withdrawn_and_published_again(office):
    made = make_page(title="About")
    shown = submit(
        office, office.get(editor_of(made)), form_id="post_form", press="do=preview", body="*Soon*."
    )
    assert b"<em>Soon</em>" in shown.content and b"Soon" not in office.get("/about/").content
    submit(office, office.get(editor_of(made)), form_id="post_form", press="do=save", path="about/us")
    made.refresh_from_db()
    assert made.path == "/about/us/"
    assert office.get("/about/")["Location"] == "/about/us/"
    # Back to the address it had: nothing leads elsewhere any more.
    submit(office, office.get(editor_of(made)), form_id="post_form", press="do=save", path="/about/")
    assert office.get("/about/").status_code == 200
    withdraw = reverse("admin:blog_page_withdraw", args=[made.pk])
    assert "Withdraw this page?" in office.get(withdraw).content.decode()
    assert office.post(withdraw)["Location"] == editor_of(made)
    assert office.get("/about/").status_code == 410
    submit(office, office.get(editor_of(made)), form_id="post_form", press="do=publish")
    assert office.get("/about/").status_code == 200
    assert office.get(reverse("admin:blog_page_history", args=[made.pk])).status_code == 200


@pytest.mark.parametrize(
    ("path", "said", "free"),
    [
        ("search", "begins like one of the site’s own URLs", "/search-2/"),
        ("/2019/x/", "begins like one of the site’s own URLs", "/2019-2/x/"),
        ("/Taken/", "is used by “Mine”", "/taken-2/"),
        ("/was-here/", "redirects to /2020/05/x/", "/was-here-2/"),
        ("/?/", "contains no letters", ""),
    ],
)
def test_an_address_that_is_not_free_is_refused_with_one_that_is(office, path, said, free):
    make_page(title="Mine", path="/taken/")
    OldAddress.objects.create(path="/was-here/", target="/2020/05/x/")
    response = submit(
        office, office.get(ADD), form_id="post_form", press="do=save", title="X", body="Y", path=path
    )
    told = " ".join(errors_of(response))
    assert said in told and free in told
    assert values_of(form_of(response, form_id="post_form"))["path"] == path
    assert Post.objects.count() == 1


def test_posts_and_pages_have_lists_of_their_own(office):
    make_page(title="Only a page")
    make_post(title="Only a post")
    assert "Only a post" not in office.get(LIST).content.decode()
    assert "Only a page" not in office.get("/admin/blog/post/").content.decode()
    links = page_of(office.get("/admin/")).xpath("//ul[@class='app-list']//a/@href")
    assert LIST in links and ADD in links
    assert "/about/" not in office.get(LIST).content.decode()


def test_an_editor_opens_rows_of_its_own_kind_only(office):
    page, post = make_page(), make_post()
    assert office.get(editor_of(post)).status_code == 404
    assert office.get(reverse("admin:blog_post_change", args=[page.pk])).status_code == 404


def test_an_author_does_not_write_pages(client):
    ann = make_author(display_name="Ann")
    made = make_page(by=ann)
    client.force_login(ann.user)
    for address in (LIST, ADD, editor_of(made), reverse("admin:blog_post_change", args=[made.pk])):
        assert client.get(address).status_code in {403, 404}, address
    assert "/admin/blog/page/" not in client.get("/admin/").content.decode()
