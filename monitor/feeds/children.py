"""Owns child processes that each answer one question at a time, and really ends those that overrun.

They are plain subprocesses and not `multiprocessing` ones: those import the parent's main module, which here is the
whole application, and a parent full of threads must not fork. A child takes 0.15 s from its start to its first answer.
What is asked is for `parse` and `fulltext` to know, the child's side is `worker`.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from monitor.feeds.wire import KEEP, LENGTH, READY, frame

_PATIENCE_SECONDS = 0.5
"""A question that takes longer gives its place to the next one and goes on beside it."""
_MOST_STRAGGLERS = 6
"""Slow questions at the same time, beside the workers; more of them wait."""
_QUESTIONS_A_CHILD = 5000
"""A child is replaced after so many, so that what fragments its memory stays bounded."""
_LONGEST_START_SECONDS = 30.0
"""A machine under load may take long to start a child; that time is no document's."""
_LONGEST_ANSWER_BYTES = 256 * 1024 * 1024


class ChildTimeoutError(Exception):
    """The question took longer than its time; the child was killed."""


class ChildLostError(Exception):
    """The child ended, or could not be started, or did not speak as it should."""


def module_command(module: str) -> tuple[str, ...]:
    """Return the command that runs a module as a child; `-P` keeps the current folder out of its imports."""
    return (sys.executable, "-P", "-m", module)


class Children:
    """A few child processes. Belongs to one event loop.

    A question that overruns costs itself: its child is killed and replaced, and after half a second it no longer holds
    a place that other questions wait for.
    """

    def __init__(self, command: Sequence[str], *, workers: int, timeout_seconds: float, memory_bytes: int) -> None:
        """Remember the limits; a child is started when the first question needs it.

        Args:
            command: what starts a child; the limits are added to it.
            workers: questions answered at the same time.
            timeout_seconds: for one answer.
            memory_bytes: of address space for one child.
        """
        self._command = (*command, f"{timeout_seconds:g}", str(memory_bytes))
        self._timeout_seconds = timeout_seconds
        self._workers = workers
        self._places = asyncio.Semaphore(workers)
        self._stragglers = asyncio.Semaphore(_MOST_STRAGGLERS)
        self._idle: list[_Child] = []
        self._busy: set[_Child] = set()
        self._closed = False

    async def ask(self, head: bytes, body: bytes) -> bytes:
        """Put a question and wait for its answer.

        Raises:
            ChildTimeoutError: it took too long.
            ChildLostError: the child ended instead of answering, or none could be started.
        """
        await self._places.acquire()
        in_place = True
        try:
            child = await self._free_child()
            work = asyncio.ensure_future(self._answer_of(child, head, body))
            try:
                done, _ = await asyncio.wait({work}, timeout=_PATIENCE_SECONDS)
                if not done and not self._stragglers.locked():
                    async with self._stragglers:
                        self._places.release()
                        in_place = False
                        return await work
                return await work
            finally:
                if not work.done():
                    work.cancel()
                    with contextlib.suppress(asyncio.CancelledError):
                        await work
        finally:
            if in_place:
                self._places.release()

    async def aclose(self) -> None:
        """End all children."""
        self._closed = True
        children = [*self._idle, *self._busy]
        self._idle.clear()
        self._busy.clear()
        await asyncio.gather(*(child.end() for child in children))

    async def _free_child(self) -> _Child:
        try:
            child = self._idle.pop() if self._idle else await _Child.start(self._command)
        except (OSError, EOFError) as error:  # TimeoutError is an OSError
            raise ChildLostError("no child process could be started") from error
        self._busy.add(child)
        return child

    async def _answer_of(self, child: _Child, head: bytes, body: bytes) -> bytes:
        fit = False
        try:
            async with asyncio.timeout(self._timeout_seconds):
                verdict, answer = await child.ask(head, body)
            fit = verdict == KEEP
        except TimeoutError as error:
            raise ChildTimeoutError(f"no answer within {self._timeout_seconds:g} s") from error
        except (OSError, EOFError, ValueError) as error:
            raise ChildLostError("the child process ended before it answered") from error
        else:
            return answer
        finally:
            self._busy.discard(child)
            if fit and not self._closed and len(self._idle) < self._workers and child.asked < _QUESTIONS_A_CHILD:
                self._idle.append(child)
            else:
                await child.end()


@dataclass(slots=True, eq=False)
class _Child:
    process: asyncio.subprocess.Process
    asked: int = 0

    @classmethod
    async def start(cls, command: Sequence[str]) -> _Child:
        """Start a child and wait until it is ready.

        Raises:
            OSError: it cannot be started, or is not ready in time.
            EOFError: it ended instead.
        """
        environment = {name: os.environ[name] for name in ("PATH", "PYTHONPATH", "LANG") if name in os.environ}
        child = cls(
            await asyncio.create_subprocess_exec(
                *command,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
                env=environment,
                limit=1 << 20,
            )
        )
        try:
            await child.ready()
        except BaseException:
            await child.end()
            raise
        return child

    async def ready(self) -> None:
        """Wait for the child's first word."""
        assert self.process.stdout is not None
        async with asyncio.timeout(_LONGEST_START_SECONDS):
            word = await self.process.stdout.readexactly(len(READY))
        if word != READY:
            raise EOFError("the child did not say that it is ready")

    async def ask(self, head: bytes, body: bytes) -> tuple[bytes, bytes]:
        """Return the child's word on itself (`KEEP` or `REPLACE`) and its answer."""
        stdin, stdout = self.process.stdin, self.process.stdout
        assert stdin is not None
        assert stdout is not None
        self.asked += 1
        stdin.write(frame(head))
        stdin.write(frame(body))
        await stdin.drain()
        verdict = await stdout.readexactly(1)
        (length,) = LENGTH.unpack(await stdout.readexactly(LENGTH.size))
        if length > _LONGEST_ANSWER_BYTES:
            raise ValueError("an answer of this length is none")
        return verdict, await stdout.readexactly(length)

    async def end(self) -> None:
        """Kill the process and wait for it; the wait is short, as a kill cannot be refused."""
        with contextlib.suppress(ProcessLookupError):
            self.process.kill()
        if self.process.stdin is not None:
            self.process.stdin.close()
            with contextlib.suppress(OSError):
                await self.process.stdin.wait_closed()
        await self.process.wait()
