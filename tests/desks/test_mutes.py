"""Mutes: what they hold, when they are over, and that nothing they held is lost."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.desks.digest import compose
from monitor.desks.life import health_of
from monitor.desks.mutes import DEVELOPED, TIME_CAME, part, was_muted, why_over, with_muted
from monitor.desks.schedule import due
from monitor.model import Alert, AlertKind, Mute, Severity
from tests.desks.build import NOON, alert, article, desk, match, story, utc

HOUR = timedelta(hours=1)


def mute(story_id: int = 1, desk_id: str = "", *, until: timedelta | None = HOUR) -> Mute:
    return Mute(1, story_id, desk_id, NOON, None if until is None else NOON + until)


def development(*, at: timedelta = HOUR, desk_id: str = "desk", story_id: int = 1) -> Alert:
    return alert(2, at=NOON + at, kind=AlertKind.DEVELOPED, desk_id=desk_id, story=story_id)


def test_a_mute_holds_the_alerts_of_its_story_and_no_other() -> None:
    """For its desk, or for every desk; urgent ones too, since somebody decided it."""
    waiting = [alert(1), alert(2, story=2), alert(3, severity=Severity.URGENT)]
    for holding in (mute(), mute(desk_id="desk")):
        free, held = part(desk("13:00"), waiting, [holding], now=NOON)
        assert [a.id for a in free] == [2]
        assert [(item.alert.id, item.because) for item in held] == [
            (1, "muted until Fri 20 Nov, 13:00"),
            (3, "muted until Fri 20 Nov, 13:00"),
        ]
    assert part(desk("13:00"), waiting, [mute(desk_id="east"), mute(3)], now=NOON) == (tuple(waiting), ())


def test_the_time_is_said_on_the_desks_clock_and_the_longest_mute_decides() -> None:
    """An open end is longer than any time."""
    karachi = desk("13:00", zone="Asia/Karachi")
    (_, (one,)) = part(karachi, [alert()], [mute(), mute(until=3 * HOUR)], now=NOON)
    assert one.because == "muted until Fri 20 Nov, 20:00"
    (_, (two,)) = part(karachi, [alert()], [mute(), mute(until=None)], now=NOON)
    assert two.because == "muted until the story develops"


def test_a_mute_with_a_time_is_over_at_that_time() -> None:
    """A development does not end it, and it holds nothing from that moment on, ended or not."""
    assert why_over(mute(), [development(at=HOUR / 2)], now=NOON + HOUR / 2) == ""
    assert why_over(mute(), [], now=NOON + HOUR) == TIME_CAME
    assert part(desk("13:00"), [alert()], [mute()], now=NOON + HOUR) == ((alert(),), ())


@pytest.mark.parametrize(
    ("holding", "alerts", "because"),
    [
        (mute(until=None), [alert(1)], ""),
        (mute(until=None), [development()], DEVELOPED),
        (mute(until=None), [development(at=-HOUR)], ""),
        (mute(until=None), [development(story_id=2)], ""),
        (mute(until=None), [development(desk_id="east")], DEVELOPED),
        (mute(desk_id="desk", until=None), [development(desk_id="east")], ""),
    ],
)
def test_a_mute_until_the_story_develops_is_over_then(holding: Mute, alerts: list[Alert], because: str) -> None:
    """By a development after it, of its story, for a desk that it concerns."""
    assert why_over(holding, alerts, now=NOON + 2 * HOUR) == because


def test_what_was_muted_is_told_late_with_the_reason() -> None:
    """The item says how long and until when, and the notes count it."""
    ended = replace(mute(until=None), ended_at=NOON + 5 * HOUR, ended_because=DEVELOPED)
    assert was_muted(alert(at=NOON - HOUR), [ended]) == "muted 5 h, until the story developed"
    assert was_muted(alert(at=NOON + 4.5 * HOUR), [ended]) == "muted 30 min, until the story developed"
    assert was_muted(alert(at=NOON + 6 * HOUR), [ended]) == ""
    assert was_muted(alert(), [mute()]) == ""
    at = utc("2026-11-20 17:30")
    decision = due(desk("17:30"), waiting=[alert()], last_slot_at=NOON, now=at)
    assert decision is not None
    content = compose(
        desk("17:30"),
        decision,
        alerts=decision.alerts,
        stories={1: story()},
        articles={1: article()},
        matches={1: [match()]},
        feed_names={},
        health=health_of({}, {}, articles_read=0),
        now=at,
        mutes=[ended],
    )
    assert content.items[0].held == "muted 5 h, until the story developed"
    assert "1 alert of muted stories, held until the mute was over." in content.notes


def test_a_decision_counts_what_is_muted() -> None:
    """A slot in which all that waits is muted says so, and a digest lists it among what is still to come."""
    free, muted = part(desk("12:00"), [alert()], [mute(until=3 * HOUR)], now=NOON)
    decision = due(desk("12:00"), waiting=free, last_slot_at=NOON - HOUR, now=NOON)
    assert decision is not None
    told = with_muted(decision, muted)
    assert told.because == "the 12:00 digest: no alerts; 1 alert muted"
    assert told.held == muted
    assert not told.sends
    assert with_muted(decision, ()) is decision
