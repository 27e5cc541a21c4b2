"""Tables at a terminal and in a pipe."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from monitor.cli.output import harmless, write_table

COLUMNS = ("feed", "status", "outcome", "new", "because")
SENTENCE = "nothing new was published since the last poll, so the period is half as long again"
ROWS = [
    ("khyber-dispatch", "not-modified", "unchanged: the publisher says that nothing changed", 0, SENTENCE),
    ("صبح نامہ", "ok", "new", 12, "-"),
]


def written(rows: Sequence[Sequence[object]], *, width: int, is_terminal: bool = True) -> list[str]:
    out = Console(file=io.StringIO(), width=width, force_terminal=is_terminal, no_color=True, color_system=None)
    write_table(out, COLUMNS, rows, right={"new"})
    assert isinstance(out.file, io.StringIO)
    return out.file.getvalue().splitlines()


def test_a_program_reads_one_line_a_row() -> None:
    """Nothing is folded and nothing cut in a pipe, however long the row."""
    lines = written(ROWS, width=40, is_terminal=False)
    assert len(lines) == 1 + len(ROWS)
    assert SENTENCE in lines[1]


def test_what_has_no_room_stands_under_its_row() -> None:
    """At 80 columns one sentence wraps where it stands, and the longer one has no room; an empty one is left out."""
    lines = written(ROWS, width=80)
    assert lines[0].split() == ["feed", "status", "outcome", "new"]
    assert lines[1] == "khyber-dispatch  not-modified  unchanged: the publisher says that nothing      0"
    assert lines[2] == " " * 31 + "changed"
    assert lines[3].startswith("    because: nothing new was published")
    assert lines[-1].split() == ["صبح", "نامہ", "ok", "new", "12"]


def test_a_wide_terminal_shows_the_whole_table() -> None:
    """Then it is as in a pipe."""
    assert written(ROWS, width=200) == written(ROWS, width=200, is_terminal=False)


@given(
    st.lists(st.tuples(*[st.text(st.sampled_from("abc 語ہ\n"), max_size=60)] * 5), max_size=4),
    st.integers(min_value=40, max_value=140),
)
def test_no_line_is_wider_than_the_terminal_and_no_letter_is_lost(rows: list[tuple[str, ...]], width: int) -> None:
    """Whatever the cells hold."""
    lines = written(rows, width=width)
    assert max(map(cell_len, lines)) <= width
    shown = "".join(lines)
    for letter in "語ہ":
        assert shown.count(letter) == sum(cell.count(letter) for row in rows for cell in row)


@pytest.mark.parametrize(
    "command", [("--help",), ("rules", "schema"), ("config", "show"), ("config", "show", "--json"), ("rules", "match")]
)
def test_a_reader_that_went_away_is_no_failure(command: tuple[str, ...], tmp_path: Path) -> None:
    """`monitor … | head -1` ends in silence, whatever was still to be said."""
    articles = tmp_path / "articles.jsonl"
    articles.write_text('{"title": "Pakistani Taliban call off truce with Islamabad"}\n' * 2000)
    files = [str(articles)] if command == ("rules", "match") else []
    environment = os.environ | {"MONITOR_RULES_DIR": str(Path(__file__).parents[2] / "rules")}
    with subprocess.Popen(
        [sys.executable, "-m", "monitor", *command, *files],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment,
    ) as process:
        assert process.stdout is not None
        process.stdout.close()
        assert process.stderr is not None
        said = process.stderr.read()
    assert (process.returncode, said) == (0, b"")


@given(st.text())
def test_text_made_harmless_keeps_its_places(text: str) -> None:
    """Marks and carets that count code points stay where they belong; nothing is left that a terminal obeys."""
    shown = harmless(text)
    assert len(shown) == len(text)
    assert all(new in (old, " ") for old, new in zip(text, shown, strict=True))
    assert not {"\x1b", "\n", "\r", "\u2028", "\u202e"} & set(shown)
