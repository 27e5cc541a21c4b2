"""E-mail: headers that cannot be forged, HTML that fits and carries no markup of feeds, bytes that repeat."""

from __future__ import annotations

import email
import re
from dataclasses import replace
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.desks.content import DigestContent
from monitor.desks.render_email import (
    HTML_LIMIT,
    STORY_LIMIT,
    EmailBody,
    Headers,
    build_message,
    clean_header,
    render_email,
)
from monitor.desks.sample import sample_content
from tests.desks.hostile import TEXT, contents, crowded

BODY = EmailBody("<p>Truce</p>\n", "Truce\n", told=1)


def headers(**changes: object) -> Headers:
    values: dict[str, object] = {
        "sender": "News monitor <monitor@example.org>",
        "recipient": "desk@example.org",
        "subject": "[HIGH] TTP ceasefire: Pakistani Taliban call off truce (+3)",
        "at": datetime(2026, 11, 20, 8, 0, tzinfo=UTC),
        "message_id": "<0123456789abcdef0123456789abcdef@example.org>",
        "list_id": "south-asia.example.org",
    }
    return Headers(**(values | changes))  # type: ignore[arg-type]  # the fields by name, each of its own type


def read(message: bytes) -> EmailMessage:
    return email.message_from_bytes(message, policy=policy.default)  # type: ignore[return-value]  # by the policy


class Tags(HTMLParser):
    """Collects what a mail program would act on."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.attributes: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes |= {name for name, _ in attrs}
        self.links += [value or "" for name, value in attrs if name in ("href", "src")]


def test_the_headers_of_a_message() -> None:
    """From, To, Subject, Date, ids, thread, list and no reply by robots, as the RFCs have them."""
    message = read(
        build_message(
            headers(references=("<day-1.desk@example.org>", "<b@example.org>"), list_name="South Asia desk"), BODY
        )
    )
    assert {name.lower(): str(value) for name, value in message.items()} == {
        "from": "News monitor <monitor@example.org>",
        "to": "desk@example.org",
        "subject": "[HIGH] TTP ceasefire: Pakistani Taliban call off truce (+3)",
        "date": "Fri, 20 Nov 2026 08:00:00 +0000",
        "message-id": "<0123456789abcdef0123456789abcdef@example.org>",
        "in-reply-to": "<b@example.org>",
        "references": "<day-1.desk@example.org> <b@example.org>",
        "list-id": "South Asia desk <south-asia.example.org>",
        "auto-submitted": "auto-generated",
        "x-auto-response-suppress": "All",
        "mime-version": "1.0",
        "content-type": message["content-type"],
    }


def test_text_and_html_are_alternatives_in_that_order() -> None:
    """The written part is first, as RFC 2046 section 5.1.4 has it, and both hold what they were given."""
    message = read(build_message(headers(), BODY))
    assert message.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    assert [part.get_content().replace("\r\n", "\n") for part in message.iter_parts()] == [BODY.text, BODY.html]


def test_a_message_of_text_alone_has_no_parts() -> None:
    """A notice is one text."""
    message = read(build_message(headers(), EmailBody("", "Feed dawn fails.\n", told=0)))
    assert message.get_content_type() == "text/plain"
    assert message.get_content().strip() == "Feed dawn fails."


def test_the_same_arguments_give_the_same_bytes() -> None:
    """A second copy of a message is byte for byte the first."""
    body = render_email(sample_content())
    assert body == render_email(sample_content())
    assert build_message(headers(), body) == build_message(headers(), body)


def test_lines_are_short_seven_bit_and_end_in_crlf() -> None:
    """Any relay takes the message: no bare CR or LF, no line over 998 bytes, ASCII only."""
    message = build_message(headers(subject="اردو " * 40), render_email(sample_content()))
    assert message.isascii()
    assert not re.search(rb"(?<!\r)\n|\r(?!\n)", message)
    assert max(len(line) for line in message.split(b"\r\n")) <= 998


@pytest.mark.parametrize(
    "subject",
    [
        "x\r\nBcc: evil@example.org",
        "x\u2028Bcc: evil@example.org",
        "=?utf-8?q?x=0D=0ABcc:_evil@example.org?=",
        "=?utf-8?b?eA0KQmNjOiBldmlsQGV4YW1wbGUub3Jn?=",
        "x\x00\x0b\x85y",
        "\ud800",
        "",
        "a" * 5000,
        "ی" * 5000,
    ],
)
def test_a_subject_cannot_add_a_header(subject: str) -> None:
    """Line breaks of every kind, encoded words that hide them, controls and lone surrogates make no header."""
    raw = build_message(headers(subject=subject), BODY)
    message = read(raw)
    assert b"\nBcc" not in raw
    assert "bcc" not in {name.lower() for name in message.keys()}  # noqa: SIM118 - names, repeats too
    assert len(message["subject"]) <= 160


@given(TEXT, TEXT)
def test_no_text_makes_a_header(subject: str, name: str) -> None:
    """Whatever stands in a subject or a desk's name, the message has just the headers it should, once each."""
    message = read(build_message(headers(subject=subject, list_name=name), BODY))
    assert sorted(key.lower() for key in message.keys()) == sorted(  # noqa: SIM118
        ["from", "to", "subject", "date", "message-id", "list-id", "auto-submitted", "x-auto-response-suppress",
         "mime-version", "content-type"]
    )  # fmt: skip
    assert not set(clean_header(subject)) & set("\r\n\u2028\u2029\x85\u202e\x00")


