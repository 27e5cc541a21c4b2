"""The rule folder of the sample day is the shipped watch with the day's own feeds and desks."""

from pathlib import Path

import pytest

from monitor.demo.rulebook import lay_out, shipped_watch
from monitor.demo.script import load_day
from monitor.rules.files.load import load_rule_book


def test_the_day_s_rule_folder_loads(tmp_path: Path) -> None:
    """All shipped rules are in it, with every feed of the day at its local address."""
    day = load_day()
    lay_out(tmp_path / "rules", day, lambda feed_id: f"http://127.0.0.1:9/{feed_id}/feed")
    book = load_rule_book(tmp_path / "rules")
    assert {"ttp-ceasefire", "istanbul-talks"} <= set(book.rules)
    assert set(book.feeds) == {feed.id for feed in day.feeds}
    assert book.feeds["al-marfa"].url == "http://127.0.0.1:9/al-marfa/feed"
    assert set(book.desks) == {"south-asia", "istanbul"}
    assert all(rule.desks for rule in book.rules.values())
    assert not any(rule.tests for rule in book.rules.values())
    assert {item.lookalike_of for item in day.items} - {""} <= set(book.rules)


WATCH = """\
feeds:
- {id: live, name: Live, url: "https://live.example/feed"}
# a note
rules:
  - id: x
    title: X
    query: truce
    tests:
      match: [a truce of feed live]
    desks: [real]
"""


def test_an_operator_s_folder_keeps_its_desks_and_loses_its_feeds(tmp_path: Path) -> None:
    """Live feeds are not polled, tests that may name them are left out, desks stay."""
    watch = tmp_path / "watch"
    watch.mkdir()
    (watch / "all.yaml").write_text(WATCH)
    (watch / "people.yaml").write_text(
        "desks:\n  - {id: real, name: Real, every: 1h, channels: [{email: [real@example.org]}]}\n"
    )
    lay_out(tmp_path / "rules", load_day(), lambda feed_id: f"http://127.0.0.1:9/{feed_id}", watch=watch)
    book = load_rule_book(tmp_path / "rules")
    assert set(book.rules) == {"x"}
    assert book.rules["x"].tests == ()
    assert book.rules["x"].desks == ("real",)
    assert "live" not in book.feeds
    assert set(book.desks) == {"real"}


def test_an_operator_s_folder_without_desks_gets_the_demo_s(tmp_path: Path) -> None:
    """Rules under trial can be played alone."""
    watch = tmp_path / "watch"
    watch.mkdir()
    (watch / "mine.yaml").write_text("rules:\n  - {id: x, title: X, query: truce, desks: [istanbul]}\n")
    lay_out(tmp_path / "rules", load_day(), lambda feed_id: f"http://127.0.0.1:9/{feed_id}", watch=watch)
    assert set(load_rule_book(tmp_path / "rules").desks) == {"south-asia", "istanbul"}


@pytest.mark.parametrize("name", ["watch/ttp-ceasefire.yaml", "lexicons.yaml", "actors/ttp.yaml"])
def test_the_shipped_watch_is_found(name: str) -> None:
    """In the source tree, or inside the installed package."""
    assert (shipped_watch() / name).is_file()
