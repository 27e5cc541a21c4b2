"""What one character folds to, and the way back to the text as published.

Owns the tables: case, accents, width, apostrophes, dashes, invisible characters, the letters that Arabic-script
keyboards write differently, digits. It refuses to know what a word is (`words`) and what a rule is.

The policy, for every script alike
    - Folding is a map of single characters: each published character becomes zero or more folded ones, whatever stands
      beside it. So every folded character has one origin, folding twice is folding once, and text that is cut, joined
      or decomposed folds the same.
    - Compatibility forms (full width, ligatures, presentation forms, mathematical letters) become what they stand for:
      the decompositions of NFKD (Unicode Standard Annex 15). Marks that only colour a letter are dropped: accents of
      Latin, Greek and Cyrillic, Arabic vowel marks and hamza, Hebrew points, the nukta. Cyrillic й is и and ё is е, as
      in the folding of Unicode Technical Report 30. Marks that are part of the writing stay (Thai, Devanagari vowels,
      kana sound marks).
    - Case folds by Unicode's full case folding, and all four of I İ ı i are one letter: a headline in capitals does not
      say whether it is Turkish.
    - Arabic script: ك ڪ = ک, ي ى ې ۍ = ی, ه ة ۃ ۂ ھ ە = ہ, ګ = گ, alef with or without hamza or madda; no tatweel.
      The sets follow the keyboards of Urdu, Persian, Pashto and Arabic; Lucene's ArabicNormalizer and PersianNormalizer
      fold the first three alike. Digits of every script are 0-9.
    - Soft hyphens, joiners, direction marks and other format characters vanish. The zero-width non-joiner and the
      zero-width space vanish here too; `words` knows that a word may also end at them.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from collections.abc import Mapping
from itertools import accumulate

APOSTROPHES = "'’‘‛ʼ`´′＇"
"""Characters that are one apostrophe."""
SOFT_BREAKS = "\u200b\u200c"
"""Zero-width space and non-joiner: invisible, and a word may end at them."""

_LETTERS: Mapping[str, str] = {
    **dict.fromkeys("كڪ", "ک"),
    **dict.fromkeys("يىېۍ", "ی"),
    **dict.fromkeys("هةۃھە", "ہ"),
    "ګ": "گ",
    **dict.fromkeys("ٱٲٳٵ", "ا"),
    "ı": "i",
    "ø": "o",
    "Ø": "O",
    "đ": "d",
    "Đ": "D",
    "ð": "d",
    "Ð": "D",
    "ł": "l",
    "Ł": "L",
    "ħ": "h",
    "Ħ": "H",
    "æ": "ae",
    "Æ": "AE",
    "œ": "oe",
    "Œ": "OE",
    "ß": "ss",
    "ẞ": "SS",
    **dict.fromkeys(APOSTROPHES, "'"),
    **dict.fromkeys("“”„‟«»＂″", '"'),
    **dict.fromkeys("‐‑‒–—―−﹘﹣－־", "-"),
    **dict.fromkeys("ʹʺʻʽʾʿˀˁˈˊˋـ", ""),
}
"""Letters that no decomposition brings together, and signs that say nothing: modifiers of transliteration, tatweel."""

_DROPPED_MARKS = (
    (0x0300, 0x036F),  # combining diacritical marks
    (0x0483, 0x0489),  # Cyrillic titlo and the like
    (0x0591, 0x05C7),  # Hebrew points and accents
    (0x0610, 0x061A),  # Arabic honorifics
    (0x064B, 0x065F),  # Arabic vowel marks, hamza and madda
    (0x0670, 0x0670),  # superscript alef
    (0x06D6, 0x06ED),  # Koranic marks
    (0x08D3, 0x08FF),  # Arabic extended marks
    (0x093C, 0x093C),  # nukta
    (0x1AB0, 0x1AFF),
    (0x1DC0, 0x1DFF),
    (0x20D0, 0x20FF),
    (0xFE00, 0xFE0F),  # variation selectors
    (0xFE20, 0xFE2F),
    (0xE0100, 0xE01EF),
)


def _is_dropped(character: str) -> bool:
    code = ord(character)
    if unicodedata.category(character) == "Cf":
        return True
    return any(first <= code <= last for first, last in _DROPPED_MARKS)


def _step(character: str, keep_case: bool) -> str:
    if character in _LETTERS:
        mapped = _LETTERS[character]
        return mapped if keep_case else mapped.casefold()
    if _is_dropped(character):
        return ""
    if unicodedata.category(character) == "Nd":
        return str(unicodedata.digit(character))
    decomposed = unicodedata.normalize("NFKD", character)
    if not keep_case:
        decomposed = unicodedata.normalize("NFKD", decomposed.casefold())
    return decomposed


def fold_character(character: str, *, keep_case: bool = False) -> str:
    """Return what one character folds to, stable under folding again."""
    folded = character
    while True:
        again = "".join(_step(part, keep_case) for part in folded)
        if again == folded:
            return folded
        folded = again


class _FoldTable(dict[int, str]):
    """A table for `str.translate` that fills itself."""

    def __init__(self, *, keep_case: bool) -> None:
        super().__init__()
        self.keep_case = keep_case

    def __missing__(self, code: int) -> str:
        folded = self[code] = fold_character(chr(code), keep_case=self.keep_case)
        return folded


FOLDED = _FoldTable(keep_case=False)
"""Code point to folded text, for `str.translate`."""
FOLDED_KEEPING_CASE = _FoldTable(keep_case=True)
"""The same with case kept, for what is written `exact`."""

_ASCII = {code: fold_character(chr(code)) for code in range(128)}


class Folded:
    """A folded text that knows where each of its characters stood; treat it as frozen."""

    __slots__ = ("_starts", "published", "text")

    def __init__(self, published: str) -> None:
        self.published = published
        self.text = published.translate(_ASCII if published.isascii() else FOLDED)
        self._starts: list[int] | None = None

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Map a folded half-open range back to the published text.

        Args:
            start: Start in `text`, in code points.
            end: End in `text`, not before `start`.

        Returns:
            The smallest published half-open range whose characters fold to it; an empty range maps to an empty one.
            Dropped characters (vowel marks, soft hyphens) between its first and last character are inside.

        Raises:
            ValueError: The range is not inside the folded text.
        """
        if not 0 <= start <= end <= len(self.text):
            raise ValueError(f"[{start}, {end}) is not a range of {len(self.text)} folded characters")
        if len(self.text) == len(self.published) and self.published.isascii():
            return start, end
        if self._starts is None:
            widths = (len(FOLDED[ord(character)]) for character in self.published)
            self._starts = [0, *accumulate(widths)]
        # bisect_right takes the last published character that begins here, which is the one that folds to something
        first = bisect_right(self._starts, start) - 1
        if start == end:
            return first, first
        return first, bisect_right(self._starts, end - 1)


def fold(text: str) -> Folded:
    """Fold a text, keeping the way back to where each character was published."""
    return Folded(text)
