"""A newsroom in memory, lived through at random: each development of each story is in exactly one digest of each desk.

The world has articles, reprints, developments, edits, quiet hours, mutes, daylight saving, long sleeps, clock steps,
reloads that change a desk's schedule, and crashes between a decision and its commit. The oracle is written apart from
the code it judges: it knows only what a desk was told of each story, not how that is decided.
"""

from __future__ import annotations

import os
import random
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest

from monitor.desks.mutes import part, why_over
from monitor.desks.routing import route
from monitor.desks.schedule import due, is_quiet, next_due
from monitor.model import Alert, Change, Desk, Mute, Severity
from tests.desks.build import article, desk, match, utc

STEPS = int(os.environ.get("MODEL_STEPS", "6000"))
"""Steps a seed; MODEL_STEPS=25000 makes the 100,000 of the four seeds together, in about a minute."""

ZONES = ("Asia/Karachi", "Europe/Berlin", "Australia/Lord_Howe", "America/New_York", "UTC")
TIMES = ("00:00", "02:30", "07:00", "13:00", "19:00", "23:59")
RULES = ("truce", "talks", "raid", "border")


def any_desk(chance: random.Random, desk_id: str) -> Desk:
    """Draw a desk's schedule."""
    every = chance.choice([None, None, timedelta(minutes=20), timedelta(hours=1), timedelta(hours=7)])
    return desk(
        *(() if every else chance.sample(TIMES, chance.randint(0, 3))),
        every=every,
        zone=chance.choice(ZONES),
        quiet=chance.choice(["", "23:00-06:00", "01:30-03:00", "00:00-23:00"]),
        immediate=tuple(chance.sample(list(Severity), chance.randint(0, 3))),
        weekdays=chance.choice([frozenset(range(7)), frozenset(range(5))]),
        desk_id=desk_id,
    )


