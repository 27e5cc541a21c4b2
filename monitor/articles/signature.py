"""What of an article is compared with others: its fingerprints, its words, and the names, numbers and days it gives.

Owns how an article is boiled down, once, when it arrives; it compares nothing. Boilerplate is left out before.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from zlib import crc32

from monitor.articles.concepts import translate
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
TITLE_WEIGHT, NAME_WEIGHT = 1.5, 1.5
"""What a word of the headline, and a name, tells more than a word of the text."""
READ_AT_MOST = 40_000
"""Code points of a text that are read: one endless article must not hold up the others."""
STEM_LETTERS = 6
"""Letters kept of a word: enough to tell words apart, few enough to hold a word's forms together without a stemmer for
each language (first-n truncation does about as well as stemming: McNamee and Mayfield 2004, n of 4 to 6)."""
_MASK = 0xFFFFFFFF
_NUMBER = re.compile(r"(?<![\w.,])\d{1,3}(?:[.,]\d{3})+(?!\d)|(?<![\w.])\d+(?:[.,]\d+)?(?![\w])")
_CAPITALISED = re.compile(r"(?<![\w'’-])[A-ZÀ-ÖØ-ÞĀĂĄĆČĎĐĒĖĘĚĞĢĪİĶŁŃŅŇŐŘŚŠŞŢŤŪŮŰŹŻŽА-Я][\w'’]{2,}")
_DATELINE = re.compile(r"[^\W\d_][^.:\n()–—]{1,40}(?:\([^)\n]{1,30}\)\s*[-–—:]|[:–—]|\s-\s)")
_PRIMARY_SUBTAG = re.compile(r"[a-z]{2,8}(?![a-z])")
"""Of a language tag (RFC 5646, section 2.2.1); what is none, as in an editor's own file, names no language."""
_SENTENCE_START = re.compile(r"(?:^|[.!?:\n]\s*)[\"“‘'(]*$")


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
    words: int
    """Words of the text that was fingerprinted."""
    fingerprints: frozenset[int]
    """32-bit hashes kept by winnowing."""
    features: Mapping[str, float]
    """What headline and first lines say: concepts, numbers ("number:14") and stems, with the weight of their place."""
    names: frozenset[str]
    """Folded capitalised words of the first lines that do not open a sentence; empty in scripts without capitals."""
    numbers: frozenset[str]
    """Of the first lines. Like the names they leave the headline out, since copies get new ones."""
    focus: str
    """The kind of event that the headline names first, "" where it names none."""
    deed: str
    """What the headline says was done to it first, of `DEEDS`; "" where it says nothing of the kind."""
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
    beginning = text[: EVENT_WORDS * 7]
    names = _names_in_text(beginning)
    numbers = numbers_in(beginning)
    tag = _PRIMARY_SUBTAG.match((article.language or "").lower())
    language = tag[0] if tag is not None else ""
    told = translate(text_words[:EVENT_WORDS], language)
    headline = translate(title_words, language)
    figures = numbers_in(article.title)
    features = _features(headline, told, names | _names_in_title(article.title), numbers | figures)
    return Signature(
        article_id=article.id,
        at=article.first_seen_at.replace(second=0, microsecond=0),
        language=language,
        words=len(compared),
        fingerprints=winnow(compared),
        features=features,
        concepts=by_kind(features),
        focus=next((word for word in headline if word.startswith("event:")), ""),
        deed=next((word for word in headline if word in DEEDS), ""),
        names=names,
        numbers=numbers,
        affair=_affair(actors, headline, told, figures, dateline=_DATELINE.match(text)),
    )


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
    headline: Sequence[str], told: Sequence[str], names: frozenset[str], numbers: frozenset[str]
) -> dict[str, float]:
    features = {f"number:{number}": 1.0 for number in numbers}
    for words, weight in ((told, 1.0), (headline, TITLE_WEIGHT)):
        for word in words:
            if ":" in word:
                features[word] = weight
            elif stem := stem_of(word):
                features[stem] = weight * (NAME_WEIGHT if word in names else 1.0)
    for capital, country in STANDS_FOR.items():
        if capital in features:
            features.setdefault(country, features[capital])
    return features


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
    told = [*words_of(article.title), *words_of(article.body)[: 2 * EVENT_WORDS]]
    return next((word for word in told if stem_of(word) == feature), feature)


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
    dense = _least(shingles[: DENSE_WORDS + DENSE_WINDOW - 1], DENSE_WINDOW)
    return frozenset(dense).union(_least(shingles[DENSE_WORDS:], SPARSE_WINDOW) if len(shingles) > DENSE_WORDS else ())


