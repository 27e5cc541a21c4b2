"""Regular expressions that cost too much to compile are refused before they are compiled."""

from __future__ import annotations

from contextlib import suppress

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from monitor.rules.language.parser import QueryError, parse
from monitor.rules.language.patterns import MAX_BRACKETS, MAX_PATTERN_LENGTH, MAX_WRITTEN_OUT, refuse


@pytest.mark.parametrize(
    ("pattern", "because"),
    [
        ("((a{1000}){1000}){1000}", "`{1000}` makes the expression too large"),
        ("(?:(?:a{50,}){50,}){50,}", "`{50,}` makes the expression too large"),
        ("a{99999999999999999999}", "`{99999999999999999999}` makes the expression too large"),
        ("[a-z]{19000}[0-9]{2000}", "`{2000}` makes the expression too large"),
        (r"\w{20001}", "`{20001}` makes the expression too large"),
        ("(" * 5000 + "a" + ")" * 5000, f"More than {MAX_BRACKETS} brackets stand inside one another"),
        ("(?R)", "`(?R)` makes the expression call itself"),
        ("(a|(?1))b", "`(?1)` makes the expression call itself"),
        ("(?P<x>a(?&x)?)", "`(?&x)` makes the expression call itself"),
        ("a" * (MAX_PATTERN_LENGTH + 1), f"This regular expression is longer than {MAX_PATTERN_LENGTH} characters"),
    ],
)
def test_what_costs_too_much_is_refused(pattern: str, because: str) -> None:
    """Memory, the stack of the compiler and endless recursion are all spared, and a query says what is wrong."""
    refused = refuse(pattern)
    assert refused is not None
    assert refused.because == because
    with pytest.raises(QueryError) as raised:
        parse(f"/{pattern}/")
    assert raised.value.message == because
    assert raised.value.hint == refused.hint


@pytest.mark.parametrize(
    "pattern",
    [
        r"(?i)\bcease-?fires?\b",
        r"\bTTP['’]?s\b",
        r"[({[]{3}x",
        r"[^](?R)]{2}x",
        r"\(\(\(\{1000\}",
        r"(?#((((()a{1,30}",
        "(?:a{1,500}){1,500}",
        "(?:a{0,1000}){0,1000}b",
        "(a)(?P=x)(?:b)",
        "(" * MAX_BRACKETS + "a" + ")" * MAX_BRACKETS,
        f"a{{{MAX_WRITTEN_OUT}}}",
    ],
)
def test_what_costs_little_is_left_to_the_compiler(pattern: str) -> None:
    """Escapes, classes and comments hold no brackets; a repeat counts as often as it must."""
    assert refuse(pattern) is None


@given(st.lists(st.sampled_from([*"()[]{}|*+?\\^$.,0123ab", "{2,}", "{9}", "(?:", "(?R)", "(?#", "[^", r"\p{L}"])))
def test_any_text_is_refused_or_compiles_or_is_no_expression(pieces: list[str]) -> None:
    """Nothing but the module's own error comes out of what was let through."""
    pattern = "".join(pieces)
    if refuse(pattern) is None:
        with suppress(regex.error):
            regex.compile(pattern, cache_pattern=False)


def test_a_long_open_class_is_read_once() -> None:
    """Each open bracket of a class could search to the end for the bracket that closes it."""
    assert refuse("[" * MAX_PATTERN_LENGTH) is None
