"""The flow in one hand: real store, book, matcher and grouper; a web, a clock and channels that obey the test."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AbstractContextManager, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from html import escape
from pathlib import Path
from typing import Any

from structlog.testing import capture_logs
from structlog.typing import EventDict

from monitor.articles.stories import Grouper
from monitor.desks.outbox import Sender, sender_of
from monitor.model import (
    Accepted,
    Alert,
    ChannelKind,
    Delivery,
    EmailChannel,
    Feed,
    FeedState,
    FetchOutcome,
    FetchRequest,
    FullText,
    PollReport,
    SendOutcome,
)
from monitor.pipeline.core import Core, LiveBook, Options
from monitor.pipeline.departures import Mailing
from monitor.pipeline.digests import Digests
from monitor.pipeline.outbox import Outbox
from monitor.pipeline.polls import PAGES_PATIENCE, Polls
from monitor.ports import Channel
from monitor.rules.files.load import load_rule_book
from monitor.rules.matching.matcher import Matcher
from monitor.store import SqliteStore, open_store
from monitor.telemetry import Metrics
from monitor.workers import Workers
from tests.fakes import FakeFetcher, InProcessParser, RecordingChannel

SENDER = sender_of("monitor@example.org")
START = datetime(2026, 11, 20, 6, 0, tzinfo=UTC)
PERIOD = timedelta(minutes=15)
GIVE_UP_SECONDS = 10.0
"""How long a test waits for what comes at once when all is well."""

FEEDS = """
feeds:
  - {id: hill, name: Hill Post, url: "https://hill.example/rss", language: en, tags: [pakistan]}
  - {id: bay, name: Bay Times, url: "https://bay.example/rss", language: en, tags: [pakistan]}
  - {id: moor, name: Moor Herald, url: "https://moor.example/rss", language: en, tags: [pakistan]}
"""
RULES = """
actors:
  ttp: {name: TTP, aliases: [Pakistani Taliban]}
lexicons:
  truce: [truce, ceasefire]
rules:
  - {id: ttp-truce, title: TTP truce, query: "actor:ttp AND lexicon:truce", severity: high, desks: [south-asia]}
"""
DESKS = """
desks:
  - {id: south-asia, name: South Asia, channels: [{email: desk@example.org}]}
"""


@dataclass
class HandClock:
    """Two clocks that pass together, and of which the one on the wall can be set."""

    at: datetime = START
    ticks: float = 1000.0

    def now(self) -> datetime:
        return self.at

    def monotonic(self) -> float:
        return self.ticks

    def passes(self, length: timedelta) -> None:
        """Let time pass on both."""
        self.at += length
        self.ticks += length.total_seconds()

    def is_set(self, by: timedelta) -> None:
        """Let somebody set the clock on the wall."""
        self.at += by


@dataclass(frozen=True)
class Item:
    """An entry of a feed."""

    name: str
    title: str
    text: str = ""
    at: str = ""
    """Its address; the feed's own by default."""


def rss(items: Sequence[Item], site: str) -> bytes:
    """Write an RSS document, in the order given."""
    entries = "".join(
        f"<item><guid isPermaLink='false'>{item.name}</guid><link>{item.at or f'{site}/{item.name}'}</link>"
        f"<title>{escape(item.title)}</title><description>{escape(item.text)}</description></item>"
        for item in items
    )
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>News</title>{entries}</channel></rss>'.encode()


class DiskError(Exception):
    """What a planned fault raises."""


@dataclass
class Fault:
    """Counts the calls that reach the store, and lets one of them fail; then it is over."""

    at_call: int | None = None
    named: tuple[str, int] | None = None
    calls: list[str] = field(default_factory=list)
    struck: list[str] = field(default_factory=list)

    def plan(self, at_call: int | None) -> None:
        """Let the call of this number from now, from 0, fail; None plans nothing."""
        self.at_call = at_call
        self.calls.clear()
        self.struck.clear()

    def plan_named(self, name: str, time: int) -> None:
        """Let the call of this name fail when it comes for this time, from 1."""
        self.plan(None)
        self.named = name, time

    def pass_by(self, name: str) -> None:
        self.calls.append(name)
        is_named = self.named is not None and self.named[0] == name and self.calls.count(name) == self.named[1]
        if is_named or (self.at_call is not None and len(self.calls) > self.at_call):
            self.at_call = self.named = None
            self.struck.append(name)
            raise DiskError(name)


