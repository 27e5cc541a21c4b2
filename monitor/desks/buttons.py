"""The buttons under a story in Slack: what each asks, and which story it stands under. PURE.

Slack gives back two names with a press: that of the button, and that of the block it is in. Both are written here and
read here; a name that is not one of ours is nobody's business.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from monitor.model import Press


class Button(StrEnum):
    """What a press asks; the value is Slack's `action_id`."""

    RELEVANT = "relevant"
    NOT_RELEVANT = "not-relevant"
    CLAIM = "claim"
    MUTE_UNTIL_IT_DEVELOPS = "mute-until-it-develops"
    MUTE_A_DAY = "mute-24h"


LABELS = {
    Button.RELEVANT: "Relevant",
    Button.NOT_RELEVANT: "Not relevant",
    Button.CLAIM: "Claim",
    Button.MUTE_UNTIL_IT_DEVELOPS: "Mute until it develops",
    Button.MUTE_A_DAY: "Mute 24 h",
}
"""In the order of the row."""

_BY_NAME = {button.value: button for button in Button}
_PLACE = re.compile(r"story/(\d{1,18})/([\w-]{1,64})")


@dataclass(frozen=True, slots=True)
class Pressed:
    """What a press asks of which story."""

    button: Button
    article_id: int
    """The article that speaks for the story in the message."""
    desk_id: str


def place_of(article_id: int, desk_id: str) -> str:
    """Name the row of buttons under a story; at most 90 characters of Slack's 255 for a `block_id`."""
    return f"story/{article_id}/{desk_id}"


def read_press(press: Press) -> Pressed | None:
    """Read what a press asks; None for a button or a place that this program does not make."""
    button, found = _BY_NAME.get(press.action), _PLACE.fullmatch(press.place)
    return None if button is None or found is None else Pressed(button, int(found[1]), found[2])
