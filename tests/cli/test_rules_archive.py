"""`monitor rules backtest|stats|suggest|explain --article` on a small archive, as an operator runs them."""

from __future__ import annotations

import json
import subprocess
import textwrap
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from monitor.cli.rules import app
from monitor.errors import InputError, StateError
from monitor.store import open_store
from tests.workbench.shelf import Report, shelve

RULES = """
feeds:
  - {id: hill, name: Hill Post, url: "https://hill.example/rss"}
actors:
  ttp:
    name: TTP
    aliases:
      - Pakistani Taliban
lexicons:
  truce: [truce, ceasefire]
rules:
  - {id: ttp-truce, title: TTP truce, query: "actor:ttp AND lexicon:truce", severity: urgent, desks: [south-asia]}
  - {id: flood, title: Flood, query: flood}
desks:
  - id: south-asia
    name: South Asia desk
    digests: ["07:00"]
    immediate: [urgent]
    channels: [{email: desk@example.org}]
"""
ALIAS = "      - Pakistani Taliban\n"
EDIT = ALIAS + "      - Fitna al-Khawarij\n"
TEN_DAYS = "A truce of ten days was called in Bannu on Friday, when shops and schools opened again."
REPORTS = [
    Report("truce", "Pakistani Taliban call truce in Bannu", TEN_DAYS),
    Report(
        "truce",
        "Fitna al-Khawarij hold to ceasefire in Bannu",
        f"The army said that Fitna al-Khawarij asked for it. {TEN_DAYS}",
        feed="bay",
    ),
    Report("decree", "Khost ceasefire", "Elders in Khost met Fitna al-Khawarij on Friday.", feed="bay"),
    Report("rain", "Rain \x1b[31mcloses the pass", "Onions cost more."),
    *(Report(f"daily {number}", "Onions dearer in Quetta", "Wheat fell.") for number in range(8)),
]
SINCE = ("--since", "2026-11-01")


@pytest.fixture
def rules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Rule files in git with an edit that is not committed, beside an archive of four articles."""
    monkeypatch.setenv("MONITOR_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("MONITOR_RULES_DIR", str(tmp_path / "rules"))
    (tmp_path / "rules").mkdir()
    file = tmp_path / "rules" / "all.yaml"
    file.write_text(textwrap.dedent(RULES), encoding="utf-8")
    for arguments in (
        ["init", "-q"],
        ["add", "."],
        ["-c", "user.name=T", "-c", "user.email=t@example.org", "commit", "-q", "-m", "rules"],
    ):
        subprocess.run(["git", "-C", str(tmp_path / "rules"), *arguments], check=True)
    file.write_text(RULES.replace(ALIAS, EDIT), encoding="utf-8")
    with open_store(tmp_path / "state" / "monitor.sqlite3") as store:
        shelve(store, REPORTS)
    return tmp_path / "rules"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


def record(*arguments: str) -> Any:
    return json.loads(run(*arguments, "--json").stdout)


# --- backtest


def test_an_edit_is_compared_with_what_was_committed(rules: Path) -> None:
    """Rules, stories with what was found marked, desks, and one line that sums up."""
    result = run("backtest", *SINCE)
    assert result.exit_code == 0
    said = result.stdout
    assert "before: HEAD (" in said
    assert "gained: 1 story" in said
    assert "+ Khost ceasefire  (story 2; +ttp-truce)" in said
    assert "Elders in Khost met «Fitna al-Khawarij» on Friday." in said
    assert "told: south-asia (new, urgent)" in said
    assert "stories: 1 gained, 0 lost, 0 changed, 1 kept; felt by South Asia desk" in said
    desk = next(line for line in said.splitlines() if line.startswith("South Asia desk"))
    assert "→" in desk
    assert "+1" in desk


def test_a_backtest_has_a_json_form(rules: Path) -> None:
    """With every alert and the hits of what is quoted."""
    found = record("backtest", *SINCE)
    gained = [story for story in found["stories"] if story["outcome"] == "gained"]
    assert [story["title"] for story in gained] == ["Khost ceasefire"]
    assert gained[0]["shown"]["hits"] == ["ceasefire", "Fitna al-Khawarij"]
    assert [alert["kind"] for alert in gained[0]["alerts_after"]] == ["new"]
    assert found["rules"][0]["change"] == "meaning"
    assert (found["desks"][0]["alerts_before"], found["desks"][0]["alerts_after"]) == (1, 2)
    assert (found["desks"][0]["at_once_before"], found["desks"][0]["at_once_after"]) == (1, 2)


def test_a_book_that_means_the_same_says_so(rules: Path) -> None:
    """Perhaps the edit is committed already: the way on is named."""
    said = run("backtest", "--against", str(rules), *SINCE).stdout
    assert "both books mean the same" in said
    assert "--against" in said
    assert "no desk feels it" in said


def test_a_broken_edit_changes_nothing_and_is_wrong_usage(rules: Path) -> None:
    """Named rules must be in one of the books; periods must be readable; outside of git a folder is asked for."""
    assert "did you mean 'flood'?" in " ".join(run("backtest", "floods", *SINCE).stderr.split())
    assert run("backtest", "flood", *SINCE).exit_code == 0
    assert run("backtest", "--since", "a while").exit_code == 2
    with pytest.raises(InputError, match="neither a folder nor a revision"):
        CliRunner().invoke(app, ["backtest", "--against", "nowhere"], catch_exceptions=False)


def test_many_stories_are_cut_short_with_the_way_to_see_all(rules: Path, tmp_path: Path) -> None:
    """A wide edit does not scroll the summary away."""
    with open_store(tmp_path / "state" / "monitor.sqlite3") as store:
        shelve(store, [Report(f"more {n}", f"Fitna al-Khawarij truce {n}", feed="more") for n in range(5)])
    assert "… and 4 more (--limit 0 shows all)" in run("backtest", "--limit", "2", *SINCE).stdout
    assert "more (--limit" not in run("backtest", "--limit", "0", *SINCE).stdout


def test_without_a_database_the_way_on_is_said(rules: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A new installation has no archive yet."""
    monkeypatch.setenv("MONITOR_STATE_DIR", str(tmp_path / "none"))
    with pytest.raises(StateError, match="monitor poll"):
        CliRunner().invoke(app, ["stats"], catch_exceptions=False)


