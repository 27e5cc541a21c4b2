"""What speaks against a text as the one that tells its story, by signs that can be named in a word.

Owns these signs, each judged from one article alone: a text that says a machine translated it, a sentence left in
another language, glued words, remains of markup, a text that breaks off or is no longer than a headline. Refuses to
know the other articles of the story (`spun`, `lead`). What no sign gives away is taken for good: a machine's smooth
translation that does not say so, or an old report under a new date.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from importlib.resources import files
from itertools import pairwise

from monitor.articles.machine_notes import CUES, NOTED, SELF, SHORT_NOTE_WORDS, SHORTEST_NOTE_WORDS, TRANSLATORS
from monitor.articles.origins import wire_of
from monitor.articles.recognition import news_of
from monitor.model import Article
from monitor.text.fold import fold
from monitor.text.sentences import sentence_ends
from monitor.text.words import words_of

TRANSLATED_TAG = "translated"
"""The tag by which a rule file says that a feed gives machine translations."""
HEADLINE_WORDS = 10
"""Words below which a text says no more than a headline."""
_READ_AT_MOST = 6_000
"""Code points of a text that are looked at, beside its end: what a machine did to a text shows everywhere."""
_EDGE = 600
"""Code points at either end of a text in which a note on its making stands."""
_LEFT_IN_A_ROW = 5
"""Words of another script in a row that are no name; of Latin letters, which stand for names in every script, more."""
_LATIN_IN_A_ROW = 8
_STRAY_WORDS = 3
_GRAMMAR_AT_LEAST = 3
"""Different words of grammar by which a sentence is known to be in a language."""
_GLUED_AT_LEAST = _DEBRIS_AT_LEAST = 2
"""Places in a text that are no slip; one is enough in a headline."""


class Grade(IntEnum):
    """How fit a text is to lead its story, best first."""

    GOOD = 0
    """Whole and somebody's own, as far as it shows."""
    IN_PART = 1
    """Somebody's own, and not whole or not clean: it leads until a better one is there."""
    SECOND_HAND = 2
    """A machine's translation, or another's text with its words swapped: leads only where nothing else is there."""


@dataclass(frozen=True, slots=True)
class Blemish:
    """What speaks against a text."""

    grade: Grade
    says: str
    """In words that go on after "it leads, though" or "came before, but": "its words are glued: “ProgressPeace”"."""


def blemish_of(article: Article) -> Blemish | None:
    """Name what speaks most against an article's text, None where nothing does."""
    for grade, sign in _SIGNS:
        if says := sign(article):
            return Blemish(grade, says)
    return None


# --- second hand ------------------------------------------------------------------------------------------------------


def _is_tagged(article: Article) -> str:
    is_tagged = any(fold(tag).text == TRANSLATED_TAG for tag in article.tags)
    return f"its feed or publisher tags it “{TRANSLATED_TAG}”" if is_tagged else ""


def _says_so(article: Article) -> str:
    """Find a note on a machine's work: a sentence that speaks of this text, or is nothing but the note."""
    for author in article.authors:
        if NOTED.search(author) or TRANSLATORS.search(author):
            return f"it is signed “{_short(author)}”"
    for aside in _ASIDE.findall(article.title):
        if NOTED.search(aside):
            return f"its headline says “{_short(aside)}”"
    body = article.body
    edges = (body,) if len(body) <= 2 * _EDGE else (body[:_EDGE], body[-_EDGE:])
    for edge in edges:
        if not any(cue in edge.casefold() for cue in CUES):
            continue
        for line in edge.splitlines():
            if not NOTED.search(line):
                continue
            for sentence in _sentences(line):
                if _is_note(sentence):
                    return f"it says “{_short(sentence)}”"
    return ""


def _is_note(sentence: str) -> bool:
    found = NOTED.search(sentence)
    if found is None or SELF.search(sentence):
        return found is not None
    begins = not any(character.isalpha() for character in sentence[: found.start()])
    return len(words_of(sentence)) <= (SHORT_NOTE_WORDS if begins else SHORTEST_NOTE_WORDS)


def _is_left_in_another_script(article: Article) -> str:
    text = _UNQUOTED.sub(" ", news_of(article)[:_READ_AT_MOST])
    if text.isascii():
        return ""
    letters = {name: len(pattern.findall(text)) for name, pattern in _SCRIPTS.items()}
    main = max(letters, key=letters.__getitem__)
    for name, count in letters.items():
        if name == main or not count or count * 2 > letters[main]:
            continue
        if (run := _rows(name).search(text)) is not None:
            return f"a sentence in it was left in {name} letters: “{_short(run[0])}”"
        strays = set(_SCRIPTS[name].findall(text)) if name != "Latin" and main in _CASED else ()
        if len(strays) >= _STRAY_WORDS:
            return f"words in it were left in {name} letters"
    return ""


