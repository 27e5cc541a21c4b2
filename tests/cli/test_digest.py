"""`monitor digest …` on a database with one desk that has two alerts waiting."""

from __future__ import annotations

import email
import json
from dataclasses import replace
from email import policy
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from monitor.cli.digest import app
from monitor.demo.slack_limits import refusal
from monitor.desks.sample import sample_alerts, sample_articles, sample_matches
from monitor.errors import InputError
from monitor.model import DeliveryState, Story
from monitor.store import open_store

DESKS = """
rules:
  - {id: ttp-ceasefire, title: TTP ceasefire, query: truce, desks: [south-asia], severity: high}
desks:
  - id: south-asia
    name: South Asia desk
    timezone: Asia/Karachi
    digests: ["07:00", "13:00"]
    channels: [{email: [desk@example.org]}, {slack: "#south-asia"}, {webhook: "https://desk.example/x"}]
  - {id: chat, name: Chat desk, digests: ["07:00"], channels: [{slack: "#chat"}]}
feeds:
  - {id: hill, name: The Hill Herald, url: "https://hill.example/rss"}
"""


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Store two stories of the sample with their alerts, waiting for the desk."""
    monkeypatch.setenv("MONITOR_STATE_DIR", str(tmp_path))
    monkeypatch.setenv("MONITOR_RULES_DIR", str(tmp_path / "rules"))
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "all.yaml").write_text(DESKS, encoding="utf-8")
    with open_store(tmp_path / "monitor.sqlite3") as store, store.unit_of_work():
        for number, alert in enumerate(sample_alerts()[:2], start=1):
            article = sample_articles()[alert.article_id]
            article_id = store.articles.add(replace(article, id=0, story_id=None), [])
            story_id = store.stories.create(Story(0, article_id, article.title, article.first_seen_at))
            store.stories.place(article_id, story_id, None, "a story of its own")
            store.articles.add_matches(article_id, sample_matches()[alert.article_id], article.first_seen_at)
            store.alerts.add(replace(alert, id=0, story_id=story_id, article_id=article_id))
            assert number == story_id
    return tmp_path / "monitor.sqlite3"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


def test_a_preview_without_a_desk_is_the_sample() -> None:
    """The look of a digest can be judged before anything is set up, in every form."""
    assert "*Pakistani Taliban* call off *truce*" in run("preview").stdout
    assert run("preview", "--format", "html").stdout.startswith("<!DOCTYPE html>")
    posts = json.loads(run("preview", "--format", "slack").stdout)
    assert all(refusal(post) is None for post in posts)
    assert len(json.loads(run("preview", "--format", "json").stdout)["stories"]) == 4
    message = email.message_from_bytes(run("preview", "--format", "eml").stdout_bytes, policy=policy.default)
    assert message["To"] == "desk@example.org"


def test_a_preview_of_a_desk_shows_what_waits_and_changes_nothing(state: Path) -> None:
    """Alerts that wait are shown as they would be told; they wait on."""
    shown = run("preview", "south-asia", "--at", "2026-11-20T13:05").stdout
    assert shown.startswith("South Asia desk · Fri 20 Nov 2026, 13:05")
    assert "*Pakistani Taliban* call off *truce*" in shown
    assert "a preview; the next moment for this desk is not before" in shown
    with open_store(state, read_only=True) as store:
        assert len(store.alerts.waiting("south-asia")) == 2
        assert store.digests.newest() == []


def test_a_preview_can_be_a_file(state: Path, tmp_path: Path) -> None:
    """With --out the page is written and its path printed."""
    out = tmp_path / "digest.html"
    assert run("preview", "south-asia", "--format", "html", "--out", str(out)).stdout.strip() == str(out)
    assert "Pakistani Taliban" in out.read_text(encoding="utf-8")


def test_send_fixes_a_digest_of_what_waits(state: Path) -> None:
    """All that waits is in one digest with pending deliveries; a second time there is nothing."""
    assert run("send", "south-asia").stdout == "digest 1: 2 alerts, 3 deliveries queued\n"
    with open_store(state, read_only=True) as store:
        assert store.alerts.waiting("south-asia") == []
        assert {d.state for d in store.deliveries.of_digest(1)} == {DeliveryState.PENDING}
        assert store.digests.last_slot_at("south-asia") is None
    again = run("send", "south-asia")
    assert again.exit_code == 1
    assert again.stderr == "nothing waits for south-asia\n"
    assert run("send", "south-asia", "--empty").exit_code == 0


def test_list_and_show_tell_what_was_fixed(state: Path) -> None:
    """A digest is found again with its deliveries, and shown in the form it went out in."""
    assert run("list").stdout == "no digests yet\n"
    run("send", "south-asia")
    (entry,) = json.loads(run("list", "--json", "--desk", "south-asia").stdout)
    assert (entry["desk"], entry["alerts"], entry["deliveries"]) == ("south-asia", [1, 2], ["pending"] * 3)
    assert "3 pending" in run("list").stdout
    assert json.loads(run("list", "--json", "--desk", "elsewhere").stdout) == []
    assert run("show", "1").stdout.startswith("South Asia desk · ")
    assert run("show", "1", "--format", "html").stdout.startswith("<!DOCTYPE html>")
    assert json.loads(run("show", "1", "--format", "slack").stdout)["channel"] == "#south-asia"
    assert json.loads(run("show", "1", "--format", "json").stdout)["desk"]["id"] == "south-asia"
    assert b"To: desk@example.org" in run("show", "1", "--format", "eml").stdout_bytes
    assert len(json.loads(run("show", "1", "--json").stdout)["deliveries"]) == 3


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("preview", "south"), "no desk is called south; desks are: south-asia, chat"),
        (("send", "south"), "no desk is called south"),
        (("show", "9"), "there is no digest 9"),
        (("show", "9", "--format", "json"), "there is no digest 9"),
        (("preview", "chat", "--format", "eml"), "desk chat has no e-mail channel"),
    ],
)
def test_what_is_not_there_is_said(state: Path, arguments: tuple[str, ...], words: str) -> None:
    """A wrong name is one clear sentence."""
    found = run(*arguments).exception
    assert isinstance(found, InputError)
    assert words in str(found)
