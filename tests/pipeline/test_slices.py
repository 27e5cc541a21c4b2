"""A large document, stored in slices: nothing waits for the whole, and a kill in between costs nothing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from monitor.model import PollOutcome, PollReport
from monitor.pipeline.polls import Polls
from tests.fakes import InProcessParser
from tests.pipeline.flow import GIVE_UP_SECONDS, PERIOD, START, Flow, Item, a_flow

SLICE = 4
OLD = Item("old", "Rain closes the Lowari tunnel road for a night")
PRICES = [Item(f"price-{n}", f"Wheat price number {n} in town {n * 7}", f"Traders of town {n * 7}.") for n in range(12)]
NEWS = [
    Item(
        "apples", "Truce with Pakistani Taliban lets apple lorries leave Bannu", "Growers had feared for the harvest."
    ),
    Item("bride", "Wedding guests in Quetta toast a ceasefire", "A cousin in the Pakistani Taliban stayed away."),
    Item(
        "school", "Girls back in class at Wana", "Headmistress thanks envoys for the truce; Pakistani Taliban silent."
    ),
    Item(
        "cricket",
        "Bowler from Tank takes seven wickets",
        "He learnt to bowl in the Pakistani Taliban ceasefire of 2009.",
    ),
]
MANY = [*NEWS[:2], *PRICES, *NEWS[2:]]
"""Four slices of entries, with news at both ends."""


@asynccontextmanager
async def sliced(folder: Path, at_once: int = SLICE) -> AsyncIterator[Flow]:
    """Join the parts so that a transaction takes few entries."""
    async with a_flow(folder) as flow:
        flow.polls = Polls(
            flow.core, flow.fetcher, InProcessParser(), flow.pages, flow.grouper, entries_in_commit=at_once
        )
        yield flow


class Turnstile:
    """Lets the slices of a poll pass one by one."""

    def __init__(self, flow: Flow) -> None:
        self._flow, self._lock = flow, vars(flow.polls)["_slice"]

    async def begins(self) -> asyncio.Task[list[PollReport]]:
        """Poll a feed, up to the first slice of its document."""
        await self._lock.acquire()
        return asyncio.create_task(self._flow.polls.poll_all([self._flow.feed("hill")]))

    async def passes(self, slices: int = 1) -> None:
        """Let slices be written, and stop before the next one."""
        commits = self._flow.fault.calls.count("commit") + slices
        async with asyncio.timeout(GIVE_UP_SECONDS):
            while self._flow.fault.calls.count("commit") < commits:
                self._lock.release()
                await asyncio.sleep(0)
                await self._lock.acquire()

    def opens(self) -> None:
        self._lock.release()


async def killed(poll: asyncio.Task[list[PollReport]]) -> None:
    """End a poll as the end of the process does: what is committed stays."""
    poll.cancel()
    with pytest.raises(asyncio.CancelledError):
        await poll


def archive(items: Sequence[Item]) -> bytes:
    """Write a document of old entries and of the one that is known."""
    dated = format_datetime(START - timedelta(days=9))
    entries = "".join(
        f"<item><guid isPermaLink='false'>{item.name}</guid><link>https://hill.example/{item.name}</link>"
        f"<title>{item.title}</title><description>{item.text}</description>"
        f"{'' if item == OLD else f'<pubDate>{dated}</pubDate>'}</item>"
        for item in (*items, OLD)
    )
    return f"<rss version='2.0'><channel><title>Hill</title>{entries}</channel></rss>".encode()


async def told(flow: Flow) -> list[str]:
    """Return the headlines that desks hear of, in order."""
    articles = await flow.asks(lambda store: {a.id: a.title for a in store.articles.since(START)})
    return sorted(articles[alert.article_id] for alert in await flow.alerts())


async def test_a_large_document_is_stored_as_a_small_one_is(tmp_path: Path) -> None:
    """The same articles, keys, stories and alerts, and one poll on record, whatever one transaction takes."""
    found = []
    for at_once in (SLICE, 1000):
        (tmp_path / str(at_once)).mkdir()
        async with sliced(tmp_path / str(at_once), at_once) as flow:
            flow.publishes("hill", OLD, etag='"0"')
            await flow.poll()
            flow.publishes("hill", *MANY, OLD, etag='"1"')
            flow.fault.calls.clear()
            flow.clock.passes(PERIOD)
            (report,) = await flow.polls.poll_all([flow.feed("hill")])
            assert flow.fault.calls.count("commit") == (4 if at_once == SLICE else 1)
            assert (report.outcome, report.new, report.matched, report.alerts) == (PollOutcome.NEW, 16, 4, 4)
            found.append(await flow.everything())
    assert found[0] == found[1]


async def test_others_go_on_between_slices(tmp_path: Path) -> None:
    """A digest of what the first slice brought is sent, and another feed is polled, before the last one is stored."""
    async with sliced(tmp_path) as flow:
        for feed in ("hill", "bay"):
            flow.publishes(feed, OLD)
        await flow.poll()
        await flow.digests.digest_due()
        flow.publishes("hill", *MANY, OLD)
        flow.publishes("bay", Item("rice", "Rice mill opens in Larkana", "It takes the harvest of ten villages."), OLD)
        flow.clock.passes(PERIOD)
        turnstile = Turnstile(flow)
        poll = await turnstile.begins()
        await turnstile.passes()
        assert len(await flow.alerts()) == 2
        assert len(await flow.digests.digest_due()) == 1
        await flow.outbox.deliver_due()
        assert len(flow.mail.arrived) == 1
        assert [report.new for report in await flow.polls.poll_all([flow.feed("bay")])] == [1]
        assert not poll.done()
        turnstile.opens()
        assert [report.alerts for report in await poll] == [4]


@pytest.mark.parametrize("slices", [1, 2, 3])
async def test_a_kill_between_slices_loses_nothing_and_tells_nothing_twice(tmp_path: Path, slices: int) -> None:
    """The document is asked for with the validators of the one before, and the rest of it is news."""
    async with sliced(tmp_path) as flow:
        flow.publishes("hill", OLD, etag='"0"')
        await flow.poll()
        flow.publishes("hill", *MANY, OLD, etag='"1"')
        flow.clock.passes(PERIOD)
        turnstile = Turnstile(flow)
        poll = await turnstile.begins()
        await turnstile.passes(slices)
        await killed(poll)
        state = await flow.state("hill")
        assert (state.etag, state.last_polled_at) == ('"0"', START)
    async with sliced(tmp_path) as flow:
        flow.clock.passes(PERIOD + timedelta(seconds=5))
        flow.publishes("hill", *MANY, OLD, etag='"1"')
        report = (await flow.poll())["hill"]
        assert [request.etag for request in flow.fetcher.requests if "hill" in request.url] == ['"0"']
        assert (report.outcome, report.new) == (PollOutcome.NEW, 16)
        assert await told(flow) == sorted(item.title for item in NEWS)
        assert (await flow.state("hill")).etag == '"1"'
        flow.clock.passes(PERIOD)
        assert (await flow.poll())["hill"].outcome is PollOutcome.NOT_MODIFIED


@pytest.mark.parametrize("slices", [1, 2, 3])
async def test_a_baseline_that_was_cut_short_stays_one(tmp_path: Path, slices: int) -> None:
    """Nothing of a first document is news because the process ended in the middle of it."""
    async with sliced(tmp_path) as flow:
        flow.publishes("hill", *MANY)
        turnstile = Turnstile(flow)
        poll = await turnstile.begins()
        await turnstile.passes(slices)
        await killed(poll)
        assert (await flow.state("hill")).baseline_at is None
    async with sliced(tmp_path) as flow:
        flow.publishes("hill", *MANY)
        assert (await flow.poll())["hill"].outcome is PollOutcome.BASELINE
        assert await told(flow) == []
        flow.publishes("hill", Item("late", "Pakistani Taliban end truce", "So said a caller to the Hill Post."), *MANY)
        assert (await flow.poll_after())["hill"].alerts == 1


@pytest.mark.parametrize("newest", [1, 3, 6, 15])
async def test_the_newest_of_a_baseline_are_counted_over_slices(tmp_path: Path, newest: int) -> None:
    """As many of the first entries as the feed asks for are news, and one that the document repeats counts once."""
    items = [*PRICES[:2], PRICES[0], *NEWS, *PRICES[2:]]
    expected = [item.title for item in [*PRICES[:2], *NEWS, *PRICES[2:]][:newest]]
    async with sliced(tmp_path) as flow:
        flow.writes(
            feeds=f'feeds:\n  - {{id: hill, name: Hill, url: "https://hill.example/rss", baseline_newest: {newest}}}\n'
        )
        flow.publishes("hill", *items)
        await flow.poll()
        articles = await flow.asks(lambda store: store.articles.since(START))
        assert sorted(a.title for a in articles if not a.is_baseline) == sorted(expected)


@pytest.mark.parametrize("slices", [0, 1, 5])
async def test_a_surge_is_seen_over_the_whole_document(tmp_path: Path, slices: int) -> None:
    """What the first slice brings is held already; after a kill, the rest, which is no surge by itself, is held too."""
    many = [*MANY, *(Item(f"more-{n}", f"Onion price number {n} in village {n * 3}", "Dear.") for n in range(8))]
    async with sliced(tmp_path) as flow:
        flow.publishes("hill", OLD)
        await flow.poll()
        flow.fetcher.serves(flow.feed("hill").url, archive(many), content_type="application/rss+xml")
        flow.clock.passes(PERIOD)
        if slices:
            turnstile = Turnstile(flow)
            poll = await turnstile.begins()
            await turnstile.passes(slices)
            assert await flow.alerts() == []
            await killed(poll)
        else:
            await flow.poll()
    async with sliced(tmp_path) as flow:
        flow.fetcher.serves(flow.feed("hill").url, archive(many), content_type="application/rss+xml")
        flow.clock.passes(PERIOD * 2)
        await flow.poll()
        assert await flow.alerts() == []
        assert len(await flow.asks(lambda store: store.alerts.held("hill"))) == 4
        (notice,) = await flow.asks(lambda store: store.notices.open())
        assert "24 of 25 entries look new at once" in notice.detail
        assert "4 articles are held" in notice.detail


async def test_news_of_a_large_document_is_no_surge_by_slices(tmp_path: Path) -> None:
    """A slice of nothing but new and old entries is not the document."""
    known = [Item(f"k{n}", f"Bus {n * 11} is late again") for n in range(70)]
    many = [*NEWS, *(Item(f"more-{n}", f"Onion price number {n} in village {n * 3}", "Dear.") for n in range(21))]
    async with sliced(tmp_path, at_once=25) as flow:
        flow.publishes("hill", *known, OLD)
        await flow.poll()
        flow.fetcher.serves(flow.feed("hill").url, archive([*many, *known]), content_type="application/rss+xml")
        vars(flow.polls)["_commits"]._glimpses.clear()
        assert (await flow.poll_after())["hill"].alerts == 4


async def test_a_fault_in_a_slice_leaves_the_others_and_the_feed_alone(tmp_path: Path) -> None:
    """At each call to the store in turn: the poll is told as crashed, and the next one finds the rest."""
    async with sliced(tmp_path) as flow:
        await flow.asks(lambda store: store.connection.maintain("PRAGMA synchronous=OFF"))
        flow.publishes("hill", OLD, etag='"0"')
        await flow.poll()
        flow.publishes("hill", *MANY, OLD, etag='"1"')
        crashes = 0
        while True:
            flow.clock.passes(PERIOD)
            flow.fault.plan(9 * (crashes + 1))
            if reports := await flow.polls.poll_all([flow.feed("hill")]):
                break
            crashes += 1
            assert (await flow.state("hill")).etag == '"0"'
        assert crashes > 3
        assert reports[0].new == 16
        assert await told(flow) == sorted(item.title for item in NEWS)
