"""A guest cannot use the name of a member, the site, an author, or a quoted publication."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from blog.models import Author, Publication, SiteSettings
from comments.models import Comment
from tests.comments.test_replying import complaints, text_in, write
from tests.factories import make_author, make_post, make_user

pytestmark = pytest.mark.django_db

SITE = "This is the name of this site. Please choose another."
AUTHOR = "This name belongs to an author here. Please choose another."
PUBLICATION = "This name belongs to a publication quoted here. Please choose another."
MIXED = "This name mixes letters from different alphabets. Use one alphabet for each word."


@pytest.fixture
def post(db):
    site = SiteSettings.load()
    site.name = "The Margin"
    site.save()
    make_author(display_name="Vera Wolf", user=False)
    Publication.objects.create(key="sz.example", name="SZ", full_name="Süddeutsche Zeitung", slug="sz")
    return make_post()


def told(client, post, name: str) -> list[str]:
    answer = write(client, post, text="I am.", name=name, email="x@example.org")
    if answer.status_code == 303:
        return []
    assert (answer.status_code, text_in(answer)) == (400, "I am.")
    return complaints(answer)


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("The Margin", SITE),
        ("the margin", SITE),
        ("The Mаrgin", SITE),
        ("Ƭhe Margın", SITE),
        ("The Margin (Staff)", SITE),
        ("Vera Wolf", AUTHOR),
        ("Veга Wоlf", AUTHOR),
        ("Vera W𐓪lf", AUTHOR),
        ("SZ", PUBLICATION),
        ("Suddeutsche Zeitung", PUBLICATION),
        ("Sϋddeutsche Zeitung", PUBLICATION),
        ("Kаrl", MIXED),
    ],
)
def test_a_guest_takes_no_name_that_is_somebody_elses(client, post, name, sentence):
    assert told(client, post, name) == [sentence]
    assert not Comment.objects.exists()


@pytest.mark.parametrize(
    "name", ["Vera Wolff", "Karl", "Карл", "सती", "The Marginal", "Süddeutscher", "Karl Карл"]
)
def test_people_may_use_their_own_protected_names(client, post, name):
    make_user(display_name="सीता")
    assert told(client, post, name) == []


def test_rows_that_former_code_wrote_are_guarded_too(client, post):
    Author.objects.update(name_key="")
    Publication.objects.update(name_key="", full_name_key="")
    SiteSettings.objects.update(name_key="")
    for name, sentence in (("The Mаrgin", SITE), ("Veга Wоlf", AUTHOR), ("Suddeutsche Zeitung", PUBLICATION)):
        assert told(client, post, name) == [sentence]


def test_checking_a_name_takes_as_many_queries_with_500_publications_as_with_5(client, post):
    counts = []
    # What stands in menu and foot is asked for once.
    told(client, post, "The Margin")
    for size in (5, 500):
        known = Publication.objects.count()
        Publication.objects.bulk_create(
            Publication(key=f"{number}.example", name=f"Paper {number}", slug=f"paper-{number}")
            for number in range(known, size)
        )
        with CaptureQueriesContext(connection) as captured:
            assert told(client, post, "The Margin") == [SITE]
        names = [query["sql"] for query in captured if "name_key" in query["sql"]]
        counts.append(
            (len(captured), len([sql for sql in names if "UNION" in sql or "accounts_user" in sql]))
        )
    assert counts[0] == counts[1]
    assert counts[0][1] == 2


def test_a_member_may_be_called_as_the_author_who_they_are(client, post):
    """Members may use the name of their author, but no other protected name."""
    author = Author.objects.get(slug="vera-wolf")
    vera = make_user(display_name="Wolfgang")
    author.user = vera
    author.save()
    client.force_login(vera)
    rename = "/accounts/name/"
    assert SITE in client.post(rename, {"display_name": "The Mаrgin"}).content.decode()
    assert client.post(rename, {"display_name": "Vera Wolf"}).status_code == 302
    bob = make_user(display_name="Bob")
    client.force_login(bob)
    page = client.post(rename, {"display_name": "Süddeutsche Zeitung"}).content.decode()
    assert PUBLICATION in page
