"""A rule's version: the hash of what it means, and of nothing else."""

from __future__ import annotations

import pytest

from tests.rules.rulefiles import loaded

BASE = """\
actors:
  ttp: {name: TTP, aliases: [Pakistani Taliban, {text: TTP, needs: [taliban], within: 9}], lookalikes: [TTP Bank]}
  splinter: {name: Splinter, aliases: [Splinter group], parents: [umbrella]}
  umbrella: {name: Umbrella, aliases: [Umbrella group], members: true}
lexicons:
  truce: [ceasefire, truce]
rules:
  - {id: base, title: Base, query: 'lexicon:truce AND "peace talks"'}
  - id: top
    title: Top
    query: (rule:base AND actor:ttp) OR actor:umbrella
    severity: high
"""


def versions(text: str) -> dict[str, str]:
    return {rule.id: rule.version for rule in loaded(text).book.rules.values()}


@pytest.mark.parametrize(
    ("old", "new", "changed"),
    [
        ("title: Top", "title: Another title", set()),
        ("name: TTP", "name: The TTP", set()),
        ("severity: high", "severity: high\n    tests: {match: [x]}  # note", set()),
        ("(rule:base AND actor:ttp) OR actor:umbrella", "rule:base   AND (actor:ttp) OR actor:umbrella", set()),
        ("(rule:base AND actor:ttp) OR actor:umbrella", "actor:umbrella OR (actor:ttp AND rule:base)", set()),
        ("[ceasefire, truce]", "[truce, ceasefire]", set()),
        ("severity: high", "severity: urgent", {"top"}),
        ("[ceasefire, truce]", "[ceasefire, truce, armistice]", {"base", "top"}),
        ("[Pakistani Taliban,", "[Pakistani Taliban, Fitna al-Khawarij,", {"top"}),
        ("within: 9", "within: 8", {"top"}),
        ("[TTP Bank]", "[TTP Bank, TTP Holdings]", {"top"}),
        ("[Splinter group]", "[Splinter faction]", {"top"}),
        ('"peace talks"', "'peace talks'".replace("'", ""), {"base", "top"}),
        ("AND actor:ttp", "AND NOT actor:ttp", {"top"}),
    ],
)
def test_a_version_changes_with_the_meaning_only(old: str, new: str, changed: set[str]) -> None:
    """References count as what they lead to; titles, tests and order do not count."""
    assert old in BASE
    text = BASE.replace(old, new) if "peace talks" not in old else BASE.replace(old, "(peace AND talks)")
    before, after = versions(BASE), versions(text)
    assert {id_ for id_ in before if before[id_] != after[id_]} == changed


def test_a_book_has_a_version_that_feeds_and_desks_change_too() -> None:
    """Whoever keeps the old book can tell that the new one says something else."""
    feed = 'feeds: [{id: a, url: "https://a.example/", every: 5m}]\n'
    seen = [loaded(text).book.version for text in (BASE, BASE + feed, BASE + feed.replace("5m", "6m"))]
    assert len(set(seen)) == 3
    assert loaded(BASE, feed).book.version == seen[1]
    assert loaded(feed, "# a note\n" + BASE).book.version == seen[1]


def test_long_chains_of_rules_are_hashed_without_recursion() -> None:
    """Eleven hundred rules, each on the one before."""
    lines = ["rules:", "  - {id: r0, title: t, query: word}"]
    lines += [f"  - {{id: r{n}, title: t, query: rule:r{n - 1}}}" for n in range(1, 1100)]
    assert len(set(versions("\n".join(lines)).values())) == 1100


def test_long_chains_of_actors_are_hashed_without_recursion() -> None:
    """Eleven hundred groups, each a member of the one before."""
    lines = ["actors:", "  a0: {name: A, aliases: [a], members: true}"]
    lines += [f"  a{n}: {{name: A, aliases: [a], members: true, parents: [a{n - 1}]}}" for n in range(1, 1100)]
    assert loaded("\n".join(lines)).book.version
