"""Who should hear of a matched article, and who should not, each with the reason.

A desk hears of a *story*, not of articles: once when the story is new to it, and again only when the story developed
in a way that the desk was not told of (a higher severity, a further rule, an edit that changes what is said). A second
outlet or a reprint is neither. This module refuses to know when and how a desk is told (`schedule`, `digest`), how
articles became stories (`articles/`), and the database: what a desk was told is an argument.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from monitor.desks.takes import why_not_taken
from monitor.model import Alert, AlertKind, Article, Desk, Edit, Match, Severity, Story, Withheld, WithheldKind

__all__ = ["Routing", "Withheld", "is_material", "route", "told_under"]

CHANGED = "the report was changed: "
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_WORD = re.compile(r"\w+")

# How newspapers open a note on a corrected or withdrawn report; own collection, one line a language of the watch.
_CORRECTION_WORDS = frozenset(
    unicodedata.normalize("NFC", word)
    for line in (
        "correction corrected corrects retraction retracted",
        "berichtigung korrektur korrigiert richtigstellung",
        "düzeltme tekzip",
        "تصحیح",
        "تصحيح",
        "اصلاحیه",
    )
    for word in line.split()
)


@dataclass(frozen=True, slots=True)
class Routing:
    """What an article means for the desks. Every desk that a rule names is in exactly one of the two."""

    alerts: tuple[Alert, ...] = ()
    """With id 0, at most one a desk, in the order the rules name the desks."""
    withheld: tuple[Withheld, ...] = ()


def route(
    *,
    article: Article,
    story: Story,
    matches: Sequence[Match],
    told: Sequence[Alert],
    desks: Mapping[str, Desk],
    now: datetime,
    edit: Edit | None = None,
    changed: str = "",
) -> Routing:
    """Decide for each desk that the matched rules name whether this article is an alert.

    Args:
        article: The article that matched, stored.
        story: The story it belongs to, stored.
        matches: The rules that hold for the article; several may name one desk.
        told: All alerts of the story so far, of any desk, waiting ones too.
        desks: The desks of the rule book by id.
        now: When this is decided, for `Alert.created_at`.
        edit: The change that made a known article be looked at again, None for an article seen for the first time.
        changed: What the changed report tells otherwise, with the sentence before and after; "" where it is only longer
            or worded anew.

    Returns:
        One alert for each desk to which the story is new or has developed, and the reason for every other desk.
    """
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
        kind, because = _judge(desks[desk_id], article, own, own_told, edit, changed=changed, now=now)
        if isinstance(kind, WithheldKind):
            withheld.append(withhold(desk_id, kind, because))
            continue
        alerts.append(
            Alert(
                id=0,
                desk_id=desk_id,
                story_id=story.id,
                article_id=article.id,
                kind=kind,
                severity=_highest(own),
                rule_ids=_rule_ids(own),
                because=because,
                created_at=now,
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


def is_material(edit: Edit) -> tuple[bool, str]:
    """Say whether a changed article tells its reader something else, and how that shows.

    Material are: other words in the headline (more than the spelling of one word), another number in the headline, and
    a correction or withdrawal announced in the headline or at the start of a paragraph. A longer body is not: reports
    grow all day, and what is new in them shows as a further rule.
    """
    old_title, new_title = _words(edit.old_title), _words(edit.new_title)
    announced = _announcements(edit.new_title, edit.new_body) - _announcements(edit.old_title, edit.old_body)
    if announced:
        return True, f"the article now says “{min(announced)}”"
    if old_title == new_title:
        return False, "the headline has the same words as before"
    if sorted(_NUMBER.findall(edit.old_title)) != sorted(_NUMBER.findall(edit.new_title)):
        return True, f"a figure in the headline, which was “{edit.old_title}”"
    gone, come = _difference(old_title, new_title), _difference(new_title, old_title)
    if len(gone) == len(come) == 1 and _is_respelling(gone[0], come[0]):
        return False, f"the headline only spells “{gone[0]}” as “{come[0]}”"
    return True, f"the headline was “{edit.old_title}”"


def _judge(
    desk: Desk,
    article: Article,
    matches: Sequence[Match],
    told: Sequence[Alert],
    edit: Edit | None,
    *,
    changed: str,
    now: datetime,
) -> tuple[AlertKind | WithheldKind, str]:
    if article.is_baseline:
        return WithheldKind.BASELINE, "the article stood in the feed before it was watched"
    severity = _highest(matches)
    if severity.rank < desk.floor.rank:
        return WithheldKind.BELOW_FLOOR, f"{severity} is below the desk's floor, {desk.floor}"
    elsewhere = why_not_taken(desk, article, matches, now)
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
    if edit is not None:
        material, how = is_material(edit)
        if material and not (changed and edit.old_title in changed):
            reasons.append(f"{CHANGED}{how}")
        if changed:
            reasons.append(f"{CHANGED}{changed}")
    if reasons:
        return AlertKind.DEVELOPED, "; ".join(reasons)
    return _why_nothing_new(article, edit, told)


def _why_nothing_new(article: Article, edit: Edit | None, told: Sequence[Alert]) -> tuple[WithheldKind, str]:
    first = f"the desk has this story since {told[0].created_at:%Y-%m-%d %H:%M} UTC"
    if edit is not None:
        because = f"the report was changed, but not in what it says ({is_material(edit)[1]}); {first}"
        return WithheldKind.IMMATERIAL, because
    if article.reprint_of is not None:
        return WithheldKind.REPRINT, f"a reprint of article {article.reprint_of}; {first}"
    return WithheldKind.SAME_STORY, f"another report of the same event, under the same rules; {first}"


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


def _words(text: str) -> list[str]:
    return _WORD.findall(unicodedata.normalize("NFC", text).casefold())


def _announcements(title: str, body: str) -> set[str]:
    openings = {words[0] for paragraph in body.split("\n") if (words := _words(paragraph[:80]))}
    return (set(_words(title)) | openings) & _CORRECTION_WORDS


def _difference(words: Sequence[str], others: Sequence[str]) -> list[str]:
    """Give the words that `others` lacks, counting repeats, in order."""
    rest = list(others)
    missing = []
    for word in words:
        if word in rest:
            rest.remove(word)
        else:
            missing.append(word)
    return missing


def _is_respelling(old: str, new: str) -> bool:
    """Say whether two words of five letters or more are one insertion, deletion, change or swap of letters apart."""
    if min(len(old), len(new)) < 5 or abs(len(old) - len(new)) > 1:
        return False
    start = next((i for i, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new)))
    old_rest, new_rest = old[start:], new[start:]
    return (
        old_rest[1:] == new_rest[1:]
        or old_rest[1:] == new_rest
        or old_rest == new_rest[1:]
        or (old_rest[:2] == new_rest[:2][::-1] and old_rest[2:] == new_rest[2:])
    )
