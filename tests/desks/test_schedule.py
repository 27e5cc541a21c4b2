"""When a desk is told: every slot once, quiet hours that hold and never drop, flashes at once."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.desks.schedule import BASELINE, IMMEDIATE, due, is_quiet, next_due, quiet_until, slot_label
from monitor.model import Alert, Desk, Severity
from tests.desks.build import NOON, alert, desk, utc

HIGH, URGENT = Severity.HIGH, Severity.URGENT
SECOND = timedelta(seconds=1)


def slots_told(the_desk: Desk, start: datetime, end: datetime) -> list[datetime]:
    """Live through a time as the daemon does, from one moment that `next_due` names to the next: all slots decided."""
    last, now, decided = start, start, list[datetime]()
    while (upcoming := next_due(the_desk, last_slot_at=last, now=now)) is not None and upcoming <= end:
        now = upcoming
        found = due(the_desk, waiting=(), last_slot_at=last, now=now)
        assert found is not None
        assert found.slot_at is not None
        decided.append(found.slot_at)
        last = found.slot_at
    return decided


def test_a_new_desk_starts_from_now() -> None:
    """The first decision is a baseline without a message: no slot from the past is made up for."""
    found = due(desk("07:00"), waiting=(alert(),), last_slot_at=None, now=NOON)
    assert found is not None
    assert (found.slot, found.slot_at, found.alerts, found.sends) == (BASELINE, NOON, (), False)


def test_a_slot_takes_what_waits() -> None:
    """At its digest time a desk gets all that waits, oldest first, under the slot's local time."""
    waiting = (alert(2, at=utc("2026-11-20 07:00")), alert(1, at=utc("2026-11-20 06:00")))
    karachi = desk("07:00", "13:00", zone="Asia/Karachi")
    found = due(karachi, waiting=waiting, last_slot_at=utc("2026-11-20 02:00"), now=utc("2026-11-20 08:00"))
    assert found is not None
    assert [a.id for a in found.alerts] == [1, 2]
    assert (found.slot, found.slot_at) == ("2026-11-20T13:00+05:00", utc("2026-11-20 08:00"))
    assert (found.because, found.sends) == ("the 13:00 digest", True)


def test_before_the_slot_nothing_is_due() -> None:
    """One second early is early."""
    arguments = {"waiting": (alert(),), "last_slot_at": utc("2026-11-20 07:00")}
    assert due(desk("07:00", "13:00"), **arguments, now=utc("2026-11-20 13:00") - SECOND) is None
    assert due(desk("07:00", "13:00"), **arguments, now=utc("2026-11-20 13:00")) is not None


def test_a_slot_is_decided_once() -> None:
    """With the slot recorded, the same moment and every later one before the next slot has nothing to do."""
    assert due(desk("12:00"), waiting=(alert(),), last_slot_at=NOON, now=NOON + timedelta(hours=5)) is None


def test_missed_slots_are_one_digest() -> None:
    """After two days down, one digest in the newest slot tells how many were missed."""
    found = due(desk("07:00", "19:00"), waiting=(alert(),), last_slot_at=utc("2026-11-18 07:00"), now=NOON)
    assert found is not None
    assert found.slot_at == utc("2026-11-20 07:00")
    assert found.because == "the 07:00 digest, with 3 missed before it"


def test_an_empty_slot_is_recorded_and_not_sent() -> None:
    """Without alerts the slot is decided, so that it is never open again; a setting sends the proof of life."""
    arguments = {"waiting": (), "last_slot_at": utc("2026-11-20 07:00"), "now": NOON}
    silent, spoken = due(desk("12:00"), **arguments), due(desk("12:00"), **arguments, empty_digests=True)
    assert silent is not None
    assert spoken is not None
    assert (silent.sends, silent.because) == (False, "the 12:00 digest: no alerts")
    assert spoken.sends


def test_only_digest_times_send_a_proof_of_life() -> None:
    """A desk told every hour is not sent an empty message every hour."""
    every = desk(every=timedelta(hours=1))
    found = due(every, waiting=(), last_slot_at=utc("2026-11-20 11:00"), now=NOON, empty_digests=True)
    assert found is not None
    assert not found.sends


