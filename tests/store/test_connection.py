"""What the file does when the world is unkind: other writers, locks, full disks, damage, a kill in the middle."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.errors import StateError
from monitor.model import ArticleKey, DeliveryState, KeyKind
from monitor.store import open_store
from tests.store.builders import article, delivery, later, stored_story


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "monitor.sqlite3"


def test_the_folder_and_the_file_are_their_owners_alone(path: Path) -> None:
    """Recipients' addresses stand in it."""
    open_store(path).close()
    assert path.stat().st_mode & 0o077 == 0
    assert path.parent.stat().st_mode & 0o077 == 0


def test_four_threads_look_up_and_insert(path: Path) -> None:
    """Look-up-then-insert by four writers at once: none fails, and no article is stored twice."""
    open_store(path).close()
    failures: list[BaseException] = []

    def write() -> None:
        try:
            with open_store(path) as store:
                for number in range(50):
                    key = ArticleKey(KeyKind.FEED_ID, str(number))
                    with store.unit_of_work():
                        if not store.articles.find([key]):
                            store.articles.add(article(), [key])
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    with open_store(path, read_only=True) as store:
        assert store.counts()["articles"] == 50


def test_two_processes_make_the_file_at_once(path: Path) -> None:
    """Whoever comes second finds the schema; nobody fails."""
    program = f"from pathlib import Path; from monitor.store import open_store; open_store(Path({str(path)!r})).close()"
    started = [subprocess.Popen([sys.executable, "-c", program]) for _ in range(3)]
    assert [process.wait(60) for process in started] == [0, 0, 0]


@contextmanager
def locked(path: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(path, isolation_level=None, check_same_thread=False)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield other


def test_a_lock_is_waited_for(path: Path) -> None:
    """A unit begun while another process writes begins when that one is done."""
    with open_store(path) as store, locked(path) as other:
        release = threading.Timer(0.3, lambda: other.execute("COMMIT"))
        release.start()
        with store.unit_of_work():
            store.set_value("after", "the lock")
        release.join()
        assert store.get_value("after") == "the lock"


def test_a_lock_that_stays_is_named(path: Path) -> None:
    """After the time given, the error names the file and what to do; reading went on all the while."""
    with open_store(path, busy_timeout=timedelta(milliseconds=50)) as store, locked(path):
        locked_out = pytest.raises(StateError, match=r"monitor\.sqlite3: database is locked; another process")
        with locked_out as caught, store.unit_of_work():
            pytest.fail("the unit began on a locked file")
        assert isinstance(caught.value.__cause__, sqlite3.OperationalError)
        assert store.get_value("anything") is None


def test_a_full_disk_loses_the_unit_and_nothing_else(path: Path) -> None:
    """The unit that did not fit is gone whole, the error says so, and what comes after space was made is kept."""
    with open_store(path) as store:
        with store.unit_of_work():
            store.set_value("before", "1")
        pages = store.connection.scalar("PRAGMA page_count")
        store.connection.query(f"PRAGMA max_page_count={pages + 3}")
        with pytest.raises(StateError, match="free some space"), store.unit_of_work():
            store.deliveries.queue([delivery()] * 100)
        store.connection.query("PRAGMA max_page_count=100000")
        with store.unit_of_work():
            store.set_value("after", "1")
        assert (store.get_value("before"), store.get_value("after")) == ("1", "1")
        assert store.counts()["deliveries"] == 0


@pytest.mark.parametrize("where", [0, 5000])
def test_a_damaged_file_is_named_with_what_to_do(path: Path, where: int) -> None:
    """Damage in the header or in a table is a StateError that leads to check and restore."""
    with open_store(path) as store:
        stored_story(store)
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.seek(where)
        file.write(b"\xa5" * min(size - where, 60000))
    with pytest.raises(StateError, match=r"damaged.*monitor db restore"), open_store(path) as store:
        store.counts()


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    """A file where the folder should be."""
    (tmp_path / "state").write_text("")
    with pytest.raises(StateError, match="make the state folder writable"):
        open_store(tmp_path / "state" / "monitor.sqlite3")


def test_reading_needs_a_file(path: Path) -> None:
    """A reader makes nothing."""
    with pytest.raises(StateError, match="does not exist yet"):
        open_store(path, read_only=True)
    assert not path.parent.exists()


def test_a_reader_never_writes(path: Path) -> None:
    """Neither by a unit of work nor around it."""
    open_store(path).close()
    with open_store(path, read_only=True) as store:
        with pytest.raises(RuntimeError, match="to be read"), store.unit_of_work():
            pass
        with pytest.raises(sqlite3.OperationalError, match=r"readonly|read-only"):
            store.connection.db.conn.execute("DELETE FROM feeds")


def test_a_reader_sees_the_last_commit_and_never_half_a_unit(path: Path) -> None:
    """What is being written is seen by others when it is all there."""
    with open_store(path) as store, open_store(path, read_only=True) as reader:
        with store.unit_of_work():
            store.set_value("a", "1")
            assert reader.get_value("a") is None
        assert reader.get_value("a") == "1"


_WRITES_AND_WAITS = """
import sys
from pathlib import Path
from monitor.store import open_store
from tests.store.builders import NOON, article, delivery
store = open_store(Path(sys.argv[1]))
with store.unit_of_work():
    store.deliveries.queue([delivery("committed@example.org")])
with store.unit_of_work():
    for _ in range(500):
        store.articles.add(article(), [])
    store.deliveries.queue([delivery("half@example.org")])
    print("ready", flush=True)
    sys.stdin.read()
"""


def test_a_kill_in_the_middle_leaves_nothing_half(path: Path) -> None:
    """SIGKILL inside a unit: the unit is gone, the one before it is there, and the file is sound."""
    process = subprocess.Popen(
        [sys.executable, "-c", _WRITES_AND_WAITS, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[2],
    )
    assert process.stdout is not None
    assert process.stdin is not None
    assert process.stdout.readline() == b"ready\n"
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    process.stdout.close()
    process.stdin.close()
    with open_store(path) as store:
        assert [d.recipient for d in store.deliveries.in_state(DeliveryState.PENDING)] == ["committed@example.org"]
        assert store.counts()["articles"] == 0
        assert store.connection.scalar("PRAGMA integrity_check") == "ok"


def test_the_history_of_deliveries_cannot_be_rewritten(path: Path) -> None:
    """Not even by a statement that this program does not have."""
    with open_store(path) as store:
        with store.unit_of_work():
            store.deliveries.queue([delivery()])
        for sql in ("UPDATE delivery_events SET event = 'accepted'", "DELETE FROM delivery_events"):
            with pytest.raises(sqlite3.IntegrityError, match="append-only"), store.unit_of_work():
                store.connection.execute(sql)
        assert [event for _, event, _, _ in store.deliveries.history(1)] == ["queued"]


def test_ids_of_articles_are_never_given_twice(path: Path) -> None:
    """Keys outlive their article, so a new article must not inherit the keys of a pruned one."""
    with open_store(path) as store:
        with store.unit_of_work():
            first = store.articles.add(article(), [])
            store.connection.execute("DELETE FROM articles")
        with store.unit_of_work():
            assert store.articles.add(article(at=later(1)), []) != first


def test_a_store_belongs_to_its_thread(path: Path) -> None:
    """Another thread's call is refused by sqlite3, not mixed into a unit of this one."""
    caught: list[BaseException] = []
    with open_store(path) as store:

        def intrude() -> None:
            try:
                store.counts()
            except sqlite3.ProgrammingError as error:
                caught.append(error)

        thread = threading.Thread(target=intrude)
        thread.start()
        thread.join()
    assert len(caught) == 1
