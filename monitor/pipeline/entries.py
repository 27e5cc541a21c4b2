"""What the entries of a poll mean, written step by step: identify → match → group → route.

Owns the order of these steps. Runs on the writer's thread, inside a transaction that `commits` opens, and decides
nothing that `articles/`, `rules/` and `desks/` decide.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from monitor.articles.intake import Intake, articles_wanted, plan_intake
from monitor.articles.readings import Readings
from monitor.articles.signature import actors_of
from monitor.articles.stories import Grouper
from monitor.desks.routing import told_under
from monitor.model import (
    Alert,
    Article,
    Edit,
    Feed,
    Match,
    NewArticle,
    Sketch,
    Story,
    Surge,
    Withheld,
    WithheldKind,
)
from monitor.pipeline.core import Core
from monitor.pipeline.feed_keeping import Polled
from monitor.pipeline.leads import choose_leads, follow_leads
from monitor.pipeline.surge import hold_back
from monitor.pipeline.telling import tell_moved, weigh
from monitor.text.document import document_of


@dataclass(frozen=True, slots=True)
class _Occasion:
    """A stored article, in words that rules were just tried on."""

    article: Article
    matches: tuple[Match, ...]
    edit: Edit | None = None
    surge: str | None = None
    """Why nobody is told of it yet."""


_Gathered = tuple[Article, tuple[int, ...]]
"""An article, and those that move into its story."""


@dataclass(slots=True)
class Taken:
    """What a document brought, as far as it is written."""

    new: int = 0
    """Articles."""
    matches: Counter[str] = field(default_factory=Counter)
    """By rule."""
    alerts: list[Alert] = field(default_factory=list)
    entries: int = 0
    """Of the document, without repeats, where it is written in slices."""


class Entries:
    """Writes entries over one core, each step inside the transaction of its poll."""

    def __init__(self, core: Core, grouper: Grouper) -> None:
        self._core, self._grouper = core, grouper

    def identify(self, polled: Polled, readings: Readings, now: datetime) -> Intake:
        """Decide which entries are new, known, or known in other words."""
        articles = self._core.store.articles
        known = articles.find(readings.keys)
        return plan_intake(
            readings,
            feed=polled.feed,
            is_baseline=polled.is_baseline,
            known=known,
            articles=articles.get(articles_wanted(readings, known)),
            now=now,
        )

    def take_in(self, feed: Feed, intake: Intake, draft: Grouper, taken: Taken, now: datetime) -> None:
        """Write what entries mean, step by step: their articles, the stories of these, and who is told of them."""
        arrived, gathered = self._arrived(intake, draft)
        occasions = [*arrived, *self._seen(intake, now), *self._revised(intake, draft)]
        if gathered:
            occasions, raised = self._gather(gathered, occasions, now)
            taken.alerts += raised
        taken.new += len(intake.arrivals)
        for occasion in occasions:
            taken.matches.update(match.rule_id for match in occasion.matches)
            taken.alerts += self._route(occasion, now)
        if intake.surge is not None:
            self._core.store.feeds.note_surge(Surge(feed.id, now, intake.surge))

    def _arrived(self, intake: Intake, draft: Grouper) -> tuple[list[_Occasion], list[_Gathered]]:
        """Store new articles, each matched and put into its story, its own where none fits."""
        if not intake.arrivals:
            return [], []
        store = self._core.store
        occasions: list[_Occasion] = []
        written: list[NewArticle] = []
        sketches: list[Sketch | None] = []
        gathered: list[_Gathered] = []
        joined: list[Article] = []
        for article_id, arrival in enumerate(intake.arrivals, start=store.articles.next_id()):
            article = replace(arrival.article, id=article_id)
            matches = self._match(article)
            actors = actors_of(matches)
            placement = draft.place(article, actors)
            story_id = placement.story_id
            if story_id is None:
                story_id = store.stories.create(Story(0, article.id, article.title, article.first_seen_at))
            article = replace(article, story_id=story_id, reprint_of=placement.reprint_of)
            if placement.story_id is not None:
                joined.append(article)
            sketches.append(draft.add(article, actors, placement.gathers))
            if placement.gathers:
                gathered.append((article, placement.gathers))
            sightings = tuple(replace(sighting, article_id=article_id) for sighting in arrival.sightings)
            written.append(NewArticle(article, arrival.keys, arrival.reused, sightings, placement.because))
            occasions.append(_Occasion(article, matches, surge=intake.surge))
        store.articles.add_all(written)
        store.sketches.keep(filter(None, sketches))
        follow_leads(store, joined)
        return occasions, gathered

    def _gather(
        self, gathered: Sequence[_Gathered], occasions: Sequence[_Occasion], now: datetime
    ) -> tuple[list[_Occasion], list[Alert]]:
        """Move articles of this minute into the story that a later one showed them to be.

        Returns:
            The occasions with their articles there, and the alerts that the move of earlier polls' articles means.
        """
        moved: dict[int, int] = {}
        remain: set[int] = set()
        for article, others in gathered:
            assert article.story_id is not None
            because = f"as article {article.id} shows, which came in the same minute"
            left = self._core.store.stories.gather(article.story_id, others, because, now)
            remain.update(left)
            moved.update(dict.fromkeys(others, article.story_id))
        choose_leads(self._core.store, remain)
        follow_leads(self._core.store, self._core.store.articles.get(moved).values())
        self._grouper.has_made(self._core.store.stories.decisions(after=self._grouper.followed))
        there = [
            replace(each, article=replace(each.article, story_id=moved.get(each.article.id, each.article.story_id)))
            for each in occasions
        ]
        known = moved.keys() - {each.article.id for each in occasions if each.edit is None}
        return there, tell_moved(self._core.store, known, remain, desks=self._core.live.book.desks, now=now)

    def _seen(self, intake: Intake, now: datetime) -> list[_Occasion]:
        """Record known articles in this feed; what was only a baseline may be news, in the order in which it came."""
        store = self._core.store
        store.articles.sight(seen.sighting for seen in intake.sightings)
        occasions: list[_Occasion] = []
        for seen in intake.sightings:
            if seen.keys:
                store.articles.add_keys(seen.article_id, seen.keys)
            if seen.promoted is not None:
                store.articles.promote(seen.article_id, now)
                matches = self._match(seen.promoted)
                self._keep_baseline(seen.article_id, matches, now)
                occasions.append(_Occasion(seen.promoted, matches))
        return sorted(occasions, key=lambda occasion: occasion.article.id)

    def _keep_baseline(self, article_id: int, matches: Sequence[Match], now: datetime) -> None:
        """Record for whom an article of a baseline is no news: desks of rules that held for its old words alone."""
        before = self._core.store.articles.matches([article_id]).get(article_id, [])
        desks = dict.fromkeys(desk_id for match in before for desk_id in match.desks)
        for desk_id in {desk_id for match in matches for desk_id in match.desks}:
            desks.pop(desk_id, None)
        because = "it stood in the feed before it was watched, and the words that made it news are not for this desk"
        self._core.store.alerts.withhold(
            Withheld(article_id, desk_id, WithheldKind.BASELINE, because, now) for desk_id in desks
        )

    def _revised(self, intake: Intake, draft: Grouper) -> list[_Occasion]:
        """Store what known articles say now; one that this poll made news has not developed since."""
        promoted = {seen.article_id for seen in intake.sightings if seen.promoted is not None}
        occasions: list[_Occasion] = []
        for revision in intake.revisions:
            self._core.store.articles.edit(revision.edit, revision.article)
            edit = None if revision.edit.article_id in promoted else revision.edit
            matches = self._match(revision.reading)
            if (sketch := draft.revise(revision.article, actors_of(matches))) is not None:
                self._core.store.sketches.keep([sketch])
            occasions.append(_Occasion(revision.reading, matches, edit))
        follow_leads(self._core.store, (revision.article for revision in intake.revisions))
        return occasions

    def _match(self, article: Article) -> tuple[Match, ...]:
        """Try the rules on an article, stored or not; one that mutes itself is a departure."""
        result = self._core.live.matcher.match(document_of(article))
        for fault in result.faults:
            self._core.departures.raise_("rule.muted", fault.rule_id, fault.because, self._core.clock.now())
        return result.matches

    def _route(self, occasion: _Occasion, now: datetime) -> list[Alert]:
        """Keep the matches of a stored article and raise the alerts that they mean."""
        store, article, edit = self._core.store, occasion.article, occasion.edit
        matches: Sequence[Match] = occasion.matches
        if matches:
            store.articles.add_matches(article.id, matches, now)
        elif edit is not None:
            matches = store.articles.matches([article.id]).get(article.id, [])
        if not matches or article.is_baseline:
            return []
        assert article.story_id is not None
        told = store.alerts.told(article.story_id)
        routing = weigh(
            article,
            occasion.matches or told_under(matches, told),
            told,
            desks=self._core.live.book.desks,
            now=now,
            came=now if edit is None else article.first_seen_at,
            edit=edit,
        )
        store.alerts.withhold(routing.withheld)
        surge = occasion.surge
        if routing.alerts and (surge or article.id in store.alerts.held(article.feed_id)):
            hold_back(store, routing.alerts, surge or "changed while it was held")
            return []
        return [replace(alert, id=store.alerts.add(alert)) for alert in routing.alerts]
