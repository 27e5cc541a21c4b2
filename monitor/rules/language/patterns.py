"""Which regular expressions a rule may hold: those that cost little to compile and do not call themselves.

Owns the limits and how a pattern's size is told before the `regex` module sees it. Refuses to know how long a search
may take, which is limited where it runs (`evaluate`).

Measured with regex 2026.11: `(a{1000}){1000}` takes 220 MB to compile, one level more all memory there is; 500 brackets
inside one another end in a RecursionError; `(?R)` alone never comes to an end, on an empty text either.
"""

from __future__ import annotations

import re
from typing import NamedTuple

MAX_PATTERN_LENGTH = 20_000
"""Code points; a longer one is a list, and compiles for a tenth of a second and more."""
MAX_BRACKETS = 50
"""Brackets inside one another."""
MAX_WRITTEN_OUT = 20_000
"""Characters of a pattern whose repeats are written out as often as they must: what compiling it costs."""

_PIECE = re.compile(
    r"""
      (?P<recursion> \(\? (?: R | [-+]?[0-9]+ | & \w+ | P>\w+ ) \) )
    | (?P<skipped> \\. | \[ \^? \]? (?: \\. | [^\]\\] )* (?: \] | \Z ) | \(\?\#[^)]*\)? )
    | (?P<open> \( ) | (?P<close> \) )
    | \{ (?P<least> [0-9]+ ) (?: , [0-9]* )? \}
    | .
    """,
    re.VERBOSE | re.DOTALL,
)


class Refusal(NamedTuple):
    """Why a pattern is not taken, and what to write instead."""

    because: str
    hint: str


def refuse(pattern: str) -> Refusal | None:
    """Say why a pattern is too much for a rule, None where it may be compiled.

    Args:
        pattern: Without its slashes; whether it is a regular expression at all is not asked.
    """
    if len(pattern) > MAX_PATTERN_LENGTH:
        return Refusal(f"This regular expression is longer than {MAX_PATTERN_LENGTH} characters", "Use a lexicon")
    sizes = [0]
    last = 0
    for piece in _PIECE.finditer(pattern):
        if piece["recursion"]:
            return Refusal(f"`{piece[0]}` makes the expression call itself", "Write the levels out")
        if piece["open"]:
            sizes.append(0)
            if len(sizes) > MAX_BRACKETS + 1:
                return Refusal(
                    f"More than {MAX_BRACKETS} brackets stand inside one another", "Use several, joined by OR"
                )
            continue
        if piece["close"]:
            last = sizes.pop() if len(sizes) > 1 else 0
        elif piece["least"]:
            # Only as often as it must is a part written out: {0,1000} and {1,} stay one part.
            more = last * max(0, min(int(piece["least"][:9]), MAX_WRITTEN_OUT + 1) - 1)
            last += more
            sizes[-1] += more
            if sizes[-1] > MAX_WRITTEN_OUT:
                hint = "Write + or * in place of a great number"
                return Refusal(f"`{piece[0]}` makes the expression too large", hint)
            continue
        else:
            last = 1
        sizes[-1] += last
    return None
