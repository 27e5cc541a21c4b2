"""Nodes that count words: NEAR, BEFORE, SAME_SENTENCE, SAME_PARAGRAPH, ATLEAST.

- NEAR/n: the second begins at most n words after the first ends, so neighbours are 1 apart; both stand in one
  paragraph and do not overlap. Hits are those that have such a partner.
- SAME_SENTENCE(a, b): there is a sentence in which each part holds by itself; hits from all such sentences. It
  reads title (one sentence or more) and body, not authors or addresses.
- ATLEAST/n: overlapping hits are one place.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from monitor.rules.language.tree import Node, Unit
from monitor.rules.matching.evaluate import Any, Hit, Hits, Inside, Plan, Scope, TooSlowError, intersect_field
from monitor.rules.matching.reading import Place, Reading, intersect
from monitor.text.document import Range

MAX_PAIRS = 20_000
"""Pairs of an inner NEAR that are kept; past that a text is no article."""


class Stand(NamedTuple):
    """A place with the hits that make it up."""

    first: int
    last: int
    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Close:
    """NEAR and BEFORE."""

    node: Node
    left: Plan
    right: Plan
    distance: int
    ordered: bool

    def find(self, reading: Reading, scope: Scope) -> Hits | None:
        left = stands(self.left, reading, scope)
        right = stands(self.right, reading, scope) if left else []
        if not right:
            return None
        chosen: dict[Hit, None] = {}
        for first, second in self._directions(left, right):
            touched = [0] * (len(second) + 1)
            for stand in first:
                low, high = self._window(reading, stand, second)
                if low < high:
                    touched[low] += 1
                    touched[high] -= 1
                    chosen.update(dict.fromkeys(stand.hits))
            depth = 0
            for stand, change in zip(second, touched, strict=False):
                depth += change
                if depth:
                    chosen.update(dict.fromkeys(stand.hits))
        return list(chosen) or None

    def stands(self, reading: Reading, scope: Scope) -> list[Stand]:
        """Return every pair as one place, for a NEAR round this one."""
        left = stands(self.left, reading, scope)
        right = stands(self.right, reading, scope) if left else []
        pairs: dict[Place, dict[Hit, None]] = {}
        count = 0
        for first, second in self._directions(left, right):
            for stand in first:
                low, high = self._window(reading, stand, second)
                count += high - low
                if count > MAX_PAIRS:
                    raise TooSlowError(f"a NEAR inside another found over {MAX_PAIRS} pairs")
                for partner in second[low:high]:
                    hits = pairs.setdefault((stand.first, partner.last), {})
                    hits.update(dict.fromkeys((*stand.hits, *partner.hits)))
        return [Stand(first, last, tuple(hits)) for (first, last), hits in sorted(pairs.items())]

    def _directions(self, left: list[Stand], right: list[Stand]) -> Iterable[tuple[list[Stand], list[Stand]]]:
        yield left, right
        if not self.ordered:
            yield right, left

    def _window(self, reading: Reading, stand: Stand, second: list[Stand]) -> tuple[int, int]:
        """Return which of the second begin after a stand, near enough and in its paragraph."""
        low = bisect_right(second, stand.last, key=_first)
        if low == len(second) or second[low].first > stand.last + self.distance:
            return low, low
        limit = min(stand.last + self.distance + 1, reading.paragraph_end(stand.last))
        return low, max(low, bisect_left(second, limit, key=_first))


def _first(stand: Stand) -> int:
    return stand.first


def stands(plan: Plan, reading: Reading, scope: Scope) -> list[Stand]:
    """Return where a plan that stands at places does, by rising first position."""
    if isinstance(plan, Close):
        return plan.stands(reading, scope)
    if isinstance(plan, Any):
        found = [stand for child in plan.children for stand in stands(child, reading, scope)]
        return sorted(found, key=_first)
    if isinstance(plan, Inside):
        return stands(plan.child, reading, intersect_field(plan.name, reading, scope))
    hits = plan.find(reading, scope)
    return sorted((Stand(hit.first, hit.last, (hit,)) for hit in hits or ()), key=_first)


@dataclass(frozen=True, slots=True, eq=False)
class Together:
    """SAME_SENTENCE and SAME_PARAGRAPH."""

    node: Node
    unit: Unit
    children: tuple[Plan, ...]
    driver: Plan | None
    """A part that can only hold where a hit stands; it says which units are worth a look."""

    def find(self, reading: Reading, scope: Scope) -> Hits | None:
        units: Iterable[Range] = (
            reading.document.sentences if self.unit is Unit.SENTENCE else reading.document.paragraphs
        )
        if self.driver is not None:
            hits = self.driver.find(reading, scope)
            if hits is None:
                return None
            units = _units_with(units, hits)
        found: dict[Hit, None] = {}
        holds = False
        for unit in units:
            inner = intersect(scope, (unit,))
            parts = [child.find(reading, inner) for child in self.children] if inner else [None]
            if all(part is not None for part in parts):
                holds = True
                found.update(dict.fromkeys(hit for part in parts for hit in part or ()))
        return list(found) if holds else None


def _units_with(units: Iterable[Range], hits: Hits) -> list[Range]:
    firsts = sorted(hit.first for hit in hits)
    chosen = []
    for unit in units:
        at = bisect_left(firsts, unit[0])
        if at < len(firsts) and firsts[at] < unit[1]:
            chosen.append(unit)
    return chosen


@dataclass(frozen=True, slots=True, eq=False)
class Often:
    """ATLEAST."""

    node: Node
    count: int
    child: Plan

    def find(self, reading: Reading, scope: Scope) -> Hits | None:
        found = stands(self.child, reading, scope)
        return [hit for stand in found for hit in stand.hits] if count_places(found) >= self.count else None


def count_places(found: Sequence[Stand]) -> int:
    """Count places, those that overlap as one."""
    count = 0
    end = -1
    for stand in found:
        if stand.first > end:
            count += 1
        end = max(end, stand.last)
    return count
