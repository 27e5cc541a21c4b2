"""`monitor feedback list|tests` and the precision of `rules stats`, as an operator runs them."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner, Result

from monitor.cli.feedback import app
from monitor.cli.rules import app as rules_app
from monitor.model import (
    Alert,
    AlertKind,
    Article,
    ChannelKind,
    Digest,
    Feedback,
    FeedbackKind,
    Severity,
    Story,
)
from monitor.rules.files.load import load_rule_book
from monitor.rules.matching.matcher import Matcher
from monitor.store import SqliteStore, open_store
from monitor.text.document import document_of
from monitor.text.zones import zones_of

NOW = datetime.now(UTC)
YES, NO, CLAIM = FeedbackKind.RELEVANT, FeedbackKind.NOT_RELEVANT, FeedbackKind.CLAIM
RULES = """\
# what is watched
feeds:
  - {id: hill, name: Hill Post, url: "https://hill.example/rss", language: en}
rules:
  - id: truce   # the first
    title: Truce
    query: truce OR SAME_SENTENCE(army, Swat)
    severity: high
    desks: [desk]
    tests:
      match:
        - A truce holds   # as ever
      # none to skip yet

  # the other
  - {id: flood, title: Flood, query: flood, desks: [desk]}
desks:
  - {id: desk, name: Desk, channels: [{email: desk@example.org}]}
