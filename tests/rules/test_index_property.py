"""The matcher with its index and the plain evaluator without one agree, on matches and on spans."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings

from monitor.rules.book import RuleBook
from monitor.rules.matching.index import Everything
from monitor.rules.matching.matcher import Matcher
from monitor.text.document import Document
from tests.rules.bookmaking import books, documents
from tests.rules.plain import Plain


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(books(), documents())
def test_leaving_the_index_away_changes_nothing(book: RuleBook, document: Document) -> None:
    """The index only says which rules are worth a look."""
    with_index = Matcher(book).match(document)
    without = Matcher(book, index=Everything).match(document)
    assert with_index.matches == without.matches
    assert with_index.evaluated <= without.evaluated


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(books(), documents())
def test_matcher_and_plain_evaluator_agree_on_matches_and_spans(book: RuleBook, document: Document) -> None:
    """The index loses no match that brute force finds, makes none up, and shows the same spans."""
    result = Matcher(book).match(document)
    assert result.faults == ()
    assert {match.rule_id: match.spans for match in result.matches} == Plain(book, document).match()
