"""The table of moves, decided pair by pair."""

from __future__ import annotations

import pytest

from monitor.delivery.states import NEXT, OPEN, Event, is_possible, next_state
from monitor.model import DeliveryState

# One line a state, one column an event, written by hand from the promises of DESIGN section 2; "-" cannot happen.
DECIDED = """
claimed accepted refused-for-now refused-for-good expired lost left-in-doubt held retried dropped restored superseded
pending: sending -    -               -                -       -     -             pending pending dead retry superseded
sending: -       sent retry           dead             dead    retry unknown       retry   -       -    retry -
retry:   sending -    -               -                -       -     -             retry   pending dead retry superseded
sent:    -       -    -               -                -       -     -             -       -       -    -     -
unknown: -       -    -               -                -       -     -             -       pending dead -     -
dead:    -       -    -               -                -       -     -             -       pending dead -     -
superseded: -    -    -               -                -       -     -             -       -       -    -     -
"""
HEADER, *ROWS = DECIDED.strip().splitlines()
PAIRS = [
    (DeliveryState(state), Event(event), after)
    for state, row in (line.split(":") for line in ROWS)
    for event, after in zip(HEADER.split(), row.split(), strict=True)
]


def test_every_pair_is_decided_here() -> None:
    """The lines above name every state with every event, once."""
    assert len(PAIRS) == len({(state, event) for state, event, _ in PAIRS}) == len(DeliveryState) * len(Event)


@pytest.mark.parametrize(("state", "event", "after"), PAIRS)
def test_a_pair_is_as_decided(state: DeliveryState, event: Event, after: str) -> None:
    """A pair in the table moves there; any other raises and says what cannot happen to what."""
    if after == "-":
        assert not is_possible(state, event)
        with pytest.raises(ValueError, match=f"{state.value} cannot be {event.value}"):
            next_state(state, event)
    else:
        assert is_possible(state, event)
        assert next_state(state, event) == DeliveryState(after)


def test_only_open_states_move_by_themselves() -> None:
    """From a closed state only the operator moves a delivery."""
    by_operator = {Event.RETRIED, Event.DROPPED}
    assert all(state in OPEN or event in by_operator for state, event in NEXT)


def test_no_delivery_is_sent_twice_by_the_table() -> None:
    """Nothing leads out of `sent`, and only a claim leads into `sending`."""
    assert not [pair for pair in NEXT if pair[0] is DeliveryState.SENT]
    assert {event for (_, event), after in NEXT.items() if after is DeliveryState.SENDING} == {Event.CLAIMED}
