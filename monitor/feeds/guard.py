"""Owns which network addresses may be fetched from: public ones, and the hosts an operator allows.

It judges an address after the name was resolved, so a name that points inward, a redirect and a name that changes
between two look-ups (DNS rebinding) all meet the same rule. It opens nothing and resolves nothing.

Sources of the ranges: the IANA special-purpose registries for IPv4 and IPv6 (RFC 6890 and its successors), the IANA
list of global unicast allocations (2000::/3), RFC 6052 and RFC 8215 (NAT64), RFC 7526 (6to4), RFC 3879 (site-local).
"""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

from monitor.errors import ConfigurationError

_REFUSED_V4 = tuple(
    (IPv4Network(network), kind)
    for network, kind in (
        ("0.0.0.0/8", "this network"),
        ("10.0.0.0/8", "a private network"),
        ("100.64.0.0/10", "carrier-grade NAT"),
        ("127.0.0.0/8", "this machine"),
        ("169.254.0.0/16", "link-local"),
        ("172.16.0.0/12", "a private network"),
        ("192.0.0.0/24", "protocol assignments"),
        ("192.0.2.0/24", "documentation"),
        ("192.88.99.0/24", "a 6to4 relay"),
        ("192.168.0.0/16", "a private network"),
        ("198.18.0.0/15", "benchmarking"),
        ("198.51.100.0/24", "documentation"),
        ("203.0.113.0/24", "documentation"),
        ("224.0.0.0/4", "multicast"),
        ("240.0.0.0/4", "reserved"),
    )
)

_REFUSED_V6 = tuple(
    (IPv6Network(network), kind)
    for network, kind in (
        ("::/128", "no address"),
        ("::1/128", "this machine"),
        ("64:ff9b:1::/48", "local NAT64"),
        ("2001::/23", "protocol assignments and tunnels"),
        ("2001:db8::/32", "documentation"),
        ("2002::/16", "a 6to4 tunnel"),
        ("3fff::/20", "documentation"),
        ("fc00::/7", "a private network"),
        ("fe80::/10", "link-local"),
        ("fec0::/10", "site-local"),
        ("ff00::/8", "multicast"),
    )
)

_GLOBAL_UNICAST = IPv6Network("2000::/3")
_NAT64 = IPv6Network("64:ff9b::/96")


class AddressGuard:
    """Decide whether an address may be fetched from."""

    def __init__(self, allow_hosts: Iterable[str] = ()) -> None:
        """Remember the operator's own hosts.

        Args:
            allow_hosts: each "host" (any port) or "host:port"; IPv6 addresses with a port stand in brackets.

        Raises:
            ConfigurationError: an item is neither.
        """
        self._allowed = frozenset(_parse_allowed(item) for item in allow_hosts)

    def allows(self, host: str, port: int) -> bool:
        """Say whether the operator named this host or address as their own."""
        name = host.strip("[]").rstrip(".").lower()
        return (name, port) in self._allowed or (name, None) in self._allowed

    def refusal(self, host: str, address: IPv4Address | IPv6Address, port: int) -> str | None:
        """Judge one resolved address.

        Args:
            host: the name or literal address that was asked for.
            address: what it resolved to.
            port: the TCP port.

        Returns:
            None when it may be fetched from, else what kind of address it is, in a few words.
        """
        if self.allows(host, port) or self.allows(str(address), port):
            return None
        return kind_of_refused(address)


def kind_of_refused(address: IPv4Address | IPv6Address) -> str | None:
    """Name the kind of a non-public address, None for a public one.

    IPv4 addresses inside IPv6 (mapped, or behind the well-known NAT64 prefix) are judged as what they lead to.
    """
    if isinstance(address, IPv4Address):
        return next((kind for network, kind in _REFUSED_V4 if address in network), None)
    if address.ipv4_mapped is not None:
        return kind_of_refused(address.ipv4_mapped)
    if address in _NAT64:
        return kind_of_refused(IPv4Address(address.packed[-4:]))
    for network, kind in _REFUSED_V6:
        if address in network:
            return kind
    return None if address in _GLOBAL_UNICAST else "not allocated for public use"


def scheme_refusal(url: str) -> str | None:
    """Say why an address cannot be a feed's before anything is resolved, None when it can."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return "the address is not well formed"
    if parts.scheme.lower() not in ("http", "https"):
        return "only http and https addresses are fetched"
    if not parts.hostname:
        return "the address names no host"
    if port == 0:
        return "port 0 cannot be reached"
    return None


def _parse_allowed(item: str) -> tuple[str, int | None]:
    text = item.strip().lower()
    try:
        return str(ip_address(text.strip("[]"))), None
    except ValueError:
        pass
    host, colon, port = text.rpartition(":")
    if not colon:
        host, port = text, ""
    host = host.strip("[]").rstrip(".")
    if (
        not host
        or any(c.isspace() or c == "/" for c in text)
        or (colon and not (port.isascii() and port.isdigit() and 0 < int(port) < 65536))
    ):
        raise ConfigurationError(f'allowed host "{item}": write it as host or host:port')
    return host, int(port) if port else None
