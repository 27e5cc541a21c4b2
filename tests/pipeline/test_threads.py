"""Slack as a desk lives in it: a thread a story, edits in place, presses; through the real channel and its stand-in."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from monitor.delivery.slack import ASTRAY, SlackChannel
from monitor.demo.slack_standin import UPDATE, SlackStandIn
from monitor.demo.slack_workspace import Post
from monitor.desks.buttons import place_of
from monitor.desks.outbox import sender_of
from monitor.desks.render_slack import SlackWays
from monitor.model import Delivery, DeliveryState, Feedback, FeedbackKind, Mute, Press
from monitor.pipeline.presses import NO_DESK, NO_STORY, UNKNOWN, Presses
from tests.pipeline.flow import RULES, START, Flow, HandClock, Item, a_flow

CHANNEL = "#south-asia"
OLD = Item("old", "Rain closes the Lowari tunnel road for a night")
TRUCE = "Pakistani Taliban call off truce after {} killed in border raid"
OTHER = Item("envoys", "Elders in Wana name envoys after Pakistani Taliban offer ceasefire")
DESK = f"""
desks:
  - {{id: south-asia, name: South Asia, channels: [{{slack: "{CHANNEL}"}}]}}
"""
TIMED = DESK.replace("id: south-asia,", 'id: south-asia, digests: ["13:00"], immediate: [urgent],')
URGENT = '  - {id: raid, title: Raid, query: "killed AND nineteen", severity: urgent, desks: [south-asia]}\n'
MINUTE = timedelta(minutes=1)
WAYS = SlackWays(threads=True, buttons=True)


@dataclass
class Newsroom:
    """A flow whose desk lives in a Slack channel."""

    flow: Flow
    slack: SlackStandIn

    async def reports(self, *items: Item) -> None:
        """Let the feed have these items, the newest first, and what they mean be told as far as it is due."""
        self.flow.publishes("hill", *items, OLD)
        await self.flow.poll_after()
        await self.flow.digests.digest_due()
        await self.delivers()

    async def kills(self, toll: int, *others: Item) -> None:
        """Report the raid with a toll; a second report with another one is a development."""
        await self.reports(Item("truce", TRUCE.format(toll)), *others)

    async def delivers(self, rounds: int = 3) -> None:
        for _ in range(rounds):
            await self.flow.outbox.deliver_due()

    async def deliveries(self) -> list[Delivery]:
        found: list[Delivery] = await self.flow.asks(lambda store: store.deliveries.newest())
        return found[::-1]

    async def presses(
        self, action: str, *, number: int = 1, post: int = 0, who: str = "U0DESK", place: str = ""
    ) -> str:
        """Let somebody press a button under a post; the same number is the same press."""
        receipt = f"ts {self.slack.posts[post].ts} in {self.slack.channel_id(CHANNEL)}" if self.slack.posts else ""
        at = self.flow.clock.now()
        press = Press(str(number), action, place or await self._place(), who, receipt, at)
        says: str = await self.flow.core.writer.run(Presses(self.flow.core).take, press)
        await self.delivers()
        return says

    async def _place(self) -> str:
        (alert, *_) = await self.flow.alerts()
        return place_of(alert.article_id, "south-asia")

    async def alarms(self) -> list[str]:
        """Return the departures that deliveries raised."""
        return [event for event, _ in await self.flow.departures() if event.startswith("delivery")]

    def shown(self, post: Post) -> str:
        """Return all words of a message as it reads now."""
        return "\n".join(str(block) for block in self.slack.workspace.shown(post)["blocks"])

    def top(self, post: Post) -> str:
        """Return the line under the heading of a message as it reads now."""
        return str(self.slack.workspace.shown(post)["blocks"][1]["text"]["text"])


@asynccontextmanager
async def a_newsroom(
    folder: Path, *, ways: SlackWays = WAYS, by: str = "token", **more: Any
) -> AsyncIterator[Newsroom]:
    clock = HandClock()
    with SlackStandIn(now=lambda: clock.at) as slack:
        channel = (
            SlackChannel(token=slack.token, base_url=slack.url)
            if by == "token"
            else SlackChannel(webhook_url=slack.webhook_url)
        )
        sender = sender_of("monitor@example.org", slack=ways)
        async with a_flow(folder, **{"desks": DESK, **more}, sender=sender, by_slack=channel) as flow:
            flow.clock.at = START
            clock = flow.clock
            flow.publishes("hill", OLD)
            await flow.poll()
            await flow.digests.digest_due()
            yield Newsroom(flow, slack)


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[Newsroom]:
    async with a_newsroom(tmp_path) as made:
        yield made


class TestThreads:
    async def test_a_development_answers_the_first_message_which_says_the_newest_state(self, room: Newsroom) -> None:
        """One message in the channel, its development below it and shown in the channel, and the top line anew."""
        await room.kills(12)
        await room.kills(15)
        root, answer = room.slack.posts
        assert answer.thread_ts == root.ts
        assert answer.payload["reply_broadcast"] is True
        assert room.top(root).startswith("*Updated ")
        assert "12" in room.top(root)
        assert "15" in room.top(root)
        states = {delivery.state for delivery in await room.deliveries()}
        assert states == {DeliveryState.SENT}

    async def test_each_story_has_its_own(self, room: Newsroom) -> None:
        """Two stories of one moment are two messages, and each development finds the right one."""
        await room.reports(Item("truce", TRUCE.format(12)), OTHER)
        assert len(room.slack.posts) == 2
        await room.kills(15, OTHER)
        assert len(room.slack.posts) == 3
        answer = room.slack.posts[-1]
        root = next(post for post in room.slack.posts if post.ts == answer.thread_ts)
        assert "border raid" in str(root.payload["text"])

    async def test_a_scheduled_digest_is_one_message_and_the_root_of_its_stories(self, tmp_path: Path) -> None:
        """What becomes urgent later is an answer to the digest; under the story stands what is new."""
        urgent = (
            RULES + '  - {id: raid, title: Raid, query: "killed AND nineteen", severity: urgent, desks: [south-asia]}\n'
        )
        async with a_newsroom(tmp_path, desks=TIMED, rules=urgent) as room:
            await room.reports(Item("truce", TRUCE.format(12)), OTHER)
            assert room.slack.posts == []
            room.flow.clock.at = START.replace(hour=13)
            await room.flow.digests.digest_due()
            await room.delivers()
            (digest,) = room.slack.posts
            await room.kills(12, OTHER)
            await room.reports(Item("truce", TRUCE.format("nineteen")), OTHER)
            _, answer = room.slack.posts
            assert answer.thread_ts == digest.ts
            assert "*Updated " in room.shown(digest)
            assert "stories" in room.top(digest)

    async def test_by_webhook_there_are_none(self, tmp_path: Path) -> None:
        """Each development is a message, and nothing is edited."""
        async with a_newsroom(tmp_path, ways=SlackWays(), by="webhook") as room:
            await room.kills(12)
            await room.kills(15)
            assert [post.via for post in room.slack.posts] == ["webhook", "webhook"]
            assert len(await room.deliveries()) == 2
            assert room.slack.workspace.updates == []


class TestRoots:
    async def test_an_answer_waits_for_a_root_that_slack_does_not_take_yet(self, room: Newsroom) -> None:
        """And then it stands under it."""
        room.slack.fail_next(503)
        await room.kills(12)
        assert room.slack.posts == []
        room.flow.publishes("hill", Item("truce", TRUCE.format(15)), OLD)
        room.flow.clock.ticks += 3600
        await room.flow.poll()
        await room.flow.digests.digest_due()
        assert await room.flow.outbox.deliver_due() == []
        room.flow.clock.passes(2 * MINUTE)
        await room.delivers()
        root, answer = room.slack.posts
        assert answer.thread_ts == root.ts

    async def test_after_a_dead_root_the_next_message_is_the_root(self, room: Newsroom) -> None:
        """Nobody waits for a thread that never began."""
        room.slack.refuse_next("is_archived")
        await room.kills(12)
        await room.kills(15)
        await room.kills(19)
        first, second = room.slack.posts
        assert first.thread_ts == ""
        assert second.thread_ts == first.ts

    async def test_an_answer_whose_root_dies_meanwhile_is_a_message_of_its_own(self, room: Newsroom) -> None:
        """Only its delivery says so; the edit of what never came is over and troubles nobody."""
        room.slack.fail_next(503)
        await room.kills(12)
        room.flow.publishes("hill", Item("truce", TRUCE.format(15)), OLD)
        room.flow.clock.ticks += 3600
        await room.flow.poll()
        await room.flow.digests.digest_due()
        room.slack.refuse_next("msg_too_long")
        room.flow.clock.passes(2 * MINUTE)
        await room.delivers()
        (answer,) = room.slack.posts
        assert answer.thread_ts == ""
        root, reply, edit = await room.deliveries()
        assert (root.state, reply.state, edit.state) == (DeliveryState.DEAD, DeliveryState.SENT, DeliveryState.DEAD)
        assert reply.detail == ASTRAY
        assert await room.alarms() == ["delivery.dead"]


class TestEdits:
    async def test_a_later_edit_takes_the_place_of_one_that_waits(self, room: Newsroom) -> None:
        """The old state is not written over the new one, whenever Slack takes edits again."""
        await room.kills(12)
        room.slack.limit_next(3600, method=UPDATE)
        await room.kills(15)
        await room.kills(19)
        room.flow.clock.passes(timedelta(hours=2))
        await room.delivers()
        assert "19" in room.top(room.slack.posts[0])
        assert len(room.slack.workspace.updates) == 1
        edits = [delivery.state for delivery in await room.deliveries() if delivery.is_edit]
        assert edits == [DeliveryState.SUPERSEDED, DeliveryState.SENT]

    async def test_posts_do_not_wait_for_edits(self, room: Newsroom) -> None:
        """While edits are limited for an hour, news go on."""
        await room.kills(12)
        room.slack.limit_next(3600, times=5, method=UPDATE)
        await room.kills(15)
        await room.reports(OTHER, Item("truce", TRUCE.format(15)))
        assert len(room.slack.posts) == 3

    async def test_a_reply_that_is_lost_leaves_no_doubt(self, room: Newsroom) -> None:
        """The edit is made once more; nobody is told of anything."""
        await room.kills(12)
        room.slack.lose_reply(method=UPDATE)
        await room.kills(15)
        room.flow.clock.passes(2 * MINUTE)
        await room.delivers()
        assert {delivery.state for delivery in await room.deliveries()} == {DeliveryState.SENT}
        assert len(room.slack.workspace.updates) == 2
        assert await room.alarms() == []

    @pytest.mark.parametrize("word", ["message_not_found", "cant_update_message", "edit_window_closed"])
    async def test_what_slack_does_not_allow_is_on_record_and_no_alarm(self, room: Newsroom, word: str) -> None:
        """The development was told by the answer."""
        await room.kills(12)
        room.slack.refuse_next(word, method=UPDATE)
        await room.kills(15)
        *_, edit = await room.deliveries()
        assert (edit.is_edit, edit.state) == (True, DeliveryState.DEAD)
        assert word in edit.detail
        assert len(room.slack.posts) == 2
        assert await room.alarms() == []

    async def test_a_story_that_slack_refuses_for_now_holds_up_no_other(self, room: Newsroom) -> None:
        """Two stories of one moment are two messages: the second does not wait for the first one's next attempt."""
        room.slack.refuse_next("internal_error")
        await room.kills(12, OTHER)
        first, second = await room.deliveries()
        assert (first.state, second.state) == (DeliveryState.RETRY, DeliveryState.SENT)
        room.flow.clock.passes(timedelta(minutes=2))
        await room.delivers()
        assert [each.state for each in await room.deliveries()] == [DeliveryState.SENT] * 2
        assert len(room.slack.posts) == 2


