"""How much a word, place or number tells: its rarity among the articles of the window.

Owns the weights. The counts are `tellers`'; only articles of earlier minutes are counted, so that all articles of a
minute are judged by one measure, in whatever order they come.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from importlib.resources import files
from math import fsum, log, sqrt

from monitor.articles.stems import stem_of
from monitor.articles.tellers import Tellers
from monitor.text.words import words_of

USUAL = 1_000
"""Usual articles that are taken to be there from the start: a small window knows little of what is rare."""
_EXPECTED = {
    **{"day": 120, "number": 15, "place": 8, "party": 50, "event": 25, "act": 40, "role": 50},
    **{"number:1": 150, "number:2": 100, "number:3": 70, "number:4": 50, "number:5": 50},
}
"""How many of the usual articles name a concept, by kind or by itself: until then, a weekday would tell something."""
_EXPECTED_YEAR = 80
_TOLD_BY = {"sometimes": 25, "often": 100}
"""How many of them have a word of a list of `usual.toml`; without the lists, F1 on what was tuned on falls by 0.013."""


def _usual() -> dict[str, int]:
    table = tomllib.loads((files("monitor.articles") / "usual.toml").read_text(encoding="utf-8"))
    return {stem: told for name, told in _TOLD_BY.items() for word in words_of(table[name]) if (stem := stem_of(word))}


_USUAL_WORDS = _usual()


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
        expected = _expected(feature) if ":" in feature else _USUAL_WORDS.get(feature, 0)
        told = self._tellers.count(feature, self._before)
        weight = self[feature] = log(self._articles / (told + 1 + expected)) ** 2
        return weight

    def length(self, features: Mapping[str, float]) -> float:
        """Return the length of features as a vector, never 0; the same for any order of them."""
        return sqrt(fsum([self[feature] * times * times for feature, times in features.items()])) or 1.0


def _expected(concept: str) -> int:
    kind, _, name = concept.partition(":")
    if kind == "number" and len(name) == 4 and name.startswith(("19", "20")):
        return _EXPECTED_YEAR
    return _EXPECTED.get(concept) or _EXPECTED.get(kind, 0)
