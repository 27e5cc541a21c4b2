"""Names in a text, and what of a name survives a change of script: its consonants.

Owns which words are names and how "Peshawar" and "پشاور" come to be one. It refuses to know who or what a name names.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from anyascii import anyascii

from monitor.articles.stems import GRAMMAR
from monitor.text.words import words_of

CONSONANTS_AT_LEAST, CONSONANTS_AT_MOST = 3, 5
"""Consonants of a name that are compared: two are anybody's, and after five endings begin."""
_CAPITALISED = re.compile(r"(?<![\w'’-])[A-ZÀ-ÖØ-ÞĀĂĄĆČĎĐĒĖĘĚĞĢĪİĶŁŃŅŇŐŘŚŠŞŢŤŪŮŰŹŻŽА-Я][\w'’]{2,}")
_SENTENCE_START = re.compile(r"(?:^|[.!?:\n]\s*)[\"“„«‘'(]*\s?$")
_IN_CAPITALS_AT_MOST = 5
"""Letters of an acronym; a longer word in capitals is a headline's way of shouting."""
_NOTHING: frozenset[str] = frozenset()
_SOUNDS = (
    *(("sch", "s"), ("tch", "s"), ("sh", "s"), ("ch", "s"), ("zh", "s"), ("kh", "k"), ("gh", "k"), ("ph", "f")),
    *(("th", "t"), ("dh", "t"), ("ck", "k"), ("qu", "k"), ("x", "ks"), ("ce", "se"), ("ci", "si"), ("cy", "si")),
)
_ONE_FOR_MANY = str.maketrans({"c": "k", "q": "k", "g": "k", "z": "s", "p": "b", "f": "b", "v": "b", "d": "t"})
_NO_CONSONANT = re.compile(r"[^bcdfgjklmnpqrstvxz]")
_DOUBLED = re.compile(r"(.)\1+")


def names_in_title(title: str) -> frozenset[str]:
    """Return the capitalised words of a headline, folded, none where it is in title case."""
    capitals = [word for word in _CAPITALISED.findall(title) if not _shouts(word)]
    if len(capitals) > max(3, 0.6 * len(title.split())):
        return _NOTHING
    return _folded(capitals)


def names_in_text(text: str) -> frozenset[str]:
    """Return the capitalised words of a text that do not open a sentence, folded."""
    return _folded(
        name[0].removesuffix("'s").removesuffix("’s")
        for name in _CAPITALISED.finditer(text)
        if not _SENTENCE_START.search(text[max(0, name.start() - 6) : name.start()])
    )


@lru_cache(maxsize=200_000)
def consonants_of(word: str) -> str:
    """Return what of a folded word any script writes, "" where it is too little to tell one name from another.

    Sounds that scripts, or the languages written in one, tell apart differently are one: p and b, v and f, t and d, k
    and g, s and sh. Vowels, h, w and y are left out, as Arabic writing leaves most of them out.
    """
    sounds = anyascii(word).lower()
    for written, sound in _SOUNDS:
        sounds = sounds.replace(written, sound)
    kept = _DOUBLED.sub(r"\1", _NO_CONSONANT.sub("", sounds.translate(_ONE_FOR_MANY)))
    return kept[:CONSONANTS_AT_MOST] if len(kept) >= CONSONANTS_AT_LEAST else ""


def _shouts(word: str) -> bool:
    return len(word) > _IN_CAPITALS_AT_MOST and word.isupper()


def _folded(capitals: Iterable[str]) -> frozenset[str]:
    return frozenset(w for word in capitals for w in words_of(word) if len(w) > 2 and w not in GRAMMAR)
