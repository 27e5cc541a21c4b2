"""What is allowed in rule files but unwise: findings with stable codes, each with a fix.

Owns the form of a finding, the order of the checks and the words that silence one; the checks themselves stand by noun
in `lint_feeds`, `lint_actors`, `lint_terms`, `lint_queries`, `lint_rules` and `lint_desks`. It refuses to know what
makes a file wrong (`load`): only a book that loads is linted.

A comment silences a finding, on its line or the line above: `# lint: allow T101 the party is really called so`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from monitor.rules.files.load import LoadedBook
from monitor.rules.lint.actors import CHECKS as ACTOR_CHECKS
from monitor.rules.lint.desks import CHECKS as DESK_CHECKS
from monitor.rules.lint.feeds import CHECKS as FEED_CHECKS
from monitor.rules.lint.findings import Check, Finding, Level
from monitor.rules.lint.queries import CHECKS as QUERY_CHECKS
from monitor.rules.lint.rules import CHECKS as RULE_CHECKS
from monitor.rules.lint.terms import CHECKS as TERM_CHECKS

CHECKS: tuple[Check, ...] = tuple(
    sorted(
        (*FEED_CHECKS, *ACTOR_CHECKS, *TERM_CHECKS, *QUERY_CHECKS, *RULE_CHECKS, *DESK_CHECKS),
        key=lambda check: check.code,
    )
)
"""Every check; a code never changes its meaning and is never given again."""

_ALLOW = re.compile(r"#\s*lint:\s*allow\s+([A-Z]\d{3}(?:\s*,\s*[A-Z]\d{3})*)")


def lint(loaded: LoadedBook) -> list[Finding]:
    """Look for what is unwise in a book that loads.

    Returns:
        The findings in the order of files and lines, without those that a comment allows.
    """
    allowed = _allowed(loaded)
    found = (
        Finding(check.code, check.level, spot.place, spot.message, spot.fix or check.fix)
        for check in CHECKS
        for spot in check.look(loaded)
    )
    kept = (
        finding for finding in found if finding.code not in allowed.get((finding.place.file, finding.place.line), ())
    )
    return sorted(
        set(kept), key=lambda finding: (finding.place.file, finding.place.line, finding.place.column, finding.code)
    )


def worst(findings: Iterable[Finding]) -> Level | None:
    """Return the highest level among findings, None where there are none."""
    return max((finding.level for finding in findings), key=list(Level).index, default=None)


def _allowed(loaded: LoadedBook) -> dict[tuple[str, int], set[str]]:
    """Return the codes that comments allow, by file and line."""
    sources = {item.source.name: item.source for items in loaded.items.values() for item in items.values()}
    allowed: dict[tuple[str, int], set[str]] = {}
    for source in sources.values():
        for match in _ALLOW.finditer(source.text):
            line, _ = source.place(match.start())
            codes = set(re.findall(r"[A-Z]\d{3}", match.group(1)))
            allowed.setdefault((source.name, line), set()).update(codes)
            begins = source.text.rfind("\n", 0, match.start()) + 1
            if not source.text[begins : match.start()].strip():
                allowed.setdefault((source.name, line + 1), set()).update(codes)
    return allowed
