"""Which words could be missing from a rule book, judged by articles that tell of a matched event and do not match.

Owns the judgement. Where some reports of one story match a rule and another fails by one clause, that report said in
other words what the clause asks for. Phrases that such reports have and their matching companions lack, and that are
rare elsewhere, are candidates: a name nobody listed yet. It proposes, and writes nothing; a person decides, since a
rival's name stands in the same places as a new name of the same actor.

Reading is in three rounds, so that an archive of any size fits: what misses by one clause (`miss_of`, `Gathering`), how
often each candidate stands elsewhere (`Census` over `Gathering.book`), and the choice (`Gathering.suggestions`).
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from monitor.rules.book import Lexicon, RuleBook
from monitor.rules.explaining.explain import Explanation
from monitor.rules.explaining.verdict import Verdict
from monitor.rules.matching.reading import Place
from monitor.rules.tuning.census import Census
from monitor.rules.tuning.phrases import Phrase, phrases_of
from monitor.text.document import Document

FEW = 5
"""Suggestions for one clause."""
RARE = 0.02
"""Share of other articles of its language in which a candidate may stand."""
COMMON = 0.25
"""Share of other articles of a language from which a word is grammar, and begins or ends no candidate."""
LIFT = 5.0
"""How much more often a candidate stands where the clause is missed than elsewhere."""
_EVIDENCE = 3
_OWNER = re.compile(r"(?:\w+:)?((?:actor|lexicon):[\w.-]+)")
_NOT = "NOT "
_PLAIN = re.compile(r"[^\W\d_][\w .'’-]*")
_NOT_TEXT = frozenset(["y", "n", "yes", "no", "on", "off", "true", "false", "null", "none"])


@dataclass(frozen=True, slots=True)
class Miss:
    """An article that tells of a matched event and fails the rule by one clause."""

    rule_id: str
    clause: str
    because: str
    owner: str
    """Who would get a new term: "actor:ttp", "lexicon:truce" or "rule:ttp-ceasefire"."""
    was_there: bool
    """The clause's words stand somewhere and did not count: no word is missing, and none is looked for."""


@dataclass(frozen=True, slots=True)
class Proof:
    """Where a candidate stands."""

    article_id: int
    phrase: Phrase


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A term that could be added."""

    owner: str
    clause: str
    rule_ids: tuple[str, ...]
    term: str
    """As most articles write it."""
    articles: int
    """Articles that miss by this clause and have it while no matching report of their story does."""
    stories: int
    misses: int
    """All articles that miss by this clause."""
    elsewhere: int
    """Articles of its language in stories that no rule matches in which it stands."""
    others: int
    """All such articles."""
    proofs: tuple[Proof, ...]

    @property
    def yaml(self) -> str:
        """Return the line that would add it to its list; for a rule's own query the alternative to write."""
        kind = self.owner.partition(":")[0]
        if kind == "rule":
            return f'… OR "{self.term}"'
        if kind == "actor" and self.term.isupper() and " " not in self.term:
            return f"- {{text: {yaml_text(self.term)}, case: exact}}"
        return f"- {yaml_text(self.term)}"


def yaml_text(term: str) -> str:
    """Write a term so that YAML reads back the same text."""
    is_plain = _PLAIN.fullmatch(term) and not term.endswith(" ") and term.lower() not in _NOT_TEXT
    return term if is_plain else json.dumps(term, ensure_ascii=False)


def miss_of(explanation: Explanation) -> Miss | None:
    """Say by which one clause a rule fails; None where it holds, fails by more, or fails by what must not be there.

    A clause of several parts is put down to the one actor or lexicon in it that is nowhere in the article, if all its
    others are there.
    """
    failed: Verdict | None = explanation.failed
    if failed is None or failed.source.startswith(_NOT):
        return None
    absent = _absent(explanation, failed)
    if len(absent) == 1:
        (owner, because), *_ = absent.items()
        return Miss(explanation.rule_id, owner, because, owner, was_there=False)
    return Miss(explanation.rule_id, failed.source, failed.because, f"rule:{explanation.rule_id}", failed.was_there)


