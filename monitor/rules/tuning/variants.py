"""Proposes other spellings of an actor's aliases, for a person to accept; nothing ever matches by likeness.

A different group's name is often nearer than a right alias (Tehreek-e-Insaf, Tehreek-e-Taliban), so no distance between
words is asked for. Each proposal is an alias with at most two known habits of spelling applied, and says which:
another romanisation of a word, the izafat as -i-, -e- or nothing, the Arabic article as al-, ul- or as it sounds, words
run together, a plural, initials with full stops, letters of a neighbouring alphabet. What an alias covers already is
left out, and what is a lookalike or another actor's is refused.

Owns the habits and the refusals. Which spellings a word has stands in `spellings`; what a word is, in `text.words`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from monitor.rules.book import Actor, Alias
from monitor.rules.tuning.spellings import ALPHABETS, HEADS, LETTER_NAMES, SPELLINGS, SUN_LETTERS
from monitor.text.words import fold_term, term_forms

MOST_HABITS = 2
"""Habits applied to one alias. Three together make hundreds of spellings, of which none was met in print."""

_LETTERS_SPOKEN = frozenset(fold_term(name) for name in LETTER_NAMES)
_BY_SPELLING = {fold_term(spelling): family for family in SPELLINGS for spelling in family}
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_IZAFAT = re.compile(r"(?<=[^\W\d_])[- ](ye|yi|i|e)[- ](?=[^\W\d_])")
_ARTICLE = re.compile(r"(?<=[a-z])[- ](al|ul|el|[aue](?:t|d|r|z|s|n|sh))[- ](?=([A-Za-z]))")
_UNMARKED = re.compile(rf"\b({'|'.join(sorted(HEADS))}) (?!(?:al|ul|el|[aue][tdrzsn])[- ])(?=[a-z])", re.IGNORECASE)
_DIN = re.compile(r"(?:[- ](?:ud|al|ad)[- ]|(?<=[a-z])(?:ud?|ed))[Dd](?:in|een)\b")
_LONG_VOWEL = re.compile(r"\b[A-Z][a-z]+?(?:(ee|i)(?=[bdfhjklmnqrz]\b)|(oo|u)(?=[bdfhjkmnqrz]\b))")
_LONG_VOWELS = {"ee": "i", "i": "ee", "oo": "u", "u": "oo"}
_INITIALS = re.compile(r"[A-Z]{2,6}")
_PEOPLE = re.compile(r".*(?:i|ist|ite|er|ant|ent|or)")
_MANY = re.compile(r"(.*(?:i|ist|ite|er|ant|ent|or))s")
_BEFORE_ARTICLE = re.compile(r"(?<=[\u0620-\u06ff]) (?=ال[\u0620-\u06ff]{3})")
_ARABIC_ENDING = re.compile(r"[ةت](?= ال)")
_ADJECTIVE = re.compile(r"(?<= )ال(?=[\u0620-\u06ff]{4})")
_JOINER = "\u200c"

Change = tuple[str, str]
"""A text with one habit applied, and the habit in words."""


@dataclass(frozen=True, slots=True)
class Variant:
    """A spelling that no alias covers."""

    alias: Alias
    """To be added: with the case, the context and the dates of the alias that it spells anew."""
    of: str
    """That alias."""
    because: str
    """The habits, joined by "; "."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A spelling that is somebody else's."""

    text: str
    of: str
    because: str


@dataclass(frozen=True, slots=True)
class Variants:
    """What came of an actor's aliases, the nearest spellings first."""

    proposed: tuple[Variant, ...]
    refused: tuple[Refusal, ...]


