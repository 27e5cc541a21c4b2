"""What readers of a digest mail can say, and that nothing but a person's button says it."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from html import escape
from urllib.parse import urlsplit

import pytest

from monitor.model import ChannelKind, Feedback, FeedbackKind
from monitor.store import SqliteStore
from monitor.web.feedback import CHANGES_OF_MIND
from tests.pipeline.flow import Item
from tests.web.readers import DESKS, RULES, Readers, button_of, links_in, tags_in

TRUCE = Item("truce", "Pakistani Taliban call off truce")


def kinds(said: list[Feedback]) -> list[tuple[str, str, FeedbackKind]]:
    return [(each.desk_id, each.who, each.kind) for each in said]


RELEVANT = ("south-asia", "desk@example.org", FeedbackKind.RELEVANT)
NOT_RELEVANT = ("south-asia", "desk@example.org", FeedbackKind.NOT_RELEVANT)


async def test_a_scanner_that_fetches_every_address_of_a_mail_records_nothing(readers: Readers) -> None:
    """GET and HEAD of each link in both parts and the headers, twice, at the same time: nothing is on record."""
    mails = await readers.are_told(TRUCE, Item("other", "Ceasefire: Pakistani Taliban agree in Istanbul, TTP says"))
    assert set(mails) == {"desk@example.org", "late@example.org", "wire@example.org"}
    addresses = set()
    for mail in mails.values():
        in_text = [line.split(": ", 1)[1] for line in mail.part("plain").splitlines() if "elevant: http" in line]
        assert set(in_text) == set(mail.answers)
        addresses |= {*mail.answers, mail.message["List-Unsubscribe"].strip("<>")}
    assert len(addresses) == 3 * (2 * 2 + 1)
    before = await readers.flow.everything()
    for method in ("GET", "HEAD", "GET"):
        fetched = await asyncio.gather(*(readers.browser.request(method, address) for address in addresses))
        assert {each.status_code for each in fetched} == {200}
    assert await readers.flow.everything() == before


async def test_a_button_records_once_and_thanks(readers: Readers) -> None:
    """The page of a link has the headline and one button; pressing it twice, or reloading, is one record."""
    relevant, _ = (await readers.are_told(TRUCE))["desk@example.org"].answers
    asked = await readers.browser.get(relevant)
    assert "Is this story relevant?" in asked.text
    assert "Pakistani Taliban call off truce" in asked.text
    thanked = await readers.browser.post(button_of(asked))
    assert thanked.status_code == 200
    assert thanked.history[0].status_code == 303
    assert "You said: relevant" in thanked.text
    assert "recorded on Friday 20 November 2026 at 11:15 (Asia/Karachi)" in thanked.text
    await readers.browser.post(button_of(asked))
    await readers.browser.get(str(thanked.url))
    assert kinds(await readers.said()) == [RELEVANT]
    (said,) = await readers.said()
    assert said.through is ChannelKind.EMAIL
    assert [e["who"] for e in readers.flow.log if e["event"] == "feedback.said"] == ["desk@example.org"]


async def test_a_mind_may_be_changed_and_all_is_kept(readers: Readers) -> None:
    """The page that thanks has the way back; the record has both, in order, and either link shows the last word."""
    relevant, not_relevant = (await readers.are_told(TRUCE))["desk@example.org"].answers
    thanked = await readers.browser.post(relevant)
    assert "I changed my mind: not relevant" in thanked.text
    back = await readers.browser.post(button_of(thanked))
    assert "You said: not relevant" in back.text
    assert kinds(await readers.said()) == [RELEVANT, NOT_RELEVANT]
    for link in (relevant, not_relevant):
        assert "You said: not relevant" in (await readers.browser.get(link)).text


async def test_each_reader_of_each_desk_speaks_for_themselves(readers: Readers) -> None:
    """Three recipients at once, of two desks: three records, each in a name of its own; the mails are equally long."""
    mails = await readers.are_told(TRUCE)
    await asyncio.gather(*(readers.browser.post(mail.answers[1]) for mail in mails.values() for _ in range(5)))
    assert sorted(kinds(await readers.said())) == [
        ("south-asia", "desk@example.org", FeedbackKind.NOT_RELEVANT),
        ("south-asia", "late@example.org", FeedbackKind.NOT_RELEVANT),
        ("wire", "wire@example.org", FeedbackKind.NOT_RELEVANT),
    ]
    one, other = (mails[who] for who in ("desk@example.org", "late@example.org"))
    assert len(one.part("html")) == len(other.part("html"))
    assert not set(one.answers) & set(other.answers)


async def test_a_mind_is_changed_so_often_and_no_more(readers: Readers) -> None:
    """What is kept for ever has a bound a person and story."""
    links = (await readers.are_told(TRUCE))["desk@example.org"].answers
    answers = [await readers.browser.post(links[number % 2]) for number in range(CHANGES_OF_MIND + 1)]
    assert [each.status_code for each in answers] == [200] * CHANGES_OF_MIND + [429]
    assert len(await readers.said()) == CHANGES_OF_MIND


async def test_forged_cut_and_foreign_links_are_refused(readers: Readers) -> None:
    """Another key, desk, story, reader, verdict or kind of link, and every cut: nothing is shown, nothing recorded."""
    mail = (await readers.are_told(TRUCE))["desk@example.org"]
    link = mail.answers[0]
    base, _, token = link.rpartition("/")
    signature, desk, article, at, reader, kind = token.split(".")
    wire = readers.links.reader("wire@example.org")
    wrong = [
        f"{signature}.wire.{article}.{at}.{reader}.{kind}",
        f"{signature}.{desk}.999.{at}.{reader}.{kind}",
        f"{signature}.{desk}.{article}.ffffffff.{reader}.{kind}",
        f"{signature}.{desk}.{article}.{at}.{wire}.{kind}",
        f"{signature}.{desk}.{article}.{at}.{reader}.not-relevant",
        f"{signature[::-1]}.{desk}.{article}.{at}.{reader}.{kind}",
        f"{desk}.{article}.{at}.{reader}.{kind}",
        mail.message["List-Unsubscribe"].strip("<>").rpartition("/")[2],
        token.upper(),
        "%F0%9F%98%80",
        "..%2F..%2Fetc",
        *(token[:length] for length in range(1, len(token), 7)),
    ]
    for each in wrong:
        for method in ("GET", "POST"):
            refused = await readers.browser.request(method, f"{base}/{each}")
            assert refused.status_code == 404, each
            assert "truce" not in refused.text
    assert await readers.said() == []


async def test_a_link_ends_after_sixty_days(readers: Readers) -> None:
    """On the last day it works; then the page says so, and a POST records nothing."""
    link = (await readers.are_told(TRUCE))["desk@example.org"].answers[0]
    readers.flow.clock.passes(timedelta(days=60))
    assert (await readers.browser.get(link)).status_code == 200
    readers.flow.clock.passes(timedelta(seconds=2))
    for method in ("GET", "POST"):
        over = await readers.browser.request(method, link)
        assert (over.status_code, "work for 60 days" in over.text) == (410, True)
    assert await readers.said() == []


async def test_who_is_no_recipient_any_more_says_nothing(readers: Readers) -> None:
    """The rule files in force decide; the desk that is gone has nobody."""
    mails = await readers.are_told(TRUCE)
    desks = DESKS.replace("late@", "new@").replace("id: wire", "id: cables")
    readers.flow.writes(rules=RULES.replace("wire", "cables"), desks=desks)
    for who, status in (("desk@example.org", 200), ("late@example.org", 410), ("wire@example.org", 410)):
        assert (await readers.browser.post(mails[who].answers[0])).status_code == status
    assert kinds(await readers.said()) == [RELEVANT]


async def test_the_copy_that_is_kept_has_links_of_nobody(readers: Readers) -> None:
    """Who looks at an old digest in the archive can say nothing in a reader's name."""
    await readers.are_told(TRUCE)
    digest = (await readers.flow.asks(lambda store: store.digests.newest(1)))[0]
    links = [url for url in links_in(digest.html) if "/feedback/" in url]
    assert len(links) == 2
    for link in links:
        assert (await readers.browser.post(link)).status_code == 403
    assert await readers.said() == []


