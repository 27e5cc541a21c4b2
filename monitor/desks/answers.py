"""The links by which a reader of an e-mail says something back: what each asks, and whose they are. PURE.

A digest is rendered once for all its recipients. Its links are made for nobody first, and in each recipient's message
exchanged for that recipient's own; both are equally long, so that the limit on a message's size holds for all. What is
kept of a digest keeps the links of nobody, by which nothing can be said. Refuses to know how a link is signed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from monitor.desks.content import DigestContent
from monitor.model import FeedbackKind

NOBODY = ""
_LABELS = {FeedbackKind.RELEVANT: "Relevant", FeedbackKind.NOT_RELEVANT: "Not relevant"}


class ReaderLinks(Protocol):
    """Makes addresses that need no escaping anywhere; for one desk and one time, as long for each recipient."""

    def feedback(self, recipient: str, *, desk_id: str, article_id: int, kind: FeedbackKind, at: datetime) -> str:
        """Return where a recipient may say what they think of a story; `at` is when they were told of it."""

    def unsubscribe(self, recipient: str, *, desk_id: str, at: datetime) -> str:
        """Return where a recipient may ask to be told no more."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One link beside a story."""

    label: str
    url: str


Answers = Mapping[int, tuple[Answer, ...]]
"""The links beside each story, by article; empty where nothing would hear an answer."""


def answers(content: DigestContent, links: ReaderLinks | None, recipient: str = NOBODY) -> Answers:
    """Make the links beside each story that is told."""
    if links is None:
        return {}
    return {
        item.article_id: tuple(
            Answer(
                label,
                links.feedback(
                    recipient, desk_id=content.desk_id, article_id=item.article_id, kind=kind, at=content.at
                ),
            )
            for kind, label in _LABELS.items()
        )
        for item in content.items
    }


def addressed(text: str, nobodys: Answers, own: Answers) -> str:
    """Exchange the links of nobody in a rendered text for those of a recipient, beside the same stories."""
    for article_id, blanks in nobodys.items():
        for blank, answer in zip(blanks, own[article_id], strict=True):
            text = text.replace(blank.url, answer.url)
    return text