def variants_of(actor: Actor, others: Iterable[Actor] = ()) -> Variants:
    """Propose spellings of an actor's aliases that it does not cover yet.

    Args:
        actor: Whose aliases; `prefix*` aliases are left as they are, for their last word is open already.
        others: The other actors of the book. What is an alias of one of them is refused; a lookalike of one of them is
            not, since a name is often listed there exactly because it is this actor's.

    Returns:
        Proposals and refusals by the number of habits, then in the order of the aliases. Of two spellings of which one
        stands inside the other only the shorter is proposed, where it holds without conditions.
    """
    taken = _taken(actor, others)
    known = {form for alias in actor.aliases for form in term_forms(alias.text)}
    covering = _Covering(actor.aliases)
    proposed: list[Variant] = []
    refused: list[Refusal] = []
    seen = set(known)
    for alias, text, because in _spelt_anew(actor.aliases):
        form = fold_term(text)
        if form in seen:
            continue
        seen.add(form)
        if form in taken:
            refused.append(Refusal(text, alias.text, f"{because}: {taken[form]}"))
        elif not covering.covers(form):
            found = replace(alias, text=text)
            covering.add(found)
            proposed.append(Variant(found, alias.text, because))
    return Variants(tuple(proposed), tuple(refused))


def _taken(actor: Actor, others: Iterable[Actor]) -> dict[str, str]:
    """Return what may not be proposed, folded, with the reason."""
    taken: dict[str, str] = {}
    for other in others:
        for alias in other.aliases if other.id != actor.id else ():
            for form in term_forms(alias.text):
                taken.setdefault(form, f"that is an alias of {other.id}")
    for lookalike in actor.lookalikes:
        for form in term_forms(lookalike):
            taken.setdefault(form, f"that is a lookalike of {actor.id}")
    return taken


class _Covering:
    """The folded forms of aliases that hold wherever they stand, for saying what is found without more."""

    def __init__(self, aliases: Iterable[Alias]) -> None:
        self._forms: set[str] = set()
        for alias in aliases:
            self.add(alias)

    def add(self, alias: Alias) -> None:
        has_conditions = alias.exact or alias.needs or alias.valid_from or alias.valid_until or alias.bare
        if not has_conditions and not alias.text.endswith("*"):
            self._forms.update(term_forms(alias.text))

    def covers(self, form: str) -> bool:
        words = form.split(" ")
        ends = range(1, len(words) + 1)
        return any(" ".join(words[start:end]) in self._forms for end in ends for start in range(end))


def _spelt_anew(aliases: Iterable[Alias]) -> Iterator[tuple[Alias, str, str]]:
    """Yield (alias, spelling, habits): first all with one habit, then all with two."""
    frontier = [(alias, alias.text, "") for alias in aliases if not alias.text.endswith("*")]
    reached = {fold_term(text) for _, text, _ in frontier}
    for _ in range(MOST_HABITS):
        wave = []
        for alias, text, because in frontier:
            for spelling, habit in changes(text):
                form = fold_term(spelling)
                if form and form not in reached:
                    reached.add(form)
                    wave.append((alias, spelling, f"{because}; {habit}" if because else habit))
        yield from wave
        frontier = wave


def changes(text: str) -> Iterator[Change]:
    """Yield a text with one habit of spelling applied at one place, and the habit."""
    yield from _other_spellings(text)
    yield from _izafats(text)
    yield from _articles(text)
    yield from _endings(text)
    yield from _initials(text)
    yield from _arabic_script(text)


def _other_spellings(text: str) -> Iterator[Change]:
    """Romanise one word as others do."""
    is_romanised = bool(_IZAFAT.search(text) or _ARTICLE.search(text))
    for found in _WORD.finditer(text):
        word = found[0]
        family = _BY_SPELLING.get(fold_term(word), ())
        is_romanised = is_romanised or bool(family)
        for spelling in family:
            if fold_term(spelling) != fold_term(word):
                spelt = _in_case_of(word, spelling)
                yield text[: found.start()] + spelt + text[found.end() :], f"{word} as {spelt}"
    for found in _LONG_VOWEL.finditer(text) if is_romanised else ():  # beside English words it would mend "Greek"
        start, end = found.span(found.lastindex or 0)
        name = _WORD.match(text, found.start())
        if name is not None and fold_term(name[0]) not in _BY_SPELLING:
            written = text[start:end]
            yield text[:start] + _LONG_VOWELS[written] + text[end:], f"{written} as {_LONG_VOWELS[written]}"
    for found in _DIN.finditer(text):
        for other in ("uddin", "-ud-Din", " al-Din"):
            yield text[: found.start()] + other + text[found.end() :], f"{found[0].strip()} as {other.strip()}"


