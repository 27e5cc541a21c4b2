"""Owns the sign of life between the daemon and whoever asks whether it lives: a time in the database.

It is written after a turn was completed by the one writer, so it says that the database can be written, not only that
a process exists.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from monitor.ports import Store

EVERY = timedelta(seconds=10)
STALE = timedelta(seconds=90)
"""Older than this, the daemon is stopped or hangs: nine beats missed."""

_NAME = "heartbeat"


def beat(store: Store, at: datetime) -> None:
    """Record a sign of life as a unit of work of its own."""
    with store.unit_of_work():
        store.set_value(_NAME, at.isoformat())


def last(store: Store) -> datetime | None:
    """Return when the last sign of life was recorded, None when there never was one."""
    found = store.get_value(_NAME)
    return None if found is None else datetime.fromisoformat(found)


def age(store: Store, now: datetime) -> timedelta | None:
    """Return how old the last sign of life is, None when there never was one."""
    at = last(store)
    return None if at is None else now - at
