"""The articles of the last seven days that a new one is compared with, and the likeliest of them for it.

Owns what is held of each, in about two kilobytes, and which few are worth a comparison; it judges none. What is looked
at for one article is bounded, so its cost does not grow with the window.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from monitor.articles.fingerprints import FingerprintIndex
from monitor.articles.packed import pack, unpack
from monitor.articles.rarity import Weights
from monitor.articles.signature import Signature
from monitor.articles.tellers import NEWEST, Tellers

WINDOW = timedelta(days=7)
"""How far back an article is compared; DESIGN.md section 4 and the rolling window of the reprints."""
_TELLING = 12
"""Rarest features of an article by which other reports of its event are looked for."""
_TELLING_CONCEPTS = 6
"""Rarest concepts, likewise: what another language can share, though it tells less than rare words."""
_LOOKED_AT = 600
"""Entries of the index that are looked at for the rarest features, and again for the concepts."""
SHARED_AT_LEAST = 2
"""Of these features, from which a report is worth a comparison."""
_REPORTS, _COPIES = 12, 8
"""Likeliest reports of one event and likeliest copies that are compared."""
YOUNG = 200
"""Likewise of the same minute."""
_MINUTES = WINDOW // timedelta(minutes=1)
NEVER = 0xFFFFFFFF
"""An article id above all others."""


@dataclass(slots=True)
class _Member:
    minute: int
    """In which it was first seen, counted from 1970."""
    story_id: int
    original_id: int | None
    """Of the text that it reprints."""
    packed: bytes


class Window:
    """Articles by id, which rises with the time of arrival. One thread owns it."""

    def __init__(self) -> None:
        self._members: dict[int, _Member] = {}
        self._arrivals: deque[int] = deque()
        self._fingerprints = FingerprintIndex()
        self._tellers = Tellers()
        self._unpacked: dict[int, Signature] = {}
        """Of the minute under way, whose articles are compared with each other."""

    def __len__(self) -> int:
        return len(self._members)

    def __contains__(self, article_id: int) -> bool:
        return article_id in self._members

    def __iter__(self) -> Iterator[int]:
        return iter(self._members)

    @property
    def oldest_id(self) -> int | None:
        """Return the article that came first."""
        return self._arrivals[0] if self._arrivals else None

    def story_of(self, article_id: int) -> int | None:
        """Return the story of an article, None for one that is not in the window."""
        member = self._members.get(article_id)
        return None if member is None else member.story_id

    def original_of(self, article_id: int) -> int:
        """Return the article whose text an article of the window has, most often itself."""
        return self._members[article_id].original_id or article_id

    def signature(self, article_id: int) -> Signature:
        """Return what is held of an article of the window."""
        if (unpacked := self._unpacked.get(article_id)) is not None:
            return unpacked
        member = self._members[article_id]
        return unpack(article_id, _moment(member.minute), member.packed)

    def add(self, item: Signature, story_id: int, original_id: int | None, before: int) -> bytes:
        """Take an article in; `before` is the first id of its minute.

        Returns:
            Its signature as it is to be kept.
        """
        packed = pack(item)
        self.take(item, packed, story_id, original_id, before)
        return packed

    def take(self, item: Signature, packed: bytes, story_id: int, original_id: int | None, before: int) -> None:
        """Take an article in whose signature was kept."""
        self._members[item.article_id] = _Member(minute_of(item.at), story_id, original_id, packed)
        self._arrivals.append(item.article_id)
        self._unpacked[item.article_id] = item
        self._index(item, before)

    def replace(self, item: Signature) -> bytes:
        """Let an article of the window have other words from now on."""
        member = self._members[item.article_id]
        self._forget_words(item.article_id)
        self._unpacked.pop(item.article_id, None)
        member.packed = pack(item)
        self._index(item, NEVER)
        return member.packed

    def move(self, article_id: int, story_id: int) -> None:
        """Put an article of the window into another story."""
        self._members[article_id].story_id = story_id

    def part_copies(self, among: Iterable[int]) -> dict[int, int]:
        """Let none of some articles be the copy of one in another story; return the originals that they lose."""
        parted: dict[int, int] = {}
        for article_id in among:
            member = self._members[article_id]
            if member.original_id is not None and self.story_of(member.original_id) not in (None, member.story_id):
                parted[article_id] = member.original_id
                member.original_id = None
        return parted

    def join_copies(self, parted: Mapping[int, int]) -> None:
        """Let articles have again the originals that they lost."""
        for article_id, original_id in parted.items():
            self._members[article_id].original_id = original_id

    def discard(self, article_id: int) -> None:
        """Forget the newest article of the window, as if it had not come."""
        self._forget_words(self._arrivals.pop())
        self._unpacked.pop(article_id, None)
        del self._members[article_id]

    def turn_to(self, minute: int) -> None:
        """Begin a minute, or the next part of it: forget what is older than the window."""
        self._unpacked.clear()
        while self._arrivals and minute - self._members[self._arrivals[0]].minute > _MINUTES:
            article_id = self._arrivals.popleft()
            self._forget_words(article_id)
            del self._members[article_id]

    def weights(self, before: int, of_minute: int) -> Weights:
        """Return how much features tell among the articles with ids below one, all but those of the minute."""
        return Weights(self._tellers, len(self._members) - of_minute, before)

    def copies(self, item: Signature, before: int) -> tuple[list[int], list[int]]:
        """Return the articles that share most fingerprints, most first: those with ids below one, and the others."""
        older, younger = self._fingerprints.shared(item.fingerprints, before)
        for shared in (older, younger):
            shared.pop(item.article_id, None)
        return _most(older, _COPIES), _most(younger, YOUNG)

    def reports(self, telling: Mapping[str, float], before: int) -> list[int]:
        """Return the articles with ids below one that share most of the telling features, most first."""
        left = {True: _LOOKED_AT, False: _LOOKED_AT}
        lists: list[tuple[float, Sequence[int]]] = []
        for feature, weight in telling.items():
            is_concept = ":" in feature
            found = self._tellers.newest(feature, before, min(NEWEST, left[is_concept]))
            left[is_concept] -= len(found)
            lists.append((weight, found))
        times: Counter[int] = Counter()
        for _, found in lists:
            times.update(found)
        least = min(SHARED_AT_LEAST, len(telling))
        often = {article_id for article_id, number in times.items() if number >= least}
        shared = dict.fromkeys(often, 0.0)
        for weight, found in lists:
            for article_id in often.intersection(found):
                shared[article_id] += weight
        return sorted(shared, key=lambda article_id: (-shared[article_id], article_id))[:_REPORTS]

    def young_reports(self, telling: Iterable[str], first: int) -> Counter[int]:
        """Return how many of some features the articles with ids from one on share."""
        times: Counter[int] = Counter()
        for feature in telling:
            times.update(self._tellers.since(feature, first))
        return times

    def with_affair(self, key: str, before: int, most: int) -> Sequence[int]:
        """Return the newest articles with ids below one that tell of a deed of an actor, in order of arrival."""
        return self._tellers.newest(key, before, most)

    def young_with_affair(self, key: str, first: int) -> Sequence[int]:
        """Return the newest with ids from one on, likewise."""
        return self._tellers.since(key, first)[-YOUNG:]

    def _index(self, item: Signature, before: int) -> None:
        self._fingerprints.add(item.article_id, item.fingerprints, before)
        self._tellers.add(item.article_id, item.features, before)
        self._tellers.add(item.article_id, affairs_of(item), before)

    def _forget_words(self, article_id: int) -> None:
        item = self.signature(article_id)
        self._fingerprints.discard(article_id, item.fingerprints)
        self._tellers.discard(article_id, item.features)
        self._tellers.discard(article_id, affairs_of(item))


def _most(shared: Mapping[int, int], most: int) -> list[int]:
    """Return the articles that share most, most first."""
    return sorted(shared, key=lambda article_id: (-shared[article_id], article_id))[:most]


def telling_of(item: Signature, weights: Weights) -> dict[str, float]:
    """Return the features by which other reports of an article's event are looked for, with what they tell."""
    told = sorted((-weights[feature] * times, feature) for feature, times in item.features.items())
    rarest = told[:_TELLING]
    concepts = [each for each in told if ":" in each[1]][:_TELLING_CONCEPTS]
    return {feature: -weight for weight, feature in (*rarest, *concepts)}


def affairs_of(item: Signature) -> list[str]:
    """Return who did what, once for each actor."""
    affair = item.affair
    return [] if affair is None else [f"{actor} {affair.event} {affair.deed}" for actor in sorted(affair.actors)]


def minute_of(at: datetime) -> int:
    """Return the minute of a moment, counted from 1970."""
    return int(at.timestamp()) // 60


def _moment(minute: int) -> datetime:
    return datetime.fromtimestamp(60 * minute, UTC)
