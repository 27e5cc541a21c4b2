"""The verdict on one clause of a query, and the tree of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from monitor.model import Span


class FirstSpans(NamedTuple):
    """The first places of something in a text, and how many more there are."""

    spans: tuple[Span, ...]
    more: int = 0


NOWHERE = FirstSpans(())


@dataclass(frozen=True, slots=True)
class Verdict:
    """One clause of a query, judged."""

    source: str
    """The clause as one would write it."""
    holds: bool
    because: str
    """One sentence without a full stop; "" where the parts say it all."""
    spans: tuple[Span, ...] = ()
    """What shows that it holds; or, of a clause that fails, what was there and did not count."""
    parts: tuple[Verdict, ...] = ()
    missing: tuple[Verdict, ...] = ()
    """The fewest clauses under it (or itself) that failed; () where it holds."""
    was_there: bool = False
    """It fails although its words stand somewhere: in boilerplate, in a lookalike, in another field, too far away."""
    more: int = 0
    """Further places of that kind, which are not among the spans: a text of 300 kB can have 40,000 of them."""

    def walk(self, depth: int = 0) -> Iterator[tuple[int, Verdict]]:
        """Yield this clause and all under it with their depth, in the order of the source."""
        yield depth, self
        for part in self.parts:
            yield from part.walk(depth + 1)


def fail(source: str, because: str, found: FirstSpans = NOWHERE, *, was_there: bool = False) -> Verdict:
    """Make the verdict of a clause that fails by itself."""
    spans, more = found
    own = Verdict(source, False, because, spans, was_there=was_there, more=more)
    return replace(own, missing=(own,))


def hold(source: str, found: FirstSpans = NOWHERE, *, because: str = "", parts: Sequence[Verdict] = ()) -> Verdict:
    """Make the verdict of a clause that holds."""
    spans, more = found
    return Verdict(source, True, because, spans, tuple(parts), more=more)


def with_parts(verdict: Verdict, parts: Sequence[Verdict]) -> Verdict:
    """Return a verdict with the parts it was made from."""
    return replace(verdict, parts=tuple(parts))
