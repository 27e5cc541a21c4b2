"""The drill through the real parts: document → parse → identify → match → route → digest → outbox.

Nothing of it is stored but its deliveries, which belong to no digest: no article, story, alert or digest counts it, and
no desk is told of it. Its rule is its own, so that no edit of the operator's rules can make it fail.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from email.utils import format_datetime

from monitor.articles.intake import plan_intake
from monitor.articles.readings import read_entries
from monitor.desks.content import Health
from monitor.desks.digest import compose
from monitor.desks.drill import DESK_ID, DrillOutcome, judge_drill, other_ways
from monitor.desks.life import health_of
from monitor.desks.notice import notice_deliveries
from monitor.desks.outbox import Sender, package
from monitor.desks.render_slack import POST_ONLY
from monitor.desks.routing import route
from monitor.desks.schedule import Due, due
from monitor.model import Delivery, Desk, Feed, Fetched, Notice, ParsedFeed, Severity, Story
from monitor.pipeline.core import Core
from monitor.ports import Parser, Store
from monitor.rules.book import Rule, RuleBook
from monitor.rules.language.parser import parse
from monitor.rules.matching.matcher import Matcher
from monitor.text.document import document_of

MARK = "monitor drill"
FAILED = "drill.failed"
_FEED = Feed(DESK_ID, "https://drill.invalid/feed", "The monitor itself")
_NAME = "drill"
_NUMBER = 1
"""Id of the drill's article and story, which are never stored."""


@dataclass(frozen=True, slots=True)
class Drill:
    """Where and when drills go."""

    desk: Desk
    within: timedelta
    """How long one may take to arrive."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A drill that is ready to be sent, or what went wrong on the way."""

    deliveries: tuple[Delivery, ...] = ()
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Last:
    """The last drill, as it is kept between two looks."""

    slot_at: datetime
    started_at: datetime | None = None
    """None: only the schedule was begun."""
    delivery_ids: tuple[int, ...] = ()
    is_settled: bool = True


class Drills:
    """Begins drills and watches over them, over one core."""

    def __init__(self, core: Core, parser: Parser, drill: Drill | None) -> None:
        self._core, self._parser, self._drill = core, parser, drill
        self._is_beginning = False

    async def drill_due(self) -> None:
        """Begin the drill whose time has come, and say of the last one that it failed or arrived."""
        if self._drill is None or not self._drill.desk.channels:
            return
        if self._drill.desk.digest_times and not self._is_beginning:
            self._is_beginning = True
            try:
                slot_at = await self._core.writer.run(self._slot_due)
                if slot_at is not None:
                    await self.begin(slot_at)
            finally:
                self._is_beginning = False
        await self._core.writer.run(self._commit_watch)

    async def begin(self, slot_at: datetime | None = None) -> str:
        """Begin a drill now; return what went wrong before it could be sent, "" when it is queued."""
        assert self._drill is not None
        now = self._core.clock.now()
        health = await self._core.writer.run(health_now, self._core.store, self._core.live.book)
        sender = self._core.options.mailing.sender
        prepared = await prepare(self._parser, self._drill.desk, sender=sender, health=health, now=now)
        await self._core.writer.run(self._commit_begin, prepared, slot_at or now)
        return prepared.fault

    async def look(self) -> DrillOutcome | None:
        """Return how the last drill stands, None before the first."""
        assert self._drill is not None
        return await self._core.writer.run(outcome, self._core.store, self._drill.within, self._core.clock.now())

    def _slot_due(self) -> datetime | None:
        assert self._drill is not None
        store, now = self._core.store, self._core.clock.now()
        last = read_last(store)
        decision = due(
            self._drill.desk,
            waiting=(),
            last_slot_at=None if last is None else last.slot_at,
            now=now,
            empty_digests=True,
        )
        if decision is None or decision.slot_at is None:
            return None
        if not decision.sends:
            with store.unit_of_work():
                write_last(store, Last(decision.slot_at))
            return None
        return decision.slot_at

    def _commit_begin(self, prepared: Prepared, slot_at: datetime) -> None:
        now = self._core.clock.now()
        with self._core.store.unit_of_work():
            record(self._core.store, prepared, slot_at=slot_at, now=now)
            if prepared.fault:
                self._core.departures.raise_(FAILED, DESK_ID, prepared.fault, now)
        self._core.log.info("drill.begun", recipients=len(prepared.deliveries), fault=prepared.fault)

    def _commit_watch(self) -> None:
        assert self._drill is not None
        store, now = self._core.store, self._core.clock.now()
        last = read_last(store)
        found = outcome(store, self._drill.within, now)
        if last is None or found is None or last.is_settled or not found.is_over:
            return
        with store.unit_of_work():
            if found.has_arrived:
                write_last(store, replace(last, is_settled=True))
                self._core.departures.clear(FAILED, DESK_ID, now)
                self._core.log.info("drill.arrived", detail=found.detail)
            else:
                self._say_failed(found, now)

    def _say_failed(self, found: DrillOutcome, now: datetime) -> None:
        """Tell the operator, and by the drill's other channels whoever the operator's own may not reach."""
        assert self._drill is not None
        store, mailing = self._core.store, self._core.options.mailing
        if any(notice.event == FAILED for notice in store.notices.open()):
            return
        self._core.departures.raise_(FAILED, DESK_ID, found.detail, now)
        ways = other_ways(found.failed, drilled=self._drill.desk.channels, operator=mailing.operator)
        notice = Notice(0, FAILED, DESK_ID, found.detail, now)
        store.deliveries.queue(notice_deliveries([notice], ways, sender=mailing.sender, now=now))


