"""A live run in small: the real polls over a real store and real grouping, with a web that is a dictionary."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
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
    published: str = ""
    """As RSS writes it."""


Act = Callable[[Store, RuleBook, datetime], object]
"""What a person does, by a command that has the database to itself."""
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
        f"<title>{escape(item.title)}</title><description>{escape(item.html)}</description>"
        + (f"<pubDate>{item.published}</pubDate></item>" if item.published else "</item>")
        for item in items
    )
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>News</title>{entries}</channel></rss>'.encode()


def run_live(database: Path, book: RuleBook, rounds: Sequence[Round], acts: Mapping[int, Act] | None = None) -> None:
    """Poll all feeds of a book once a round, an hour apart, and leave the database behind.

    Args:
        database: The file.
        book: In force from the beginning to the end.
        rounds: What the feeds have.
        acts: What a person does half an hour after a round, by its number from 0.
    """
    with capture_logs():
        asyncio.run(_run(database, book, rounds, acts or {}))


async def _run(database: Path, book: RuleBook, rounds: Sequence[Round], acts: Mapping[int, Act]) -> None:
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
            if number in acts:
                clock.at = START + timedelta(hours=number, minutes=30)
                await writer.run(_do, acts[number], store, book, clock.at)
    finally:
        await writer.run(store.close)
        writer.close(wait_seconds=5)


def _do(act: Act, store: Store, book: RuleBook, now: datetime) -> None:
    with store.unit_of_work():
        act(store, book, now)


def alerts_of(store: Store) -> list[Alert]:
    """Return all alerts of a store as a replay gives them."""
    stories = {article.story_id for article in store.articles.since(START - timedelta(days=1)) if article.story_id}
    return in_order(alert for story_id in stories for alert in store.alerts.told(story_id))


def in_order(alerts: Iterable[Alert]) -> list[Alert]:
    """Return alerts without ids, in an order that does not depend on how stories are numbered."""
    plain = (replace(alert, id=0, digest_id=None, story_id=0) for alert in alerts)
    return sorted(plain, key=lambda alert: (alert.created_at, alert.article_id, alert.desk_id))
