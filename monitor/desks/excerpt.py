"""What is quoted from an article: a headline or the matched sentence as runs of text, hits marked, cut to length.

Owns where a quotation begins and ends, and how text from a feed is made fit to be shown on one line: white space
folded, control and direction-changing characters left out. Refuses to know markup: each rendering escapes for itself.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from monitor.model import Span

ELLIPSIS = "…"

# Latin, Devanagari (danda), Arabic-script and CJK sentence ends, with closing quotes and brackets after them.
_SENTENCE_END = re.compile(r"(?<![.!?…।۔؟。！？])[.!?…।۔؟。！？]+[\"'”’»)\]]*(?=\s)|\n\s*\n")
_SHORT_WORD_BEFORE_DOT = re.compile(r"(?:^|[\s(])(?:\w|Mr|Mrs|Ms|Dr|Gen|Lt|Col|Maj|Sgt|St|No|vs|Prof|Sen|Rep|Gov)\.$")

# Explicit marks, embeddings, overrides and isolates of the Unicode Bidirectional Algorithm (UAX #9, section 2).
BIDI_CONTROLS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
# ZWNJ and ZWJ shape letters in Persian and Urdu and join emoji: the only format characters that stay.
_JOINERS = frozenset("\u200c\u200d")


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of quoted text that is all hit or all not."""

    text: str
    is_hit: bool = False


Runs = tuple[Run, ...]


def plain(runs: Iterable[Run]) -> str:
    """Join runs to the text they show."""
    return "".join(run.text for run in runs)


def one_line(text: str) -> str:
    """Make text from a feed fit for one line: no control, format, surrogate or private character, single spaces."""
    return " ".join(_fitting(text).split())


def is_rtl(text: str) -> bool:
    """Say whether text reads right to left, by its first strong character (UAX #9, rules P2 and P3)."""
    for character in text:
        kind = unicodedata.bidirectional(character)
        if kind == "L":
            return False
        if kind in ("R", "AL"):
            return True
    return False


def isolate(text: str) -> str:
    """Keep right-to-left text from reordering what stands beside it in one line (UAX #9, section 2.4)."""
    return (
        f"\u2068{text}\u2069"
        if not text.isascii() and any(unicodedata.bidirectional(c) in ("R", "AL") for c in text)
        else text
    )


def shorten(text: str, limit: int) -> str:
    """Cut one line of text to at most `limit` code points, at a word where one is near, with an ellipsis."""
    if len(text) <= limit:
        return text
    return text[: _cut_before(text, limit - 1)].rstrip() + ELLIPSIS if limit > 0 else ""


def headline(title: str, spans: Sequence[Span], *, limit: int) -> Runs:
    """Quote a title with the hits of its field "title" marked.

    Returns:
        Runs of at most `limit` code points together; empty when nothing of the title can be shown.
    """
    return _runs(title, 0, len(title), [span for span in spans if span.field == "title"], limit)


def matched_sentence(body: str, spans: Sequence[Span], *, limit: int) -> Runs:
    """Quote the sentence of a body that shows most of what matched, hits marked.

    The sentence with the most different terms wins, the earlier one of equals. It is cut around its first hit when it
    is longer than `limit` code points. Without a hit in the body it is the first sentence.

    Returns:
        Runs; empty when the body has nothing to show.
    """
    hits = [span for span in spans if span.field == "body" and 0 <= span.start < span.end <= len(body)]
    bounds = sentence_bounds(body)
    if not bounds:
        return ()
    best = max(bounds, key=lambda bound: (len({s.actor or s.term for s in _within(hits, bound)}), -bound[0]))
    return _runs(body, *best, _within(hits, best), limit)


