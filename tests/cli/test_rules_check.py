"""`monitor rules check` and `schema`: what is printed, in which form, and the exit code."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from monitor.cli.rules import app
from tests.rules.rulefiles import DESK, written

runner = CliRunner()

FEED = "feeds:\n  - {id: dawn, url: 'https://dawn.example/rss'}\n"
GOOD = DESK + (
    "rules:\n  - {id: r, title: R, query: truce, desks: [south-asia], tests: {match: [A truce], skip: [Rain]}}\n"
)
WARNED = GOOD + "lexicons:\n  l: [mil*]\n"
BROKEN = "feedz: []\nrules:\n  - {id: r, title: R, query: truce AND}\n"


def test_good_files_are_summed_up_in_a_line(tmp_path: Path) -> None:
    """Exit 0."""
    result = runner.invoke(app, ["check", "--rules", str(written(tmp_path, a=FEED + GOOD))])
    assert result.exit_code == 0
    assert result.stdout == f"{tmp_path}: 1 feed, 0 actors, 0 lexicons, 1 rule, 1 desk: nothing to mend\n"


@pytest.mark.parametrize(
    ("text", "lacking"),
    [
        ("", "no feed and no rule and no desk"),
        (GOOD, "no feed"),
        (DESK, "no feed and no rule"),
        (FEED, "no rule and no desk"),
    ],
)
def test_files_that_watch_nothing_are_not_called_good(tmp_path: Path, text: str, lacking: str) -> None:
    """Without a feed, a rule or a desk nobody will ever be told; that is no mistake of the files, and exit 0."""
    result = runner.invoke(app, ["check", "--rules", str(written(tmp_path, a=text))])
    assert result.exit_code == 0
    assert result.stdout.splitlines()[-1].endswith(f"nothing is watched, for there is {lacking}")
    assert "nothing to mend" not in result.stdout


def test_all_mistakes_are_printed_with_their_places(tmp_path: Path) -> None:
    """Exit 1; each line begins file:line:column."""
    result = runner.invoke(app, ["check", "--rules", str(written(tmp_path, a=BROKEN))])
    assert result.exit_code == 1
    lines = result.stdout.splitlines()
    assert lines[0].startswith(f"{tmp_path}/a.yaml:1:1: error E100: the key 'feedz' is not known here")
    assert lines[1:3] == ["    feedz: []", "    ^"]
    assert lines[3].startswith(f"{tmp_path}/a.yaml:3:")
    assert lines[-1] == f"{tmp_path}: no rule book: 2 errors"


def test_the_line_of_a_secret_is_not_shown(tmp_path: Path) -> None:
    """What goes to a log must not carry it."""
    text = 'feeds:\n  - {id: a, url: "https://me:hunter2@feeds.example/", evry: 1}\n  - {id: b, url: "ftp://feeds.example/"}\n'
    result = runner.invoke(app, ["check", "--rules", str(written(tmp_path, a=text))])
    assert "hunter2" not in result.stdout
    assert '  - {id: b, url: "ftp://feeds.example/"}' in result.stdout


def test_warnings_count_only_when_one_is_strict(tmp_path: Path) -> None:
    """They are printed either way, with what to do."""
    folder = str(written(tmp_path, a=WARNED))
    result = runner.invoke(app, ["check", "--rules", folder])
    assert result.exit_code == 0
    assert "warning T102" in result.stdout
    assert "    Write at least 4 letters before the *." in result.stdout
    assert runner.invoke(app, ["check", "--strict", "--rules", folder]).exit_code == 1


def test_notes_are_counted_and_shown_on_request(tmp_path: Path) -> None:
    """A lexicon that nothing uses is a note."""
    folder = str(written(tmp_path, a=WARNED))
    assert "L101" not in runner.invoke(app, ["check", "--rules", folder]).stdout
    assert "(--notes shows them)" in runner.invoke(app, ["check", "--rules", folder]).stdout
    assert "info L101" in runner.invoke(app, ["check", "--notes", "--rules", folder]).stdout


@pytest.mark.parametrize("arguments", [["--json"], ["--format", "json"]])
def test_json_holds_the_same(tmp_path: Path, arguments: list[str]) -> None:
    """Counts, and a record for each."""
    result = runner.invoke(app, ["check", *arguments, "--rules", str(written(tmp_path, a=BROKEN))])
    assert result.exit_code == 1
    document = json.loads(result.stdout)
    assert document["counts"] == {"info": 0, "warning": 0, "error": 2}
    assert document["findings"][0]["file"] == f"{tmp_path}/a.yaml"
    assert (document["findings"][0]["line"], document["findings"][0]["column"]) == (1, 1)
    assert document["findings"][0]["code"] == "E100"


def test_github_gets_workflow_commands(tmp_path: Path) -> None:
    """What would end a command's value is escaped."""
    folder = tmp_path / "a,b:c"
    result = runner.invoke(app, ["check", "--format", "github", "--rules", str(written(folder, a=BROKEN))])
    first = result.stdout.splitlines()[0]
    assert first.startswith("::error file=")
    assert "a%2Cb%3Ac/a.yaml,line=1,col=1,title=E100::the key 'feedz'" in first


