"""Threads as a real mail server gets them: a story's in one, a desk's day in one, each recipient's own."""

from __future__ import annotations

import email
import email.policy
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

from monitor.delivery.smtp import SmtpChannel
from monitor.demo.mailbox import Mailbox
from monitor.model import ChannelKind
from monitor.pipeline.outbox import Outbox
from monitor.workers import Workers
from tests.pipeline.flow import PERIOD, Flow, Item, a_flow

EAST, WEST = "east@example.org", "west@example.org"
AT_ONCE = f"desks: [{{id: flash, name: Flash, channels: [{{email: [{EAST}, {WEST}]}}]}}]"
BY_DAY = f'desks: [{{id: day, name: Day, digests: ["07:00", "08:00", "09:00"], channels: [{{email: {EAST}}}]}}]'
RULES = """
actors:
  ttp: {name: TTP, aliases: [Pakistani Taliban]}
lexicons:
  truce: [truce, ceasefire]
rules:
  - {id: truce, title: Truce, query: "actor:ttp AND lexicon:truce", severity: high, desks: [{desk}]}
"""
OLD = Item("old", "Rain closes the Lowari tunnel road for a night")
FIRST = Item("1", "Pakistani Taliban keep truce", "The truce holds, elders said. It began on 3 November in Wana.")
EDITED = Item("1", "Pakistani Taliban keep truce", "The truce holds, elders said. It began on 9 November in Wana.")
DENIED = Item("1", "Pakistani Taliban deny truce", "No truce holds, elders said. Talks began on 9 November in Wana.")
OTHER = Item("2", "Pakistani Taliban name ceasefire envoys", "Three clerics from Bannu will carry letters to Kabul.")
THIRD = Item(
    "3", "Pakistani Taliban shell a customs post despite ceasefire", "Lorries burned at Torkham, drivers said."
)
FOURTH = Item("4", "Pakistani Taliban free hostages under ceasefire", "Nine engineers walked home to Dera Ismail Khan.")


@asynccontextmanager
async def _a_desk(folder: Path, desks: str) -> AsyncIterator[tuple[Flow, Mailbox]]:
    """Join the flow and a mail server, after the baseline of its feed; it is six in the morning."""
    rules = RULES.replace("{desk}", "day" if desks is BY_DAY else "flash")
    with Mailbox() as mailbox:
        async with a_flow(folder, rules=rules, desks=desks) as flow:
            flow.publishes("hill", OLD)
            await flow.poll()
            await flow.digests.digest_due()
            yield flow, mailbox


async def _tells(flow: Flow, mailbox: Mailbox, *items: Item, wait: timedelta = PERIOD) -> list[EmailMessage]:
    """Publish, let time pass, and return the mails that came of it, in order of their recipients."""
    flow.publishes("hill", *items, OLD)
    flow.clock.passes(wait)
    await flow.polls.poll_all([flow.feed("hill")])
    flow.clock.passes(timedelta(seconds=1))
    await flow.digests.digest_due()
    had, senders = len(mailbox.mails), Workers("sender")
    channel = SmtpChannel(host=mailbox.host, port=mailbox.port)
    await Outbox(flow.core, {ChannelKind.EMAIL: channel}, senders).deliver_due()
    senders.close(wait_seconds=5)
    came = sorted(mailbox.mails[had:], key=lambda mail: mail.recipients)
    return [email.message_from_bytes(mail.content, _class=EmailMessage, policy=email.policy.default) for mail in came]


async def test_a_storys_developments_answer_the_mail_that_told_it(tmp_path: Path) -> None:
    """To each recipient the id of their own mail, with the changed sentence before and after; other stories do not."""
    async with _a_desk(tmp_path, AT_ONCE) as (flow, mailbox):
        first = await _tells(flow, mailbox, FIRST)
        second = await _tells(flow, mailbox, EDITED)
        third = await _tells(flow, mailbox, DENIED)
        other = await _tells(flow, mailbox, OTHER, DENIED)
    assert [mail["To"] for mail in first] == [EAST, WEST]
    for told, edited, denied in zip(first, second, third, strict=True):
        assert told["In-Reply-To"] is told["References"] is None
        assert edited["In-Reply-To"] == edited["References"] == told["Message-ID"]
        assert edited["Subject"] == f"Re: {told['Subject']}" == "Re: [HIGH] Truce: Pakistani Taliban keep truce"
        assert "3 November" in _text(edited)
        assert "9 November" in _text(edited)
        assert denied["In-Reply-To"] == edited["Message-ID"]
        assert denied["References"].split() == [told["Message-ID"], edited["Message-ID"]]
        assert denied["Subject"] == "Re: [HIGH] Truce: Pakistani Taliban deny truce"
    assert len({mail["Message-ID"] for mail in [*first, *second, *third]}) == 6
    for mail in other:
        assert mail["In-Reply-To"] is None
        assert mail["Subject"] == "[HIGH] Truce: Pakistani Taliban name ceasefire envoys"


async def test_who_was_never_told_gets_the_first_mail_of_a_thread(tmp_path: Path) -> None:
    """The first mail was refused for good for one: what develops answers nothing in that mailbox."""
    async with _a_desk(tmp_path, AT_ONCE) as (flow, mailbox):
        mailbox.refuse(WEST, code=550)
        (first,) = await _tells(flow, mailbox, FIRST)
        mailbox.forgive(WEST)
        east, west = await _tells(flow, mailbox, EDITED)
    assert east["In-Reply-To"] == first["Message-ID"]
    assert west["In-Reply-To"] is None
    assert west["Subject"] == "[HIGH] Truce, update: Pakistani Taliban keep truce"


async def test_the_digests_of_a_day_are_one_thread(tmp_path: Path) -> None:
    """Each answers those before it on the desk's local day; what it tells of one story alone answers that story's."""
    hour = timedelta(hours=1, minutes=1)
    async with _a_desk(tmp_path, BY_DAY) as (flow, mailbox):
        (seven,) = await _tells(flow, mailbox, FIRST, wait=hour)
        (eight,) = await _tells(flow, mailbox, OTHER, FIRST, wait=hour)
        (nine,) = await _tells(flow, mailbox, THIRD, EDITED, OTHER, wait=hour)
        (tomorrow,) = await _tells(flow, mailbox, FOURTH, THIRD, EDITED, OTHER, wait=timedelta(hours=22))
        (alone,) = await _tells(flow, mailbox, FOURTH, THIRD, DENIED, OTHER, wait=hour)
    assert seven["References"] is None
    assert eight["References"] == eight["In-Reply-To"] == seven["Message-ID"]
    assert nine["References"].split() == [seven["Message-ID"], eight["Message-ID"]]
    assert "(+1)" in nine["Subject"]
    assert not nine["Subject"].startswith("Re: ")
    assert tomorrow["References"] is None
    assert alone["References"].split() == [seven["Message-ID"], nine["Message-ID"]]
    assert alone["Subject"] == "Re: [HIGH] Truce: Pakistani Taliban deny truce"


def _text(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())
