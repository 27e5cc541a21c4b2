"""What joined told stories, counted once in the next digest of a real database."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from monitor.model import Mute, Severity
from monitor.ports import Store
from tests.desks.build import utc
from tests.pipeline.newsroom import Newsroom

RULES = """
feeds:
  - {id: hill, name: The Hill Herald, url: "https://hill.example/rss"}
  - {id: bay, name: Bay News, url: "https://bay.example/rss"}
  - {id: moor, name: Moor Post, url: "https://moor.example/rss"}
rules:
  - {id: truce, title: Truce, query: truce, severity: high, desks: [desk, flash, stream]}
desks:
  - id: desk
    digests: ["07:00", "13:00", "19:00"]
    channels: [{email: desk@example.org}]
  - id: flash
    immediate: [high, urgent]
    digests: ["07:00"]
    channels: [{email: flash@example.org}]
  - id: stream
    channels: [{email: stream@example.org}]
"""
SEVEN, ONE, EVENING = (utc(f"2026-11-20 {hour}:00") for hour in ("07", "13", "19"))
TITLE = "Also reported since"
HOUR = timedelta(hours=1)


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Newsroom]:
    with Newsroom(tmp_path / "monitor.sqlite3", RULES) as opened:
        assert opened.digests_at(SEVEN - timedelta(hours=12)) == []
        yield opened


def uncounted(room: Newsroom, desk_id: str = "desk") -> int:
    return len(room.read(lambda store: store.alerts.further(desk_id)))


def is_told(room: Newsroom, at: datetime, desk_id: str = "desk") -> str:
    """Let a desk have something new, and return the text of the digest that says so."""
    room.reports(f"Truce of {at:%d %H:%M}", at=at - timedelta(minutes=5), desk_id=desk_id)
    (digest,) = room.digests_at(at)
    return digest.text


def test_further_reports_are_counted_once_in_the_next_digest(room: Newsroom) -> None:
    """Growth alone makes no digest; it waits for one. An event that was joined by mistake is named there."""
    story = room.reports("Tribal elders in Bannu announce truce", at=SEVEN - HOUR)
    assert TITLE not in room.digests_at(SEVEN)[0].text
    room.joins(story, "Truce announced in Bannu, elders say", at=SEVEN + HOUR)
    room.joins(story, "Ship runs aground off Gwadar", at=SEVEN + 2 * HOUR, feed="moor")
    room.joins(story, "Tribal elders in Bannu announce truce", at=SEVEN + 2 * HOUR, feed="moor", copies=1)
    assert room.digests_at(ONE) == []
    assert uncounted(room) == 3
    text = is_told(room, EVENING)
    assert (
        "Tribal elders in Bannu announce truce (+2 outlets, now 3 from 3 origins)\n"
        "  - Ship runs aground off Gwadar (Moor Post)\n"
        "  - Truce announced in Bannu, elders say (Bay News)\n"
    ) in text
    assert uncounted(room) == 0
    assert TITLE not in is_told(room, SEVEN + timedelta(days=1))


def test_a_flash_says_nothing_of_it_and_leaves_it_for_the_digest(room: Newsroom) -> None:
    """Whoever is woken reads what is urgent."""
    story = room.reports("Truce in Bannu", at=SEVEN + HOUR, desk_id="flash")
    assert len(room.digests_at(SEVEN + HOUR + timedelta(minutes=1))) == 1
    room.joins(story, "Bannu truce, says jirga", at=SEVEN + 2 * HOUR, desk_id="flash")
    assert TITLE not in is_told(room, SEVEN + 3 * HOUR, "flash")
    room.reports("Truce of the night", at=SEVEN + timedelta(hours=23), desk_id="flash", severity=Severity.LOW)
    (digest,) = room.digests_at(SEVEN + timedelta(days=1))
    assert "Truce in Bannu (+1 outlet, now 2 from 2 origins)" in digest.text


def test_a_desk_without_times_has_it_where_nothing_is_urgent(room: Newsroom) -> None:
    """It has no other digest to say it in."""
    story = room.reports("Truce in Bannu", at=SEVEN + HOUR, desk_id="stream")
    room.digests_at(SEVEN + HOUR + timedelta(minutes=1))
    room.joins(story, "Bannu truce, says jirga", at=SEVEN + 2 * HOUR, desk_id="stream")
    room.reports("Truce ends", at=SEVEN + 3 * HOUR, desk_id="stream", severity=Severity.URGENT)
    (urgent,) = room.digests_at(SEVEN + 3 * HOUR + timedelta(minutes=1))
    assert TITLE not in urgent.text
    assert TITLE in is_told(room, SEVEN + 4 * HOUR, "stream")


def test_a_story_that_is_told_again_is_not_named_beside(room: Newsroom) -> None:
    """Its outlets stand with it, and what joined it is counted by that."""
    story = room.reports("Truce in Bannu", at=SEVEN - HOUR)
    room.digests_at(SEVEN)
    room.joins(story, "Bannu truce, says jirga", at=SEVEN + HOUR)
    room.reports("Truce in Bannu broken", at=SEVEN + 2 * HOUR, severity=Severity.URGENT, story=story)
    (digest,) = room.digests_at(ONE)
    assert "+1 outlet" in digest.text
    assert TITLE not in digest.text
    assert uncounted(room) == 0


def test_what_joins_before_the_desk_was_told_is_part_of_what_it_is_told(room: Newsroom) -> None:
    """Nothing of it is news in the digest after that."""
    story = room.reports("Truce in Bannu", at=SEVEN - 2 * HOUR)
    room.joins(story, "Bannu truce, says jirga", at=SEVEN - HOUR)
    (first,) = room.digests_at(SEVEN)
    assert TITLE not in first.text
    assert TITLE not in is_told(room, ONE)


def test_what_joins_a_muted_story_is_said_when_the_mute_is_over(room: Newsroom) -> None:
    """Until then it is not even counted."""
    story = room.reports("Truce in Bannu", at=SEVEN - HOUR)
    room.digests_at(SEVEN)
    room.joins(story, "Bannu truce, says jirga", at=SEVEN + HOUR)
    room.write(lambda store: store.mutes.add(Mute(0, story, "desk", SEVEN + HOUR, EVENING - HOUR)))
    assert TITLE not in is_told(room, ONE)
    assert "Truce in Bannu (+1 outlet, now 2 from 2 origins)" in is_told(room, EVENING)


def test_eight_stories_are_named_and_the_others_counted(room: Newsroom) -> None:
    """All of them are counted; the next digest begins anew."""
    stories = [room.reports(f"Truce number {number}", at=SEVEN - HOUR) for number in range(11)]
    room.digests_at(SEVEN)
    for number, story in enumerate(stories):
        room.joins(story, f"More on truce {number}", at=SEVEN + HOUR)
    text = is_told(room, ONE)
    assert text.count("(+1 outlet, now 2 from 2 origins)") == 8
    assert "and 3 more stories that were told before" in text
    assert uncounted(room) == 0


def test_the_origins_of_a_very_large_story_are_not_counted(room: Newsroom) -> None:
    """Its articles would have to be read; how many outlets have it is known all the same."""
    story = room.reports("Truce in Bannu", at=SEVEN - HOUR)
    room.digests_at(SEVEN)
    for number in range(100):
        room.joins(story, f"Bannu truce, report {number}", at=SEVEN + HOUR, feed=("bay", "moor")[number % 2])
    assert "Truce in Bannu (+2 outlets, now 3)" in is_told(room, ONE)


def test_a_digest_that_breaks_counts_nothing(room: Newsroom) -> None:
    """Counting stands in the digest's own commit, and a desk's digest counts for no other desk."""
    story = room.reports("Truce in Bannu", at=SEVEN - HOUR)
    room.digests_at(SEVEN)
    room.joins(story, "Bannu truce, says jirga", at=SEVEN + HOUR)

    def breaks(store: Store) -> None:
        (report,) = store.alerts.further("desk")
        store.alerts.count_further([report.article_id], "desk", 1)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        room.write(breaks)
    assert TITLE not in is_told(room, SEVEN + 2 * HOUR, "flash")
    assert TITLE in is_told(room, ONE)
