"""Keyed hashes that recognise people and networks; no address can be read back from them."""

import ipaddress

from django.utils.crypto import salted_hmac

# Fixed for ever: hashes that are stored would no longer be recognised under another purpose.
_EMAIL_PURPOSE = "accounts.people.email"
_NETWORK_PURPOSE = "accounts.people.network"
_FIRST_WRITE_PURPOSE = "accounts.people.first_write"


def email_hash(email: str) -> str:
    """Return the keyed hash of an e-mail address, written in any case, or "" for none."""
    folded = email.strip().casefold()
    return _keyed(_EMAIL_PURPOSE, folded) if folded else ""


def network_hash(address: str) -> str:
    """Return the keyed hash of the network (/24, /64) of an address, or "" when it is not one."""
    network = network_of(address)
    return _keyed(_NETWORK_PURPOSE, network) if network else ""


def first_write_key(*parts: str) -> str:
    """Return the key that recognises a repeated write by somebody without a cookie yet."""
    # With lengths, so that no two lists of parts make the same text.
    return _keyed(_FIRST_WRITE_PURPOSE, "".join(f"{len(part)}:{part}" for part in parts))


def network_of(address: str) -> str:
    """Return the network of an address: /24 of IPv4, also where it is written as IPv6, and /64 of IPv6."""
    try:
        known = ipaddress.ip_address(address.strip())
    except ValueError:
        return ""
    if isinstance(known, ipaddress.IPv6Address) and known.ipv4_mapped:
        known = known.ipv4_mapped
    prefix = 24 if known.version == 4 else 64
    return str(ipaddress.ip_network(f"{known}/{prefix}", strict=False))


def _keyed(purpose: str, text: str) -> str:
    return salted_hmac(purpose, text, algorithm="sha256").hexdigest()
