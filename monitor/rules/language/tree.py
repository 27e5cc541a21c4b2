"""The query tree: what a query means, as frozen values that know where they stood in the source.

Owns the node types and nothing else: no reading (`parser`), no printing (`printer`), no evaluation (`evaluate`).
Two trees are equal when they mean the same written form; the place in the source (`at`) does not count.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Extent:
    """A half-open range of code points of the query's source."""

    start: int = 0
    end: int = 0


NOWHERE = Extent()
"""The place of a node that was made in code."""


class FieldName(StrEnum):
    """A part of an article that a query may be held to."""

    TITLE = "title"
    LEAD = "lead"
    BODY = "body"
    AUTHOR = "author"
    URL = "url"


class FilterKind(StrEnum):
    """A property of an article that is compared whole, never by words."""

    FEED = "feed"
    TAG = "tag"
    LANG = "lang"


class ReferenceKind(StrEnum):
    """What a reference names."""

    ACTOR = "actor"
    LEXICON = "lexicon"
    RULE = "rule"


class Unit(StrEnum):
    """A stretch of text in which several things must stand together."""

    SENTENCE = "sentence"
    PARAGRAPH = "paragraph"


@dataclass(frozen=True, slots=True)
class Term:
    """A word, a phrase or a `prefix*`."""

    text: str
    """As written, without quotes; a trailing `*` is not part of it."""
    prefix: bool = False
    """The last word may go on."""
    quoted: bool = field(default=False, compare=False)
    """It was written in quotes; only printing cares."""
    exact: bool = False
    """Case counts: `exact:"TTP"`."""
    at: Extent = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Regex:
    """A time-limited `/regular expression/` over the text as published."""

    pattern: str
    at: Extent = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class And:
    """All of two or more hold."""

    children: tuple[Node, ...]
    at: Extent = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Or:
    """At least one of two or more holds."""

    children: tuple[Node, ...]
    at: Extent = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Not:
    """The child does not hold."""

    child: Node
    at: Extent = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Near:
    """Two things stand at most `distance` words apart in one paragraph (adjacent words are 1 apart)."""

    left: Node
    right: Node
    distance: int
    ordered: bool = False
    """`BEFORE`: left ends before right begins."""
    at: Extent = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Same:
    """There is one sentence, or one paragraph, in which each child holds."""

    unit: Unit
    children: tuple[Node, ...]
    at: Extent = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class AtLeast:
    """The child occurs at `count` places or more."""

    count: int
    child: Node
    at: Extent = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Within:
    """The child holds in one field: `title:truce`."""

    name: FieldName
    child: Node
    at: Extent = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Filter:
    """A property of the article equals a value: `feed:dawn`, `tag:pakistan`, `lang:ur`."""

    kind: FilterKind
    value: str
    at: Extent = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Reference:
    """Something defined elsewhere in the rule book: `actor:ttp`, `lexicon:truce`, `rule:other`."""

    kind: ReferenceKind
    id: str
    at: Extent = field(default=NOWHERE, compare=False)


Node = Term | Regex | And | Or | Not | Near | Same | AtLeast | Within | Filter | Reference


def children_of(node: Node) -> tuple[Node, ...]:
    """Return the direct children, in the order of the source."""
    match node:
        case And(children=children) | Or(children=children) | Same(children=children):
            return children
        case Not(child=child) | AtLeast(child=child) | Within(child=child):
            return (child,)
        case Near(left=left, right=right):
            return (left, right)
        case Term() | Regex() | Filter() | Reference():
            return ()


def walk(node: Node) -> Iterator[Node]:
    """Yield a node and everything under it, parents first, without recursion."""
    waiting = [node]
    while waiting:
        current = waiting.pop()
        yield current
        waiting.extend(reversed(children_of(current)))
