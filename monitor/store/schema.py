"""The tables, and how an older file becomes a newer one, by sqlite-utils' migrations.

Each step is a file of SQL in `migrations/`, applied in the order of its name. A migration that was released is never
edited: `tests/store/schemas` holds what each left behind. Tables are STRICT. Every query of the rooms' nouns has its
index there.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import resources
from pathlib import Path

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

from monitor.errors import SchemaError
from monitor.store.connection import failures_in_plain_words

APPLICATION_ID = 0x4E4D4F4E
"""Stands in the header of every database of ours ("NMON"), so that another program's file is never touched."""


def _steps() -> Migrations:
    steps = Migrations("monitor")
    folder = resources.files("monitor.store") / "migrations"
    for file in sorted(folder.iterdir(), key=lambda each: each.name):
        steps(name=file.name.removesuffix(".sql"))(_step(file.read_text(encoding="utf-8")))
    return steps


def _step(sql: str) -> Callable[[Database], None]:
    def apply(db: Database) -> None:
        db.executescript(sql)

    return apply


migrations = _steps()


def migrate(db: Database, path: Path, steps: Migrations = migrations) -> None:
    """Bring a new or older database to this version's schema, in one transaction.

    Raises:
        SchemaError: the file is newer than this program, or another program's.
    """
    with failures_in_plain_words(path):
        refuse_foreign(db, path)
        if not steps.pending(db):
            return
        db.execute("BEGIN IMMEDIATE")
        try:
            refuse_foreign(db, path)
            steps.apply(db)
            db.execute("COMMIT")
        except BaseException:
            db.rollback()
            raise


def require_current(db: Database, path: Path) -> None:
    """Say whether a database may be read by this version; it is not changed.

    Raises:
        SchemaError: the file is older or newer than this program, or another program's.
    """
    with failures_in_plain_words(path):
        refuse_foreign(db, path)
        if migrations.pending(db):
            raise SchemaError(
                f"{path} was written by an older version; start the monitor once, which brings it up to date"
            )


def refuse_foreign(db: Database, path: Path) -> None:
    """Raise SchemaError for a file that this version must not touch."""
    application_id = db.execute("PRAGMA application_id").fetchone()[0]
    is_empty = db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] == 0
    if application_id != APPLICATION_ID and not (application_id == 0 and is_empty):
        raise SchemaError(f"{path} is a database of another program; name another state folder")
    ours = {migration.name for migration in migrations._migrations}
    newer = [applied.name for applied in migrations.applied(db) if applied.name not in ours]
    if newer:
        raise SchemaError(
            f"{path} was written by a newer version (it has {', '.join(newer)}); "
            "run that version, or restore a backup that this one made"
        )


def version(db: Database) -> str:
    """Return the name of the newest migration that the file has."""
    applied = migrations.applied(db)
    return applied[-1].name if applied else ""
