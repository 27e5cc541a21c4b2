"""How two rule books differ, rule by rule. The replay of articles through both is the workbench's."""

from __future__ import annotations

from enum import StrEnum

from monitor.rules.book import Rule, RuleBook


class RuleChange(StrEnum):
    """What an edit did to a rule."""

    ADDED = "added"
    REMOVED = "removed"
    MEANING = "meaning"  # its query, severity, weights, or something that it refers to
    WORDING = "wording"  # its title or its desks
    SAME = "same"


def changes_between(before: RuleBook, after: RuleBook) -> dict[str, RuleChange]:
    """Say what became of each rule of two books, in the order of `after`, then those that only `before` has."""
    changes = {}
    for rule_id, rule in after.rules.items():
        was = before.rules.get(rule_id)
        changes[rule_id] = RuleChange.ADDED if was is None else _change(was, rule)
    for rule_id in before.rules:
        changes.setdefault(rule_id, RuleChange.REMOVED)
    return changes


def _change(before: Rule, after: Rule) -> RuleChange:
    if before.version != after.version:
        return RuleChange.MEANING
    is_worded_alike = before.title == after.title and before.desks == after.desks
    return RuleChange.SAME if is_worded_alike else RuleChange.WORDING
