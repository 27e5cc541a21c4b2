"""Read from the store and the stand-ins what came of the day, and give everything the name it has in the script.

It only reads. The verdict on lookalikes is `rules explain`'s; what an outcome is, is `outcome`.
"""

from __future__ import annotations

import email
import email.policy
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit, urlunsplit

from monitor.app import App
from monitor.demo.mailbox import Mail
from monitor.demo.outcome import (
    AlertPlayed,
    ArticlePlayed,
    DeliveryPlayed,
    DigestPlayed,
    FeedPlayed,
    LookalikeJudged,
    Outcome,
    Received,
)
from monitor.demo.script import Day, Item
from monitor.demo.slack_workspace import Post
from monitor.demo.why_not import why_not
from monitor.model import Alert, Article, ChannelKind, Delivery, Digest, Match, PollReport
from monitor.ports import Store
from monitor.rules.book import RuleBook
from monitor.rules.explaining.explain import Explainer
from monitor.text.document import document_of

_EVERYTHING = 100_000
_BEFORE_THE_DAY = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Witnessed:
    """What the player saw go by, in order."""

    reports: Sequence[PollReport]
    """Every poll."""
    mails: Sequence[Mail]
    """What the mailbox accepted."""
    posts: Sequence[Post]
    """What the Slack stand-in accepted."""


async def gather(app: App, day: Day, witnessed: Witnessed) -> Outcome:
    """Return the outcome of a day that was played, while the app is still open: its writer thread does the reading."""
    return await app.writer.run(_gather, app.store, app.book, day, witnessed)


def _gather(store: Store, book: RuleBook, day: Day, witnessed: Witnessed) -> Outcome:
    articles = store.articles.since(day.start - _BEFORE_THE_DAY)
    matches = store.articles.matches([article.id for article in articles])
    names = _Names(day)
    by_id = {article.id: article for article in articles}
    matched = tuple(
        _article(article, matches[article.id], names, book) for article in articles if matches.get(article.id)
    )
    deliveries = sorted(store.deliveries.newest(_EVERYTHING), key=lambda delivery: delivery.id)
    digests = sorted(store.digests.newest(_EVERYTHING), key=lambda digest: digest.id)
    alerts = [alert for story_id in _story_ids(articles) for alert in store.alerts.told(story_id)]
    return Outcome(
        start=day.start,
        end=day.end,
        entries=len(day.items),
        articles=len(articles),
        read=tuple(names.name(article) for article in articles),
        feeds=tuple(_feeds(day, witnessed.reports)),
        matched=matched,
        lookalikes=tuple(_lookalikes(day, articles, matches, names, book)),
        alerts=tuple(_alert(alert, by_id, names) for alert in sorted(alerts, key=lambda a: (a.created_at, a.id))),
        digests=tuple(_digest(digest, deliveries, store) for digest in digests),
        notices=tuple(_delivery(d, store) for d in deliveries if d.digest_id is None and not d.is_edit),
        received=tuple(
            sorted((*map(_mail, witnessed.mails), *map(_post, witnessed.posts)), key=lambda message: message.at)
        ),
        rule_titles={rule.id: rule.title for rule in book.rules.values()},
        desk_names={desk.id: desk.name for desk in book.desks.values()},
    )


class _Names:
    """The script's names for stored articles, found by feed and address."""

    def __init__(self, day: Day) -> None:
        self._day = day
        self._by_address = {(item.feed_id, _bare(item.url)): item for item in day.items}

    def item(self, article: Article) -> Item | None:
        return self._by_address.get((article.feed_id, _bare(article.url)))

    def name(self, article: Article) -> str:
        item = self.item(article)
        return item.name if item is not None else f"{article.feed_id}/?"

    def outlet(self, article: Article) -> str:
        return next((feed.name for feed in self._day.feeds if feed.id == article.feed_id), article.feed_id)


def _bare(url: str | None) -> str:
    """Return an address without query and fragment, "" for none."""
    return "" if url is None else urlunsplit(urlsplit(url)._replace(query="", fragment=""))


def _story_ids(articles: Iterable[Article]) -> list[int]:
    return list(dict.fromkeys(article.story_id for article in articles if article.story_id is not None))


