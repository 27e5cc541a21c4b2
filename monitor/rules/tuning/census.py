"""Which of a book's terms stand in a document, whether or not a rule holds there.

Owns the list of terms: aliases by actor, terms by lexicon, and those that a rule's own query writes. It looks at text,
not at meaning: an alias that stands inside a lookalike stands there too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from monitor.rules.book import Rule, RuleBook
from monitor.rules.language.tree import Node, Or, Reference, ReferenceKind, Term, walk
from monitor.rules.matching.actors import Named
from monitor.rules.matching.evaluate import AnyTerm, Leaf, Plan, leaf_hits
from monitor.rules.matching.index import Automaton, Vocabulary
from monitor.rules.matching.reading import Place, Reading
from monitor.rules.matching.resolve import parts_of, resolve_book
from monitor.text.document import Document


@dataclass(frozen=True, slots=True, order=True)
class OwnedTerm:
    """A term where it is written."""

    owner: str
    """"actor:ttp", "lexicon:truce" or "rule:ttp-ceasefire"."""
    term: str
    """As spans name it: as written, with the star of a prefix."""

    @property
    def actor(self) -> str | None:
        """Return the actor whose alias it is."""
        kind, _, id_ = self.owner.partition(":")
        return id_ if kind == ReferenceKind.ACTOR else None


class Census:
    """The terms of one book, ready to be looked for all at once."""

    def __init__(self, book: RuleBook) -> None:
        vocabulary = Vocabulary()
        asking = RuleBook(actors=book.actors, lexicons=book.lexicons, rules={rule.id: rule for rule in _asking(book)})
        self.terms: list[OwnedTerm] = []
        self._leaves: list[Leaf] = []
        self._by_literal: dict[int, list[int]] = {}
        for resolved in resolve_book(asking, vocabulary, pattern_limit=timedelta(seconds=1), merge=False):
            for leaf in _leaves(resolved.plan) if resolved.plan is not None else ():
                self._add(OwnedTerm(resolved.rule.id, leaf.term), leaf)
        self._automaton = Automaton(vocabulary)
        self._widths = vocabulary.widths

    def _add(self, term: OwnedTerm, leaf: Leaf) -> None:
        for literal in leaf.literals:
            self._by_literal.setdefault(literal, []).append(len(self.terms))
        self.terms.append(term)
        self._leaves.append(leaf)

    def standing(self, document: Document) -> set[int]:
        """Return the terms that stand in title or body, by their number in `terms`."""
        reading = Reading(document, self._automaton.scan, self._widths)
        found: set[int] = set()
        for literal in reading.present:
            for number in self._by_literal.get(literal, ()):
                leaf = self._leaves[number]
                if number not in found and (leaf.exact is None or leaf_hits(leaf, reading)):
                    found.add(number)
        return found

    def places(self, document: Document) -> dict[int, list[Place]]:
        """Return where in title and body the terms stand, by their number in `terms`."""
        reading = Reading(document, self._automaton.scan, self._widths)
        numbers = {number for literal in reading.present for number in self._by_literal.get(literal, ())}
        found = {number: leaf_hits(self._leaves[number], reading) for number in numbers}
        return {number: [(hit.first, hit.last) for hit in hits] for number, hits in found.items() if hits}


def _asking(book: RuleBook) -> Iterator[Rule]:
    """Yield for each owner of terms a rule that asks for them alone."""
    references = [(ReferenceKind.ACTOR, book.actors), (ReferenceKind.LEXICON, book.lexicons)]
    for kind, owners in references:
        for id_ in owners:
            yield Rule(f"{kind}:{id_}", "", "", Reference(kind, id_))
    for rule in book.rules.values():
        own = list(dict.fromkeys(node for tree in trees_of(rule) for node in walk(tree) if isinstance(node, Term)))
        if own:
            yield Rule(f"rule:{rule.id}", "", "", Or(tuple(own)) if len(own) > 1 else own[0])


def trees_of(rule: Rule) -> Iterable[Node]:
    """Return the query of a rule and those of its evidence."""
    return [*([rule.tree] if rule.tree is not None else []), *(piece.tree for piece in rule.evidence)]


def _leaves(plan: Plan) -> Iterator[Leaf]:
    if isinstance(plan, AnyTerm):
        yield from plan.leaves
    elif isinstance(plan, Named):
        yield from (alias.leaf for alias in plan.actor.aliases)
    for part in parts_of(plan):
        yield from _leaves(part)
