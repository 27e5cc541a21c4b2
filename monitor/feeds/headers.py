"""Owns what HTTP response headers say: where to go instead, when to come back, how long an answer stays fresh.

Pure: the present is an argument. Everything a server may write is given a meaning or None, never an exception.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import urljoin

LONGEST_RETRY_AFTER = timedelta(days=1)
"""A server that asks for more is asked again after this: an alert service may not be sent away for a month."""

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_MAX_AGE = re.compile(r'(?:^|[\s,])(?:s-maxage|max-age)\s*=\s*"?(\d{1,12})', re.IGNORECASE)
_UNCACHED = re.compile(r"(?:^|[\s,])no-(?:cache|store)(?=[\s,=]|$)", re.IGNORECASE)


def redirect_target(url: str, status: int, headers: Mapping[str, str]) -> str | None:
    """Return the absolute address an answer points to, without its fragment; None when it is no redirect.

    What cannot be an address comes back as "invalid:", which no scheme allows.
    """
    location = headers.get("location", "").strip()
    if status not in _REDIRECTS or not location:
        return None
    try:
        # A Location is often raw UTF-8, which arrived here as Latin-1.
        location = location.encode("latin-1").decode("utf-8", "replace")
        return urljoin(url, location).partition("#")[0]
    except ValueError:
        return "invalid:"


def http_date(value: str | None) -> datetime | None:
    """Read an HTTP date (RFC 9110 section 5.6.7, and the shapes servers really send); None for anything else."""
    if not value:
        return None
    try:
        moment = parsedate_to_datetime(value.strip())
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


def retry_after(headers: Mapping[str, str], *, now: datetime) -> timedelta | None:
    """Read Retry-After in every form servers send (RFC 9110 section 10.2.3: seconds or a date).

    Args:
        headers: names in lower case. A `date` header, where there is one, is the server's own present: a date form
            is measured from it, so a clock that differs from ours does no harm.
        now: our present, aware, in UTC.

    Returns:
        Between zero and `LONGEST_RETRY_AFTER`; None when the header is missing or says nothing readable.
    """
    value = headers.get("retry-after", "").strip()
    if not value:
        return None
    try:
        seconds = float(value)
    except ValueError:
        until = http_date(value)
        if until is None:
            return None
        seconds = (until - (http_date(headers.get("date")) or now)).total_seconds()
    if math.isnan(seconds):  # "nan" is a float too
        return None
    return timedelta(seconds=min(max(seconds, 0.0), LONGEST_RETRY_AFTER.total_seconds()))


def cache_max_age(headers: Mapping[str, str]) -> timedelta | None:
    """Read for how long the server calls its answer fresh (RFC 9111), less the age it already has.

    Returns:
        None when it does not say, or forbids caching; else zero or more, at most ten years.
    """
    control = headers.get("cache-control", "")
    if _UNCACHED.search(control):
        return None
    found = _MAX_AGE.search(control)
    if found:
        age = headers.get("age", "0").strip()
        spent = int(age) if age.isascii() and age.isdigit() and len(age) < 10 else 0
        return timedelta(seconds=min(max(int(found[1]) - spent, 0), 315_360_000))
    expires, sent = http_date(headers.get("expires")), http_date(headers.get("date"))
    if expires is None or sent is None:
        return None
    return min(max(expires - sent, timedelta(0)), timedelta(days=3650))
