"""`monitor desks …` on a book with two desks."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from monitor.cli.desks import app
from monitor.errors import InputError

DESKS = """
desks:
  - id: berlin
    name: Berlin desk
    timezone: Europe/Berlin
    digests: ["07:00"]
    quiet_hours: "23:00-06:00"
    immediate: [high, urgent]
    channels: [{email: [a@example.org, b@example.org]}, {slack: "#berlin"}]
  - {id: wire, name: Wire desk, every: 1h, channels: [{slack: "#wire"}]}
"""


@pytest.fixture(autouse=True)
def book(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MONITOR_STATE_DIR", str(tmp_path))
    monkeypatch.setenv("MONITOR_RULES_DIR", str(tmp_path / "rules"))
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "desks.yaml").write_text(DESKS, encoding="utf-8")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


def test_desks_are_listed_with_schedule_and_ways() -> None:
    """Everything that decides when a desk is told stands in one row."""
    berlin, wire = json.loads(run("list", "--json").stdout)
    assert (berlin["digests"], berlin["quiet hours"], berlin["at once"]) == ("07:00", "23:00-06:00", "high, urgent")
    assert berlin["to"] == "a@example.org, b@example.org, Slack #berlin"
    assert wire["digests"] == "every 1:00:00"
    assert "Berlin desk" in run("list").stdout


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        (["TOKEN"], "Slack #wire (threads)"),
        (["TOKEN", "APP_TOKEN"], "Slack #wire (threads, buttons)"),
        (["WEBHOOK_URL"], "Slack #wire"),
    ],
)
def test_what_slack_lets_us_do_stands_beside_its_channels(
    variables: list[str], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A webhook has neither threads nor buttons, a bot token threads, an app-level token beside it both."""
    for name in variables:
        monkeypatch.setenv(f"MONITOR_SLACK__{name}", "https://hooks.slack.com/services/x")
    (_, wire) = json.loads(run("test", "--json").stdout)
    assert wire["to"] == [said]


def test_a_moment_is_tried_on_each_desks_own_clock() -> None:
    """In the doubled hour of autumn the table says when each desk would be told and why not sooner."""
    berlin, wire = json.loads(run("test", "--at", "2026-10-25T02:30", "--severity", "high", "--json").stdout)
    assert (berlin["arises"], berlin["told"]) == ("2026-10-25T00:30:00+00:00", "2026-10-25T05:00:00+00:00")
    assert "quiet hours 23:00-06:00" in berlin["because"]
    assert (wire["arises"], wire["told"]) == ("2026-10-25T02:30:00+00:00", "2026-10-25T03:00:00+00:00")
    assert "2026-10-25 06:00:00 +0100" in run("test", "berlin", "--at", "2026-10-25 02:30", "--severity", "high").stdout


def test_what_a_desk_does_not_take_is_never_told(tmp_path: Path) -> None:
    """By language, feed, tag, actor and hour, each where it is asked; what is not asked does not stand in the way."""
    (tmp_path / "rules" / "desks.yaml").write_text(
        """
feeds: [{id: dawn, url: "https://feeds.example/dawn"}]
actors: {ttp: {name: TTP, aliases: [Pakistani Taliban]}}
desks:
  - id: night
    digests: ["07:00"]
    weekdays: mon-fri
    floor: normal
    takes: {languages: [en, ur], feeds: [dawn], tags: [pakistan], actors: [ttp], hours: "20:00-08:00"}
    channels: [{webhook: "https://desk.example/hook"}, {apprise: phone}]
""",
        encoding="utf-8",
    )
    (night,) = json.loads(run("list", "--json").stdout)
    assert night["digests"] == "07:00 mon tue wed thu fri"
    assert night["takes"] == "language en or ur, feed dawn, tag pakistan, actor ttp, 20:00 to 08:00, normal and above"
    assert night["to"] == "https://desk.example/hook, Apprise phone"

    def because(*arguments: str, at: str = "2026-11-20T22:00") -> str:
        (told,) = json.loads(run("test", "--at", at, "--json", *arguments).stdout)
        assert (told["told"] is None) is ("07:00 digest" not in told["because"])
        return str(told["because"])

    assert because() == "the 07:00 digest; not sooner: normal waits for a digest time"
    assert because("--language", "ur", "--tag", "Pakistan", "--feed", "dawn", "--actor", "ttp") == because()
    assert because("--language", "tr") == "the article is in tr; the desk takes en or ur"
    assert "came first by the feed bbc" in because("--feed", "bbc")
    assert "has the tag pakistan" in because("--tag", "iran")
    assert "no match shows ttp" in because("--actor", "tjp")
    assert "the desk takes what comes from 20:00 to 08:00" in because(at="2026-11-20T12:00")
    assert "below the desk's floor" in because("--severity", "low")


def test_an_unknown_desk_is_named() -> None:
    """A wrong name is one clear sentence."""
    found = run("test", "west").exception
    assert isinstance(found, InputError)
    assert "no desk is called west; desks are: berlin, wire" in str(found)
