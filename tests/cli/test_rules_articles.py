"""`monitor rules test`, `match` and `explain`: rules tried on texts and files of articles."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from monitor.cli.article_files import MAX_LINE_BYTES, BadLine, FileArticle, read_articles
from monitor.cli.rules import app
from monitor.errors import RuleBookError
from tests.rules.rulefiles import written

runner = CliRunner()

WATCH = """\
feeds:
  - {id: dawn, url: "https://dawn.example/", tags: [pakistan], language: en}
actors:
  ttp:
    name: Tehrik-i-Taliban Pakistan
    aliases: [Pakistani Taliban, تحریک طالبان پاکستان]
    lookalikes: [Pakistani Taliban Bank]
lexicons:
  truce: [truce, ceasefire, جنگ بندی]
rules:
  - id: ttp-truce
    title: TTP truce
    query: actor:ttp AND lexicon:truce
    severity: high
    tests:
      match: [Pakistani Taliban call off truce]
      skip: [Ceasefire talks in Cairo]
  - id: local
    title: Local
    query: tag:pakistan AND lang:en AND flood*
    tests: {match: [{text: Floods, feed: dawn}]}
"""


@pytest.fixture
def folder(tmp_path: Path) -> str:
    return str(written(tmp_path / "rules", watch=WATCH))


def lines(path: Path, *articles: object) -> str:
    text = "".join(
        (each if isinstance(each, str) else json.dumps(each, ensure_ascii=False)) + "\n" for each in articles
    )
    path.write_text(text, encoding="utf-8")
    return str(path)


def records(output: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in output.splitlines()]


def test_spans_are_offsets_into_the_text_as_given(folder: str, tmp_path: Path) -> None:
    """In title, text and html alike: cutting there gives the span's text."""
    articles = [
        {"id": "a", "title": "Pakistani Taliban call off truce", "text": "The cease\u00adfire ended."},
        {"id": 7, "title": "x", "html": "<p>The <b>Pakistani</b>&nbsp;Taliban &amp; a cease<i>fire</i></p>"},
        {"id": "u", "title": "تحریکِ طالبان پاکستان کی جنگ بندی", "text": "", "lang": "ur", "feed": "dawn"},
        {"id": "none", "title": "Pakistani Taliban Bank", "text": "truce"},
    ]
    result = runner.invoke(app, ["match", "--json", "--rules", folder, lines(tmp_path / "day.jsonl", *articles)])
    assert result.exit_code == 0
    found = records(result.stdout)
    assert [(each["id"], each["rule"], each["severity"]) for each in found] == [
        ("a", "ttp-truce", "high"),
        (7, "ttp-truce", "high"),
        ("u", "ttp-truce", "high"),
    ]
    given = {each["id"]: each for each in articles}
    for each in found:
        for span in each["spans"]:
            article = given[each["id"]]
            text = article["title"] if span["field"] == "title" else article.get("html") or article["text"]
            assert isinstance(text, str)
            assert text[span["start"] : span["end"]] == span["text"]
    actor, term = found[0]["spans"][:2]
    assert (actor["term"], actor["actor"], actor["start"], actor["end"]) == ("Pakistani Taliban", "ttp", 0, 17)
    assert term["term"] == "truce"
    assert "actor" not in term
    assert found[1]["spans"][0]["text"] == "Pakistani</b>&nbsp;Taliban"


def test_a_plain_file_counts_in_the_file(folder: str, tmp_path: Path) -> None:
    """Its first line is the title; spans count from the file's first character."""
    path = tmp_path / "story.txt"
    text = "\n  News of the day\n\n\nPakistani Taliban end a truce.\n"
    path.write_text(text, encoding="utf-8")
    (found,) = records(runner.invoke(app, ["match", "--json", "--rules", folder, str(path)]).stdout)
    assert found["id"] == str(path)
    assert {span["field"] for span in found["spans"]} == {"body"}
    assert all(text[span["start"] : span["end"]] == span["text"] for span in found["spans"])


def test_a_page_is_an_article(folder: str, tmp_path: Path) -> None:
    """Its offsets are those of the file, markup included."""
    path = tmp_path / "page.html"
    page = "<p>Pakistani Taliban and a truce</p>"
    path.write_text(page, encoding="utf-8")
    (found,) = records(runner.invoke(app, ["match", "--json", "--rules", folder, str(path)]).stdout)
    assert [page[span["start"] : span["end"]] for span in found["spans"]] == ["Pakistani Taliban", "truce"]


