"""Owns child processes that each answer one question at a time, and really ends those that overrun.

They are plain subprocesses and not `multiprocessing` ones: those import the parent's main module, which here is the
whole application, and a parent full of threads must not fork. A child takes 0.1 s from its start to its first answer.
What is asked is for `parse` and `fulltext` to know, the child's side is `worker`.

The limit of a question is processor time, which the child's kernel counts: on a machine with too much to do an honest
document takes longer, and is not failed for it. The wall clock has a limit too, for a child that does nothing at all.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Sequence
from typing import cast

from monitor.feeds.wire import KEEP, LENGTH, READY, question

_PATIENCE_SECONDS = 0.25
"""A question that takes longer gives its place to the next one and goes on beside it."""
_MOST_STRAGGLERS = 6
"""Slow questions at the same time, beside the workers. When there is one more, the one that has run longest ends."""
_WALL_FACTOR = 6
"""The limit of the wall clock, in limits of processor time; eight children that spin on two cores need four."""
_QUESTIONS_A_CHILD = 5000
"""A child is replaced after so many, so that what fragments its memory stays bounded."""
_LONGEST_START_SECONDS = 30.0
"""A machine under load may take long to start a child; that time is no document's."""
_LONGEST_ANSWER_BYTES = 256 * 1024 * 1024
_JOINED_BYTES = 1 << 20
"""Questions up to this size are written at once: a child that is woken twice a question costs more than the copy."""


class ChildTimeoutError(Exception):
    """The question took longer than it may; the child was killed."""


class ChildLostError(Exception):
    """The child ended, or could not be started, or did not speak as it should."""


def module_command(module: str) -> tuple[str, ...]:
    """Return the command that runs a module as a child; `-P` keeps the current folder out of its imports."""
    return (sys.executable, "-P", "-m", module)


class Children:
    """A few child processes. Belongs to one event loop.

    A question that overruns costs itself: its child is killed and replaced, and after a quarter of a second it no
    longer holds a place that other questions wait for, however many others overrun too.
    """

    def __init__(self, command: Sequence[str], *, workers: int, cpu_seconds: float, memory_bytes: int) -> None:
        """Remember the limits; a child is started when the first question needs it.

        Args:
            command: what starts a child; the limits are added to it.
            workers: questions answered at the same time.
            cpu_seconds: of processor time for one answer.
            memory_bytes: of address space for one child.
        """
        self._command = (*command, f"{cpu_seconds:g}", str(memory_bytes))
        self._cpu_seconds = cpu_seconds
        self._workers = workers
        self._places = asyncio.Semaphore(workers)
        self._idle: list[_Child] = []
        self._busy: set[_Child] = set()
        self._stragglers: dict[_Child, None] = {}  # those that began first stand first
        self._closed = False

    async def ask(self, head: bytes, body: bytes) -> bytes:
        """Put a question and wait for its answer.

        Raises:
            ChildTimeoutError: it took too long.
            ChildLostError: the child ended instead of answering, or none could be started.
        """
        await self._places.acquire()
        child = None
        try:
            child = await self._free_child()
            return await self._answer_of(child, head, body)
        finally:
            if child is not None and child in self._stragglers:
                del self._stragglers[child]
            else:
                self._places.release()

    async def aclose(self) -> None:
        """End all children."""
        self._closed = True
        children = [*self._idle, *self._busy]
        self._idle.clear()
        self._busy.clear()
        await asyncio.gather(*(child.end() for child in children))

    async def _free_child(self) -> _Child:
        """Take a child that waits and lives, or start one."""
        self._idle = [child for child in self._idle if child.is_alive]
        try:
            child = self._idle.pop() if self._idle else await _Child.start(self._command)
        except OSError as error:  # TimeoutError is one
            raise ChildLostError("no child process could be started") from error
        self._busy.add(child)
        return child

    async def _answer_of(self, child: _Child, head: bytes, body: bytes) -> bytes:
        loop = asyncio.get_running_loop()
        most = self._cpu_seconds * _WALL_FACTOR
        patience = loop.call_later(_PATIENCE_SECONDS, self._step_aside, child)
        limit = loop.call_later(most, child.overrun, f"it did not end within {most:g} s")
        fit = False
        try:
            verdict, answer = await child.ask(head, body)
            fit = verdict == KEEP
        except ChildLostError as error:
            if child.was_out_of_time:
                raise ChildTimeoutError(f"it did not end within {self._cpu_seconds:g} s of processor time") from error
            raise
        else:
            return answer
        finally:
            patience.cancel()
            limit.cancel()
            self._busy.discard(child)
            if fit and not self._closed and len(self._idle) < self._workers and child.asked < _QUESTIONS_A_CHILD:
                self._idle.append(child)
            else:
                await child.end()

    def _step_aside(self, child: _Child) -> None:
        """Give the place of a slow question to the next one."""
        if len(self._stragglers) >= _MOST_STRAGGLERS:
            next(iter(self._stragglers)).overrun("it was ended, as too many took long at once")
        self._stragglers[child] = None
        self._places.release()


