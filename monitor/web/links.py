"""The links of e-mails: made when a digest is fixed, read when a page is asked for, and signed so that both are ours.

A link is `BASE/feedback/SIGNATURE.DESK.ARTICLE.TIME.READER.KIND` or `BASE/unsubscribe/SIGNATURE.DESK.TIME.READER`. It
ends in a letter or digit, since mail programs take a sign at the end of an address for punctuation. The signature is
HMAC-SHA-256 (itsdangerous' `Signer`), with a key for each kind of link; whoever has a link may say what it says, and
nothing else. The reader is named by a keyed hash: no address of a person stands in an address of a page.

Refuses to know what a link is used for, and whether its desk, story and reader still exist.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from itsdangerous import Signer

from monitor.model import FeedbackKind

GOOD_FOR = timedelta(days=60)
_READER_DIGITS = 16
"""Of 4 bits: among a hundred recipients the chance that two share a name is under 1 in 10^15."""


class Refusal(StrEnum):
    """Why a link cannot be read."""

    BROKEN = "broken"  # cut by a mail program, or never ours
    OVER = "over"


@dataclass(frozen=True, slots=True)
class FeedbackLink:
    """What a link beside a story says."""

    desk_id: str
    article_id: int
    told_at: datetime
    reader: str
    kind: FeedbackKind


@dataclass(frozen=True, slots=True)
class UnsubscribeLink:
    """What the link of List-Unsubscribe says."""

    desk_id: str
    told_at: datetime
    reader: str


class Links:
    """desks.answers.ReaderLinks, and the way back from a link to what it says.

    Args:
        base_url: Where readers find the pages, without a slash at its end.
        secret: The key, 32 bytes or more. With another one, every link that was sent before is broken.
    """

    def __init__(self, base_url: str, secret: str) -> None:
        self.base_url, self._secret = base_url, secret

    def reader(self, recipient: str) -> str:
        """Name a recipient: nobody can tell the address from it without the key."""
        named = hmac.new(self._secret.encode(), b"reader\0" + recipient.encode(), hashlib.sha256)
        return named.hexdigest()[:_READER_DIGITS]

    def feedback(self, recipient: str, *, desk_id: str, article_id: int, kind: FeedbackKind, at: datetime) -> str:
        """Return where a recipient may say what they think of a story; see desks.answers."""
        token = self.feedback_token(FeedbackLink(desk_id, article_id, at, self.reader(recipient), kind))
        return f"{self.base_url}/feedback/{token}"

    def unsubscribe(self, recipient: str, *, desk_id: str, at: datetime) -> str:
        """Return where a recipient may ask to be told no more; see desks.answers."""
        token = self._signed("unsubscribe", f"{desk_id}.{_digits(at)}.{self.reader(recipient)}")
        return f"{self.base_url}/unsubscribe/{token}"

    def feedback_token(self, link: FeedbackLink) -> str:
        """Return the last part of a link's address."""
        value = f"{link.desk_id}.{link.article_id}.{_digits(link.told_at)}.{link.reader}.{link.kind.value}"
        return self._signed("feedback", value)

    def read_feedback(self, token: str, *, now: datetime) -> FeedbackLink | Refusal:
        """Read the last part of an address beside a story."""
        value = self._value("feedback", token)
        if value is None:
            return Refusal.BROKEN
        desk_id, article_id, at, reader, kind = value.split(".")
        link = FeedbackLink(desk_id, int(article_id), _moment(at), reader, FeedbackKind(kind))
        return Refusal.OVER if now - link.told_at > GOOD_FOR else link

    def read_unsubscribe(self, token: str) -> UnsubscribeLink | Refusal:
        """Read the last part of a List-Unsubscribe address; it is never over."""
        value = self._value("unsubscribe", token)
        if value is None:
            return Refusal.BROKEN
        desk_id, at, reader = value.split(".")
        return UnsubscribeLink(desk_id, _moment(at), reader)

    def _signer(self, purpose: str) -> Signer:
        return Signer(
            self._secret, salt=f"news-monitor.{purpose}.1", key_derivation="hmac", digest_method=hashlib.sha256
        )

    def _signed(self, purpose: str, value: str) -> str:
        return f"{self._signer(purpose).get_signature(value).decode()}.{value}"

    def _value(self, purpose: str, token: str) -> str | None:
        """Return what was signed, None where the signature is not of this value, key and purpose."""
        signature, _, value = token.partition(".")
        if not token.isascii() or not self._signer(purpose).verify_signature(value, signature):
            return None
        return value


def _digits(at: datetime) -> str:
    return f"{int(at.timestamp()):x}"


def _moment(digits: str) -> datetime:
    return datetime.fromtimestamp(int(digits, 16), UTC)
