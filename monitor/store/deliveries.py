"""Deliveries and the append-only history of each. Moves nothing by itself: `delivery/` decides each move."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from monitor.model import ChannelKind, Delivery, DeliveryState
from monitor.store.codec import (
    clean,
    from_json_ids,
    from_optional_time,
    from_text_time,
    to_json,
    to_optional_time,
    to_text_time,
)
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
                "root_id": delivery.root_id,
                "is_edit": int(delivery.is_edit),
                "tells": to_json(delivery.tells),
            },
        )
        self._append(delivery_id, QUEUED, delivery, delivery.created_at)
        return delivery_id

    def get(self, delivery_id: int) -> Delivery | None:
        rows = self.connection.query(f"{_READ} WHERE id = ?", [delivery_id])
        return _delivery(rows[0]) if rows else None

    def of_digest(self, digest_id: int) -> list[Delivery]:
        rows = self.connection.query(f"{_READ} WHERE digest_id = ? ORDER BY channel, recipient, part", [digest_id])
        return [_delivery(row) for row in rows]

    def mails_of(self, digest_ids: Iterable[int]) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for row in self.connection.query(_MAILS_OF, [to_json(digest_ids)]):
            found.setdefault(row["recipient"], []).append(row["message_id"])
        return found

    def due(self, now: datetime, limit: int = 100) -> list[Delivery]:
        asked = {"now": to_text_time(now), "limit": limit}
        rows: list[Row] = []
        for kind in ChannelKind:
            query = _DUE_BY_SLACK if kind is ChannelKind.SLACK else _DUE
            rows += self.connection.query(query, {**asked, "kind": kind.value})
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
        rows = self.connection.query(f"{_READ} WHERE state = ? ORDER BY id", [state.value])
        return [_delivery(row) for row in rows]

    def newest(self, limit: int = 50) -> list[Delivery]:
        rows = self.connection.query(f"{_READ} ORDER BY id DESC LIMIT ?", [limit])
        return [_delivery(row) for row in rows]

    def history(self, delivery_id: int) -> list[tuple[datetime, str, str, str]]:
        rows = self.connection.query("SELECT * FROM delivery_events WHERE delivery_id = ? ORDER BY id", [delivery_id])
        return [(from_text_time(row["at"]), row["event"], row["state"], row["detail"]) for row in rows]

    def root(self, story_id: int, *, desk_id: str, channel: ChannelKind, recipient: str) -> Delivery | None:
        rows = self.connection.query(_ROOT, [story_id, desk_id, channel.value, recipient, story_id])
        return _delivery(rows[0]) if rows else None

    def edited(self, story_id: int, *, desk_id: str, since: datetime) -> list[int]:
        rows = self.connection.query(_EDITED, [story_id, desk_id, story_id, to_text_time(since)])
        return [row["id"] for row in rows]

    def with_receipt(self, channel: ChannelKind, beginning: str) -> Delivery | None:
        rows = self.connection.query(
            f"{_READ} WHERE channel = ? AND receipt >= ? AND receipt < ? AND NOT is_edit ORDER BY id LIMIT 1",
            [channel.value, beginning, beginning + "\U0010ffff"],
        )
        return _delivery(rows[0]) if rows else None

    def is_edited_later(self, edit: Delivery) -> bool:
        later: int = self.connection.scalar(
            "SELECT count(*) AS n FROM deliveries WHERE root_id = ? AND is_edit AND id > ?", [edit.root_id, edit.id]
        )
        return later > 0

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


_READ = """
SELECT *, ifnull((SELECT receipt FROM deliveries AS root WHERE root.id = deliveries.root_id), '') AS root_receipt
FROM deliveries
"""

_MAILS_OF = """
SELECT recipient, message_id FROM deliveries
WHERE digest_id IN (SELECT value FROM json_each(?)) AND channel = 'email' AND state <> 'dead' ORDER BY digest_id, id
"""

# A part of a split digest waits for the parts before it, so that "2/3" never stands above "1/3", and an answer or an
# edit for the message it belongs to; what is closed (sent, unknown, dead) holds up nothing. A message that is whole in
# itself (`parts` 1) waits for no other story's. A Slack channel gets one message at a time, in order: Slack takes about
# one a second (https://docs.slack.dev/apis/web-api/rate-limits), and an editor reads them there one below the other.
# Edits make no message wait: they go when none is due.
# Each kind of channel is asked for alone: a crowd in front of one that hangs, or has no settings, hides no other.
_IS_READY = """
it.channel = :kind AND it.state IN ('pending', 'retry') AND (it.next_attempt_at IS NULL OR it.next_attempt_at <= :now)
AND (it.part = 1 OR it.parts = 1 OR NOT EXISTS (
  SELECT 1 FROM deliveries AS earlier
  WHERE earlier.digest_id = it.digest_id AND earlier.channel = it.channel AND earlier.recipient = it.recipient
    AND earlier.part < it.part AND earlier.state IN ('pending', 'retry', 'sending')))
AND (it.root_id IS NULL OR NOT EXISTS (
  SELECT 1 FROM deliveries AS root WHERE root.id = it.root_id AND root.state IN ('pending', 'retry', 'sending')))
"""
_DUE = f"""
{_READ}
WHERE id IN (SELECT id FROM deliveries AS it WHERE {_IS_READY} ORDER BY id LIMIT :limit)
ORDER BY id
"""  # noqa: S608 - constants
_DUE_BY_SLACK = f"""
WITH ready AS MATERIALIZED (
  SELECT id, recipient, row_number() OVER (PARTITION BY recipient ORDER BY is_edit, id) AS place
  FROM deliveries AS it WHERE {_IS_READY})
{_READ}
WHERE id IN (
  SELECT id FROM ready
  WHERE place = 1 AND recipient NOT IN (SELECT recipient FROM deliveries WHERE channel = :kind AND state = 'sending')
  ORDER BY id LIMIT :limit)
ORDER BY id
"""  # noqa: S608 - constants

_ROOT = f"""
{_READ}
WHERE digest_id IN (SELECT digest_id FROM alerts WHERE story_id = ? AND desk_id = ?)
  AND channel = ? AND recipient = ? AND root_id IS NULL AND state IN ('pending', 'retry', 'sending', 'sent')
  AND EXISTS (SELECT 1 FROM json_each(tells) WHERE value IN (SELECT id FROM articles WHERE story_id = ?))
ORDER BY id LIMIT 1
"""  # noqa: S608 - constants

_EDITED = """
SELECT id FROM deliveries AS message
WHERE digest_id IN (SELECT digest_id FROM alerts WHERE story_id = ? AND desk_id = ?)
  AND EXISTS (SELECT 1 FROM json_each(tells) WHERE value IN (SELECT id FROM articles WHERE story_id = ?))
  AND EXISTS (SELECT 1 FROM deliveries WHERE root_id = message.id AND is_edit AND created_at >= ?)
ORDER BY id
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
        root_id=row["root_id"],
        is_edit=bool(row["is_edit"]),
        tells=from_json_ids(row["tells"]),
        root_receipt=row["root_receipt"],
    )
