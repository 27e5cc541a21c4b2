"""What the monitor knows of each feed between polls, and the bounded history of its polls."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from monitor.model import FeedState, Gap, NextPoll, PollOutcome, PollReport, PollTimes, Surge
from monitor.store.codec import clean, from_optional_time, from_text_time, to_json, to_optional_time, to_text_time
from monitor.store.connection import Connection, Row

POLLS_KEPT = 200
"""Polls kept of each feed: two days at a period of 15 minutes."""
SURGES_KEPT = 500
"""Surges kept of each feed."""
GAPS_KEPT = 500
"""Gaps kept of each feed; one that has more has too long a period, and its newest say so."""


@dataclass(frozen=True, slots=True)
class Feeds:
    """ports.FeedStore over a connection."""

    connection: Connection

    def state(self, feed_id: str) -> FeedState | None:
        rows = self.connection.query("SELECT * FROM feeds WHERE id = ?", [feed_id])
        return _state(rows[0]) if rows else None

    def states(self, feed_ids: Iterable[str] | None = None) -> dict[str, FeedState]:
        if feed_ids is None:
            rows = self.connection.query("SELECT * FROM feeds ORDER BY id")
        else:
            rows = self.connection.query(
                "SELECT * FROM feeds WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id", [to_json(feed_ids)]
            )
        return {row["id"]: _state(row) for row in rows}

    def times(self) -> dict[str, PollTimes]:
        rows = self.connection.rows("SELECT id, url, next_poll_at, last_polled_at, paused FROM feeds")
        return {
            feed_id: PollTimes(url, from_optional_time(next_at), from_optional_time(polled_at), bool(paused))
            for feed_id, url, next_at, polled_at, paused in rows
        }

    def save(self, state: FeedState) -> None:
        self.connection.execute(_SAVE, _row(state))

    def record(self, report: PollReport) -> None:
        self.connection.insert(
            "polls",
            {
                "feed_id": report.feed_id,
                "at": to_text_time(report.at),
                "outcome": report.outcome.value,
                "status": clean(report.status),
                "detail": clean(report.detail),
                "entries": report.entries,
                "new": report.new,
                "matched": report.matched,
                "alerts": report.alerts,
                "seconds": report.seconds,
                "next_at": to_text_time(report.next_poll.at),
                "next_because": report.next_poll.because,
            },
        )
        self.connection.execute(
            "DELETE FROM polls WHERE feed_id = ? AND id <="
            " (SELECT id FROM polls WHERE feed_id = ? ORDER BY id DESC LIMIT 1 OFFSET ?)",
            [report.feed_id, report.feed_id, POLLS_KEPT],
        )

    def polls(self, feed_id: str, limit: int = 50) -> list[PollReport]:
        rows = self.connection.query("SELECT * FROM polls WHERE feed_id = ? ORDER BY id DESC LIMIT ?", [feed_id, limit])
        return [_report(row) for row in rows]

    def note_gap(self, gap: Gap) -> None:
        self.connection.insert(
            "gaps",
            {
                "feed_id": gap.feed_id,
                "since": to_text_time(gap.since),
                "until": to_text_time(gap.until),
                "entries": gap.entries,
            },
        )
        self.connection.execute(
            "DELETE FROM gaps WHERE feed_id = ? AND id <="
            " (SELECT id FROM gaps WHERE feed_id = ? ORDER BY id DESC LIMIT 1 OFFSET ?)",
            [gap.feed_id, gap.feed_id, GAPS_KEPT],
        )

    def gaps(self, feed_id: str, limit: int = 50) -> list[Gap]:
        rows = self.connection.query("SELECT * FROM gaps WHERE feed_id = ? ORDER BY id DESC LIMIT ?", [feed_id, limit])
        return [
            Gap(
                feed_id=row["feed_id"],
                since=from_text_time(row["since"]),
                until=from_text_time(row["until"]),
                entries=row["entries"],
            )
            for row in rows
        ]

    def note_surge(self, surge: Surge) -> None:
        self.connection.insert(
            "surges",
            {
                "feed_id": surge.feed_id,
                "at": to_text_time(surge.at),
                "because": clean(surge.because),
                "ended_at": to_optional_time(surge.ended_at),
                "told": int(surge.told),
            },
        )
        self.connection.execute(
            "DELETE FROM surges WHERE feed_id = ? AND id <="
            " (SELECT id FROM surges WHERE feed_id = ? ORDER BY id DESC LIMIT 1 OFFSET ?)",
            [surge.feed_id, surge.feed_id, SURGES_KEPT],
        )

    def end_surges(self, feed_id: str, at: datetime, *, told: bool) -> None:
        self.connection.execute(
            "UPDATE surges SET ended_at = ?, told = ? WHERE feed_id = ? AND ended_at IS NULL",
            [to_text_time(at), int(told), feed_id],
        )

    def surges(self, since: datetime) -> list[Surge]:
        rows = self.connection.query(
            "SELECT * FROM surges WHERE at >= ? OR ended_at IS NULL OR ended_at >= ? ORDER BY at, id",
            [to_text_time(since), to_text_time(since)],
        )
        return [
            Surge(
                feed_id=row["feed_id"],
                at=from_text_time(row["at"]),
                because=row["because"],
                ended_at=from_optional_time(row["ended_at"]),
                told=bool(row["told"]),
            )
            for row in rows
        ]

    def gaps_since(self, moment: datetime) -> int:
        found: int = self.connection.scalar("SELECT count(*) AS n FROM gaps WHERE until >= ?", [to_text_time(moment)])
        return found


_COLUMNS = (
    *("id", "url", "etag", "last_modified", "body_sha256", "baseline_at", "next_poll_at", "next_poll_because"),
    *("last_polled_at", "last_ok_at", "last_new_at", "last_outcome", "last_detail", "failures", "paused", "memory"),
)
_SAVE = (
    f"INSERT INTO feeds ({', '.join(_COLUMNS)}) VALUES ({', '.join(f':{name}' for name in _COLUMNS)})"  # noqa: S608 - constants
    f" ON CONFLICT (id) DO UPDATE SET {', '.join(f'{name} = excluded.{name}' for name in _COLUMNS[1:])}"
)


def _row(state: FeedState) -> Row:
    return {
        "id": state.feed_id,
        "url": state.url,
        "etag": state.etag,
        "last_modified": state.last_modified,
        "body_sha256": state.body_sha256,
        "baseline_at": to_optional_time(state.baseline_at),
        "next_poll_at": to_optional_time(state.next_poll_at),
        "next_poll_because": state.next_poll_because,
        "last_polled_at": to_optional_time(state.last_polled_at),
        "last_ok_at": to_optional_time(state.last_ok_at),
        "last_new_at": to_optional_time(state.last_new_at),
        "last_outcome": state.last_outcome,
        "last_detail": clean(state.last_detail),
        "failures": state.failures,
        "paused": int(state.paused),
        "memory": clean(state.memory),
    }


def _state(row: Row) -> FeedState:
    return FeedState(
        feed_id=row["id"],
        url=row["url"],
        etag=row["etag"],
        last_modified=row["last_modified"],
        body_sha256=row["body_sha256"],
        baseline_at=from_optional_time(row["baseline_at"]),
        next_poll_at=from_optional_time(row["next_poll_at"]),
        next_poll_because=row["next_poll_because"],
        last_polled_at=from_optional_time(row["last_polled_at"]),
        last_ok_at=from_optional_time(row["last_ok_at"]),
        last_new_at=from_optional_time(row["last_new_at"]),
        last_outcome=row["last_outcome"],
        last_detail=row["last_detail"],
        failures=row["failures"],
        paused=bool(row["paused"]),
        memory=row["memory"],
    )


def _report(row: Row) -> PollReport:
    return PollReport(
        feed_id=row["feed_id"],
        at=from_text_time(row["at"]),
        outcome=PollOutcome(row["outcome"]),
        status=row["status"],
        detail=row["detail"],
        entries=row["entries"],
        new=row["new"],
        matched=row["matched"],
        alerts=row["alerts"],
        seconds=row["seconds"],
        next_poll=NextPoll(at=from_text_time(row["next_at"]), because=row["next_because"]),
    )
