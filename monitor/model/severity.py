"""How much a match matters."""

from __future__ import annotations

from enum import StrEnum


class Severity(StrEnum):
    """How much a match matters, in rising order."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
    URGENT = "urgent"

    @property
    def rank(self) -> int:
        """Return the place in the order, 0 for low to 3 for urgent."""
        return _SEVERITY_ORDER.index(self)


_SEVERITY_ORDER = tuple(Severity)
