"""`monitor why` as an operator sees it: a verdict, what shows it, what to do; the same as JSON."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from monitor.articles.identity import canonical_url
from monitor.cli.main import app
from monitor.errors import InputError
from monitor.model import ArticleKey, KeyKind, Severity
from monitor.store import open_store
from tests.pipeline.flow import DESKS, FEEDS, RULES, write_rules
from tests.store.builders import NOON, alert, article, delivery, digest, match, story_in_unit

URL = "https://hill-post.example/truce"
Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run the command over an article that was told, and one that nothing matched."""
    write_rules(tmp_path / "rules", feeds=FEEDS, rules=RULES, desks=DESKS)
    monkeypatch.setenv("MONITOR_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("MONITOR_RULES_DIR", str(tmp_path / "rules"))
    with open_store(tmp_path / "state" / "monitor.sqlite3") as store, store.unit_of_work():
        story_id, article_id = story_in_unit(store)
        store.articles.add_keys(article_id, [ArticleKey(KeyKind.ADDRESS, canonical_url(URL))])
        store.articles.add_matches(article_id, [match()], NOON)
        alert_id = store.alerts.add(replace(alert(story_id, article_id), severity=Severity.HIGH))
        store.digests.add(digest((alert_id,)), [delivery()])
        odd = replace(article(title="Odd\x1b[31m \u202eheadline\nwith [bold]markup[/]"), is_baseline=False)
        store.articles.add(odd, [])
        twin = replace(odd, first_seen_at=NOON + timedelta(hours=1))
        store.articles.add(twin, [])

    def call(*arguments: str) -> Result:
        return CliRunner().invoke(app, ["why", *arguments])

    return call


def test_says_verdict_evidence_and_advice(run: Run) -> None:
    """One line, then what was looked at with ids and times, then what to do."""
    result = run(f"{URL}?utm_medium=mail")
    lines = result.stdout.splitlines()
    assert result.exit_code == 0, result.output
    assert lines[0].startswith("south-asia: queued — digest 1 is queued for desk@example.org by email since 2026-11-20")
    assert any(line.startswith("  article 1 2026-11-20 12:00:00Z “Truce at the pass”, hill-post") for line in lines)
    assert any("match ttp-ceasefire high for south-asia: title 0-5 'Truce'" in line for line in lines)
    assert any("delivery 1 pending to desk@example.org by email, <1.south-asia@monitor.example>" in x for x in lines)
    assert lines[-1].startswith("  → nothing; `monitor doctor`")


def test_prints_one_json_document(run: Run) -> None:
    """The same for programs, with times in ISO 8601."""
    told = json.loads(run(URL, "--desk", "south-asia", "--json").stdout)
    assert told["address"] == URL
    assert told["article"]["id"] == 1
    (given,) = told["answers"]
    assert (given["desk"], given["verdict"]) == ("south-asia", "queued")
    assert {"about", "id", "at", "says"} == set(given["evidence"][0])
    assert given["evidence"][0]["at"] == "2026-11-20T12:00:00.123456+00:00"
    assert told["others"] == []


def test_prints_hostile_headlines_as_text(run: Run) -> None:
    """No control character, no direction change and no markup of a headline reaches the terminal; twins are named."""
    result = run("odd headline with markup")
    assert "\x1b" not in result.stdout
    assert "\u202e" not in result.stdout
    assert "[bold]markup[/]" in result.stdout
    assert "These words fit 1 more; ask by address to choose:" in result.stdout


def test_reads_a_time_on_the_desks_clock(run: Run) -> None:
    """A local time of the desk that asks; UTC without one; an offset where it is written."""
    for arguments, expected in (
        (["--at", "2026-11-20T13:00"], "2026-11-20T13:00:00+00:00"),
        (["--at", "2026-11-20T13:00+05:00"], "2026-11-20T08:00:00+00:00"),
        (["--at", "2026-11-20T13:00", "--desk", "south-asia"], "2026-11-20T13:00:00+00:00"),
    ):
        assert json.loads(run(URL, "--json", *arguments).stdout)["at"] == expected


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["x", "--at", "noonish"], "noonish is no time; write 2026-11-20T13:00"),
        (["x", "--desk", "nowhere"], "no desk is called nowhere; desks are: south-asia"),
        (["  "], "give an address, or words of a headline"),
    ],
)
def test_says_what_is_wrong_with_the_question(run: Run, arguments: list[str], says: str) -> None:
    """A mistake is a sentence that names what would be right."""
    result = run(*arguments)
    assert isinstance(result.exception, InputError)
    assert says in str(result.exception)
