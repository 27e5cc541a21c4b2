"""What two replays came to, gathered by story.

Owns which stories are compared. Two books may group the same articles otherwise: stories that share an article, in
either run, are one row of the comparison, so that nothing is gained here and lost there because it changed its story.
Nothing is held of articles that no rule matches.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from monitor.desks.excerpt import headline, matched_sentence
from monitor.model import Alert, Match, Story
from monitor.workbench.effects import Matched, Outcome, Shown, StoryEffect, rules_in
from monitor.workbench.history import Occasion
from monitor.workbench.replay import Consequence

EXCERPT = 240
"""Code points of a sentence that is quoted."""


@dataclass(slots=True)
class _Side:
    """What one book makes of the articles of a row."""

    hits: set[Matched] = field(default_factory=set)
    alerts: list[Alert] = field(default_factory=list)
    stories: dict[int, int] = field(default_factory=dict)
    """By matched article."""

    def take_in(self, other: _Side) -> None:
        self.hits |= other.hits
        self.alerts += other.alerts
        self.stories.update(other.stories)

    def told(self) -> list[tuple[object, ...]]:
        """Return the alerts by what a desk sees of them."""
        return [(alert.desk_id, alert.article_id, alert.kind, alert.severity, alert.rule_ids) for alert in self.alerts]


@dataclass(slots=True)
class _Row:
    """Stories that share articles."""

    first: int
    """Its earliest matched article."""
    before: _Side = field(default_factory=_Side)
    after: _Side = field(default_factory=_Side)
    shown: Shown | None = None

    def take_in(self, later: _Row) -> None:
        self.before.take_in(later.before)
        self.after.take_in(later.after)
        self.shown = self.shown or later.shown

    def outcome(self) -> Outcome:
        before, after = self.before, self.after
        if not before.hits or not after.hits:
            return Outcome.GAINED if after.hits else Outcome.LOST
        is_same = rules_in(before.hits) == rules_in(after.hits) and before.told() == after.told()
        is_grouped_alike = len(set(before.stories.values())) == len(set(after.stories.values()))
        return Outcome.KEPT if is_same and is_grouped_alike else Outcome.CHANGED


class Tally:
    """Rows of stories, as they grow together."""

    def __init__(self, only: frozenset[str]) -> None:
        """Begin with nothing.

        Args:
            only: The rules to report on; none: all.
        """
        self._only = only
        self._parents: dict[Hashable, Hashable] = {}
        self._rows: dict[Hashable, _Row] = {}

    def weighed(self, occasion: Occasion, before: Consequence | None, after: Consequence | None) -> None:
        """Take in what an article came to under both books; None under a book that does not have it."""
        if not any(side is not None and side.matches for side in (before, after)):
            return
        was, now = self._hits(before), self._hits(after)
        row = self._row(occasion.article.id, before, after)
        if was != now and row.shown is None:
            matches = after.matches if after is not None and now - was else before.matches if before is not None else ()
            row.shown = _quote(occasion, matches, rules_in(now ^ was))
        row.before.hits |= was
        row.after.hits |= now

    def followed(self, before: Iterable[Consequence], after: Iterable[Consequence]) -> None:
        """Take in what it came to that articles moved or were let go: by a person, or by a poll of their minute."""
        for consequence in before:
            self._row(consequence.article_id, consequence, None).before.hits |= self._hits(consequence)
        for consequence in after:
            self._row(consequence.article_id, None, consequence).after.hits |= self._hits(consequence)

    def reports(self, rule_id: str) -> bool:
        """Say whether a rule is one of those that were asked for."""
        return not self._only or rule_id in self._only

    @property
    def hits(self) -> Iterator[tuple[set[Matched], set[Matched]]]:
        """Yield the hits of each row before and after."""
        return ((row.before.hits, row.after.hits) for row in self._rows.values())

    @property
    def told(self) -> list[tuple[list[Alert], list[Alert]]]:
        """Return the alerts of each row before and after, also of those without a hit that is reported."""
        return [(row.before.alerts, row.after.alerts) for row in self._rows.values()]

    @property
    def firsts(self) -> list[int]:
        """Return the earliest article of each row; its story in the archive names the row."""
        return [row.first for row in self._rows.values()]

    def effects(self, names: Mapping[int, Story]) -> Iterator[StoryEffect]:
        """Yield what becomes of each row that has a hit, earliest first.

        Args:
            names: The archive's story by the first article of a row.
        """
        for row in sorted(self._rows.values(), key=lambda row: row.first):
            if not row.before.hits and not row.after.hits:
                continue
            for side in (row.before, row.after):
                side.alerts.sort(key=lambda alert: (alert.created_at, alert.article_id))
            outcome = row.outcome()
            named = names.get(row.first)
            yield StoryEffect(
                named.id if named is not None else 0,
                named.title if named is not None else "",
                outcome,
                len(set(row.before.stories.values())),
                len(set(row.after.stories.values())),
                tuple(sorted(rules_in(row.before.hits))),
                tuple(sorted(rules_in(row.after.hits))),
                tuple(row.before.alerts),
                tuple(row.after.alerts),
                None if outcome is Outcome.KEPT else row.shown,
            )

    def _hits(self, consequence: Consequence | None) -> set[Matched]:
        matches = () if consequence is None else consequence.matches
        return {(consequence.article_id, m.rule_id) for m in matches if consequence and self.reports(m.rule_id)}

    def _row(self, article_id: int, before: Consequence | None, after: Consequence | None) -> _Row:
        """Return the row of an article, joined with those of the stories that both books have it in."""
        node: Hashable = ("article", article_id)
        if node not in self._parents:
            self._parents[node], self._rows[node] = node, _Row(article_id)
        for side, consequence in (("before", before), ("after", after)):
            if consequence is not None:
                self._join(node, (side, consequence.story_id))
        row = self._rows[self._root(node)]
        for told, consequence in ((row.before, before), (row.after, after)):
            if consequence is not None:
                needless = {_told_as(alert) for alert in consequence.withdrawn}
                if needless:
                    told.alerts = [alert for alert in told.alerts if _told_as(alert) not in needless]
                told.alerts += consequence.alerts
                if consequence.matches or article_id in told.stories:
                    told.stories[article_id] = consequence.story_id
        return row

    def _join(self, node: Hashable, story: Hashable) -> None:
        here = self._root(node)
        if story not in self._parents:
            self._parents[story] = here
            return
        there = self._root(story)
        if here == there:
            return
        first, later = sorted((here, there), key=lambda root: self._rows[root].first)
        self._parents[later] = first
        self._rows[first].take_in(self._rows.pop(later))

    def _root(self, node: Hashable) -> Hashable:
        while (parent := self._parents[node]) != node:
            self._parents[node] = self._parents[parent]  # halving the way, as union-find does
            node = parent
        return node


def _told_as(alert: Alert) -> tuple[object, ...]:
    """Return what tells an alert from others, in whatever story it stands by now."""
    return alert.desk_id, alert.article_id, alert.kind, alert.created_at


def _quote(occasion: Occasion, matches: Iterable[Match], rules: set[str]) -> Shown:
    article = occasion.article
    spans = [span for match in matches if match.rule_id in rules for span in match.spans]
    return Shown(
        article.id,
        article.feed_id,
        article.url,
        occasion.at,
        headline(article.title, spans, limit=EXCERPT),
        matched_sentence(article.body, spans, limit=EXCERPT),
    )
