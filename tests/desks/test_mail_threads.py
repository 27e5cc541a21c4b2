"""Which mails a digest answers: those about its story, those of its desk's day, or none."""

from __future__ import annotations

from dataclasses import replace

from monitor.desks.content import DigestContent
from monitor.desks.mail_threads import MOST_REFERENCES, Answered, MailThread, answered_by, lead_of
from monitor.desks.sample import sample_content
from monitor.desks.schedule import IMMEDIATE
from monitor.desks.summary import alone, answering, preheader_of, subject_of
from monitor.model import Alert, AlertKind
from tests.desks.build import alert

FULL = sample_content()
"""Four stories in a slot of the schedule."""
SINGLE = alone(FULL, FULL.items[0])
FLASH = replace(SINGLE, slot=IMMEDIATE)


def told(*digest_ids: int | None, desk: str = FULL.desk_id) -> list[Alert]:
    return [replace(alert(number, desk_id=desk), digest_id=each) for number, each in enumerate(digest_ids, start=1)]


def answered(content: DigestContent, alerts: list[Alert], today: tuple[int, ...] = ()) -> Answered:
    return answered_by(content, told=alerts, today=today)


def test_what_develops_answers_the_mails_that_told_it() -> None:
    """At once or in a slot of its own, oldest first, each digest once; what waits was in no mail."""
    for content in (FLASH, SINGLE):
        assert answered(content, told(9, 4, 4, None), (7, 8)) == Answered((4, 9), is_storys=True)


def test_what_is_new_begins_a_thread() -> None:
    """A flash of a story that nobody was told of, or only another desk, answers nothing."""
    assert answered(FLASH, told(None)) == Answered()
    assert answered(FLASH, told(3, desk="another")) == Answered()


def test_digests_of_a_schedule_answer_those_of_the_day() -> None:
    """Several stories, none, or a new one alone: the desk's day, whatever became of the stories before."""
    empty = replace(FULL, sections=())
    assert lead_of(empty) is None
    for content, alerts in ((FULL, told(2)), (empty, []), (SINGLE, told(None))):
        assert answered(content, alerts, (5, 6)) == Answered((5, 6))
    assert answered(FULL, told(2)) == Answered()


def test_references_keep_the_first_and_the_last() -> None:
    """The first mail names the thread, the last is answered; a recipient whom nothing was sent has none."""
    ids = [f"<{number}@example.org>" for number in range(50)]
    thread = MailThread({"a@example.org": ids, "b@example.org": ids[:3]})
    long = thread.references("a@example.org")
    assert len(long) == MOST_REFERENCES
    assert (long[0], long[1], long[-1]) == (ids[0], ids[31], ids[49])
    assert thread.references("b@example.org") == tuple(ids[:3])
    assert thread.references("c@example.org") == ()


def test_an_answer_repeats_the_subject_of_the_first_mail() -> None:
    """So that programs which compare subjects thread it; that it is an update shows in "Re:" and in the preheader."""
    new = replace(FULL.items[0], kind=AlertKind.NEW, developments=())
    developed = replace(new, kind=AlertKind.DEVELOPED, developments=("severity rose from normal to high",))
    assert answering(subject_of([developed])) == f"Re: {subject_of([new])}"
    assert preheader_of([developed]) == "severity rose from normal to high"
