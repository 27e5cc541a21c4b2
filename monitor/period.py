"""Periods as operators write them: "1s", "5m", "1h", "2d", "1h30m". Used by settings and rule files alike."""

from __future__ import annotations

import re
from datetime import timedelta

_UNITS = {"d": 86_400, "h": 3_600, "m": 60, "s": 1}
_PERIOD = re.compile(r"(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?", re.ASCII)


def parse_period(value: object) -> timedelta:
    """Read a period of at least one second.

    Args:
        value: such as "5m" or "1h30m", a number of seconds, or a timedelta.

    Raises:
        ValueError: saying what is wrong and what a period looks like.
    """
    if isinstance(value, timedelta):
        period = value
    elif isinstance(value, int | float) and not isinstance(value, bool):
        period = timedelta(seconds=value)
    else:
        period = _read(str(value).strip().lower())
    if period < timedelta(seconds=1):
        raise ValueError(f"{value!r} is shorter than 1s")
    if period > timedelta(days=366):
        raise ValueError(f"{value!r} is longer than a year")
    return period


def _read(text: str) -> timedelta:
    if text.isascii() and text.isdigit() and len(text) < 10:
        return timedelta(seconds=int(text))
    found = _PERIOD.fullmatch(text)
    if not found or not text or len(text) > 20:
        raise ValueError(f"{text!r} is no period; write 30s, 5m, 1h, 2d or 1h30m")
    return timedelta(seconds=sum(int(n) * unit for n, unit in zip(found.groups(), _UNITS.values(), strict=True) if n))


def format_period(period: timedelta) -> str:
    """Print a period so that `parse_period` reads the same, fractions of a second aside."""
    left = int(period.total_seconds())
    parts = []
    for name, seconds in _UNITS.items():
        count, left = divmod(left, seconds)
        if count:
            parts.append(f"{count}{name}")
    return "".join(parts) or "0s"
