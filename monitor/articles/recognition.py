"""Which known article an entry is, by its keys and its words, with the reason.

Owns what each key is worth once the publisher may have given it to another story, and which words an article was seen
in. What is new, edited or repeated in a document follows from it and is `intake`'s to say.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from monitor.articles.readings import Reading
from monitor.articles.versions import alike
from monitor.model import Article, ArticleKey, Entry, Feed, KeyKind, Zone

SAME_HOURS = timedelta(hours=12)
"""Within this time a publisher who rewrites headline and text under one address still writes the same article."""
_EVIDENCE = {KeyKind.FEED_ID: "id in this feed", KeyKind.ADDRESS: "address", KeyKind.TEXT: "title and text"}


def recognise(
    reading: Reading,
    keys: Sequence[ArticleKey],
    feed: Feed,
    known: Mapping[ArticleKey, int],
    articles: Mapping[int, Article],
    *,
    now: datetime,
) -> tuple[int | None, str]:
    """Find the known article that an entry is, with the reason; None for a new one."""
    if (seen_so := settled(reading, known)) is not None:
        strongest = next(key.kind for key in reading.keys if key in known)
        return seen_so, f"known by its {_EVIDENCE[strongest]}"
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


def settled(reading: Reading, known: Mapping[ArticleKey, int]) -> int | None:
    """Return the article of an entry that was seen in these words; None where the words are new, or a key disagrees.

    Whatever its article says by now, no comparison of texts could make another one of it.
    """
    found = named_by(reading, known) or {known[key] for key in reading.versions if key in known}
    if len(found) != 1:
        return None
    (article_id,) = found
    return article_id if is_worded_so(article_id, reading, known) else None


def named_by(reading: Reading, known: Mapping[ArticleKey, int]) -> set[int]:
    """Return the articles that an entry's id and address stood for, its words left aside."""
    return {known[key] for key in reading.keys if key.kind is not KeyKind.TEXT and key in known}


def is_worded_so(article_id: int, reading: Reading, known: Mapping[ArticleKey, int]) -> bool:
    """Say whether an article was seen in an entry's words; that another one was says nothing of it."""
    return any(known.get(key) == article_id for key in reading.versions)


def news_of(article: Article) -> str:
    """Return the text of a stored article without its boilerplate."""
    return "\n".join(article.body[z.start : z.end] for z in article.zones if z.zone is not Zone.BOILERPLATE)


def _is_another_story(
    stored: Article, reading: Reading, kind: KeyKind, by_kind: Mapping[KeyKind, int], *, feed: Feed, now: datetime
) -> str | None:
    """Say why an id or address now stands for another story; None while it is the same.

    A rewritten article keeps some of its words, or its id and address, or its time. Losing an article to a reused
    address is worse than telling of a rewritten one twice, so in doubt it is another.
    """
    if alike(stored.title, news_of(stored), reading.entry.title, reading.text):
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
