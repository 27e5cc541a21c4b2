"""What publishers do to a feed, through the whole flow: what is asked next, when, why, and what the operator hears."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from monitor.feeds.cadence import FAILURE_CAP, GONE, JITTER, SHORTEST
from monitor.feeds.fetch import HttpFetcher
from monitor.feeds.memory import MOVES_BELIEVED, WHOLE_FETCH_EVERY, read_memory
from monitor.feeds.states import ADVICE, Condition, diagnose
from monitor.model import FetchFault, Gap, PollOutcome
from monitor.pipeline.polls import Polls
from monitor.store import SqliteStore
from tests.fakes import InProcessParser
from tests.feeds.loopback import Loopback, response, serving
from tests.pipeline.flow import FEEDS, PERIOD, Flow, Item, a_flow, rss

OLD = Item("old", "Rain closes the Lowari tunnel road for a night")
NEWS = Item("news", "Snow reaches the lower valley")
NEW_HILL = "https://new.hill.example/rss"
DAY = timedelta(days=1)


async def _poll(flow: Flow, feed: str = "hill", after: timedelta = PERIOD) -> str:
    """Poll a feed after a time, whatever its next time; return why the next one is then."""
    flow.clock.passes(after)
    (report,) = await flow.polls.poll_all([flow.feed(feed)])
    return report.next_poll.because


async def _wait(flow: Flow, feed: str = "hill") -> timedelta:
    """Return for how long a feed is left alone from now on."""
    at = (await flow.state(feed)).next_poll_at
    assert at is not None
    return at - flow.clock.now()


async def _condition(flow: Flow, feed: str = "hill") -> Condition:
    state = await flow.state(feed)
    found = diagnose(flow.feed(feed), state, read_memory(state.memory), default_every=PERIOD, now=flow.clock.now())
    return found.condition


def _resume(store: SqliteStore) -> None:
    state = store.feeds.state("hill")
    assert state is not None
    with store.unit_of_work():
        store.feeds.save(replace(state, paused=False, next_poll_at=None))


class TestGone:
    async def test_a_feed_that_is_gone_is_paused_and_told_once(self, flow: Flow) -> None:
        """Nothing asks it again, neither in its time nor with all the others; the others go on."""
        flow.publishes("hill", OLD)
        await _poll(flow)
        flow.fetcher.fails(flow.feed("hill").url, FetchFault.HTTP, status=410)
        await _poll(flow)
        assert (await flow.state("hill")).paused
        assert await _condition(flow) is Condition.GONE
        assert await flow.departures() == [("feed.gone", "hill")]
        assert "it is paused" in next(e["detail"] for e in flow.log if e["event"] == "feed.gone")
        flow.publishes("bay", OLD)
        flow.publishes("moor", OLD)
        for _ in range(3):
            assert (await flow.poll_after(2 * GONE)).keys() == {"bay", "moor"}
        assert {report.feed_id for report in await flow.polls.poll_every()} == {"bay", "moor"}

    async def test_a_resumed_one_is_asked_again_and_its_next_410_pauses_it_again(self, flow: Flow) -> None:
        """The operator may see whether it came back; if it did, it goes on as before."""
        flow.fetcher.fails(flow.feed("hill").url, FetchFault.HTTP, status=410)
        await _poll(flow)
        await flow.asks(_resume)
        assert "hill" in await flow.poll()
        assert (await flow.state("hill")).paused
        await flow.asks(_resume)
        flow.publishes("hill", OLD)
        assert "hill" in await flow.poll()
        assert not (await flow.state("hill")).paused
        assert ("feed.gone", "hill") not in await flow.departures()
        assert "hill" in await flow.poll_after()

    @pytest.mark.parametrize("answers", [True, False])
    async def test_a_new_address_in_the_rule_file_ends_the_pause(self, flow: Flow, answers: bool) -> None:
        """The server of the old one has no say over it, whether it answers at once or not."""
        flow.fetcher.fails(flow.feed("hill").url, FetchFault.HTTP, status=410)
        await _poll(flow)
        flow.writes(feeds=FEEDS.replace("https://hill.example/rss", NEW_HILL))
        if answers:
            flow.publishes("hill", OLD)
        assert "hill" in await flow.poll()
        assert flow.fetcher.requests[-1].url != "https://hill.example/rss"
        assert not (await flow.state("hill")).paused

    async def test_an_operators_pause_is_not_ended_by_a_new_address(self, flow: Flow) -> None:
        """What a person said holds until a person says otherwise."""
        flow.publishes("hill", OLD)
        await _poll(flow)
        state = await flow.state("hill")

        def pause(store: SqliteStore) -> None:
            with store.unit_of_work():
                store.feeds.save(replace(state, paused=True))

        await flow.asks(pause)
        flow.writes(feeds=FEEDS.replace("https://hill.example/rss", NEW_HILL))
        assert "hill" not in await flow.poll_after()


class TestLog:
    async def test_every_poll_says_how_its_feed_is_and_what_to_do_where_that_is_something(self, flow: Flow) -> None:
        """The same words as in `monitor feeds list`."""
        flow.publishes("hill", OLD)
        await _poll(flow)
        flow.fetcher.fails(flow.feed("hill").url, FetchFault.HTTP, status=403)
        await _poll(flow)
        well, forbidden = (event for event in flow.log if event["event"] == "feed.polled")
        assert (well["state"], "advice" in well) == ("ok", False)
        assert (forbidden["state"], forbidden["advice"]) == ("forbidden", ADVICE[Condition.FORBIDDEN])


class TestMissingAndForbidden:
    @pytest.mark.parametrize("status", [401, 403, 404])
    async def test_is_asked_more_seldom_at_once_and_told_after_three(self, flow: Flow, status: int) -> None:
        """Feeds do come back: it is never given up, and goes on at its period when it does."""
        flow.publishes("hill", OLD)
        await _poll(flow)
        flow.fetcher.fails(flow.feed("hill").url, FetchFault.HTTP, status=status)
        waits = []
        for failures in range(1, 11):
            because = await _poll(flow)
            waits.append(await _wait(flow))
            told = ("feed.failing", "hill") in await flow.departures()
            assert told is (failures >= 3)
            assert str(status) in because
        assert waits[:3] == [PERIOD * 4, PERIOD * 8, PERIOD * 12]
        assert max(waits) == waits[-1] == FAILURE_CAP
        assert not (await flow.state("hill")).paused
        flow.publishes("hill", OLD)
        await _poll(flow)
        assert await _wait(flow) == PERIOD
        assert await flow.departures() == []


class TestMoved:
    @pytest.mark.parametrize("status", [301, 308])
    async def test_a_permanent_move_is_asked_directly_after_three_equal_answers_and_told(
        self, flow: Flow, status: int
    ) -> None:
        """Until then each poll goes by the old address; the rule file stays the operator's to change."""
        hill = flow.feed("hill").url
        flow.fetcher.moves(hill, NEW_HILL, status)
        flow.fetcher.serves(NEW_HILL, rss([OLD], "https://new.hill.example"))
        for _ in range(MOVES_BELIEVED):
            assert await flow.departures() == []
            await _poll(flow)
        assert [request.url for request in flow.fetcher.requests] == [hill] * MOVES_BELIEVED
        assert await flow.departures() == [("feed.moved", "hill")]
        assert await _condition(flow) is Condition.MOVED
        await _poll(flow)
        assert flow.fetcher.requests[-1].url == NEW_HILL
        assert sum(event["event"] == "feed.moved" for event in flow.log) == 1
        assert (await flow.state("hill")).url == hill

    async def test_a_temporary_one_is_followed_and_not_kept(self, flow: Flow) -> None:
        """A 302 says nothing about tomorrow."""
        flow.fetcher.moves(flow.feed("hill").url, NEW_HILL, 302)
        flow.fetcher.serves(NEW_HILL, rss([OLD], "https://new.hill.example"))
        for _ in range(MOVES_BELIEVED + 2):
            await _poll(flow)
        assert {request.url for request in flow.fetcher.requests} == {flow.feed("hill").url}
        assert await flow.departures() == []

    async def test_a_new_address_that_fails_is_given_up_for_the_old_one(self, flow: Flow) -> None:
        """The feed came back to where it was: it is found there."""
        hill = flow.feed("hill").url
        flow.fetcher.moves(hill, NEW_HILL)
        flow.fetcher.serves(NEW_HILL, rss([OLD], "https://new.hill.example"))
        for _ in range(MOVES_BELIEVED + 1):
            await _poll(flow)
        flow.fetcher.fails(NEW_HILL, FetchFault.DNS)
        flow.publishes("hill", NEWS, OLD)
        for _ in range(MOVES_BELIEVED + 1):
            await _poll(flow)
        assert flow.fetcher.requests[-1].url == hill
        assert (await flow.state("hill")).last_outcome == PollOutcome.NEW
        assert await flow.departures() == []


