"""What is measured and not counted: the strength of a quake, and sums of money that say what they are for."""

from __future__ import annotations

from collections.abc import Sequence

from monitor.desks.differences.amounts import Amount, bound_at, bounded
from monitor.desks.differences.figures import Figure
from monitor.desks.differences.lexicon import Token

_SIGNS = {"usd": "$", "eur": "€", "rupees": "Rs ", "lira": "TL "}
_SIZES = ((1e9, " billion"), (1e6, " million"))


def measures_of(tokens: Sequence[Token]) -> list[Figure]:
    """Return the strength and the sums that a sentence gives; none where it tells of another event or denies."""
    if any(token.has("elsewhere") or token.has("denied") for token in tokens):
        return []
    return [*_magnitudes(tokens), *_sums(tokens)]


def _magnitudes(tokens: Sequence[Token]) -> list[Figure]:
    if any(token.has("aftershock") for token in tokens):
        return []
    for place, token in enumerate(tokens):
        if not token.has("magnitude"):
            continue
        for at in (place - 1, place + 1, place + 2, place - 2):
            value = tokens[at].value if 0 <= at < len(tokens) else None
            is_cut = any(one.breaks for one in tokens[min(at, place) + 1 : max(at, place) + 1])
            if value is not None and 1 < value < 10 and not is_cut:
                # "Magnitude 6" is said of 6.1 as well, and one agency has 6.1 where another has 6.2.
                slack = 0.5 if value == int(value) else 0.06
                return [Figure("magnitude", "", Amount(value - slack, value + slack, f"{value:g}"))]
    return []


def _sums(tokens: Sequence[Token]) -> list[Figure]:
    """Read sums with their one purpose close by: "a loan of $5bn"; a sum without one says nothing."""
    found = []
    for place, token in enumerate(tokens):
        if token.value is None:
            continue
        scale, end = 1.0, place + 1
        while end < len(tokens) and not tokens[end].breaks and (factor := tokens[end].of("scale")):
            scale *= float(factor)
            end += 1
        currency = tokens[place - 1].of("currency") if place else None
        if currency is None and end < len(tokens) and not tokens[end].breaks:
            currency = tokens[end].of("currency")
        purposes = {
            name for one in (*tokens[max(0, place - 5) : place], *tokens[end : end + 4]) if (name := one.of("sum"))
        }
        if currency is None or len(purposes) != 1:
            continue
        value = token.value * scale
        # "5 billion" is said of 5.2 billion; what is written out to the last digit is meant so.
        slack = 0.0 if scale == 1 else scale * (0.49 if token.value == int(token.value) else 0.049)
        amount = bounded(value, bound_at(tokens, place), slack=slack, shown=_money(value, currency))
        found.append(Figure(purposes.pop(), currency, amount))
    return found


def _money(value: float, currency: str) -> str:
    for size, name in _SIZES:
        if value >= size:
            return f"{_SIGNS[currency]}{value / size:g}{name}"
    return f"{_SIGNS[currency]}{value:,.0f}"
