"""Do two articles tell of one event: what joins them, what parts them, in numbers and in words.

Owns the judgement of a pair. Telling an editor of one event twice is mild; hiding an event behind another is not: so
what parts two reports outweighs what joins them, and in doubt they stay apart.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from math import sqrt

from monitor.articles.signature import Signature

JOINS_FROM = 0.40
"""Weighted word likeness (cosine, 0 to 1) from which two reports are of one event, if nothing parts them."""
JOINS_WITH_FACTS_FROM = 0.24
"""The same where names and numbers agree too."""
APART_AFTER = timedelta(hours=72)
"""Reports further apart tell of two events, however alike."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether two articles tell of one event."""

    joins: bool
    score: float
    """0 to 1, for choosing among several."""
    because: str


def judge_pair(later: Signature, earlier: Signature, weight: Callable[[str], float]) -> Verdict:
    """Say whether two articles tell of one event.

    Args:
        later: The article to place.
        earlier: A placed one.
        weight: How much a stem tells, by its rarity.
    """
    if abs(later.at - earlier.at) > APART_AFTER:
        return Verdict(False, 0.0, "days apart")
    score = _cosine(later, earlier, weight)
    if score < JOINS_WITH_FACTS_FROM:
        return Verdict(False, score, "too few words in common")
    if (parted := _parted(later, earlier)) is not None:
        return Verdict(False, score, parted)
    names = later.names & earlier.names
    numbers = {n for n in later.numbers & earlier.numbers if len(n) > 1 or n not in "0123"}
    shared = sorted(later.stems.keys() & earlier.stems.keys(), key=lambda s: (-weight(s), s))[:4]
    words = ", ".join(shared)
    if score >= JOINS_FROM:
        return Verdict(True, score, f"{score:.0%} of the telling words are shared ({words})")
    if len(names) >= 2 and numbers:
        facts = f"{', '.join(sorted(names)[:3])} and {', '.join(sorted(numbers)[:2])}"
        return Verdict(True, score, f"the same names and numbers ({facts}), {score:.0%} of the words")
    return Verdict(False, score, "words in common, but no facts")


def _cosine(left: Signature, right: Signature, weight: Callable[[str], float]) -> float:
    common = left.stems.keys() & right.stems.keys()
    if not common:
        return 0.0
    dot = sum(weight(stem) ** 2 * left.stems[stem] * right.stems[stem] for stem in common)
    return dot / (_length(left, weight) * _length(right, weight))


def _length(signature: Signature, weight: Callable[[str], float]) -> float:
    return sqrt(sum((weight(stem) * times) ** 2 for stem, times in signature.stems.items())) or 1.0


def _parted(left: Signature, right: Signature) -> str | None:
    """Return what says that two like reports tell of two events."""
    for kind, what in (("place:", "place"), ("event:", "kind of event"), ("party:", "party")):
        mine = {c for c in left.concepts if c.startswith(kind)}
        other = {c for c in right.concepts if c.startswith(kind)}
        if mine and other and not mine & other:
            return f"another {what}: {_named(mine)} and {_named(other)}"
    return None


def _named(concepts: set[str]) -> str:
    return ", ".join(sorted(c.partition(":")[2] for c in concepts))
