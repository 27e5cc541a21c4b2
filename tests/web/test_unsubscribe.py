"""Who asks to leave: a notice to the operator, once, until the rule files have it."""

from __future__ import annotations

from monitor.pipeline.leaving import commit_fulfilled
from tests.pipeline.flow import Item
from tests.web.readers import DESKS, Readers, button_of

TRUCE = Item("truce", "Pakistani Taliban call off truce")
ASKED = ("unsubscribe.asked", "late@example.org from south-asia")


async def leave_link(readers: Readers) -> str:
    mail = (await readers.are_told(TRUCE))["late@example.org"]
    return str(mail.message["List-Unsubscribe"]).strip("<>")


async def test_one_click_tells_the_operator_once(readers: Readers) -> None:
    """A mail program's POST is answered with a page, not a redirect; again, it is known already."""
    link = await leave_link(readers)
    for _ in range(2):
        done = await readers.browser.post(link, data={"List-Unsubscribe": "One-Click"}, follow_redirects=False)
        assert done.status_code == 200
        assert "late@example.org" in done.text
        assert "Digests may still come until that is done" in done.text
    assert await readers.flow.departures() == [ASKED]
    await readers.flow.digests.digest_due()
    await readers.flow.outbox.deliver_due()
    (notice,) = [d for d in readers.flow.mail.arrived if d.recipient == "operator@example.org"]
    assert b"unsubscribe.asked" in notice.payload


async def test_a_person_is_asked_first(readers: Readers) -> None:
    """A GET shows what the button does, and changes nothing."""
    link = await leave_link(readers)
    asked = await readers.browser.get(link)
    assert "Leave the digests of South Asia?" in asked.text
    assert await readers.flow.departures() == []
    await readers.browser.post(button_of(asked))
    assert await readers.flow.departures() == [ASKED]


async def test_a_request_is_over_when_the_rule_files_have_it(readers: Readers) -> None:
    """Not before; then a new one may be made, by who is a recipient again."""
    await readers.browser.post(await leave_link(readers))
    await readers.flow.core.writer.run(commit_fulfilled, readers.flow.core)
    assert await readers.flow.departures() == [ASKED]
    readers.flow.writes(desks=DESKS.replace(", late@example.org", ""))
    await readers.flow.core.writer.run(commit_fulfilled, readers.flow.core)
    assert await readers.flow.departures() == []


async def test_a_link_of_a_story_is_none_to_leave_by(readers: Readers) -> None:
    """Each kind of link has a key of its own; a cut one is said to be."""
    mail = (await readers.are_told(TRUCE))["late@example.org"]
    token = mail.answers[0].rpartition("/")[2]
    leave = str(mail.message["List-Unsubscribe"]).strip("<>")
    for wrong in (f"{leave.rpartition('/')[0]}/{token}", leave[:-1]):
        assert (await readers.browser.post(wrong)).status_code == 404
    assert await readers.flow.departures() == []
