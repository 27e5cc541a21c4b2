"""Which articles are a desk's business at all, and the reason for the others."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time

import pytest

from monitor.desks.routing import route
from monitor.desks.takes import why_not_taken
from monitor.model import Article, Severity, Takes, WithheldKind
from tests.desks.build import NOON, article, desk, match, span, utc

BODY = "The truce holds along the border."


def reason(takes: Takes, of: Article | None = None, *, at: str = "2026-11-20 12:00", zone: str = "UTC") -> str:
    shown = match("truce", span(BODY, "border", actor="guards"))
    return why_not_taken(replace(desk("07:00", zone=zone), takes=takes), of or article(language="en"), [shown], utc(at))


def test_a_desk_takes_everything_unless_it_says_otherwise() -> None:
    """The default has no condition."""
    assert not reason(Takes())


@pytest.mark.parametrize(
    ("written", "wanted", "taken"),
    [
        ("en", ("en",), True),
        ("en-GB", ("en",), True),
        ("EN_gb", ("en-GB",), True),
        ("en", ("en-GB",), False),
        ("eng", ("en",), False),
        ("ur", ("en", "ur"), True),
        ("tr", ("en", "ur"), False),
    ],
)
def test_languages_are_compared_by_their_subtags(written: str, wanted: tuple[str, ...], taken: bool) -> None:
    """As RFC 4647's basic filtering does, whatever the case and the dash."""
    assert (reason(Takes(languages=wanted), article(language=written)) == "") is taken


def test_an_unknown_language_is_taken() -> None:
    """A feed that does not say its language loses nothing: rather one too many."""
    assert not reason(Takes(languages=("ur",)), article(language=None))


def test_one_entry_of_a_list_is_enough_and_every_key_must_hold() -> None:
    """The first key that does not hold is the reason."""
    takes = Takes(languages=("en",), feeds=("hill", "delta"), tags=("Pakistan", "Türkiye"), actors=("guards", "ttp"))
    tagged = replace(article(language="en"), tags=("turkiye",))
    assert not reason(takes, tagged)
    assert reason(takes) == "neither the article nor its feed has the tag Pakistan or Türkiye, which the desk takes"
    assert reason(takes, replace(tagged, feed_id="dawn")) == (
        "the article came first by the feed dawn; the desk takes what hill or delta had first"
    )
    assert reason(replace(takes, actors=("ttp",)), tagged) == "no match shows ttp, of whom the desk hears"
    assert reason(takes, replace(tagged, language="tr")) == "the article is in tr; the desk takes en"


@pytest.mark.parametrize(("at", "taken"), [("17:00", True), ("02:59", True), ("03:00", False), ("16:59", False)])
def test_hours_are_those_of_the_desk(at: str, taken: bool) -> None:
    """Half-open and across midnight, on the desk's own clock: 22:00-08:00 in Karachi is 17:00-03:00 UTC."""
    said = reason(Takes(hours=(time(22), time(8))), at=f"2026-11-20 {at}", zone="Asia/Karachi")
    assert (said == "") is taken
    assert taken or "the desk takes what comes from 22:00 to 08:00" in said


def test_a_report_is_weighed_by_the_hour_when_it_came() -> None:
    """Also when it is looked at again later: because it changed, because it moved, or because its feed was released."""
    day = replace(desk(), takes=Takes(hours=(time(7), time(9))))

    def told(came: datetime | None) -> bool:
        routing = route(article=article(), matches=[match()], told=(), desks={"desk": day}, now=NOON, came=came)
        return bool(routing.alerts)

    assert not told(None)
    assert told(utc("2026-11-20 08:00"))


def test_what_one_desk_does_not_take_another_may() -> None:
    """Each desk that a rule names is in alerts or in withheld, with its own reason."""
    east = replace(desk(desk_id="east"), takes=Takes(languages=("ur",)))
    west = replace(desk(desk_id="west"), takes=Takes(languages=("en",)))
    routing = route(
        article=article(language="en"),
        matches=[match(desks=("east", "west"), severity=Severity.URGENT)],
        told=(),
        desks={"east": east, "west": west},
        now=NOON,
    )
    assert [alert.desk_id for alert in routing.alerts] == ["west"]
    assert [(each.desk_id, each.kind, each.because) for each in routing.withheld] == [
        ("east", WithheldKind.NOT_TAKEN, "the article is in en; the desk takes ur")
    ]