@asynccontextmanager
async def _a_wired_flow(folder: Path) -> AsyncIterator[tuple[Flow, Loopback]]:
    """A flow whose one feed stands on loopback and is fetched by the real fetcher."""
    async with serving() as web:
        feeds = f'feeds:\n  - {{id: hill, name: Hill Post, url: "{web.url()}"}}\n'
        async with a_flow(folder, feeds=feeds) as flow:
            fetcher = HttpFetcher(user_agent="test", allow_hosts=[web.host])
            flow.polls = Polls(flow.core, fetcher, InProcessParser(), flow.pages, flow.grouper)
            try:
                yield flow, web
            finally:
                await fetcher.aclose()


class TestRetryAfter:
    @pytest.mark.parametrize("status", ["429 Too Many Requests", "503 Service Unavailable"])
    @pytest.mark.parametrize(
        ("value", "wait"),
        [
            ("7200", timedelta(hours=2)),
            ("5400.5", timedelta(seconds=5400.5)),
            ("Fri, 20 Nov 2026 09:00:00 GMT", timedelta(hours=3)),
            ("Friday, 20-Nov-26 09:00:00 GMT", timedelta(hours=3)),
            ("99999999999", DAY),
            ("Fri, 31 Dec 9999 23:59:59 GMT", DAY),
            ("0", PERIOD),
            ("-60", PERIOD),
            ("Fri, 20 Nov 2020 09:00:00 GMT", PERIOD),
            ("soon", PERIOD),
            ("nan", PERIOD),
            ("60, 120", PERIOD),
            ("", PERIOD),
        ],
    )
    async def test_is_kept_in_every_form_and_clamped(
        self, tmp_path: Path, status: str, value: str, wait: timedelta
    ) -> None:
        """Over the wire to the next time in the database: never sooner than a failure's own wait, nor past a day."""
        async with _a_wired_flow(tmp_path) as (flow, web):
            web.answers["/feed"] = response(status=status, Date="Fri, 20 Nov 2026 06:00:00 GMT", Retry_After=value)
            because = await _poll(flow)
            assert await _wait(flow) == wait
            assert because.startswith("the server asked to wait" if wait > PERIOD else "failed once")
            assert await _condition(flow) is Condition.THROTTLED
            web.answers["/feed"] = response(rss([OLD], web.url("")))
            assert await flow.poll_after(wait - timedelta(minutes=1)) == {}
            assert (await flow.poll_after(timedelta(minutes=1)))["hill"].outcome is PollOutcome.BASELINE


