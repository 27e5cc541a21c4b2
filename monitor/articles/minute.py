"""The articles of the minute under way: which of them are one story, in whatever order they came.

Owns what they are to each other and to older articles, and the answer made of it. The answer is a function of these
links and not of their order: copies go together, and with the older story that any of them is likest to; of what has no
older story, reports of one event go together, and with the likest that has one. So an article may move articles of its
own minute, never older ones.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

COPIES_FROM = 2.0
"""Strength of a link from which two articles are one text; less is one event."""
AT_LEAST, AT_MOST = 200, 2_000
"""Articles that are settled together: 200 in any case, else as many as there are older ones by whose words they can be
judged, and never more than 2,000. Where a minute brings more, as a first poll does, the next ones begin anew as if the
minute were over."""
TOGETHER = 200
"""Articles of one minute that hang together, from which the next ones begin anew likewise: what one more of them costs
grows with their links."""

StoryOf = Callable[[int], int | None]


@dataclass(slots=True)
class _Newcomer:
    older: tuple[float, int] | None
    """Strength and article of its likest link to an article of an earlier minute."""
    others: dict[int, float]
    """Strength of its links within the minute, by article."""
    telling: Collection[str]
    is_decided: bool = False
    """Whether a person put it into its story."""


@dataclass(slots=True)
class Minute:
    """The links of the articles of one minute."""

    older: int = 0
    """Articles of the window that came before it."""
    _newcomers: dict[int, _Newcomer] = field(default_factory=dict)
    _telling: dict[str, list[int]] = field(default_factory=dict)
    _largest: list[int] = field(default_factory=lambda: [0])
    """The most articles that hung together, after each taking in."""

    @property
    def is_full(self) -> bool:
        """Say whether the next article begins anew."""
        return len(self) >= min(max(AT_LEAST, self.older), AT_MOST) or self._largest[-1] >= TOGETHER

    def __len__(self) -> int:
        return len(self._newcomers)

    def __contains__(self, article_id: int) -> bool:
        return article_id in self._newcomers

    def __iter__(self) -> Iterator[int]:
        return iter(self._newcomers)

    def first(self) -> int | None:
        """Return the article that came first."""
        return next(iter(self._newcomers), None)

    def add(
        self, article_id: int, older: tuple[float, int] | None, others: Mapping[int, float], telling: Collection[str]
    ) -> None:
        """Take an article in with its links."""
        self._newcomers[article_id] = _Newcomer(older, dict(others), telling)
        for other, strength in others.items():
            self._newcomers[other].others[article_id] = strength
        for feature in telling:
            self._telling.setdefault(feature, []).append(article_id)
        together = len(next(self._parts([article_id], 0.0))) if others else 1
        self._largest.append(max(self._largest[-1], together))

    def discard(self, article_id: int) -> None:
        """Forget the newest article, if it is of this minute."""
        gone = self._newcomers.pop(article_id, None)
        if gone is None:
            return
        self._largest.pop()
        for other in gone.others:
            del self._newcomers[other].others[article_id]
        for feature in gone.telling:
            self._telling[feature].remove(article_id)

    def telling(self, features: Iterable[str]) -> dict[int, int]:
        """Return how many of some features are telling ones of each article."""
        found: Counter[int] = Counter()
        telling = self._telling
        for feature in features:
            if feature in telling:
                found.update(telling[feature])
        return found

    def decide(self, article_id: int) -> None:
        """Leave an article where a person put it, whatever comes."""
        self._newcomers[article_id].is_decided = True

    def settle(self, article_id: int, story_of: StoryOf) -> dict[int, int | None]:
        """Say to which story each article belongs that hangs together with one.

        Args:
            article_id: Of this minute.
            story_of: The story that an article is in now, None for the one that is being placed.

        Returns:
            Stories by article id; None where it is a story of its own.
        """
        group = next(self._parts([article_id], 0.0))
        decided = {each for each in group if self._newcomers[each].is_decided}
        anchored = {each: story_of(each) or 0 for each in decided}
        for copies in self._parts(group - decided, COPIES_FROM, among=group - decided):
            older = [link for each in copies if (link := self._newcomers[each].older) is not None]
            if older:
                told = max(((strength, -(story_of(of) or 0)) for strength, of in older))
                anchored.update(dict.fromkeys(copies, -told[1]))
        settled: dict[int, int | None] = {**anchored}
        loose = group - anchored.keys()
        for reports in self._parts(loose, 0.0, among=loose):
            likest = max(
                (
                    (strength, -anchored[other])
                    for each in reports
                    for other, strength in self._newcomers[each].others.items()
                    if other in anchored
                ),
                default=None,
            )
            own = min((story for each in reports if (story := story_of(each)) is not None), default=None)
            settled.update(dict.fromkeys(reports, own if likest is None else -likest[1]))
        return settled

    def _parts(self, ids: Iterable[int], least: float, among: Collection[int] | None = None) -> Iterator[set[int]]:
        """Give the sets of articles that hang together by links of a strength, from some articles on."""
        seen: set[int] = set()
        for start in ids:
            if start in seen:
                continue
            part, ahead = {start}, [start]
            while ahead:
                for other, strength in self._newcomers[ahead.pop()].others.items():
                    if other not in part and strength >= least and (among is None or other in among):
                        part.add(other)
                        ahead.append(other)
            seen |= part
            yield part
