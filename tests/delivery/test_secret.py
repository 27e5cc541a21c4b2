"""No failure of any channel shows a secret. A new channel joins by one more line in `LEAKS`."""

from __future__ import annotations

import base64
import copy
import logging
import pickle
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.delivery.apprise import AppriseChannel, read_urls
from monitor.delivery.secret import MASK, Redactor, Secret
from monitor.delivery.slack import SlackChannel
from monitor.delivery.smtp import SmtpChannel
from monitor.delivery.smtp_conversation import Timeouts
from monitor.delivery.webhook import WebhookChannel
from monitor.feeds.guard import AddressGuard
from monitor.model import Accepted, ChannelKind, Delivery, SendOutcome
from monitor.ports import Channel
from tests.delivery.raw_http import RawHttp, answer
from tests.delivery.raw_smtp import CLOSE, RawSmtp

SECRET = "hunter2/+=pass word"
QUICK = Timeouts(greeting=timedelta(seconds=1), command=timedelta(seconds=1))
FORMS = [
    SECRET,
    quote(SECRET),
    quote(SECRET, safe=""),
    base64.b64encode(SECRET.encode()).decode(),
    base64.b64encode(f"\0monitor\0{SECRET}".encode()).decode(),
]


def test_a_secret_shows_nowhere() -> None:
    """Not in text, not in a container, not in a format, and it is written to no file."""
    secret = Secret(SECRET)
    assert {str(secret), repr(secret), f"{secret}", f"{secret!r:>0}", repr([secret])} == {MASK, f"[{MASK}]"}
    assert secret.reveal() == SECRET
    assert (secret == Secret(SECRET), secret == SECRET) == (True, False)
    with pytest.raises(TypeError, match="not written"):
        pickle.dumps(secret)
    with pytest.raises(TypeError, match="not written"):
        copy.deepcopy(secret)


@pytest.mark.parametrize("form", FORMS)
def test_a_secret_is_masked_in_every_form_it_goes_out_in(form: str) -> None:
    """As it is, percent-encoded, in base64 alone and with its user."""
    assert Redactor([Secret(SECRET)], users=["monitor"])(f"535 cannot use {form}!") == f"535 cannot use {MASK}!"


@pytest.mark.parametrize("part", ["https://hooks.example/services/T0/B0/xyz", "/services/T0/B0/xyz"])
def test_a_secret_address_is_masked_with_its_path(part: str) -> None:
    """Who knows the path of a webhook can post."""
    redact = Redactor([Secret("https://hooks.example/services/T0/B0/xyz")])
    assert redact(f"GET {part} failed") == f"GET {MASK} failed"


@given(secret=st.text(min_size=1, max_size=20), before=st.text(max_size=10), after=st.text(max_size=10))
def test_no_text_keeps_a_secret(secret: str, before: str, after: str) -> None:
    """Whatever stands around it."""
    secret = "§" + "".join(secret.split())
    shown = Redactor([Secret(secret)])(before + secret + after)
    assert secret not in shown.replace(MASK, " ")  # what stood on both sides of a mask is not one text


def test_what_is_shown_is_one_short_line() -> None:
    """A server's page of apology does not become a page of table."""
    shown = Redactor([])("sorry\r\n" * 1000)
    assert "\n" not in shown
    assert len(shown) == 500


# --- every channel, every failure -------------------------------------------------------------------------------------


@contextmanager
def smtp(at: dict[str, str]) -> Iterator[Channel]:
    with RawSmtp({"EHLO": "250-raw.example\r\n250 AUTH PLAIN LOGIN", **at}) as server:
        yield SmtpChannel(host=server.host, port=server.port, user="monitor", password=SECRET, timeouts=QUICK)


@contextmanager
def slack(by: str, reply: bytes) -> Iterator[Channel]:
    token = "xoxb-hunter2-sesame"
    with RawHttp(reply) as server:
        yield (
            SlackChannel(token=token, base_url=server.address)
            if by == "token"
            else SlackChannel(webhook_url=f"{server.address}services/{token}")
        )


@contextmanager
def unreachable(make: Callable[[int], Channel]) -> Iterator[Channel]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    yield make(port)


