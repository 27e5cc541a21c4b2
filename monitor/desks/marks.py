"""What became of a story since a Slack message told it, written into that message: news, who took it, a mute. PURE.

The message is always written anew from its first form and from all that is known now, so that an edit made twice, or
made late, does no harm. Refuses to know how a message is edited (`delivery/slack.py`).
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from monitor.desks.excerpt import one_line, shorten
from monitor.desks.mutes import muted_until
from monitor.desks.render_slack import MESSAGE_LIMIT, TOP_ID, Payload, articles_told, fit, size_of, why_id
from monitor.desks.routing import CHANGED
from monitor.model import Alert, AlertKind, Desk, Feedback, FeedbackKind, Mute

_NEWS_LIMIT, _NAME_LIMIT = 300, 80
_USER = re.compile(r"[UW][A-Z0-9]{2,20}")
"""A member of a Slack workspace; only such a name becomes a mention, which in an edit calls nobody."""
_ROOM = 60
"""What a context element takes beside its text, and more."""
_POSTED_ONLY = ("channel", "unfurl_links", "unfurl_media", "reply_broadcast")
"""What chat.update does not know, or is told by the sender."""


@dataclass(frozen=True, slots=True)
class Since:
    """What is known of one story after a message told it."""

    alerts: Sequence[Alert] = ()
    """Of the desk, told by later digests, oldest first."""
    company: str = ""
    """How many carry the story by now, such as "9 outlets, 2 origins"."""
    said: Sequence[Feedback] = ()
    """In order."""
    mutes: Sequence[Mute] = ()
    """Those that hold and concern the desk."""


@dataclass(frozen=True, slots=True)
class Marks:
    """What is written into a message of one story; mrkdwn, "" where there is nothing to say."""

    news: str = ""
    claim: str = ""
    mute: str = ""


def marks_of(desk: Desk, since: Since, *, now: datetime) -> Marks:
    """Write what is to be said of one story.

    Args:
        desk: On whose clock.
        since: What is known of the story.
        now: To leave out the day where it is today's.
    """
    developed = [alert for alert in since.alerts if alert.kind is AlertKind.DEVELOPED]
    news = claim = mute = ""
    if developed:
        because = one_line(developed[-1].because.replace(CHANGED, ""))
        told = "; ".join(each for each in (shorten(because, _NEWS_LIMIT), since.company) if each)
        news = f"*Updated {_clock(desk, developed[-1].created_at, now)}:* {fit(told, _NEWS_LIMIT + _NAME_LIMIT)}"
    claims = [each for each in since.said if each.kind is FeedbackKind.CLAIM and each.desk_id == desk.id]
    if claims:
        claim = f"*Claimed* by {shown_name(claims[-1].who)}, {_clock(desk, claims[-1].at, now)}"
    if since.mutes:
        who = since.mutes[-1].who
        until = muted_until(desk, since.mutes).removeprefix("muted ")
        mute = f"*Muted* {until}" + (f" by {shown_name(who)}" if who else "")
    return Marks(news, claim, mute)


def marked(payload: Payload, marks: Mapping[int, Marks]) -> Payload:
    """Write marks into a message as it was posted; the arguments of `chat.update` but for channel and time.

    Of a message of one story the sentence on top gives way to the news; elsewhere marks stand under their story. What
    no longer fits into the message is left out: it stands in the thread.

    Args:
        payload: The body that was posted.
        marks: By the article that speaks for the story.
    """
    body = {name: value for name, value in copy.deepcopy(payload).items() if name not in _POSTED_ONLY}
    blocks = {block.get("block_id"): block for block in body["blocks"]}
    told = articles_told(payload)
    is_lone = len(told) == 1
    for article_id in told:
        own = marks.get(article_id, Marks())
        under = blocks[why_id(article_id)]["elements"]
        if own.news and is_lone and TOP_ID in blocks:
            blocks[TOP_ID]["text"]["text"] = own.news
        for text in (own.claim, own.mute, "" if is_lone else own.news):
            if text and size_of(body) + len(json.dumps(text, ensure_ascii=False)) * 2 + _ROOM <= MESSAGE_LIMIT:
                under.append({"type": "mrkdwn", "text": text, "verbatim": True})
    return body


def shown_name(who: str) -> str:
    """Write who said something: a member of the workspace as a mention, anybody else as they are."""
    return f"<@{who}>" if _USER.fullmatch(who) else fit(one_line(who), _NAME_LIMIT)


def _clock(desk: Desk, at: datetime, now: datetime) -> str:
    zone = ZoneInfo(desk.timezone)
    local = at.astimezone(zone)
    return f"{local:%H:%M}" if local.date() == now.astimezone(zone).date() else f"{local.day} {local:%b %H:%M}"
