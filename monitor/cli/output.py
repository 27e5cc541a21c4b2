"""How commands speak: results to stdout as a table or as JSON, problems to stderr, colour only on a terminal.

A table is as wide as its cells where a program reads it. On a terminal that is narrower, one column may wrap where it
stands; where that leaves too little, the widest columns move under their row, with their names.
"""

from __future__ import annotations

import json
import sys
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from rich.console import Console
from rich.text import Text

from monitor.desks.excerpt import BIDI_CONTROLS

PIPE_WIDTH = 200
"""Columns of running text where the output is not a terminal; tables are as wide as they must be there."""
_GAP = 2
_INDENT = 4
_READABLE = 32
"""Columns below which a sentence is not read with ease: it moves under its row."""


class _Console(Console):
    def on_broken_pipe(self) -> None:
        raise BrokenPipeError  # rich would end with 1; that the reader went away is no failure


def console(*, stderr: bool = False) -> Console:
    """Return a console that writes plainly to a pipe."""
    stream = sys.stderr if stderr else sys.stdout
    return _Console(stderr=stderr, soft_wrap=False, highlight=False, width=None if stream.isatty() else PIPE_WIDTH)


def harmless(text: str) -> str:
    """Put a space for each character that ends a line, or that a terminal obeys; all others keep their places.

    For text whose offsets matter; a name or a sentence is made fit by `desks.excerpt.one_line`.
    """
    return text if text.isascii() and text.isprintable() else "".join(map(_harmless, text))


def _harmless(character: str) -> str:
    is_obeyed = unicodedata.category(character) in ("Cc", "Zl", "Zp", "Cs") or character in BIDI_CONTROLS
    return " " if is_obeyed else character


def counted(number: int, one: str, several: str | None = None) -> str:
    """Return "1 rule", "2 rules" or, with its own plural, "2 stories"."""
    return f"{number} {one if number == 1 else several or f'{one}s'}"


def print_json(value: object) -> None:
    """Print one JSON document; letters of every script stay as they are."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2, default=_plain) + "\n")


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    raise TypeError(f"{type(value).__name__} has no JSON form")


def print_table(
    columns: Sequence[str],
    rows: Iterable[Sequence[object]],
    *,
    empty: str,
    title: str = "",
    right: Collection[str] = (),
) -> None:
    """Print rows under headings, or a sentence where there are none. Cells are text, never markup.

    Args:
        columns: The headings.
        rows: Cells, as many as there are headings.
        empty: What is said where there is no row.
        title: A line above.
        right: Headings of the columns that stand to the right, as numbers do.
    """
    shown = list(rows)
    out = console()
    if not shown:
        out.print(Text(empty))
        return
    if title:
        out.print(Text(title, style="italic"))
    write_table(out, columns, shown, right=right)


def write_table(
    out: Console, columns: Sequence[str], rows: Iterable[Sequence[object]], *, right: Collection[str] = ()
) -> None:
    """Write rows under headings to a console, for its width."""
    cells = [[_text(value) for value in row] for row in rows]
    widths = [
        max([heading.cell_len, *(_width(row[at]) for row in cells)]) for at, heading in enumerate(map(Text, columns))
    ]
    below: set[int] = set()
    if out.is_terminal:
        below, widths = _fit(widths, out.width)
    beside = [at for at in range(len(columns)) if at not in below]
    numbers = {at for at, name in enumerate(columns) if name in right}
    lines = _lines([Text(name, style="bold") for name in columns], beside, widths, numbers, out)
    for row in cells:
        lines += _lines(row, beside, widths, numbers, out)
        notes = [Text(f"{columns[at]}: ", style="dim").append_text(row[at]) for at in sorted(below) if _says(row[at])]
        lines += _notes(notes, out)
    for line in lines:
        out.print(line, no_wrap=True, overflow="ignore", crop=False)


def _fit(natural: Sequence[int], width: int) -> tuple[set[int], list[int]]:
    """Decide which columns move under their row, and how wide the others are; the first one stays."""
    widths, below = list(natural), set[int]()
    while True:
        beside = [at for at in range(len(widths)) if at not in below]
        over = sum(widths[at] for at in beside) + _GAP * (len(beside) - 1) - width
        widest = max(beside, key=lambda at: widths[at])
        if over <= 0:
            return below, widths
        if widths[widest] - over >= _READABLE or beside == [0]:
            widths[widest] = max(widths[widest] - over, 1)
            return below, widths
        below.add(max(beside[1:], key=lambda at: widths[at]))


def _lines(
    row: Sequence[Text],
    beside: Sequence[int],
    widths: Sequence[int],
    numbers: Collection[int],
    out: Console,
) -> list[Text]:
    """Lay one row out as one line, or as several where a cell has several."""
    parts = {at: list(row[at].wrap(out, widths[at])) for at in beside}
    lines = []
    for number in range(max(map(len, parts.values()))):
        line = Text()
        for at in beside:
            part = parts[at][number].copy() if number < len(parts[at]) else Text()
            part.rstrip()
            room = widths[at] - part.cell_len
            part.pad_left(room) if at in numbers else part.pad_right(room)
            line.append_text(part).append(" " * _GAP)
        line.rstrip()
        lines.append(line)
    return lines


def _notes(notes: Sequence[Text], out: Console) -> Iterator[Text]:
    """Lay what moved under a row out: side by side where a line has room for it, else each on lines of its own."""
    joined: list[Text] = []
    for note in notes:
        if joined and _INDENT + joined[-1].cell_len + _GAP + note.cell_len <= out.width:
            joined[-1].append(" " * _GAP).append_text(note)
        else:
            joined.append(note)
    for note in joined:
        for line in note.wrap(out, max(out.width - _INDENT, 1)):
            line.rstrip()
            yield Text(" " * _INDENT).append_text(line)


def _width(cell: Text) -> int:
    return max(line.cell_len for line in cell.split("\n", allow_blank=True))


def _says(cell: Text) -> bool:
    return cell.plain.strip() not in ("", "-")


def _text(value: object) -> Text:
    return value.copy() if isinstance(value, Text) else Text(_cell(value))


def print_fields(fields: Mapping[str, object]) -> None:
    """Print names and values, one a line; on a terminal a long value goes on under itself."""
    width = max(map(len, fields), default=0)
    out = console()
    for name, value in fields.items():
        _print_hanging(out, Text(f"{name:<{width}}  {_cell(value)}"), width + _GAP)


def print_lines(lines: Iterable[Text | str]) -> None:
    """Print lines; on a terminal a long one goes on two columns to the right of where it began."""
    out = console()
    for each in lines:
        line = each if isinstance(each, Text) else Text(each)
        _print_hanging(out, line, line.cell_len - Text(line.plain.lstrip()).cell_len + _GAP)


def _print_hanging(out: Console, line: Text, indent: int) -> None:
    if not out.is_terminal or line.cell_len <= out.width or indent > out.width // 2:
        out.print(line, soft_wrap=True)
        return
    parts = line.wrap(out, out.width)
    first = parts[0]
    first.rstrip()
    out.print(first, no_wrap=True)
    rest = line[len(first.plain) :]
    left = len(rest.plain) - len(rest.plain.lstrip())
    for part in rest[left:].wrap(out, out.width - indent):
        part.rstrip()
        out.print(Text(" " * indent).append_text(part), no_wrap=True)


def _cell(value: object) -> str:
    if value is None:
        return "-"
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S}Z"
    if isinstance(value, StrEnum):
        return value.value
    return str(value)
