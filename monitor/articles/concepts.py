"""What a report is about in any language: places, parties and kinds of event under one name each.

Owns the table (`concepts.toml`) and its lookup. It is how two reports without a common word can be seen to tell of one
event; what it does not know, it leaves to the words.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import files

from monitor.text.words import words_of


class _Forms:
    """Forms by their first word, so that a text is looked through once."""

    def __init__(self, source: str) -> None:
        self.exact: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        self.stems: dict[str, str] = {}
        for kind, concepts in tomllib.loads(source).items():
            for name, forms in concepts.items():
                for form in forms:
                    words = words_of(form)
                    if len(words) == 1 and form.endswith("*"):
                        self.stems[words[0]] = f"{kind}:{name}"
                    elif words:
                        self.exact.setdefault(words[0], []).append((tuple(words), f"{kind}:{name}"))
        self.shortest = min(map(len, self.stems))

    @lru_cache(maxsize=100_000)  # noqa: B019 - one table lives as long as the process
    def of_word(self, word: str) -> str | None:
        """Return the concept that a word is a form of by its beginning."""
        return next(
            (self.stems[word[:n]] for n in range(len(word), self.shortest - 1, -1) if word[:n] in self.stems), None
        )


_FORMS = _Forms((files("monitor.articles") / "concepts.toml").read_text(encoding="utf-8"))


def concepts_in(words: Sequence[str]) -> frozenset[str]:
    """Return the concepts that folded words name, such as "place:istanbul"; "" parts phrases."""
    found = set()
    for at, word in enumerate(words):
        if (concept := _FORMS.of_word(word)) is not None:
            found.add(concept)
        for form, name in _FORMS.exact.get(word, ()):
            if tuple(words[at : at + len(form)]) == form:
                found.add(name)
    return frozenset(found)