def _absent(explanation: Explanation, failed: Verdict) -> dict[str, str]:
    """Return the actors and lexicons of a clause that are nowhere in the article, each with what was said of it."""
    whole = next((verdict for _, verdict in explanation.root.walk() if verdict.source == failed.source), failed)
    said: dict[str, str] = {}
    there: set[str] = set()
    waiting = [whole]
    while waiting:
        verdict = waiting.pop()
        if verdict.source.startswith(_NOT):
            continue
        found = _OWNER.fullmatch(verdict.source)
        if found is None:
            waiting.extend(verdict.parts)
        elif verdict.holds or verdict.was_there:
            there.add(found[1])
        else:
            said.setdefault(found[1], verdict.because)
    return {owner: because for owner, because in said.items() if owner not in there}


@dataclass(slots=True)
class _Candidate:
    """What is known of one phrase for one owner."""

    articles: set[int] = field(default_factory=set)
    telling: set[int] = field(default_factory=set)
    """Articles that have it in the headline or more than once, as they have what they tell of."""
    stories: set[int] = field(default_factory=set)
    written: Counter[str] = field(default_factory=Counter)
    languages: Counter[str] = field(default_factory=Counter)
    is_name: bool = False
    proofs: list[Proof] = field(default_factory=list)

    @property
    def language(self) -> str:
        """Return the language of most of its articles."""
        return self.languages.most_common(1)[0][0]


class Gathering:
    """Collects what articles that miss by one clause say instead."""

    def __init__(self, book: RuleBook) -> None:
        self._census = Census(book)
        self._candidates: dict[tuple[str, str], dict[str, _Candidate]] = {}
        self._misses: dict[tuple[str, str], set[int]] = {}
        self._rules: dict[tuple[str, str], set[str]] = {}

    def add(self, miss: Miss, document: Document, *, article_id: int, story_id: int, companions: set[str]) -> None:
        """Take one article that misses.

        Args:
            miss: By which clause; one whose words were there is left out.
            document: The article.
            article_id: Its id.
            story_id: Its story.
            companions: Folded phrases of the reports of this story that match the rule.
        """
        if miss.was_there:
            return
        key = miss.owner, miss.clause
        self._misses.setdefault(key, set()).add(article_id)
        self._rules.setdefault(key, set()).add(miss.rule_id)
        candidates = self._candidates.setdefault(key, {})
        places: dict[str, list[Phrase]] = {}
        same, other = self._known(document, miss.owner)
        for phrase in phrases_of(document):
            if phrase.folded in companions or phrase.place in same or any(_meet(phrase.place, each) for each in other):
                continue
            places.setdefault(phrase.folded, []).append(phrase)
        for folded, phrases in places.items():
            candidate = candidates.setdefault(folded, _Candidate())
            if article_id not in candidate.articles:
                candidate.languages[language_of(document.language)] += 1
                if len(candidate.proofs) < _EVIDENCE:
                    candidate.proofs.append(Proof(article_id, phrases[-1]))
            candidate.articles.add(article_id)
            candidate.stories.add(story_id)
            if len(phrases) > 1 or phrases[0].field == "title":
                candidate.telling.add(article_id)
            candidate.written.update(phrase.text for phrase in phrases)
            candidate.is_name |= any(phrase.is_name for phrase in phrases)

    def _known(self, document: Document, owner: str) -> tuple[set[Place], set[Place]]:
        """Return where terms of the owner's kind and of other kinds stand: a name that holds "truce" is no name."""
        kind = owner.partition(":")[0]
        same: set[Place] = set()
        other: set[Place] = set()
        for number, places in self._census.places(document).items():
            is_same = self._census.terms[number].owner.startswith(kind)
            (same if is_same else other).update(places)
        return same, other

    def book(self) -> RuleBook:
        """Return a book that asks for every candidate and for the words at its edges, to count them elsewhere."""
        asked = {word for key in self._candidates for folded in self._worthy(key) for word in (folded, *_edges(folded))}
        return RuleBook(lexicons={"candidates": Lexicon("candidates", tuple(sorted(asked)))} if asked else {})

    def suggestions(self, elsewhere: Elsewhere) -> list[Suggestion]:
        """Choose the best few for each clause, best first; clauses in order of their owner."""
        return [suggestion for key in sorted(self._candidates) for suggestion in self._best(key, elsewhere)]

    def _worthy(self, key: tuple[str, str]) -> Iterable[str]:
        """Yield the candidates with enough behind them: a name that tells, or words that two articles have."""
        is_actor = key[0].startswith("actor:")
        for folded, candidate in self._candidates[key].items():
            is_shared = len(candidate.articles) > 1
            if (candidate.is_name and (is_shared or candidate.telling)) if is_actor else is_shared:
                yield folded

    def _best(self, key: tuple[str, str], elsewhere: Elsewhere) -> list[Suggestion]:
        misses = len(self._misses[key])
        found: dict[str, Suggestion] = {}
        for folded in self._worthy(key):
            candidate = self._candidates[key][folded]
            known, others = elsewhere.of(folded, candidate.language)
            lift = (len(candidate.articles) / misses) / ((known + 1) / (others + 1))
            if known > max(1, RARE * others) or lift < LIFT:
                continue
            if any(elsewhere.is_grammar(word, candidate.language) for word in _edges(folded)):
                continue
            found[folded] = Suggestion(
                owner=key[0],
                clause=key[1],
                rule_ids=tuple(sorted(self._rules[key])),
                term=candidate.written.most_common(1)[0][0],
                articles=len(candidate.articles),
                stories=len(candidate.stories),
                misses=misses,
                elsewhere=known,
                others=others,
                proofs=tuple(candidate.proofs),
            )
        ranked = sorted(found, key=lambda folded: self._rank(key, folded, found[folded]))
        chosen: list[str] = []
        for folded in ranked:
            if len(chosen) < FEW and not any(_overlap(folded, other) for other in chosen):
                chosen.append(folded)
        return [found[folded] for folded in chosen]

    def _rank(self, key: tuple[str, str], folded: str, suggestion: Suggestion) -> tuple[float, ...]:
        """Order by stories and articles, then by how much it is what they tell of, then by rarity and length."""
        candidate = self._candidates[key][folded]
        support = (-suggestion.stories, -suggestion.articles, -len(candidate.telling), -candidate.written.total())
        return *support, suggestion.elsewhere, -folded.count(" "), -len(folded)


