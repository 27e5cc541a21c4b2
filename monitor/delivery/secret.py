"""A secret as a type, and how what others say is cleaned of it before anybody reads it."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable
from urllib.parse import quote, urlsplit

MASK = "<secret>"


class Secret:
    """A text that never shows in a log, a traceback's locals or a message. `reveal` is called where it goes out."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """Return the text itself."""
        return self._text

    def __repr__(self) -> str:
        return MASK

    __str__ = __repr__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._text == self._text

    def __hash__(self) -> int:
        return hash(self._text)

    def __reduce__(self) -> str:
        raise TypeError("a secret is not written anywhere")


class Redactor:
    """Masks secrets in texts of servers and libraries, which may repeat what they were sent.

    Knows each secret as it is, in base64 (SMTP AUTH), and percent-encoded; of an address its path and query too.

    Args:
        secrets: What to mask.
        users: Names that stand with a secret inside one base64 text (RFC 4616: NUL user NUL password).
    """

    def __init__(self, secrets: Iterable[Secret], *, users: Iterable[str] = ()) -> None:
        forms: set[str] = set()
        names = tuple(users)
        for secret in secrets:
            text = secret.reveal()
            for plain in (text, *_address_parts(text)):
                forms |= {plain, quote(plain), quote(plain, safe="")}
            for encoded in (text, *(f"\0{name}\0{text}" for name in names)):
                forms.add(base64.b64encode(encoded.encode("utf-8", "surrogatepass")).decode())
        # Longest first, so that no part of one is left beside the mask of a shorter one.
        ordered = sorted((form for form in forms if form), key=len, reverse=True)
        self._pattern = re.compile("|".join(map(re.escape, ordered))) if ordered else None

    def __call__(self, text: object) -> str:
        """Return a text on one line, short enough for a table, with every secret masked."""
        plain = " ".join(str(text).split())
        masked = plain if self._pattern is None else self._pattern.sub(MASK, plain)
        return masked if len(masked) <= _LONGEST else masked[: _LONGEST - 1] + "…"


_LONGEST = 500


def _address_parts(text: str) -> tuple[str, ...]:
    if not text.startswith(("http://", "https://")):
        return ()
    parts = urlsplit(text)
    return tuple(part for part in (parts.path, parts.query) if len(part) > 1)
