"""A query's source cut into tokens, with the guesses that only the raw characters allow.

Owns the characters: quotes, slashes, stars, colons, numbers. Refuses to know what may follow what, which is the
parser's.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from enum import Enum

from monitor.rules.language.query_error import QueryError
from monitor.rules.language.tree import Extent, FieldName, FilterKind, ReferenceKind

MAX_QUERY_LENGTH = 200_000
"""Code points; a list of that size belongs into a lexicon."""
MAX_DISTANCE = 1000
"""Words for NEAR and BEFORE, times for ATLEAST."""


class TokenKind(Enum):
    """What a token is; the value is how a message calls it."""

    WORD = "a word"
    PHRASE = 'a "phrase"'
    REGEX = "a /regular expression/"
    NAME = "a name with a colon"
    OPEN = "("
    CLOSE = ")"
    COMMA = ","
    AND = "AND"
    OR = "OR"
    NOT = "NOT"
    NEAR = "NEAR/n"
    BEFORE = "BEFORE/n"
    ATLEAST = "ATLEAST/n"
    SAME_SENTENCE = "SAME_SENTENCE"
    SAME_PARAGRAPH = "SAME_PARAGRAPH"
    END = "the end"


@dataclass(frozen=True, slots=True)
class Token:
    """One token; `text` is its value: a word with its star, a phrase without quotes, a pattern without slashes."""

    kind: TokenKind
    text: str
    at: Extent
    number: int = 0
    """Of NEAR/n, BEFORE/n and ATLEAST/n."""


NAMES = frozenset(name.value for names in (FieldName, FilterKind, ReferenceKind) for name in names) | {"exact"}
"""What may stand before a colon."""

_KEYWORDS = {
    kind.value: kind
    for kind in (
        TokenKind.AND,
        TokenKind.OR,
        TokenKind.NOT,
        TokenKind.SAME_SENTENCE,
        TokenKind.SAME_PARAGRAPH,
    )
}
_SIGNS = {"(": TokenKind.OPEN, ")": TokenKind.CLOSE, ",": TokenKind.COMMA}
_COUNTED = {"NEAR": TokenKind.NEAR, "BEFORE": TokenKind.BEFORE, "ATLEAST": TokenKind.ATLEAST}
_WORD = re.compile(r"""[^\s()",:“”„]+""")
_INVISIBLE = "\u200b\u200e\u200f\u061c\u2060\ufeff\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
"""Zero-width space and joiner of words, and marks of direction, which editors leave around Arabic and Hebrew text."""
_COUNTED_WORD = re.compile(r"(NEAR|BEFORE|ATLEAST)/([0-9]+)")
_ALMOST_COUNTED = re.compile(r"(NEAR|BEFORE|ATLEAST)(?:[/\\~_-]?[0-9]*|/.*)", re.DOTALL)
_FOREIGN_COUNTED = re.compile(r"(?:W|WITHIN|ADJ|PRE|P|ONEAR|NEAR|BEFORE|ATLEAST)/?([0-9]+)", re.IGNORECASE)
_FOREIGN_ORDERED = frozenset({"PRE", "P", "ONEAR", "BEFORE", "ADJ"})
_FOREIGN_SIGNS = {
    "&&": "Write AND",
    "||": "Write OR",
    "|": "Write OR",
    "!": "Write NOT",
    "~": "Nothing is matched by likeness: list the spellings in a lexicon or an actor",
    "?": "There is no wildcard and no flag: case never counts outside exact:, spellings go into a lexicon or actor",
    "[": 'Brackets are round; text goes in "quotes"',
    "]": 'Brackets are round; text goes in "quotes"',
    "{": 'Brackets are round; text goes in "quotes"',
    "}": 'Brackets are round; text goes in "quotes"',
    "^": "Nothing is boosted in a query: a rule's evidence has weights",
    "\\": 'Put the text in "quotes"; inside them \\" is a quote',
    ";": "Write AND or OR",
    "=": "Names are followed by a colon, as in title:truce",
    "<": "Fields hold words, not numbers",
    ">": "Fields hold words, not numbers",
    "（": "Brackets are plain: ( and )",
    "）": "Brackets are plain: ( and )",
    "：": "Names are followed by a plain colon, as in title:truce",
    "，": "Inside SAME_SENTENCE( , ) a comma is plain",
    "、": "Inside SAME_SENTENCE( , ) a comma is plain",
    "،": "Inside SAME_SENTENCE( , ) a comma is plain",
    "؛": "Write AND or OR",
    "«": 'Quotes are straight: "text"',
    "»": 'Quotes are straight: "text"',
    "＂": 'Quotes are straight: "text"',
    "＊": "A star is plain: truce*",
}
"""Signs of other query languages and keyboards. As part of a word they would be no sign, and be looked over."""
_MEANT: dict[str, str] = {word.casefold(): word for word in _KEYWORDS} | {
    "&": "AND",
    "und": "AND",
    "oder": "OR",
    "nicht": "NOT",
}
_REGEX_FLAGS = frozenset("imsx")


