"""A rule that holds for an article, with the places that show it."""

from __future__ import annotations

from dataclasses import dataclass

from monitor.model.severity import Severity


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A place in a field of an article that shows why a rule holds."""

    field: str
    """"title", "body", "author" or "url"."""
    start: int
    end: int
    text: str
    """The text as published between start and end."""
    term: str
    """The term or alias as the rule file writes it."""
    actor: str | None = None
    """The actor whose alias `term` is."""


@dataclass(frozen=True, slots=True)
class Match:
    """A rule that holds for an article."""

    rule_id: str
    rule_version: str
    title: str
    severity: Severity
    spans: tuple[Span, ...]
    desks: tuple[str, ...] = ()
