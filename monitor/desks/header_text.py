"""Text as a header carries it: ASCII as it stands, all else in encoded words (RFC 2047), in lines that may be long.

`email` folds a long subject right after its name, which some mail programs show as a space in front of it, and breaks
words where it likes. Owns the folding and the encoding only; what may stand in a header at all is `clean_header`'s.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator

_LINE = 78
"""Characters of a line without its CR LF, as RFC 5322 section 2.1.1 recommends."""
_ENCODED_LINE = 76
"""The same for a line with an encoded word (RFC 2047 section 2)."""
_LONGEST_WORD = 75
"""Of an encoded word, with its frame (RFC 2047 section 2)."""
_PLAIN = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!*+-/")
"""What the Q encoding leaves as it is wherever an encoded word may stand (RFC 2047 section 5, rule 3)."""


def header_line(name: str, text: str) -> bytes:
    """Write a header of free text, folded, with CR LF after each line; its first word stands on the first line.

    Args:
        name: Such as "Subject".
        text: On one line, without control characters, and without what looks like an encoded word.
    """
    pieces = _folded(text, len(name) + 2) if text.isascii() else _encoded(text, len(name) + 2)
    value = "\r\n ".join(pieces)
    return f"{name}: {value}".rstrip().encode("ascii") + b"\r\n"


def _folded(text: str, start: int) -> Iterator[str]:
    """Break ASCII text at its spaces; a word longer than a line stands on one of its own, or on the first."""
    line, room = "", _LINE - start
    for word in text.split(" "):
        if line and len(line) + 1 + len(word) > room:
            yield line
            line, room = word, _LINE - 1
        else:
            line = f"{line} {word}" if line else word
    yield line


def _encoded(text: str, start: int) -> Iterator[str]:
    """Cut text into encoded words, one a line, none of which parts a character (RFC 2047 section 5)."""
    is_base64 = len(base64.b64encode(text.encode())) < sum(len(_quoted(character)) for character in text)
    word, room = "", _ENCODED_LINE - start
    for character in text:
        if len(_word(word + character, is_base64=is_base64)) > min(room, _LONGEST_WORD):
            yield _word(word, is_base64=is_base64)
            word, room = "", _ENCODED_LINE - 1
        word += character
    yield _word(word, is_base64=is_base64)


def _word(text: str, *, is_base64: bool) -> str:
    if is_base64:
        return f"=?utf-8?b?{base64.b64encode(text.encode()).decode()}?="
    return f"=?utf-8?q?{''.join(map(_quoted, text))}?="


def _quoted(character: str) -> str:
    if character == " ":
        return "_"
    return "".join(chr(byte) if byte in _PLAIN else f"={byte:02X}" for byte in character.encode())
