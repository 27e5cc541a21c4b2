"""Fill a case from the store and the rule book, and have it judged. Decides nothing but where to look.

Cost does not grow with the number of articles: an address is looked up by its key, words by their index.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import unquote, urlsplit

from monitor.articles.address import canonical_url, names_an_article
from monitor.desks.foresee import foresee
from monitor.desks.mutes import part
from monitor.desks.schedule import is_held
from monitor.model import (
    Alert,
    Article,
    ArticleKey,
    Delivery,
    DeliveryState,
    Desk,
    Feed,
    KeyKind,
    Match,
    Mute,
    Withheld,
    WithheldKind,
    Zone,
)
from monitor.ports import Store
from monitor.rules.book import RuleBook
from monitor.rules.explaining.explain import Explainer
from monitor.rules.matching.matcher import Matcher
from monitor.text.document import Document, document_of
from monitor.why import search
from monitor.why.case import Answer, DeskCase, NearRule, OutletFeed, Question, Read, Told, Unread
from monitor.why.read import article_evidence, decide_read
from monitor.why.unread import decide_unread

NEAREST = 5
_POLLS = 200
_GAPS = 500
_UNDER = 50
_OWN_NAME = re.compile(r"[a-z0-9]+")
_COMMON_LABELS = frozenset({"www", "feeds", "feed", "rss", "news", "com", "org", "net", "co", "gov", "edu"})


@dataclass(frozen=True, slots=True)
class Found:
    """The answer to a question."""

    question: Question
    case: Read | Unread
    answers: tuple[Answer, ...]

    @property
    def article(self) -> Article | None:
        """Return the article that is answered for, None where nothing is stored."""
        return self.case.article if isinstance(self.case, Read) else None


def why(
    store: Store,
    book: RuleBook,
    asked: str,
    *,
    now: datetime,
    desk_id: str | None = None,
    at: datetime | None = None,
    gathering: timedelta = timedelta(seconds=30),
) -> Found:
    """Answer why an article was, or was not, told.

    Args:
        store: Read only.
        book: The rules in force.
        asked: An address, or words of a headline.
        now: The wall clock.
        desk_id: The desk that asks; None for all that have to do with it.
        at: About when the article was published.
        gathering: How long an immediate alert waits for others, as the daemon has it.
    """
    look = _Look(store, book, now, gathering)
    if asked.strip().lower().startswith(("http://", "https://")):
        return look.at_address(Question(asked, canonical_url(asked), at, desk_id))
    return look.by_words(Question(asked, None, at, desk_id))


@dataclass(frozen=True, slots=True)
class _Look:
    store: Store
    book: RuleBook
    now: datetime
    gathering: timedelta

    def at_address(self, question: Question) -> Found:
        address = question.address or ""
        key = ArticleKey(KeyKind.ADDRESS, address)
        article_id = self.store.articles.find([key]).get(key) if names_an_article(address) else None
        if article_id is not None and (article := self.store.articles.get([article_id]).get(article_id)):
            return self._read(question, article)
        host = urlsplit(address).netloc
        words = " ".join(re.split(r"[^\w]+", unquote(urlsplit(address).path)))
        feeds = self._feeds_of(host)
        resembling = search.rank(words, search.look_up(self.store.articles, words), at=question.at)
        case = Unread(
            question,
            self.now,
            host=host,
            feeds=tuple(self._outlet(feed) for feed in feeds),
            forgotten=article_id,
            resembling=tuple(fit.article for fit in resembling),
            similar_feeds=() if feeds else tuple(self._similar(host)),
            feed_names=self._names(),
        )
        return Found(question, case, (decide_unread(case),))

    def by_words(self, question: Question) -> Found:
        candidates = search.look_up(self.store.articles, question.asked)
        fits = search.rank(question.asked, candidates, at=question.at)
        if fits:
            return self._read(question, fits[0].article, tuple(search.others_as_good(fits)))
        words = search.plain_words(question.asked[: search.LONGEST])
        case = Unread(
            question,
            self.now,
            feeds=tuple(self._outlet(feed) for feed in self.book.feeds.values()),
            resembling=tuple(candidates[:NEAREST]),
            feed_names=self._names(),
            unknown_words=tuple(word for word in words if not self.store.articles.frequencies(word)),
        )
        return Found(question, case, (decide_unread(case),))

    # --- an article that is stored

    def _read(self, question: Question, article: Article, others: tuple[Article, ...] = ()) -> Found:
        matches = self.store.articles.matches([article.id]).get(article.id, [])
        original_id = article.reprint_of
        original = self.store.articles.get([original_id]).get(original_id) if original_id is not None else None
        case = Read(
            question,
            self.now,
            article,
            outlet=self._names().get(article.feed_id, article.feed_id),
            sightings=tuple(self.store.articles.sightings(article.id)),
            story=self.store.stories.get([article.story_id]).get(article.story_id) if article.story_id else None,
            placed_because=self.store.stories.placed_because(article.id),
            original=original,
            matches=tuple(matches),
            desks=tuple(self._desks(question, article, matches)),
            others=others,
        )
        if not matches:
            case = self._with_rules(case)
        evidence = article_evidence(case)
        answers = tuple(replace(answer, evidence=(*evidence, *answer.evidence)) for answer in decide_read(case))
        return Found(question, case, answers)

    def _with_rules(self, case: Read) -> Read:
        """Ask the rules in force about an article that nothing matched."""
        matcher = Matcher(self.book)
        document = self._document(case.article)
        holding = matcher.match(document).matches
        muted = {fault.rule_id: fault.because for fault in matcher.faults}
        muted |= {notice.subject: notice.detail for notice in self.store.notices.open() if notice.event == "rule.muted"}
        if holding:
            return replace(case, holding=holding, muted=muted)
        plain = tuple(
            replace(zone, zone=Zone.BODY) if zone.zone is Zone.BOILERPLATE else zone for zone in case.article.zones
        )
        in_boilerplate = matcher.match(self._document(replace(case.article, zones=plain))).matches
        if in_boilerplate:
            return replace(case, in_boilerplate=in_boilerplate)
        return replace(case, nearest=tuple(self._nearest(case, document)), muted=muted)

    def _nearest(self, case: Read, document: Document) -> list[NearRule]:
        desk_id = case.question.desk_id
        misses = Explainer(self.book).nearest(document, limit=len(self.book.rules))
        own = [miss for miss in misses if desk_id is None or desk_id in self.book.rules[miss.rule_id].desks]
        return [
            NearRule(miss.rule_id, miss.title, miss.failed.source, miss.failed.because or "does not hold")
            for miss in (own or misses)[:NEAREST]
        ]

    def _document(self, article: Article) -> Document:
        return document_of(article)

    def _desks(self, question: Question, article: Article, matches: Sequence[Match]) -> Iterable[DeskCase]:
        told: dict[str, list[Alert]] = {}
        for alert in self.store.alerts.told(article.story_id) if article.story_id is not None else ():
            told.setdefault(alert.desk_id, []).append(alert)
        alerting = {alert.article_id for alerts in told.values() for alert in alerts}
        withheld = self.store.alerts.withheld({article.id, *alerting})
        own = [each for each in withheld if each.article_id == article.id and each.kind is not WithheldKind.LISTED]
        counted = self.store.alerts.counted(article.id)
        stories = [article.story_id] if article.story_id is not None else []
        said, mutes = self.store.feedback.of_stories(stories), self.store.mutes.of_stories(stories)
        named = [desk_id for match in matches for desk_id in match.desks]
        asked = [question.desk_id] if question.desk_id is not None else []
        for desk_id in dict.fromkeys([*told, *(each.desk_id for each in own), *named, *asked]):
            desk = self.book.desks.get(desk_id)
            listed = [each for each in withheld if each.kind is WithheldKind.LISTED and each.desk_id == desk_id]
            yield DeskCase(
                desk_id,
                desk,
                matches=tuple(match for match in matches if desk_id in match.desks),
                told=tuple(self._told(alert, desk, listed) for alert in told.get(desk_id, ())),
                withheld=tuple(each for each in own if each.desk_id == desk_id),
                counted_in=counted.get(desk_id),
                said=tuple(each for each in said if each.desk_id == desk_id),
                mutes=tuple(each for each in mutes if each.desk_id in ("", desk_id) and _holds(each, self.now)),
            )

    def _told(self, alert: Alert, desk: Desk | None, listed: Sequence[Withheld]) -> Told:
        if alert.digest_id is None:
            if desk is None:
                return Told(alert)
            leaves = foresee(desk, alert.severity, alert.created_at, gathering=self.gathering)
            _, muted = part(desk, [alert], self.store.mutes.open(), now=self.now)
            return Told(
                alert,
                leaves=leaves,
                is_held=is_held(desk, alert.severity, self.now),
                muted=muted[0].because if muted else "",
            )
        digest = self.store.digests.get(alert.digest_id)
        deliveries = tuple(self._telling(alert.digest_id, alert.story_id))
        sent_at = {
            delivery.id: self.store.deliveries.history(delivery.id)[-1][0]
            for delivery in deliveries
            if delivery.state is DeliveryState.SENT
        }
        by_headline = next(
            (
                each
                for each in listed
                if each.article_id == alert.article_id and digest is not None and each.at == digest.at
            ),
            None,
        )
        return Told(alert, digest, deliveries, sent_at, by_headline)

    def _telling(self, digest_id: int, story_id: int) -> Iterable[Delivery]:
        """Return the messages of a digest that tell a story; all of them to whoever got none that is known to."""
        found = self.store.deliveries.of_digest(digest_id)
        spoken = self.store.articles.get({article_id for delivery in found for article_id in delivery.tells})
        own = {article.id for article in spoken.values() if article.story_id == story_id}
        telling = {(each.channel, each.recipient) for each in found if own.intersection(each.tells)}
        return (each for each in found if own.intersection(each.tells) or (each.channel, each.recipient) not in telling)

    # --- an article that is not

    def _feeds_of(self, host: str) -> list[Feed]:
        """Return the feeds of an outlet: those at its host or beside it, and those that brought articles from there."""
        ids = self.store.articles.under(f"https://{host}/", _UNDER) if host else []
        brought = {article.feed_id for article in self.store.articles.get(ids).values()}
        return [
            feed
            for feed in self.book.feeds.values()
            if feed.id in brought or _is_one_site(urlsplit(canonical_url(feed.url)).netloc, host)
        ]

    def _outlet(self, feed: Feed) -> OutletFeed:
        polls = self.store.feeds.polls(feed.id, _POLLS)
        gaps = self.store.feeds.gaps(feed.id, _GAPS)
        return OutletFeed(feed, self.store.feeds.state(feed.id), tuple(reversed(polls)), tuple(gaps))

    def _similar(self, host: str) -> list[Feed]:
        """Return the feeds whose host or name is most like a host."""
        asked = " ".join(_own_labels(host))
        scored = [
            (difflib.SequenceMatcher(None, asked, " ".join(_own_labels(text))).ratio(), feed)
            for feed in self.book.feeds.values()
            for text in (urlsplit(feed.url).netloc, feed.name)
        ]
        best: dict[str, float] = {}
        for score, feed in scored:
            best[feed.id] = max(score, best.get(feed.id, 0.0))
        ordered = sorted(self.book.feeds.values(), key=lambda feed: -best[feed.id])
        return [feed for feed in ordered if best[feed.id] >= 0.5]

    def _names(self) -> Mapping[str, str]:
        return {feed.id: feed.name for feed in self.book.feeds.values()}


def _holds(mute: Mute, now: datetime) -> bool:
    return mute.ended_at is None and (mute.until is None or mute.until > now)


def _is_one_site(host: str, other: str) -> bool:
    """Say whether two hosts are one, or one lies under the other ("feeds.dawn.com" and "dawn.com")."""
    return bool(host and other) and (host == other or host.endswith(f".{other}") or other.endswith(f".{host}"))


def _own_labels(text: str) -> list[str]:
    return [label for label in _OWN_NAME.findall(text.lower()) if label not in _COMMON_LABELS]
