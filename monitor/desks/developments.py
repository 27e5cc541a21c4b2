"""Whether what a report says of an affair is another state than the desk was told, and the words for either answer.

A state counts for a desk when it was told by an article whose headline said so. What it was told once is not told again
by the outlets that come later, in whatever order they come; a return is: a truce that ended and is announced anew.
A reprint may be a wire's update, which keeps nine tenths of its text under a headline that says the contrary: it counts
where the desk was told another state of that affair, and brings none that is the first, and no return.
Refuses to know how headlines are read (`articles/states`), and who else is told for which reason (`routing`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.model import AffairState, Alert

RETURNS_AFTER = timedelta(hours=12)
"""How long after another state was told a report of an earlier one is a return, where it does not say "again" itself.
Half a day: until then morning papers, weeklies and translations still print what the evening changed."""
_OPENING = {"sought": 0, "announced": 1, "imposed": 1, "taken": 1, "begun": 2}
"""States that a story begins with, in their order; every other one comes later."""
_ENDS = frozenset({"ended", "rejected", "cancelled", "suspended", "postponed", "lifted", "freed", "shut"})
"""States after which an affair may begin anew."""
_LABELS = {"deal": "the agreement", "crossing": "the border crossing", "restriction": "the ban or curfew"}
_MANY = frozenset({"talks", "captives"})


@dataclass(frozen=True, slots=True)
class Developed:
    """What a report's states are to a desk; one of the two is "" always, both where the report says nothing."""

    because: str = ""
    """What developed: "the truce: extended, was announced"."""
    why_not: str = ""
    """Why what it says is no development: "the truce is extended, as the desk was told"."""


def developed(
    said: Sequence[AffairState], told: Iterable[Alert], came: datetime, *, is_reprint: bool = False
) -> Developed:
    """Compare what a report says with what a desk was told of its story.

    Args:
        said: How affairs stand by the report; () where it says nothing of that.
        told: The desk's alerts of the story, oldest first, waiting ones too.
        came: When the report was published, or first seen where nobody says.
        is_reprint: Whether its text is (nearly) that of another.
    """
    known = [(state, alert.created_at) for alert in told for state in alert.states]
    weighed = [_weigh(state, known, came, is_reprint=is_reprint) for state in said]
    if any(is_news for is_news, _ in weighed):
        return Developed(because="; ".join(words for is_news, words in weighed if is_news))
    return Developed(why_not="; ".join(words for _, words in weighed))


def _weigh(
    state: AffairState, known: Sequence[tuple[AffairState, datetime]], came: datetime, *, is_reprint: bool
) -> tuple[bool, str]:
    own = [(each, at) for each, at in known if each.affair == state.affair]
    before = [each for each, _ in own]
    if state.is_denied:
        return _weigh_denial(state, before)
    if state in before[-1:]:
        return False, f"{_is(state)}, as the desk was told"
    if _begins(state, before, has_other=len(known) > len(own)):
        return False, f"{_is(state)}, with which a story begins"
    if not own:
        if is_reprint:
            return False, f"{_is(state)}, by the headline of a reprint alone"
        return True, f"{_label(state)}: {state.name}, of which the desk was not told"
    last, told_at = own[-1]
    if state not in before:
        return True, f"{_label(state)}: {state.name}, {_was(last)}"
    if not is_reprint and (state.again or came >= told_at + RETURNS_AFTER):
        return True, f"{_label(state)}: {state.name} again, {_was(last)}"
    return False, f"{_is(state)}, as the desk was told before it heard “{_name(last)}”"


def _weigh_denial(state: AffairState, before: Sequence[AffairState]) -> tuple[bool, str]:
    """A denial is a state of its own once the desk was told what is denied; else it leaves things as they were."""
    what = f"that {_is(state)}" if state.name else _label(state)
    claimed = [each for each in before if not each.is_denied and state.name in ("", each.name)]
    if state in before:
        return False, f"{what} is denied, as the desk was told"
    if not claimed:
        return False, f"{what} is denied, which the desk was not told"
    return True, f"{_label(state)}: denied, {_was(claimed[-1])}"


def _begins(state: AffairState, before: Sequence[AffairState], *, has_other: bool) -> bool:
    """Say whether a state is one that a story begins with, and not what became of what the desk knows.

    That somebody calls for it changes nothing. The others do after an end, or after what comes before them.
    """
    phase = _OPENING.get(state.name)
    if phase is None:
        return False
    if phase == 0 or not before:
        return phase == 0 or not has_other
    last = before[-1]
    return last.name not in _ENDS and not last.is_denied and _OPENING.get(last.name, phase) >= phase


def _label(state: AffairState) -> str:
    return _LABELS.get(state.affair, f"the {state.affair}")


def _name(state: AffairState) -> str:
    return "denied" if state.is_denied else state.name


def _is(state: AffairState) -> str:
    return f"{_label(state)} {'are' if state.affair in _MANY else 'is'} {state.name}".rstrip()


def _was(last: AffairState) -> str:
    return f"{'were' if last.affair in _MANY else 'was'} {_name(last)}"
