"""A newsroom with desks of every kind, over the real flow; and asking it why."""

from __future__ import annotations

from datetime import datetime, timedelta

from monitor.why.case import Answer
from monitor.why.gather import Found, why
from tests.pipeline.flow import Flow, Item

RULES = """
actors:
  ttp: {name: TTP, aliases: [Pakistani Taliban]}
lexicons:
  truce: [truce, ceasefire]
rules:
  - {id: ttp-truce, title: TTP truce, query: "actor:ttp AND lexicon:truce", severity: high, desks: [south-asia]}
  - {id: cricket, title: Cricket, query: "cricket", severity: low, desks: [south-asia, grave]}
  - {id: flood, title: Flood, query: "flood", severity: normal, desks: [night]}
  - {id: harvest, title: Harvest, query: "harvest", severity: normal, desks: [evening]}
  - {id: avalanche, title: Avalanche, query: "avalanche", severity: normal}
  - {id: locust, title: Locusts, query: "locusts", severity: normal, desks: [mute]}
  - {id: strike, title: Strike, query: "strike", severity: normal, desks: [narrow]}
"""
DESKS = """
desks:
  - {id: south-asia, name: South Asia, channels: [{email: desk@example.org}]}
  - {id: grave, name: Grave matters, floor: high, channels: [{email: grave@example.org}]}
  - {id: night, name: Night, timezone: Asia/Karachi, quiet_hours: "10:00-14:00", channels: [{email: night@example.org}]}
  - {id: evening, name: Evening, timezone: Asia/Karachi, digests: ["19:00"], channels: [{email: evening@example.org}]}
  - {id: mute, name: Without a channel, channels: [{email: nobody@example.org}]}
  - {id: narrow, name: Narrow, stories_per_day: 1, channels: [{email: narrow@example.org}]}
"""
OLD = Item("old", "The valley road is open again")
TRUCE = Item("truce", "Pakistani Taliban call off truce with Islamabad", "Fighters were ordered back to the field.")
COPY = Item("copy", TRUCE.title, TRUCE.text)
MINUTE = timedelta(minutes=1)


async def begins(flow: Flow) -> None:
    """Let every feed have its baseline, and every desk its first look at the clock."""
    for feed_id in flow.core.live.book.feeds:
        flow.publishes(feed_id, OLD)
    await flow.poll()
    await flow.digests.digest_due()


async def brings(flow: Flow, *items: Item, feed_id: str = "hill") -> None:
    """Let a feed bring items beside its old one, and poll it."""
    flow.publishes(feed_id, *items, OLD)
    await flow.poll_after()


async def sends(flow: Flow) -> None:
    """Make what digests are due, and try to deliver them."""
    await flow.digests.digest_due()
    await flow.outbox.deliver_due()


async def ask(flow: Flow, asked: str, *, desk: str | None = None, at: datetime | None = None) -> Found:
    """Ask why, at the moment that the clock shows."""
    book, now = flow.core.live.book, flow.clock.now()
    found: Found = await flow.asks(
        lambda store: why(store, book, asked, now=now, desk_id=desk, at=at, gathering=timedelta(0))
    )
    return found


async def answer(flow: Flow, asked: str, *, desk: str | None = None, at: datetime | None = None) -> Answer:
    """Ask what has one answer."""
    (only,) = (await ask(flow, asked, desk=desk, at=at)).answers
    return only


def shown(given: Answer) -> str:
    """Return all evidence as text."""
    return "\n".join(f"{each.about} {each.id} {each.at} {each.says}" for each in given.evidence)
