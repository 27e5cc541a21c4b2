"""A button that somebody pressed under a story: recorded once, shown in the message, answered in words.

Each press is one unit of work on the writer thread. Refuses to know how presses arrive (`delivery/slack_buttons.py`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.desks.buttons import Button, Pressed, read_press
from monitor.desks.marks import shown_name
from monitor.desks.mutes import muted_until
from monitor.model import ChannelKind, Desk, Feedback, FeedbackKind, Mute, Press
from monitor.pipeline.core import Core
from monitor.pipeline.feedback import note_feedback
from monitor.pipeline.threads import queue_edits

A_DAY = timedelta(hours=24)
UNKNOWN = "The monitor does not know this button: it may be of another version, or of another program."
NO_DESK = "Nothing was recorded: the monitor's rule files have no desk {desk} any more."
NO_STORY = "Nothing was recorded: the monitor does not keep this story any more."

_KINDS = {
    Button.RELEVANT: FeedbackKind.RELEVANT,
    Button.NOT_RELEVANT: FeedbackKind.NOT_RELEVANT,
    Button.CLAIM: FeedbackKind.CLAIM,
}
_SAID = {FeedbackKind.RELEVANT: "relevant", FeedbackKind.NOT_RELEVANT: "not relevant"}


@dataclass(frozen=True, slots=True)
class _Taken:
    """What a press came to."""

    says: str
    """To the presser."""
    is_shown: bool = False
    """Whether everybody is to see it."""
    said: Feedback | None = None
    """What was recorded that nobody had said before."""


class Presses:
    """Takes presses over one core."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def take(self, press: Press) -> str:
        """Record what a press asks, and queue the edit that shows it; on the writer thread.

        Returns:
            What the presser is to be told, "" for a press that was taken before.
        """
        store, log = self._core.store, self._core.log
        pressed = read_press(press)
        if pressed is None:
            log.warning("press.refused", action=press.action, place=press.place, who=press.who)
            return UNKNOWN
        desk = self._core.live.book.desks.get(pressed.desk_id)
        if desk is None:
            log.warning("press.refused", action=press.action, desk=pressed.desk_id, who=press.who)
            return NO_DESK.format(desk=pressed.desk_id)
        article = store.articles.get([pressed.article_id]).get(pressed.article_id)
        if article is None or article.story_id is None:
            log.warning("press.refused", action=press.action, article=pressed.article_id, who=press.who)
            return NO_STORY
        with store.unit_of_work():
            if not store.presses.take(press.id, press.at):
                return ""
            taken = self._record(desk, pressed, article.story_id, press)
            if taken.is_shown:
                self._show(desk, article.story_id, press)
        if taken.said is not None:
            note_feedback(self._core, taken.said)
        log.info("press.taken", action=pressed.button.value, story=article.story_id, desk=desk.id, who=press.who)
        return taken.says

    def _record(self, desk: Desk, pressed: Pressed, story_id: int, press: Press) -> _Taken:
        """Record what is asked."""
        if pressed.button in (Button.MUTE_A_DAY, Button.MUTE_UNTIL_IT_DEVELOPS):
            until = press.at + A_DAY if pressed.button is Button.MUTE_A_DAY else None
            return self._mute(desk, story_id, press.who, press.at, until)
        store, kind = self._core.store, _KINDS[pressed.button]
        before = [each.who for each in store.feedback.of_stories([story_id]) if _is_claim(each, desk)]
        said = Feedback(0, pressed.article_id, desk.id, kind, press.who, ChannelKind.SLACK, press.at)
        new = said if store.feedback.add(said) else None
        if kind is not FeedbackKind.CLAIM:
            return _Taken(f"{'Noted before' if new is None else 'Noted'}: {_SAID[kind]} for {desk.id}.", said=new)
        if new is None:
            return _Taken("This story is yours already.")
        whose = f"; {shown_name(before[-1])} had it before" if before else ""
        return _Taken(f"This story is yours now{whose}.", is_shown=True, said=new)

    def _mute(self, desk: Desk, story_id: int, who: str, at: datetime, until: datetime | None) -> _Taken:
        """Hold the alerts of a story, unless that is so already for as long."""
        store = self._core.store
        open_ones = [mute for mute in store.mutes.of_stories([story_id]) if _holds(mute, desk)]
        if any(mute.until is None or (until is not None and mute.until >= until) for mute in open_ones):
            return _Taken(f"This story is {muted_until(desk, open_ones)} already.")
        made = Mute(0, story_id, desk.id, at, until, who=who)
        store.mutes.add(made)
        until_when = muted_until(desk, [*open_ones, made])
        return _Taken(f"This story is {until_when} for {desk.id}. What comes of it is held, not lost.", is_shown=True)

    def _show(self, desk: Desk, story_id: int, press: Press) -> None:
        """Edit the message under which the button is, and the first one of the story in that channel."""
        store = self._core.store
        message = store.deliveries.with_receipt(ChannelKind.SLACK, press.receipt)
        if message is None:
            return
        root = store.deliveries.root(story_id, desk_id=desk.id, channel=message.channel, recipient=message.recipient)
        ids = [message.id, *([root.id] if root is not None else [])]
        queue_edits(desk, ids, store=store, sender=self._core.options.mailing.sender, now=press.at)


def _is_claim(said: Feedback, desk: Desk) -> bool:
    return said.kind is FeedbackKind.CLAIM and said.desk_id == desk.id


def _holds(mute: Mute, desk: Desk) -> bool:
    return mute.ended_at is None and mute.desk_id in ("", desk.id)
