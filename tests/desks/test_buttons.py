"""Buttons: what a message says can be read back, and nothing else can."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.desks.buttons import LABELS, Button, Pressed, place_of, read_press
from monitor.model import Press

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def press(action: str, place: str) -> Press:
    return Press("1", action, place, "U1", "ts 1.1 in C1", NOON)


@pytest.mark.parametrize("button", Button)
def test_a_press_is_read_as_it_was_written(button: Button) -> None:
    """Every button has a label, and its names come back as the story and the desk they stood for."""
    assert LABELS[button]
    assert len(place_of(10**18 - 1, "d" * 64)) <= 255
    assert read_press(press(button.value, place_of(42, "south-asia"))) == Pressed(button, 42, "south-asia")


@pytest.mark.parametrize(
    ("action", "place"),
    [
        ("approve", "story/42/south-asia"),
        ("", "story/42/south-asia"),
        ("claim", "story/x/south-asia"),
        ("claim", "story/42/"),
        ("claim", "story/42/south asia"),
        ("claim", "story/42/south-asia/more"),
        ("claim", "story/9999999999999999999/south-asia"),
        ("claim", ""),
    ],
)
def test_other_names_are_nobodys(action: str, place: str) -> None:
    """Another app's block, another version's button, a made-up one: none of them is guessed at."""
    assert read_press(press(action, place)) is None


@given(st.text(), st.text())
def test_any_names_are_read_or_refused(action: str, place: str) -> None:
    """Whatever is sent, there is an answer."""
    read_press(press(action, place))
