"""The lock by which one daemon owns a state folder; the kernel gives it back when its holder dies."""

from __future__ import annotations

import fcntl
import json
import os
import socket
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from monitor.errors import AlreadyRunningError, StateError

LOCK_FILE = "monitor.lock"


class StateLock:
    """Hold a state folder, by flock(2) on `monitor.lock`, from `acquire` to `release` or the end of the process.

    The file stays, with the last holder's name in it: removing it would let two daemons lock two files of one name.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / LOCK_FILE
        self._descriptor: int | None = None

    def acquire(self, started: datetime | None = None) -> None:
        """Take the lock, without waiting.

        Args:
            started: What a second one is told as the start; now by default.

        Raises:
            AlreadyRunningError: another process has it; the message names that one.
            StateError: the folder cannot be written.
        """
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise StateError(
                f"{self.path} cannot be written ({error.strerror});"
                " make the state folder writable for the user that runs the monitor"
            ) from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            os.close(descriptor)
            raise AlreadyRunningError(
                f"another monitor owns {self.path.parent}: {holder(self.path.parent) or 'it gave no name'};"
                " stop that one, or name another state folder"
            ) from error
        except BaseException:
            os.close(descriptor)
            raise
        name = {
            "pid": os.getpid(),
            "host": socket.gethostname(),
            "started": (started or datetime.now(UTC)).isoformat(timespec="seconds"),
        }
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, (json.dumps(name) + "\n").encode(), 0)
        self._descriptor = descriptor

    def release(self) -> None:
        """Give the folder back; doing so twice is no mistake."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def __enter__(self) -> Self:
        self.acquire()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


def present_holder(folder: Path) -> str | None:
    """Return who holds the folder's lock at this moment, as `holder` names them; None where nobody does.

    It asks by taking a shared lock and giving it back at once.
    """
    try:
        descriptor = os.open(folder / LOCK_FILE, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return holder(folder) or "a process that gave no name"
    finally:
        os.close(descriptor)
    return None


def holder(folder: Path) -> str | None:
    """Return who last took the folder's lock, as "pid 7 on host, since …"; None where no name can be read."""
    try:
        name = json.loads((folder / LOCK_FILE).read_text())
        return f"pid {int(name['pid'])} on {name['host']}, since {name['started']}"
    except (OSError, ValueError, KeyError, TypeError):
        return None
