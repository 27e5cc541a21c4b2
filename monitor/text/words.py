"""What a word is, in every script, and where each word stood in the text as published.

Owns the division of a text into words and paragraphs, and the *stream*: the folded words of a text, each between single
spaces, in which a term is found whole by looking for " term ". Refuses to know fields, zones and rules.

The policy
    - A word is a run of letters, digits and the marks on them. Everything else parts words: spaces, punctuation,
      dashes, underscores, symbols, and numbers that are set as symbols (¹ ② ½). So `cease-fire` is two words, equal to
      `cease fire` and not to `ceasefire`; `country.According` is two words; `T.T.P.` is three.
    - An apostrophe parts words: `TTP's` holds the word `TTP`, `İstanbul'da` holds `İstanbul`. A plural is another word:
      `TTPs` is not `TTP` (it is how "tactics, techniques and procedures" are written; who wants it writes `TTP*`).
    - A *soft break* leaves both readings: the parts, and the whole. Soft breaks are an apostrophe inside a word
      (`Qur'an` is `Quran` and `Qur an`) unless an English ending follows it ('s 't 're 'll 've 'd 'm); a zero-width
      non-joiner or space (`آتش‌بس` is `آتشبس` and `آتش بس`); a capital after a small letter or after an acronym
      (`ProgressPeace`, `TTPTalks`; so `YouTube` is still `youtube`); a change between a cased script and one without
      case (`TTPکے`). A term with a soft break in it stands for both its readings too; a term without one does not:
      `آتش بس` with a space and `آتشبس` without are two terms, like `cease fire` and `ceasefire`.
    - Scripts that do not space words (Chinese characters, kana, Thai, Lao, Khmer, Burmese): each character with its
      marks is a word of its own, and a term of several is a phrase. That finds every occurrence, also one that runs
      across two dictionary words; the dictionary that would know better would also miss every new name. Korean is
      spaced: its particles join the word, so a Korean term wants `prefix*`.
    - Words are counted with every soft break taken: `ProgressPeace` is two words to NEAR.
    - A paragraph ends at a line without a word. Phrases run across line breaks, never across paragraphs.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import lru_cache
from itertools import accumulate, compress, count
from operator import add

from monitor.text.classes import (
    APOSTROPHE,
    CAPITAL,
    CASELESS,
    SINGLE,
    SMALL,
    SOFT,
    SOFT_CHARACTER,
    WORDS,
    WORDS_KEEPING_CASE,
    classify,
    fold_words,
)

PARAGRAPH = "\x02"
"""Stands between paragraphs in a stream, as a word that no text has."""

_TOKEN = re.compile(r"c(?:[m~^-]*[m~])?|[aAdxm](?:[aAdxm~^-]*[aAdxm~])?")
_PARAGRAPH_GAP = re.compile(r"\n[^aAdxmc\n]*\n[^aAdxmc]*")
_IRREGULAR = "cm~^-"
"""Classes that make more of a word than a run of letters and digits: words of one character, marks, what vanishes."""
_RUNS_AND_SPACES = str.maketrans("aAdx '\n", "aaaa   ")
_SINGLES = re.compile(r"c[m~^-]*")
_WORDLESS_LINES = re.compile(r"\n[ \n]*\n")
_ENGLISH_ENDING = re.compile(r"(?:s|t|re|ll|ve|d|m)(?![^\W\d_])", re.IGNORECASE)
# Each of these begins with a rare letter and looks round from there: so a search skips what is common (a tenth of the
# time of the same with lookbehind first).
_GLUED = re.compile(r"A(?:(?<=aA)|(?<=AAA)(?=aa))")
_SIGNED = re.compile(r"[\^'](?=[aAdx])(?<=[aAdxm~^-].)")
_CASED_RUN = re.compile(r"[aA]+")
_CASELESS_RUN = re.compile(r"x+")


class Words:
    """The words of one text; treat it as frozen.

    A place in it is a *position*: the number of a word, counted from 0 with paragraph breaks as words. Streams and
    positions are made at once, places in the published text only when they are asked for.
    """

    __slots__ = ("_classes", "_cuts", "_firsts", "_places", "_soft_stream", "published", "stream")

    def __init__(self, published: str) -> None:
        self.published = published
        text = published.replace(SOFT, " ") if SOFT in published else published
        self._classes, different = classify(text)
        self._cuts = _soft_breaks(text, self._classes)
        marked = text
        if self._cuts or SINGLE in self._classes:
            marked = _mark(text, self._classes, self._cuts)
            self._classes = _join(self._classes, self._cuts)
        stream = _collapse(fold_words(marked, different))
        self._soft_stream: str | None = None
        if self._cuts:
            self._soft_stream = stream
            stream = stream.replace(SOFT, "")
        self.stream = stream
        """Folded words between single spaces, soft breaks closed: the whole words."""
        self._firsts: list[int] | None = None
        self._places: tuple[list[int], list[int], list[int]] | None = None

    @property
    def parted_stream(self) -> str | None:
        """Return the stream with soft breaks open, or None where the text has none (then `stream` has all readings)."""
        return None if self._soft_stream is None else self._soft_stream.replace(SOFT, " ")

    def whole_word_positions(self) -> list[int] | None:
        """Return the first position of each word of `stream`, and one after the last; None where it is the index."""
        return None if self._soft_stream is None else self._whole_firsts()

    def _whole_firsts(self) -> list[int]:
        if self._firsts is None:
            assert self._soft_stream is not None
            widths = (word.count(SOFT) + 1 for word in self._soft_stream[1:-1].split(" "))
            self._firsts = [0, *accumulate(widths)]
        return self._firsts

    def __len__(self) -> int:
        """Return the number of positions."""
        return len(self._placed()[0])

    def span(self, first: int, last: int) -> tuple[int, int]:
        """Return the published half-open range of the words from position `first` to `last`, both included."""
        starts, ends, _ = self._placed()
        return starts[first], ends[last]

    def paragraph_breaks(self) -> list[int]:
        """Return the positions that are paragraph breaks, rising."""
        return self._placed()[2]

    def at_or_after(self, offset: int) -> int:
        """Return the first position whose word ends after a published offset; the number of positions if none does."""
        return bisect_right(self._placed()[1], offset)

    def folded_word(self, position: int, *, keep_case: bool = False) -> str:
        """Return one word, folded, with its case if wanted; "" for a paragraph break."""
        start, end = self.span(position, position)
        return fold_word(self.published[start:end], keep_case=keep_case)

    def _placed(self) -> tuple[list[int], list[int], list[int]]:
        if self._places is None:
            self._places = _place(self._classes, self._cuts)
        return self._places


def fold_word(published: str, *, keep_case: bool = False) -> str:
    """Fold the text of one word; characters that part words vanish."""
    folded = published.translate(WORDS_KEEPING_CASE if keep_case else WORDS)
    return "".join(folded.split())


def words_of(text: str) -> list[str]:
    """Return the folded words of a text in order, soft breaks closed, without paragraph breaks."""
    return [word for word in Words(text).stream.split() if word != PARAGRAPH]


@lru_cache(maxsize=65536)
def term_forms(term: str) -> tuple[str, ...]:
    """Return the readings of a term: folded words joined by single spaces.

    One reading for most terms; a second, with every soft break open, where the term holds soft breaks; none for a term
    without a word in it.
    """
    words = Words(term)
    forms = [words.stream.strip()]
    if words.parted_stream is not None:
        forms.append(words.parted_stream.strip())
    return tuple(form.replace(f" {PARAGRAPH} ", " ") for form in dict.fromkeys(forms) if form)


def fold_term(term: str) -> str:
    """Return the first reading of a term; two terms that fold alike match alike. "" if the term holds no word."""
    forms = term_forms(term)
    return forms[0] if forms else ""


def _soft_breaks(text: str, classes: str) -> list[tuple[int, int]]:
    """Return the published range each soft break takes: empty between two letters, one character at a sign; rising."""
    breaks = [(found.start(), found.start()) for found in _GLUED.finditer(classes)]
    if CASELESS in classes and (SMALL in classes or CAPITAL in classes):
        breaks += _script_changes(classes)
    if APOSTROPHE in classes or SOFT_CHARACTER in classes:
        for found in _SIGNED.finditer(classes):
            start, end = found.span()
            is_ending = classes[start] == APOSTROPHE and _ENGLISH_ENDING.match(text, end) is not None
            if not is_ending and _ends_word(classes, start):
                breaks.append((start, end))
    return sorted(breaks)


def _script_changes(classes: str) -> list[tuple[int, int]]:
    """Return where a cased script and one without case touch, found from the rarer of the two."""
    is_cased_rarer = 2 * classes.count(CASELESS) > len(classes)
    run, others = (_CASED_RUN, CASELESS) if is_cased_rarer else (_CASELESS_RUN, SMALL + CAPITAL)
    places = []
    for found in run.finditer(classes):
        start, end = found.span()
        if start and classes[start - 1] in others:
            places.append((start, start))
        if end < len(classes) and classes[end] in others:
            places.append((end, end))
    return places


def _ends_word(classes: str, end: int) -> bool:
    """Say whether the marks before `end` belong to a word that is not a character of its own."""
    start = end
    while start and classes[start - 1] in "m~^-":
        start -= 1
    if start and classes[start - 1] == SINGLE:
        return False
    return "m" in classes[start:end] or (start > 0 and classes[start - 1] in "aAdx")


def _mark(text: str, classes: str, cuts: list[tuple[int, int]]) -> str:
    """Put soft breaks into a text as signs, and spaces round the characters that are words of their own."""
    changes = [(start, end, SOFT) for start, end in cuts]
    for found in _SINGLES.finditer(classes):
        start, end = found.span()
        changes.append((start, end, f" {text[start:end]} "))
    changes.sort()
    pieces: list[str] = []
    done = 0
    for start, end, instead in changes:
        pieces += (text[done:start], instead)
        done = end
    pieces.append(text[done:])
    return "".join(pieces)


def _join(classes: str, cuts: list[tuple[int, int]]) -> str:
    """Make the apostrophes that are soft breaks part of their words."""
    pieces: list[str] = []
    done = 0
    for start, end in cuts:
        pieces += (classes[done:start], SOFT_CHARACTER * (end - start))
        done = end
    pieces.append(classes[done:])
    return "".join(pieces)


def _collapse(flat: str) -> str:
    """Join the words of a text by single spaces, with a sign where a line without a word parts two that have words."""
    if "\n" not in flat:
        return _spaced(flat)
    stream = _spaced(_WORDLESS_LINES.sub(f" {PARAGRAPH} ", flat))
    return stream.removeprefix(f" {PARAGRAPH}").removesuffix(f"{PARAGRAPH} ")


def _spaced(flat: str) -> str:
    words = " ".join(flat.split())
    return f" {words} " if words else " "


def _place(classes: str, cuts: list[tuple[int, int]]) -> tuple[list[int], list[int], list[int]]:
    """Return starts and ends of all positions, and the positions that are paragraph breaks."""
    if cuts or any(sign in classes for sign in _IRREGULAR):
        places = [found.span() for found in _TOKEN.finditer(classes)]
        if cuts:
            places = _cut(places, cuts)
        starts, ends = [start for start, _ in places], [end for _, end in places]
    else:
        starts, ends = _runs(classes)
    return starts, ends, _put_breaks(classes, starts, ends) if "\n" in classes else []


def _runs(classes: str) -> tuple[list[int], list[int]]:
    """Return starts and ends where each run of letters and digits is a word: the same as `_TOKEN`, in two thirds."""
    pieces = classes.translate(_RUNS_AND_SPACES).split(" ")
    lengths = list(map(len, pieces))
    starts = list(compress(map(add, accumulate(lengths, initial=0), count()), lengths))
    return starts, list(map(add, starts, filter(None, lengths)))


def _put_breaks(classes: str, starts: list[int], ends: list[int]) -> list[int]:
    """Put the breaks between paragraphs among the places of words, and return their positions."""
    gaps = (bisect_right(starts, found.start()) for found in _PARAGRAPH_GAP.finditer(classes))
    befores = [before for before in gaps if 0 < before < len(starts)]
    for before in reversed(befores):
        starts.insert(before, ends[before - 1])
        ends.insert(before, ends[before - 1])
    return [before + number for number, before in enumerate(befores)]


def _cut(places: list[tuple[int, int]], cuts: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Part whole words at their soft breaks."""
    parted = []
    cutting = iter([*cuts, (places[-1][1] + 1 if places else 0, 0)])
    cut_start, cut_end = next(cutting)
    for start, end in places:
        here = start
        while cut_start < end:
            parted.append((here, cut_start))
            here = cut_end
            cut_start, cut_end = next(cutting)
        parted.append((here, end))
    return parted
