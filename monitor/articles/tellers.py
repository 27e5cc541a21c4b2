"""Which articles of the window tell of a word, place, number or deed: how many do, and which are the newest.

Owns this index. Of a feature that many tell of only the newest articles are held: an event is told within hours, and
neither memory nor the cost of a look grow with the window. Article ids rise with the time of arrival and fit 32 bits.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, insort
from collections.abc import Iterable, Sequence

NEWEST = 200
"""Newest articles of earlier minutes with a feature that can be asked for."""
_SLACK = 100
"""How many more are kept when a list is shortened: what is forgotten out of its turn leaves no hole."""
_SHORTENED_FROM = 2 * (NEWEST + _SLACK)


class Tellers:
    """Articles by feature."""

    def __init__(self) -> None:
        self._holders: dict[str, int | array[int]] = {}
        """One article id where there is only one, as for most features; else ids in rising order."""
        self._left_out: dict[str, int] = {}
        """How many older articles with a feature are not in its list."""

    def add(self, article_id: int, features: Iterable[str], before: int) -> None:
        """Take an article in.

        Args:
            article_id: Most often the newest.
            features: What it tells of, each once.
            before: The first id of the minute under way, of which nothing is left out.
        """
        for feature in features:
            holders = self._holders.get(feature)
            if holders is None:
                self._holders[feature] = article_id
            elif isinstance(holders, int):
                self._holders[feature] = array("I", sorted((holders, article_id)))
            elif not holders or holders[-1] < article_id:
                holders.append(article_id)
                if len(holders) >= _SHORTENED_FROM:
                    self._shorten(feature, holders, before)
            elif feature in self._left_out and article_id < holders[0]:
                self._left_out[feature] += 1
            else:
                insort(holders, article_id)

    def discard(self, article_id: int, features: Iterable[str]) -> None:
        """Forget an article that was taken in with these features."""
        for feature in features:
            holders = self._holders[feature]
            if isinstance(holders, int):
                del self._holders[feature]
                continue
            at = bisect_left(holders, article_id)
            if at < len(holders) and holders[at] == article_id:
                del holders[at]
            else:
                self._left_out[feature] -= 1
                if not self._left_out[feature]:
                    del self._left_out[feature]
            if len(holders) == 1 and feature not in self._left_out:
                self._holders[feature] = holders[0]
            elif not holders and feature not in self._left_out:
                del self._holders[feature]

    def count(self, feature: str, before: int) -> int:
        """Return how many articles with ids below one tell of a feature."""
        holders = self._holders.get(feature)
        if holders is None:
            return 0
        if isinstance(holders, int):
            return holders < before
        return _end(holders, before) + self._left_out.get(feature, 0)

    def newest(self, feature: str, before: int, most: int = NEWEST) -> Sequence[int]:
        """Return the newest articles with ids below one that tell of a feature, in order of arrival."""
        holders = self._holders.get(feature)
        if holders is None:
            return ()
        if isinstance(holders, int):
            return (holders,) if holders < before else ()
        end = _end(holders, before)
        return holders[max(0, end - most) : end]

    def since(self, feature: str, first: int) -> Sequence[int]:
        """Return the articles with ids from one on that tell of a feature, in order of arrival."""
        holders = self._holders.get(feature)
        if holders is None:
            return ()
        if isinstance(holders, int):
            return (holders,) if holders >= first else ()
        end = _end(holders, first)
        return holders[end:] if end < len(holders) else ()

    def _shorten(self, feature: str, holders: array[int], before: int) -> None:
        cut = bisect_left(holders, before) - NEWEST - _SLACK
        if cut > 0:
            del holders[:cut]
            self._left_out[feature] = self._left_out.get(feature, 0) + cut


def _end(holders: array[int], before: int) -> int:
    """Return how many of some ids are below one; most often all."""
    return len(holders) if not holders or holders[-1] < before else bisect_left(holders, before)
