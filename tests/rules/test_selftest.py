"""The tests that stand in rule files: what they mean, and what a failure says."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.rules.book import RuleBook
from monitor.rules.tuning.selftest import TestOutcome, document_of_text, run_tests
from monitor.text.document import Document
from tests.rules.rulefiles import loaded

FILE = """\
feeds:
  - {id: dawn, url: "https://dawn.example/", language: en, tags: [pakistan]}
actors:
  ttp: {name: T, aliases: [Pakistani Taliban], lookalikes: [Pakistani Taliban Bank]}
lexicons:
  truce: [truce, ceasefire]
rules:
"""


def outcomes(rule: str, read: dict[str, list[tuple[str, Document | str]]] | None = None) -> list[TestOutcome]:
    book: RuleBook = loaded(FILE + rule).book

    def read_file(path: Path) -> Iterator[tuple[str, Document | str]]:
        yield from (read or {})[path.as_posix()]

    return list(run_tests(book, book.rules, read_file=read_file))


def one(query: str, tests: str) -> TestOutcome:
    (outcome,) = outcomes(f"  - {{id: r, title: R, query: '{query}', tests: {tests}}}\n")
    return outcome


def test_a_test_passes_when_the_rule_does_as_it_says() -> None:
    """A match that matches and a skip that does not."""
    assert one("actor:ttp AND lexicon:truce", "{match: [Pakistani Taliban call off truce]}").passed
    assert one("actor:ttp AND lexicon:truce", "{skip: [Ceasefire talks in Cairo]}").passed


def test_a_failure_says_which_clause_failed() -> None:
    """The one that is missing, by its own words."""
    outcome = one("actor:ttp AND lexicon:truce", "{match: [Pakistani Taliban resume attacks]}")
    assert not outcome.passed
    assert outcome.because.startswith("does not hold: lexicon:truce")
    assert outcome.explanation is not None
    assert outcome.explanation.failed is not None
    assert outcome.explanation.failed.source == "lexicon:truce"


def test_a_failure_names_the_lookalike() -> None:
    """What was there and did not count is said."""
    outcome = one("actor:ttp", "{match: [Pakistani Taliban Bank opens]}")
    assert "Pakistani Taliban Bank" in outcome.because


def test_a_skip_that_matches_says_what_was_found() -> None:
    """By its spans."""
    outcome = one("lexicon:truce", "{skip: [Ceasefire in Cairo]}")
    assert not outcome.passed
    assert outcome.because == "holds: 'Ceasefire'"


@pytest.mark.parametrize(("spans", "passed"), [("[Truce]", True), ("[truce, ceasefire]", False)])
def test_expected_spans_must_be_shown(spans: str, passed: bool) -> None:
    """Case does not count, absence does."""
    outcome = one("lexicon:truce", f"{{match: [{{text: A truce, spans: {spans}}}]}}")
    assert outcome.passed is passed
    assert passed or outcome.because == "holds, but shows 'truce' and not 'ceasefire'"


@pytest.mark.parametrize(
    ("query", "example", "passed"),
    [
        ("title:truce", "A truce", True),
        ("body:truce", "A truce", False),
        ("body:truce", '"News\\nA truce"', True),
        ("lead:truce", '"News\\nA truce"', True),
        ("title:truce", "{title: News, text: A truce}", False),
        ("body:truce", "{title: News, text: A truce}", True),
        ("truce AND feed:dawn", "{text: A truce, feed: dawn}", True),
        ("truce AND feed:dawn", "A truce", False),
        ("truce AND tag:pakistan AND lang:en", "{text: A truce, feed: dawn}", True),
        ("truce AND lang:ur", "{text: A truce, language: ur}", True),
        ("url:opinion", '{text: x, url: "https://dawn.example/opinion/1"}', True),
        ("truce", '"News\\n\\nRelated stories: a truce"', False),
    ],
)
def test_a_test_is_read_as_an_article(query: str, example: str, passed: bool) -> None:
    """One line is a headline; keys say the rest; boilerplate is boilerplate here too."""
    assert one(query, f"{{match: [{example}]}}").passed is passed


def test_a_file_of_articles_is_a_test_of_each() -> None:
    """The first that fails is named; the file is looked for beside the rule file."""
    rule = "  - {id: r, title: R, query: truce, tests: {match: [{file: day.jsonl}]}}\n"
    good, bad = document_of_text("A truce"), document_of_text("Rain")
    assert outcomes(rule, {"day.jsonl": [("1", good), ("2", good)]})[0].passed
    (outcome,) = outcomes(rule, {"day.jsonl": [("1", good), ("2", bad), ("3", bad)]})
    assert outcome.because.startswith("2: does not hold: truce")


@pytest.mark.parametrize(
    ("articles", "because"),
    [([], "day.jsonl holds no article"), ([("day.jsonl:1", "not JSON")], "day.jsonl:1: not JSON")],
)
def test_a_file_that_gives_nothing_fails(articles: list[tuple[str, Document | str]], because: str) -> None:
    """A test that tests nothing must not pass."""
    (outcome,) = outcomes(
        "  - {id: r, title: R, query: truce, tests: {skip: [{file: day.jsonl}]}}\n", {"day.jsonl": articles}
    )
    assert not outcome.passed
    assert outcome.because == because
