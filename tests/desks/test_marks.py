"""Marks: what became of a story, written into the message that told it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings

from monitor.demo.slack_limits import refusal
from monitor.desks.content import DigestContent
from monitor.desks.marks import Marks, Since, marked, marks_of
from monitor.desks.render_slack import MESSAGE_LIMIT, SlackWays, articles_told, render_slack, size_of
from monitor.desks.sample import DESK, NOW, sample_content
from monitor.desks.summary import alone
from monitor.model import AlertKind, ChannelKind, Feedback, FeedbackKind, Mute
from tests.desks.build import alert
from tests.desks.hostile import LONG, contents, crowded

WAYS = SlackWays(threads=True, buttons=True)
LATER = NOW + timedelta(minutes=65)


def claim(who: str = "U0DESK", **changes: Any) -> Feedback:
    made = Feedback(1, 1, DESK.id, FeedbackKind.CLAIM, who, ChannelKind.SLACK, LATER)
    return replace(made, **changes)


def developed(because: str) -> Since:
    return Since((alert(1, kind=AlertKind.DEVELOPED, because=because, at=LATER),), "9 outlets, 2 origins")


class TestWords:
    def test_news_is_the_newest_development_with_its_company(self) -> None:
        """With the time on the desk's clock, and the day where that is not today."""
        since = Since(
            (
                alert(1, kind=AlertKind.DEVELOPED, because="severity rose", at=NOW),
                alert(2, kind=AlertKind.DEVELOPED, because="toll 12 → 15", at=LATER),
                alert(3, because="new", at=LATER),
            ),
            "9 outlets, 2 origins",
        )
        assert marks_of(DESK, since, now=LATER).news == "*Updated 14:05:* toll 12 → 15; 9 outlets, 2 origins"
        tomorrow = marks_of(DESK, since, now=LATER + timedelta(days=1)).news
        assert tomorrow.startswith("*Updated 20 Nov 14:05:*")

    def test_a_claim_is_the_newest_of_the_desk(self) -> None:
        """Judgements and other desks' claims are none."""
        said = [
            claim("U0FIRST"),
            claim(),
            claim("U0OTHER", desk_id="wire"),
            claim("U0JUDGE", kind=FeedbackKind.RELEVANT),
        ]
        assert marks_of(DESK, Since(said=said), now=LATER).claim == "*Claimed* by <@U0DESK>, 14:05"

    @pytest.mark.parametrize("who", ["<!channel>", "U0<DESK", "everyone", "desk@example.org", "C0123456789"])
    def test_only_a_users_id_is_a_mention(self, who: str) -> None:
        """Whatever else stands there is shown as it is."""
        text = marks_of(DESK, Since(said=[claim(who)]), now=LATER).claim
        assert "<" not in text

    def test_a_mute_says_until_when_and_by_whom(self) -> None:
        """An operator's mute has no name."""
        mute = Mute(1, 1, DESK.id, LATER, LATER + timedelta(days=1), who="U0DESK")
        assert marks_of(DESK, Since(mutes=[mute]), now=LATER).mute == "*Muted* until Sat 21 Nov, 14:05 by <@U0DESK>"
        by_operator = Mute(1, 1, "", LATER, None)
        assert marks_of(DESK, Since(mutes=[by_operator]), now=LATER).mute == "*Muted* until the story develops"

    def test_nothing_known_is_nothing_said(self) -> None:
        """No empty line is written into a message."""
        assert marks_of(DESK, Since(company="2 outlets"), now=LATER) == Marks()


class TestMessage:
    def test_of_one_story_says_the_newest_on_top(self) -> None:
        """The sentence on top gives way; the rest is as it was posted."""
        content = sample_content()
        (payload,) = render_slack(alone(content, content.items[0]), WAYS)
        (article_id,) = articles_told(payload)
        body = marked(payload, {article_id: marks_of(DESK, developed("toll 12 → 15"), now=LATER)})
        assert body["blocks"][1]["text"]["text"] == "*Updated 14:05:* toll 12 → 15; 9 outlets, 2 origins"
        assert [b for n, b in enumerate(body["blocks"]) if n != 1] == [
            b for n, b in enumerate(payload["blocks"]) if n != 1
        ]
        assert "unfurl_links" not in body

    def test_of_several_stories_has_marks_under_each(self) -> None:
        """Only under the story they are about; the sentence on top still speaks for all."""
        (payload,) = render_slack(sample_content(), WAYS)
        first, second, *_ = articles_told(payload)
        news = marks_of(DESK, developed("toll 12 → 15"), now=LATER)
        body = marked(payload, {first: replace(news, claim="*Claimed* by <@U0DESK>, 14:05"), second: Marks()})
        changed = [
            (before, after) for before, after in zip(payload["blocks"], body["blocks"], strict=True) if before != after
        ]
        ((before, after),) = changed
        assert after["elements"][: len(before["elements"])] == before["elements"]
        added = [element["text"] for element in after["elements"][len(before["elements"]) :]]
        assert added == ["*Claimed* by <@U0DESK>, 14:05", news.news]

    def test_is_not_changed_by_being_marked(self) -> None:
        """A second edit begins from what was posted, not from the first edit."""
        (payload,) = render_slack(sample_content(), WAYS)
        marks = {article_id: Marks(claim="x") for article_id in articles_told(payload)}
        assert marked(payload, marks) == marked(payload, marks)

    @settings(deadline=None, max_examples=40)
    @given(contents(), LONG, LONG)
    def test_of_any_digest_is_taken_with_any_marks(self, content: DigestContent, because: str, who: str) -> None:
        """Slack would take every edit, and what no longer fits is left out."""
        since = replace(developed(because), said=[claim(who)], mutes=[Mute(1, 1, DESK.id, LATER, None, who=who)])
        marks = marks_of(DESK, since, now=LATER)
        for payload in render_slack(content, WAYS):
            body = marked(payload, dict.fromkeys(articles_told(payload), marks))
            assert refusal(body) is None
            assert size_of(body) <= MESSAGE_LIMIT

    def test_of_a_full_digest_has_room_for_some(self) -> None:
        """A digest of long stories leaves room for a claim and a mute in each message."""
        marks = Marks(claim="*Claimed* by <@U0123456789>, 14:05", mute="*Muted* until the story develops")
        for payload in render_slack(crowded(20), WAYS):
            told = articles_told(payload)
            if told:
                added = marked(payload, {told[0]: marks})
                assert str(added).count("*Claimed*") == str(added).count("*Muted*") == 1
