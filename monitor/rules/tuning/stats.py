"""What the rules of a book did over many articles: hits, the words that made them, and what never had a part in any.

Owns the counting. It holds numbers, and the stories and dates of hits, never an article. What is counted is what the
book says now; matches that an older book left in the archive have no say.

A *clause* is an alternative of a rule: one side of an OR, or a piece of evidence. It is dead when it held in none of
the articles that the rule matched. Whether it holds is asked of the whole field it stands in, not of one sentence, so
no clause is called dead that had a part.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations

from monitor.model import Match
from monitor.rules.book import Rule, RuleBook
from monitor.rules.language.printer import to_source
from monitor.rules.language.tree import And, AtLeast, Near, Node, Or, Reference, ReferenceKind, Same, Within
from monitor.rules.matching.matcher import Matcher, RuleFault
from monitor.rules.tuning.census import Census, OwnedTerm, trees_of
from monitor.text.document import Document


@dataclass(frozen=True, slots=True)
class ClauseUse:
    """A clause of a rule."""

    clause: str
    """As one would write it."""
    articles: int
    """Articles matched by its rule in which it held."""


@dataclass(frozen=True, slots=True)
class RuleUse:
    """What one rule did."""

    rule_id: str
    title: str
    articles: int
    stories: int
    last_at: datetime | None
    """When the newest article that it matches was first seen."""
    clauses: tuple[ClauseUse, ...]

    @property
    def dead(self) -> tuple[str, ...]:
        """Return the clauses that held in no match; () where the rule never fired at all."""
        return tuple(use.clause for use in self.clauses if not use.articles) if self.articles else ()


@dataclass(frozen=True, slots=True)
class TermUse:
    """What one term did."""

    term: OwnedTerm
    articles: int
    """Articles in which it stands, boilerplate and addresses aside."""
    shown: int
    """Articles in which a match shows it."""
    last_at: datetime | None
    """When the newest article in which it stands was first seen."""


@dataclass(frozen=True, slots=True)
class Overlap:
    """Two rules that match the same articles."""

    one: str
    other: str
    articles: int
    share_of_one: float
    share_of_other: float


@dataclass(frozen=True, slots=True)
class Statistics:
    """All of it."""

    articles: int
    rules: tuple[RuleUse, ...]
    """In the order of the book."""
    terms: tuple[TermUse, ...]
    """Actors, then lexicons, then rules; a term that two owners write stands twice."""
    overlaps: tuple[Overlap, ...]
    """Every pair that met, the largest share of the smaller rule first."""
    muted: tuple[RuleFault, ...]

    @property
    def never_fired(self) -> list[str]:
        """Return the rules without a hit."""
        return [rule.rule_id for rule in self.rules if not rule.articles]


class Counting:
    """Counts articles one after another, each once."""

    def __init__(self, book: RuleBook) -> None:
        self._book = book
        self._matcher = Matcher(book)
        self._census = Census(book)
        self._clauses = {rule.id: _clauses(rule) for rule in book.rules.values()}
        self._clause_matcher = Matcher(_clause_book(book, self._clauses))
        self.articles = 0
        self._hits: Counter[str] = Counter()
        self._stories: dict[str, set[int]] = {}
        self._last: dict[str, datetime] = {}
        self._held: Counter[str] = Counter()
        self._standing: Counter[int] = Counter()
        self._standing_last: dict[int, datetime] = {}
        self._shown: Counter[tuple[str | None, str]] = Counter()
        self._met: Counter[tuple[str, str]] = Counter()

    def add(self, document: Document, *, story_id: int | None, at: datetime) -> None:
        """Count one article, first seen `at`."""
        self.articles += 1
        for number in self._census.standing(document):
            self._standing[number] += 1
            self._standing_last[number] = max(at, self._standing_last.get(number, at))
        matches = self._matcher.match(document).matches
        if matches:
            self._count(matches, document, story_id, at)

    def _count(self, matches: tuple[Match, ...], document: Document, story_id: int | None, at: datetime) -> None:
        ids = [match.rule_id for match in matches]
        for rule_id in ids:
            self._hits[rule_id] += 1
            self._last[rule_id] = max(at, self._last.get(rule_id, at))
            if story_id is not None:
                self._stories.setdefault(rule_id, set()).add(story_id)
        self._met.update(combinations(ids, 2))
        self._shown.update({(span.actor, span.term) for match in matches for span in match.spans})
        held = {match.rule_id for match in self._clause_matcher.match(document).matches}
        matched = set(ids)
        self._held.update(id_ for id_ in held if id_.partition("#")[0] in matched)

    def statistics(self) -> Statistics:
        """Return what was counted so far."""
        return Statistics(
            articles=self.articles,
            rules=tuple(self._rule_use(rule) for rule in self._book.rules.values()),
            terms=tuple(
                TermUse(
                    term,
                    self._standing[number],
                    self._shown[term.actor, term.term],
                    self._standing_last.get(number),
                )
                for number, term in enumerate(self._census.terms)
            ),
            overlaps=tuple(sorted(self._overlaps(), key=lambda pair: (-_largest(pair), -pair.articles, pair.one))),
            muted=self._matcher.faults,
        )

    def _rule_use(self, rule: Rule) -> RuleUse:
        muted = {fault.rule_id for fault in self._clause_matcher.faults}
        uses = (
            ClauseUse(to_source(node), self._held[_clause_id(rule.id, number)])
            for number, node in enumerate(self._clauses[rule.id])
            if _clause_id(rule.id, number) not in muted
        )
        stories = len(self._stories.get(rule.id, ()))
        return RuleUse(rule.id, rule.title, self._hits[rule.id], stories, self._last.get(rule.id), tuple(uses))

    def _overlaps(self) -> Iterator[Overlap]:
        for (one, other), count in self._met.items():
            yield Overlap(one, other, count, count / self._hits[one], count / self._hits[other])


def _largest(pair: Overlap) -> float:
    return max(pair.share_of_one, pair.share_of_other)


def _clauses(rule: Rule) -> list[Node]:
    """Return the alternatives of a rule, each once, with the field that stands round it; nothing under a NOT."""
    pieces = [piece.tree for piece in rule.evidence]
    return list(dict.fromkeys([*pieces, *(clause for tree in trees_of(rule) for clause in _alternatives(tree))]))


def _alternatives(node: Node) -> Iterator[Node]:
    match node:
        case Or(children=children):
            for child in children:
                # What another rule stands for is told under that rule.
                if not (isinstance(child, Reference) and child.kind is ReferenceKind.RULE):
                    yield child
                yield from _alternatives(child)
        case And(children=children) | Same(children=children):
            for child in children:
                yield from _alternatives(child)
        case Near(left=left, right=right):
            yield from _alternatives(left)
            yield from _alternatives(right)
        case AtLeast(child=child):
            yield from _alternatives(child)
        case Within(name=name, child=child):
            for clause in _alternatives(child):
                yield Within(name, clause)
        case _:
            return


def _clause_book(book: RuleBook, clauses: dict[str, list[Node]]) -> RuleBook:
    """Make a book in which each clause is a rule; the rules it may refer to are there too."""
    asked = {
        _clause_id(rule_id, number): Rule(_clause_id(rule_id, number), "", "", node)
        for rule_id, nodes in clauses.items()
        for number, node in enumerate(nodes)
    }
    return RuleBook(actors=book.actors, lexicons=book.lexicons, rules={**book.rules, **asked})


def _clause_id(rule_id: str, number: int) -> str:
    return f"{rule_id}#{number}"
