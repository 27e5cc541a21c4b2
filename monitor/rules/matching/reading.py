"""What one scan of one document found, as places that can be compared.

Owns positions across the fields: title and body count from 0, authors and the article's own address far above, so a
range of positions says everything about where something stands. Refuses to know what a rule wants of them.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property

from monitor.rules.language.tree import FieldName
from monitor.text.document import Document, Range
from monitor.text.words import Words

AUTHOR_BASE = 1 << 40
URL_BASE = 1 << 41
TEXT: tuple[Range, ...] = ((0, AUTHOR_BASE),)
"""Where a term counts unless a field is named: title and body."""

Found = Sequence[tuple[int, int, int]]
"""(start, end, number of a literal) in a stream, rising by end."""
Place = tuple[int, int]
"""First and last position, both included."""


class Reading:
    """One document with what the scan found in it. Not for use by two threads."""

    def __init__(
        self, document: Document, scan: Callable[[str], Found], widths: Sequence[int], *, with_margins: bool = False
    ) -> None:
        """Scan a document.

        Args:
            document: What is read.
            scan: Finds literals in a stream, overlapping ones too.
            widths: Words of each literal.
            with_margins: Some rule asks for authors or addresses.
        """
        self.document = document
        self.cache: dict[object, object] = {}
        """What evaluations worked out for the whole document, by the plan that asked."""
        self.with_margins = with_margins
        """Authors and address were scanned too."""
        self._widths = widths
        self._sources: list[tuple[Words, int, bool, Found]] = []
        self._add(document.words, 0, scan)
        if with_margins:
            self._add(document.byline, AUTHOR_BASE, scan)
            self._add(document.address, URL_BASE, scan)
        self._places: dict[int, tuple[Place, ...]] = {}

    def _add(self, words: Words, base: int, scan: Callable[[str], Found]) -> None:
        self._sources.append((words, base, False, scan(words.stream)))
        parted = words.parted_stream
        if parted is not None:
            self._sources.append((words, base, True, scan(parted)))

    @cached_property
    def present(self) -> set[int]:
        """Return the literals that stand anywhere."""
        return {number for _, _, _, found in self._sources for _, _, number in found}

    @cached_property
    def _starts(self) -> list[dict[int, list[int]]]:
        """Where each literal starts in the stream of each source; most documents are never asked."""
        return [_by_literal(found) for _, _, _, found in self._sources]

    def places(self, literal: int) -> tuple[Place, ...]:
        """Return where a literal stands, in order; of two readings from one word the shorter."""
        known = self._places.get(literal)
        if known is None:
            known = self._places[literal] = self._work_out(literal)
        return known

    def _work_out(self, literal: int) -> tuple[Place, ...]:
        width = self._widths[literal]
        found: dict[int, int] = {}
        for (words, base, is_parted, _), by_literal in zip(self._sources, self._starts, strict=True):
            offsets = by_literal.get(literal)
            if offsets is None:
                continue
            stream = words.parted_stream if is_parted else words.stream
            assert stream is not None
            firsts = None if is_parted else words.whole_word_positions()
            index = done = 0
            for offset in offsets:
                index += stream.count(" ", done, offset)
                done = offset
                first = index if firsts is None else firsts[index]
                last = index + width - 1 if firsts is None else firsts[index + width] - 1
                first, last = first + base, last + base
                found[first] = min(last, found.get(first, last))
        return tuple(sorted(found.items()))

    def case_kept(self, first: int, last: int) -> str:
        """Return the words of a place with their case, without spaces."""
        words, base = self._at(first)
        return "".join(words.folded_word(position - base, keep_case=True) for position in range(first, last + 1))

    def extent(self, first: int, last: int) -> tuple[str, int, int]:
        """Return field, start and end in the text as published."""
        words, base = self._at(first)
        start, end = words.span(first - base, last - base)
        return self.field_extent(base, start, end)

    def field_extent(self, base: int, start: int, end: int) -> tuple[str, int, int]:
        """Return field, start and end for offsets in one of the three texts."""
        if base == AUTHOR_BASE:
            return "author", start, end
        if base == URL_BASE:
            return "url", start, end
        return self.document.extent(start, end)

    def published(self, field: str, start: int, end: int) -> str:
        """Return the text of a field as published."""
        match field:
            case "title":
                return self.document.title[start:end]
            case "body":
                return self.document.body[start:end]
            case "author":
                return self.document.byline.published[start:end]
            case _:
                return self.document.address.published[start:end]

    def texts(self) -> Iterable[tuple[Words, int]]:
        """Yield each text with the position of its first word."""
        yield self.document.words, 0
        yield self.document.byline, AUTHOR_BASE
        yield self.document.address, URL_BASE

    def region(self, name: FieldName) -> tuple[Range, ...]:
        """Return the positions of a field."""
        match name:
            case FieldName.TITLE:
                return (self.document.title_range,)
            case FieldName.BODY:
                return (self.document.body_range,)
            case FieldName.LEAD:
                return self.document.lead_ranges
            case FieldName.AUTHOR:
                return ((AUTHOR_BASE, URL_BASE),)
            case FieldName.URL:
                return ((URL_BASE, URL_BASE << 1),)

    def paragraph_end(self, position: int) -> int:
        """Return the end (not included) of the paragraph that a position is in."""
        words, base = self._at(position)
        breaks = words.paragraph_breaks()
        index = bisect_left(breaks, position - base)
        return base + (breaks[index] if index < len(breaks) else len(words))

    def base(self, position: int) -> int:
        """Return the position of the first word of the text that a position is in."""
        return self._at(position)[1]

    def _at(self, position: int) -> tuple[Words, int]:
        if position < AUTHOR_BASE:
            return self.document.words, 0
        if position < URL_BASE:
            return self.document.byline, AUTHOR_BASE
        return self.document.address, URL_BASE


def intersect(scope: tuple[Range, ...], ranges: Iterable[Range]) -> tuple[Range, ...]:
    """Return what two sets of ranges, each rising, have in common."""
    common = []
    for first, last in ranges:
        for start, end in scope:
            low, high = max(first, start), min(last, end)
            if low < high:
                common.append((low, high))
    return tuple(common)


def is_inside(place: Place, scope: tuple[Range, ...]) -> bool:
    """Say whether a place is wholly inside one range of a scope that rises."""
    if scope is TEXT:
        return place[0] < AUTHOR_BASE
    index = bisect_right(scope, (place[0], URL_BASE << 2)) - 1
    return index >= 0 and place[1] < scope[index][1]


def _by_literal(found: Found) -> dict[int, list[int]]:
    by_literal: dict[int, list[int]] = {}
    for start, _, literal in found:
        if literal in by_literal:
            by_literal[literal].append(start)
        else:
            by_literal[literal] = [start]
    return by_literal
