"""The tests that stand in rule files, run: which rule finds what it should and leaves alone what it must.

Owns what a test's text is as an article and when a test fails. It refuses to read files itself: what a `file:` holds is
given to it.

A text of one line is a headline: the title, with no body. Of several lines the first is the title and the rest the
body. Without a date every alias is valid.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from monitor.rules.book import Rule, RuleBook, RuleTest
from monitor.rules.explaining.explain import Explainer, Explanation
from monitor.rules.matching.matcher import Matcher
from monitor.text.document import Document, make_document
from monitor.text.words import fold_term
from monitor.text.zones import zones_of

FileReader = Callable[[Path], Iterable[tuple[str, Document | str]]]
"""Gives the articles of a file: a name for each with the document, or with a sentence why there is none."""


@dataclass(frozen=True, slots=True)
class TestOutcome:
    """What one test came to."""

    __test__ = False  # pytest: not a test class

    rule: Rule
    test: RuleTest
    passed: bool
    because: str
    """Why it failed: the clause that did not hold, or what was found that must not be; "" where it passed."""
    document: Document | None = None
    explanation: Explanation | None = None


def run_tests(book: RuleBook, rule_ids: Iterable[str], *, read_file: FileReader) -> Iterator[TestOutcome]:
    """Run the tests of some rules, one after another.

    Args:
        book: The rules.
        rule_ids: Which of them; each must be in the book.
        read_file: For tests that name a file, which is relative to the rule file.

    Yields:
        An outcome for each test, in the order of the book; of a test with a file, the first article that fails it.
    """
    matcher = Matcher(book)
    for rule_id in rule_ids:
        rule = book.rules[rule_id]
        for test in rule.tests:
            yield _run(book, matcher, rule, test, read_file)


def document_of_text(text: str, *, title: str | None = None) -> Document:
    """Read a text as an article: its first line is the title, unless a title is given."""
    if title is None:
        head, _, body = text.strip().partition("\n")
        title, body = head.rstrip(), body.strip()
    else:
        body = text
    return make_document(title=title, body=body, zones=zones_of(body))


def document_of_test(test: RuleTest, book: RuleBook) -> Document:
    """Read a test's text as an article, with the language and tags of the feed it names."""
    plain = document_of_text(test.text, title=test.title)
    feed = book.feeds.get(test.feed or "")
    return make_document(
        title=plain.title,
        body=plain.body,
        zones=plain.zones,
        url=test.url,
        language=test.language or (feed.language if feed else None),
        feed_id=test.feed or "",
        tags=feed.tags if feed else (),
    )


def _run(book: RuleBook, matcher: Matcher, rule: Rule, test: RuleTest, read_file: FileReader) -> TestOutcome:
    if not test.text.startswith("@"):
        return _judge(book, matcher, rule, test, document_of_test(test, book))
    path = Path(test.text[1:])
    if rule.place is not None:
        path = Path(rule.place.file).parent / path
    read = 0
    for name, document in read_file(path):
        if isinstance(document, str):
            return TestOutcome(rule, test, False, f"{name}: {document}")
        read += 1
        outcome = _judge(book, matcher, rule, test, document)
        if not outcome.passed:
            return TestOutcome(rule, test, False, f"{name}: {outcome.because}", document, outcome.explanation)
    return TestOutcome(rule, test, read > 0, "" if read else f"{path} holds no article")


def _judge(book: RuleBook, matcher: Matcher, rule: Rule, test: RuleTest, document: Document) -> TestOutcome:
    result = matcher.match(document)
    muted = next((fault.because for fault in (*matcher.faults, *result.faults) if fault.rule_id == rule.id), None)
    if muted is not None:
        return TestOutcome(rule, test, False, f"the rule is muted: {muted}", document)
    match = next((match for match in result.matches if match.rule_id == rule.id), None)
    if (match is not None) != test.expect_match:
        explanation = Explainer(book, only=rule.id).explain(rule.id, document)
        return TestOutcome(rule, test, False, explanation.because, document, explanation)
    shown = {fold_term(span.text) for span in match.spans} if match is not None else set()
    absent = [text for text in test.spans if match is not None and fold_term(text) not in shown]
    if match is not None and absent:
        found = ", ".join(f"'{span.text}'" for span in match.spans) or "nothing"
        return TestOutcome(rule, test, False, f"holds, but shows {found} and not '{absent[0]}'", document)
    return TestOutcome(rule, test, True, "", document)
