"""What the live run weighed, and when: the archive played back as the occasions on which an article was read.

Owns how an article stood at a moment that has passed. An article is weighed when it arrives, again when its publisher
words it anew, and again when what was only one feed's baseline turns out to be news in another. The archive keeps the
newest text and every change, so each earlier text is found again; times of baselines and sightings say the rest.

Two things are worked out instead of remembered. The zones of a text that was replaced since are those of its plain
text, without what the markup said. Of polls that share one moment to the microsecond all arrivals come before all
edits.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from monitor.model import Article, Edit, FeedState, Sighting
from monitor.ports import Store
from monitor.text.zones import zones_of

BATCH = 500
"""Articles in memory at a time: about 2 MB of text."""
LOOKS_BACK = timedelta(days=4)
"""How much earlier than the period reading begins: an article of a baseline can be news for three days (`intake`)."""


@dataclass(frozen=True, slots=True)
class Occasion:
    """One moment at which the rules were tried on an article."""

    article: Article
    """As it was read then, and baseline if it was one then."""
    at: datetime
    edit: Edit | None = None
    """The change that made it be looked at again."""


def first_id(store: Store, since: datetime) -> int | None:
    """Return the id with which reading begins, None where there is nothing to read."""
    return store.archive.first_since(since - LOOKS_BACK)


def occasions(
    store: Store, since: datetime, *, passed: Callable[[int], None] = lambda articles: None
) -> Iterator[Occasion]:
    """Play back what happened from a time on, in the order in which it happened.

    Args:
        store: Read a batch at a time; changes nothing.
        since: Earlier occasions are left out.
        passed: Told after each batch how many articles it had.
    """
    states = store.feeds.states()
    both = heapq.merge(
        _arrivals(store, since, states, passed), _edits(store, since, states), key=lambda occasion: occasion.at
    )
    # `merge` keeps the order of its arguments at one moment: a poll stores what is new before what was reworded.
    return (occasion for occasion in both if occasion.at >= since)


def stored_articles(
    store: Store, since: datetime, *, passed: Callable[[int], None] = lambda articles: None
) -> Iterator[Article]:
    """Yield the articles first seen since a time in order of arrival, each once, as they stand now."""
    start = store.archive.first_since(since)
    while start is not None and (articles := store.archive.articles(start, BATCH)):
        start = articles[-1].id + 1
        yield from (article for article in articles if article.first_seen_at >= since)
        passed(len(articles))


def _arrivals(
    store: Store, since: datetime, states: Mapping[str, FeedState], passed: Callable[[int], None]
) -> Iterator[Occasion]:
    """Yield arrivals, and promotions at their own later moments."""
    start = first_id(store, since)
    promoted: list[tuple[datetime, int, Occasion]] = []
    while start is not None and (articles := store.archive.articles(start, BATCH)):
        start = articles[-1].id + 1
        ids = [article.id for article in articles]
        edits = store.archive.edits_of(ids)
        sightings = store.archive.sightings_of(ids)
        for article in articles:
            while promoted and promoted[0][0] < article.first_seen_at:
                yield heapq.heappop(promoted)[2]
            own = edits.get(article.id, ())
            promotion = _promotion(article, sightings.get(article.id, ()), states)
            first = as_of(article, own, article.first_seen_at)
            yield Occasion(
                replace(first, is_baseline=article.is_baseline or promotion is not None), article.first_seen_at
            )
            if promotion is not None:
                number, at = promotion
                # A poll records sightings in the order of its document, and that is the order in which it promotes.
                heapq.heappush(promoted, (at, number, Occasion(_as_promoted(article, own, at), at)))
        passed(len(articles))
    while promoted:
        yield heapq.heappop(promoted)[2]


def _edits(store: Store, since: datetime, states: Mapping[str, FeedState]) -> Iterator[Occasion]:
    last = 0
    while numbered := store.archive.edits(last, since, BATCH):
        last = numbered[-1][0]
        ids = {edit.article_id for _, edit in numbered}
        articles = store.articles.get(ids)
        sightings = store.archive.sightings_of(ids)
        for _, edit in numbered:
            article = articles.get(edit.article_id)
            if article is None:
                continue
            promotion = _promotion(article, sightings.get(article.id, ()), states)
            # What one poll both promotes and rewords is news in its new words, and no development of them.
            is_baseline = article.is_baseline or (promotion is not None and edit.at <= promotion[1])
            read = replace(_with_text(article, edit.new_title, edit.new_body), is_baseline=is_baseline)
            yield Occasion(read, edit.at, edit)


def as_of(article: Article, edits: Sequence[Edit], moment: datetime) -> Article:
    """Return an article as it stood just before what happened at a moment.

    Args:
        article: As it stands now.
        edits: All of its changes, earliest first.
        moment: Aware, in UTC.
    """
    following = next((edit for edit in edits if edit.at >= moment), None)
    return article if following is None else _with_text(article, following.old_title, following.old_body)


def _as_promoted(article: Article, edits: Sequence[Edit], moment: datetime) -> Article:
    """Return an article in the words in which it became news: those of the entry that made it so."""
    worded = next((edit for edit in edits if edit.at == moment), None)
    if worded is None:
        return as_of(article, edits, moment)
    return _with_text(article, worded.new_title, worded.new_body)


def _with_text(article: Article, title: str, body: str) -> Article:
    zones = article.zones if body == article.body else zones_of(body)
    return replace(article, title=title, body=body, zones=zones)


def _promotion(
    article: Article, sightings: Sequence[tuple[int, Sighting]], states: Mapping[str, FeedState]
) -> tuple[int, datetime] | None:
    """Return which sighting, and when, made news of an article of a baseline; None where none did.

    It came with the first good poll of its feed and is no baseline now: a feed that read it later, and not in a first
    poll of its own, made it news.
    """
    if article.is_baseline or not _is_first_poll(article.feed_id, article.first_seen_at, states):
        return None
    return next(
        (
            (number, sighting.seen_at)
            for number, sighting in sightings
            if sighting.feed_id != article.feed_id and not _is_first_poll(sighting.feed_id, sighting.seen_at, states)
        ),
        None,
    )


def _is_first_poll(feed_id: str, moment: datetime, states: Mapping[str, FeedState]) -> bool:
    state = states.get(feed_id)
    return state is not None and state.baseline_at == moment
