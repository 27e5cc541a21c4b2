"""A digest as an e-mail: HTML that a phone at night can show, the written part, and the message as bytes.

Owns the template, the limits of mail programs and the headers. Nothing from a feed becomes markup (autoescape) or a
header (`clean_header`). Refuses to send: `delivery/` puts these bytes on the wire as they are.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from email import policy
from email.message import EmailMessage, MIMEPart
from email.utils import format_datetime
from functools import cache

import css_inline
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from monitor.desks.answers import ReaderLinks, answers
from monitor.desks.content import CutItem, DigestContent, limited, without_growth
from monitor.desks.excerpt import one_line, shorten
from monitor.desks.growth import hint_of, more_of, title_of
from monitor.desks.header_text import header_line
from monitor.desks.render_text import CUT_SHOWN, render_text

HTML_LIMIT = 90_000
"""Bytes of UTF-8. Gmail clips a message at 102 kB and shows the rest on another page; this leaves room."""
STORY_LIMIT = 60
SUBJECT_LIMIT = 160
_CUT_HEADLINE_LIMIT = 120
_CUT_URL_LIMIT = 300


@dataclass(frozen=True, slots=True)
class EmailBody:
    """Both written forms of a digest, of the same stories."""

    html: str
    """"" for a message of text alone."""
    text: str
    told: int
    """How many stories are told in full; the others are named or counted."""


@dataclass(frozen=True, slots=True)
class Headers:
    """What a message says of itself beside its text."""

    sender: str
    """Such as "News monitor <monitor@example.org>"."""
    recipient: str
    subject: str
    at: datetime
    message_id: str
    """With angle brackets, never used for another message."""
    list_id: str
    """The desk's name for mail filters (RFC 2919), such as "south-asia.monitor.example.org"."""
    list_name: str = ""
    references: tuple[str, ...] = ()
    """Message ids of the thread, oldest first; the last is also In-Reply-To (RFC 5322 section 3.6.4)."""
    unsubscribe: str = ""
    """An https or mailto address; https gets List-Unsubscribe-Post too (RFC 8058)."""


def render_email(content: DigestContent, *, links: ReaderLinks | None = None) -> EmailBody:
    """Render a digest as HTML and text, at most 60 stories and 90 kB of HTML; what is over is named and counted.

    Where it is too long, stories that grew since they were told go first.

    Args:
        content: The digest.
        links: By which readers answer; those of nobody are written, for `answers.addressed` to exchange.
    """
    most = min(STORY_LIMIT, len(content.items))
    fitting = limited(content, most)
    html = _render(fitting, links)
    if len(html.encode()) > HTML_LIMIT and content.growth.items:
        content = without_growth(content)
        fitting = limited(content, most)
        html = _render(fitting, links)
    low, high = 0, most  # `low` stories fit, or nothing does
    if len(html.encode()) > HTML_LIMIT:
        while high - low > 1:
            middle = (low + high) // 2
            if len(_render(limited(content, middle), links).encode()) <= HTML_LIMIT:
                low = middle
            else:
                high = middle
        fitting = limited(content, low)
        html = _render(fitting, links)
    return EmailBody(html, render_text(fitting, links=links), told=len(fitting.items))


def build_message(headers: Headers, body: EmailBody) -> bytes:
    """Build the message of one recipient, multipart/alternative, lines ended by CRLF.

    Deterministic: the same arguments give the same bytes; the boundary comes from the message id. It holds "=_", which
    neither of the encodings used for the parts can produce (RFC 2045 section 6.7). 7-bit throughout unless
    an address is not ASCII; then the headers are UTF-8 and the server must know SMTPUTF8 (RFC 6531).

    Raises:
        ValueError: An address cannot stand in a header.
    """
    is_ascii = (headers.sender + headers.recipient).isascii()
    message = EmailMessage(policy=policy.SMTP if is_ascii else policy.SMTPUTF8)
    message["From"] = clean_header(headers.sender)
    message["To"] = clean_header(headers.recipient)
    message["Date"] = format_datetime(headers.at)
    message.set_content(body.text, cte=_encoding(body.text))
    ours = b"".join(_own_headers(headers))
    if not body.html:
        return ours + message.as_bytes()
    message.add_alternative(body.html, subtype="html", cte=_encoding(body.html))
    for part in message.iter_parts():
        if isinstance(part, MIMEPart):
            del part["MIME-Version"]  # belongs to the whole message only
    message.set_boundary(f"=_{hashlib.sha256(headers.message_id.encode()).hexdigest()[:32]}")
    return ours + message.as_bytes()


