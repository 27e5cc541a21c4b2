"""When a query can hold, must hold, and which of its clauses change nothing."""

from __future__ import annotations

import pytest

from monitor.rules.book import Lexicon, Rule, RuleBook
from monitor.rules.language.parser import parse
from monitor.rules.language.printer import to_source
from monitor.rules.lint.truth import implies, truth_of

BOOK = RuleBook(lexicons={"truce": Lexicon("truce", ("truce", "cease*", "peace deal"))})


def idle(query: str) -> list[str]:
    truth = truth_of(parse(query), BOOK)
    assert truth is not None
    return [to_source(node) for node in truth.idle]


@pytest.mark.parametrize(
    "query",
    [
        "a AND NOT a",
        '"truce talks" AND NOT truce',
        "ceasefire AND NOT cease*",
        "Truce AND NOT TRUCE",
        "ceasefire AND NOT lexicon:truce",
        "lang:en AND lang:ur",
        "feed:a AND feed:b AND x",
        "title:a AND NOT a",
        "a NEAR/5 b AND NOT a",
        "SAME_SENTENCE(a, b) AND NOT b",
        "ATLEAST/2 a AND NOT a",
    ],
)
def test_a_contradiction_can_never_hold(query: str) -> None:
    """Also where one text lies in another, or two filters exclude each other."""
    truth = truth_of(parse(query), BOOK)
    assert truth is not None
    assert not truth.can_hold


@pytest.mark.parametrize(
    "query",
    [
        'truce AND NOT "truce talks"',
        "cease* AND NOT ceasefire",
        'exact:"TTP" AND NOT ttp2',
        'ttp AND NOT exact:"TTP"',
        "tag:a AND tag:b",
        "lang:en AND lang:en-GB",
        "a AND NOT title:a",
        "SAME_SENTENCE(a, NOT b) AND b",
        "author:a AND NOT a",
        "url:a AND NOT a",
        "trucetalks AND NOT truce",
        '"peace* AND NOT peaceful"'.strip('"'),
    ],
)
def test_what_can_hold_is_not_called_a_contradiction(query: str) -> None:
    """A wrong truth would make an operator remove a good clause."""
    truth = truth_of(parse(query), BOOK)
    assert truth is not None
    assert truth.can_hold
    assert not truth.must_hold


@pytest.mark.parametrize(
    ("query", "clauses"),
    [
        ("a AND a", ["a"]),
        ("a AND (a OR b)", ["a OR b"]),
        ("a OR (a AND b)", ["a AND b"]),
        ('truce OR "truce talks"', ['"truce talks"']),
        ("lexicon:truce OR ceasefire", ["ceasefire"]),
        ("a AND (b OR (NOT a AND c))", ["NOT a AND c"]),
        ("a AND b", []),
        ("a AND NOT b", []),
        ("a NEAR/3 b OR SAME_SENTENCE(a, b)", []),
        ("title:a OR body:a", []),
    ],
)
def test_idle_clauses_are_found_and_no_others(query: str, clauses: list[str]) -> None:
    """Taking one away changes nothing in any article."""
    assert idle(query) == clauses


def test_one_query_implies_another() -> None:
    """In one direction only."""
    narrow, wide = parse('"truce talks" AND b'), parse("truce OR c")
    assert implies(narrow, wide, BOOK) is True
    assert implies(wide, narrow, BOOK) is False


def test_too_many_atoms_are_not_tried() -> None:
    """Two to the sixtieth combinations are nobody's business."""
    assert truth_of(parse(" OR ".join(f"w{n}" for n in range(60))), BOOK) is None
    assert implies(parse(" OR ".join(f"w{n}" for n in range(60))), parse("x"), BOOK) is None


def test_a_rule_held_to_a_field_is_not_the_rule_itself() -> None:
    """What a rule finds anywhere it need not find in a headline."""
    base = Rule("base", "Base", "truce", parse("truce"))
    book = RuleBook(rules={"base": base})
    assert implies(parse("rule:base"), parse("title:rule:base"), book) is False
    assert implies(parse("truce"), parse("rule:base"), book) is True
