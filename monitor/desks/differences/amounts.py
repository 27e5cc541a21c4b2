"""What a number leaves open: "at least 12", "about 100" and "dozens" agree with many numbers, "12" with itself.

Owns bounds, rounding and how a number is shown. It refuses to know what is counted.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from monitor.desks.differences.lexicon import Token

_ABOUT = 0.12
"""How far "about 100" reaches to either side: 97 is about 100, 80 is not."""
_ROUNDED = 0.1
"""A number is not rounded by more than this part of it: 100 may be said of 97, not of 80."""
_BOUND, _BEHIND = 2, 3
"""Tokens between a number and what bounds it, before and behind: "at least the 12", "sept personnes au moins"."""
_SHOWN = {"10-15": "a dozen", "20-": "dozens", "100-": "hundreds", "1000-": "thousands"}


@dataclass(frozen=True, slots=True)
class Amount:
    """A number and what it leaves open: it agrees with every number from `low` to `high`."""

    low: float
    high: float
    text: str
    """As it is shown: "12", "at least 12", "about 100"."""

    def agrees(self, other: Amount) -> bool:
        """Say whether one number can be meant by both."""
        return self.low <= other.high and other.low <= self.high


def amount_at(tokens: Sequence[Token], place: int) -> Amount | None:
    """Read the number at a place with the words that bound it; None where there is no number."""
    token = tokens[place]
    if token.value is None:
        span = token.of("range")
        if span is None:
            return None
        low, _, high = span.partition("-")
        return Amount(float(low), float(high or math.inf), _SHOWN[span])
    return bounded(token.value, bound_at(tokens, place), slack=_rounding(token.value))


def bound_at(tokens: Sequence[Token], place: int) -> str:
    """Return what bounds a number: "least", "more", "most", "about" or ""."""
    at = place
    while at > 0 and place - at < _BOUND and not tokens[at].breaks:
        at -= 1
        if (found := tokens[at].of("bound")) is not None:
            return found
        if not (tokens[at].has("article") or tokens[at].has("filler")):
            break
    for token in tokens[place + 1 : place + 1 + _BEHIND]:
        if token.breaks:
            break
        if (found := token.of("behind")) is not None:
            return found
    return ""


def bounded(value: float, bound: str, *, slack: float, shown: str = "") -> Amount:
    """Make an amount of a number and its bound.

    Args:
        value: The number.
        bound: As `bound_at` says it.
        slack: By how much it may be off without a bound, because it was rounded.
        shown: The number for people, where it is not the bare one.
    """
    shown = shown or (f"{value:,.0f}" if value == int(value) else f"{value:g}")
    if bound == "least":
        return Amount(value, math.inf, f"at least {shown}")
    if bound == "more":
        return Amount(value, math.inf, f"more than {shown}")
    if bound == "most":
        return Amount(0, value, f"up to {shown}")
    if bound == "about":
        return Amount(value * (1 - _ABOUT), value * (1 + _ABOUT), f"about {shown}")
    return Amount(value - slack, value + slack, shown)


def _rounding(value: float) -> float:
    """Return by how much a number may be off because it was rounded: 1,200 by 50, 100 by 10, 97 by nothing."""
    if value != int(value):
        return 0
    digits = str(int(value))
    zeros = len(digits) - len(digits.rstrip("0"))
    return min(10**zeros / 2, value * _ROUNDED) if zeros >= 2 else 0
