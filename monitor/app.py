"""The only place that joins the parts: settings, rule book, store, fetcher, parser, channels and the flow.

An `App` owns a state folder from `build` to `aclose`. It offers the steps of the daemon as methods that end when their
work is done; the daemon, `monitor poll` and the demo call the same ones, each with a clock of its own.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from pydantic import SecretStr

from monitor import heartbeat
from monitor.channels import buttons_of, channels_of
from monitor.delivery.recovery import settle_restored
from monitor.desks.drill import drill_desk
from monitor.errors import InputError, RuleBookError
from monitor.feeds.fetch import HttpFetcher
from monitor.feeds.fulltext import PageReader
from monitor.feeds.parse import FeedParser
from monitor.model import AppriseChannel, ChannelSpec, Delivery, Digest, EmailChannel, PollReport, WebhookChannel
from monitor.model import SlackChannel as SlackSpec
from monitor.pipeline.core import Core, LiveBook, Options
from monitor.pipeline.departures import Mailing
from monitor.pipeline.digests import Digests
from monitor.pipeline.drill import Drill, Drills
from monitor.pipeline.leaving import commit_fulfilled
from monitor.pipeline.outbox import Outbox
from monitor.pipeline.outside import OutsideHeartbeat
from monitor.pipeline.polls import Polls
from monitor.pipeline.presses import Presses
from monitor.pipeline.regroup import window_of
from monitor.ports import Clock
from monitor.rules.book import RuleBook
from monitor.rules.files.folder import fingerprint
from monitor.rules.files.items import KnownFiles
from monitor.rules.files.load import load_rule_book
from monitor.rules.matching.matcher import matcher_in_force
from monitor.sender import mail_sender
from monitor.settings import Settings
from monitor.store.lock import StateLock
from monitor.store.mark import forget_mark, read_mark, went_back, write_mark
from monitor.store.sqlite import SqliteStore, open_store
from monitor.telemetry import Metrics, logger
from monitor.workers import Workers

SENDER_THREADS = 8
BUTTONS_DOWN = "slack.buttons.down"
BUTTONS_PATIENCE = timedelta(minutes=5)
"""How long buttons may be unheard before the operator is told: Slack's own breaks are over sooner."""


class SystemClock:
    """This machine's time."""

    def now(self) -> datetime:
        """Return the wall clock's time in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Return seconds since some moment."""
        return time.monotonic()


def build(
    settings: Settings,
    *,
    clock: Clock | None = None,
    chance: Callable[[], float] = random.random,
    metrics: Metrics | None = None,
) -> App:
    """Take the state folder and join the parts; call it inside a running event loop.

    Raises:
        RuleBookError: the rule files give no book.
        AlreadyRunningError: another process owns the state folder.
        StateError: the database cannot be used.
    """
    return App(settings, clock or SystemClock(), chance, metrics or Metrics())


