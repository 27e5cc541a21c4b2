"""A digest fixed: one message for each recipient and part, the same bytes and ids whenever it is made again."""

from __future__ import annotations

import email
import json
from dataclasses import replace
from email import policy

import pytest

from monitor.desks.outbox import METADATA_EVENT, email_recipients, message_id_of, package, sender_of
from monitor.desks.sample import DESK, NOW, sample_content
from monitor.model import ChannelKind, EmailChannel, SlackChannel
from tests.desks.hostile import crowded

SENDER = sender_of("News monitor <monitor@example.org>")


def test_each_recipient_has_a_message_of_their_own() -> None:
    """Three addresses and a Slack channel are four deliveries; no message names another recipient."""
    desk = replace(
        DESK,
        channels=(EmailChannel(("a@example.org", "b@example.org")), SlackChannel("#x"), EmailChannel(("c@y.org",))),
    )
    made = package(desk, sample_content(), sender=SENDER).deliveries
    assert [(d.channel, d.recipient) for d in made] == [
        (ChannelKind.EMAIL, "a@example.org"),
        (ChannelKind.EMAIL, "b@example.org"),
        (ChannelKind.EMAIL, "c@y.org"),
        (ChannelKind.SLACK, "#x"),
    ]
    for delivery in made[:3]:
        message = email.message_from_bytes(delivery.payload, policy=policy.default)
        assert message["To"] == delivery.recipient
        assert message["Message-ID"] == delivery.message_id
        assert "cc" not in message
    assert len({d.message_id for d in made}) == 4


def test_the_same_digest_is_the_same_bytes() -> None:
    """Made again after a crash, a digest has the same ids and payloads."""
    assert package(DESK, sample_content(), sender=SENDER) == package(DESK, sample_content(), sender=SENDER)


def test_the_record_is_what_was_sent() -> None:
    """The stored digest has the alerts, the subject and both renderings."""
    content = sample_content()
    fixed = package(DESK, content, sender=SENDER)
    assert fixed.digest.alert_ids == content.alert_ids
    assert fixed.digest.slot == "2026-11-20T13:00+05:00"
    assert fixed.digest.at == NOW
    assert fixed.digest.subject.startswith("[HIGH] TTP ceasefire: ")
    assert fixed.digest.told == 4
    assert "Pakistani Taliban" in fixed.digest.html
    assert "*Pakistani Taliban*" in fixed.digest.text


def test_slack_parts_are_deliveries_in_order() -> None:
    """A digest split in parts is one delivery a part, each with its channel and the id by which it is found again."""
    made = [d for d in package(DESK, crowded(40), sender=SENDER).deliveries if d.channel is ChannelKind.SLACK]
    assert len(made) > 1
    assert [(d.part, d.parts) for d in made] == [(n, len(made)) for n in range(1, len(made) + 1)]
    for delivery in made:
        body = json.loads(delivery.payload)
        assert body["channel"] == "#south-asia"
        assert body["metadata"] == {"event_type": METADATA_EVENT, "event_payload": {"message_id": delivery.message_id}}
        assert len(delivery.payload.decode()) <= 10_000
    assert len({d.message_id for d in made}) == len(made)


def test_a_recipient_named_twice_gets_one() -> None:
    """Domains are compared without case, local parts are not (RFC 5321 section 2.4)."""
    channels = (EmailChannel(("a@example.org", "A@example.org")), EmailChannel(("a@EXAMPLE.org",)))
    assert email_recipients(channels) == ("a@example.org", "A@example.org")


def test_message_ids_differ_by_digest_channel_and_recipient() -> None:
    """No two messages share an id, and the domain is the sender's."""
    ids = {
        message_id_of(key, kind, to, domain="example.org")
        for key in ("a", "b")
        for kind in ChannelKind
        for to in ("x", "y")
    }
    assert len(ids) == 4 * len(ChannelKind)
    assert all(i.startswith("<") and i.endswith("@example.org>") for i in ids)


@pytest.mark.parametrize(
    ("address", "domain"),
    [
        ("News monitor <monitor@example.org>", "example.org"),
        ("monitor@localhost", "localhost"),
        ("a@bücher.example", "xn--bcher-kva.example"),
        ("nobody", "localhost"),
    ],
)
def test_the_domain_of_ids_is_the_senders(address: str, domain: str) -> None:
    """Ids belong to the sender's domain, in its ASCII form."""
    assert sender_of(address).domain == domain
