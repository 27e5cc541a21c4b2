"""The drill over the real flow: once a day at its local time, to its own recipients, and told of when it fails."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from monitor.desks.drill import drill_desk, judge_drill
from monitor.model import (
    ChannelKind,
    ChannelSpec,
    Delivery,
    DeliveryState,
    EmailChannel,
    Fetched,
    FetchFault,
    ParseFailed,
    ParseFault,
    ParseOutcome,
    RefusedForGood,
    RefusedForNow,
    SlackChannel,
)
from monitor.pipeline.drill import Drill, Drills
from monitor.pipeline.outside import OutsideHeartbeat
from tests.fakes import FakeFetcher, InProcessParser
from tests.pipeline.flow import Flow, HandClock, a_flow

DRILL_MAIL, DRILL_SLACK = EmailChannel(("drill@example.org",)), SlackChannel("#drills")


def drills(flow: Flow, *channels: ChannelSpec, at: time | None = time(9, 0)) -> Drills:
    """Join a drill to a flow, at a time in Karachi; 06:00 UTC, where tests begin, is 11:00 there."""
    desk = drill_desk(at=at, timezone="Asia/Karachi", channels=channels or (DRILL_MAIL,))
    return Drills(flow.core, InProcessParser(), Drill(desk, timedelta(minutes=15)))


async def turn(flow: Flow, drill: Drills) -> None:
    """Let the daemon's steps happen once."""
    await drill.drill_due()
    await flow.digests.digest_due()
    await flow.outbox.deliver_due()
    await drill.drill_due()


async def test_it_goes_once_a_local_day_to_its_own_recipient_and_counts_nowhere(flow: Flow) -> None:
    """Three days of turns every ten minutes are three messages, with nothing else in the database."""
    drill = drills(flow)
    for _ in range(3 * 24 * 6):
        await turn(flow, drill)
        flow.clock.passes(timedelta(minutes=10))
    assert [delivery.recipient for delivery in flow.mail.arrived] == ["drill@example.org"] * 3
    assert {delivery.created_at.astimezone(UTC).strftime("%H:%M") for delivery in flow.mail.arrived} == {"04:00"}
    assert len({delivery.message_id for delivery in flow.mail.arrived}) == 3
    counts = await flow.asks(lambda store: store.counts())
    before = {"articles": 3, "stories": 1, "matches": 0, "alerts": 0, "digests": 0}
    assert {name: counts[name] for name in before} == before | {"stories": counts["stories"]}
    assert await flow.departures() == []


async def test_what_arrives_is_a_digest_like_any_other(flow: Flow) -> None:
    """It was parsed, matched and rendered: the mark stands in it with the rule that found it."""
    drill = drills(flow, DRILL_MAIL, DRILL_SLACK, at=None)
    assert await drill.begin() == ""
    await flow.outbox.deliver_due()
    (mail,), (post,) = flow.mail.arrived, flow.slack.arrived
    subject = message_from_bytes(mail.payload, policy=policy.default)["Subject"].strip()
    assert subject == "[NORMAL] Drill: Monitor drill of 2026-11-20 06:00:00 UTC: nothing happened"
    assert b"onitor drill" in post.payload
    outcome = await drill.look()
    assert outcome is not None
    assert outcome.has_arrived


async def test_a_mail_that_does_not_arrive_is_told_through_slack(tmp_path: Path) -> None:
    """The operator's own address is on the same server: the drill's Slack channel is the other way."""
    async with a_flow(tmp_path, operator="operator@example.org") as flow:
        drill = drills(flow, DRILL_MAIL, DRILL_SLACK, at=None)
        flow.mail.outcomes = [RefusedForNow("451 greylisted") for _ in range(50)]
        await drill.begin()
        for _ in range(16):
            await turn(flow, drill)
            flow.clock.passes(timedelta(minutes=1))
        assert await flow.departures() == [("drill.failed", "drill")]
        _, told = flow.slack.arrived
        assert b"drill.failed" in told.payload
        assert b"451 greylisted" in told.payload
        assert "drill.failed" in [entry["event"] for entry in flow.log]
        flow.mail.outcomes = []
        flow.clock.passes(timedelta(hours=2))
        await turn(flow, drill)
        assert await flow.departures() == [], "it arrived late: over"
        assert {delivery.recipient for delivery in flow.mail.arrived} == {"drill@example.org", "operator@example.org"}
        assert len(flow.slack.arrived) == 2, "told once"


