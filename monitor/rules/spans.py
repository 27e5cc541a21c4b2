"""Hits to spans: places in words to places in the text as published."""

from __future__ import annotations

from collections.abc import Iterable

from monitor.model import Span
from monitor.rules.evaluate import Hit
from monitor.rules.reading import Reading

_FIELDS = {"title": 0, "body": 1, "author": 2, "url": 3}


def spans_of(hits: Iterable[Hit], reading: Reading) -> tuple[Span, ...]:
    """Return the spans of hits: title, body, author, url; then by start, end and term; each once."""
    spans = {span_of(hit, reading) for hit in hits}
    return tuple(
        sorted(spans, key=lambda span: (_FIELDS[span.field], span.start, span.end, span.term, span.actor or ""))
    )


def span_of(hit: Hit, reading: Reading) -> Span:
    """Return where a hit stands in the text as published."""
    if hit.start < 0:
        field, start, end = reading.extent(hit.first, hit.last)
    else:
        field, start, end = reading.field_extent(reading.base(hit.first), hit.start, hit.end)
    return Span(field, start, end, reading.published(field, start, end), hit.leaf.term, hit.leaf.actor)