def test_sarif_names_each_rule_it_uses(tmp_path: Path) -> None:
    """Version 2.1.0, places in code points."""
    result = runner.invoke(app, ["check", "--format", "sarif", "--rules", str(written(tmp_path, a=WARNED))])
    log = json.loads(result.stdout)
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    listed = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert run["results"]
    for found in run["results"]:
        assert listed[found["ruleIndex"]] == found["ruleId"]
        region = found["locations"][0]["physicalLocation"]["region"]
        assert region["startLine"] >= 1
        assert found["level"] in ("error", "warning", "note")


def test_the_folder_comes_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """MONITOR_RULES_DIR is the default of --rules."""
    monkeypatch.setenv("MONITOR_RULES_DIR", str(written(tmp_path, a=GOOD)))
    assert runner.invoke(app, ["check"]).stdout.startswith(f"{tmp_path}: ")


def test_a_missing_folder_is_a_finding(tmp_path: Path) -> None:
    """Not a traceback."""
    result = runner.invoke(app, ["check", "--rules", str(tmp_path / "gone")])
    assert result.exit_code == 1
    assert "there is no such folder" in result.stdout


def test_the_schema_is_printed() -> None:
    """As JSON, for an editor."""
    result = runner.invoke(app, ["schema"])
    assert result.exit_code == 0
    assert json.loads(result.stdout)["title"] == "Rule file of the news monitor"


def test_an_unknown_format_is_wrong_usage(tmp_path: Path) -> None:
    """Exit 2."""
    assert runner.invoke(app, ["check", "--format", "xml", "--rules", str(tmp_path)]).exit_code == 2


def test_the_codes_are_listed_without_any_rules() -> None:
    """Each with what it looks for and what to do; as a table or as JSON."""
    table = runner.invoke(app, ["check", "--codes"])
    assert table.exit_code == 0
    listed = json.loads(runner.invoke(app, ["check", "--codes", "--json"]).stdout)
    assert len(listed) >= 25
    assert all(each["code"] in table.stdout and each["title"] in table.stdout for each in listed)


def test_other_commands_print_a_mistake_a_line_too(tmp_path: Path) -> None:
    """An editor that reads file:line:column goes to each, the first too; what to do is said last."""
    folder = written(tmp_path, a=BROKEN)
    command = [sys.executable, "-m", "monitor", "rules", "test", "--rules", str(folder)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (result.returncode, result.stdout) == (2, "")
    *mistakes, last = result.stderr.splitlines()
    assert [line.split(":")[:2] for line in mistakes] == [[f"{tmp_path}/a.yaml", line] for line in ("1", "3")]
    assert last == "monitor: the rule files give no book; `monitor rules check` shows the lines"
