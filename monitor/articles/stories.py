"""Which story an article belongs to: a reprint of a member, a report of the same event, or the start of its own.

Owns the window of recent articles and the order of the questions. What is placed in a draft counts for the next article
of the same draft, and is forgotten when the draft is dropped. Nothing here is kept: the window is built again from the
store at start, and gives the same answers.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta

from monitor.articles import events, reprints
from monitor.articles.rarity import Rarity
from monitor.articles.signature import Signature, actors_of, signature_of, spelled
from monitor.model import Article, DecisionKind, Match, Placement, StoryDecision

WINDOW = timedelta(days=7)
"""How far back an article is compared; DESIGN.md section 4 and the rolling window of the reprints."""
_TELLING = 12
"""Rarest features of an article by which other reports of its event are looked for."""
_TELLING_CONCEPTS = 6
"""Rarest concepts, likewise."""
_NEWEST = 200
"""Newest articles with a feature that are looked at: an event is told within hours, and cost stays bounded."""
_CANDIDATES = 32
_NOBODY: frozenset[str] = frozenset()


class Draft:
    """Articles placed one after another in a unit of work that may still fail."""

    def __init__(self, grouper: Grouper) -> None:
        self._grouper = grouper
        self.added: list[int] = []

    def place(self, article: Article, actors: frozenset[str] = _NOBODY) -> Placement:
        """Say where an article belongs among those of the window and of this draft, and why."""
        return self._grouper.place(article, actors)

    def add(self, article: Article, actors: frozenset[str] = _NOBODY) -> None:
        """Let the next articles be compared with this one; `article.id` and `article.story_id` are set."""
        self._grouper.add(article, actors)
        self.added.append(article.id)


class Grouper:
    """The window of recent articles. One thread owns it."""

    def __init__(self, articles: Iterable[Article] = (), matches: Mapping[int, Sequence[Match]] | None = None) -> None:
        """Fill the window.

        Args:
            articles: Placed articles in order of arrival.
            matches: What rules found in them, by article id: the actors that were known when they were placed.
        """
        self._signatures: dict[int, Signature] = {}
        self._stories: dict[int, int] = {}
        self._originals: dict[int, int] = {}
        self._arrivals: deque[tuple[datetime, int]] = deque()
        self._fingerprints = reprints.FingerprintIndex()
        self._latest: tuple[tuple[int, str, str, frozenset[str]], Signature] | None = None
        self._tellers: dict[str, list[int]] = {}
        self._rarity = Rarity()
        self._affairs: dict[tuple[str, str, str], list[int]] = {}
        for article in articles:
            self.add(article, actors_of((matches or {}).get(article.id, ())))

    def __len__(self) -> int:
        return len(self._signatures)

    @contextmanager
    def draft(self) -> Iterator[Draft]:
        """Place articles that are only kept when the block ends well; put the unit of work inside it, not around it."""
        draft = Draft(self)
        try:
            yield draft
        except BaseException:
            for article_id in draft.added:
                self._forget(article_id)
            raise

    def add(self, article: Article, actors: frozenset[str] = _NOBODY) -> None:
        """Take a placed article into the window; one without a story is left out."""
        if article.story_id is None or article.id in self._signatures:
            return
        signature = self._signature(article, actors)
        self._expire(article.first_seen_at)
        self._signatures[article.id] = signature
        self._stories[article.id] = article.story_id
        if article.reprint_of is not None:
            self._originals[article.id] = article.reprint_of
        self._arrivals.append((article.first_seen_at, article.id))
        self._fingerprints.add(signature)
        for feature in signature.features:
            self._tellers.setdefault(feature, []).append(article.id)
        for affair in _keys_of(signature):
            self._affairs.setdefault(affair, []).append(article.id)
        self._rarity.add(signature)

    def follow(self, decision: StoryDecision) -> None:
        """Let what a person decided hold for what comes: articles of the window change their story, unjudged."""
        to = decision.story_id if decision.kind is DecisionKind.MERGE else decision.other_id
        moved = set(decision.article_ids)
        for article_id, story_id in self._stories.items():
            if article_id in moved or (decision.kind is DecisionKind.MERGE and story_id == decision.other_id):
                self._stories[article_id] = to
        for article_id, original in list(self._originals.items()):
            if self._stories.get(original, to) != self._stories[article_id]:
                del self._originals[article_id]

    def place(self, article: Article, actors: frozenset[str] = _NOBODY) -> Placement:
        """Say where an article belongs, and why. Changes nothing.

        Args:
            article: The article, with or without an id.
            actors: Who it is about by the rule book: see `signature.actors_of`.
        """
        signature = self._signature(article, actors)
        if (reprint := self._reprint(signature)) is not None:
            original = self._originals.get(reprint.of.article_id, reprint.of.article_id)
            story_id = self._stories[reprint.of.article_id]
            return Placement(story_id, original, f"reprint of article {original}: {reprint.because}")
        best: tuple[events.Verdict, int] | None = None
        nearest = "nothing like it in the last seven days"
        for candidate in self._alike(signature):
            verdict = events.judge_pair(signature, candidate, self._rarity)
            if verdict.joins and reprints.is_template(signature, candidate):
                verdict = events.Verdict(False, verdict.score, "one form with other facts")
            if verdict.joins and (best is None or verdict.score > best[0].score):
                best = (verdict, candidate.article_id)
            elif best is None and verdict.score >= events.JOINS_FROM / 2:
                nearest = f"not the story of article {candidate.article_id}: {verdict.because}"
        if best is None:
            best = self._same_deed(signature)
        if best is None:
            return Placement(None, None, f"a story of its own: {nearest}")
        verdict, article_id = best
        told = ", ".join(spelled(feature, article) for feature in verdict.shared)
        because = f"same event as article {article_id}: both tell of {told} ({verdict.because})"
        return Placement(self._stories[article_id], None, because)

    def _same_deed(self, signature: Signature) -> tuple[events.Verdict, int] | None:
        """Find the newest report of the same deed of the same actor, in whatever words."""
        told = {article_id for key in _keys_of(signature) for article_id in self._affairs.get(key, ())[-_CANDIDATES:]}
        for article_id in sorted(told - {signature.article_id}, reverse=True):
            candidate = self._signatures[article_id]
            verdict = events.judge_affair(signature, candidate)
            if verdict.joins and not reprints.is_template(signature, candidate):
                return verdict, article_id
        return None

    def _signature(self, article: Article, actors: frozenset[str]) -> Signature:
        """Boil an article down once for its placing and its taking in, between which only its story changes."""
        asked = (article.id, article.title, article.body, actors)
        if self._latest is None or self._latest[0] != asked:
            self._latest = (asked, signature_of(article, actors))
        return self._latest[1]

    def _reprint(self, signature: Signature) -> reprints.Reprint | None:
        for article_id, _ in self._fingerprints.nearest(signature):
            found = reprints.judge_pair(signature, self._signatures[article_id])
            if found is not None and abs(signature.at - found.of.at) <= WINDOW:
                return found
        return None

    def _alike(self, signature: Signature) -> list[Signature]:
        """Return the articles that share most of the telling words, the likeliest first."""
        told = {feature: self._rarity[feature] * times for feature, times in signature.features.items()}
        ranked = sorted(told, key=lambda feature: (-told[feature], feature))
        # What another language can share is looked for as well, though its words tell less than rare ones.
        looked_for = dict.fromkeys([*ranked[:_TELLING], *[f for f in ranked if ":" in f][:_TELLING_CONCEPTS]])
        shared: dict[int, float] = {}
        for feature in looked_for:
            weight = told[feature]
            for article_id in self._tellers.get(feature, [])[-_NEWEST:]:
                shared[article_id] = shared.get(article_id, 0.0) + weight
        shared.pop(signature.article_id, None)
        best = sorted(shared.items(), key=lambda pair: (-pair[1], pair[0]))[:_CANDIDATES]
        return [self._signatures[article_id] for article_id, _ in best]

    def _expire(self, now: datetime) -> None:
        while self._arrivals and now - self._arrivals[0][0] > WINDOW:
            self._forget(self._arrivals.popleft()[1])

    def _forget(self, article_id: int) -> None:
        signature = self._signatures.pop(article_id, None)
        if signature is None:
            return
        del self._stories[article_id]
        self._originals.pop(article_id, None)
        self._fingerprints.discard(signature)
        self._rarity.discard(signature)
        for feature in signature.features:
            tellers = self._tellers[feature]
            tellers.remove(article_id)
            if not tellers:
                del self._tellers[feature]
        for affair in _keys_of(signature):
            self._affairs[affair].remove(article_id)
            if not self._affairs[affair]:
                del self._affairs[affair]


def _keys_of(signature: Signature) -> list[tuple[str, str, str]]:
    """Return who did what, once for each actor."""
    affair = signature.affair
    return [] if affair is None else [(actor, affair.event, affair.deed) for actor in sorted(affair.actors)]
