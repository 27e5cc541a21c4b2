"""What desks would have been told by one rule book, occasion after occasion.

Owns the memory of a run that never was: which articles it put into one story, what it told of each, and what it held.
It decides nothing itself: matching is `rules.matching`, grouping `articles.stories` and routing `desks.routing`, as in
the live run, in the order of `pipeline.entries`. Digests and sending have no part in it.

A story of the replay has the id that the archive gave it where it began before the period, or where a person made it;
one that began in it has the id of its first article, below zero.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from monitor.articles.edits import change_of
from monitor.articles.signature import actors_of
from monitor.articles.states import states_of
from monitor.articles.stories import Grouper
from monitor.desks.routing import Routing, route, settle, told_under
from monitor.model import AffairState, Alert, Article, DecisionKind, Edit, Feed, Match, StoryDecision
from monitor.rules.book import RuleBook
from monitor.rules.matching.matcher import Matcher, RuleFault
from monitor.text.document import Document
from monitor.workbench.history import Occasion, SurgeOver
from monitor.workbench.past import Past


@dataclass(frozen=True, slots=True)
class Consequence:
    """What something that happened came to for one article under a book."""

    article_id: int
    story_id: int
    """Of the replay."""
    matches: tuple[Match, ...] = ()
    """Of the text as it was read then, or of what is told now; () where nothing was read or told."""
    alerts: tuple[Alert, ...] = ()
    """With id 0, and the replay's story."""
    withdrawn: tuple[Alert, ...] = ()
    """Alerts of an earlier poll that this one made needless."""


@dataclass(slots=True)
class _Kept:
    """A matched article, as it was last read, without its text."""

    article: Article
    matches: dict[str, Match] = field(default_factory=dict)
    """Of all its texts, by rule."""
    states: tuple[AffairState, ...] = ()
    """How affairs stand by the text that is stored of it."""


