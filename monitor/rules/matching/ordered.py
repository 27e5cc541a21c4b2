"""Hits kept in order, so that asking what covers a place or stands nearest to it costs little on any text."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator

from monitor.rules.matching.evaluate import Hit, first_of


class Ordered:
    """Hits by rising first position, with the width of the widest; treat it as frozen."""

    __slots__ = ("hits", "widest")

    def __init__(self, hits: Iterable[Hit]) -> None:
        self.hits = sorted(hits, key=first_of)
        self.widest = max((hit.last - hit.first for hit in self.hits), default=0)

    def covering(self, hit: Hit) -> Iterator[Hit]:
        """Yield the hits that begin no later and end no earlier than a hit."""
        low = bisect_left(self.hits, hit.last - self.widest, key=first_of)
        high = bisect_right(self.hits, hit.first, key=first_of)
        for other in self.hits[low:high]:
            if other.last >= hit.last:
                yield other

    def nearest(self, hit: Hit, low: int, high: int) -> int | None:
        """Return how many words away the nearest hit stands that does not overlap a hit, in positions [low, high)."""
        after = bisect_right(self.hits, hit.last, key=first_of)
        best: int | None = None
        if after < len(self.hits) and low <= self.hits[after].first < high:
            best = self.hits[after].first - hit.last
        for at in range(bisect_left(self.hits, min(hit.first, high), key=first_of) - 1, -1, -1):
            other = self.hits[at]
            if other.first < low or (best is not None and hit.first - other.first - self.widest >= best):
                break
            if other.last < hit.first and (best is None or hit.first - other.last < best):
                best = hit.first - other.last
        return best

    def has_outside(self, hit: Hit, low: int, high: int, end: int) -> bool:
        """Say whether a hit stands in [0, end) but not in [low, high), and does not overlap a hit."""
        before = bisect_left(self.hits, low, key=first_of)
        behind = bisect_left(self.hits, high, key=first_of)
        last = bisect_left(self.hits, end, key=first_of)
        outside = (*self.hits[: min(before, 1)], *self.hits[behind : min(last, behind + 1)])
        return any(other.last < hit.first or other.first > hit.last for other in outside)


class Growing:
    """Hits that come in falling width, and what of them covers a place."""

    def __init__(self) -> None:
        self._by_first: dict[int, list[Hit]] = {}
        self._widest = 0

    def add(self, hit: Hit) -> None:
        """Keep one more hit."""
        self._by_first.setdefault(hit.first, []).append(hit)
        self._widest = max(self._widest, hit.last - hit.first)

    def covering(self, hit: Hit) -> Iterator[Hit]:
        """Yield the hits that begin no later and end no earlier than a hit."""
        for first in range(hit.last - self._widest, hit.first + 1):
            for other in self._by_first.get(first, ()):
                if other.last >= hit.last:
                    yield other
