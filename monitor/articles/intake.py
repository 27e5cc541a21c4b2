"""What one poll of one feed means: which entries are new, known, edited or repeats, each with its reason.

Owns the decision only. It is given what the store knows and gives values back; order in the document is order of
arrival, and nothing is dropped or ordered by a publisher's date.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from monitor.articles.edits import EditKind, Judgement, judge
from monitor.articles.identity import content_words
from monitor.articles.readings import Reading, Readings
from monitor.articles.recognition import is_worded_so, named_by, news_of, recognise, settled
from monitor.articles.versions import alike
from monitor.model import Article, ArticleKey, Edit, Entry, Feed, KeyKind, Sighting

SURGE_AT_LEAST = 20
"""New entries in one poll from which a feed that looks half new at once is pointed out."""
_PROMOTED_WITHIN = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Arrival:
    """An entry that is a new article."""

    article: Article
    """With id 0."""
    keys: tuple[ArticleKey, ...]
    sightings: tuple[Sighting, ...]
    """Where it stands in this document, with article id 0; several when the document repeats it."""
    because: str
    reused: tuple[ArticleKey, ...] = ()
    """Those of the keys that were another article's until now: the publisher gave its id or address to this story."""


@dataclass(frozen=True, slots=True)
class Seen:
    """An entry that is a known article."""

    article_id: int
    sighting: Sighting
    keys: tuple[ArticleKey, ...]
    """Keys it did not have yet."""
    because: str
    promoted: Article | None = None
    """The article, no longer baseline, when it was only known from a baseline and is news by now: it is to be stored
    and treated as an arrival."""


@dataclass(frozen=True, slots=True)
class Revision:
    """A known article that this entry words anew."""

    edit: Edit
    article: Article
    """As it stands in the store from now on: the fuller text is kept."""
    reading: Article
    """As this entry has it: what rules are to be tried on."""
    judgement: Judgement


@dataclass(frozen=True, slots=True)
class Repeat:
    """An entry that the document has twice, or that says nothing. Positions count entries from 0."""

    position: int
    of: int | None
    because: str


@dataclass(frozen=True, slots=True)
class Intake:
    """Everything one document means, in its order."""

    arrivals: tuple[Arrival, ...] = ()
    sightings: tuple[Seen, ...] = ()
    revisions: tuple[Revision, ...] = ()
    repeats: tuple[Repeat, ...] = ()
    surge: str | None = None
    """Why this looks like a feed that changed all its ids rather than like news, None when it does not."""

    @property
    def edits(self) -> tuple[tuple[Edit, Article], ...]:
        """Return what `ArticleStore.edit` takes."""
        return tuple((revision.edit, revision.article) for revision in self.revisions)


def articles_wanted(document: Readings, known: Mapping[ArticleKey, int]) -> set[int]:
    """Return the articles whose text is needed to plan: those of entries in other words than were seen before."""
    return {
        known[key]
        for reading in document.each
        if settled(reading, known) is None
        for key in reading.keys
        if key in known
    }


