"""Which articles tell of no single new event: round-ups, look-backs, explainers, opinions and tables.

Owns the signs in headlines (`genres.toml`). Such an article is a story of its own unless it is a copy: it has the words
of an event, or of several, and would be taken for a report of it. It refuses to judge what a headline does not say.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from importlib.resources import files

from monitor.text.words import words_of

_NUMBERS = """
a an the one two three four five six seven eight nine ten twenty thirty fifty ein zwei drei zehn un deux trois dix una
dos tres cinco diez uno due tre cinque dieci um dois dez een twee tien bir iki uc bes on ایک دو تین پانچ دس یک سه ده एक
"""
_NUMBER = rf"(?:{'|'.join(words_of(_NUMBERS))}|\d+)"


def _pattern(sign: str) -> str:
    parts = sign.strip("^$*").split()
    words = [_NUMBER if part == "#" else re.escape(word) for part in parts for word in words_of(part) or ["#"]]
    ends = " $" if sign.endswith("$") else "" if sign.endswith("*") else " "
    return ("^ " if sign.startswith("^") else " ") + " ".join(words) + ends


TABLE: dict[str, list[str]] = tomllib.loads((files("monitor.articles") / "genres.toml").read_text(encoding="utf-8"))
"""Signs by genre."""


def _signs() -> dict[str, list[tuple[str, re.Pattern[str]]]]:
    """Return the signs by a word that headlines with them have; those with an open end by ""."""
    found: dict[str, list[tuple[str, re.Pattern[str]]]] = {}
    for genre, signs in TABLE.items():
        for sign in signs:
            word = "" if sign.endswith("*") else max(words_of(sign), key=len)
            found.setdefault(word, []).append((genre, re.compile(_pattern(sign))))
    return found


_SIGNS = _signs()
_ASKS = ("?", "؟")


def genre_of(title: str, title_words: Sequence[str]) -> str:
    """Return what kind of article a headline announces, "" for a report.

    Args:
        title: As published.
        title_words: Its folded words.
    """
    said = f" {' '.join(title_words)} "
    for word in ("", *title_words):
        for genre, sign in _SIGNS.get(word, ()):
            if sign.search(said):
                return genre
    return "question" if title.rstrip(" \"'”’»").endswith(_ASKS) else ""
