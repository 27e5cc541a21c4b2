"""The tables: fresh ones equal migrated ones, and a file that is not ours is left alone.

With a new migration goes a new file in `schemas`, which holds what `shape` says of a database that has it.
"""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

from monitor.errors import SchemaError
from monitor.store import open_store
from monitor.store.schema import APPLICATION_ID, migrate, migrations

SCHEMAS = Path(__file__).parent / "schemas"
NAMES = [migration.name for migration in migrations._migrations]


def shape(db: Database) -> str:
    """Return the schema as text, in an order and spacing that do not depend on history."""
    rows = db.query(
        "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'"
        " AND name NOT LIKE 'article_words_%'"  # FTS5's own tables, which differ between its versions
    )
    return "\n".join(sorted(re.sub(r"\s+", " ", re.sub(r"--.*", "", row["sql"])).strip() for row in rows)) + "\n"


def database(path: Path | str) -> Database:
    return Database(sqlite3.connect(path, isolation_level=None), execute_plugins=False)


@pytest.mark.parametrize("name", NAMES)
def test_a_released_migration_is_never_edited(name: str) -> None:
    """What each migration leaves behind is on file; the file is written once, with the migration."""
    with closing(database(":memory:")) as db:
        later = NAMES[NAMES.index(name) + 1 :]
        migrations.apply(db, stop_before=later[:1])
        assert shape(db) == (SCHEMAS / f"{name}.sql").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", NAMES)
def test_a_migrated_schema_equals_a_fresh_one(name: str, tmp_path: Path) -> None:
    """From each older version, the way up ends at the schema that a new file gets."""
    with closing(database(tmp_path / "old.sqlite3")) as old, closing(database(tmp_path / "new.sqlite3")) as new:
        migrations.apply(old, stop_before=NAMES[NAMES.index(name) + 1 :][:1])
        migrate(old, tmp_path / "old.sqlite3")
        migrate(new, tmp_path / "new.sqlite3")
        assert shape(old) == shape(new)


def test_a_migration_that_fails_changes_nothing(tmp_path: Path) -> None:
    """All steps are one transaction: the file is as it was, and the way up can be tried again."""
    path = tmp_path / "m.sqlite3"
    with open_store(path) as store, store.unit_of_work():
        store.set_value("kept", "yes")
    steps = Migrations("monitor")
    for known in migrations._migrations:
        steps(name=known.name)(known.fn)

    @steps(name="998_half")
    def _half(db: Database) -> None:
        db.execute("CREATE TABLE half (id INTEGER) STRICT")

    @steps(name="999_broken")
    def _broken(db: Database) -> None:
        db.execute("CREATE TABLE feeds (id INTEGER) STRICT")

    with closing(database(path)) as db, pytest.raises(sqlite3.OperationalError, match="already exists"):
        migrate(db, path, steps)
    with open_store(path) as store:
        assert store.get_value("kept") == "yes"
        assert "half" not in store.connection.db.table_names()


def test_every_table_of_ours_is_strict(tmp_path: Path) -> None:
    """A number where a text belongs is refused by the file itself."""
    with open_store(tmp_path / "m.sqlite3") as store:
        rows = store.connection.query("SELECT name, strict FROM pragma_table_list WHERE schema = 'main'")
        assert {row["name"] for row in rows if not row["strict"] and not row["name"].startswith("article_words_")} <= {
            "article_words",  # virtual, with tables of FTS5's own
            "article_vocabulary",
            "_sqlite_migrations",
            "sqlite_schema",
            "sqlite_sequence",
        }


def test_the_file_says_whose_it_is(tmp_path: Path) -> None:
    """Application id, journal mode and fsync are as the connection's docstring promises."""
    with open_store(tmp_path / "m.sqlite3") as store:
        pragmas = {
            name: store.connection.scalar(f"PRAGMA {name}")
            for name in ("application_id", "journal_mode", "synchronous", "foreign_keys", "auto_vacuum")
        }
    assert pragmas == {
        "application_id": APPLICATION_ID,
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "auto_vacuum": 2,
    }


def test_a_newer_database_is_left_alone(tmp_path: Path) -> None:
    """A migration that this version does not know means: a newer program wrote this."""
    path = tmp_path / "m.sqlite3"
    open_store(path).close()
    with closing(sqlite3.connect(path)) as raw:
        raw.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('monitor', '999_wings', '')"
        )
        raw.commit()
    for read_only in (False, True):
        with pytest.raises(SchemaError, match=r"newer version.*999_wings"):
            open_store(path, read_only=read_only)


def test_another_programs_database_is_left_alone(tmp_path: Path) -> None:
    """Tables without our id, or another id, are never touched."""
    tables, other = tmp_path / "tables.sqlite3", tmp_path / "other.sqlite3"
    with closing(sqlite3.connect(tables)) as raw:
        raw.execute("CREATE TABLE photos (id INTEGER)")
    with closing(sqlite3.connect(other)) as raw:
        raw.execute("PRAGMA application_id=77")
    for path in (tables, other):
        with pytest.raises(SchemaError, match="another program"):
            open_store(path)
    with closing(sqlite3.connect(tables)) as raw:
        assert raw.execute("SELECT name FROM sqlite_master").fetchall() == [("photos",)]


def test_an_older_database_is_not_read_as_if_it_were_new(tmp_path: Path) -> None:
    """A reader cannot migrate, so it says who can."""
    path = tmp_path / "m.sqlite3"
    path.touch()
    with pytest.raises(SchemaError, match="start the monitor once"):
        open_store(path, read_only=True)


def test_every_foreign_key_has_an_index(tmp_path: Path) -> None:
    """A row that goes is looked for from every table that names it; without an index that reads whole tables."""
    with open_store(tmp_path / "m.sqlite3") as store:
        query = store.connection.query
        tables = [row["name"] for row in query("SELECT name FROM sqlite_master WHERE type = 'table'")]
        missing = []
        for table in tables:
            firsts = {
                query(f"SELECT name FROM pragma_index_info('{index['name']}') WHERE seqno = 0")[0]["name"]
                for index in query(f"SELECT name FROM pragma_index_list('{table}')")
            }
            columns = query(f"SELECT name, type, pk FROM pragma_table_info('{table}')")
            firsts |= {row["name"] for row in columns if row["pk"] == 1 and row["type"] == "INTEGER"}  # the rowid
            keys = {row["from"] for row in query(f"SELECT * FROM pragma_foreign_key_list('{table}')")}
            missing += [(table, column) for column in keys - firsts]
        assert missing == []
