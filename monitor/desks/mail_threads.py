"""Which mails a digest answers, so that mail programs show a story, or a desk's day, in one place. PURE.

What is told of one story answers the mails that told it before to the same recipient; the digests of a schedule answer
those of the same local day. The ids are of mails that were sent, each recipient's own, never made up: a thread whose
first message nobody has shows as a gap. Refuses to know where the ids are kept.

Mail programs that go by References (RFC 5322 section 3.6.4) thread both. Gmail wants the same subject as well
(https://workspaceupdates.googleblog.com/2019/03/threading-changes-in-gmail-conversation-view.html), so an answer about
a story repeats the subject of its first mail as far as it is still true: a headline that was corrected is not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from monitor.desks.content import DigestContent
from monitor.desks.schedule import IMMEDIATE
from monitor.model import Alert

MOST_REFERENCES = 20
"""Ids in References: the first, by which the thread is known, and the last ones."""

MailIds = Mapping[str, Sequence[str]]
"""By recipient, Message-IDs in angle brackets, oldest first."""


@dataclass(frozen=True, slots=True)
class MailThread:
    """What a digest's mails answer."""

    before: MailIds = field(default_factory=dict)
    """A recipient who is not in it gets the first mail of a thread."""
    is_storys: bool = False
    """Whether it is about one story; else it is the desk's day."""

    def references(self, recipient: str) -> tuple[str, ...]:
        """Return what a recipient's mail refers to, oldest first, at most `MOST_REFERENCES`."""
        ids = tuple(self.before.get(recipient, ()))
        return ids if len(ids) <= MOST_REFERENCES else ids[:1] + ids[1 - MOST_REFERENCES :]


NO_THREAD = MailThread()


@dataclass(frozen=True, slots=True)
class Answered:
    """The digests that a digest answers."""

    digest_ids: tuple[int, ...] = ()
    """Oldest first."""
    is_storys: bool = False


def lead_of(content: DigestContent) -> int | None:
    """Return the story that a digest's subject names, None where it tells none."""
    return content.items[0].story_id if content.items else None


def answered_by(content: DigestContent, *, told: Sequence[Alert], today: Sequence[int]) -> Answered:
    """Decide which digests a digest answers.

    Args:
        content: The digest.
        told: All alerts of the story that its subject names, of any desk, waiting ones too.
        today: The digests that filled slots of the desk's schedule on this local day, oldest first.
    """
    before = {alert.digest_id for alert in told if alert.desk_id == content.desk_id and alert.digest_id is not None}
    is_scheduled = content.slot != IMMEDIATE
    is_of_one = len(content.items) == 1 and not content.cut
    if before and (is_of_one or not is_scheduled):
        return Answered(tuple(sorted(before)), is_storys=True)
    return Answered(tuple(today)) if is_scheduled else Answered()
