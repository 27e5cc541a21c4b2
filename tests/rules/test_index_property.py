"""The matcher with its index and the plain evaluator without one agree, on matches and on spans."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings

from monitor.rules.book import RuleBook
from monitor.rules.matcher import Matcher
from monitor.text.document import Document
from tests.rules.bookmaking import books, documents
from tests.rules.plain import Plain


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(books(), documents())
def test_matcher_and_plain_evaluator_agree_on_matches_and_spans(book: RuleBook, document: Document) -> None:
    """The index loses no match that brute force finds, makes none up, and shows the same spans."""
    result = Matcher(book).match(document)
    assert result.faults == ()
    assert {match.rule_id: match.spans for match in result.matches} == Plain(book, document).match()
