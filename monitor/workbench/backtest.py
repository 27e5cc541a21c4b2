"""What an edit of the rules does, before it is live: the archive replayed through the live book and the edited one.

Owns the comparison. Both books begin the period with what desks had really been told before it, and each then goes its
own way, so the alerts of the edited book are those that a live run with it would have raised. A feed that only one book
has counts for that book alone; what a feed that is new would have brought is not in the archive. Stories are as the
archive has them. What is one story depends little on the book: on the language that it gives a feed, and on the actors
it finds in an article (`articles.events`); how many articles it finds other actors in is counted, since a live run may
join them to other stories.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from monitor.articles.signature import actors_of
from monitor.desks.excerpt import Runs, headline, matched_sentence
from monitor.model import Alert, Article, Desk
from monitor.ports import Store
from monitor.rules.book import RuleBook
from monitor.rules.matching.matcher import RuleFault
from monitor.rules.tuning.backtest import RuleChange, changes_between
from monitor.text.document import document_of
from monitor.workbench.history import Occasion, occasions
from monitor.workbench.replay import Replay, Weighed, as_read_by

EXCERPT = 240
"""Code points of a sentence that is quoted."""


class Outcome(StrEnum):
    """What an edit means for one story."""

    GAINED = "gained"  # matched by the edited book only
    LOST = "lost"  # matched by the live book only
    CHANGED = "changed"  # matched by both, under other rules or with other alerts
    KEPT = "kept"


@dataclass(frozen=True, slots=True)
class Shown:
    """An article that shows the difference, quoted."""

    article_id: int
    feed_id: str
    url: str | None
    at: datetime
    headline: Runs
    sentence: Runs


@dataclass(frozen=True, slots=True)
class StoryEffect:
    """What becomes of one story."""

    story_id: int
    title: str
    outcome: Outcome
    rules_before: tuple[str, ...]
    rules_after: tuple[str, ...]
    alerts_before: tuple[Alert, ...]
    alerts_after: tuple[Alert, ...]
    shown: Shown | None
    """None where both books match the same articles by the same rules."""


@dataclass(frozen=True, slots=True)
class RuleEffect:
    """What becomes of one rule, in articles and in stories."""

    rule_id: str
    change: RuleChange
    articles_before: int
    articles_gained: int
    articles_lost: int
    stories_before: int
    stories_gained: int
    stories_lost: int


@dataclass(frozen=True, slots=True)
class DeskEffect:
    """What a desk feels."""

    desk_id: str
    name: str
    alerts_before: int
    alerts_after: int
    at_once_before: int
    """Alerts of a severity that does not wait for a digest time; all of a desk that names no times."""
    at_once_after: int
    stories_gained: int
    """Stories that the desk would have been told of and was not."""
    stories_lost: int


@dataclass(frozen=True, slots=True)
class Backtest:
    """The whole comparison."""

    since: datetime
    """When the first article of it came, or the beginning that was asked for."""
    until: datetime
    articles: int
    """How many were read; edits are read again and not counted."""
    rules: tuple[RuleEffect, ...]
    """Those that changed or have another effect, in the order of the edited book, then those that it lacks."""
    stories: tuple[StoryEffect, ...]
    """Every story that either book matches, earliest first."""
    desks: tuple[DeskEffect, ...]
    other_actors: int
    """Articles in which the books find other actors: a live run with the edited one may join them to other stories."""
    muted_before: tuple[RuleFault, ...]
    muted_after: tuple[RuleFault, ...]

    @property
    def days(self) -> float:
        """Return the length of the period in days; less than one counts as one."""
        return max(1.0, (self.until - self.since) / timedelta(days=1))

    def of(self, outcome: Outcome) -> list[StoryEffect]:
        """Return the stories of one outcome."""
        return [story for story in self.stories if story.outcome is outcome]


def backtest(
    store: Store,
    before: RuleBook,
    after: RuleBook,
    *,
    since: datetime,
    until: datetime,
    only: Iterable[str] = (),
    passed: Callable[[int], None] = lambda articles: None,
) -> Backtest:
    """Replay what was stored through two books and compare.

    Args:
        store: Only read.
        before: The live book.
        after: The edited one.
        since: What came earlier is left out.
        until: When this is asked, for the number of days.
        only: Rules to report on; none: all. Alerts are always those of the whole books, as desks would get them.
        passed: Told after each batch how many articles it had.
    """
    told: dict[int, list[Alert]] = {}

    def told_before(story_id: int) -> list[Alert]:
        if story_id not in told:
            told[story_id] = [alert for alert in store.alerts.told(story_id) if alert.created_at < since]
        return told[story_id]

    live, edited = Replay(before, told_before), Replay(after, told_before)
    polls = _Polled(store, before, after)
    tally = _Tally(frozenset(only))
    first: datetime | None = None
    for occasion in occasions(store, since, passed=passed):
        first = first or occasion.at
        tally.articles += occasion.edit is None
        tally.add(occasion, *polls.weigh(occasion, live, edited))
    titles = {story.id: story.title for story in store.stories.get(tally.stories).values()}
    return Backtest(
        since=first or since,
        until=until,
        articles=tally.articles,
        rules=tuple(_rule_effects(tally, changes_between(before, after))),
        stories=tuple(tally.effects(titles)),
        desks=tuple(_desk_effects(tally, before.desks, after.desks)),
        other_actors=tally.other_actors,
        muted_before=live.faults,
        muted_after=edited.faults,
    )


class _Polled:
    """Knows which book would have had an article, and how it would have read it."""

    def __init__(self, store: Store, before: RuleBook, after: RuleBook) -> None:
        self._store, self._before, self._after = store, before, after
        self._only_before = before.feeds.keys() - after.feeds.keys()
        self._only_after = after.feeds.keys() - before.feeds.keys()

    def weigh(self, occasion: Occasion, live: Replay, edited: Replay) -> tuple[Weighed, Weighed]:
        article = occasion.article
        document = document_of(article)
        was = live.weigh(occasion, document) if self._has(article, self._only_after) else Weighed()
        if not self._has(article, self._only_before):
            return was, Weighed()
        feeds = self._before.feeds, self._after.feeds
        reread = as_read_by(article, *(feed.get(article.feed_id) for feed in feeds))
        if reread is article:
            return was, edited.weigh(occasion, document)
        return was, edited.weigh(Occasion(reread, occasion.at, occasion.edit))

    def _has(self, article: Article, dropped: frozenset[str] | set[str]) -> bool:
        """Say whether some feed that carried the article is polled; one that neither book names counts as polled."""
        if article.feed_id not in dropped:
            return True
        return any(sighting.feed_id not in dropped for sighting in self._store.articles.sightings(article.id))


Hit = tuple[int, str]
"""An article by a rule."""


@dataclass(slots=True)
class _StoryTally:
    """What is known of one story so far."""

    before: set[Hit] = field(default_factory=set)
    after: set[Hit] = field(default_factory=set)
    alerts_before: list[Alert] = field(default_factory=list)
    alerts_after: list[Alert] = field(default_factory=list)
    shown: Shown | None = None

    def outcome(self) -> Outcome:
        if not self.before or not self.after:
            return Outcome.GAINED if self.after else Outcome.LOST
        is_same = _rules_in(self.before) == _rules_in(self.after) and _told(self.alerts_before) == _told(
            self.alerts_after
        )
        return Outcome.KEPT if is_same else Outcome.CHANGED


class _Tally:
    """Counts hits and alerts by story; holds nothing of articles that no rule matches."""

    def __init__(self, only: frozenset[str]) -> None:
        self.articles = 0
        self.other_actors = 0
        self.stories: dict[int, _StoryTally] = {}
        self._only = only

    def add(self, occasion: Occasion, before: Weighed, after: Weighed) -> None:
        story_id = occasion.article.story_id
        if story_id is None or not (before.matches or after.matches):
            return
        story = self.stories.setdefault(story_id, _StoryTally())
        self.other_actors += occasion.edit is None and actors_of(before.matches) != actors_of(after.matches)
        was, now = self._hits(occasion, before), self._hits(occasion, after)
        if was != now and story.shown is None:
            story.shown = _quote(occasion, after if now - was else before, now ^ was)
        story.before |= was
        story.after |= now
        story.alerts_before += before.alerts
        story.alerts_after += after.alerts

    def reports(self, rule_id: str) -> bool:
        """Say whether a rule is one of those that were asked for."""
        return not self._only or rule_id in self._only

    def _hits(self, occasion: Occasion, weighed: Weighed) -> set[Hit]:
        return {(occasion.article.id, match.rule_id) for match in weighed.matches if self.reports(match.rule_id)}

    def effects(self, titles: Mapping[int, str]) -> Iterable[StoryEffect]:
        for story_id, story in sorted(self.stories.items()):
            if not story.before and not story.after:
                continue
            outcome = story.outcome()
            yield StoryEffect(
                story_id,
                titles.get(story_id, ""),
                outcome,
                tuple(sorted(_rules_in(story.before))),
                tuple(sorted(_rules_in(story.after))),
                tuple(story.alerts_before),
                tuple(story.alerts_after),
                None if outcome is Outcome.KEPT else story.shown,
            )


def _quote(occasion: Occasion, weighed: Weighed, different: set[Hit]) -> Shown:
    article = occasion.article
    rules = {rule_id for _, rule_id in different}
    spans = [span for match in weighed.matches if match.rule_id in rules for span in match.spans]
    return Shown(
        article.id,
        article.feed_id,
        article.url,
        occasion.at,
        headline(article.title, spans, limit=EXCERPT),
        matched_sentence(article.body, spans, limit=EXCERPT),
    )


def _rules_in(hits: Iterable[Hit]) -> set[str]:
    return {rule_id for _, rule_id in hits}


def _told(alerts: Iterable[Alert]) -> list[tuple[object, ...]]:
    return [(alert.desk_id, alert.article_id, alert.kind, alert.severity, alert.rule_ids) for alert in alerts]


def _rule_effects(tally: _Tally, changes: Mapping[str, RuleChange]) -> Iterable[RuleEffect]:
    articles: dict[str, Counter[str]] = {}
    stories: dict[str, Counter[str]] = {}
    for story in tally.stories.values():
        for counted, before, after in (
            (articles, [rule_id for _, rule_id in story.before], [rule_id for _, rule_id in story.after]),
            (stories, list(_rules_in(story.before)), list(_rules_in(story.after))),
        ):
            for rule_id in before:
                counted.setdefault(rule_id, Counter())["before"] += 1
            for rule_id in after:
                counted.setdefault(rule_id, Counter())["after"] += 1
        for _, rule_id in story.after - story.before:
            articles[rule_id]["gained"] += 1
        for _, rule_id in story.before - story.after:
            articles[rule_id]["lost"] += 1
        for rule_id in _rules_in(story.after) - _rules_in(story.before):
            stories[rule_id]["gained"] += 1
        for rule_id in _rules_in(story.before) - _rules_in(story.after):
            stories[rule_id]["lost"] += 1
    for rule_id, change in changes.items():
        if tally.reports(rule_id):
            a, s = articles.get(rule_id, Counter()), stories.get(rule_id, Counter())
            if change is not RuleChange.SAME or a["gained"] or a["lost"]:
                yield RuleEffect(
                    rule_id, change, a["before"], a["gained"], a["lost"], s["before"], s["gained"], s["lost"]
                )


def _desk_effects(tally: _Tally, before: Mapping[str, Desk], after: Mapping[str, Desk]) -> Iterable[DeskEffect]:
    for desk_id in dict.fromkeys((*after, *before)):
        was = [alert for story in tally.stories.values() for alert in story.alerts_before if alert.desk_id == desk_id]
        now = [alert for story in tally.stories.values() for alert in story.alerts_after if alert.desk_id == desk_id]
        told_was, told_now = {alert.story_id for alert in was}, {alert.story_id for alert in now}
        yield DeskEffect(
            desk_id,
            (after.get(desk_id) or before[desk_id]).name,
            len(was),
            len(now),
            _at_once(was, before.get(desk_id)),
            _at_once(now, after.get(desk_id)),
            len(told_now - told_was),
            len(told_was - told_now),
        )


def _at_once(alerts: Iterable[Alert], desk: Desk | None) -> int:
    if desk is None:
        return 0
    has_times = bool(desk.digest_times or desk.digest_every)
    return sum(not has_times or alert.severity in desk.immediate for alert in alerts)
