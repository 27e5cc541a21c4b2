"""What joined the stories that a desk was told of before: the end of its next digest. PURE.

A told story is told again only when it develops; that further outlets have it is counted here, once. It is also where
an event shows that was taken for the told one by mistake, so the headlines least like the told one are named. Owns
which digests say it, which stories and headlines, in which order, and the words. Refuses to know the store, and markup.

A digest that leaves at once says none of it: whoever is woken by one reads what is urgent, and the rest stands in the
next digest at a time of the desk's. A desk without such times has it in every digest that holds nothing urgent.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from monitor.desks.content import GrownItem, Growth, UnlikeItem
from monitor.desks.digest import link, outlet_name
from monitor.desks.excerpt import one_line, shorten
from monitor.desks.life import count
from monitor.desks.schedule import IMMEDIATE, Due, has_slots
from monitor.desks.speaking import voice_of
from monitor.model import Alert, Article, Desk, FurtherReport, Severity
from monitor.text.words import words_of

MOST_SHOWN = 8
"""Stories that are named; the others are counted."""
HEADLINE_LIMIT = 140
_MOST_UNLIKE = 2
_OTHER_SCRIPT = 0.12
"""How alike headlines in two scripts count, of which nothing can be compared: as much as the middle one of 112 pairs of
labelled reports of one event in one script, where the nearest reports of other events have 0.04."""


@dataclass(frozen=True, slots=True)
class Grown:
    """A story that a desk was told of, and what joined it since."""

    story_id: int
    told_by: int
    """The article by which the desk was told last."""
    reports: tuple[FurtherReport, ...]
    """In order of arrival."""
    outlets: int
    """Feeds among them that had none of its articles before."""


def says_growth(desk: Desk, due: Due) -> bool:
    """Say whether a digest tells what joined told stories."""
    if due.slot != IMMEDIATE:
        return True
    return not has_slots(desk) and all(alert.severity is not Severity.URGENT for alert in due.alerts)


def grown_stories(
    desk: Desk,
    reports: Sequence[FurtherReport],
    *,
    told: Mapping[int, Sequence[Alert]],
    feeds: Mapping[int, Mapping[int, str]],
    left_out: Collection[int] = (),
) -> list[Grown]:
    """Return the stories that grew since the desk was told of them, those that most outlets joined first.

    Args:
        desk: Who was told.
        reports: What joined stories of the desk and was not counted yet, in order of arrival.
        told: The alerts of these stories, of any desk, by story id.
        feeds: The feed of each article of these stories, by story and article id.
        left_out: Stories that are not named now: muted ones, and those that are told again, or will be.
    """
    by_story: dict[int, list[FurtherReport]] = {}
    for report in reports:
        if report.story_id not in left_out:
            by_story.setdefault(report.story_id, []).append(report)
    found = []
    for story_id, joined in by_story.items():
        own = [a for a in told.get(story_id, ()) if a.desk_id == desk.id and a.digest_id is not None]
        if not own:
            continue
        last = max(alert.digest_id or 0 for alert in own)
        voice = voice_of(alert for alert in own if alert.digest_id == last)
        newcomers = {report.article_id for report in joined}
        before = {feed for article_id, feed in feeds.get(story_id, {}).items() if article_id not in newcomers}
        outlets = len({report.feed_id for report in joined} - before)
        found.append(Grown(story_id, voice.spoken_by or voice.article_id, tuple(joined), outlets))
    return sorted(found, key=lambda each: (-each.outlets, -len(each.reports), -each.story_id))


def grown_item(
    grown: Grown, told_by: Article | None, *, outlets: int, origins: int | None, feed_names: Mapping[str, str]
) -> GrownItem:
    """Write a story that grew.

    Args:
        grown: The story.
        told_by: The article by which the desk was told, None where it is not stored any more.
        outlets: How many carry it now.
        origins: Independent origins of all its articles; None where nobody counted them.
        feed_names: Outlets by feed id.
    """
    headline = _headline(told_by.title) if told_by is not None else ""
    unlike = _least_like(headline, grown.reports)
    return GrownItem(
        story_id=grown.story_id,
        headline=headline or f"story {grown.story_id}",
        url=link(told_by.url) if told_by is not None else None,
        company=_company(grown, outlets, origins),
        reports=len(grown.reports),
        joined=grown.outlets,
        outlets=outlets,
        origins=origins,
        unlike=tuple(
            UnlikeItem(_headline(report.title), link(report.url), outlet_name(report.feed_id, feed_names))
            for report in unlike
        ),
    )


def title_of(growth: Growth) -> str:
    """Write the heading; it says all there is where no story is named."""
    if not growth.items:
        return f"Also reported since: {count(growth.more, 'story', 'stories')} told before."
    return "Also reported since"


def hint_of(growth: Growth) -> str:
    """Say what the lines are, and what to do about a wrong one; "" where no headline is shown."""
    if not any(item.unlike for item in growth.items):
        return ""
    return (
        "Told before; below each, the new reports least like it. "
        "One that is another event was joined by mistake: tell the operator."
    )


def more_of(growth: Growth) -> str:
    """Count the stories that are not named, "" where all are, or none is."""
    if not growth.items or not growth.more:
        return ""
    return f"and {count(growth.more, 'more story', 'more stories')} that were told before"


def _company(grown: Grown, outlets: int, origins: int | None) -> str:
    from_origins = f" from {count(origins, 'origin')}" if origins is not None else ""
    if grown.outlets:
        return f"+{count(grown.outlets, 'outlet')}, now {outlets:,}{from_origins}"
    return f"+{count(len(grown.reports), 'report')}, still {count(outlets, 'outlet')}{from_origins}"


def _headline(title: str) -> str:
    return shorten(one_line(title), HEADLINE_LIMIT)


def _least_like(told: str, reports: Sequence[FurtherReport]) -> list[FurtherReport]:
    """Return the reports whose headline is least like the told one, reprints and repeated headlines left out.

    Of 265 near reports of other events, each put among those of a labelled story (in the part to tune on), 86 % were
    one of the two by letters in threes, 66 % by words.
    """
    by_headline: dict[str, FurtherReport] = {}
    for report in reports:
        headline = _headline(report.title)
        if headline and not report.is_reprint:
            by_headline.setdefault(headline.casefold(), report)
    script, pieces = _script(told), _pieces(told)

    def likeness(headline: str) -> float:
        if script != _script(headline):
            return _OTHER_SCRIPT
        own = _pieces(headline)
        return len(pieces & own) / max(1, len(pieces | own))

    ordered = sorted(by_headline, key=lambda headline: (likeness(headline), by_headline[headline].article_id))
    # One of those that cannot be compared is enough, as long as there are others.
    spare = set([headline for headline in ordered if script != _script(headline)][1:])
    ordered.sort(key=spare.__contains__)
    return [by_headline[headline] for headline in ordered[:_MOST_UNLIKE]]


def _pieces(headline: str) -> frozenset[str]:
    """Return all letters in threes of the folded words, their bounds included."""
    return frozenset(piece for word in words_of(headline) for piece in _threes(f" {word} "))


def _threes(text: str) -> Iterator[str]:
    return (text[at : at + 3] for at in range(len(text) - 2))


def _script(text: str) -> str:
    """Name the script of a text by its first letter (the first word of its Unicode name), "" without letters."""
    first = next((character for character in text if character.isalpha()), "")
    return unicodedata.name(first, "").partition(" ")[0] if first else ""