def clean_header(text: str) -> str:
    """Make text fit for a header: one line, no control, format or direction-changing characters, whatever it holds.

    Nothing that looks like an encoded word (RFC 2047) stays: `email` decodes one that stands in a subject, and a line
    break hidden in it became a header of its own (Python 3.11.7).
    """
    return one_line(text).replace("=?", "= ?")


def _own_headers(headers: Headers) -> Iterator[bytes]:
    """Write the headers that are our own and ASCII, one line for each id: `email` would break and encode long ones."""
    yield header_line("Subject", shorten(clean_header(headers.subject), SUBJECT_LIMIT))
    yield _line("Message-ID", headers.message_id)
    if headers.references:
        yield _line("In-Reply-To", headers.references[-1])
        yield _line("References", "\r\n ".join(headers.references))
    name = "".join(c for c in clean_header(headers.list_name) if c.isascii() and (c.isalnum() or c in " -_"))
    yield _line("List-Id", f"{name.strip()} <{headers.list_id}>".strip())
    if headers.unsubscribe:
        yield _line("List-Unsubscribe", f"<{headers.unsubscribe}>")
        if headers.unsubscribe.startswith("https:"):
            yield _line("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")
    yield _line("Auto-Submitted", "auto-generated")  # RFC 3834: no out-of-office reply comes back
    yield _line("X-Auto-Response-Suppress", "All")  # the same for Exchange, [MS-OXCMAIL] section 2.1.3.2.9


def _line(name: str, value: str) -> bytes:
    if not all(" " <= character <= "~" for character in value.replace("\r\n ", "")):
        raise ValueError(f"{name} holds what cannot stand in a header: {value!r}")
    return f"{name}: {value}\r\n".encode("ascii")


def _render(content: DigestContent, links: ReaderLinks | None) -> str:
    environment, css = _templates()
    page = environment.get_template("digest.html.j2").render(
        content=content,
        css=css,
        answers=answers(content, links),
        cut_shown=tuple(_shortened(item) for item in content.cut[:CUT_SHOWN]),
        grown_title=title_of(content.growth),
        grown_hint=hint_of(content.growth),
        grown_more=more_of(content.growth),
    )
    return _inliner().inline(page)


def _shortened(item: CutItem) -> CutItem:
    url = item.url if item.url and len(item.url) <= _CUT_URL_LIMIT else None
    return replace(item, headline=shorten(item.headline, _CUT_HEADLINE_LIMIT), url=url)


def _encoding(text: str) -> str:
    """Choose quoted-printable for mostly ASCII text, base64 where it is shorter (RFC 2045 section 6)."""
    size = len(text.encode())
    escaped = size - sum(character.isascii() for character in text)
    return "quoted-printable" if size + 2 * escaped <= size * 4 / 3 else "base64"


@cache
def _templates() -> tuple[Environment, Markup]:
    """Load the templates that are part of this package, once."""
    loader = PackageLoader("monitor.desks")
    environment = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, keep_trailing_newline=True)
    css, _, _ = loader.get_source(environment, "digest.css")
    return environment, Markup(css)  # noqa: S704 - our own file, no part of it from a feed


@cache
def _inliner() -> css_inline.CSSInliner:
    return css_inline.CSSInliner(keep_at_rules=True, load_remote_stylesheets=False, minify_css=True)