class _Watched:
    """A noun of the store whose calls are counted: it fails before, or having done its work."""

    def __init__(self, noun: object, name: str, fault: Fault) -> None:
        self._noun, self._name, self._fault = noun, name, fault

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._noun, name)

        def call(*args: Any, **kwargs: Any) -> Any:
            result = found(*args, **kwargs)
            self._fault.pass_by(f"{self._name}.{name}")
            return result

        return call


class WatchedStore(SqliteStore):
    """The real store; every call to a noun, and every commit, passes by a fault."""

    def __init__(self, plain: SqliteStore, fault: Fault) -> None:
        super().__init__(plain.connection)
        self._fault = fault
        for name in ("feeds", "articles", "stories", "alerts", "mutes", "feedback", "digests", "deliveries", "notices"):
            setattr(self, name, _Watched(getattr(self, name), name, fault))

    def unit_of_work(self) -> AbstractContextManager[None]:
        return self._unit()

    @contextmanager
    def _unit(self) -> Iterator[None]:
        with super().unit_of_work():
            yield
            self._fault.pass_by("commit")


@dataclass
class PaperPages:
    """Articles' own pages; one that is late does not come while the test lasts."""

    texts: dict[str, str] = field(default_factory=dict)
    late: set[str] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)

    async def read(self, url: str) -> FullText:
        self.asked.append(url)
        if url in self.late:
            await asyncio.Event().wait()
        text = self.texts.get(url, "")
        return FullText(text, "" if text else "nothing there")


@dataclass
class DoorFetcher(FakeFetcher):
    """A web in which an address can be made to wait, and one can be made to break the program."""

    doors: dict[str, asyncio.Event] = field(default_factory=dict)
    breaks: set[str] = field(default_factory=set)
    most_at_once: int = 0
    _inside: int = 0

    async def fetch(self, request: FetchRequest) -> FetchOutcome:
        self._inside += 1
        self.most_at_once = max(self.most_at_once, self._inside)
        try:
            outcome = await super().fetch(request)
            if request.url in self.doors:
                await self.doors[request.url].wait()
            if request.url in self.breaks:
                raise DiskError("the fetcher broke")
            return outcome
        finally:
            self._inside -= 1


@dataclass
class DoorChannel(RecordingChannel):
    """A channel some of whose recipients hang until the test lets them go."""

    doors: dict[str, threading.Event] = field(default_factory=dict)
    broken: bool = False
    inside: list[str] = field(default_factory=list)
    most_at_once: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def send(self, delivery: Delivery) -> SendOutcome:
        with self._lock:
            self.inside.append(delivery.recipient)
            self.most_at_once = max(self.most_at_once, len(self.inside))
        try:
            if self.broken:
                raise DiskError("the channel broke")
            if delivery.recipient in self.doors:
                assert self.doors[delivery.recipient].wait(GIVE_UP_SECONDS)
            with self._lock:
                return super().send(delivery)
        finally:
            with self._lock:
                self.inside.remove(delivery.recipient)


