"""The outbox over a real store: who is sent to, in which company, and what holds whom."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.delivery import policy
from monitor.model import ChannelKind, Delivery, DeliveryState, Hold, RefusedForGood, RefusedForNow
from monitor.store import SqliteStore
from tests.pipeline.flow import Flow, a_flow, comes_true
from tests.store.builders import delivery, digest


async def _queue(flow: Flow, *deliveries: Delivery) -> list[int]:
    """Queue deliveries, each of a digest of its own, and return their ids."""

    def write(store: SqliteStore) -> list[int]:
        with store.unit_of_work():
            digests = [store.digests.add(digest(), [each]) for each in deliveries]
        return [store.deliveries.of_digest(digest_id)[0].id for digest_id in digests]

    found: list[int] = await flow.asks(write)
    return found


def mail(recipient: str) -> Delivery:
    return replace(delivery(recipient), channel=ChannelKind.EMAIL, message_id=f"<{recipient}>")


def post(channel: str) -> Delivery:
    return replace(delivery(channel), channel=ChannelKind.SLACK, message_id=f"<{channel}>")


async def _of(flow: Flow, delivery_id: int) -> Delivery:
    found = await flow.asks(lambda store: store.deliveries.get(delivery_id))
    assert isinstance(found, Delivery)
    return found


async def _history(flow: Flow, delivery_id: int) -> list[str]:
    found = await flow.asks(lambda store: store.deliveries.history(delivery_id))
    return [event for _, event, _, _ in found]


class TestRounds:
    async def test_two_rounds_at_the_same_moment_send_once(self, flow: Flow) -> None:
        """Both find the same delivery; a third round sees that it is being sent, and does not take it for stranded."""
        door = flow.mail.doors["a@example.org"] = threading.Event()
        (one,) = await _queue(flow, mail("a@example.org"))
        first = asyncio.create_task(flow.outbox.deliver_due())
        second = asyncio.create_task(flow.outbox.deliver_due())
        await comes_true(lambda: (flow.mail.inside and second.done()) or first.done())
        await flow.outbox.deliver_due()
        assert (await _of(flow, one)).state is DeliveryState.SENDING
        door.set()
        await asyncio.gather(first, second)
        assert len(flow.mail.arrived) == 1
        assert await _history(flow, one) == ["queued", "claimed", "accepted"]

    async def test_at_most_so_many_are_sent_through_one_channel_at_once(self, flow: Flow) -> None:
        """The setting is two: of ten, two are inside at any time, and all ten arrive."""
        door = threading.Event()
        crowd = [mail(f"{number}@example.org") for number in range(10)]
        flow.mail.doors = {each.recipient: door for each in crowd}
        await _queue(flow, *crowd)
        rounds = [asyncio.create_task(flow.outbox.deliver_due()) for _ in range(3)]
        await comes_true(lambda: len(flow.mail.inside) == 2)
        door.set()
        await asyncio.gather(*rounds)
        assert flow.mail.most_at_once == 2
        assert len(flow.mail.arrived) == 10

    async def test_a_slow_recipient_keeps_neither_its_neighbours_nor_another_channel(self, flow: Flow) -> None:
        """While one hangs, the others of this round and of the next one arrive."""
        door = flow.mail.doors["slow@example.org"] = threading.Event()
        await _queue(flow, mail("slow@example.org"), mail("a@example.org"), post("#one"))
        hanging = asyncio.create_task(flow.outbox.deliver_due())
        await comes_true(lambda: len(flow.mail.arrived) == 1 and len(flow.slack.arrived) == 1)
        await _queue(flow, mail("b@example.org"))
        await flow.outbox.deliver_due()
        assert [d.recipient for d in flow.mail.arrived] == ["a@example.org", "b@example.org"]
        assert not hanging.done()
        door.set()
        await hanging
        assert len(flow.mail.arrived) == 3

    async def test_a_crowd_that_waits_for_mail_does_not_hide_what_waits_for_slack(self, flow: Flow) -> None:
        """Hundreds of mails stand in a line behind a server that hangs; the posts that came after go out."""
        door = threading.Event()
        crowd = [mail(f"{number}@example.org") for number in range(150)]
        flow.mail.doors = {each.recipient: door for each in crowd}
        await _queue(flow, *crowd, post("#one"))
        hanging = [asyncio.create_task(flow.outbox.deliver_due()) for _ in range(2)]
        await comes_true(lambda: flow.slack.arrived)
        assert not flow.mail.arrived
        door.set()
        await asyncio.gather(*hanging)

    async def test_what_was_dropped_while_it_waited_for_its_turn_is_not_sent(self, flow: Flow) -> None:
        """The claim reads the delivery again: an operator's word of a moment ago counts."""
        flow.mail.doors = {name: threading.Event() for name in ("a@example.org", "b@example.org")}
        ids = await _queue(flow, *(mail(f"{name}@example.org") for name in "abcd"))
        sending = asyncio.create_task(flow.outbox.deliver_due())
        await comes_true(lambda: len(flow.mail.inside) == 2)

        def meddle(store: SqliteStore) -> None:
            with store.unit_of_work():
                dropped, held = store.deliveries.get(ids[2]), store.deliveries.get(ids[3])
                assert dropped is not None
                assert held is not None
                now = flow.clock.now()
                until = now + timedelta(minutes=5)
                for move in (policy.drop(dropped), policy.hold(held, until=until, now=now, because="wait")):
                    store.deliveries.move(move.delivery, event=move.event, at=now)

        await flow.asks(meddle)
        for door in flow.mail.doors.values():
            door.set()
        assert [found.id for found in await sending] == ids[:2]
        assert len(flow.mail.attempts) == 2
        assert await flow.departures() == []
        flow.clock.passes(timedelta(minutes=6))
        assert [found.id for found in await flow.outbox.deliver_due()] == [ids[3]]


