"""Departures the operator must hear of, each told once until it is over."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from monitor.model import Notice
from monitor.store.codec import clean, from_text_time, to_json, to_text_time
from monitor.store.connection import Connection, Row


@dataclass(frozen=True, slots=True)
class Notices:
    """ports.NoticeStore over a connection."""

    connection: Connection

    def raise_(self, event: str, subject: str, detail: str, at: datetime) -> bool:
        raised = self.connection.execute(
            "INSERT INTO notices (event, subject, detail, at) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (event, subject) WHERE cleared_at IS NULL DO NOTHING",
            [event, clean(subject), clean(detail), to_text_time(at)],
        )
        return raised == 1

    def clear(self, event: str, subject: str, at: datetime) -> bool:
        cleared = self.connection.execute(
            "UPDATE notices SET cleared_at = ? WHERE event = ? AND subject = ? AND cleared_at IS NULL",
            [to_text_time(at), event, clean(subject)],
        )
        return cleared == 1

    def untold(self) -> list[Notice]:
        return [
            _notice(row) for row in self.connection.query("SELECT * FROM notices WHERE told_at IS NULL ORDER BY id")
        ]

    def open(self) -> list[Notice]:
        rows = self.connection.query("SELECT * FROM notices WHERE cleared_at IS NULL ORDER BY +id")
        return [_notice(row) for row in rows]

    def mark_told(self, ids: Iterable[int], at: datetime) -> None:
        self.connection.execute(
            "UPDATE notices SET told_at = ? WHERE told_at IS NULL AND id IN (SELECT value FROM json_each(?))",
            [to_text_time(at), to_json(ids)],
        )


def _notice(row: Row) -> Notice:
    return Notice(
        id=row["id"],
        event=row["event"],
        subject=row["subject"],
        detail=row["detail"],
        at=from_text_time(row["at"]),
    )