class App:
    """The joined parts over one state folder. See `build`."""

    def __init__(self, settings: Settings, clock: Clock, chance: Callable[[], float], metrics: Metrics) -> None:
        self.settings, self.clock, self.metrics = settings, clock, metrics
        self._log = logger()
        self._fingerprint = fingerprint(settings.rules_dir)
        self._reloading = asyncio.Lock()
        self._known_files = KnownFiles()
        book = _with_defaults(load_rule_book(settings.rules_dir, self._known_files), settings)
        channels = channels_of(settings, clock)
        self._lock = StateLock(settings.state_dir)
        self._lock.acquire(clock.now())
        self.writer = Workers("writer")
        self.senders = Workers("sender", threads=SENDER_THREADS)
        try:
            self.store: SqliteStore = self.writer.submit(open_store, settings.database).result()
            grouper = self.writer.submit(window_of, self.store, clock.now()).result()
        except BaseException:
            self.writer.close()
            self.senders.close()
            self._lock.release()
            raise
        self._fetcher = HttpFetcher(
            allow_hosts=settings.fetch.allow_hosts,
            timeout_seconds=settings.fetch.timeout.total_seconds(),
            max_body_bytes=settings.fetch.max_body_bytes,
            user_agent=settings.fetch.user_agent,
            most_connections=settings.fetch.concurrency,
        )
        self._parser = FeedParser(workers=settings.fetch.parsers)
        core = Core(
            store=self.store,
            writer=self.writer,
            clock=clock,
            chance=chance,
            live=LiveBook(book, matcher_in_force(book)),
            options=_options(settings),
            metrics=metrics,
        )
        self.core = core
        self._pages = PageReader(self._fetcher)
        self.polls = Polls(core, self._fetcher, self._parser, self._pages, grouper)
        self.digests = Digests(core)
        self.outbox = Outbox(core, channels, self.senders)
        self.drills = Drills(core, self._parser, drill_of(settings))
        presses = Presses(core)
        self._buttons = buttons_of(settings, clock, lambda press: self.writer.submit(presses.take, press))
        listener = _plain(settings.heartbeat.url)
        self._outside = OutsideHeartbeat(self._fetcher, listener, clock) if listener else None

    @property
    def book(self) -> RuleBook:
        """Return the rule book in force."""
        return self.core.live.book

    # --- the steps of a turn --------------------------------------------------------------------------------------

    async def recover(self) -> None:
        """Settle what a killed process or a restored file left behind; once, before the first turn."""
        await self.writer.run(self._settle_if_restored)
        await self.outbox.recover()
        await self.core.all_clear("rule.muted")  # this process has read the rule files anew
        await self.core.all_clear("rules.rejected")
        await self.writer.run(commit_fulfilled, self.core)

    def _settle_if_restored(self) -> None:
        """See whether somebody put an older database file back: what it holds as open may have been sent since."""
        folder, held = self.settings.state_dir, heartbeat.last(self.store)
        mark = read_mark(folder)
        if not went_back(held, mark):
            return
        detail = f"the database was last written at {held or 'no time'}, but had been at {mark} before"
        with self.store.unit_of_work():
            settle_restored(self.store, now=self.clock.now(), detail=detail)
        forget_mark(folder)

    async def poll(self, feed_ids: Sequence[str] = ()) -> list[PollReport]:
        """Poll the named feeds, or all that are not paused, now; reports come in the order of the rule files.

        Raises:
            InputError: a name that is no feed.
        """
        unknown = [feed_id for feed_id in feed_ids if feed_id not in self.book.feeds]
        if unknown:
            known = ", ".join(self.book.feeds) or "none"
            raise InputError(f"no feed is called {', '.join(unknown)}; feeds are: {known}")
        if not feed_ids:
            return await self.polls.poll_every()
        return await self.polls.poll_all([self.book.feeds[feed_id] for feed_id in feed_ids])

    async def poll_due(self) -> list[PollReport]:
        """Poll every feed whose time has come, and wait for it."""
        reports = await self.polls.poll_due()
        if self._outside is not None:
            self._outside.polls_done()
        return reports

    async def digest_due(self) -> list[Digest]:
        """Make the digests whose time has come, with their deliveries, and the notices to the operator."""
        return await self.digests.digest_due()

    async def deliver_due(self) -> list[Delivery]:
        """Try every delivery whose time has come, and wait for it; return them as they stand then."""
        return await self.outbox.deliver_due()

    async def drill_due(self) -> None:
        """Begin the drill whose time has come, and say of the last one that it failed or arrived."""
        await self.drills.drill_due()

    def listen(self) -> None:
        """Begin to hear buttons, where there are any. For the daemon alone: Slack tells one listener of each press."""
        if self._buttons is not None:
            self._buttons.start()

    async def watch_buttons(self) -> None:
        """Tell the operator when nobody hears the buttons for long, and when somebody does again."""
        since = None if self._buttons is None else self._buttons.down_since
        if self._buttons is None or since is None:  # heard, or not wanted any more
            await self.core.all_clear(BUTTONS_DOWN)
        elif self.clock.monotonic() - since >= BUTTONS_PATIENCE.total_seconds():
            await self.core.tell(BUTTONS_DOWN, "Socket Mode", self._buttons.why_down)

    async def cycle_done(self) -> None:
        """Tell whoever listens outside that feeds were asked and what was due was sent."""
        if self._outside is not None:
            await self._outside.cycle_done()

    async def reload_if_changed(self) -> bool:
        """Put edited rule files in force; a broken edit leaves the last good book and tells the operator.

        Returns:
            Whether another book is in force now.
        """
        async with self._reloading:  # a large book takes longer to load than the next check takes to come
            return await self._reload_if_changed()

    async def _reload_if_changed(self) -> bool:
        folder = self.settings.rules_dir
        found = await asyncio.to_thread(fingerprint, folder)
        if found == self._fingerprint:
            return False
        self._fingerprint = found
        try:
            loaded = await asyncio.to_thread(load_rule_book, folder, self._known_files)
            book = _with_defaults(loaded, self.settings)
            live = LiveBook(book, await asyncio.to_thread(matcher_in_force, book))
        except Exception as error:
            # Whatever it is, the last good book goes on, and the operator knows that the edit is not in force.
            problems = error.problems if isinstance(error, RuleBookError) else ()
            why = str(error) if problems else f"{type(error).__name__}: {error}"
            self._log.error("rules.rejected", problems=len(problems), first=str(problems[0]) if problems else why)
            await self.core.all_clear("rules.rejected")  # another edit is another rejection
            await self.core.tell("rules.rejected", str(folder), why)
            return False
        self.core.live = live
        self._log.info("rules.reloaded", rules=len(book.rules), feeds=len(book.feeds), version=book.version[:12])
        await self.core.all_clear("rules.rejected", str(folder))
        await self.core.all_clear("rule.muted")  # a new matcher mutes none
        await self.writer.run(commit_fulfilled, self.core)
        return True

    async def beat(self) -> None:
        """Record that a turn was completed."""
        now = self.clock.now()
        self.metrics.last_wake.set(now.timestamp())
        await self.writer.run(heartbeat.beat, self.store, now)
        await asyncio.to_thread(write_mark, self.settings.state_dir, now)

    async def aclose(self, *, patience: timedelta = timedelta(seconds=2)) -> None:
        """Close the parts; a send that does not end in time stays `sending` in the database."""
        if self._buttons is not None:
            await asyncio.to_thread(self._buttons.close)
        await self._fetcher.aclose()
        await self._pages.aclose()
        await self._parser.aclose()
        self.senders.close()  # whoever wanted to hear their answers has waited before
        try:
            await asyncio.wait_for(self.writer.run(self.store.close), patience.total_seconds())
        finally:
            self.writer.close()
            self._lock.release()


