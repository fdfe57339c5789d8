"""Keyed hashes: the same person and the same network are recognised, and nothing is read back from them."""

import pytest

from accounts.people import email_hash, network_hash, network_of


def test_an_e_mail_is_recognised_in_any_case():
    assert email_hash(" Bob@Example.org ") == email_hash("bob@example.ORG")
    assert email_hash("bob@example.org") != email_hash("bob@example.com")
    assert email_hash("  ") == ""


def test_no_hash_holds_what_it_was_made_of(settings):
    before = email_hash("bob@example.org")
    assert len(before) == 64
    assert "bob" not in before
    settings.SECRET_KEY = "another" * 10
    assert email_hash("bob@example.org") != before


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.77", "192.0.2.0/24"),
        ("::ffff:192.0.2.77", "192.0.2.0/24"),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        ("nowhere", ""),
        ("", ""),
    ],
)
def test_addresses_are_known_by_their_network(address, network):
    assert network_of(address) == network
    assert bool(network_hash(address)) == bool(network)


def test_neighbours_share_a_network_and_strangers_do_not():
    assert network_hash("192.0.2.1") == network_hash("192.0.2.254")
    assert network_hash("192.0.2.1") != network_hash("192.0.3.1")