def _is_left_in_another_language(article: Article) -> str:
    """Find a sentence in the grammar of another language than the rest; quotations are somebody's own words."""
    text = _UNQUOTED.sub(" ", news_of(article)[:_READ_AT_MOST])
    told = [(sentence, words_of(sentence)) for sentence in _sentences(text)]
    spoken = Counter(language for _, words in told for word in words for language in _SPOKEN_IN.get(word, ()))
    main, certain = max(spoken.items(), key=lambda each: each[1], default=("", 0))
    if certain < _GRAMMAR_AT_LEAST:
        return ""
    for sentence, words in told:
        counts = Counter(language for word in set(words) for language in _SPOKEN_IN.get(word, ()))
        language, count = max(counts.items(), key=lambda each: each[1], default=(main, 0))
        is_other = count >= _GRAMMAR_AT_LEAST and count > 3 * counts[main]
        if is_other and count * 6 >= len(words):
            return f"a sentence in it was left in {language}: “{_short(sentence)}”"
    return ""


# --- in part ----------------------------------------------------------------------------------------------------------


def _is_glued(article: Article) -> str:
    in_title = list(_glued(article.title))
    found = dict.fromkeys([*in_title, *_glued(news_of(article)[:_READ_AT_MOST])])
    return f"its words are glued: “{next(iter(found))}”" if in_title or len(found) >= _GLUED_AT_LEAST else ""


def _glued(text: str) -> Iterator[str]:
    for found in _GLUED_STOP.finditer(text):
        if found[2].casefold() not in _DOMAINS:
            yield found[0]
    for found in _GLUED_CASE.finditer(text):
        if not found[0].casefold().startswith(_WRITTEN_SO) and found[1].casefold() not in _PREFIXES:
            yield found[0]


def _has_debris(article: Article) -> str:
    in_title = _DEBRIS.findall(article.title)
    found = [*in_title, *_DEBRIS.findall(news_of(article)[:_READ_AT_MOST])]
    is_debris = in_title or len(found) >= _DEBRIS_AT_LEAST
    return f"it has remains of markup or of another encoding: “{_short(found[0])}”" if is_debris else ""


def _is_headline(article: Article) -> str:
    words = words_of(news_of(article)[:_EDGE])
    if not words:
        return "it is a headline without a text"
    title = words_of(article.title)
    if title and len(words) <= len(title) + 3 and set(title) <= set(words):
        return "its text is its headline again"
    counted = f"{len(words)} word{'s' if len(words) > 1 else ''}"
    return f"its text is of a headline's length, {counted}" if len(words) < HEADLINE_WORDS else ""


def _is_cut(article: Article) -> str:
    last = next((line.strip() for line in reversed(article.body.splitlines()) if line.strip()), "")
    if _POINTS_ON.fullmatch(last):
        return f"its text breaks off: “{_short(last)}”"
    text = news_of(article).strip()
    if (end := _CUT_END.search(text[-60:])) is not None:
        return f"its text breaks off: “{_short(end[0])}”"
    line = text.rsplit("\n", 1)[-1].strip()
    is_open = bool(line) and (line[-1].isalpha() or line[-1] in ",;-–—")
    if not is_open or len(line.split()) < 8 or _SIGNED.match(line) or not _STOPPED.search(text[:-1]):
        return ""
    return "" if wire_of(article) else f"its text breaks off in a sentence: “…{' '.join(line.split()[-4:])}”"


_SIGNS: tuple[tuple[Grade, Callable[[Article], str]], ...] = (
    (Grade.SECOND_HAND, _is_tagged),
    (Grade.SECOND_HAND, _says_so),
    (Grade.SECOND_HAND, _is_left_in_another_script),
    (Grade.SECOND_HAND, _is_left_in_another_language),
    (Grade.IN_PART, _is_headline),
    (Grade.IN_PART, _is_cut),
    (Grade.IN_PART, _is_glued),
    (Grade.IN_PART, _has_debris),
)


def _sentences(text: str) -> list[str]:
    ends = [0, *sentence_ends(text), len(text)]
    return [part for start, end in pairwise(ends) if (part := text[start:end].strip())]


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 80 else f"{text[:79].rstrip()}…"


