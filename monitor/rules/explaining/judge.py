"""Judges each clause of a query over one document and says why, in words for operators.

Owns those words, and how much of what was found is worth showing. It asks the same plans as the matcher and decides
nothing itself; see `explain` for whole rules.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice

from monitor.rules.explaining.verdict import FirstSpans, Verdict, fail, hold, with_parts
from monitor.rules.language.printer import to_source
from monitor.rules.language.tree import FilterKind, Reference, ReferenceKind
from monitor.rules.matching.actors import ActorPlan, Named, Naming, namings_with_members, with_members
from monitor.rules.matching.evaluate import (
    All,
    Any,
    AnyTerm,
    Hit,
    Hits,
    Inside,
    Judgement,
    Leaf,
    Pattern,
    Plan,
    Property,
    Scope,
    TooSlowError,
    Without,
    first_of,
    intersect_field,
    leaf_hits,
    narrow,
)
from monitor.rules.matching.proximity import Close, Often, Together, count_places, stands
from monitor.rules.matching.reading import Reading
from monitor.rules.matching.spans import spans_of

SPANS_AT_MOST = 200
"""Places of one clause that are shown, the first of the text; the rest are counted."""
NAMINGS_AT_MOST = 20
"""Verdicts on places of an actor's aliases that are shown; places of one alias with one reason share a verdict."""
_COMPARED = 200
"""Places of each side of a NEAR that are compared to say how far apart they stand."""


