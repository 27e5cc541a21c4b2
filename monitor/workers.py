"""Threads that do blocking work for the event loop: the one writer that owns the database, and the senders.

They are daemon threads: a mail server that keeps a sender waiting for minutes cannot keep the process from ending. What
was being sent then stays `sending` in the database, and the next start treats it as ambiguous.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future
from queue import SimpleQueue
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


class Workers:
    """Threads that take calls from one queue; with a single thread, calls run in the order they were given."""

    def __init__(self, name: str, *, threads: int = 1) -> None:
        self._calls: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._threads = [
            threading.Thread(target=self._work, name=f"{name}-{number}", daemon=True) for number in range(threads)
        ]
        for thread in self._threads:
            thread.start()

    def _work(self) -> None:
        while (call := self._calls.get()) is not None:
            call()

    def submit(self, call: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> Future[R]:
        """Queue a call and return its future; what it raises is raised by the future."""
        future: Future[R] = Future()

        def run() -> None:
            if not future.set_running_or_notify_cancel():
                return
            try:
                future.set_result(call(*args, **kwargs))
            except BaseException as error:
                future.set_exception(error)

        self._calls.put(run)
        return future

    async def run(self, call: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Queue a call and wait for it without blocking the event loop."""
        future: Future[Any] = self.submit(call, *args, **kwargs)
        result: R = await asyncio.wrap_future(future)
        return result

    def close(self, *, wait_seconds: float = 0.0) -> bool:
        """Let the threads end when their queue is done; say whether they did within the time."""
        for _ in self._threads:
            self._calls.put(None)
        for thread in self._threads:
            thread.join(wait_seconds)
        return not any(thread.is_alive() for thread in self._threads)
