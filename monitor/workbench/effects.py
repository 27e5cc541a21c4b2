"""What an edit of the rules does: by story, by rule and by desk. Owns the nouns of a backtest, and adds up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from monitor.desks.excerpt import Runs
from monitor.model import Alert, Desk
from monitor.rules.matching.matcher import RuleFault
from monitor.rules.tuning.backtest import RuleChange

Matched = tuple[int, str]
"""An article by a rule."""


class Outcome(StrEnum):
    """What an edit means for one story."""

    GAINED = "gained"  # matched by the edited book only
    LOST = "lost"  # matched by the live book only
    CHANGED = "changed"  # matched by both, under other rules, with other alerts or as other stories
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
    """What becomes of one story; where the books group its articles otherwise, of all stories that share them."""

    story_id: int
    """In which the archive has its earliest article now."""
    title: str
    outcome: Outcome
    stories_before: int
    """As how many stories the live book has its matched articles."""
    stories_after: int
    rules_before: tuple[str, ...]
    rules_after: tuple[str, ...]
    alerts_before: tuple[Alert, ...]
    """With the stories of the replay: see `replay`."""
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
    feeds_gained: tuple[str, ...]
    """Feeds that only the edited book has: what they alone brought counts for it alone."""
    feeds_lost: tuple[str, ...]
    """Feeds that only the live book has."""
    rules: tuple[RuleEffect, ...]
    """Those that changed or have another effect, in the order of the edited book, then those that it lacks."""
    stories: tuple[StoryEffect, ...]
    """Every story that either book matches, earliest first."""
    desks: tuple[DeskEffect, ...]
    held_before: int
    """Articles of feeds that looked new all at once, which nobody has released or dropped."""
    held_after: int
    muted_before: tuple[RuleFault, ...]
    muted_after: tuple[RuleFault, ...]

    @property
    def days(self) -> float:
        """Return the length of the period in days; less than one counts as one."""
        return max(1.0, (self.until - self.since) / timedelta(days=1))

    def of(self, outcome: Outcome) -> list[StoryEffect]:
        """Return the stories of one outcome."""
        return [story for story in self.stories if story.outcome is outcome]


def rules_in(hits: Iterable[Matched]) -> set[str]:
    """Return the rules of hits, each once."""
    return {rule_id for _, rule_id in hits}


def rule_effects(
    stories: Iterable[tuple[set[Matched], set[Matched]]], changes: Mapping[str, RuleChange]
) -> Iterator[RuleEffect]:
    """Add up what becomes of each rule, those left out of which nothing changes.

    Args:
        stories: The hits of each before and after.
        changes: What an edit did to each rule that is reported on.
    """
    articles: dict[str, Counter[str]] = {rule_id: Counter() for rule_id in changes}
    counted: dict[str, Counter[str]] = {rule_id: Counter() for rule_id in changes}
    for before, after in stories:
        for rule_id, what in _turned(before, after):
            articles[rule_id][what] += 1
        for rule_id, what in _turned({(0, rule) for rule in rules_in(before)}, {(0, rule) for rule in rules_in(after)}):
            counted[rule_id][what] += 1
    for rule_id, change in changes.items():
        a, s = articles[rule_id], counted[rule_id]
        if change is not RuleChange.SAME or a["gained"] or a["lost"]:
            yield RuleEffect(rule_id, change, a["before"], a["gained"], a["lost"], s["before"], s["gained"], s["lost"])


def _turned(before: set[Matched], after: set[Matched]) -> Iterator[tuple[str, str]]:
    for hits, what in ((before, "before"), (after - before, "gained"), (before - after, "lost")):
        yield from ((rule_id, what) for _, rule_id in hits)


def desk_effects(
    told: Sequence[tuple[Sequence[Alert], Sequence[Alert]]], before: Mapping[str, Desk], after: Mapping[str, Desk]
) -> Iterator[DeskEffect]:
    """Add up what each desk of either book feels.

    Args:
        told: The alerts of each story before and after.
        before: The live book's desks.
        after: The edited one's.
    """
    for desk_id in dict.fromkeys((*after, *before)):
        own = [tuple([alert for alert in alerts if alert.desk_id == desk_id] for alerts in sides) for sides in told]
        yield DeskEffect(
            desk_id,
            (after.get(desk_id) or before[desk_id]).name,
            sum(len(was) for was, _ in own),
            sum(len(now) for _, now in own),
            sum(_at_once(was, before.get(desk_id)) for was, _ in own),
            sum(_at_once(now, after.get(desk_id)) for _, now in own),
            sum(bool(now) and not was for was, now in own),
            sum(bool(was) and not now for was, now in own),
        )


def _at_once(alerts: Iterable[Alert], desk: Desk | None) -> int:
    if desk is None:
        return 0
    has_times = bool(desk.digest_times or desk.digest_every)
    return sum(not has_times or alert.severity in desk.immediate for alert in alerts)
