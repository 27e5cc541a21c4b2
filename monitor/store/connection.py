"""One connection to the database file: its settings, its units of work, and its failures in plain words.

Owns every call into sqlite3 and sqlite-utils that the rooms' nouns make. Refuses to know any table.

Settings, and why (https://www.sqlite.org/pragma.html): WAL, so that readers never wait for the writer;
`synchronous=FULL`, because in WAL mode only that puts an fsync between the commit and what follows it (a send);
foreign keys checked; `busy_timeout`, so that another process holding the file for a while is waited for. Transactions
begin IMMEDIATE: one that begins deferred and then writes fails at once when another writer came between.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import sqlite_utils

from monitor.errors import StateError

Row = dict[str, Any]
Parameters = Sequence[object] | dict[str, object]

BUSY_TIMEOUT = timedelta(seconds=30)
"""How long a lock of another process is waited for: longer than a backup or a prune of this program holds one."""


class Connection:
    """A sqlite-utils database whose writes happen in units of work only. Belongs to the thread that made it."""

    def __init__(self, path: Path, *, read_only: bool = False, busy_timeout: timedelta = BUSY_TIMEOUT) -> None:
        self.path = path
        self.read_only = read_only
        self._in_unit = False
        with failures_in_plain_words(path):
            raw = sqlite3.connect(
                f"{path.absolute().as_uri()}?mode={'ro' if read_only else 'rwc'}",
                uri=True,
                isolation_level=None,
                timeout=busy_timeout.total_seconds(),
            )
            try:
                self.db = _configured(raw, read_only=read_only)
            except BaseException:
                raw.close()
                raise

    def query(self, sql: str, parameters: Parameters = ()) -> list[Row]:
        """Return all rows of a SELECT as dictionaries.

        Not by sqlite-utils' `query`, which wraps each SELECT in a savepoint: three statements for one.
        """
        with failures_in_plain_words(self.path):
            cursor = self.db.execute(sql, parameters)
            names = [column[0] for column in cursor.description]
            return [dict(zip(names, row, strict=True)) for row in cursor]

    def rows(self, sql: str, parameters: Parameters = ()) -> list[tuple[Any, ...]]:
        """Return all rows of a SELECT as they come, where there are many and their columns are few."""
        with failures_in_plain_words(self.path):
            return self.db.execute(sql, parameters).fetchall()

    def scalar(self, sql: str, parameters: Parameters = ()) -> Any:
        """Return the first column of the first row, or None where there is no row."""
        rows = self.query(sql, parameters)
        return next(iter(rows[0].values())) if rows else None

    def insert(self, table: str, row: Mapping[str, object]) -> int:
        """Insert one row, of values that SQLite knows, and return its rowid.

        One statement, where sqlite-utils' `insert` first asks for the table's columns and keys, each time.
        """
        self._require_unit()
        columns, marks = ", ".join(f'"{name}"' for name in row), ", ".join("?" * len(row))
        sql = f'INSERT INTO "{table}" ({columns}) VALUES ({marks})'  # noqa: S608 - names that this room's code writes
        with failures_in_plain_words(self.path):
            rowid = self.db.execute(sql, list(row.values())).lastrowid
        assert rowid is not None
        return rowid

    def next_id(self, table: str) -> int:
        """Return the rowid that the next row of a table with AUTOINCREMENT gets, as long as this unit of work lasts.

        Such a table remembers its largest rowid (https://www.sqlite.org/autoinc.html).
        """
        self._require_unit()
        return (self.scalar("SELECT seq FROM sqlite_sequence WHERE name = ?", [table]) or 0) + 1

    def execute(self, sql: str, parameters: Parameters = ()) -> int:
        """Run one INSERT, UPDATE or DELETE and return how many rows it changed."""
        self._require_unit()
        with failures_in_plain_words(self.path):
            return self.db.execute(sql, parameters).rowcount

    def execute_many(self, sql: str, rows: Iterable[Sequence[object]]) -> None:
        """Run one INSERT, UPDATE or DELETE for each row of parameters."""
        self._require_unit()
        with failures_in_plain_words(self.path):
            self.db.conn.executemany(sql, rows)

    def maintain(self, statement: str) -> None:
        """Run a statement that no unit of work can hold: a checkpoint, a pragma that gives pages back."""
        if self._in_unit:
            raise RuntimeError("a unit of work is open")
        with failures_in_plain_words(self.path):
            # As a script, which sqlite3 runs to its end: `incremental_vacuum` frees one page each time it is stepped.
            self.db.executescript(statement)

    @contextmanager
    def unit_of_work(self) -> Iterator[None]:
        """Begin a write transaction at once; commit at the end, roll back on any exception.

        Raises:
            RuntimeError: a unit of work is open already, or the connection only reads.
            StateError: the file stayed locked, or the commit failed; nothing of the unit was kept.
        """
        if self.read_only:
            raise RuntimeError(f"{self.path} was opened to be read")
        if self._in_unit:
            raise RuntimeError("a unit of work is open already; units are not nested")
        with failures_in_plain_words(self.path):
            self.db.execute("BEGIN IMMEDIATE")
        self._in_unit = True
        try:
            yield
            with failures_in_plain_words(self.path):
                self.db.execute("COMMIT")
        except BaseException:
            # A full disk has rolled back already; rolling back twice would hide why.
            if self.db.conn.in_transaction:
                self.db.rollback()
            raise
        finally:
            self._in_unit = False

    def close(self) -> None:
        """Close the file; a unit of work that is open is rolled back by SQLite."""
        self.db.close()

    def _require_unit(self) -> None:
        if not self._in_unit:
            raise RuntimeError("a write outside of a unit of work: what one step learnt is committed together")


def _configured(raw: sqlite3.Connection, *, read_only: bool) -> sqlite_utils.Database:
    """Set the pragmas named above; plugins of sqlite-utils that happen to be installed are not loaded."""
    db = sqlite_utils.Database(raw, execute_plugins=False)
    db.execute("PRAGMA foreign_keys=ON")
    db.execute("PRAGMA trusted_schema=OFF")
    if read_only:
        db.execute("PRAGMA query_only=ON")
        return db
    # Only heeded while the file is empty; lets `db prune` give pages back without rewriting the file.
    db.execute("PRAGMA auto_vacuum=INCREMENTAL")
    mode = db.execute("PRAGMA journal_mode=WAL").fetchone()[0]
    if mode != "wal":
        raise sqlite3.OperationalError(f"journal mode stays {mode}: this file system cannot hold a WAL database")
    db.execute("PRAGMA synchronous=FULL")
    return db


_ADVICE: tuple[tuple[tuple[str, ...], str], ...] = (
    (("locked", "busy"), "another process holds it; stop that one, or wait until it is done, and try again"),
    (("full",), "free some space on that disk; what was committed is safe and the monitor carries on by itself"),
    (
        ("malformed", "not a database", "corrupt"),
        "it is damaged; keep a copy, run `monitor db check`, and put back a backup with `monitor db restore`",
    ),
    (("readonly", "read-only"), "make the state folder writable for the user that runs the monitor"),
    (("unable to open",), "see that the state folder exists and is writable for the user that runs the monitor"),
    (("disk i/o",), "look at the disk and the system's log; restore a backup if `monitor db check` finds damage"),
)


@contextmanager
def failures_in_plain_words(path: Path) -> Iterator[None]:
    """Turn what SQLite could not do into a StateError that names the file and what to do.

    Mistakes of the program (a constraint, a missing table, another thread) pass unchanged: nobody can act on them.
    """
    try:
        yield
    except (sqlite3.IntegrityError, sqlite3.ProgrammingError):
        raise
    except sqlite3.DatabaseError as error:
        reason = str(error)
        for words, advice in _ADVICE:
            if any(word in reason.lower() for word in words):
                raise StateError(f"{path}: {reason}; {advice}") from error
        raise
