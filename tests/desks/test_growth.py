"""What joined told stories: which digests say it, in which order, and which headlines an editor sees."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.demo.slack_limits import refusal
from monitor.desks.content import Growth, without_growth
from monitor.desks.growth import Grown, grown_item, grown_stories, hint_of, more_of, says_growth, title_of
from monitor.desks.render_email import HTML_LIMIT, render_email
from monitor.desks.render_json import render_json
from monitor.desks.render_slack import SlackWays, render_slack
from monitor.desks.render_text import render_text
from monitor.desks.sample import DESK, sample_content
from monitor.desks.schedule import IMMEDIATE, Due
from monitor.desks.threads import posts_of
from monitor.model import Alert, Desk, FurtherReport, Severity
from tests.desks.build import alert, article, desk
from tests.desks.hostile import crowded, crowded_growth

TOLD = "Convoy with wheat reaches Chaman after nine days at the gate"
FEEDS = {"hill": "The Hill Herald", "bay": "Bay News"}
THREADS = SlackWays(threads=True)


def report(
    number: int, title: str = TOLD, *, story: int = 1, feed: str = "bay", is_reprint: bool = False
) -> FurtherReport:
    return FurtherReport(number, story, feed, title, f"https://{feed}.example/{number}", is_reprint)


def told(number: int, *, story: int = 1, digest: int | None = 1, to: str = "desk", article: int = 1) -> Alert:
    return replace(alert(number, story=story, desk_id=to, article=article), digest_id=digest)


def least_like(*reports: FurtherReport, headline: str = TOLD) -> list[str]:
    grown = Grown(1, 1, reports, outlets=1)
    item = grown_item(grown, article(1, headline), outlets=2, origins=2, feed_names=FEEDS)
    return [each.headline for each in item.unlike]


def due_of(slot: str, *severities: Severity) -> Due:
    alerts = tuple(alert(number, severity=severity) for number, severity in enumerate(severities, start=1))
    return Due(slot, None, alerts, (), "", sends=True)


@pytest.mark.parametrize(
    ("of", "due", "says"),
    [
        (desk("07:00"), due_of("2026-11-20T07:00+00:00", Severity.URGENT), True),
        (desk("07:00"), due_of("by hand 2026-11-20T09:00:00Z"), True),
        (desk("07:00"), due_of(IMMEDIATE, Severity.HIGH), False),
        (desk(every=timedelta(hours=1)), due_of(IMMEDIATE, Severity.NORMAL), False),
        (desk(), due_of(IMMEDIATE, Severity.HIGH, Severity.LOW), True),
        (desk(), due_of(IMMEDIATE, Severity.HIGH, Severity.URGENT), False),
    ],
)
def test_what_leaves_at_once_is_kept_short(of: Desk, due: Due, *, says: bool) -> None:
    """A flash never says it where the desk has times of its own; elsewhere a digest without anything urgent does."""
    assert says_growth(of, due) is says


class TestStories:
    def test_those_that_most_outlets_joined_come_first(self) -> None:
        """An outlet counts that had none of the story's articles before; of equals more reports, then the newer one."""
        joined = [
            report(10, story=1, feed="hill"),
            report(11, story=1, feed="hill"),
            report(12, story=2, feed="bay"),
            report(13, story=2, feed="moor"),
            report(14, story=3, feed="hill"),
            report(15, story=4, feed="hill"),
        ]
        feeds = {
            1: {1: "hill", 10: "hill", 11: "hill"},
            2: {2: "hill", 12: "bay", 13: "moor"},
            3: {3: "bay", 14: "hill"},
            4: {4: "bay", 15: "hill"},
        }
        alerts = {story: [told(story, story=story, article=story)] for story in feeds}
        found = grown_stories(desk(), joined, told=alerts, feeds=feeds)
        assert [(each.story_id, each.outlets, len(each.reports)) for each in found] == [
            (2, 2, 2),
            (4, 1, 1),
            (3, 1, 1),
            (1, 0, 2),
        ]

    def test_only_what_this_desk_was_told_and_is_not_told_again_counts(self) -> None:
        """An alert that waits, or another desk's, is no telling; what is left out is not there."""
        joined = [report(10 + story, story=story) for story in (1, 2, 3, 4)]
        alerts = {1: [told(1)], 2: [told(2, story=2, digest=None)], 3: [told(3, story=3, to="gulf")], 4: [told(4)]}
        found = grown_stories(desk(), joined, told=alerts, feeds={}, left_out={4})
        assert [each.story_id for each in found] == [1]

    def test_a_story_is_named_as_it_was_told_last(self) -> None:
        """By the article that spoke in the newest digest of it."""
        alerts = [told(1), replace(told(2, digest=7, article=5), spoken_by=6), told(3, digest=None, article=9)]
        (found,) = grown_stories(desk(), [report(10)], told={1: alerts}, feeds={})
        assert found.told_by == 6


