"""The option that says from when on: a period before now, or a day."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from monitor.period import parse_period

Since = Annotated[str, typer.Option(help="How far back: 30d, 12h, or a day such as 2026-11-01.")]


def begin_of(since: str, now: datetime) -> datetime:
    """Read a period before now, or a day that begins in UTC."""
    try:
        day = datetime.fromisoformat(since)
    except ValueError:
        try:
            return now - parse_period(since)
        except ValueError as error:
            raise typer.BadParameter(f"--since: {error}; or a day such as 2026-11-01") from error
    return day.replace(tzinfo=UTC) if day.tzinfo is None else day.astimezone(UTC)