@pytest.mark.parametrize(
    ("zone", "at", "on", "expected"),
    [
        # the hour that spring leaves out: 02:30 is read with the offset before the gap
        ("Europe/Berlin", "02:30", date(2026, 3, 29), "2026-03-29T03:30+02:00"),
        # the hour that autumn has twice: the first 02:30
        ("Europe/Berlin", "02:30", date(2026, 10, 25), "2026-10-25T02:30+02:00"),
        ("America/New_York", "01:30", date(2026, 11, 1), "2026-11-01T01:30-04:00"),
        ("Australia/Lord_Howe", "01:45", date(2026, 4, 5), "2026-04-05T01:45+11:00"),
        ("Asia/Karachi", "02:30", date(2026, 3, 29), "2026-03-29T02:30+05:00"),
    ],
)
def test_a_time_that_daylight_saving_touches_is_one_slot(zone: str, at: str, on: date, expected: str) -> None:
    """A skipped time comes once, a repeated one comes once, as RFC 5545 reads them."""
    the_desk = desk(at, zone=zone)
    start = datetime.combine(on, datetime.min.time(), tzinfo=ZoneInfo(zone)).astimezone(NOON.tzinfo)
    slots = slots_told(the_desk, start, start + timedelta(hours=23))
    assert [slot_label(the_desk, slot) for slot in slots] == [expected]


ZONES = ["UTC", "Asia/Karachi", "Europe/Istanbul", "Europe/Berlin", "America/New_York", "America/St_Johns",
         "Australia/Lord_Howe", "Africa/Casablanca", "Pacific/Apia", "Asia/Kathmandu", "Antarctica/Troll"]  # fmt: skip


@settings(deadline=None)
@given(
    zone=st.sampled_from(ZONES),
    times=st.lists(st.times().map(lambda t: t.replace(second=0, microsecond=0)), min_size=1, max_size=4, unique=True),
    day=st.dates(date(2005, 1, 1), date(2030, 12, 1)),
    steps=st.lists(st.integers(1, 40 * 3600), min_size=5, max_size=40),
)
def test_every_slot_is_decided_once_in_any_year(zone: str, times: list[time], day: date, steps: list[int]) -> None:
    """Whatever the zone, the times and the rhythm of restarts, slots are told apart, rise, and none is left behind."""
    the_desk = desk(*(f"{at:%H:%M}" for at in times), zone=zone)
    now = last = datetime.combine(day, datetime.min.time(), tzinfo=NOON.tzinfo)
    decided = list[datetime]()
    for step in steps:
        upcoming = next_due(the_desk, last_slot_at=last, now=now)
        assert upcoming is not None
        now += timedelta(seconds=step)
        found = due(the_desk, waiting=(), last_slot_at=last, now=now)
        assert (found is not None) == (upcoming <= now)
        if found is not None and found.slot_at is not None:
            assert last < found.slot_at <= now
            decided.append(found.slot_at)
            last = found.slot_at
    assert len(set(decided)) == len(decided)
    for slot in decided:
        local, day_before = slot.astimezone(ZoneInfo(zone)), (slot - timedelta(hours=25)).astimezone(ZoneInfo(zone))
        assert local.time() in times or local.utcoffset() != day_before.utcoffset()


def test_each_local_day_of_a_year_has_each_digest_time_once() -> None:
    """In a zone with two changes a year, 365 days give 365 slots of each of three times, one a local day."""
    berlin = desk("02:30", "13:00", "23:59", zone="Europe/Berlin")
    slots = slots_told(berlin, utc("2025-12-31 23:00"), utc("2026-12-31 22:59"))
    days = [slot.astimezone(ZoneInfo("Europe/Berlin")).date() for slot in slots]
    assert {days.count(day) for day in days} == {3}
    assert len(set(days)) == 365


def test_a_day_that_a_zone_left_out_loses_no_time_of_the_next() -> None:
    """Samoa had no 30 December 2011; its 07:00 falls together with that of the 31st into one slot."""
    slots = slots_told(desk("07:00", zone="Pacific/Apia"), utc("2011-12-28 12:00"), utc("2012-01-02 12:00"))
    assert [s.astimezone(ZoneInfo("Pacific/Apia")).day for s in slots] == [28, 29, 31, 1, 2]


def test_a_period_is_elapsed_time() -> None:
    """Every four hours stays every four hours through both changes of the year."""
    four = desk(every=timedelta(hours=4), zone="Europe/Berlin")
    for start in ("2026-03-28 12:00", "2026-10-24 12:00"):
        slots = slots_told(four, utc(start), utc(start) + timedelta(days=2))
        assert {later - slot for slot, later in pairwise(slots)} == {timedelta(hours=4)}


def test_a_period_of_a_second_survives_a_month_down() -> None:
    """Two and a half million missed seconds are one digest, at once."""
    found = due(desk(every=SECOND), waiting=(alert(),), last_slot_at=NOON - timedelta(days=30), now=NOON)
    assert found is not None
    assert found.slot_at == NOON
    assert found.sends


