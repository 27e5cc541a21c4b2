"""The phrases of a document that could be a name or a term: what suggestions are chosen from.

Owns what a phrase is, in every script and without a list of words of any language. A phrase is one to four words of
one sentence with nothing but spaces, hyphens and apostrophes between them. It is a *name* where its first and last word
begin with a capital and that says something: not at the start of a sentence, not in a headline set in capitals. In
scripts without case, nothing tells names from words, and every phrase may be one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from monitor.text.document import Document, Range
from monitor.text.fold import APOSTROPHES, SOFT_BREAKS
from monitor.text.words import Words

LONGEST = 4
"""Words of the longest phrase: `Fitna al-Khawarij` has three, few names more than four."""
READ_AT_MOST = 300
"""Words of an article that are looked at: what is told stands at its beginning."""
_GAP = re.compile(r"[ \u00a0'’\-‐‑\u200c]{0,2}")
_INSIDE_A_WORD = frozenset(SOFT_BREAKS + APOSTROPHES)
"""What parts the positions of one word (`آتش‌بس`, `Qur'an`): no phrase begins or ends there."""
_TITLE_CASE = 0.6
"""Share of a sentence's words with a capital from which capitals say nothing."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """One phrase at one place."""

    folded: str
    """Its folded words between single spaces: what makes it the same as another."""
    text: str
    """As published."""
    field: str
    start: int
    end: int
    place: tuple[int, int]
    """First and last position of its words, both included."""
    is_name: bool


def phrases_of(document: Document) -> Iterator[Phrase]:
    """Yield the phrases of title and body, boilerplate and addresses aside."""
    words = document.words
    for first, last in document.sentences:
        if first >= READ_AT_MOST:
            return
        yield from _phrases_in(document, words, (first, min(last, READ_AT_MOST)))


def _phrases_in(document: Document, words: Words, sentence: Range) -> Iterator[Phrase]:
    first, last = sentence
    spans = [words.span(position, position) for position in range(first, last)]
    folded = [words.folded_word(position) for position in range(first, last)]
    written = [words.published[start:end] for start, end in spans]
    cased = [word for word in written if word[:1].lower() != word[:1].upper()]
    capitals = sum(word[:1].isupper() for word in cased)
    says_nothing = capitals > _TITLE_CASE * len(cased)
    joined = [words.published[one[1] : other[0]] in _INSIDE_A_WORD for one, other in pairwise(spans)]
    for begin in range(len(spans)):
        for end in range(begin + 1, min(begin + LONGEST, len(spans)) + 1):
            if end - begin > 1 and not _GAP.fullmatch(words.published, spans[end - 2][1], spans[end - 1][0]):
                break
            if not _can_stand(folded[begin]) or not _can_stand(folded[end - 1]):
                continue
            if (begin and joined[begin - 1]) or (end < len(spans) and joined[end - 1]):
                continue
            if end - begin == 1 and len(folded[begin]) < 3 and folded[begin].isascii():
                continue
            edges = (written[begin], written[end - 1])
            opens = end == 1 and not (written[0].isupper() and len(written[0]) > 1)
            is_name = (
                all(map(_may_open_name, edges)) and not opens and not (says_nothing and any(map(_is_cased, edges)))
            )
            field, start, stop = document.extent(spans[begin][0], spans[end - 1][1])
            text = words.published[spans[begin][0] : spans[end - 1][1]]
            place = (first + begin, first + end - 1)
            yield Phrase(" ".join(folded[begin:end]), " ".join(text.split()), field, start, stop, place, is_name)


def _can_stand(folded: str) -> bool:
    return folded[:1].isalpha()


def _is_cased(word: str) -> bool:
    return word[:1].lower() != word[:1].upper()


def _may_open_name(word: str) -> bool:
    return word[:1].isupper() or not _is_cased(word)
