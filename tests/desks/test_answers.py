"""The links beside stories: made for nobody once, exchanged for each recipient's, within the limits of a mail."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime

from monitor.desks.answers import NOBODY, addressed, answers
from monitor.desks.content import DigestContent
from monitor.desks.outbox import Sender, package, sender_of
from monitor.desks.render_email import HTML_LIMIT, STORY_LIMIT, render_email
from monitor.desks.render_text import render_text
from monitor.desks.sample import DESK, sample_content
from monitor.model import ChannelKind, EmailChannel, FeedbackKind
from monitor.web.links import Links

REAL = Links("https://monitor.example.org/pages", "a key of these tests that is long enough")


@dataclass(frozen=True)
class PlainLinks:
    """Links that a person can read; of one length, as the real ones are."""

    def feedback(self, recipient: str, *, desk_id: str, article_id: int, kind: FeedbackKind, at: datetime) -> str:
        return f"https://m.example/{recipient or 'nobody':_<20}/{desk_id}/{article_id}/{kind.value}"

    def unsubscribe(self, recipient: str, *, desk_id: str, at: datetime) -> str:
        return f"https://m.example/leave/{recipient:_<20}/{desk_id}"


def crowded(stories: int) -> DigestContent:
    """Return the sample with so many stories, each as long as its longest."""
    content = sample_content()
    longest = max(content.items, key=lambda item: len(repr(item)))
    items = tuple(replace(longest, story_id=number, article_id=1000 + number) for number in range(stories))
    return replace(content, sections=(replace(content.sections[0], items=items),), cut=())


def sent(content: DigestContent, sender: Sender, *recipients: str) -> dict[str, str]:
    desk = replace(DESK, channels=(EmailChannel(recipients),))
    made = package(desk, content, sender=sender).deliveries
    return {each.recipient: each.payload.decode() for each in made if each.channel is ChannelKind.EMAIL}


def test_without_links_a_digest_is_as_it_was() -> None:
    """Nothing is written where nothing would hear an answer."""
    content = sample_content()
    assert answers(content, None) == {}
    assert "elevant" not in render_text(content)
    assert 'class="answers"' not in render_email(content).html


def test_both_parts_have_two_links_a_story() -> None:
    """In the order of the stories, relevant first; what is only named has none."""
    content = sample_content()
    body = render_email(content, links=PlainLinks())
    wanted = [
        PlainLinks().feedback(NOBODY, desk_id=content.desk_id, article_id=item.article_id, kind=kind, at=content.at)
        for item in content.items
        for kind in (FeedbackKind.RELEVANT, FeedbackKind.NOT_RELEVANT)
    ]
    assert re.findall(r'href="(https://m\.example/[^"]+)"', body.html) == wanted
    assert re.findall(r"elevant: (\S+)", body.text) == wanted


def test_each_recipient_gets_their_own_and_the_record_nobodys() -> None:
    """No mail has another's link, nor nobody's; what is kept has nobody's alone; the header follows."""
    content, sender = sample_content(), sender_of("m@example.org", links=PlainLinks())
    mails = sent(content, sender, "ann@example.org", "bob@example.org")
    for who, other in (("ann", "bob"), ("bob", "ann")):
        raw = mails[f"{who}@example.org"].replace("=\r\n", "")
        assert f"https://m.example/{who}@example.org_____/" in raw
        assert f"List-Unsubscribe: <https://m.example/leave/{who}@example.org_____/{DESK.id}>" in raw
        assert "List-Unsubscribe-Post: List-Unsubscribe=One-Click" in raw
        assert other not in raw
        assert "nobody" not in raw
    kept = package(DESK, content, sender=sender).digest
    assert "nobody______________" in kept.html
    assert "example.org_" not in kept.html + kept.text


def test_an_operators_own_address_to_leave_comes_first() -> None:
    """Where a list server takes people off at once, its address stays in the header."""
    own = sender_of("m@example.org", unsubscribe="https://lists.example/leave", links=PlainLinks())
    raw = sent(sample_content(), own, "ann@example.org")["ann@example.org"]
    assert "List-Unsubscribe: <https://lists.example/leave>" in raw


def test_a_mail_with_links_keeps_its_limits() -> None:
    """For every recipient alike: the links of nobody are as long as anybody's."""
    content = crowded(90)
    body = render_email(content, links=REAL)
    assert 0 < body.told <= STORY_LIMIT
    assert body.told < render_email(content).told  # the limit is what decides here
    assert f"{90 - body.told} more by headline" in body.text
    nobodys = answers(content, REAL)
    for recipient in ("a@b.example", "somebody.with.a.long.name@newsroom.example.org"):
        html = addressed(body.html, nobodys, answers(content, REAL, recipient))
        assert len(html.encode()) == len(body.html.encode()) <= HTML_LIMIT
        assert len(re.findall("/pages/feedback/", html)) == 2 * body.told


def test_the_same_digest_has_the_same_links() -> None:
    """A digest that is made again after a crash is byte for byte the same mail."""
    sender = sender_of("m@example.org", links=REAL)
    assert sent(sample_content(), sender, "ann@example.org") == sent(sample_content(), sender, "ann@example.org")
