"""What becomes of an entry: baseline, news, promotion, change, reprint; and what a desk hears of it."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.model import AlertKind, PollOutcome, WithheldKind
from monitor.store import SqliteStore
from tests.pipeline.flow import FEEDS, PERIOD, RULES, Flow, Item, a_flow

OLD = Item("old", "Rain closes the Lowari tunnel road for a night")
TRUCE = Item("truce", "Pakistani Taliban call off truce with Islamabad", "The group spoke of broken promises in Wana.")
ENVOYS = Item("envoys", "Pakistani Taliban name truce envoys", at="https://wire.example/envoys")
ONIONS = Item("onions", "Onion prices climb in Quetta", "Traders blame a closed crossing and a late harvest.")
LONG = " ".join(
    f"Sentence {number} tells how elders of valley {number} met near bridge {number} and counted {number * 7} lorries."
    for number in range(1, 25)
)
WIRE = Item("wire", "Pakistani Taliban end truce after raid on camp", LONG)


async def _baselines(flow: Flow, *feeds: str) -> None:
    for feed in feeds or ("hill", "bay"):
        flow.publishes(feed, OLD)
    await flow.poll()


async def _withheld(flow: Flow) -> list[tuple[int, WithheldKind]]:
    def read(store: SqliteStore) -> list[tuple[int, WithheldKind]]:
        ids = range(1, store.counts()["articles"] + 1)
        return [(item.article_id, item.kind) for item in store.alerts.withheld(ids)]

    found: list[tuple[int, WithheldKind]] = await flow.asks(read)
    return found


class TestBaseline:
    async def test_what_stood_there_before_is_matched_and_not_told(self, flow: Flow) -> None:
        """A rule's history starts with it, but no desk gets a flood on the first day."""
        flow.publishes("hill", TRUCE, OLD)
        report = (await flow.poll())["hill"]
        assert (report.outcome, report.new, report.matched, report.alerts) == (PollOutcome.BASELINE, 2, 1, 0)
        assert await flow.alerts() == []

    async def test_the_newest_may_be_asked_for(self, tmp_path: Path) -> None:
        """With `baseline_newest: 1` the first entry of the first document is news."""
        feeds = FEEDS.replace("id: hill,", "id: hill, baseline_newest: 1,")
        async with a_flow(tmp_path, feeds=feeds) as flow:
            flow.publishes("hill", TRUCE, replace(ENVOYS, name="older"), OLD)
            await flow.poll()
            assert [alert.article_id for alert in await flow.alerts()] == [1]

    async def test_a_failed_first_poll_is_none(self, flow: Flow) -> None:
        """The baseline is the first document that was read, whenever that is."""
        await flow.poll()
        flow.publishes("hill", TRUCE)
        flow.clock.passes(PERIOD)
        assert (await flow.poll())["hill"].outcome is PollOutcome.BASELINE
        assert await flow.alerts() == []

    async def test_what_is_new_in_one_feed_is_news_though_another_had_it_in_its_baseline(self, flow: Flow) -> None:
        """Promoted: the second feed carries it as new, so the desk hears of it, once."""
        flow.publishes("bay", ENVOYS)
        flow.publishes("hill", OLD)
        await flow.poll()
        flow.publishes("hill", ENVOYS, OLD)
        report = (await flow.poll_after())["hill"]
        assert (report.new, report.alerts) == (0, 1)
        await flow.poll_after()
        (alert,) = await flow.alerts()
        article = (await flow.asks(lambda store: store.articles.get([alert.article_id])))[alert.article_id]
        assert (article.feed_id, article.is_baseline) == ("bay", False)

    async def test_two_entries_for_one_such_article_are_told_once(self, flow: Flow) -> None:
        """In the words of the first of them, and not as a development of itself; a later change is one."""
        moved = "https://wire.example/envoys-named"
        flow.publishes("bay", ENVOYS)
        flow.publishes("hill", OLD)
        await flow.poll()
        flow.publishes("bay", replace(ENVOYS, at=moved))
        await flow.poll_after()
        first = replace(ENVOYS, name="a", title="Pakistani Taliban name five truce envoys")
        second = replace(ENVOYS, name="b", title="Pakistani Taliban name six truce envoys", at=moved)
        flow.publishes("hill", first, second, OLD)
        report = (await flow.poll_after())["hill"]
        assert (report.new, report.alerts) == (0, 1)
        (alert,) = await flow.alerts()
        assert alert.kind is AlertKind.NEW
        flow.publishes("hill", replace(first, title="Correction: Pakistani Taliban name no truce envoys"), second, OLD)
        assert (await flow.poll_after())["hill"].alerts == 1
        assert [each.kind for each in await flow.alerts()] == [AlertKind.NEW, AlertKind.DEVELOPED]


