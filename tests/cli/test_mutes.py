"""`monitor stories mute`, `unmute` and `mutes` on a database with one story that waits for a desk."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from monitor.cli.stories import app
from monitor.errors import InputError
from monitor.store import open_store
from tests.store.builders import alert, story_in_unit

DESKS = """
rules:
  - {id: r, title: R, query: truce, desks: [south-asia]}
desks:
  - {id: south-asia, timezone: Asia/Karachi, digests: ["07:00"], channels: [{email: [desk@example.org]}]}
"""
TOMORROW = datetime.now(UTC) + timedelta(days=1)


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MONITOR_STATE_DIR", str(tmp_path))
    monkeypatch.setenv("MONITOR_RULES_DIR", str(tmp_path / "rules"))
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "all.yaml").write_text(DESKS, encoding="utf-8")
    with open_store(tmp_path / "monitor.sqlite3") as store, store.unit_of_work():
        story_id, article_id = story_in_unit(store)
        store.alerts.add(alert(story_id, article_id))
    return tmp_path / "monitor.sqlite3"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


def test_a_story_is_muted_on_the_desks_clock(state: Path) -> None:
    """What is said and what is stored are one moment; how many alerts wait is said."""
    said = run("mute", "1", "--desk", "south-asia", "--until", f"{TOMORROW:%Y-%m-%d}T13:00").stdout
    assert f"“Truce at the pass”, south-asia: muted until {TOMORROW:%a} {TOMORROW.day} {TOMORROW:%b}, 13:00" in said
    assert said.endswith("1 alert waits\n")
    with open_store(state, read_only=True) as store:
        (mute,) = store.mutes.open()
    assert mute.until == datetime(TOMORROW.year, TOMORROW.month, TOMORROW.day, 8, 0, tzinfo=UTC)
    assert (mute.story_id, mute.desk_id) == (1, "south-asia")


def test_mutes_are_listed_and_lifted(state: Path) -> None:
    """For one desk alone, or all of a story; lifting where nothing holds is exit 1."""
    assert run("mutes").stdout == "no story is muted\n"
    run("mute", "1", "--until-develops")
    run("mute", "1", "--desk", "south-asia", "--until-develops")
    listed = json.loads(run("mutes", "--json").stdout)
    assert [(row["story"], row["desk"], row["until"]) for row in listed] == [
        (1, "all", "it develops"),
        (1, "south-asia", "it develops"),
    ]
    assert run("unmute", "1", "--desk", "south-asia").stdout == "story 1: 1 mute lifted\n"
    assert run("unmute", "1").stdout == "story 1: 1 mute lifted\n"
    assert run("unmute", "1").exit_code == 1
    with open_store(state, read_only=True) as store:
        assert {mute.ended_because for mute in store.mutes.of_stories([1])} == {"it was lifted by hand"}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("9", "--until-develops"), "there is no story 9"),
        (("1", "--desk", "north", "--until-develops"), "no desk is called north; desks are: south-asia"),
        (("1", "--until", "2020-01-01T00:00"), "2020-01-01 00:00 UTC is over already"),
    ],
)
def test_what_cannot_be_muted_is_said(state: Path, arguments: tuple[str, ...], words: str) -> None:
    """A wrong name or time is one clear sentence, and nothing is stored."""
    found = run("mute", *arguments).exception
    assert isinstance(found, InputError)
    assert words in str(found)
    with open_store(state, read_only=True) as store:
        assert store.mutes.open() == []


@pytest.mark.parametrize("arguments", [(), ("--until-develops", "--until", "2030-01-01T00:00")])
def test_a_mute_has_one_end(state: Path, arguments: tuple[str, ...]) -> None:
    """Neither none nor two: wrong usage, exit 2."""
    assert run("mute", "1", *arguments).exit_code == 2
