"""What each node of a resolved query means: the hits that make it true, or None.

A *plan* is a query whose references are resolved (`resolve` makes it). Each plan node answers `find(reading, scope)`
with None when it does not hold, else with the hits that show why. Nothing here does I/O; what depends on distance is in
`proximity`, what is an actor in `actors`.

The meaning, where it could be doubted
    - The hits of AND are those of all its parts, of OR those of every part that holds, of NOT none: the absence of a
      word cannot be shown. A query may hold without a hit (`lang:ur AND NOT truce`).
    - A field narrows: `title:(a AND NOT b)` asks both of the title. Without a field, title and body count.
    - `/…/` runs over the text as published, case and all, with boilerplate and addresses blanked. Its hits count as the
      words they touch, or the word after where they touch none.
    - `tag:` compares folded text; `lang:ur` holds for `ur` and `ur-PK`; `feed:` compares ids as they are.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import regex

from monitor.rules.language.tree import FieldName, Filter, FilterKind, Node
from monitor.rules.matching.reading import TEXT, Reading, intersect, is_inside
from monitor.text.document import Range
from monitor.text.fold import fold
from monitor.text.words import Words

Scope = tuple[Range, ...]
MAX_PATTERN_HITS = 1000
"""Hits of one regular expression in one text that are kept."""


class TooSlowError(Exception):
    """A regular expression reached its time limit, or an inner NEAR its number of pairs. Caught by the matcher."""


@dataclass(frozen=True, slots=True, eq=False)
class Leaf:
    """A term or alias, ready to be looked for."""

    term: str
    """As the rule file writes it."""
    literals: tuple[int, ...]
    """Its readings; any of them shows it."""
    exact: str | None = None
    """Its words with their case and without spaces, where case counts."""
    prefix: bool = False
    actor: str | None = None


class Hit(NamedTuple):
    """A leaf at a place."""

    first: int
    last: int
    leaf: Leaf
    start: int = -1
    """Start and end in the text itself where the hit is narrower or wider than its words; -1: it is its words."""
    end: int = -1


Hits = Sequence[Hit]


class Plan(Protocol):
    """A node of a resolved query."""

    @property
    def node(self) -> Node:
        """Return the node of the tree it came from."""

    def find(self, reading: Reading, scope: Scope) -> Hits | None:
        """Return the hits that make it true in a scope, or None when it is false."""


def leaf_hits(leaf: Leaf, reading: Reading) -> list[Hit]:
    """Return all hits of a leaf in every field, in order; of two from one word the shorter."""
    known = reading.cache.get(leaf)
    if known is None:
        known = reading.cache[leaf] = _look_for(leaf, reading)
    assert isinstance(known, list)
    return known


def _look_for(leaf: Leaf, reading: Reading) -> list[Hit]:
    if len(leaf.literals) == 1 and leaf.exact is None:
        return [Hit(first, last, leaf) for first, last in reading.places(leaf.literals[0])]
    places: dict[int, int] = {}
    for literal in leaf.literals:
        if literal in reading.present:
            for first, last in reading.places(literal):
                if leaf.exact is None or _is_exact(leaf, reading.case_kept(first, last)):
                    places[first] = min(last, places.get(first, last))
    return [Hit(first, last, leaf) for first, last in sorted(places.items())]


def _is_exact(leaf: Leaf, written: str) -> bool:
    assert leaf.exact is not None
    return written.startswith(leaf.exact) if leaf.prefix else written == leaf.exact


def narrow(hits: Sequence[Hit], scope: Scope) -> list[Hit]:
    """Keep the hits inside a scope. They must rise by first position, so that a sentence of many costs only its own."""
    if len(scope) == 1:
        low, high = scope[0]
        start = bisect_left(hits, low, key=first_of)
        return [hit for hit in hits[start : bisect_left(hits, high, start, key=first_of)] if hit.last < high]
    return [hit for hit in hits if is_inside((hit.first, hit.last), scope)]


def first_of(hit: Hit) -> int:
    """Return the first position of a hit, the order in which hits are kept."""
    return hit.first


@dataclass(frozen=True, slots=True, eq=False)
class AnyTerm:
    """A term, a lexicon, or an OR of terms: true where one of the leaves stands."""

    node: Node
    by_literal: Mapping[int, tuple[Leaf, ...]]
    """The leaves that each literal may show."""
    literals: frozenset[int]

    @property
    def leaves(self) -> tuple[Leaf, ...]:
        """Return all leaves, each once."""
        return tuple(dict.fromkeys(leaf for leaves in self.by_literal.values() for leaf in leaves))

    def find(self, reading: Reading, scope: Scope) -> Hits | None:
        present = self.literals & reading.present
        if not present:
            return None
        found: list[Hit] = []
        for leaf in dict.fromkeys(leaf for literal in present for leaf in self.by_literal[literal]):
            hits = leaf_hits(leaf, reading)
            found += hits if scope is TEXT and not reading.with_margins else narrow(hits, scope)
        return found or None


@dataclass(frozen=True, slots=True, eq=False)
class Pattern:
    """A regular expression, searched in the text as published."""

    node: Node
    leaf: Leaf
    compiled: regex.Pattern[str]
    limit_seconds: float

    def find(self, reading: Reading, scope: Scope) -> Hits | None:
        known = reading.cache.get(self)
        if known is None:
            known = reading.cache[self] = [
                hit for words, base in reading.texts() for hit in self._search(reading, words, base)
            ]
        assert isinstance(known, list)
        return narrow(known, scope) or None

    def _search(self, reading: Reading, words: Words, base: int) -> Iterable[Hit]:
        border = len(reading.document.title) if base == 0 else -1
        try:
            found = self.compiled.finditer(words.published, timeout=self.limit_seconds, concurrent=False)
            for number, match in enumerate(found):
                if number >= MAX_PATTERN_HITS:
                    return
                start, end = match.span()
                if start == end or start < border < end:
                    continue
                first = min(words.at_or_after(start), len(words) - 1)
                if first < 0:
                    return
                last = first
                while last + 1 < len(words) and words.span(last + 1, last + 1)[0] < end:
                    last += 1
                yield Hit(base + first, base + last, self.leaf, start, end)
        except TimeoutError as error:
            raise TooSlowError(f"/{self.leaf.term}/ took over {self.limit_seconds * 1000:.0f} ms") from error


def forget_patterns(reading: Reading) -> None:
    """Forget what regular expressions found, so that the time they take can be measured again."""
    for key in [key for key in reading.cache if isinstance(key, Pattern)]:
        del reading.cache[key]


@dataclass(frozen=True, slots=True, eq=False)
class All:
    """AND."""

    node: Node
    children: tuple[Plan, ...]

    def find(self, reading: Reading, scope: Scope) -> Hits | None:
        found: list[Hit] = []
        for child in self.children:
            hits = child.find(reading, scope)
            if hits is None:
                return None
            found += hits
        return found


@dataclass(frozen=True, slots=True, eq=False)
class Any:
    """OR."""

    node: Node
    children: tuple[Plan, ...]

    def find(self, reading: Reading, scope: Scope) -> Hits | None:
        found: list[Hit] | None = None
        for child in self.children:
            hits = child.find(reading, scope)
            if hits is not None:
                found = [*found, *hits] if found else list(hits)
        return found


@dataclass(frozen=True, slots=True, eq=False)
class Without:
    """NOT."""

    node: Node
    child: Plan

    def find(self, reading: Reading, scope: Scope) -> Hits | None:
        return () if self.child.find(reading, scope) is None else None


@dataclass(frozen=True, slots=True, eq=False)
class Inside:
    """A field before something."""

    node: Node
    name: FieldName
    child: Plan

    def find(self, reading: Reading, scope: Scope) -> Hits | None:
        return self.child.find(reading, intersect_field(self.name, reading, scope))


def intersect_field(name: FieldName, reading: Reading, scope: Scope) -> Scope:
    """Return the part of a scope that is a field; authors and address are reached from no scope but the whole."""
    if scope is TEXT and name in (FieldName.AUTHOR, FieldName.URL):
        return reading.region(name)
    return intersect(scope, reading.region(name))


@dataclass(frozen=True, slots=True, eq=False)
class Property:
    """A filter."""

    node: Filter

    def find(self, reading: Reading, scope: Scope) -> Hits | None:
        document = reading.document
        value = self.node.value
        match self.node.kind:
            case FilterKind.FEED:
                return () if document.feed_id == value else None
            case FilterKind.TAG:
                return () if fold(value).text in {fold(tag).text for tag in document.tags} else None
            case FilterKind.LANG:
                language = (document.language or "").casefold().replace("_", "-")
                wanted = value.casefold().replace("_", "-")
                return () if language == wanted or language.startswith(f"{wanted}-") else None


@dataclass(frozen=True, slots=True, eq=False)
class Weighed:
    """One piece of a rule's evidence."""

    source: str
    weight: int
    plan: Plan


@dataclass(frozen=True, slots=True, eq=False)
class Judgement:
    """A whole rule: its query, and its evidence where it weighs any. Also what `rule:` refers to."""

    node: Node
    query: Plan | None
    evidence: tuple[Weighed, ...] = ()
    min_score: int | None = None

    def find(self, reading: Reading, scope: Scope) -> Hits | None:
        found: list[Hit] = []
        if self.query is not None:
            hits = self.query.find(reading, scope)
            if hits is None:
                return None
            found += hits
        if self.min_score is None:
            return found
        score, shown = self.weigh(reading, scope)
        return [*found, *shown] if score >= self.min_score else None

    def weigh(self, reading: Reading, scope: Scope) -> tuple[int, list[Hit]]:
        """Return the sum of the weights of the evidence that holds, and its hits."""
        score = 0
        found: list[Hit] = []
        for piece in self.evidence:
            hits = piece.plan.find(reading, scope)
            if hits is not None:
                score += piece.weight
                found += hits
        return score, found
