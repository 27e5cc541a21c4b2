"""`monitor stories list`, `show`, `merge` and `split` on a database with two stories."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from monitor.cli.stories import app
from monitor.errors import InputError
from monitor.model import Match, Severity, Sighting, Story
from monitor.store import open_store
from tests.store.builders import alert, article, digest

RULES = """
rules:
  - {id: r, title: R, query: truce, desks: [south-asia, night]}
desks:
  - {id: south-asia, digests: ["07:00"], channels: [{email: [desk@example.org]}]}
  - {id: night, digests: ["23:00"], channels: [{email: [night@example.org]}]}
"""
FIRST = datetime.now(UTC) - timedelta(hours=2)


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Story 1: a wire text and its copy, told to a desk. Story 2: one article, old."""
    monkeypatch.setenv("MONITOR_STATE_DIR", str(tmp_path))
    monkeypatch.setenv("MONITOR_RULES_DIR", str(tmp_path / "rules"))
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "all.yaml").write_text(RULES, encoding="utf-8")
    with open_store(tmp_path / "monitor.sqlite3") as store, store.unit_of_work():
        wire = replace(article(title="Truce: 3 soldiers hurt", feed_id="wire"), first_seen_at=FIRST, is_baseline=False)
        ids = [
            store.articles.add(replace(wire, body="KABUL (Reuters) - It held."), []),
            store.articles.add(replace(wire, feed_id="hill", title="Truce: 5 soldiers hurt"), []),
            store.articles.add(replace(wire, feed_id="bay", first_seen_at=FIRST - timedelta(days=3)), []),
        ]
        for story_id, lead in ((1, ids[0]), (2, ids[2])):
            assert store.stories.create(Story(0, lead, "Truce", FIRST)) == story_id
        store.stories.place(ids[0], 1, None, "a story of its own")
        store.stories.place(ids[1], 1, ids[0], "reprint of article 1")
        store.stories.place(ids[2], 2, None, "a story of its own")
        store.articles.sight([Sighting(ids[0], "moor", None, None, FIRST)])
        for article_id in ids:
            store.articles.add_matches(article_id, [Match("r", "v", "R", Severity.HIGH, (), ("south-asia",))], FIRST)
        store.digests.add(digest((store.alerts.add(alert(1, ids[0])),)), [])
    return tmp_path / "monitor.sqlite3"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


def test_stories_are_listed_with_outlets_and_origins(state: Path) -> None:
    """Three feeds carried one wire text; the old story is listed when a longer time is asked."""
    (story,) = json.loads(run("list", "--json").stdout)
    assert (story["story"], story["articles"], story["outlets"], story["origins"]) == (1, 2, 3, 1)
    assert (story["severity"], story["desks"]) == ("urgent", 1)
    assert [s["story"] for s in json.loads(run("list", "--since", "7d", "--json").stdout)] == [2, 1]
    assert "no story of desk night had a new article in 24h" in run("list", "--desk", "night").stdout
    assert [s["story"] for s in json.loads(run("list", "--since", "7d", "--limit", "1", "--json").stdout)] == [2]
    assert "… and 1 more (--limit 0 shows all)" in run("list", "--since", "7d", "--limit", "1").stdout
    assert "more (" not in run("list", "--since", "7d", "--limit", "0").stdout
    assert "Truce" in run("list", "--desk", "south-asia").stdout
    with pytest.raises(InputError, match="--since"):
        CliRunner().invoke(app, ["list", "--since", "soon"], catch_exceptions=False)


def test_a_story_is_shown_from_its_first_report_to_its_digest(state: Path) -> None:
    """Who was first, reprints with reasons, the wire, other carriers, what differs, and the digest that told it."""
    text = run("show", "1").stdout
    for part in (
        "3 outlets, 1 origin, through Reuters",
        f"first: wire, {FIRST:%Y-%m-%d %H:%M}Z",
        "a story of its own; credits Reuters; also carried by moor",
        "reprint of article 1",
        "south-asia, urgent, developed by article 1: digest 1 at",
    ):
        assert part in text
    shown = json.loads(run("show", "1", "--json").stdout)
    assert shown["first"]["feed"] == "wire"
    assert [each["reprint_of"] for each in shown["articles"]] == [None, 1]
    assert shown["told"][0]["digest"] == 1


def test_who_leads_a_story_is_said_with_what_the_others_lack(state: Path) -> None:
    """In the list as JSON, in the story, and beside what a digest told by the words of another article."""
    (listed,) = json.loads(run("list", "--json").stdout)
    assert (listed["lead"], listed["lead_because"]) == (1, "the first report")
    with open_store(state) as store, store.unit_of_work():
        store.stories.name_lead(1, 2, "the earliest good text; article 1 came before, but its text is short")
        store.alerts.tell_by(2, [1])
    (listed,) = json.loads(run("list", "--json").stdout)
    assert (listed["lead"], listed["title"]) == (2, "Truce: 5 soldiers hurt")
    text = run("show", "1").stdout
    assert "led by article 2: the earliest good text; article 1 came before, but its text is short" in text
    assert "also carried by moor; its text is of a headline's length, 4 words" in text
    assert ", in the words of article 2" in text
    shown = json.loads(run("show", "1", "--json").stdout)
    assert (shown["lead"], shown["lead_because"]) == (2, listed["lead_because"])
    assert shown["articles"][0]["lacks"] == "its text is of a headline's length, 4 words"
    assert shown["told"][0]["spoken_by"] == 2


def test_what_reports_differ_on_is_shown_with_its_sources(state: Path) -> None:
    """A line for people, and for programs each value with who gives it in which article."""
    with open_store(state) as store, store.unit_of_work():
        for feed, title in (("wire", "Raid: 12 killed, police say"), ("hill", "15 killed in raid")):
            made = replace(article(title=title, feed_id=feed), first_seen_at=FIRST, is_baseline=False)
            article_id = store.articles.add(made, [])
            if feed == "wire":
                story_id = store.stories.create(Story(0, article_id, title, FIRST))
            store.stories.place(article_id, story_id, None, "of one raid")
    assert "Killed: 12 (wire, police), 15 (hill)" in run("show", str(story_id)).stdout.splitlines()
    (difference,) = json.loads(run("show", str(story_id), "--json").stdout)["differences"]
    assert (difference["kind"], difference["title"]) == ("killed", "Killed")
    assert [(one["value"], one["speaker"], one["outlets"]) for one in difference["sayings"]] == [
        ("12", "police", ["wire"]),
        ("15", None, ["hill"]),
    ]


def test_a_merge_and_a_split_are_kept_with_their_reason(state: Path) -> None:
    """Both show in the story; what was not told before is told after the split."""
    assert run("merge", "1", "2", "--because", "one truce").stdout == "story 1 has 3 articles now\n"
    assert "story 2 (article 3) was merged into story 1 by a person: one truce" in run("show", "1").stdout
    with pytest.raises(InputError, match="it is part of story 1"):
        CliRunner().invoke(app, ["show", "2"], catch_exceptions=False)
    said = run("split", "1", "3", "--because", "another pass").stdout
    assert said == "story 3 is made of 1 article of story 1; to be told: south-asia\n"
    assert "article 3 was split from story 1 as story 3 by a person: another pass" in run("show", "3").stdout
    with open_store(state, read_only=True) as store:
        assert [waiting.story_id for waiting in store.alerts.waiting("south-asia")] == [3]
