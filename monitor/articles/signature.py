"""What of an article is compared with others: its fingerprints, its words, and the names, numbers and days it gives.

Owns how an article is boiled down, once, when it arrives; it compares nothing. Boilerplate is left out before.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from zlib import crc32

from monitor.articles.concepts import translate
from monitor.articles.genres import genre_of
from monitor.articles.names import consonants_of, names_in_text, names_in_title
from monitor.articles.stems import GRAMMAR, LISTED, stem_of
from monitor.model import Article, Match, Zone
from monitor.text.words import words_of

SHINGLE_WORDS = 4
"""Words in a shingle: short enough to survive a changed word every other line, too long to be a common phrase."""
DENSE_WINDOW, SPARSE_WINDOW = 6, 16
"""Shingles per winnowing window in the first `DENSE_WORDS` words, where a summary or a cut copy comes from, and after.
The least hash of a wide window is the least of every narrower one inside it, so sparse fingerprints of one article are
found among the dense ones of another."""
DENSE_WORDS = 120
EVENT_WORDS = 90
"""Words after the headline that tell the event; what follows is background, which reports of other events share."""
LEAD_WORDS = 45
TITLE_WEIGHT, TAIL_WEIGHT = 1.75, 0.7
"""What a word of the headline, and one after the first `LEAD_WORDS`, tells beside a word of the lead."""
NAME_WEIGHT, CONCEPT_WEIGHT = 1.75, 1.5
"""What a name, and a concept, tells more than another word."""
FACTS_WITHIN = 1_260
"""Code points of a text whose names and numbers tell a copy from a filled form. A copy that leaves a paragraph out
reaches further into its original than its own length: this is more than what tells the event."""
FEW_WORDS, KNOWN_FROM = 12, 0.12
"""Words from which a text shows its language, and the share of grammar that shows it: of 350 English articles of
`tests/data/stories/tune*.txt` nine of ten have 0.26 and more; Vietnamese has up to 0.1, by words that look alike."""
READ_AT_MOST = 40_000
"""Code points of a text that are read: one endless article must not hold up the others."""
_MASK = 0xFFFFFFFF
# Begins with the digit and looks back from there, so that a search skips what is no digit.
_NUMBER = re.compile(r"\d(?:(?<![\w.,]\d)\d{0,2}(?:[.,]\d{3})+(?!\d)|(?<![\w.]\d)\d*(?:[.,]\d+)?(?!\w))")
_BEFORE_THOUSANDS = re.compile(r"[.,](?=\d{3}(?:\D|$))")
_DATELINE = re.compile(r"[^\W\d_][^.:\n()–—]{1,40}(?:\([^)\n]{1,30}\)\s*[-–—:]|[:–—]|\s-\s)")
_PRIMARY_SUBTAG = re.compile(r"[a-z]{2,8}(?![a-z])")
"""Of a language tag (RFC 5646, section 2.2.1); what is none, as in an editor's own file, names no language."""
_NOTHING: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Affair:
    """Who did what, in words that are the same in every language: "the TTP ended a truce"."""

    actors: frozenset[str]
    """Ids from the rule book; of the headline where it names any, else of the text."""
    event: str
    """The kind that the headline names first, or else the text: "event:truce"."""
    deed: str
    """What the headline says was done, of `DEEDS`."""
    said: frozenset[str]
    """Places and numbers of the headline: "in Bajaur", "by ten days". Capitals are left out."""
    places: frozenset[str]
    """Of the text, without capitals and without the town that a report is only dated from: "PESHAWAR (AFP) -"."""


@dataclass(frozen=True, slots=True)
class Signature:
    """One article, boiled down."""

    article_id: int
    at: datetime
    """The minute in which it was first seen."""
    language: str
    """Primary subtag, "" where nobody said one."""
    script: str
    """Of most letters, as Unicode names it: "LATIN"."""
    is_known: bool
    """Whether the grammar of its language is known; where it is not, every "and" looks rare until the window fills."""
    words: int
    """Words of the text that was fingerprinted."""
    fingerprints: frozenset[int]
    """32-bit hashes kept by winnowing."""
    features: Mapping[str, float]
    """What headline and first lines say: concepts, numbers ("number:14") and stems, with the weight of their place."""
    headline: frozenset[str]
    """Features of the headline alone."""
    names: frozenset[str]
    """Folded capitalised words of the first lines that do not open a sentence; empty in scripts without capitals."""
    numbers: frozenset[str]
    """Of the first lines. Like the names they leave the headline out, since copies get new ones."""
    focus: str
    """The kind of event that the headline names first, "" where it names none."""
    deed: str
    """What the headline says was done to it first, of `DEEDS`; "" where it says nothing of the kind."""
    genre: str
    """What the article is where it tells of no single event, such as "round-up"; "" for a report."""
    concepts: Mapping[str, frozenset[str]]
    """The features that are concepts, by kind, such as "place"."""
    affair: Affair | None = None
    """What the rule book's actors did, None where no rule names one or no headline says what was done."""
    length: float = 0.0
    """Of the features as a vector, weighed by their rarity when it came; 0 until it is placed. See `rarity.Weights`."""

    def of_kind(self, kind: str) -> frozenset[str]:
        """Return the concepts of a kind, such as "place"."""
        return self.concepts.get(kind, _NOTHING)


