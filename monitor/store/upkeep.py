"""What an operator does to the whole file: check it, copy it while it is used, put a copy back.

A copy is made by SQLite's own online backup, so it is one consistent moment of a database that a daemon writes to.
Putting one back is one rename: whoever is killed in the middle has the old file or the new one.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from datetime import datetime
from pathlib import Path

from monitor.errors import InputError, StateError
from monitor.store.connection import Connection, failures_in_plain_words
from monitor.store.lock import StateLock
from monitor.store.mark import forget_mark
from monitor.store.schema import APPLICATION_ID, refuse_foreign
from monitor.store.sqlite import SqliteStore, open_store

SIDE_FILES = ("-wal", "-shm")
"""What SQLite keeps beside a database in WAL mode."""


def check(path: Path) -> list[str]:
    """Read the whole file and return what is wrong with it; nothing is changed.

    Raises:
        StateError: it cannot be opened, or is no database.
        SchemaError: it is another program's, or a newer version's.
    """
    if not path.is_file():
        raise StateError(f"{path} does not exist")
    with closing(Connection(path, read_only=True)) as connection:
        with failures_in_plain_words(path):
            refuse_foreign(connection.db, path)
        if connection.scalar("PRAGMA application_id") != APPLICATION_ID:
            return ["the file is empty"]
        # https://www.sqlite.org/pragma.html#pragma_integrity_check: one row "ok", or up to 100 findings.
        found = [str(row["integrity_check"]) for row in connection.query("PRAGMA integrity_check")]
        if found != ["ok"]:
            return found
        return [
            f"table {row['table']}, row {row['rowid']}: names a row of {row['parent']} that is not there"
            for row in connection.query("PRAGMA foreign_key_check")
        ]


def backup(path: Path, target: Path) -> int:
    """Copy a database, in use or not, to a file that does not exist yet; return the copy's bytes.

    Raises:
        InputError: the target exists or cannot be written.
        StateError: the database cannot be read, or the copy is not sound.
    """
    if target.exists():
        raise InputError(f"{target} exists; name a new file")
    half = target.with_name(target.name + ".part")
    try:
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _copy(path, half)
        if problems := check(half):
            raise StateError(f"the copy of {path} is not sound: {problems[0]}")
        _sync(half)
        half.replace(target)
        _sync(target.parent)
    except OSError as error:
        raise InputError(f"{target} cannot be written ({error.strerror})") from error
    finally:
        _remove(half)
    return target.stat().st_size


def restore(path: Path, source: Path, *, now: datetime, settle: Callable[[SqliteStore], None]) -> Path | None:
    """Put a backup in a database's place. The monitor must not run.

    Args:
        path: The database; what stands there is kept beside it.
        source: A file that `backup` made, of this version or an older one.
        now: For the name of what is kept.
        settle: Marks in the copy, before it is put in place, what its age means; called inside a unit of work.

    Returns:
        Where the former database is kept; None where there was none.

    Raises:
        AlreadyRunningError: a daemon owns the folder.
        InputError: the source is missing or not sound.
        SchemaError: the source is another program's, or a newer version's.
    """
    lock = StateLock(path.parent)
    lock.acquire(now)
    half = path.with_name(path.name + ".restoring")
    try:
        _remove(half)
        try:
            problems = check(source)
        except StateError as error:
            raise type(error)(f"nothing was restored: {error}") from error
        if problems:
            raise InputError(f"nothing was restored: {source} is damaged: {problems[0]}")
        _copy(source, half)
        with open_store(half) as store, store.unit_of_work():
            settle(store)
        _fold_wal(half)
        _sync(half)
        kept = _keep(path, path.with_name(f"{path.name}.replaced-{now:%Y%m%dT%H%M%SZ}"))
        half.replace(path)
        forget_mark(path.parent)
        _sync(path.parent)
    finally:
        _remove(half)
        lock.release()
    return kept


def _copy(source: Path, target: Path) -> None:
    """Copy a database as of one moment; its side files are read along."""
    if not source.is_file():
        raise StateError(f"{source} does not exist")
    os.close(os.open(target, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600))
    with (
        failures_in_plain_words(source),
        closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)) as read,
        closing(sqlite3.connect(target)) as written,
    ):
        read.backup(written)
        # One file, without side files, until it is opened to be written.
        written.execute("PRAGMA journal_mode=DELETE")


def _fold_wal(path: Path) -> None:
    """Write what stands in the side files into the database, so that it can be renamed alone."""
    with closing(Connection(path)) as connection:
        connection.maintain("PRAGMA wal_checkpoint(TRUNCATE)")


def _keep(path: Path, aside: Path) -> Path | None:
    """Give the present database a second name, and take its side files away: a stale WAL would damage the next file."""
    if not path.exists():
        return None
    with suppress(StateError, sqlite3.DatabaseError):
        _fold_wal(path)
    for suffix in SIDE_FILES:
        side = path.with_name(path.name + suffix)
        if side.exists():
            side.replace(aside.with_name(aside.name + suffix))
    os.link(path, aside)
    return aside


def _remove(path: Path) -> None:
    for name in (path.name, *(path.name + suffix for suffix in SIDE_FILES)):
        with suppress(FileNotFoundError, NotADirectoryError):
            path.with_name(name).unlink()


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
