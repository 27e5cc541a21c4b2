"""From alerts that wait to a digest that is fixed: what is due → compose → render → [one commit with its deliveries].

Sending only moves the deliveries through their states; nothing of a digest is decided after this commit.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from monitor.articles.lead import choose_lead, shortcomings
from monitor.articles.origins import origins_of, wire_of
from monitor.desks.content import DigestContent, Health
from monitor.desks.digest import compose
from monitor.desks.life import health_of
from monitor.desks.mail_threads import MOST_REFERENCES, MailThread, answered_by, lead_of
from monitor.desks.mutes import part, why_over, with_muted
from monitor.desks.outbox import Sender, package
from monitor.desks.schedule import Due, Held, due, start_of_day
from monitor.desks.speaking import Speaker, voice_of, who_may_speak
from monitor.model import Alert, Article, Desk, Digest, Match, Story, Withheld, WithheldKind
from monitor.pipeline.core import STATE_FAILING, Core
from monitor.pipeline.growth import growth_of
from monitor.pipeline.leads import in_news
from monitor.pipeline.muting import end_mute
from monitor.pipeline.threads import queue_edits, roots_of
from monitor.ports import Store
from monitor.rules.book import RuleBook

TRIED_AGAIN_AFTER = timedelta(minutes=1)
"""How long a desk is left alone whose digest could not be made: what fails once a second fills a log, and no more."""
_EVER = datetime.min.replace(tzinfo=UTC)


class Digests:
    """Makes digests, and the operator's messages, over one core."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._known_muted: dict[str, set[tuple[int, str]]] = {}
        """By desk, what a mute holds at the moment and is on record already."""
        self._left_alone_until: dict[str, float] = {}
        self._faulty: set[str] = set()

    async def digest_due(self) -> list[Digest]:
        """Make the digests whose time has come, each with its deliveries, and the message to the operator."""
        made = []
        await self._alone("mutes", self._commit_mutes)
        for desk in self._core.live.book.desks.values():
            elapsed = self._core.clock.monotonic()
            if self._left_alone_until.get(desk.id, elapsed) > elapsed:
                continue
            try:
                digest = await self._core.writer.run(self._commit_digest, desk)
            except Exception as error:
                self._left_alone_until[desk.id] = elapsed + TRIED_AGAIN_AFTER.total_seconds()
                await self._core.failed("digest.failed", desk.id, error, desk=desk.id)
                continue
            if digest is not None:
                made.append(digest)
        await self._alone("notices", self._commit_notices)
        return made

    async def _alone(self, what: str, commit: Callable[[], None]) -> None:
        """Do what is beside the digests so that a fault of it keeps no digest."""
        try:
            await self._core.writer.run(commit)
        except Exception as error:
            self._faulty.add(what)
            await self._core.failed("digest.failed", what, error, part=what)
            return
        if what in self._faulty:
            self._faulty.discard(what)
            await self._core.all_clear("digest.failed", what)

    def _commit_mutes(self) -> None:
        """End the mutes whose time came or whose story developed."""
        now, store = self._core.clock.now(), self._core.store
        for mute in store.mutes.open():
            because = why_over(mute, store.alerts.told(mute.story_id), now=now)
            if not because:
                continue
            with store.unit_of_work():
                desks, sender = self._core.live.book.desks, self._core.options.mailing.sender
                end_mute(store, mute, because, desks=desks, sender=sender, now=now)
            self._core.log.info("mute.over", story=mute.story_id, desk=mute.desk_id or "all", because=because)

    def _commit_digest(self, desk: Desk) -> Digest | None:
        now, store = self._core.clock.now(), self._core.store
        waiting, muted = part(desk, store.alerts.waiting(desk.id), store.mutes.open(), now=now)
        self._record_muted(desk, muted, now)
        decision = due(
            desk,
            waiting=waiting,
            last_slot_at=store.digests.last_slot_at(desk.id),
            now=now,
            gathering=self._core.options.gathering,
            empty_digests=self._core.options.empty_digests,
        )
        if decision is None:
            return None
        decision = with_muted(decision, muted)
        with store.unit_of_work():
            digest = self._add_digest(desk, decision) if decision.sends else None
            self._core.departures.clear("digest.failed", desk.id, now)
            if decision.slot_at is not None:
                store.digests.decide_slot(
                    desk.id, decision.slot_at, decision.because, digest.id if digest is not None else None
                )
        if digest is not None:
            self._core.metrics.digests.labels(desk.id).inc()
            self._core.log.info(
                "digest.made", digest=digest.id, desk=desk.id, slot=digest.slot, alerts=len(digest.alert_ids)
            )
        return digest

    def _record_muted(self, desk: Desk, muted: Sequence[Held], now: datetime) -> None:
        """Record once which alerts a mute holds, for those who ask why nothing came."""
        known = self._known_muted.get(desk.id, set())
        new = [item for item in muted if (item.alert.id, item.because) not in known]
        if not new:
            self._known_muted[desk.id] = {(item.alert.id, item.because) for item in muted}
            return
        with self._core.store.unit_of_work():
            self._core.store.alerts.withhold(
                Withheld(item.alert.article_id, item.alert.desk_id, WithheldKind.MUTED, item.because, now)
                for item in new
            )
        self._known_muted[desk.id] = {(item.alert.id, item.because) for item in muted}
        for item in new:
            self._core.log.info("alert.muted", alert=item.alert.id, desk=item.alert.desk_id, because=item.because)

    def _add_digest(self, desk: Desk, decision: Due) -> Digest:
        now, store = self._core.clock.now(), self._core.store
        content = content_of(desk, decision, book=self._core.live.book, store=store, now=now)
        return fix_digest(desk, decision, content, store=store, sender=self._core.options.mailing.sender)

    def _commit_notices(self) -> None:
        self._core.departures.commit_kept()
        now, desks = self._core.clock.now(), self._core.live.book.desks
        with self._core.store.unit_of_work():
            for desk_id in sorted(self._core.store.alerts.desks_waiting() - set(desks)):
                detail = "alerts wait for a desk that the rule files do not name any more; put it back to send them"
                self._core.departures.raise_("desk.missing", desk_id, detail, now)
            for desk_id in desks:
                self._core.departures.clear("desk.missing", desk_id, now)
            if self._core.is_state_well():
                self._core.departures.clear(STATE_FAILING, "database", now)
            self._core.departures.mail(self._core.options.mailing, now)


