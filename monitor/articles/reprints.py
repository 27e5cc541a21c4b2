"""Is it the same text: copies, cut copies and summaries among the articles of the last days.

Owns the judgement of a pair. A copy is told from a template ("magnitude 4.2 in …") by
what a copy keeps: the numbers and names of its first lines.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from monitor.articles.signature import SOUND, Signature

CONTAINED = 0.35
"""Share of the smaller text's fingerprints that the other has, from which it is the same text. Tuned, as all here, on
`tune.txt` and `tune_world.txt`: of their copies a desk rewrote the least keep 0.44, of their other texts the likest
have 0.33."""
FORM_RESEMBLES = 0.3
"""Likewise, from which two texts with other facts fill one form."""
REWORDED, SAME_WORDS = 0.15, 0.75
"""The same of a text that has such a share of the other's words and gives no other facts: where every seventh word is
another, seven shingles of four leave three."""
SHARED_AT_LEAST = 3
SHORT = 40
"""Words of a text in which one other number is another fact; in a longer one a desk may have added a sentence."""
STOCK_WORDS = 60
"""Words of the longest text that a feed may put under any headline; a longer one is a report."""
WORDS_AT_LEAST = 8
"""A shorter text is only a copy of one with the very same words."""


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


def likeness(left: Signature, right: Signature) -> Likeness:
    """Measure how much of two texts is one."""
    mine, other = len(left.fingerprints), len(right.fingerprints)
    if not mine or not other:
        return Likeness(0.0, 0.0)
    common = len(left.fingerprints & right.fingerprints)
    return Likeness(common / (mine + other - common), common / min(mine, other))


def judge_pair(later: Signature, earlier: Signature) -> Reprint | None:
    """Say whether one article's text is (nearly) the other's, and why; None when it is not."""
    measured = likeness(later, earlier)
    fewer = min(later.words, earlier.words)
    if fewer < WORDS_AT_LEAST:
        same = later.words == earlier.words and measured.resemblance == 1.0 and fewer >= 4
        return Reprint(earlier, measured, f"the same {fewer} words") if same else None
    common = len(later.fingerprints & earlier.fingerprints)
    if common < min(SHARED_AT_LEAST, len(later.fingerprints), len(earlier.fingerprints)):
        return None
    is_kept = measured.containment >= CONTAINED
    if (not is_kept and not _reworded(later, earlier, measured)) or is_template(later, earlier):
        return None
    if not is_kept:
        return Reprint(
            earlier, measured, "its words are the other's, some of them changed, and it tells no fact of its own"
        )
    if abs(later.words - earlier.words) * 5 <= max(later.words, earlier.words):
        return Reprint(earlier, measured, f"{measured.resemblance:.0%} of both texts is the same")
    if later.words < earlier.words:
        return Reprint(earlier, measured, f"{measured.containment:.0%} of it stands in that longer text")
    return Reprint(earlier, measured, f"it holds {measured.containment:.0%} of that shorter text")


def _reworded(later: Signature, earlier: Signature, measured: Likeness) -> bool:
    """Say whether a text was gone over word by word: its words are the other's, and it tells no fact of its own."""
    if measured.containment < REWORDED:
        return False
    mine, other = ({f for f in s.features if f[0] != SOUND and ":" not in f} for s in (later, earlier))
    if len(mine & other) < SAME_WORDS * min(len(mine), len(other)):
        return False
    both = ((later, earlier), (earlier, later))
    if any(one.deed and one.deed not in two.features for one, two in both):
        return False  # the next report of an affair repeats the last one's words
    return any(one.numbers <= two.numbers and len(one.names - two.names) <= 1 for one, two in both)


def is_template(later: Signature, earlier: Signature) -> bool:
    """Say whether two articles fill one form with other facts: market reports, forecasts, tremors."""
    measured = likeness(later, earlier)
    if measured.resemblance < FORM_RESEMBLES and measured.containment < CONTAINED:
        return False
    return _is_stock(later, earlier) or (measured.resemblance < 1.0 and _differs_as_template(later, earlier))


def _is_stock(later: Signature, earlier: Signature) -> bool:
    """Say whether one text stands under two headlines that it does not go with: a feed describes all its articles so.

    A copy goes with the headline of its original, whatever its own says.
    """
    if max(later.words, earlier.words) > STOCK_WORDS:
        return False
    both = ((later, earlier), (earlier, later))
    return all(one.headline and one.headline.isdisjoint(two.features) for one, two in both)


def _differs_as_template(later: Signature, earlier: Signature) -> bool:
    """Say whether two like texts give other numbers or names, as reports from one form do.

    It is asked of the shorter text, which a longer one holds; of two of one length, either may show it.
    """
    if later.words == earlier.words:
        return _has_other_facts(later, earlier) or _has_other_facts(earlier, later)
    return _has_other_facts(*sorted((later, earlier), key=lambda s: s.words))


def _has_other_facts(small: Signature, large: Signature) -> bool:
    new_numbers = small.numbers - large.numbers
    if small.words < SHORT:
        if 3 * len(new_numbers) > len(small.numbers):
            return True
    elif len(new_numbers) > 1 and 2 * len(new_numbers) > len(small.numbers):
        return True
    new_names = small.names - large.names
    return len(new_names) >= 2 and 3 * len(new_names) > 2 * len(small.names)
