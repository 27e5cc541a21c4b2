"""Lint for rules: tests that are missing, rules that repeat or cover each other, weights that say nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from monitor.rules.book import Rule
from monitor.rules.files.load import LoadedBook
from monitor.rules.language.printer import to_source
from monitor.rules.language.tree import And, Node, Or, Reference, ReferenceKind
from monitor.rules.lint.findings import Check, Level, Spot
from monitor.rules.lint.terms import referenced


def _no_match_tests(loaded: LoadedBook) -> Iterator[Spot]:
    for rule in loaded.book.rules.values():
        if not any(test.expect_match for test in rule.tests):
            yield Spot(loaded.place("rules", rule.id), f"the rule {rule.id!r} has no test that must match")


def _no_skip_tests(loaded: LoadedBook) -> Iterator[Spot]:
    for rule in loaded.book.rules.values():
        if rule.tests and all(test.expect_match for test in rule.tests):
            yield Spot(loaded.place("rules", rule.id), f"the rule {rule.id!r} has no test that it must leave alone")


def _nobody_told(loaded: LoadedBook) -> Iterator[Spot]:
    parts = referenced(loaded, "rule")
    for rule in loaded.book.rules.values():
        if not rule.desks and rule.id not in parts:
            yield Spot(
                loaded.place("rules", rule.id), f"no desk hears of the rule {rule.id!r}, and no other rule uses it"
            )


def _same_meaning(loaded: LoadedBook) -> Iterator[Spot]:
    seen: dict[str, str] = {}
    for rule in loaded.book.rules.values():
        first = seen.setdefault(rule.version, rule.id)
        if first != rule.id:
            yield Spot(loaded.place("rules", rule.id), f"{rule.id!r} means the same as {first!r}")


def _shadowed(loaded: LoadedBook) -> Iterator[Spot]:
    rules = loaded.book.rules
    by_clause: dict[str, list[str]] = {}
    conjuncts = {
        id_: _operands(rule.tree, And) for id_, rule in rules.items() if rule.tree is not None and not rule.evidence
    }
    frequency = Counter(clause for clauses in conjuncts.values() for clause in clauses)
    for id_, clauses in conjuncts.items():
        by_clause.setdefault(min(clauses, key=lambda clause: (frequency[clause], clause)), []).append(id_)
    alternatives = _branches(loaded)
    for id_, clauses in conjuncts.items():
        names = {f"rule:{id_}"}
        wider = {other for clause in clauses for other in by_clause.get(clause, ()) if conjuncts[other] < clauses}
        wider |= {clause[5:] for clause in clauses - names if clause.startswith("rule:") and clause[5:] in rules}
        tree = rules[id_].tree
        whole = to_source(tree) if tree is not None else ""
        wider |= {other for other, branches in alternatives.get(whole, ()) if other != id_ and branches > 1}
        for other in sorted(wider - {id_}):
            if _tells_as_much(rules[other], rules[id_]):
                yield Spot(
                    loaded.place("rules", id_),
                    f"wherever {id_!r} holds, {other!r} holds too, with the same desks and no lower severity",
                )
                break


def _branches(loaded: LoadedBook) -> dict[str, list[tuple[str, int]]]:
    """Return the rules that have an alternative, by the alternative, each with the number of its alternatives."""
    found: dict[str, list[tuple[str, int]]] = {}
    for id_, rule in loaded.book.rules.items():
        branches = _operands(rule.tree, Or) if isinstance(rule.tree, Or) and not rule.evidence else frozenset()
        for branch in branches:
            found.setdefault(branch, []).append((id_, len(branches)))
    return found


def _operands(tree: Node, kind: type[And] | type[Or]) -> frozenset[str]:
    return (
        frozenset(to_source(child) for child in tree.children)
        if isinstance(tree, kind)
        else frozenset((to_source(tree),))
    )


def _tells_as_much(wide: Rule, narrow: Rule) -> bool:
    return bool(narrow.desks) and set(narrow.desks) <= set(wide.desks) and wide.severity.rank >= narrow.severity.rank


def _test_both_ways(loaded: LoadedBook) -> Iterator[Spot]:
    for rule in loaded.book.rules.values():
        must = {(test.title, test.text, test.feed, test.language) for test in rule.tests if test.expect_match}
        for test in rule.tests:
            if not test.expect_match and test.place and (test.title, test.text, test.feed, test.language) in must:
                yield Spot(test.place, "the same test stands in 'match' and in 'skip': one of them always fails")


def _test_twice(loaded: LoadedBook) -> Iterator[Spot]:
    for rule in loaded.book.rules.values():
        seen: set[object] = set()
        for test in rule.tests:
            key = (test.expect_match, test.title, test.text, test.feed, test.language)
            if key in seen and test.place:
                yield Spot(test.place, "this test stands twice")
            seen.add(key)


def _no_weight(loaded: LoadedBook) -> Iterator[Spot]:
    for rule in loaded.book.rules.values():
        for index, part in enumerate(rule.evidence):
            if part.weight == 0:
                place = loaded.place("rules", rule.id, "evidence", index, "weight")
                yield Spot(place, "evidence of weight 0 adds nothing")


def _each_enough(loaded: LoadedBook) -> Iterator[Spot]:
    for rule in loaded.book.rules.values():
        if len(rule.evidence) > 1 and all(part.weight >= (rule.min_score or 0) for part in rule.evidence):
            place = loaded.place("rules", rule.id, "min_score")
            yield Spot(place, "each piece of evidence reaches 'min_score' alone: this is an OR")


def _same_title(loaded: LoadedBook) -> Iterator[Spot]:
    seen: dict[str, str] = {}
    for rule in loaded.book.rules.values():
        first = seen.setdefault(rule.title.casefold(), rule.id)
        if first != rule.id:
            place = loaded.place("rules", rule.id, "title")
            yield Spot(place, f"{first!r} has the same title: a digest does not tell the two apart")


def _only_repeats(loaded: LoadedBook) -> Iterator[Spot]:
    for rule in loaded.book.rules.values():
        if isinstance(rule.tree, Reference) and rule.tree.kind is ReferenceKind.RULE and rule.place:
            yield Spot(rule.place, f"the rule only repeats rule:{rule.tree.id}")


CHECKS = (
    Check("R101", Level.WARNING, "A rule without tests", "Add texts under tests: match:.", _no_match_tests),
    Check("R102", Level.INFO, "A rule without a counter-example", "Add texts under tests: skip:.", _no_skip_tests),
    Check("R103", Level.WARNING, "A rule that nobody hears of", "Add desks: [id].", _nobody_told),
    Check("R104", Level.WARNING, "Two rules that mean the same", "Keep one, with the desks of both.", _same_meaning),
    Check("R105", Level.WARNING, "A rule that another covers", "Remove it, or raise its severity.", _shadowed),
    Check("R106", Level.ERROR, "A test that contradicts another", "Remove it from one of the two.", _test_both_ways),
    Check("R107", Level.INFO, "A test that stands twice", "Remove one of them.", _test_twice),
    Check("R108", Level.WARNING, "Evidence without weight", "Give it a weight, or remove it.", _no_weight),
    Check("R109", Level.INFO, "Evidence that is an OR", "Raise 'min_score', or write a query with OR.", _each_enough),
    Check("R110", Level.INFO, "Two rules with one title", "Give each a title of its own.", _same_title),
    Check(
        "R111",
        Level.INFO,
        "A rule that only repeats another",
        "Add its desks to that rule.",
        _only_repeats,
    ),
)