def test_a_bad_line_is_named_and_the_rest_goes_on(folder: str, tmp_path: Path) -> None:
    """Broken JSON, bad bytes, a list, a wrong type: each with file and line; exit 1."""
    path = tmp_path / "day.jsonl"
    good = json.dumps({"id": 1, "title": "Pakistani Taliban truce"}).encode()
    path.write_bytes(b"\n".join([b"{broken", good, b'{"title": "\xff"}', b"[1]", b'{"title": 5}', b"", good]) + b"\n")
    result = runner.invoke(app, ["match", "--json", "--rules", folder, str(path)])
    assert result.exit_code == 1
    assert [each["id"] for each in records(result.stdout)] == [1, 1]
    assert [line.split(": ")[0] for line in result.stderr.splitlines()] == [f"{path}:{n}" for n in (1, 3, 4, 5)]
    told = runner.invoke(app, ["match", "--rules", folder, str(path)])
    assert told.stderr.splitlines()[-1] == "2 of 2 articles matched; 4 bad lines"


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("[1]", 'a line is one article in braces, such as {"title": "…", "text": "…"}'),
        ('{"title": 5}', "the key 'title' takes a text"),
        ('{"tags": "a"}', "the key 'tags' takes a list of texts"),
        ('{"authors": ["A", 5]}', "the key 'authors' takes a list of texts"),
        ('{"published": "soon"}', "the key 'published' takes a date and time such as 2026-11-20T09:30:00Z"),
        ('{"id": []}', "the key 'id' takes a text or a whole number"),
    ],
)
def test_what_is_wrong_with_a_line_is_said_in_words(tmp_path: Path, line: str, why: str) -> None:
    """The key, and what it takes."""
    path = lines(tmp_path / "day.jsonl", line)
    assert list(read_articles([path])) == [BadLine(f"{path}:1", why)]


