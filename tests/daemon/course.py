"""One course of events: news that goes on, and daemons of one clock that live, are killed, and come to rest."""

from __future__ import annotations

import os
import random
import signal
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from monitor.model import Delivery, DeliveryState
from tests.daemon.nursery import Life, Nursery
from tests.daemon.world import World, a_world

FEEDS = ("hill", "bay", "moor")
RECIPIENTS = ("east@example.org", "west@example.org", "night@example.org")
CHANNEL = "#south-asia"
OPERATOR = "operator@example.org"
DESKS = f"""{{id: south-asia, name: South Asia, channels: [{{email: [{RECIPIENTS[0]}, {RECIPIENTS[1]}]}}, {{slack: "{CHANNEL}"}}]}}
  - {{id: night, name: Night, channels: [{{email: {RECIPIENTS[2]}}}]}}"""  # noqa: E501 - one desk a line, as rule files have them
RULES = """
lexicons:
  truce: [truce]
rules:
  - {id: truce, title: Truce, query: "lexicon:truce", severity: high, desks: [south-asia, night]}
"""
SHOWN = 60
"""Items that stand in a feed at a time."""
BETWEEN_LIVES = timedelta(minutes=5)
"""How far each life's clock is ahead of the one before: longer than a first retry waits."""
UNTIL_QUIET = timedelta(hours=2)
"""The same at the end: longer than any retry waits."""
_SYLLABLES = [a + b for a in "bdfgklmnprstvz" for b in "aeiou"]


