"""`monitor drill` and the heartbeat to the outside, as a person and a container see them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor.demo.loopback import Reply
from tests.daemon.world import World, a_world

QUIET = ("a", "Quiet day in the valley")


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with a_world(tmp_path) as opened:
        opened.publishes(QUIET)
        opened.writes()
        opened.environment["MONITOR_DRILL__EMAIL"] = "drill@example.org"
        yield opened


def test_a_drill_by_hand_arrives_and_counts_nowhere(world: World) -> None:
    """Without a daemon the command sends it; the database has nothing of it but its deliveries."""
    world.environment["MONITOR_DRILL__SLACK"] = "#south-asia"
    world.slack.add_channels(["#south-asia"])
    ran = world.monitor("drill", "--wait", "20s")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "the drill arrived" in ran.stdout
    (mail,) = world.mail.mails
    assert mail.recipients == ("drill@example.org",)
    assert b"Monitor drill of" in mail.content
    assert "onitor drill" in str(world.slack.posts[0].payload)
    with world.store() as store:
        counts = store.counts()
    assert [counts[name] for name in ("articles", "stories", "matches", "alerts", "digests")] == [0] * 5
    assert counts["deliveries"] == 2


def test_a_drill_that_is_refused_is_said_to_have_failed(world: World) -> None:
    """Exit 1, with what the server said."""
    world.mail.refuse("drill@example.org", code=550, text="no such drill")
    ran = world.monitor("drill", "--json")
    assert ran.returncode == 1, ran.stderr
    told = json.loads(ran.stdout)
    assert told["arrived"] is False
    assert "no such drill" in told["detail"]
    assert [delivery["state"] for delivery in told["deliveries"]] == ["dead"]


def test_a_drill_needs_a_recipient(world: World) -> None:
    """It never goes to a desk, so without a recipient of its own there is none."""
    del world.environment["MONITOR_DRILL__EMAIL"]
    ran = world.monitor("drill")
    assert (ran.returncode, ran.stdout) == (2, "")
    assert "MONITOR_DRILL__EMAIL" in ran.stderr


def test_beside_a_daemon_the_daemon_sends_it_and_the_outside_hears_of_each_cycle(world: World) -> None:
    """One process owns the state folder; the command hands over and watches. The heartbeat is pinged meanwhile."""
    world.site.pages["/alive"] = Reply(200, {"Content-Type": "text/plain"}, b"OK")
    with world.daemon(MONITOR_HEARTBEAT__URL=world.url("alive")):
        world.comes_true(lambda: world.polled() > 0, "the feed is polled")
        ran = world.monitor("drill", "--wait", "20s")
        world.comes_true(lambda: world.polled("/alive") > 0, "the heartbeat is fetched")
    assert ran.returncode == 0, ran.stdout + ran.stderr + world.log.read_text()
    assert [mail.recipients for mail in world.mail.mails] == [("drill@example.org",)]
    assert world.polled("/alive") == 1


def test_the_daemon_drills_at_its_time(world: World) -> None:
    """A daily time that came while nothing ran is made up for, once, at the start."""
    world.monitor("drill", "--wait", "20s")
    at = datetime.now(UTC).time().isoformat()
    with world.daemon(MONITOR_DRILL__AT=at, MONITOR_DRILL__TIMEZONE="UTC"):
        world.comes_true(lambda: len(world.mail.mails) == 2, "the drill arrives")
        world.comes_true(lambda: world.said("drill.arrived"), "the daemon saw that it arrived")
    assert {mail.recipients for mail in world.mail.mails} == {("drill@example.org",)}
