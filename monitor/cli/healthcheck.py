"""`monitor healthcheck`: is the daemon alive. Asked every half minute, so it loads no more than it needs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import typer

from monitor import heartbeat
from monitor.settings import load_settings
from monitor.store.sqlite import open_store


def healthcheck() -> None:
    """Exit 0 when the daemon worked in the last 90 s. Else 1 with the reason; made for HEALTHCHECK."""
    with open_store(load_settings().database, read_only=True) as store:
        is_alive, detail = sign_of_life(heartbeat.age(store, datetime.now(UTC)))
    typer.echo(detail)
    raise typer.Exit(0 if is_alive else 1)


def sign_of_life(age: timedelta | None) -> tuple[bool, str]:
    """Judge the age of the last sign of life, and say it in words."""
    if age is None:
        return False, "the daemon never ran on this state folder"
    seconds = f"{max(age.total_seconds(), 0):.0f} s"
    if age > heartbeat.STALE:
        return False, f"no turn for {seconds}: the daemon is stopped or hangs"
    return True, f"completed a turn {seconds} ago"
