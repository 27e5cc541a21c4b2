"""Threads that do blocking work for the event loop."""

from __future__ import annotations

import asyncio
import threading

import pytest

from monitor.workers import Workers


async def test_one_thread_runs_calls_in_order() -> None:
    """The writer never runs two calls at once, and runs them as they were given."""
    workers = Workers("writer")
    order: list[int] = []
    await asyncio.gather(*(workers.run(order.append, number) for number in range(100)))
    assert order == list(range(100))
    assert workers.close(wait_seconds=5)


async def test_what_a_call_raises_reaches_who_waits() -> None:
    """A fault is the caller's to see, and the thread goes on."""
    workers = Workers("writer")
    with pytest.raises(ZeroDivisionError):
        await workers.run(lambda: 1 // 0)
    assert await workers.run(lambda: 7) == 7
    workers.close(wait_seconds=5)


async def test_a_call_that_hangs_does_not_keep_the_others_or_the_close() -> None:
    """With two threads one hanging call leaves one; closing says that not all has ended, and does not wait for ever."""
    release = threading.Event()
    workers = Workers("sender", threads=2)
    hanging = asyncio.create_task(workers.run(release.wait))
    assert await workers.run(lambda: "through") == "through"
    assert not workers.close(wait_seconds=0.01)
    release.set()
    assert await hanging
