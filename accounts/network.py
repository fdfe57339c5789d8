"""Find the client's address behind the proxies that the settings trust. Nothing is stored."""

import ipaddress
from typing import NamedTuple

from django.conf import settings
from django.http import HttpRequest

from accounts.people import network_hash

LONGEST_AGENT = 300
# One of these is set by every proxy, as it comes or as the documents have it set up.
_FORWARDED = (
    "HTTP_FORWARDED",
    "HTTP_VIA",
    "HTTP_X_FORWARDED_FOR",
    "HTTP_X_FORWARDED_HOST",
    "HTTP_X_FORWARDED_PROTO",
    "HTTP_X_REAL_IP",
)


class Origin(NamedTuple):
    """Where a write comes from, as limits and moderators need it."""

    address: str = ""
    user_agent: str = ""

    @property
    def network_hash(self) -> str:
        """The keyed hash of the network, or "" when the address is unknown."""
        return network_hash(self.address)


def origin_of(request: HttpRequest) -> Origin:
    return Origin(client_address(request), request.headers.get("User-Agent", "")[:LONGEST_AGENT])


def client_address(request: HttpRequest) -> str:
    """Return the client's address, or "" if no trusted source says it.

    Each trusted proxy adds the address it was asked from at the right end of X-Forwarded-For; what stands further
    left was written by the asker and means nothing.
    """
    said = request.META.get("REMOTE_ADDR", "")
    if settings.TRUSTED_PROXY_COUNT:
        forwarded = [part for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
        trusted = forwarded[-settings.TRUSTED_PROXY_COUNT :]
        said = trusted[0] if trusted else said
    return _address_in(said)


def asks_from_this_machine(request: HttpRequest) -> bool:
    """Whether the request comes from a program on this machine, and not through a proxy for somebody else."""
    if any(name in request.META for name in _FORWARDED):
        return False
    try:
        return ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False


def _address_in(said: str) -> str:
    """Return the address in what a proxy wrote: some add a port, and brackets round IPv6."""
    bare = said.strip().strip('"')
    if bare.startswith("["):
        bare = bare[1:].partition("]")[0]
    elif bare.count(":") == 1:
        bare = bare.partition(":")[0]
    try:
        return str(ipaddress.ip_address(bare.partition("%")[0]))
    except ValueError:
        return ""
