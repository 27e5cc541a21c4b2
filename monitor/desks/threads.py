"""Which Slack messages tell a digest, and in which threads. PURE.

A digest is one message, numbered where it is split. Where threads are to be had, an immediate digest of few stories is
a message a story instead, so that each story has a thread of its own: its first message is the root, and what is told
of it at once later is an answer there. Refuses to know where in Slack a thread is: that shows when its root was sent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from monitor.desks.content import DigestContent
from monitor.desks.render_slack import Payload, SlackWays, articles_told, render_slack
from monitor.desks.schedule import IMMEDIATE, is_immediate
from monitor.desks.summary import alone
from monitor.model import Desk

MOST_ALONE = 5
"""Stories of one moment that are a message each; more are one digest, which an editor can look through."""


@dataclass(frozen=True, slots=True)
class Post:
    """One message to a channel."""

    payload: Payload
    tells: tuple[int, ...]
    """The articles that speak for the stories it tells; none where nothing can come of it later."""
    root_id: int | None = None
    """The delivery in whose thread it is an answer."""
    is_whole: bool = False
    """Tells all there is of its story, so that it waits for no other message of the digest."""


def posts_of(desk: Desk, content: DigestContent, ways: SlackWays, roots: Mapping[int, int]) -> tuple[Post, ...]:
    """Decide how a channel is told a digest.

    Args:
        desk: Whose digest it is.
        content: The digest.
        ways: What Slack lets us do.
        roots: The delivery that is the root of a story's thread in this channel, by story.

    Returns:
        Messages in order. What joined other stories stands at the end of the last one that is no answer, or of the
        last. An answer is shown in the channel too (`reply_broadcast`) where its severity does not wait.
    """
    items = content.items
    is_parted = ways.threads and content.slot == IMMEDIATE and 0 < len(items) <= MOST_ALONE and not content.cut
    if not is_parted:
        payloads = render_slack(content, ways)
        return tuple(Post(each, articles_told(each) if ways.threads else ()) for each in payloads)
    posts: list[Post] = []
    last = next((item for item in reversed(items) if item.story_id not in roots), items[-1])
    for item in items:
        root_id = roots.get(item.story_id)
        is_shown = root_id is not None and is_immediate(desk, item.severity)
        own = alone(content, item)
        payloads = render_slack(replace(own, growth=content.growth) if item is last else own, ways)
        for payload in payloads:
            shown = {**payload, "reply_broadcast": True} if is_shown else payload
            posts.append(Post(shown, articles_told(payload), root_id, is_whole=len(payloads) == 1))
    return tuple(posts)