def _least(shingles: Sequence[int], width: int) -> Iterator[int]:
    """Give the least of every window, or of all where there are fewer than a window."""
    if len(shingles) <= width:
        return iter([min(shingles)])
    # Windows of powers of two overlap to any width: the least of eleven is the least of two eights.
    span = 1
    least = list(shingles)
    while span * 2 <= width:
        least = list(map(min, least, least[span:]))
        span *= 2
    return map(min, least, least[width - span :])


@lru_cache(maxsize=200_000)
def _hash_of(word: str) -> int:
    return crc32(word.encode("utf-8", "surrogatepass"))


@lru_cache(maxsize=200_000)
def stem_of(word: str) -> str:
    """Cut a folded word to its stem; "" for words that are grammar or numbers."""
    if word in _GRAMMAR or not word[0].isalpha() or (len(word) < 3 and word.isascii()):
        return ""
    return word[:STEM_LETTERS]


def numbers_in(text: str) -> frozenset[str]:
    """Return the numbers of a text in European digits, without separators of thousands."""
    if not text.isascii():
        text = "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in text)
    return frozenset(re.sub(r"[.,](?=\d{3}(?:\D|$))", "", number) for number in _NUMBER.findall(text))


def _names_in_title(title: str) -> frozenset[str]:
    """Return the capitalised words of a headline, none where it is in title case."""
    capitals = _CAPITALISED.findall(title)
    if len(capitals) > max(3, 0.6 * len(title.split())):
        return _NOTHING
    return _proper(capitals)


def _names_in_text(text: str) -> frozenset[str]:
    return _proper(
        name[0].removesuffix("'s").removesuffix("’s")
        for name in _CAPITALISED.finditer(text)
        if not _SENTENCE_START.search(text[max(0, name.start() - 6) : name.start()])
    )


def _proper(capitals: Iterable[str]) -> frozenset[str]:
    return frozenset(w for word in capitals for w in words_of(word) if len(w) > 2 and w not in _GRAMMAR)


# The commonest words of the languages of the shipped feeds; rarity in the window does the rest.
_GRAMMAR = frozenset(
    words_of(
        """
    the and for with that this from has have had was were are been being will would could should may might must can not
    but its it's his her their they them who whom which what when where while after before over under into onto upon
    about against between during since until also than then there here more most many much some any all each other
    another new said says say saying told according added mr mrs ms dr one two three first second last next year years
    day days week weeks month months today yesterday tomorrow monday tuesday wednesday thursday friday saturday sunday
    report reports reported reporting news agency official officials statement people
    der die das den dem des ein eine einen einem einer und oder aber mit von vom zum zur bei für auf aus nach vor
    über unter durch gegen ist sind war waren wird werden wurde wurden hat haben hatte sich nicht auch noch wie als dass
    sagte
    bir ile için gibi olan olarak olduğu dedi etti edildi ise daha çok kadar sonra önce göre ancak veya bunu şu her
    les des une dans pour par sur avec est sont ont été que qui aux plus del los las una por con para como más sus fue
    это что как для при из на от до по за его она они был была были также после
    میں ہے ہیں کے کی کا کو سے نے پر اور یہ وہ کہ اس ان بھی ہو گیا گئی گئے تھا تھی تھے کر کیا لیے ایک ساتھ بعد کہا جو تو
    من في على إلى الى عن مع هذا هذه التي الذي أن ان قد كان كانت بعد قبل بين كما وقال قال أنه ولم خلال
    در به از که را این آن با برای تا است شد شده بود می های کرد کرده گفت هم یا نیز خود پس
    په کې چې او د ته له سره شو شوي دي دی یې هم لپاره وروسته وویل
    """
    )
)
