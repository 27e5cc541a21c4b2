"""Where the reports of one story differ in a figure: "12 killed" here, "15 killed" there.

Reads headlines only, and only a number with the word beside it; it says that reports differ, never which is right.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from monitor.desks.excerpt import isolate, one_line, shorten

_FIGURE = re.compile(r"(?<![\w.,:/-])(\d{1,3}(?:,\d{3})+|\d{1,6})(?![\w.,:/%-])\s+([^\W\d_]{3,})")
# Words after which a number counts time or is a date: reports from two hours of a day differ there by nature.
_NO_COUNT = frozenset({
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december", "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec", "years", "year",
    "months", "month", "weeks", "week", "days", "day", "hours", "hour", "hrs", "minutes", "minute", "mins", "min",
    "and", "the", "for", "with", "from", "pkt", "gmt", "utc",
})  # fmt: skip
_LIMIT = 3


def conflicting_figures(headlines: Sequence[tuple[str, str]]) -> tuple[str, ...]:
    """Name the figures on which headlines differ.

    Args:
        headlines: (headline, outlet) in order of arrival; the latest of an outlet counts.

    Returns:
        Sentences such as "Reports differ: 12 killed (Dawn), 15 killed (Geo)", at most three.
    """
    latest: dict[str, dict[str, tuple[int, str]]] = {}
    for headline, outlet in headlines:
        for number, word in _FIGURE.findall(_ascii_digits(one_line(headline))):
            counted = word.casefold()
            if counted not in _NO_COUNT:
                latest.setdefault(counted, {})[outlet] = (int(number.replace(",", "")), f"{number} {word}")
    found = []
    for by_outlet in latest.values():
        by_number: dict[int, str] = {}
        for outlet, (number, text) in by_outlet.items():
            by_number.setdefault(number, f"{shorten(text, 40)} ({isolate(shorten(outlet, 40))})")
        if len(by_number) > 1:
            found.append(f"Reports differ: {', '.join(by_number[number] for number in sorted(by_number))}")
    return tuple(found[:_LIMIT])


def _ascii_digits(text: str) -> str:
    """Write every decimal digit, such as ۱۲, in ASCII."""
    return "".join(str(unicodedata.decimal(c)) if c.isdecimal() and not c.isascii() else c for c in text)
