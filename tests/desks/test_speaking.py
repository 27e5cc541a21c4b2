"""Which article tells a desk of a story that is new to it."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from monitor.desks.content import DigestContent, Health
from monitor.desks.digest import compose
from monitor.desks.excerpt import plain
from monitor.desks.render_email import render_email
from monitor.desks.render_json import render_json
from monitor.desks.render_slack import SlackWays, render_slack
from monitor.desks.render_text import render_text
from monitor.desks.schedule import Due
from monitor.desks.speaking import Speaker, who_may_speak
from monitor.model import AlertKind, Match, Severity, Withheld, WithheldKind
from tests.desks.build import NOON, alert, article, desk, match, span, story

DESK = desk("12:00")
FIRST = article(1, "ProgressPeace talks", "The Taliban truce word by word.", feed="mill", at=NOON - timedelta(hours=1))
LEAD = article(2, "Truce called off", "The Taliban called off the truce.", feed="hill", at=NOON - timedelta(minutes=20))
THIRD = article(3, "Truce is over", "A third report of the truce.", feed="bay", at=NOON - timedelta(minutes=10))


def withheld(article_id: int, kind: WithheldKind, *, desk_id: str = "desk", minutes: int = 0) -> Withheld:
    return Withheld(article_id, desk_id, kind, "", NOON + timedelta(minutes=minutes))


def able(*reasons: Withheld, kind: AlertKind = AlertKind.NEW, **matches: list[Match]) -> list[int]:
    found = {1: [match()], 2: [match()], 3: [match()]} | {int(key[1:]): value for key, value in matches.items()}
    members = (FIRST, LEAD, THIRD)
    return [
        each.id for each in who_may_speak(DESK, [alert(kind=kind)], members=members, matches=found, withheld=reasons)
    ]


def test_whoever_raised_the_alert_may_speak_and_who_was_withheld_for_the_story_alone() -> None:
    """An article of which nothing was decided for the desk may not: it was never weighed."""
    assert able() == [1]
    assert able(withheld(2, WithheldKind.SAME_STORY), withheld(3, WithheldKind.REPRINT)) == [1, 2, 3]
    assert able(withheld(2, WithheldKind.SAME_STORY, desk_id="another")) == [1]


@pytest.mark.parametrize(
    "kind", [WithheldKind.NOT_TAKEN, WithheldKind.BELOW_FLOOR, WithheldKind.BASELINE, WithheldKind.SURGE]
)
def test_what_is_not_the_desks_business_may_not(kind: WithheldKind) -> None:
    """Nor what is held of a feed, until it was released; the last decision counts, and what says less does not."""
    assert able(withheld(2, kind)) == [1]
    assert able(withheld(2, WithheldKind.SAME_STORY), withheld(2, kind, minutes=1)) == [1]
    assert able(withheld(2, kind), withheld(2, WithheldKind.SAME_STORY, minutes=1)) == [1, 2]
    assert able(withheld(2, WithheldKind.SAME_STORY), withheld(2, WithheldKind.IMMATERIAL, minutes=1)) == [1, 2]


def test_only_what_shows_the_alerts_rule_as_weightily_may_speak() -> None:
    """Its spans are what the digest gives for a reason."""
    same = withheld(2, WithheldKind.SAME_STORY)
    assert able(same, a2=[]) == [1]
    assert able(same, a2=[match("snow")]) == [1]
    assert able(same, a2=[match(severity=Severity.LOW)]) == [1]
    assert able(same, a2=[match(desks=("another",))]) == [1]


def test_a_development_is_told_by_the_article_that_shows_it() -> None:
    """Nobody speaks in its place, where the desk has the story."""
    assert able(withheld(2, WithheldKind.SAME_STORY), kind=AlertKind.DEVELOPED) == []


@pytest.mark.parametrize(
    ("because", "speak"),
    [("the truce: ended, was announced", [2, 3]), ("the report was changed: number 7 → 9", [])],
)
def test_a_new_story_that_developed_at_once_is_told_by_what_came_since(because: str, speak: list[int]) -> None:
    """The first report does not know of the development; of a changed report only that report does."""
    alerts = [alert(1), alert(2, article=2, at=NOON, kind=AlertKind.DEVELOPED, because=because)]
    found = who_may_speak(
        DESK,
        alerts,
        members=(FIRST, LEAD, THIRD),
        matches={number: [match()] for number in (1, 2, 3)},
        withheld=[withheld(3, WithheldKind.SAME_STORY)],
    )
    assert [each.id for each in found] == speak


def told(speaker: Speaker | None) -> DigestContent:
    return compose(
        DESK,
        Due("slot", NOON, (alert(),), (), "the 12:00 digest", sends=True),
        alerts=[alert()],
        stories={1: story(outlets=2)},
        articles={1: FIRST, 2: LEAD},
        matches={
            1: [match("truce", span(FIRST.body, "word", term="word"))],
            2: [match("truce", span(LEAD.title, "Truce", field="title", term="truce"))],
        },
        feed_names={"hill": "The Hill Herald", "mill": "Word Mill"},
        health=Health(feeds=2, healthy=2),
        now=NOON,
        speakers={1: speaker} if speaker else None,
    )


def test_headline_reasons_and_buttons_are_those_of_the_article_that_is_shown() -> None:
    """And the digest says who was first, and why that text is not shown."""
    (item,) = told(Speaker(2, "its words are glued: “ProgressPeace”")).items
    assert (item.article_id, plain(item.headline), item.outlet, item.seen) == (
        2,
        LEAD.title,
        "The Hill Herald",
        "11:40",
    )
    assert [found.text for why in item.why for found in why.found] == ["Truce"]
    assert item.first == "Word Mill was first, at 11:00, but its words are glued: “ProgressPeace”"
    assert item.alert_ids == (1,)


def test_where_the_first_article_speaks_nothing_is_said_of_it() -> None:
    """Also where nobody chose."""
    (item,) = told(None).items
    assert (item.article_id, item.first) == (1, "")
    (item,) = told(Speaker(1)).items
    assert (item.article_id, item.first) == (1, "")


def test_every_rendering_says_who_was_first() -> None:
    """Text, mail, Slack and JSON."""
    content = told(Speaker(2, "its words are glued: “ProgressPeace”"))
    said = "Word Mill was first, at 11:00, but its words are glued: “ProgressPeace”"
    assert said in render_text(content)
    assert said in render_email(content).html
    assert said in str(render_slack(content, SlackWays()))
    assert json.loads(render_json(content))["stories"][0]["first"] == said
