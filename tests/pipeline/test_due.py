"""Which feeds are polled when: by the database, by the monotonic clock, and by what operators say meanwhile."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from monitor.model import PollOutcome
from monitor.store import SqliteStore
from tests.pipeline.flow import FEEDS, GIVE_UP_SECONDS, PERIOD, Flow, Item, a_flow, comes_true

OLD = Item("old", "Rain closes the Lowari tunnel road for a night")
TRUCE = Item("truce", "Pakistani Taliban call off truce with Islamabad")
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


async def _all_polled(flow: Flow) -> None:
    for feed in ("hill", "bay", "moor"):
        flow.publishes(feed, OLD)
    assert (await flow.poll()).keys() == {"hill", "bay", "moor"}


def _set_paused(store: SqliteStore, feed_id: str, *, paused: bool) -> None:
    state = store.feeds.state(feed_id)
    assert state is not None
    with store.unit_of_work():
        store.feeds.save(replace(state, paused=paused))


class TestTime:
    async def test_a_feed_is_due_at_its_next_time_and_not_before(self, flow: Flow) -> None:
        """The database says when; a wake-up that comes early or twice changes nothing."""
        await _all_polled(flow)
        assert await flow.poll() == {}
        assert await flow.poll_after(PERIOD - MINUTE) == {}
        assert len(await flow.poll_after(MINUTE)) == 3
        assert await flow.poll() == {}

    async def test_a_clock_set_back_an_hour_delays_no_poll(self, flow: Flow) -> None:
        """Polls go on in step with the monotonic clock, one a period."""
        await _all_polled(flow)
        flow.clock.is_set(-HOUR)
        assert await flow.poll() == {}
        for _ in range(3):
            assert await flow.poll_after(PERIOD - MINUTE) == {}
            assert len(await flow.poll_after(MINUTE)) == 3

    async def test_a_clock_set_forward_polls_once(self, flow: Flow) -> None:
        """All look due at once, and then once a period again; set back to right, they still are."""
        await _all_polled(flow)
        flow.clock.is_set(HOUR)
        assert len(await flow.poll()) == 3
        assert await flow.poll() == {}
        assert await flow.poll_after(PERIOD - MINUTE) == {}
        assert len(await flow.poll_after(MINUTE)) == 3
        flow.clock.is_set(-HOUR)
        assert len(await flow.poll_after()) == 3

    async def test_a_clock_that_was_wrong_before_the_start_delays_no_poll(self, tmp_path: Path) -> None:
        """A machine that woke up in the next year and was put right: feeds are polled at once, and once a period."""
        async with a_flow(tmp_path) as ahead:
            ahead.clock.is_set(timedelta(days=365))
            await _all_polled(ahead)
        async with a_flow(tmp_path) as right:
            await _all_polled(right)
            assert await right.poll() == {}
            assert len(await right.poll_after()) == 3

    async def test_a_feed_that_hangs_is_asked_once_while_the_others_go_on(self, flow: Flow) -> None:
        """Its poll is under way; later rounds leave it out, and it is due again after it ended."""
        await _all_polled(flow)
        slow = flow.feed("hill").url
        door = flow.fetcher.doors[slow] = asyncio.Event()
        flow.clock.passes(PERIOD)
        hanging = asyncio.create_task(flow.poll())
        await comes_true(lambda: [r.url for r in flow.fetcher.requests].count(slow) == 2)
        await comes_true(lambda: sum(e["event"] == "feed.polled" for e in flow.log) == 5)
        for _ in range(2):
            flow.clock.passes(PERIOD)
            polled: set[str] = set()
            async with asyncio.timeout(GIVE_UP_SECONDS):
                while polled != {"bay", "moor"}:  # they may still be ending the poll that the log has already
                    polled |= (await flow.poll()).keys()
        assert [r.url for r in flow.fetcher.requests].count(slow) == 2
        door.set()
        assert (await hanging).keys() == {"hill", "bay", "moor"}
        assert len(await flow.poll_after()) == 3


class TestPause:
    async def test_a_paused_feed_is_not_polled_and_is_again_when_resumed(self, flow: Flow) -> None:
        """However long it is, and at once when it ends."""
        await _all_polled(flow)
        await flow.asks(lambda store: _set_paused(store, "hill", paused=True))
        for _ in range(3):
            assert "hill" not in await flow.poll_after()
        await flow.asks(lambda store: _set_paused(store, "hill", paused=False))
        assert "hill" in await flow.poll()

    async def test_a_pause_during_a_poll_holds(self, flow: Flow) -> None:
        """What the poll learnt is kept, and so is the operator's word."""
        await _all_polled(flow)
        flow.publishes("hill", TRUCE, OLD)
        door = flow.fetcher.doors[flow.feed("hill").url] = asyncio.Event()
        flow.clock.passes(PERIOD)
        polling = asyncio.create_task(flow.poll())
        await comes_true(lambda: len(flow.fetcher.requests) == 6)
        await flow.asks(lambda store: _set_paused(store, "hill", paused=True))
        door.set()
        assert (await polling)["hill"].new == 1
        assert (await flow.state("hill")).paused
        assert "hill" not in await flow.poll_after()

    async def test_a_resumption_during_a_poll_holds_too(self, flow: Flow) -> None:
        """Whoever polls a paused feed by hand does not pause it again."""
        await _all_polled(flow)
        await flow.asks(lambda store: _set_paused(store, "hill", paused=True))
        door = flow.fetcher.doors[flow.feed("hill").url] = asyncio.Event()
        polling = asyncio.create_task(flow.polls.poll_all([flow.feed("hill")]))
        await comes_true(lambda: len(flow.fetcher.requests) == 4)
        await flow.asks(lambda store: _set_paused(store, "hill", paused=False))
        door.set()
        await polling
        assert not (await flow.state("hill")).paused


class TestNewAddress:
    async def test_is_polled_at_once_without_validators_and_keeps_the_baseline(self, flow: Flow) -> None:
        """The other server's ETag means nothing here; what is new since is news, not a second baseline."""
        flow.publishes("hill", OLD, etag='"1"')
        await flow.poll()
        flow.clock.passes(MINUTE)
        flow.writes(feeds=FEEDS.replace("https://hill.example/rss", "https://new.example/rss"))
        flow.publishes("hill", TRUCE, OLD, etag='"1"')
        polled = await flow.poll()
        assert polled.keys() == {"hill"}
        assert flow.fetcher.requests[-1].etag is None
        assert (polled["hill"].outcome, polled["hill"].new, polled["hill"].alerts) == (PollOutcome.NEW, 1, 1)
        assert await flow.poll() == {}
        state = await flow.state("hill")
        assert state.url == "https://new.example/rss"
        assert state.baseline_at == flow.clock.now() - MINUTE

    async def test_given_while_the_old_one_is_being_polled_is_polled_next(self, flow: Flow) -> None:
        """The poll under way ends under the old address; the database sees that the feed has another now."""
        await _all_polled(flow)
        flow.clock.passes(PERIOD)
        door = flow.fetcher.doors["https://hill.example/rss"] = asyncio.Event()
        polling = asyncio.create_task(flow.poll())
        await comes_true(lambda: len(flow.fetcher.requests) == 6)
        flow.writes(feeds=FEEDS.replace("https://hill.example/rss", "https://new.example/rss"))
        flow.publishes("hill", TRUCE, OLD)
        door.set()
        await polling
        polled = await flow.poll()
        assert polled.keys() == {"hill"}
        assert polled["hill"].new == 1
