"""A story is told again when its affair stands otherwise than the desk was told; `why` says why it was, or was not."""

from __future__ import annotations

from datetime import timedelta

import pytest

from monitor.model import AlertKind, Mute, WithheldKind
from monitor.store import SqliteStore
from monitor.why.gather import why
from tests.pipeline.flow import PERIOD, Flow, Item

OLD = Item("old", "Rain closes the Lowari tunnel road for a night")
PLACE = "between the Pakistani Taliban and the government in Bannu district of Khyber Pakhtunkhwa"
ANNOUNCED = Item(
    "announced",
    "Pakistani Taliban announce truce with government in Bannu district",
    f"A truce {PLACE} begins on Monday, elders of the Wazir and Mamond tribes said at a jirga attended by Haji Rasool.",
)
EXTENDED = Item(
    "extended",
    "Pakistani Taliban extend truce with government in Bannu district",
    f"Haji Rasool, who led the jirga of Wazir and Mamond elders, said the truce {PLACE} would hold ten days more.",
)
ALSO_EXTENDED = Item(
    "also",
    "Truce of Pakistani Taliban in Bannu extended, say Wazir and Mamond elders",
    f"Ten more days of truce {PLACE}: that is what Haji Rasool brought home from the jirga, elders told reporters.",
)
DOUBTED = Item(
    "doubted",
    "No decision on end of Pakistani Taliban truce in Bannu, Haji Rasool says",
    f"Elders of the Wazir and Mamond tribes met in a jirga on the truce {PLACE} and parted late, Haji Rasool said.",
)
LATE = Item(
    "late",
    "Pakistani Taliban announce truce with Bannu government, Wazir elders say",
    "It was Haji Rasool who read the paper to a jirga of Wazir and Mamond tribesmen: a truce of the Pakistani Taliban"
    " and the government in Bannu district from Monday, without a word on what comes after.",
)
ENDED = Item(
    "ended",
    "Pakistani Taliban end truce with government in Bannu district",
    f"Haji Rasool and the Wazir and Mamond elders of the jirga were told by letter: no more truce {PLACE}.",
)


@pytest.fixture
async def watched(flow: Flow) -> Flow:
    """Three feeds that have been read before."""
    for feed in ("hill", "bay", "moor"):
        flow.publishes(feed, OLD)
    await flow.poll()
    return flow


async def comes(flow: Flow, feed: str, *items: Item) -> None:
    """Let a feed have more, a period later."""
    flow.clock.passes(PERIOD)
    flow.publishes(feed, *items, OLD)
    await flow.polls.poll_all([flow.feed(feed)])


async def asked_why(flow: Flow, item: Item) -> str:
    found = await flow.asks(lambda store: why(store, flow.core.live.book, item.title, now=flow.clock.now()))
    return "\n".join([found.answers[0].says, *(evidence.says for evidence in found.answers[0].evidence)])


async def test_a_story_goes_through_its_states_and_each_is_told_once(watched: Flow) -> None:
    """Announced, extended, ended; the tenth outlet, the late one and the one without a decision are not told."""
    flow = watched
    await comes(flow, "hill", ANNOUNCED)
    await comes(flow, "bay", EXTENDED)
    await comes(flow, "moor", ALSO_EXTENDED)
    await comes(flow, "hill", DOUBTED, ANNOUNCED)
    await comes(flow, "bay", ENDED, EXTENDED)
    await comes(flow, "moor", LATE, ALSO_EXTENDED)
    alerts = await flow.alerts()
    assert len({alert.story_id for alert in alerts}) == 1
    assert [(alert.kind, alert.because) for alert in alerts] == [
        (AlertKind.NEW, "a new story for this desk: TTP truce"),
        (AlertKind.DEVELOPED, "the truce: extended, was announced"),
        (AlertKind.DEVELOPED, "the truce: ended, was extended"),
    ]
    withheld = await flow.asks(lambda store: store.alerts.withheld(range(99)))
    assert {each.kind for each in withheld} <= {WithheldKind.SAME_STORY, WithheldKind.REPRINT}
    assert "the truce: extended, was announced" in await asked_why(flow, EXTENDED)
    assert "the truce is extended, as the desk was told" in await asked_why(flow, ALSO_EXTENDED)
    assert "as the desk was told before it heard “ended”" in await asked_why(flow, LATE)


async def test_a_development_ends_a_mute_until_the_story_develops(watched: Flow) -> None:
    """The digest that follows tells what developed and what was held meanwhile, with the reason."""
    flow = watched
    await flow.digests.digest_due()
    await comes(flow, "hill", ANNOUNCED)
    (first,) = await flow.digests.digest_due()
    assert len(first.alert_ids) == 1
    (alert,) = await flow.alerts()

    def mutes(store: SqliteStore) -> None:
        with store.unit_of_work():
            store.mutes.add(Mute(0, alert.story_id, "", flow.clock.now(), None))

    await flow.asks(mutes)
    await comes(flow, "moor", LATE)
    assert await flow.digests.digest_due() == []
    await comes(flow, "bay", EXTENDED)
    flow.clock.passes(timedelta(seconds=1))
    (second,) = await flow.digests.digest_due()
    assert "the truce: extended, was announced" in second.text