async def test_a_hostile_headline_stays_text(readers: Readers) -> None:
    """Markup, quotes and direction marks of a feed do nothing on a page; its address is a link only if it is http."""
    title = "Truce <script>alert(1)</script> \"'><img src=x onerror=alert(2)> Pakistani Taliban \u202egnp"
    mails = await readers.are_told(Item("x", escape(title), at="javascript:alert(3)"))
    page = await readers.browser.get(mails["desk@example.org"].answers[0])
    assert not {"script", "img"} & set(tags_in(page.text))
    assert "&lt;script&gt;alert(1)" in page.text
    assert "\u202e" not in page.text
    assert links_in(page.text) == []


async def test_a_headline_in_urdu_reads_from_the_right(readers: Readers) -> None:
    """Its paragraph says so to the browser."""
    mails = await readers.are_told(Item("ur", "تحریک طالبان پاکستان نے جنگ بندی ختم کر دی"))
    page = await readers.browser.get(mails["desk@example.org"].answers[0])
    assert '<blockquote class="rtl" dir="rtl">' in page.text


async def test_a_story_that_was_merged_is_judged_as_what_it_became(readers: Readers) -> None:
    """The link is of an article: who judged one of two reports is asked no more for the other."""
    mails = await readers.are_told(TRUCE, Item("b", "Ceasefire with Pakistani Taliban in Swat after talks"))
    first, _, second, _ = mails["desk@example.org"].answers
    await readers.browser.post(first)
    assert "Is this story" in (await readers.browser.get(second)).text

    one, other = dict.fromkeys(alert.story_id for alert in await readers.flow.alerts())

    def merge(store: SqliteStore) -> None:
        with store.unit_of_work():
            store.stories.merge(one, other, "one event", readers.flow.clock.now())

    await readers.flow.asks(merge)
    assert "You said: relevant" in (await readers.browser.get(second)).text


async def test_no_address_of_a_person_stands_in_a_link(readers: Readers) -> None:
    """Logs of proxies and histories of browsers hold links."""
    mail = (await readers.are_told(TRUCE))["desk@example.org"]
    for link in (*mail.answers, mail.message["List-Unsubscribe"]):
        assert "example" not in link
        assert urlsplit(link).query == ""


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS"])
async def test_nothing_else_can_be_done_with_a_link(readers: Readers, method: str) -> None:
    """Other methods are refused, with those that are there."""
    link = (await readers.are_told(TRUCE))["desk@example.org"].answers[0]
    refused = await readers.browser.request(method, link)
    assert refused.status_code == 405
    assert set(refused.headers["Allow"].split(", ")) == {"GET", "HEAD", "POST"}
