"""`monitor rules aliases`: what is printed, what is counted, and what is refused."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from ruamel.yaml import YAML
from typer.testing import CliRunner

from monitor.cli.rules import app
from monitor.cli.rules_aliases import yaml_line
from monitor.model import Article
from monitor.rules.book import Alias
from monitor.store.sqlite import open_store
from tests.rules.rulefiles import DESK, written

runner = CliRunner()
ACTORS = DESK + (
    "actors:\n"
    "  ttp: {name: TTP, aliases: [Tehrik-i-Taliban, {text: TTP, case: exact, needs: [Pakistan]}],"
    " lookalikes: [Tahrik-i-Taliban]}\n"
    "  tjp: {name: TJP, aliases: [Tehreek-e-Jihad]}\n"
)


@pytest.fixture
def folder(tmp_path: Path) -> str:
    """Return a folder of rule files with two actors."""
    return str(written(tmp_path / "rules", a=ACTORS))


def asked(*arguments: str) -> dict[str, list[dict[str, object]]]:
    result = runner.invoke(app, ["aliases", *arguments, "--json"])
    assert result.exit_code == 0, result.output
    found: dict[str, list[dict[str, object]]] = json.loads(result.stdout)
    return found


def test_lines_can_be_pasted_into_the_rule_file(folder: str) -> None:
    """They read back as aliases, with the reason as a comment."""
    result = runner.invoke(app, ["aliases", "ttp", "--rules", folder, "--limit", "0"])
    assert result.exit_code == 0
    lines = [line for line in result.stdout.splitlines() if line.startswith("      - ")]
    read = YAML(typ="safe").load("\n".join(lines))
    assert "Tehreek-i-Taliban" in read
    assert {"text": "T.T.P.", "case": "exact", "needs": ["Pakistan"]} in read
    assert "      - Tehreek-i-Taliban  # Tehrik as Tehreek, of Tehrik-i-Taliban" in lines
    assert "not Tahrik-i-Taliban: Tehrik as Tahrik: that is a lookalike of ttp" in result.stdout


def test_a_name_alone_is_its_actors(folder: str) -> None:
    """What the actor's files say holds for it: its lookalike is refused, and one that is nobody's is spelt anew too."""
    found = asked("--text", "tehrik-i-taliban", "--rules", folder)
    assert "Tahrik-i-Taliban".lower() in {str(each["text"]).lower() for each in found["refused"]}
    assert asked("--text", "Jamaat-ul-Ahrar", "--rules", folder)["proposed"]


def test_the_rest_is_counted(folder: str) -> None:
    """Never more than asked for is printed."""
    result = runner.invoke(app, ["aliases", "ttp", "--rules", folder, "--limit", "2"])
    assert len([line for line in result.stdout.splitlines() if line.startswith("      - ")]) == 2
    assert "more (--limit 0 shows all)" in result.stdout


def test_stored_articles_are_counted(folder: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was in the news comes first; letters in another case are not an exact alias."""
    monkeypatch.setenv("MONITOR_STATE_DIR", str(tmp_path / "state"))
    with open_store(tmp_path / "state" / "monitor.sqlite3") as store, store.unit_of_work():
        for title in (
            "The Tehrek-i-Taliban and the T.T.P.",
            "Tehrek-i-Taliban denies it",
            "The t.t.p. of purple things",
        ):
            store.articles.add(Article(0, "dawn", None, title, "", (), datetime.now(UTC)), [])
    found = asked("ttp", "--rules", folder, "--archive")["proposed"]
    counts = {each["text"]: each["articles"] for each in found}
    assert found[0]["text"] == "Tehrek-i-Taliban"
    assert counts["Tehrek-i-Taliban"] == 2
    assert counts["T.T.P."] == 1
    assert counts["Tehreek-i-Taliban"] == 0


def test_wrong_usage_is_said(folder: str) -> None:
    """Exit 2 without an actor, with an unknown one, and for a name without a word."""
    for arguments in ([], ["tpt"], ["--text", "…"]):
        assert runner.invoke(app, ["aliases", *arguments, "--rules", folder]).exit_code == 2


def test_a_line_says_all_that_an_alias_asks_for() -> None:
    """Texts that YAML would read otherwise are quoted."""
    assert yaml_line(Alias("no")) == '- "no"'
    assert yaml_line(Alias("ISIS, K", needs=("a b",), within=9, bare=True)) == (
        '- {text: "ISIS, K", needs: ["a b"], within: 9, bare: true}'
    )
