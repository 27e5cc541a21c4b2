"""How stories stood when a period began: who was in which, and what desks had been told of each.

Owns the way back through what people merged and split since. The archive holds stories as they are now; a replay
begins with them as they were, and meets every decision again in its time.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from monitor.articles.signature import actors_of
from monitor.articles.stories import WINDOW
from monitor.model import Alert, Article, DecisionKind, Match, WithheldKind
from monitor.ports import Store
from monitor.workbench.history import BATCH, as_of


class Past:
    """The stories of a store as they stood at a time."""

    def __init__(self, store: Store, since: datetime) -> None:
        self._store, self.since = store, since
        self._later = [decision for decision in store.stories.decisions() if decision.at >= since]
        self._touched = {id_ for decision in self._later for id_ in (decision.story_id, decision.other_id)}

    def story_of(self, article_id: int, now_in: int, moment: datetime | None = None) -> int:
        """Return the story that an article was in.

        Args:
            article_id: The article.
            now_in: The story that it is in now.
            moment: Just before what happened then; None: when the period began.
        """
        story_id = now_in
        for decision in reversed(self._later):
            if article_id in decision.article_ids and decision.at >= (moment or self.since):
                story_id = decision.other_id if decision.kind is DecisionKind.MERGE else decision.story_id
        return story_id

    def told(self, story_id: int) -> list[Alert]:
        """Return the alerts that a story had when the period began, oldest first."""
        near = {story_id} | (self._touched if story_id in self._touched else set())
        alerts = (alert for each in near for alert in self._store.alerts.told(each))
        found = [
            replace(alert, story_id=story_id)
            for alert in alerts
            if alert.created_at < self.since and self.story_of(alert.article_id, alert.story_id) == story_id
        ]
        return sorted(found, key=lambda alert: alert.id)

    def members(self, story_id: int) -> list[int]:
        """Return the articles that were in a story when the period began."""
        near = {story_id} | (self._touched if story_id in self._touched else set())
        return [
            article.id
            for own in self._store.stories.members_of(near).values()
            for article in own
            if article.first_seen_at < self.since
            and article.story_id is not None
            and self.story_of(article.id, article.story_id) == story_id
        ]

    def matched(self, article_id: int) -> tuple[Article, list[Match]] | None:
        """Return an article from before the period with what the rules of that time found; None where they did not."""
        matches = self._store.articles.matches([article_id]).get(article_id)
        article = self._store.articles.get([article_id]).get(article_id)
        if article is None or article.story_id is None or not matches or article.first_seen_at >= self.since:
            return None
        was = as_of(article, self._store.archive.edits_of([article_id]).get(article_id, ()), self.since)
        return replace(was, story_id=self.story_of(article_id, article.story_id)), matches

    def held(self) -> dict[str, dict[int, None]]:
        """Return what was held when the period began: articles by feed, in order of arrival."""
        held: dict[str, dict[int, None]] = {}
        for surge in self._store.feeds.surges(self.since):
            start = self._store.archive.first_since(surge.at) if surge.at < self.since else None
            while start is not None and (articles := self._store.archive.articles(start, BATCH)):
                came = [a.id for a in articles if a.feed_id == surge.feed_id and a.first_seen_at == surge.at]
                kept = {
                    each.article_id for each in self._store.alerts.withheld(came) if each.kind is WithheldKind.SURGE
                }
                held.setdefault(surge.feed_id, {}).update(dict.fromkeys(sorted(kept)))
                start = articles[-1].id + 1 if articles[-1].first_seen_at <= surge.at else None
        return held

    def window(self) -> Iterator[tuple[Article, frozenset[str]]]:
        """Yield the articles with which later ones are compared, as they stood, each with the actors known of it."""
        start = self._store.archive.first_since(self.since - WINDOW)
        while start is not None and (articles := self._store.archive.articles(start, BATCH)):
            start = articles[-1].id + 1
            earlier = [article for article in articles if article.first_seen_at < self.since]
            if not earlier:
                return
            ids = [article.id for article in earlier]
            edits, matches = self._store.archive.edits_of(ids), self._store.articles.matches(ids)
            for article in earlier:
                if article.story_id is not None:
                    was = as_of(article, edits.get(article.id, ()), self.since)
                    placed = replace(was, story_id=self.story_of(article.id, article.story_id))
                    yield placed, actors_of(matches.get(article.id, ()))