def content_of(desk: Desk, decision: Due, *, book: RuleBook, store: Store, now: datetime) -> DigestContent:
    """Gather what a digest is told from, and compose it; reads the store and changes nothing.

    Args:
        desk: Who is told.
        decision: What is told, and why now.
        book: The rule book in force, for names and health of the feeds.
        store: The state.
        now: When the digest is fixed.
    """
    story_ids = {alert.story_id for alert in decision.alerts}
    stories = store.stories.get(story_ids)
    by_story = {story_id: store.stories.members(story_id) for story_id in story_ids}
    members = {article.id: article for own in by_story.values() for article in own}
    matches = store.articles.matches(members)
    return compose(
        desk,
        decision,
        alerts=decision.alerts,
        stories=stories,
        articles=members,
        origins={story_id: origins_of(own).origins for story_id, own in by_story.items()},
        wires={article.id: wire for article in members.values() if (wire := wire_of(article)) is not None},
        matches=matches,
        feed_names={feed.id: feed.name for feed in book.feeds.values()},
        health=_health(desk, book, store),
        now=now,
        shown_today=store.digests.told_since(desk.id, start_of_day(desk, now)),
        mutes=store.mutes.of_stories(story_ids),
        speakers=_speakers(desk, decision.alerts, stories, by_story, matches, store=store),
        growth=growth_of(desk, decision, book=book, store=store, now=now),
    )


