"""What desks would have been told by one rule book, occasion after occasion.

Owns the memory of a run that never was: which alerts it raised for which story. It decides nothing itself: matching is
`rules.matcher`, routing is `desks.routing`, as in the live run. Digests and sending have no part in it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from monitor.articles.edits import changed_in
from monitor.desks.routing import route
from monitor.model import Alert, Article, Feed, Match, Story
from monitor.rules.book import RuleBook
from monitor.rules.matching.matcher import Matcher, RuleFault
from monitor.text.document import Document, document_of
from monitor.workbench.history import Occasion

ToldBefore = Callable[[int], Sequence[Alert]]
"""Gives the alerts that a story really had before the period began."""


@dataclass(frozen=True, slots=True)
class Weighed:
    """What one occasion came to under a book."""

    matches: tuple[Match, ...] = ()
    alerts: tuple[Alert, ...] = ()
    """With id 0."""


class Replay:
    """One book in force from the beginning of the period."""

    def __init__(self, book: RuleBook, told_before: ToldBefore) -> None:
        self.book = book
        self._matcher = Matcher(book)
        self._told_before = told_before
        self._told: dict[int, list[Alert]] = {}

    @property
    def faults(self) -> tuple[RuleFault, ...]:
        """Return the rules that muted themselves, with their reasons."""
        return self._matcher.faults

    def weigh(self, occasion: Occasion, document: Document | None = None) -> Weighed:
        """Match an article as it was read and raise the alerts that this means.

        Args:
            occasion: The next one; their order matters.
            document: The occasion's article, where it was read for matching already.
        """
        article = occasion.article
        matches = self._matcher.match(document or document_of(article)).matches
        if not matches or article.is_baseline or article.story_id is None:
            return Weighed(matches)
        told = self._told.get(article.story_id)
        if told is None:
            told = self._told[article.story_id] = list(self._told_before(article.story_id))
        routing = route(
            article=article,
            # Routing asks a story for its id alone; what it is called is looked up once, for the report.
            story=Story(article.story_id, article.id, article.title, occasion.at),
            matches=matches,
            told=told,
            desks=self.book.desks,
            now=occasion.at,
            edit=occasion.edit,
            changed=changed_in(occasion.edit) if occasion.edit is not None else "",
        )
        told += routing.alerts
        return Weighed(matches, routing.alerts)


def as_read_by(article: Article, was: Feed | None, now: Feed | None) -> Article:
    """Return an article as it would be, had its feed said other things of itself.

    Args:
        article: As it was read while `was` described its feed.
        was: Its tags stand before the article's own, and its language where the article names none.
        now: What takes their place; None leaves everything.
    """
    if was is None or now is None or (was.tags == now.tags and was.language == now.language):
        return article
    own = [tag for tag in article.tags if tag not in was.tags]
    language = now.language if article.language == was.language else article.language
    return replace(article, tags=tuple(dict.fromkeys((*now.tags, *own))), language=language)
