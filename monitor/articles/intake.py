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
from monitor.articles.readings import Reading, Readings
from monitor.articles.versions import alike
from monitor.model import Article, ArticleKey, Edit, Entry, Feed, KeyKind, Sighting, Zone

SAME_HOURS = timedelta(hours=12)
"""Within this time a publisher who rewrites headline and text under one address still writes the same article."""
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
    """The article, no longer baseline, when it was only known from another feed's baseline and is news in this one:
    it is to be stored and treated as an arrival."""


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
        if _settled(reading, known) is None
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
    kept, repeats, folded = _without_repeats(document.each)
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
        article_id, because = _recognise(reading, keys, feed, known, articles, now=now)
        if article_id is None:
            is_old = is_baseline and place >= feed.baseline_newest
            article = _article(reading, feed, now, is_baseline=is_old)
            sightings = tuple(dict.fromkeys(_sighting(0, r.entry, feed.id, now) for r in group))
            reused = tuple(key for key in keys if key in known)
            arrivals.append(Arrival(article, keys, sightings, f"{because}; baseline" if is_old else because, reused))
            continue
        stored = current.get(article_id, articles.get(article_id))
        revision = None if stored is None else _revision(stored, reading, feed, known, now)
        fresh = tuple(key for key in keys if key not in known)
        promoted = None
        if stored is not None and not is_baseline and _is_news_here(stored, reading, feed, known, now):
            # News as this feed words it; its own revision stays a baseline's, or desks would hear of both.
            promoted = replace(stored if revision is None else revision.reading, is_baseline=False)
            because = f"{because}; until now only in the baseline of {stored.feed_id}"
            current[article_id] = replace(stored, is_baseline=False)
        for r in group:
            seen.append(Seen(article_id, _sighting(article_id, r.entry, feed.id, now), fresh, because, promoted))
            fresh, promoted = (), None
        if revision is not None:
            revisions.append(revision)
            now_known = current.get(article_id, revision.article)
            current[article_id] = replace(revision.article, is_baseline=now_known.is_baseline)
    surge = None if is_baseline else _surge(arrivals, len(kept) + document.familiar, now)
    return Intake(tuple(arrivals), tuple(seen), tuple(revisions), tuple(repeats), surge)


def _without_repeats(
    readings: Sequence[Reading],
) -> tuple[list[Reading], list[Repeat], dict[int, list[Reading]]]:
    """Fold entries that share a key and a text into the first of them."""
    kept: list[Reading] = []
    repeats: list[Repeat] = []
    folded: dict[int, list[Reading]] = {}
    by_key: dict[ArticleKey, list[Reading]] = {}
    for reading in readings:
        if not reading.keys:
            repeats.append(Repeat(reading.position, None, "it has neither id nor address nor words"))
            continue
        twin = next((t for key in reading.keys for t in by_key.get(key, ()) if _is_same_text(t, reading)), None)
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


def _recognise(
    reading: Reading,
    keys: Sequence[ArticleKey],
    feed: Feed,
    known: Mapping[ArticleKey, int],
    articles: Mapping[int, Article],
    *,
    now: datetime,
) -> tuple[int | None, str]:
    """Find the known article that an entry is, with the reason; None for a new one."""
    if (settled := _settled(reading, known)) is not None:
        strongest = next(key.kind for key in reading.keys if key in known)
        return settled, f"known by its {_EVIDENCE[strongest]}"
    refused = ""
    by_kind: dict[KeyKind, int] = {}
    for key in keys:
        if key in known:
            by_kind.setdefault(key.kind, known[key])
    for kind in KeyKind:
        article_id = by_kind.get(kind)
        if article_id is None:
            continue
        stored = articles.get(article_id)
        if stored is None:
            return article_id, f"known by its {_EVIDENCE[kind]}, pruned since"
        other = None if kind is KeyKind.TEXT else _is_another_story(stored, reading, kind, by_kind, feed=feed, now=now)
        if other is None:
            return article_id, f"known by its {_EVIDENCE[kind]}"
        refused = refused or f"its {_EVIDENCE[kind]} was article {article_id}'s, but {other}"
    return None, refused or "no key of it is known"


def _settled(reading: Reading, known: Mapping[ArticleKey, int]) -> int | None:
    """Return the article of an entry that was seen in these words; None where the words are new, or a key disagrees.

    Whatever its article says by now, no comparison of texts could make another one of it.
    """
    found = {known[key] for key in reading.keys if key in known}
    is_worded_so = any(key.kind is KeyKind.TEXT and key in known for key in reading.keys)
    return found.pop() if is_worded_so and len(found) == 1 else None


_EVIDENCE = {KeyKind.FEED_ID: "id in this feed", KeyKind.ADDRESS: "address", KeyKind.TEXT: "title and text"}


def _is_another_story(
    stored: Article, reading: Reading, kind: KeyKind, by_kind: Mapping[KeyKind, int], *, feed: Feed, now: datetime
) -> str | None:
    """Say why an id or address now stands for another story; None while it is the same.

    A rewritten article keeps some of its words, or its id and address, or its time. Losing an article to a reused
    address is worse than telling of a rewritten one twice, so in doubt it is another.
    """
    if alike(stored.title, _news_of(stored), reading.entry.title, reading.text):
        return None
    says = "title and text are another story's"
    if by_kind.get(KeyKind.FEED_ID) == by_kind.get(KeyKind.ADDRESS) is not None:
        return None if _is_near(stored, reading.entry, now) else f"{says} and it is later"
    if kind is KeyKind.FEED_ID or (stored.feed_id == feed.id and reading.entry.id):
        return says
    return None if _is_near(stored, reading.entry, now) else f"{says} and it is later"


def _is_near(stored: Article, entry: Entry, now: datetime) -> bool:
    if stored.published_at is not None and entry.published is not None:
        return abs(entry.published - stored.published_at) <= SAME_HOURS
    return now - stored.first_seen_at <= SAME_HOURS


def _is_news_here(
    stored: Article, reading: Reading, feed: Feed, known: Mapping[ArticleKey, int], now: datetime
) -> bool:
    """Say whether an article of another feed's baseline is news in this one: new in it, and not old."""
    own = [key for key in reading.keys if key.kind is not KeyKind.ADDRESS]
    dated = stored.published_at or reading.entry.published or stored.first_seen_at
    return (
        stored.is_baseline
        and stored.feed_id != feed.id
        and not any(key in known for key in own)
        and now - dated <= _PROMOTED_WITHIN
    )


def _revision(
    stored: Article, reading: Reading, feed: Feed, known: Mapping[ArticleKey, int], now: datetime
) -> Revision | None:
    """Say how an entry words a known article anew; None when these words were seen before, or say less.

    The text key is the memory of versions: two feeds that word one article in two ways, or a publisher who goes back
    and forth, make one revision each.
    """
    if any(key.kind is KeyKind.TEXT and key in known for key in reading.keys):
        return None
    judgement = judge(stored.title, _news_of(stored), reading.entry.title, reading.text)
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


def _news_of(article: Article) -> str:
    return "\n".join(article.body[z.start : z.end] for z in article.zones if z.zone is not Zone.BOILERPLATE)


def _surge(arrivals: Sequence[Arrival], entries: int, now: datetime) -> str | None:
    old = sum(
        1 for a in arrivals if a.article.published_at is not None and now - a.article.published_at > timedelta(days=2)
    )
    if len(arrivals) < SURGE_AT_LEAST or len(arrivals) * 2 < entries or old * 2 < len(arrivals):
        return None
    return f"{len(arrivals)} of {entries} entries look new at once, {old} of them dated over two days ago"


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