def tokens_of(source: str) -> list[Token]:
    """Cut a query into tokens, the last being END.

    Raises:
        QueryError: A character, quote, slash or number that no query has.
    """
    if len(source) > MAX_QUERY_LENGTH:
        raise QueryError(
            f"The query is longer than {MAX_QUERY_LENGTH} characters", 0, 0, hint="Use a lexicon", source=source[:200]
        )
    return _Lexer(source).run()


class _Lexer:
    def __init__(self, source: str) -> None:
        self.source = source
        self.at = 0
        self.tokens: list[Token] = []

    def run(self) -> list[Token]:
        while True:
            while self.at < len(self.source) and _is_blank(self.source[self.at]):
                self.at += 1
            if self.at == len(self.source):
                self.add(TokenKind.END, "", self.at)
                return self.tokens
            character = self.source[self.at]
            if character in _SIGNS:
                self.add(_SIGNS[character], character, self.at + 1)
            elif character == '"':
                self.phrase()
            elif character == "/":
                self.regex()
            else:
                self.word()

    def add(self, kind: TokenKind, text: str, end: int, number: int = 0) -> None:
        self.tokens.append(Token(kind, text, Extent(self.at, end), number))
        self.at = end

    def error(self, message: str, start: int, end: int, *expected: str, hint: str = "") -> QueryError:
        return QueryError(message, start, end, expected, hint, source=self.source)

    def phrase(self) -> None:
        pieces: list[str] = []
        here = self.at + 1
        while here < len(self.source):
            character = self.source[here]
            if character == '"':
                self.add(TokenKind.PHRASE, "".join(pieces), here + 1)
                return
            if character == "\\" and self.source[here + 1 : here + 2] in ('"', "\\"):
                here += 1
                character = self.source[here]
            pieces.append(character)
            here += 1
        raise self.error("This quote is not closed", self.at, self.at + 1, '"', hint=self.where_quote_ends())

    def where_quote_ends(self) -> str:
        operator = re.compile(r"\s(?:AND|OR|NOT|NEAR/\d+|BEFORE/\d+)\s|[),]").search(self.source, self.at + 1)
        text = self.source[self.at + 1 : operator.start() if operator else len(self.source)].strip()
        return f'Did you mean "{text}"?' if text else ""

    def regex(self) -> None:
        here = self.at + 1
        pieces = []
        while here < len(self.source) and self.source[here] != "/":
            if self.source[here] == "\\" and here + 1 < len(self.source):
                if self.source[here + 1] != "/":
                    pieces.append("\\")
                here += 1
            pieces.append(self.source[here])
            here += 1
        if here >= len(self.source):
            raise self.error("This regular expression is not closed", self.at, self.at + 1, "/")
        letters = re.compile(r"[A-Za-z]+").match(self.source, here + 1)
        pattern = "".join(pieces)
        if letters is not None:
            are_flags = _REGEX_FLAGS.issuperset(letters[0])
            hint = f"Did you mean /(?{letters[0]}){pattern}/?" if are_flags else "Inside it a slash is written \\/"
            raise self.error("Letters follow a regular expression", here + 1, letters.end(), hint=hint)
        self.add(TokenKind.REGEX, pattern, here + 1)

    def word(self) -> None:
        found = _WORD.match(self.source, self.at)
        if found is None:
            self.refuse_sign()
        assert found is not None
        text = found[0].rstrip(_INVISIBLE)
        end = found.start() + len(text)
        if self.source[end : end + 1] == ":":
            self.name(text, end)
            return
        if text in _KEYWORDS:
            self.add(_KEYWORDS[text], text, end)
            return
        counted = _COUNTED_WORD.fullmatch(text)
        if counted is not None:
            self.counted(counted, end)
            return
        self.refuse_foreign(text, end)
        self.add(TokenKind.WORD, text, end)

    def counted(self, found: re.Match[str], end: int) -> None:
        number = int(found[2]) if len(found[2]) < 6 else MAX_DISTANCE + 1
        if not 1 <= number <= MAX_DISTANCE:
            raise self.error(f"{found[1]} counts from 1 to {MAX_DISTANCE}", self.at, end)
        self.add(_COUNTED[found[1]], found[0], end, number)

    def name(self, text: str, end: int) -> None:
        if text in NAMES:
            self.add(TokenKind.NAME, text, end + 1)
            return
        if text.upper() in _COUNTED:
            raise self.error(f"Nothing is called `{text}:`", self.at, end + 1, hint=f"Did you mean {text.upper()}/8?")
        near = difflib.get_close_matches(text.casefold(), sorted(NAMES), n=1, cutoff=0.5)
        hint = f"Did you mean {near[0]}:?" if near else f'If it is text, put it in quotes: "{text}:…"'
        raise self.error(f"Nothing is called `{text}:`", self.at, end + 1, hint=hint)

    def refuse_sign(self) -> None:
        character = self.source[self.at]
        if character == ":":
            raise self.error("A colon without a name before it", self.at, self.at + 1, "title:", "actor:", "lexicon:")
        hint = 'Quotes are straight: "text"' if character in "“”„" else ""
        raise self.error(f"`{character}` cannot stand here", self.at, self.at + 1, hint=hint)

    def refuse_foreign(self, text: str, end: int) -> None:
        """Raise for what other query languages write."""
        almost = _ALMOST_COUNTED.fullmatch(text)
        if almost is not None:
            number = re.search(r"[0-9]+", text) or re.compile(r"\s*/?\s*([0-9]+)").match(self.source, end)
            shown = number[0].strip(" /") if number else "8"
            raise self.error(
                f"`{text}` needs a number after a slash", self.at, end, hint=f"Did you mean {almost[1]}/{shown}?"
            )
        if text[0] in "-+" and len(text) > 1:
            hint = f"Did you mean NOT {text[1:]}?" if text[0] == "-" else "Join what must be there with AND"
            raise self.error(f"`{text[0]}` is no operator", self.at, self.at + 1, hint=hint)
        for sign, hint in _FOREIGN_SIGNS.items():
            place = text.find(sign)
            if place >= 0:
                start = self.at + place
                raise self.error(f"`{sign}` has no meaning outside quotes", start, start + len(sign), hint=hint)


def _is_blank(character: str) -> bool:
    return character.isspace() or character in _INVISIBLE


def guess_operator(text: str) -> str:
    """Return the operator that a word may stand for: "AND" for `and` or `&`, "NEAR/8" for `w/8`; "" if none."""
    if text.casefold() in _MEANT:
        return _MEANT[text.casefold()]
    counted = _FOREIGN_COUNTED.fullmatch(text)
    if counted is None:
        return ""
    name = text[: counted.start(1)].rstrip("/").upper()
    if name == "ATLEAST":
        return f"ATLEAST/{counted[1]}"
    return f"{'BEFORE' if name in _FOREIGN_ORDERED else 'NEAR'}/{counted[1]}"
