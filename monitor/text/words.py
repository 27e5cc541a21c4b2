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
import unicodedata
from bisect import bisect_right
from functools import lru_cache
from itertools import accumulate

from monitor.text.fold import APOSTROPHES, FOLDED, FOLDED_KEEPING_CASE, SOFT_BREAKS

PARAGRAPH = "\x02"
"""Stands between paragraphs in a stream, as a word that no text has."""
_SOFT = "\x01"
_FEW = 16
"""Up to so many different unusual characters one `str.replace` each beats a table over the whole text (measured)."""

# One letter for what each character is to the division into words; the class string is as long as the text.
_SMALL, _CAPITAL, _DIGIT, _CASELESS, _SINGLE = "a", "A", "d", "x", "c"
_MARK, _DROPPED, _FORMAT, _SOFT_CHARACTER, _APOSTROPHE, _LINE, _BREAK = "m", "~", "-", "^", "'", "\n", " "

_UNSPACED = (
    (0x0E00, 0x0EFF),  # Thai, Lao
    (0x1000, 0x109F),  # Burmese
    (0x1780, 0x17FF),  # Khmer
    (0x19E0, 0x19FF),
    (0x2E80, 0x2FDF),  # radicals
    (0x3005, 0x3007),
    (0x3021, 0x30FF),  # numerals, hiragana, katakana
    (0x31F0, 0x31FF),
    (0x3400, 0x4DBF),
    (0x4E00, 0x9FFF),
    (0xAA60, 0xAA7F),
    (0xF900, 0xFAFF),
    (0xFF66, 0xFF9F),  # half-width katakana
    (0x1AFF0, 0x1B16F),
    (0x20000, 0x3FFFD),
)


def _class_of(character: str) -> str:
    if character in APOSTROPHES:
        return _APOSTROPHE
    if character in SOFT_BREAKS:
        return _SOFT_CHARACTER
    if character in "\n\u2028\u2029":
        return _LINE
    category = unicodedata.category(character)
    if category == "Cf":
        return _FORMAT
    if category == "No" or category[0] not in "LMN":
        return _BREAK
    folded = _words_in(FOLDED[ord(character)])
    if not folded:
        return _DROPPED
    if category == "Nd":
        return _DIGIT
    code = ord(character)
    if category[0] == "M" or 0xFF9E <= code <= 0xFF9F:
        return _MARK
    if any(first <= code <= last for first, last in _UNSPACED):
        return _SINGLE
    if character.isupper() or category == "Lt":
        return _CAPITAL
    return _SMALL if character.islower() else _CASELESS


def _words_in(folded: str) -> str:
    """Keep the letters, digits and marks of what one character folds to."""
    return "".join(part for part in folded if unicodedata.category(part)[0] in "LMN")


class _ClassTable(dict[int, str]):
    """Code point to class letter, filling itself."""

    def __missing__(self, code: int) -> str:
        found = self[code] = _class_of(chr(code))
        return found


class _WordTable(dict[int, str]):
    """Code point to what it gives to a stream: folded letters, a line feed, a soft break, or a space."""

    def __init__(self, *, keep_case: bool) -> None:
        super().__init__()
        self._folds = FOLDED_KEEPING_CASE if keep_case else FOLDED
        self[ord(_SOFT)] = _SOFT

    def __missing__(self, code: int) -> str:
        match _CLASSES[code]:
            case "\n":
                given = "\n"
            case " " | "'":
                given = " "
            case "~" | "-" | "^":
                given = ""
            case _:
                given = _words_in(self._folds[code])
        self[code] = given
        return given


_CLASSES = _ClassTable()
_WORDS = _WordTable(keep_case=False)
_WORDS_KEEPING_CASE = _WordTable(keep_case=True)
_ASCII_CLASSES = {code: _CLASSES[code] for code in range(128)}
_ASCII_WORDS = {code: _WORDS[code] for code in range(128)}

