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
    assert f"{source}:3: title" in result.stderr


def test_plain_text_files_are_articles(tmp_path: Path) -> None:
    """A file of text is one article named by its path, its first line the title."""
    paths = [tmp_path / "one.txt", tmp_path / "two.txt"]
    for path in paths:
        path.write_text(f"{path.stem} says\n\n{LONG}\n", encoding="utf-8")
    result = runner.invoke(app, ["group", *map(str, paths)])
    assert result.exit_code == 0
    assert f"reprint of {paths[0]}" in result.stdout
