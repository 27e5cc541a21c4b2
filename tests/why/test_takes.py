"""An article that a desk takes from one feed and that another feed had first."""

from __future__ import annotations

from pathlib import Path

from monitor.why.verdicts import Verdict
from tests.pipeline.flow import Item, a_flow
from tests.why.asking import OLD, answer, begins, brings, sends, shown

RULES = """
rules:
  - {id: strike, title: Strike, query: "strike", severity: normal, desks: [all, bay-only]}
"""
DESKS = """
desks:
  - {id: all, name: All, channels: [{email: all@example.org}]}
  - {id: bay-only, name: Bay only, takes: {feeds: [bay]}, channels: [{email: bay@example.org}]}
"""
SHARED = Item("strike", "Rail strike ends at noon", at="https://wire.example/strike")


async def test_the_feed_that_had_it_first_counts_and_why_says_so(tmp_path: Path) -> None:
    """The desk is not told when its feed has the article too; the answer names both feeds, and when each had it."""
    async with a_flow(tmp_path, rules=RULES, desks=DESKS) as flow:
        await begins(flow)
        await brings(flow, SHARED)
        await brings(flow, SHARED, feed_id="bay")
        await sends(flow)
        given = await answer(flow, "https://wire.example/strike", desk="bay-only")
        assert [mail.recipient for mail in await flow.asks(lambda store: store.deliveries.newest())] == [
            "all@example.org"
        ]
    assert given.verdict is Verdict.NOT_TAKEN
    assert given.says == "the article came first by the feed hill; the desk takes what bay had first"
    assert "also in the feed bay" in shown(given)


async def test_what_its_own_feed_had_first_is_told(tmp_path: Path) -> None:
    """Whoever has it later."""
    async with a_flow(tmp_path, rules=RULES, desks=DESKS) as flow:
        await begins(flow)
        await brings(flow, SHARED, feed_id="bay")
        await brings(flow, SHARED)
        await sends(flow)
        given = await answer(flow, "https://wire.example/strike", desk="bay-only")
    assert given.verdict is Verdict.SENT
    assert OLD.title not in given.says
