"""Deliveries and the append-only history of each. Moves nothing by itself: `delivery/` decides each move."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from monitor.model import ChannelKind, Delivery, DeliveryState
from monitor.store.codec import clean, from_optional_time, from_text_time, to_optional_time, to_text_time
from monitor.store.connection import Connection, Row

QUEUED = "queued"
"""The first event of every delivery."""


@dataclass(frozen=True, slots=True)
class Deliveries:
    """ports.DeliveryStore over a connection."""

    connection: Connection

    def queue(self, deliveries: Sequence[Delivery]) -> list[int]:
        return [self.add(delivery) for delivery in deliveries]

    def add(self, delivery: Delivery) -> int:
        """Store a new delivery with the first event of its history and return its id."""
        delivery_id = self.connection.insert(
            "deliveries",
            {
                "digest_id": delivery.digest_id,
                "channel": delivery.channel.value,
                "recipient": clean(delivery.recipient),
                "message_id": delivery.message_id,
                "payload": delivery.payload,
                "created_at": to_text_time(delivery.created_at),
                "part": delivery.part,
                "parts": delivery.parts,
                "state": delivery.state.value,
                "attempts": delivery.attempts,
                "ambiguous": delivery.ambiguous,
                "next_attempt_at": to_optional_time(delivery.next_attempt_at),
                "give_up_at": to_optional_time(delivery.give_up_at),
                "detail": clean(delivery.detail),
                "receipt": clean(delivery.receipt),
            },
        )
        self._append(delivery_id, QUEUED, delivery, delivery.created_at)
        return delivery_id

    def get(self, delivery_id: int) -> Delivery | None:
        rows = self.connection.query("SELECT * FROM deliveries WHERE id = ?", [delivery_id])
        return _delivery(rows[0]) if rows else None

    def of_digest(self, digest_id: int) -> list[Delivery]:
        rows = self.connection.query(
            "SELECT * FROM deliveries WHERE digest_id = ? ORDER BY channel, recipient, part", [digest_id]
        )
        return [_delivery(row) for row in rows]

    def due(self, now: datetime, limit: int = 100) -> list[Delivery]:
        asked = {"now": to_text_time(now), "limit": limit}
        rows = [row for kind in ChannelKind for row in self.connection.query(_DUE, {**asked, "kind": kind.value})]
        return [_delivery(row) for row in sorted(rows, key=lambda row: row["id"])]

    def move(self, delivery: Delivery, *, event: str, at: datetime, was: DeliveryState | None = None) -> None:
        changed = self.connection.execute(
            "UPDATE deliveries SET state = ?, attempts = ?, ambiguous = ?, next_attempt_at = ?, give_up_at = ?,"
            " detail = ?, receipt = ? WHERE id = ? AND state = ifnull(?, state)",
            [
                delivery.state.value,
                delivery.attempts,
                delivery.ambiguous,
                to_optional_time(delivery.next_attempt_at),
                to_optional_time(delivery.give_up_at),
                clean(delivery.detail),
                clean(delivery.receipt),
                delivery.id,
                None if was is None else was.value,
            ],
        )
        if not changed:
            stored = self.get(delivery.id)
            raise ValueError(
                f"delivery {delivery.id} is not stored"
                if stored is None
                else f"delivery {delivery.id} is {stored.state.value} by now, not {was}"
            )
        self._append(delivery.id, event, delivery, at)

    def in_state(self, state: DeliveryState) -> list[Delivery]:
        rows = self.connection.query("SELECT * FROM deliveries WHERE state = ? ORDER BY id", [state.value])
        return [_delivery(row) for row in rows]

    def newest(self, limit: int = 50) -> list[Delivery]:
        rows = self.connection.query("SELECT * FROM deliveries ORDER BY id DESC LIMIT ?", [limit])
        return [_delivery(row) for row in rows]

    def history(self, delivery_id: int) -> list[tuple[datetime, str, str, str]]:
        rows = self.connection.query("SELECT * FROM delivery_events WHERE delivery_id = ? ORDER BY id", [delivery_id])
        return [(from_text_time(row["at"]), row["event"], row["state"], row["detail"]) for row in rows]

    def _append(self, delivery_id: int, event: str, delivery: Delivery, at: datetime) -> None:
        self.connection.insert(
            "delivery_events",
            {
                "delivery_id": delivery_id,
                "at": to_text_time(at),
                "event": event,
                "state": delivery.state.value,
                "detail": clean(delivery.detail),
            },
        )


# A part of a split digest waits for the parts before it, so that "2/3" never stands above "1/3"; a part that is closed
# (sent, unknown, dead) holds up nothing. A Slack channel gets one message at a time, in order: Slack takes about one a
# second (https://docs.slack.dev/apis/web-api/rate-limits), and an editor reads them there one below the other.
# Each kind of channel is asked for alone: a crowd in front of one that hangs, or has no settings, hides no other.
_DUE = """
SELECT * FROM deliveries AS it
WHERE channel = :kind AND state IN ('pending', 'retry') AND (next_attempt_at IS NULL OR next_attempt_at <= :now)
  AND (part = 1 OR NOT EXISTS (
    SELECT 1 FROM deliveries AS earlier
    WHERE earlier.digest_id = it.digest_id AND earlier.channel = it.channel AND earlier.recipient = it.recipient
      AND earlier.part < it.part AND earlier.state IN ('pending', 'retry', 'sending')))
  AND (channel <> 'slack' OR NOT EXISTS (
    SELECT 1 FROM deliveries AS other
    WHERE other.channel = it.channel AND other.recipient = it.recipient AND other.id <> it.id
      AND other.state IN ('pending', 'retry', 'sending')
      AND (other.state = 'sending'
        OR other.id < it.id AND (other.next_attempt_at IS NULL OR other.next_attempt_at <= :now))))
ORDER BY id LIMIT :limit
"""


def _delivery(row: Row) -> Delivery:
    return Delivery(
        id=row["id"],
        digest_id=row["digest_id"],
        channel=ChannelKind(row["channel"]),
        recipient=row["recipient"],
        message_id=row["message_id"],
        payload=row["payload"],
        created_at=from_text_time(row["created_at"]),
        part=row["part"],
        parts=row["parts"],
        state=DeliveryState(row["state"]),
        attempts=row["attempts"],
        ambiguous=row["ambiguous"],
        next_attempt_at=from_optional_time(row["next_attempt_at"]),
        give_up_at=from_optional_time(row["give_up_at"]),
        detail=row["detail"],
        receipt=row["receipt"],
    )