def test_weekdays_leave_out_days() -> None:
    """A desk of Mondays to Fridays has no slot on a Saturday; what waits comes on Monday."""
    weekdays = desk("07:00", weekdays=frozenset(range(5)))
    slots = slots_told(weekdays, utc("2026-11-20 12:00"), utc("2026-11-24 12:00"))
    assert slots == [utc("2026-11-23 07:00"), utc("2026-11-24 07:00")]


def test_immediate_waits_only_to_gather() -> None:
    """A flash leaves 30 seconds after the first alert, with all that came meanwhile; others stay for the digest."""
    the_desk = desk("19:00", immediate=(URGENT,))
    waiting = (
        alert(1, severity=URGENT),
        alert(2, at=NOON + 20 * SECOND, severity=URGENT),
        alert(3, at=NOON + 20 * SECOND),
    )
    arguments = {"waiting": waiting, "last_slot_at": utc("2026-11-20 07:00")}
    assert due(the_desk, **arguments, now=NOON + 29 * SECOND) is None
    assert next_due(the_desk, **arguments, now=NOON + 29 * SECOND) == NOON + 30 * SECOND
    found = due(the_desk, **arguments, now=NOON + 30 * SECOND)
    assert found is not None
    assert (found.slot, found.slot_at) == (IMMEDIATE, None)
    assert [a.id for a in found.alerts] == [1, 2]
    assert [(h.alert.id, h.because) for h in found.held] == [(3, "waits for its digest")]
    assert found.because == "2 urgent, told at once"


def test_quiet_hours_hold_what_is_not_urgent() -> None:
    """At night a high alert waits and an urgent one leaves; in the morning the held one leaves and says so."""
    the_desk = desk("07:00", immediate=(HIGH, URGENT), quiet="23:00-06:00")
    night = utc("2026-11-20 23:30")
    held = alert(1, at=night, severity=HIGH)
    arguments = {"last_slot_at": utc("2026-11-20 07:00")}
    assert due(the_desk, waiting=(held,), **arguments, now=night + timedelta(hours=1)) is None
    passed = due(the_desk, waiting=(held, alert(2, at=night, severity=URGENT)), **arguments, now=night + 60 * SECOND)
    assert passed is not None
    assert [a.id for a in passed.alerts] == [2]
    assert [h.because for h in passed.held] == ["quiet hours 23:00-06:00"]
    assert next_due(the_desk, waiting=(held,), **arguments, now=night) == utc("2026-11-21 06:00")
    morning = due(the_desk, waiting=(held,), **arguments, now=utc("2026-11-21 06:00"))
    assert morning is not None
    assert morning.alerts == (held,)
    assert morning.because.endswith("1 held until the quiet hours 23:00-06:00 were over")


def test_what_a_slot_in_quiet_hours_held_comes_when_they_are_over() -> None:
    """A slot at night is decided without a message; what it held leaves in the morning, even if no slot follows."""
    the_desk = desk("02:00", quiet="23:00-06:00")
    held = alert(at=utc("2026-11-20 20:00"), severity=HIGH)
    later = alert(2, at=utc("2026-11-21 03:00"))
    at_night = due(the_desk, waiting=(held,), last_slot_at=utc("2026-11-20 02:00"), now=utc("2026-11-21 02:00"))
    assert at_night is not None
    assert (at_night.sends, at_night.alerts) == (False, ())
    assert at_night.because == "the 02:00 digest: 1 held by the quiet hours 23:00-06:00"
    arguments = {"waiting": (held, later), "last_slot_at": at_night.slot_at}
    assert next_due(the_desk, **arguments, now=utc("2026-11-21 03:00")) == utc("2026-11-21 06:00")
    morning = due(the_desk, **arguments, now=utc("2026-11-21 06:00"))
    assert morning is not None
    assert morning.alerts == (held,)
    assert morning.because == "1 high; 1 held until the quiet hours 23:00-06:00 were over"
    assert [h.alert.id for h in morning.held] == [2]


def test_a_desk_without_digest_times_is_told_at_once() -> None:
    """Nothing may wait for a slot that never comes, not even a low alert."""
    found = due(desk(), waiting=(alert(severity=Severity.LOW),), last_slot_at=NOON, now=NOON + 30 * SECOND)
    assert found is not None
    assert found.sends


@pytest.mark.parametrize(
    ("at", "quiet"), [("22:59", False), ("23:00", True), ("00:00", True), ("05:59", True), ("06:00", False)]
)
def test_the_edges_of_quiet_hours(at: str, quiet: bool) -> None:
    """The start is quiet, the end is not, midnight is inside."""
    assert is_quiet(desk(quiet="23:00-06:00"), utc(f"2026-11-20 {at}")) is quiet