_NOT_PLAIN = re.compile(r"[^\n -\x7e]")
_TOKEN = re.compile(r"c(?:[m~^-]*[m~])?|[aAdxm](?:[aAdxm~^-]*[aAdxm~])?")
_TOKEN_OR_BREAK = re.compile(rf"{_TOKEN.pattern}|\n[^aAdxmc\n]*\n[^aAdxmc]*")
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
        text = published.replace(_SOFT, " ") if _SOFT in published else published
        self._classes, different = _classify(text)
        self._cuts = _soft_breaks(text, self._classes)
        marked = text
        if self._cuts or _SINGLE in self._classes:
            marked = _mark(text, self._classes, self._cuts)
            self._classes = _join(self._classes, self._cuts)
        stream = _collapse(_fold_words(marked, different))
        self._soft_stream: str | None = None
        if self._cuts:
            self._soft_stream = stream
            stream = stream.replace(_SOFT, "")
        self.stream = stream
        """Folded words between single spaces, soft breaks closed: the whole words."""
        self._firsts: list[int] | None = None
        self._places: tuple[list[int], list[int], list[int]] | None = None

    @property
    def parted_stream(self) -> str | None:
        """Return the stream with soft breaks open, or None where the text has none (then `stream` has all readings)."""
        return None if self._soft_stream is None else self._soft_stream.replace(_SOFT, " ")

    def position(self, offset: int) -> int:
        """Return the position of the word after `offset`, the place of a space in `stream`."""
        index = self.stream.count(" ", 0, offset)
        return index if self._soft_stream is None else self._whole_firsts()[index]

    def whole_word_positions(self) -> list[int] | None:
        """Return the first position of each word of `stream`, and one after the last; None where it is the index."""
        return None if self._soft_stream is None else self._whole_firsts()

    def _whole_firsts(self) -> list[int]:
        if self._firsts is None:
            assert self._soft_stream is not None
            widths = (word.count(_SOFT) + 1 for word in self._soft_stream[1:-1].split(" "))
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
    folded = published.translate(_WORDS_KEEPING_CASE if keep_case else _WORDS)
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


def _classify(text: str) -> tuple[str, list[str] | None]:
    """Return the class string, and the different unusual characters where they are few (None: many)."""
    if text.isascii():
        return text.translate(_ASCII_CLASSES), []
    different = sorted(set(_NOT_PLAIN.findall(text)))
    if len(different) > _FEW:
        return text.translate(_CLASSES), None
    for character in different:
        text = text.replace(character, _STAND_INS[_CLASSES[ord(character)]])
    return text.translate(_STAND_IN_CLASSES), different


# Control characters stand for classes that no printable ASCII character has, while a text goes through an ASCII table;
# those of the text itself sort, and so go, before any other character.
_STAND_INS = {_SMALL: "a", _CAPITAL: "A", _DIGIT: "0", _LINE: "\n", _BREAK: " ", _APOSTROPHE: "'"}
_STAND_INS |= {
    kind: chr(0x10 + number)
    for number, kind in enumerate((_CASELESS, _SINGLE, _MARK, _DROPPED, _FORMAT, _SOFT_CHARACTER))
}
_STAND_IN_CLASSES = _ASCII_CLASSES | {ord(sign): kind for kind, sign in _STAND_INS.items() if ord(sign) < 0x20}


def _soft_breaks(text: str, classes: str) -> list[tuple[int, int]]:
    """Return the published range each soft break takes: empty between two letters, one character at a sign; rising."""
    breaks = [(found.start(), found.start()) for found in _GLUED.finditer(classes)]
    if _CASELESS in classes and (_SMALL in classes or _CAPITAL in classes):
        breaks += _script_changes(classes)
    if _APOSTROPHE in classes or _SOFT_CHARACTER in classes:
        for found in _SIGNED.finditer(classes):
            start, end = found.span()
            is_ending = classes[start] == _APOSTROPHE and _ENGLISH_ENDING.match(text, end) is not None
            if not is_ending and _ends_word(classes, start):
                breaks.append((start, end))
    return sorted(breaks)


def _script_changes(classes: str) -> list[tuple[int, int]]:
    """Return where a cased script and one without case touch, found from the rarer of the two."""
    is_cased_rarer = 2 * classes.count(_CASELESS) > len(classes)
    run, others = (_CASED_RUN, _CASELESS) if is_cased_rarer else (_CASELESS_RUN, _SMALL + _CAPITAL)
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
    if start and classes[start - 1] == _SINGLE:
        return False
    return "m" in classes[start:end] or (start > 0 and classes[start - 1] in "aAdx")


def _mark(text: str, classes: str, cuts: list[tuple[int, int]]) -> str:
    """Put soft breaks into a text as signs, and spaces round the characters that are words of their own."""
    changes = [(start, end, _SOFT) for start, end in cuts]
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
        pieces += (classes[done:start], _SOFT_CHARACTER * (end - start))
        done = end
    pieces.append(classes[done:])
    return "".join(pieces)


def _fold_words(marked: str, different: list[str] | None) -> str:
    if different is None:
        return marked.translate(_WORDS)
    for character in different:
        marked = marked.replace(character, _WORDS[ord(character)])
    return marked.translate(_ASCII_WORDS if marked.isascii() else _WORDS)


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
    pattern = _TOKEN if classes.count("\n") < 2 else _TOKEN_OR_BREAK
    places = [found.span() for found in pattern.finditer(classes)]
    if places and classes[places[0][0]] == _LINE:
        del places[0]
    if places and classes[places[-1][0]] == _LINE:
        del places[-1]
    if cuts:
        places = _cut(places, cuts)
    starts = [start for start, _ in places]
    ends = [end for _, end in places]
    if pattern is _TOKEN:
        return starts, ends, []
    breaks = [at for at, start in enumerate(starts) if classes[start] == _LINE]
    for at in breaks:
        starts[at] = ends[at] = ends[at - 1]
    return starts, ends, breaks


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
