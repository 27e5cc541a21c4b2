"""Alerts: which story a desk should hear of, and in which digest it was told; and who was not told, and why."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from monitor.model import AffairState, Alert, AlertKind, FurtherReport, Severity, Withheld, WithheldKind
from monitor.store.codec import clean, from_json_strings, from_text_time, to_json, to_text_time
from monitor.store.connection import Connection, Row


@dataclass(frozen=True, slots=True)
class Alerts:
    """ports.AlertStore over a connection."""

    connection: Connection

    def add(self, alert: Alert) -> int:
        return self.connection.insert(
            "alerts",
            {
                "desk_id": alert.desk_id,
                "story_id": alert.story_id,
                "article_id": alert.article_id,
                "kind": alert.kind.value,
                "severity": alert.severity.value,
                "rule_ids": to_json(alert.rule_ids),
                "because": clean(alert.because),
                "created_at": to_text_time(alert.created_at),
                "digest_id": alert.digest_id,
                "states": to_json(map(str, alert.states)),
            },
        )

    def withdraw(self, alert_ids: Iterable[int]) -> None:
        for alert_id in alert_ids:
            if not self.connection.execute("DELETE FROM alerts WHERE id = ? AND digest_id IS NULL", [alert_id]):
                raise ValueError(f"alert {alert_id} is in a digest, or not stored")

    def told(self, story_id: int) -> list[Alert]:
        return [
            _alert(row)
            for row in self.connection.query("SELECT * FROM alerts WHERE story_id = ? ORDER BY id", [story_id])
        ]

    def told_of(self, story_ids: Iterable[int]) -> dict[int, list[Alert]]:
        found: dict[int, list[Alert]] = {}
        for row in self.connection.query(
            "SELECT * FROM alerts WHERE story_id IN (SELECT value FROM json_each(?)) ORDER BY id", [to_json(story_ids)]
        ):
            found.setdefault(row["story_id"], []).append(_alert(row))
        return found

    def waiting(self, desk_id: str) -> list[Alert]:
        rows = self.connection.query(
            "SELECT * FROM alerts WHERE desk_id = ? AND digest_id IS NULL ORDER BY id", [desk_id]
        )
        return [_alert(row) for row in rows]

    def desks_waiting(self) -> set[str]:
        rows = self.connection.query("SELECT DISTINCT desk_id FROM alerts WHERE digest_id IS NULL")
        return {row["desk_id"] for row in rows}

    def in_digests_since(self, moment: datetime) -> list[Alert]:
        rows = self.connection.query(
            "SELECT alerts.* FROM digests JOIN alerts ON alerts.digest_id = digests.id WHERE digests.at >= ?"
            " ORDER BY +alerts.id",
            [to_text_time(moment)],
        )
        return [_alert(row) for row in rows]

    def withhold(self, withheld: Iterable[Withheld]) -> None:
        for each in withheld:
            self.connection.execute(
                "INSERT INTO withheld (article_id, desk_id, kind, because, at) VALUES (?, ?, ?, ?, ?)"
                " ON CONFLICT (article_id, desk_id, kind, because) DO UPDATE SET at = excluded.at",
                [each.article_id, each.desk_id, each.kind.value, clean(each.because), to_text_time(each.at)],
            )
            if each.kind.has_story:
                self.connection.execute(
                    "INSERT INTO further_reports (article_id, desk_id) VALUES (?, ?) ON CONFLICT DO NOTHING",
                    [each.article_id, each.desk_id],
                )

    def withheld(self, article_ids: Iterable[int]) -> list[Withheld]:
        rows = self.connection.query(
            "SELECT * FROM withheld WHERE article_id IN (SELECT value FROM json_each(?)) ORDER BY at, id",
            [to_json(article_ids)],
        )
        return [
            Withheld(
                article_id=row["article_id"],
                desk_id=row["desk_id"],
                kind=WithheldKind(row["kind"]),
                because=row["because"],
                at=from_text_time(row["at"]),
            )
            for row in rows
        ]

    def further(self, desk_id: str) -> list[FurtherReport]:
        return [
            FurtherReport(
                article_id=row["id"],
                story_id=row["story_id"],
                feed_id=row["feed_id"],
                title=row["title"],
                url=row["url"],
                is_reprint=row["reprint_of"] is not None,
            )
            for row in self.connection.query(_FURTHER, [desk_id])
        ]

    def count_further(self, article_ids: Iterable[int], desk_id: str, digest_id: int) -> None:
        self.connection.execute(
            "UPDATE further_reports SET digest_id = ? WHERE desk_id = ? AND digest_id IS NULL"
            " AND article_id IN (SELECT value FROM json_each(?))",
            [digest_id, desk_id, to_json(article_ids)],
        )

    def counted(self, article_id: int) -> dict[str, int]:
        rows = self.connection.query(
            "SELECT desk_id, digest_id FROM further_reports WHERE article_id = ? AND digest_id IS NOT NULL",
            [article_id],
        )
        return {row["desk_id"]: row["digest_id"] for row in rows}

    def tell_by(self, article_id: int, alert_ids: Iterable[int]) -> None:
        self.connection.execute(
            "UPDATE alerts SET spoken_by = ? WHERE id IN (SELECT value FROM json_each(?))",
            [article_id, to_json(alert_ids)],
        )

    def hold(self, article_id: int, at: datetime) -> None:
        self.connection.execute(
            "INSERT INTO held_articles (article_id, at) VALUES (?, ?) ON CONFLICT (article_id) DO NOTHING",
            [article_id, to_text_time(at)],
        )

    def held(self, feed_id: str) -> list[int]:
        rows = self.connection.query(
            "SELECT article_id FROM held_articles JOIN articles ON articles.id = article_id"
            " WHERE feed_id = ? ORDER BY article_id",
            [feed_id],
        )
        return [row["article_id"] for row in rows]

    def let_go(self, article_ids: Iterable[int]) -> None:
        self.connection.execute(
            "DELETE FROM held_articles WHERE article_id IN (SELECT value FROM json_each(?))", [to_json(article_ids)]
        )


_FURTHER = """
SELECT articles.id, articles.story_id, articles.feed_id, articles.title, articles.url, articles.reprint_of
FROM further_reports JOIN articles ON articles.id = further_reports.article_id
WHERE further_reports.desk_id = ? AND further_reports.digest_id IS NULL AND articles.story_id IS NOT NULL
ORDER BY articles.id
"""


def _alert(row: Row) -> Alert:
    return Alert(
        id=row["id"],
        desk_id=row["desk_id"],
        story_id=row["story_id"],
        article_id=row["article_id"],
        kind=AlertKind(row["kind"]),
        severity=Severity(row["severity"]),
        rule_ids=from_json_strings(row["rule_ids"]),
        because=row["because"],
        created_at=from_text_time(row["created_at"]),
        digest_id=row["digest_id"],
        spoken_by=row["spoken_by"],
        states=tuple(map(_state, from_json_strings(row["states"]))),
    )


def _state(text: str) -> AffairState:
    """Read what a state writes of itself: "truce ended", "truce ended denied", of a truce denied "truce  denied"."""
    affair, name, *denied = text.split(" ")
    return AffairState(affair, name, is_denied=bool(denied))
