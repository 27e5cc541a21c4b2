"""What a report is about in any language: places, parties, events, days and numbers under one name each.

Owns the table (`concepts.toml`, and `places.toml` for the places) and the translation of words into it. It is how two
reports without a common word can be seen to tell of one event; what it does not know, it leaves to the words.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from importlib.resources import files

from monitor.text.words import words_of

Table = Mapping[str, Mapping[str, Sequence[str]]]
"""Forms of concepts, by kind and name; a form ends with "*" for any ending, and begins with "en:" for one language."""


class Forms:
    """The forms of concepts in one language: by the first word of a phrase, and by the beginning of a word."""

    def __init__(self, table: Table, language: str) -> None:
        self._is_arabic = language == "ar"
        self.phrases: dict[str, list[tuple[tuple[str, ...], bool, str]]] = {}
        self.stems: dict[str, str] = {}
        for kind, concepts in table.items():
            for name, forms in concepts.items():
                for form in forms:
                    self._add(form, f"{kind}:{name}", language)
        for phrases in self.phrases.values():
            phrases.sort(key=lambda phrase: -len(phrase[0]))
        self.shortest = min(map(len, self.stems), default=1)
        self.known: dict[str, str | None] = {}

    def _add(self, form: str, concept: str, language: str) -> None:
        only, colon, rest = form.partition(":")
        if colon:
            if only != language:
                return
            form = rest
        words = tuple(map(_without_article, words_of(form)) if self._is_arabic else words_of(form))
        if len(words) == 1 and form.endswith("*"):
            self.stems[words[0]] = concept
        elif words:
            self.phrases.setdefault(words[0], []).append((words, form.endswith("*"), concept))

    def of_word(self, word: str) -> str | None:
        """Return the concept that a word is a form of by its beginning, the longest beginning first."""
        if word not in self.known:
            if len(self.known) > _KNOWN_AT_MOST:
                self.known.clear()
            beginnings = (word[:length] for length in range(len(word), self.shortest - 1, -1))
            self.known[word] = next((self.stems[b] for b in beginnings if b in self.stems), None)
        return self.known[word]

    def _bare(self, word: str) -> str:
        """Take off an Arabic word its article, and an "and", "in" or "for" written onto what is then known."""
        bare, rest = _without_article(word), word[1:]
        is_joined = word[0] in _JOINED and len(rest) >= 3 and self._knows(rest) and not self._knows(bare)
        return rest if is_joined or rest in _NUMBERS_WITHOUT_IT else bare

    def _knows(self, word: str) -> bool:
        return word in self.phrases or self.of_word(word) is not None

    def translate(self, words: Sequence[str]) -> list[str]:
        """Replace words and phrases by the concept they name ("place:istanbul"); other words stay as they are."""
        if self._is_arabic:
            words = list(map(self._bare, words))
        told: list[str] = []
        at = 0
        while at < len(words):
            word = words[at]
            for phrase, is_open, concept in self.phrases.get(word, ()):
                found = tuple(words[at : at + len(phrase)])
                if found == phrase or (
                    is_open and found[:-1] == phrase[:-1] and found and found[-1].startswith(phrase[-1])
                ):
                    told.append(concept)
                    at += len(phrase)
                    break
            else:
                told.append(self.of_word(word) or word)
                at += 1
        return told


@lru_cache(maxsize=100_000)
def _without_article(word: str) -> str:
    """Take the article, with what is written onto it, off an Arabic word.

    The prefixes are those of "light10" (Larkey, Ballesteros and Connell, "Light Stemming for Arabic Information
    Retrieval", 2007) but for a bare "and", which half of the words for ministers begin with.
    """
    if word in _NUMBERS_WITHOUT_IT:
        return word
    prefix = next((p for p in _ARTICLES if word.startswith(p)), "")
    return word[len(prefix) :] if len(word) - len(prefix) >= 3 else word


_JOINED = frozenset("وفبلک")
"""One letter of "and", "then", "in", "for" and "as", folded."""
_ARTICLES = ("وال", "بال", "کال", "فال", "ال", "لل")
_NUMBERS_WITHOUT_IT = frozenset(words_of("الأحد الاثنين"))
"""Sunday and Monday, which without their article are "one" and "two"."""
_KNOWN_AT_MOST = 100_000


def _read(name: str) -> Table:
    return tomllib.loads((files("monitor.articles") / name).read_text(encoding="utf-8"))


_PLACES = _read("places.toml")
TABLE: Table = {
    "place": {name: forms for places in _PLACES.values() for name, forms in places.items()},
    **_read("concepts.toml"),
}
REGION_OF: Mapping[str, str] = {
    f"place:{name}": f"place:{region}"
    for region, places in _PLACES.items()
    if region in places
    for name in places.keys() - {region}
}
"""The province that a town or district lies in, where the table says."""


def languages_of(table: Table) -> frozenset[str]:
    """Return the languages that have forms of their own in a table."""
    every = (form for concepts in table.values() for forms in concepts.values() for form in forms)
    return frozenset(form.partition(":")[0] for form in every if ":" in form)


_LANGUAGES = languages_of(TABLE) | {"ar"}  # whose words are read without their article


@cache
def _forms(language: str) -> Forms:
    return Forms(TABLE, language)


def translate(words: Sequence[str], language: str) -> list[str]:
    """Replace words and phrases by the concept they name ("place:istanbul"); other words stay as they are.

    Args:
        words: Folded words in order.
        language: Primary subtag of their language; "" where nobody says, which is read as English.
    """
    if not language:
        language = "en"
    return _forms(language if language in _LANGUAGES else "other").translate(words)
