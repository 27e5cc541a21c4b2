"""`monitor feeds release` and `drop` on a database in which one article is held."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from monitor.cli.feeds import app
from monitor.model import Match, Severity
from monitor.store import open_store
from tests.store.builders import NOON, story_in_unit

RULES = """
feeds:
  - {id: hill-post, name: Hill Post, url: "https://hill-post.example/rss"}
rules:
  - {id: r, title: R, query: truce, desks: [south-asia]}
desks:
  - {id: south-asia, digests: ["07:00"], channels: [{email: [desk@example.org]}]}
"""


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MONITOR_STATE_DIR", str(tmp_path))
    monkeypatch.setenv("MONITOR_RULES_DIR", str(tmp_path / "rules"))
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "all.yaml").write_text(RULES, encoding="utf-8")
    with open_store(tmp_path / "monitor.sqlite3") as store, store.unit_of_work():
        _, article_id = story_in_unit(store)
        store.connection.execute("UPDATE articles SET feed_id = 'hill-post', is_baseline = 0")
        store.articles.add_matches(article_id, [Match("r", "v", "R", Severity.HIGH, (), ("south-asia",))], NOON)
        store.alerts.hold(article_id, NOON)
        store.notices.raise_("feed.surge", "hill-post", "half of it looks new", NOON)
    return tmp_path / "monitor.sqlite3"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


def test_a_release_raises_the_alerts_once(state: Path) -> None:
    """The alert waits for its digest, the notice is over, and a second release finds nothing."""
    assert run("release", "hill-post").stdout == (
        "hill-post: 1 articles were held; 1 alerts wait for their digests now\n"
    )
    with open_store(state, read_only=True) as store:
        assert [alert.article_id for alert in store.alerts.waiting("south-asia")] == [1]
        assert store.notices.open() == []
    again = run("release", "hill-post")
    assert (again.exit_code, again.stderr) == (1, "nothing is held of hill-post\n")


def test_a_drop_tells_nobody(state: Path) -> None:
    """No alert is raised, and another feed's name finds nothing."""
    assert run("drop", "bay").exit_code == 1
    assert run("drop", "hill-post").stdout == "hill-post: 1 articles were held; nobody is told of them\n"
    with open_store(state, read_only=True) as store:
        assert store.alerts.waiting("south-asia") == []
        assert store.alerts.held("hill-post") == []
