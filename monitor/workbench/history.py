"""What a live run met, and when: the archive played back as occasions on which articles were read, and what people did.

Owns how an article stood at a moment that has passed. An article is weighed when it arrives, again when its publisher
words it anew, and again when what was only one feed's baseline turns out to be news in another. The archive keeps the
newest text and every change with the zones of both texts, so each earlier text is found again; times of baselines and
sightings say the rest. Between them people merged and split stories, and decided what was held of a feed.

Polls that share one moment to the microsecond are taken for one.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import groupby

from monitor.model import Article, DecisionMaker, Edit, FeedState, Sighting, StoryDecision, ZoneSpan
from monitor.ports import Store

BATCH = 500
"""Articles in memory at a time: about 2 MB of text."""
LOOKS_BACK = timedelta(days=4)
"""How much earlier than the period reading begins: an article of a baseline can be news for three days (`intake`)."""


@dataclass(frozen=True, slots=True)
class Occasion:
    """One moment at which the rules were tried on an article."""

    article: Article
    """As it was read then, and baseline if it was one then; its story is the one that it is in now."""
    at: datetime
    edit: Edit | None = None
    """The change that made it be looked at again."""
    stored: Article | None = None
    """As the store had it after the change: of two texts it keeps the fuller one."""
    in_surge: bool = False
    """It came when its feed looked new all at once: what it means is held."""


@dataclass(frozen=True, slots=True)
class Harvest:
    """What one poll tried rules on: what was new, then what it made news, then what was worded anew."""

    at: datetime
    occasions: tuple[Occasion, ...]


@dataclass(frozen=True, slots=True)
class SurgeOver:
    """A person's decision about what was held of a feed."""

    feed_id: str
    at: datetime
    told: bool
    """Released to the desks; False: dropped."""


Happening = Harvest | StoryDecision | SurgeOver


def first_id(store: Store, since: datetime) -> int | None:
    """Return the id with which reading begins, None where there is nothing to read."""
    return store.archive.first_since(since - LOOKS_BACK)


def happenings(
    store: Store, since: datetime, *, passed: Callable[[int], None] = lambda articles: None
) -> Iterator[Happening]:
    """Play back what happened from a time on, in the order in which it happened.

    Args:
        store: Read a batch at a time; changes nothing.
        since: What happened earlier is left out.
        passed: Told after each batch how many articles it had.
    """
    states = store.feeds.states()
    surges = store.feeds.surges(since - LOOKS_BACK)
    ends = {SurgeOver(each.feed_id, each.ended_at, each.told) for each in surges if each.ended_at is not None}
    in_surge = frozenset((surge.feed_id, surge.at) for surge in surges)
    # `merge` keeps the order of its arguments at one moment: a poll stores what is new before what was reworded.
    read = heapq.merge(_arrivals(store, since, states, in_surge, passed), _edits(store, since, states), key=_when)
    harvests = (Harvest(at, tuple(occasions)) for at, occasions in groupby(read, key=_when))
    # What the monitor decided a run with another book decides by itself: it follows from what its articles show.
    people = [each for each in store.stories.decisions() if each.maker is DecisionMaker.PERSON]
    every: Iterator[Happening] = heapq.merge(sorted(people, key=_when), sorted(ends, key=_when), harvests, key=_when)
    return (happening for happening in every if happening.at >= since)


def _when(happening: Happening | Occasion) -> datetime:
    return happening.at


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
    store: Store,
    since: datetime,
    states: Mapping[str, FeedState],
    in_surge: frozenset[tuple[str, datetime]],
    passed: Callable[[int], None],
) -> Iterator[Occasion]:
    """Yield arrivals, and promotions at their own later moments."""
    start = first_id(store, since)
    promoted: list[tuple[datetime, int, Occasion]] = []
    promotions = 0  # a poll makes news of articles in the order in which they once came
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
            at = article.first_seen_at
            first = replace(as_of(article, own, at), is_baseline=article.is_baseline or promotion is not None)
            yield Occasion(first, at, in_surge=(article.feed_id, at) in in_surge)
            if promotion is not None:
                promotions += 1
                occasion = Occasion(_as_promoted(article, own, promotion), promotion)
                heapq.heappush(promoted, (promotion, promotions, occasion))
        passed(len(articles))
    while promoted:
        yield heapq.heappop(promoted)[2]


def _edits(store: Store, since: datetime, states: Mapping[str, FeedState]) -> Iterator[Occasion]:
    last = 0
    while numbered := store.archive.edits(last, since, BATCH):
        last = numbered[-1][0]
        ids = {edit.article_id for _, edit in numbered}
        articles, edits = store.articles.get(ids), store.archive.edits_of(ids)
        sightings = store.archive.sightings_of(ids)
        for _, edit in numbered:
            article = articles.get(edit.article_id)
            if article is None:
                continue
            promotion = _promotion(article, sightings.get(article.id, ()), states)
            # What one poll both promotes and rewords is news in its new words, and no development of them.
            is_baseline = article.is_baseline or (promotion is not None and edit.at <= promotion)
            read = _with_text(article, edit.new_title, edit.new_body, edit.new_zones)
            told_as = None if promotion is not None and edit.at == promotion else edit
            own = edits.get(article.id, [edit])
            after = own[own.index(edit) + 1 :]
            stored = as_of(article, after, edit.at)
            yield Occasion(replace(read, is_baseline=is_baseline), edit.at, told_as, stored)


def as_of(article: Article, edits: Sequence[Edit], moment: datetime) -> Article:
    """Return an article as it stood just before what happened at a moment.

    Args:
        article: As it stands now.
        edits: All of its changes, earliest first.
        moment: Aware, in UTC.
    """
    following = next((edit for edit in edits if edit.at >= moment), None)
    if following is None:
        return article
    return _with_text(article, following.old_title, following.old_body, following.old_zones)


def _as_promoted(article: Article, edits: Sequence[Edit], moment: datetime) -> Article:
    """Return an article in the words in which it became news: those of the entry that made it so."""
    worded = next((edit for edit in edits if edit.at == moment), None)
    if worded is None:
        return as_of(article, edits, moment)
    return _with_text(article, worded.new_title, worded.new_body, worded.new_zones)


def _with_text(article: Article, title: str, body: str, zones: tuple[ZoneSpan, ...]) -> Article:
    return replace(article, title=title, body=body, zones=zones)


def _promotion(
    article: Article, sightings: Sequence[tuple[int, Sighting]], states: Mapping[str, FeedState]
) -> datetime | None:
    """Return when an article of a baseline became news; None where it did not.

    It came with the first good poll of its feed and is no baseline now. Where the store does not say since when, as it
    did not always, a feed made it news that read it later, and not in a first poll of its own.
    """
    if article.promoted_at is not None:
        return article.promoted_at
    if article.is_baseline or not _is_first_poll(article.feed_id, article.first_seen_at, states):
        return None
    return next(
        (
            sighting.seen_at
            for _, sighting in sightings
            if sighting.feed_id != article.feed_id and not _is_first_poll(sighting.feed_id, sighting.seen_at, states)
        ),
        None,
    )


def _is_first_poll(feed_id: str, moment: datetime, states: Mapping[str, FeedState]) -> bool:
    """Say whether a poll was of the feed's baseline: one poll, or two where the first document was cut."""
    state = states.get(feed_id)
    return state is not None and state.baseline_at is not None and moment <= state.baseline_at
