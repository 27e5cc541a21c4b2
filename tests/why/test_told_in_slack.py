"""Why, where a story has a message of its own in Slack: which one told it, in whose thread, and what people said."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from monitor.desks.outbox import sender_of
from monitor.desks.render_slack import SlackWays
from monitor.model import Accepted, ChannelKind, Feedback, FeedbackKind, Mute, RefusedForGood
from monitor.why.verdicts import Verdict
from tests.pipeline.flow import Flow, Item, a_flow
from tests.why.asking import MINUTE, RULES, TRUCE, answer, begins, brings, sends, shown

DESKS = """
desks:
  - {id: south-asia, name: South Asia, channels: [{slack: "#south-asia"}]}
  - {id: grave, name: Grave matters, floor: high, channels: [{slack: "#grave"}]}
"""
URL, CRICKET = "https://hill.example/truce", Item("cup", "Cricket cup final moves to a dry field")


@pytest.fixture
async def flow(tmp_path: Path) -> AsyncIterator[Flow]:
    """A newsroom whose desks live in Slack channels, after its baseline."""
    sender = sender_of("monitor@example.org", slack=SlackWays(threads=True))
    rules = RULES.split("  - {id: flood")[0]
    async with a_flow(tmp_path, rules=rules, desks=DESKS, sender=sender) as joined:
        await begins(joined)
        yield joined


async def test_a_message_of_another_story_says_nothing_of_this_one(flow: Flow) -> None:
    """Two stories of one digest are two messages; that one was refused for good is not said of the other."""
    flow.slack.outcomes = [Accepted("ts 1.1 in C1"), RefusedForGood("msg_too_long")]
    await brings(flow, TRUCE, CRICKET)
    await sends(flow)
    await sends(flow)
    given, other = await answer(flow, URL, desk="south-asia"), await answer(flow, CRICKET.title, desk="south-asia")
    assert (given.verdict, other.verdict) == (Verdict.SENT, Verdict.DEAD)
    assert [line.id for line in given.evidence if line.about == "delivery"] == [1]
    assert [line.id for line in other.evidence if line.about == "delivery"] == [2]


async def test_a_development_stands_in_its_thread_and_beside_what_was_told_first(flow: Flow) -> None:
    """The answer names the message it belongs to; where it went astray, that is said too."""
    flow.slack.outcomes = [Accepted("ts 1.1 in C1"), Accepted("ts 2.2 in C1", "posted at top level")]
    await brings(flow, Item("truce", f"{TRUCE.title} after 12 killed"))
    await sends(flow)
    await brings(flow, Item("truce", f"{TRUCE.title} after 15 killed"))
    await sends(flow)
    given = await answer(flow, URL, desk="south-asia")
    text = shown(given)
    assert given.says.startswith("sent at 2026-11-20 06:30 UTC in digest 2")
    assert "an answer to delivery 1" in text
    assert "ts 2.2 in C1; posted at top level" in text
    assert [line.id for line in given.evidence if line.about == "digest"] == [2, 1]


async def test_what_people_said_and_the_mutes_that_hold(flow: Flow) -> None:
    """Of this desk alone, and a mute that is over not at all."""
    await brings(flow, TRUCE)
    await sends(flow)
    (alert, *_) = await flow.alerts()
    now = flow.clock.now()

    def speaks() -> None:
        with flow.core.store.unit_of_work():
            for desk in ("south-asia", "grave"):
                flow.core.store.feedback.add(
                    Feedback(0, alert.article_id, desk, FeedbackKind.CLAIM, f"U-{desk}", ChannelKind.SLACK, now)
                )
            flow.core.store.mutes.add(Mute(0, alert.story_id, "south-asia", now - MINUTE, None, who="U0DESK"))
            flow.core.store.mutes.add(Mute(0, alert.story_id, "", now - MINUTE, now))

    await flow.core.writer.run(speaks)
    lines = [(line.about, line.says) for line in (await answer(flow, URL, desk="south-asia")).evidence]
    assert lines[-2:] == [("feedback", "claim by U-south-asia through slack"), ("mute", "until it develops, by U0DESK")]
