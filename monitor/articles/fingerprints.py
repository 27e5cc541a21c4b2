"""Which articles of the window have a fingerprint.

Owns this index. There are some fifty fingerprints an article, so it is a hash table of bytes and not of objects: ten
bytes a fingerprint instead of a hundred. It grows by one bucket at a time (linear hashing: Litwin, "Linear Hashing: A
New Tool for File and Table Addressing", VLDB 1980), so that no article waits while the whole is arranged anew. Article
ids fit 32 bits.
"""

from __future__ import annotations

from collections.abc import Iterable

COMMON_ABOVE = 40
"""Articles with one fingerprint from which it is a phrase of the trade: the newest of them are given."""
_ENTRY = 8
"""Bytes: the fingerprint and the article id, 4 each, the low byte first."""
_LOAD = 12
"""Entries a bucket, on average, above which there is one bucket more."""
_LONG = 3 * COMMON_ABOVE * _ENTRY
"""Bytes of a bucket from which one fingerprint in it is looked at for having too many articles."""


class FingerprintIndex:
    """Article ids by fingerprint."""

    def __init__(self) -> None:
        self._buckets: list[bytes] = [b""]
        self._mask = 1
        """Of the low bits that name a bucket, where the table was doubled as far as that already."""
        self._entries = 0

    def __len__(self) -> int:
        return self._entries

    def add(self, article_id: int, fingerprints: Iterable[int], before: int) -> None:
        """Take an article in.

        Args:
            article_id: The newest, as a rule.
            fingerprints: Its own.
            before: The first id of the minute under way, of which nothing is left out.
        """
        ending = article_id.to_bytes(4, "little")
        for fingerprint in fingerprints:
            at = self._place(fingerprint)
            bucket = self._buckets[at] + fingerprint.to_bytes(4, "little") + ending
            self._entries += 1
            if len(bucket) > _LONG:
                bucket = self._without_oldest(bucket, fingerprint, before)
            self._buckets[at] = bucket
        while self._entries > _LOAD * len(self._buckets):
            self._split()

    def discard(self, article_id: int, fingerprints: Iterable[int]) -> None:
        """Forget an article that was taken in with these fingerprints."""
        ending = article_id.to_bytes(4, "little")
        for fingerprint in fingerprints:
            place = self._place(fingerprint)
            bucket = self._buckets[place]
            at = _find(bucket, fingerprint.to_bytes(4, "little") + ending)
            if at >= 0:
                self._buckets[place] = bucket[:at] + bucket[at + _ENTRY :]
                self._entries -= 1

    def shared(self, fingerprints: Iterable[int], before: int) -> tuple[dict[int, int], dict[int, int]]:
        """Return how many of some fingerprints each article has, for those that have any.

        Args:
            fingerprints: Of the article that is looked at.
            before: An article id.

        Returns:
            The articles with ids below it, of one fingerprint the newest `COMMON_ABOVE`, and all others.
        """
        older: dict[int, int] = {}
        younger: dict[int, int] = {}
        for fingerprint in fingerprints:
            bucket = self._buckets[self._place(fingerprint)]
            asked = fingerprint.to_bytes(4, "little")
            if asked in bucket:
                known = []
                for article_id in _holders(bucket, asked):
                    if article_id < before:
                        known.append(article_id)
                    else:
                        younger[article_id] = younger.get(article_id, 0) + 1
                for article_id in known[-COMMON_ABOVE:]:
                    older[article_id] = older.get(article_id, 0) + 1
        return older, younger

    def _place(self, fingerprint: int) -> int:
        at = fingerprint & self._mask
        return at if at < len(self._buckets) else at & (self._mask >> 1)

    def _split(self) -> None:
        """Give the entries of one bucket to itself and to a new one, by the next bit."""
        if len(self._buckets) > self._mask:
            self._mask = 2 * self._mask + 1
        fresh = len(self._buckets)
        old = fresh & (self._mask >> 1)
        bucket = self._buckets[old]
        self._buckets.append(b"")
        kept: list[bytes] = []
        moved: list[bytes] = []
        for at in range(0, len(bucket), _ENTRY):
            entry = bucket[at : at + _ENTRY]
            (moved if self._place(int.from_bytes(entry[:4], "little")) == fresh else kept).append(entry)
        self._buckets[old], self._buckets[fresh] = b"".join(kept), b"".join(moved)

    def _without_oldest(self, bucket: bytes, fingerprint: int, before: int) -> bytes:
        """Drop the oldest article of a fingerprint of which twice as many of earlier minutes are held as are given."""
        asked = fingerprint.to_bytes(4, "little")
        known = [article_id for article_id in _holders(bucket, asked) if article_id < before]
        if len(known) <= 2 * COMMON_ABOVE:
            return bucket
        self._entries -= 1
        at = _find(bucket, asked + known[0].to_bytes(4, "little"))
        return bucket[:at] + bucket[at + _ENTRY :]


def _find(bucket: bytes, beginning: bytes, start: int = 0) -> int:
    """Return where the first entry from `start` on begins so, -1 where none does."""
    at = bucket.find(beginning, start)
    while at >= 0 and at % _ENTRY:
        at = bucket.find(beginning, at + 1)
    return at


def _holders(bucket: bytes, asked: bytes) -> list[int]:
    """Return the articles of one fingerprint in order of their taking in."""
    holders = []
    at = _find(bucket, asked)
    while at >= 0:
        holders.append(int.from_bytes(bucket[at + 4 : at + _ENTRY], "little"))
        at = _find(bucket, asked, at + _ENTRY)
    return holders