class TestHeadlines:
    def test_the_least_like_comes_first(self) -> None:
        """That is where another event shows; two are named, by outlet and address."""
        joined = (
            report(2, "Wheat convoy reaches Chaman as the gate opens"),
            report(3, "Two drivers hurt as tanker overturns"),
            report(4, "Nine days on, wheat convoy clears Chaman gate"),
        )
        item = grown_item(Grown(1, 1, joined, 1), article(1, TOLD), outlets=4, origins=4, feed_names=FEEDS)
        first, second = item.unlike
        assert (first.headline, first.outlet) == ("Two drivers hurt as tanker overturns", "Bay News")
        assert (first.url, second.url) == ("https://bay.example/3", "https://bay.example/4")

    def test_reprints_and_repeats_are_left_out(self) -> None:
        """The same words again show nothing, and an empty headline neither; of repeats the first counts."""
        joined = (
            report(2, "Gate opens", is_reprint=True),
            report(3, "Wheat at last"),
            report(4, "WHEAT at last"),
            report(5, ""),
        )
        assert least_like(*joined) == ["Wheat at last"]

    def test_another_script_is_neither_like_nor_unlike(self) -> None:
        """It stands behind a headline that can be compared and is not alike, and before one that is; one is enough."""
        foreign, second = report(2, "چمن میں گندم کا قافلہ پہنچ گیا"), report(5, "Колонна с зерном дошла до Чамана")
        strange, alike = report(3, "Two drivers hurt"), report(4, "Convoy with wheat reaches Chaman")
        assert least_like(foreign, strange, alike) == [strange.title, foreign.title]
        assert least_like(foreign, alike) == [foreign.title, alike.title]
        assert least_like(foreign, alike, second) == [foreign.title, alike.title]
        assert least_like(foreign, second) == [foreign.title, second.title]

    def test_markup_and_length_do_no_harm(self) -> None:
        """One line, without direction marks, shortened; an address that is none is no link."""
        bad = replace(report(2, "Truce\r\n\u202e" + "x " * 400), url="javascript:alert(1)")
        item = grown_item(Grown(1, 1, (bad,), 1), article(1, ""), outlets=2, origins=None, feed_names={})
        (only,) = item.unlike
        assert (len(only.headline) <= 140, only.url, only.outlet) == (True, None, "bay")
        assert "\u202e" not in only.headline
        assert item.headline == "story 1"


@pytest.mark.parametrize(
    ("joined", "outlets", "origins", "company"),
    [
        (5, 9, 2, "+5 outlets, now 9 from 2 origins"),
        (1, 2, 1, "+1 outlet, now 2 from 1 origin"),
        (40, 1312, None, "+40 outlets, now 1,312"),
        (0, 3, 2, "+1 report, still 3 outlets from 2 origins"),
    ],
)
def test_the_count(joined: int, outlets: int, origins: int | None, company: str) -> None:
    """How many joined, how many carry it now, and from how many origins where that was counted."""
    grown = Grown(1, 1, (report(2),), outlets=joined)
    assert grown_item(grown, None, outlets=outlets, origins=origins, feed_names={}).company == company