_UNQUOTED = re.compile(r"\([^()]{0,200}\)|\[[^\][]{0,200}\]|“[^”]{0,400}”|\"[^\"]{0,400}\"|«[^»]{0,400}»|‘[^’]{0,200}’")
"""What is quoted or bracketed may well be in another language."""
_ASIDE = re.compile(r"[\[(（【]([^\])）】]{1,60})")
_LETTERS = {
    "Latin": "A-Za-zÀ-ÖØ-öø-ɏ",
    "Greek": "\u0370-\u03ff",
    "Cyrillic": "\u0400-\u052f",
    "Hebrew": "\u0590-\u05ff",
    "Arabic": "\u0620-\u065f\u0670-\u06d3\u06d5-\u06ef\u06fa-\u06ff\u0750-\u077f\u08a0-\u08ff"
    "\ufb50-\ufdff\ufe70-\ufefc",
    "Devanagari": "\u0900-\u0963",
    "Bengali": "\u0980-\u09fb",
    "Gurmukhi": "\u0a00-\u0a76",
    "Chinese or Japanese": "\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff",
    "Korean": "\uac00-\ud7a3",
}
"""Blocks of the Unicode standard that news is written in, without their digits and signs."""
_SCRIPTS = {name: re.compile(f"[{letters}\u200c]+") for name, letters in _LETTERS.items()}
_CASED = ("Latin", "Greek", "Cyrillic")


@cache
def _rows(script: str) -> re.Pattern[str]:
    number = _LATIN_IN_A_ROW if script == "Latin" else _LEFT_IN_A_ROW
    word = f"[{_LETTERS[script]}\u200c]+"
    if script == "Chinese or Japanese":  # which put no spaces between words
        return re.compile(f"[{_LETTERS[script]}]{{{2 * number}}}")
    return re.compile(rf"{word}(?:[\s,;]+{word}){{{number - 1}}}")


_SIGNS_TABLE = tomllib.loads((files("monitor.articles") / "signs.toml").read_text(encoding="utf-8"))
_SPOKEN_IN: dict[str, list[str]] = {}
"""Languages that have a word for their grammar."""
for _language, _words in _SIGNS_TABLE["grammar"].items():
    for _word in words_of(_words):
        _SPOKEN_IN.setdefault(_word, []).append(_language)
_SMALL = "a-zß-öø-ÿığşćčđńśźżłę"
_CAPITAL = "A-ZÀ-ÖØ-ÞİĞŞĆČĐŚŹŻŁ"
_GLUED_STOP = re.compile(rf"(?<![\w.@/-])([^\W\d_]*[{_SMALL}]{{3}})[.!?]([{_CAPITAL}][{_SMALL}]{{2,}})(?![\w.@/])")
_GLUED_CASE = re.compile(rf"(?<![\w.@#/-])([{_CAPITAL}]?[{_SMALL}]{{3,}})[{_CAPITAL}][{_SMALL}]{{3,}}(?![\w.@/])")
_DOMAINS = frozenset(_SIGNS_TABLE["glued"]["domains"].split())
_PREFIXES = frozenset(_SIGNS_TABLE["glued"]["prefixes"].split())
_WRITTEN_SO = tuple(_SIGNS_TABLE["glued"]["names"].split())
_DEBRIS = re.compile(
    r"&(?:[a-zA-Z]{2,8}|#\d{2,5}|#[xX][0-9a-fA-F]{2,5});|</?[a-z][a-z0-9]{0,10}(?:\s[^<>]{0,120})?/?>|\ufffd"
    r"|â€[\u0080-\u00bf\u2018-\u201e\u2020-\u2026\u0153\u0161\u017e\u02dc\u2122]|Ã[\u00a0-\u00bf]|Ø[§ª¨±³]Ù"
    r"|\[/?(?:caption|gallery|embed|video|audio|vc_\w+|et_pb_\w+)\b[^\]]{0,200}\]|\{\{[^{}]{0,80}\}\}|\$\{[^{}]{0,80}\}"
)
_READ_ON = "|".join(map(re.escape, _SIGNS_TABLE["cut"]["read_on"]))
_POINTS_ON = re.compile(rf"\W{{0,4}}(?:{_READ_ON})\W{{0,4}}", re.IGNORECASE)
_CUT_END = re.compile(
    rf"(?:…|\.\.\.|[\[(]\s*(?:…|\.\.\.|\+\d+ chars)\s*[\])]"
    rf"|(?:…|\.\.\.|[.!?۔])\s*[\[(]?(?:{_READ_ON})[\])]?[\s.»›>→]*)\s*$",
    re.IGNORECASE,
)
_SIGNED = re.compile(r"(?:\W?(?:additional )?(?:reporting|writing|editing|compiled|with inputs?)\b)", re.IGNORECASE)
_STOPPED = re.compile(r"[.!?۔؟।。！？][\"'”’»)\]]*(?=\s)|[。！？]")
