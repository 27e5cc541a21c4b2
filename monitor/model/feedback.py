"""What the people of a desk said of the stories they were told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from monitor.model.deliveries import ChannelKind


class FeedbackKind(StrEnum):
    """What was said."""

    RELEVANT = "relevant"
    NOT_RELEVANT = "not-relevant"
    CLAIM = "claim"  # "this story is mine": it judges nothing


@dataclass(frozen=True, slots=True)
class Feedback:
    """One thing that one person said of one story. What was said is never rewritten; a person's last word counts."""

    id: int
    """0 until it is stored."""
    article_id: int
    """The article whose headline the person saw. The story is that of the article, however stories are merged."""
    desk_id: str
    kind: FeedbackKind
    who: str
    """An e-mail address, or a Slack user's id."""
    through: ChannelKind
    """The channel by which the person was told."""
    at: datetime
    story_id: int = 0
    """The story in which the article stands now; known when it is read from the store, of no effect when added."""
