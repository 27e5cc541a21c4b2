"""The rule book: everything the operator's files say, checked and frozen. One book is live at a time.

This module knows nothing of YAML (`load.py` builds a book) and nothing of matching (`matcher.py` compiles one).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from monitor.model import Desk, Feed, Severity
from monitor.rules.language.tree import Node


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands in a rule file; line and column from 1."""

    file: str
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Alias:
    """One way an actor is written."""

    text: str
    exact: bool = False
    """Case counts (`case: exact`), as for acronyms."""
    needs: tuple[str, ...] = ()
    """The alias holds only near one of these terms (`prefix*` allowed); empty: always."""
    within: int | None = None
    """How many words away a needed term may stand; None: anywhere in the article's title, lead or body."""
    valid_from: date | None = None
    valid_until: date | None = None
    bare: bool = False
    """A name that several actors share ("Taliban"): context decides, see `needs`."""


@dataclass(frozen=True, slots=True)
class Actor:
    """A person, group or place."""

    id: str
    name: str
    aliases: tuple[Alias, ...]
    lookalikes: tuple[str, ...] = ()
    """Text inside one of these is never this actor."""
    parents: tuple[str, ...] = ()
    """Actors this one is a member of; `actor:parent` holds for a member only where the parent says `members: true`."""
    include_members: bool = False


@dataclass(frozen=True, slots=True)
class Lexicon:
    """A named list of terms (words, phrases, `prefix*`) that queries reuse."""

    id: str
    terms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RuleTest:
    """An example that stands beside its rule."""

    text: str
    """An article's text, or "@path" of a file of articles (JSON lines as `rules match` reads), from the rule file."""
    expect_match: bool
    spans: tuple[str, ...] = ()
    """Texts that the spans must show, where given."""
    title: str | None = None
    """The title, where `text` is the body alone; None: of several lines of `text` the first is the title."""
    feed: str | None = None
    """The feed it came by, for filters."""
    language: str | None = None
    url: str | None = None
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """One weighted query of a rule with `min_score`."""

    source: str
    tree: Node
    weight: int


@dataclass(frozen=True, slots=True)
class Rule:
    """A query with a title, severity, desks and its own tests."""

    id: str
    title: str
    source: str
    """The query as written; "" for a rule that only weighs evidence."""
    tree: Node | None
    severity: Severity = Severity.NORMAL
    desks: tuple[str, ...] = ()
    tests: tuple[RuleTest, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    min_score: int | None = None
    version: str = ""
    """Hash of the rule's meaning: its tree with everything it refers to resolved; not its title or comments."""
    place: Place | None = None
    """Where its query stands; None for a book made in code."""


@dataclass(frozen=True, slots=True)
class RuleBook:
    """All of it, by id, in the order of the files."""

    feeds: Mapping[str, Feed] = field(default_factory=dict)
    actors: Mapping[str, Actor] = field(default_factory=dict)
    lexicons: Mapping[str, Lexicon] = field(default_factory=dict)
    rules: Mapping[str, Rule] = field(default_factory=dict)
    desks: Mapping[str, Desk] = field(default_factory=dict)
    version: str = ""
    """Hash of the files' meaning; "" for a book made in code."""