class Judge:
    """Walks a plan over one document."""

    def __init__(self, reading: Reading, boilerplate: Reading) -> None:
        self.reading = reading
        self.boilerplate = boilerplate

    def judge(self, plan: Plan, scope: Scope) -> Verdict:
        """Judge a plan and everything under it."""
        source = to_source(plan.node)
        try:
            hits = plan.find(self.reading, scope)
        except TooSlowError as error:
            return fail(source, str(error))
        match plan:
            case AnyTerm():
                return self.terms(plan, hits, scope)
            case Named():
                return self.actor(plan, hits, scope)
            case Pattern():
                return self.whole(source, hits, "the pattern is nowhere in the text")
            case Property():
                return self.whole(source, hits, self.property(plan))
            case All():
                return self.all_of(source, hits, [self.judge(child, scope) for child in plan.children])
            case Any():
                return self.any_of(source, hits, [self.judge(child, scope) for child in plan.children])
            case Without():
                return self.without(source, hits, self.judge(plan.child, scope))
            case Inside():
                return self.inside(plan, hits, scope)
            case Close():
                return self.close(plan, hits, scope)
            case Together():
                parts = [self.judge(child, scope) for child in plan.children]
                return self.joined(source, hits, parts, f"each part is there, but in no one {plan.unit.value}")
            case Often():
                return self.often(plan, hits, scope)
            case Judgement():
                return self.rule(plan, hits, scope)
        raise AssertionError(f"no explanation of {type(plan).__name__}")

    def first_spans(self, hits: Hits) -> FirstSpans:
        return first_spans(hits, self.reading)

    # --- leaves

    def whole(self, source: str, hits: Hits | None, because: str) -> Verdict:
        if hits is None:
            return fail(source, because)
        return hold(source, self.first_spans(hits))

    def terms(self, plan: AnyTerm, hits: Hits | None, scope: Scope) -> Verdict:
        source = to_source(plan.node)
        if hits is not None:
            return hold(source, self.first_spans(hits))
        others = [hit for leaf in plan.leaves for hit in leaf_hits(leaf, self.reading)]
        if others:
            return self.elsewhere(source, others)
        return (
            self.in_other_case(source, plan.leaves, scope, was_there=True)
            or self.in_boilerplate(source, plan.leaves)
            or fail(source, _absent(plan))
        )

    def in_other_case(self, source: str, leaves: Sequence[Leaf], scope: Scope, *, was_there: bool) -> Verdict | None:
        for leaf in leaves:
            if leaf.exact is not None:
                loose = [hit for literal in leaf.literals for hit in self.any_case(leaf, literal)]
                hits = narrow(sorted(loose, key=first_of), scope)
                if hits:
                    found = self.first_spans(hits)
                    return fail(source, f"'{found.spans[0].text}' differs in case", found, was_there=was_there)
        return None

    def any_case(self, leaf: Leaf, literal: int) -> Iterator[Hit]:
        for first, last in self.reading.places(literal):
            yield Hit(first, last, leaf)

    def elsewhere(self, source: str, hits: Hits) -> Verdict:
        found = self.first_spans(hits)
        fields = ", ".join(dict.fromkeys(span.field for span in found.spans))
        return fail(source, f"'{found.spans[0].text}' stands only outside, in {fields}", found, was_there=True)

    def in_boilerplate(self, source: str, leaves: Sequence[Leaf]) -> Verdict | None:
        hits = [hit for leaf in leaves for hit in leaf_hits(leaf, self.boilerplate)]
        if not hits:
            return None
        found = first_spans(hits, self.boilerplate)
        return fail(source, f"'{found.spans[0].text}' stands only in boilerplate", found, was_there=True)

    def property(self, plan: Property) -> str:
        document = self.reading.document
        match plan.node.kind:
            case FilterKind.FEED:
                return f"the feed is '{document.feed_id}'" if document.feed_id else "the feed is unknown"
            case FilterKind.TAG:
                return f"the tags are {', '.join(document.tags) or 'none'}"
            case FilterKind.LANG:
                return f"the language is {document.language or 'unknown'}"

    def actor(self, plan: Named, hits: Hits | None, scope: Scope) -> Verdict:
        source = to_source(plan.node)
        judged = namings_with_members(plan.actor, self.reading)
        inside = set(narrow(sorted((naming.hit for naming in judged), key=first_of), scope))
        parts = self.namings(naming for naming in judged if naming.hit in inside)
        if hits is not None:
            return hold(source, self.first_spans(hits), parts=parts)
        if parts:
            said = "; ".join(dict.fromkeys(f"'{part.source}' is there, {part.because}" for part in parts))
            return with_parts(fail(source, said, _all_of(parts), was_there=True), parts)
        held = [naming.hit for naming in judged if naming.holds]
        if held:
            return self.elsewhere(source, held)
        meant = with_members(plan.actor)
        leaves = [alias.leaf for actor in meant for alias in actor.aliases]
        return (
            self.lookalike_only(source, meant)
            or self.in_boilerplate(source, leaves)
            # One alias of many in another case is often another word (`US`, `us`): worth saying, no sign of the actor.
            or self.in_other_case(source, leaves, scope, was_there=False)
            or fail(source, "no alias is there")
        )

    def lookalike_only(self, source: str, meant: Sequence[ActorPlan]) -> Verdict | None:
        lookalikes = [leaf for actor in meant for leaf in actor.lookalikes]
        hits = [hit for leaf in lookalikes for hit in leaf_hits(leaf, self.reading)]
        if not hits:
            return None
        found = self.first_spans(hits)
        return fail(source, f"only the lookalike '{found.spans[0].text}' is there", found, was_there=True)

    def namings(self, judged: Iterable[Naming]) -> list[Verdict]:
        """Judge the places of aliases, those of one alias with one reason together, what holds first."""
        alike: dict[tuple[bool, str, str], list[Hit]] = {}
        for naming in judged:
            alike.setdefault((not naming.holds, naming.hit.leaf.term, naming.because), []).append(naming.hit)
        first = sorted(alike.items(), key=lambda pair: pair[0][0])[:NAMINGS_AT_MOST]
        return [
            replace(hold(term, self.first_spans(hits), because=because), holds=not fails, was_there=fails)
            for (fails, term, because), hits in first
        ]

    # --- what joins

    def all_of(self, source: str, hits: Hits | None, parts: Sequence[Verdict]) -> Verdict:
        if hits is not None:
            return hold(source, self.first_spans(hits), parts=parts)
        missing = tuple(clause for part in parts for clause in part.missing)
        return Verdict(source, False, "", (), tuple(parts), missing, any(clause.was_there for clause in missing))

    def any_of(self, source: str, hits: Hits | None, parts: Sequence[Verdict]) -> Verdict:
        if hits is not None:
            return hold(source, self.first_spans(hits), parts=parts)
        was_there = any(part.was_there for part in parts)
        own = Verdict(source, False, _or_reason(parts), was_there=was_there)
        least = min(parts, key=lambda part: (len(part.missing), not part.was_there))
        is_partial = any(part.holds for _, part in least.walk())
        missing = least.missing if is_partial else (own,)
        return Verdict(source, False, own.because, (), tuple(parts), missing, was_there)

    def without(self, source: str, hits: Hits | None, part: Verdict) -> Verdict:
        if hits is not None:
            return hold(source, because="it is not there", parts=[part])
        there = ", ".join(dict.fromkeys(f"'{span.text}'" for span in part.spans))
        failed = fail(source, f"{there} is there" if there else "it holds", _all_of([part]), was_there=True)
        return with_parts(failed, [part])

    def inside(self, plan: Inside, hits: Hits | None, scope: Scope) -> Verdict:
        part = self.judge(plan.child, intersect_field(plan.name, self.reading, scope))
        source = to_source(plan.node)
        if hits is not None:
            return hold(source, self.first_spans(hits), parts=[part])
        if len(part.missing) == 1 and part.missing[0].source == part.source:
            failed = fail(source, part.because, _all_of([part]), was_there=part.was_there)
            return with_parts(failed, [part])
        return Verdict(source, False, "", (), (part,), part.missing, part.was_there)

    def joined(self, source: str, hits: Hits | None, parts: Sequence[Verdict], because: str) -> Verdict:
        """Judge what wants its parts together."""
        if hits is not None:
            return hold(source, self.first_spans(hits), parts=parts)
        if all(part.holds for part in parts):
            return with_parts(fail(source, because, _all_of(parts), was_there=True), parts)
        return self.all_of(source, None, parts)

    def close(self, plan: Close, hits: Hits | None, scope: Scope) -> Verdict:
        source = to_source(plan.node)
        parts = [self.judge(plan.left, scope), self.judge(plan.right, scope)]
        because = ""
        if hits is None and all(part.holds for part in parts):
            because = self.how_far(plan, scope)
        return self.joined(source, hits, parts, because)

    def how_far(self, plan: Close, scope: Scope) -> str:
        left = stands(plan.left, self.reading, scope)[:_COMPARED]
        right = stands(plan.right, self.reading, scope)[:_COMPARED]
        best: int | None = None
        wrong_order = False
        for one in left:
            for other in right:
                if self.reading.paragraph_end(one.last) != self.reading.paragraph_end(other.last):
                    continue
                gap = other.first - one.last if other.first > one.last else one.first - other.last
                if gap < 1:
                    continue
                if plan.ordered and other.first < one.first:
                    wrong_order = True
                elif best is None or gap < best:
                    best = gap
        if best is not None:
            return f"they stand {best} words apart, {plan.distance} allowed"
        return "they stand in the other order" if wrong_order else "they stand in no one paragraph"

    def often(self, plan: Often, hits: Hits | None, scope: Scope) -> Verdict:
        source = to_source(plan.node)
        part = self.judge(plan.child, scope)
        if hits is not None:
            return hold(source, self.first_spans(hits), parts=[part])
        count = count_places(stands(plan.child, self.reading, scope))
        because = f"{count} {'place' if count == 1 else 'places'}, {plan.count} wanted"
        return with_parts(fail(source, because, _all_of([part]), was_there=count > 0), [part])

    def rule(self, plan: Judgement, hits: Hits | None, scope: Scope) -> Verdict:
        """Judge a whole rule, or one that another refers to."""
        if plan.query is not None and plan.min_score is None:
            return self.judge(plan.query, scope)
        parts = [self.judge(plan.query, scope)] if plan.query is not None else []
        weighed = [_weighed(self.judge(piece.plan, scope), piece.weight) for piece in plan.evidence]
        score, found = plan.weigh(self.reading, scope)
        source = f"score of {plan.min_score}"
        enough = plan.min_score is not None and score >= plan.min_score
        reason = f"the evidence weighs {score} of {plan.min_score}"
        evidence = (
            hold(source, self.first_spans(found), because=reason)
            if enough
            else fail(source, reason, was_there=score > 0)
        )
        parts.append(with_parts(evidence, weighed))
        return self.all_of(_source_of(plan), hits, parts)


