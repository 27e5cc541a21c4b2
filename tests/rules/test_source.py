"""YAML with places: what is read, what is refused, and where a character of a value stands."""

from __future__ import annotations

from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from monitor.rules.files.source import MAX_DEPTH, MAX_REPEATED, Mapping, Scalar, Sequence, plain, read_source, scalars


def read(text: str) -> object:
    source, problems = read_source("a.yaml", text.encode())
    assert problems == []
    return plain(source.root)


def complaints(text: str | bytes) -> list[str]:
    _, problems = read_source("a.yaml", text.encode() if isinstance(text, str) else text)
    return [str(problem) for problem in problems]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("NO", "NO"),
        ("yes", "yes"),
        ("07:00", "07:00"),
        ("2024-07-26", "2024-07-26"),
        ("true", True),
        ("12", 12),
        ("0x1F", 31),
        ("1.5e3", 1500.0),
        ("'12'", "12"),
        ("~", None),
        ("[a, [b], {c: d}]", ["a", ["b"], {"c": "d"}]),
        ("{a: &x [1, 2], b: *x}", {"a": [1, 2], "b": [1, 2]}),
        ("\ufeffa: 1", {"a": 1}),
        ("a: 1\r\nb: 2\r\n", {"a": 1, "b": 2}),
        ("9" * 5000, "9" * 5000),
        ("", None),
        ("# nothing", None),
    ],
)
def test_plain_values_follow_yaml_1_2(text: str, value: object) -> None:
    """NO is Norway and 07:00 a time; only the core schema's words are anything but text."""
    assert read(text) == value


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("a: 1\nb: 2\na: 3\n", "a.yaml:3:1: the key 'a' stands twice; the first is at 1:1"),
        ("a:\n\t- b\n", "a.yaml:2:1: a tab cannot indent in YAML: use spaces"),
        ("a: b: c\n", "a.yaml:1:5: a second ': ' in one line: put the value in quotes, or check the indentation"),
        ("a: @x\n", "a.yaml:1:4: a value cannot begin with '@': put it in quotes"),
        ("a: 'x\n", "a.yaml:2:1: a quote is not closed; it opens in line 1"),
        ("a: *x\n", "a.yaml:1:4: *x repeats an anchor that is not defined before it"),
        ("a: &x [*x]\n", "a.yaml:1:8: *x repeats an anchor that is not defined before it"),
        ("a: !!python/name:os.system x\n", "a.yaml:1:4: tags (!…) are not used in rule files"),
        ("a: !x {}\n", "a.yaml:1:4: tags (!…) are not used in rule files"),
        ("[a]: b\n", "a.yaml:1:1: a key must be text"),
        ("a: {}\n<<: {}\n", "a.yaml:2:1: merge keys (<<) are not used in rule files"),
        ("a: 1\n---\nb: 2\n", "a.yaml:2:1: a second document begins here"),
        ("a: x\x00y\n", "a.yaml:1:5: the character U+0000 may not stand in a YAML file"),
        ('a: "x \\ud800"\n', "a.yaml:1:4: the escape \\ud800 is half of a character: no text holds it"),
        ("%YAML 9.9\n---\na: 1\n", "a.yaml:1:1: this is not YAML"),
    ],
)
def test_what_is_refused_has_its_place(text: str, complaint: str) -> None:
    """Each mistake says where it is and what to do."""
    assert [said[: len(complaint)] for said in complaints(text)] == [complaint]


def test_two_keys_that_stand_twice_are_both_reported() -> None:
    """What does not stop the parser does not end the search."""
    assert len(complaints("a: 1\na: 2\nb: {c: 1, c: 2}\n")) == 2


def test_bad_bytes_have_a_line_and_a_column() -> None:
    """The column counts characters, not bytes."""
    assert complaints("a: جنگ\nb: ج".encode() + b"\xff\n") == [
        "a.yaml:2:5: the byte 0xff is not UTF-8; save the file as UTF-8"
    ]
    assert complaints("a: 1".encode("utf-16")) == ["a.yaml:1:1: the file is UTF-16; save the file as UTF-8"]


def test_anchors_cannot_multiply_without_end() -> None:
    """Ten lines that would be ten thousand million values are refused."""
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10)]
    (said,) = complaints("\n".join(lines))
    assert str(MAX_REPEATED) in said