def test_quiet_hours_end_when_the_wall_clock_jumps_over_their_end() -> None:
    """Where spring skips 02:00 to 03:00, quiet hours until 02:30 are over at 03:00."""
    berlin = desk(quiet="22:00-02:30", zone="Europe/Berlin")
    assert quiet_until(berlin, utc("2026-03-28 23:00")) == utc("2026-03-29 01:00")


@settings(deadline=None)
@given(
    zone=st.sampled_from(ZONES),
    edges=st.tuples(st.times(), st.times()).map(lambda pair: tuple(f"{t:%H:%M}" for t in pair)),
    at=st.integers(0, 25 * 366 * 86_400).map(lambda seconds: utc("2005-01-01 00:00") + timedelta(seconds=seconds)),
)
def test_quiet_hours_are_over_within_two_days(zone: str, edges: tuple[str, str], at: datetime) -> None:
    """No quiet hours hold for ever, and the moment they end is not quiet while the second before it is."""
    the_desk = desk(quiet="-".join(edges), zone=zone)
    over = quiet_until(the_desk, at)
    assert at <= over <= at + timedelta(days=2)
    assert not is_quiet(the_desk, over)
    assert over == at or is_quiet(the_desk, max(at, over - SECOND))


def test_a_last_slot_in_the_future_stops_nothing() -> None:
    """A clock that was years ahead left its mark; alerts still leave with the slots of the right time, once."""
    far = utc("2031-01-01 07:00")
    the_desk = desk("07:00", "19:00")
    before, after = alert(1, at=NOON), alert(2, at=utc("2030-12-31 23:00"))
    assert due(the_desk, waiting=(), last_slot_at=far, now=NOON) is None
    assert due(the_desk, waiting=(before,), last_slot_at=far, now=NOON + SECOND) is None
    found = due(the_desk, waiting=(before, after), last_slot_at=far, now=utc("2026-11-20 19:00"))
    assert found is not None
    assert [a.id for a in found.alerts] == [1, 2]
    assert found.slot_at is None
    assert found.because.endswith("again after the clock was wrong")


def test_an_immediate_alert_from_the_future_leaves_now() -> None:
    """After the clock was set back an hour, a flash does not wait for that hour to pass again."""
    flash = alert(at=NOON + timedelta(hours=1), severity=URGENT)
    found = due(desk("07:00", immediate=(URGENT,)), waiting=(flash,), last_slot_at=NOON - timedelta(hours=5), now=NOON)
    assert found is not None
    assert found.alerts == (flash,)


@settings(deadline=None)
@given(
    severities=st.lists(st.sampled_from(Severity), min_size=1, max_size=6),
    minutes=st.lists(st.integers(0, 3000), min_size=6, max_size=6),
    quiet=st.sampled_from(["", "23:00-06:00", "09:00-17:00", "00:00-23:59"]),
    zone=st.sampled_from(ZONES),
    immediate=st.sets(st.sampled_from(Severity)),
    times=st.lists(st.sampled_from(["02:30", "07:00", "13:00"]), unique=True),
)
def test_every_alert_leaves_exactly_once(
    severities: list[Severity],
    minutes: list[int],
    quiet: str,
    zone: str,
    immediate: set[Severity],
    times: list[str],
) -> None:
    """Stepping through time from one `next_due` to the next, each alert is in exactly one digest within three days."""
    the_desk = desk(*times, zone=zone, quiet=quiet, immediate=tuple(immediate))
    start = utc("2026-10-24 00:00")
    coming = [
        alert(n, at=start + timedelta(minutes=m), severity=s)
        for n, (s, m) in enumerate(zip(severities, minutes, strict=False), start=1)
    ]
    told, last, now = list[Alert](), start, start
    end = start + timedelta(minutes=3000) + timedelta(days=4)
    while now <= end:
        waiting = [a for a in coming if a.created_at <= now and a not in told]
        found = due(the_desk, waiting=waiting, last_slot_at=last, now=now)
        if found is not None:
            assert {a.id for a in found.alerts} | {h.alert.id for h in found.held} <= {a.id for a in waiting}
            assert not any(is_quiet(the_desk, now) and a.severity is not URGENT for a in found.alerts)
            told += found.alerts
            last = found.slot_at or last
            continue
        upcoming = next_due(the_desk, waiting=waiting, last_slot_at=last, now=now)
        arrivals = [a.created_at for a in coming if a.created_at > now]
        moments = [m for m in (upcoming, min(arrivals, default=None)) if m is not None]
        if not moments:
            break
        assert min(moments) > now
        now = min(moments)
    assert sorted(a.id for a in told) == [a.id for a in coming]
