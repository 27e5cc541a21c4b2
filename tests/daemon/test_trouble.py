"""What a running daemon meets, for real: a disk that is full, a lock that is held, a signal, a backup put back."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from monitor.model import DeliveryState
from tests.daemon.course import OPERATOR, RECIPIENTS, Course, a_course
from tests.daemon.reckoning import reckoning

LOCKED_SECONDS = 20
HOLD = f"""
import sqlite3, sys, time
held = sqlite3.connect(sys.argv[1], isolation_level=None)
held.execute("BEGIN IMMEDIATE")
print("held", flush=True)
time.sleep({LOCKED_SECONDS})
held.execute("COMMIT")
"""


@contextmanager
def _small_disk(folder: Path) -> Iterator[None]:
    """Mount a disk of 8 MB in memory on a folder for the length of a block."""
    folder.mkdir()
    try:
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "none", str(folder)], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"no disk can be mounted here ({error}); tests/pipeline/test_full_disk.py limits the file instead")
    try:
        yield
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def _fill(disk: Path) -> Path:
    """Write a file as large as there is room."""
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file:
        for size in (1 << 16, 1 << 9):
            try:
                while file.write(b"\0" * size) == size:
                    pass
            except OSError:
                continue
    return ballast


def _all_is_told(course: Course) -> bool:
    return not course.open() and not reckoning(course).lost


def _holds(course: Course) -> None:
    """Assert that everything that was published was told, once, and that no delivery was ever in doubt."""
    result = reckoning(course)
    assert not result.lost + result.wrong, result
    assert (result.extra, result.unknown) == (0, 0)


def test_a_full_disk_is_told_once_and_costs_nothing(tmp_path: Path) -> None:
    """The daemon lives through it and goes on by itself; one message says that the disk was full, of no feed."""
    with _small_disk(tmp_path / "state"), a_course(tmp_path, 1) as course:
        world, pid = course.world, course.lives()
        course.publishes(2)
        world.comes_true(lambda: _all_is_told(course), "all is well")
        ballast = _fill(tmp_path / "state")
        course.publishes(3)
        world.comes_true(lambda: world.said("disk is full"), "it was noticed")
        polls = world.polled("/hill")
        world.comes_true(lambda: world.polled("/hill") >= polls + 3, "it goes on trying")
        ballast.unlink()
        world.comes_true(lambda: _all_is_told(course), "all was told")
        course.ends(pid)
        told = [mail.content for mail in world.mail.mails if mail.recipients == (OPERATOR,)]
        _holds(course)
    assert len(told) == 1
    assert b"Subject: [MONITOR] state.failing: database\r\n" in told[0]
    log = world.log.read_text()
    assert log.count("disk is full") <= 5
    assert "Traceback" not in log


def test_a_lock_held_for_twenty_seconds_costs_nothing(tmp_path: Path) -> None:
    """Another process holds the database: the daemon waits for it, loses nothing, and has nothing to tell of it."""
    with a_course(tmp_path, 2) as course:
        world, pid = course.world, course.lives()
        course.publishes(2)
        world.comes_true(lambda: _all_is_told(course), "all is well")
        database = tmp_path / "state" / "monitor.sqlite3"
        with subprocess.Popen([sys.executable, "-c", HOLD, str(database)], stdout=subprocess.PIPE) as locker:
            assert locker.stdout is not None
            assert locker.stdout.readline()
            held_at, mails = time.monotonic(), len(world.mail.mails)
            course.publishes(3)
            with pytest.raises(sqlite3.OperationalError), sqlite3.connect(database, timeout=0.1) as other:
                other.execute("BEGIN IMMEDIATE")
            assert locker.wait(timeout=LOCKED_SECONDS + 10) == 0
            assert time.monotonic() - held_at >= LOCKED_SECONDS - 1
            assert len(world.mail.mails) == mails
        world.comes_true(lambda: _all_is_told(course), "all was told")
        course.ends(pid)
        _holds(course)
    assert not [mail for mail in world.mail.mails if mail.recipients == (OPERATOR,)]
    assert "state.failing" not in world.log.read_text()


@pytest.mark.parametrize("answers", [True, False], ids=["answered", "unanswered"])
def test_sigterm_in_the_middle_of_a_send(tmp_path: Path, answers: bool) -> None:
    """An answer that comes in time is heard, and no copy follows; without one the end comes in time, and one does."""
    with a_course(tmp_path, 3) as course:
        world = course.world
        course.publishes(1)
        world.mail.hold_after_dot()
        pid = course.lives()
        world.comes_true(lambda: len(world.mail.mails) == len(RECIPIENTS), "the server has them and says nothing")
        began = time.monotonic()
        os.kill(pid, signal.SIGTERM)
        if answers:
            world.mail.go_on()
        assert course.nursery.buries() == 0
        assert time.monotonic() - began < 10
        world.mail.go_on()
        states = {delivery.state for delivery in course.deliveries() if delivery.recipient in RECIPIENTS}
        assert states == {DeliveryState.SENT if answers else DeliveryState.SENDING}
        course.comes_to_rest()
        result = reckoning(course)
    assert not result.lost + result.wrong, result
    assert (result.extra, result.unknown) == (0 if answers else len(RECIPIENTS), 0)


def test_a_backup_of_an_hour_ago_put_back(tmp_path: Path) -> None:
    """What was open in it goes out at most once more, the same bytes; what it does not know is told; none is lost."""
    with a_course(tmp_path, 5) as course:
        world = course.world
        course.publishes(1)
        world.mail.refuse(RECIPIENTS[0], code=451)
        pid = course.lives()
        world.comes_true(lambda: len(world.mail.mails) == len(RECIPIENTS) - 1, "two have it, one is to wait")
        world.comes_true(lambda: course.states() == {DeliveryState.RETRY, DeliveryState.SENT}, "as the file says")
        assert world.monitor("db", "backup", str(tmp_path / "backup")).returncode == 0
        course.ends(pid)
        world.mail.forgive(RECIPIENTS[0])
        course.publishes(2)
        course.comes_to_rest()
        _holds(course)
        before = len(world.mail.mails)
        done = world.monitor("db", "restore", str(tmp_path / "backup"))
        assert done.returncode == 0, done.stderr
        course.comes_to_rest()
        told = [mail for mail in world.mail.mails[before:] if mail.recipients == (OPERATOR,)]
        assert b"state.restored" in told[0].content
        result = reckoning(course, times=2)
    assert not result.lost + result.wrong, result
    assert (result.extra, result.unknown) == (1, 0)
