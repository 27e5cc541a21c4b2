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
from operator import itemgetter

from monitor.model import Span
from monitor.rules.book import Rule, RuleBook
from monitor.rules.explaining.judge import Judge
from monitor.rules.explaining.verdict import Verdict, fail
from monitor.rules.matching.actors import Named, with_members
from monitor.rules.matching.evaluate import All, Any, AnyTerm, Hits, Judgement, Plan, TooSlowError
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
        return self._explained(rule, plan, self._judge.judge(plan, TEXT))

    def _explained(self, rule: Rule, plan: Judgement, root: Verdict) -> Explanation:
        score = plan.weigh(self._judge.reading, TEXT)[0] if plan.min_score is not None else None
        spans = root.spans if root.holds else ()
        return Explanation(rule.id, rule.title, root.holds, root, spans, score, plan.min_score)

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
        found = []
        for _, rule, plan, root in heapq.nsmallest(limit, self._ranked(), key=itemgetter(0)):
            explanation = self._explained(rule, plan, root or self._judge.judge(plan, TEXT))
            if (failed := explanation.failed) is not None:
                found.append(NearMiss(rule.id, rule.title, failed, explanation))
        return found

    def _ranked(self) -> Iterator[tuple[tuple[bool, int], Rule, Judgement, Verdict | None]]:
        """Yield near misses in the order of the book, each with its rank, and its verdict where that was needed."""
        present = self._judge.reading.present | self._judge.boilerplate.present
        held = set(self.holding)
        for rule_id in self._explainer.named_by(present):
            rule, plan, _ = self._explainer.rule(rule_id)
            near = None if plan is None or rule_id in held else self._near(plan, present)
            if plan is not None and near is not None:
                yield near[0], rule, plan, near[1]

    def _near(self, rule: Judgement, present: set[int]) -> tuple[tuple[bool, int], Verdict | None] | None:
        """Say how near a rule is, the least the nearest; None where it fails by more than one clause.

        Most rules of a large book are ANDs that are far from most texts, or lack one list of words whole: that is seen
        without a verdict on each of its words.
        """
        if isinstance(rule.query, All) and rule.min_score is None:
            parts = [(part, self._hits(part)) for part in rule.query.children]
            failing = [part for part, hits in parts if hits is None]
            if len(failing) != 1:
                return None
            if _is_list_without(failing[0], present):
                there = sum(len(hits) for _, hits in parts if hits)
                return ((True, -there), None) if there else None
        root = self._judge.judge(rule, TEXT)
        there = sum(len(part.spans) + part.more for part in _holding(root))
        if len(root.missing) != 1 or not (there or root.missing[0].was_there):
            return None
        return (not root.missing[0].was_there, -there), root

    def _finds(self, plan: Plan | None) -> bool:
        return plan is not None and self._hits(plan) is not None

    def _hits(self, plan: Plan) -> Hits | None:
        try:
            return plan.find(self._judge.reading, TEXT)
        except TooSlowError:
            return None


def _is_list_without(plan: Plan, present: set[int]) -> bool:
    """Say whether a plan is an OR of terms and actors of which nothing stands anywhere, lookalikes neither."""
    parts = plan.children if isinstance(plan, Any) else (plan,)
    return all(isinstance(part, AnyTerm | Named) and _literals_in(part).isdisjoint(present) for part in parts)


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