class TestNews:
    async def test_one_address_in_two_feeds_polled_together_is_one_alert(self, flow: Flow) -> None:
        """The second commit sees what the first one stored, whichever comes first."""
        await _baselines(flow)
        for feed in ("hill", "bay"):
            flow.publishes(feed, ENVOYS, OLD)
        reports = await flow.poll_after()
        assert sum(report.new for report in reports.values()) == 1
        (alert,) = await flow.alerts()
        seen = await flow.asks(lambda store: {s.feed_id for s in store.articles.sightings(alert.article_id)})
        assert seen == {"hill", "bay"}

    async def test_a_reprint_of_a_told_story_is_withheld_with_its_reason(self, flow: Flow) -> None:
        """The agency's report under another address: in the story, and nobody hears of it again."""
        await _baselines(flow)
        flow.publishes("hill", WIRE, OLD)
        await flow.poll_after()
        flow.publishes("bay", replace(WIRE, name="copy"), OLD)
        report = (await flow.poll_after())["bay"]
        assert (report.new, report.matched, report.alerts) == (1, 1, 0)
        (alert,) = await flow.alerts()
        members = await flow.asks(lambda store: store.stories.members(alert.story_id))
        assert [(member.feed_id, member.reprint_of) for member in members] == [
            ("hill", None),
            ("bay", alert.article_id),
        ]
        assert (members[1].id, WithheldKind.REPRINT) in await _withheld(flow)

    async def test_two_reports_of_one_document_that_are_one_story_are_one_alert(self, flow: Flow) -> None:
        """A draft sees its own articles: the second is a reprint of the first, of the same commit."""
        await _baselines(flow)
        flow.publishes("hill", WIRE, replace(WIRE, name="again", title=f"{WIRE.title}, elders say"), OLD)
        report = (await flow.poll_after())["hill"]
        assert (report.new, report.alerts) == (2, 1)

    async def test_a_story_is_found_again_after_a_restart(self, tmp_path: Path) -> None:
        """The window is built again from the store, so that the reprint of this morning's report is not news."""
        async with a_flow(tmp_path) as first:
            await _baselines(first)
            first.publishes("hill", WIRE, OLD)
            await first.poll_after()
        async with a_flow(tmp_path) as second:
            second.clock.passes(2 * PERIOD)
            for article in await second.asks(lambda store: store.articles.since(second.clock.now() - timedelta(7))):
                second.grouper.add(article)
            second.publishes("bay", replace(WIRE, name="copy"), OLD)
            report = (await second.poll())["bay"]
            assert (report.new, report.alerts) == (1, 0)


