"""Which addresses may be fetched from."""

from __future__ import annotations

from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.feeds.guard import AddressGuard, kind_of_refused, scheme_refusal

REFUSED = [
    "0.0.0.0", "10.1.2.3", "100.64.0.1", "127.0.0.1", "127.255.255.254", "169.254.169.254", "172.16.0.1",
    "172.31.255.255", "192.0.0.1", "192.0.2.1", "192.88.99.1", "192.168.1.1", "198.18.0.1", "198.51.100.7",
    "203.0.113.9", "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255",
    "::", "::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::1", "100::1", "2001::1", "2001:10::1", "2001:20::1", "2001:db8::1", "2002:7f00:1::", "2002:808:808::1",
    "3fff::1", "5f00::1", "fc00::1", "fd12:3456::1", "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1", "4000::1",
]  # fmt: skip
PUBLIC = [
    "8.8.8.8", "1.1.1.1", "172.15.255.255", "172.32.0.1", "100.128.0.1", "192.0.1.1", "198.20.0.1", "223.255.255.255",
    "2001:4860:4860::8888", "2606:4700::1111", "2a00:1450::1", "::ffff:8.8.8.8", "64:ff9b::808:808",
]  # fmt: skip


@pytest.mark.parametrize("address", REFUSED)
def test_an_address_that_is_not_public_is_refused_with_its_kind(address: str) -> None:
    """Private, local, multicast, tunnelled and unallocated ones, and IPv4 hidden in IPv6."""
    assert kind_of_refused(ip_address(address))


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_passes(address: str) -> None:
    """The neighbours of refused ranges, and public IPv4 behind NAT64 or mapped, are public."""
    assert kind_of_refused(ip_address(address)) is None


@given(st.ip_addresses())
def test_nothing_passes_that_python_calls_private_or_multicast(address: object) -> None:
    """Our ranges are at least as strict as the standard library's, but for IPv4 inside IPv6."""
    judged = ip_address(str(address))
    if getattr(judged, "ipv4_mapped", None) is None and (
        judged.is_private or judged.is_multicast or judged.is_loopback
    ):
        assert kind_of_refused(judged)


def test_the_operators_own_hosts_pass_on_their_port_only() -> None:
    """A host with a port allows that port; without one, all of them."""
    guard = AddressGuard(["127.0.0.1:8080", "Intranet.Example", "[::1]:9000", "10.0.0.5"])
    inside = ip_address("10.9.9.9")
    assert guard.refusal("127.0.0.1", ip_address("127.0.0.1"), 8080) is None
    assert guard.refusal("127.0.0.1", ip_address("127.0.0.1"), 8081)
    assert guard.refusal("intranet.example.", inside, 443) is None
    assert guard.refusal("::1", ip_address("::1"), 9000) is None
    assert guard.refusal("10.0.0.5", ip_address("10.0.0.5"), 1234) is None
    assert guard.refusal("other.example", inside, 443)


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://a/",
        "feed://a/",
        "http:///x",
        "http://[::1",
        "http://a:99999/",
        "//a/b",
        "",
        "http://a:0/",
    ],
)
def test_an_address_of_another_kind_is_refused_before_it_is_resolved(url: str) -> None:
    """Schemes, missing hosts and broken ports."""
    assert scheme_refusal(url)


def test_http_and_https_pass() -> None:
    """With or without a port."""
    assert scheme_refusal("https://example.org/feed") is None
    assert scheme_refusal("HTTP://example.org:8080/feed") is None
