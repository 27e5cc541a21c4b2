"""Once, and proof of it: the real outbox over a real file, against servers that fail and a process that dies.

Nothing is lost: every delivery ends as sent, or in a state that the operator was told of. Extra copies: at most one,
the same bytes, and only where nobody could know.
"""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.delivery.slack import SlackChannel
from monitor.delivery.smtp import SmtpChannel
from monitor.demo.mailbox import Mailbox
from monitor.demo.slack_standin import SlackStandIn
from monitor.model import ChannelKind, Delivery, DeliveryState
from monitor.ports import Channel
from monitor.store import SqliteStore
from tests.delivery.outboxes import Fate, HandClock, Process, by_recipient, notices, queue
from tests.store.builders import NOON, delivery

NAMES = ["a@example.org", "b@example.org", "c@example.org"]
CHANNEL = "#south-asia"


def mail(recipient: str) -> Delivery:
    payload = f"From: monitor@example.org\r\nTo: {recipient}\r\nMessage-ID: <{recipient}.1>\r\n\r\ntruce\r\n".encode()
    return replace(delivery(recipient), payload=payload)


def post(number: int) -> Delivery:
    message_id = f"<{number}@monitor.example>"
    metadata = {"event_type": "news_monitor_message", "event_payload": {"message_id": message_id}}
    body = {"channel": CHANNEL, "text": f"story {number}", "metadata": metadata}
    return replace(
        delivery(CHANNEL, channel=ChannelKind.SLACK), message_id=message_id, payload=json.dumps(body).encode()
    )


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "monitor.sqlite3"


class TestDeath:
    def die_and_live_on(self, path: Path, deaths: list[int]) -> tuple[Counter[str], set[bytes]]:
        """Deliver three mails through as many lives as it takes; return copies by recipient, and what arrived."""
        queue(path, map(mail, NAMES))
        clock = HandClock()
        with Mailbox() as mailbox:
            channels: dict[ChannelKind, Channel] = {
                ChannelKind.EMAIL: SmtpChannel(host=mailbox.host, port=mailbox.port)
            }
            for dies_at in deaths:
                Process(path, channels, clock, Fate(dies_at)).live()
            assert Process(path, channels, clock).live()
            return Counter(m.recipients[0] for m in mailbox.mails), {m.content for m in mailbox.mails}

    def holds(self, path: Path, copies: Counter[str], contents: set[bytes]) -> None:
        """Assert what is promised, whatever happened."""
        told = notices(path)
        for name, found in by_recipient(path).items():
            assert copies[name] <= 2
            if found.state is DeliveryState.SENT:
                assert copies[name] >= 1
            else:
                assert found.state is DeliveryState.UNKNOWN
                assert ("delivery.unknown", str(found.id)) in told
        assert contents <= {mail(name).payload for name in NAMES}

    def steps(self, tmp_path: Path) -> list[str]:
        """Return the steps of a life in which nothing goes wrong."""
        queue(tmp_path / "plain.sqlite3", map(mail, NAMES))
        fate = Fate()
        with Mailbox() as mailbox:
            channel: Channel = SmtpChannel(host=mailbox.host, port=mailbox.port)
            assert Process(tmp_path / "plain.sqlite3", {ChannelKind.EMAIL: channel}, HandClock(), fate).live()
        return fate.names

    def test_at_each_step_loses_nothing_and_repeats_at_most_once(self, tmp_path: Path) -> None:
        """One death at each step in turn: everything is sent, and an extra copy follows only a claim."""
        names = self.steps(tmp_path)
        assert len(names) >= 20
        for dies_at in range(len(names)):
            path = tmp_path / f"{dies_at}.sqlite3"
            copies, contents = self.die_and_live_on(path, [dies_at])
            self.holds(path, copies, contents)
            states = {found.state for found in by_recipient(path).values()}
            assert states == {DeliveryState.SENT}, names[dies_at]
            if "claim" not in "".join(names[: dies_at + 1]):
                assert set(copies.values()) == {1}, names[dies_at]

    @pytest.mark.parametrize("seed", range(8))
    def test_again_and_again_keeps_the_promises(self, tmp_path: Path, seed: int) -> None:
        """Up to four deaths at random steps, five times over: forty courses of events in all."""
        chance = random.Random(seed)
        for course in range(5):
            path = tmp_path / f"{course}.sqlite3"
            deaths = [chance.randrange(24) for _ in range(chance.randrange(2, 5))]
            self.holds(path, *self.die_and_live_on(path, deaths))


