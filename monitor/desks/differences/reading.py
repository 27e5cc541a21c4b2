"""What one report says: its figures with their sources, its days, and what is claimed or denied in it.

Owns how much of a report is read: the headline and the first sentences, without boilerplate; what follows is
background, which tells of other events. Of several readings of one figure the first counts, which is the headline's, or
what is more exact about it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import pairwise

from monitor.desks.differences.amounts import Amount
from monitor.desks.differences.days import DaySaid, days_said
from monitor.desks.differences.figures import COUNTED, Figure, figures_of
from monitor.desks.differences.lexicon import Token, tokens_of
from monitor.desks.differences.measures import measures_of
from monitor.desks.differences.speakers import speaker_of, subject_of
from monitor.model import Article, Zone
from monitor.text.sentences import sentence_ends

READ_AT_MOST = 1200
"""Code points of a text that are read."""
_TITLE_AT_MOST = 400
_SENTENCES = 4
"""After the headline; of these the first two are asked for days."""
_FIRST = 2
_DATED_WITHIN = timedelta(days=3)
_TOLL_OF_A_WAR, _TIMES_AS_MANY = 100, 10
_PRIMARY_SUBTAG = re.compile(r"[a-z]{2,3}(?![a-z])")


@dataclass(frozen=True, slots=True)
class Stance:
    """Somebody asserts or denies something."""

    speaker: str
    denies: bool
    is_strong: bool
    """Whether it is told as a claim or an accusation, which asks for an answer; of a denial, whether it answers one."""
    words: frozenset[str]
    """What it is about, by the beginnings of its words; who speaks, and of whom, is not among them."""


@dataclass(frozen=True, slots=True)
class Told:
    """A figure as a whole report gives it."""

    figure: Figure
    speaker: str
    """Who says so, "" where the report does not say."""
    also: tuple[Amount, ...] = ()
    """Other numbers of the same kind and party: of one place among two, or of an hour before."""

    def agrees(self, other: Told) -> bool:
        """Say whether one of the numbers that a report gives can be meant by the other report."""
        own, others = (self.figure.amount, *self.also), (other.figure.amount, *other.also)
        return any(one.agrees(another) for one in own for another in others)

    def differs(self, other: Told) -> bool:
        """Say whether two reports count the same and come to other numbers.

        Of a toll and one of ten times as many, the greater is of a war or a season and not of the event.
        """
        if self.agrees(other):
            return False
        less, more = sorted((self.figure.amount, other.figure.amount), key=lambda amount: amount.low)
        is_count = self.figure.kind in COUNTED
        return not (is_count and more.low >= _TOLL_OF_A_WAR and more.low >= _TIMES_AS_MANY * less.high)


@dataclass(frozen=True, slots=True)
class Reading:
    """What one report says."""

    figures: tuple[Told, ...] = ()
    days: tuple[DaySaid, ...] = ()
    stances: tuple[Stance, ...] = ()


def read(article: Article) -> Reading:
    """Read a report. Costs the same for a text of any length."""
    language = _PRIMARY_SUBTAG.match((article.language or "en").lower())
    seen, published = article.first_seen_at, article.published_at or article.first_seen_at
    # What a feed dates far off may be dated wrong: "on Monday" is then anybody's Monday.
    at = min(seen, published) if abs(seen - published) < _DATED_WITHIN else None
    return _read(article.title[:_TITLE_AT_MOST], _opening(article), language[0] if language else "", seen.year, at)


def _opening(article: Article) -> str:
    pieces: list[str] = []
    left = READ_AT_MOST
    for zone in article.zones:
        if left <= 0:
            break
        if zone.zone is not Zone.BOILERPLATE:
            pieces.append(article.body[zone.start : min(zone.end, zone.start + left)])
            left -= len(pieces[-1])
    return "\n\n".join(pieces)


@lru_cache(maxsize=512)
def _read(title: str, opening: str, language: str, year: int, at: datetime | None) -> Reading:
    sentences = [tokens_of(sentence, language) for sentence in (title, *_sentences(opening))]
    gathered = _Gathered()
    for place, tokens in enumerate(sentences):
        if _is_of_another_year(tokens, year):
            continue
        speaker = speaker_of(tokens) or subject_of(tokens, _places(tokens, "claimed"), language)
        for figure in (*figures_of(tokens), *measures_of(tokens)):
            gathered.add(figure, speaker, is_late=place > _FIRST)
        if place <= _FIRST and at is not None:
            gathered.days += days_said(tokens, at)
        gathered.stances += _stances(tokens, speaker, language)
    return Reading(
        figures=tuple(gathered.totals()),
        days=tuple({(day.event, day.is_to_come): day for day in reversed(gathered.days)}.values()),
        stances=tuple(gathered.stances),
    )


def _is_of_another_year(tokens: Sequence[Token], year: int) -> bool:
    return any(
        token.value is not None
        and token.text.isdigit()
        and 1900 <= token.value <= 2100
        and token.value != year
        and not (following.has("people") or following.has("party"))
        for token, following in pairwise([*tokens, _END])
    )


_END = Token("", frozenset(), breaks=True, hyphened=False)


def _sentences(text: str) -> list[str]:
    ends = sentence_ends(text)
    is_cut = len(text) >= READ_AT_MOST
    bounds = [0, *ends, len(text)]
    found = []
    for start, end in pairwise(bounds):
        # The end of a text that was cut may part a word or a number.
        if is_cut and end == len(text) and ends:
            break
        found += [line for line in text[start:end].splitlines() if line.strip()]
    return found[:_SENTENCES]


@dataclass(slots=True)
class _Gathered:
    """What the sentences of a report gave so far."""

    figures: dict[tuple[str, str], Told] = field(default_factory=dict)
    days: list[DaySaid] = field(default_factory=list)
    stances: list[Stance] = field(default_factory=list)

    def add(self, figure: Figure, speaker: str, *, is_late: bool) -> None:
        """Keep the first figure of its kind and party; a later one that agrees may be more exact or name its source.

        Args:
            figure: As a sentence gives it.
            speaker: Who says so there.
            is_late: Whether it stands where a background begins: another party of a kind that was told before is
                then likely to be another event's.
        """
        key = (figure.kind, figure.party)
        known = self.figures.get(key)
        if known is None:
            if not (is_late and any(kind == figure.kind for kind, _ in self.figures)):
                self.figures[key] = Told(figure, speaker)
        elif figure.amount.agrees(known.figure.amount):
            kept = replace(_meant(known.figure, figure), rises=known.figure.rises or figure.rises)
            self.figures[key] = replace(known, figure=kept, speaker=known.speaker or speaker)
        else:
            self.figures[key] = replace(known, also=(*known.also, figure.amount))

    def totals(self) -> Iterable[Told]:
        """Give the figures without the totals that count the same people: "two injured" where two soldiers are."""
        for (kind, party), told in self.figures.items():
            others = (other for (k, p), other in self.figures.items() if k == kind and p)
            if party or not any(told.figure.amount.text == other.figure.amount.text for other in others):
                yield told


def _meant(first: Figure, later: Figure) -> Figure:
    """Choose of two figures that agree what a report means by both.

    "14 dead" over "at least 14 people were killed" means the latter; "dozens" over "32 people" means 32.
    """
    is_same = first.amount.text.split()[-1] == later.amount.text.split()[-1]
    by_width = sorted((first, later), key=lambda figure: figure.amount.high - figure.amount.low)
    return by_width[-1 if is_same else 0]


_ABOUT_NOTHING = (
    *("said", "by", "denied", "claimed", "link", "filler", "bound", "number", "today", "weekday", "month"),
    *("side", "body", "people", "party"),
)
"""Kinds of words that do not show what a sentence is about."""
_STEM = 5
"""Letters by which words of one matter are compared, so that "strike" is "strikes"."""


def _stances(tokens: Sequence[Token], speaker: str, language: str) -> Iterable[Stance]:
    words = frozenset(
        token.text[:_STEM]
        for token in tokens
        if len(token.text) > 3 and not any(token.has(kind) for kind in _ABOUT_NOTHING)
    )
    denials, claims = _places(tokens, "denied"), _places(tokens, "claimed")
    # A denial may name the claim that it answers: "Kabul denied Islamabad's claims".
    for verbs, denies in ((denials, True), (claims, False)):
        if verbs and (by := subject_of(tokens, verbs, language)):
            yield Stance(by, denies, is_strong=bool(claims), words=words)
    if speaker and not (denials or claims):
        yield Stance(speaker, denies=False, is_strong=False, words=words)


def _places(tokens: Sequence[Token], kind: str) -> list[int]:
    return [place for place, token in enumerate(tokens) if token.has(kind)]
