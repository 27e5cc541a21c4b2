"""Who should hear of a matched article, and who should not, each with the reason.

A desk hears of a *story*, not of articles: once when the story is new to it, and again only when the story developed
in a way that the desk was not told of (a higher severity, a further rule, an edit that changes what is said, another
state of the affair). A second outlet or a reprint is neither. This module refuses to know when and how a desk is told
(`schedule`, `digest`), how articles became stories and what they say (`articles/`), and the database: what a desk was
told is an argument.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from monitor.desks.developments import developed
from monitor.desks.takes import why_not_taken
from monitor.model import AffairState, Alert, AlertKind, Article, Change, Desk, Match, Severity, Withheld, WithheldKind

CHANGED = "the report was changed: "


@dataclass(frozen=True, slots=True)
class Routing:
    """What an article means for the desks. Every desk that a rule names is in exactly one of the two."""

    alerts: tuple[Alert, ...] = ()
    """With id 0, at most one a desk, in the order the rules name the desks."""
    withheld: tuple[Withheld, ...] = ()


def route(
    *,
    article: Article,
    matches: Sequence[Match],
    told: Sequence[Alert],
    desks: Mapping[str, Desk],
    now: datetime,
    came: datetime | None = None,
    change: Change | None = None,
    states: Sequence[AffairState] = (),
) -> Routing:
    """Decide for each desk that the matched rules name whether this article is an alert.

    Args:
        article: The article that matched, stored, in its story.
        matches: The rules that hold for the article; several may name one desk.
        told: All alerts of the story so far, of any desk, waiting ones too.
        desks: The desks of the rule book by id.
        now: When this is decided, for `Alert.created_at`.
        came: When the article came, for the hours that a desk takes; None: now.
        change: What made a known article be looked at again, None for an article seen for the first time. It is news to
            a desk that was told by this article; of any other report of the story only a publisher's own notice is.
        states: How affairs stand by its text.

    Returns:
        One alert for each desk to which the story is new or has developed, and the reason for every other desk.
    """
    assert article.story_id is not None
    named = _desks_named(matches)

    def withhold(desk_id: str, kind: WithheldKind, because: str) -> Withheld:
        return Withheld(article.id, desk_id, kind, because, now)

    withheld = [
        withhold("", WithheldKind.NO_DESK, f"rule {match.rule_id} names no desk, so nobody is told of it")
        for match in matches
        if not match.desks
    ]
    alerts: list[Alert] = []
    for desk_id in named:
        if desk_id not in desks:
            because = f"there is no desk {desk_id} in the rule files"
            withheld.append(withhold(desk_id, WithheldKind.MISSING_DESK, because))
            continue
        own = [match for match in matches if desk_id in match.desks]
        own_told = [alert for alert in told if alert.desk_id == desk_id]
        kind, because = _judge(desks[desk_id], article, own, own_told, change, states=states, came=came or now)
        if isinstance(kind, WithheldKind):
            withheld.append(withhold(desk_id, kind, because))
            continue
        alerts.append(
            Alert(
                id=0,
                desk_id=desk_id,
                story_id=article.story_id,
                article_id=article.id,
                kind=kind,
                severity=_highest(own),
                rule_ids=_rule_ids(own),
                because=because,
                created_at=now,
                states=tuple(states),
            )
        )
    return Routing(tuple(alerts), tuple(withheld))


def told_under(matches: Sequence[Match], told: Sequence[Alert]) -> tuple[Match, ...]:
    """Return what a report matched until a change left no rule that holds, for the desks that were told under it alone.

    A report that is withdrawn rarely keeps the words that it was found by.

    Args:
        matches: What it matched before.
        told: All alerts of its story so far.
    """
    under = {(alert.desk_id, rule_id) for alert in told for rule_id in alert.rule_ids}
    own = (replace(m, desks=tuple(d for d in m.desks if (d, m.rule_id) in under)) for m in matches)
    return tuple(match for match in own if match.desks)


@dataclass(frozen=True, slots=True)
class Settled:
    """What becomes of the alerts of an article that wait, when it is judged again in the story where it stands now."""

    needless: tuple[Alert, ...] = ()
    """To be withdrawn."""
    raised: tuple[Alert, ...] = ()
    """To be added, with id 0."""


def settle(waiting: Sequence[Alert], routing: Routing) -> Settled:
    """Compare the alerts of an article that are in no digest yet with what it means in its story by now.

    What told a desk of a new story is needless where the desk has the story, or hears of a development instead; what
    told it of a development is, where the story is new to it. Other developments stay: an edit among them is not judged
    again. No desk is left without an alert that the routing gives it.

    Args:
        waiting: Its alerts that are in no digest.
        routing: What the article means there, judged without them.
    """
    kinds: dict[str, set[AlertKind]] = {}
    for alert in waiting:
        kinds.setdefault(alert.desk_id, set()).add(alert.kind)
    has_story = {each.desk_id for each in routing.withheld if each.kind.has_story}
    develops = {alert.desk_id for alert in routing.alerts if alert.kind is AlertKind.DEVELOPED}
    begins = {a.desk_id for a in routing.alerts if a.kind is AlertKind.NEW} & {
        desk_id for desk_id, own in kinds.items() if AlertKind.NEW not in own
    }
    goes = {AlertKind.NEW: has_story | develops, AlertKind.DEVELOPED: begins}
    needless = tuple(alert for alert in waiting if alert.desk_id in goes[alert.kind])
    stay = {alert.desk_id for alert in waiting if alert not in needless}
    return Settled(needless, tuple(alert for alert in routing.alerts if alert.desk_id not in stay))


def _judge(
    desk: Desk,
    article: Article,
    matches: Sequence[Match],
    told: Sequence[Alert],
    change: Change | None,
    *,
    states: Sequence[AffairState],
    came: datetime,
) -> tuple[AlertKind | WithheldKind, str]:
    if article.is_baseline:
        return WithheldKind.BASELINE, "the article stood in the feed before it was watched"
    severity = _highest(matches)
    if severity.rank < desk.floor.rank:
        return WithheldKind.BELOW_FLOOR, f"{severity} is below the desk's floor, {desk.floor}"
    elsewhere = why_not_taken(desk, article, matches, came)
    if elsewhere:
        return WithheldKind.NOT_TAKEN, elsewhere
    titles = _titles(matches)
    if not told:
        return AlertKind.NEW, f"a new story for this desk: {titles}"
    highest_told = max((alert.severity for alert in told), key=lambda told_severity: told_severity.rank)
    reasons: list[str] = []
    if severity.rank > highest_told.rank:
        reasons.append(f"severity rose from {highest_told} to {severity}")
    rules_told = {rule_id for alert in told for rule_id in alert.rule_ids}
    further = [match for match in matches if match.rule_id not in rules_told]
    if further:
        reasons.append(f"now also {_titles(further)}")
    if change is not None and (change.is_notice or _was_told_by(article, told)):
        reasons += [f"{CHANGED}{told_otherwise}" for told_otherwise in change.tells]
    stands = developed(states, told, _published(article), is_reprint=article.reprint_of is not None)
    if stands.because:
        reasons.append(stands.because)
    if reasons:
        return AlertKind.DEVELOPED, "; ".join(reasons)
    kind, because = _why_nothing_new(article, change)
    first = f"the desk has this story since {told[0].created_at:%Y-%m-%d %H:%M} UTC"
    return kind, "; ".join(filter(None, (because, stands.why_not, first)))


def _why_nothing_new(article: Article, change: Change | None) -> tuple[WithheldKind, str]:
    if change is not None and not change.tells:
        return WithheldKind.IMMATERIAL, f"the report was changed, but not in what it says ({change.because})"
    changed = f", by which the desk was not told, changed by now ({change.tells[0]})" if change is not None else ""
    if article.reprint_of is not None:
        return WithheldKind.REPRINT, f"a reprint of article {article.reprint_of}{changed}"
    return WithheldKind.SAME_STORY, f"another report of the same event, under the same rules{changed}"


def _was_told_by(article: Article, told: Iterable[Alert]) -> bool:
    return any(article.id in (alert.article_id, alert.spoken_by) for alert in told)


def _published(article: Article) -> datetime:
    """Return when an article was published as far as anybody knows; no later than it was seen."""
    return min(article.published_at or article.first_seen_at, article.first_seen_at)


def _desks_named(matches: Iterable[Match]) -> list[str]:
    return list(dict.fromkeys(desk_id for match in matches for desk_id in match.desks))


def _highest(matches: Iterable[Match]) -> Severity:
    return max((match.severity for match in matches), key=lambda severity: severity.rank)


def _rule_ids(matches: Iterable[Match]) -> tuple[str, ...]:
    """Give the rules by falling severity, then by id, each once."""
    ordered = sorted(matches, key=lambda match: (-match.severity.rank, match.rule_id))
    return tuple(dict.fromkeys(match.rule_id for match in ordered))


def _titles(matches: Iterable[Match]) -> str:
    ordered = sorted(matches, key=lambda match: (-match.severity.rank, match.rule_id))
    return ", ".join(dict.fromkeys(match.title for match in ordered))
