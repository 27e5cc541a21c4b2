"""Mutes of stories. Decides nothing: `desks/mutes` says when one is over."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from monitor.model import Mute
from monitor.store.codec import clean, from_optional_time, from_text_time, to_json, to_optional_time, to_text_time
from monitor.store.connection import Connection, Row


@dataclass(frozen=True, slots=True)
class Mutes:
    """ports.MuteStore over a connection."""

    connection: Connection

    def add(self, mute: Mute) -> int:
        return self.connection.insert(
            "mutes",
            {
                "story_id": mute.story_id,
                "desk_id": mute.desk_id,
                "at": to_text_time(mute.at),
                "until": to_optional_time(mute.until),
                "ended_at": to_optional_time(mute.ended_at),
                "ended_because": clean(mute.ended_because),
                "who": clean(mute.who),
            },
        )

    def open(self) -> list[Mute]:
        return [_mute(row) for row in self.connection.query("SELECT * FROM mutes WHERE ended_at IS NULL ORDER BY id")]

    def of_stories(self, story_ids: Iterable[int]) -> list[Mute]:
        rows = self.connection.query(
            "SELECT * FROM mutes WHERE story_id IN (SELECT value FROM json_each(?)) ORDER BY id", [to_json(story_ids)]
        )
        return [_mute(row) for row in rows]

    def end(self, mute_id: int, at: datetime, because: str) -> None:
        ended = self.connection.execute(
            "UPDATE mutes SET ended_at = ?, ended_because = ? WHERE id = ? AND ended_at IS NULL",
            [to_text_time(at), clean(because), mute_id],
        )
        if not ended:
            raise ValueError(f"mute {mute_id} does not hold")


def _mute(row: Row) -> Mute:
    return Mute(
        id=row["id"],
        story_id=row["story_id"],
        desk_id=row["desk_id"],
        at=from_text_time(row["at"]),
        until=from_optional_time(row["until"]),
        ended_at=from_optional_time(row["ended_at"]),
        ended_because=row["ended_because"],
        who=row["who"],
    )
