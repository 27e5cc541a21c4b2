"""Queries: source to tree.

Owns the grammar and what is said when a query does not follow it. Refuses to know the rule book: whether an actor
exists is asked by who loads it.

    query    = and ("OR" and)*
    and      = not ("AND" not)*                      AND binds tighter than OR
    not      = ("NOT" | "ATLEAST/n") not | near
    near     = single (("NEAR/n" | "BEFORE/n") single)*      from left to right
    single   = word | "phrase" | prefix* | /regex/ | "(" query ")"
             | field ":" single | "exact:" word-or-phrase
             | filter ":" word-or-phrase | reference ":" word
             | ("SAME_SENTENCE" | "SAME_PARAGRAPH") "(" query ("," query)+ ")"

NEAR, BEFORE and ATLEAST take what stands at places: terms, regular expressions, actors, lexicons, OR of these, NEAR of
these. Two terms side by side are an error, because people mean a phrase as often as AND.
"""

from __future__ import annotations

import re

import regex

from monitor.rules.language.lexer import Token, TokenKind, guess_operator, tokens_of
from monitor.rules.language.patterns import refuse
from monitor.rules.language.printer import to_source
from monitor.rules.language.query_error import QueryError
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
    children_of,
    walk,
)
from monitor.text.words import term_forms

__all__ = ["MAX_DEPTH", "QueryError", "parse", "to_source"]

MAX_DEPTH = 40
"""Brackets, NOTs and names inside one another."""

_OPERANDS = ("a word", 'a "phrase"', "(")
_STARTS = (*_OPERANDS, "NOT")
_JOINS = ("AND", "OR", "NEAR/n")
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")


def parse(source: str) -> Node:
    """Read a query.

    Args:
        source: As it stands in the rule file, after YAML.

    Returns:
        The tree; its extents are offsets into `source`.

    Raises:
        QueryError: It is no query; the error points at the place.
    """
    return _Parser(source).parse()


