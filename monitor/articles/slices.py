"""A large document cut into slices of which each can be planned and stored by itself.

Owns what must be planned together: entries that share a key. PURE. `intake` decides on slices what it would decide on
the whole, since what it decides on an entry follows from that one and from those with which it has a key in common.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace

from monitor.articles.readings import Reading
from monitor.model import ArticleKey, KeyKind


def slices_of(readings: Sequence[Reading], at_most: int) -> list[tuple[Reading, ...]]:
    """Cut a document.

    Where more entries hang together than a slice holds, they are cut too. An id or address that stands in two slices
    then names nothing, and an entry that has another key is without it; a text that stands in two is known to the later
    one by the first.

    Args:
        readings: In document order.
        at_most: Entries of a slice.

    Returns:
        All entries, each slice in document order; one that belongs to an earlier one comes in the slice of that.
    """
    slices: list[list[Reading]] = [[]]
    for group in _groups(readings):
        if slices[-1] and len(slices[-1]) + len(group) > at_most:
            slices.append([])
        for start in range(0, len(group), at_most):
            if start:
                slices.append([])
            slices[-1] += group[start : start + at_most]
    useless = _names_in_several(slices)
    return [
        tuple(_without(reading, useless) for reading in sorted(each, key=lambda reading: reading.position))
        for each in slices
        if each
    ]


def _groups(readings: Sequence[Reading]) -> Iterator[list[Reading]]:
    """Give the entries that hang together by keys, in the order of the first of each group."""
    leader = list(range(len(readings)))
    with_key: dict[ArticleKey, int] = {}
    for place, reading in enumerate(readings):
        for key in reading.keys:
            one, other = sorted((_first(leader, with_key.setdefault(key, place)), _first(leader, place)))
            leader[other] = one
    groups: dict[int, list[Reading]] = {}
    for place, reading in enumerate(readings):
        groups.setdefault(_first(leader, place), []).append(reading)
    yield from groups.values()


def _first(leader: list[int], place: int) -> int:
    """Find the first entry of a group, and shorten the way there for the next time."""
    while leader[place] != place:
        leader[place] = place = leader[leader[place]]
    return place


def _names_in_several(slices: Sequence[Sequence[Reading]]) -> frozenset[ArticleKey]:
    found: dict[ArticleKey, set[int]] = defaultdict(set)
    for number, each in enumerate(slices):
        for reading in each:
            for key in reading.keys:
                if key.kind is not KeyKind.TEXT:
                    found[key].add(number)
    return frozenset(key for key, numbers in found.items() if len(numbers) > 1)


def _without(reading: Reading, useless: frozenset[ArticleKey]) -> Reading:
    if useless.isdisjoint(reading.keys):
        return reading
    return replace(reading, keys=tuple(key for key in reading.keys if key not in useless) or reading.keys[-1:])
