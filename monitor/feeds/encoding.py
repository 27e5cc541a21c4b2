"""Owns turning a document's bytes into text, whatever the server and the document claim about them.

Claims are weighed against the bytes: a byte order mark wins, bytes that are valid UTF-8 are UTF-8 (other encodings
practically never are, W3C "Character encodings: detecting UTF-8"), a few bad bytes in UTF-8 stay a few bad characters,
and only then the document's own declaration and the Content-Type are believed, and at last the Windows encoding of the
script that the bytes look like. Labels mean what the WHATWG Encoding Standard says they mean (iso-8859-1 is
windows-1252, gb2312 is gb18030, and so on).
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping
from dataclasses import dataclass

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_UNMARKED = ((b"<\x00", "utf-16-le"), (b"\x00<", "utf-16-be"), (b"{\x00", "utf-16-le"), (b"\x00{", "utf-16-be"))
_DECLARED = re.compile(rb"""^\s{0,64}<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._:-]{1,40})["']""")
_CHARSET = re.compile(r"""charset\s*=\s*["']?([A-Za-z0-9._:-]{1,40})""", re.IGNORECASE)

_MEANS = {
    "ascii": "cp1252",
    "us-ascii": "cp1252",
    "iso-8859-1": "cp1252",
    "iso8859-1": "cp1252",
    "latin1": "cp1252",
    "latin-1": "cp1252",
    "iso-8859-9": "cp1254",
    "iso-8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "big5": "cp950",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "x-sjis": "cp932",
    "euc-kr": "cp949",
    "ks_c_5601-1987": "cp949",
    "x-mac-roman": "mac-roman",
    "unicode": "utf-16",
}
_NOT_TEXT = frozenset({"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "utf_7"})
"""Codecs of Python that are no character encodings, and UTF-7, which only hides markup."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """A document as text."""

    text: str
    encoding: str
    problems: tuple[str, ...] = ()
    """What did not fit and how it was read, in plain words."""


def decode(body: bytes, headers: Mapping[str, str]) -> Decoded:
    """Read bytes as text. Never fails: what cannot be read becomes U+FFFD.

    Args:
        body: the document.
        headers: of the response, names in lower case; only `content-type` is looked at.
    """
    for mark, encoding in _MARKS:
        if body.startswith(mark):
            return _read(body[len(mark) :], encoding, "its byte order mark")
    for start, encoding in _UNMARKED:
        if body.startswith(start):
            return _read(body, encoding, "its first bytes")
    declared = _DECLARED.match(body[:400])
    claims = [_codec(declared[1].decode("ascii"))] if declared else []
    charset = _CHARSET.search(headers.get("content-type", ""))
    if charset:
        claims.append(_codec(charset[1]))
    claims = [claim for claim in claims if claim is not None]
    escapes = next((claim for claim in claims if claim and claim.startswith(("iso2022", "hz"))), None)
    if escapes and b"\x1b" in body:
        return _read(body, escapes, "its declaration")
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        pass
    else:
        lied = bool(claims) and claims[0] not in ("utf-8", "utf8") and not body.isascii()
        return Decoded(text, "utf-8", (f"declared as {claims[0]}, but it is UTF-8",) if lied else ())
    text = body.decode("utf-8", "replace")
    bad = text.count("�")
    good = _multibyte_characters(body) - bad
    if good > 4 * bad:
        return Decoded(text, "utf-8", (f"{bad} places are not valid UTF-8",))
    tried = [claim for claim in claims if claim not in ("utf-8", "utf8", "utf-16", "utf-32")]
    for claim in tried:
        assert claim is not None
        try:
            return Decoded(body.decode(claim), claim)
        except (UnicodeDecodeError, LookupError):
            continue
    if tried:
        return _read(body, tried[0] or "cp1252", "its declaration")
    why = f"though declared as {claims[0]}" if claims else "for want of a claim"
    codec, label = _by_looks(body)
    return Decoded(body.decode(codec, "replace"), label, (f"not valid UTF-8, read as {label} {why}",))


def _by_looks(body: bytes) -> tuple[str, str]:
    """Guess Latin, Arabic or Cyrillic letters, each in the encoding of Windows, from where bytes above ASCII stand.

    Words of Latin letters have them singly, other words hold nothing else. Small Cyrillic letters begin at E0; of
    Arabic ones two thirds lie below.
    """
    runs = _RUNS.findall(body)
    total = sum(map(len, runs))
    if sum(len(run) for run in runs if len(run) > 2) * 2 < total:
        return "cp1252", "windows-1252"
    small = sum(len(run.translate(None, delete=_BELOW_E0)) for run in runs)
    return ("cp1251", "windows-1251") if small * 3 > total * 2 else ("cp1256", "windows-1256")


def _read(body: bytes, encoding: str, source: str) -> Decoded:
    text = body.decode(encoding, "replace")
    bad = text.count("�")
    return Decoded(text, encoding, (f"{bad} places are not valid {encoding}, which {source} promises",) if bad else ())


def _codec(label: str) -> str | None:
    """Resolve a label to a codec that decodes text, None for one that is unknown or no character encoding."""
    name = _MEANS.get(label.lower(), label.lower())
    try:
        found = codecs.lookup(name)
        b"text".decode(name, "replace")  # Python calls things codecs that give no text
    except (LookupError, ValueError, UnicodeError):
        return None
    return None if found.name.replace("-", "_") in _NOT_TEXT else found.name


def _multibyte_characters(body: bytes) -> int:
    """Count the bytes that begin a UTF-8 character of several bytes."""
    return len(body.translate(None, delete=_NOT_LEADING))


_RUNS = re.compile(rb"[\x80-\xff]+")
_BELOW_E0 = bytes(range(0xE0))
_NOT_LEADING = bytes(byte for byte in range(256) if not 0xC2 <= byte <= 0xF4)