def actors_of(matches: Iterable[Match]) -> frozenset[str]:
    """Return the actors that the matches of an article show: of its headline where that names any, else of its text."""
    spans = [span for match in matches for span in match.spans if span.actor]
    in_title = [span for span in spans if span.field == "title"]
    return frozenset(span.actor for span in in_title or spans if span.actor)


def signature_of(article: Article, actors: frozenset[str] = _NOTHING) -> Signature:
    """Boil an article down.

    Args:
        article: The article, stored or not.
        actors: Who it is about by the rule book: see `actors_of`.
    """
    text = "\n".join(article.body[z.start : z.end] for z in article.zones if z.zone is not Zone.BOILERPLATE)
    text = text[:READ_AT_MOST].strip()
    title_words = words_of(article.title)
    text_words = words_of(text)
    # A feed that gives headlines only, or repeats them as text, is compared by headline.
    compared = text_words if len(text_words) > len(title_words) else title_words
    beginning = text[:FACTS_WITHIN]
    names = names_in_text(beginning)
    numbers = numbers_in(beginning)
    tag = _PRIMARY_SUBTAG.match((article.language or "").lower())
    language = tag[0] if tag is not None else ""
    told = translate(text_words[:EVENT_WORDS], language)
    headline = translate(title_words, language)
    figures = numbers_in(article.title)
    script = script_of(text or article.title)
    features = _features(
        headline, told, names | names_in_title(article.title), numbers_in(text[: EVENT_WORDS * 7]) | figures, script
    )
    return Signature(
        article_id=article.id,
        at=article.first_seen_at.replace(second=0, microsecond=0),
        language=language,
        script=script,
        is_known=_is_known(text_words[:EVENT_WORDS], language),
        words=len(compared),
        fingerprints=winnow(compared),
        features=features,
        concepts=by_kind(features),
        focus=next((word for word in headline if word.startswith("event:")), ""),
        deed=next((word for word in headline if word in DEEDS), ""),
        genre=genre_of(article.title, title_words),
        headline=frozenset(stem for word in headline if (stem := word if ":" in word else stem_of(word))),
        names=names,
        numbers=numbers,
        affair=_affair(actors, headline, told, figures, dateline=_DATELINE.match(text)),
    )


def _is_known(words: Sequence[str], language: str) -> bool:
    """Say whether the words that any report uses can be told; feeds in any language may say that they are English."""
    if len(words) < FEW_WORDS or (language in LISTED and language != "en"):
        return True
    return sum(word in GRAMMAR for word in words) >= KNOWN_FROM * len(words)


def _affair(
    actors: frozenset[str],
    headline: Sequence[str],
    told: Sequence[str],
    figures: frozenset[str],
    *,
    dateline: re.Match[str] | None,
) -> Affair | None:
    event = next((word for word in (*headline, *told) if word.startswith("event:")), "")
    deed = next((word for word in headline if word in DEEDS), "")
    if not (actors and event and deed):
        return None
    said = {word for word in headline if word.startswith(("place:", "number:"))} - CAPITALS
    dated_from = told[: len(words_of(dateline[0]))] if dateline is not None else ()
    places = {word for word in told[len(dated_from) :] if word.startswith("place:")} - CAPITALS
    return Affair(actors, event, deed, frozenset(said | {f"number:{n}" for n in figures}), frozenset(places))


def _features(
    headline: Sequence[str], told: Sequence[str], names: frozenset[str], numbers: frozenset[str], script: str
) -> dict[str, float]:
    features = {f"number:{number}": 1.0 for number in numbers}
    parts = ((told[LEAD_WORDS:], TAIL_WEIGHT), (told[:LEAD_WORDS], 1.0), (headline, TITLE_WEIGHT))
    for words, weight in parts:
        for word in words:
            if ":" in word:
                features[word] = weight * CONCEPT_WEIGHT
            elif stem := stem_of(word):
                features[stem] = weight * (NAME_WEIGHT if word in names else 1.0)
                if (word in names or script not in CASED) and (sound := consonants_of(word)):
                    features[f"{SOUND}{sound}"] = weight
    for capital, country in STANDS_FOR.items():
        if capital in features:
            features.setdefault(country, features[capital])
    return features


