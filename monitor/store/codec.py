"""How the monitor's nouns are written into columns, and read back. Knows no table and no SQL.

Times are ISO-8601 text in UTC of one fixed width, `2026-11-20T23:10:47.123456Z`: they sort as text, SQLite's own date
functions read them, and so does an operator with any SQLite browser; integers of microseconds would only be smaller.
Tuples are JSON. Text keeps its length in code points, whatever it holds, so that spans stay true.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from monitor.model import Span, Zone, ZoneSpan

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


def to_text_time(moment: datetime) -> str:
    """Write a moment as fixed-width UTC text.

    Raises:
        ValueError: the moment is naive; only the caller knows what it meant.
    """
    if moment.tzinfo is None:
        raise ValueError(f"naive datetime {moment!r}: every datetime of the monitor is aware")
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def to_optional_time(moment: datetime | None) -> str | None:
    """Write a moment that may be missing."""
    return None if moment is None else to_text_time(moment)


def from_text_time(text: str) -> datetime:
    """Read what `to_text_time` wrote."""
    return datetime.fromisoformat(text)


def from_optional_time(text: str | None) -> datetime | None:
    """Read what `to_optional_time` wrote."""
    return None if text is None else datetime.fromisoformat(text)


def clean(text: str) -> str:
    """Replace lone surrogates, which UTF-8 cannot hold, by U+FFFD: one for one, so that offsets keep their meaning."""
    return text if text.isascii() else _LONE_SURROGATE.sub("\ufffd", text)


_COMPACT = json.JSONEncoder(ensure_ascii=True, separators=(",", ":"))
"""Made once: `json.dumps` with settings of its own makes an encoder each time, which costs more than a short array."""


def to_json(values: Iterable[object]) -> str:
    """Write strings or numbers as a compact JSON array."""
    return _COMPACT.encode(list(values))


def from_json_strings(text: str) -> tuple[str, ...]:
    """Read an array of strings."""
    return tuple(str(value) for value in json.loads(text))


def from_json_ids(text: str) -> tuple[int, ...]:
    """Read an array of row ids."""
    return tuple(int(value) for value in json.loads(text))


def zones_to_json(zones: Sequence[ZoneSpan]) -> str:
    """Write zones as `[[zone, start, end], …]`."""
    return to_json([zone.zone.value, zone.start, zone.end] for zone in zones)


def zones_from_json(text: str) -> tuple[ZoneSpan, ...]:
    """Read what `zones_to_json` wrote."""
    return tuple(ZoneSpan(Zone(zone), start, end) for zone, start, end in json.loads(text))


def spans_to_json(spans: Sequence[Span]) -> str:
    """Write spans as objects, so that `json_extract` in a query can name their parts."""
    return to_json(
        {"field": s.field, "start": s.start, "end": s.end, "text": s.text, "term": s.term, "actor": s.actor}
        for s in spans
    )


def spans_from_json(text: str) -> tuple[Span, ...]:
    """Read what `spans_to_json` wrote."""
    return tuple(Span(**span) for span in json.loads(text))
