"""Do two articles tell of one event: what joins them, what parts them, in numbers and in words.

Owns the judgement of a pair. Telling an editor of one event twice is mild; hiding an event behind another is not: so
what parts two reports outweighs what joins them, and in doubt they stay apart.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass
from datetime import timedelta
from math import fsum, log2

from monitor.articles.concepts import REGION_OF
from monitor.articles.rarity import Weights
from monitor.articles.signature import (
    CAPITALS,
    CONCEPT_WEIGHT,
    SOUND,
    STANDS_FOR,
    TAIL_WEIGHT,
    Affair,
    Signature,
)
from monitor.articles.stems import stem_of

# Every number here was tuned on `tests/data/stories/tune.txt` and `tune_world.txt` together, and on the sample day of
# `monitor demo`, of which no two events may become one.
JOINS_FROM = 0.2
"""Evidence from which two reports are of one event: the cosine of their weighted features (0 to 1), with what agrees
added and what parts them taken off."""
WORTH_A_REASON = JOINS_FROM / 2
"""Evidence from which it is said why two reports are not of one event."""
LENGTHS = 0.7
"""How much of the cosine's divisor is the shorter report's length: at 0.5 it is the cosine, at 1 a flash that stands in
a long report is wholly like it."""
LANGUAGES, SCRIPTS = 2.0, 0.85
"""Factors for reports in two languages of one script, which share names and cognates only, and in two scripts, which
are compared by nothing but what both can write: concepts, numbers and the consonants of names. On what was tuned on
anything from 0.7 to 1.0 does alike for two scripts."""
UNKNOWN_FROM = 0.4
"""The same where the grammar of either is not known; reports of what is not one reach 0.25 there in an empty window."""
APART_AFTER = timedelta(hours=72)
"""Reports further apart tell of two events, however alike."""
SHARED_AT_LEAST, WORDS_AT_LEAST = 4, 2
"""Features that two reports share at least, and how many plain words where no kind of event or number is among them."""
PINNED_BY = 3
"""What two languages share at least, small numbers aside; one of it a name, a place or a number."""
AFFAIR_HOURS = timedelta(hours=6)
"""Distance in time within which one deed of one actor is one event; a truce may end, hold and end again in a day."""
_SMALL_NUMBERS = frozenset(f"number:{n}" for n in range(6))
# What is taken off the evidence where two reports differ, and added where they agree.
_COSTS = {"place": 0.2, "day": 0.25, "party": 0.2}
_WITH_OTHERS_COST, _FOCUS_COST, _DEED_COST, _OTHER_DEED_COST = 0.3, 0.2, 0.15, 0.35
"""Of actors or parties that are not the same, another kind of event in the headline, a deed there that the other does
not tell of, and the same where the other's headline tells of another one, or is of another script and so is compared by
little else."""
_NARROWER_COST = 0.07
"""Of a place in one headline that the other report does not name: a truce in one district is not the truce."""
_BONUS = 0.05
"""For one place, one day, one number, each."""
_BONUS_KINDS = ("place", "day", "number")
_SOON, _TIME_COST = timedelta(hours=6), 0.1
"""For each doubling of the distance in time above this."""
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
    if genre := later.genre or earlier.genre:
        return Verdict(False, 0.0, f"one is no report but of the kind {genre}")
    is_bridge = bool(later.language and earlier.language and later.language != earlier.language)
    if not is_bridge and _is_told_apart(later, earlier):
        return Verdict(False, 0.0, "of the headline of either nothing stands in the other")
    score, common = _evidence(later, earlier, is_bridge=is_bridge, weights=weights)
    agreement = _agreement(common)
    if score + agreement < WORTH_A_REASON:  # as most are; what parts them would only take off more
        return Verdict(False, score + agreement, "too little in common")
    parted = _parted(later, earlier)
    if score >= FORM_FROM and not is_bridge and _fills_form(later, earlier):
        parted.append((_FORM_COST, "one form with other numbers"))
    score += agreement - sum(cost for cost, _ in parted)
    if is_bridge and not _pins_down(common, later.names | earlier.names):
        return Verdict(False, min(score, WORTH_A_REASON), "too little that both languages name")
    if not is_bridge and not _is_enough(common, min(len(later.features), len(earlier.features))):
        return Verdict(False, min(score, WORTH_A_REASON), "too few words in common")
    if score < (JOINS_FROM if later.is_known and earlier.is_known else UNKNOWN_FROM):
        because = "; ".join(why for _, why in parted) or "too little in common"
        return Verdict(False, score, because)
    telling = sorted((f for f in common if f[0] != SOUND), key=lambda f: (-weights[f], f))[:5]
    return Verdict(True, score, f"{min(score, 1.0):.0%} alike", tuple(telling))


def _is_told_apart(later: Signature, earlier: Signature) -> bool:
    """Say whether two reports have their headlines alone: what their texts share is a form, or was said of both.

    Of 203 pairs of reports of one event in one language, in what was tuned on, one is so; of all others a third.
    """
    both = ((later, earlier), (earlier, later))
    return all(one.headline and one.headline.isdisjoint(two.features) for one, two in both)


def _evidence(later: Signature, earlier: Signature, *, is_bridge: bool, weights: Weights) -> tuple[float, Set[str]]:
    """Return how like two reports are, and the features that say so."""
    common = later.features.keys() & earlier.features.keys()
    if later.script == earlier.script:
        if SOUND in "".join(common):  # in which no word and no concept has this sign
            common = {f for f in common if f[0] != SOUND}
        dot = _dot(later.features, earlier.features, common, weights)
        return _normed(dot, later.length, earlier.length) * (LANGUAGES if is_bridge else 1.0), common
    common = {f for f in common if _is_of_any_script(f)}
    if not common:
        return 0.0, common
    mine, other = ({f: w for f, w in s.features.items() if _is_of_any_script(f)} for s in (later, earlier))
    dot = _dot(mine, other, common, weights)
    return SCRIPTS * _normed(dot, weights.length(mine), weights.length(other)), common


def _is_of_any_script(feature: str) -> bool:
    return feature[0] == SOUND or ":" in feature


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


def _pins_down(common: Set[str], names: Set[str]) -> bool:
    """Say whether what two languages both say tells one event from others of its kind.

    Something must be a name, a place or a number: cognates and kinds of event are shared by all quakes.
    """
    told = common - _SMALL_NUMBERS - STANDS_FOR.keys()
    if len(told) < PINNED_BY:
        return False
    if any(f[0] == SOUND or f.partition(":")[0] in _PINS for f in told):
        return True
    return any(stem_of(name) in told for name in names)


_PINS = ("place", "number")
_SAY_WHICH = ("place", "day")
"""What tells one truce between two parties from another."""


def _is_enough(shared: Set[str], fewer: int) -> bool:
    """Say whether shared features are more than chance, and say what happened and not only where and to whom.

    Four features, all of a very short text, or what, where and how much; among them two words, a number, or a kind of
    event with its place or day.
    """
    words = sum(":" not in f for f in shared)
    kinds = {f.partition(":")[0] for f in shared - _SMALL_NUMBERS if ":" in f}
    if words < WORDS_AT_LEAST and "number" not in kinds and ("event" not in kinds or kinds.isdisjoint(_SAY_WHICH)):
        return False
    return len(shared) >= min(SHARED_AT_LEAST, fewer) or {"place", "number", "event"} <= kinds


def _agreement(common: Set[str]) -> float:
    """Return what it adds to the evidence that two reports give one place, one day, one number."""
    concepts = [f for f in common if ":" in f and f not in CAPITALS and f not in _SMALL_NUMBERS]
    kinds = {concept.partition(":")[0] for concept in concepts}
    return _BONUS * sum(kind in kinds for kind in _BONUS_KINDS)


def _dot(mine: Mapping[str, float], other: Mapping[str, float], common: Set[str], weights: Weights) -> float:
    return fsum([weights[f] * mine[f] * other[f] for f in common])


def _normed(dot: float, one: float, two: float) -> float:
    shorter, longer = (one, two) if one <= two else (two, one)
    return float(dot / (shorter ** (2 * LENGTHS) * longer ** (2 - 2 * LENGTHS)))


def _parted(left: Signature, right: Signature) -> list[tuple[float, str]]:
    """Return what says that two like reports tell of two events, with its cost."""
    found = []
    for kind, cost in _COSTS.items():
        mine, other = left.of_kind(kind) - CAPITALS, right.of_kind(kind) - CAPITALS
        if _is_led_by(left, mine) and _is_led_by(right, other) and not _meet(mine, other):
            found.append((cost, f"another {kind}: {_named(mine)} and {_named(other)}"))
    for one, two in ((left, right), (right, left)):
        only = {f for f in one.headline if f.startswith("place:")} - CAPITALS
        if only and not _meet(only, two.of_kind("place")):
            found.append((_NARROWER_COST, f"one is of {_named(frozenset(only))}, which the other does not name"))
            break
    mine, other = left.of_kind("party"), right.of_kind("party")
    if mine & other and mine - other and other - mine:
        found.append((_WITH_OTHERS_COST, f"with {_named(mine - other)} here, with {_named(other - mine)} there"))
    if left.affair and right.affair and not _same_actors(left.affair, right.affair):
        found.append((_WITH_OTHERS_COST, "another actor"))
    for one, two in ((left, right), (right, left)):
        told = two.of_kind("event")
        if one.focus in _CHANGES_STORY and told and not _families(told) & _families(frozenset({one.focus})):
            about = _named(frozenset({one.focus}))
            found.append((_FOCUS_COST, f"one is about {about}, the other about {_named(told)}"))
            break
    for one, two in ((left, right), (right, left)):
        if one.deed and one.deed not in two.of_kind("act"):
            cost = _OTHER_DEED_COST if two.deed or left.script != right.script else _DEED_COST
            found.append((cost, f"one says {_named(frozenset({one.deed}))}, the other does not"))
            break
    apart = abs(left.at - right.at)
    if apart > _SOON:
        found.append((_TIME_COST * log2(apart / _SOON), f"{apart.total_seconds() / 3600:.0f} hours apart"))
    return found


def _meet(places: Set[str], others: Set[str]) -> bool:
    """Say whether one is of the others, or the province of one: Quetta is in Balochistan, and not in Sibi."""
    if places & others:
        return True
    return any(REGION_OF.get(f) in others for f in places) or any(REGION_OF.get(f) in places for f in others)


def _is_led_by(item: Signature, concepts: Set[str]) -> bool:
    """Say whether headline or lead tell of one of some concepts; what only comes later is of the background."""
    return any(item.features[concept] > _OF_TAIL for concept in concepts)


_OF_TAIL = TAIL_WEIGHT * CONCEPT_WEIGHT


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