async def prepare(parser: Parser, desk: Desk, *, sender: Sender, health: Health, now: datetime) -> Prepared:
    """Take a marked document through parser, intake, matcher, routing and digest.

    Args:
        parser: The real one.
        desk: The drill's own.
        sender: As whom the monitor writes.
        health: The proof of life that the message carries.
        now: The moment that marks the document.
    """
    parsed = await parser.parse(Fetched(_FEED.url, _document(now), {"content-type": "application/rss+xml"}, 0.0))
    if not isinstance(parsed, ParsedFeed) or len(parsed.entries) != 1:
        detail = f"{len(parsed.entries)} entries" if isinstance(parsed, ParsedFeed) else parsed.detail
        return Prepared(fault=f"the marked document was not parsed: {detail}")
    entries = read_entries(parsed.entries, _FEED.id, now=now)
    intake = plan_intake(entries, feed=_FEED, is_baseline=False, known={}, articles={}, now=now)
    if len(intake.arrivals) != 1:
        return Prepared(fault="the marked article was not taken for a new one")
    article = replace(intake.arrivals[0].article, id=_NUMBER, story_id=_NUMBER)
    matches = Matcher(_book()).match(document_of(article)).matches
    story = Story(_NUMBER, article.id, article.title, now)
    routing = route(article=article, matches=matches, told=(), desks={desk.id: desk}, now=now)
    if not routing.alerts:
        return Prepared(fault="the marked article raised no alert: matcher or routing are broken")
    slot = f"drill {now:%Y-%m-%dT%H:%M:%S.%fZ}"
    content = compose(
        desk,
        Due(slot, None, routing.alerts, (), "a drill", sends=True),
        alerts=routing.alerts,
        stories={story.id: story},
        articles={article.id: article},
        matches={article.id: matches},
        feed_names={_FEED.id: _FEED.name},
        health=health,
        now=now,
    )
    unasked = replace(sender, links=None, slack=POST_ONLY)  # of a drill nobody has an opinion
    made = package(desk, content, sender=unasked)
    return Prepared(tuple(replace(delivery, digest_id=None) for delivery in made.deliveries))


def record(store: Store, prepared: Prepared, *, slot_at: datetime, now: datetime) -> None:
    """Queue a drill's messages and remember them; inside a unit of work."""
    ids = store.deliveries.queue(prepared.deliveries)
    write_last(store, Last(slot_at, now, tuple(ids), is_settled=bool(prepared.fault)))


def outcome(store: Store, within: timedelta, now: datetime) -> DrillOutcome | None:
    """Return how the last drill stands, None before the first."""
    last = read_last(store)
    if last is None or last.started_at is None:
        return None
    found = [delivery for each in last.delivery_ids if (delivery := store.deliveries.get(each)) is not None]
    return judge_drill(found, started_at=last.started_at, within=within, now=now)


def health_now(store: Store, book: RuleBook) -> Health:
    """Return the proof of life that a drill carries."""
    return health_of(book.feeds, store.feeds.states(), articles_read=store.counts()["articles"])


def read_last(store: Store) -> Last | None:
    """Return the last drill, None before the first."""
    text = store.get_value(_NAME)
    if text is None:
        return None
    held: Mapping[str, str] = json.loads(text)
    started = held.get("started_at")
    ids: Sequence[object] = json.loads(held["deliveries"])
    return Last(
        datetime.fromisoformat(held["slot_at"]),
        None if started is None else datetime.fromisoformat(started),
        tuple(int(str(each)) for each in ids),
        is_settled=held["settled"] == "yes",
    )


def write_last(store: Store, last: Last) -> None:
    """Keep the last drill; inside a unit of work."""
    held = {
        "slot_at": last.slot_at.isoformat(),
        "deliveries": json.dumps(last.delivery_ids),
        "settled": "yes" if last.is_settled else "no",
    }
    if last.started_at is not None:
        held["started_at"] = last.started_at.isoformat()
    store.set_value(_NAME, json.dumps(held))


def _book() -> RuleBook:
    query = f'"{MARK}"'
    rule = Rule("drill", "Drill", query, parse(query), Severity.NORMAL, (DESK_ID,))
    return RuleBook(rules={rule.id: rule})


def _document(now: datetime) -> bytes:
    at, stamp = format_datetime(now), f"{now:%Y-%m-%d %H:%M:%S}"
    return (
        '<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>Drill</title>'
        f"<item><guid>drill-{now.isoformat()}</guid><title>Monitor drill of {stamp} UTC: nothing happened</title>"
        f"<pubDate>{at}</pubDate><description>This is a {MARK}. It went the way of every alert: it was parsed, "
        "matched, put into a digest and sent. You need not do anything.</description></item></channel></rss>"
    ).encode()
