"""IP addresses: their canonical form, and whether they are this machine's own."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit


def plain_address(address: str) -> str:
    """The address; an IPv4 address that a dual-stack socket wrote as IPv6 (``::ffff:192.0.2.1``) in its IPv4 form."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    mapped = parsed.ipv4_mapped if isinstance(parsed, ipaddress.IPv6Address) else None
    return address if mapped is None else str(mapped)


def is_loopback(host: str) -> bool:
    """Whether a host name or address can only be reached from this machine."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(plain_address(host.strip("[]"))).is_loopback
    except ValueError:
        return False


def is_loopback_url(url: str) -> bool:
    """Whether a URL names a host, and that is this machine."""
    try:
        return is_loopback(urlsplit(url).hostname or "")
    except ValueError:
        return False
