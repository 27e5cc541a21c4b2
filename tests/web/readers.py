"""Readers of a real digest mail, before the real server on loopback: what they find in it, and what they press."""

from __future__ import annotations

import email
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from email import policy
from email.message import EmailMessage
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urljoin

import httpx

from monitor.desks.outbox import sender_of
from monitor.model import Feedback
from monitor.web.links import Links
from monitor.web.server import listening, serving
from tests.pipeline.flow import Flow, Item, a_flow

SECRET = "a key of these tests that is long enough"
DESKS = """
desks:
  - id: south-asia
    name: South Asia
    timezone: Asia/Karachi
    channels: [{email: [desk@example.org, late@example.org]}]
  - {id: wire, name: Wire, channels: [{email: wire@example.org}]}
"""
RULES = """
actors:
  ttp: {name: TTP, aliases: [Pakistani Taliban, تحریک طالبان پاکستان]}
lexicons:
  truce: [truce, ceasefire, جنگ بندی]
rules:
  - {id: ttp-truce, title: TTP truce, query: "actor:ttp AND lexicon:truce", severity: high, desks: [south-asia, wire]}
"""


class _Found(HTMLParser):
    """The links and forms of a page or a mail, as a program sees them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.forms: list[dict[str, str | None]] = []
        self.tags: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.tags.append(tag)
        if tag == "a" and given.get("href"):
            self.links.append(str(given["href"]))
        elif tag == "form":
            self.forms.append(given)


def links_in(page: str) -> list[str]:
    return _Found(page).links


def tags_in(page: str) -> list[str]:
    return _Found(page).tags


def button_of(response: httpx.Response) -> str:
    """Return where the one form of a page goes."""
    (form,) = _Found(response.text).forms
    assert form["method"] == "post"
    return urljoin(str(response.url), str(form["action"]))


@dataclass
class Mail:
    """A mail as it arrived."""

    message: EmailMessage

    def part(self, subtype: str) -> str:
        body = self.message.get_body((subtype,))
        assert isinstance(body, EmailMessage)
        return str(body.get_content())

    @property
    def answers(self) -> list[str]:
        """Return the links beside the stories: relevant, not relevant, story after story."""
        return [url for url in links_in(self.part("html")) if "/feedback/" in url]


@dataclass
class Readers:
    """The flow behind, the pages in front, and a browser."""

    flow: Flow
    links: Links
    browser: httpx.AsyncClient

    async def are_told(self, *items: Item) -> dict[str, Mail]:
        """Let a feed publish, and return the mails that came of it, by recipient."""
        before = len(self.flow.mail.arrived)
        old = Item("old", "Weather")
        for feed_id in ("hill", "bay", "moor"):
            self.flow.publishes(feed_id, old)
        await self.flow.poll()
        await self.flow.digests.digest_due()  # desks are known from now on
        self.flow.publishes("hill", *items, old)
        await self.flow.poll_after()
        await self.flow.digests.digest_due()
        await self.flow.outbox.deliver_due()
        return {delivery.recipient: Mail(_read(delivery.payload)) for delivery in self.flow.mail.arrived[before:]}

    async def said(self) -> list[Feedback]:
        """Return all that was ever recorded."""
        start = self.flow.clock.now() - timedelta(days=400)
        found: list[Feedback] = await self.flow.asks(lambda store: store.feedback.since(start))
        return found


def _read(payload: bytes) -> EmailMessage:
    message = email.message_from_bytes(payload, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


@asynccontextmanager
async def readers_of(folder: Path, *, rules: str = RULES, desks: str = DESKS) -> AsyncIterator[Readers]:
    """Join the flow, the pages and a browser for the length of a block."""
    with listening("127.0.0.1", 0) as listener:
        links = Links(f"http://127.0.0.1:{listener.getsockname()[1]}", SECRET)
        async with (
            a_flow(folder, rules=rules, desks=desks, operator="operator@example.org") as flow,
            serving(flow.core, links, listener),
            httpx.AsyncClient(trust_env=False, follow_redirects=True, timeout=10) as browser,
        ):
            mailing = replace(flow.core.options.mailing, sender=sender_of("monitor@example.org", links=links))
            flow.core.options = replace(flow.core.options, mailing=mailing)
            yield Readers(flow, links, browser)
