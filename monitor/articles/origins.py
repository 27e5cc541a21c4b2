"""How many independent origins stand behind the outlets of a story: "9 outlets, 2 origins".

Owns the reading of wire credits and the count. A reprint has the origin of its original; two texts that credit the same
agency have one origin, however each outlet worded them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from monitor.model import Article

_WIRES = {
    "Reuters": ("reuters", "رويترز", "روئٹرز", "رویترز"),
    "AP": ("ap", "associated press", "أسوشيتد برس", "اے پی"),
    "AFP": ("afp", "agence france-presse", "فرانس برس", "اے ایف پی"),
    "dpa": ("dpa",),
    "AA": ("aa", "anadolu agency", "anadolu ajansı", "الأناضول"),
    "Xinhua": ("xinhua", "شينخوا"),
    "APP": ("app", "اے پی پی"),
    "PPI": ("ppi",),
    "INP": ("inp",),
    "ANI": ("ani",),
    "PTI": ("press trust of india",),
    "EFE": ("efe",),
    "IRNA": ("irna", "ایرنا"),
    "TASS": ("tass", "тасс"),
    "Interfax": ("interfax", "интерфакс"),
    "Bakhtar": ("bakhtar", "باختر"),
}
_NAMES = {name: wire for wire, names in _WIRES.items() for name in names}
_ANY = "|".join(re.escape(name) for name in sorted(_NAMES, key=len, reverse=True))
# "ISLAMABAD (Reuters) -", "KABUL, Nov 20 (AFP) —"; at the end "(AP)", "— AFP", "Reuters contributed to this report".
_OPENING = re.compile(rf"^.{{0,60}}?[(\[/]({_ANY})[)\]/]", re.IGNORECASE)
_CLOSING = re.compile(
    rf"(?:[(\[]|[-–—]\s*|\bwith (?:input|inputs|reporting|additional reporting) (?:from|by) )({_ANY})[)\]]?\s*\.?$"
    rf"|\b({_ANY}) (?:also )?contributed to this (?:report|story|article)\.?$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Origins:
    """What stands behind the outlets of a story."""

    outlets: int
    """Feeds that first carried one of the articles."""
    origins: int
    """Texts that nobody had from another of them or from a common agency."""
    wires: tuple[str, ...]
    """Agencies that are credited, by name."""

    def __str__(self) -> str:
        return f"{_count(self.outlets, 'outlet')}, {_count(self.origins, 'origin')}"


def wire_of(article: Article) -> str | None:
    """Return the agency that an article credits in its first or last line, None where it credits none."""
    lines = [line.strip() for line in article.body.splitlines() if line.strip()]
    if not lines:
        return None
    found = _OPENING.search(lines[0][:120])
    if found is not None:
        return _NAMES[found[1].casefold()]
    closing = next((c for line in reversed(lines[-3:]) if (c := _CLOSING.search(line[-160:]))), None)
    return _NAMES[(closing[1] or closing[2]).casefold()] if closing is not None else None


def origins_of(members: Sequence[Article]) -> Origins:
    """Count the independent origins of a story's articles.

    Args:
        members: All articles of one story, reprints included.
    """
    wires = {article.id: wire for article in members if (wire := wire_of(article)) is not None}
    roots: set[str] = set()
    for article in members:
        original = article.reprint_of or article.id
        wire = wires.get(original) or wires.get(article.id)
        roots.add(f"wire {wire}" if wire else f"article {original}")
    # A copy that names its agency tells the origin of the copies that leave the credit out.
    for article in members:
        original = article.reprint_of or article.id
        if article.id in wires and original not in wires:
            roots.discard(f"article {original}")
    feeds = {article.feed_id for article in members}
    return Origins(len(feeds), len(roots), tuple(sorted(set(wires.values()))))


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
