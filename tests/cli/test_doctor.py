"""`monitor doctor`: the disk, and who holds the state."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from monitor.cli.doctor import disk
from monitor.cli.main import app
from monitor.model import DeliveryState
from monitor.store.lock import StateLock
from monitor.store.sqlite import open_store
from tests.store.builders import NOON, delivery

GB = 1_000_000_000


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MONITOR_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("MONITOR_RULES_DIR", str(tmp_path))
    return tmp_path / "state"


def findings() -> dict[str, str]:
    found = CliRunner().invoke(app, ["doctor", "--json"])
    return {row["subject"]: row["detail"] for row in json.loads(found.stdout)}


@pytest.mark.parametrize(
    ("total", "free", "is_well"),
    [
        (100 * GB, 50 * GB, True),
        (100 * GB, 5 * GB, True),
        (100 * GB, 4 * GB, False),
        (GB, GB // 5, True),
        (GB, GB // 5 - 1, False),
        (0, 0, False),
    ],
)
def test_little_space_is_a_finding(total: int, free: int, is_well: bool) -> None:
    """Below 200 MB, or below a twentieth of the disk."""
    assert disk(Path("state"), total, free).is_well is is_well


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        (["WEBHOOK_URL"], "no threads, edits or buttons; MONITOR_SLACK__TOKEN turns them on"),
        (["TOKEN"], "threads and edits are on; MONITOR_SLACK__APP_TOKEN turns buttons on"),
        (["TOKEN", "APP_TOKEN"], "threads, edits and buttons are on"),
    ],
)
def test_what_slack_lets_us_do_is_said(variables: list[str], said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the setting that turns the rest on; without Slack nothing is said of it."""
    assert "slack" not in findings()
    for name in variables:
        monkeypatch.setenv(f"MONITOR_SLACK__{name}", "https://hooks.slack.com/services/x")
    assert said in findings()["slack"]


@pytest.mark.parametrize(("scheme", "is_advised"), [("https", False), ("http", True)])
def test_where_links_lead_is_said(scheme: str, is_advised: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """With advice where they can be read on the way; without pages nothing is said."""
    assert "pages" not in findings()
    for name, value in {"BASE_URL": f"{scheme}://m.example", "SECRET": "s" * 32, "PORT": "8080"}.items():
        monkeypatch.setenv(f"MONITOR_WEB__{name}", value)
    said = findings()["pages"]
    assert said.startswith(f"links in e-mails lead to {scheme}://m.example, served on 127.0.0.1:8080")
    assert ("https in front" in said) is is_advised


def test_buttons_without_a_bot_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """An app-level token alone hears buttons that nothing posts."""
    monkeypatch.setenv("MONITOR_SLACK__APP_TOKEN", "xapp-1")
    refused = CliRunner().invoke(app, ["doctor"])
    assert refused.exit_code != 0
    assert "MONITOR_SLACK__TOKEN" in str(refused.exception) + refused.output


def test_the_disk_is_looked_at_before_the_folder_is_there(state: Path) -> None:
    """The nearest folder above it stands on the same disk."""
    assert not state.exists()
    assert f"where {state} is" in findings()["disk"]


def test_only_a_present_holder_is_named(state: Path) -> None:
    """One that polled once and ended is no daemon."""
    with StateLock(state):
        open_store(state / "monitor.sqlite3").close()
        assert f"pid {os.getpid()} " in findings()["daemon"]
    assert findings()["daemon"] == "the daemon never ran on this state folder"


def test_what_the_operator_gave_up_is_no_finding(state: Path) -> None:
    """A dead delivery is named until it is dropped; then the rest is, and without any nothing is said."""
    state.mkdir()
    with open_store(state / "monitor.sqlite3") as store, store.unit_of_work():
        for number in (1, 2):
            store.deliveries.queue([delivery(f"{number}@example.org")])
            dead = replace(delivery(), id=number, state=DeliveryState.DEAD, detail="550 no such user")
            store.deliveries.move(dead, event="refused-for-good", at=NOON)
    assert findings()["deliveries"].startswith("2 dead; newest to 2@example.org: 550 no such user")
    CliRunner().invoke(app, ["deliveries", "drop", "2"])
    assert findings()["deliveries"].startswith("1 dead; newest to 1@example.org")
    CliRunner().invoke(app, ["deliveries", "drop", "1"])
    assert "deliveries" not in findings()
