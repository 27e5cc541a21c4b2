"""When an alert would reach a desk, and why not sooner."""

from __future__ import annotations

from datetime import timedelta

from monitor.desks.foresee import foresee
from monitor.model import Severity
from tests.desks.build import NOON, desk, utc

BERLIN = desk("07:00", "19:00", zone="Europe/Berlin", quiet="23:00-06:00", immediate=(Severity.HIGH, Severity.URGENT))


def test_an_immediate_alert_leaves_after_gathering() -> None:
    """By day a high alert is out in half a minute."""
    told = foresee(BERLIN, Severity.HIGH, NOON)
    assert told.at == NOON + timedelta(seconds=30)
    assert told.because == "1 high, told at once; it only waits for others like it"


def test_at_night_it_waits_for_the_morning() -> None:
    """In the doubled hour of autumn a high alert waits for six o'clock of the same morning, an urgent one does not."""
    night = utc("2026-10-25 00:30")
    high, urgent = foresee(BERLIN, Severity.HIGH, night), foresee(BERLIN, Severity.URGENT, night)
    assert high.at == utc("2026-10-25 05:00")
    assert "not sooner: quiet hours 23:00-06:00" in high.because
    assert urgent.at == night + timedelta(seconds=30)


def test_a_normal_alert_waits_for_its_digest() -> None:
    """A severity that is not immediate names the digest it waits for."""
    told = foresee(BERLIN, Severity.NORMAL, NOON)
    assert (told.at, told.slot) == (utc("2026-11-20 18:00"), "2026-11-20T19:00+01:00")
    assert told.because == "the 19:00 digest; not sooner: normal waits for a digest time"


def test_at_night_a_normal_alert_waits_for_the_first_digest_of_the_day() -> None:
    """What is not immediate has no business at six: it comes with the digest of seven."""
    assert foresee(BERLIN, Severity.NORMAL, utc("2026-11-21 00:30")).at == utc("2026-11-21 06:00")


def test_below_the_floor_nobody_is_told() -> None:
    """The floor is the reason."""
    assert foresee(desk("07:00", floor=Severity.HIGH), Severity.LOW, NOON).at is None


def test_a_desk_told_every_second_is_lived_through() -> None:
    """However short its period, quiet hours are waited for and not given up."""
    told = foresee(desk(every=timedelta(seconds=1), quiet="23:00-06:00"), Severity.NORMAL, utc("2026-11-20 23:30"))
    assert told.at == utc("2026-11-21 06:00")
