"""Dates as publishers write them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.feeds.formats.dates import read_date


@pytest.mark.parametrize(
    ("value", "iso"),
    [
        ("Fri, 20 Nov 2026 13:05:09 GMT", "2026-11-20T13:05:09"),
        ("Fri, 20 Nov 2026 13:05:09 +0500", "2026-11-20T08:05:09"),
        ("Fri, 20 Nov 2026 13:05 PKT", "2026-11-20T08:05:00"),
        ("20 Nov 26 13:05:09 -0330", "2026-11-20T16:35:09"),
        ("Friday, November 20, 2026 1:05 PM EST", "2026-11-20T18:05:00"),
        ("Nov 20, 2026 12:30 am", "2026-11-20T00:30:00"),
        ("2026-11-20T13:05:09Z", "2026-11-20T13:05:09"),
        ("2026-11-20T13:05:09.123456+05:00", "2026-11-20T08:05:09"),
        ("2026-11-20 13:05", "2026-11-20T13:05:00"),
        ("20261120T130509Z", "2026-11-20T13:05:09"),
        ("2026-11-20T24:00:00Z", "2026-11-21T00:00:00"),
        ("2026-11-20", "2026-11-20T00:00:00"),
        ("2026-11", "2026-11-01T00:00:00"),
        ("31 Dec 2026 23:59:60 +0000", "2026-12-31T23:59:59"),
        ("20.11.2026 13:05", "2026-11-20T13:05:00"),
        ("11/20/2026", "2026-11-20T00:00:00"),
        ("20. März 2026", "2026-03-20T00:00:00"),
        ("mar. 20 oct. 2026", "2026-10-20T00:00:00"),
        ("20 Ağustos 2026 Perşembe 13:05", "2026-08-20T13:05:00"),
        ("20 KASIM 2026", "2026-11-20T00:00:00"),
        ("20 نومبر 2026", "2026-11-20T00:00:00"),
        ("٢٠ نوفمبر ٢٠٢٦", "2026-11-20T00:00:00"),
        ("20 نوامبر 2026", "2026-11-20T00:00:00"),
        ("Пт, 20 ноября 2026 13:05 +0300", "2026-11-20T10:05:00"),
        ("20 de noviembre de 2026", "2026-11-20T00:00:00"),
        ("20 नवंबर 2026", "2026-11-20T00:00:00"),
    ],
)
def test_a_date_is_read_in_its_shape_and_language(value: str, iso: str) -> None:
    """RFC 822 and its deviations, ISO 8601, month names of a dozen languages; zones become UTC."""
    assert read_date(value) == datetime.fromisoformat(iso).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    "value",
    [
        None,
        "",
        "yesterday",
        "0000-00-00T00:00:00",
        "32 Nov 2026",
        "-0001-11-30",
        "2026-13-40",
        "20 Nov 1066",
        "Nov 2026",
    ],
)
def test_what_makes_no_sense_is_none(value: str | None) -> None:
    """An entry is never dropped for it."""
    assert read_date(value) is None


@given(st.text())
def test_any_text_is_a_date_or_none(value: str) -> None:
    """Never an exception, never naive, never outside 1970 to 2100."""
    moment = read_date(value)
    assert moment is None or (moment.tzinfo is UTC and 1970 <= moment.year <= 2100)


@given(st.integers(0, 4_000_000_000))
def test_what_the_standard_library_writes_is_read_back(seconds: int) -> None:
    """RFC 5322 and ISO 8601 forms of one moment are that moment."""
    aware = datetime.fromtimestamp(seconds, UTC)
    assert read_date(f"{aware:%a, %d %b %Y %H:%M:%S} +0000") == aware
    assert read_date(aware.isoformat()) == aware


@given(st.from_regex(r"20[0-9]{2}-[0-9W]{2}[-0-9][0-9]{2}T[0-9:.,]{8}(Z|[+-][0-9:]{5})?", fullmatch=True))
def test_the_short_way_for_common_dates_gives_what_the_long_way_gives(value: str) -> None:
    """A blank instead of the T means the same, and is read the long way."""
    assert read_date(value) == read_date(value.replace("T", " "))
