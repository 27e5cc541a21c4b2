"""`monitor deliveries …` on an outbox with one delivery in each state."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from monitor.cli.deliveries import app
from monitor.errors import InputError
from monitor.model import Delivery, DeliveryState
from monitor.store import open_store
from tests.store.builders import NOON, delivery, later

IDS = {state: number for number, state in enumerate(DeliveryState, start=1)}


@pytest.fixture
def outbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MONITOR_STATE_DIR", str(tmp_path))
    path = tmp_path / "monitor.sqlite3"
    with open_store(path) as store, store.unit_of_work():
        for state, number in IDS.items():
            store.deliveries.queue([delivery(f"{state.value}@example.org")])
            moved = replace(
                delivery(), id=number, state=state, attempts=1, detail="451 later", next_attempt_at=later(9)
            )
            store.deliveries.move(moved, event="made", at=NOON)
    return path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


def stored(path: Path, state: DeliveryState) -> Delivery:
    """Return the delivery that began in a state."""
    with open_store(path, read_only=True) as store:
        found = store.deliveries.get(IDS[state])
    assert found is not None
    return found


def test_list_shows_the_newest_first(outbox: Path) -> None:
    """All of them, those in one state, or so many."""
    found = json.loads(run("list", "--json").stdout)
    assert [entry["id"] for entry in found] == sorted(IDS.values(), reverse=True)
    found = json.loads(run("list", "--json", "--state", "retry").stdout)
    assert [entry["to"] for entry in found] == ["retry@example.org"]
    assert len(json.loads(run("list", "--json", "--limit", "2").stdout)) == 2
    assert "451 later" in run("list").stdout


def test_what_belongs_to_an_earlier_message_says_so(outbox: Path) -> None:
    """An edit and an answer name the delivery that they edit or answer."""
    with open_store(outbox) as store, store.unit_of_work():
        store.deliveries.queue([replace(delivery(), root_id=1, is_edit=True), replace(delivery(), root_id=1)])
    answer, edit, *_ = json.loads(run("list", "--json").stdout)
    assert (edit["edits"], edit["answers"], answer["edits"], answer["answers"]) == (1, None, None, 1)
    assert "edits 1" in run("list").stdout
    assert "answers 1" in run("list").stdout


def test_show_tells_everything_that_happened(outbox: Path) -> None:
    """Subject and history; or the bytes themselves."""
    found = json.loads(run("show", "1", "--json").stdout)
    assert (found["subject"], [event["event"] for event in found["history"]]) == ("truce", ["queued", "made"])
    shown = run("show", "1").stdout
    assert "pending@example.org" in shown
    assert "queued" in shown
    assert run("show", "1", "--payload").stdout_bytes == delivery().payload


@pytest.mark.parametrize(
    "state", [DeliveryState.RETRY, DeliveryState.UNKNOWN, DeliveryState.DEAD, DeliveryState.PENDING]
)
def test_retry_sends_again_now(outbox: Path, state: DeliveryState) -> None:
    """What waits, is dead or is unknown is pending and due."""
    result = run("retry", str(IDS[state]))
    assert result.stdout == f"delivery {IDS[state]} retried\n"
    moved = stored(outbox, state)
    assert moved.state is DeliveryState.PENDING
    assert moved.next_attempt_at is not None


@pytest.mark.parametrize(
    "state", [DeliveryState.RETRY, DeliveryState.UNKNOWN, DeliveryState.PENDING, DeliveryState.DEAD]
)
def test_drop_gives_up(outbox: Path, state: DeliveryState) -> None:
    """Dead, with the operator named in its history; what the operator was told of it is over."""
    with open_store(outbox) as store, store.unit_of_work():
        for number in (IDS[state], IDS[DeliveryState.SENT]):
            store.notices.raise_("delivery.dead", str(number), "550 no such user", NOON)
    assert run("drop", str(IDS[state])).exit_code == 0
    moved = stored(outbox, state)
    assert (moved.state, moved.detail) == (DeliveryState.DEAD, "dropped by the operator")
    with open_store(outbox, read_only=True) as store:
        assert [notice.subject for notice in store.notices.open()] == [str(IDS[DeliveryState.SENT])]


@pytest.mark.parametrize(
    ("command", "state"),
    [
        ("retry", DeliveryState.SENT),
        ("retry", DeliveryState.SENDING),
        ("drop", DeliveryState.SENT),
        ("drop", DeliveryState.SENDING),
        ("drop", DeliveryState.SUPERSEDED),
    ],
)
def test_what_cannot_be_changes_nothing(outbox: Path, command: str, state: DeliveryState) -> None:
    """Not that one, and none of the others named with it."""
    result = run(command, str(IDS[DeliveryState.RETRY]), str(IDS[state]))
    assert isinstance(result.exception, InputError)
    assert f"is {state.value} and cannot be" in str(result.exception)
    assert stored(outbox, DeliveryState.RETRY).state is DeliveryState.RETRY


@pytest.mark.parametrize("arguments", [("show", "99"), ("retry", "99"), ("drop", "99")])
def test_an_unknown_id_is_said_so(outbox: Path, arguments: tuple[str, str]) -> None:
    """In a sentence."""
    assert str(run(*arguments).exception) == "there is no delivery 99"


def test_what_was_pruned_cannot_be_sent_again(outbox: Path) -> None:
    """Its bytes are gone."""
    with open_store(outbox) as store, store.unit_of_work():
        store.connection.execute("UPDATE deliveries SET payload = x'' WHERE id = ?", [IDS[DeliveryState.DEAD]])
    assert "was pruned" in str(run("retry", str(IDS[DeliveryState.DEAD])).exception)