def drill_of(settings: Settings) -> Drill | None:
    """Return where and when drills go, None where nobody is to get one."""
    channels = _told(settings.drill.email, settings.drill.slack)
    if not channels:
        return None
    desk = drill_desk(at=settings.drill.at, timezone=settings.drill.timezone, channels=channels)
    return Drill(desk, settings.drill.within)


def _told(
    email: str | None, slack: str | None, webhook: str | None = None, apprise: str | None = None
) -> tuple[ChannelSpec, ...]:
    channels: list[ChannelSpec] = []
    if email:
        channels.append(EmailChannel((email,)))
    if slack:
        channels.append(SlackSpec(slack))
    if webhook:
        channels.append(WebhookChannel(webhook))
    if apprise:
        channels.append(AppriseChannel(apprise))
    return tuple(channels)


def _with_defaults(book: RuleBook, settings: Settings) -> RuleBook:
    """Give desks that name no digest times the period of the settings."""
    if settings.digest.every is None:
        return book
    desks = {
        desk.id: desk if desk.digest_times or desk.digest_every else replace(desk, digest_every=settings.digest.every)
        for desk in book.desks.values()
    }
    return replace(book, desks=desks)


def _plain(secret: SecretStr | None) -> str | None:
    return secret.get_secret_value() if secret is not None else None


def _options(settings: Settings) -> Options:
    operator = settings.operator
    return Options(
        poll_every=settings.poll.every,
        gathering=settings.digest.gathering,
        empty_digests=settings.digest.empty,
        sends_at_once=SENDER_THREADS // 2,
        mailing=Mailing(
            mail_sender(settings),
            operator=_told(operator.email, operator.slack, operator.webhook, operator.apprise),
        ),
    )