def _in_case_of(word: str, spelling: str) -> str:
    if word.isupper() and len(word) > 1:
        return spelling.upper()
    return spelling.capitalize() if word[0].isupper() else spelling


def _izafats(text: str) -> Iterator[Change]:
    """Write "of" between two nouns as -i-, -e-, -ul-, nothing, or run together."""
    for found in _IZAFAT.finditer(text):
        head, tail, written = text[: found.start()], text[found.end() :], found[1]
        for other in ("i", "e", "ul"):
            if other != written:
                yield f"{head}-{other}-{tail}", f"izafat -{written}- written -{other}-"
        yield f"{head} {tail}", f"izafat -{written}- left out"
        if tail[0].isupper():  # the capital keeps both readings: TehrikeTaliban, Tehrike Taliban
            yield f"{head}{written}{tail}", f"-{written}- run together"
    for found in _UNMARKED.finditer(text):
        for other in ("i", "e"):
            yield f"{text[: found.end(1)]}-{other}-{text[found.end() :]}", f"izafat -{other}- put in"


def _articles(text: str) -> Iterator[Change]:
    """Write the Arabic article as al-, ul-, as it sounds before its noun, joined to the word before, or not at all."""
    for found in _ARTICLE.finditer(text):
        head, tail, written, first = text[: found.start()], text[found.end() :], found[1], found[2].lower()
        if written[1:] != "l" and not (first in SUN_LETTERS and written[1] == first):
            continue  # "Ahl us Quran" is none
        sounds = "sh" if tail[:2].lower() == "sh" else first
        forms = ["al", "ul", *([f"u{sounds}", f"a{sounds}"] if first in SUN_LETTERS else [])]
        for other in dict.fromkeys(forms):
            if other != written:
                yield f"{head}-{other}-{tail}", f"{written}- as {other}-"
        joined = f"{head}t" if head[-1] == "a" else f"{head[:-1]}t" if head.endswith("ah") else head
        yield f"{joined}ul {tail}", f"{written}- joined to the word before as -ul"
        yield f"{head} {tail}", f"{written}- left out"
        yield f"{head}-e-{tail}", f"{written}- as izafat -e-"


def _endings(text: str) -> Iterator[Change]:
    """Put people into the plural or the singular: what ends like a demonym or like one who does something."""
    if not text.isascii() or not text.split():
        return
    last = text.rsplit(maxsplit=1)[-1]
    if len(last) < 5 or last.isupper() or fold_term(last) in _BY_SPELLING:
        return  # "TTPs" are tactics, techniques and procedures; "Taliban" is a plural
    is_common_noun = last.islower() or last == text
    if is_common_noun and _PEOPLE.fullmatch(last):
        yield f"{text}s", "plural"
    elif is_common_noun and (found := _MANY.fullmatch(last)):
        yield text[: len(text) - len(last)] + found[1], "singular"


def _initials(text: str) -> Iterator[Change]:
    """Put full stops between initials, or take them away."""
    if _INITIALS.fullmatch(text):
        yield ".".join(text) + ".", "initials with full stops or spaces"
    bare = text.replace(".", "").replace(" ", "")
    if (
        bare != text
        and _INITIALS.fullmatch(bare)
        and all(len(part) == 1 for part in re.split(r"[. ]+", text.strip(".")))
    ):
        yield bare, "initials without full stops"


def _arabic_script(text: str) -> Iterator[Change]:
    """Write Arabic script as its other languages do: letters, joined letter names, endings and articles."""
    for alphabet, letters in ALPHABETS:
        yield "".join(letters.get(letter, letter) for letter in text), alphabet
    if " " in text and _LETTERS_SPOKEN.issuperset(fold_term(text).split()):
        yield text.replace(" ", _JOINER), "names of letters joined, with or without a space"
    for found in _BEFORE_ARTICLE.finditer(text):
        yield text[: found.start()] + _JOINER + text[found.end() :], "run together before ال"
    for found in _ARABIC_ENDING.finditer(text):
        other = "ت" if found[0] == "ة" else "ة"
        yield text[: found.start()] + other + text[found.end() :], f"ending {found[0]} written {other}"
    for found in _ADJECTIVE.finditer(text):
        yield text[: found.start()] + text[found.end() :], "ال left out"
