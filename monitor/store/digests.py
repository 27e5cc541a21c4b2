"""Digests as they were fixed, and what became of every slot of a desk's schedule."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from monitor.model import Delivery, Digest
from monitor.store.codec import clean, from_json_ids, from_optional_time, from_text_time, to_json, to_text_time
from monitor.store.connection import Connection, Row
from monitor.store.deliveries import Deliveries


@dataclass(frozen=True, slots=True)
class Digests:
    """ports.DigestStore over a connection."""

    connection: Connection
    deliveries: Deliveries

    def add(self, digest: Digest, deliveries: Sequence[Delivery]) -> int:
        digest_id = self.connection.insert(
            "digests",
            {
                "desk_id": digest.desk_id,
                "at": to_text_time(digest.at),
                "slot": digest.slot,
                "subject": clean(digest.subject),
                "alert_ids": to_json(digest.alert_ids),
                "html": clean(digest.html),
                "text": clean(digest.text),
                "told": digest.told,
            },
        )
        for alert_id in digest.alert_ids:
            told = self.connection.execute(
                "UPDATE alerts SET digest_id = ? WHERE id = ? AND desk_id = ? AND digest_id IS NULL",
                [digest_id, alert_id, digest.desk_id],
            )
            if not told:
                raise ValueError(f"alert {alert_id} does not wait for a digest of desk {digest.desk_id}")
        self.deliveries.queue([replace(delivery, digest_id=digest_id) for delivery in deliveries])
        return digest_id

    def get(self, digest_id: int) -> Digest | None:
        rows = self.connection.query("SELECT * FROM digests WHERE id = ?", [digest_id])
        return _digest(rows[0]) if rows else None

    def newest(self, limit: int = 50, desk_id: str | None = None) -> list[Digest]:
        if desk_id is None:
            rows = self.connection.query("SELECT * FROM digests ORDER BY id DESC LIMIT ?", [limit])
        else:
            rows = self.connection.query(
                "SELECT * FROM digests WHERE desk_id = ? ORDER BY id DESC LIMIT ?", [desk_id, limit]
            )
        return [_digest(row) for row in rows]

    def told_since(self, desk_id: str, moment: datetime) -> int:
        told: int = self.connection.scalar(
            "SELECT ifnull(sum(told), 0) AS n FROM digests WHERE desk_id = ? AND at >= ?",
            [desk_id, to_text_time(moment)],
        )
        return told

    def last_slot_at(self, desk_id: str) -> datetime | None:
        newest: str | None = self.connection.scalar("SELECT max(slot_at) AS at FROM slots WHERE desk_id = ?", [desk_id])
        return from_optional_time(newest)

    def decide_slot(self, desk_id: str, slot_at: datetime, because: str, digest_id: int | None) -> None:
        decided = self.connection.execute(
            "INSERT INTO slots (desk_id, slot_at, because, digest_id) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (desk_id, slot_at) DO NOTHING",
            [desk_id, to_text_time(slot_at), clean(because), digest_id],
        )
        if not decided:
            raise ValueError(f"slot {slot_at.isoformat()} of desk {desk_id} was decided before")

    def slots(self, desk_id: str, limit: int = 50) -> list[tuple[datetime, str, int | None]]:
        rows = self.connection.query(
            "SELECT * FROM slots WHERE desk_id = ? ORDER BY slot_at DESC LIMIT ?", [desk_id, limit]
        )
        return [(from_text_time(row["slot_at"]), row["because"], row["digest_id"]) for row in rows]


def _digest(row: Row) -> Digest:
    return Digest(
        id=row["id"],
        desk_id=row["desk_id"],
        at=from_text_time(row["at"]),
        slot=row["slot"],
        subject=row["subject"],
        alert_ids=from_json_ids(row["alert_ids"]),
        html=row["html"],
        text=row["text"],
        told=row["told"],
    )
