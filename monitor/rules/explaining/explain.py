"""Why a rule holds for a document or does not: the query's tree, each clause with its verdict, its spans and a reason.

Owns the explanation of whole rules, and the search for those that nearly held. It compiles the rules unmerged, so that
the tree is the one that was written.

The clauses that a miss is put down to (`Verdict.missing`) are the fewest that would have to change: of an AND all that
fail, of an OR the one alternative that failed least, or the OR itself where none of it was there.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property

from monitor.model import Span
from monitor.rules.book import Rule, RuleBook
from monitor.rules.explaining.judge import Judge
from monitor.rules.explaining.verdict import Verdict, fail
from monitor.rules.matching.actors import Named, with_members
from monitor.rules.matching.evaluate import All, AnyTerm, Judgement, Plan, TooSlowError
from monitor.rules.matching.index import Automaton, Triggers, Vocabulary
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
    """What a match shows, the first of the text where there are very many; () for a miss."""
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
        self._ids = list(self._plans)
        self._triggers = Triggers(list(self._plans.values()), vocabulary.literals)
        self._by_literal: dict[int, list[int]] = {}
        for number, plan in enumerate(self._plans.values()):
            for literal in _literals_in(plan):
                self._by_literal.setdefault(literal, []).append(number)
        self._automaton = Automaton(vocabulary)
        self._widths = vocabulary.widths
        self._with_margins = asks_for_margins(self._plans.values())

    def explain(self, rule_id: str, document: Document) -> Explanation:
        """Explain one rule for one document; KeyError if the book has no such rule."""
        return self.read(document).explain(rule_id)

    def nearest(self, document: Document, limit: int = 5) -> list[NearMiss]:
        """Return the nearest rules that a document misses; see `Inquiry.nearest`."""
        return self.read(document).nearest(limit)

    def read(self, document: Document) -> Inquiry:
        """Read a document once, for all questions about it."""
        return Inquiry(self, document)

    def judge(self, document: Document) -> Judge:
        """Scan a document, and its boilerplate, for the literals of this book."""
        return Judge(*(self._scan(each) for each in (document, document.boilerplate)))

    def _scan(self, document: Document) -> Reading:
        return Reading(document, self._automaton.scan, self._widths, with_margins=self._with_margins)

    def rule(self, rule_id: str) -> tuple[Rule, Judgement | None, str]:
        """Return a rule with its plan, or with why it has none; KeyError if the book has no such rule."""
        return self._book.rules[rule_id], self._plans.get(rule_id), self._faults.get(rule_id, "")

    def may_hold(self, present: set[int]) -> Iterator[str]:
        """Yield the rules that may hold where these literals stand, in the order of the book."""
        return (self._ids[number] for number in self._triggers.candidates(present))

    def named_by(self, present: set[int]) -> Iterator[str]:
        """Yield the rules that have one of these literals, in the order of the book."""
        numbers = {number for literal in self._by_literal.keys() & present for number in self._by_literal[literal]}
        return (self._ids[number] for number in sorted(numbers))


class Inquiry:
    """One document before the rules of one book: what is worked out for a rule serves the next."""

    def __init__(self, explainer: Explainer, document: Document) -> None:
        self._explainer = explainer
        self._judge = explainer.judge(document)

    def explain(self, rule_id: str) -> Explanation:
        """Explain one rule; KeyError if the book has no such rule."""
        rule, plan, because = self._explainer.rule(rule_id)
        if plan is None:
            return Explanation(rule_id, rule.title, False, fail(rule.source, f"the rule is muted: {because}"), ())
        root = self._judge.judge(plan, TEXT)
        score = plan.weigh(self._judge.reading, TEXT)[0] if plan.min_score is not None else None
        spans = root.spans if root.holds else ()
        return Explanation(rule_id, rule.title, root.holds, root, spans, score, plan.min_score)

    @cached_property
    def holding(self) -> tuple[str, ...]:
        """Return the rules that hold, in the order of the book."""
        return tuple(
            rule_id
            for rule_id in self._explainer.may_hold(self._judge.reading.present)
            if self._finds(self._explainer.rule(rule_id)[1])
        )

    def nearest(self, limit: int = 5) -> list[NearMiss]:
        """Return the rules that fail by one clause although other words of theirs are there, nearest first.

        A rule whose missing clause was almost there (a lookalike, boilerplate, too far away) comes before one whose
        words are absent; then the one of which more is there. Of many rules only the nearest are kept in memory.
        """
        return [miss for _, miss in heapq.nsmallest(limit, self._misses(), key=lambda pair: pair[0])]

    def _misses(self) -> Iterator[tuple[tuple[bool, int], NearMiss]]:
        """Yield near misses in the order of the book, each with its rank."""
        held = set(self.holding)
        for rule_id in self._explainer.named_by(self._judge.reading.present | self._judge.boilerplate.present):
            plan = self._explainer.rule(rule_id)[1]
            if rule_id in held or plan is None or self._lacks_more_than_one(plan):
                continue
            explanation = self.explain(rule_id)
            failed = explanation.failed
            there = sum(len(part.spans) for part in _holding(explanation.root))
            if failed is not None and (there or failed.was_there):
                yield (not failed.was_there, -there), NearMiss(rule_id, explanation.title, failed, explanation)

    def _lacks_more_than_one(self, rule: Judgement) -> bool:
        """Say of an AND whether two of its parts fail: most rules are far from most texts, and that is soon seen."""
        if not isinstance(rule.query, All):
            return False
        return sum(not self._finds(part) for part in rule.query.children) > 1

    def _finds(self, plan: Plan | None) -> bool:
        try:
            return plan is not None and plan.find(self._judge.reading, TEXT) is not None
        except TooSlowError:
            return False


def _holding(verdict: Verdict) -> Iterator[Verdict]:
    """Yield the smallest clauses that hold; what stands under a NOT helps nothing."""
    if verdict.source.startswith("NOT "):
        return
    if verdict.holds and not any(part.holds for part in verdict.parts):
        yield verdict
    for part in verdict.parts:
        yield from _holding(part)


def _literals_in(plan: Plan) -> frozenset[int]:
    """Return the literals of all terms of a rule, those of lookalikes too: they are what is said to be there."""
    literals: set[int] = set()
    waiting: list[Plan] = [plan]
    while waiting:
        here = waiting.pop()
        if isinstance(here, AnyTerm | Named):
            literals |= here.literals
        if isinstance(here, Named):
            leaves = (leaf for actor in with_members(here.actor) for leaf in actor.lookalikes)
            literals.update(literal for leaf in leaves for literal in leaf.literals)
        waiting.extend(parts_of(here))
    return frozenset(literals)
