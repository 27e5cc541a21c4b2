"""`monitor stories group` on plain files."""

from __future__ import annotations

import json
from pathlib import Path

from typer.testing import CliRunner

from monitor.cli.stories import app
from tests.articles.builders import LONG, OTHER

runner = CliRunner()


def lines(*articles: object) -> str:
    return "".join(json.dumps(a, ensure_ascii=False) + "\n" if not isinstance(a, str) else a + "\n" for a in articles)


def test_articles_are_grouped_in_order_of_arrival(tmp_path: Path) -> None:
    """Each line of the input is one line of the output, with story, reprint and reason."""
    source = tmp_path / "day.jsonl"
    source.write_text(
        lines(
            {"id": "a", "title": "Truce extended", "text": LONG, "published": "2026-11-20T08:00:00Z", "feed": "dawn"},
            {"id": "b", "title": "Wasser", "html": f"<p>{OTHER}</p>", "lang": "de"},
            {"id": 3, "title": "A month more", "html": f"<div>{LONG}</div>", "published": "2026-11-20T09:00:00+05:00"},
        ),
        encoding="utf-8",
    )
    result = runner.invoke(app, ["group", "--json", str(source)])
    assert result.exit_code == 0
    printed = [json.loads(line) for line in result.stdout.splitlines()]
    assert [(p["id"], p["story"], p["reprint_of"]) for p in printed] == [
        ("a", "a", None),
        ("b", "b", None),
        (3, "a", "a"),
    ]
    assert all(p["reason"] for p in printed)


def test_bad_lines_are_named_and_the_rest_goes_on(tmp_path: Path) -> None:
    """A line that is no JSON, or whose title is a number, is reported by file and line; exit 1."""
    source = tmp_path / "day.jsonl"
    source.write_text(
        lines({"id": 1, "title": "T", "text": LONG}, "{broken", {"id": 2, "title": 5}, {"title": "x"}), "utf-8"
    )
    result = runner.invoke(app, ["group", "--json", str(source)])
    assert result.exit_code == 1
    assert [json.loads(line)["id"] for line in result.stdout.splitlines()] == [1, f"{source}:4"]
    assert f"{source}:2: not JSON" in result.stderr
    assert f"{source}:3: the key 'title' takes a text" in result.stderr


def test_plain_text_files_are_articles(tmp_path: Path) -> None:
    """A file of text is one article named by its path, its first line the title."""
    paths = [tmp_path / "one.txt", tmp_path / "two.txt"]
    for path in paths:
        path.write_text(f"{path.stem} says\n\n{LONG}\n", encoding="utf-8")
    result = runner.invoke(app, ["group", *map(str, paths)])
    assert result.exit_code == 0
    assert f"reprint of {paths[0]}" in result.stdout


def test_the_actors_of_rule_files_join_reports_in_other_languages(tmp_path: Path) -> None:
    """Two reports without a common word are one story by the rule book's actor, and two without rule files."""
    book = """
actors:
  ttp: {name: TTP, aliases: [Pakistani Taliban, طالبان باكستان]}
lexicons:
  truce: [truce, وقف إطلاق النار]
rules:
  - {id: truce, title: Truce, query: "actor:ttp AND lexicon:truce", desks: [desk]}
desks:
  - {id: desk, digests: ["07:00"], channels: [{email: [desk@example.org]}]}
"""
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "all.yaml").write_text(book, encoding="utf-8")
    source = tmp_path / "day.jsonl"
    source.write_text(
        lines(
            {"id": 1, "title": "Pakistani Taliban call off truce", "text": "Nobody commented.", "lang": "en"},
            {"id": 2, "title": "طالبان باكستان تعلن إنهاء وقف إطلاق النار", "text": "ولم يعلق أحد.", "lang": "ar"},
        ),
        encoding="utf-8",
    )

    def stories(*options: str) -> list[int]:
        result = runner.invoke(app, ["group", "--json", *options, str(source)], env={"MONITOR_RULES_DIR": "/nowhere"})
        return [json.loads(line)["story"] for line in result.stdout.splitlines()]

    assert stories("--rules", str(tmp_path / "rules")) == [1, 1]
    assert stories() == [1, 2]


def test_control_characters_in_an_id_do_not_reach_the_terminal(tmp_path: Path) -> None:
    """An id comes from outside, and a terminal would obey it."""
    source = tmp_path / "day.jsonl"
    source.write_text(lines({"id": "a\x1b[2J", "title": "T", "text": LONG}), "utf-8")
    result = runner.invoke(app, ["group", str(source)])
    assert result.stdout.startswith("a [2J  story a [2J")


def test_what_a_later_article_of_the_minute_shows_is_said_of_the_earlier(tmp_path: Path) -> None:
    """Still one line an article: two cut copies are of the story of the whole text, and the reason names it."""
    source = tmp_path / "day.jsonl"
    source.write_text(
        lines({"id": "a", "text": LONG}, {"id": "b", "text": OTHER}, {"id": "whole", "text": f"{LONG} {OTHER}"}),
        encoding="utf-8",
    )
    result = runner.invoke(app, ["group", "--json", str(source)])
    printed = [json.loads(line) for line in result.stdout.splitlines()]
    assert [(p["id"], p["story"]) for p in printed] == [("a", "a"), ("b", "a"), ("whole", "a")]
    assert printed[1]["reason"] == "as article whole shows, which came in the same minute"
