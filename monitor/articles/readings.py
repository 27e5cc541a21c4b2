"""The entries of one document, each read once, with its keys and its text; and which of them a poll need not read.

Owns the reading and what is kept of it for the next poll of the same feed. Most entries of most documents stood in the
last one, word for word; a glance at them by number is enough. Decides nothing about any entry: `intake` does.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import chain, islice

from monitor.articles.identity import keys_of, news_text, version_keys
from monitor.articles.stock import stock_of, without_stock
from monitor.model import ArticleKey, Entry, KeyKind
from monitor.text.extracted import Extracted
from monitor.text.html import to_text

LOOKED_AT_AGAIN_AFTER = timedelta(hours=1)
"""After this time every entry is looked at again, so that its article is seen to stand in the feed still: pruning goes
by days."""
_REMEMBERED = 2_000
"""Entries of one document that are remembered, 64 kB of them at most; feeds have tens."""
_KINDS = len(KeyKind)


@dataclass(frozen=True, slots=True)
class Reading:
    """An entry that was read once."""

    position: int
    """In the document, from 0."""
    entry: Entry
    keys: tuple[ArticleKey, ...]
    extracted: Extracted
    text: str
    """Without boilerplate."""

    @property
    def versions(self) -> tuple[ArticleKey, ...]:
        """Return the keys that remember these words, the first of them among `keys` (`identity.version_keys`)."""
        return version_keys(self.keys)


@dataclass(frozen=True, slots=True)
class Glimpse:
    """What stood in a feed's last document, as numbers that hold for this process."""

    looked_at: datetime
    """When all of its entries were looked at."""
    numbers: array[int]
    """For each entry that shares no key with another its hash and those of its keys, 0 where it has no key of a kind.
    Of 64 bits and keyed anew in each process (https://docs.python.org/3/reference/datamodel.html#object.__hash__), so
    that nobody can make two alike."""
    stock: frozenset[int]
    """The feed's stock sentences (`stock.stock_of`) when all of its entries were looked at."""

    def by_entry(self) -> dict[int, frozenset[int]]:
        """Return the numbers of the keys by that of the entry."""
        step = 1 + _KINDS
        return {
            self.numbers[at]: frozenset(self.numbers[at + 1 : at + step]) - {0}
            for at in range(0, len(self.numbers), step)
        }


@dataclass(frozen=True, slots=True)
class Readings:
    """One document as far as a poll has to look at it."""

    each: tuple[Reading, ...]
    """In document order."""
    familiar: int
    """Further entries, which are as they were in the last document."""
    glimpse: Glimpse
    """To be kept for the feed's next document once this one is stored."""

    @property
    def keys(self) -> tuple[ArticleKey, ...]:
        """Return the keys to ask the store for, each once."""
        return tuple(dict.fromkeys(key for reading in self.each for key in (*reading.keys, *reading.versions)))


def read_entries(entries: Sequence[Entry], feed_id: str, *, before: Glimpse | None = None, now: datetime) -> Readings:
    """Read the entries that are not as they were.

    An entry is passed over when the last document had it with the same words, and no other entry of either shares a key
    with it: that document was stored, so its article is known by every key of it, and nothing can follow from it.

    Args:
        entries: In document order.
        feed_id: Whose document it is.
        before: What the feed's last document left; None where there was none, or it was not stored.
        now: When the document was fetched.
    """
    is_recent = before is not None and timedelta(0) <= now - before.looked_at < LOOKED_AT_AGAIN_AFTER
    known = before.by_entry() if before is not None and is_recent else {}
    hashes = [hash(entry) for entry in entries]
    readings = [_read(at, entry, feed_id) for at, entry in enumerate(entries) if hashes[at] not in known]
    if known:
        passed_over = frozenset[int]().union(*(known[number] for number in hashes if number in known))
        if any(hash(key) in passed_over for reading in readings for key in reading.keys):
            return read_entries(entries, feed_id, now=now)
    stock = before.stock if before is not None and known else stock_of([(r.entry.title, r.extracted) for r in readings])
    readings = [_without_stock(reading, stock) for reading in readings]
    looked_at = before.looked_at if before is not None and is_recent else now
    passed = [(number, known[number]) for number in hashes if number in known]
    glimpse = Glimpse(looked_at, _numbers(passed, readings), stock)
    return Readings(tuple(readings), len(entries) - len(readings), glimpse)


def _read(position: int, entry: Entry, feed_id: str) -> Reading:
    extracted = to_text(entry.html)
    text = news_text(extracted)
    return Reading(position, entry, keys_of(entry, feed_id, text), extracted, text)


def _without_stock(reading: Reading, stock: frozenset[int]) -> Reading:
    """Leave the stock sentences out of the news of an entry; its keys stay, whatever stands in the document with it."""
    extracted = without_stock(reading.extracted, stock)
    return (
        reading if extracted is reading.extracted else replace(reading, extracted=extracted, text=news_text(extracted))
    )


def _numbers(familiar: Iterable[tuple[int, frozenset[int]]], readings: Sequence[Reading]) -> array[int]:
    shared = Counter(key for reading in readings for key in reading.keys)
    alone = [
        (hash(reading.entry), map(hash, reading.keys))
        for reading in readings
        if all(shared[key] == 1 for key in reading.keys)
    ]
    numbers: array[int] = array("q")
    for number, keys in islice(chain(dict(familiar).items(), alone), _REMEMBERED):
        own = tuple(keys)
        numbers.extend((number, *own, *(0,) * (_KINDS - len(own))))
    return numbers
