"""What each character is to the division into words, and the quickest way to say it of a whole text.

Owns the class of every character (one letter each, so a text has a *class string* of its own length) and what it gives
to a stream. Refuses to know where a word begins: that is `words`.

Most news in English is ASCII but for a few quotation marks. `str.translate` is ten times faster on ASCII than on
anything else, so where few different characters stand out they are replaced first, one `str.replace` each. Any other
text of an alphabet has fewer than 256 different characters: it is written with one byte each, as the one-byte encodings
of Python's `encodings` package are (`codecs.charmap_build`), and then a table over bytes does. What is left (Chinese,
texts in many scripts) goes through `str.translate`.
"""

from __future__ import annotations

import codecs
import unicodedata
from collections.abc import Sequence

from monitor.text.fold import APOSTROPHES, FOLDED, FOLDED_KEEPING_CASE, SOFT_BREAKS

SOFT = "\x01"
"""Marks a soft break while a text is folded; it stays as it is."""
_FEW = 16
"""Up to so many different unusual characters one `str.replace` each beats a table over the whole text (measured)."""

# One letter for what each character is to the division into words; the class string is as long as the text.
SMALL, CAPITAL, _DIGIT, CASELESS, SINGLE = "a", "A", "d", "x", "c"
_MARK, _DROPPED, _FORMAT, SOFT_CHARACTER, APOSTROPHE, LINE, _BREAK = "m", "~", "-", "^", "'", "\n", " "

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
        return APOSTROPHE
    if character in SOFT_BREAKS:
        return SOFT_CHARACTER
    if character in "\n\u2028\u2029":
        return LINE
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
        return SINGLE
    if character.isupper() or category == "Lt":
        return CAPITAL
    return SMALL if character.islower() else CASELESS


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
        self[ord(SOFT)] = SOFT

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
WORDS = _WordTable(keep_case=False)
WORDS_KEEPING_CASE = _WordTable(keep_case=True)
_ASCII_CLASSES = {code: _CLASSES[code] for code in range(128)}
_ASCII_WORDS = {code: WORDS[code] for code in range(128)}
_PLAIN = frozenset("\n") | {chr(code) for code in range(0x20, 0x7F)}


class Alphabet:
    """The characters of one text, a byte each; up to 255 and none beyond the basic plane (as `charmap_build` wants)."""

    def __init__(self, characters: Sequence[str]) -> None:
        expanded = {character: WORDS[ord(character)] for character in characters}
        self._expansions = {character: words for character, words in expanded.items() if len(words) > 1}
        own = dict.fromkeys((" ", SOFT, *characters, *"".join(self._expansions.values())))
        own.pop("\0", None)
        self._characters = "\0" + "".join(own)
        self.fits = len(self._characters) <= 256 and max(self._characters) <= "\uffff"

    def classify(self, text: str) -> str:
        """Return the class string of the text."""
        kinds = "".join([_CLASSES[ord(character)] for character in self._characters])
        return self._written(text).translate(kinds.encode().ljust(256)).decode("ascii")

    def fold_words(self, marked: str) -> str:
        """Return what each character gives to a stream."""
        for character, words in self._expansions.items():
            marked = marked.replace(character, words)
        given = [WORDS[ord(character)] for character in self._characters]
        nothing = bytes(at for at, words in enumerate(given) if not words)
        folded = "".join([words[:1] or " " for words in given])
        return codecs.charmap_decode(self._written(marked).translate(None, nothing), "strict", folded)[0]

    def _written(self, text: str) -> bytes:
        return codecs.charmap_encode(text, "strict", codecs.charmap_build(self._characters))[0]


def classify(text: str) -> tuple[str, list[str] | Alphabet | None]:
    """Return the class string, and what `fold_words` wants: the few unusual characters, an alphabet, or None."""
    if text.isascii():
        return text.translate(_ASCII_CLASSES), []
    different = sorted(set(text) - _PLAIN)
    if len(different) > _FEW:
        alphabet = Alphabet([*different, *_PLAIN])
        if alphabet.fits:
            return alphabet.classify(text), alphabet
        return text.translate(_CLASSES), None
    for character in different:
        text = text.replace(character, _STAND_INS[_CLASSES[ord(character)]])
    return text.translate(_STAND_IN_CLASSES), different


# Control characters stand for classes that no printable ASCII character has, while a text goes through an ASCII table;
# those of the text itself sort, and so go, before any other character.
_STAND_INS = {SMALL: "a", CAPITAL: "A", _DIGIT: "0", LINE: "\n", _BREAK: " ", APOSTROPHE: "'"}
_STAND_INS |= {
    kind: chr(0x10 + number) for number, kind in enumerate((CASELESS, SINGLE, _MARK, _DROPPED, _FORMAT, SOFT_CHARACTER))
}
_STAND_IN_CLASSES = _ASCII_CLASSES | {ord(sign): kind for kind, sign in _STAND_INS.items() if ord(sign) < 0x20}


def fold_words(marked: str, different: list[str] | Alphabet | None) -> str:
    """Return folded words with the spaces and line feeds between them; `different` is what `classify` returned."""
    if different is None:
        return marked.translate(WORDS)
    if isinstance(different, Alphabet):
        return different.fold_words(marked)
    for character in different:
        marked = marked.replace(character, WORDS[ord(character)])
    return marked.translate(_ASCII_WORDS if marked.isascii() else WORDS)