class TestRenderings:
    def test_every_form_says_it(self) -> None:
        """Told headline, count, the headlines least like it with outlet and link, and what is not named."""
        content = sample_content()
        (first, _) = content.growth.items
        unlike = first.unlike[0]
        title, hint, more = title_of(content.growth), hint_of(content.growth), more_of(content.growth)
        mail = render_email(content)
        (slack,) = render_slack(content)
        for text in (render_text(content), mail.text, mail.html, json.dumps(slack)):
            for said in (title, hint, more, first.headline, first.company, unlike.headline, unlike.outlet, unlike.url):
                assert said
                assert said in text
        document = json.loads(render_json(content))["also_reported"]
        assert document["more"] == content.growth.more
        assert document["stories"][0] == {
            "story": 21,
            "headline": first.headline,
            "url": first.url,
            "reports_joined": 4,
            "outlets_joined": 5,
            "outlets": 9,
            "origins": 4,
            "least_like": [
                {"headline": each.headline, "url": each.url, "outlet": each.outlet} for each in first.unlike
            ],
        }

    def test_a_digest_without_news_says_that_told_stories_went_on(self) -> None:
        """Nothing matched would be false; without growth nothing is said."""
        quiet = sample_content(empty=True)
        assert "Also reported" not in render_text(quiet) + render_email(quiet).html + json.dumps(render_slack(quiet))
        assert (title_of(Growth(more=1)), hint_of(Growth(more=1)), more_of(Growth(more=1))) == (
            "Also reported since: 1 story told before.",
            "",
            "",
        )

    def test_it_goes_first_where_a_mail_is_too_long(self) -> None:
        """The stories that are named become one line; not one story is told less for it."""
        content = replace(crowded(24), growth=crowded_growth("“Truce” & <talks> "))
        with_all, without = render_email(content), render_email(without_growth(content))
        assert len(with_all.html.encode()) <= HTML_LIMIT
        assert with_all == without
        assert "Also reported since: 107 stories told before." in with_all.text

    def test_it_takes_no_further_message_in_slack(self) -> None:
        """Where naming the stories would part the digest once more, they are counted."""
        named = set()
        for stories in range(1, 12):
            content = crowded(stories, unit="Truce talks ")
            payloads, bare = render_slack(content), render_slack(without_growth(content))
            assert len(payloads) == len(bare)
            named.add(payloads != bare)
        assert named == {True, False}

    @pytest.mark.parametrize("unit", ["Truce talks ", "“Truce” & <talks> ", "&<>", "ا\u064b", "👩‍🚒"])
    @pytest.mark.parametrize("length", [300, 399, 400, 401, 799, 800])
    def test_slack_takes_it_at_any_length(self, unit: str, length: int) -> None:
        """Three headlines with their addresses and outlets stand in one block, which holds 3,000 characters."""
        growth = crowded_growth(unit, address="https://a.example/".ljust(length, "x"))
        growth = replace(growth, items=growth.items[:1])
        (payload,) = render_slack(replace(sample_content(empty=True), growth=growth))
        assert refusal(payload) is None
        assert "(+7 outlets, now 9 from 2 origins)" in json.dumps(payload)

    def test_of_a_message_a_story_the_last_root_has_it(self) -> None:
        """An answer in a thread may be shown nowhere else; where all are answers the last has it."""
        content = replace(sample_content(), slot=IMMEDIATE)
        ids = [item.story_id for item in content.items]

        def having(roots: dict[int, int]) -> list[bool]:
            posts = posts_of(DESK, content, THREADS, roots)
            return ["Also reported since" in json.dumps(post.payload) for post in posts]

        assert having({}) == [False] * (len(ids) - 1) + [True]
        assert having({ids[-1]: 7}) == [False] * (len(ids) - 2) + [True, False]
        assert having(dict.fromkeys(ids, 7)) == [False] * (len(ids) - 1) + [True]
