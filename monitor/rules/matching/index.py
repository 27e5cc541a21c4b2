"""All literals of all rules in one automaton, and which rules a found literal makes worth a look.

Owns speed and nothing else: every answer it gives is a superset of the rules that hold, and the plans decide. Leaving
the index away (`Everything`) changes no match, only the time.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from itertools import chain

import daachorse

from monitor.rules.matching.actors import Named
from monitor.rules.matching.evaluate import All, Any, AnyTerm, Inside, Judgement, Plan
from monitor.rules.matching.proximity import Close, Often, Together
from monitor.rules.matching.reading import Found

_NOTHING = -1
"""The number of the set that is always met."""


class Vocabulary:
    """The literals of a rule book, numbered. A literal is " a b ", or " a b" where the last word may go on."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self.widths: list[int] = []
        """Words of each literal."""

    def number(self, form: str, *, prefix: bool) -> int:
        """Return the number of a reading of a term (`words.term_forms`), giving it one if it is new."""
        literal = f" {form}" if prefix else f" {form} "
        known = self._numbers.get(literal)
        if known is None:
            known = self._numbers[literal] = len(self.widths)
            self.widths.append(form.count(" ") + 1)
        return known

    @property
    def literals(self) -> list[str]:
        """Return all literals by number."""
        return list(self._numbers)

    def __len__(self) -> int:
        return len(self.widths)


class Automaton:
    """Finds all literals in one pass over a stream.

    daachorse 0.5.0 (a double array over characters) was measured against ahocorasick_rs 1.0.3 in turns, scanning
    articles of 2.4 kB: even at 2,000 literals, 1.0 to 1.3 times as fast at 90,000, 1.4 times at 500,000, 2.8 times
    at 800,000; built in half the time, at 1.5 times the memory. Both count code points and find overlapping literals.

    Tried and left: daachorse over bytes (0.8 to 1.1 times the time), and without an automaton a walk from word to word
    in a tree of dictionaries (2.2 times the time at 97,000 literals) or a table of phrases (3.1 times).
    """

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._automaton = daachorse.CharwiseDoubleArrayAhoCorasick(vocabulary.literals)

    def scan(self, stream: str) -> Found:
        """Return (start, end, number) of every literal in a stream, overlapping ones too, rising by end."""
        return self._automaton.find_overlapping(stream)


class Everything:
    """The index that prefers no rule: the named null against which the real one is tried."""

    def __init__(self, plans: Sequence[Plan], _literals: Sequence[str]) -> None:
        self._all = range(len(plans))

    def candidates(self, present: set[int]) -> Iterable[int]:
        """Return the rules worth a look, in order."""
        return self._all


class Triggers:
    """Rules by their rarest necessary term: a rule is looked at when one of its trigger literals was found."""

    def __init__(self, plans: Sequence[Plan], literals: Sequence[str]) -> None:
        self._rarity = [_commonness(literal) for literal in literals]
        self._always: list[int] = []
        self._second = array("l", [_NOTHING]) * len(plans)
        """For each rule the number of a set of literals, of which one must be there too."""
        self._further: dict[int, tuple[int, ...]] = {}
        """The sets beyond the second, for the few rules that demand so many."""
        rules: list[list[int]] = [[] for _ in literals]
        sets: dict[frozenset[int], int] = {}
        for number, plan in enumerate(plans):
            demands = sorted(self._demands_of(plan), key=self._cost)
            if not demands:
                self._always.append(number)
                continue
            for literal in demands[0]:
                rules[literal].append(number)
            numbers = tuple(sets.setdefault(demand, len(sets)) for demand in demands[1:])
            if numbers:
                self._second[number] = numbers[0]
            if len(numbers) > 1:
                self._further[number] = numbers[1:]
        self._triggered = [tuple(numbers) for numbers in rules]
        """For each literal the rules that it triggers."""
        met: list[list[int]] = [[] for _ in literals]
        for demand, number in sets.items():
            for literal in demand:
                met[literal].append(number)
        self._met = [tuple(numbers) for numbers in met]
        """For each literal the numbered sets that it is in. Rules share lexicons, so there are far fewer than rules."""

    def candidates(self, present: set[int]) -> Iterable[int]:
        """Return the rules worth a look, in order."""
        met = set(chain.from_iterable(map(self._met.__getitem__, present)))
        met.add(_NOTHING)
        second = self._second
        chosen = {
            number for number in chain.from_iterable(map(self._triggered.__getitem__, present)) if second[number] in met
        }
        if self._further:
            chosen = {number for number in chosen if met.issuperset(self._further.get(number, ()))}
        chosen.update(self._always)
        return sorted(chosen)

    def _cost(self, literals: frozenset[int]) -> float:
        return sum(self._rarity[literal] for literal in literals)

    def _demands_of(self, plan: Plan) -> list[frozenset[int]]:
        """Return sets of literals; where the plan holds, one of each set stands in the document."""
        match plan:
            case AnyTerm(literals=literals) | Named(literals=literals):
                return [literals]
            case All(children=children) | Together(children=children):
                return [demand for child in children for demand in self._demands_of(child)]
            case Close(left=left, right=right):
                return [*self._demands_of(left), *self._demands_of(right)]
            case Often(child=child) | Inside(child=child):
                return self._demands_of(child)
            case Any(children=children):
                return self._union([self._demands_of(child) for child in children])
            case Judgement():
                return self._demands_of_rule(plan)
        return []

    def _demands_of_rule(self, rule: Judgement) -> list[frozenset[int]]:
        demands = self._demands_of(rule.query) if rule.query is not None else []
        if rule.min_score is not None and rule.min_score > 0:
            helping = [piece for piece in rule.evidence if piece.weight > 0]
            demands += self._union([self._demands_of(piece.plan) for piece in helping])
        return demands

    def _union(self, alternatives: list[list[frozenset[int]]]) -> list[frozenset[int]]:
        """Return the one demand that some of several alternatives is met: of each its cheapest."""
        if not alternatives or not all(alternatives):
            return []
        cheapest = [min(demands, key=self._cost) for demands in alternatives]
        return [frozenset().union(*cheapest)]


def _commonness(literal: str) -> float:
    """Guess how common a literal is from its form: short words are common, each further word makes a phrase rarer.

    It only has to tell a name from a subject word; a wrong guess costs time, never a match.
    """
    words = literal.split()
    letters = sum(map(len, words))
    return (2.0 if literal[-1] != " " else 1.0) * 0.1 ** (len(words) - 1) / (letters * letters)