"""


class Desk:
    """A desk that was told of articles and whose people say something."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "rules" / "all.yaml"
        self.file.parent.mkdir()
        self.file.write_text(RULES, encoding="utf-8")
        self.matcher = Matcher(load_rule_book(self.file.parent))
        self.store: SqliteStore = open_store(folder / "state" / "monitor.sqlite3")
        self.minutes = 0

    def is_told(self, title: str, body: str = "") -> int:
        """Store an article in a story of its own with what it matches, and tell the desk; return the article."""
        at = self._later()
        new = Article(0, "hill", "https://hill.example/1", title, body, zones_of(body), at, language="en")
        matches = self.matcher.match(document_of(new)).matches
        with self.store.unit_of_work():
            article_id = self.store.articles.add(new, [])
            story_id = self.store.stories.create(Story(0, article_id, title, at))
            self.store.stories.place(article_id, story_id, None, "new")
            self.store.articles.add_matches(article_id, matches, at)
            rule_ids = tuple(match.rule_id for match in matches)
            alert = Alert(0, "desk", story_id, article_id, AlertKind.NEW, Severity.HIGH, rule_ids, "", at)
            alert_id = self.store.alerts.add(alert)
            self.store.digests.add(Digest(0, "desk", at, "immediate", title, (alert_id,), "", ""), [])
        return article_id

    def says(self, article_id: int, kind: FeedbackKind, who: str = "ed@example.org") -> None:
        with self.store.unit_of_work():
            self.store.feedback.add(Feedback(0, article_id, "desk", kind, who, ChannelKind.EMAIL, self._later()))

    def _later(self) -> datetime:
        self.minutes += 1
        return NOW - timedelta(days=1) + timedelta(minutes=self.minutes)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setenv("MONITOR_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("MONITOR_RULES_DIR", str(tmp_path / "rules"))
    return Desk(tmp_path)


def run(*arguments: str, of: typer.Typer = app) -> Result:
    return CliRunner().invoke(of, arguments)


def records(*arguments: str, of: typer.Typer = app) -> Any:
    return json.loads(run(*arguments, "--json", of=of).stdout)


def test_the_record_is_listed_as_it_was_said(desk: Desk) -> None:
    """In order, every change of mind in it; by rule and by desk; a headline cannot steer the terminal."""
    truce, flood = desk.is_told("Truce \x1b[31min Swat"), desk.is_told("Flood in Sindh")
    desk.says(truce, YES)
    desk.says(truce, CLAIM, "U07")
    desk.says(truce, NO)
    desk.says(flood, YES)
    shown = records("list")
    assert [(each["said"], each["who"], each["rules"]) for each in shown] == [
        ("relevant", "ed@example.org", ["truce"]),
        ("claim", "U07", ["truce"]),
        ("not-relevant", "ed@example.org", ["truce"]),
        ("relevant", "ed@example.org", ["flood"]),
    ]
    assert [each["judges"] for each in shown] == [True, False, True, True]
    assert [each["article"] for each in records("list", "--rule", "flood")] == [flood]
    assert records("list", "--desk", "wire") == records("list", "--since", "1s") == []
    table = run("list").stdout
    assert "\x1b" not in table
    assert "Truce [31min Swat" in table
    assert run("list", "--desk", "wire").stdout == "nobody said anything\n"


def test_statistics_have_the_precision_of_each_rule(desk: Desk) -> None:
    """Told, judged, relevant and the interval; under five judged stories it says so."""
    told = [desk.is_told(f"Truce in place {number}") for number in range(8)]
    for article_id in told[:6]:
        desk.says(article_id, YES if article_id != told[0] else NO)
    desk.says(desk.is_told("Flood in Sindh"), NO)
    desk.says(told[1], NO, "other@example.org")
    by_rule = {each["rule"]: each for each in records("stats", of=rules_app)["rules"]}
    truce, flood = by_rule["truce"], by_rule["flood"]
    keys = ("told", "judged", "relevant", "disputed", "precision")
    assert [truce[key] for key in keys] == [8, 6, 5, 1, 0.8333]
    assert truce["interval"] == [0.4365, 0.9699]
    assert [flood[key] for key in (*keys, "interval")] == [1, 1, 0, 0, None, None]
    table = run("stats", of=rules_app).stdout
    assert "6 (1 disputed)  5         83% (44% to 97%)" in table
    assert "too few to say" in table


def test_tests_are_shown_before_they_are_written(desk: Desk) -> None:
    """A difference that only adds, and whether the rule passes; the file stays as it is."""
    desk.says(desk.is_told("Truce in Swat holds, elders say"), YES)
    desk.says(desk.is_told("The browser wars: no truce in sight"), NO)
    shown = run("tests", "truce")
    assert "+        - Truce in Swat holds, elders say" in shown.stdout
    assert '+        - "The browser wars: no truce in sight"' in shown.stdout
    assert not [line for line in shown.stdout.splitlines() if line.startswith("-") and not line.startswith("---")]
    assert "passes, must match: Truce in Swat holds, elders say" in shown.stdout
    assert "fails, must not match: The browser wars: no truce in sight" in shown.stdout
    assert "2 tests for" in shown.stdout
    assert shown.exit_code == 1
    assert desk.file.read_text() == RULES


def test_written_tests_keep_the_file_and_are_run_by_rules_test(desk: Desk) -> None:
    """Every line and comment stays; the book loads; `rules test` fails by the one that the rule has to learn."""
    desk.says(desk.is_told("Truce in Swat holds, elders say"), YES)
    desk.says(desk.is_told("The browser wars: no truce in sight"), NO)
    assert run("tests", "truce", "--write").exit_code == 1
    written = desk.file.read_text()
    kept = iter(written.splitlines())
    assert all(line in kept for line in RULES.splitlines())
    assert written.splitlines()[11:16] == [
        "        - A truce holds   # as ever",
        "        - Truce in Swat holds, elders say",
        "      skip:",
        '        - "The browser wars: no truce in sight"',
        "      # none to skip yet",
    ]
    tested = run("test", "truce", "--rules", str(desk.file.parent), of=rules_app)
    assert "2 of 3 tests passed" in tested.stdout
    assert "must not match" in tested.stdout


def test_none_is_written_twice(desk: Desk) -> None:
    """Nor one whose headline stands there already in other letters; a contrary one is named and left."""
    desk.says(desk.is_told("Truce in Swat"), YES)
    desk.says(desk.is_told("TRUCE  in swat"), YES)
    desk.says(desk.is_told("A truce holds"), NO)
    assert run("tests", "truce", "--write").exit_code == 0
    once = desk.file.read_text()
    again = run("tests", "truce", "--write")
    assert desk.file.read_text() == once
    assert once.count("Truce in Swat") == 1
    assert "no new test for truce" in again.stdout
    assert "story 3: people say not relevant, and a test says the opposite" in again.stdout
    assert "all.yaml:12)" in again.stdout


def test_where_people_differ_no_test_is_made(desk: Desk) -> None:
    """It is said; once they agree, there is one."""
    article_id = desk.is_told("Truce in Swat")
    desk.says(article_id, YES)
    desk.says(article_id, NO, "other@example.org")
    shown = run("tests", "truce")
    assert "story 1: people differ" in shown.stdout
    assert "no new test" in shown.stdout
    desk.says(article_id, YES, "other@example.org")
    assert "1 test for" in run("tests", "truce").stdout


def test_a_test_is_as_short_as_the_rule_lets_it_be(desk: Desk) -> None:
    """The headline does not show it: the one sentence that does is taken, and nothing of the rest."""
    body = (
        "Rain fell.\n\nElders met. The army left Swat on Friday, officials said. Markets opened.\n\nOnions cost more."
    )
    desk.says(desk.is_told("Quiet in the hills", body), YES)
    run("tests", "truce", "--write")
    assert (
        "        - title: Quiet in the hills\n          text: The army left Swat on Friday, officials said.\n"
    ) in desk.file.read_text()


def test_a_rule_that_is_none_is_guessed(desk: Desk) -> None:
    """A typing error is a wrong use, not an empty answer."""
    assert run("tests", "truse").exit_code == 2