def plan_intake(
    document: Readings,
    *,
    feed: Feed,
    is_baseline: bool,
    known: Mapping[ArticleKey, int],
    articles: Mapping[int, Article],
    now: datetime,
) -> Intake:
    """Decide what each entry of one document is.

    Args:
        document: Its entries.
        feed: Whose document it is; `feed.baseline_newest` entries of a baseline are news all the same.
        is_baseline: Whether the feed's baseline is open: its first good poll, or the second after a cut document.
        known: Article ids by key, for the keys of the document.
        articles: Those that are wanted (`articles_wanted`); one of these that is missing was pruned, and stays known.
        now: When the document was fetched, aware, in UTC.

    Returns:
        Arrivals, sightings, revisions and repeats; each entry that was read is in one of arrivals, sightings and
        repeats.
    """
    kept, repeats, folded = _without_repeats(document.each, known)
    counts = Counter(
        key for reading in kept for key in {*reading.keys, *(k for r in folded[reading.position] for k in r.keys)}
    )
    arrivals: list[Arrival] = []
    seen: list[Seen] = []
    revisions: list[Revision] = []
    current: dict[int, Article] = {}
    for place, reading in enumerate(kept):
        group = (reading, *folded[reading.position])
        keys = tuple(dict.fromkeys(key for r in group for key in r.keys if counts[key] == 1)) or reading.keys[-1:]
        article_id, because = recognise(reading, keys, feed, known, articles, now=now)
        if article_id is None:
            is_old = is_baseline and place >= feed.baseline_newest
            article = _article(reading, feed, now, is_baseline=is_old)
            sightings = tuple(dict.fromkeys(_sighting(0, r.entry, feed.id, now) for r in group))
            reused = tuple(key for key in keys if key in known)
            arrivals.append(Arrival(article, keys, sightings, f"{because}; baseline" if is_old else because, reused))
            continue
        stored = current.get(article_id, articles.get(article_id))
        revision = None if stored is None else _revision(stored, reading, feed, known, now)
        fresh = _fresh(group, keys, article_id, known)
        promoted = None
        why_news = ""
        if stored is not None and stored.is_baseline and not is_baseline:
            why_news = _why_news(stored, reading, revision, feed, known, now=now)
        if stored is not None and why_news:
            # News as this feed words it; its own revision stays a baseline's, or desks would hear of both.
            promoted = replace(stored if revision is None else revision.reading, is_baseline=False)
            because = f"{because}; {why_news}"
            current[article_id] = replace(stored, is_baseline=False)
        for r in group:
            seen.append(Seen(article_id, _sighting(article_id, r.entry, feed.id, now), fresh, because, promoted))
            fresh, promoted = (), None
        if revision is not None:
            revisions.append(revision)
            now_known = current.get(article_id, revision.article)
            current[article_id] = replace(revision.article, is_baseline=now_known.is_baseline)
    surge = None
    if not is_baseline:
        surge = surge_of(len(arrivals), old_among(arrivals, now), entries=len(kept) + document.familiar)
    return Intake(tuple(arrivals), tuple(seen), tuple(revisions), tuple(repeats), surge)


def _fresh(
    group: Sequence[Reading], keys: Sequence[ArticleKey], article_id: int, known: Mapping[ArticleKey, int]
) -> tuple[ArticleKey, ...]:
    """Return the keys that a known article gets; words that cannot be its own are kept together with its id."""
    fresh = [key for key in keys if key not in known]
    for reading in group:
        if not is_worded_so(article_id, reading, known) and not set(reading.versions) & set(fresh):
            fresh.extend(reading.versions[1:])
    return tuple(fresh)


def _without_repeats(
    readings: Sequence[Reading], known: Mapping[ArticleKey, int]
) -> tuple[list[Reading], list[Repeat], dict[int, list[Reading]]]:
    """Fold entries that share a key and a text into the first of them, unless they are two known articles."""
    kept: list[Reading] = []
    repeats: list[Repeat] = []
    folded: dict[int, list[Reading]] = {}
    by_key: dict[ArticleKey, list[Reading]] = {}
    for reading in readings:
        if not reading.keys:
            repeats.append(Repeat(reading.position, None, "it has neither id nor address nor words"))
            continue
        likely = (twin for key in reading.keys for twin in by_key.get(key, ()) if _is_same_text(twin, reading))
        twin = next((twin for twin in likely if not _are_two_articles(twin, reading, known)), None)
        if twin is not None:
            repeats.append(Repeat(reading.position, twin.position, f"the document has it at {twin.position} already"))
            folded[twin.position].append(reading)
        else:
            kept.append(reading)
            folded[reading.position] = []
            for key in reading.keys:
                # A key that many different entries share would make this quadratic, and is worth nothing.
                if len(by_key.setdefault(key, [])) < 3:
                    by_key[key].append(reading)
    return kept, repeats, folded


def _is_same_text(left: Reading, right: Reading) -> bool:
    shared_text = any(key.kind is KeyKind.TEXT for key in set(left.keys) & set(right.keys))
    return shared_text or alike(left.entry.title, left.text, right.entry.title, right.text, both=True)


