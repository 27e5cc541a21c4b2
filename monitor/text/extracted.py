"""Text taken out of markup, with the way back to every character of it.

Owns the map only; `monitor.text.html` makes it.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from typing import NamedTuple

from monitor.model import ZoneSpan


class Piece(NamedTuple):
    """A stretch of text and the source it came from; both have one length where the text was copied."""

    start: int
    length: int
    source_start: int
    source_end: int


@dataclass(frozen=True, slots=True)
class Extracted:
    """The text of a piece of HTML: paragraphs are parted by an empty line, lines of one paragraph by a line feed."""

    text: str
    zones: tuple[ZoneSpan, ...]
    """Cover `text` in order; empty when the text is."""
    pieces: tuple[Piece, ...] = ()
    outer: Extracted | None = None
    """Where markup was escaped once too often: what was unescaped first."""

    def source_span(self, start: int, end: int) -> tuple[int, int]:
        """Map a half-open span of `text` to the span of the HTML that holds it, tags inside included.

        Args:
            start: First code point, counted in `text`.
            end: One past the last code point; `start` for an empty span.

        Raises:
            ValueError: The span is not inside the text.
        """
        if not 0 <= start <= end <= len(self.text):
            raise ValueError(f"span {start}:{end} is not inside a text of {len(self.text)} code points")
        if not self.pieces:
            return 0, 0
        first = self.pieces[max(0, bisect_right(self.pieces, start, key=lambda piece: piece.start) - 1)]
        source_start = _inside(first, start - first.start)
        if start == end:
            source_end = source_start
        else:
            last = self.pieces[max(0, bisect_right(self.pieces, end - 1, key=lambda piece: piece.start) - 1)]
            is_copied = last.length == last.source_end - last.source_start
            offset = min(end - last.start, last.length)
            source_end = last.source_start + offset if is_copied else last.source_end
        if self.outer is not None:
            return self.outer.source_span(source_start, max(source_start, source_end))
        return source_start, max(source_start, source_end)


def _inside(piece: Piece, offset: int) -> int:
    """Return the source position of an offset into a piece; past its end lies only inserted white space."""
    if offset >= piece.length:
        return piece.source_end
    return piece.source_start + offset if piece.length == piece.source_end - piece.source_start else piece.source_start


def joined(left: Piece, right: Piece) -> Piece | None:
    """Make one piece of two that follow each other in text and source alike."""
    length = left.length + right.length
    follows = right.start == left.start + left.length and right.source_start == left.source_end
    are_copies = length == right.source_end - left.source_start and left.length == left.source_end - left.source_start
    return Piece(left.start, length, left.source_start, right.source_end) if follows and are_copies else None
