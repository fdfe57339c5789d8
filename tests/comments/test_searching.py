"""The site's search finds public comments on public posts, and nothing else."""

from datetime import UTC, datetime

import pytest

from tests.blog.pages import all_by_class, links, page, words
from tests.factories import make_author, make_comment, make_draft, make_guest, make_post

pytestmark = pytest.mark.django_db


def found(client, **query) -> list[str]:
    root = page(client.get("/search/", query))
    return [words(entry.xpath(".//h2")[0]) for entry in all_by_class(root, "entry")]


def test_a_comment_is_found_with_its_writer_post_and_place(client, bob):
    post = make_post(title="Rivers")
    comment = make_comment(post, text="Who counts the **water**? Nobody.", by=bob)
    root = page(client.get("/search/?q=water"))
    [entry] = all_by_class(root, "entry")
    assert words(entry.xpath(".//h2")[0]) == "Bob on “Rivers”"
    assert words(entry).startswith("Comment ")
    assert links(entry) == [f"/comments/{comment.pk}/in-thread/"]
    assert words(entry.xpath(".//mark")[0]) == "water"


def test_kinds_can_be_told_apart(client):
    post = make_post(title="Water", body="Water.")
    make_comment(post, text="More water.", name="Gus")
    assert set(found(client, q="water")) == {"Water", "Gus on “Water”"}
    assert found(client, q="water", kind="posts") == ["Water"]
    assert found(client, q="water", kind="comments") == ["Gus on “Water”"]


@pytest.mark.parametrize("state", ["held", "spam", "removed", "withdrawn"])
def test_a_comment_that_is_not_public_is_not_found(client, state, owner):
    make_comment(make_post(title="Rivers"), text="Secret water.", state=state)
    client.force_login(owner)
    assert found(client, q="water") == []


def test_a_comment_on_a_post_that_is_not_public_is_not_found(client, owner):
    make_comment(make_draft(title="Rivers"), text="Secret water.")
    client.force_login(owner)
    assert found(client, q="water") == []


def test_author_and_year_narrow_it(client):
    ann = make_author(display_name="Ann")
    post = make_post(title="Rivers", by=ann)
    make_comment(post, text="water", by=ann.user, published_at=datetime(2024, 5, 1, tzinfo=UTC))
    make_comment(post, text="water", by=make_guest(name="Gus"), published_at=datetime(2025, 5, 1, tzinfo=UTC))
    assert found(client, q="water", author="ann") == ["Ann on “Rivers”"]
    assert found(client, q="water", year="2025") == ["Gus on “Rivers”"]


def test_a_guest_author_without_an_account_has_written_no_comments(client):
    author = make_author(display_name="Guest author", user=False)
    post = make_post(title="Rivers", by=author)
    make_comment(post, text="water", name="Gus")
    assert found(client, q="water", author="guest-author") == []
