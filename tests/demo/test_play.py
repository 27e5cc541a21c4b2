"""The player: its clock, its steps, and a small day of one feed under rules of one's own."""

from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from structlog.testing import capture_logs

from monitor.demo.play import PlayClock, Progress, play
from monitor.demo.script import DAY, ZONE, load_day

START = datetime.combine(DAY, datetime.min.time(), ZONE)

NEWS = """\
feed: wire
name: Wire
site: https://wire.example
format: rss20
language: en
every: 1h
---
at: yesterday 20:00
slug: old
title: An old truce

Before the day.
---
at: 09:30
slug: fresh
lookalike: a-rule-of-another-watch: not judged here
title: A fresh truce

On the day.
"""

WATCH = """\
desks:
  - id: night
    name: Night desk
    timezone: Europe/Berlin
    digests: ["12:00"]
    channels: [{email: [night@example.org]}, {slack: "#night"}]
rules:
  - {id: truce, title: Truce, query: truce, severity: high, desks: [night]}
"""


def test_the_clock_moves_forward_only() -> None:
    """Wall and monotonic time move together, in UTC; a step back is a fault of the player."""
    clock = PlayClock(START)
    clock.move_to(START + timedelta(hours=1))
    assert clock.now() == START + timedelta(hours=1)
    assert clock.now().utcoffset() == timedelta(0)
    assert clock.monotonic() == 3600
    with pytest.raises(ValueError, match="is before"):
        clock.move_to(START)


async def test_a_small_day_plays_under_rules_and_desks_of_one_s_own(tmp_path: Path) -> None:
    """The old entry is baseline, the fresh one is told at the desk's noon, by mail and in the desk's own channel."""
    (tmp_path / "day").mkdir()
    (tmp_path / "day" / "wire.news").write_text(NEWS)
    (tmp_path / "watch").mkdir()
    (tmp_path / "watch" / "all.yaml").write_text(WATCH)
    seen: list[Progress] = []
    with capture_logs():
        outcome = await play(
            tmp_path / "state",
            day=load_day(tmp_path / "day"),
            step=timedelta(minutes=30),
            watch=tmp_path / "watch",
            listener=seen.append,
        )
    assert [article.name for article in outcome.matched] == ["wire/old", "wire/fresh"]
    assert [(alert.name, alert.at) for alert in outcome.alerts] == [("wire/fresh", START + timedelta(hours=10))]
    noon = datetime.combine(DAY, datetime.min.time(), ZoneInfo("Europe/Berlin")) + timedelta(hours=12)
    assert [digest.at for digest in outcome.digests] == [noon]
    assert {message.recipient for message in outcome.received} == {"night@example.org", "#night"}
    assert outcome.lookalikes == ()
    assert outcome.faults == ()
    assert [progress.done for progress in seen][::12] == [0.0, 0.25, 0.5, 0.75, 1.0]
    assert seen[-1].polls == outcome.feeds[0].polls == 25
    assert seen[-1].sent == 2