class TestFullDisk:
    def test_after_the_send_leaves_it_in_doubt(self, path: Path) -> None:
        """The message went out and that could not be written: after a restart one extra copy, and no more."""
        queue(path, map(mail, NAMES[:1]))
        clock = HandClock()

        def fill(store: SqliteStore) -> None:
            # A file that may not grow, and an outcome that needs it to.
            pages = store.connection.scalar("PRAGMA page_count")
            store.connection.maintain(f"PRAGMA max_page_count={pages + 20}")
            store.connection.maintain(
                "CREATE TEMP TRIGGER ballast AFTER UPDATE ON deliveries WHEN new.state = 'sent'"
                " BEGIN INSERT INTO named_values VALUES ('ballast', hex(zeroblob(1000000))); END"
            )

        with Mailbox() as mailbox:
            channel: Channel = SmtpChannel(host=mailbox.host, port=mailbox.port)
            Process(path, {ChannelKind.EMAIL: channel}, clock, meddle=fill).live(rounds=3)
            assert by_recipient(path)[NAMES[0]].state is not DeliveryState.SENT
            assert Process(path, {ChannelKind.EMAIL: channel}, clock).live()
            assert by_recipient(path)[NAMES[0]].state is DeliveryState.SENT
            assert len(mailbox.mails) <= 2


class TestMail:
    def deliver(self, path: Path, mailbox: Mailbox, names: list[str], **login: str) -> HandClock:
        if not path.exists():
            queue(path, map(mail, names))
        clock = HandClock()
        Process(path, {ChannelKind.EMAIL: SmtpChannel(host=mailbox.host, port=mailbox.port, **login)}, clock).live()
        return clock

    def test_one_of_three_refused_for_good_and_one_for_now(self, path: Path) -> None:
        """Who is refused for good is dead and told; who is refused for now has it later; the third has it at once."""
        with Mailbox() as mailbox:
            mailbox.refuse(NAMES[0], code=550)
            mailbox.refuse(NAMES[1], code=450)
            queue(path, map(mail, NAMES))
            clock = HandClock()
            channel = SmtpChannel(host=mailbox.host, port=mailbox.port)
            Process(path, {ChannelKind.EMAIL: channel}, clock).live(rounds=3)
            assert [m.recipients for m in mailbox.mails] == [(NAMES[2],)]
            assert by_recipient(path)[NAMES[1]].state is DeliveryState.RETRY
            mailbox.forgive(NAMES[1])
            assert Process(path, {ChannelKind.EMAIL: channel}, clock).live()
            states = {name: found.state for name, found in by_recipient(path).items()}
        assert states == {NAMES[0]: DeliveryState.DEAD, NAMES[1]: DeliveryState.SENT, NAMES[2]: DeliveryState.SENT}
        assert Counter(m.recipients[0] for m in mailbox.mails) == {NAMES[1]: 1, NAMES[2]: 1}
        assert [event for event, _ in notices(path)] == ["delivery.dead"]

    def test_a_server_that_drops_after_the_dot(self, path: Path) -> None:
        """One extra copy, byte for byte, and then it is sent."""
        with Mailbox() as mailbox:
            mailbox.drop_after_dot(1)
            self.deliver(path, mailbox, NAMES[:1])
        assert [m.content for m in mailbox.mails] == [mail(NAMES[0]).payload] * 2
        assert by_recipient(path)[NAMES[0]].state is DeliveryState.SENT

    def test_a_server_that_always_drops_after_the_dot(self, path: Path) -> None:
        """Two copies, never a third; unknown, and the operator is told."""
        with Mailbox() as mailbox:
            mailbox.drop_after_dot(9)
            self.deliver(path, mailbox, NAMES[:1])
        assert len(mailbox.mails) == 2
        assert by_recipient(path)[NAMES[0]].state is DeliveryState.UNKNOWN
        assert [event for event, _ in notices(path)] == ["delivery.unknown"]

    def test_a_wrong_password_holds_all_and_loses_nothing(self, path: Path) -> None:
        """For a day; when the operator has mended it, each goes out once."""
        with Mailbox(user="monitor", password="right") as mailbox:
            queue(path, map(mail, NAMES))
            clock = HandClock()
            wrong = SmtpChannel(host=mailbox.host, port=mailbox.port, user="monitor", password="wrong")
            while clock.at < NOON + timedelta(days=1):
                Process(path, {ChannelKind.EMAIL: wrong}, clock).live(rounds=50)
            assert {found.state for found in by_recipient(path).values()} <= {
                DeliveryState.PENDING,
                DeliveryState.RETRY,
            }
            assert notices(path) == [("channel.held", "email")]
            right = SmtpChannel(host=mailbox.host, port=mailbox.port, user="monitor", password="right")
            assert Process(path, {ChannelKind.EMAIL: right}, clock).live()
        assert Counter(m.recipients[0] for m in mailbox.mails) == dict.fromkeys(NAMES, 1)
        assert notices(path) == []


