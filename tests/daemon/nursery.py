"""Daemons as processes that are born in a hundredth of a second, so that they can be killed by the hundred.

`monitor run` spends a second on imports. Here one process imports everything once and forks a child for each life; the
child is a daemon like any other, with its own parser processes, database and sockets, and dies by SIGKILL like any
other. Two things differ: its clock may run ahead, so that a retry need not be waited for, and it asks the database what
is due more often, so that there is always something to be killed in.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import random
import re
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from monitor.app import App, build
from monitor.daemon import Daemon
from monitor.settings import load_settings
from monitor.telemetry import set_up_logging

ROOT = Path(__file__).parents[2]
TURN = timedelta(seconds=0.03)
LONGEST_LIFE_SECONDS = 60
"""After which a life that nobody ends is over: SIGALRM's default is to end the process."""


@dataclass(frozen=True)
class Life:
    """What a daemon is born with."""

    environment: Mapping[str, str]
    """All of it."""
    log: str
    ahead_seconds: float = 0.0
    """How far its clock is ahead of this machine's."""
    steps: str = ""
    """A file for the names of its steps, "" for none."""
    dies_at: str = ""
    """The step at which it kills itself, "" when somebody else ends it."""


@dataclass(frozen=True)
class ClockAhead:
    """This machine's time, moved on: what a retry waits for has passed."""

    by: timedelta

    def now(self) -> datetime:
        return datetime.now(UTC) + self.by

    def monotonic(self) -> float:
        return time.monotonic() + self.by.total_seconds()


@dataclass
class Nursery:
    """The process that forks lives, one at a time, for the length of a `with` block."""

    _process: subprocess.Popen[str] = field(init=False)

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.daemon.nursery"],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.communicate()

    def bears(self, life: Life) -> int:
        """Start a daemon and return its process id."""
        return int(self._asks(asdict(life)))

    def buries(self) -> int:
        """Wait until the daemon is gone; return its exit code, or minus the signal that ended it."""
        return int(self._asks("reap"))

    def _asks(self, what: object) -> str:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(what) + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        assert answer, "the nursery is gone"
        return answer


def _serve() -> None:
    """Fork and wait, as the lines on stdin say; a child that lives when they end is ended too."""
    gc.freeze()
    child = 0
    for line in sys.stdin:
        order = json.loads(line)
        if order == "reap":
            _, status = os.waitpid(child, 0)
            child = 0
            _answer(os.waitstatus_to_exitcode(status))
        else:
            child = os.fork()
            if child == 0:
                _live_and_exit(Life(**order))
            _answer(child)
    if child:
        with suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


def _answer(number: int) -> None:
    sys.stdout.write(f"{number}\n")
    sys.stdout.flush()


def _live_and_exit(life: Life) -> None:
    code = 1
    try:
        os.environ.clear()
        os.environ.update(life.environment)
        random.seed()
        signal.alarm(LONGEST_LIFE_SECONDS)
        log = os.open(life.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        nothing = os.open(os.devnull, os.O_RDWR)
        for descriptor, target in ((0, nothing), (1, nothing), (2, log)):
            os.dup2(target, descriptor)
        asyncio.run(_live(life))
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code)


async def _live(life: Life) -> None:
    settings = load_settings()
    set_up_logging(level=settings.log.level)
    app = build(settings, clock=ClockAhead(timedelta(seconds=life.ahead_seconds)))
    if life.steps:
        _count_steps(app, life)
    try:
        await Daemon(app, turn=TURN).run()
    finally:
        await app.aclose()


class _Steps:
    """The named steps of a life: each commit, by what it writes, and each send; SIGKILL before or after one of them."""

    def __init__(self, life: Life) -> None:
        self._dies_at, self._names = life.dies_at, Path(life.steps).open("a")  # noqa: SIM115 - it dies with the process
        self._written: set[str] = set()
        self._committed = ""

    def pass_by(self, name: str) -> None:
        self._names.write(f"{name}\n")
        self._names.flush()
        if name == self._dies_at:
            os.kill(os.getpid(), signal.SIGKILL)

    def statement(self, sql: str) -> None:
        """Take note of a statement, which SQLite is about to run."""
        if self._committed:
            self.pass_by(f"after {self._committed}")
            self._committed = ""
        if found := _WRITES.match(sql):
            state = _STATE.search(sql) if found["table"] == "deliveries" and sql.startswith("UPDATE") else None
            self._written.add(state["state"] if state else found["table"])
        elif sql == "COMMIT":
            self._committed, self._written = f"commit of {' '.join(sorted(self._written)) or 'nothing'}", set()
            self.pass_by(f"before {self._committed}")

    def sends(self, run: Callable[..., Any]) -> Callable[..., Any]:
        async def counted(send: Callable[..., Any], *args: Any) -> Any:
            self.pass_by(f"before {send.__qualname__}")
            outcome = await run(send, *args)
            self.pass_by(f"after {send.__qualname__}")
            return outcome

        return counted


_WRITES = re.compile(r'(?:INSERT(?: OR \w+)? INTO|UPDATE|DELETE FROM) "?(?P<table>\w+)')
_STATE = re.compile(r"SET state = '(?P<state>\w+)'")


def _count_steps(app: App, life: Life) -> None:
    steps = _Steps(life)
    app.writer.submit(app.store.connection.db.conn.set_trace_callback, steps.statement).result()
    app.senders.run = steps.sends(app.senders.run)  # type: ignore[method-assign]


if __name__ == "__main__":
    _serve()
