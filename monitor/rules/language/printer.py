"""Trees back to source, such that reading the source gives the tree again."""

from __future__ import annotations

from monitor.rules.language.lexer import TokenKind, tokens_of
from monitor.rules.language.query_error import QueryError
from monitor.rules.language.tree import (
    And,
    AtLeast,
    Filter,
    Near,
    Node,
    Not,
    Or,
    Reference,
    Regex,
    Same,
    Term,
    Unit,
    Within,
)

# How tightly a form binds; a child that binds less than its place wants goes into brackets.
_OR, _AND, _NOT, _NEAR, _SINGLE = range(5)


def to_source(node: Node) -> str:
    """Print a tree as a query, with as few brackets as reading it back allows."""
    return _print(node, _OR)


def _print(node: Node, place: int) -> str:
    text, binds = _form(node)
    return f"({text})" if binds < place else text


def _form(node: Node) -> tuple[str, int]:
    match node:
        case Term():
            return _term(node), _SINGLE
        case Regex(pattern=pattern):
            return f"/{_escape_slashes(pattern)}/", _SINGLE
        case Or(children=children):
            return " OR ".join(_print(child, _AND) for child in children), _OR
        case And(children=children):
            return " AND ".join(_print(child, _NOT) for child in children), _AND
        case Not(child=child):
            return f"NOT {_print(child, _NOT)}", _NOT
        case AtLeast(count=count, child=child):
            return f"ATLEAST/{count} {_print(child, _NOT)}", _NOT
        case Near(left=left, right=right, distance=distance, ordered=ordered):
            operator = "BEFORE" if ordered else "NEAR"
            return f"{_print(left, _NEAR)} {operator}/{distance} {_print(right, _SINGLE)}", _NEAR
        case Same(unit=unit, children=children):
            name = "SAME_SENTENCE" if unit is Unit.SENTENCE else "SAME_PARAGRAPH"
            return f"{name}({', '.join(_print(child, _OR) for child in children)})", _SINGLE
        case Within(name=name, child=child):
            return f"{name.value}:{_print(child, _SINGLE)}", _SINGLE
        case Filter(kind=kind, value=value):
            return f"{kind.value}:{_word_or_quoted(value)}", _SINGLE
        case Reference(kind=kind, id=id_):
            return f"{kind.value}:{id_}", _SINGLE


def _term(term: Term) -> str:
    star = "*" if term.prefix else ""
    written = _quoted(term.text + star) if term.quoted else _word_or_quoted(term.text + star)
    return f"exact:{written}" if term.exact else written


def _word_or_quoted(text: str) -> str:
    """Leave the quotes away where the text reads as one plain word."""
    if " " in text:
        return _quoted(text)
    if text.isalpha() and not text.isupper():  # operators are capitals; most terms of a large book end here
        return text
    try:
        first, *rest = tokens_of(text)
    except QueryError:
        return _quoted(text)
    is_word = first.kind is TokenKind.WORD and first.text == text and len(rest) == 1
    return text if is_word else _quoted(text)


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _escape_slashes(pattern: str) -> str:
    """Put a backslash before each slash that has none; a backslash and what follows it stay one."""
    pieces = []
    escaped = False
    for character in pattern:
        if character == "/":
            pieces.append("/" if escaped else "\\/")
            escaped = False
            continue
        pieces.append(character)
        escaped = character == "\\" and not escaped
    return "".join(pieces)
