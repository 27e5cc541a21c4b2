"""Queries read and printed, and what is said of those that cannot be read."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.errors import ConfigurationError
from monitor.rules.language.lexer import MAX_QUERY_LENGTH
from monitor.rules.language.parser import MAX_DEPTH, QueryError, parse, to_source
from monitor.rules.language.tree import (
    And,
    AtLeast,
    Extent,
    FieldName,
    Filter,
    FilterKind,
    Near,
    Node,
    Not,
    Or,
    Reference,
    ReferenceKind,
    Regex,
    Same,
    Term,
    Unit,
    Within,
    walk,
)
from tests.rules.bookmaking import queries

A, B, C = Term("a"), Term("b"), Term("c")
TTP = Reference(ReferenceKind.ACTOR, "ttp")


@pytest.mark.parametrize(
    ("source", "tree"),
    [
        ("truce", Term("truce")),
        ("cease-fire", Term("cease-fire")),
        ("U.S.", Term("U.S.")),
        ("TTP's", Term("TTP's")),
        ("R&D", Term("R&D")),
        ("جنگ", Term("جنگ")),
        ("ceas*", Term("ceas", prefix=True)),
        ('"cessation of hostilit*"', Term("cessation of hostilit", prefix=True)),
        (r'"say \"truce\" \\ now"', Term(r'say "truce" \ now')),
        ('"AND"', Term("AND")),
        ('exact:"TTP"', Term("TTP", exact=True)),
        ("exact:TTP", Term("TTP", exact=True)),
        (r"/T\/T+P/", Regex("T/T+P")),
        ("a AND b AND c", And((A, B, C))),
        ("a AND (b AND c)", And((A, And((B, C))))),
        ("a OR b AND c", Or((A, And((B, C))))),
        ("(a OR b) AND c", And((Or((A, B)), C))),
        ("NOT a AND b", And((Not(A), B))),
        ("NOT a NEAR/3 b", Not(Near(A, B, 3))),
        ("a NEAR/8 b", Near(A, B, 8)),
        ("a BEFORE/2 b NEAR/3 c", Near(Near(A, B, 2, ordered=True), C, 3)),
        ("a NEAR/3 (b OR c)", Near(A, Or((B, C)), 3)),
        ("ATLEAST/3 a NEAR/2 b", AtLeast(3, Near(A, B, 2))),
        ("SAME_SENTENCE(a, NOT b)", Same(Unit.SENTENCE, (A, Not(B)))),
        ("SAME_PARAGRAPH(a,b OR c , c)", Same(Unit.PARAGRAPH, (A, Or((B, C)), C))),
        ("title:a", Within(FieldName.TITLE, A)),
        ("lead:(a OR b)", Within(FieldName.LEAD, Or((A, B)))),
        ("title:actor:ttp", Within(FieldName.TITLE, TTP)),
        ("url: a", Within(FieldName.URL, A)),
        ("actor:ttp", TTP),
        ("lexicon:truce", Reference(ReferenceKind.LEXICON, "truce")),
        ("rule:ttp-ceasefire", Reference(ReferenceKind.RULE, "ttp-ceasefire")),
        ("feed:dawn", Filter(FilterKind.FEED, "dawn")),
        ('tag:"south asia"', Filter(FilterKind.TAG, "south asia")),
        ("lang:ur-PK", Filter(FilterKind.LANG, "ur-PK")),
        ("  a\n  OR\n  b ", Or((A, B))),
    ],
)
def test_what_is_written_is_what_is_read(source: str, tree: Node) -> None:
    """Each form of the language, with AND before OR and NEAR before both."""
    assert parse(source) == tree


@settings(max_examples=50, deadline=None)
@given(queries())
def test_a_printed_query_is_itself(node: Node) -> None:
    """Any tree printed and read again is the same tree."""
    assert parse(to_source(node)) == node


@settings(max_examples=50, deadline=None)
@given(queries())
def test_printing_is_stable(node: Node) -> None:
    """What was read prints as it would have been printed before, so a rewritten rule file settles."""
    once = to_source(node)
    assert to_source(parse(once)) == once


@settings(max_examples=50, deadline=None)
@given(queries())
def test_every_node_knows_where_it_stood(node: Node) -> None:
    """The extent of a node is source that reads as that node."""
    source = to_source(node)
    for inner in walk(parse(source)):
        text = source[inner.at.start : inner.at.end]
        assert parse(text) == inner


def test_extents_are_those_of_the_source() -> None:
    """Offsets count code points of the query, without the brackets round a node."""
    node = parse("  (جنگ OR b) AND c")
    assert node.at == Extent(2, 18)
    assert isinstance(node, And)
    assert [child.at for child in node.children] == [Extent(3, 11), Extent(17, 18)]


MISTAKES = [
    ("", 0, "empty", ""),
    ("   ", 3, "empty", ""),
    ("a and b", 2, "a word here", "AND?"),
    ("a or b", 2, "a word here", "OR?"),
    ("not ttp", 0, "a word here", "NOT?"),
    ("a near/8 b", 2, "a word here", "NEAR/8?"),
    ("a NEAR8 b", 2, "needs a number", "NEAR/8?"),
    ("a NEAR 5 b", 2, "needs a number", "NEAR/5?"),
    ("a NEAR b", 2, "needs a number", "NEAR/8?"),
    ("a NEAR/x b", 2, "needs a number", "NEAR/8?"),
    ("a W/5 b", 2, "a word here", "NEAR/5?"),
    ("a PRE/5 b", 2, "a word here", "BEFORE/5?"),
    ("a NEAR/0 b", 2, "counts from 1", ""),
    ("a NEAR/99999999999 b", 2, "counts from 1", ""),
    ("Istanbul talks", 9, "Nothing joins", '"Istanbul talks"'),
    ("(a) (b)", 4, "Nothing joins", ""),
    ("a NOT b", 2, "NOT joins nothing", "AND NOT"),
    ("(a OR b", 0, "not closed", ""),
    ("a OR b)", 6, "never opened", ""),
    ("()", 1, "cannot stand here", ""),
    ('"a AND b', 0, "not closed", '"a"?'),
    ('a AND "b', 6, "not closed", '"b"?'),
    ("“truce”", 0, "cannot stand here", "straight"),
    ("a AND", 5, "missing after AND", ""),
    ("AND a", 0, "cannot stand here", ""),
    ("a NEAR/5 NOT b", 9, 'expected a word, a "phrase" or (', "write AND NOT"),
    ("title:", 6, 'missing after title:; expected a word, a "phrase" or (', ""),
    ("SAME_SENTENCE(a, b", 13, "expected ), a comma, AND", ""),
    ("a AND OR b", 6, "cannot stand here", '"or"'),
    ("titel:x", 0, "Nothing is called `titel:`", "title:"),
    ("10:30", 0, "Nothing is called", "quotes"),
    (":x", 0, "colon", ""),
    ("actor:", 6, "needs a value", ""),
    ("actor:(a)", 6, "needs a value", ""),
    ('actor:"a b"', 6, "no id", ""),
    ("feed:daw*", 5, "compared whole", ""),
    ("title:NOT a", 6, "takes one thing", "NOT title:"),
    ("a, b", 1, "comma", ""),
    ("(a, b)", 2, "comma", ""),
    ("SAME_SENTENCE a", 0, "needs a bracket", ""),
    ("SAME_SENTENCE(a)", 0, "two things", ""),
    ("SAME_SENTENCE(a, b", 13, "not closed", ""),
    ("SAME_SENTENCE(a, feed:x)", 17, "filter", ""),
    ("a NEAR/8 (b AND c)", 10, "stand at a place", "SAME_SENTENCE"),
    ("a NEAR/8 rule:x", 9, "stand at a place", ""),
    ("ATLEAST/2 NOT a", 10, "stand at a place", ""),
    ("tt*p", 0, "star", ""),
    ("*", 0, "no word", ""),
    ("—", 0, "no word", ""),
    ('"!!"', 0, "no word", ""),
    ('""', 0, "no word", ""),
    ("'cease fire'", 7, "Nothing joins", "Quotes are double"),
    ("same_sentence(a, b)", 0, "a word here", "SAME_SENTENCE?"),
    ("a NEAR:8 b", 2, "Nothing is called `NEAR:`", "NEAR/8?"),
    ("a AND （b OR c）", 6, "`（`", "Brackets are plain"),
    ("actor：ttp", 5, "`：`", "plain colon"),
    ("SAME_SENTENCE(جنگ،بندی)", 17, "`،`", "comma is plain"),
    ("«cease fire»", 0, "`«`", "straight"),
    ("a && b", 2, "`&&`", "AND"),
    ("a || b", 2, "`||`", "OR"),
    ("!a", 0, "`!`", "NOT"),
    ("ttp~2", 3, "`~`", "spellings"),
    ("(i?)ttp", 2, "`?`", "case never counts"),
    ("-a", 0, "`-`", "NOT a"),
    ("+a", 0, "`+`", "AND"),
    ("/(i?)ttp/", 1, "sets no flag", "(?i)"),
    ("/ttp/i", 5, "Letters follow", "/(?i)ttp/"),
    ("/a/b/", 3, "Letters follow", "\\/"),
    ("/(/", 1, "no regular expression", ""),
    ("/a*/", 1, "nothing", ""),
    ("//", 1, "nothing", ""),
    ("/a", 0, "not closed", ""),
    ("(" * 60 + "a" + ")" * 60, MAX_DEPTH, "inside one another", "rule:"),
    ("NOT " * 60 + "a", 4 * MAX_DEPTH, "inside one another", ""),
    (" NEAR/1 ".join("a" * 60), None, "inside one another", ""),
    ("a" * (MAX_QUERY_LENGTH + 1), 0, "longer than", "lexicon"),
]


@pytest.mark.parametrize("mark", ["\u200b", "\u200f", "\ufeff", "\u2067"])
def test_an_invisible_mark_beside_an_operator_or_a_word_is_white_space(mark: str) -> None:
    """Editors leave marks of direction around Arabic and Hebrew text, and nobody sees why `AND` is none."""
    marked = parse(f"{mark}جنگ{mark} AND{mark} {mark}lexicon:truce{mark}")
    assert to_source(marked) == "جنگ AND lexicon:truce"


@pytest.mark.parametrize(("source", "position", "message", "hint"), MISTAKES)
def test_a_mistake_points_at_its_place_and_guesses(source: str, position: int | None, message: str, hint: str) -> None:
    """Each mistake is shown where it is, said in plain words, with a guess where there is one."""
    with pytest.raises(QueryError) as caught:
        parse(source)
    error = caught.value
    assert isinstance(error, ConfigurationError)
    assert position in (None, error.position)
    assert message in error.sentence
    assert hint in error.hint


def test_a_mistake_is_rendered_with_a_caret_line() -> None:
    """The line of the source, carets under the place, then line, column and sentence."""
    with pytest.raises(QueryError) as caught:
        parse("truce\n\tOR titel:x")
    assert caught.value.render() == (
        "\tOR titel:x\n\t   ^^^^^^\nline 2, column 5: Nothing is called `titel:`. Did you mean title:?"
    )


@given(st.text(st.sampled_from('aAND OR NOT NEAR/8"()/*:,\\~-.titleactor جنگ\n')) | st.text())
def test_any_text_is_a_query_or_a_mistake(source: str) -> None:
    """Nothing but QueryError comes of any source, and it points inside it."""
    read: Node | QueryError
    try:
        read = parse(source)
    except QueryError as error:
        read = error
    if isinstance(read, QueryError):
        assert 0 <= read.position <= read.end
        assert read.position <= len(source)
        assert f"column {read.column}" in read.render()
    else:
        assert parse(to_source(read)) == read
