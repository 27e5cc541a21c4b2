"""Generated news for the benchmarks: events told by 1 to 30 reports, copies among them, words by Zipf's law.

Each event has a place, parties, a kind, a day, a number, names and words of its own; a report tells some of them among
words that everybody uses, and a copy has its original's text, cut or whole. Reports of an event come within two days,
most within hours. An article is made as text, or, to fill a large window in a tenth of the time, as the signature that
such a text has: the same words as features, and fingerprints drawn at random.
"""

from __future__ import annotations

import random
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from heapq import heappop, heappush
from itertools import accumulate

from monitor.articles import concepts
from monitor.articles.signature import Signature, by_kind
from monitor.articles.stems import STEM_LETTERS
from monitor.model import Article
from monitor.text.zones import zones_of

START = datetime(2026, 11, 1, tzinfo=UTC)
VOCABULARY = 300_000
_TOLD, _TEXT, _FINGERPRINTS = 90, 300, 54
_KINDS = {"place": 2, "party": 2, "event": 1, "act": 1, "day": 1}
"""Concepts of an event, by kind."""
_SYLLABLES = [a + b for a in "bdfgklmnprstvz" for b in "aeiou"]


@dataclass(frozen=True, slots=True)
class Event:
    """What reports of one event have in common."""

    number: int
    spoken: tuple[str, ...]
    """Its concepts as English text has them."""
    named: tuple[str, ...]
    """The same as features."""
    words: tuple[str, ...]
    """Names and words of its own, by Zipf's law without the commonest."""


@dataclass(frozen=True, slots=True)
class Report:
    """One article before it is written."""

    number: int
    event: Event
    at: datetime
    copy_of: Report | None
    told: tuple[str, ...]
    """Its words that are its own."""
    spoken: tuple[str, ...]
    named: tuple[str, ...]
    seed: int


@dataclass
class Newsroom:
    """Reports in order of arrival, one every so often."""

    every: timedelta
    chance: random.Random = field(default_factory=lambda: random.Random(1))

    def __post_init__(self) -> None:
        chance = self.chance
        self._words = ["".join(chance.choices(_SYLLABLES, k=chance.randint(2, 5))) for _ in range(VOCABULARY)]
        ranks = list(accumulate(1 / (rank + 3) for rank in range(VOCABULARY)))
        self._pool = chance.choices(self._words, cum_weights=ranks, k=1_000_000)
        common = set(self._words[:500])
        self._rare = [word for word in self._pool if word not in common]
        self._concepts = {
            kind: [
                (f"{kind}:{name}", form)
                for name, forms in concepts.TABLE[kind].items()
                if (form := next((f.rstrip("*") for f in forms if f.isascii() and ":" not in f), None))
            ]
            for kind in _KINDS
        }

    def reports(self, count: int) -> Iterator[Report]:
        """Give so many reports; the events that are under way go on."""
        chance, due = self.chance, []
        at, number, tie = START, 0, 0
        while number < count:
            number += 1
            at += self.every
            if due and due[0][0] <= at:
                _, _, event, told = heappop(due)
            else:
                event, told = self._event(number), []
                # One report in most cases, thirty in few.
                for _ in range(min(29, int(chance.paretovariate(0.9)) - 1)):
                    tie += 1
                    hours = timedelta(hours=min(48.0, chance.lognormvariate(1.2, 1.1)))
                    heappush(due, (at + hours, tie, event, told))
            report = self._report(number, event, at, told)
            told.append(report)
            yield report

    def article(self, report: Report) -> Article:
        """Write a report as text."""
        original = report.copy_of or report
        chance = random.Random(original.seed)
        told = [*original.told, *original.spoken]
        start = chance.randrange(len(self._pool) - _TEXT)
        background = self._pool[start : start + _TOLD - len(told)]
        opening = told + background
        chance.shuffle(opening)
        text = opening + self._pool[start + _TOLD : start + _TEXT]
        if report is not original:
            chance = random.Random(report.seed)
            text = text[: int(len(text) * chance.uniform(0.4, 1.0))]
        title = chance.sample(told, min(9, len(told)))
        body = " ".join(text).capitalize() + "."
        return Article(
            id=report.number,
            feed_id=f"feed-{report.seed % 200}",
            url=None,
            title=" ".join(title),
            body=body,
            zones=zones_of(body),
            first_seen_at=report.at,
            language="en",
        )

    def signature(self, report: Report) -> Signature:
        """Return a signature like that of the report's text, without writing the text."""
        original = report.copy_of or report
        chance = random.Random(original.seed)
        start = chance.randrange(len(self._pool) - _TEXT)
        words = [*original.told, *self._pool[start : start + _TOLD - len(original.told)]]
        features = dict.fromkeys([word[:STEM_LETTERS] for word in words], 1.0)
        features.update(dict.fromkeys(original.named, 1.0))
        for word in original.told[:9]:
            features[word[:STEM_LETTERS]] = 1.5
        fingerprints = array("I", chance.randbytes(4 * _FINGERPRINTS))
        kept = (
            _FINGERPRINTS if report is original else int(_FINGERPRINTS * random.Random(report.seed).uniform(0.4, 1.0))
        )
        numbers = frozenset(name.partition(":")[2] for name in original.named if name.startswith("number:"))
        return Signature(
            article_id=report.number,
            at=report.at.replace(second=0, microsecond=0),
            language="en",
            script="LATIN",
            is_known=True,
            words=_TEXT * kept // _FINGERPRINTS,
            fingerprints=frozenset(fingerprints[:kept]),
            features=features,
            names=frozenset(),
            numbers=numbers,
            focus=next((name for name in original.named if name.startswith("event:")), ""),
            deed="",
            genre="",
            headline=frozenset(),
            concepts=by_kind(features),
            length=60.0,
        )

    def _event(self, number: int) -> Event:
        chance = self.chance
        spoken, named = [], []
        for kind, most in _KINDS.items():
            for concept, form in chance.sample(self._concepts[kind], chance.randint(0, most)):
                named.append(concept)
                spoken.append(form)
        figure = str(chance.randint(6, 400))
        at = chance.randrange(len(self._rare) - 25)
        return Event(number, (*spoken, figure), (*named, f"number:{figure}"), tuple(self._rare[at : at + 25]))

    def _report(self, number: int, event: Event, at: datetime, told: list[Report]) -> Report:
        chance = self.chance
        copy_of = chance.choice(told) if told and chance.random() < 0.3 else None
        if copy_of is not None:
            copy_of = copy_of.copy_of or copy_of
        words = tuple(chance.sample(event.words, chance.randint(8, 18)))
        kept = [n for n in range(len(event.named)) if chance.random() < 0.8]
        spoken, named = tuple(event.spoken[n] for n in kept), tuple(event.named[n] for n in kept)
        return Report(number, event, at, copy_of, words, spoken, named, chance.getrandbits(32))
