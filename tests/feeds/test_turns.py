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
    assert clock.slept == [0, 2, 4, 6]
    clock.time += 7.5
    await starts(turns, ["a"])
    clock.time += 60
    await starts(turns, ["a"])
    assert clock.slept[4:] == [0.5, 0]


async def test_a_start_waits_for_its_time() -> None:
    """A turn is not given before the wait is over."""
    wait_is_over, slept = asyncio.Event(), list[float]()

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        if seconds:
            await wait_is_over.wait()

    turns = HostTurns(per_host=2, distance_seconds=2, monotonic=lambda: 100.0, sleep=sleep)
    await starts(turns, ["a"])
    second = asyncio.ensure_future(starts(turns, ["a"]))
    while len(slept) < 2:
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
