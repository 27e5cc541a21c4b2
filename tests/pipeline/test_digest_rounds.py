"""Rounds of digests: desks stand alone, a slot and its digest are one, and the operator's messages end."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from monitor.model import DeliveryState, Hold, RefusedForGood, RefusedForNow
from monitor.pipeline.digests import TRIED_AGAIN_AFTER
from tests.pipeline.flow import DESKS, PERIOD, RULES, Flow, Item, a_flow

OLD = Item("old", "Rain closes the Lowari tunnel road for a night")
TRUCE = Item("truce", "Pakistani Taliban call off truce with Islamabad")
ENVOYS = Item("envoys", "Elders in Wana name envoys after Pakistani Taliban offer ceasefire")
TWO_DESKS = DESKS + "  - {id: night, name: Night, channels: [{email: night@example.org}]}\n"
BOTH = RULES.replace("desks: [south-asia]", "desks: [south-asia, night]")
HOURLY = DESKS.replace("id: south-asia,", "id: south-asia, every: 1h,")
OPERATOR = "operator@example.org"


async def _raises_an_alert(flow: Flow, item: Item = TRUCE) -> None:
    """Let a feed have its baseline, and then an article that every desk named is told of."""
    if not (await flow.everything())["articles"]:
        flow.publishes("hill", OLD)
        await flow.poll()
        await flow.digests.digest_due()
    flow.publishes("hill", item, OLD)
    await flow.poll_after()


async def _desks(flow: Flow) -> list[str]:
    return [digest.desk_id for digest in await flow.digests.digest_due()]


async def _mailed(flow: Flow, recipient: str) -> list[str]:
    await flow.outbox.deliver_due()
    return [delivery.payload.decode() for delivery in flow.mail.arrived if delivery.recipient == recipient]


class TestDesksStandAlone:
    async def test_one_desks_failure_keeps_no_other_waiting_and_is_told_until_it_is_over(self, tmp_path: Path) -> None:
        """The second desk's digest is made in the same round; the first one's a minute later, with nothing lost."""
        async with a_flow(tmp_path, rules=BOTH, desks=TWO_DESKS) as flow:
            await _raises_an_alert(flow)
            flow.fault.plan_named("stories.members", 1)
            assert await _desks(flow) == ["night"]
            assert flow.fault.struck == ["stories.members"]
            assert ("digest.failed", "south-asia") in await flow.departures()
            flow.clock.passes(TRIED_AGAIN_AFTER)
            assert await _desks(flow) == ["south-asia"]
            assert ("digest.failed", "south-asia") not in await flow.departures()
            assert await _desks(flow) == []

    async def test_a_desk_that_keeps_failing_is_tried_once_a_minute(self, flow: Flow) -> None:
        """Rounds come once a second: a log of tracebacks would hide all else."""
        await _raises_an_alert(flow)
        tried = 0
        for _ in range(180):
            flow.clock.passes(timedelta(seconds=1))
            flow.fault.plan_named("stories.members", 1)
            assert await _desks(flow) == []
            tried += bool(flow.fault.struck)
        assert tried == 3
        assert sum(event["event"] == "digest.failed" for event in flow.log if "desk" in event) == 3


class TestSlots:
    async def test_a_slot_is_decided_together_with_its_digest_or_not_at_all(self, tmp_path: Path) -> None:
        """A fault between the two leaves neither digest nor deliveries nor slot, and the alert waits on."""
        async with a_flow(tmp_path, desks=HOURLY) as flow:
            await _raises_an_alert(flow)
            flow.clock.passes(timedelta(hours=1))
            before = await flow.everything("notices")
            for step in ("digests.add", "digests.decide_slot", "commit"):
                flow.fault.plan_named(step, 1)
                assert await _desks(flow) == []
                assert flow.fault.struck == [step]
                assert await flow.everything("notices") == before
                flow.clock.passes(TRIED_AGAIN_AFTER)
            assert await _desks(flow) == ["south-asia"]
            ((slot_at, _, digest_id), *_) = await flow.asks(lambda store: store.digests.slots("south-asia"))
            assert digest_id == 1
            assert slot_at == flow.clock.now().replace(minute=0)
            assert await _desks(flow) == []

    async def test_a_slot_without_alerts_is_decided_once_and_sends_nothing(self, tmp_path: Path) -> None:
        """An alert that comes after it waits for the next one."""
        async with a_flow(tmp_path, desks=HOURLY) as flow:
            flow.publishes("hill", OLD)
            await flow.poll()
            assert await _desks(flow) == []
            flow.clock.passes(timedelta(hours=1))
            assert await _desks(flow) == []
            slots = await flow.asks(lambda store: store.digests.slots("south-asia"))
            assert [digest_id for _, _, digest_id in slots] == [None, None]
            await _raises_an_alert(flow)
            assert await _desks(flow) == []
            flow.clock.passes(timedelta(hours=1))
            assert await _desks(flow) == ["south-asia"]


class TestMissingDesk:
    async def test_its_alerts_wait_are_told_of_and_are_sent_when_it_is_back(self, tmp_path: Path) -> None:
        """A desk taken out of the rule files with something waiting is a departure, not a loss."""
        async with a_flow(tmp_path, rules=BOTH, desks=TWO_DESKS) as flow:
            await _raises_an_alert(flow)
            flow.writes(rules=RULES, desks=DESKS)
            assert await _desks(flow) == ["south-asia"]
            assert await _desks(flow) == []
            assert await flow.departures() == [("desk.missing", "night")]
            flow.clock.passes(timedelta(days=1))
            flow.writes(rules=BOTH, desks=TWO_DESKS)
            assert await _desks(flow) == ["night"]
            assert await flow.departures() == []
            assert len(await _mailed(flow, "night@example.org")) == 1


class TestNotices:
    async def test_all_that_is_untold_is_one_message_and_comes_once(self, tmp_path: Path) -> None:
        """Rounds without anything new send nothing; a departure that is over and comes again is told again."""
        async with a_flow(tmp_path, operator=OPERATOR) as flow:
            for subject in ("hill", "bay"):
                await flow.core.tell("feed.failing", subject, "three polls failed")
            for _ in range(3):
                await flow.digests.digest_due()
            (message,) = await _mailed(flow, OPERATOR)
            assert message.count("feed.failing") >= 2
            await flow.core.all_clear("feed.failing", "hill")
            await flow.core.tell("feed.failing", "hill", "three polls failed")
            await flow.digests.digest_due()
            assert len(await _mailed(flow, OPERATOR)) == 2

    async def test_a_message_that_is_refused_for_good_raises_no_other(self, tmp_path: Path) -> None:
        """A notice about a notice would never end; its delivery is dead, for `deliveries list` and the log."""
        async with a_flow(tmp_path, operator=OPERATOR) as flow:
            flow.mail.outcomes = [RefusedForGood("550 no such user")] * 9
            await flow.core.tell("feed.failing", "hill", "three polls failed")
            for _ in range(4):
                await flow.digests.digest_due()
                await flow.outbox.deliver_due()
            assert len(flow.mail.attempts) == 1
            assert await flow.departures() == [("feed.failing", "hill")]
            assert len(await flow.asks(lambda store: store.deliveries.in_state(DeliveryState.DEAD))) == 1

    async def test_a_channel_that_breaks_on_every_message_makes_no_endless_chain(self, tmp_path: Path) -> None:
        """Each break of a notice is in the log; none is a notice again."""
        async with a_flow(tmp_path, operator=OPERATOR) as flow:
            flow.mail.broken = True
            await flow.core.tell("feed.failing", "hill", "three polls failed")
            for _ in range(5):
                await flow.digests.digest_due()
                await flow.outbox.deliver_due()
                flow.clock.passes(timedelta(minutes=5))
            assert len((await flow.everything())["deliveries"]) == 1
            assert await flow.departures() == [("feed.failing", "hill")]

    async def test_a_held_channel_is_told_through_the_same_channel_once_it_is_open_again(self, tmp_path: Path) -> None:
        """The message waits with the rest, and there is one of it."""
        async with a_flow(tmp_path, operator=OPERATOR) as flow:
            await _raises_an_alert(flow)
            await flow.digests.digest_due()
            flow.mail.outcomes = [RefusedForNow("535 wrong password", holds=Hold.CHANNEL)]
            await flow.outbox.deliver_due()
            assert await flow.departures() == [("channel.held", "email")]
            for _ in range(3):
                await flow.digests.digest_due()
                flow.clock.passes(timedelta(minutes=10))
                await flow.outbox.deliver_due()
            assert sorted(delivery.recipient for delivery in flow.mail.arrived) == ["desk@example.org", OPERATOR]

    async def test_are_lost_with_no_commit_that_fails(self, tmp_path: Path) -> None:
        """A message that could not be queued is untold still, and queued in the next round."""
        async with a_flow(tmp_path, operator=OPERATOR) as flow:
            await flow.digests.digest_due()
            await flow.core.tell("feed.failing", "hill", "three polls failed")
            flow.fault.plan_named("notices.mark_told", 1)
            await flow.digests.digest_due()
            assert flow.fault.struck == ["notices.mark_told"]
            assert (await flow.everything())["deliveries"] == []
            await flow.digests.digest_due()
            assert len(await _mailed(flow, OPERATOR)) == 1


async def test_a_story_is_one_line_of_one_mail_from_poll_to_send(flow: Flow) -> None:
    """The whole way once: polled, told, sent, and nothing more in later rounds."""
    await _raises_an_alert(flow)
    await flow.digests.digest_due()
    (text,) = await _mailed(flow, "desk@example.org")
    assert TRUCE.title in text
    for _ in range(3):
        flow.clock.passes(PERIOD)
        await flow.poll()
        await flow.digests.digest_due()
    await _raises_an_alert(flow, ENVOYS)
    await flow.digests.digest_due()
    assert len(await _mailed(flow, "desk@example.org")) == 2
