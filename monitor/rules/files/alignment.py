"""Where a character of a YAML value stands in the file, so that a mistake inside a quoted or folded query has a column.

Owns how YAML writes a text (YAML 1.2.2, chapters 7.3 and 8.1: escapes, doubled quotes, folded lines, block headers)
and nothing of what the text means.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_ESCAPE = re.compile(r"\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|\r\n|.)", re.DOTALL)
_PROPERTIES = re.compile(r"(?:[&!]\S*\s+)*")
_BLANK = " \t\r\n\x85\u2028\u2029"
_BLANK_ESCAPES = frozenset("\r\ntnr \tNLP")
"""What may follow a backslash and then stands for white space, or for nothing."""


def offset_in_file(file: str, start: int, end: int, *, style: str | None, value: str, position: int) -> int:
    """Return where a character of a value stands in the file's text.

    Args:
        file: The file's text.
        start: Where the value begins in it, its quote, block sign or anchor included.
        end: Where it ends.
        style: None for a plain value, else one of ' " | >.
        value: The value as it was read.
        position: An offset in `value`; its length means just past the last character.

    YAML folds only white space, so all other characters of a value stand in the file one by one and in order. A
    position within white space gives the place after the character before it.
    """
    characters = _characters(file, start, end, style)
    place = (start, start)
    for character in value[:position]:
        if character not in _BLANK:
            place = next(characters, place)
    if position < len(value) and value[position] not in _BLANK:
        return next(characters, place)[0]
    return place[1]


def _characters(file: str, at: int, end: int, style: str | None) -> Iterator[tuple[int, int]]:
    """Yield start and end, in the file, of each character of a value that is not white space."""
    properties = _PROPERTIES.match(file, at, end)
    at = properties.end() if properties else at
    if style in ("|", ">"):
        newline = file.find("\n", at, end)
        at = end if newline < 0 else newline + 1
    elif style is not None:
        at, end = at + 1, end - 1
    while at < end:
        length = 1
        if style == '"' and file[at] == "\\":
            escape = _ESCAPE.match(file, at, end)
            length = 2 if escape is None else len(escape.group())
            if file[at + 1 : at + 2] in _BLANK_ESCAPES:
                at += length
                continue
        elif style == "'" and file.startswith("''", at):
            length = 2
        elif file[at] in _BLANK:
            at += 1
            continue
        yield at, at + length
        at += length
