"""Buttons under a story, and somebody pressing one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Press:
    """A button that somebody pressed, as the channel reports it; what it means is read later."""

    id: str
    """The same however often the press is reported, and for no other press."""
    action: str
    """Which button, as the message named it."""
    place: str
    """Under which story, as the message named it."""
    who: str
    """The presser's id in the channel's own words."""
    receipt: str
    """How the receipt of the message begins under which the button is."""
    at: datetime
    """When it was taken, by our own clock."""
