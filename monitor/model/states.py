"""How an affair stands: what a report says became of a truce, of talks, of a crossing."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class AffairState:
    """One state of one affair, in words that are the same in every language."""

    affair: str
    """What it is the state of: "truce", "talks", "crossing" …"""
    name: str
    """Such as "extended"; of a denial, the state that is denied."""
    is_denied: bool = False
    again: bool = field(default=False, compare=False)
    """Whether the report says that it is so anew, or confirms it. Belongs to the report and not to the state."""

    def __str__(self) -> str:
        """Write the state as it is stored: "truce extended", "truce ended denied"."""
        return f"{self.affair} {self.name}{' denied' if self.is_denied else ''}"