class Replay:
    """One book in force from the beginning of the period."""

    def __init__(self, book: RuleBook, past: Past) -> None:
        self.book = book
        self._past = past
        self._matcher = Matcher(book)
        self._grouper = Grouper()
        self._placed: dict[int, tuple[int, int | None]] = {}
        """Story and original of each article of the period, and of those that people moved."""
        self._named: dict[int, int] = {}
        """The replay's story by the archive's, for stories that began in the period."""
        self._gathered: list[tuple[int, frozenset[int]]] = []
        """Stories with the articles that a poll moves into each."""
        self._moved_on: list[Consequence] = []
        self._kept: dict[int, _Kept] = {}
        self._told: dict[int, list[Alert]] = {}
        self._held = past.held()
        """Articles by feed, in order of arrival."""
        self._dropped: set[int] = set()
        """Those that a person told nobody of."""

    @property
    def faults(self) -> tuple[RuleFault, ...]:
        """Return the rules that muted themselves, with their reasons."""
        return self._matcher.faults

    @property
    def held(self) -> int:
        """Return how many articles wait for a person's decision."""
        return sum(map(len, self._held.values()))

    def remember(self, article: Article, actors: frozenset[str]) -> None:
        """Let the articles of the period be compared with one from before it."""
        self._grouper.add(article, actors)

    def poll(self, read: Sequence[tuple[Occasion, Document] | None]) -> list[Consequence | None]:
        """Do what one poll did: match, place what is new, and raise the alerts that this means.

        Args:
            read: What it came upon, with the document of each, in order; None for what this book has no feed for.

        Returns:
            What each came to, None for None.
        """
        weighed: list[tuple[Occasion, tuple[Match, ...]] | None] = []
        for each in read:
            if each is None:
                weighed.append(None)
                continue
            occasion, document = each
            matches = self._matcher.match(document).matches
            self._group(occasion, matches)
            weighed.append((occasion, matches))
        # An article may show what others of its minute are: alerts follow when all of the poll have their place.
        self._moved_on = self._gather([each[0] for each in weighed if each is not None])
        return [None if each is None else self._weigh(*each) for each in weighed]

    def moved_on(self) -> list[Consequence]:
        """Return what it came to that the last poll moved articles of earlier ones of its minute."""
        return self._moved_on

    def _gather(self, occasions: Sequence[Occasion]) -> list[Consequence]:
        """Move articles as a poll showed them to belong; weigh those of earlier polls again, and what they left."""
        moved: set[int] = set()
        left: set[int] = set()
        for story_id, others in self._gathered:
            left |= self._move(others, story_id)
            moved |= others
        self._gathered.clear()
        known = moved - {occasion.article.id for occasion in occasions if occasion.edit is None}
        return self._tell_moved(known, left, occasions[0].at) if known else []

    def _tell_moved(self, moved: Collection[int], left: Collection[int], at: datetime) -> list[Consequence]:
        """Do what `pipeline.telling.tell_moved` does. Every alert waits: digests have no part in a replay."""
        past = (article_id for story_id in left if story_id > 0 for article_id in self._past.members(story_id))
        there = {*self._kept, *past}
        stayed = {i for i in there if (kept := self._known(i)) is not None and kept.article.story_id in left}
        known = {*moved, *(stayed - self._dropped)}
        stories = {*left, *(kept.article.story_id for i in known if (kept := self._known(i)) is not None)}
        told = (alert for story_id in stories if story_id is not None for alert in self._story_was_told(story_id))
        waits = {alert.article_id for alert in told if alert.digest_id is None}
        return self._tell_again(known | waits, at, are_undecided=True)

    def _weigh(self, occasion: Occasion, matches: tuple[Match, ...]) -> Consequence:
        story_id, reprint_of = self._placed[occasion.article.id]
        article = replace(occasion.article, story_id=story_id, reprint_of=reprint_of)
        if not matches:
            kept = self._known(article.id) if occasion.edit is not None else None
            if kept is None:
                return Consequence(article.id, story_id)
            routed = told_under(tuple(kept.matches.values()), self._story_was_told(story_id))
        else:
            kept = self._kept.setdefault(article.id, _Kept(article))
            kept.article = replace(article, title="", body="", zones=())
            kept.matches.update((match.rule_id, match) for match in matches)
            routed = matches
        states = states_of(article)
        kept.states = states if occasion.stored is None else states_of(replace(occasion.stored, reprint_of=reprint_of))
        told = self._story_was_told(story_id)
        came = occasion.at if occasion.edit is None else article.first_seen_at
        alerts = self._judge(article, routed, told, states, at=occasion.at, came=came, edit=occasion.edit).alerts
        held = self._held.get(article.feed_id, {})
        if alerts and (occasion.in_surge or article.id in held):
            self._held.setdefault(article.feed_id, {})[article.id] = None
            return Consequence(article.id, story_id, routed)
        return self._tell(Consequence(article.id, story_id, routed, alerts))

    def follow(self, decision: StoryDecision) -> list[Consequence]:
        """Do what a person decided about stories; articles that this book has elsewhere follow one by one."""
        is_merge = decision.kind is DecisionKind.MERGE
        to = self._named.get(decision.story_id, decision.story_id) if is_merge else decision.other_id
        moved = frozenset(decision.article_ids)
        out_of = decision.other_id if is_merge else decision.story_id
        out_of = self._named.get(out_of, out_of)
        self._move(moved, to, out_of=out_of)
        # Article by article: no story of this run has the id 0.
        told = replace(decision, story_id=to, other_id=0) if is_merge else replace(decision, other_id=to)
        self._grouper.follow(told)
        return self._tell_moved(moved, [] if is_merge else [out_of], decision.at)

    def end_surge(self, end: SurgeOver) -> list[Consequence]:
        """Tell desks what was held of a feed, as far as they were not told of it since, or drop it."""
        held = self._held.pop(end.feed_id, {})
        if not end.told:
            self._dropped.update(held)
            return []
        return self._tell_again(held, end.at)

    def _group(self, occasion: Occasion, matches: tuple[Match, ...]) -> None:
        """Give a new article its place, and let a known one be compared by the words that it has now."""
        article, actors = occasion.article, actors_of(matches)
        if article.id not in self._placed:
            if article.story_id is not None and article.first_seen_at < self._past.since:
                self._placed[article.id] = (self._past.story_of(article.id, article.story_id), article.reprint_of)
            else:
                self._place(article, actors)
        if occasion.stored is not None:
            story_id, reprint_of = self._placed[article.id]
            self._grouper.revise(replace(occasion.stored, story_id=story_id, reprint_of=reprint_of), actors)

    def _place(self, article: Article, actors: frozenset[str]) -> None:
        placement = self._grouper.place(article, actors)
        story_id = -article.id if placement.story_id is None else placement.story_id
        placed = replace(article, story_id=story_id, reprint_of=placement.reprint_of)
        self._grouper.add(placed, actors, placement.gathers)
        self._placed[article.id] = (story_id, placement.reprint_of)
        if placement.gathers:
            self._gathered.append((story_id, frozenset(placement.gathers)))
        if article.story_id is not None:
            archived = self._past.story_of(article.id, article.story_id, article.first_seen_at)
            self._named.setdefault(archived, story_id)

    def _move(self, moved: frozenset[int], to: int, *, out_of: int = 0) -> set[int]:
        """Move articles into a story, with the alerts that they raised; return the stories that they left.

        Args:
            moved: The articles.
            to: The story.
            out_of: The story of those that came before the period; 0 where there are none.
        """
        told = self._story_was_told(to)
        left = {self._placed.get(article_id, (out_of, None))[0] for article_id in moved} - {to}
        for story_id in left:
            alerts = self._story_was_told(story_id)
            told += [replace(alert, story_id=to) for alert in alerts if alert.article_id in moved]
            alerts[:] = [alert for alert in alerts if alert.article_id not in moved]
        told.sort(key=lambda alert: alert.created_at)
        for article_id in moved:
            self._placed[article_id] = (to, self._placed.get(article_id, (to, None))[1])
            if (kept := self._known(article_id)) is not None:
                kept.article = replace(kept.article, story_id=to)
        return left

    def _judge(
        self,
        article: Article,
        matches: Sequence[Match],
        told: Sequence[Alert],
        states: Sequence[AffairState],
        *,
        at: datetime,
        came: datetime,
        edit: Edit | None = None,
    ) -> Routing:
        if article.is_baseline:
            return Routing()
        change = None if edit is None else change_of(edit)
        return route(
            article=article,
            matches=matches,
            told=told,
            desks=self.book.desks,
            now=at,
            came=came,
            change=change,
            states=states,
        )

    def _known(self, article_id: int) -> _Kept | None:
        """Return a matched article, also one from before the period; None for one that no rule matches."""
        if article_id not in self._kept and (was := self._past.matched(article_id)) is not None:
            self._kept[article_id] = _Kept(was[0], {match.rule_id: match for match in was[1]}, states_of(was[0]))
        return self._kept.get(article_id)

    def _story_was_told(self, story_id: int) -> list[Alert]:
        if story_id not in self._told:
            self._told[story_id] = self._past.told(story_id) if story_id > 0 else []
        return self._told[story_id]

    def _tell(self, consequence: Consequence) -> Consequence:
        self._story_was_told(consequence.story_id).extend(consequence.alerts)
        return consequence

    def _tell_again(
        self, article_ids: Iterable[int], at: datetime, *, are_undecided: bool = False
    ) -> list[Consequence]:
        """Do what `pipeline.telling` does: raise what stored articles mean by now, and withdraw what is needless.

        Args:
            article_ids: The articles.
            at: When.
            are_undecided: Whether their alerts that wait count for nothing until each is judged.
        """
        found = []
        ordered = sorted(article_ids)
        undecided = set(ordered) if are_undecided else set()
        for kept in filter(None, map(self._known, ordered)):
            article, matches = kept.article, tuple(kept.matches.values())
            if article.story_id is None:
                continue
            if article.id in self._held.get(article.feed_id, {}):
                found.append(Consequence(article.id, article.story_id, matches))
                continue
            every = self._story_was_told(article.story_id)
            waiting = [alert for alert in every if alert.digest_id is None and alert.article_id in undecided]
            told = [alert for alert in every if alert not in waiting]
            own = [alert for alert in waiting if alert.article_id == article.id]
            routing = self._judge(article, matches, told, kept.states, at=at, came=article.first_seen_at)
            settled = settle(own, routing)
            every[:] = [alert for alert in every if alert not in settled.needless]
            story = article.story_id
            found.append(self._tell(Consequence(article.id, story, matches, settled.raised, settled.needless)))
            undecided.discard(article.id)
        return found


def as_read_by(article: Article, was: Feed | None, now: Feed | None) -> Article:
    """Return an article as it would be, had its feed said other things of itself.

    Args:
        article: As it was read while `was` described its feed.
        was: Its tags stand before the article's own, and its language where the article names none.
        now: What takes their place; None leaves everything.
    """
    if was is None or now is None or (was.tags == now.tags and was.language == now.language):
        return article
    own = [tag for tag in article.tags if tag not in was.tags]
    language = now.language if article.language == was.language else article.language
    return replace(article, tags=tuple(dict.fromkeys((*now.tags, *own))), language=language)