def _are_two_articles(left: Reading, right: Reading, known: Mapping[ArticleKey, int]) -> bool:
    """Say whether ids and addresses name one known article here and another there: one notice may replace both."""
    here, there = named_by(left, known), named_by(right, known)
    return bool(here and there) and here.isdisjoint(there)


def _why_news(
    stored: Article,
    reading: Reading,
    revision: Revision | None,
    feed: Feed,
    known: Mapping[ArticleKey, int],
    *,
    now: datetime,
) -> str:
    """Say why an article of a baseline is news: new in another feed, or under a headline that says more; "" if not.

    An old one never is.
    """
    dated = stored.published_at or reading.entry.published or stored.first_seen_at
    if now - dated > _PROMOTED_WITHIN:
        return ""
    own = [key for key in reading.keys if key.kind is not KeyKind.ADDRESS]
    if stored.feed_id != feed.id and not any(key in known for key in own):
        return f"until now only in the baseline of {stored.feed_id}"
    if revision is not None and revision.judgement.kind.is_news:
        says = content_words(revision.edit.new_title) - content_words(stored.title)
        if says - content_words(news_of(stored)):
            return f"in the baseline of {stored.feed_id} as “{stored.title}”"
    return ""


def _revision(
    stored: Article, reading: Reading, feed: Feed, known: Mapping[ArticleKey, int], now: datetime
) -> Revision | None:
    """Say how an entry words a known article anew; None when these words were seen before, or say less.

    The keys of words are the memory of versions: two feeds that word one article in two ways, or a publisher who goes
    back and forth, make one revision each.
    """
    if is_worded_so(stored.id, reading, known):
        return None
    judgement = judge(stored.title, news_of(stored), reading.entry.title, reading.text)
    if judgement.kind in (EditKind.SAME, EditKind.CUT):
        return None
    now_read = _article(reading, feed, now, is_baseline=stored.is_baseline)
    reading_of = replace(stored, title=now_read.title or stored.title, body=now_read.body, zones=now_read.zones)
    keeps_text = len(now_read.body) * 2 < len(stored.body)
    article = replace(reading_of, body=stored.body, zones=stored.zones) if keeps_text else reading_of
    because = judgement.because if stored.feed_id == feed.id else f"{judgement.because} (as {feed.id} has it)"
    edit = Edit(
        article_id=stored.id,
        at=now,
        old_title=stored.title,
        new_title=reading_of.title,
        old_body=stored.body,
        new_body=reading_of.body,
        because=because,
        old_zones=stored.zones,
        new_zones=reading_of.zones,
    )
    return Revision(edit, article, reading_of, judgement)


def old_among(arrivals: Sequence[Arrival], now: datetime) -> int:
    """Return how many of some new articles are dated over two days ago."""
    dates = [arrival.article.published_at for arrival in arrivals]
    return sum(1 for date in dates if date is not None and now - date > timedelta(days=2))


def surge_of(new: int, old: int, *, entries: int) -> str | None:
    """Say why a document looks like that of a feed that changed all its ids rather than like news, None if it does not.

    Args:
        new: Entries of the document that are new articles.
        old: Those of them that are dated over two days ago (`old_among`).
        entries: Of the document, without repeats.
    """
    if new < SURGE_AT_LEAST or new * 2 < entries or old * 2 < new:
        return None
    return f"{new} of {entries} entries look new at once, {old} of them dated over two days ago"


def _article(reading: Reading, feed: Feed, now: datetime, *, is_baseline: bool) -> Article:
    entry, extracted = reading.entry, reading.extracted
    return Article(
        id=0,
        feed_id=feed.id,
        url=entry.url,
        title=" ".join(entry.title.split()),
        body=extracted.text,
        zones=extracted.zones,
        first_seen_at=now,
        language=entry.language or feed.language,
        authors=entry.authors,
        tags=tuple(dict.fromkeys((*feed.tags, *entry.tags))),
        published_at=entry.published,
        is_baseline=is_baseline,
    )


def _sighting(article_id: int, entry: Entry, feed_id: str, now: datetime) -> Sighting:
    return Sighting(article_id, feed_id, entry.url, entry.id, now)