def _speakers(
    desk: Desk,
    alerts: Sequence[Alert],
    stories: Mapping[int, Story],
    members: Mapping[int, Sequence[Article]],
    matches: Mapping[int, Sequence[Match]],
    *,
    store: Store,
) -> dict[int, Speaker]:
    """Say which stories are told by another article than the one that raised their alert: the lead, or the next best.

    Returns:
        By story, where it is another one.
    """
    withheld = store.alerts.withheld(matches)
    found: dict[int, Speaker] = {}
    for story_id, own in members.items():
        told = [alert for alert in alerts if alert.story_id == story_id]
        able = {a.id: a for a in who_may_speak(desk, told, members=own, matches=matches, withheld=withheld)}
        raised_by = voice_of(told).article_id
        if not able or able.keys() == {raised_by}:
            continue
        lead = stories[story_id].lead_article_id
        speaker = lead if lead in able else choose_lead(able.values(), in_news(store)).article_id
        if speaker != raised_by:
            first = min(told, key=lambda alert: (alert.created_at, alert.id)).article_id
            lacking = shortcomings([article for article in own if article.id in (speaker, first)], in_news(store))
            found[story_id] = Speaker(speaker, lacking.get(first, ""))
    return found


def thread_of(desk: Desk, content: DigestContent, *, store: Store, now: datetime) -> MailThread:
    """Find the mails that a digest's mails answer; reads the store and changes nothing."""
    lead = lead_of(content)
    told = store.alerts.told(lead) if lead is not None else []
    slots, today = store.digests.slots(desk.id, MOST_REFERENCES), start_of_day(desk, now)
    filled = [digest_id for at, _, digest_id in slots if digest_id is not None and at >= today]
    answered = answered_by(content, told=told, today=filled[::-1])
    return MailThread(store.deliveries.mails_of(answered.digest_ids), answered.is_storys)


def fix_digest(desk: Desk, decision: Due, content: DigestContent, *, store: Store, sender: Sender) -> Digest:
    """Store a digest with its deliveries, and edits of earlier messages that told its stories; in a unit of work.

    Args:
        desk: Who is told.
        decision: What is told.
        content: The same, in words.
        store: The state.
        sender: As whom the monitor writes.
    """
    thread = thread_of(desk, content, store=store, now=content.at)
    roots = roots_of(desk, content, store=store, sender=sender)
    fixed = package(desk, content, sender=sender, thread=thread, roots=roots)
    digest = replace(fixed.digest, id=store.digests.add(fixed.digest, fixed.deliveries))
    for item in content.items:
        store.alerts.tell_by(item.article_id, item.alert_ids)
    store.alerts.count_further(content.growth.counted, desk.id, digest.id)
    queue_edits(desk, [r for own in roots.values() for r in own.values()], store=store, sender=sender, now=content.at)
    record_listed(desk, decision, content, digest, store=store)
    return digest


def record_listed(desk: Desk, decision: Due, content: DigestContent, digest: Digest, *, store: Store) -> None:
    """Record which articles a digest names by headline only, because the desk's number of stories a day was told."""
    listed = {item.story_id for item in content.cut}
    because = f"in digest {digest.id} by headline only: over the desk's {desk.stories_per_day} stories a day"
    store.alerts.withhold(
        Withheld(alert.article_id, desk.id, WithheldKind.LISTED, because, digest.at)
        for alert in decision.alerts
        if alert.story_id in listed
    )


def _health(desk: Desk, book: RuleBook, store: Store) -> Health:
    """Count what was read since the desk was last told; for its first digest, since the beginning."""
    last = store.digests.newest(1, desk.id)
    since = last[0].at if last else _EVER
    return health_of(
        book.feeds,
        store.feeds.states(),
        articles_read=store.articles.count_since(since),
        gaps=store.feeds.gaps_since(since),
    )
