"""What is said of a query's truth is so in every article: the matcher is the judge."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.rules.book import Rule, RuleBook
from monitor.rules.language.parser import parse
from monitor.rules.language.printer import to_source
from monitor.rules.language.tree import And, Node, Not, Or, Within
from monitor.rules.lint.truth import implies, truth_of
from monitor.rules.matching.matcher import Matcher
from monitor.text.document import Document
from tests.rules.bookmaking import books, documents


def without(node: Node, clause: Node) -> Node:
    """Return a tree without one operand of an AND or OR, found by identity."""
    match node:
        case And(children=children) | Or(children=children):
            kept = [without(child, clause) for child in children if child is not clause]
            return kept[0] if len(kept) == 1 else replace(node, children=tuple(kept))
        case Not(child=child) | Within(child=child):
            return replace(node, child=without(child, clause))
    return node


def held(book: RuleBook, document: Document) -> set[str]:
    return {match.rule_id for match in Matcher(book).match(document).matches}


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(books(), documents())
def test_verdicts_hold_in_every_article(book: RuleBook, document: Document) -> None:
    """What can never hold does not, what must hold does, and a clause that changes nothing changes nothing."""
    judged = {
        id_: (rule.tree, truth)
        for id_, rule in book.rules.items()
        if rule.tree is not None and not rule.evidence and (truth := truth_of(rule.tree, book)) is not None
    }
    shorter: dict[str, Rule] = {}
    for id_, (tree, truth) in judged.items():
        if truth.idle:
            less = without(tree, truth.idle[0])
            shorter[f"{id_}-less"] = Rule(f"{id_}-less", "", to_source(less), less)
    found = held(replace(book, rules={**book.rules, **shorter}), document)
    for id_, (_, truth) in judged.items():
        assert truth.can_hold or id_ not in found
        assert not truth.must_hold or id_ in found
        assert f"{id_}-less" not in shorter or (f"{id_}-less" in found) == (id_ in found)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(books(), documents())
def test_an_implication_holds_in_every_article(book: RuleBook, document: Document) -> None:
    """Where one query implies another, no article has the first without the second."""
    trees = {id_: rule.tree for id_, rule in book.rules.items() if rule.tree is not None and not rule.evidence}
    found = held(book, document)
    for one, first in trees.items():
        for other, second in trees.items():
            if one in found and implies(first, second, book):
                assert other in found


_ATOMS = """
truce|"truce talks"|tru*|title:truce|lead:talks|cease*|ceasefire|exact:"TTP"|ttp|lang:en|lang:ur|آتش‌بس|آتش|"塔利班"|塔
truce NEAR/3 talks|SAME_SENTENCE(truce, NOT talks)|ATLEAST/2 truce
"""
_QUERIES = st.recursive(
    st.sampled_from(_ATOMS.strip().replace("\n", "|").split("|")),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from([" AND ", " OR ", " AND NOT "]), inner).map(
            lambda parts: f"({''.join(parts)})"
        ),
        inner.map(lambda query: f"NOT ({query})"),
    ),
    max_leaves=5,
)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(_QUERIES, _QUERIES, st.lists(documents(), min_size=1, max_size=4))
def test_verdicts_on_entangled_queries_hold_in_every_article(one: str, other: str, found_in: list[Document]) -> None:
    """The same for queries of terms that lie in one another, which contradict and repeat each other often."""
    trees = {"one": parse(one), "other": parse(other)}
    truth = truth_of(trees["one"], RuleBook())
    assert truth is not None
    if truth.idle:
        trees["less"] = without(trees["one"], truth.idle[0])
    book = RuleBook(rules={id_: Rule(id_, "", to_source(tree), tree) for id_, tree in trees.items()})
    implied = implies(trees["one"], trees["other"], book)
    for document in found_in:
        found = held(book, document)
        assert truth.can_hold or "one" not in found
        assert not truth.must_hold or "one" in found
        assert "less" not in trees or ("less" in found) == ("one" in found)
        assert not implied or "one" not in found or "other" in found
