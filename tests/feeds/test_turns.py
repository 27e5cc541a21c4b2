"""Politeness towards hosts."""

from __future__ import annotations

import asyncio
import time

import pytest

from monitor.feeds.turns import HostTurns


async def starts(turns: HostTurns, hosts: list[str], *, polite: bool = True) -> list[float]:
    """Take a turn with each host, all at once, and return when they began, in order."""
    began: list[float] = []

    async def take(host: str) -> None:
        async with turns.turn(host, polite=polite):
            began.append(time.monotonic())

    await asyncio.gather(*(take(host) for host in hosts))
    return sorted(began)


class HandClock:
    """Stands still until it is moved; who sleeps on it is noted, and lives on at once."""

    def __init__(self) -> None:
        self.time = 100.0
        self.slept: list[float] = []

    def monotonic(self) -> float:
        return self.time

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)


async def test_starts_with_one_host_are_apart() -> None:
    """Four that come at once begin a distance apart; one that comes later waits for what is left, or not at all."""
    clock = HandClock()
    turns = HostTurns(per_host=4, distance_seconds=2, monotonic=clock.monotonic, sleep=clock.sleep)
    await starts(turns, ["a"] * 4)
    assert clock.slept == [2, 4, 6]
    clock.time += 7.5
    await starts(turns, ["a"])
    clock.time += 60
    await starts(turns, ["a"])
    assert clock.slept[3:] == [0.5]


async def test_a_start_waits_for_its_time() -> None:
    """A turn is not given before the wait is over."""
    wait_is_over, slept = asyncio.Event(), list[float]()

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        await wait_is_over.wait()

    turns = HostTurns(per_host=2, distance_seconds=2, monotonic=lambda: 100.0, sleep=sleep)
    await starts(turns, ["a"])
    second = asyncio.ensure_future(starts(turns, ["a"]))
    while not slept:
        await asyncio.sleep(0)
    assert not second.done()
    wait_is_over.set()
    assert len(await second) == 1


async def test_hosts_do_not_wait_for_each_other() -> None:
    """Nor do turns with the operator's own hosts."""
    began = await starts(HostTurns(per_host=1, distance_seconds=60), ["a", "b", "c"])
    assert began[-1] - began[0] < 30
    await starts(HostTurns(per_host=1, distance_seconds=60), ["a"] * 3, polite=False)


async def test_no_more_than_the_share_of_a_host_runs_at_once() -> None:
    """Others wait until one is over, failed or not."""
    turns = HostTurns(per_host=2, distance_seconds=0)
    running = most = 0

    async def take() -> None:
        nonlocal running, most
        async with turns.turn("a", polite=True):
            running += 1
            most = max(most, running)
            await asyncio.sleep(0)
            running -= 1
            raise RuntimeError

    results = await asyncio.gather(*(take() for _ in range(9)), return_exceptions=True)
    assert all(isinstance(result, RuntimeError) for result in results)
    assert most == 2


async def test_hosts_nobody_waits_for_are_forgotten() -> None:
    """Redirects lead to any number of them."""
    turns = HostTurns(per_host=1, distance_seconds=0)
    await starts(turns, [f"host-{number}" for number in range(2500)])
    await starts(turns, ["last"])
    assert len(turns) < 2001


async def test_one_who_gives_up_while_waiting_leaves_no_trace() -> None:
    """The next one gets the turn."""
    turns = HostTurns(per_host=1, distance_seconds=0)
    async with turns.turn("a", polite=True):
        waiting = asyncio.ensure_future(starts(turns, ["a"]))
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
    assert len(await starts(turns, ["a"])) == 1


async def closed_for(turns: HostTurns, host: str, who: str = "") -> float:
    async with turns.turn(host, polite=True, who=who) as seconds:
        return seconds


async def test_a_host_that_asked_to_be_left_alone_is_left_alone_by_all() -> None:
    """Until its time is over; nobody sleeps for it, and other hosts are asked."""
    clock = HandClock()
    turns = HostTurns(per_host=2, distance_seconds=2, monotonic=clock.monotonic, sleep=clock.sleep)
    turns.close("a", 300, told="one")
    turns.close("a", 60, told="two")
    assert [await closed_for(turns, host) for host in ("a", "a", "b")] == [300, 300, 0]
    assert clock.slept == []
    clock.time += 300
    assert await closed_for(turns, "a") == 0


async def test_a_host_that_is_closed_for_seconds_is_waited_for() -> None:
    """Then it is asked as ever, at a distance."""
    clock = HandClock()
    turns = HostTurns(per_host=2, distance_seconds=2, monotonic=clock.monotonic, sleep=clock.sleep)
    turns.close("a", 3, told="one")
    await starts(turns, ["a", "a"])
    assert clock.slept == [3, 5]


async def test_no_host_is_closed_for_longer_than_two_usual_periods() -> None:
    """One that asks for a day may have meant the one feed that it told."""
    clock = HandClock()
    turns = HostTurns(per_host=1, distance_seconds=0, monotonic=clock.monotonic, sleep=clock.sleep)
    turns.close("a", 86_400, told="one")
    assert await closed_for(turns, "a") == 1800


async def test_who_was_told_by_the_host_itself_is_not_held() -> None:
    """It keeps to what the host said; what it was told when the host was closed before counts no more."""
    clock = HandClock()
    turns = HostTurns(per_host=2, distance_seconds=0, monotonic=clock.monotonic, sleep=clock.sleep)
    turns.close("a", 300, told="one")
    assert [await closed_for(turns, "a", who) for who in ("one", "two")] == [0, 300]
    clock.time += 300
    turns.close("a", 300, told="two")
    assert [await closed_for(turns, "a", who) for who in ("one", "two")] == [300, 0]
