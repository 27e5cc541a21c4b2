"""Who says so: the source that a sentence names for what it tells, such as "police" or "Afghan officials".

Owns the choice of a speaker within one sentence. A source that the table does not have is left out, never guessed.
"""

from __future__ import annotations

from collections.abc import Sequence

from monitor.desks.differences.lexicon import Token, names_of

_SIDE_REACH = 2
"""Of a country or capital alone, which else is only where something happened."""
_RIGHT_BEHIND = 2
_REACH = 6
"""Tokens between a speaker and its verb: "the health ministry's spokesman in Gaza said"."""
_SITE_REACH = 3
"""Tokens between "at" or "to" and the house: "moved to Lady Reading Hospital"."""


def speaker_of(tokens: Sequence[Token]) -> str:
    """Return who says what a sentence tells, "" where it names nobody or two who are equally near.

    The source nearest to a verb of saying, or to "according to", speaks. Who is counted does not: in "12 police were
    killed" a number stands before them.
    """
    verbs = [place for place, token in enumerate(tokens) if token.has("said") or token.has("by")]
    found = _near(tokens, verbs)
    # A headline may name its source before a colon or behind a dash: "Police: 12 killed".
    if not found and len(tokens) > 2:
        found = [(0, place) for place in (0, len(tokens) - 1) if _stands_alone(tokens, place)]
    return _only_name(tokens, found)


def subject_of(tokens: Sequence[Token], verbs: Sequence[int], language: str) -> str:
    """Return who does what one of some verbs says, "" where the table does not know them.

    Who denies or accuses stands before the verb, in Arabic right behind it; whoever stands on the other side is denied
    or accused.
    """
    if language == "ar":
        found = [one for one in _near(tokens, verbs) if any(0 < one[1] - verb <= _RIGHT_BEHIND for verb in verbs)]
    else:
        found = [one for one in _near(tokens, verbs) if any(one[1] < verb for verb in verbs)]
    return _only_name(tokens, found)


def _near(tokens: Sequence[Token], verbs: Sequence[int]) -> list[tuple[int, int]]:
    """Return (distance, place) of the sources within reach of one of some verbs."""
    found: list[tuple[int, int]] = []
    for place, token in enumerate(tokens):
        is_body = token.has("body")
        if not (is_body or token.has("side")) or _is_counted(tokens, place) or _is_site(tokens, place):
            continue
        if not is_body and any(one.has("body") for one in tokens[max(0, place - 1) : place + 2]):
            continue  # "Pakistan's police", "وزیر کشور پاکستان": the country is part of the name.
        for verb in verbs:
            distance = abs(place - verb)
            between = tokens[min(place, verb) + 1 : max(place, verb)]
            is_cut = any(one.breaks for one in tokens[min(place, verb) + 1 : max(place, verb) + 1])
            is_near = distance <= _REACH if is_body else distance <= _SIDE_REACH and not is_cut
            if is_near and not any(one.has("said") or one.has("by") for one in between):
                found.append((distance, place))
    return found


def _only_name(tokens: Sequence[Token], found: Sequence[tuple[int, int]]) -> str:
    """Name the nearest source, "" where two are equally near."""
    if not found:
        return ""
    # "The health ministry in Beirut said": a place is a source only where there is no other.
    sources = [one for one in found if tokens[one[1]].has("body") or not _is_place(tokens, one[1])] or found
    least = min(sources)[0]
    names = {_name(tokens, place) for distance, place in sources if distance == least}
    return names.pop() if len(names) == 1 else ""


def _is_place(tokens: Sequence[Token], place: int) -> bool:
    before = tokens[place - 1] if place else None
    return before is not None and any(before.has(kind) for kind in ("link", "share", "filler"))


def _is_site(tokens: Sequence[Token], place: int) -> bool:
    """Say whether a house is where somebody was taken: "moved to the hospital, he said"."""
    if not tokens[place].has("site"):
        return False
    for at in range(place, max(0, place - _SITE_REACH), -1):
        if tokens[at].breaks:
            return False
        if tokens[at - 1].has("link"):
            return True
    return False


def _stands_alone(tokens: Sequence[Token], place: int) -> bool:
    """Say whether a source opens or closes a sentence behind its only break: "12 killed: police"."""
    edge = 1 if place == 0 else place
    is_cut = tokens[edge].breaks and not any(token.breaks for token in tokens[edge + 1 :] if place)
    return is_cut and tokens[place].has("body") and not _is_counted(tokens, place)


def _is_counted(tokens: Sequence[Token], place: int) -> bool:
    for at in range(place, max(-1, place - 3), -1):
        if tokens[at].value is not None or tokens[at].has("range"):
            return True
        if tokens[at].breaks:
            return False
    return False


def _name(tokens: Sequence[Token], place: int) -> str:
    body, side = tokens[place].of("body"), tokens[place].of("side")
    if body is None or body in _OF_THEIR_OWN:
        return body or side or ""
    # "Afghan border police", "وزیر کشور پاکستان".
    before = [] if tokens[place].breaks else [tokens[place - 1], tokens[place - 2]][:place]
    behind = [one for one in tokens[place + 1 : place + 2] if not one.breaks]
    side = next((side for one in (tokens[place], *before, *behind) if (side := one.of("side"))), None)
    return f"{side} {body}" if side else body


_OF_THEIR_OWN = frozenset({"TTP", "Taliban", "United Nations", "Red Cross", "USGS", "EMSC"})
"""Bodies that no country's name goes before."""
_GROUPS = {"TTP": "TTP", "Taliban": "Afghanistan"}
"""Bodies that are a side themselves, or speak for one."""
_VAGUE = frozenset({"officials", "government"})


def are_others(one: str, other: str) -> bool:
    """Say whether two names are two sources: "police" and "hospital" are, "army" and "Pakistan" may be one.

    Officials may be anybody's.
    """
    bodies, sides = zip(_parted(one), _parted(other), strict=True)
    are_two = all(bodies) and bodies[0] != bodies[1] and not set(bodies) & _VAGUE
    return are_two or (all(sides) and sides[0] != sides[1])


def are_opposed(one: str, other: str) -> bool:
    """Say whether two sources are of two sides: two countries, or a group and somebody else.

    "The army" beside "Pakistan" is not: nobody says whose army it is.
    """
    sides = [side_of(one), side_of(other)]
    if all(sides):
        return sides[0] != sides[1]
    return one != other and any(name in _GROUPS for name in (one, other))


def side_of(name: str) -> str:
    """Return the country or group that a source speaks for, "" where its name does not say."""
    return _parted(name)[1]


def _parted(name: str) -> tuple[str, str]:
    """Return body and side of a source as `_name` put them together."""
    if name in _OF_THEIR_OWN:
        return name, _GROUPS.get(name, "")
    body = next((body for body in names_of("body") if name == body or name.endswith(f" {body}")), "")
    return body, name.removesuffix(body).strip()
