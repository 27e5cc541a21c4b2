"""How much a word, place or number tells: its rarity among the articles of the window.

Owns the counts and the weights made of them. Weights are made anew every 64 articles, not with each, so that a poll is
judged by one measure.
"""

from __future__ import annotations

from collections import Counter
from math import log, sqrt

from monitor.articles.signature import Signature

USUAL = 1_000
"""Usual articles that are taken to be there from the start: a small window knows little of what is rare."""
_EXPECTED = {
    **{"day": 120, "number": 15, "place": 8, "party": 50, "event": 25, "act": 40, "role": 50},
    **{"number:1": 150, "number:2": 100, "number:3": 70, "number:4": 50, "number:5": 50},
}
"""How many of the usual articles name a concept, by kind or by itself: until then, a weekday would tell something."""
_WEIGHED_EVERY = 64


class Rarity(dict[str, float]):
    """Weights by feature: the logarithm of the rarity, squared as likeness uses it (inverse document frequency)."""

    def __init__(self) -> None:
        super().__init__()
        self._told: Counter[str] = Counter()
        self._articles = 0
        self._since = 0
        self._lengths: dict[int, float] = {}
        self._asked: tuple[Signature, float] | None = None
        """The article that is being placed, which is compared with many."""

    def __missing__(self, feature: str) -> float:
        kind, colon, _ = feature.partition(":")
        expected = _EXPECTED.get(feature, _EXPECTED.get(kind, 0)) if colon else 0
        weight = log((self._articles + USUAL) / (self._told[feature] + 1 + expected)) ** 2
        self[feature] = weight
        return weight

    def add(self, signature: Signature) -> None:
        """Count an article's features."""
        self._articles += 1
        self._told.update(signature.features.keys())
        self._since += 1
        if self._since >= _WEIGHED_EVERY:
            self._since = 0
            self.clear()
        self._lengths[signature.article_id] = self._measure(signature)

    def discard(self, signature: Signature) -> None:
        """Take an article's features off the counts."""
        self._articles -= 1
        self._lengths.pop(signature.article_id, None)
        for feature in signature.features:
            self._told[feature] -= 1
            if self._told[feature] <= 0:
                del self._told[feature]

    def length(self, signature: Signature) -> float:
        """Return the length of an article's features as a vector, never 0."""
        known = self._lengths.get(signature.article_id)
        if known is not None:
            return known
        if self._asked is None or self._asked[0] is not signature:
            self._asked = (signature, self._measure(signature))
        return self._asked[1]

    def _measure(self, signature: Signature) -> float:
        return sqrt(sum([self[feature] * times * times for feature, times in signature.features.items()])) or 1.0