class TestLyingEtag:
    async def test_costs_six_hours_at_most_is_told_once_and_then_ignored(self, flow: Flow) -> None:
        """News under an unchanged ETag is found by the whole fetch; from then on every fetch is one."""
        flow.publishes("hill", OLD, etag='"1"')
        await _poll(flow)
        flow.publishes("hill", NEWS, OLD, etag='"1"')
        began = flow.clock.now()
        while not (await flow.state("hill")).last_new_at:
            await _poll(flow)
            assert flow.clock.now() - began <= WHOLE_FETCH_EVERY
        assert await flow.departures() == [("feed.etag_lies", "hill")]
        assert await _condition(flow) is Condition.LYING_ETAG
        flow.publishes("hill", Item("more", "Pass opens for lorries"), NEWS, OLD, etag='"1"')
        await _poll(flow)
        assert flow.fetcher.requests[-1].etag is None
        assert (await flow.state("hill")).last_new_at == flow.clock.now()
        assert sum(event["event"] == "feed.etag_lies" for event in flow.log) == 1


class TestGaps:
    async def test_each_gap_shortens_the_interval_and_an_overlap_ends_it(self, flow: Flow) -> None:
        """The bounds are on record; the interval halves down to its floor, and is itself again after an overlap."""
        flow.publishes("hill", OLD)
        await _poll(flow)
        waits, gaps, items = list[timedelta](), list[Gap](), list[Item]()
        since = flow.clock.now()
        for number in range(6):
            items = [Item(f"{number}-{n}", f"Report {number}.{n} of valley {number * 7 + n}") for n in range(3)]
            flow.publishes("hill", *items)
            assert "no overlap" in await _poll(flow)
            waits.append(await _wait(flow))
            gaps.insert(0, Gap("hill", since, flow.clock.now(), 3))
            since = flow.clock.now()
        assert waits == [max(PERIOD / 2**n, SHORTEST) for n in range(1, 7)]
        assert await flow.asks(lambda store: store.feeds.gaps("hill")) == gaps
        assert await _condition(flow) is Condition.GAP
        flow.publishes("hill", NEWS, *items)
        await _poll(flow)
        assert await _wait(flow) == PERIOD
        assert ("feed.gap", "hill") not in await flow.departures()