def test_a_misspelt_key_is_said_once_and_other_keys_are_left_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A data set may have labels of its own; `author` for `authors` would be lost in silence."""
    line = '{"title": "x", "author": ["A"], "\\ud800lang": 1, "gold": 7, "Title": "y"}'
    path = lines(tmp_path / "day.jsonl", line, line)
    assert [isinstance(found, FileArticle) for found in read_articles([path])] == [True, True]
    assert capsys.readouterr().err.splitlines() == [
        f"{path}:1: the key 'author' is not read; did you mean 'authors'?",
        f"{path}:1: the key '\ufffdlang' is not read; did you mean 'lang'?",
    ]


def test_half_a_character_in_json_is_printable(folder: str) -> None:
    """A lone surrogate is replaced, not passed on to an output that cannot hold it."""
    line = '{"id": "\\ud800", "title": "Pakistani Taliban \\udfff truce"}\n'
    result = runner.invoke(app, ["match", "--json", "--rules", folder, "-"], input=line)
    assert result.exit_code == 0
    assert records(result.stdout)[0]["id"] == "\ufffd"


def test_the_standard_input_is_a_file_too(folder: str) -> None:
    """JSON lines or text, as its first character says."""
    line = json.dumps({"id": 1, "title": "Pakistani Taliban truce"})
    assert (
        "1  ttp-truce  high  title 0-17 «Pakistani Taliban» (ttp)"
        in runner.invoke(app, ["match", "--rules", folder, "-"], input=f"\n{line}\n").stdout
    )
    (found,) = records(
        runner.invoke(app, ["match", "--json", "--rules", folder, "-"], input="Pakistani Taliban truce").stdout
    )
    assert found["id"] == "(stdin)"


def test_tags_and_language_of_the_feed_are_those_of_the_article(folder: str, tmp_path: Path) -> None:
    """Filters by tag and language hold for an article that names its feed; its own language comes first."""
    path = lines(
        tmp_path / "a.jsonl",
        {"id": 1, "title": "Floods", "feed": "dawn"},
        {"id": 2, "title": "Floods"},
        {"id": 3, "title": "Floods", "feed": "dawn", "lang": "de"},
    )
    found = records(runner.invoke(app, ["match", "--json", "--rules", folder, path]).stdout)
    assert [(each["id"], each["rule"]) for each in found] == [(1, "local")]


def test_rule_files_that_do_not_load_stop_before_any_article(tmp_path: Path) -> None:
    """The error carries every problem; `main` prints it and exits 2."""
    folder = written(tmp_path, a="feedz: []\n")
    result = runner.invoke(app, ["match", "--rules", str(folder), "-"], input="x")
    assert isinstance(result.exception, RuleBookError)


def test_a_line_past_the_limit_is_passed_over(tmp_path: Path) -> None:
    """Without being kept; the line after it is read."""
    path = tmp_path / "long.jsonl"
    with path.open("wb") as file:
        file.write(b'{"title": "')
        for _ in range(33):
            file.write(b"x" * (MAX_LINE_BYTES // 32))
        file.write(b'"}\n{"title": "short"}\n')
    first, second = read_articles([str(path)])
    assert isinstance(first, BadLine)
    assert first.place == f"{path}:1"
    assert isinstance(second, FileArticle)
    assert second.article.title == "short"


def test_the_tests_of_the_files_are_run(folder: str) -> None:
    """Exit 0 and a line with the count."""
    result = runner.invoke(app, ["test", "--rules", folder])
    assert result.exit_code == 0
    assert result.stdout == "3 of 3 tests passed, 2 rules\n"


def test_a_failed_test_says_which_clause_failed(tmp_path: Path) -> None:
    """With its place in the file; exit 1."""
    folder = written(tmp_path, a=WATCH.replace("call off truce]", "resume attacks]"))
    result = runner.invoke(app, ["test", "--rules", str(folder), "ttp-truce"])
    assert result.exit_code == 1
    assert f"{folder}/a.yaml:16:15: ttp-truce must match:" in result.stdout
    assert "failed: lexicon:truce" in result.stdout
    assert "1 of 2 tests passed, 1 rule" in result.stdout
    told = json.loads(runner.invoke(app, ["test", "--json", "--rules", str(folder)]).stdout)
    assert [each["passed"] for each in told] == [False, True, True]
    assert told[0]["because"].startswith("does not hold: lexicon:truce")


def test_a_test_may_be_a_file_beside_the_rules(tmp_path: Path) -> None:
    """Every article of it must match; one that is not there fails the test."""
    text = "rules:\n  - {id: r, title: R, query: truce, tests: {match: [{file: day.jsonl}]}}\n"
    folder = written(tmp_path, a=text)
    assert "No such file" in runner.invoke(app, ["test", "--rules", str(folder)]).stdout
    lines(tmp_path / "day.jsonl", {"title": "A truce"}, {"title": "Truce"})
    assert runner.invoke(app, ["test", "--rules", str(folder)]).exit_code == 0
    lines(tmp_path / "day.jsonl", {"title": "A truce"}, {"id": "dry", "title": "Rain"})
    result = runner.invoke(app, ["test", "--rules", str(folder)])
    assert result.exit_code == 1
    assert "failed: truce" in result.stdout


@pytest.mark.parametrize("command", [["test"], ["explain", "--text", "x"]])
def test_a_rule_that_is_not_there_is_wrong_usage(folder: str, command: list[str]) -> None:
    """Exit 2, with a guess."""
    result = runner.invoke(app, [*command, "ttp-truse", "--rules", folder])
    assert result.exit_code == 2
    assert "did you mean 'ttp-truce'?" in " ".join(result.stderr.split())


def test_a_match_is_explained_with_what_was_found_marked(folder: str) -> None:
    """Clause by clause, then the text."""
    result = runner.invoke(
        app, ["explain", "ttp-truce", "--rules", folder, "--text", "Pakistani Taliban call off truce"]
    )
    assert result.exit_code == 0
    assert "ttp-truce holds" in result.stdout
    assert "✓ lexicon:truce" in result.stdout
    assert "«Pakistani Taliban» call off «truce»" in result.stdout


def test_a_miss_names_the_clause_that_failed(folder: str) -> None:
    """Here the lookalike."""
    result = runner.invoke(app, ["explain", "ttp-truce", "--rules", folder, "--text", "Pakistani Taliban Bank truce"])
    assert result.exit_code == 0
    assert "ttp-truce does not hold" in result.stdout
    assert "failed: actor:ttp" in result.stdout
    assert "'Pakistani Taliban Bank'" in result.stdout


def test_all_rules_are_asked_and_the_nearest_misses_told(folder: str) -> None:
    """With the one clause each of them lacks."""
    result = runner.invoke(app, ["explain", "all", "--rules", folder, "--text", "Pakistani Taliban attack"])
    assert "text: no rule holds" in result.stdout
    assert "ttp-truce  ✗ lexicon:truce" in result.stdout


def test_explanations_have_a_json_form(folder: str, tmp_path: Path) -> None:
    """One line an article, with the whole tree."""
    path = lines(tmp_path / "a.jsonl", {"id": "a", "title": "Pakistani Taliban truce"}, "{", {"id": "b", "title": "x"})
    result = runner.invoke(app, ["explain", "ttp-truce", "--json", "--rules", folder, "--file", path])
    assert result.exit_code == 1
    first, second = records(result.stdout)
    assert first["explanations"][0]["holds"] is True
    assert [part["holds"] for part in first["explanations"][0]["tree"]["parts"]] == [True, True]
    assert second["explanations"][0]["holds"] is False
    assert second["explanations"][0]["spans"] == []


@pytest.mark.parametrize("arguments", [[], ["--text", "x", "--file", "y"]])
def test_explain_wants_one_source(folder: str, arguments: list[str]) -> None:
    """Neither or both is wrong usage."""
    assert runner.invoke(app, ["explain", "all", "--rules", folder, *arguments]).exit_code == 2


def test_control_characters_in_an_id_do_not_reach_the_terminal(folder: str, tmp_path: Path) -> None:
    """An id comes from outside too; as JSON it stays what it is."""
    source = lines(tmp_path / "a.jsonl", {"id": "a\x1b[2J", "title": "Pakistani Taliban truce"})
    for arguments in (["match"], ["explain", "ttp-truce", "--file"]):
        result = runner.invoke(app, [*arguments, source, "--rules", folder])
        assert "ttp-truce" in result.stdout
        assert "\x1b" not in result.stdout
    result = runner.invoke(app, ["match", "--json", source, "--rules", folder])
    assert records(result.stdout)[0]["id"] == "a\x1b[2J"


def test_control_characters_do_not_reach_the_terminal(folder: str) -> None:
    """An escape sequence in a headline is not obeyed."""
    result = runner.invoke(
        app, ["explain", "ttp-truce", "--rules", folder, "--text", "Pakistani Taliban \x1b[2J\x9b5m truce"]
    )
    assert "\x1b" not in result.stdout
    assert "\x9b" not in result.stdout
