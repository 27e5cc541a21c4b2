"""Lint for single terms: aliases, lexicon terms and the words of queries, wherever they stand.

Owns what is unwise in the writing of one term or in two terms of one list. It refuses to know who an actor is
(`lint_actors`) and how a query is built (`lint_queries`).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from monitor.rules.book import Place
from monitor.rules.files.items import Item
from monitor.rules.files.load import LoadedBook
from monitor.rules.language.tree import Term, walk
from monitor.rules.lint.findings import Check, Level, Site, Spot
from monitor.text.words import term_forms, words_of

MIN_PREFIX = 4
"""Letters before a `*`; `mil*` is military, million, milk and Milan."""

_OPERATORS = re.compile(r"\b(?:AND|OR|NOT|NEAR/\d+|BEFORE/\d+)\b|\b(?:actor|lexicon|rule|title|lead|body):")
_INVISIBLE = re.compile(r"[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\U000e0000-\U000e007f]")
"""Soft hyphen, zero-width space, direction marks, joiners of no script, tags; not the (non-)joiners that scripts write
with.
"""
_COMMON_WORDS = """
the a an and or of in on to for from by with at as is are was be it its this that he she they not
der die das und oder von in im zu mit auf ist den dem ein eine ve bir bu da de ile için
le la les et de du des un une en el los las y del una que и в на не с по что
کے کی کا میں سے اور ہے کو نے پر یہ و در از به که را با این است
في من على إلى عن أن هذا مع د په او چې له
"""
_COMMON = frozenset(_COMMON_WORDS.split())
"""Words so frequent in their language that they stand in nearly every article."""


class Written(NamedTuple):
    """A term as a rule file writes it."""

    text: str
    """Without a trailing `*`."""
    is_prefix: bool
    site: Site
    is_listed: bool
    """It stands in a list of terms, not in a query."""

    @property
    def place(self) -> Place:
        """Return where it stands."""
        return self.site.place


def written_terms(loaded: LoadedBook) -> Iterator[Written]:
    """Yield every term of aliases, needs, lookalikes, lexicons and queries."""
    for id_, actor in loaded.book.actors.items():
        item = loaded.items["actors"][id_]
        for index, alias in enumerate(actor.aliases):
            yield _listed(alias.text, item, "aliases", index, "text")
            for at, need in enumerate(alias.needs):
                yield _listed(need, item, "aliases", index, "needs", at)
        for index, lookalike in enumerate(actor.lookalikes):
            yield _listed(lookalike, item, "lookalikes", index)
    for id_, lexicon in loaded.book.lexicons.items():
        item = loaded.items["lexicons"][id_]
        for index, term in enumerate(lexicon.terms):
            yield _listed(term, item, index)
    for item in loaded.items["rules"].values():
        yield from _query_terms(item)


def alias_place(item: Item, index: int) -> Place:
    """Return where the text of an alias stands, whether it is a text alone or a mapping."""
    return item.place("aliases", index, "text")


def _listed(term: str, item: Item, *location: int | str) -> Written:
    return Written(term.removesuffix("*").rstrip(), term.endswith("*"), Site(item, location, 0), True)


def _query_terms(item: Item) -> Iterator[Written]:
    for location, (_, tree) in item.queries.items():
        for node in walk(tree) if tree is not None else ():
            if isinstance(node, Term):
                yield Written(node.text, node.prefix, Site(item, location, node.at.start), False)


@lru_cache(maxsize=65536)
def scripts_of(word: str) -> frozenset[str]:
    """Return the alphabets of a word, by the first word of its letters' Unicode names ("LATIN", "CYRILLIC")."""
    return frozenset(unicodedata.name(letter, "?").split(" ", 1)[0] for letter in word if letter.isalpha())


def _short(loaded: LoadedBook) -> Iterator[Spot]:
    for term in written_terms(loaded):
        words = words_of(term.text)
        if len(words) == 1 and not term.is_prefix and len(words[0]) <= 2 and _is_spelt(words[0]):
            letters = "one letter" if len(words[0]) == 1 else "two letters"
            yield Spot(term.place, f"{term.text!r} has {letters} and stands in many articles by chance")


def _wide_prefix(loaded: LoadedBook) -> Iterator[Spot]:
    for term in written_terms(loaded):
        words = words_of(term.text)
        if term.is_prefix and words and len(words) == 1 and len(words[-1]) < MIN_PREFIX and _is_spelt(words[-1]):
            yield Spot(term.place, f"{term.text}* begins a great many words")


def _mixed_scripts(loaded: LoadedBook) -> Iterator[Spot]:
    confusable = {"LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE"}
    for term in written_terms(loaded):
        for word in re.findall(r"\w+", term.text):
            mixed = sorted(scripts_of(word) & confusable)
            if len(mixed) > 1:
                odd = _odd_letters(word, mixed)
                yield Spot(
                    term.place,
                    f"the word {word!r} mixes {' and '.join(name.title() for name in mixed)} letters ({odd})",
                )


def _odd_letters(word: str, mixed: list[str]) -> str:
    """Name the letters of the alphabet that fewer letters of the word come from."""
    by_script = {
        name: [letter for letter in word if unicodedata.name(letter, "?").startswith(name + " ")] for name in mixed
    }
    fewest = min(mixed, key=lambda name: len(by_script[name]))
    return ", ".join(f"U+{ord(letter):04X}" for letter in dict.fromkeys(by_script[fewest]))