class _Parser:
    def __init__(self, source: str) -> None:
        self.source = source
        self.tokens = tokens_of(source)
        self.index = 0
        self.depth = 0

    # --- the grammar, rule by rule

    def parse(self) -> Node:
        if self.peek.kind is TokenKind.END:
            raise self.error("The query is empty", self.peek.at, *_STARTS)
        node = self.either()
        token = self.peek
        if token.kind is TokenKind.CLOSE:
            raise self.error("This bracket was never opened", token.at, *_JOINS)
        if token.kind is TokenKind.COMMA:
            hint = "A comma only parts what stands inside SAME_SENTENCE( , )"
            raise self.error("A comma joins nothing", token.at, *_JOINS, hint=hint)
        if token.kind is not TokenKind.END:
            raise self.unjoined(token)
        return node

    def either(self) -> Node:
        start = self.peek.at.start
        children = [self.both()]
        while self.take(TokenKind.OR):
            children.append(self.both())
        return Or(tuple(children), at=self.since(start)) if len(children) > 1 else children[0]

    def both(self) -> Node:
        start = self.peek.at.start
        children = [self.negation()]
        while self.take(TokenKind.AND):
            children.append(self.negation())
        return And(tuple(children), at=self.since(start)) if len(children) > 1 else children[0]

    def negation(self) -> Node:
        token = self.peek
        if token.kind not in (TokenKind.NOT, TokenKind.ATLEAST):
            return self.near()
        self.index += 1
        self.deeper(token)
        child = self.negation()
        self.depth -= 1
        at = self.since(token.at.start)
        if token.kind is TokenKind.NOT:
            return Not(child, at=at)
        self.must_stand(child, f"ATLEAST/{token.number}")
        return AtLeast(token.number, child, at=at)

    def near(self) -> Node:
        start = self.peek.at.start
        left = self.single()
        links = 0
        while self.peek.kind in (TokenKind.NEAR, TokenKind.BEFORE):
            token = self.peek
            self.index += 1
            links += 1
            self.deeper(token)
            right = self.single()
            for operand in (left, right):
                self.must_stand(operand, token.text)
            ordered = token.kind is TokenKind.BEFORE
            left = Near(left, right, token.number, ordered=ordered, at=self.since(start))
        self.depth -= links
        return left

    def single(self) -> Node:
        token = self.peek
        match token.kind:
            case TokenKind.WORD | TokenKind.PHRASE:
                self.index += 1
                return self.term(token, exact=False, start=token.at.start)
            case TokenKind.REGEX:
                self.index += 1
                return self.regular_expression(token)
            case TokenKind.OPEN:
                return self.bracket(token)
            case TokenKind.NAME:
                return self.named(token)
            case TokenKind.SAME_SENTENCE | TokenKind.SAME_PARAGRAPH:
                return self.same(token)
        raise self.missing(token)

    def bracket(self, token: Token) -> Node:
        self.index += 1
        self.deeper(token)
        node = self.either()
        self.close(token, *_JOINS)
        self.depth -= 1
        return node

    def same(self, token: Token) -> Node:
        self.index += 1
        opening = self.peek
        if not self.take(TokenKind.OPEN):
            raise self.error(f"{token.text} needs a bracket", token.at, "(", hint=f"Write {token.text}(a, b)")
        self.deeper(token)
        children = [self.either()]
        while self.take(TokenKind.COMMA):
            children.append(self.either())
        end = self.close(opening, "a comma", *_JOINS)
        self.depth -= 1
        at = Extent(token.at.start, end)
        if len(children) < 2:
            raise self.error(f"{token.text} joins two things or more", at, hint=f"Write {token.text}(a, b)")
        for child in children:
            for inner in walk(child):
                if isinstance(inner, Filter):
                    raise self.error(f"A filter has no place in a {token.text.lower()}", inner.at)
        unit = Unit.SENTENCE if token.kind is TokenKind.SAME_SENTENCE else Unit.PARAGRAPH
        return Same(unit, tuple(children), at=at)

    def named(self, token: Token) -> Node:
        self.index += 1
        name = token.text
        start = token.at.start
        if name in _FIELDS:
            self.deeper(token)
            if self.peek.kind is TokenKind.NOT:
                raise self.error(f"{name}: takes one thing", self.peek.at, hint=f"Write NOT {name}:…, or a bracket")
            child = self.single()
            self.depth -= 1
            return Within(FieldName(name), child, at=self.since(start))
        value = self.peek
        if value.kind not in (TokenKind.WORD, TokenKind.PHRASE):
            raise self.error(f"{name}: needs a value", value.at, "a word", hint=f"Write {name}:… without a bracket")
        self.index += 1
        at = Extent(start, value.at.end)
        if name == "exact":
            return self.term(value, exact=True, start=start)
        if name in _REFERENCES:
            if _ID.fullmatch(value.text) is None:
                raise self.error(f"`{value.text}` is no id", value.at, hint="Ids are letters, digits, - _ .")
            return Reference(ReferenceKind(name), value.text, at=at)
        if not value.text.strip() or "*" in value.text:
            raise self.error(f"{name}: is compared whole", value.at, hint="Write the value without a star")
        return Filter(FilterKind(name), value.text, at=at)

    # --- leaves

    def term(self, token: Token, *, exact: bool, start: int) -> Node:
        prefix = token.text.endswith("*")
        text = token.text[:-1] if prefix else token.text
        if "*" in text:
            raise self.error("A star stands only at the end of a word", token.at, hint="Or use a /regular expression/")
        if not term_forms(text) or (prefix and not text[-1].isalnum() and not term_forms(text[-1])):
            raise self.error(f"`{token.text}` holds no word to look for", token.at, "a word", 'a "phrase"')
        quoted = token.kind is TokenKind.PHRASE
        return Term(text, prefix=prefix, quoted=quoted, exact=exact, at=Extent(start, token.at.end))

    def regular_expression(self, token: Token) -> Node:
        inside = Extent(token.at.start + 1, max(token.at.end - 1, token.at.start + 1))
        misplaced = re.search(r"\(([aimsux]+)\?\)", token.text)
        if misplaced is not None:
            hint = f"Did you mean (?{misplaced[1]})?"
            raise self.error(f"`{misplaced[0]}` sets no flag", inside, hint=hint)
        refused = refuse(token.text)
        if refused is not None:
            raise self.error(refused.because, inside, hint=refused.hint)
        try:
            compiled = regex.compile(token.text)
        except (regex.error, RecursionError) as error:
            raise self.error(f"This is no regular expression: {error}", inside) from error
        if not token.text or compiled.fullmatch(""):
            raise self.error("This regular expression matches where there is nothing", inside)
        return Regex(token.text, at=token.at)

    # --- tokens

    @property
    def peek(self) -> Token:
        return self.tokens[self.index]

    def take(self, kind: TokenKind) -> bool:
        if self.peek.kind is not kind:
            return False
        self.index += 1
        return True

    def close(self, opening: Token, *expected: str) -> int:
        token = self.peek
        if self.take(TokenKind.CLOSE):
            return token.at.end
        if token.kind is TokenKind.END:
            raise self.error("This bracket is not closed", opening.at, ")", *expected)
        if token.kind is TokenKind.COMMA:
            raise self.error("A comma joins nothing", token.at, ")", *expected)
        raise self.unjoined(token)

    def since(self, start: int) -> Extent:
        return Extent(start, self.tokens[self.index - 1].at.end)

    def deeper(self, token: Token) -> int:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self.error(f"More than {MAX_DEPTH} things stand inside one another", token.at, hint="Use rule:…")
        return self.depth

    # --- what is said

    def error(self, message: str, at: Extent, *expected: str, hint: str = "") -> QueryError:
        return QueryError(message, at.start, at.end, expected, hint, source=self.source)

    def missing(self, token: Token) -> QueryError:
        if token.kind is TokenKind.END:
            last = self.tokens[self.index - 1]
            after = self.source[last.at.start : last.at.end]
            return self.error(f"Something is missing after {after}", token.at, *self.may_begin(last))
        before = self.tokens[self.index - 1] if self.index else None
        hint = ""
        if token.kind is TokenKind.NOT and before is not None:
            hint = f"{before.text} counts places, and what is absent has none: write AND NOT"
        if token.kind in (TokenKind.AND, TokenKind.OR) and before is not None:
            hint = f'To look for the word itself, write "{token.text.lower()}"'
        return self.error(f"`{token.text}` cannot stand here", token.at, *self.may_begin(before), hint=hint)

    def may_begin(self, before: Token | None) -> tuple[str, ...]:
        """Return what may follow a token that wants something after it."""
        takes_no_not = before is not None and before.kind in (TokenKind.NEAR, TokenKind.BEFORE, TokenKind.NAME)
        return _OPERANDS if takes_no_not else _STARTS

    def unjoined(self, token: Token) -> QueryError:
        """Explain two things side by side."""
        before = self.tokens[self.index - 1]
        for suspect in (token, before):
            operator = guess_operator(suspect.text) if suspect.kind is TokenKind.WORD else ""
            if operator:
                hint = f"Did you mean {operator}? Operators are in capitals"
                return self.error(f"`{suspect.text}` is a word here, and nothing joins it", suspect.at, hint=hint)
        if token.kind is TokenKind.NOT:
            return self.error("NOT joins nothing by itself", token.at, hint="Did you mean AND NOT?")
        hint = ""
        if token.kind is TokenKind.WORD and before.kind is TokenKind.WORD:
            hint = f'Did you mean the phrase "{before.text} {token.text}", or {before.text} AND {token.text}?'
            if before.text[0] in "'‘’":
                hint = 'Quotes are double: "text"'
        shown = self.source[token.at.start : token.at.end]
        return self.error(f"Nothing joins `{shown}` to what stands before it", token.at, *_JOINS, hint=hint)

    def must_stand(self, node: Node, operator: str) -> None:
        """Raise unless a node stands at places that can be counted."""
        stack = [node]
        while stack:
            here = stack.pop()
            if isinstance(here, Reference) and here.kind is not ReferenceKind.RULE:
                continue
            if isinstance(here, Term | Regex | Or | Near | Within):
                stack.extend(children_of(here))
                continue
            hint = "Put it outside, or use SAME_SENTENCE(a, b)"
            raise self.error(f"{operator} needs things that stand at a place in the text", here.at, hint=hint)


_FIELDS = frozenset(name.value for name in FieldName)
_REFERENCES = frozenset(kind.value for kind in ReferenceKind)