class TestChange:
    async def test_an_article_that_becomes_a_match_is_told_then(self, flow: Flow) -> None:
        """It was read without a match; its new wording has one."""
        await _baselines(flow)
        flow.publishes("hill", ONIONS, OLD)
        await flow.poll_after()
        assert await flow.alerts() == []
        flow.publishes("hill", replace(ONIONS, text=f"{ONIONS.text} The Pakistani Taliban offered a truce."), OLD)
        report = (await flow.poll_after())["hill"]
        assert (report.new, report.matched, report.alerts) == (0, 1, 1)
        (alert,) = await flow.alerts()
        assert alert.kind is AlertKind.NEW
        edits = await flow.asks(lambda store: store.articles.edits(alert.article_id))
        assert len(edits) == 1

    async def test_a_told_story_develops_when_its_headline_says_something_else(self, flow: Flow) -> None:
        """The alert says what the headline was."""
        await _baselines(flow)
        flow.publishes("hill", TRUCE, OLD)
        await flow.poll_after()
        flow.publishes("hill", replace(TRUCE, title="Pakistani Taliban agree to truce with Islamabad"), OLD)
        await flow.poll_after()
        first, second = await flow.alerts()
        assert (first.kind, second.kind) == (AlertKind.NEW, AlertKind.DEVELOPED)
        assert (second.story_id, second.article_id) == (first.story_id, first.article_id)
        assert TRUCE.title in second.because

    async def test_a_change_of_nothing_that_matters_is_withheld(self, flow: Flow) -> None:
        """A longer text under the same headline and rules develops nothing, and that is on record."""
        await _baselines(flow)
        flow.publishes("hill", TRUCE, OLD)
        await flow.poll_after()
        flow.publishes("hill", replace(TRUCE, text=f"{TRUCE.text} Shops in the bazaar stayed open all the same."), OLD)
        assert (await flow.poll_after())["hill"].alerts == 0
        assert len(await flow.alerts()) == 1
        assert [kind for _, kind in await _withheld(flow)] == [WithheldKind.IMMATERIAL]

    async def test_a_withdrawal_reaches_the_desk_though_no_rule_holds_any_more(self, flow: Flow) -> None:
        """Once, and only who was told under the rule; a report that nobody was told of is withdrawn in silence."""
        await _baselines(flow)
        flow.publishes("hill", TRUCE, ONIONS, OLD)
        await flow.poll_after()
        notice = "What stood here was wrong and has been withdrawn by the editors."
        gone = (replace(TRUCE, title="Withdrawn", text=notice), replace(ONIONS, title="Gone", text=f"{notice} Sorry."))
        for _ in range(2):
            flow.publishes("hill", *gone, OLD)
            await flow.poll_after()
        told, taken_back = await flow.alerts()
        assert (taken_back.kind, taken_back.article_id) == (AlertKind.DEVELOPED, told.article_id)
        assert (taken_back.desk_id, taken_back.rule_ids) == (told.desk_id, told.rule_ids)
        assert "takes it back" in taken_back.because

    @pytest.mark.parametrize("at_once", [False, True])
    async def test_one_notice_in_the_place_of_two_reports_reaches_those_told_of_either(
        self, flow: Flow, at_once: bool
    ) -> None:
        """Each report is taken back once, whoever had the words first, and stays so while the notice stands there."""
        await _baselines(flow)
        second = Item(
            "karachi",
            "Karachi port reopens as Pakistani Taliban announce a ceasefire in Sindh",
            "Dockers returned to the harbour on Friday after the Pakistani Taliban declared a local ceasefire.",
        )
        flow.publishes("hill", TRUCE, second, OLD)
        await flow.poll_after()
        told = await flow.alerts()
        assert len({alert.story_id for alert in told}) == 2
        notice = {
            "title": "Story withdrawn",
            "text": "What stood here was wrong and has been withdrawn by the editors.",
        }
        gone = [replace(item, **notice) for item in (TRUCE, second)]
        for document in ([] if at_once else [(gone[0], second)]) + [gone] * 6:
            flow.publishes("hill", *document, OLD)
            await flow.poll_after()
        taken_back = (await flow.alerts())[2:]
        assert [alert.article_id for alert in taken_back] == [alert.article_id for alert in told]
        assert {alert.kind for alert in taken_back} == {AlertKind.DEVELOPED}
        assert all("takes it back" in alert.because for alert in taken_back)

    async def test_the_same_wording_again_is_no_second_change(self, flow: Flow) -> None:
        """A publisher who goes back and forth between two versions is told once."""
        await _baselines(flow)
        other = replace(TRUCE, title="Pakistani Taliban agree to truce with Islamabad")
        for item in (TRUCE, other, TRUCE, other):
            flow.publishes("hill", item, OLD)
            await flow.poll_after()
        assert len(await flow.alerts()) == 2