class TestSlack:
    def deliver(self, path: Path, slack: SlackStandIn, clock: HandClock, *, by: str = "token", posts: int = 1) -> None:
        queue(path, map(post, range(posts)))
        channel = (
            SlackChannel(token=slack.token, base_url=slack.url)
            if by == "token"
            else SlackChannel(webhook_url=slack.webhook_url)
        )
        Process(path, {ChannelKind.SLACK: channel}, clock).live()

    @pytest.mark.parametrize("by", ["token", "webhook"])
    def test_limited_for_30_seconds_keeps_the_order(self, path: Path, by: str) -> None:
        """429: the channel waits, then all is posted once, first things first."""
        clock = HandClock()
        with SlackStandIn(now=clock.now) as slack:
            slack.limit_next(30)
            self.deliver(path, slack, clock, by=by, posts=3)
        assert [str(p.payload["text"]) for p in slack.posts] == ["story 0", "story 1", "story 2"]
        assert slack.posts[0].at == NOON + timedelta(seconds=30)

    @pytest.mark.parametrize("by", ["token", "webhook"])
    def test_failing_for_an_hour(self, path: Path, by: str) -> None:
        """503 for every attempt of an hour: posted once, soon after."""
        clock = HandClock()
        with SlackStandIn(now=clock.now) as slack:
            slack.fail_next(503, times=6)
            self.deliver(path, slack, clock, by=by)
        assert len(slack.posts) == 1
        assert timedelta(hours=1) <= slack.posts[0].at - NOON < timedelta(hours=2)

    @pytest.mark.parametrize(
        "fail", [lambda s: s.lose_reply(), lambda s: s.fail_next(504, times=6), lambda s: s.refuse_next("fatal_error")]
    )
    def test_in_doubt_is_looked_up(self, path: Path, fail: Callable[[SlackStandIn], None]) -> None:
        """With a token, the channel's history settles each doubt: exactly one post, however often it failed."""
        clock = HandClock()
        with SlackStandIn(now=clock.now) as slack:
            fail(slack)
            self.deliver(path, slack, clock)
        assert len(slack.posts) == 1
        (found,) = by_recipient(path).values()
        assert found.state is DeliveryState.SENT

    def test_in_doubt_by_webhook_is_sent_once_more(self, path: Path) -> None:
        """A webhook cannot look: one extra copy after a lost reply, none after a second."""
        clock = HandClock()
        with SlackStandIn(now=clock.now) as slack:
            slack.lose_reply(times=9)
            self.deliver(path, slack, clock, by="webhook")
        assert len(slack.posts) == 2
        assert [event for event, _ in notices(path)] == ["delivery.unknown"]

    def test_a_refused_post_is_dead_and_told(self, path: Path) -> None:
        """`ok: false` with a word that time does not mend; the post behind it goes out."""
        clock = HandClock()
        with SlackStandIn(now=clock.now) as slack:
            slack.refuse_next("channel_not_found")
            self.deliver(path, slack, clock, posts=2)
        assert [str(p.payload["text"]) for p in slack.posts] == ["story 1"]
        assert [event for event, _ in notices(path)] == ["delivery.dead"]

    def test_a_revoked_webhook_holds_all(self, path: Path) -> None:
        """Nothing is dead; when the address works again, all goes out in order."""
        clock = HandClock()
        with SlackStandIn(now=clock.now) as slack:
            slack.refuse_next("no_service", times=5)
            self.deliver(path, slack, clock, by="webhook", posts=3)
        assert [str(p.payload["text"]) for p in slack.posts] == ["story 0", "story 1", "story 2"]
        assert notices(path) == []
