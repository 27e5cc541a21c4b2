"""The option that says from when on: a period before now, or a day."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from monitor.period import parse_period

Since = Annotated[str, typer.Option(help="How far back: 30d, 12h, or a day such as 2026-11-01.")]


def begin_of(since: str, now: datetime) -> datetime:
    """Read a period before now, or a day that begins in UTC.

    Raises:
        typer.BadParameter: It is neither, or a day that has not begun.
    """
    try:
        day = datetime.fromisoformat(since)
        begin = day.replace(tzinfo=UTC) if day.tzinfo is None else day.astimezone(UTC)
    except (ValueError, OverflowError):
        try:
            return now - parse_period(since)
        except ValueError as error:
            forms = "how far back (1s to 366d), such as 12h or 30d, or a day such as 2026-11-01"
            raise typer.BadParameter(f"--since: write {forms}; not {since!r}") from error
    if begin > now:
        raise typer.BadParameter(f"--since: {since} is still to come; write a day that has begun, or how far back")
    return begin
