"""From alerts that wait to a digest that is fixed: what is due → compose → render → [one commit with its deliveries].

Sending only moves the deliveries through their states; nothing of a digest is decided after this commit.
"""

from __future__ import annotations

from dataclasses import replace

from monitor.desks.content import Health
from monitor.desks.digest import compose
from monitor.desks.outbox import package
from monitor.desks.schedule import Due, due
from monitor.model import Desk, Digest
from monitor.pipeline.core import Core


class Digests:
    """Makes digests, and the operator's messages, over one core."""

    def __init__(self, core: Core) -> None:
        self._core = core

    async def digest_due(self) -> list[Digest]:
        """Make the digests whose time has come, each with its deliveries, and the message to the operator."""
        made = []
        for desk in self._core.live.book.desks.values():
            try:
                digest = await self._core.writer.run(self._commit_digest, desk)
            except Exception as error:
                self._core.log.exception("digest.failed", desk=desk.id)
                await self._core.tell("digest.failed", desk.id, f"{type(error).__name__}: {error}")
                continue
            if digest is not None:
                made.append(digest)
        await self._core.writer.run(self._commit_notices)
        return made

    def _commit_digest(self, desk: Desk) -> Digest | None:
        now, store = self._core.clock.now(), self._core.store
        decision = due(
            desk,
            waiting=store.alerts.waiting(desk.id),
            last_slot_at=store.digests.last_slot_at(desk.id),
            now=now,
            gathering=self._core.options.gathering,
            empty_digests=self._core.options.empty_digests,
        )
        if decision is None:
            return None
        with store.unit_of_work():
            digest = self._add_digest(desk, decision) if decision.sends else None
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

    def _add_digest(self, desk: Desk, decision: Due) -> Digest:
        now, store = self._core.clock.now(), self._core.store
        story_ids = {alert.story_id for alert in decision.alerts}
        members = {article.id: article for story_id in story_ids for article in store.stories.members(story_id)}
        content = compose(
            desk,
            decision,
            alerts=decision.alerts,
            stories=store.stories.get(story_ids),
            articles=members,
            matches=store.articles.matches(members),
            feed_names={feed.id: feed.name for feed in self._core.live.book.feeds.values()},
            health=self._health(),
            now=now,
        )
        fixed = package(desk, content, sender=self._core.options.mailing.sender)
        return replace(fixed.digest, id=self._core.store.digests.add(fixed.digest, fixed.deliveries))

    def _health(self) -> Health:
        feeds, states = self._core.live.book.feeds, self._core.store.feeds.states()
        silent = tuple(feed.name for feed in feeds.values() if feed.id in states and states[feed.id].failures)
        heard = [state for feed_id, state in states.items() if feed_id in feeds and state.last_ok_at is not None]
        return Health(
            feeds=len(feeds),
            healthy=sum(state.failures == 0 for state in heard),
            silent=silent,
            articles_read=self._core.store.counts()["articles"],
            newest_at=max((state.last_new_at for state in heard if state.last_new_at is not None), default=None),
        )

    def _commit_notices(self) -> None:
        now, desks = self._core.clock.now(), self._core.live.book.desks
        with self._core.store.unit_of_work():
            for desk_id in sorted(self._core.store.alerts.desks_waiting() - set(desks)):
                detail = "alerts wait for a desk that the rule files do not name any more; put it back to send them"
                self._core.departures.raise_("desk.missing", desk_id, detail, now)
            for desk_id in desks:
                self._core.departures.clear("desk.missing", desk_id, now)
            self._core.departures.mail(self._core.options.mailing, now)
