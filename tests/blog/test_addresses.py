"""What people type where an address belongs: every scheme and every broken one is shown, refused in words, or plain."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from blog import actions
from blog.markup import render_post, web_address
from blog.models import Article, AuthorHandle, Post, Publication, PublicationAlias
from exchange.rerendering import rerender_posts
from tests import factories
from tests.exchange.exports import bring, export, item
from tests.forms import errors_of, page_of, submit

ADD = "/admin/blog/post/add/"

GOOD = [
    "https://example.org/a",
    "http://example.org",
    "//example.org/a",
    "HTTPS://EXAMPLE.ORG/A",
    "https://xn--bcher-kva.example/ä?q=ö#ü",
    "https://bücher.example/",
    "https://127.0.0.1:8000/a",
    "https://[::1]/a",
    "https://m.example.org/a",
    f"https://{'😀' * 300}.example/" + "a" * 700,
]
BAD = [
    "mailto:tips@example.org",
    "MAILTO:tips@example.org?subject=x",
    "tel:+15551234",
    "javascript:alert(1)",
    "data:text/html,x",
    "ftp://example.org/a",
    "file:///etc/passwd",
    "about:blank",
    "/2026/11/a-post/",
    "#s-1",
    "www.example.org/a",
    "example",
    "https://",
    "https:///a",
    "https://www./",
    "https://m.",
    "https://./",
    "https://?q",
    "https://example.org:port/",
    "https://example.org:99999999/",
    "https://[::1/",
    "https://[example]/",
    "https://user:password@/",
    "http://exa mple.org/",
    "https:\\\\example.org",
    "https://exa\u2028mple.org/",
    "urn:isbn:0451450523",
    "a:b:c",
    ":",
    "https://" + "a" * 3000,
]


def source(address: str, *, publication: str = "") -> str:
    return f":::source\npublication: {publication}\nurl: {address}\n\nThe words quoted.\n:::"


def clipping(address: str, *, publication: str = "") -> str:
    return (
        f'<figure class="clip"><figcaption><span class="pub">{publication}</span> <cite><a href="{address}">A piece'
        f"</a></cite></figcaption><blockquote><p>The words quoted.</p></blockquote></figure>"
    )


def embedded(address: str) -> str:
    film = f'<iframe src="{address}"></iframe><figure class="embed"><a href="{address}">Film</a></figure>'
    return f'{film}<figure class="plate"><img src="{address}" alt="A map"></figure>'


@pytest.fixture
def desk(client, owner):
    """A client in which the owner is signed in: all of the admin is open."""
    client.force_login(owner)
    return client


@pytest.mark.parametrize("address", GOOD)
def test_a_web_address_is_one(address):
    assert web_address(address).startswith(("https://", "http://"))


@pytest.mark.parametrize("address", BAD)
def test_anything_else_is_none(address):
    assert web_address(address) == ""


@pytest.mark.slow
@given(st.one_of(st.text(), st.sampled_from(GOOD + BAD)), st.text(max_size=20))
@example("mailto:a@example.org", "")
@example("https://www./", " ")
def test_every_quoted_source_can_be_looked_up(address, publication):
    for body, body_format in (
        (source(address, publication=publication), "markdown"),
        (clipping(address.replace('"', ""), publication=publication), "html"),
    ):
        rendered = render_post(body, body_format=body_format)
        for quoted in rendered.sources:
            assert quoted.publication.strip()
            assert quoted.url in {"", web_address(quoted.url)}


# --- the admin ------------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("publication", ["", "The Paper"])
@pytest.mark.parametrize("address", BAD)
def test_a_source_block_with_another_address_is_refused_in_words(desk, address, publication):
    body = source(address, publication=publication)
    response = submit(desk, desk.get(ADD), press="do=publish", title="A title", body=body)
    assert f"“{address[:80]}”" in errors_of(response)[0]
    assert "isn’t a web address" in errors_of(response)[0]
    assert page_of(response).get_element_by_id("id_body").text.strip().replace("\r", "") == body
    assert not Post.objects.exists()


@pytest.mark.parametrize("address", GOOD)
def test_a_source_block_with_a_web_address_is_saved_and_its_pages_answer(desk, address):
    submit(desk, desk.get(ADD), press="do=publish", title="A title", body=source(address))
    article = Article.objects.get()
    pages = [Post.objects.get(), article, article.publication]
    assert [desk.get(page.get_absolute_url()).status_code for page in pages] == [200, 200, 200]


@pytest.mark.slow
@pytest.mark.parametrize("address", GOOD + BAD)
def test_clippings_and_pictures_in_html_are_saved_and_looked_at_with_any_address(desk, address):
    body = clipping(address) + clipping(address, publication="The Paper") + embedded(address)
    words = {"title": "A title", "body": body, "body_format": "html"}
    assert submit(desk, desk.get(ADD), press="do=publish", **words).status_code == 302
    post = Post.objects.get()
    editor = f"/admin/blog/post/{post.pk}/change/"
    page = desk.get(editor)
    warned = "A source block has no publication or link" in page.content.decode()
    # A link in HTML leads where it was meant to, with https; in Markdown's fields an address is asked for.
    assert warned == (web_address(address) == "" and address != "www.example.org/a")
    assert submit(desk, page, press="do=preview").status_code == 200
    assert rerender_posts(everything=True) == 1
    article = post.quotations.first().article
    for place in (post, article, article.publication):
        assert desk.get(place.get_absolute_url()).status_code == 200
    assert desk.get("/feed/").status_code == 200


@pytest.mark.slow
@pytest.mark.parametrize("address", BAD)
def test_the_form_beside_the_text_takes_web_addresses_only(desk, address):
    words = {
        "source-url": address,
        "source-publication": "The Paper",
        "source-text": "Words.",
        "title": "Kept.",
    }
    response = submit(desk, desk.get(ADD), press="do=source", **words)
    page = page_of(response)
    inserted = page.get_element_by_id("id_body").text.strip()
    if inserted:
        # What was typed without a scheme is completed, and then it is one.
        assert web_address(inserted.partition("url: ")[2].partition("\n")[0])
    else:
        assert "Enter a web address, such as https://example.org/article." in response.content.decode()
    assert page.get_element_by_id("id_title").get("value") == "Kept."


@pytest.mark.slow
@pytest.mark.parametrize("address", GOOD + BAD)
def test_an_archived_copy_and_a_handle_are_web_addresses_or_refused(desk, address):
    factories.make_post(body=source("https://example.org/a"))
    article = Article.objects.get()
    place = f"/admin/blog/article/{article.pk}/change/"
    response = submit(desk, desk.get(place), archived_url=address)
    article.refresh_from_db()
    assert (response.status_code == 302) == bool(article.archived_url)
    assert not article.archived_url or web_address(article.archived_url)
    assert desk.get(article.get_absolute_url()).status_code == 200

    author = factories.make_author(display_name="Ann")
    factories.make_post(by=author)
    place = f"/admin/blog/author/{author.pk}/change/"
    handle = {"handles-0-network": "Web", "handles-0-handle": "ann", "handles-0-url": address}
    response = submit(desk, desk.get(place), **handle)
    assert (response.status_code == 302) == AuthorHandle.objects.exists()
    assert all(web_address(handle.url) for handle in AuthorHandle.objects.all())
    assert desk.get(author.get_absolute_url()).status_code == 200


@pytest.mark.slow
@pytest.mark.parametrize("written", [*GOOD, *BAD, "The", "Example.org", "WWW.EXAMPLE.ORG", "…"])
def test_another_host_of_a_publication_is_normalised_or_refused(desk, written):
    factories.make_post(body=source("https://example.org/a"))
    factories.make_post(body=source("https://other.example/a"))
    publication = Publication.objects.get(key="other.example")
    assert not PublicationAlias.objects.exists()
    place = f"/admin/blog/publication/{publication.pk}/change/"
    response = submit(desk, desk.get(place), **{"aliases-0-key": written})
    key = PublicationAlias.objects.values_list("key", flat=True).first()
    assert (response.status_code == 302) == (key is not None)
    assert key is None or (key.strip() and key != "example.org")


# --- readers, imports -----------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("address", GOOD + BAD)
def test_the_website_of_a_guest_is_a_web_address_or_refused(client, address):
    post = factories.make_post()
    words = {
        "name": "Gus",
        "email": "gus@example.org",
        "text": "A thought.",
        "website": address,
        "do": "post",
    }
    response = client.post(f"/posts/{post.pk}/comments/", words, headers={"sec-fetch-site": "same-origin"})
    kept = post.comments.values_list("guest_website", flat=True).first()
    assert (response.status_code == 303) == (kept is not None)
    assert not kept or web_address(kept)
    assert client.get(post.get_absolute_url()).status_code == 200


@pytest.mark.slow
@pytest.mark.django_db
def test_an_import_takes_everything_with_any_address(tmp_path):
    contents = [
        build(address.replace('"', "%22")) for address in GOOD + BAD for build in (clipping, embedded, source)
    ]
    bring(tmp_path, export(*(item(number, content=words) for number, words in enumerate(contents, start=1))))
    posts = Post.objects.order_by("pk")
    assert posts.count() == len(contents)
    mailed = posts.get(body__contains='"mailto:tips@example.org"', body__startswith='<figure class="clip')
    assert mailed.quotations.count() == 0
    assert "<blockquote><p>The words quoted.</p></blockquote>" in mailed.body_html
    assert rerender_posts(everything=True) == len(contents)


def test_saving_a_figure_renders_the_posts_that_name_it_with_a_number_sign(ada):
    from blog.models import Figure

    figure = actions.save_figure(Figure(alt="A map"), by=ada)
    post = factories.make_post(body=f":::figure\nid: #{figure.pk}\n:::")
    assert list(post.figures.all()) == [figure]
    figure.alt = "A map of the river"
    actions.save_figure(figure, by=ada)
    post.refresh_from_db()
    assert "A map of the river" in post.body_html