@dataclass
class Flow:
    """Everything between the fakes, and what a test asks of it."""

    folder: Path
    clock: HandClock
    fetcher: DoorFetcher
    pages: PaperPages
    mail: DoorChannel
    slack: DoorChannel
    fault: Fault
    core: Core
    store: SqliteStore
    grouper: Grouper
    polls: Polls
    digests: Digests
    outbox: Outbox
    log: list[EventDict]
    """What was said to the log."""

    # --- what happens outside ---

    def publishes(self, feed_id: str, *items: Item, **headers: str) -> None:
        """Put a document at a feed's address."""
        feed = self.feed(feed_id)
        site = feed.url.removesuffix("/rss")
        self.fetcher.serves(feed.url, rss(items, site), content_type="application/rss+xml", **headers)

    def writes(self, **texts: str) -> None:
        """Write rule files and put them in force."""
        write_rules(self.folder, **texts)
        book = load_rule_book(self.folder)
        self.core.live = LiveBook(book, Matcher(book))

    # --- the steps ---

    async def poll(self) -> dict[str, PollReport]:
        """Poll what is due."""
        return {report.feed_id: report for report in await self.polls.poll_due()}

    async def poll_after(self, length: timedelta = PERIOD) -> dict[str, PollReport]:
        self.clock.passes(length)
        return await self.poll()

    async def asks(self, question: Callable[[SqliteStore], Any]) -> Any:
        """Ask the store something, on the thread that owns it."""
        return await self.core.writer.run(question, self.store)

    # --- what is known then ---

    def feed(self, feed_id: str) -> Feed:
        return self.core.live.book.feeds[feed_id]

    async def state(self, feed_id: str) -> FeedState:
        found = await self.asks(lambda store: store.feeds.state(feed_id))
        assert isinstance(found, FeedState)
        return found

    async def alerts(self) -> list[Alert]:
        """Return all alerts of all stories, oldest first."""

        def read(store: SqliteStore) -> list[Alert]:
            ids = range(1, store.counts()["stories"] + 1)
            return sorted((a for story in ids for a in store.alerts.told(story)), key=lambda alert: alert.id)

        found: list[Alert] = await self.asks(read)
        return found

    async def departures(self) -> list[tuple[str, str]]:
        """Return (event, subject) of every open departure, oldest first."""
        found: list[tuple[str, str]] = await self.asks(
            lambda store: [(n.event, n.subject) for n in store.notices.open()]
        )
        return found

    async def everything(self, *but: str) -> dict[str, list[dict[str, Any]]]:
        """Return every row of every table, without some tables."""

        def read(store: SqliteStore) -> dict[str, list[dict[str, Any]]]:
            tables = [name for name in store.counts() if name not in but]
            rows = {name: store.connection.query(f'SELECT * FROM "{name}"') for name in tables}
            return {name: sorted(found, key=repr) for name, found in rows.items()}

        found: dict[str, list[dict[str, Any]]] = await self.asks(read)
        return found


def write_rules(folder: Path, **texts: str) -> None:
    folder.mkdir(exist_ok=True)
    for name, text in texts.items():
        (folder / f"{name}.yaml").write_text(text)


@asynccontextmanager
async def a_flow(
    folder: Path,
    *,
    feeds: str = FEEDS,
    rules: str = RULES,
    desks: str = DESKS,
    operator: str = "",
    pages_patience: timedelta = PAGES_PATIENCE,
    kinds: tuple[ChannelKind, ...] = (ChannelKind.EMAIL, ChannelKind.SLACK),
    sender: Sender = SENDER,
    by_slack: Channel | None = None,
) -> AsyncIterator[Flow]:
    """Join the parts over a folder for the length of a block."""
    write_rules(folder / "rules", feeds=feeds, rules=rules, desks=desks)
    book = load_rule_book(folder / "rules")
    clock, fault, writer, senders = HandClock(), Fault(), Workers("writer"), Workers("sender", threads=6)
    plain = writer.submit(open_store, folder / "monitor.sqlite3").result()
    store = WatchedStore(plain, fault)
    core = Core(
        store=store,
        writer=writer,
        clock=clock,
        chance=lambda: 0.0,
        live=LiveBook(book, Matcher(book)),
        options=Options(
            poll_every=PERIOD,
            gathering=timedelta(0),
            empty_digests=False,
            sends_at_once=2,
            mailing=Mailing(sender, operator=(EmailChannel((operator,)),) if operator else ()),
        ),
        metrics=Metrics(),
    )
    fetcher, pages, grouper = DoorFetcher(), PaperPages(), Grouper()
    mail, slack = DoorChannel(ChannelKind.EMAIL), DoorChannel(ChannelKind.SLACK)
    channels: dict[ChannelKind, Channel] = {c.kind: c for c in (mail, by_slack or slack) if c.kind in kinds}
    polls = Polls(core, fetcher, InProcessParser(), pages, grouper, pages_patience=pages_patience)
    flow = Flow(
        folder / "rules",
        clock,
        fetcher,
        pages,
        mail,
        slack,
        fault,
        core,
        store,
        grouper,
        polls,
        Digests(core),
        Outbox(core, channels, senders),
        log=[],
    )
    try:
        with capture_logs() as flow.log:
            yield flow
    finally:
        for door in [*mail.doors.values(), *slack.doors.values()]:
            door.set()
        senders.close(wait_seconds=GIVE_UP_SECONDS)
        writer.submit(store.close).result()
        writer.close(wait_seconds=GIVE_UP_SECONDS)


async def comes_true(claim: Callable[[], Any]) -> None:
    """Let the loop and the threads go on until a claim holds."""
    async with asyncio.timeout(GIVE_UP_SECONDS):
        while not claim():
            await asyncio.sleep(0.002)


ACCEPTED = Accepted("250")
