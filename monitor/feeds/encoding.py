"""Owns turning a document's bytes into text, whatever the server and the document claim about them.

Claims are weighed against the bytes: a byte order mark wins, bytes that are valid UTF-8 are UTF-8 (other encodings
practically never are, W3C "Character encodings: detecting UTF-8"), a few bad bytes in UTF-8 stay a few bad characters,
and only then the document's own declaration and the Content-Type are believed, unless what they give is clearly no
writing and another encoding gives some (`writing`, which also chooses where nothing is claimed). Labels mean what the
WHATWG Encoding Standard says they mean (iso-8859-1 is windows-1252, gb2312 is gb18030, and so on).
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping
from dataclasses import dataclass

from monitor.feeds.writing import FAMILY, cost

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
    "windows-874": "cp874",
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
    charset = _CHARSET.search(headers.get("content-type", ""))
    labels = ([declared[1].decode("ascii")] if declared else []) + ([charset[1]] if charset else [])
    claims = [codec for label in labels if (codec := _codec(label))]
    escapes = next((claim for claim in claims if claim.startswith(("iso2022", "hz"))), None)
    if escapes and b"\x1b" in body:
        return _read(body, escapes, "its declaration")
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        pass
    else:
        lied = bool(claims) and claims[0] != "utf-8" and not body.isascii()
        return Decoded(text, "utf-8", (f"declared as {claims[0]}, but it is UTF-8",) if lied else ())
    text = body.decode("utf-8", "replace")
    bad = text.count("�")
    good = _multibyte_characters(body) - bad
    if good > 4 * bad:
        return Decoded(text, "utf-8", (f"{bad} places are not valid UTF-8",))
    single = [claim for claim in claims if claim not in ("utf-8", "utf-16", "utf-32")]
    sample = _sample(body)
    best = _likeliest(sample)
    for claim in single:
        if not _refuted(claim, best, sample):
            return _read(body, claim, "its declaration")
    label = best.replace("cp125", "windows-125")
    why = f"though declared as {claims[0]}" if claims else "for want of a claim"
    what = f"no writing in {single[0]}" if single else "not valid UTF-8"
    return Decoded(body.decode(best, "replace"), label, (f"{what}, read as {label} {why}",))


def _likeliest(sample: bytes) -> str:
    """Choose the encoding in which the sample looks most like writing, windows-1252 where none is clearly better.

    A family's usual encoding is beaten by another of the same letters only past the same doubt.
    """
    size = max(1, _beyond_ascii(sample))
    costs = {encoding: cost(sample.decode(encoding, "replace"), encoding) for encoding in FAMILY}
    weighed = {encoding: bits + _DOUBT * (FAMILY[encoding] != encoding) / size for encoding, bits in costs.items()}
    best = min(weighed, key=weighed.__getitem__)
    gained = (costs["cp1252"] - weighed[best]) * size
    return best if costs[best] <= _WRITING and gained >= _DOUBT else "cp1252"


def _refuted(claim: str, best: str, sample: bytes) -> bool:
    """Say whether a claim is clearly false: its reading is no writing and the best one is, by enough letters.

    A claim whose encoding cannot hold the bytes needs less against it; one that cannot be weighed is believed if its
    encoding can.
    """
    try:
        sample.decode(claim)
        doubt = _CERTAIN
    except UnicodeDecodeError:
        doubt = _DOUBT
    if claim not in FAMILY:
        return doubt < _CERTAIN
    claimed = cost(sample.decode(claim, "replace"), claim)
    likeliest = cost(sample.decode(best, "replace"), best)
    gained = claimed - likeliest
    return likeliest <= _WRITING and claimed > _GARBAGE and gained >= 2 and gained * _beyond_ascii(sample) >= doubt


def _sample(body: bytes) -> bytes:
    """Take the stretches between tags that hold bytes above ASCII, up to `_ENOUGH` bytes of them.

    Each begins at a character, as no sign of two bytes has its second one at `<` or `>` (nor has GB 18030's four).
    """
    pieces: list[bytes] = []
    size = at = 0
    while size < _ENOUGH and (found := _HIGH.search(body, at)):
        before = body[max(at, found.start() - 64) : found.start()]
        start = found.start() - len(before) + max(before.rfind(b"<"), before.rfind(b">")) + 1
        end = _TAG.search(body, found.end(), start + _STRETCH)
        at = end.start() if end else start + _STRETCH
        pieces.append(body[start:at])
        size += len(pieces[-1])
    return b"\n".join(pieces)


def _beyond_ascii(sample: bytes) -> int:
    return len(sample.translate(None, delete=_ASCII))


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


_HIGH = re.compile(rb"[\x80-\xff]")
_TAG = re.compile(rb"[<>]")
_ASCII = bytes(range(0x80))
_NOT_LEADING = bytes(byte for byte in range(256) if not 0xC2 <= byte <= 0xF4)
_ENOUGH = 32_768
_STRETCH = 4_096
_WRITING = 6.0
"""Mean bits a byte that writing costs at most; the headlines of the tests, in 22 languages, cost 1.7 to 5.2."""
_GARBAGE = 5.9
"""Mean bits a byte above which the reading of a claim may be doubted; set by hand, beside the bound of writing."""
_DOUBT, _CERTAIN = 8.0, 40.0
"""Bits in all that speak for another reading than windows-1252 or a claim that fails, and than a claim that can be."""
