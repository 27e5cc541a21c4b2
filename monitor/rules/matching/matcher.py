"""A rule book, compiled: document in, matches out, each with the spans that show it.

Owns the order of things and the isolation of rules: one that cannot be resolved, fails or is slow mutes itself with a
fault, and the others go on. A new book is a new matcher; swap them between two documents.

A matcher may be used by several threads: it changes nothing but the set of muted rules, under a lock.
"""

from __future__ import annotations

import gc
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from time import thread_time

from monitor.model import Match, Span
from monitor.rules.book import Rule, RuleBook
from monitor.rules.matching.evaluate import Hits, Judgement, TooSlowError, forget_patterns
from monitor.rules.matching.index import Automaton, Everything, Triggers, Vocabulary
from monitor.rules.matching.reading import TEXT, Reading
from monitor.rules.matching.resolve import Resolved, asks_for_margins, resolve_book
from monitor.rules.matching.spans import spans_of
from monitor.text.document import Document

_USUAL_LENGTH = 20_000
"""Code points of a long article; the time that a rule may take grows with what is longer."""


@dataclass(frozen=True, slots=True)
class RuleFault:
    """Why a rule is muted."""

    rule_id: str
    because: str


@dataclass(frozen=True, slots=True)
class MatchResult:
    """What the rules say of one document."""

    matches: tuple[Match, ...]
    """In the order of the book."""
    faults: tuple[RuleFault, ...] = ()
    """Rules that muted themselves on this document; see `Matcher.faults` for all."""
    evaluated: int = 0
    """Rules that had to be looked at."""


class Matcher:
    """All rules of one book."""

    def __init__(
        self,
        book: RuleBook,
        *,
        slow_after: timedelta = timedelta(milliseconds=200),
        clock: Callable[[], float] = thread_time,
        index: type[Triggers] | type[Everything] = Triggers,
    ) -> None:
        """Compile a book.

        Args:
            book: The rules; one that cannot be resolved is muted at once.
            slow_after: A rule that takes longer on one document of up to 20,000 characters mutes itself; a longer
                document gives longer time in proportion, so that one huge article mutes no honest rule.
            clock: Seconds of processor time of this thread, so that a busy machine mutes nothing.
            index: Which rules are worth a look; `Everything` looks at all, for trials.
        """
        self.book = book
        self.slow_after = slow_after
        self._clock = clock
        self._vocabulary = Vocabulary()
        resolved = resolve_book(book, self._vocabulary, pattern_limit=slow_after)
        self._rules: list[Rule] = [each.rule for each in resolved if each.plan is not None]
        self._plans: list[Judgement] = [each.plan for each in resolved if each.plan is not None]
        self._automaton = Automaton(self._vocabulary)
        self._index = index(self._plans, self._vocabulary.literals)
        self._with_margins = asks_for_margins(self._plans)
        self._lock = threading.Lock()
        self._faults = {each.rule.id: RuleFault(each.rule.id, each.because) for each in _without_plan(resolved)}

    @property
    def faults(self) -> tuple[RuleFault, ...]:
        """Return all muted rules with their reasons, in the order in which they were muted."""
        with self._lock:
            return tuple(self._faults.values())

    def read(self, document: Document) -> Reading:
        """Scan a document for the literals of this book."""
        return Reading(document, self._automaton.scan, self._vocabulary.widths, with_margins=self._with_margins)

    def _find(self, number: int, reading: Reading) -> tuple[Hits | None, float]:
        began = self._clock()
        hits = self._plans[number].find(reading, TEXT)
        return hits, self._clock() - began

    def match(self, document: Document) -> MatchResult:
        """Return every rule that holds for a document. Never raises for what a rule or the document is."""
        reading = self.read(document)
        matches: list[Match] = []
        faults: list[RuleFault] = []
        evaluated = 0
        allowed = self.slow_after.total_seconds() * max(1.0, len(document.readable) / _USUAL_LENGTH)
        for number in self._index.candidates(reading.present):
            rule = self._rules[number]
            if rule.id in self._faults:
                continue
            evaluated += 1
            try:
                hits, seconds = self._find(number, reading)
                if seconds > allowed:
                    # Once may be a collection of garbage that fell into this rule's time; twice is the rule. What
                    # its terms and actors need is worked out by now; its expressions are searched for once more.
                    forget_patterns(reading)
                    hits, seconds = self._find(number, reading)
                if hits is not None:
                    matches.append(match_of(rule, spans_of(hits, reading)))
            except TooSlowError as error:
                faults.append(RuleFault(rule.id, str(error)))
                continue
            except Exception as error:
                # a fault of one rule must not reach the others
                faults.append(RuleFault(rule.id, f"{type(error).__name__}: {error}"))
                continue
            if seconds > allowed:
                faults.append(RuleFault(rule.id, f"took {seconds * 1000:.0f} ms on one article"))
        if faults:
            with self._lock:
                self._faults.update({fault.rule_id: fault for fault in faults})
        return MatchResult(tuple(matches), tuple(faults), evaluated)


def matcher_in_force(book: RuleBook) -> Matcher:
    """Compile a book that stays, out of the sight of the garbage collector.

    A full collection walks every object there is: with 100,000 rules it stops the process for seconds, and what it
    walks drops out of the processor's caches (`benchmarks/matcher.py`: matching is 1.3 to 1.8 times as fast without).
    A matcher is without cycles, so one that is dropped is freed all the same.
    See https://docs.python.org/3/library/gc.html#gc.freeze
    """
    was_enabled = gc.isenabled()
    gc.collect()  # what is garbage now would be frozen too
    gc.disable()
    try:
        matcher = Matcher(book)
        gc.freeze()
    finally:
        if was_enabled:
            gc.enable()
    return matcher


def match_of(rule: Rule, spans: tuple[Span, ...]) -> Match:
    """Make the match of a rule."""
    return Match(rule.id, rule.version, rule.title, rule.severity, spans, rule.desks)


def _without_plan(resolved: Iterable[Resolved]) -> Iterable[Resolved]:
    return (each for each in resolved if each.plan is None)
