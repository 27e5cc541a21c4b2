"""Digests from a real database: the number a day, what was read since, and what mutes hold."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.model import FeedState, Gap, Mute, Severity, WithheldKind
from monitor.ports import Store
from tests.desks.build import utc
from tests.pipeline.newsroom import Newsroom

RULES = """
feeds:
  - {id: hill, name: The Hill Herald, url: "https://hill.example/rss"}
  - {id: bay, name: Bay News, url: "https://bay.example/rss"}
rules:
  - {id: truce, title: Truce, query: truce, severity: high, desks: [desk, flash]}
desks:
  - id: desk
    timezone: Asia/Karachi
    digests: ["07:00", "13:00", "19:00"]
    stories_per_day: 3
    channels: [{email: desk@example.org}]
  - id: flash
    immediate: [high, urgent]
    digests: ["07:00"]
    channels: [{email: flash@example.org}]
"""
SEVEN, ONE, EVENING = (utc(f"2026-11-20 {hour}:00") for hour in ("02", "08", "14"))
"""The desk's digest times of 20 November, in UTC."""


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Newsroom]:
    with Newsroom(tmp_path / "monitor.sqlite3", RULES) as opened:
        assert opened.digests_at(SEVEN - timedelta(hours=12)) == []
        yield opened


def test_the_number_a_day_holds_over_all_digests_of_a_local_day(room: Newsroom) -> None:
    """Three stories are told in full; the fourth is named, on record as listed, and tomorrow counts from nought."""
    for number in range(2):
        room.reports(f"Truce number {number}", at=SEVEN - timedelta(minutes=5 - number))
    (first,) = room.digests_at(SEVEN)
    for number in range(2, 4):
        room.reports(f"Truce number {number}", at=ONE - timedelta(minutes=5 - number))
    (second,) = room.digests_at(ONE)
    assert (first.told, second.told) == (2, 1)
    assert "1 story listed by headline only: over the desk's 3 stories a day." in second.text
    assert "1 more by headline" in second.text
    listed = room.read(lambda store: store.alerts.withheld(range(1, 9)))
    assert [(each.kind, each.desk_id) for each in listed] == [(WithheldKind.LISTED, "desk")]
    assert listed[0].because == "in digest 2 by headline only: over the desk's 3 stories a day"
    midnight = utc("2026-11-20 19:00")
    room.reports("Truce after midnight", at=midnight + timedelta(minutes=1))
    (tomorrow,) = room.digests_at(SEVEN + timedelta(days=1))
    assert tomorrow.told == 1


def test_urgent_stories_are_told_in_full_over_the_number(room: Newsroom) -> None:
    """They count all the same: what comes after them is listed."""
    for number in range(4):
        room.reports(f"Raid {number}", at=SEVEN - timedelta(minutes=5), severity=Severity.URGENT)
    (first,) = room.digests_at(SEVEN)
    room.reports("Truce", at=ONE - timedelta(minutes=5))
    (second,) = room.digests_at(ONE)
    assert (first.told, second.told) == (4, 0)


def test_the_proof_of_life_counts_from_the_desks_last_digest(room: Newsroom) -> None:
    """Articles and gaps since then, and the feeds as they are now."""

    def polled(store: Store) -> None:
        store.feeds.save(FeedState("hill", "u", last_ok_at=SEVEN, last_new_at=SEVEN, baseline_at=SEVEN))

    for number in range(3):
        room.reports(f"Truce number {number}", at=SEVEN - timedelta(minutes=5))
    (first,) = room.digests_at(SEVEN)
    assert "0 of 2 feeds healthy, 2 silent" in first.text
    assert "3 articles read" in first.text
    room.write(polled)
    room.write(lambda store: store.feeds.note_gap(Gap("hill", SEVEN, SEVEN + timedelta(hours=1), 20)))
    room.reports("One more truce", at=SEVEN + timedelta(hours=2))
    (second,) = room.digests_at(ONE)
    assert "1 of 2 feeds healthy, 1 silent" in second.text
    assert "1 article read, newest 6 h old, 1 possible gap" in second.text


def test_a_muted_story_waits_and_comes_when_the_mute_is_over(room: Newsroom) -> None:
    """It is counted while it waits, on record as muted once, and told late with the reason; others pass."""
    muted = room.reports("Truce that is known too well", at=SEVEN - timedelta(minutes=9))
    room.reports("Another truce", at=SEVEN - timedelta(minutes=5))
    room.write(lambda store: store.mutes.add(Mute(0, muted, "desk", SEVEN - timedelta(minutes=2), ONE)))
    (first,) = room.digests_at(SEVEN)
    assert "known too well" not in first.text
    assert "1 alert still to come: 1 high (muted until Fri 20 Nov, 13:00)." in first.text
    room.digests_at(SEVEN + timedelta(seconds=1))
    withheld = room.read(lambda store: store.alerts.withheld(range(1, 9)))
    assert [(each.article_id, each.kind) for each in withheld] == [(1, WithheldKind.MUTED)]
    (second,) = room.digests_at(ONE)
    assert "known too well" in second.text
    assert "muted 6 h, until its time was over" in second.text
    assert "1 alert of muted stories, held until the mute was over." in second.text
    assert room.read(lambda store: store.mutes.open()) == []
    assert room.digests_at(EVENING) == []


def test_a_slot_in_which_everything_is_muted_says_so(room: Newsroom) -> None:
    """No digest, and the reason is on record with the slot."""
    story = room.reports("Truce", at=SEVEN - timedelta(minutes=9))
    room.write(lambda store: store.mutes.add(Mute(0, story, "", SEVEN - timedelta(minutes=2), None)))
    assert room.digests_at(SEVEN) == []
    assert room.read(lambda store: store.digests.slots("desk"))[0][1] == "the 07:00 digest: no alerts; 1 alert muted"


def test_a_development_ends_a_mute_that_waits_for_it(room: Newsroom) -> None:
    """All that was held comes with it, at once where the severity does not wait."""
    at = SEVEN + timedelta(hours=1)
    story = room.reports("Truce", at=at, desk_id="flash")
    room.write(lambda store: store.mutes.add(Mute(0, story, "flash", at + timedelta(seconds=5), None)))
    assert room.digests_at(at + timedelta(minutes=5)) == []
    later = at + timedelta(minutes=10)
    room.reports("Truce ends in a raid", at=later, desk_id="flash", severity=Severity.URGENT, story=story)
    (told,) = room.digests_at(later + timedelta(seconds=30))
    assert len(told.alert_ids) == 2
    assert "until the story developed" in told.text


def test_a_mute_of_one_desk_is_not_one_of_another(room: Newsroom) -> None:
    """The other desk is told as if nothing were."""
    at = SEVEN + timedelta(hours=1)
    story = room.reports("Truce", at=at, desk_id="flash")
    room.write(lambda store: store.mutes.add(Mute(0, story, "desk", at, None)))
    (told,) = room.digests_at(at + timedelta(seconds=30))
    assert told.desk_id == "flash"