@pytest.mark.parametrize("text", ["[" * 200_000, "- " * 5_000, "{a: " * 5_000])
def test_no_nesting_is_too_deep_to_be_refused(text: str) -> None:
    """Depth ends in a message, not in a stack overflow."""
    (said,) = complaints(text)
    assert f"more than {MAX_DEPTH} levels" in said


def scalar_at(text: str) -> tuple[object, Scalar]:
    source, problems = read_source("a.yaml", text.encode())
    assert problems == []
    (scalar,) = (scalar for scalar in scalars(source.root) if "X" in scalar.text)
    return source, scalar


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("q: one X two\n", (1, 8)),
        ("q: 'it''s X'\n", (1, 11)),
        ('q: "say \\"hi\\" X"\n', (1, 16)),
        ('q: "\\u0041\\t\\x41 X"\n', (1, 18)),
        ("q: &anchor one X\n", (1, 16)),
        ("q: >-\n  one\n  two\n\n  X\n", (5, 3)),
        ("q: |2  # note: X\n  one\n   X\n", (3, 4)),
        ("q: one\n  two\n  X three\n", (3, 3)),
        ("q: 'one\n\n  two X'\n", (3, 7)),
        ('q: "one \\\n   two X"\n', (2, 8)),
        ("q: جنگ بندی X\n", (1, 13)),
        ("r: 1\r\nq: >\r\n  one\r\n  X\r\n", (4, 3)),
    ],
)
def test_a_character_of_a_value_is_found_in_the_file(text: str, place: tuple[int, int]) -> None:
    """Quotes, escapes, anchors and folded lines do not shift the column."""
    source, problems = read_source("a.yaml", text.encode())
    assert problems == []
    (scalar,) = (scalar for scalar in scalars(source.root) if "X" in scalar.text)
    offset = source.offset_in(scalar, scalar.text.index("X"))
    assert source.place(offset) == place
    assert source.text[offset] == "X"


def test_the_end_of_a_value_is_just_past_its_last_character() -> None:
    """What is missing at the end of a query is pointed at there."""
    source, _ = read_source("a.yaml", b"q: (one\n")
    (scalar,) = scalars(source.root)
    assert source.place(source.offset_in(scalar, len(scalar.text))) == (1, 8)


@given(
    st.text(
        st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\x85\u2028\u2029\ufeff\ufffe\uffff"),
        min_size=1,
    ),
    st.sampled_from(["'", '"', "|"]),
)
def test_every_visible_character_of_a_value_is_at_its_place(value: str, style: str) -> None:
    """For any text in any quoting the file holds, at the given offset, the character of the value."""
    match style:
        case "'":
            written = "q: '" + value.replace("'", "''") + "'\n"
        case '"':
            written = 'q: "' + value.replace("\\", "\\\\").replace('"', '\\"') + '"\n'
        case _:
            written = "q: |1-\n " + value + "\n"
    source, problems = read_source("a.yaml", written.encode())
    if problems or not isinstance(source.root, Mapping):
        return  # a character that YAML does not allow
    (scalar,) = scalars(source.root)
    for position, character in enumerate(scalar.text):
        if character not in " \t\r\n":
            offset = source.offset_in(scalar, position)
            assert source.text[offset] == character or source.text[offset : offset + 2] == "\\" + character


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-999, 999) | st.text("abc -#'\"جنگ\n", max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text("abxyz", min_size=1, max_size=3), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(_VALUES)
def test_what_another_program_dumps_is_read_back(value: object) -> None:
    """Anything ruamel.yaml writes comes back as it was (it writes a text ":a" in braces as it cannot read it)."""
    stream = StringIO()
    YAML(typ="safe", pure=True).dump(value, stream)
    assert read(stream.getvalue()) == value


@given(st.binary(max_size=60) | st.text("ab:-[]{},&*!|>'\"%@`#? \n\t0", max_size=60).map(str.encode))
def test_any_bytes_give_a_tree_or_problems(data: bytes) -> None:
    """No input ends in anything but values and places."""
    source, problems = read_source("a.yaml", data)
    assert source.root is None or isinstance(source.root, Scalar | Sequence | Mapping)
    assert all(problem.line >= 1 and problem.column >= 1 for problem in problems)
