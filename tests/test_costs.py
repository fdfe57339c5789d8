"""What each address costs, and what bounds it: a table; an address without a row fails.

KEPT: made once, then given out from memory. BOUNDED: as many rows as a page shows, however much there is. WRITES:
what is written is counted in the database (accounts/limits.py). OWN: a member's own pages, of their own few rows.
STAFF: for those who write or decide. A ReadLimit: costs more, so it is counted in this process (accounts/reads.py).
"""

import time

import pytest
from django.test import Client
from django.urls import get_resolver, resolve, reverse

from accounts import reads
from accounts.models import RateBucket
from accounts.people import network_hash
from accounts.reads import NEWS, PLACES, PREVIEWS, SEARCHES, WHOLE, ReadLimit
from comments.models import Comment
from tests.factories import make_comment, make_page, make_post
from tests.forms import page_of
from tests.test_access import COVERED_NAMESPACES, names_of

KEPT, BOUNDED, WRITES, OWN, STAFF = "kept", "bounded", "writes", "own", "staff"

COSTS: dict[str, object] = {
    "blog:post": (KEPT, WHOLE),
    "blog:page": (KEPT, WHOLE),
    "comments:latest": KEPT,
    "blog:search": SEARCHES,
    "comments:find": SEARCHES,
    "comments:news": NEWS,
    "comments:arrived": NEWS,
    "comments:comment": PLACES,
    "comments:in_thread": PLACES,
    # The form on a page of its own, and its preview.
    "comments:write": (BOUNDED, WRITES, PREVIEWS),
    "comments:edit": (BOUNDED, WRITES, PREVIEWS),
    **dict.fromkeys(
        (
            "comments:vote", "comments:report", "comments:mute", "comments:mutes", "comments:withdraw",
            "account_login", "account_request_login_code", "account_confirm_login_code", "mfa_login_webauthn",
            "mfa_authenticate", "account_signup", "account_email_verification_sent", "account_reset_password",
            "account_confirm_password_reset_code", "account_complete_password_reset",
        ),
        WRITES,
    ),
    # Lists of some twenty rows or fewer, one row, or none.
    **dict.fromkeys(
        (
            "blog:home", "blog:year", "blog:month", "blog:archive", "blog:category", "blog:tag", "blog:tags",
            "blog:author", "blog:publication", "blog:article", "blog:feed", "blog:category_feed", "blog:tag_feed",
            "blog:author_feed", "blog:publication_feed", "blog:favicon", "comments:page_feed", "blog:theme",
            "blog:media", "blog:healthz", "blog:readyz", "blog:robots", "blog:sitemap", "blog:sitemap_pages",
            "blog:sitemap_month", "exchange:old_comment", "comments:recent", "comments:person", "comments:feed",
            "comments:branch_feed", "comments:post_feed", "comments:preview", "comments:reply", "comments:shortcuts",
            "comments:visit", "account_inactive", "account_logout",
        ),
        BOUNDED,
    ),
    **dict.fromkeys(
        (
            "account_settings", "account_name", "account_email", "usersessions_list", "account_change_password",
            "account_set_password", "account_reauthenticate", "mfa_reauthenticate", "mfa_reauthenticate_webauthn",
            "mfa_index", "mfa_activate_totp", "account_app_picture", "mfa_deactivate_totp", "mfa_view_recovery_codes",
            "mfa_generate_recovery_codes", "mfa_download_recovery_codes", "mfa_add_webauthn", "mfa_remove_webauthn",
        ),
        OWN,
    ),
    **dict.fromkeys(
        (
            "blog:preview", "comments:moderation", "comments:moderation_bulk", "comments:removal",
            "comments:decision", "comments:undo",
        ),
        STAFF,
    ),
}  # fmt: skip


def limits_of(name: str) -> list[ReadLimit]:
    costs = COSTS[name] if isinstance(COSTS[name], tuple) else (COSTS[name],)
    return [cost for cost in costs if isinstance(cost, ReadLimit)]


def test_every_address_has_its_cost_in_the_table():
    assert {
        name for name in names_of(get_resolver()) if name.partition(":")[0] not in COVERED_NAMESPACES
    } == set(COSTS)


@pytest.fixture
def post(db):
    return make_post()


@pytest.fixture
def comment(post):
    return make_comment(post, text="A thought about depots.")


@pytest.fixture
def addresses(post, comment) -> dict[str, str]:
    """One question for each address that is counted."""
    return {
        "blog:post": f"{post.get_absolute_url()}?all&page=x",
        "blog:page": f"{make_page().path}?all&page=x",
        "blog:search": "/search/?q=depots",
        "comments:find": f"/posts/{post.pk}/find/?q=depots",
        "comments:news": f"/posts/{post.pk}/news/?since=0",
        "comments:arrived": f"/posts/{post.pk}/arrived/?after=0&ago=60",
        "comments:comment": f"/comments/{comment.pk}/",
        "comments:in_thread": f"/comments/{comment.pk}/in-thread/",
    }


