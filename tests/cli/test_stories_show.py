"""`monitor stories show` where the articles are odd."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from monitor.cli.stories import app
from monitor.model import Story
from monitor.store import open_store
from tests.store.builders import NOON, article


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("", "(no headline)"),
        ("\u202e\u2066", "(no headline)"),
        ("Kabul " * 400, f"{('Kabul ' * 33).strip()}…"),
        ("Truce\u202e holds\nat Torkham", "Truce holds at Torkham"),
    ],
)
def test_a_headline_is_one_short_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, title: str, shown: str) -> None:
    """Whatever a publisher calls a headline; a program is given all of it."""
    monkeypatch.setenv("MONITOR_STATE_DIR", str(tmp_path))
    with open_store(tmp_path / "monitor.sqlite3") as store, store.unit_of_work():
        article_id = store.articles.add(replace(article(title=title), feed_id="wire"), [])
        store.stories.place(article_id, store.stories.create(Story(0, article_id, title, NOON)), None, "alone")
    lines = CliRunner().invoke(app, ["show", "1"]).stdout.splitlines()
    assert lines[0] == f"story 1  {shown}"
    assert any(line.endswith(f"Z  +0:00:00  article 1, wire: {shown}") for line in lines)
    assert json.loads(CliRunner().invoke(app, ["show", "1", "--json"]).stdout)["title"] == title
