"""What is said of a match and of a miss."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.rules.book import Actor, Alias, Evidence, Rule, RuleBook
from monitor.rules.explaining.explain import Explainer, explain, nearest
from monitor.rules.explaining.judge import SPANS_AT_MOST
from monitor.rules.language.parser import parse
from monitor.rules.matching.matcher import Matcher
from monitor.text.document import Document, make_document
from tests.rules.bookmaking import boilerplate, books, documents, make_book

TTP = Actor(
    "ttp",
    "TTP",
    (Alias("Pakistani Taliban"), Alias("TTP", exact=True, needs=("militant*", "taliban"))),
    ("Tehreek-e-Jihad Pakistan", "Pakistani Taliban watchers"),
)


def miss(query: str, document: Document | str, **parts: object) -> str:
    """Return what is said of a query that does not hold."""
    given_document = document if isinstance(document, Document) else make_document(body=document)
    explanation = explain(make_book({"q": query}, **parts), "q", given_document)
    assert not explanation.holds
    return explanation.because.removeprefix("does not hold: ")


@pytest.mark.parametrize(
    ("query", "body", "said"),
    [
        ("truce", "x", "truce: not in the text"),
        ("truce AND kabul", "truce", "kabul: not in the text"),
        ("truce AND kabul", "x", "truce: not in the text; kabul: not in the text"),
        ("truce OR kabul", "x", "truce OR kabul: none of the alternatives is there"),
        ("(a AND b) OR (c AND d AND e)", "a x", "b: not in the text"),
        ("title:truce", "truce", "title:truce: 'truce' stands only outside, in body"),
        ('exact:"TTP"', "ttp", "exact:\"TTP\": 'ttp' differs in case"),
        ("a AND NOT b", "a b", "NOT b: 'b' is there"),
        ("a NEAR/2 b", "a x x b", "a NEAR/2 b: they stand 3 words apart, 2 allowed"),
        ("a NEAR/2 b", "a\n\nb", "a NEAR/2 b: they stand in no one paragraph"),
        ("a BEFORE/2 b", "b a", "a BEFORE/2 b: they stand in the other order"),
        ("a NEAR/2 b", "a", "b: not in the text"),
        ("SAME_SENTENCE(a, b)", "a. B.", "SAME_SENTENCE(a, b): each part is there, but in no one sentence"),
        ("ATLEAST/3 a", "a x a", "ATLEAST/3 a: 2 places, 3 wanted"),
        ("lang:ur", "x", "lang:ur: the language is unknown"),
        ("feed:dawn", "x", "feed:dawn: the feed is unknown"),
        ("tag:x", "x", "tag:x: the tags are none"),
        ("/T+P/", "x", "/T+P/: the pattern is nowhere in the text"),
        ("lexicon:truce", "x", "lexicon:truce: none of its 2 terms is in the text"),
        ("actor:ttp", "x", "actor:ttp: no alias is there"),
        ("actor:ttp", "ttp militants", "actor:ttp: 'ttp' differs in case"),
        ("actor:ttp", "Tehreek-e-Jihad Pakistan", "actor:ttp: only the lookalike 'Tehreek-e-Jihad Pakistan' is there"),
        (
            "actor:ttp",
            "Pakistani Taliban watchers",
            "actor:ttp: 'Pakistani Taliban' is there, inside the lookalike 'Pakistani Taliban watchers'",
        ),
        (
            "actor:ttp",
            "TTP",
            "actor:ttp: 'TTP' is there, none of its needs stands in title or body: militant*, taliban",
        ),
        ("title:actor:ttp", "Pakistani Taliban", "title:actor:ttp: 'Pakistani Taliban' stands only outside, in body"),
    ],
)
def test_a_miss_says_which_clause_failed_and_why(query: str, body: str, said: str) -> None:
    """Each kind of clause says what was missing, and what was there but did not count."""
    assert miss(query, body, actors=[TTP], lexicons={"truce": ["truce", "cease-fire"]}) == said


def test_boilerplate_is_named_as_the_reason() -> None:
    """A term that stands only in boilerplate is said to be there, with its place."""
    body = "Nothing. Related: Pakistani Taliban truce"
    document = make_document(title="x", body=body, zones=boilerplate(body, "Related"))
    book = make_book({"q": "actor:ttp AND truce"}, actors=[TTP])
    explanation = explain(book, "q", document)
    said = {clause.source: clause.because for clause in explanation.root.missing}
    assert said == {
        "actor:ttp": "'Pakistani Taliban' stands only in boilerplate",
        "truce": "'truce' stands only in boilerplate",
    }
    shown = [body[span.start : span.end] for clause in explanation.root.missing for span in clause.spans]
    assert shown == ["Pakistani Taliban", "truce"]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("Nothing. Related: Kite Group", "'Kite Group' stands only in boilerplate"),
        ("Kite Group Bank", "'Kite Group' is there, inside the lookalike 'Kite Group Bank'"),
        ("Kite Works", "only the lookalike 'Kite Works' is there"),
        ("kg", "'kg' differs in case"),
    ],
)
def test_a_group_is_missed_for_what_its_members_lacked(body: str, said: str) -> None:
    """What kept a member from counting is said of the group that holds for its members."""
    aliases = (Alias("Kite Group"), Alias("KG", exact=True))
    member = Actor("kite", "Kite", aliases, ("Kite Group Bank", "Kite Works"), parents=("all",))
    group = Actor("all", "All", (Alias("Joint Command"),), include_members=True)
    document = make_document(title="x", body=body, zones=boilerplate(body, "Related") if "Related" in body else ())
    assert miss("actor:all", document, actors=[member, group]) == f"actor:all: {said}"


def test_an_alias_in_another_case_is_no_sign_of_its_actor() -> None:
    """`us` is said to differ from the alias `US`, but does not count as the actor being there."""
    united = Actor("us", "US", (Alias("US", exact=True),))
    explanation = explain(make_book({"q": "actor:us"}, actors=[united]), "q", make_document(body="they told us"))
    assert [(clause.because, clause.was_there) for clause in explanation.root.missing] == [
        ("'us' differs in case", False)
    ]


def test_a_match_shows_the_tree_as_it_was_written() -> None:
    """Every clause has its verdict and spans; an actor shows each alias with the reason."""
    document = make_document(body="TTP militants end truce")
    explanation = explain(make_book({"q": "(truce OR x) AND actor:ttp AND NOT y"}, actors=[TTP]), "q", document)
    assert explanation.because == "holds: 'TTP', 'truce'"
    assert explanation.failed is None
    assert [(depth, part.source, part.holds) for depth, part in explanation.root.walk()] == [
        (0, "(truce OR x) AND actor:ttp AND NOT y", True),
        (1, "truce OR x", True),
        (2, "truce", True),
        (2, "x", False),
        (1, "actor:ttp", True),
        (2, "TTP", True),
        (1, "NOT y", True),
        (2, "y", False),
    ]
    alias = explanation.root.parts[1].parts[0]
    assert alias.because == "with 'militant*' 1 word away"


def test_an_ambiguous_name_is_said_to_be_ambiguous() -> None:
    """Two actors as near to a shared name: the reason says so."""
    pair = [
        Actor("pak", "P", (Alias("Taliban", bare=True, needs=("islamabad",)),)),
        Actor("afg", "A", (Alias("Taliban", bare=True, needs=("kabul",)),)),
    ]
    document = make_document(body="Islamabad Taliban Kabul")
    explanation = explain(make_book({"q": "actor:pak"}, actors=pair), "q", document)
    (alias,) = explanation.root.parts
    assert alias.because == "bare name, ambiguous: with 'islamabad' 1 word away, and as near for afg"


def test_evidence_shows_its_score() -> None:
    """A rule that weighs evidence says how much there was of what it wants."""
    evidence = (Evidence("truce", parse("truce"), 2), Evidence("talks", parse("talks"), 2))
    book = make_book(rules=[Rule("r", "R", "", None, evidence=evidence, min_score=3)])
    explanation = explain(book, "r", make_document(body="truce"))
    assert (explanation.holds, explanation.score, explanation.min_score) == (False, 2, 3)
    assert explanation.failed is not None
    assert explanation.failed.because == "the evidence weighs 2 of 3"
    (score,) = explanation.root.parts
    assert [part.because for part in score.parts] == ["weighs 2", "would weigh 2; not in the text"]


def test_a_muted_rule_says_why() -> None:
    """A rule that cannot be resolved is explained by the reason."""
    assert "no actor 'nobody'" in miss("actor:nobody", "x")


def test_an_unknown_rule_is_the_callers_mistake() -> None:
    """There is nothing to explain about a rule that does not exist."""
    with pytest.raises(KeyError):
        explain(RuleBook(), "r", make_document())


def test_nearest_are_the_rules_that_fail_by_one_clause() -> None:
    """What was almost there comes first; rules of which nothing is there, or that hold, are left out."""
    book = make_book(
        {
            "holds": "truce",
            "absent": "truce AND kabul",
            "lookalike": "truce AND actor:ttp",
            "two": "truce AND kabul AND paris",
            "nothing": "paris",
            "not-only": "paris AND NOT zebra",
        },
        actors=[TTP],
    )
    document = make_document(body="Tehreek-e-Jihad Pakistan ends truce")
    assert [miss_.rule_id for miss_ in nearest(book, document)] == ["lookalike", "absent"]
    assert [miss_.rule_id for miss_ in nearest(book, document, limit=1)] == ["lookalike"]
    assert nearest(book, document)[0].failed.source == "actor:ttp"


def test_of_very_many_places_the_first_are_shown_and_the_rest_counted() -> None:
    """An article of a hundred thousand words makes an explanation of ordinary size."""
    document = make_document(body="TTP militants truce " * 1000)
    explanation = explain(make_book({"q": "actor:ttp AND truce"}, actors=[TTP]), "q", document)
    actor, truce = explanation.root.parts
    (alias,) = actor.parts
    for verdict in (alias, truce):
        assert (len(verdict.spans), verdict.more) == (SPANS_AT_MOST, 1000 - SPANS_AT_MOST)
    assert (len(explanation.spans), explanation.root.more) == (SPANS_AT_MOST, 2000 - SPANS_AT_MOST)
    assert truce.spans[0].start < truce.spans[-1].start < len(document.body) // 2


def test_places_of_an_alias_with_one_reason_share_a_verdict_and_what_holds_comes_first() -> None:
    """A thousand places in the middle of a lookalike are one line of an explanation."""
    body = "Pakistani Taliban watchers met. " * 40 + "Pakistani Taliban came."
    explanation = explain(make_book({"q": "actor:ttp"}, actors=[TTP]), "q", make_document(body=body))
    assert [(part.holds, part.because, len(part.spans)) for part in explanation.root.parts] == [
        (True, "the alias stands there", 1),
        (False, "inside the lookalike 'Pakistani Taliban watchers'", 40),
    ]


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(books(), documents(), st.integers(1, 6))
def test_what_holds_and_what_comes_nearest_is_what_each_rule_by_itself_says(
    book: RuleBook, document: Document, limit: int
) -> None:
    """Rules that are passed over unexplained neither hold nor fail by one clause."""
    inquiry = Explainer(book).read(document)
    each = {rule_id: explain(book, rule_id, document) for rule_id in book.rules}
    assert list(inquiry.holding) == [rule_id for rule_id, explanation in each.items() if explanation.holds]
    misses = inquiry.nearest(limit=len(book.rules))
    assert inquiry.nearest(limit) == misses[:limit]
    assert all(each[miss_.rule_id].failed == miss_.failed for miss_ in misses)
    failed = {rule_id: explanation.failed for rule_id, explanation in each.items()}
    there = {id_ for id_, clause in failed.items() if clause and clause.was_there and clause.spans}
    by_terms = {rule_id for rule_id, rule in book.rules.items() if "Regex" not in repr(rule)}
    assert {miss_.rule_id for miss_ in misses} >= there & by_terms


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(books(), documents())
def test_an_explanation_agrees_with_the_match(book: RuleBook, document: Document) -> None:
    """For every rule the tree's verdict is the matcher's, with its spans, and a miss names a clause."""
    matched = {match.rule_id: match.spans for match in Matcher(book).match(document).matches}
    explainer = Explainer(book)
    for rule_id in book.rules:
        explanation = explainer.explain(rule_id, document)
        assert explanation.holds == (rule_id in matched)
        assert explanation.spans == matched.get(rule_id, ())
        assert bool(explanation.root.missing) == (not explanation.holds)
        assert explanation.because