def sentence_bounds(text: str) -> list[tuple[int, int]]:
    """Return the sentences of a text as half-open spans without the space between them; empty ones are left out.

    A dot after an initial or a title ("Gen.") does not end a sentence; an empty line always does.
    """
    bounds: list[tuple[int, int]] = []
    start = 0
    for found in _SENTENCE_END.finditer(text):
        is_dot = found.group() == "."
        if is_dot and _SHORT_WORD_BEFORE_DOT.search(text, max(start, found.end() - 8), found.end()):
            continue
        bounds.append((start, found.end()))
        start = found.end()
    bounds.append((start, len(text)))
    trimmed = []
    for begin, end in bounds:
        piece = text[begin:end]
        if piece.strip():
            trimmed.append((begin + len(piece) - len(piece.lstrip()), end - len(piece) + len(piece.rstrip())))
    return trimmed


def _within(spans: Iterable[Span], bound: tuple[int, int]) -> list[Span]:
    return [span for span in spans if span.start < bound[1] and bound[0] < span.end]


def _runs(text: str, start: int, end: int, spans: Sequence[Span], limit: int) -> Runs:
    """Mark the spans in text[start:end] and cut to `limit`: from the start if the first hit fits, else around it."""
    hits = _merge((max(span.start, start), min(span.end, end)) for span in spans)
    lead, tail = "", ""
    if end - start > limit:
        first_start, first_end = hits[0] if hits else (start, start)
        if first_end - start > limit - 1:
            start = _cut_after(
                text, min(first_start, max(start, first_start - limit // 4, first_end - limit + 2)), first_start
            )
            lead = ELLIPSIS
        if end - start > limit - len(lead):
            end, tail = start + _cut_before(text[start:end], limit - len(lead) - 1), ELLIPSIS
    pieces: list[Run] = [Run(lead)]
    at = start
    for hit_start, hit_end in hits:
        if hit_start >= end or hit_end <= at:
            continue
        pieces += [Run(text[at : max(at, hit_start)]), Run(text[max(at, hit_start) : min(hit_end, end)], is_hit=True)]
        at = min(hit_end, end)
    pieces += [Run(text[at:end].rstrip() if tail else text[at:end]), Run(tail)]
    return _clean_runs(pieces)


def _clean_runs(pieces: Iterable[Run]) -> Runs:
    """Fold white space across runs, drop empty ones and join neighbours of one kind; the ends carry no space."""
    runs: list[Run] = []
    space_open = False
    for piece in pieces:
        text = _fitting(piece.text)
        words = " ".join(text.split())
        if text[:1].isspace() or not words:
            space_open = space_open or bool(text)
        if not words:
            continue
        glue = " " if space_open and runs else ""
        if piece.is_hit and glue:
            runs.append(Run(glue))
            glue = ""
        runs.append(Run(glue + words, piece.is_hit))
        space_open = text[-1:].isspace()
    joined: list[Run] = []
    for run in runs:
        if joined and joined[-1].is_hit == run.is_hit:
            joined[-1] = Run(joined[-1].text + run.text, run.is_hit)
        else:
            joined.append(run)
    return tuple(joined)


def _fitting(text: str) -> str:
    # Most text is plain ASCII, of which nothing is left out.
    return text if text.isascii() and text.isprintable() else "".join(map(_fit, text))


def _fit(character: str) -> str:
    if character.isspace():
        return " "
    if unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co", "Cn") and character not in _JOINERS:
        return ""
    return character


def _merge(bounds: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(bound for bound in bounds if bound[0] < bound[1]):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged


def _cut_before(text: str, limit: int) -> int:
    """Return a place at or before `limit` to cut: a space in its last third, else one that parts no character."""
    if limit >= len(text):
        return len(text)
    space = max(text.rfind(mark, limit - limit // 3, limit + 1) for mark in " \n")
    if space > 0:
        return space
    while limit > 0 and (unicodedata.combining(text[limit]) or text[limit] in _JOINERS or text[limit - 1] in _JOINERS):
        limit -= 1
    return limit


def _cut_after(text: str, start: int, stop: int) -> int:
    """Return the first beginning of a word from `start` on, at most `stop`."""
    space = text.find(" ", start, stop)
    return start if space < 0 else space + 1
