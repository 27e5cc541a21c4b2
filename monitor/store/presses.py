"""Presses of buttons that were taken, so that one that is reported again is not taken again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.store.codec import clean, to_text_time
from monitor.store.connection import Connection

KEPT = timedelta(days=7)
"""A press is reported again within seconds; a week outlasts every outage that is mended."""


@dataclass(frozen=True, slots=True)
class Presses:
    """ports.PressStore over a connection."""

    connection: Connection

    def take(self, press_id: str, at: datetime) -> bool:
        self.connection.execute("DELETE FROM presses WHERE at < ?", [to_text_time(at - KEPT)])
        taken = self.connection.execute(
            "INSERT INTO presses (id, at) VALUES (?, ?) ON CONFLICT (id) DO NOTHING",
            [clean(press_id), to_text_time(at)],
        )
        return taken > 0