class TestPresses:
    async def _said(self, room: Newsroom) -> list[Feedback]:
        found: list[Feedback] = await room.flow.asks(lambda store: store.feedback.since(START))
        return found

    async def _mutes(self, room: Newsroom) -> list[Mute]:
        found: list[Mute] = await room.flow.asks(lambda store: store.mutes.open())
        return found

    async def test_a_judgement_is_recorded_and_answered(self, room: Newsroom) -> None:
        """The message stays as it is: what one reader thinks of it is not everybody's."""
        await room.kills(12)
        assert await room.presses("relevant", number=1) == "Noted: relevant for south-asia."
        assert await room.presses("not-relevant", number=2) == "Noted: not relevant for south-asia."
        assert await room.presses("not-relevant", number=3) == "Noted before: not relevant for south-asia."
        said = await self._said(room)
        assert [(each.kind, each.who) for each in said] == [
            (FeedbackKind.RELEVANT, "U0DESK"),
            (FeedbackKind.NOT_RELEVANT, "U0DESK"),
        ]
        assert room.slack.workspace.updates == []
        assert [e["kind"] for e in room.flow.log if e["event"] == "feedback.said"] == ["relevant", "not-relevant"]

    async def test_a_press_that_comes_again_is_recorded_once(self, room: Newsroom) -> None:
        """Also after the person thought otherwise: an old envelope does not bring the old word back."""
        await room.kills(12)
        for action, number in (("relevant", 1), ("not-relevant", 2), ("relevant", 1), ("relevant", 1)):
            await room.presses(action, number=number)
        assert await room.presses("relevant", number=1) == ""
        assert [each.kind for each in await self._said(room)] == [FeedbackKind.RELEVANT, FeedbackKind.NOT_RELEVANT]

    async def test_a_claim_is_shown_and_passes_on(self, room: Newsroom) -> None:
        """The message says whose the story is; the last claim counts."""
        await room.kills(12)
        assert await room.presses("claim", number=1, who="U0ONE") == "This story is yours now."
        assert "*Claimed* by <@U0ONE>" in room.shown(room.slack.posts[0])
        assert await room.presses("claim", number=2, who="U0ONE") == "This story is yours already."
        assert await room.presses("claim", number=3, who="U0TWO") == "This story is yours now; <@U0ONE> had it before."
        assert "*Claimed* by <@U0TWO>" in room.shown(room.slack.posts[0])
        await room.kills(15)
        assert "*Claimed* by <@U0TWO>" in room.shown(room.slack.posts[0])

    async def test_a_claim_under_an_answer_is_shown_at_the_root_too(self, room: Newsroom) -> None:
        """Both messages tell the same story."""
        await room.kills(12)
        await room.kills(15)
        await room.presses("claim", post=1)
        assert all("*Claimed* by <@U0DESK>" in room.shown(post) for post in room.slack.posts)

    async def test_a_claim_under_a_digest_is_shown_in_the_storys_thread(self, tmp_path: Path) -> None:
        """The story was told twice: at once, and developed in the digest; both messages say whose it is."""
        async with a_newsroom(tmp_path, desks=TIMED, rules=RULES + URGENT) as room:
            await room.kills(12)
            room.flow.clock.at = START.replace(hour=13)
            await room.flow.digests.digest_due()
            await room.delivers()
            await room.kills(15)
            room.flow.clock.at = START.replace(hour=13) + timedelta(days=1)
            await room.flow.digests.digest_due()
            await room.delivers()
            assert len(room.slack.posts) == 2
            await room.presses("claim", post=1)
            assert all("*Claimed* by <@U0DESK>" in room.shown(post) for post in room.slack.posts)

    async def test_a_press_that_changes_nothing_edits_nothing(self, room: Newsroom) -> None:
        """Whose the story is stands there already."""
        await room.kills(12)
        for number in (1, 2, 3):
            await room.presses("claim", number=number)
        assert len(room.slack.workspace.updates) == 1

    async def test_a_mute_holds_what_comes_and_is_shown(self, room: Newsroom) -> None:
        """Until its time; a second one for no longer changes nothing."""
        await room.kills(12)
        assert (await room.presses("mute-24h", number=1)).startswith("This story is muted until Sat 21 Nov, 06:15")
        assert "already" in await room.presses("mute-24h", number=2)
        assert "*Muted* until Sat 21 Nov, 06:15 by <@U0DESK>" in room.shown(room.slack.posts[0])
        (mute,) = await self._mutes(room)
        assert (mute.desk_id, mute.who) == ("south-asia", "U0DESK")
        await room.kills(15)
        assert len(room.slack.posts) == 1
        room.flow.clock.passes(timedelta(days=1))
        await room.flow.digests.digest_due()
        await room.delivers()
        assert "*Muted*" not in room.shown(room.slack.posts[0])
        assert room.slack.posts[1].thread_ts == room.slack.posts[0].ts

    async def test_a_mute_that_held_nothing_leaves_the_message_when_it_is_over(self, room: Newsroom) -> None:
        """No digest follows it, so that its end alone edits the message; once, and for the desk that showed it."""
        await room.kills(12)
        await room.presses("mute-24h", number=1)
        assert "*Muted*" in room.shown(room.slack.posts[0])
        room.flow.clock.passes(timedelta(days=1))
        for _ in range(2):
            await room.flow.digests.digest_due()
            await room.delivers()
        assert "*Muted*" not in room.shown(room.slack.posts[0])
        assert len(room.slack.workspace.updates) == 2

    async def test_a_mute_until_it_develops_ends_when_it_does(self, room: Newsroom) -> None:
        """And the message says the news, and no longer that it is muted."""
        await room.kills(12)
        says = await room.presses("mute-until-it-develops", number=1)
        assert says.startswith("This story is muted until the story develops for south-asia.")
        assert "already" in await room.presses("mute-24h", number=2)
        await room.kills(15)
        assert await self._mutes(room) == []
        assert "*Muted*" not in room.shown(room.slack.posts[0])
        assert len(room.slack.posts) == 2

    @pytest.mark.parametrize(
        ("action", "place", "says"),
        [
            ("approve", "story/1/south-asia", UNKNOWN),
            ("claim", "somewhere", UNKNOWN),
            ("claim", "story/1/gone", NO_DESK.format(desk="gone")),
            ("claim", "story/999/south-asia", NO_STORY),
        ],
    )
    async def test_what_cannot_be_done_is_said(self, room: Newsroom, action: str, place: str, says: str) -> None:
        """Nothing is recorded, and the log has who asked for what."""
        await room.kills(12)
        assert await room.presses(action, place=place) == says
        assert await self._said(room) == []
        assert "press.refused" in [event["event"] for event in room.flow.log]

    async def test_a_press_under_a_message_that_nobody_knows_counts(self, room: Newsroom) -> None:
        """Its reply was lost for good, or its bytes were pruned: there is nothing to edit, and the word is kept."""
        await room.kills(12)
        post = room.slack.posts[0]
        room.slack.posts[0] = replace(post, ts="1.000001")
        assert await room.presses("claim") == "This story is yours now."
        assert len(await self._said(room)) == 1
        assert room.slack.workspace.updates == []

    async def test_a_press_and_what_shows_it_are_one(self, room: Newsroom) -> None:
        """A fault leaves neither; the same press is then taken as if for the first time."""
        await room.kills(12)
        room.flow.fault.plan_named("deliveries.queue", 1)
        with pytest.raises(Exception, match=r"deliveries\.queue"):
            await room.presses("claim")
        assert await self._said(room) == []
        assert await room.presses("claim") == "This story is yours now."