@dataclass
class Course:
    """A world, the clock its daemons share, and what was published in it."""

    world: World
    nursery: Nursery
    chance: random.Random
    ahead: timedelta = timedelta()
    pace: float = 0.0
    """Seconds from a birth until the first polls are on record: what is a short life depends on the machine."""
    published: list[str] = field(default_factory=list)
    """A word for each article, which stands in its headline and nowhere else."""
    shown: dict[str, list[tuple[str, str]]] = field(default_factory=lambda: {feed: [] for feed in FEEDS})
    deaths: list[dict[str, Any]] = field(default_factory=list)
    """Of each: when it was, and what it left."""

    def publishes(self, articles: int) -> None:
        """Put new articles into feeds; no two headlines share a word but the one that is watched."""
        for _ in range(articles):
            words = ["".join(self.chance.choices(_SYLLABLES, k=4)) for _ in range(4)]
            self.published.append(words[0])
            feed = self.chance.choice(FEEDS)
            self.shown[feed].insert(
                0, (str(len(self.published)), f"{words[0].capitalize()} truce {' '.join(words[1:])}")
            )
        for feed, items in self.shown.items():
            del items[SHOWN:]
            self.world.publishes(*items, ("0", "Rain expected"), path=f"/{feed}")

    # --- lives --------------------------------------------------------------------------------------------------------

    def lives(self, *, later: timedelta = BETWEEN_LIVES, **steps: str) -> int:
        """Start a daemon and return its process id."""
        self.ahead += later
        environment = {**os.environ, **self.world.environment}
        return self.nursery.bears(Life(environment, str(self.world.log), self.ahead.total_seconds(), **steps))

    def begins(self) -> None:
        """Poll the baseline of each feed and end in peace."""
        self.publishes(0)
        pid, began = self.lives(), time.monotonic()
        self.world.comes_true(lambda: self.world.said("feed.polled") >= len(FEEDS), "a baseline")
        self.pace = min(time.monotonic() - began, 1.0)
        self.ends(pid)

    def is_killed_somewhere(self) -> None:
        """Live, with news to tell, until a moment that chance has chosen, near the wire or anywhere."""
        self.publishes(self.chance.randrange(3))
        (near,) = self.chance.choices(["birth", "poll", "mail", "post"], weights=[3, 2, 2, 1])
        delay = self.pace * self.chance.uniform(0, {"birth": 2.0, "poll": 1.0, "mail": 0.3, "post": 0.06}[near])
        seen = {
            "birth": lambda: 1,
            "poll": lambda: len(self.world.site.requests),
            "mail": lambda: self.world.mail.transactions,
            "post": lambda: self.world.slack.requests,
        }[near]
        before = seen() if near != "birth" else 0
        began = time.monotonic()
        pid = self.lives()
        while seen() == before and time.monotonic() - began < 2.5 * self.pace:
            time.sleep(0.001)
        time.sleep(delay)
        os.kill(pid, signal.SIGKILL)
        assert self.nursery.buries() == -signal.SIGKILL, self.world.log.read_text()[-4000:]
        self.note(near=near, delay_ms=round(delay * 1000), lived_ms=round((time.monotonic() - began) * 1000))

    def steps(self) -> set[str]:
        """Live through news once, undisturbed, and return the names of all steps."""
        self.publishes(3)
        names = self.world.folder / "steps"
        sent, asked = len(self.world.mail.mails), len(self.world.slack.posts)
        pid = self.lives(steps=str(names))
        self.world.comes_true(
            lambda: len(self.world.mail.mails) >= sent + len(RECIPIENTS) and len(self.world.slack.posts) > asked,
            "the news was told",
        )
        self.world.comes_true(lambda: not self.open(), "and that is on record")
        self.ends(pid)
        return set(names.read_text().splitlines())

    def summary(self) -> str:
        """Say how many deaths came in the middle of what."""
        sending = sum(death["sending"] > 0 for death in self.deaths)
        waiting = sum(death["open"] > death["sending"] for death in self.deaths)
        return f"{sending} while sending, {waiting} with something else left to do"

    def ends(self, pid: int) -> None:
        """SIGTERM, and a clean end."""
        os.kill(pid, signal.SIGTERM)
        assert self.nursery.buries() == 0, self.world.log.read_text()[-4000:]

    def comes_to_rest(self) -> None:
        """Live on undisturbed until what stands in the feeds is read, and nothing is left to be told or sent."""
        asked = {feed: self.world.polled(f"/{feed}") for feed in FEEDS}
        for _ in range(5):
            pid = self.lives(later=UNTIL_QUIET)
            self.world.comes_true(lambda: all(self.world.polled(f"/{f}") >= n + 2 for f, n in asked.items()), "polls")
            end = time.monotonic() + 2
            while self.open() and time.monotonic() < end:
                time.sleep(0.02)
            self.ends(pid)
            if not self.open():
                return
        raise AssertionError(f"not at rest: {self.open()}\n{self.world.log.read_text()[-4000:]}")

    # --- what is left -------------------------------------------------------------------------------------------------

    def note(self, **fields: object) -> None:
        """Record a death, with what stood in the database and what the log had last."""
        states = Counter(delivery.state.value for delivery in self.deliveries())
        last = self.world.log.read_text().splitlines()[-1:]
        self.deaths.append(
            {
                **fields,
                "number": len(self.deaths),
                "sending": states["sending"],
                "open": self.open(),
                "last": last[0].split("]", 1)[-1].split()[0] if last and "]" in last[0] else "",
            }
        )

    def deliveries(self) -> list[Delivery]:
        with self.world.store() as store:
            return store.deliveries.newest(100_000)

    def states(self) -> set[DeliveryState]:
        return {delivery.state for delivery in self.deliveries()}

    def open(self) -> int:
        """Count what is still to be told or sent: alerts, deliveries and notices."""
        with self.world.store() as store:
            waiting = sum(len(store.alerts.waiting(desk)) for desk in store.alerts.desks_waiting())
            moving = (DeliveryState.PENDING, DeliveryState.SENDING, DeliveryState.RETRY)
            left = sum(len(store.deliveries.in_state(state)) for state in moving)
            return waiting + left + len(store.notices.untold())


@contextmanager
def a_course(folder: Path, seed: int, *, rules: str = RULES, desks: str = DESKS) -> Iterator[Course]:
    """Open a world in which news goes on, after the baseline of its feeds."""
    distance = random.Random(seed)
    with a_world(folder, mail_takes=lambda: distance.uniform(0, 0.01)) as world, Nursery() as nursery:
        world.environment["MONITOR_FETCH__PARSERS"] = "1"
        world.writes(rules, feeds=FEEDS, desk=desks)
        course = Course(world, nursery, random.Random(seed))
        course.begins()
        yield course
