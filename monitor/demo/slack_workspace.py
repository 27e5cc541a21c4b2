"""What stands in the channels of the Slack stand-in: messages, their threads and their edits.

Knows no HTTP and plans no faults (`slack_standin`); what a message may hold is `slack_limits`. An answer to a message
that is not there any more stands in the channel, without a word of refusal, as it does in Slack
(https://github.com/slack-go/slack/issues/1571).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Post:
    """A message that was accepted."""

    channel: str
    """As the sender named it; "" for a webhook, which knows its own channel."""
    ts: str
    """Slack's name of the message: seconds and a counter, "1763640000.000001"."""
    payload: Mapping[str, Any]
    """As it was posted."""
    raw: bytes
    """The request's body, byte for byte."""
    at: datetime
    via: str
    """"api" or "webhook"."""
    reply_lost: bool = False
    """The sender was never told."""
    thread_ts: str = ""
    """The message that it answers, "" for one that stands in the channel itself."""


@dataclass(frozen=True, slots=True)
class Update:
    """An edit that was accepted."""

    ts: str
    payload: Mapping[str, Any]
    at: datetime


class Workspace:
    """The channels and all that was posted. Not safe for several threads by itself.

    Args:
        channels: Names that exist.
        now: The wall clock, for `ts`.
    """

    def __init__(self, channels: Collection[str], now: Callable[[], datetime]) -> None:
        self.posts: list[Post] = []
        self.updates: list[Update] = []
        self._now = now
        self._ids = {name: f"C{number:010d}" for number, name in enumerate(sorted(channels), start=1)}
        self._deleted: set[str] = set()
        self._counter = 0

    def add_channels(self, names: Iterable[str]) -> None:
        """Let further channels exist."""
        for name in names:
            self._ids.setdefault(name, f"C{len(self._ids) + 1:010d}")

    @property
    def ids(self) -> Mapping[str, str]:
        """Return the channels' ids by name."""
        return self._ids

    def id_of(self, channel: str) -> str | None:
        """Return the id of a channel given by name or id, None for one that does not exist."""
        return self._ids.get(channel) or (channel if channel in self._ids.values() else None)

    def accept(self, channel: str, payload: Mapping[str, Any], raw: bytes, *, via: str, lost: bool) -> Post:
        """Put a message where it belongs."""
        self._counter += 1
        at = self._now()
        ts = f"{int(at.timestamp())}.{self._counter:06d}"
        asked = str(payload.get("thread_ts", ""))
        root = self.find(self.id_of(channel), asked)
        post = Post(channel, ts, payload, raw, at, via, lost, "" if root is None else asked)
        self.posts.append(post)
        return post

    def find(self, channel_id: str | None, ts: str) -> Post | None:
        """Return a message that is there."""
        return next((post for post in self._in(channel_id) if post.ts == ts), None)

    def update(self, post: Post, payload: Mapping[str, Any]) -> None:
        """Put a message anew; what is not given stays (blocks, metadata)."""
        self.updates.append(Update(post.ts, payload, self._now()))

    def delete(self, ts: str) -> None:
        """Let an editor delete a message."""
        self._deleted.add(ts)

    def shown(self, post: Post) -> Mapping[str, Any]:
        """Return a message as it reads now."""
        newest = [update.payload for update in self.updates if update.ts == post.ts]
        return {**post.payload, **newest[-1]} if newest else post.payload

    def history(self, channel_id: str) -> list[Post]:
        """Return what stands in a channel, newest first: no answers but those that are shown there too."""
        found = [p for p in self._in(channel_id) if not p.thread_ts or p.payload.get("reply_broadcast")]
        return found[::-1]

    def replies(self, channel_id: str, ts: str) -> list[Post]:
        """Return a message and the answers to it, oldest first; nothing where it is not there."""
        if self.find(channel_id, ts) is None:
            return []
        return [post for post in self._in(channel_id) if ts in (post.ts, post.thread_ts)]

    def transcript(self, channel: str) -> Iterator[str]:
        """Write a channel as a person sees it: each message's first lines, its answers indented below."""
        channel_id = self.id_of(channel)
        for post in self._in(channel_id):
            if not post.thread_ts:
                yield from _lines(post, self.shown(post), "")
                for answer in self.replies(channel_id or "", post.ts)[1:]:
                    yield from _lines(answer, self.shown(answer), "    ")

    def _in(self, channel_id: str | None) -> list[Post]:
        return [
            post
            for post in self.posts
            if post.via == "api" and self.id_of(post.channel) == channel_id and post.ts not in self._deleted
        ]


def message_of(post: Post, shown: Mapping[str, Any], *, with_metadata: bool) -> dict[str, Any]:
    """Write a message as conversations.history and conversations.replies do."""
    message = {"type": "message", "ts": post.ts, "text": shown.get("text", "")}
    if post.thread_ts:
        message["thread_ts"] = post.thread_ts
    if with_metadata and "metadata" in shown:
        message["metadata"] = shown["metadata"]
    return message


def _lines(post: Post, shown: Mapping[str, Any], indent: str) -> Iterator[str]:
    also = " (also in the channel)" if post.thread_ts and post.payload.get("reply_broadcast") else ""
    edited = " (edited)" if shown is not post.payload else ""
    yield f"{indent}{post.at:%H:%M} {shown.get('text', '')}{also}{edited}"
    for block in shown.get("blocks", ()):
        texts = [element["text"] for element in (block.get("text"), *block.get("elements", ())) if element]
        words = " | ".join(text["text"] if isinstance(text, dict) else str(text) for text in texts)
        if words and block["type"] != "header":
            yield from (f"{indent}      {line}" for line in words.split("\n"))
