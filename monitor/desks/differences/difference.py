"""Where the reports of one story differ: in a toll, in a day, in who says so; each value with its sources.

Owns the comparison of what reports say (`reading`) and the sentence that tells a difference. It says that reports
differ, never which is right, and rather nothing than a quarrel that is none: figures of different parties, a number
that a bound allows, what an outlet itself replaced, and what a later report says to have grown are no differences.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import combinations

from monitor.desks.differences.days import DaySaid
from monitor.desks.differences.figures import COUNTED
from monitor.desks.differences.reading import Reading, Stance, Told, read
from monitor.desks.differences.speakers import are_opposed, are_others, side_of
from monitor.desks.excerpt import isolate, one_line, shorten
from monitor.model import Article

STALE = timedelta(hours=6)
"""A toll this much older than a higher one is what was known then, and no difference. In the labelled stories of
`tests/data/stories`, tolls that grew without the later report saying so are more than eight hours apart."""
_READ_AT_MOST = 100
"""Reports of a story that are compared, each with each: the newest."""
_NAME_LIMIT = 40
_OUTLETS_SHOWN = 4
_VALUES_SHOWN = 5
_PASSING = ("missing", "kidnapped", "displaced")
"""Kinds whose numbers fall as well, as people are found."""
_SUM = "sum"
_WEIGHTS = (*COUNTED[:3], "magnitude", *COUNTED[3:], "day", _SUM, "denied", "said")
"""Kinds of differences, weightiest first; sums of money, which are named by their purpose, are of one weight."""


@dataclass(frozen=True, slots=True)
class Saying:
    """One value, and who gives it."""

    value: str
    """Such as "12", "at least 30", "Sat 21 Nov" or "denied"."""
    speaker: str
    """Whom the reports name as their source, "" where they name nobody."""
    outlets: tuple[str, ...]
    """In order of time; a reprint counts as its original's."""
    article_ids: tuple[int, ...]
    at: datetime
    """When the first of these reports was seen."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A point on which the reports of a story differ."""

    kind: str
    """Such as "killed", "magnitude", "day", "denied" or "said"."""
    title: str
    """What differs, for people: "Soldiers killed", "Day of the talks"."""
    sayings: tuple[Saying, ...]
    """In order of time; two or more."""


@dataclass(frozen=True, slots=True)
class _Report:
    article: Article
    outlet: str
    source: str
    """Whose words it has: of one source the newest counts."""
    reading: Reading


@dataclass(frozen=True, slots=True)
class _Given:
    """A figure of one report."""

    report: _Report
    told: Told

    @property
    def saying(self) -> tuple[_Report, str, str]:
        """Return who gives which value, and whom it names."""
        return self.report, self.told.figure.amount.text, self.told.speaker


def differences_of(
    members: Sequence[Article], outlets: Mapping[str, str], wires: Mapping[int, str] | None = None
) -> tuple[Difference, ...]:
    """Compare the reports of a story.

    Args:
        members: All articles of one story, reprints included, in any order.
        outlets: Names of outlets by feed id; a feed without one is named by its id.
        wires: Agencies that articles credit, by article id: what an agency said anew replaces what it said before, in
            whatever outlet.

    Returns:
        What they differ on, the weightiest first.
    """
    credited = wires or {}
    reports = [
        _Report(article, _outlet(article, outlets), credited.get(article.id) or article.feed_id, read(article))
        for article in _texts(members)[-_READ_AT_MOST:]
    ]
    found = [*_figures(reports), *_days(reports), *_denials(reports)]
    weights = {kind: place for place, kind in enumerate(_WEIGHTS)}
    return tuple(sorted(found, key=lambda one: (weights.get(one.kind, weights[_SUM]), one.title)))


def sentence_of(difference: Difference) -> str:
    """Tell a difference in one line: "Killed: 12 (Dawn, police; Geo), 15 (ARY, hospital)"."""
    by_value: dict[str, list[Saying]] = {}
    for saying in difference.sayings:
        by_value.setdefault(saying.value, []).append(saying)
    shown = [f"{value} ({_sources(sayings)})" for value, sayings in list(by_value.items())[:_VALUES_SHOWN]]
    more = len(by_value) - len(shown)
    return f"{difference.title}: {', '.join(shown)}{f' and {more} more' if more else ''}"


def _sources(sayings: Sequence[Saying]) -> str:
    """Name the outlets of one value, those with one source together, and count those that there is no room for."""
    told, room, left = [], _OUTLETS_SHOWN, 0
    for saying in sayings:
        named = [isolate(outlet) for outlet in saying.outlets[:room]]
        room, left = room - len(named), left + len(saying.outlets) - len(named)
        if named:
            outlets = " and ".join(filter(None, (", ".join(named[:-1]), named[-1])))
            told.append(f"{outlets}, {saying.speaker}" if saying.speaker else outlets)
    return f"{'; '.join(told)}{f' +{left}' if left else ''}"


def _texts(members: Sequence[Article]) -> list[Article]:
    """Return the reports that count, in order of time: reprints of another outlet say what their original says."""
    by_id = {article.id: article for article in members}
    own = []
    for article in sorted(members, key=lambda one: (one.first_seen_at, one.id)):
        original = by_id.get(article.reprint_of) if article.reprint_of is not None else None
        if original is None or original.feed_id == article.feed_id:
            own.append(article)
    return own


