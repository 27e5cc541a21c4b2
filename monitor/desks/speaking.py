"""Which article of a story tells a desk of it: whose headline and sentence the digest shows.

Owns who may speak. A story that is new to the desk may be told by any of its articles that the desk would have heard of
by itself; which of these is the best text is for others to say (`articles/`). What was decided of each when it came
counts, not what its feed or the desk is like now. A development of a story that the desk has is told by the article
that shows it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from monitor.desks.routing import CHANGED
from monitor.model import Alert, AlertKind, Article, Desk, Match, Withheld, WithheldKind

_NOT_THE_DESKS = frozenset(
    {WithheldKind.BASELINE, WithheldKind.BELOW_FLOOR, WithheldKind.NOT_TAKEN, WithheldKind.SURGE}
)
_THE_DESKS_TOO = frozenset({WithheldKind.SAME_STORY, WithheldKind.REPRINT})


@dataclass(frozen=True, slots=True)
class Speaker:
    """The article that tells a story in the place of the one that raised its weightiest alert."""

    article_id: int
    because: str = ""
    """What the article lacks that raised the first alert: "it says “machine translation”"; "" where nothing."""


def voice_of(alerts: Iterable[Alert]) -> Alert:
    """Return the alert that says how things stand: the weightiest of a story, the latest of equals."""
    return max(alerts, key=lambda alert: (alert.severity.rank, alert.created_at, alert.id))


def who_may_speak(
    desk: Desk,
    alerts: Sequence[Alert],
    *,
    members: Sequence[Article],
    matches: Mapping[int, Sequence[Match]],
    withheld: Iterable[Withheld],
) -> list[Article]:
    """Return the articles that may tell a desk of a story which is new to it, in the order given.

    Args:
        desk: Who is told.
        alerts: The story's in this digest, at least one.
        members: The story's articles.
        matches: Those stored, by article id.
        withheld: Why the desk, or another, was not told of these articles, oldest first.

    Returns:
        Those that raised one of the alerts, and those that were not told only because they belong to the story; of
        both the ones for which the weightiest alert's rules hold as weightily. Where the story developed meanwhile,
        only what came with or after the development may speak, as what came before does not know of it; where a known
        report was changed, or the desk had the story, none.
    """
    voice = voice_of(alerts)
    if all(alert.kind is not AlertKind.NEW for alert in alerts) or CHANGED in voice.because:
        return []
    known = {article.id: (article.first_seen_at, article.id) for article in members}
    since = known.get(voice.article_id) if voice.kind is AlertKind.DEVELOPED else None
    last = {
        each.article_id: each.kind
        for each in withheld
        if each.desk_id == desk.id and each.kind in _NOT_THE_DESKS | _THE_DESKS_TOO
    }
    raised = {alert.article_id for alert in alerts}
    return [
        article
        for article in members
        if (article.id in raised or last.get(article.id) in _THE_DESKS_TOO)
        and (since is None or known[article.id] >= since)
        and not article.is_baseline
        and any(
            match.rule_id in voice.rule_ids and desk.id in match.desks and match.severity.rank >= voice.severity.rank
            for match in matches.get(article.id, ())
        )
    ]
