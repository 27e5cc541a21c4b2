"""Who is meant: which places of an actor's aliases are the actor.

Owns the decision about each place an alias stands at, with its reason. The reasons are sentences for operators.

The policy, in the order it is asked
    1. An alias counts on the days it is valid (both included); a document without a day takes every alias.
    2. The longest text that covers a place decides whose it is. If that is a lookalike of the actor, the place is not
       the actor, also when both are equally long. If it is a longer alias of the actor that holds, the place is part of
       it and not shown twice.
    3. A *bare* alias inside a longer alias of another actor that shares the bare name is that actor's.
    4. An alias with `needs` counts only with one of these terms: within so many words in the same field, or anywhere
       in title and body. Needed terms are read like any text: not in boilerplate, not in addresses, and not in the
       words of the alias itself; inside a lookalike they do count, because they still say what the text is about.
    5. A bare alias that several actors claim belongs to the one whose needed term stands nearest; at equal distance it
       is ambiguous, counts for each of them (a lost alert is the worse error), and says so. An actor whose bare alias
       needs nothing has it only where no other actor claims it.

A parent with `include_members` holds where a member holds; the member keeps its own lookalikes and needs.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from monitor.rules.book import Alias
from monitor.rules.language.tree import Node
from monitor.rules.matching.evaluate import Hit, Hits, Leaf, Scope, first_of, leaf_hits, narrow
from monitor.rules.matching.ordered import Growing, Ordered
from monitor.rules.matching.reading import AUTHOR_BASE, Reading
from monitor.text.document import Range

_ELSEWHERE = 1 << 30
"""The distance to a needed term in another field, in words."""


@dataclass(frozen=True, slots=True, eq=False)
class AliasPlan:
    """An alias with the terms it needs."""

    alias: Alias
    leaf: Leaf
    needs: tuple[Leaf, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Rival:
    """Another actor that has the same bare alias.

    It holds what is asked of that actor, not the actor, which has rivals in turn: a dropped book is freed at once.
    """

    id: str
    aliases: tuple[AliasPlan, ...]
    shared: AliasPlan
    """Its alias of the same text."""


@dataclass(slots=True, eq=False)
class ActorPlan:
    """An actor, ready to be looked for. `rivals` and `members` are filled once all actors are known."""

    id: str
    aliases: tuple[AliasPlan, ...]
    lookalikes: tuple[Leaf, ...]
    members: tuple[ActorPlan, ...] = ()
    rivals: dict[AliasPlan, tuple[Rival, ...]] = field(default_factory=dict)
    """For a bare alias, the other actors that share it."""


@dataclass(frozen=True, slots=True)
class Naming:
    """One place where an alias stands, judged: does it name the actor?"""

    hit: Hit
    actor_id: str
    holds: bool
    because: str


@dataclass(frozen=True, slots=True, eq=False)
class Named:
    """`actor:x` in a plan."""

    node: Node
    actor: ActorPlan
    literals: frozenset[int]

    def find(self, reading: Reading, scope: Scope) -> Hits | None:
        if self.literals.isdisjoint(reading.present):
            return None
        hits = reading.cache.get(self)
        if hits is None:
            held = (naming.hit for naming in namings_with_members(self.actor, reading) if naming.holds)
            hits = reading.cache[self] = sorted(held, key=first_of)
        assert isinstance(hits, list)
        return narrow(hits, scope) or None


def literals_of(actor: ActorPlan) -> frozenset[int]:
    """Return the literals of all aliases, those of members too."""
    return frozenset(literal for each in with_members(actor) for plan in each.aliases for literal in plan.leaf.literals)


def with_members(actor: ActorPlan) -> list[ActorPlan]:
    """Return an actor and its members, members of members too, each once."""
    seen: dict[str, ActorPlan] = {}
    waiting = [actor]
    while waiting:
        each = waiting.pop()
        if each.id not in seen:
            seen[each.id] = each
            waiting.extend(reversed(each.members))
    return list(seen.values())


def namings_with_members(actor: ActorPlan, reading: Reading) -> list[Naming]:
    """Judge every place where an alias of an actor or of its members stands."""
    return [naming for each in with_members(actor) for naming in namings(each, reading)]


def namings(actor: ActorPlan, reading: Reading) -> list[Naming]:
    """Judge every place where an alias of an actor stands, in every field."""
    known = reading.cache.get(actor)
    if known is None:
        known = reading.cache[actor] = _judge_all(actor, reading)
    assert isinstance(known, list)
    return known


def _judge_all(actor: ActorPlan, reading: Reading) -> list[Naming]:
    standing = [(plan, hit) for plan in actor.aliases for hit in leaf_hits(plan.leaf, reading)]
    if not standing:
        return []
    lookalikes = Ordered(hit for leaf in actor.lookalikes for hit in leaf_hits(leaf, reading))
    held = Growing()
    # longer places first, so that a longer alias has been judged before a shorter one inside it
    standing.sort(key=lambda pair: (pair[1].first - pair[1].last, pair[1].first))
    judged: list[Naming] = []
    for plan, hit in standing:
        denied = _why_not(plan.alias, hit, lookalikes=lookalikes, held=held, day=reading.document.date)
        if denied:
            judged.append(Naming(hit, actor.id, False, denied))
            continue
        holds, because = (_resolve_bare if plan.alias.bare else _with_needs)(actor, plan, hit, reading)
        judged.append(Naming(hit, actor.id, holds, because))
        if holds:
            held.add(hit)
    return sorted(judged, key=lambda naming: naming.hit.first)


def _why_not(alias: Alias, hit: Hit, *, lookalikes: Ordered, held: Growing, day: date | None) -> str:
    """Return why a place is out before any context is asked, or ""."""
    if day is not None and alias.valid_from is not None and day < alias.valid_from:
        return f"the alias is valid only from {alias.valid_from}"
    if day is not None and alias.valid_until is not None and day > alias.valid_until:
        return f"the alias is valid only until {alias.valid_until}"
    covering = _longest(lookalikes.covering(hit))
    longer = _longest(other for other in held.covering(hit) if _length(other) > _length(hit))
    if covering is not None and (longer is None or _length(covering) >= _length(longer)):
        return f"inside the lookalike '{covering.leaf.term}'"
    if longer is not None:
        return f"part of the longer alias '{longer.leaf.term}'"
    return ""


def _with_needs(_actor: ActorPlan, plan: AliasPlan, hit: Hit, reading: Reading) -> tuple[bool, str]:
    if not plan.needs:
        return True, "the alias stands there"
    nearest = _nearest_need(plan, hit, reading)
    if nearest is None:
        return False, _none_of(plan)
    return True, _with(*nearest)


def _resolve_bare(actor: ActorPlan, plan: AliasPlan, hit: Hit, reading: Reading) -> tuple[bool, str]:
    rivals = actor.rivals.get(plan, ())
    for rival in rivals:
        cover = _longest(
            other
            for other_plan in rival.aliases
            for other in _ordered(other_plan.leaf, reading).covering(hit)
            if _length(other) > _length(hit)
        )
        if cover is not None:
            return False, f"inside '{cover.leaf.term}', which is {rival.id}"
    claims = [(rival.id, _nearest_need(rival.shared, hit, reading)) for rival in rivals if rival.shared.needs]
    others = [(distance, id_, term) for id_, claim in claims if claim is not None for distance, term in [claim]]
    if not plan.needs:
        if others:
            _, id_, term = min(others)
            return False, f"bare name, and '{term}' says it is {id_}"
        return True, "bare name, and nothing says it is another actor"
    mine = _nearest_need(plan, hit, reading)
    if mine is None:
        return False, f"bare name, {_none_of(plan)}"
    nearer = [claim for claim in others if claim[0] < mine[0]]
    if nearer:
        _, id_, term = min(nearer)
        return False, f"bare name, and '{term}' stands nearer: {id_}"
    tied = [id_ for distance, id_, _ in others if distance == mine[0]]
    if tied:
        return True, f"bare name, ambiguous: {_with(*mine)}, and as near for {', '.join(sorted(tied))}"
    return True, f"bare name, {_with(*mine)}"


def _none_of(plan: AliasPlan) -> str:
    where = "in title or body" if plan.alias.within is None else f"within {plan.alias.within} words"
    return f"none of its needs stands {where}: {', '.join(plan.alias.needs)}"


def _with(distance: int, term: str) -> str:
    if distance == _ELSEWHERE:
        return f"with '{term}' in another field"
    return f"with '{term}' {distance} {'word' if distance == 1 else 'words'} away"


def _nearest_need(plan: AliasPlan, hit: Hit, reading: Reading) -> tuple[int, str] | None:
    """Return distance in words and term of the nearest needed term outside the alias itself, within its limit."""
    low, high = _field(hit, reading)
    best: tuple[int, str] | None = None
    for leaf, others in _needs_there(plan, reading):
        distance = others.nearest(hit, low, high)
        if distance is None and others.has_outside(hit, low, high, AUTHOR_BASE):
            distance = _ELSEWHERE
        if distance is None or (plan.alias.within is not None and distance > plan.alias.within):
            continue
        if best is None or (distance, leaf.term) < best:
            best = distance, leaf.term
    return best


def _needs_there(plan: AliasPlan, reading: Reading) -> list[tuple[Leaf, Ordered]]:
    """Return the needed terms that stand anywhere, looked for once and not at each place of the alias."""
    known = reading.cache.get(plan)
    if known is None:
        each = ((leaf, _ordered(leaf, reading)) for leaf in plan.needs)
        known = reading.cache[plan] = [(leaf, others) for leaf, others in each if others.hits]
    assert isinstance(known, list)
    return known


def _field(hit: Hit, reading: Reading) -> Range:
    """Return the positions of title or body around a hit; nothing of the text for one in authors or address."""
    if hit.first >= AUTHOR_BASE:
        return AUTHOR_BASE, AUTHOR_BASE
    border = reading.document.title_range[1]
    return (0, border) if hit.first < border else (border, AUTHOR_BASE)


def _ordered(leaf: Leaf, reading: Reading) -> Ordered:
    """Return a leaf's hits in order, kept for the next question."""
    known = reading.cache.get((Ordered, leaf))
    if known is None:
        known = reading.cache[Ordered, leaf] = Ordered(leaf_hits(leaf, reading))
    assert isinstance(known, Ordered)
    return known


def _length(hit: Hit) -> int:
    return hit.last - hit.first


def _longest(hits: Iterable[Hit]) -> Hit | None:
    return max(hits, key=lambda hit: (_length(hit), -hit.first), default=None)
