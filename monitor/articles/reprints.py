"""Is it the same text: copies, cut copies and summaries among the articles of the last days.

Owns the index of fingerprints and the judgement of a pair. A copy is told from a template ("magnitude 4.2 in …") by
what a copy keeps: the numbers and names of its first lines.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from monitor.articles.signature import Signature

CONTAINED = 0.5
"""Share of the smaller text's fingerprints that the other has, from which it is the same text."""
RESEMBLES = 0.5
"""Share of both texts' fingerprints that they have in common, likewise."""
FORM_RESEMBLES = 0.3
"""Likewise, from which two texts with other facts fill one form."""
SHARED_AT_LEAST = 3
COMMON_ABOVE = 40
"""Articles with one fingerprint from which it is a phrase of the trade and tells nothing."""
WORDS_AT_LEAST = 8
"""A shorter text is only a copy of one with the very same words."""
_CANDIDATES = 8


class Likeness(NamedTuple):
    """How much of two texts is one, each from 0 to 1."""

    resemblance: float
    """Broder's resemblance: common fingerprints by all fingerprints (Sequences '97)."""
    containment: float
    """Common fingerprints by those of the smaller text."""


@dataclass(frozen=True, slots=True)
class Reprint:
    """An article whose text is that of another."""

    of: Signature
    likeness: Likeness
    because: str


class FingerprintIndex:
    """Which articles of the window have a fingerprint."""

    def __init__(self) -> None:
        self._holders: dict[int, int | list[int]] = {}
        """One article id where there is only one, as for most fingerprints: a list would cost seven times as much."""

    def add(self, signature: Signature) -> None:
        """Take an article in."""
        for fingerprint in signature.fingerprints:
            holders = self._holders.get(fingerprint)
            if holders is None:
                self._holders[fingerprint] = signature.article_id
            elif isinstance(holders, int):
                self._holders[fingerprint] = [holders, signature.article_id]
            else:
                holders.append(signature.article_id)

    def discard(self, signature: Signature) -> None:
        """Forget an article."""
        for fingerprint in signature.fingerprints:
            holders = self._holders.get(fingerprint)
            if isinstance(holders, list):
                if signature.article_id in holders:
                    holders.remove(signature.article_id)
                if len(holders) == 1:
                    self._holders[fingerprint] = holders[0]
            elif holders == signature.article_id:
                del self._holders[fingerprint]

    def nearest(self, signature: Signature) -> Iterator[tuple[int, int]]:
        """Give the articles that share most fingerprints, with how many, most first."""
        shared: Counter[int] = Counter()
        for fingerprint in signature.fingerprints:
            holders = self._holders.get(fingerprint)
            if isinstance(holders, int):
                shared[holders] += 1
            elif holders is not None:
                shared.update(holders[:COMMON_ABOVE])
        shared.pop(signature.article_id, None)
        yield from sorted(shared.items(), key=lambda pair: (-pair[1], pair[0]))[:_CANDIDATES]


def likeness(left: Signature, right: Signature) -> Likeness:
    """Measure how much of two texts is one."""
    common = len(left.fingerprints & right.fingerprints)
    smaller = min(len(left.fingerprints), len(right.fingerprints))
    if not smaller:
        return Likeness(0.0, 0.0)
    return Likeness(common / len(left.fingerprints | right.fingerprints), common / smaller)


def judge_pair(later: Signature, earlier: Signature) -> Reprint | None:
    """Say whether one article's text is (nearly) the other's, and why; None when it is not."""
    measured = likeness(later, earlier)
    fewer = min(later.words, earlier.words)
    if fewer < WORDS_AT_LEAST:
        same = later.words == earlier.words and measured.resemblance == 1.0 and fewer >= 4
        return Reprint(earlier, measured, f"the same {fewer} words") if same else None
    common = len(later.fingerprints & earlier.fingerprints)
    is_close = measured.resemblance >= RESEMBLES or measured.containment >= CONTAINED
    if not is_close or common < min(SHARED_AT_LEAST, len(later.fingerprints), len(earlier.fingerprints)):
        return None
    if is_template(later, earlier):
        return None
    if abs(later.words - earlier.words) * 5 <= max(later.words, earlier.words):
        return Reprint(earlier, measured, f"{measured.resemblance:.0%} of both texts is the same")
    if later.words < earlier.words:
        return Reprint(earlier, measured, f"{measured.containment:.0%} of it stands in that longer text")
    return Reprint(earlier, measured, f"it holds {measured.containment:.0%} of that shorter text")


def is_template(later: Signature, earlier: Signature) -> bool:
    """Say whether two articles fill one form with other facts: market reports, forecasts, tremors."""
    measured = likeness(later, earlier)
    is_close = measured.resemblance >= FORM_RESEMBLES or measured.containment >= CONTAINED
    return is_close and measured.resemblance < 1.0 and _differs_as_template(later, earlier)


def _differs_as_template(later: Signature, earlier: Signature) -> bool:
    """Say whether two like texts give other numbers or names, as reports from one form do."""
    small, large = sorted((later, earlier), key=lambda s: s.words)
    new_numbers = small.numbers - large.numbers
    if new_numbers and len(new_numbers) * 3 > len(small.numbers):
        return True
    new_names = small.names - large.names
    return len(new_names) >= 2 and len(new_names) * 2 > len(small.names)
