"""A live run in small: the real polls over a real store and real grouping, with a web that is a dictionary."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from html import escape
from pathlib import Path

from structlog.testing import capture_logs

from monitor.articles.stories import Grouper
from monitor.desks.outbox import sender_of
from monitor.model import Alert, FullText
from monitor.pipeline.core import Core, LiveBook, Options
from monitor.pipeline.departures import Mailing
from monitor.pipeline.polls import Polls
from monitor.ports import Store
from monitor.rules.book import RuleBook
from monitor.rules.matching.matcher import Matcher
from monitor.store import open_store
from monitor.telemetry import Metrics
from monitor.workers import Workers
from tests.fakes import FakeFetcher, InProcessParser

START = datetime(2026, 11, 20, 6, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Item:
    """An entry of a feed."""

    name: str
    title: str
    html: str = ""
    at: str = "https://news.example"


Round = Mapping[str, Sequence[Item]]
"""What stands in each feed at one round of polls; a feed that is not named has not changed."""


@dataclass
class SteppingClock:
    """Time that stands still during a poll."""

    at: datetime = START

    def now(self) -> datetime:
        return self.at

    def monotonic(self) -> float:
        return (self.at - START).total_seconds()


class NoPages:
    """A web whose articles have no pages of their own."""

    async def read(self, url: str) -> FullText:
        return FullText("", "no page")


def rss(items: Sequence[Item]) -> bytes:
    entries = "".join(
        f"<item><guid isPermaLink='false'>{item.name}</guid><link>{item.at}/{item.name}</link>"
        f"<title>{escape(item.title)}</title><description>{escape(item.html)}</description></item>"
        for item in items
    )
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>News</title>{entries}</channel></rss>'.encode()


def run_live(database: Path, book: RuleBook, rounds: Sequence[Round]) -> None:
    """Poll all feeds of a book once a round, an hour apart, and leave the database behind."""
    with capture_logs():
        asyncio.run(_run(database, book, rounds))


async def _run(database: Path, book: RuleBook, rounds: Sequence[Round]) -> None:
    clock, fetcher, writer = SteppingClock(), FakeFetcher(), Workers("writer")
    store = writer.submit(open_store, database).result()
    core = Core(
        store=store,
        writer=writer,
        clock=clock,
        chance=lambda: 0.0,
        live=LiveBook(book, Matcher(book)),
        options=Options(
            poll_every=timedelta(minutes=15),
            gathering=timedelta(0),
            empty_digests=False,
            sends_at_once=1,
            mailing=Mailing(sender_of("monitor@example.org")),
        ),
        metrics=Metrics(),
    )
    polls = Polls(core, fetcher, InProcessParser(), NoPages(), Grouper())
    try:
        for number, documents in enumerate(rounds):
            clock.at = START + timedelta(hours=number)
            for feed in book.feeds.values():
                clock.at += timedelta(seconds=1)
                if feed.id in documents:
                    fetcher.serves(feed.url, rss(documents[feed.id]), content_type="application/rss+xml")
                await polls.poll(feed)
    finally:
        await writer.run(store.close)
        writer.close(wait_seconds=5)


def alerts_of(store: Store) -> list[Alert]:
    """Return all alerts of a store by story, as a replay gives them: without ids."""
    stories = range(1, store.counts()["stories"] + 1)
    return [replace(alert, id=0, digest_id=None) for story_id in stories for alert in store.alerts.told(story_id)]