def _outlet(article: Article, outlets: Mapping[str, str]) -> str:
    name = one_line(outlets.get(article.feed_id, "")) or one_line(article.feed_id)
    return shorten(name or "unknown outlet", _NAME_LIMIT)


def _figures(reports: Sequence[_Report]) -> Iterable[Difference]:
    by_key: dict[tuple[str, str], dict[str, _Given]] = {}
    for report in reports:
        for told in report.reading.figures:
            # The newest of a source counts; where it stands in the order of time is when it was said.
            newest = by_key.setdefault((told.figure.kind, told.figure.party), {})
            newest.pop(report.source, None)
            newest[report.source] = _Given(report, told)
    agreed: list[tuple[int, Difference]] = []
    for (kind, party), newest in by_key.items():
        given = list(newest.values())
        if kind in COUNTED:
            given = [one for one in given if not _is_outgrown(one, given)]
        apart = [one for one in given if any(one.told.differs(other.told) for other in given)]
        title = _title(kind, party)
        named = [one for one in given if one.told.speaker]
        if apart:
            yield Difference(kind, title, _sayings(one.saying for one in apart))
        elif kind in COUNTED and _has_others({one.told.speaker for one in named}):
            by_whom = Difference("said", f"{title}, by whom", _sayings(one.saying for one in named))
            agreed.append((COUNTED.index(kind), by_whom))
    # Who says what all agree on is told of the weightiest figure alone.
    if agreed:
        yield min(agreed, key=lambda one: (one[0], one[1].title))[1]


def _has_others(speakers: Iterable[str]) -> bool:
    return any(are_others(one, other) for one, other in combinations(speakers, 2))


def _is_outgrown(one: _Given, given: Sequence[_Given]) -> bool:
    """Say whether a later report says that a figure grew, or the figure is old beside a higher one."""
    figure = one.told.figure
    for later in given:
        age = later.report.article.first_seen_at - one.report.article.first_seen_at
        has_grown = figure.amount.high < later.told.figure.amount.low
        if age > timedelta(0) and later.told.figure.rises and has_grown:
            return True
        has_passed = figure.kind in _PASSING and not figure.amount.agrees(later.told.figure.amount)
        if age > STALE and (has_grown or has_passed):
            return True
    return False


def _title(kind: str, party: str) -> str:
    if kind in COUNTED:
        counted = shorten(" and ".join(party.split("+")), _NAME_LIMIT)
        if not counted.isascii():
            return f"{kind.capitalize()} ({isolate(counted)})"
        return f"{counted} {kind}".strip().capitalize()
    return kind.capitalize()


def _sayings(said: Iterable[tuple[_Report, str, str]]) -> tuple[Saying, ...]:
    """Put reports of one value from one source together."""
    together: dict[tuple[str, str], list[_Report]] = {}
    for report, value, speaker in said:
        together.setdefault((value, speaker), []).append(report)
    return tuple(
        Saying(
            value,
            speaker,
            tuple(dict.fromkeys(report.outlet for report in reports)),
            tuple(report.article.id for report in reports),
            reports[0].article.first_seen_at,
        )
        for (value, speaker), reports in together.items()
    )


def _days(reports: Sequence[_Report]) -> Iterable[Difference]:
    by_key: dict[tuple[str, bool], dict[str, tuple[_Report, DaySaid]]] = {}
    for report in reports:
        for day in report.reading.days:
            newest = by_key.setdefault((day.event, day.is_to_come), {})
            if day.moved:
                newest.clear()
            newest.pop(report.source, None)
            newest[report.source] = (report, day)
    for (event, is_to_come), newest in by_key.items():
        said = list(newest.values())
        apart = [one for one in said if any(not one[1].days & other[1].days for other in said)]
        if apart:
            title = f"Day of the {event}" if is_to_come else "Day it happened"
            yield Difference(
                "day", title, _sayings((r, f"{d.shown:%a} {d.shown.day} {d.shown:%b}", "") for r, d in apart)
            )


def _denials(reports: Sequence[_Report]) -> Iterable[Difference]:
    """Find what one side says and another denies."""
    stances = [(report, stance) for report in reports for stance in report.reading.stances]
    denials = [(report, stance) for report, stance in stances if stance.denies]
    disputed: dict[tuple[str, str, str], tuple[_Report, str, str]] = {}
    for report, stance in stances:
        if stance.denies:
            continue
        for other, denial in denials:
            if are_opposed(stance.speaker, denial.speaker) and _is_of_one_matter(stance, denial):
                for said in ((report, "said", stance.speaker), (other, "denied", denial.speaker)):
                    disputed.setdefault((said[0].outlet, said[1], side_of(said[2]) or said[2]), said)
    if disputed:
        ordered = sorted(
            disputed.values(), key=lambda one: (one[0].article.first_seen_at, one[0].article.id, one[1] == "denied")
        )
        yield Difference("denied", "Disputed", _sayings(ordered))


def _is_of_one_matter(stance: Stance, denial: Stance) -> bool:
    """Say whether a denial is of what somebody said.

    A plain saying shares two words with what is denied, a claim or an accusation one; none where the denial, too,
    speaks of a claim: "Kabul rejects Islamabad's allegations".
    """
    needed = 2 - stance.is_strong - (stance.is_strong and denial.is_strong)
    return len(stance.words & denial.words) >= needed