class _Child(asyncio.SubprocessProtocol):
    """One process, and the question that it has. A protocol and no streams: they cost as much again as the question."""

    def __init__(self) -> None:
        loop = asyncio.get_running_loop()
        self.asked = 0
        self._transport: asyncio.SubprocessTransport | None = None
        self._stdin: asyncio.WriteTransport | None = None
        self._held = bytearray()
        self._ready: asyncio.Future[None] = loop.create_future()
        self._answer: asyncio.Future[tuple[bytes, bytes]] | None = None
        self._ended: asyncio.Future[None] = loop.create_future()

    @classmethod
    async def start(cls, command: Sequence[str]) -> _Child:
        """Start a child and wait until it is ready.

        Raises:
            OSError: it cannot be started, ended instead, or is not ready in time.
        """
        environment = {name: os.environ[name] for name in ("PATH", "PYTHONPATH", "LANG") if name in os.environ}
        transport, child = await asyncio.get_running_loop().subprocess_exec(
            cls, *command, stderr=asyncio.subprocess.DEVNULL, env=environment
        )
        child._transport = transport
        child._stdin = cast(asyncio.WriteTransport, transport.get_pipe_transport(0))
        try:
            async with asyncio.timeout(_LONGEST_START_SECONDS):
                await child._ready
        except BaseException:
            await child.end()
            raise
        return child

    @property
    def is_alive(self) -> bool:
        """Say whether the process was not seen to end."""
        return not self._ended.done()

    @property
    def was_out_of_time(self) -> bool:
        """Say whether its limit of processor time ended the process."""
        return self._transport is not None and self._transport.get_returncode() == -signal.SIGPROF

    async def ask(self, head: bytes, body: bytes) -> tuple[bytes, bytes]:
        """Return the child's word on itself (`KEEP` or `REPLACE`) and its answer.

        Raises:
            ChildLostError: it ended, or what it said is no answer.
            ChildTimeoutError: somebody found that it has overrun.
        """
        assert self._stdin is not None
        self.asked += 1
        self._answer = asyncio.get_running_loop().create_future()
        opening = question(head, len(body))
        if len(body) < _JOINED_BYTES:
            self._stdin.write(opening + body)
        else:
            self._stdin.write(opening)
            self._stdin.write(body)
        return await self._answer

    def overrun(self, detail: str) -> None:
        """Kill the process and tell whoever asked it."""
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(ChildTimeoutError(detail))
        self._kill()

    async def end(self) -> None:
        """Kill the process and wait for it; the wait is short, as a kill cannot be refused."""
        if self._transport is None:
            return
        self._kill()
        await self._ended
        self._transport.close()

    def pipe_data_received(self, fd: int, data: bytes) -> None:
        """Take what the child said."""
        if not self._ready.done():
            if data[: len(READY)] != READY:
                self._ready.set_exception(OSError("the child did not say that it is ready"))
                return
            self._ready.set_result(None)
            data = data[len(READY) :]
        self._held += data
        if self._answer is None or self._answer.done() or len(self._held) < 1 + LENGTH.size:
            return
        (length,) = LENGTH.unpack_from(self._held, 1)
        if length > _LONGEST_ANSWER_BYTES:
            self._lose()
        elif len(self._held) >= (whole := 1 + LENGTH.size + length):
            self._answer.set_result((bytes(self._held[:1]), bytes(self._held[1 + LENGTH.size : whole])))
            del self._held[:whole]

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell whoever waits that the process has ended, and that all it said was heard."""
        self._ended.set_result(None)
        if not self._ready.done():
            self._ready.set_exception(OSError("the child ended before it was ready"))
        self._lose()

    def _lose(self) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(ChildLostError("the child process ended before it answered"))

    def _kill(self) -> None:
        if self._transport is not None and self.is_alive:
            with contextlib.suppress(ProcessLookupError):
                self._transport.kill()
