"""What an edit of the rules does, before it is live: the archive replayed through the live book and the edited one.

Owns the comparison. Both books begin the period with the stories that there were and what desks had really been told of
them, and each then goes its own way: it matches, groups and routes every article as a live run with it would have done.
What people did in that time (stories merged and split, surges released and dropped) happens in both. A feed that only
one book has counts for that book alone; what a feed that is new would have brought is not in the archive.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from monitor.model import Article, Story, StoryDecision
from monitor.ports import Store
from monitor.rules.book import RuleBook
from monitor.rules.tuning.backtest import changes_between
from monitor.text.document import Document, document_of
from monitor.workbench.effects import Backtest, desk_effects, rule_effects
from monitor.workbench.history import BATCH, Harvest, Occasion, happenings
from monitor.workbench.past import Past
from monitor.workbench.replay import Replay, as_read_by
from monitor.workbench.tally import Tally


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
    past = Past(store, since)
    live, edited = Replay(before, past), Replay(after, past)
    for article, actors in past.window():
        live.remember(article, actors)
        edited.remember(article, actors)
    polled = _Polled(store, before, after)
    tally = Tally(frozenset(only))
    articles = 0
    first: datetime | None = None
    for happening in happenings(store, since, passed=passed):
        match happening:
            case Harvest():
                first = first or happening.at
                articles += sum(occasion.stored is None for occasion in happening.occasions)
                was, now = zip(*map(polled.read, happening.occasions), strict=True)
                weighed = list(zip(happening.occasions, live.poll(was), edited.poll(now), strict=True))
                tally.followed(live.moved_on(), edited.moved_on())
                for told in weighed:
                    tally.weighed(*told)
            case StoryDecision():
                tally.followed(live.follow(happening), edited.follow(happening))
            case _:
                tally.followed(live.end_surge(happening), edited.end_surge(happening))
    changes = {id_: change for id_, change in changes_between(before, after).items() if tally.reports(id_)}
    return Backtest(
        since=first or since,
        until=until,
        articles=articles,
        feeds_gained=tuple(sorted(after.feeds.keys() - before.feeds.keys())),
        feeds_lost=tuple(sorted(before.feeds.keys() - after.feeds.keys())),
        rules=tuple(rule_effects(tally.hits, changes)),
        stories=tuple(tally.effects(_names(store, tally.firsts))),
        desks=tuple(desk_effects(tally.told, before.desks, after.desks)),
        held_before=live.held,
        held_after=edited.held,
        muted_before=live.faults,
        muted_after=edited.faults,
    )


def _names(store: Store, article_ids: Sequence[int]) -> dict[int, Story]:
    """Return the story of each article in the archive."""
    story_ids: dict[int, int] = {}
    for start in range(0, len(article_ids), BATCH):
        articles = store.articles.get(article_ids[start : start + BATCH]).values()
        story_ids.update((article.id, article.story_id) for article in articles if article.story_id is not None)
    stories = store.stories.get(set(story_ids.values()))
    return {article_id: stories[story_id] for article_id, story_id in story_ids.items() if story_id in stories}


_Read = tuple[Occasion, Document]


class _Polled:
    """Knows which book would have had an article, and how it would have read it."""

    def __init__(self, store: Store, before: RuleBook, after: RuleBook) -> None:
        self._store, self._before, self._after = store, before, after
        self._only_before = before.feeds.keys() - after.feeds.keys()
        self._only_after = after.feeds.keys() - before.feeds.keys()

    def read(self, occasion: Occasion) -> tuple[_Read | None, _Read | None]:
        """Return an occasion as each book reads it, None where its feeds are not polled."""
        article = occasion.article
        document = document_of(article)
        was = (occasion, document) if self._has(article, self._only_after) else None
        if not self._has(article, self._only_before):
            return was, None
        feeds = self._before.feeds.get(article.feed_id), self._after.feeds.get(article.feed_id)
        reread = as_read_by(article, *feeds)
        if reread is article:
            return was, (occasion, document)
        stored = None if occasion.stored is None else as_read_by(occasion.stored, *feeds)
        return was, (replace(occasion, article=reread, stored=stored), document_of(reread))

    def _has(self, article: Article, dropped: frozenset[str] | set[str]) -> bool:
        """Say whether some feed that carried the article is polled; one that neither book names counts as polled."""
        if article.feed_id not in dropped:
            return True
        return any(sighting.feed_id not in dropped for sighting in self._store.articles.sightings(article.id))
