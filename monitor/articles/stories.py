"""Which story an article belongs to: a reprint of a member, a report of the same event, or the start of its own.

Owns the order of the questions. What is placed in a draft counts for the next article of the same draft, and is
forgotten when the draft is dropped. Nothing here is kept: the window is built again from the store's sketches at start,
and gives the same answers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from functools import partial
from itertools import groupby

from monitor.articles import reprints
from monitor.articles.links import Finding, look
from monitor.articles.minute import Minute
from monitor.articles.packed import VERSION, pack, unpack
from monitor.articles.signature import Signature, signature_of, spelled
from monitor.articles.window import NEVER, WINDOW, Window, minute_of
from monitor.model import Article, DecisionKind, Placement, Sketch, StoryDecision

__all__ = ["WINDOW", "Grouper"]

_NOTHING_NEAR = f"nothing like it in the last {WINDOW.days} days"
_NOBODY: frozenset[str] = frozenset()


class Grouper:
    """The window of recent articles, with the minute under way. One thread owns it.

    Article ids rise with the time of arrival. Articles of one minute fall into the same stories in whatever order they
    come, as long as they are no more than `minute.AT_LEAST`, or than the older ones and `minute.AT_MOST`, and fewer
    than `minute.TOGETHER` of them hang together.
    """

    def __init__(self) -> None:
        self.followed = 0
        """The last decision about stories that it knows of."""
        self._window = Window()
        self._minute = Minute()
        self._now = 0
        """The minute under way, counted from 1970."""
        self._latest: tuple[tuple[Article, frozenset[str]], Finding] | None = None
        self._undo: list[Callable[[], object]] | None = None

    def __len__(self) -> int:
        return len(self._window)

    @property
    def oldest_id(self) -> int | None:
        """Return the oldest article of the window, None where it is empty; what came before is not compared."""
        return self._window.oldest_id

    def is_settled(self, article_id: int) -> bool:
        """Say whether an article stays in its story, whatever comes, until a person decides."""
        return article_id not in self._minute

    @contextmanager
    def draft(self) -> Iterator[Grouper]:
        """Place articles that are only kept when the block ends well; put the unit of work inside it, not around it."""
        self._undo = []
        try:
            yield self
        except BaseException:
            self._latest = None
            for step in reversed(self._undo):
                step()
            raise
        finally:
            self._undo = None

    def place(self, article: Article, actors: frozenset[str] = _NOBODY) -> Placement:
        """Say where an article belongs, and why. Changes nothing but that what is older than the window is forgotten.

        Args:
            article: The article, with or without an id.
            actors: Who it is about by the rule book: see `signature.actors_of`.
        """
        found = self._find(article, actors)
        settled = self._settle(article.id, found)
        story_id = settled.pop(article.id)
        links = sorted(found.links, key=lambda link: -link.strength)
        stories = ((link, settled.get(link.to, self._window.story_of(link.to))) for link in links)
        best = next((link for link, its in stories if its == story_id), None)
        if story_id is None or best is None:
            return Placement(None, None, f"a story of its own: {found.nearest or _NOTHING_NEAR}")
        gathers = tuple(sorted(i for i, to in settled.items() if to != self._window.story_of(i)))
        if isinstance(best.verdict, reprints.Reprint):
            original = self._window.original_of(best.to)
            if settled.get(original, self._window.story_of(original)) not in (None, story_id):
                original = best.to  # which moves here with this article, and leaves its own original behind
            because = f"reprint of article {original}: {best.verdict.because}"
            return Placement(story_id, original, because, gathers)
        told = ", ".join(spelled(feature, article) for feature in best.verdict.shared)
        because = f"same event as article {best.to}: both tell of {told} ({best.verdict.because})"
        return Placement(story_id, None, because, gathers)

    def add(self, article: Article, actors: frozenset[str] = _NOBODY, gathers: Sequence[int] = ()) -> Sketch | None:
        """Take a placed article into the window; one without a story, or that is there, is left out.

        Args:
            article: Stored, with its story.
            actors: As it was placed with.
            gathers: The articles that move into its story, as its placement says.

        Returns:
            What the store keeps of it, None where it was left out.
        """
        if article.story_id is None or article.id in self._window:
            return None
        found = self._find(article, actors)
        self._enter(article.id, found)
        packed = self._window.add(found.signature, article.story_id, article.reprint_of, self._first())
        self._remember(partial(self._forget, article.id))
        for moved in gathers:
            self._remember(partial(self._window.move, moved, self._window.story_of(moved) or 0))
            self._window.move(moved, article.story_id)
        if gathers:
            self._remember(partial(self._window.join_copies, self._window.part_copies(self._minute)))
        self._latest = None
        return _sketch(article, packed)

    def load(self, sketches: Iterable[Sketch]) -> None:
        """Fill the empty window with what the store kept.

        Args:
            sketches: Of this version, in order of arrival. Those of the last minute are compared with each other, as
                more of that minute may come.
        """
        last: list[Sketch] = []
        for minute, together in groupby(sketches, key=lambda sketch: minute_of(sketch.first_seen_at)):
            for sketch in last:
                self._take(sketch, _read(sketch))
            self._window.turn_to(minute)
            last = list(together)
        for sketch in last:
            signature = _read(sketch)
            self._turn_to(signature.at)
            self._enter(sketch.article_id, look(signature, self._window, self._minute, self._first()))
            self._take(sketch, signature)

    def draw(self, article: Article, actors: frozenset[str] = _NOBODY) -> Sketch:
        """Draw a placed article for the store, as one that comes now; it need not be in the window."""
        signature = signature_of(article, actors)
        weights = self._window.weights(NEVER, 0)
        return _sketch(article, pack(replace(signature, length=weights.length(signature.features))))

    def revise(self, article: Article, actors: frozenset[str] = _NOBODY) -> Sketch | None:
        """Let an article of the window have the text it has now; its story stays.

        Returns:
            What the store keeps of it, None where it is not in the window.
        """
        if article.id not in self._window:
            return None
        before = self._window.signature(article.id)
        weights = self._window.weights(self._first(), len(self._minute))
        signature = signature_of(article, actors)
        signature = replace(signature, at=before.at, length=weights.length(signature.features))
        self._remember(partial(self._window.replace, before))
        self._latest = None
        return _sketch(article, self._window.replace(signature))

    def follow(self, decision: StoryDecision) -> None:
        """Let what was decided hold for what comes: articles of the window change their story, unjudged."""
        to = decision.story_id if decision.kind is DecisionKind.MERGE else decision.other_id
        moved = [i for i in decision.article_ids if self._window.story_of(i) not in (None, to)]
        for article_id in moved:
            self._window.move(article_id, to)
        if moved:
            self._window.part_copies(self._window)
            self.decide(i for i in self._minute if self._window.story_of(i) in (decision.story_id, decision.other_id))
        self.followed = decision.id

    def has_made(self, decisions: Iterable[StoryDecision]) -> None:
        """Take note of what a draft itself decided: its articles moved as they were taken in."""
        for decision in decisions:
            self._remember(partial(setattr, self, "followed", self.followed))
            self.followed = decision.id

    def decide(self, article_ids: Iterable[int]) -> None:
        """Leave articles of the minute under way where a person put them, whatever comes."""
        for article_id in article_ids:
            if article_id in self._minute:
                self._minute.decide(article_id)

    def _take(self, sketch: Sketch, signature: Signature) -> None:
        self._window.take(signature, sketch.data, sketch.story_id, sketch.reprint_of, self._first())

    # --- what an article is to the others -------------------------------------------------------------------------

    def _find(self, article: Article, actors: frozenset[str]) -> Finding:
        """Compare an article once for its placing and its taking in, between which only its story changes."""
        asked = (replace(article, story_id=None, reprint_of=None), actors)
        if self._latest is None or self._latest[0] != asked:
            signature = signature_of(article, actors)
            self._turn_to(signature.at)
            self._latest = (asked, look(signature, self._window, self._minute, self._first()))
        return self._latest[1]

    def _turn_to(self, at: datetime) -> None:
        """Begin another minute where it is another, or the one under way is full."""
        if (minute := minute_of(at)) != self._now or self._minute.is_full:
            self._window.turn_to(minute)
            self._now, self._minute = minute, Minute(older=len(self._window))

    def _first(self) -> int:
        return NEVER if (first := self._minute.first()) is None else first

    # --- what follows from it -------------------------------------------------------------------------------------

    def _settle(self, article_id: int, found: Finding) -> dict[int, int | None]:
        """Say to which story an article belongs, and those of its minute that hang together with it."""
        if not found.others:
            return {article_id: None if found.older is None else self._window.story_of(found.older.to)}
        is_known = article_id in self._minute
        if not is_known:
            self._enter(article_id, found)
        settled = self._minute.settle(article_id, self._window.story_of)
        if not is_known:
            self._minute.discard(article_id)
        return settled

    def _enter(self, article_id: int, found: Finding) -> None:
        older = None if found.older is None else (found.older.strength, found.older.to)
        self._minute.add(article_id, older, {link.to: link.strength for link in found.others}, found.telling)

    def _forget(self, article_id: int) -> None:
        self._minute.discard(article_id)
        self._window.discard(article_id)

    def _remember(self, undo: Callable[[], object]) -> None:
        if self._undo is not None:
            self._undo.append(undo)


def _read(sketch: Sketch) -> Signature:
    return unpack(sketch.article_id, sketch.first_seen_at.replace(second=0, microsecond=0), sketch.data)


def _sketch(article: Article, packed: bytes) -> Sketch:
    assert article.story_id is not None
    return Sketch(article.id, VERSION, packed, article.first_seen_at, article.story_id, article.reprint_of)
