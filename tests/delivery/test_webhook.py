"""Signed webhooks: the signature a receiver can check, the guard, and what each answer means."""

from __future__ import annotations

import base64
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest

from monitor.delivery.secret import Secret
from monitor.delivery.webhook import WebhookChannel, id_of, signature, signing_key
from monitor.demo.loopback import LoopbackServer, Reply, Request
from monitor.feeds.guard import AddressGuard
from monitor.model import Accepted, Ambiguous, ChannelKind, Delivery, Hold, RefusedForGood, RefusedForNow
from tests.delivery.raw_http import RawHttp, answer

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


def delivery(url: str, payload: bytes = b'{"type":"digest"}') -> Delivery:
    return Delivery(1, 1, ChannelKind.WEBHOOK, url, "<0a1b2c@monitor.example.org>", payload, NOW)


def channel(*own: str, timeout: timedelta = timedelta(seconds=5)) -> WebhookChannel:
    return WebhookChannel(secret=SECRET, guard=AddressGuard(own), now=lambda: NOW, timeout=timeout)


@contextmanager
def served(reply: Callable[[Request], Reply]) -> Iterator[tuple[WebhookChannel, str]]:
    with LoopbackServer(reply) as server:
        yield channel(server.host_and_port), f"http://{server.host_and_port}/hook?room=1"


def test_the_signature_is_that_of_the_specification() -> None:
    """The example that the libraries of Standard Webhooks test themselves by."""
    signed = signature(Secret(SECRET), "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", b'{"test": 2432232314}')
    assert signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_receiver_can_check_what_it_got() -> None:
    """Body, id and time as they were signed, on the path that the rule file names; the id is the same for each copy."""
    requests: list[Request] = []

    def take(request: Request) -> Reply:
        requests.append(request)
        return Reply(204)

    with served(take) as (webhook, url):
        assert webhook.send(delivery(url)) == Accepted("HTTP 204 from 127.0.0.1")
        webhook.send(delivery(url))
    first, second = requests
    assert (first.method, first.path, first.query, first.body) == ("POST", "/hook", "room=1", b'{"type":"digest"}')
    head = first.headers
    assert (head["webhook-id"], head["webhook-timestamp"]) == ("0a1b2c", str(int(NOW.timestamp())))
    assert head["webhook-signature"] == signature(Secret(SECRET), "0a1b2c", head["webhook-timestamp"], first.body)
    assert head["content-type"].startswith("application/json")
    assert second.headers["webhook-id"] == "0a1b2c"


def test_an_id_has_no_dot() -> None:
    """Dots part what is signed."""
    assert id_of(delivery("")) == "0a1b2c"


@pytest.mark.parametrize(
    ("secret", "words"),
    [("short", "makes a key of 5 bytes; 24 is the least"), ("whsec_no base64!", "what follows is no base64")],
)
def test_a_secret_that_cannot_sign_is_refused_at_the_start(secret: str, words: str) -> None:
    """And is not shown."""
    with pytest.raises(ValueError, match=words) as raised:
        WebhookChannel(secret=secret, guard=AddressGuard(), now=lambda: NOW)
    assert secret not in str(raised.value)


def test_a_secret_may_be_any_long_text() -> None:
    """With the prefix it is base64, without it its own bytes."""
    assert signing_key(Secret("a text of twenty-four or so")) == b"a text of twenty-four or so"
    assert signing_key(Secret(SECRET)) == base64.b64decode(SECRET.removeprefix("whsec_"))


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (301, RefusedForGood), (308, RefusedForGood), (400, RefusedForGood), (401, RefusedForGood),
        (403, RefusedForGood), (404, RefusedForGood), (408, RefusedForNow), (410, RefusedForGood),
        (413, RefusedForGood), (425, RefusedForNow), (429, RefusedForNow), (500, RefusedForNow), (502, Ambiguous),
        (503, RefusedForNow), (504, Ambiguous),
    ],
)  # fmt: skip
def test_each_answer_has_its_meaning(status: int, outcome: type) -> None:
    """A gateway without an answer is in doubt; a redirect is not followed, and all else is a refusal."""
    with served(lambda _: Reply(status, {"Location": "/elsewhere"}, b"no such room")) as (webhook, url):
        found = webhook.send(delivery(url))
    assert isinstance(found, outcome)
    assert f"HTTP {status}: no such room" in repr(found)