# --- stats


def test_statistics_name_what_never_fired_and_what_never_stood(rules: Path) -> None:
    """Rules by hits, and terms without a part under their owner."""
    said = run("stats", *SINCE).stdout
    assert said.startswith("12 articles since 2026-11-01")
    assert "never fired: flood" in said
    assert "rule:flood  flood" in said
    assert "actor:ttp" not in said
    assert "Pakistani Taliban" in run("stats", "--terms", *SINCE).stdout


def test_statistics_have_a_json_form(rules: Path) -> None:
    """Every rule and every term with its numbers."""
    found = record("stats", *SINCE)
    by_rule = {rule["rule"]: (rule["articles"], rule["stories"]) for rule in found["rules"]}
    assert by_rule == {"ttp-truce": (3, 2), "flood": (0, 0)}
    by_term = {term["term"]: (term["articles"], term["shown"]) for term in found["terms"]}
    assert by_term["Fitna al-Khawarij"] == (2, 2)
    assert found["never_fired"] == ["flood"]


# --- suggest


def test_a_missing_name_is_proposed_at_its_place(rules: Path) -> None:
    """File, line, the line to add, and the sentence that speaks for it; nothing is written."""
    (rules / "all.yaml").write_text(RULES, encoding="utf-8")
    said = run("suggest", *SINCE).stdout
    line = RULES.splitlines().index("      - Pakistani Taliban") + 1
    assert f"{rules}/all.yaml:{line}:7: actor:ttp is what 1 report lacks of ttp-truce" in said
    assert "- Fitna al-Khawarij" in said
    assert "The army said that «Fitna al-Khawarij» asked for it." in said
    assert (rules / "all.yaml").read_text(encoding="utf-8") == RULES


def test_what_is_proposed_ends_the_proposal(rules: Path) -> None:
    """With the line in its place the reports match."""
    assert not any("Khawarij" in each["term"] for each in record("suggest", *SINCE)["proposals"])
    (rules / "all.yaml").write_text(RULES, encoding="utf-8")
    (proposal, *_) = record("suggest", *SINCE)["proposals"]
    assert (proposal["owner"], proposal["yaml"]) == ("actor:ttp", "- Fitna al-Khawarij")


# --- explain


def test_a_stored_article_is_explained_by_id_and_by_address(rules: Path) -> None:
    """As the backtest names it, or as a reader copies it."""
    for source in (("--article", "1"), ("--url", "https://hill.example/2026/11/20/report-0?utm_source=x")):
        said = run("explain", "ttp-truce", *source).stdout
        assert said.startswith("article 1 (hill, 2026-11-20 06:00Z): ttp-truce holds")
    assert "✗ actor:ttp" in run("explain", "ttp-truce", "--article", "4").stdout
    assert "\x1b" not in run("explain", "all", "--article", "4").stdout


@pytest.mark.parametrize("arguments", [[], ["--article", "1", "--text", "x"], ["--article", "one"]])
def test_explain_wants_one_source(rules: Path, arguments: list[str]) -> None:
    """None, two or no number is wrong usage."""
    assert run("explain", "all", *arguments).exit_code == 2


def test_an_article_that_is_not_there_is_said(rules: Path) -> None:
    """By id and by address."""
    for arguments in (["--article", "77"], ["--url", "https://hill.example/2026/11/20/another"]):
        with pytest.raises(InputError):
            CliRunner().invoke(app, ["explain", "all", *arguments], catch_exceptions=False)
