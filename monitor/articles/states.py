"""How the affairs that a report tells of stand: a truce extended, talks cancelled, a crossing shut again.

Owns what a headline says of that, in the languages of the table (`states.toml`), and what says nothing: a question, a
"may", a "not", a call for it, background ("after the truce ended"), another year. Silence is the safe answer: a state
that is not read leaves a story to be told again by other reasons, one that is read wrongly tells it again for nothing.
It judges words near each other and no grammar, so who did it to whom, and irony, are beyond it. Whether a state is news
to anybody is `desks/developments`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files

from monitor.articles.concepts import Forms
from monitor.model import AffairState, Article, Zone
from monitor.text.sentences import sentence_ends
from monitor.text.words import words_of

READ_AT_MOST = 300
"""Code points of a headline, and of a first sentence, that are read."""
_TABLE = tomllib.loads((files("monitor.articles") / "states.toml").read_text(encoding="utf-8"))
_OBJECT_LAST = frozenset({"en", "de", "fr", "es", "ru", "ar"})
"""Languages in which a call for something comes before it; in the others it comes last, and the whole clause counts."""
_NAMES: dict[str, dict[str, str]] = {
    "talks": {
        "extended": "extended", "off": "cancelled", "ended": "ended", "rejected": "rejected", "resumed": "resumed",
        "opened": "begun", "begun": "begun", "held": "begun", "postponed": "postponed", "suspended": "suspended",
    },
    "truce": {
        "extended": "extended", "violated": "violated", "off": "ended", "ended": "ended", "signed": "signed",
        "rejected": "rejected", "resumed": "resumed", "suspended": "suspended", "imposed": "announced",
        "lifted": "ended",
    },
    "deal": {
        "extended": "extended", "violated": "violated", "off": "ended", "ended": "ended", "signed": "signed",
        "rejected": "rejected", "resumed": "resumed", "suspended": "suspended", "postponed": "postponed",
    },
    "crossing": {"opened": "opened", "resumed": "opened", "shut": "shut", "suspended": "shut"},
    "captives": {"freed": "freed", "taken": "taken"},
    "protest": {
        "extended": "extended", "off": "ended", "ended": "ended", "begun": "begun", "resumed": "resumed",
        "postponed": "postponed", "suspended": "suspended",
    },
    "restriction": {
        "imposed": "imposed", "extended": "extended", "lifted": "lifted", "ended": "lifted", "off": "lifted",
        "suspended": "suspended", "resumed": "imposed",
    },
    "visit": {"off": "cancelled", "postponed": "postponed"},
    "election": {"off": "cancelled", "postponed": "postponed"},
}  # fmt: skip
"""By affair, what each deed of the table makes of it; a deed that is not there says nothing of that affair."""
_ANNOUNCED = frozenset({"truce", "deal", "talks"})
"""Affairs of which it says something that somebody announces or agrees on them."""
_ALONE = {"done:taken": "captives"}
"""Deeds that name their affair themselves."""
_HEAD_FIRST = frozenset({"ar", "fa", "fr", "es", "ru"})
"""Languages in which the first of two names says what it is: "talks of the truce"; elsewhere it is "truce talks"."""
_GOES_ON = frozenset({"at", "on", "in", "as", "with", "without", "by", "for", "from", "early", "late", "again", "says"})
"""English words behind "truce ends" that leave the truce what ends; others are what it puts an end to."""
_CLAUSE_END = re.compile(r"[,;:،؛–—…|()\[\]]+|\s-+\s")
_QUESTION = re.compile(r"[?؟]")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")


def states_of(article: Article) -> tuple[AffairState, ...]:
    """Return how affairs stand by a report: by its headline, or its first sentence where the headline says nothing.

    Of a reprint only the headline is its own.

    Args:
        article: In the words that are weighed now.

    Returns:
        In the order of the text, each affair once or more, none where nothing is said.
    """
    language = (article.language or "en").replace("_", "-").split("-")[0].lower()
    if language not in _TABLE:
        return ()
    year = (article.published_at or article.first_seen_at).year
    title = article.title[:READ_AT_MOST]
    if _QUESTION.search(title):
        return ()
    said, is_open = _read(title, language, year)
    if said or not is_open or article.reprint_of is not None:
        return said
    return _read(_first_sentence(article), language, year)[0]


def _first_sentence(article: Article) -> str:
    start = next((span.start for span in article.zones if span.zone in (Zone.LEAD, Zone.BODY)), 0)
    text = article.body[start : start + READ_AT_MOST].partition("\n")[0]
    sentence = text[: next(iter(sentence_ends(text)), len(text))]
    return "" if _QUESTION.search(sentence) else sentence


@cache
def _forms(language: str) -> Forms:
    return Forms(_TABLE[language], language)


def _read(text: str, language: str, year: int) -> tuple[tuple[AffairState, ...], bool]:
    """Return what a text says, and whether it leaves it open how affairs stand: a doubt or a denial does not."""
    found: list[AffairState] = []
    is_open = True
    for clause in _CLAUSE_END.split(text):
        if any(int(number) != year for number in _YEAR.findall(clause)):
            continue
        forms = _forms(language)
        words = _foreground(forms.translate(_with_particle(words_of(clause), forms)))
        if "word:doubt" in words and "word:deny" not in words:
            is_open = False
            continue
        found += _of_clause(_with_heads(words, language), language)
        is_open = is_open and "word:deny" not in words
    return tuple(dict.fromkeys(found)), is_open


def _with_particle(words: list[str], forms: Forms) -> list[str]:
    """Put the last word behind the verb that it belongs to: "calls truce off", "kündigen Waffenruhe auf"."""
    for place, word in enumerate(words[:-2]):
        if any(phrase[:2] == (word, words[-1]) for phrase, _, _ in forms.phrases.get(word, ())):
            return [*words[: place + 1], words[-1], *words[place + 1 : -1]]
    return words


def _foreground(words: Sequence[str]) -> list[str]:
    """Leave out what stands for background, before or behind the word that says so."""
    end = words.index("word:before") if "word:before" in words else len(words)
    start = max((place + 1 for place, word in enumerate(words) if word == "word:behind"), default=0)
    return list(words[start:end])


def _with_heads(words: Sequence[str], language: str) -> list[str]:
    """Of names that stand together leave the one that says what it is: talks, of "truce talks"."""
    out: list[str] = []
    for word in words:
        if word.startswith("affair:") and out and out[-1].startswith("affair:"):
            if language not in _HEAD_FIRST:
                out[-1] = word
        else:
            out.append(word)
    return out


def _of_clause(words: Sequence[str], language: str) -> Iterator[AffairState]:
    """Yield what one clause says; of several deeds of one affair the first, of none that it was announced."""
    is_denied, is_confirmed = "word:deny" in words, "word:confirms" in words
    is_again = is_confirmed or "word:again" in words
    affairs = {place: word[len("affair:") :] for place, word in enumerate(words) if word.startswith("affair:")}
    sought_from = words.index("word:sought") if "word:sought" in words else len(words)
    if language not in _OBJECT_LAST and sought_from < len(words):
        sought_from = -1
    is_said = is_denied or is_confirmed or "word:says" in words
    is_named = is_said or "word:charges" in words  # who is charged with something announced nothing
    told: set[str] = set()
    for place, word in enumerate(words):
        kind, _, deed = word.partition(":")
        counts = {"done": True, "named": is_named, "last": place == len(words) - 1}.get(kind, False)
        if not counts or place > sought_from or (language == "en" and _is_of_another(words, place)):
            continue
        affair = _nearest(affairs, place, deed) or _ALONE.get(word, "")
        name = _NAMES.get(affair, {}).get(deed)
        if name is not None and affair not in told:
            told.add(affair)
            yield AffairState(affair, name, is_denied, again=is_again)
    for place, affair in affairs.items():
        if affair in told:
            continue
        told.add(affair)
        if affair not in _ANNOUNCED:
            continue
        if is_denied:
            yield AffairState(affair, "", is_denied=True)
        elif place > sought_from:
            yield AffairState(affair, "sought")
        elif is_said and len(told) == 1:
            yield AffairState(affair, "announced", again=is_again)


def _nearest(affairs: Mapping[int, str], place: int, deed: str) -> str:
    """Return the affair that stands nearest to a deed of those that it says something of, "" where there is none."""
    fitting = [there for there, affair in affairs.items() if deed in _NAMES[affair]]
    return affairs[min(fitting, key=lambda there: (abs(there - place), there))] if fitting else ""


def _is_of_another(words: Sequence[str], place: int) -> bool:
    """Say whether an affair is what ends something, and not what ends: "deal ends five days of unrest"."""
    is_subject = words[place] == "done:ended" and place > 0 and words[place - 1].startswith("affair:")
    following = words[place + 1] if place + 1 < len(words) else "at"
    return is_subject and ":" not in following and following not in _GOES_ON
