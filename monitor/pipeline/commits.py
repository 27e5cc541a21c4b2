"""What finished polls learnt, in one transaction: identify → match → group → route → [one commit].

Owns the order of these steps and what a transaction holds: one poll or several, each whole. Runs on the writer's thread
alone, knows nothing of fetching, and decides nothing that `articles/`, `rules/`, `desks/` and `feeds/` decide.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime

from monitor.articles.intake import Intake, articles_wanted, old_among, plan_intake, surge_of
from monitor.articles.readings import Glimpse, Readings, read_entries
from monitor.articles.signature import actors_of
from monitor.articles.slices import slices_of
from monitor.articles.stories import Grouper
from monitor.desks.routing import told_under
from monitor.errors import StateError
from monitor.feeds.memory import Unfinished
from monitor.feeds.states import Diagnosis
from monitor.model import (
    Alert,
    Article,
    Edit,
    Feed,
    FeedState,
    Match,
    NewArticle,
    ParsedFeed,
    PollReport,
    Sketch,
    Story,
    Surge,
)
from monitor.pipeline.core import Core
from monitor.pipeline.feed_keeping import Polled, keep_feed, keep_unfinished
from monitor.pipeline.feed_watch import FeedWatch
from monitor.pipeline.leads import choose_leads, follow_leads
from monitor.pipeline.surge import hold_back, tell_of_surge
from monitor.pipeline.telling import tell_moved, weigh
from monitor.text.document import document_of


@dataclass(frozen=True, slots=True)
class _Occasion:
    """A stored article, in words that rules were just tried on."""

    article: Article
    matches: tuple[Match, ...]
    edit: Edit | None = None
    surge: str | None = None
    """Why nobody is told of it yet."""


_Gathered = tuple[Article, tuple[int, ...]]
"""An article, and those that move into its story."""


@dataclass(slots=True)
class _Taken:
    """What a document brought, as far as it is written."""

    new: int = 0
    """Articles."""
    matches: Counter[str] = field(default_factory=Counter)
    """By rule."""
    alerts: list[Alert] = field(default_factory=list)
    entries: int = 0
    """Of the document, without repeats, where it is written in slices."""


@dataclass(frozen=True, slots=True)
class _Learnt:
    """A poll that is written, and not said before the commit held."""

    report: PollReport
    taken: _Taken
    diagnosis: Diagnosis


class Commits:
    """Writes polls over one core."""

    def __init__(self, core: Core, grouper: Grouper, *, entries_at_once: int) -> None:
        self._core, self._grouper = core, grouper
        self._entries_at_once = entries_at_once
        self.watch = FeedWatch(core)
        self._oldest_sketch = 0
        """The article before which no sketch is kept."""
        self._glimpses: dict[str, Glimpse] = {}
        """What stood in each feed's last document."""

    def commit(self, batch: Sequence[Polled]) -> list[PollReport | Exception]:
        """Write polls, and return in their order what each came to; of one that failed nothing is kept.

        They share a transaction. Where one of them breaks it, each gets one of its own, so that no fault of a poll
        reaches another; where the state cannot be used at all, trying that often would not help.
        """
        try:
            learnt = self._commit_together(batch)
        except StateError as error:
            return [error for _ in batch]
        except Exception as error:
            if len(batch) == 1:
                return [error]
            return [outcome for polled in batch for outcome in self.commit([polled])]
        for each in learnt:
            self._say(each)
        return [each.report for each in learnt]

    def _commit_together(self, batch: Sequence[Polled]) -> list[_Learnt]:
        read = [polled.readings or self.read(polled) for polled in batch]  # before other processes have to wait
        with self._transaction() as draft:
            stored = self._core.store.feeds.states(polled.feed.id for polled in batch)
            learnt = [
                self._learn(polled, readings, draft, stored.get(polled.feed.id))
                for polled, readings in zip(batch, read, strict=True)
            ]
        for polled, readings in zip(batch, read, strict=True):
            if readings is not None:
                self._glimpses[polled.feed.id] = readings.glimpse
        return learnt

    def commit_in_slices(self, polled: Polled) -> Iterator[PollReport | None]:
        """Write the poll of a large document, some of its entries at each step.

        Each slice is a transaction; validators, the end of a baseline and the next poll stand in the last. A process
        that is killed in between asks for the document again, and knows by their keys the entries that it stored.
        Whether the whole looks new at once is decided before anything is written, since desks hear of the first slice.

        Args:
            polled: With its entries read.

        Yields:
            None after each step but the last; then the report.
        """
        document = polled.readings
        assert document is not None
        slices = [replace(document, each=each) for each in slices_of(document.each, self._entries_at_once)]
        before = polled.memory.unfinished or Unfinished(0, None)
        surge = before.surge
        if not polled.is_baseline:
            new = old = entries = 0
            for part in slices:
                now = self._core.clock.now()
                planned = self._identify(polled, part, now)
                new, old = new + len(planned.arrivals), old + old_among(planned.arrivals, now)
                entries += len(part.each) - len(planned.repeats)
                yield None
            surge = surge or surge_of(new, old, entries=entries + document.familiar)
        taken = _Taken(before.new)
        for part in slices[:-1]:
            with self._transaction() as draft:
                stored, _ = self._take_slice(polled, part, draft, taken, surge)
                keep_unfinished(self._core, polled, Unfinished(taken.new, surge), stored=stored)
            yield None
        with self._transaction() as draft:
            stored, now = self._take_slice(polled, slices[-1], draft, taken, surge)
            learnt = self._conclude(polled, taken, surge, stored, now)
        self._glimpses[polled.feed.id] = document.glimpse
        self._say(learnt)
        yield learnt.report

    def _take_slice(
        self, polled: Polled, part: Readings, draft: Grouper, taken: _Taken, surge: str | None
    ) -> tuple[FeedState | None, datetime]:
        """Write what a part of a document means; return the feed's state as it is by now, and the moment."""
        now, feed = self._core.clock.now(), polled.feed
        newest = max(0, feed.baseline_newest - taken.entries)
        intake = self._identify(replace(polled, feed=replace(feed, baseline_newest=newest)), part, now)
        taken.entries += len(part.each) - len(intake.repeats)
        self._take_in(feed, replace(intake, surge=surge), draft, taken, now)
        return self._core.store.feeds.states([feed.id]).get(feed.id), now

    @contextmanager
    def _transaction(self) -> Iterator[Grouper]:
        """Open a transaction with a draft that follows what was decided meanwhile; sketches leave with the window."""
        with self._grouper.draft() as draft, self._core.store.unit_of_work():
            for decision in self._core.store.stories.decisions(after=self._grouper.followed):
                self._grouper.follow(decision)
            yield draft
            oldest = self._grouper.oldest_id or 0
            if oldest != self._oldest_sketch:
                self._core.store.sketches.forget_before(oldest)
        self._oldest_sketch = oldest

    def _learn(self, polled: Polled, readings: Readings | None, draft: Grouper, stored: FeedState | None) -> _Learnt:
        """Write all of one poll."""
        now = self._core.clock.now()
        if readings is None:
            return self._conclude(polled, _Taken(), None, stored, now)
        before = polled.memory.unfinished or Unfinished(0, None)
        intake = self._identify(polled, readings, now)
        intake, taken = replace(intake, surge=before.surge or intake.surge), _Taken(before.new)
        self._take_in(polled.feed, intake, draft, taken, now)
        return self._conclude(polled, taken, intake.surge, stored, now)

    def _take_in(self, feed: Feed, intake: Intake, draft: Grouper, taken: _Taken, now: datetime) -> None:
        """Write what entries mean, step by step: their articles, the stories of these, and who is told of them."""
        arrived, gathered = self._arrived(intake, draft)
        occasions = [*arrived, *self._seen(intake, now), *self._revised(intake, draft)]
        if gathered:
            occasions, raised = self._gather(gathered, occasions, now)
            taken.alerts += raised
        taken.new += len(intake.arrivals)
        for occasion in occasions:
            taken.matches.update(match.rule_id for match in occasion.matches)
            taken.alerts += self._route(occasion, now)
        if intake.surge is not None:
            self._core.store.feeds.note_surge(Surge(feed.id, now, intake.surge))

    def _conclude(
        self, polled: Polled, taken: _Taken, surge: str | None, stored: FeedState | None, now: datetime
    ) -> _Learnt:
        """Write what a poll means for its feed, when all of its entries are written."""
        if surge is not None:
            tell_of_surge(self._core.store, self._core.departures, polled.feed, surge, now=now)
        report, lesson, state = keep_feed(
            self._core,
            polled,
            stored=stored,
            new=taken.new,
            matched=taken.matches.total(),
            alerts=len(taken.alerts),
            now=now,
        )
        return _Learnt(report, taken, self.watch.note(polled.feed, state, report, lesson))

    # --- articles -------------------------------------------------------------------------------------------------

    def read(self, polled: Polled) -> Readings | None:
        """Read the entries that the feed's last document did not have; None where nothing was parsed.

        The only step of a commit that may run on another thread: nobody else writes what is remembered of the feed.
        """
        if not isinstance(polled.parsed, ParsedFeed):
            return None
        before = None if polled.is_baseline else self._glimpses.get(polled.feed.id)
        return read_entries(polled.parsed.entries, polled.feed.id, before=before, now=self._core.clock.now())

    def _identify(self, polled: Polled, readings: Readings, now: datetime) -> Intake:
        """Decide which entries are new, known, or known in other words."""
        articles = self._core.store.articles
        known = articles.find(readings.keys)
        return plan_intake(
            readings,
            feed=polled.feed,
            is_baseline=polled.is_baseline,
            known=known,
            articles=articles.get(articles_wanted(readings, known)),
            now=now,
        )

    def _arrived(self, intake: Intake, draft: Grouper) -> tuple[list[_Occasion], list[_Gathered]]:
        """Store new articles, each matched and put into its story, its own where none fits."""
        if not intake.arrivals:
            return [], []
        store = self._core.store
        occasions: list[_Occasion] = []
        written: list[NewArticle] = []
        sketches: list[Sketch | None] = []
        gathered: list[_Gathered] = []
        joined: list[Article] = []
        for article_id, arrival in enumerate(intake.arrivals, start=store.articles.next_id()):
            article = replace(arrival.article, id=article_id)
            matches = self._match(article)
            actors = actors_of(matches)
            placement = draft.place(article, actors)
            story_id = placement.story_id
            if story_id is None:
                story_id = store.stories.create(Story(0, article.id, article.title, article.first_seen_at))
            article = replace(article, story_id=story_id, reprint_of=placement.reprint_of)
            if placement.story_id is not None:
                joined.append(article)
            sketches.append(draft.add(article, actors, placement.gathers))
            if placement.gathers:
                gathered.append((article, placement.gathers))
            sightings = tuple(replace(sighting, article_id=article_id) for sighting in arrival.sightings)
            written.append(NewArticle(article, arrival.keys, arrival.reused, sightings, placement.because))
            occasions.append(_Occasion(article, matches, surge=intake.surge))
        store.articles.add_all(written)
        store.sketches.keep(filter(None, sketches))
        follow_leads(store, joined)
        return occasions, gathered

    def _gather(
        self, gathered: Sequence[_Gathered], occasions: Sequence[_Occasion], now: datetime
    ) -> tuple[list[_Occasion], list[Alert]]:
        """Move articles of this minute into the story that a later one showed them to be.

        Returns:
            The occasions with their articles there, and the alerts that the move of earlier polls' articles means.
        """
        moved: dict[int, int] = {}
        remain: set[int] = set()
        for article, others in gathered:
            assert article.story_id is not None
            because = f"as article {article.id} shows, which came in the same minute"
            left = self._core.store.stories.gather(article.story_id, others, because, now)
            remain.update(left)
            moved.update(dict.fromkeys(others, article.story_id))
        choose_leads(self._core.store, remain)
        follow_leads(self._core.store, self._core.store.articles.get(moved).values())
        self._grouper.has_made(self._core.store.stories.decisions(after=self._grouper.followed))
        there = [
            replace(each, article=replace(each.article, story_id=moved.get(each.article.id, each.article.story_id)))
            for each in occasions
        ]
        known = moved.keys() - {each.article.id for each in occasions if each.edit is None}
        return there, tell_moved(self._core.store, known, remain, desks=self._core.live.book.desks, now=now)

    def _seen(self, intake: Intake, now: datetime) -> list[_Occasion]:
        """Record known articles in this feed; what was only a baseline may be news, in the order in which it came."""
        store = self._core.store
        store.articles.sight(seen.sighting for seen in intake.sightings)
        occasions: list[_Occasion] = []
        for seen in intake.sightings:
            if seen.keys:
                store.articles.add_keys(seen.article_id, seen.keys)
            if seen.promoted is not None:
                store.articles.promote(seen.article_id, now)
                occasions.append(_Occasion(seen.promoted, self._match(seen.promoted)))
        return sorted(occasions, key=lambda occasion: occasion.article.id)

    def _revised(self, intake: Intake, draft: Grouper) -> list[_Occasion]:
        """Store what known articles say now; one that this poll made news has not developed since."""
        promoted = {seen.article_id for seen in intake.sightings if seen.promoted is not None}
        occasions: list[_Occasion] = []
        for revision in intake.revisions:
            self._core.store.articles.edit(revision.edit, revision.article)
            edit = None if revision.edit.article_id in promoted else revision.edit
            matches = self._match(revision.reading)
            if (sketch := draft.revise(revision.article, actors_of(matches))) is not None:
                self._core.store.sketches.keep([sketch])
            occasions.append(_Occasion(revision.reading, matches, edit))
        follow_leads(self._core.store, (revision.article for revision in intake.revisions))
        return occasions

    def _match(self, article: Article) -> tuple[Match, ...]:
        """Try the rules on an article, stored or not; one that mutes itself is a departure."""
        result = self._core.live.matcher.match(document_of(article))
        for fault in result.faults:
            self._core.departures.raise_("rule.muted", fault.rule_id, fault.because, self._core.clock.now())
        return result.matches

    def _route(self, occasion: _Occasion, now: datetime) -> list[Alert]:
        """Keep the matches of a stored article and raise the alerts that they mean."""
        store, article, edit = self._core.store, occasion.article, occasion.edit
        matches: Sequence[Match] = occasion.matches
        if matches:
            store.articles.add_matches(article.id, matches, now)
        elif edit is not None:
            matches = store.articles.matches([article.id]).get(article.id, [])
        if not matches or article.is_baseline:
            return []
        assert article.story_id is not None
        told = store.alerts.told(article.story_id)
        routing = weigh(
            article,
            occasion.matches or told_under(matches, told),
            told,
            desks=self._core.live.book.desks,
            now=now,
            came=now if edit is None else article.first_seen_at,
            edit=edit,
        )
        store.alerts.withhold(routing.withheld)
        surge = occasion.surge
        if routing.alerts and (surge or article.id in store.alerts.held(article.feed_id)):
            hold_back(store, routing.alerts, surge or "changed while it was held")
            return []
        return [replace(alert, id=store.alerts.add(alert)) for alert in routing.alerts]

    def _say(self, learnt: _Learnt) -> None:
        """Write a poll that was committed to the log and the metrics."""
        for rule_id, times in learnt.taken.matches.items():
            self._core.metrics.matches.labels(rule_id).inc(times)
        self.watch.say(learnt.report, learnt.taken.alerts, learnt.diagnosis)
