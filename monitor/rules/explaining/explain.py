"""Why a rule holds for a document or does not: the query's tree, each clause with its verdict, its spans and a reason.

Owns the explanation of whole rules, and the search for those that nearly held. It compiles the rules unmerged, so that
the tree is the one that was written.

The clauses that a miss is put down to (`Verdict.missing`) are the fewest that would have to change: of an AND all that
fail, of an OR the one alternative that failed least, or the OR itself where none of it was there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from monitor.model import Span
from monitor.rules.book import RuleBook
from monitor.rules.explaining.judge import Judge
from monitor.rules.explaining.verdict import Verdict, fail
from monitor.rules.matching.actors import Named
from monitor.rules.matching.evaluate import AnyTerm, Plan
from monitor.rules.matching.index import Automaton, Vocabulary
from monitor.rules.matching.reading import TEXT, Reading
from monitor.rules.matching.resolve import asks_for_margins, parts_of, resolve_book
from monitor.text.document import Document

__all__ = ["Explainer", "Explanation", "NearMiss", "Verdict", "explain", "nearest"]

_PATTERN_LIMIT = timedelta(milliseconds=200)


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a rule holds for a document, or does not."""

    rule_id: str
    title: str
    holds: bool
    root: Verdict
    spans: tuple[Span, ...]
    """What a match shows; () for a miss."""
    score: int | None = None
    """The weight of the evidence that holds, where the rule weighs any."""
    min_score: int | None = None

    @property
    def failed(self) -> Verdict | None:
        """Return the one clause that failed, or None where the rule holds or more than one failed."""
        return self.root.missing[0] if len(self.root.missing) == 1 else None

    @property
    def because(self) -> str:
        """Return the whole in one sentence."""
        if self.holds:
            shown = ", ".join(dict.fromkeys(f"'{span.text}'" for span in self.spans))
            return f"holds: {shown}" if shown else "holds"
        said = "; ".join(f"{clause.source}: {clause.because or 'does not hold'}" for clause in self.root.missing)
        return f"does not hold: {said}"


@dataclass(frozen=True, slots=True)
class NearMiss:
    """A rule that fails by one clause."""

    rule_id: str
    title: str
    failed: Verdict
    explanation: Explanation


def explain(book: RuleBook, rule_id: str, document: Document) -> Explanation:
    """Explain one rule for one document.

    Raises:
        KeyError: There is no such rule.
    """
    return Explainer(book, only=rule_id).explain(rule_id, document)


def nearest(book: RuleBook, document: Document, limit: int = 5) -> list[NearMiss]:
    """Return the rules that fail by one clause although other words of theirs are there, nearest first."""
    return Explainer(book).nearest(document, limit)


class Explainer:
    """Explains the rules of one book; keep it for several documents."""

    def __init__(self, book: RuleBook, *, only: str | None = None) -> None:
        """Compile a book, or the one rule `only` of it."""
        self._book = book
        vocabulary = Vocabulary()
        resolved = resolve_book(book, vocabulary, pattern_limit=_PATTERN_LIMIT, only=only, merge=False)
        self._plans = {each.rule.id: each.plan for each in resolved if each.plan is not None}
        self._faults = {each.rule.id: each.because for each in resolved if each.plan is None}
        self._literals = {rule_id: _literals_in(plan) for rule_id, plan in self._plans.items()}
        self._automaton = Automaton(vocabulary)
        self._widths = vocabulary.widths
        self._with_margins = asks_for_margins(self._plans.values())

    def explain(self, rule_id: str, document: Document) -> Explanation:
        """Explain one rule for one document; KeyError if the book has no such rule."""
        return self._explain(rule_id, Judge(self._read(document), self._read(document.boilerplate)))

    def nearest(self, document: Document, limit: int = 5) -> list[NearMiss]:
        """Return the rules that fail by one clause although other words of theirs are there, nearest first.

        A rule whose missing clause was almost there (a lookalike, boilerplate, too far away) comes before one whose
        words are absent; then the one of which more is there.
        """
        judge = Judge(self._read(document), self._read(document.boilerplate))
        present = judge.reading.present | judge.boilerplate.present
        misses = []
        for rule_id, literals in self._literals.items():
            if literals.isdisjoint(present):
                continue
            explanation = self._explain(rule_id, judge)
            failed = explanation.failed
            there = sum(len(part.spans) for part in _holding(explanation.root))
            if failed is not None and (there or failed.was_there):
                misses.append(
                    ((not failed.was_there, -there), NearMiss(rule_id, explanation.title, failed, explanation))
                )
        misses.sort(key=lambda pair: pair[0])
        return [miss for _, miss in misses[:limit]]

    def _read(self, document: Document) -> Reading:
        return Reading(document, self._automaton.scan, self._widths, with_margins=self._with_margins)

    def _explain(self, rule_id: str, judge: Judge) -> Explanation:
        rule = self._book.rules[rule_id]
        plan = self._plans.get(rule_id)
        if plan is None:
            root = fail(rule.source, f"the rule is muted: {self._faults[rule_id]}")
            return Explanation(rule_id, rule.title, False, root, ())
        root = judge.judge(plan, TEXT)
        score = plan.weigh(judge.reading, TEXT)[0] if plan.min_score is not None else None
        spans = root.spans if root.holds else ()
        return Explanation(rule_id, rule.title, root.holds, root, spans, score, plan.min_score)


def _holding(verdict: Verdict) -> Iterator[Verdict]:
    """Yield the smallest clauses that hold; what stands under a NOT helps nothing."""
    if verdict.source.startswith("NOT "):
        return
    if verdict.holds and not any(part.holds for part in verdict.parts):
        yield verdict
    for part in verdict.parts:
        yield from _holding(part)


def _literals_in(plan: Plan) -> frozenset[int]:
    literals: set[int] = set()
    waiting: list[Plan] = [plan]
    while waiting:
        here = waiting.pop()
        if isinstance(here, AnyTerm | Named):
            literals |= here.literals
        waiting.extend(parts_of(here))
    return frozenset(literals)
