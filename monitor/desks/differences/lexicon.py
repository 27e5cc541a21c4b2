"""What the words of a report stand for: kinds of figures, parties, numbers, days and speakers, language by language.

Owns the table (`words.toml`) and the reading of a sentence into tokens. It refuses to know what stands beside what:
that is grammar, and belongs to `figures`, `speakers` and `days`. A language that the table does not have reads as no
word at all, so its reports say nothing here.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from monitor.text.fold import SOFT_BREAKS, fold

# Clock times and scores are one token and no number; Devanagari signs are part of a word, which `\w` does not know.
_TOKEN = re.compile(r"\d+(?::\d+)+|\d+(?:[.,٬٫]\d+)*|(?:[^\W\d_]|[\u0900-\u0963])+|[$€£₹%]")
_BREAK = re.compile(r"[,;:()\[\]\"،؛।.!?/|]|(?<=\s)-|-(?=\s)")
_UNITED_STATES = re.compile(r"\bU\.S\.(?:A\.)?|\bUS\b")
"""Looked for before folding, after which it is the word "us"."""
_SOFT = str.maketrans(dict.fromkeys(SOFT_BREAKS, " "))
_NUMBER_WORDS = (*range(1, 21), *range(30, 100, 10))
"""What the places of the list `number` stand for."""
_STEM = 3
"""Letters that every open form has at least, by which it is found."""
_ONES = frozenset({"un", "une", "uno", "una", "one", "bir", "یک", "یو"})
"""Words for one that are articles too: a number only behind tens."""
_NUMBERED = ("number", "month", "solar_month")


@dataclass(frozen=True, slots=True)
class Token:
    """A word or phrase of a sentence, or a number in digits."""

    text: str
    """Folded."""
    tags: frozenset[str]
    """What it stands for, such as "killed.first" and "killed"; empty for words that the table does not have."""
    breaks: bool
    """Whether a comma, colon, bracket or dash parts it from the token before."""
    hyphened: bool
    """Whether only a hyphen parts it from the token before."""
    value: float | None = None
    """Of a number, in digits or words."""

    def has(self, kind: str) -> bool:
        """Say whether it stands for something of a kind: "party" of "party.police"."""
        return kind in self.tags

    def of(self, kind: str) -> str | None:
        """Return what follows the kind in its tag: "police" of "party.police"; the first in the alphabet of several."""
        if kind not in self.tags:
            return None
        return next((tag[len(kind) + 1 :] for tag in sorted(self.tags) if tag.startswith(kind + ".")), None)


def tokens_of(sentence: str, language: str) -> list[Token]:
    """Read a sentence.

    Args:
        sentence: As published.
        language: Primary subtag; one that the table does not have gives no tags.
    """
    if language == "en":
        sentence = _UNITED_STATES.sub("United States", sentence)
    folded = fold(sentence.translate(_SOFT)).text
    pieces = list(_TOKEN.finditer(folded))
    words = [piece[0] for piece in pieces]
    forms = _forms(language)
    tokens: list[Token] = []
    at = 0
    end = 0
    while at < len(words):
        length, tags = forms.at(words, at)
        gap = folded[end : pieces[at].start()]
        value = _value(words[at]) if length == 1 else None
        if value is None:
            value = next((float(tag[7:]) for tag in tags if tag.startswith("number.")), None)
        text = " ".join(words[at : at + length])
        tokens.append(Token(text, tags, bool(_BREAK.search(gap)), gap == "-", value))
        end = pieces[at + length - 1].end()
        at += length
    return _compounded(tokens)


def _compounded(tokens: Sequence[Token]) -> list[Token]:
    """Put tens and units together that stand as words: "twenty-one", "vingt et une", "خمسة وعشرين"."""
    made: list[Token] = []
    for token in tokens:
        made.append(token)
        *_, tens, joint = (None, None, *made[:-1])
        if token.breaks or joint is None:
            continue
        if tens is not None and joint.has("and") and not joint.breaks and _is_tens(tens) and _is_unit(token):
            made[-3:] = [_sum_of(tens, token)]
        elif (_is_tens(joint) and _is_unit(token)) or (_is_unit(joint) and _is_tens(token) and token.text[0] == "و"):
            made[-2:] = [_sum_of(joint, token)]
    return made


def _is_tens(token: Token) -> bool:
    return token.has("number") and token.value is not None and token.value >= 20


def _is_unit(token: Token) -> bool:
    return token.text in _ONES or (token.has("number") and token.value is not None and token.value < 10)


def _sum_of(first: Token, last: Token) -> Token:
    value = sum(1 if token.value is None else token.value for token in (first, last))
    return Token(f"{first.text} {last.text}", frozenset({"number"}), first.breaks, first.hyphened, value)


def _value(word: str) -> float | None:
    """Read a number in digits: "1,200" is 1200, "6.1" and "6,1" are 6.1; None for "10:30", "1.2.3" and words."""
    if not word[0].isdigit() or ":" in word:
        return None
    parts = re.split(r"[.,٬٫]", word)
    if len(parts) > 1 and all(len(part) == 3 for part in parts[1:]) and len(parts[0]) <= 3 and parts[0] != "0":
        return float("".join(parts))
    if len(parts) > 2 or len(word) > 15:
        return None
    return float(".".join(parts))


class _Forms:
    """The forms of one language by their first word."""

    def __init__(self, forms: Iterator[tuple[str, str]]) -> None:
        self._phrases: dict[str, list[tuple[tuple[str, ...], frozenset[str]]]] = {}
        self._stems: dict[str, list[tuple[tuple[str, ...], frozenset[str]]]] = {}
        merged: dict[tuple[str, ...], set[str]] = {}
        for form, tag in forms:
            words = tuple(_TOKEN.findall(fold(form.translate(_SOFT)).text))
            tags = {tag, tag.partition(".")[0]}
            if form.endswith("*"):
                self._stems.setdefault(words[0][:_STEM], []).append((words, frozenset(tags)))
            else:
                merged.setdefault(words, set()).update(tags)
        for words, together in merged.items():
            self._phrases.setdefault(words[0], []).append((words, frozenset(together)))
        for phrases in self._phrases.values():
            phrases.sort(key=lambda phrase: -len(phrase[0]))

    def at(self, words: Sequence[str], at: int) -> tuple[int, frozenset[str]]:
        """Return how many words the longest form takes that begins here, and its tags; one word without tags else."""
        length, tags = 1, frozenset[str]()
        for phrase, own in self._phrases.get(words[at], ()):
            if tuple(words[at : at + len(phrase)]) == phrase:
                length, tags = len(phrase), own
                break
        for stem, own in self._stems.get(words[at][:_STEM], ()):
            found = tuple(words[at : at + len(stem)])
            if len(found) == len(stem) >= length and found[:-1] == stem[:-1] and found[-1].startswith(stem[-1]):
                length, tags = len(stem), own if len(stem) > length else own | tags
        return length, tags


@cache
def _table() -> Mapping[str, Any]:
    return tomllib.loads((files("monitor.desks.differences") / "words.toml").read_text(encoding="utf-8"))


def names_of(kind: str) -> Sequence[str]:
    """Return the names of a kind of words, such as those of "body"."""
    return tuple(_table()[kind])


@cache
def _languages() -> frozenset[str]:
    return frozenset(_table()["number"])


@cache
def _forms_of(language: str) -> _Forms:
    return _Forms(_forms_in(_table(), "", language))


def _forms(language: str) -> _Forms:
    return _forms_of(language if language in _languages() else "")


def _forms_in(table: Mapping[str, Any], path: str, language: str) -> Iterator[tuple[str, str]]:
    """Give each form of a language with its tag, which is the path of the list it stands in."""
    for name, inside in table.items():
        if isinstance(inside, dict):
            yield from _forms_in(inside, f"{path}.{name}" if path else name, language)
        elif name in (language, "any") and language:
            for place, form in enumerate(inside):
                if path in _NUMBERED:
                    value = _NUMBER_WORDS[place] if path == "number" else place + 1
                    yield from ((one, f"{path}.{value}") for one in form.split("|") if one)
                else:
                    yield form, path
