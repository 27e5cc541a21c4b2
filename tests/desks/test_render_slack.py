"""Slack messages: within every limit for any input, whole stories, nothing from a feed with effect."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest
from hypothesis import given, settings

from monitor.demo.slack_limits import refusal
from monitor.desks.buttons import Button
from monitor.desks.content import DigestContent
from monitor.desks.render_slack import (
    BLOCK_LIMIT,
    MESSAGE_LIMIT,
    Payload,
    SlackWays,
    articles_told,
    escape,
    plain_message,
    render_slack,
    size_of,
)
from monitor.desks.sample import sample_content
from tests.desks.hostile import LONG, contents, crowded


def texts_of(payload: Payload) -> list[str]:
    """Return all texts of a payload's blocks."""
    found = []
    for block in payload["blocks"]:
        elements = block.get("elements", ()) if block["type"] == "context" else ()
        found += [part["text"] for part in (block.get("text"), *elements) if part]
    return found


def assert_fits(payloads: tuple[Payload, ...]) -> None:
    """Hold each payload against Slack's limits and against the stand-in that judges as Slack does."""
    for payload in payloads:
        assert len(payload["blocks"]) <= BLOCK_LIMIT
        assert size_of(payload) <= MESSAGE_LIMIT
        assert refusal(payload) is None
        assert payload["unfurl_links"] is payload["unfurl_media"] is False


def test_a_digest_is_one_message() -> None:
    """Header, the sentence on top, each story as section and reason, the proof of life; the subject as fallback."""
    (payload,) = render_slack(sample_content())
    assert_fits((payload,))
    texts = texts_of(payload)
    assert texts[0] == "South Asia desk · Fri 20 Nov 2026, 13:00"
    assert texts[2] == "*HIGH · TTP ceasefire*"
    assert texts[3].startswith(
        "*<https://hill.example/2026/11/20/1?a=1&amp;b=2|Pakistani Taliban call off truce after 12"
    )
    assert "\n&gt; The *Pakistani Taliban* have called off their *truce* with Islamabad" in texts[3]
    assert texts[4] == "Why: TTP ceasefire: “Pakistani Taliban” (actor ttp), “truce”"
    assert payload["text"].startswith("[HIGH] TTP ceasefire, update: ") is False
    assert (
        payload["text"] == "[HIGH] TTP ceasefire: Pakistani Taliban call off truce after 12 killed in border raid (+3)"
    )


def test_what_a_feed_holds_has_no_effect() -> None:
    """Mentions, links, formatting and angle brackets are shown and do nothing."""
    assert escape("<!channel> <https://evil.example|x> *b* _i_ ~s~ `c` a&b") == (
        "&lt;!channel&gt; &lt;https://evil.example|x&gt; ∗b∗ ˍiˍ ∼s∼ ˋcˋ a&amp;b"
    )


def test_a_story_has_a_row_of_buttons_where_they_are_heard() -> None:
    """The row names the story and the desk; a message in which one article speaks twice has it once."""
    content = sample_content()
    (payload,) = render_slack(content, SlackWays(threads=True, buttons=True))
    rows = [block for block in payload["blocks"] if block["type"] == "actions"]
    assert [row["block_id"] for row in rows] == [f"story/{each}/south-asia" for each in articles_told(payload)]
    assert [button["action_id"] for button in rows[0]["elements"]] == [button.value for button in Button]
    twice = [replace(item, article_id=1) for item in content.items[:2]]
    section = replace(content.sections[0], items=tuple(twice))
    (payload,) = render_slack(replace(content, sections=(section,)), SlackWays(threads=True, buttons=True))
    assert_fits((payload,))
    assert articles_told(payload) == (1,)


def test_many_stories_are_parted_between_stories_and_numbered() -> None:
    """Sixty stories become several messages, "2/7" in header and fallback, each story in exactly one of them."""
    payloads = render_slack(crowded(60))
    assert_fits(payloads)
    assert len(payloads) > 1
    for number, payload in enumerate(payloads, start=1):
        assert texts_of(payload)[0].endswith(f" ({number}/{len(payloads)})")
        assert payload["text"].endswith(f" ({number}/{len(payloads)})")
    reasons = [text for payload in payloads for text in texts_of(payload) if text.startswith("Why: ")]
    assert len(reasons) == 60
    assert any("(continued)" in text for payload in payloads[1:] for text in texts_of(payload))


def test_more_than_sixty_stories_are_counted() -> None:
    """Story 61 and on are named, up to 25, and the rest is counted."""
    texts = [text for payload in render_slack(crowded(100)) for text in texts_of(payload)]
    assert "*40 more by headline*" in texts
    assert any(text.startswith("and 15 more, kept in the monitor") for text in texts)


@settings(deadline=None, max_examples=60)
@given(contents())
def test_any_digest_fits(content: DigestContent) -> None:
    """Whatever feeds and rule files hold, Slack would take every part, with buttons too; every story is in one."""
    with_buttons = render_slack(content, SlackWays(threads=True, buttons=True))
    assert_fits(with_buttons)
    rows = [block for payload in with_buttons for block in payload["blocks"] if block["type"] == "actions"]
    assert len(rows) == len(content.items)
    payloads = render_slack(content)
    assert_fits(payloads)
    reasons = [text for payload in payloads for text in texts_of(payload) if text.startswith("Why: ")]
    assert len(reasons) == len(content.items)
    for payload in payloads:
        for text in texts_of(payload):
            links = re.sub(r"<https?://[^|>]*\|[^<>]*>", "", text)
            assert "<" not in links
            assert ">" not in links
        json.dumps(payload).encode()


@pytest.mark.parametrize("unit", ['"', "&", "\\", "👩", "a"])
def test_the_longest_story_fits(unit: str) -> None:
    """A story whose every field is full of what JSON, HTML or UTF-16 makes longer still fits a message."""
    assert_fits(render_slack(crowded(2, unit=unit * 10)))
    assert_fits(render_slack(crowded(2, unit=unit * 10), SlackWays(threads=True, buttons=True)))


@settings(deadline=None, max_examples=60)
@given(LONG, LONG)
def test_any_notice_fits(subject: str, line: str) -> None:
    """A notice of any words is taken too."""
    assert_fits(plain_message(subject or "x", [line, "second"] * 30))


def test_a_hit_inside_a_word_is_not_marked_with_asterisks() -> None:
    """Slack reads an asterisk as bold only at the edge of a word; inside one it would be shown."""
    (payload,) = render_slack(sample_content())
    turkish = next(text for text in texts_of(payload) if "Dışişleri" in text)
    assert "*ateşkes* görüşmelerinin" in turkish
    assert "*İstanbul*'da süreceğini" in turkish
