"""What every channel keeps, in the words of `monitor.ports`; the fake keeps it too."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from monitor.delivery.apprise import AppriseChannel, read_urls
from monitor.delivery.slack import SlackChannel
from monitor.delivery.smtp import SmtpChannel
from monitor.delivery.webhook import WebhookChannel
from monitor.demo.loopback import LoopbackServer, Reply, Request
from monitor.demo.mailbox import Mailbox
from monitor.demo.slack_standin import SlackStandIn
from monitor.feeds.guard import AddressGuard
from monitor.model import (
    Accepted,
    Ambiguous,
    ChannelKind,
    Delivery,
    RefusedForGood,
    RefusedForNow,
    SendOutcome,
)
from monitor.ports import Channel
from tests.fakes import RecordingChannel


@dataclass
class Rig:
    """A channel with the other side in a test's hands."""

    channel: Channel
    refuse_for_now: Callable[[], None]
    refuse_for_good: Callable[[], None]
    lose_the_reply: Callable[[], None]
    arrived: Callable[[], list[str]]
    """The message ids that the other side has."""
    address: str = ""
    """The recipient, where it is an address of the other side."""

    def send(self, number: int = 1) -> SendOutcome:
        return self.channel.send(message(self.channel.kind, number, recipient=self.address))


def message(kind: ChannelKind, number: int = 1, *, recipient: str = "") -> Delivery:
    message_id = f"<{number}.desk@monitor.example>"
    recipients = {
        ChannelKind.EMAIL: "desk@example.org",
        ChannelKind.SLACK: "#south-asia",
        ChannelKind.WEBHOOK: recipient,
        ChannelKind.APPRISE: "desk",
    }
    mail = f"From: monitor@example.org\r\nMessage-ID: {message_id}\r\n\r\ntruce\r\n".encode()
    text = message_id.strip("<>")
    post = json.dumps({"channel": "#south-asia", "text": text, "title": "Truce", "body": text}).encode()
    return Delivery(
        id=number,
        digest_id=1,
        channel=kind,
        recipient=recipients[kind],
        message_id=message_id,
        payload=mail if kind is ChannelKind.EMAIL else post,
        created_at=datetime(2026, 11, 20, tzinfo=UTC),
    )


@contextmanager
def smtp() -> Iterator[Rig]:
    with Mailbox() as mailbox:
        yield Rig(
            SmtpChannel(host=mailbox.host, port=mailbox.port),
            refuse_for_now=mailbox.refuse_mail,
            refuse_for_good=mailbox.refuse_content,
            lose_the_reply=mailbox.drop_after_dot,
            arrived=lambda: [m.content.split(b"Message-ID: ")[1].split(b"\r\n")[0].decode() for m in mailbox.mails],
        )


@contextmanager
def slack(by: str) -> Iterator[Rig]:
    with SlackStandIn() as standin:
        channel = (
            SlackChannel(token=standin.token, base_url=standin.url)
            if by == "token"
            else SlackChannel(webhook_url=standin.webhook_url)
        )
        yield Rig(
            channel,
            refuse_for_now=standin.limit_next,
            refuse_for_good=lambda: standin.refuse_next("channel_not_found"),
            lose_the_reply=standin.lose_reply,
            arrived=lambda: [f"<{post.payload['text']}>" for post in standin.posts],
        )


@contextmanager
def recording() -> Iterator[Rig]:
    channel = RecordingChannel()
    yield Rig(
        channel,
        refuse_for_now=lambda: channel.outcomes.append(RefusedForNow("later", retry_after=timedelta(seconds=30))),
        refuse_for_good=lambda: channel.outcomes.append(RefusedForGood("never")),
        lose_the_reply=lambda: channel.outcomes.append(Ambiguous("lost")),
        arrived=lambda: [delivery.message_id for delivery in channel.arrived],
    )


@dataclass
class Program:
    """A web server that takes JSON, and answers as planned."""

    planned: list[Reply] = field(default_factory=list)
    taken: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def answer(self, request: Request) -> Reply:
        reply = self.planned.pop(0) if self.planned else Reply(204)
        if reply.status < 300:
            body = json.loads(request.body)
            with self.lock:
                self.taken.append(f"<{body.get('message', body.get('text'))}>")
        return reply


@contextmanager
def program(make: Callable[[LoopbackServer], Channel]) -> Iterator[Rig]:
    told = Program()
    with LoopbackServer(told.answer) as server:
        yield Rig(
            make(server),
            refuse_for_now=lambda: told.planned.append(Reply(503)),
            refuse_for_good=lambda: told.planned.append(Reply(404)),
            lose_the_reply=lambda: told.planned.append(Reply(hang_up=True)),
            arrived=lambda: told.taken,
            address=f"http://{server.host_and_port}/digests?desk=south-asia",
        )


def webhook() -> AbstractContextManager[Rig]:
    return program(
        lambda server: WebhookChannel(
            secret="a secret of some length, for tests",
            guard=AddressGuard([server.host_and_port]),
            now=lambda: datetime(2026, 11, 20, tzinfo=UTC),
        )
    )


def apprise() -> AbstractContextManager[Rig]:
    return program(lambda server: AppriseChannel(read_urls(f"desk=json://{server.host_and_port}/hook")))


RIGS: dict[str, Callable[[], AbstractContextManager[Rig]]] = {
    "smtp": smtp,
    "slack by token": lambda: slack("token"),
    "slack by webhook": lambda: slack("webhook"),
    "webhook": webhook,
    "apprise": apprise,
    "recording": recording,
}


@pytest.fixture(params=sorted(RIGS))
def rig(request: pytest.FixtureRequest) -> Iterator[Rig]:
    with RIGS[request.param]() as made:
        yield made


def test_an_accepted_message_arrived_once(rig: Rig) -> None:
    """With a receipt that says what the other side said."""
    outcome = rig.send()
    assert isinstance(outcome, Accepted)
    assert outcome.receipt
    assert rig.arrived() == ["<1.desk@monitor.example>"]


def test_a_refused_message_did_not_arrive(rig: Rig) -> None:
    """For now or for good, with a reason; the next message is no worse off."""
    rig.refuse_for_now()
    rig.refuse_for_good()
    outcomes = [rig.send() for _ in range(2)]
    assert [type(outcome) for outcome in outcomes] == [RefusedForNow, RefusedForGood]
    assert all(outcome.detail for outcome in outcomes if not isinstance(outcome, Accepted))
    assert rig.arrived() == []
    assert isinstance(rig.send(), Accepted)


def test_a_lost_reply_is_ambiguous(rig: Rig) -> None:
    """It arrived here, and the channel does not claim to know."""
    rig.lose_the_reply()
    assert isinstance(rig.send(), Ambiguous)
    assert rig.arrived() == ["<1.desk@monitor.example>"]


def test_it_serves_several_threads(rig: Rig) -> None:
    """Each message arrives once, whoever sends beside."""

    def work(numbers: range) -> None:
        for number in numbers:
            assert isinstance(rig.send(number), Accepted)

    threads = [threading.Thread(target=work, args=(range(start, 12, 4),)) for start in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(rig.arrived()) == sorted(f"<{number}.desk@monitor.example>" for number in range(12))