@dataclass(slots=True)
class Elsewhere:
    """In how many other articles of each language the candidates and their words stand."""

    articles: Counter[str] = field(default_factory=Counter)
    standing: Counter[tuple[str, str]] = field(default_factory=Counter)

    def add(self, language: str | None, terms: Iterable[str]) -> None:
        """Count one article of a story that no rule matches."""
        name = language_of(language)
        self.articles[name] += 1
        self.standing.update((name, term) for term in terms)

    def of(self, term: str, language: str) -> tuple[int, int]:
        """Return in how many articles of a language a term stands, and how many there are."""
        return self.standing[language, term], self.articles[language]

    def is_grammar(self, word: str, language: str) -> bool:
        """Say whether a word is too common to begin or end a name; a few articles alone do not make it so."""
        known, others = self.of(word, language)
        return known + 1 > COMMON * (others + 4)


def language_of(tag: str | None) -> str:
    """Return the primary subtag of a language tag in small letters, "" for none."""
    return (tag or "").partition("-")[0].lower()


def _meet(one: Place, other: Place) -> bool:
    return one[0] <= other[1] and other[0] <= one[1]


def _overlap(one: str, other: str) -> bool:
    """Say whether two phrases share half of the words of the shorter."""
    mine, others = one.split(" "), other.split(" ")
    return 2 * len(set(mine) & set(others)) >= min(len(mine), len(others))


def _edges(folded: str) -> tuple[str, str]:
    words = folded.split(" ")
    return words[0], words[-1]
