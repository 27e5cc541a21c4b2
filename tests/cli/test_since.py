"""From when on: a period before now or a day, and what is neither."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import typer

from monitor.cli.since import begin_of

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("since", "begin"),
    [
        ("30d", NOW - timedelta(days=30)),
        ("12h", NOW - timedelta(hours=12)),
        ("2026-11-21", NOW.replace(hour=0)),
        ("2026-11-21T14:00+02:00", NOW),
    ],
)
def test_a_period_counts_from_now_and_a_day_begins_in_utc(since: str, begin: datetime) -> None:
    """A time of the day may name its zone."""
    assert begin_of(since, NOW) == begin


@pytest.mark.parametrize("since", ["2026-11-22", "2026-11-21T12:01", "9999-12-31"])
def test_what_is_still_to_come_is_refused(since: str) -> None:
    """Nothing can be since then, and an empty answer would look like one."""
    with pytest.raises(typer.BadParameter, match=rf"^--since: {since} is still to come; write a day that has begun"):
        begin_of(since, NOW)


@pytest.mark.parametrize("since", ["0d", "400d", "soon", "", "2026-13-01", "0001-01-01T00:00+14:00"])
def test_what_is_neither_is_refused_with_both_forms(since: str) -> None:
    """One sentence, whatever it is that was written."""
    with pytest.raises(typer.BadParameter) as refused:
        begin_of(since, NOW)
    said = "--since: write how far back (1s to 366d), such as 12h or 30d, or a day such as 2026-11-01; not "
    assert refused.value.message == f"{said}{since!r}"
