"""From deliveries that wait to their end: claim → [commit] → send → [commit].

`sending` is committed before the wire is touched, so that whoever is killed in between leaves a delivery that the next
start knows to be ambiguous.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping

from monitor.delivery import policy
from monitor.errors import MonitorError
from monitor.model import Accepted, ChannelKind, Delivery, DeliveryState, Hold, RefusedForNow, SendOutcome
from monitor.pipeline.core import Core
from monitor.ports import Channel
from monitor.workers import Workers

TROUBLES = ("delivery.crashed", "delivery.dead", "delivery.unknown")
"""Departures about one delivery, by its id; over when it was sent or the operator gives it up."""


class Outbox:
    """Sends deliveries over one core."""

    def __init__(self, core: Core, channels: Mapping[ChannelKind, Channel], senders: Workers) -> None:
        self._core, self._channels, self._senders = core, channels, senders
        self._sending = {kind: asyncio.Semaphore(core.options.sends_at_once) for kind in channels}
        self._under_way: set[int] = set()
        self._unwritten: dict[int, tuple[Delivery, SendOutcome]] = {}
        """What a send came to and could not be committed, as on a full disk; known as long as this process lives."""

    @property
    def reachable(self) -> frozenset[ChannelKind]:
        """Return the kinds of channel that settings were given for."""
        return frozenset(self._channels)

    async def recover(self) -> None:
        """Settle what a killed process left `sending`: nobody knows whether it arrived."""
        await self._core.writer.run(self._commit_recovery)

    def _commit_recovery(self) -> None:
        now = self._core.clock.now()
        with self._core.store.unit_of_work():
            self._interrupt(self._core.store.deliveries.in_state(DeliveryState.SENDING))
            for kind in self._channels:
                self._core.departures.clear("channel.missing", kind.value, now)

    def _interrupt(self, deliveries: Iterable[Delivery]) -> None:
        for delivery in deliveries:
            self._move(*policy.interrupted(delivery, now=self._core.clock.now(), jitter=self._core.chance()))

    async def deliver_due(self) -> list[Delivery]:
        """Try every delivery whose time has come and that is not under way; return them as they stand then."""
        await self._core.writer.run(self._commit_stranded)
        found = await self._core.writer.run(self._core.store.deliveries.due, self._core.clock.now())
        for kind in {delivery.channel for delivery in found} - set(self._channels):
            await self._core.tell(
                "channel.missing", kind.value, f"deliveries wait, but no settings say how to reach {kind}"
            )
        ready = [d for d in found if d.channel in self._channels and d.id not in self._under_way]
        # Taken before anything is awaited: another round may have asked at the same moment, and found the same.
        self._under_way.update(delivery.id for delivery in ready)
        settled = await asyncio.gather(*(self._deliver_alone(delivery) for delivery in ready))
        return [delivery for delivery in settled if delivery is not None]

    async def _deliver_alone(self, delivery: Delivery) -> Delivery | None:
        """Send one delivery that is under way; `sending` is committed before the wire is touched."""
        try:
            async with self._sending[delivery.channel]:
                claimed = await self._core.writer.run(self._commit_claim, delivery)
                if claimed is None:
                    return None
                outcome = await self._senders.run(self._channels[delivery.channel].send, claimed)
                self._unwritten[delivery.id] = claimed, outcome
                return await self._core.writer.run(self._commit_outcome, claimed, outcome)
        except Exception as error:
            if delivery.digest_id is not None:
                await self._core.failed("delivery.crashed", str(delivery.id), error, delivery=delivery.id)
            else:  # a notice about a notice would never end
                self._core.say_failed("delivery.crashed", error, delivery=delivery.id)
            return None
        finally:
            self._under_way.discard(delivery.id)

    def _commit_stranded(self) -> None:
        """Settle what stayed `sending` though nothing sends it: by its outcome where known, else as in doubt."""
        for delivery, outcome in list(self._unwritten.values()):
            if delivery.id in self._under_way:
                continue
            try:
                self._commit_outcome(delivery, outcome)
            except MonitorError as error:
                self._core.say_failed("delivery.unwritten", error, delivery=delivery.id)
        left = self._core.store.deliveries.in_state(DeliveryState.SENDING)
        busy = self._under_way | set(self._unwritten)
        stranded = [delivery for delivery in left if delivery.id not in busy]
        if stranded:
            with self._core.store.unit_of_work():
                self._interrupt(stranded)

    def _commit_claim(self, delivery: Delivery) -> Delivery | None:
        """Take a delivery for sending, unless it was held, dropped or taken while it waited for its turn.

        An edit after which another one of the same message was made is left out instead: the last one says it all, and
        an earlier one that is made later would take that back.
        """
        now = self._core.clock.now()
        with self._core.store.unit_of_work():
            current = self._core.store.deliveries.get(delivery.id)
            if current is None or current.state is not delivery.state:
                return None
            if current.next_attempt_at is not None and current.next_attempt_at > now:
                return None
            if current.is_edit and self._core.store.deliveries.is_edited_later(current):
                self._move(*policy.supersede(current))
                return None
            return self._move(*policy.claim(current, now=now))

    def _commit_outcome(self, delivery: Delivery, outcome: SendOutcome) -> Delivery:
        now = self._core.clock.now()
        with self._core.store.unit_of_work():
            settled = self._move(*policy.after(delivery, outcome, now=now, jitter=self._core.chance()))
            self._hold_others(settled, outcome)
            if isinstance(outcome, RefusedForNow) and outcome.holds is Hold.CHANNEL:
                self._core.departures.raise_("channel.held", delivery.channel.value, outcome.detail, now)
            elif isinstance(outcome, Accepted):
                self._core.departures.clear("channel.held", delivery.channel.value, now)
        self._unwritten.pop(delivery.id, None)
        return settled

    def _hold_others(self, refused: Delivery, outcome: SendOutcome) -> None:
        """Make those wait that the refusal concerns as well, so that nothing is tried in vain or out of order."""
        if not isinstance(outcome, RefusedForNow) or outcome.holds is Hold.DELIVERY:
            return
        for state in (DeliveryState.PENDING, DeliveryState.RETRY):
            for other in self._core.store.deliveries.in_state(state):
                if policy.is_held_by(other, refused, outcome) and refused.next_attempt_at is not None:
                    now = self._core.clock.now()
                    move = policy.hold(other, until=refused.next_attempt_at, now=now, because=refused.detail)
                    self._core.store.deliveries.move(move.delivery, event=move.event, at=now)

    def _move(self, delivery: Delivery, event: str) -> Delivery:
        now = self._core.clock.now()
        self._core.store.deliveries.move(delivery, event=event, at=now)
        self._core.metrics.deliveries.labels(delivery.channel.value, delivery.state.value).inc()
        fields = {"delivery": delivery.id, "digest": delivery.digest_id, "channel": delivery.channel.value}
        match delivery.state:
            case DeliveryState.SENT:
                self._core.log.info("delivery.sent", **fields, recipient=delivery.recipient, receipt=delivery.receipt)
                for departure in TROUBLES:
                    self._core.departures.clear(departure, str(delivery.id), now)
            case DeliveryState.SUPERSEDED:
                self._core.log.info("delivery.superseded", **fields)
            case DeliveryState.RETRY:
                again = delivery.next_attempt_at.isoformat() if delivery.next_attempt_at else ""
                self._core.log.warning("delivery.retry", **fields, detail=delivery.detail, again=again)
            case DeliveryState.DEAD | DeliveryState.UNKNOWN:
                event = f"delivery.{delivery.state}"
                self._core.log.error(event, **fields, recipient=delivery.recipient, detail=delivery.detail)
                if delivery.digest_id is not None:  # a notice about a notice would never end
                    what = f"to {delivery.recipient} by {delivery.channel}, {delivery.message_id}: {delivery.detail}"
                    advice = f" (`monitor deliveries show {delivery.id}`, then `retry` or `drop`)"
                    self._core.departures.raise_(event, str(delivery.id), what + advice, now)
        return delivery