def test_a_recipient_cannot_be_two() -> None:
    """An address with a line break or a second address in it is refused or stays one header line."""
    try:
        raw = build_message(headers(recipient="a@example.org\r\nBcc: evil@example.org"), BODY)
    except ValueError:
        return
    assert b"\nBcc" not in raw


def test_an_address_beyond_ascii_asks_for_utf8_headers() -> None:
    """A recipient with other letters stands in the header as it is, for a server that knows SMTPUTF8."""
    raw = build_message(headers(recipient="masası@example.org"), BODY)
    assert "To: masası@example.org\r\n".encode() in raw


def test_unsubscribing_takes_one_click_where_there_is_a_page() -> None:
    """RFC 8058 wants both headers for https; a mailto address has only the first."""
    page = read(build_message(headers(unsubscribe="https://m.example/u?t=1"), BODY))
    mail = read(build_message(headers(unsubscribe="mailto:stop@example.org"), BODY))
    assert page["List-Unsubscribe"] == "<https://m.example/u?t=1>"
    assert page["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert (mail["List-Unsubscribe"], mail["List-Unsubscribe-Post"]) == ("<mailto:stop@example.org>", None)


def test_a_long_message_id_is_not_broken() -> None:
    """A domain of any length leaves the id whole."""
    message_id = f"<{'a' * 32}@{'sub.' * 25}example.org>"
    raw = build_message(headers(message_id=message_id, references=(message_id, message_id)), BODY)
    assert message_id.encode() in raw
    assert b"=?utf-8?" not in raw
    assert read(raw)["References"].split() == [message_id, message_id]


def test_the_page_shows_right_to_left_text_right() -> None:
    """Urdu headline and sentence carry direction, language and alignment; English ones do not."""
    page = render_email(sample_content()).html
    assert len(re.findall(r'<p(?=[^>]* dir="rtl")(?=[^>]* lang="ur")', page)) == 2
    assert page.count('dir="rtl"') == 2
    assert "text-align:right" in page


def test_marks_links_and_dark_colours_are_in_the_page() -> None:
    """Hits are marked in line, links are those of the articles, and the dark colours survive the inlining."""
    page = render_email(sample_content()).html
    parsed = Tags(page)
    grown = [each.url for item in sample_content().growth.items for each in (item, *item.unlike)]
    assert parsed.links == [*(item.url for item in sample_content().items), *grown]
    assert re.search(r'<b class="hit" style="[^"]*background:#fff0a8[^"]*">Pakistani Taliban</b>', page)
    assert "prefers-color-scheme: dark" in page
    assert "&lt;when&gt;" in page
    assert "<when>" not in page


KNOWN_TAGS = {
    "html", "head", "meta", "title", "style", "body", "div", "table", "tbody", "tr", "td", "p", "span", "b", "a",
}  # fmt: skip
KNOWN_ATTRIBUTES = {
    "lang", "charset", "name", "content", "class", "style", "role", "width", "cellpadding", "cellspacing", "border",
    "align", "dir", "href",
}  # fmt: skip


@settings(deadline=None, max_examples=40)
@given(contents())
def test_nothing_from_a_feed_becomes_markup(content: DigestContent) -> None:
    """Whatever feeds hold, the page has only our tags and attributes, and links only to http(s)."""
    body = render_email(content)
    parsed = Tags(body.html)
    assert set(parsed.tags) <= KNOWN_TAGS
    assert parsed.attributes <= KNOWN_ATTRIBUTES
    assert all(address.startswith("https://a.example/") for address in parsed.links)
    assert len(body.html.encode()) <= HTML_LIMIT
    left = len(content.items) + len(content.cut) - body.told
    assert not left or f"{left} more by headline" in body.html
    build_message(headers(subject=content.subject), body)


@pytest.mark.parametrize("stories", [1, 61, 300])
def test_a_flood_fits_and_is_counted(stories: int) -> None:
    """However many stories: at most 60 told, 90 kB, and the others counted in both parts."""
    content = crowded(stories)
    body = render_email(content)
    assert len(body.html.encode()) <= HTML_LIMIT
    assert body.told <= STORY_LIMIT
    left = stories - body.told
    assert (f"{left} more by headline" in body.html) is (left > 0)
    assert (f"{left} more by headline" in body.text) is (left > 0)


def test_sixty_ordinary_stories_fit() -> None:
    """The number of stories, and not the size, ends an ordinary digest."""
    content = sample_content()
    items = tuple(replace(item, story_id=10 * number + item.story_id) for number in range(15) for item in content.items)
    many = replace(content, sections=(replace(content.sections[0], items=items),))
    assert render_email(many).told == STORY_LIMIT == len(items)


@given(st.text(max_size=400))
def test_any_text_comes_back_from_the_message(text: str) -> None:
    """The encodings lose nothing: the written part is read as it was written."""
    clean = "".join(
        c for c in text if c not in "\r\n\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029" and not "\ud800" <= c <= "\udfff"
    )
    message = read(build_message(headers(), EmailBody("", clean + "\n", told=0)))
    assert message.get_content().rstrip("\r\n") == clean
