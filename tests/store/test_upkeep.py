"""Checking, copying and putting back the file."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.errors import AlreadyRunningError, InputError, SchemaError, StateError
from monitor.model import DeliveryState
from monitor.store import SqliteStore, StateLock, open_store
from monitor.store.mark import read_mark, went_back, write_mark
from monitor.store.upkeep import SIDE_FILES, backup, check, restore
from tests.store.builders import NOON, delivery, later, stored_story


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "state" / "monitor.sqlite3"
    with open_store(path) as store:
        stored_story(store)
        with store.unit_of_work():
            store.deliveries.queue([delivery()])
            store.set_value("of", "the hour before")
    return path


def settled(store: SqliteStore) -> None:
    store.set_value("restored", "yes")


def nothing(store: SqliteStore) -> None:
    """Settle nothing."""


def value(path: Path, key: str) -> str | None:
    with open_store(path, read_only=True) as store:
        return store.get_value(key)


def names(path: Path) -> set[str]:
    """Return the files of a folder, save what readers leave beside a database."""
    return {found.name for found in path.parent.iterdir() if not found.name.endswith(SIDE_FILES)}


class TestCheck:
    def test_finds_nothing_in_a_sound_file(self, path: Path) -> None:
        """And changes nothing."""
        assert check(path) == []

    def test_names_damage(self, path: Path) -> None:
        """A page of a table overwritten."""
        with path.open("r+b") as file:
            file.seek(3 * 4096)
            file.write(b"\x0d" + b"\xa5" * 4095)
        try:
            problems = check(path)
        except StateError as error:
            problems = [str(error)]
        assert problems

    def test_names_a_row_that_is_not_there(self, path: Path) -> None:
        """A foreign key that points nowhere, as a hand with another tool may leave it."""
        with open_store(path) as store:
            store.connection.maintain("PRAGMA foreign_keys=OFF")
            with store.unit_of_work():
                store.connection.execute("UPDATE stories SET lead_article_id = 77")
        assert check(path) == ["table stories, row 1: names a row of articles that is not there"]

    def test_needs_a_file(self, tmp_path: Path) -> None:
        """And makes none."""
        with pytest.raises(StateError, match="does not exist"):
            check(tmp_path / "none.sqlite3")
        assert list(tmp_path.iterdir()) == []


class TestBackup:
    def test_is_one_moment_of_a_database_in_use(self, path: Path, tmp_path: Path) -> None:
        """While another thread commits pairs, a copy never holds half a pair."""
        stop = threading.Event()

        def write() -> None:
            with open_store(path) as store:
                number = 0
                while not stop.is_set():
                    number += 1
                    with store.unit_of_work():
                        store.set_value("a", str(number))
                        store.set_value("b", str(number))

        writer = threading.Thread(target=write)
        writer.start()
        try:
            for number in range(5):
                target = tmp_path / f"copy{number}.sqlite3"
                assert backup(path, target) == target.stat().st_size
                assert value(target, "a") == value(target, "b")
        finally:
            stop.set()
            writer.join()

    def test_is_its_owners_alone_and_one_file(self, path: Path, tmp_path: Path) -> None:
        """Nothing half is left beside it."""
        target = tmp_path / "copies" / "monitor.sqlite3"
        backup(path, target)
        assert target.stat().st_mode & 0o077 == 0
        assert names(target) == {"monitor.sqlite3"}

    def test_overwrites_nothing(self, path: Path, tmp_path: Path) -> None:
        """A file of that name stays as it is."""
        target = tmp_path / "precious"
        target.write_text("notes")
        with pytest.raises(InputError, match="exists"):
            backup(path, target)
        assert target.read_text() == "notes"

    def test_says_where_it_cannot_write(self, path: Path, tmp_path: Path) -> None:
        """A file where a folder should be."""
        (tmp_path / "file").write_text("")
        with pytest.raises(InputError, match="cannot be written"):
            backup(path, tmp_path / "file" / "copy.sqlite3")


class TestRestore:
    @pytest.fixture
    def copy(self, path: Path, tmp_path: Path) -> Path:
        copy = tmp_path / "copy.sqlite3"
        backup(path, copy)
        with open_store(path) as store, store.unit_of_work():
            store.set_value("of", "now")
        return copy

    def test_puts_the_copy_in_place_and_keeps_what_was_there(self, path: Path, copy: Path) -> None:
        """The former database is whole beside it; the copy is unchanged; the settling is part of it."""
        kept = restore(path, copy, now=NOON, settle=settled)
        assert kept is not None
        assert (value(path, "of"), value(kept, "of"), value(copy, "of")) == (
            "the hour before",
            "now",
            "the hour before",
        )
        assert (value(path, "restored"), value(copy, "restored")) == ("yes", None)
        assert names(path) == {"monitor.sqlite3", "monitor.sqlite3.replaced-20261120T120000Z", "monitor.lock"}

    def test_works_where_the_database_is_lost(self, path: Path, copy: Path) -> None:
        """There is nothing to keep."""
        path.unlink()
        assert restore(path, copy, now=NOON, settle=nothing) is None
        assert value(path, "of") == "the hour before"

    def test_works_where_the_database_is_damaged(self, path: Path, copy: Path) -> None:
        """What a crash left, side files included, is kept and does not touch the new file."""
        damaged = b"\xa5" * 10_000
        path.write_bytes(damaged)
        path.with_name(path.name + "-wal").write_bytes(damaged)
        kept = restore(path, copy, now=NOON, settle=nothing)
        assert kept is not None
        assert kept.read_bytes() == damaged
        assert check(path) == []
        assert value(path, "of") == "the hour before"

    def test_needs_the_monitor_to_be_stopped(self, path: Path, copy: Path) -> None:
        """A daemon that owns the folder keeps it, and its database."""
        with StateLock(path.parent), pytest.raises(AlreadyRunningError):
            restore(path, copy, now=NOON, settle=nothing)
        assert value(path, "of") == "now"

    @pytest.mark.parametrize(
        ("spoil", "error"),
        [
            (lambda copy: copy.write_bytes(b"\xa5" * 9000), StateError),
            (lambda copy: copy.write_bytes(copy.read_bytes()[:9000]), StateError),
            (lambda copy: copy.unlink(), StateError),
            (lambda copy: copy.write_bytes(b""), (StateError, InputError, SchemaError)),
        ],
    )
    def test_puts_nothing_unsound_in_place(
        self, path: Path, copy: Path, spoil: Callable[[Path], object], error: type[Exception]
    ) -> None:
        """Damaged, cut, missing or empty: the database stays, and nothing is left beside it."""
        spoil(copy)
        with pytest.raises(error, match=r"nothing was restored|does not exist"):
            restore(path, copy, now=NOON, settle=nothing)
        assert value(path, "of") == "now"
        assert not [name for name in names(path) if "restoring" in name or "replaced" in name]

    def test_leaves_all_as_it_was_when_settling_fails(self, path: Path, copy: Path) -> None:
        """The copy goes in place settled or not at all."""

        def fail(store: SqliteStore) -> None:
            raise RuntimeError

        with pytest.raises(RuntimeError):
            restore(path, copy, now=NOON, settle=fail)
        assert value(path, "of") == "now"
        with StateLock(path.parent):
            pass


class TestMark:
    def test_shows_a_database_that_was_put_back(self, path: Path, tmp_path: Path) -> None:
        """An old file copied over a newer one is older than the mark beside it."""
        old = tmp_path / "old.sqlite3"
        shutil.copy(path, old)
        write_mark(path.parent, later(60))
        assert not went_back(later(60), read_mark(path.parent))
        assert not went_back(later(61), read_mark(path.parent))
        assert went_back(NOON, read_mark(path.parent))
        assert went_back(None, read_mark(path.parent))

    def test_says_nothing_where_there_is_none(self, tmp_path: Path) -> None:
        """A first start, or a torn file, is no restore."""
        assert not went_back(None, read_mark(tmp_path))
        for torn in ("", "2026-", "2026-11-20T12:00:00"):
            (tmp_path / "monitor.mark").write_text(torn)
            assert read_mark(tmp_path) is None

    def test_that_cannot_be_written_is_no_failure(self, tmp_path: Path) -> None:
        """The monitor goes on without it."""
        write_mark(tmp_path / "missing", NOON)
        assert read_mark(tmp_path / "missing") is None

    def test_is_forgotten_by_a_restore_of_our_own(self, path: Path, tmp_path: Path) -> None:
        """What `restore` settles is not settled again at the next start."""
        copy = tmp_path / "copy.sqlite3"
        backup(path, copy)
        write_mark(path.parent, NOON + timedelta(days=1))
        restore(path, copy, now=NOON, settle=nothing)
        assert read_mark(path.parent) is None


def test_a_copy_holds_the_outbox(path: Path, tmp_path: Path) -> None:
    """Deliveries that wait come back with it, bytes and all."""
    copy = tmp_path / "copy.sqlite3"
    backup(path, copy)
    with open_store(copy, read_only=True) as store:
        (waiting,) = store.deliveries.in_state(DeliveryState.PENDING)
    assert waiting.payload == delivery().payload