class TestRules:
    async def test_a_rule_that_takes_too_long_is_muted_and_told_once_and_the_others_go_on(self, tmp_path: Path) -> None:
        """A regular expression of exponential cost meets the text that shows it."""
        slow = '  - {id: slow, title: Slow, query: "/(?:a|aa)+b/", desks: [south-asia]}\n'
        async with a_flow(tmp_path, rules=RULES + slow) as flow:
            await _baselines(flow)
            trap = f"{'a' * 200}cb"
            flow.publishes("hill", replace(TRUCE, text=trap), replace(ENVOYS, text=f"{trap} again"), OLD)
            report = (await flow.poll_after())["hill"]
            assert report.matched == 2
            assert await flow.departures() == [("rule.muted", "slow")]
            assert sum(event["event"] == "rule.muted" for event in flow.log) == 1
            assert all(alert.rule_ids == ("ttp-truce",) for alert in await flow.alerts())

    async def test_a_new_book_counts_from_the_next_commit_on(self, flow: Flow) -> None:
        """Swapped while a document is on its way: what is committed then is weighed by one book, the new one."""
        await _baselines(flow)
        flow.publishes("hill", ONIONS, OLD)
        door = flow.fetcher.doors[flow.feed("hill").url] = asyncio.Event()
        flow.clock.passes(PERIOD)
        polling = asyncio.create_task(flow.poll())
        onions = '  - {id: onions, title: Onions, query: "onion*", severity: low, desks: [south-asia]}\n'
        flow.writes(rules=RULES + onions)
        door.set()
        await polling
        (alert,) = await flow.alerts()
        assert alert.rule_ids == ("onions",)


class TestPages:
    """Feeds that ask for the texts of their articles' own pages."""

    FEEDS = FEEDS.replace("id: hill,", "id: hill, full_text: true,")
    PATIENCE = timedelta(milliseconds=150)
    SHORT = Item("short", "Talks in the valley", "Read more.")
    PAGE = "https://hill.example/short"

    async def test_new_entries_are_read_with_their_pages_and_known_ones_are_not_asked_again(
        self, tmp_path: Path
    ) -> None:
        """The rule finds in the page what the feed did not carry; none is fetched for the baseline."""
        async with a_flow(tmp_path, feeds=self.FEEDS) as flow:
            flow.pages.texts[self.PAGE] = "The Pakistani Taliban offered a truce, elders said on Friday."
            await _baselines(flow)
            assert flow.pages.asked == []
            flow.publishes("hill", self.SHORT, OLD)
            assert (await flow.poll_after())["hill"].alerts == 1
            flow.publishes("hill", ONIONS, self.SHORT, OLD)
            await flow.poll_after()
            assert flow.pages.asked == [self.PAGE, "https://hill.example/onions"]
            assert len(await flow.alerts()) == 1

    async def test_a_late_page_holds_up_neither_its_poll_nor_the_other_entries(self, tmp_path: Path) -> None:
        """After the patience its entry goes on with the text of the feed; the page is not waited for any more."""
        async with a_flow(tmp_path, feeds=self.FEEDS, pages_patience=self.PATIENCE) as flow:
            await _baselines(flow)
            flow.pages.late.add(self.PAGE)
            flow.pages.texts["https://hill.example/onions"] = "The Pakistani Taliban offered a truce, traders said."
            flow.publishes("hill", self.SHORT, ONIONS, OLD)
            async with asyncio.timeout(8):
                report = (await flow.poll_after())["hill"]
            assert (report.new, report.alerts) == (2, 1)
            assert len(flow.pages.asked) == 2
            left = [task for task in asyncio.all_tasks() if "read" in repr(task.get_coro())]
            assert left == []

    async def test_a_feed_that_does_not_ask_gets_none(self, flow: Flow) -> None:
        """`full_text` is a feed's own wish."""
        await _baselines(flow)
        flow.publishes("hill", self.SHORT, OLD)
        await flow.poll_after()
        assert flow.pages.asked == []