class TestSilence:
    async def test_against_habit_is_told_once_and_once_when_it_speaks_again(self, flow: Flow) -> None:
        """Three weeks of four entries an hour, a silence of half a day, then news; nights are nothing unusual."""
        await flow.asks(lambda store: store.connection.maintain("PRAGMA synchronous=OFF"))
        flow.publishes("hill", OLD)
        await _poll(flow)

        async def an_hour(speaks: bool) -> None:
            now: datetime = flow.clock.now()
            if speaks and 6 <= now.hour < 22:
                name = f"{now:%d%H}"
                flow.publishes("hill", *(Item(f"{name}-{n}", f"{name} valley report {n}") for n in range(4)), OLD)
            await _poll(flow, after=timedelta(hours=1))

        for _ in range(24 * 21):
            await an_hour(speaks=True)
        assert await flow.departures() == []
        said = [event["event"] for event in flow.log]
        assert "feed.silent" not in said
        for _ in range(12):
            await an_hour(speaks=False)
        assert await flow.departures() == [("feed.silent", "hill")]
        await an_hour(speaks=True)
        assert await flow.departures() == []
        told = [
            event for event in flow.log if event["event"] == "feed.silent" or event.get("departure") == "feed.silent"
        ]
        assert [event["event"] for event in told] == ["feed.silent", "departure.over"]


class TestAThousand:
    async def test_are_polled_once_after_a_long_sleep_and_spread_from_then_on(self, tmp_path: Path) -> None:
        """All due at once, after eight hours in which nothing ran; then no minute has more than its share."""
        names = [f"f{number}" for number in range(1000)]
        lines = "".join(f'  - {{id: {name}, name: {name}, url: "https://{name}.example/rss"}}\n' for name in names)
        async with a_flow(tmp_path, feeds=f"feeds:\n{lines}") as flow:
            flow.core = replace(flow.core, chance=random.Random(7).random)
            flow.polls = Polls(flow.core, flow.fetcher, InProcessParser(), flow.pages, flow.grouper)
            await flow.asks(lambda store: store.connection.maintain("PRAGMA synchronous=OFF"))
            for name in names:
                flow.publishes(name, OLD, etag='"1"')
            assert len(await flow.poll()) == 1000
            flow.clock.passes(timedelta(hours=8))
            flow.fetcher.requests.clear()
            assert len(await flow.poll()) == 1000
            assert await flow.poll() == {}
            assert set(Counter(request.url for request in flow.fetcher.requests).values()) == {1}
            states = await flow.asks(lambda store: store.feeds.states())
            minutes = Counter(
                (state.next_poll_at - flow.clock.now()) // timedelta(seconds=10) for state in states.values()
            )
            slots = PERIOD * JITTER / timedelta(seconds=10)
            assert len(minutes) >= slots
            assert max(minutes.values()) < 2 * 1000 / slots
