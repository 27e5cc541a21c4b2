"""From feeds that are due to alerts that wait: fetch → parse → identify → group → match → route → [one commit].

Owns the order of these steps and what a poll may do to another: nothing. Fetching and parsing run side by side;
`_commit_poll` runs on the one writer thread, and all that a poll learnt is one unit of work, so that a 304 can never
hide an entry that was not processed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta

from monitor.articles.edits import changed_in
from monitor.articles.intake import Arrival, Seen, plan_intake, wanted_keys
from monitor.articles.signature import actors_of
from monitor.articles.stories import Draft, Grouper
from monitor.desks.routing import route
from monitor.feeds.cadence import next_poll
from monitor.feeds.fulltext import with_full_text
from monitor.feeds.gaps import gap_seen
from monitor.feeds.headers import cache_max_age
from monitor.feeds.judge import judge, needs_parsing, state_after
from monitor.feeds.memory import Poll, learn, read_memory, request_for, write_memory
from monitor.feeds.pause import paused_after, rests
from monitor.model import (
    Alert,
    Article,
    Edit,
    Entry,
    Feed,
    FeedState,
    Fetched,
    FetchFailed,
    FetchOutcome,
    FetchRequest,
    ParsedFeed,
    ParseOutcome,
    PollReport,
    Story,
)
from monitor.pipeline.core import Core, LiveBook
from monitor.pipeline.feed_watch import FeedWatch
from monitor.pipeline.surge import hold_back, note_surge
from monitor.ports import Fetcher, Pages, Parser
from monitor.rules.matching.matcher import MatchResult
from monitor.text.document import document_of

EARLY = timedelta(seconds=0.5)
"""Half a turn of the daemon: what is due before the next one is due now, or `every: 1s` would be every other second."""
PAGES_PATIENCE = timedelta(seconds=25)
"""For how long a poll waits for the pages of its new entries (`full_text`); what is not there then goes on without."""


@dataclass(frozen=True, slots=True)
class _Polled:
    """A poll before its commit."""

    feed: Feed
    state: FeedState
    """As it was before."""
    request: FetchRequest
    fetched: FetchOutcome
    parsed: ParseOutcome | None
    """None when there was nothing to parse."""
    seconds: float


class Polls:
    """Polls feeds over one core."""

    def __init__(
        self,
        core: Core,
        fetcher: Fetcher,
        parser: Parser,
        pages: Pages,
        grouper: Grouper,
        *,
        pages_patience: timedelta = PAGES_PATIENCE,
    ) -> None:
        self._core, self._fetcher, self._parser, self._pages, self._grouper = core, fetcher, parser, pages, grouper
        self._pages_patience = pages_patience
        self._followed = 0
        """The last decision of a person about stories that the grouper knows of."""
        self._watch = FeedWatch(core)
        self._under_way: set[str] = set()
        self._due_by_monotonic: dict[str, float] = {}
        self._left_alone_until: dict[str, float] = {}

    async def poll_due(self) -> list[PollReport]:
        """Poll every feed whose time has come and that is not being polled, and wait for it."""
        return await self.poll_all(await self._core.writer.run(self._due_feeds))

    def _due_feeds(self) -> list[Feed]:
        """Decide from the database, and from the monotonic clock where the wall clock was set back since.

        What was polled in the future, by a clock that was wrong before this process began, is due.
        """
        states, now, elapsed = self._core.store.feeds.states(), self._core.clock.now(), self._core.clock.monotonic()
        found = []
        for feed in self._core.live.book.feeds.values():
            state = states.get(feed.id)
            if feed.id in self._under_way or rests(feed, state):
                continue
            if self._left_alone_until.get(feed.id, elapsed) > elapsed:
                continue
            at = state.next_poll_at if state is not None and state.url == feed.url else None
            by_monotonic = self._due_by_monotonic.get(feed.id)
            polled_at = state.last_polled_at if state is not None else None
            was_wrong = by_monotonic is None and polled_at is not None and polled_at > now
            by_clock = at is None or at <= now + EARLY or was_wrong
            if by_clock or (by_monotonic is not None and by_monotonic <= elapsed + EARLY.total_seconds()):
                found.append(feed)
        return found

    async def poll_every(self) -> list[PollReport]:
        """Poll every feed that is not paused, whatever its next time says, and wait for it."""
        states = await self._core.writer.run(self._core.store.feeds.states)
        return await self.poll_all(f for f in self._core.live.book.feeds.values() if not rests(f, states.get(f.id)))

    async def poll_all(self, feeds: Iterable[Feed]) -> list[PollReport]:
        """Poll feeds side by side; reports come in the order of the feeds, without those that could not be polled."""
        reports = await asyncio.gather(*(self._poll_alone(feed) for feed in feeds))
        polled = [report for report in reports if report is not None]
        if polled:
            await self._watch.look_around()
        return polled

    async def _poll_alone(self, feed: Feed) -> PollReport | None:
        """Poll one feed so that no fault of it, expected or not, reaches another."""
        if feed.id in self._under_way:
            return None
        self._under_way.add(feed.id)
        try:
            report = await self.poll(feed)
            wait = (report.next_poll.at - report.at).total_seconds()
            self._due_by_monotonic[feed.id] = self._core.clock.monotonic() + wait
        except Exception as error:
            # Nothing was committed, so the database still says that it is due: wait a period before the same again.
            period = feed.every or self._core.options.poll_every
            self._left_alone_until[feed.id] = self._core.clock.monotonic() + period.total_seconds()
            self._core.say_failed("poll.crashed", error, feed=feed.id)
            await self._core.tell("poll.crashed", feed.id, f"{type(error).__name__}: {error}")
            return None
        finally:
            self._under_way.discard(feed.id)
        return report

    async def poll(self, feed: Feed) -> PollReport:
        """Poll one feed now, whatever its next time says: fetch, parse, and one commit for all that was learnt."""
        began = self._core.clock.monotonic()
        state = await self._core.writer.run(self._state_of, feed)
        request = request_for(feed, state, read_memory(state.memory), now=self._core.clock.now())
        fetched = await self._fetcher.fetch(request)
        parsed: ParseOutcome | None = None
        if isinstance(fetched, Fetched) and needs_parsing(fetched, state):
            parsed = await self._parser.parse(fetched)
        if isinstance(parsed, ParsedFeed) and feed.full_text and state.baseline_at is not None:
            parsed = replace(parsed, entries=await self._with_pages(feed, parsed.entries))
        seconds = self._core.clock.monotonic() - began
        polled = _Polled(feed, state, request, fetched, parsed, seconds)
        return await self._core.writer.run(self._commit_poll, polled)

    async def _with_pages(self, feed: Feed, entries: tuple[Entry, ...]) -> tuple[Entry, ...]:
        """Give new entries the text of their own pages, as far as it comes in time."""
        known = await self._core.writer.run(self._core.store.articles.find, wanted_keys(entries, feed.id))
        wanted = [e for e in entries if e.url is not None and not any(k in known for k in wanted_keys([e], feed.id))]
        tasks = {asyncio.create_task(self._pages.read(entry.url)): entry for entry in wanted if entry.url is not None}
        if not tasks:
            return entries
        done, late = await asyncio.wait(tasks, timeout=self._pages_patience.total_seconds())
        for task in late:
            task.cancel()
        texts = {id(tasks[task]): task.result() for task in done}
        return tuple(with_full_text(entry, texts[id(entry)]) if id(entry) in texts else entry for entry in entries)

    def _state_of(self, feed: Feed) -> FeedState:
        state = self._core.store.feeds.state(feed.id) or FeedState(feed.id, feed.url)
        if state.url == feed.url:
            return state
        return replace(state, url=feed.url, etag=None, last_modified=None, body_sha256=None)

    def _commit_poll(self, polled: _Polled) -> PollReport:
        feed, state, fetched, parsed = polled.feed, polled.state, polled.fetched, polled.parsed
        now, live = self._core.clock.now(), self._core.live
        entries = parsed.entries if isinstance(parsed, ParsedFeed) else ()
        is_baseline = state.baseline_at is None
        with self._grouper.draft() as draft, self._core.store.unit_of_work():
            for decision in self._core.store.stories.decisions(after=self._followed):
                self._grouper.follow(decision)
                self._followed = decision.id
            known = self._core.store.articles.find(wanted_keys(entries, feed.id))
            intake = plan_intake(
                entries,
                feed=feed,
                is_baseline=is_baseline,
                known=known,
                articles=self._core.store.articles.get(set(known.values())),
                now=now,
            )
            raised: list[Alert] = []
            matched = 0
            for arrival in intake.arrivals:
                result = self._match(arrival.article, live)
                article = self._add(arrival, draft, result)
                hits, alerts = self._weigh(article, result, live, surge=intake.surge)
                matched, raised = matched + hits, raised + alerts
            if intake.surge is not None:
                note_surge(self._core.store, self._core.departures, feed, intake.surge, now=now)
            for seen in intake.sightings:
                raised += self._see(seen, live)
            for revision in intake.revisions:
                self._core.store.articles.edit(revision.edit, revision.article)
                result = self._match(revision.reading, live)
                hits, alerts = self._weigh(revision.reading, result, live, edit=revision.edit)
                matched, raised = matched + hits, raised + alerts
            verdict = judge(fetched, parsed, new=len(intake.arrivals), is_baseline=is_baseline)
            poll = Poll(state, polled.request, fetched, parsed, verdict, new=len(intake.arrivals), now=now)
            before = read_memory(state.memory)
            lesson = learn(poll, before)
            after = next_poll(
                state=state,
                outcome=verdict.outcome,
                feed=feed,
                default_every=self._core.options.poll_every,
                hints=lesson.memory.hints,
                retry_after=fetched.retry_after if isinstance(fetched, FetchFailed) else None,
                cache_max_age=None if isinstance(fetched, FetchFailed) else cache_max_age(fetched.headers),
                now=now,
                jitter=self._core.chance(),
                status=verdict.status,
                memory=lesson.memory,
            )
            report = PollReport(
                feed_id=feed.id,
                at=now,
                outcome=verdict.outcome,
                status=verdict.status,
                detail=verdict.detail,
                entries=len(entries),
                new=len(intake.arrivals),
                matched=matched,
                alerts=len(raised),
                seconds=polled.seconds,
                next_poll=after,
            )
            state = state_after(state, fetched, parsed, verdict=verdict, next_poll=after, now=now)
            stored = self._core.store.feeds.state(feed.id)  # an operator may have paused it while it was polled
            paused = paused_after(polled.state, status=verdict.status, stored=stored)
            state = replace(state, memory=write_memory(lesson.memory), paused=paused)
            self._core.store.feeds.save(state)
            self._core.store.feeds.record(report)
            if (gap := gap_seen(poll, before, lesson.memory)) is not None:
                self._core.store.feeds.note_gap(gap)
            found = self._watch.note(feed, state, report, lesson)
        self._watch.say(report, raised, found)
        return report

    def _add(self, arrival: Arrival, draft: Draft, result: MatchResult) -> Article:
        """Store a new article and put it into its story, its own where none fits."""
        store = self._core.store
        article = replace(arrival.article, id=store.articles.add(arrival.article, arrival.keys))
        store.articles.move_keys(article.id, arrival.reused)
        for sighting in arrival.sightings:
            store.articles.sight(replace(sighting, article_id=article.id))
        actors = actors_of(result.matches)
        placement = draft.place(article, actors)
        story_id = placement.story_id
        if story_id is None:
            story_id = store.stories.create(Story(0, article.id, article.title, article.first_seen_at))
        store.stories.place(article.id, story_id, placement.reprint_of, placement.because)
        article = replace(article, story_id=story_id, reprint_of=placement.reprint_of)
        draft.add(article, actors)
        return article

    def _see(self, seen: Seen, live: LiveBook) -> list[Alert]:
        """Record a known article in this feed; what was only another feed's baseline may be news here."""
        self._core.store.articles.sight(seen.sighting)
        self._core.store.articles.add_keys(seen.article_id, seen.keys)
        if seen.promoted is None:
            return []
        self._core.store.articles.promote(seen.article_id)
        return self._weigh(seen.promoted, self._match(seen.promoted, live), live)[1]

    def _match(self, article: Article, live: LiveBook) -> MatchResult:
        """Try the rules on an article, stored or not; one that mutes itself is a departure."""
        result = live.matcher.match(document_of(article))
        for fault in result.faults:
            self._core.departures.raise_("rule.muted", fault.rule_id, fault.because, self._core.clock.now())
        return result

    def _weigh(
        self,
        article: Article,
        result: MatchResult,
        live: LiveBook,
        *,
        edit: Edit | None = None,
        surge: str | None = None,
    ) -> tuple[int, list[Alert]]:
        """Keep the matches of a stored article and raise the alerts they mean."""
        assert article.story_id is not None
        now = self._core.clock.now()
        self._core.store.articles.add_matches(article.id, result.matches, now)
        for match in result.matches:
            self._core.metrics.matches.labels(match.rule_id).inc()
        if not result.matches or article.is_baseline:
            return len(result.matches), []
        routing = route(
            article=article,
            story=self._core.store.stories.get([article.story_id])[article.story_id],
            matches=result.matches,
            told=self._core.store.alerts.told(article.story_id),
            desks=live.book.desks,
            now=now,
            edit=edit,
            changed=changed_in(edit) if edit is not None else "",
        )
        self._core.store.alerts.withhold(routing.withheld)
        if routing.alerts and (surge or article.id in self._core.store.alerts.held(article.feed_id)):
            hold_back(self._core.store, routing.alerts, surge or "changed while it was held")
            return len(result.matches), []
        return len(result.matches), [replace(a, id=self._core.store.alerts.add(a)) for a in routing.alerts]
