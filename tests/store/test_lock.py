"""One daemon a state folder."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor.errors import AlreadyRunningError, StateError
from monitor.store import StateLock
from monitor.store.lock import holder, present_holder


def test_a_second_one_is_told_of_the_first(tmp_path: Path) -> None:
    """The message names process, host, start and folder."""
    first = StateLock(tmp_path / "state")
    first.acquire(started=datetime(2026, 11, 20, 7, 0, tzinfo=UTC))
    with pytest.raises(AlreadyRunningError) as caught:
        StateLock(tmp_path / "state").acquire()
    first.release()
    for word in (f"pid {os.getpid()}", "2026-11-20T07:00:00+00:00", str(tmp_path / "state")):
        assert word in str(caught.value)


def test_it_is_free_after_release(tmp_path: Path) -> None:
    """Released by the block's end, and a second release is no mistake."""
    lock = StateLock(tmp_path)
    with lock:
        pass
    lock.release()
    with StateLock(tmp_path):
        assert holder(tmp_path) is not None


def test_who_holds_it_now_is_named_and_nobody_after(tmp_path: Path) -> None:
    """Asking takes nothing away: the holder keeps it, and the next one can have it."""
    assert present_holder(tmp_path) is None
    with StateLock(tmp_path):
        assert (present_holder(tmp_path) or "").startswith(f"pid {os.getpid()} ")
        with pytest.raises(AlreadyRunningError):
            StateLock(tmp_path).acquire()
    assert present_holder(tmp_path) is None
    assert holder(tmp_path) is not None
    with StateLock(tmp_path):
        pass


def test_it_is_free_after_death(tmp_path: Path) -> None:
    """A holder that was killed holds nothing: the kernel takes the lock back."""
    program = (
        "import sys; from pathlib import Path; from monitor.store import StateLock\n"
        f"StateLock(Path({str(tmp_path)!r})).acquire(); print('held', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"held\n"
        with pytest.raises(AlreadyRunningError, match=f"pid {process.pid} "):
            StateLock(tmp_path).acquire()
        process.kill()
        process.wait()
    with StateLock(tmp_path):
        pass


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"pid": "x"}', b"\xff"])
def test_a_torn_name_is_no_failure(tmp_path: Path, content: bytes) -> None:
    """What stands in the file is for people; the lock is the kernel's."""
    (tmp_path / "monitor.lock").write_bytes(content)
    assert holder(tmp_path) is None
    with StateLock(tmp_path):
        pass


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    """A file where the folder should be."""
    (tmp_path / "state").write_text("")
    with pytest.raises(StateError, match="cannot be written"):
        StateLock(tmp_path / "state").acquire()
