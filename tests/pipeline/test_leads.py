"""Who leads a story while its reports come in, and by whose words a desk is told."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from monitor.model import Digest, Story
from monitor.pipeline.regroup import merge, split
from monitor.store import SqliteStore
from tests.articles.test_lead import SPUN, TRUCE
from tests.pipeline.flow import Flow, Item, a_flow

FEEDS = """
feeds:
  - {id: mill, name: Word Mill, url: "https://mill.example/rss", language: en, tags: [pakistan, translated]}
  - {id: hill, name: Hill Post, url: "https://hill.example/rss", language: en, tags: [pakistan]}
  - {id: bay, name: Bay Times, url: "https://bay.example/rss", language: en, tags: [pakistan]}
"""
DESKS = """
desks:
  - {id: south-asia, name: South Asia, digests: ["07:00", "19:00"], channels: [{email: desk@example.org}]}
"""
FLASH = "The Pakistani Taliban called off a month-long ceasefire with the government on Thursday after a raid in…"
PLAIN = TRUCE.removeprefix("PESHAWAR: ")


async def after_baselines(flow: Flow) -> None:
    for feed_id in ("mill", "hill", "bay"):
        flow.publishes(feed_id)
    await flow.poll()
    assert await flow.digests.digest_due() == []


async def reports(flow: Flow, feed_id: str, text: str, title: str = "Pakistani Taliban call off truce") -> None:
    flow.publishes(feed_id, Item("truce", title, text))
    await flow.poll_after()


async def the_story(flow: Flow) -> Story:
    (found,) = await flow.asks(lambda store: store.stories.since(flow.clock.at - timedelta(days=1)))
    assert isinstance(found, Story)
    return found


async def the_digest(flow: Flow) -> Digest:
    flow.clock.passes(timedelta(hours=1))
    (digest,) = await flow.digests.digest_due()
    return digest


@pytest.mark.anyio
async def test_an_original_takes_the_lead_from_a_translation_and_tells_the_desk(tmp_path: Path) -> None:
    """The feed's tag says what the first text is; headline, reason and feedback are the original's."""
    async with a_flow(tmp_path, feeds=FEEDS, desks=DESKS) as flow:
        await after_baselines(flow)
        await reports(flow, "mill", TRUCE.replace("government", "rule"), "Pakistani Taliban shout truce off")
        assert (await the_story(flow)).title == "Pakistani Taliban shout truce off"
        await reports(flow, "hill", TRUCE)
        story = await the_story(flow)
        assert (story.title, story.lead_article_id) == ("Pakistani Taliban call off truce", 2)
        assert story.lead_because == (
            "the earliest good text; article 1 came before, but its feed or publisher tags it “translated”"
        )
        digest = await the_digest(flow)
        assert digest.subject == "[HIGH] TTP truce: Pakistani Taliban call off truce"
        assert "shout" not in digest.text
        assert "Word Mill was first, at 06:15, but its feed or publisher tags it “translated”" in digest.text
        (alert,) = await flow.alerts()
        assert (alert.article_id, alert.spoken_by) == (1, 2)


@pytest.mark.anyio
async def test_a_desk_that_takes_only_the_first_feed_is_told_by_it(tmp_path: Path) -> None:
    """The lead is not its business; it is told of the event all the same."""
    takes = DESKS.replace("digests:", "takes: {feeds: [mill]}, digests:")
    async with a_flow(tmp_path, feeds=FEEDS, desks=takes) as flow:
        await after_baselines(flow)
        await reports(flow, "mill", TRUCE.replace("government", "rule"), "Pakistani Taliban shout truce off")
        await reports(flow, "hill", TRUCE)
        assert (await the_story(flow)).lead_article_id == 2
        digest = await the_digest(flow)
        assert digest.subject == "[HIGH] TTP truce: Pakistani Taliban shout truce off"
        assert "was first" not in digest.text


@pytest.mark.anyio
async def test_a_digest_that_was_fixed_stays_and_a_later_lead_is_no_news(tmp_path: Path) -> None:
    """The desk has the story by the text that was there; a better one only changes its lead."""
    async with a_flow(tmp_path, feeds=FEEDS, desks=DESKS) as flow:
        await after_baselines(flow)
        await reports(flow, "mill", TRUCE, "Pakistani Taliban shout truce off")
        digest = await the_digest(flow)
        await reports(flow, "hill", TRUCE)
        assert (await the_story(flow)).lead_article_id == 2
        assert await flow.asks(lambda store: store.digests.get(digest.id).text) == digest.text
        assert [alert.spoken_by for alert in await flow.alerts()] == [1]


@pytest.mark.anyio
async def test_a_spun_copy_gives_way_to_its_original(tmp_path: Path) -> None:
    """It came first, and the original shows what it is."""
    async with a_flow(tmp_path, feeds=FEEDS, desks=DESKS) as flow:
        await after_baselines(flow)
        await reports(flow, "bay", SPUN)
        await reports(flow, "hill", TRUCE)
        story = await the_story(flow)
        assert story.lead_article_id == 2
        assert "it is the text of article 2, which is dated from a town, in other words" in story.lead_because


@pytest.mark.anyio
async def test_the_archive_says_which_of_two_texts_has_the_usual_words(tmp_path: Path) -> None:
    """Without credit or dateline: words count that other reports of the archive have."""
    usual = (
        "Fighters kept the ceasefire with the government, a spokesman told reporters.",
        "Attacks resume as the government called off the announcement of a ceasefire, a spokesman told reporters.",
        "The government and tribal elders help with talks; three fighters were killed, a spokesman told reporters.",
    )
    async with a_flow(tmp_path, feeds=FEEDS, desks=DESKS) as flow:
        await after_baselines(flow)
        for day in range(3):
            flow.publishes("hill", *(Item(f"{day}-{n}", f"Day {day} in brief, {n}", t) for n, t in enumerate(usual)))
            await flow.poll_after(timedelta(days=3))
        await reports(flow, "bay", SPUN)
        await reports(flow, "hill", PLAIN)
        found = await flow.asks(lambda store: store.stories.since(flow.clock.at - timedelta(minutes=20)))
        (because,) = (story.lead_because for story in found if story.title == "Pakistani Taliban call off truce")
        assert "which has the usual words where they differ, in other words: “" in because


@pytest.mark.anyio
async def test_an_edit_of_the_lead_changes_the_storys_headline(tmp_path: Path) -> None:
    """And an edit of another member does not; one that makes a flash whole gives it the lead back."""
    async with a_flow(tmp_path, feeds=FEEDS, desks=DESKS) as flow:
        await after_baselines(flow)
        await reports(flow, "bay", FLASH, "Pakistani Taliban call off truce")
        assert (await the_story(flow)).title == "Pakistani Taliban call off truce"
        await reports(flow, "hill", PLAIN)
        assert (await the_story(flow)).lead_article_id == 2
        await reports(flow, "hill", PLAIN, "Pakistani Taliban call off truce after raid")
        assert (await the_story(flow)).title == "Pakistani Taliban call off truce after raid"
        await reports(flow, "bay", f"{PLAIN} More is to follow.")
        story = await the_story(flow)
        assert (story.lead_article_id, story.title) == (1, "Pakistani Taliban call off truce")


@pytest.mark.anyio
async def test_merges_and_splits_choose_anew(tmp_path: Path) -> None:
    """Each story is led by the earliest good text of those that it has then."""
    async with a_flow(tmp_path, feeds=FEEDS, desks=DESKS) as flow:
        await after_baselines(flow)
        await reports(flow, "mill", TRUCE, "Pakistani Taliban shout truce off")
        await reports(flow, "hill", TRUCE)

        def part_and_join(store: SqliteStore) -> list[tuple[int, str]]:
            led = []
            with store.unit_of_work():
                new_id, _ = split(store, 1, [2], desks={}, because="apart", now=flow.clock.at)
                led += [(each.lead_article_id, each.title) for each in store.stories.get([1, new_id]).values()]
                merge(store, 1, new_id, desks=flow.core.live.book.desks, because="one", now=flow.clock.at)
                led += [(each.lead_article_id, each.title) for each in store.stories.get([1]).values()]
            return led

        assert await flow.asks(part_and_join) == [
            (1, "Pakistani Taliban shout truce off"),
            (2, "Pakistani Taliban call off truce"),
            (2, "Pakistani Taliban call off truce"),
        ]


@pytest.mark.anyio
async def test_a_story_of_many_outlets_is_not_read_again_for_each(tmp_path: Path) -> None:
    """A newcomer that does not take the lead is compared with the lead alone."""
    async with a_flow(tmp_path, feeds=FEEDS, desks=DESKS) as flow:
        await after_baselines(flow)
        await reports(flow, "hill", TRUCE)
        flow.fault.plan(None)
        await reports(flow, "bay", TRUCE)
        assert len(await flow.asks(lambda store: store.stories.members(1))) == 2
        assert "stories.leads" in flow.fault.calls
        assert not {"stories.members_of", "stories.name_lead"} & set(flow.fault.calls)