@dataclass
class Newsroom:
    """What is stored, what was told, and what the oracle expects."""

    chance: random.Random
    now: datetime
    desks: dict[str, Desk]
    alerts: list[Alert] = field(default_factory=list)
    waiting: dict[str, list[Alert]] = field(default_factory=dict)
    told: dict[int, list[Alert]] = field(default_factory=dict)
    last_slot: dict[str, datetime | None] = field(default_factory=dict)
    in_digest: dict[int, int] = field(default_factory=dict)
    slots: dict[str, set[datetime]] = field(default_factory=dict)
    known: dict[tuple[str, int], tuple[int, set[str]]] = field(default_factory=dict)
    """The oracle: highest severity and rules that a desk knows of a story."""
    mutes: list[Mute] = field(default_factory=list)
    """Those that hold."""
    stories: int = 0
    digests: int = 0
    muted: int = 0
    """Alerts that were seen to be held by a mute."""

    def report(self) -> None:
        """Let an article arrive: a new story, another report of an old one, a reprint, or an edit."""
        chance = self.chance
        is_new = not self.stories or chance.random() < 0.3
        if is_new:
            self.stories += 1
        number = self.stories if is_new else chance.randint(max(1, self.stories - 20), self.stories)
        matches = [
            match(
                rule,
                severity=chance.choice(list(Severity)),
                desks=tuple(d for d in self.desks if chance.random() < 0.6),
            )
            for rule in chance.sample(RULES, chance.randint(1, 2))
        ]
        is_edit = not is_new and chance.random() < 0.2
        tells = ("the headline was “Truce holds”",) if chance.random() < 0.5 else ()
        change = Change(tells) if is_edit else None
        is_material = change is not None and bool(change.tells)
        expected = self._expected(number, matches, is_material=is_material)
        routing = route(
            article=article(number, story=number, reprint_of=None if is_new else chance.choice([None, 1])),
            matches=matches,
            told=self.told.get(number, []),
            desks=self.desks,
            now=self.now,
            change=change,
        )
        assert {alert.desk_id for alert in routing.alerts} == expected
        if chance.random() < 0.1:
            return  # killed before the commit: the poll is done again later, and nothing was learnt
        for alert in routing.alerts:
            stored = replace(alert, id=len(self.alerts) + 1)
            self.alerts.append(stored)
            self.waiting.setdefault(alert.desk_id, []).append(stored)
            self.told.setdefault(number, []).append(stored)
            rank, rules = self.known.get((alert.desk_id, number), (-1, set()))
            self.known[alert.desk_id, number] = (max(rank, alert.severity.rank), rules | set(alert.rule_ids))

    def _expected(self, number: int, matches: list, *, is_material: bool) -> set[str]:
        expected = set()
        for desk_id in self.desks:
            own = [m for m in matches if desk_id in m.desks]
            if not own:
                continue
            rank, rules = self.known.get((desk_id, number), (-1, set()))
            rises = max(m.severity.rank for m in own) > rank
            if rises or {m.rule_id for m in own} - rules or is_material:
                expected.add(desk_id)
        return expected

    def turn(self) -> None:
        """Let the daemon decide for every desk; some decisions die before their commit."""
        self.mutes = [m for m in self.mutes if not why_over(m, self.told.get(m.story_id, ()), now=self.now)]
        for the_desk in self.desks.values():
            waiting = self.waiting.get(the_desk.id, [])
            free, muted = part(the_desk, waiting, self.mutes, now=self.now)
            self.muted += len(muted)
            found = due(the_desk, waiting=free, last_slot_at=self.last_slot.get(the_desk.id), now=self.now)
            if found is None:
                continue
            held = {(m.story_id, d) for m in self.mutes for d in ([m.desk_id] if m.desk_id else self.desks)}
            assert not any((a.story_id, a.desk_id) in held for a in found.alerts)
            assert not any(is_quiet(the_desk, self.now) and a.severity is not Severity.URGENT for a in found.alerts)
            assert found.sends == bool(found.alerts)
            if self.chance.random() < 0.1:
                continue
            if found.slot_at is not None:
                seen = self.slots.setdefault(the_desk.id, set())
                assert found.slot_at not in seen, "a slot was decided twice"
                seen.add(found.slot_at)
                self.last_slot[the_desk.id] = max(found.slot_at, self.last_slot.get(the_desk.id) or found.slot_at)
            for alert in found.alerts:
                assert alert.desk_id == the_desk.id
                self.in_digest[alert.id] = self.in_digest.get(alert.id, 0) + 1
            leaving = {alert.id for alert in found.alerts}
            self.waiting[the_desk.id] = [a for a in waiting if a.id not in leaving]
            self.digests += bool(leaving)

    def step(self) -> None:
        """Do one random thing."""
        chance = self.chance
        kind = chance.random()
        if kind < 0.30:
            self.report()
        elif kind < 0.85:
            self.now += timedelta(seconds=chance.choice([1, 10, 31, 300, 1800, 7200]))
        elif kind < 0.86:
            self.now += timedelta(days=chance.randint(1, 5))  # asleep, or down
        elif kind < 0.87:
            self.now -= timedelta(seconds=chance.choice([2, 600, 5400]))  # the clock is set back
        elif kind < 0.88:
            desk_id = chance.choice(list(self.desks))
            self.desks[desk_id] = any_desk(chance, desk_id)  # the operator edits the rule file
        elif kind < 0.89 and self.stories:
            number = chance.randint(max(1, self.stories - 20), self.stories)
            until = chance.choice([None, self.now + timedelta(hours=chance.randint(1, 60))])
            self.mutes.append(Mute(0, number, chance.choice(["", *self.desks]), self.now, until))
        elif kind < 0.895:
            self.mutes = []  # somebody lifts them
        self.turn()

    def drain(self) -> None:
        """Let two quiet weeks without mutes pass, from one moment that `next_due` names to the next."""
        self.mutes = []
        end = self.now + timedelta(days=16)
        while self.now < end and any(self.waiting.values()):
            moments = [
                next_due(d, last_slot_at=self.last_slot.get(d.id), now=self.now, waiting=self.waiting.get(d.id, ()))
                for d in self.desks.values()
                if self.waiting.get(d.id)
            ]
            assert None not in moments, "alerts wait for no moment"
            self.now = max(self.now + timedelta(seconds=1), min(m for m in moments if m is not None))
            self.turn()


@pytest.mark.parametrize("seed", range(4))
def test_each_development_is_in_exactly_one_digest_of_each_desk(seed: int) -> None:
    """However time, edits, reloads and crashes fall: no alert is lost, none is told twice, no slot is decided twice."""
    chance = random.Random(seed)
    desks = {name: any_desk(chance, name) for name in ("east", "west", "north")}
    room = Newsroom(chance, utc("2026-10-20 00:00"), desks)
    for _ in range(STEPS):
        room.step()
    room.drain()
    assert {alert.id for alert in room.alerts} == set(room.in_digest)
    assert set(room.in_digest.values()) == {1}
    assert room.digests > STEPS / 100
    assert room.muted > STEPS / 100
