"""`monitor db …` on a state folder of its own."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from monitor.cli.db import app
from monitor.errors import AlreadyRunningError, InputError, StateError
from monitor.model import DeliveryState
from monitor.store import StateLock, open_store
from tests.store.builders import article, delivery, stored_story


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A state folder with a story and a delivery that waits; no setting of the machine counts."""
    monkeypatch.setenv("MONITOR_STATE_DIR", str(tmp_path / "state"))
    path = tmp_path / "state" / "monitor.sqlite3"
    with open_store(path) as store:
        stored_story(store)
        with store.unit_of_work():
            store.deliveries.queue([delivery()])
    return path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


def test_check_finds_a_sound_database(database: Path) -> None:
    """In a sentence, or as JSON without problems."""
    assert run("check").stdout == f"{database} is sound\n"
    assert json.loads(run("check", "--json").stdout)["problems"] == []


def test_check_exits_1_with_what_is_wrong(database: Path) -> None:
    """And says what to do."""
    with open_store(database) as store:
        store.connection.maintain("PRAGMA foreign_keys=OFF")
        with store.unit_of_work():
            store.connection.execute("UPDATE stories SET lead_article_id = 77")
    result = run("check")
    assert result.exit_code == 1
    assert "table stories, row 1" in result.stdout
    assert "monitor db restore" in result.stderr


def test_check_reads_any_file(database: Path, tmp_path: Path) -> None:
    """A backup as well; what is no database is a StateError, which `monitor` shows with exit 1."""
    assert run("backup", str(tmp_path / "b.sqlite3")).exit_code == 0
    assert run("check", str(tmp_path / "b.sqlite3")).exit_code == 0
    (tmp_path / "notes").write_text("milk, bread\n" * 1000)
    assert isinstance(run("check", str(tmp_path / "notes")).exception, StateError)


def test_backup_names_its_file_by_the_time(database: Path) -> None:
    """In the state folder's own place for backups, where nothing is overwritten."""
    result = run("backup")
    (made,) = (database.parent / "backups").iterdir()
    assert str(made) in result.stdout
    assert isinstance(run("backup", str(made)).exception, InputError)


def test_restore_puts_it_back_and_says_what_may_come_twice(database: Path, tmp_path: Path) -> None:
    """What waited in the backup may have been sent since: it is in doubt, and the operator has a notice."""
    copy = tmp_path / "copy.sqlite3"
    run("backup", str(copy))
    result = run("restore", str(copy))
    assert result.exit_code == 0
    assert "replaced-" in result.stdout
    assert "may arrive a second time: 1" in result.stderr
    with open_store(database, read_only=True) as store:
        (waiting,) = store.deliveries.in_state(DeliveryState.RETRY)
        assert waiting.ambiguous == 1
        assert [notice.event for notice in store.notices.untold()] == ["state.restored"]


def test_restore_needs_the_monitor_to_be_stopped(database: Path, tmp_path: Path) -> None:
    """The one who owns the folder is named."""
    run("backup", str(tmp_path / "b"))
    with StateLock(database.parent):
        assert isinstance(run("restore", str(tmp_path / "b")).exception, AlreadyRunningError)


def test_prune_says_what_went(database: Path) -> None:
    """Rows by noun; nothing young is touched."""
    old = datetime.now(UTC) - timedelta(days=400)
    with open_store(database) as store, store.unit_of_work():
        store.articles.add(article(at=old), [])
    result = run("prune", "--older-than", "365d", "--json")
    assert json.loads(result.stdout)["articles"] == 1
    assert run("prune").exit_code == 0


@pytest.mark.parametrize("period", ["7d", "soon", "0d"])
def test_prune_refuses_a_period_that_is_none_or_too_short(database: Path, period: str) -> None:
    """Before anything is touched."""
    result = run("prune", "--older-than", period)
    assert isinstance(result.exception, InputError)
    assert "--older-than" in str(result.exception)


def test_stats_show_rows_and_states(database: Path) -> None:
    """As a table, or as JSON with the same numbers."""
    found = json.loads(run("stats", "--json").stdout)
    assert found["rows"]["articles"] == 1
    assert found["deliveries"]["pending"] == 1
    assert found["bytes"] == database.stat().st_size
    shown = run("stats").stdout
    assert "none runs" in shown
    assert "deliveries pending" in shown


@pytest.mark.parametrize("command", ["check", "stats"])
def test_without_a_database_nothing_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str) -> None:
    """Reading makes no file."""
    monkeypatch.setenv("MONITOR_STATE_DIR", str(tmp_path / "state"))
    assert isinstance(run(command).exception, StateError)
    assert not (tmp_path / "state").exists()
