"""Owns the parser's child processes: starts them, gives each a document at a time, and really ends those that overrun.

The children are plain subprocesses and not `multiprocessing` ones: those import the parent's main module, which here is
the whole application, and a parent full of threads must not fork. The first outcome of a new child takes 0.15 s.
What a document *is* stands in `document`; this module never looks into one.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from monitor.feeds.wire import LENGTH, decode_outcome, encode_request, frame
from monitor.model import Fetched, ParseFailed, ParseFault, ParseOutcome

_PATIENCE_SECONDS = 0.5
"""A document that takes longer gives its place to the next one and goes on beside it."""
_MOST_STRAGGLERS = 6
"""Slow documents at the same time, beside the workers; more of them wait."""
_DOCUMENTS_A_WORKER = 5000
"""A worker is replaced after so many, so that what fragments its memory stays bounded."""
_LONG_ANSWER_BYTES = 1_000_000
"""An answer that takes longer to decode than other work should wait (10 MB/s): it is decoded in a thread."""
_LONGEST_ANSWER_BYTES = 256 * 1024 * 1024


class FeedParser:
    """Parse documents in child processes with a time and a memory limit (`ports.Parser`). Belongs to one event loop.

    A document that overruns costs itself: its worker is killed and replaced, and after half a second it no longer holds
    a place that other documents wait for.
    """

    def __init__(
        self,
        *,
        workers: int = 2,
        timeout_seconds: float = 10.0,
        memory_bytes: int = 512 * 1024 * 1024,
        command: Sequence[str] = (sys.executable, "-m", "monitor.feeds.worker"),
    ) -> None:
        """Remember the limits; a worker is started when the first document needs it.

        Args:
            workers: documents parsed at the same time.
            timeout_seconds: for one document, from the moment a worker has it.
            memory_bytes: of address space for one worker.
            command: what starts a worker; the limits are added to it.
        """
        self._command = (*command, f"{timeout_seconds:g}", str(memory_bytes))
        self._timeout_seconds = timeout_seconds
        self._places = asyncio.Semaphore(workers)
        self._stragglers = asyncio.Semaphore(_MOST_STRAGGLERS)
        self._workers = workers
        self._idle: list[_Worker] = []
        self._busy: set[_Worker] = set()
        self._closed = False

    async def parse(self, document: Fetched) -> ParseOutcome:
        if not document.body.strip():
            return ParseFailed(ParseFault.EMPTY, "the answer has no content")
        await self._places.acquire()
        work = asyncio.ensure_future(self._parse_in_worker(document))
        in_place = True
        try:
            done, _ = await asyncio.wait({work}, timeout=_PATIENCE_SECONDS)
            if not done and not self._stragglers.locked():
                async with self._stragglers:
                    self._places.release()
                    in_place = False
                    return await work
            return await work
        finally:
            if in_place:
                self._places.release()
            if not work.done():
                work.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await work

    async def aclose(self) -> None:
        self._closed = True
        workers = [*self._idle, *self._busy]
        self._idle.clear()
        self._busy.clear()
        await asyncio.gather(*(worker.end() for worker in workers))

    async def _parse_in_worker(self, document: Fetched) -> ParseOutcome:
        try:
            worker = self._idle.pop() if self._idle else await _Worker.start(self._command)
        except OSError as error:
            return ParseFailed(ParseFault.CRASHED, f"no parser process could be started: {error.strerror}")
        self._busy.add(worker)
        fit = False
        try:
            async with asyncio.timeout(self._timeout_seconds):
                outcome = await worker.ask(document)
            fit = not (isinstance(outcome, ParseFailed) and outcome.fault is ParseFault.MEMORY)
        except TimeoutError:
            detail = f"the parser did not end within {self._timeout_seconds:g} s"
            return ParseFailed(ParseFault.TIMEOUT, detail)
        except (OSError, EOFError, ValueError):
            return ParseFailed(ParseFault.CRASHED, "the parser process ended while it read the document")
        else:
            return outcome
        finally:
            self._busy.discard(worker)
            if fit and not self._closed and len(self._idle) < self._workers and worker.served < _DOCUMENTS_A_WORKER:
                self._idle.append(worker)
            else:
                await worker.end()


@dataclass(slots=True, eq=False)
class _Worker:
    process: asyncio.subprocess.Process
    served: int = 0

    @classmethod
    async def start(cls, command: Sequence[str]) -> _Worker:
        environment = {name: os.environ[name] for name in ("PATH", "PYTHONPATH", "LANG") if name in os.environ}
        return cls(
            await asyncio.create_subprocess_exec(
                *command,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
                env=environment,
                limit=1 << 20,
            )
        )

    async def ask(self, document: Fetched) -> ParseOutcome:
        stdin, stdout = self.process.stdin, self.process.stdout
        assert stdin is not None
        assert stdout is not None
        self.served += 1
        stdin.write(frame(encode_request(document.headers, document.url)))
        stdin.write(frame(document.body))
        await stdin.drain()
        (length,) = LENGTH.unpack(await stdout.readexactly(LENGTH.size))
        if length > _LONGEST_ANSWER_BYTES:
            raise ValueError("an answer of this length is none")
        answer = await stdout.readexactly(length)
        if length > _LONG_ANSWER_BYTES:
            return await asyncio.to_thread(decode_outcome, answer)
        return decode_outcome(answer)

    async def end(self) -> None:
        """Kill the process and wait for it; the wait is short, as a kill cannot be refused."""
        with contextlib.suppress(ProcessLookupError):
            self.process.kill()
        if self.process.stdin is not None:
            self.process.stdin.close()
            with contextlib.suppress(OSError):
                await self.process.stdin.wait_closed()
        await self.process.wait()
