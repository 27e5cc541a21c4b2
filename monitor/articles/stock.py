"""Sentences that a feed puts under every headline, whatever it is about: they tell nothing of an article.

Owns what such a sentence is, by the whole of one document: no list of words (`monitor.text.zones`) can know "Your paper
for the news of the province" for what it is. It removes nothing; a stock sentence becomes boilerplate, so that `why`
can show a term that stood in one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from monitor.articles.identity import content_words
from monitor.articles.versions import ALIKE_TITLE, shared
from monitor.model import Zone, ZoneSpan
from monitor.text.extracted import Extracted
from monitor.text.sentences import sentence_ends

UNLIKE_HEADLINES = 5
"""Headlines, no two of them alike, that a sentence stands under at least, and so do half of the document's entries: a
fact of the news that five reports repeat stands in a few of fifty, and their headlines share its words."""
WORDS_AT_LEAST = 3
_END = 12
"""Code points by which texts are seen to begin or to end alike."""
_ENDS_LOOKED_AT = 600
"""Code points at either end of a text that are looked at: what stands under every headline opens or ends the text."""


def stock_of(document: Sequence[tuple[str, Extracted]]) -> frozenset[int]:
    """Find the stock sentences of a document, as numbers that hold for this process.

    Args:
        document: Headline and text of each of its entries.
    """
    enough = max(UNLIKE_HEADLINES, (len(document) + 1) // 2)
    if not _have_one_end(document, enough):
        return frozenset()
    under: dict[int, list[int]] = {}
    for place, (title, extracted) in enumerate(document):
        if title:
            for number in {hash(said) for _, _, said in _sentences(extracted)}:
                under.setdefault(number, []).append(place)
    return frozenset(
        number
        for number, places in under.items()
        if len(places) >= enough and _are_unlike([document[place][0] for place in places])
    )


def _have_one_end(document: Sequence[tuple[str, Extracted]], enough: int) -> bool:
    """Say whether enough texts begin or end in one way; few documents have to be cut into sentences."""
    ends: Counter[tuple[bool, str]] = Counter()
    for title, extracted in document if len(document) >= enough else ():
        news = [span for span in extracted.zones if span.zone is not Zone.BOILERPLATE]
        if title and news:
            start, end = news[0].start, news[-1].end
            ends[False, extracted.text[start : start + _END]] += 1
            ends[True, extracted.text[max(start, end - _END) : end].rstrip()] += 1
    return any(number >= enough for number in ends.values())


def without_stock(extracted: Extracted, stock: frozenset[int]) -> Extracted:
    """Return a text with its stock sentences as boilerplate."""
    marked = [(start, end) for start, end, said in _sentences(extracted) if hash(said) in stock] if stock else []
    if not marked:
        return extracted
    spans: list[ZoneSpan] = []
    for span in extracted.zones:
        at = span.start
        for start, end in marked:
            if span.start <= start and end <= span.end:
                _add(spans, span.zone, at, start)
                _add(spans, Zone.BOILERPLATE, start, end)
                at = end
        _add(spans, span.zone, at, span.end)
    return replace(extracted, zones=tuple(spans))


def _sentences(extracted: Extracted) -> Iterator[tuple[int, int, str]]:
    """Give the sentences at both ends of what is no boilerplate: start, end with the space after it, and words."""
    news = [span for span in extracted.zones if span.zone is not Zone.BOILERPLATE]
    if not news:
        return
    first, last = news[0].start + _ENDS_LOOKED_AT, news[-1].end - _ENDS_LOOKED_AT
    for span in news:
        for start, end in ((span.start, span.end),) if first >= last else _cut(span, first, last):
            text = extracted.text[start:end]
            at = 0
            for until in [*sentence_ends(text), len(text)]:
                for line in text[at:until].splitlines(keepends=True):
                    said = " ".join(line.split())
                    if said.count(" ") >= WORDS_AT_LEAST - 1:
                        yield start + at, start + at + len(line), said
                    at += len(line)


def _cut(span: ZoneSpan, first: int, last: int) -> Iterator[tuple[int, int]]:
    """Leave out the middle of a long text."""
    if span.start < first:
        yield span.start, min(span.end, first)
    if span.end > last:
        yield max(span.start, last), span.end


def _are_unlike(titles: Sequence[str]) -> bool:
    """Say whether enough of these headlines are about nothing in common."""
    apart: list[frozenset[str]] = []
    for title in titles:
        words = content_words(title)
        if words and all(shared(words, other) < ALIKE_TITLE for other in apart):
            apart.append(words)
            if len(apart) == UNLIKE_HEADLINES:
                return True
    return False


def _add(spans: list[ZoneSpan], zone: Zone, start: int, end: int) -> None:
    if spans and spans[-1].zone is zone:
        start = spans.pop().start
    if start < end:
        spans.append(ZoneSpan(zone, start, end))