SOUND = "~"
"""Begins a feature that is the consonants of a name, for comparing two scripts; see `names.consonants_of`."""
CASED = frozenset(("LATIN", "CYRILLIC", "GREEK", "ARMENIAN"))
"""Scripts with capitals, which tell names from other words."""


@lru_cache(maxsize=10_000)
def _script_of_letter(letter: str) -> str:
    return unicodedata.name(letter, "").partition(" ")[0]


def script_of(text: str) -> str:
    """Return the script of most of the first letters of a text, as Unicode names it ("ARABIC"); "" with no letter."""
    letters = [_script_of_letter(c) for c in text[:24] if c.isalpha()]
    return max(letters, key=letters.count, default="")


DEEDS = frozenset(
    f"act:{name}"
    for name in (
        "extend",
        "end",
        "violate",
        "reject",
        "deny",
        "reopen",
        "shut",
        "cut",
        "hold",
        "resign",
        "kidnap",
        "free",
    )
)
"""Deeds that change the state of an affair: a report of another one is another event."""


def by_kind(features: Iterable[str]) -> dict[str, frozenset[str]]:
    """Return the features that are concepts, by kind."""
    kinds: dict[str, set[str]] = {}
    for concept in [feature for feature in features if ":" in feature]:
        kinds.setdefault(concept.partition(":")[0], set()).add(concept)
    return {kind: frozenset(found) for kind, found in kinds.items()}


STANDS_FOR = {
    "place:kabul": "party:afghanistan",
    "place:islamabad": "party:pakistan",
    "place:ankara": "party:turkey",
    "place:delhi": "party:india",
    "place:tehran": "party:iran",
    "place:moscow": "party:russia",
    "place:doha": "party:qatar",
    "place:riyadh": "party:saudi",
    "place:cairo": "party:egypt",
    "party:taliban": "party:afghanistan",
}
"""Capitals that headlines say for a government, and rulers for their country."""
CAPITALS = frozenset(capital for capital in STANDS_FOR if capital.startswith("place:"))


def spelled(feature: str, article: Article) -> str:
    """Write a feature for people: a concept by its name, a stem by the word the article has."""
    kind, colon, name = feature.partition(":")
    if colon:
        name = name.replace("_", " ")
        return (
            name.title()
            if kind in ("place", "day")
            else name.upper()
            if kind in ("party", "actor") and len(name) < 4
            else name
        )
    return next((word for word in _opening_words(article.title, article.body) if stem_of(word) == feature), feature)


@lru_cache(maxsize=1)
def _opening_words(title: str, body: str) -> list[str]:
    """Return the words that a reason is written in, for each of which the same article is asked."""
    return [*words_of(title), *words_of(body)[: 2 * EVENT_WORDS]]


def winnow(words: Sequence[str]) -> frozenset[int]:
    """Keep the least hash of every window of word shingles.

    Winnowing after Schleimer, Wilkerson and Aiken, "Winnowing: Local Algorithms for Document Fingerprinting" (SIGMOD
    2003): whatever two texts share over window + shingle - 1 words leaves at least one fingerprint in both.

    Args:
        words: Folded words in order; fewer than a shingle make one shingle.
    """
    if not words:
        return frozenset()
    hashes = list(map(_hash_of, words))
    if len(hashes) < SHINGLE_WORDS:
        return frozenset({hash(tuple(hashes)) & _MASK})
    # A tuple of numbers has one hash in every process, and C makes it.
    shingles = [hash(shingle) & _MASK for shingle in zip(*(hashes[n:] for n in range(SHINGLE_WORDS)), strict=False)]
    found = _least(shingles[: DENSE_WORDS + DENSE_WINDOW - 1], DENSE_WINDOW)
    if len(shingles) > DENSE_WORDS:
        found |= _least(shingles[DENSE_WORDS:], SPARSE_WINDOW)
    return frozenset(found)


def _least(shingles: Sequence[int], width: int) -> set[int]:
    """Give the least of every window, or of all where there are fewer than a window."""
    window = shingles[:width]
    least = min(window)
    place = len(window) - 1 - window[::-1].index(least)
    found = {least}
    for at, shingle in enumerate(shingles[width:], start=width):
        if shingle <= least:
            least, place = shingle, at
            found.add(least)
        elif at - place >= width:  # the least one has left the window
            window = shingles[at - width + 1 : at + 1]
            least = min(window)
            place = at - window[::-1].index(least)
            found.add(least)
    return found


@lru_cache(maxsize=200_000)
def _hash_of(word: str) -> int:
    return crc32(word.encode("utf-8", "surrogatepass"))


def numbers_in(text: str) -> frozenset[str]:
    """Return the numbers of a text in European digits, without separators of thousands."""
    if not text.isascii():
        text = "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in text)
    return frozenset(_BEFORE_THOUSANDS.sub("", number) for number in _NUMBER.findall(text))