@contextmanager
def signed(reply: bytes) -> Iterator[Channel]:
    with RawHttp(reply) as server:
        own = server.address.removeprefix("http://").rstrip("/")
        key = f"{SECRET} of some length"
        channel = WebhookChannel(secret=key, guard=AddressGuard([own]), now=lambda: datetime(2026, 11, 20, tzinfo=UTC))
        yield SendsTo(channel, server.address)


@contextmanager
def apprise(reply: bytes) -> Iterator[Channel]:
    with RawHttp(reply) as server:
        own = server.address.removeprefix("http://").rstrip("/")
        yield SendsTo(AppriseChannel(read_urls(f"desk=json://user:hunter2@{own}/hunter2")), "desk")


@dataclass
class SendsTo:
    """A channel whose recipient is part of the rig."""

    channel: Channel
    recipient: str
    kind: ChannelKind = ChannelKind.WEBHOOK

    def send(self, delivery: Delivery) -> SendOutcome:
        return self.channel.send(replace(delivery, recipient=self.recipient))


ECHO = " ".join(FORMS).encode().decode()
SAID_BACK = b'{"ok": false, "error": "xoxb-hunter2-sesame /services/xoxb-hunter2-sesame"}'
LEAKS: dict[str, Callable[[], object]] = {
    "smtp login refused": lambda: smtp({"AUTH": f"535 no {ECHO}"}),
    "smtp login cut": lambda: smtp({"AUTH": CLOSE}),
    "smtp greeting": lambda: smtp({"greeting": f"554 {ECHO}"}),
    "smtp sender": lambda: smtp({"AUTH": "235 ok", "MAIL": f"550 {ECHO}"}),
    "smtp final dot": lambda: smtp({"AUTH": "235 ok", "dot": f"451 {ECHO}"}),
    "smtp garbled": lambda: smtp({"AUTH": "235 ok", "dot": ECHO}),
    "smtp unreachable": lambda: unreachable(
        lambda port: SmtpChannel(host="127.0.0.1", port=port, user="monitor", password=SECRET)
    ),
    "slack refused": lambda: slack("token", answer("200 OK", SAID_BACK)),
    "slack failed": lambda: slack("token", answer("500 no", SAID_BACK)),
    "slack garbled": lambda: slack("token", answer("200 OK", b"xoxb-hunter2-sesame")),
    "slack cut": lambda: slack("token", b"xoxb-hunter2-sesame\r\n"),
    "slack unreachable": lambda: unreachable(
        lambda port: SlackChannel(token="xoxb-hunter2-sesame", base_url=f"http://127.0.0.1:{port}/")
    ),
    "signed webhook refused": lambda: signed(answer("401 no", f"{SECRET} of some length".encode())),
    "signed webhook cut": lambda: signed(f"HTTP/1.1 {SECRET} of some length".encode()),
    "apprise refused": lambda: apprise(answer("401 no", b"hunter2")),
    "apprise cut": lambda: apprise(b""),
    "webhook refused": lambda: slack("webhook", answer("403 no", b"/services/xoxb-hunter2-sesame")),
    "webhook garbled": lambda: slack("webhook", answer("200 OK", b"/services/xoxb-hunter2-sesame")),
    "webhook cut": lambda: slack("webhook", b""),
    "webhook unreachable": lambda: unreachable(
        lambda port: SlackChannel(webhook_url=f"http://127.0.0.1:{port}/services/xoxb-hunter2-sesame")
    ),
}


@pytest.mark.parametrize("leak", sorted(LEAKS))
def test_no_failure_of_any_channel_shows_a_secret(leak: str, caplog: pytest.LogCaptureFixture) -> None:
    """Neither the outcome, nor the channel, nor any log line at any level, even when the server repeats it."""
    caplog.set_level(logging.DEBUG)
    message = Delivery(
        id=1,
        digest_id=None,
        channel=ChannelKind.EMAIL,
        recipient="desk@example.org",
        message_id="<1@example.org>",
        payload=b"From: a@example.org\r\n\r\n"
        if leak.startswith("smtp")
        else b'{"channel": "#x", "text": "y", "title": "t", "body": "b"}',
        created_at=datetime(2026, 11, 20, tzinfo=UTC),
    )
    with LEAKS[leak]() as channel:  # type: ignore[attr-defined]
        outcome = channel.send(message)
    assert not isinstance(outcome, Accepted)
    shown = repr(outcome) + repr(channel) + str(vars(channel)) + caplog.text
    for form in (*FORMS, "hunter2"):
        assert form not in shown
