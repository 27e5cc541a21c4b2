"""Is one of two texts the other with its words swapped, as a paraphrasing program leaves them, and which.

Owns the comparison of a pair. What such a program swaps are words; what it keeps is the order of the sentences, the
order of the words in them, the small words between, and the numbers and names. So two texts are a pair where their
sentences run side by side, each with most of its words in the other in the same order, and what differs are short
swaps in the same places, "called off the truce" for "cancelled the armistice". Reports that two people wrote of one
event do not run so, and copies (`reprints`) have no swaps.

The idea of telling by the odd word in the place of the usual one is that of Cabanac, Labbé and Magazinov, "Tortured
phrases: A dubious writing style emerging in science" (arXiv:2107.06751, 2021); they go by a list of phrases, here it is
the other text that shows what was swapped. Its limits: a program that builds its sentences anew is not found, nor is a
spun text whose original nobody watches; and a desk that reworded an agency's text by hand looks the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import pairwise
from math import log

from monitor.articles.origins import wire_of
from monitor.articles.recognition import news_of
from monitor.articles.signature import numbers_in
from monitor.model import Article
from monitor.text.sentences import sentence_ends
from monitor.text.words import words_of

HowCommon = Callable[[str], int]
"""In how many articles a folded word stands."""

READ_AT_MOST = 2_500
"""Code points of a text that are compared: some twenty sentences show what it is."""
WORDS_AT_LEAST = 25
LENGTHS_WITHIN = 0.65
"""Share of the longer text's length that the shorter has: swapped words make a text a little longer or shorter."""
SIDE_BY_SIDE = 0.75
"""Share of the sentences that have their counterpart, in order."""
KEPT_AT_LEAST = 0.4
"""Share of the words of such sentences that both have, in order; two reports of one event by two people share 0.3."""
_VOCABULARY_AT_LEAST = 0.25
"""Share of the different words of the one text that the other has too; texts with fewer are compared no further."""
SWAPPED_AT_LEAST = 0.12
"""Share of words that are swapped; fewer are a copy that was touched up."""
LOOSE_AT_MOST = 0.2
"""Share of words that were put in or left out, or stand in longer stretches than one swap."""
_SWAP_WORDS = 4
"""Words of the longer side of one swap: "called off the fighting" for "cancelled"."""
_TOLD_APART = 1.0
"""Difference of the logarithms of two words' frequencies from which one is the commoner."""
_VOTES_AT_LEAST = 3

_DATELINE = re.compile(
    r"\s*[A-ZÀ-ÖØ-ÞİŞĞ][A-ZÀ-ÖØ-ÞİŞĞ .'’/-]{2,40}(?:,\s[^\W\d_]{3,9}\.?\s\d{1,2})?\s*(?:\([^()\n]{2,40}\)\s*)?[-–—:]"
)
"""A town in capitals before the text: "PESHAWAR, Nov 20 (AFP) -"."""


@dataclass(frozen=True, slots=True)
class Swaps:
    """What shows that two texts are one with its words swapped."""

    sentences: int
    """That run side by side."""
    pairs: tuple[tuple[str, str], ...]
    """The swapped stretches, of the one text and of the other, in order."""


def swaps_between(one: Article, other: Article) -> Swaps | None:
    """Compare two texts of one language; None where neither is the other with its words swapped."""
    if not _may_be_one_language(one, other):
        return None
    here, there = _read(news_of(one)[:READ_AT_MOST]), _read(news_of(other)[:READ_AT_MOST])
    fewer, more = sorted((here.words, there.words))
    if fewer < WORDS_AT_LEAST or fewer < LENGTHS_WITHIN * more:
        return None
    smaller = min(len(here.vocabulary), len(there.vocabulary))
    if len(here.vocabulary & there.vocabulary) < _VOCABULARY_AT_LEAST * smaller:
        return None
    if len(here.numbers ^ there.numbers) > 1 + len(here.numbers & there.numbers):  # "at midnight" may be "at 12" there
        return None
    beside = _side_by_side(here, there)
    if len(beside) < SIDE_BY_SIDE * max(len(here.sentences), len(there.sentences)):
        return None
    return _swaps(beside)


