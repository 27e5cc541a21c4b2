"""A newsroom over a real database: rule files given as text, articles that match, and a clock in hand."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple, TypeVar

from monitor.desks.outbox import sender_of
from monitor.desks.routing import Routing, route
from monitor.model import AlertKind, Article, Digest, Match, Severity, Story, Zone, ZoneSpan
from monitor.pipeline.core import Core, LiveBook, Options
from monitor.pipeline.departures import Mailing
from monitor.pipeline.digests import Digests
from monitor.ports import Store
from monitor.rules.files.folder import RuleFile
from monitor.rules.files.load import load_files
from monitor.rules.matching.matcher import Matcher
from monitor.store import SqliteStore, open_store
from monitor.telemetry import Metrics
from monitor.workers import Workers
from tests.delivery.outboxes import HandClock

T = TypeVar("T")


class _Routed(NamedTuple):
    """A stored article's story, and what it means for the desks."""

    story_id: int
    routing: Routing


@dataclass
class Newsroom:
    """The digests of one app, asked when a test says so."""

    path: Path
    rules: str
    clock: HandClock = field(default_factory=HandClock)

    def __enter__(self) -> Newsroom:
        self._writer = Workers("writer")
        self._store: SqliteStore = self._writer.submit(open_store, self.path).result()
        book = load_files([RuleFile("rules.yaml", self.rules.encode())]).book
        options = Options(
            poll_every=timedelta(minutes=15),
            gathering=timedelta(seconds=30),
            empty_digests=False,
            sends_at_once=1,
            mailing=Mailing(sender_of("monitor@example.org")),
        )
        live = LiveBook(book, Matcher(book))
        self._core = Core(self._store, self._writer, self.clock, lambda: 0.0, live, options, Metrics())
        self._digests = Digests(self._core)
        return self

    def __exit__(self, *_: object) -> None:
        self._writer.submit(self._store.close).result()
        self._writer.close(wait_seconds=5)

    def digests_at(self, at: datetime) -> list[Digest]:
        """Let it become this time and make what is due."""
        self.clock.at = at
        return asyncio.run(self._digests.digest_due())

    def write(self, change: Callable[[Store], T]) -> T:
        """Change the store as another command would, in a unit of work of its own."""

        def unit() -> T:
            with self._store.unit_of_work():
                return change(self._store)

        return self._writer.submit(unit).result()

    def read(self, look: Callable[[Store], T]) -> T:
        return self._writer.submit(look, self._store).result()

    def reports(
        self, title: str, *, at: datetime, desk_id: str = "desk", severity: Severity = Severity.HIGH, story: int = 0
    ) -> int:
        """Store a matched article, in a story of its own or a known one, raise its alerts and return the story."""

        def store_it(store: Store) -> int:
            routed = self._routed(store, title, at=at, desk_id=desk_id, severity=severity, story=story)
            alerts = routed.routing.alerts
            assert all(alert.kind is (AlertKind.DEVELOPED if story else AlertKind.NEW) for alert in alerts)
            return routed.story_id

        return self.write(store_it)

    def joins(
        self,
        story: int,
        title: str,
        *,
        at: datetime,
        feed: str = "bay",
        desk_id: str = "desk",
        copies: int | None = None,
    ) -> None:
        """Store a further report of a story, by the rule that the desk was told of it; nobody is told."""

        def store_it(store: Store) -> None:
            routed = self._routed(store, title, at=at, desk_id=desk_id, story=story, feed=feed, copies=copies)
            assert not routed.routing.alerts

        self.write(store_it)

    def _routed(
        self,
        store: Store,
        title: str,
        *,
        at: datetime,
        desk_id: str,
        story: int,
        severity: Severity = Severity.HIGH,
        feed: str = "hill",
        copies: int | None = None,
    ) -> _Routed:
        match = Match(f"truce-{severity}", "v1", f"Truce, {severity}", severity, (), (desk_id,))
        body = f"{title}. The truce."
        article = Article(0, feed, None, title, body, (ZoneSpan(Zone.BODY, 0, len(body)),), at)
        article_id = store.articles.add(article, [])
        story_id = story or store.stories.create(Story(0, article_id, title, at))
        store.stories.place(article_id, story_id, copies, "")
        store.articles.add_matches(article_id, [match], at)
        routing = route(
            article=store.articles.get([article_id])[article_id],
            matches=[match],
            told=store.alerts.told(story_id),
            desks=self._core.live.book.desks,
            now=at,
        )
        store.alerts.withhold(routing.withheld)
        for alert in routing.alerts:
            store.alerts.add(alert)
        return _Routed(story_id, routing)
