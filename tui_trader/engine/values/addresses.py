"""Addresses in the web that a user may name: encrypted, or on this machine."""

from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

ADDRESS_LENGTH_MAX = 500


def address_fault(address: str) -> str:
    """What is wrong with an address as a place to fetch from, for people; empty when nothing is."""
    if len(address) > ADDRESS_LENGTH_MAX or not address.isascii() or not address.isprintable():
        return f"an address has at most {ADDRESS_LENGTH_MAX} plain characters"
    try:
        parts = urlsplit(address)
        port_is_fine = parts.port is None or parts.port > 0
    except ValueError:
        return "it is no address"
    if " " in address or not parts.hostname or not port_is_fine:
        return "it names no host"
    if parts.username is not None or parts.password is not None:
        return "it carries a name or a password, which would end up in logs"
    if parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts)):
        return ""
    return "it must begin with https:// (http:// is allowed to this machine only)"


def is_loopback(parts: SplitResult) -> bool:
    """Whether the host is this machine."""
    host = parts.hostname or ""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def has_same_origin(first: str, second: str) -> bool:
    """Whether two addresses lie on one host, port and scheme."""
    a, b = urlsplit(first), urlsplit(second)
    return (a.scheme, a.hostname, a.port) == (b.scheme, b.hostname, b.port)