def _feeds(day: Day, reports: Sequence[PollReport]) -> Iterable[FeedPlayed]:
    for feed in day.feeds:
        own = [report for report in reports if report.feed_id == feed.id]
        yield FeedPlayed(
            feed_id=feed.id,
            name=feed.name,
            format=feed.format,
            encoding=feed.encoding,
            language=feed.language,
            polls=len(own),
            outcomes=Counter(report.outcome.value for report in own),
            new=sum(report.new for report in own),
            matched=sum(report.matched for report in own),
            troubles=tuple((report.at, report.status, report.detail) for report in own if not report.outcome.is_good),
        )


def _article(article: Article, matches: Sequence[Match], names: _Names, book: RuleBook) -> ArticlePlayed:
    return ArticlePlayed(
        article_id=article.id,
        name=names.name(article),
        feed_id=article.feed_id,
        outlet=names.outlet(article),
        title=article.title,
        body=article.body,
        url=article.url,
        language=article.language,
        first_seen_at=article.first_seen_at,
        is_baseline=article.is_baseline,
        story_id=article.story_id or 0,
        reprint_of=article.reprint_of,
        matches=tuple(matches),
    )


def _lookalikes(
    day: Day, articles: Sequence[Article], matches: Mapping[int, Sequence[Match]], names: _Names, book: RuleBook
) -> Iterable[LookalikeJudged]:
    explainer = Explainer(book)
    by_name = {names.name(article): article for article in articles}
    for item in day.items:
        if item.lookalike_of not in book.rules:  # none, or an operator plays the day with other rules
            continue
        article = by_name.get(item.name)
        if article is None:
            yield LookalikeJudged(
                item.name, item.versions[-1].title, item.lookalike_of, item.lookalike, False, "it was never read", ()
            )
            continue
        hit = [match.rule_id for match in matches.get(article.id, ())]
        explanation = explainer.explain(item.lookalike_of, document_of(article))
        yield LookalikeJudged(
            name=item.name,
            title=article.title,
            rule_id=item.lookalike_of,
            is_what=item.lookalike,
            stayed_out=item.lookalike_of not in hit,
            because=why_not(explanation.root) or explanation.because,
            other_rules=tuple(rule_id for rule_id in hit if rule_id != item.lookalike_of),
        )


def _alert(alert: Alert, articles: Mapping[int, Article], names: _Names) -> AlertPlayed:
    article = articles[alert.article_id]
    return AlertPlayed(
        desk_id=alert.desk_id,
        at=alert.created_at,
        kind=alert.kind,
        severity=alert.severity,
        rule_ids=alert.rule_ids,
        because=alert.because,
        name=names.name(article),
        title=article.title,
        story_id=alert.story_id,
        digest_id=alert.digest_id,
    )


def _digest(digest: Digest, deliveries: Sequence[Delivery], store: Store) -> DigestPlayed:
    return DigestPlayed(
        digest_id=digest.id,
        desk_id=digest.desk_id,
        at=digest.at,
        slot=digest.slot,
        subject=digest.subject,
        stories=len(digest.alert_ids),
        html=digest.html,
        text=digest.text,
        deliveries=tuple(_delivery(delivery, store) for delivery in deliveries if delivery.digest_id == digest.id),
    )


def _delivery(delivery: Delivery, store: Store) -> DeliveryPlayed:
    return DeliveryPlayed(
        delivery_id=delivery.id,
        digest_id=delivery.digest_id,
        channel=delivery.channel,
        recipient=delivery.recipient,
        message_id=delivery.message_id,
        part=delivery.part,
        parts=delivery.parts,
        state=delivery.state,
        attempts=delivery.attempts,
        detail=delivery.detail,
        history=tuple((at, event, detail) for at, event, _, detail in store.deliveries.history(delivery.id)),
    )


def _mail(mail: Mail) -> Received:
    message = email.message_from_bytes(mail.content, policy=email.policy.default)
    return Received(
        channel=ChannelKind.EMAIL,
        recipient=", ".join(mail.recipients),
        at=mail.at,
        message_id=str(message["Message-ID"] or ""),
        subject=str(message["Subject"] or ""),
        raw=mail.content,
    )


def _post(post: Post) -> Received:
    metadata = post.payload.get("metadata") or {}
    found = metadata.get("event_payload", {}).get("message_id", "") if isinstance(metadata, dict) else ""
    return Received(
        channel=ChannelKind.SLACK,
        recipient=post.channel,
        at=post.at,
        message_id=str(found),
        subject=str(post.payload.get("text", "")),
        raw=json.dumps(post.payload, ensure_ascii=False, indent=2).encode(),
    )
