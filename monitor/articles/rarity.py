"""How much a word, place or number tells: its rarity among the articles of the window.

Owns the weights. The counts are `tellers`'; only articles of earlier minutes are counted, so that all articles of a
minute are judged by one measure, in whatever order they come.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import fsum, log, sqrt

from monitor.articles.tellers import Tellers

USUAL = 1_000
"""Usual articles that are taken to be there from the start: a small window knows little of what is rare."""
_EXPECTED = {
    **{"day": 120, "number": 15, "place": 8, "party": 50, "event": 25, "act": 40, "role": 50},
    **{"number:1": 150, "number:2": 100, "number:3": 70, "number:4": 50, "number:5": 50},
}
"""How many of the usual articles name a concept, by kind or by itself: until then, a weekday would tell something."""


class Weights(dict[str, float]):
    """Weights by feature: the logarithm of the rarity, squared as likeness uses it (inverse document frequency).

    Made for the placing of one article; a weight is worked out when it is asked for.
    """

    def __init__(self, tellers: Tellers, articles: int, before: int) -> None:
        """Weigh by a window.

        Args:
            tellers: Who tells of what.
            articles: How many articles are counted.
            before: The first article id that is not.
        """
        super().__init__()
        self._tellers, self._articles, self._before = tellers, articles + USUAL, before

    def __missing__(self, feature: str) -> float:
        kind, colon, _ = feature.partition(":")
        expected = _EXPECTED.get(feature, _EXPECTED.get(kind, 0)) if colon else 0
        told = self._tellers.count(feature, self._before)
        weight = self[feature] = log(self._articles / (told + 1 + expected)) ** 2
        return weight

    def length(self, features: Mapping[str, float]) -> float:
        """Return the length of features as a vector, never 0; the same for any order of them."""
        return sqrt(fsum([self[feature] * times * times for feature, times in features.items()])) or 1.0