def original_of(one: Article, other: Article, swaps: Swaps, how_common: HowCommon) -> tuple[Article, str]:
    """Say which of such a pair is the original, and why.

    A credit or a dateline, which programs that hide a source leave out, counts first; then the commoner words, where
    they tell clearly; then who came first.

    Args:
        one: As given to `swaps_between` first.
        other: Likewise second.
        swaps: What came of it.
        how_common: In how many articles a word stands.
    """
    for sign, name in ((wire_of, "credits an agency"), (_dateline_of, "is dated from a town")):
        if bool(sign(one)) != bool(sign(other)):
            return (one if sign(one) else other), name
    votes = [_commoner(left, right, how_common) for left, right in swaps.pairs]
    ayes, noes = votes.count(1), votes.count(-1)
    if max(ayes, noes) >= _VOTES_AT_LEAST and max(ayes, noes) >= 2 * min(ayes, noes):
        return (one if ayes > noes else other), "has the usual words where they differ"
    first = min(one, other, key=lambda article: (article.first_seen_at, article.id))
    return first, "came first"


def _may_be_one_language(one: Article, other: Article) -> bool:
    left, right = (re.split("[-_]", article.language or "")[0].casefold() for article in (one, other))
    return not left or not right or left == right


@dataclass(frozen=True, slots=True)
class _Text:
    """What of a text is compared."""

    sentences: tuple[tuple[str, ...], ...]
    """Folded words of each."""
    words_of_each: tuple[frozenset[str], ...]
    """The different ones."""
    words: int
    vocabulary: frozenset[str]
    numbers: frozenset[str]


@lru_cache(maxsize=512)
def _read(text: str) -> _Text:
    """Cut a text; a story's lead is compared with each of its newcomers."""
    parts: list[tuple[str, ...]] = []
    for line in text.splitlines():
        ends = [0, *sentence_ends(line), len(line)]
        parts += (tuple(words_of(line[start:end])) for start, end in pairwise(ends))
    sentences = tuple(words for words in parts if words)
    of_each = tuple(map(frozenset, sentences))
    return _Text(sentences, of_each, sum(map(len, sentences)), frozenset().union(*of_each), numbers_in(text))


def _side_by_side(here: _Text, there: _Text) -> list[tuple[Sequence[str], Sequence[str]]]:
    """Pair the sentences of two texts in order: each with one of the next three, where that shares enough words."""
    pairs: list[tuple[Sequence[str], Sequence[str]]] = []
    at = 0
    for sentence, words in zip(here.sentences, here.words_of_each, strict=True):
        near = range(at, min(at + 3, len(there.sentences)))
        shares = {place: _shared(words, there.words_of_each[place]) for place in near}
        best = max(shares, key=shares.__getitem__, default=None)
        if best is not None and shares[best] >= KEPT_AT_LEAST - 0.1:
            pairs.append((sentence, there.sentences[best]))
            at = best + 1
    return pairs


def _shared(mine: frozenset[str], theirs: frozenset[str]) -> float:
    return len(mine & theirs) / max(len(mine), len(theirs))


def _swaps(beside: Sequence[tuple[Sequence[str], Sequence[str]]]) -> Swaps | None:
    total = kept = swapped = 0
    found: list[tuple[str, str]] = []
    for left, right in beside:
        total += len(left) + len(right)
        for tag, start, end, from_, to in SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
            if tag == "equal":
                kept += 2 * (end - start)
            elif tag == "replace" and max(end - start, to - from_) <= _SWAP_WORDS:
                swapped += end - start + to - from_
                found.append((" ".join(left[start:end]), " ".join(right[from_:to])))
    if kept < KEPT_AT_LEAST * total or swapped < SWAPPED_AT_LEAST * total:
        return None
    if total - kept - swapped > LOOSE_AT_MOST * total:
        return None
    return Swaps(len(beside), tuple(found))


def _dateline_of(article: Article) -> bool:
    return _DATELINE.match(news_of(article)[:120]) is not None


def _commoner(left: str, right: str, how_common: HowCommon) -> int:
    """Return 1 where the words of the one side are clearly the commoner, -1 where those of the other are, else 0."""
    here, there = _frequency(left, right, how_common), _frequency(right, left, how_common)
    if here is None or there is None or abs(here - there) < _TOLD_APART:
        return 0
    return 1 if here > there else -1


def _frequency(words: str, against: str, how_common: HowCommon) -> float | None:
    """Return how common the commonest word is that only this side of a swap has, None where it has none."""
    other = set(against.split())
    return max((log(1 + how_common(word)) for word in words.split() if word not in other), default=None)