def use_up(limit: ReadLimit, who: str) -> None:
    """Leave nothing of a limit for some seconds, however slow the machine is that runs the tests."""
    limit._full_at[who] = time.monotonic() + limit.seconds + 20


def key_of(address: str) -> str:
    return network_hash(address)


def test_what_costs_more_is_counted_and_refused_in_words(addresses):
    counted = {name for name in COSTS if limits_of(name) and PREVIEWS not in limits_of(name)}
    assert counted == set(addresses)
    for name, address in addresses.items():
        (limit,) = limits_of(name)
        assert resolve(address.partition("?")[0]).func.read_limit is limit
        use_up(limit, key_of("198.51.100.7"))
        refused = Client().get(address, REMOTE_ADDR="198.51.100.7")
        assert refused.status_code == 429, name
        assert 0 < int(refused["Retry-After"]) <= 60
        assert "Please try again in" in page_of(refused).text_content()
        # Others are not held up, and a refusal is nobody's page.
        other = Client().get(address, REMOTE_ADDR="203.0.113.9")
        assert other.status_code in {200, 302}, name
        limit.clear()
        assert Client().get(address, REMOTE_ADDR="198.51.100.7").status_code in {200, 302}, name


def test_members_have_a_limit_of_their_own(addresses, bob):
    use_up(SEARCHES, key_of("198.51.100.7"))
    client = Client()
    client.force_login(bob)
    assert client.get(addresses["comments:find"], REMOTE_ADDR="198.51.100.7").status_code == 200
    use_up(SEARCHES, f"member-{bob.pk}")
    assert client.get(addresses["comments:find"], REMOTE_ADDR="198.51.100.8").status_code == 429


def test_the_form_of_search_is_open_to_everybody(db):
    use_up(SEARCHES, key_of("127.0.0.1"))
    assert Client().get("/search/").status_code == 200


def test_a_kept_page_counts_for_nobody(post):
    address = f"{post.get_absolute_url()}?all"
    Client().get(address)
    use_up(WHOLE, key_of("127.0.0.1"))
    assert Client().get(address).status_code == 200


def test_a_read_writes_nothing_to_the_database(addresses):
    for address in addresses.values():
        Client().get(address)
    assert not RateBucket.objects.exists()


@pytest.mark.parametrize("fragment", [{}, {"X-Fragment": "1"}], ids=["page", "script"])
def test_a_preview_too_many_keeps_what_was_typed(post, bob, fragment):
    client = Client(headers={"Sec-Fetch-Site": "same-origin"})
    client.force_login(bob)
    use_up(PREVIEWS, f"member-{bob.pk}")
    own = make_comment(post, by=bob)
    for address in (reverse("comments:write", args=[post.pk]), reverse("comments:edit", args=[own.pk])):
        refused = client.post(address, {"text": "Typed words.", "do": "preview"}, headers=fragment)
        assert refused.status_code == 429 and int(refused["Retry-After"]) > 0
        assert "Please wait" in refused.content.decode()
        if not fragment:
            assert (
                page_of(refused).xpath("//textarea[@name='text']")[0].text_content().strip() == "Typed words."
            )
    assert Comment.objects.count() == 1


# --- the bucket -----------------------------------------------------------------------------------------------


def test_a_share_comes_back_with_time_and_a_refusal_takes_nothing():
    limit = ReadLimit("test", 5)
    assert [limit.take("bob", now=100.0) for _read in range(6)] == [0] * 5 + [12]
    for _read in range(9):
        limit.take("bob", now=106.0)
    assert limit.take("bob", now=112.0) == 0
    assert limit.take("bob", now=112.0) == 12
    assert limit.take("carol", now=112.0) == 0
    assert [limit.take("bob", now=999.0) for _read in range(6)] == [0] * 5 + [12]


def test_the_owner_can_switch_them_off_to_measure(settings):
    settings.READ_LIMITS = False
    assert [ReadLimit("test", 1).take("bob", now=100.0) for _read in range(9)] == [0] * 9


def test_what_is_remembered_of_networks_has_a_bound(monkeypatch):
    monkeypatch.setattr(reads, "MOST_REMEMBERED", 10)
    limit = ReadLimit("test", 5)
    for number in range(100):
        limit.take(f"network-{number}", now=100.0 + number * 100)
        assert len(limit._full_at) <= 11
    for number in range(100):
        limit.take(f"other-{number}", now=20_000.0)
        assert len(limit._full_at) <= 11