class TestHolds:
    async def test_a_channel_that_refuses_everything_holds_the_others_and_clears(self, flow: Flow) -> None:
        """One try tells; the rest waits without a try, other channels go on, and the first success ends it."""
        flow.mail.outcomes = [RefusedForNow("535 wrong password", holds=Hold.CHANNEL)] * 2
        ids = await _queue(flow, *(mail(f"{number}@example.org") for number in range(6)), post("#one"))
        await flow.outbox.deliver_due()
        assert len(flow.mail.attempts) <= 2
        assert len(flow.slack.arrived) == 1
        assert await flow.departures() == [("channel.held", "email")]
        tries = len(flow.mail.attempts)
        await flow.outbox.deliver_due()
        assert len(flow.mail.attempts) == tries
        flow.mail.outcomes.clear()
        flow.clock.passes(policy.HELD_FOR)
        await flow.outbox.deliver_due()
        assert len(flow.mail.arrived) == 6
        assert await flow.departures() == []
        assert {(await _of(flow, each)).state for each in ids} == {DeliveryState.SENT}

    async def test_a_limited_recipient_holds_only_its_own(self, flow: Flow) -> None:
        """What goes to others through the same kind of channel is tried, and nothing of its own overtakes."""
        flow.slack.outcomes = [RefusedForNow("429", timedelta(seconds=30), Hold.RECIPIENT)]
        ids = await _queue(flow, post("#one"), replace(post("#one"), message_id="<2>"), post("#two"))
        await flow.outbox.deliver_due()
        await flow.outbox.deliver_due()
        assert [found.recipient for found in flow.slack.attempts] == ["#one", "#two"]
        held = [(await _of(flow, each)).next_attempt_at for each in ids[:2]]
        assert held == [flow.clock.now() + timedelta(seconds=30)] * 2
        assert await flow.departures() == []


class TestMissingChannel:
    @pytest.fixture
    async def mute(self, tmp_path: Path) -> AsyncIterator[Flow]:
        """A flow without settings for Slack."""
        async with a_flow(tmp_path, kinds=(ChannelKind.EMAIL,)) as joined:
            yield joined

    async def test_is_told_once_and_costs_the_others_nothing(self, mute: Flow) -> None:
        """What waits for it stays pending, be it ever so much, and mail goes on."""
        ids = await _queue(mute, *(post(f"#{number}") for number in range(150)), mail("a@example.org"))
        for _ in range(3):
            await mute.outbox.deliver_due()
        assert len(mute.mail.arrived) == 1
        assert await mute.departures() == [("channel.missing", "slack")]
        assert sum(event["event"] == "channel.missing" for event in mute.log) == 1
        assert (await _of(mute, ids[0])).state is DeliveryState.PENDING

    async def test_is_over_with_a_start_that_has_it(self, tmp_path: Path) -> None:
        """The settings are read at a start: what waited is sent, and the departure is over."""
        async with a_flow(tmp_path, kinds=(ChannelKind.EMAIL,)) as before:
            await _queue(before, post("#one"))
            await before.outbox.deliver_due()
        async with a_flow(tmp_path) as after:
            await after.outbox.recover()
            assert await after.departures() == []
            await after.outbox.deliver_due()
            assert len(after.slack.arrived) == 1


class TestFaults:
    async def test_a_channel_that_breaks_the_program_leaves_the_delivery_in_doubt(self, flow: Flow) -> None:
        """It may have been sent: one extra copy after a wait; the break is told, and over once it was sent."""
        flow.mail.broken = True
        (one,) = await _queue(flow, mail("a@example.org"))
        await flow.outbox.deliver_due()
        assert await flow.departures() == [("delivery.crashed", str(one))]
        flow.mail.broken = False
        await flow.outbox.deliver_due()
        assert ((found := await _of(flow, one)).state, found.ambiguous) == (DeliveryState.RETRY, 1)
        flow.clock.passes(timedelta(minutes=5))
        await flow.outbox.deliver_due()
        assert (await _of(flow, one)).state is DeliveryState.SENT
        assert await flow.departures() == []

    async def test_a_dead_delivery_that_the_operator_sends_again_is_over_with_its_arrival(self, flow: Flow) -> None:
        """The departure of a dead delivery stays open until then."""
        flow.mail.outcomes = [RefusedForGood("550 no such user")]
        (one,) = await _queue(flow, mail("a@example.org"))
        await flow.outbox.deliver_due()
        assert await flow.departures() == [("delivery.dead", str(one))]

        def again(store: SqliteStore) -> None:
            with store.unit_of_work():
                dead = store.deliveries.get(one)
                assert dead is not None
                move = policy.retry(dead, now=flow.clock.now())
                store.deliveries.move(move.delivery, event=move.event, at=flow.clock.now())

        await flow.asks(again)
        await flow.outbox.deliver_due()
        assert await flow.departures() == []

    async def test_an_outcome_that_could_not_be_written_is_written_later_and_not_sent_again(self, flow: Flow) -> None:
        """What the other side said is known as long as the process lives, so nothing is in doubt."""
        (one,) = await _queue(flow, mail("a@example.org"))
        # The second move of a delivery is its outcome: the first is its claim.
        flow.fault.plan_named("deliveries.move", 2)
        await flow.outbox.deliver_due()
        assert (await _of(flow, one)).state is DeliveryState.SENDING
        await flow.outbox.deliver_due()
        assert (await _of(flow, one)).state is DeliveryState.SENT
        assert len(flow.mail.attempts) == 1
