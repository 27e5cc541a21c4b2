"""A file that may not grow: the real store refuses, the log stays small, and the operator is told when it can."""

from __future__ import annotations

import quopri
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.store.sqlite import SqliteStore
from tests.pipeline.flow import PERIOD, Flow, Item, a_flow

FEEDS = ("hill", "bay", "moor")
SECOND = timedelta(seconds=1)
_HEAVY = "BEGIN INSERT INTO named_values VALUES ('ballast', hex(zeroblob(1000000))); END"


@pytest.fixture
async def flow(tmp_path: Path) -> AsyncIterator[Flow]:
    async with a_flow(tmp_path, operator="operator@example.org") as joined:
        for feed in FEEDS:
            joined.publishes(feed, Item("old", "Rain closes the Lowari tunnel road for a night"))
        await joined.poll()
        yield joined


def _fill(store: SqliteStore) -> None:
    """Let no article and no notice in: each would need more pages than the file may have."""
    pages = store.connection.scalar("PRAGMA page_count")
    store.connection.maintain(f"PRAGMA max_page_count={pages + 20}")
    for table in ("articles", "notices"):
        store.connection.maintain(f"CREATE TEMP TRIGGER heavy_{table} AFTER INSERT ON {table} {_HEAVY}")


def _make_room(store: SqliteStore) -> None:
    store.connection.maintain("PRAGMA max_page_count=1000000")
    for table in ("articles", "notices"):
        store.connection.maintain(f"DROP TRIGGER heavy_{table}")


async def _polls_in_vain(flow: Flow) -> None:
    await flow.asks(_fill)
    for feed in FEEDS:
        flow.publishes(feed, Item("new", f"The road at {feed} is open again after a week of snow"))
    flow.clock.passes(PERIOD)
    assert await flow.poll() == {}


async def test_the_log_has_one_sentence_a_minute(flow: Flow) -> None:
    """Three feeds and two hundred rounds of digests fail; no traceback, and four lines in three minutes and a bit."""
    await _polls_in_vain(flow)
    for _ in range(200):
        flow.clock.passes(SECOND)
        await flow.digests.digest_due()
    said = [event for event in flow.log if "full" in str(event)]
    assert [event["event"] for event in said] == ["poll.crashed"] + ["digest.failed"] * 3
    assert all("exc_info" not in event and "free some space" in event["detail"] for event in said), said


async def test_what_could_not_be_recorded_is_told_when_there_is_room(flow: Flow) -> None:
    """Departures are kept in memory, recorded with the time they began, and go out in one message."""
    await _polls_in_vain(flow)
    failed_at = flow.clock.now()
    await flow.core.tell("channel.missing", "slack", "no settings say how to reach slack")
    assert await flow.departures() == []
    flow.clock.passes(SECOND)
    await flow.asks(_make_room)
    await flow.digests.digest_due()
    found = await flow.asks(lambda store: store.notices.open())
    assert {(notice.event, notice.subject) for notice in found} == {
        ("state.failing", "database"),
        ("channel.missing", "slack"),
    }
    assert {notice.at for notice in found} == {failed_at}
    (message,) = await flow.outbox.deliver_due()
    assert message.digest_id is None
    assert b"channel.missing" in message.payload


async def test_the_operator_hears_once_that_the_disk_was_full(flow: Flow) -> None:
    """Three feeds fail, again and again, and in between one thing fits: one message, of the disk and of no feed."""
    await _polls_in_vain(flow)
    flow.clock.passes(PERIOD)
    assert await flow.poll() == {}
    await flow.asks(_make_room)
    await flow.digests.digest_due()
    await flow.asks(_fill)
    flow.clock.passes(PERIOD)
    assert await flow.poll() == {}
    await flow.asks(_make_room)
    await flow.digests.digest_due()
    (message,) = await flow.outbox.deliver_due()
    assert b"Subject: [MONITOR] state.failing: database\r\n" in message.payload
    assert b"disk is full; free some space" in quopri.decodestring(message.payload)
    assert b"poll.crashed" not in message.payload


async def test_it_is_over_when_nothing_failed_for_a_minute(flow: Flow) -> None:
    """Not before: a disk that is full every other second would be a message each time. Then the next one is told."""
    await _polls_in_vain(flow)
    await flow.asks(_make_room)
    for wait in (SECOND, 58 * SECOND):
        flow.clock.passes(wait)
        await flow.digests.digest_due()
        assert ("state.failing", "database") in await flow.departures()
    flow.clock.passes(2 * SECOND)
    await flow.digests.digest_due()
    assert await flow.departures() == []
    await flow.asks(_fill)
    flow.clock.passes(PERIOD)
    assert await flow.poll() == {}
    await flow.asks(_make_room)
    await flow.digests.digest_due()
    assert await flow.departures() == [("state.failing", "database")]


async def test_what_is_over_before_it_was_recorded_is_told_and_not_open(flow: Flow) -> None:
    """The operator hears of it with the time it began, and nothing stays open."""
    await _polls_in_vain(flow)
    await flow.core.tell("rule.muted", "slow", "took 300 ms on one article")
    await flow.asks(_make_room)
    await flow.core.all_clear("rule.muted")
    flow.clock.passes(61 * SECOND)
    await flow.digests.digest_due()
    assert await flow.departures() == []
    (message,) = await flow.outbox.deliver_due()
    assert b"rule.muted" in message.payload
    assert b"state.failing" in message.payload
