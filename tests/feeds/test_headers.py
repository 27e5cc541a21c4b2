"""What headers say about time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.feeds.headers import LONGEST_RETRY_AFTER, cache_max_age, retry_after

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "wait"),
    [
        ("120", timedelta(minutes=2)),
        (" 1.5 ", timedelta(seconds=1.5)),
        ("0", timedelta(0)),
        ("-30", timedelta(0)),
        ("99999999999999", LONGEST_RETRY_AFTER),
        ("inf", LONGEST_RETRY_AFTER),
        ("Fri, 20 Nov 2026 12:10:00 GMT", timedelta(minutes=10)),
        ("Fri, 20 Nov 2026 12:10:00", timedelta(minutes=10)),
        ("Fri, 20 Nov 2026 17:10:00 +0500", timedelta(minutes=10)),
        ("Mon, 01 Jan 2001 00:00:00 GMT", timedelta(0)),
        ("Fri, 20 Nov 9999 12:10:00 GMT", LONGEST_RETRY_AFTER),
        ("nan", None),
        ("soon", None),
        ("", None),
        ("Fri, 99 Nov 2026 12:10:00 GMT", None),
    ],
)
def test_retry_after_is_read_in_every_form(value: str, wait: timedelta | None) -> None:
    """Seconds, dates, garbage and the absurd, which is clamped."""
    assert retry_after({"retry-after": value}, now=NOW) == wait


@given(st.text())
def test_retry_after_is_always_within_bounds(value: str) -> None:
    """No header makes a feed wait longer than a day, or raises."""
    wait = retry_after({"retry-after": value, "date": value}, now=NOW)
    assert wait is None or timedelta(0) <= wait <= LONGEST_RETRY_AFTER


@pytest.mark.parametrize(
    ("headers", "age"),
    [
        ({"cache-control": "public, max-age=300"}, 300),
        ({"cache-control": "MAX-AGE=300", "age": "100"}, 200),
        ({"cache-control": "max-age=300", "age": "900"}, 0),
        ({"cache-control": "s-maxage=60, max-age=300"}, 60),
        ({"cache-control": "max-age=0"}, 0),
        ({"cache-control": "no-cache, max-age=300"}, None),
        ({"cache-control": "no-store"}, None),
        ({"cache-control": "max-age=soon"}, None),
        ({"expires": "Fri, 20 Nov 2026 12:10:00 GMT", "date": "Fri, 20 Nov 2026 12:00:00 GMT"}, 600),
        ({"expires": "0", "date": "Fri, 20 Nov 2026 12:00:00 GMT"}, None),
        ({"expires": "Fri, 20 Nov 2026 11:00:00 GMT", "date": "Fri, 20 Nov 2026 12:00:00 GMT"}, 0),
        ({}, None),
    ],
)
def test_freshness_is_read_from_cache_control_or_expires(headers: dict[str, str], age: int | None) -> None:
    """Less the age the answer already has; None where the server does not say."""
    assert cache_max_age(headers) == (None if age is None else timedelta(seconds=age))


@given(st.text(), st.text())
def test_any_cache_header_is_read_without_raising(control: str, expires: str) -> None:
    """Garbage is None or a span of at most ten years."""
    age = cache_max_age({"cache-control": control, "expires": expires, "date": expires, "age": control})
    assert age is None or timedelta(0) <= age <= timedelta(days=3650)
