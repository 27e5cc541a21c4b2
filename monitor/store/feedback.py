"""What people said of stories, append-only. Decides only whether it was said before, never what it means for a rule."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from monitor.model import ChannelKind, Feedback, FeedbackKind
from monitor.store.codec import clean, from_text_time, to_json, to_text_time
from monitor.store.connection import Connection, Row


@dataclass(frozen=True, slots=True)
class FeedbackRecord:
    """ports.FeedbackStore over a connection."""

    connection: Connection

    def add(self, feedback: Feedback) -> bool:
        if self._is_said(feedback):
            return False
        self.connection.insert(
            "feedback",
            {
                "article_id": feedback.article_id,
                "desk_id": feedback.desk_id,
                "kind": feedback.kind.value,
                "who": clean(feedback.who),
                "through": feedback.through.value,
                "at": to_text_time(feedback.at),
            },
        )
        return True

    def of_stories(self, story_ids: Iterable[int]) -> list[Feedback]:
        return self._read("articles.story_id IN (SELECT value FROM json_each(?))", to_json(story_ids))

    def since(self, moment: datetime) -> list[Feedback]:
        return self._read("feedback.at >= ?", to_text_time(moment))

    def _is_said(self, feedback: Feedback) -> bool:
        """Say whether this is the last word already: the person's own, or for a claim the desk's."""
        story_id = self.connection.scalar("SELECT story_id FROM articles WHERE id = ?", [feedback.article_id])
        said = [each for each in self.of_stories([story_id]) if each.desk_id == feedback.desk_id]
        if feedback.kind is FeedbackKind.CLAIM:
            claims = [each.who for each in said if each.kind is FeedbackKind.CLAIM]
            return claims[-1:] == [clean(feedback.who)]
        own = [e.kind for e in said if e.kind is not FeedbackKind.CLAIM and e.who == clean(feedback.who)]
        return own[-1:] == [feedback.kind]

    def _read(self, condition: str, parameter: str) -> list[Feedback]:
        rows = self.connection.query(
            "SELECT feedback.*, articles.story_id FROM feedback JOIN articles ON articles.id = feedback.article_id"  # noqa: S608 - conditions of this module
            f" WHERE {condition} ORDER BY +feedback.id",
            [parameter],
        )
        return [_feedback(row) for row in rows]


def _feedback(row: Row) -> Feedback:
    return Feedback(
        id=row["id"],
        article_id=row["article_id"],
        desk_id=row["desk_id"],
        kind=FeedbackKind(row["kind"]),
        who=row["who"],
        through=ChannelKind(row["through"]),
        at=from_text_time(row["at"]),
        story_id=row["story_id"] or 0,
    )
