"""The form of what lint says: a code, how much it matters, a place, what was seen and what to do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from monitor.rules.book import Place
from monitor.rules.files.items import Item
from monitor.rules.files.load import LoadedBook
from monitor.rules.files.mistakes import Location


class Level(StrEnum):
    """How much a finding matters, in rising order."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"
    """Something written can have no effect, or the opposite of what it says; the book still loads."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is allowed but unwise."""

    code: str
    level: Level
    place: Place
    message: str
    fix: str
    """What to do, one sentence."""

    def __str__(self) -> str:
        place = self.place
        return f"{place.file}:{place.line}:{place.column}: {self.level} {self.code}: {self.message} ({self.fix})"


class Spot(NamedTuple):
    """A place at which a check fires."""

    place: Place
    message: str
    fix: str = ""
    """In place of the check's own, where the place allows a better one."""


class Site(NamedTuple):
    """A node of a query, whose place is worked out only for a finding."""

    item: Item
    location: Location
    """Of the query in its entry."""
    position: int
    """In the query."""

    @property
    def place(self) -> Place:
        """Return where it stands."""
        return self.item.place_in(self.position, *self.location)


@dataclass(frozen=True, slots=True)
class Check:
    """One kind of finding."""

    code: str
    level: Level
    title: str
    """What it looks for, as a heading."""
    fix: str
    look: Callable[[LoadedBook], Iterator[Spot]]