async def test_a_refusal_for_good_is_told_at_once(flow: Flow) -> None:
    """No time is waited for what cannot arrive."""
    drill = drills(flow, at=None)
    flow.mail.outcomes = [RefusedForGood("550 no such user")]
    await drill.begin()
    await turn(flow, drill)
    assert await flow.departures() == [("drill.failed", "drill")]


async def test_a_parser_that_is_broken_is_a_failed_drill(flow: Flow) -> None:
    """It fails before anything is sent, and that is told too."""

    class BrokenParser:
        async def parse(self, document: Fetched) -> ParseOutcome:
            return ParseFailed(ParseFault.CRASHED, "the child died")

        async def aclose(self) -> None: ...

    desk = drill_desk(at=None, timezone="UTC", channels=(DRILL_MAIL,))
    drill = Drills(flow.core, BrokenParser(), Drill(desk, timedelta(minutes=1)))
    assert await drill.begin() == "the marked document was not parsed: the child died"
    assert await flow.departures() == [("drill.failed", "drill")]
    await turn(flow, drill)
    assert flow.mail.arrived == []


@pytest.mark.parametrize(
    ("states", "minutes", "is_over", "failed"),
    [
        (("sent", "sent"), 0, True, set()),
        (("sent", "pending"), 14, False, set()),
        (("sent", "pending"), 15, True, {"slack"}),
        (("dead", "pending"), 1, False, set()),
        (("dead", "sent"), 1, True, {"email"}),
        (("dead", "unknown"), 1, True, {"email", "slack"}),
        (("retry", "sending"), 15, True, {"email", "slack"}),
    ],
)
def test_when_it_is_over(states: tuple[str, str], minutes: int, is_over: bool, failed: set[str]) -> None:
    """Accepted everywhere, lost for good everywhere it is missing, or late."""
    began = datetime(2026, 11, 20, 6, 0, tzinfo=UTC)
    sent = Delivery(1, None, ChannelKind.EMAIL, "drill@example.org", "<1@x>", b"", began)
    deliveries = [
        replace(sent, state=DeliveryState(states[0])),
        replace(sent, id=2, channel=ChannelKind.SLACK, state=DeliveryState(states[1])),
    ]
    now = began + timedelta(minutes=minutes)
    outcome = judge_drill(deliveries, started_at=began, within=timedelta(minutes=15), now=now)
    assert (outcome.is_over, {kind.value for kind in outcome.failed}) == (is_over, failed)
    assert outcome.has_arrived == (states == ("sent", "sent"))


class TestOutsideHeartbeat:
    URL = "https://alive.example/ping"

    async def test_is_fetched_after_a_cycle_at_most_once_a_minute(self) -> None:
        """Never without polls since the last time: a monitor that no longer polls is not alive."""
        clock, fetcher = HandClock(), FakeFetcher()
        fetcher.serves(self.URL, b"OK")
        heartbeat = OutsideHeartbeat(fetcher, self.URL, clock)
        assert not await heartbeat.cycle_done()
        for _ in range(180):
            heartbeat.polls_done()
            await heartbeat.cycle_done()
            clock.passes(timedelta(seconds=1))
        assert [request.url for request in fetcher.requests] == [self.URL] * 3
        assert await heartbeat.cycle_done()
        clock.passes(timedelta(minutes=5))
        assert not await heartbeat.cycle_done(), "no feed was polled meanwhile"

    async def test_a_failure_is_only_logged(self, flow: Flow) -> None:
        """Whoever listens notices; nothing here waits for it or ends by it."""
        fetcher = FakeFetcher()
        heartbeat = OutsideHeartbeat(fetcher, self.URL, HandClock())
        for fault, status, is_heard in ((FetchFault.TIMEOUT, None, False), (FetchFault.HTTP, 204, True)):
            flow.log.clear()
            fetcher.fails(self.URL, fault, status=status)
            heartbeat = OutsideHeartbeat(fetcher, self.URL, HandClock())
            heartbeat.polls_done()
            assert await heartbeat.cycle_done()
            assert ("heartbeat.unheard" in [entry["event"] for entry in flow.log]) is not is_heard
