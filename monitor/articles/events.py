"""Do two articles tell of one event: what joins them, what parts them, in numbers and in words.

Owns the judgement of a pair. Telling an editor of one event twice is mild; hiding an event behind another is not: so
what parts two reports outweighs what joins them, and in doubt they stay apart.
"""

from __future__ import annotations

from collections.abc import Collection, Set
from dataclasses import dataclass
from datetime import timedelta
from math import fsum

from monitor.articles.rarity import Weights
from monitor.articles.signature import CAPITALS, STANDS_FOR, Affair, Signature

JOINS_FROM = 0.24
"""Evidence from which two reports are of one event: the cosine of their weighted features (0 to 1), with what agrees
added and what parts them taken off. Tuned on `tests/data/stories/tune.txt`; 0.22 to 0.26 do about as well."""
BRIDGES_FROM = 0.36
"""The same between two languages, which only concepts and numbers can join."""
APART_AFTER = timedelta(hours=72)
"""Reports further apart tell of two events, however alike."""
BRIDGES_AT_LEAST = 4
"""Concepts that reports in two languages share at least."""
SHARED_AT_LEAST = 4
WORDS_AT_LEAST = 3
"""Features that two reports share at least, and how many plain words where no event, deed or number is among them."""
AFFAIR_HOURS = timedelta(hours=6)
"""Distance in time within which one deed of one actor is one event; a truce may end, hold and end again in a day."""
_SMALL_NUMBERS = frozenset(f"number:{n}" for n in range(6))
# What is taken off the evidence where two reports differ, and added where they agree; all tuned as `JOINS_FROM` was.
_COSTS = {"place": 0.15, "day": 0.45, "party": 0.2}
_OTHER_PARTY_COST = 0.2
_BONUSES = {"place": 0.04, "day": 0.03, "number": 0.05}
_FOCUS_COST = 0.3
_DEED_COST = 0.08
_OTHER_DEED_COST = 0.25
_CHANGES_STORY = frozenset(
    f"event:{name}"
    for name in (
        "truce",
        "attack",
        "raid",
        "blast",
        "strike",
        "shelling",
        "quake",
        "flood",
        "fire",
        "crash",
        "match",
        "rate",
    )
)
"""Kinds of event that make another story of a report that does not tell of them; talks and protests go with many."""
_FAMILIES = (frozenset({"attack", "raid", "blast", "strike", "shelling"}),)
FORM_FROM = 0.4
FORM_HOURS = timedelta(hours=12)
"""Word likeness and distance in time from which reports with other numbers fill one form."""
_FORM_COST = 0.6


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether two articles tell of one event."""

    joins: bool
    score: float
    """Evidence for one event, 1 at most, for choosing among several; what parts two reports is taken off."""
    because: str
    shared: tuple[str, ...] = ()
    """The features that tell most of what both have, the rarest first."""


def judge_pair(later: Signature, earlier: Signature, weights: Weights) -> Verdict:
    """Say whether two articles tell of one event; the same whichever of them came first.

    Args:
        later: The article to place; its length is set.
        earlier: A placed one.
        weights: How much a feature tells.
    """
    if abs(later.at - earlier.at) > APART_AFTER:
        return Verdict(False, 0.0, "days apart")
    is_bridge = bool(later.language and earlier.language and later.language != earlier.language)
    common = later.features.keys() & earlier.features.keys()
    score = _bridge(later, earlier, weights) if is_bridge else _cosine(later, earlier, common, weights)
    parted = _parted(later, earlier)
    if score >= FORM_FROM and _fills_form(later, earlier):
        parted.append((_FORM_COST, "one form with other numbers"))
    score += _agreement(common) - sum(cost for cost, _ in parted)
    if is_bridge and (parted or not _pins_down([f for f in common if ":" in f and f not in STANDS_FOR])):
        because = "; ".join(why for _, why in parted) or "too little that both languages name"
        return Verdict(False, min(score, JOINS_FROM / 2), because)
    if not _is_enough(common, min(len(later.features), len(earlier.features))):
        return Verdict(False, min(score, JOINS_FROM / 2), "too few words in common")
    if score < (BRIDGES_FROM if is_bridge else JOINS_FROM):
        because = "; ".join(why for _, why in parted) or "too little in common"
        return Verdict(False, score, because)
    telling = sorted(common, key=lambda f: (-weights[f], f))[:5]
    return Verdict(True, score, f"{min(score, 1.0):.0%} alike", tuple(telling))


def could_join(later: Signature, earlier: Signature, weights: Weights) -> bool:
    """Say whether `judge_pair` could find one event, at a third of its cost: by likeness, were all else to agree."""
    if later.language and earlier.language and later.language != earlier.language:
        return True
    common = later.features.keys() & earlier.features.keys()
    return _cosine(later, earlier, common, weights) + sum(_BONUSES.values()) >= JOINS_FROM


def judge_affair(later: Signature, earlier: Signature) -> Verdict:
    """Say whether two articles tell of one deed of the rule book's actors, without a place or a word in common.

    What the actors did must be the same within `AFFAIR_HOURS`. A place or another figure in one headline makes it a
    deed of its own ("local truce in Bajaur"), and so do other places or days in the texts.
    """
    mine, other = later.affair, earlier.affair
    if mine is None or other is None or abs(later.at - earlier.at) > AFFAIR_HOURS:
        return Verdict(False, 0.0, "no deed of one actor")
    if (mine.event, mine.deed) != (other.event, other.deed) or not _same_actors(mine, other):
        return Verdict(False, 0.0, "another deed or another actor")
    if _of(mine, "place") != _of(other, "place"):
        return Verdict(False, 0.0, "one headline names a place that the other does not")
    numbers, others = _of(mine, "number"), _of(other, "number")
    if numbers and others and not numbers & others:
        return Verdict(False, 0.0, f"{_named(numbers)} here, {_named(others)} there")
    days = later.of_kind("day"), earlier.of_kind("day")
    for kind, (here, there) in (("place", (mine.places, other.places)), ("day", days)):
        if here and there and not here & there:
            return Verdict(False, 0.0, f"another {kind}: {_named(here)} and {_named(there)}")
    shared = (*(f"actor:{actor}" for actor in sorted(mine.actors & other.actors)), mine.event, mine.deed)
    hours = f"within {AFFAIR_HOURS.total_seconds() / 3600:.0f} hours"
    return Verdict(True, JOINS_FROM, f"one deed of one actor {hours}", shared)


def _same_actors(mine: Affair, other: Affair) -> bool:
    """Say whether one of two headlines names nobody that the other does not."""
    return mine.actors <= other.actors or other.actors <= mine.actors


def _of(affair: Affair, kind: str) -> frozenset[str]:
    return frozenset(said for said in affair.said if said.startswith(f"{kind}:"))


def _pins_down(concepts: Collection[str]) -> bool:
    """Say whether shared concepts tell one event from others of its kind: a place, or a number with a day or deed."""
    if len(concepts) < BRIDGES_AT_LEAST:
        return False
    kinds = {concept.partition(":")[0] for concept in concepts if concept not in _SMALL_NUMBERS}
    if "place" in kinds or ("number" in kinds and not kinds.isdisjoint({"day", "act"})):
        return True
    return "day" in kinds and len(concepts) > BRIDGES_AT_LEAST


def _is_enough(shared: Collection[str], fewer: int) -> bool:
    """Say whether shared features are more than chance, and say what happened and not only where and to whom.

    Four features, all of a very short text, or what, where and how much; among them a kind of event, a deed, a number,
    or three words.
    """
    words = sum(":" not in f for f in shared)
    kinds = {f.partition(":")[0] for f in shared if ":" in f and f not in _SMALL_NUMBERS}
    if words < WORDS_AT_LEAST and kinds.isdisjoint({"event", "act", "number"}):
        return False
    return len(shared) >= min(SHARED_AT_LEAST, fewer) or {"place", "number", "event"} <= kinds


def _agreement(common: Set[str]) -> float:
    """Return what it adds to the evidence that two reports give one place, one day, one number."""
    kinds = {feature.partition(":")[0] for feature in common - CAPITALS - _SMALL_NUMBERS}
    return sum(bonus for kind, bonus in _BONUSES.items() if kind in kinds)


def _cosine(left: Signature, right: Signature, common: Set[str], weights: Weights) -> float:
    mine, other = left.features, right.features
    dot = fsum([weights[f] * mine[f] * other[f] for f in common])
    return dot / (left.length * right.length)


def _bridge(left: Signature, right: Signature, weights: Weights) -> float:
    """Compare two languages by what both can name."""
    mine, other = ({f: s.features[f] for kind in s.concepts.values() for f in kind} for s in (left, right))
    dot = fsum([weights[f] * mine[f] * other[f] for f in mine.keys() & other.keys()])
    return dot / (weights.length(mine) * weights.length(other)) if dot else 0.0


def _parted(left: Signature, right: Signature) -> list[tuple[float, str]]:
    """Return what says that two like reports tell of two events, with its cost."""
    found = []
    for kind, cost in _COSTS.items():
        mine, other = left.of_kind(kind) - CAPITALS, right.of_kind(kind) - CAPITALS
        if mine and other and not mine & other:
            found.append((cost, f"another {kind}: {_named(mine)} and {_named(other)}"))
    mine, other = left.of_kind("party"), right.of_kind("party")
    if mine & other and mine - other and other - mine:
        found.append((_OTHER_PARTY_COST, f"with {_named(mine - other)} here, with {_named(other - mine)} there"))
    for one, two in ((left, right), (right, left)):
        told = two.of_kind("event")
        if one.focus in _CHANGES_STORY and told and not _families(told) & _families(frozenset({one.focus})):
            found.append(
                (_FOCUS_COST, f"one is about {_named(frozenset({one.focus}))}, the other about {_named(told)}")
            )
            break
    for one, two in ((left, right), (right, left)):
        if one.deed and one.deed not in two.of_kind("act"):
            done = _named(frozenset({one.deed}))
            found.append((_OTHER_DEED_COST if two.deed else _DEED_COST, f"one says {done}, the other does not"))
            break
    return found


def _fills_form(left: Signature, right: Signature) -> bool:
    """Say whether two like reports of different days have next to no number in common: prices, forecasts, tremors."""
    fewer = min(len(left.numbers), len(right.numbers))
    is_apart = abs(left.at - right.at) >= FORM_HOURS
    return fewer > 0 and is_apart and len(left.numbers & right.numbers) * 3 <= fewer


def _families(events: frozenset[str]) -> set[object]:
    names = {event.partition(":")[2] for event in events}
    return {next((family for family in _FAMILIES if name in family), name) for name in names}


def _named(concepts: frozenset[str]) -> str:
    return ", ".join(sorted(c.partition(":")[2] for c in concepts))