def _equal_terms(loaded: LoadedBook) -> Iterator[Spot]:
    for id_, lexicon in loaded.book.lexicons.items():
        seen: dict[tuple[str, bool], str] = {}
        for index, term in enumerate(lexicon.terms):
            key = (_folded(term.removesuffix("*")), term.endswith("*"))
            first = seen.setdefault(key, term)
            if first is not term:
                place = loaded.place("lexicons", id_, index)
                yield Spot(place, f"{term!r} is the same as {first!r}: case, accents and letter variants do not count")


def _covered_terms(loaded: LoadedBook) -> Iterator[Spot]:
    for id_, lexicon in loaded.book.lexicons.items():
        prefixes = {_folded(term.removesuffix("*")): term for term in lexicon.terms if term.endswith("*")}
        for index, term in enumerate(lexicon.terms):
            folded = _folded(term.removesuffix("*"))
            ends = range(1, len(folded) + (not term.endswith("*")))
            cover = next((prefixes[folded[:end]] for end in ends if folded[:end] in prefixes), None)
            if cover is not None and " " not in folded:
                yield Spot(loaded.place("lexicons", id_, index), f"{term!r} is found by {cover!r} already")


def _query_in_term(loaded: LoadedBook) -> Iterator[Spot]:
    for term in written_terms(loaded):
        match = _OPERATORS.search(term.text) if term.is_listed else None
        if match:
            yield Spot(term.place, f"{match.group()!r} in the term {term.text!r} is read as a word, not as a query")


def _inner_star(loaded: LoadedBook) -> Iterator[Spot]:
    for term in written_terms(loaded):
        if "*" in term.text:
            yield Spot(
                term.place, f"the * inside {term.text!r} stands for nothing: only one at the end of the last word does"
            )


def _invisible(loaded: LoadedBook) -> Iterator[Spot]:
    for term in written_terms(loaded):
        found = _INVISIBLE.search(term.text)
        if found:
            yield Spot(term.place, f"the term {term.text!r} holds the invisible character U+{ord(found.group()):04X}")


def _common_word(loaded: LoadedBook) -> Iterator[Spot]:
    for term in written_terms(loaded):
        if not term.is_prefix and term.text.casefold() in _COMMON:
            yield Spot(term.place, f"{term.text!r} stands in nearly every article of its language")


def _unused_lexicon(loaded: LoadedBook) -> Iterator[Spot]:
    used = referenced(loaded, "lexicon")
    for id_ in loaded.book.lexicons:
        if id_ not in used:
            yield Spot(loaded.place("lexicons", id_), f"no query names the lexicon {id_!r}")


def referenced(loaded: LoadedBook, kind: str) -> frozenset[str]:
    """Return the ids that queries refer to, of one kind ("actor", "lexicon", "rule")."""
    return frozenset(
        node.id
        for rule in loaded.book.rules.values()
        for tree in [part.tree for part in rule.evidence] + ([rule.tree] if rule.tree is not None else [])
        for node in walk(tree)
        if getattr(node, "kind", None) == kind and hasattr(node, "id")
    )


@lru_cache(maxsize=65536)
def _folded(term: str) -> str:
    forms = term_forms(term)
    return forms[0] if forms else term.casefold()


def _is_spelt(word: str) -> bool:
    """Say whether a word is written with an alphabet, where one or two letters say little."""
    return bool(scripts_of(word) & {"LATIN", "CYRILLIC", "GREEK", "ARABIC", "HEBREW", "ARMENIAN", "GEORGIAN"})


CHECKS = (
    Check("T101", Level.WARNING, "A word of one or two letters", "Use a longer name, or exact: with context.", _short),
    Check(
        "T102",
        Level.WARNING,
        "A prefix that is too wide",
        f"Write at least {MIN_PREFIX} letters before the *.",
        _wide_prefix,
    ),
    Check(
        "T103",
        Level.WARNING,
        "Letters of two alphabets in one word",
        "Type the word again in one alphabet.",
        _mixed_scripts,
    ),
    Check("T104", Level.WARNING, "A term that is listed twice", "Remove one of them.", _equal_terms),
    Check("T105", Level.INFO, "A term that a prefix of its list covers", "Remove the longer term.", _covered_terms),
    Check(
        "T106",
        Level.WARNING,
        "A query in the place of a term",
        "Write a query in a rule; list each term by itself.",
        _query_in_term,
    ),
    Check(
        "T107",
        Level.WARNING,
        "A * inside a term",
        "List the spellings, or use a /regular expression/ in a query.",
        _inner_star,
    ),
    Check(
        "T108",
        Level.WARNING,
        "An invisible character in a term",
        "Type the term again; it was pasted with the character.",
        _invisible,
    ),
    Check(
        "T109",
        Level.WARNING,
        "A word that stands in every article",
        "Remove it, or make it part of a phrase.",
        _common_word,
    ),
    Check(
        "L101",
        Level.INFO,
        "A lexicon that nothing uses",
        "Use it as lexicon:id in a query, or remove it.",
        _unused_lexicon,
    ),
)
