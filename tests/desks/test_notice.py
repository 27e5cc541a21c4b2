"""The operator's message: every departure on one line, the first on the lock screen."""

from __future__ import annotations

import email
import json
from datetime import timedelta
from email import policy

from monitor.demo.slack_limits import refusal
from monitor.desks.notice import notice_deliveries
from monitor.desks.outbox import sender_of
from monitor.model import AppriseChannel, ChannelKind, EmailChannel, Notice, SlackChannel, WebhookChannel
from tests.desks.build import NOON

SENDER = sender_of("monitor@example.org")
CHANNELS = (EmailChannel(("ops@example.org",)), SlackChannel("#ops"))
NOTICES = (
    Notice(1, "rules.rejected", "rules/watch.yaml", "line 4: unknown actor ttpp", NOON),
    Notice(2, "feed.failing", "hill", "503 for an hour", NOON + timedelta(minutes=1)),
)


def test_nothing_to_say_is_no_message() -> None:
    """No notices and no channels make no deliveries."""
    assert notice_deliveries((), CHANNELS, sender=SENDER, now=NOON) == ()
    assert notice_deliveries(NOTICES, (), sender=SENDER, now=NOON) == ()


def test_all_departures_are_in_one_message() -> None:
    """Mail and Slack name event, subject, time and what is wrong; they belong to no digest."""
    mail, slack = notice_deliveries(NOTICES, CHANNELS, sender=SENDER, now=NOON)
    assert mail.digest_id is slack.digest_id is None
    message = email.message_from_bytes(mail.payload, policy=policy.default)
    assert message["Subject"] == "[MONITOR] rules.rejected: rules/watch.yaml (+1)"
    lines = message.get_content().replace("\r\n", "\n").split("\n\n")
    assert lines[1] == "2026-11-20 12:00 UTC · rules.rejected · rules/watch.yaml: line 4: unknown actor ttpp"
    assert lines[2].startswith("2026-11-20 12:01 UTC · feed.failing · hill: 503")
    body = json.loads(slack.payload)
    assert (slack.channel, body["channel"]) == (ChannelKind.SLACK, "#ops")
    assert refusal(body) is None
    assert "unknown actor ttpp" in body["blocks"][1]["text"]["text"]


def test_the_same_notices_are_the_same_message() -> None:
    """Made again, the message has the same id and bytes."""
    assert notice_deliveries(NOTICES, CHANNELS, sender=SENDER, now=NOON) == notice_deliveries(
        NOTICES, CHANNELS, sender=SENDER, now=NOON
    )


def test_a_flood_is_counted() -> None:
    """Of 200 departures 50 are told and 150 counted, and Slack takes every part."""
    many = [Notice(n, "feed.failing", f"feed-{n}\r\nBcc: x", "<!channel> & " * 60, NOON) for n in range(200)]
    mail, *posts = notice_deliveries(many, CHANNELS, sender=SENDER, now=NOON)
    assert b"and 150 more" in mail.payload
    assert b"\nBcc" not in mail.payload
    assert all(refusal(json.loads(post.payload)) is None for post in posts)
    assert [post.part for post in posts] == list(range(1, len(posts) + 1))


def test_programs_and_services_are_told_too() -> None:
    """A webhook gets every departure with its fields, Apprise a title and lines; each once, beside mail and Slack."""
    ways = (*CHANNELS, WebhookChannel("https://ops.example/x"), AppriseChannel("phone"), AppriseChannel("phone"))
    *_, webhook, apprise = made = notice_deliveries(NOTICES, ways, sender=SENDER, now=NOON)
    assert [each.channel for each in made] == list(ChannelKind)
    assert {each.digest_id for each in made} == {None}
    document = json.loads(webhook.payload)
    assert (document["type"], document["subject"]) == ("notice", "[MONITOR] rules.rejected: rules/watch.yaml (+1)")
    assert document["departures"][1] == {
        "event": "feed.failing",
        "subject": "hill",
        "detail": "503 for an hour",
        "at": "2026-11-20T12:01:00Z",
    }
    message = json.loads(apprise.payload)
    assert message["title"] == document["subject"]
    assert "unknown actor ttpp" in message["body"]


def test_a_notice_may_hold_any_text() -> None:
    """What a feed or a server said becomes JSON all the same."""
    odd = [Notice(1, "feed.failing", "\ud800", "a\x00b\u2028", NOON)]
    for each in notice_deliveries(
        odd, (WebhookChannel("https://x.example/"), AppriseChannel("p")), sender=SENDER, now=NOON
    ):
        assert json.loads(each.payload)
