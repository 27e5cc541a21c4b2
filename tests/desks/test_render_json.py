"""The digest as JSON, for programs."""

from __future__ import annotations

import json
from dataclasses import replace

from monitor.desks.digest import digest_key
from monitor.desks.outbox import KIND_OF, package, sender_of
from monitor.desks.render_json import render_json, render_message
from monitor.desks.sample import DESK, sample_content
from monitor.model import AppriseChannel, ChannelKind, WebhookChannel

STORY_FIELDS = {
    "story", "alerts", "kind", "severity", "rule", "headline", "url", "outlet", "outlets", "language", "seen",
    "sentence", "why", "developments", "conflicts", "held", "article", "first",
}  # fmt: skip


def test_it_has_what_an_editor_reads() -> None:
    """Every story with its reasons; marks are where the words stand, in code points."""
    content = sample_content()
    document = json.loads(render_json(content))
    assert (document["type"], document["version"], document["desk"]["id"]) == ("digest", 1, "south-asia")
    assert document["at"] == "2026-11-20T08:00:00Z"
    assert [story["story"] for story in document["stories"]] == [item.story_id for item in content.items]
    first = document["stories"][0]
    assert set(first) == STORY_FIELDS
    marked = [first["headline"]["text"][start:end] for start, end in first["headline"]["marks"]]
    assert marked == ["Pakistani Taliban", "truce"]
    urdu = next(story for story in document["stories"] if story["language"] == "ur")
    assert [urdu["headline"]["text"][start:end] for start, end in urdu["headline"]["marks"]] == ["استنبول", "جنگ بندی"]
    assert first["why"][0]["found"][0] == {"text": "Pakistani Taliban", "note": "actor ttp"}
    assert document["proof_of_life"].startswith("4 stories. 212 of 215 feeds healthy")


def test_an_empty_digest_is_a_document_too() -> None:
    """Proof of life alone."""
    document = json.loads(render_json(sample_content(empty=True)))
    assert (document["stories"], document["severity"]) == ([], None)


def test_each_webhook_and_name_gets_one_delivery() -> None:
    """Once each, with ids of their own that the same digest gives again."""
    ways = (WebhookChannel("https://a.example/x"), WebhookChannel("https://a.example/x"), AppriseChannel("night"))
    content = sample_content()
    made = package(replace(DESK, channels=ways), content, sender=sender_of("monitor@example.org"))
    again = package(replace(DESK, channels=ways), content, sender=sender_of("monitor@example.org"))
    assert made == again
    assert [(each.channel, each.recipient) for each in made.deliveries] == [
        (ChannelKind.WEBHOOK, "https://a.example/x"),
        (ChannelKind.APPRISE, "night"),
    ]
    assert [each.payload for each in made.deliveries] == [render_json(content), render_message(content)]
    assert len({each.message_id for each in made.deliveries}) == 2
    assert content.key == digest_key("south-asia", content.slot, content.alert_ids, content.at)


def test_a_message_has_a_title_and_the_written_text() -> None:
    """What Apprise takes."""
    message = json.loads(render_message(sample_content()))
    assert message["title"].startswith("[HIGH] TTP ceasefire")
    assert "Why: TTP ceasefire" in message["body"]


def test_every_way_has_its_kind() -> None:
    """A new way in a rule file cannot be forgotten."""
    assert set(KIND_OF.values()) == set(ChannelKind)
