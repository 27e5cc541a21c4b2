"""Apprise: names and addresses from one secret, and what may be said of a service that only fails or does not."""

from __future__ import annotations

import sys
from datetime import UTC, datetime

import pytest

from monitor.delivery.apprise import AppriseChannel, MissingExtraError, read_urls
from monitor.delivery.secret import Secret
from monitor.demo.loopback import LoopbackServer, Reply, Request
from monitor.model import Accepted, Ambiguous, ChannelKind, Delivery, RefusedForGood, RefusedForNow

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


def delivery(recipient: str = "desk", payload: bytes = b'{"title": "Truce", "body": "It holds."}') -> Delivery:
    return Delivery(1, 1, ChannelKind.APPRISE, recipient, "<1@monitor.example>", payload, NOW)


def test_addresses_are_lines_of_a_secret() -> None:
    """Names may be commented and spaced; the address is everything after the first sign of equality."""
    found = read_urls("# ours\n desk = ntfy://topic?x=1 \n\nnight=json://h/\n")
    assert found == {"desk": Secret("ntfy://topic?x=1"), "night": Secret("json://h/")}
    assert "topic" not in repr(found)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("desk", "line 1 is not NAME=URL"),
        ("a=b://c\n=x://hunter2", "line 2 is not NAME=URL"),
        ("desk=hunter2", "line 1 is not NAME=URL"),
        ("two words=x://hunter2", "line 1 is not NAME=URL"),
        ("a=b://c\na=x://hunter2", "line 2 gives a a second address"),
    ],
)
def test_a_line_that_cannot_be_read_is_named_and_not_shown(text: str, words: str) -> None:
    """The mistake may stand in the secret itself."""
    with pytest.raises(ValueError, match=words) as raised:
        read_urls(text)
    assert "hunter2" not in str(raised.value)


def test_a_missing_extra_is_said_with_the_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    """As Python finds a module that is not there."""
    monkeypatch.setitem(sys.modules, "apprise", None)
    with pytest.raises(MissingExtraError, match=r"pip install '\.\[apprise\]'"):
        AppriseChannel(read_urls("desk=json://h/"))


class TestInstalled:
    def test_an_address_that_no_service_has_is_refused_at_the_start(self) -> None:
        """By its name."""
        with pytest.raises(ValueError, match="does not understand the address of night") as raised:
            AppriseChannel(read_urls("desk=json://h/\nnight=hunter2://x"))
        assert "hunter2" not in str(raised.value)

    @pytest.mark.parametrize(
        ("status", "outcome"),
        [(404, RefusedForGood), (401, RefusedForGood), (429, RefusedForNow), (500, RefusedForNow), (502, Ambiguous)],
    )
    def test_an_answer_is_a_refusal_and_a_gateway_is_in_doubt(self, status: int, outcome: type) -> None:
        """The status stands in what Apprise logs."""
        with LoopbackServer(lambda _: Reply(status)) as server:
            channel = AppriseChannel(read_urls(f"desk=json://{server.host_and_port}/hook"))
            assert isinstance(channel.send(delivery()), outcome)

    def test_a_part_that_went_out_is_not_denied(self) -> None:
        """A long message comes in parts; when a later one is refused, nobody may say that none arrived."""
        requests: list[Request] = []

        def first_only(request: Request) -> Reply:
            requests.append(request)
            return Reply(200 if len(requests) == 1 else 503)

        long = b'{"title": "Truce", "body": "' + b"It holds. " * 5000 + b'"}'
        with LoopbackServer(first_only) as server:
            channel = AppriseChannel(read_urls(f"desk=json://{server.host_and_port}/hook"))
            assert isinstance(channel.send(delivery(payload=long)), Ambiguous)
            requests.clear()
            assert isinstance(channel.send(delivery()), Accepted)

    def test_what_cannot_be_sent_is_said(self) -> None:
        """A name without an address, a payload of another channel."""
        channel = AppriseChannel(read_urls("desk=json://127.0.0.1:9/"))
        assert channel.send(delivery("night")) == RefusedForGood("MONITOR_APPRISE__URLS has no address for night")
        assert isinstance(channel.send(delivery(payload=b"Subject: x")), RefusedForGood)
        assert isinstance(channel.send(delivery(payload=b"[]")), RefusedForGood)
