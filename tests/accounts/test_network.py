"""The client's address behind no, one and two proxies; what clients write themselves is ignored."""

import pytest

from accounts.network import client_address, origin_of
from accounts.people import network_hash

FORGED = "203.0.113.9"


@pytest.mark.parametrize(
    ("proxies", "forwarded", "expected"),
    [
        (0, FORGED, "198.51.100.7"),
        (0, "", "198.51.100.7"),
        (1, "192.0.2.1", "192.0.2.1"),
        (1, f"{FORGED}, 192.0.2.1", "192.0.2.1"),
        (1, "192.0.2.1:4711", "192.0.2.1"),
        (1, '"[2001:db8::1]:4711"', "2001:db8::1"),
        (1, "", "198.51.100.7"),
        (1, "unknown", ""),
        (2, f"{FORGED}, 192.0.2.1, 10.0.0.1", "192.0.2.1"),
        (2, "192.0.2.1, 10.0.0.1", "192.0.2.1"),
        # It came past the outer proxy: the inner one still says from where.
        (2, "192.0.2.1", "192.0.2.1"),
    ],
)
def test_the_address_is_the_one_that_the_outermost_trusted_proxy_was_asked_from(
    rf, settings, proxies, forwarded, expected
):
    settings.TRUSTED_PROXY_COUNT = proxies
    headers = {"HTTP_X_FORWARDED_FOR": forwarded} if forwarded else {}
    assert client_address(rf.get("/", REMOTE_ADDR="198.51.100.7", **headers)) == expected


def test_without_an_address_there_is_no_network(rf):
    request = rf.get("/", REMOTE_ADDR="")
    assert origin_of(request).network_hash == ""


def test_neighbours_in_a_slash_64_are_one_network_and_others_are_not():
    assert network_hash("2001:db8:1:2::1") == network_hash("2001:db8:1:2:ffff::9")
    assert network_hash("2001:db8:1:2::1") != network_hash("2001:db8:1:3::1")


def test_a_long_name_of_a_browser_is_cut(rf):
    assert len(origin_of(rf.get("/", HTTP_USER_AGENT="x" * 5000)).user_agent) == 300
