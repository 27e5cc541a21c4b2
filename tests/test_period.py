"""Periods as operators write them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.period import format_period, parse_period


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("1s", 1), ("90s", 90), ("5m", 300), ("1h", 3600), ("1h30m", 5400), ("2d", 172_800), (" 5M ", 300), ("45", 45)],
)
def test_a_period_is_read(text: str, seconds: int) -> None:
    """Units are d, h, m and s, in that order; a bare number is seconds."""
    assert parse_period(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize("text", ["", "0s", "soon", "5 minutes", "m5", "-5m", "1m1h", "400d", "9" * 40, "٥m", True])
def test_anything_else_is_refused_with_an_example(text: object) -> None:
    """The message shows the value and what a period is."""
    with pytest.raises(ValueError, match=r"period|shorter than 1s|longer than a year"):
        parse_period(text)


@given(st.integers(min_value=1, max_value=366 * 86_400))
def test_what_is_printed_is_read_again(seconds: int) -> None:
    """Printing and parsing a whole number of seconds gives it back."""
    period = timedelta(seconds=seconds)
    assert parse_period(format_period(period)) == period
