"""Hits to spans: places in words to places in the text as published."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import cast

from monitor.model import Span
from monitor.rules.matching.evaluate import Hit
from monitor.rules.matching.reading import Reading

_FIELDS = {"title": 0, "body": 1, "author": 2, "url": 3}
_Ranked = tuple[tuple[int, int, int, str, str], Span]


def spans_of(hits: Iterable[Hit], reading: Reading) -> tuple[Span, ...]:
    """Return the spans of hits: title, body, author, url; then by start, end and term; each once."""
    ranked = [_ranked(hit, reading) for hit in set(hits)]
    if len(ranked) > 1:
        ranked.sort(key=_rank)
    return tuple(next(same)[1] for _, same in groupby(ranked, key=_rank))


def span_of(hit: Hit, reading: Reading) -> Span:
    """Return where a hit stands in the text as published."""
    return _ranked(hit, reading)[1]


def _rank(ranked: _Ranked) -> tuple[int, int, int, str, str]:
    return ranked[0]


def _ranked(hit: Hit, reading: Reading) -> _Ranked:
    """Return a span with its place in the order; worked out once for all rules that share the hit."""
    known = reading.cache.get(hit)
    if known is None:
        span = _make(hit, reading)
        rank = (_FIELDS[span.field], span.start, span.end, span.term, span.actor or "")
        known = reading.cache[hit] = (rank, span)
    return cast(_Ranked, known)


def _make(hit: Hit, reading: Reading) -> Span:
    if hit.start < 0:
        field, start, end = reading.extent(hit.first, hit.last)
    else:
        field, start, end = reading.field_extent(reading.base(hit.first), hit.start, hit.end)
    return Span(field, start, end, reading.published(field, start, end), hit.leaf.term, hit.leaf.actor)