def _weighed(verdict: Verdict, weight: int) -> Verdict:
    """Return the verdict on a piece of evidence, saying what it weighs."""
    weighs = f"weighs {weight}" if verdict.holds else f"would weigh {weight}"
    return replace(verdict, because=f"{weighs}; {verdict.because}" if verdict.because else weighs)


def first_spans(hits: Hits, reading: Reading) -> FirstSpans:
    """Return the first places of hits as spans, and how many more there are."""
    if len(hits) <= SPANS_AT_MOST:
        return FirstSpans(spans_of(hits, reading))
    each = dict.fromkeys(sorted(hits, key=first_of))
    first = spans_of(islice(each, SPANS_AT_MOST), reading)
    return FirstSpans(first, max(0, len(each) - SPANS_AT_MOST))


def _all_of(parts: Iterable[Verdict]) -> FirstSpans:
    """Return what several verdicts show."""
    told = list(parts)
    return FirstSpans(tuple(span for part in told for span in part.spans), sum(part.more for part in told))


def _source_of(plan: Judgement) -> str:
    is_reference = isinstance(plan.node, Reference) and plan.node.kind is ReferenceKind.RULE
    return "evidence" if is_reference else to_source(plan.node)


def _absent(plan: AnyTerm) -> str:
    return "not in the text" if len(plan.leaves) == 1 else f"none of its {len(plan.leaves)} terms is in the text"


def _or_reason(parts: Sequence[Verdict]) -> str:
    there = [f"{part.source}: {part.because}" for part in parts if part.was_there and part.because]
    return "; ".join(there) or "none of the alternatives is there"