def test_what_the_server_asks_for_is_passed_on() -> None:
    """429 with Retry-After in seconds holds what goes to this address; a date is no advice."""
    for value, wait in (("30", timedelta(seconds=30)), ("Fri, 20 Nov 2026 12:00:30 GMT", None)):
        with served(lambda _, value=value: Reply(429, {"Retry-After": value})) as (webhook, url):
            found = webhook.send(delivery(url))
        assert isinstance(found, RefusedForNow)
        assert (found.retry_after, found.holds) == (wait, Hold.RECIPIENT)


@pytest.mark.parametrize("reply", [b"", b"HTTP/1.1 2", b"hello\r\n\r\n", b"\x00" * 100])
def test_a_reply_that_is_none_is_in_doubt(reply: bytes) -> None:
    """The request went out whole, so it may have been taken."""
    with RawHttp(reply) as server:
        own = server.address.removeprefix("http://").rstrip("/")
        assert isinstance(channel(own).send(delivery(server.address)), Ambiguous)


def test_an_accepted_message_is_not_doubted_for_its_body() -> None:
    """What follows a 200 is not read: a cut body changes nothing."""
    with RawHttp(answer("200 OK", b"tak", length=4000)) as server:
        own = server.address.removeprefix("http://").rstrip("/")
        assert isinstance(channel(own).send(delivery(server.address)), Accepted)


def test_a_server_that_trickles_is_hung_up_on() -> None:
    """The deadline is for the whole exchange, not for each byte."""
    stop = threading.Event()

    def trickle(listener: socket.socket) -> None:
        line, _ = listener.accept()
        with line:
            line.recv(65536)
            while not stop.wait(0.05):
                try:
                    line.sendall(b"H")
                except OSError:
                    return

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=trickle, args=(listener,))
        thread.start()
        own = f"127.0.0.1:{listener.getsockname()[1]}"
        found = channel(own, timeout=timedelta(milliseconds=400)).send(delivery(f"http://{own}/"))
        stop.set()
        thread.join()
    assert isinstance(found, Ambiguous)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://127.0.0.1/", "asked over plain http"),
        ("https://127.0.0.1/", "leads to 127.0.0.1 (this machine)"),
        ("https://[::1]/", "leads to ::1 (this machine)"),
        ("https://localhost/", "(this machine)"),
        ("https://10.0.0.9:8443/x", 'if it is yours, allow "10.0.0.9:8443"'),
        ("https://169.254.169.254/latest", "link-local"),
        ("ftp://example.org/", "not well formed"),
        ("https://example.org:99999/", "not well formed"),
        ("https:///x", "not well formed"),
    ],
)
def test_addresses_are_guarded_as_those_of_feeds(url: str, words: str) -> None:
    """Nothing is opened; the operator is told at once, with what to do."""
    found = channel().send(delivery(url))
    assert isinstance(found, RefusedForGood)
    assert words in found.detail


def test_what_was_not_reached_is_tried_again() -> None:
    """Nobody listens, and a name that does not resolve."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        own = f"127.0.0.1:{listener.getsockname()[1]}"
    found = channel(own).send(delivery(f"http://{own}/"))
    assert isinstance(found, RefusedForNow)
    assert "was not reached" in found.detail
    nowhere = channel().send(delivery("https://nowhere.invalid/"))
    assert isinstance(nowhere, RefusedForNow)
    assert "does not resolve" in nowhere.detail


def test_no_tls_is_no_message() -> None:
    """A server without TLS gets nothing of the body, and the message is tried again."""
    requests: list[Request] = []

    def take(request: Request) -> Reply:
        requests.append(request)
        return Reply(204)

    with LoopbackServer(take) as server:
        own = server.host_and_port
        found = channel(own, timeout=timedelta(seconds=1)).send(delivery(f"https://{own}/"))
    assert isinstance(found, RefusedForNow)
    assert requests == []
