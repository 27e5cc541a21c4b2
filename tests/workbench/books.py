"""Rule books for the workbench's tests: one watch in several wordings."""

from __future__ import annotations

from monitor.rules.book import RuleBook
from tests.rules.rulefiles import loaded

FEEDS = """
feeds:
  - {id: hill, name: Hill Post, url: "https://hill.example/rss", tags: [pakistan], language: en}
  - {id: bay, name: Bay Times, url: "https://bay.example/rss", language: en}
"""
DESKS = """
desks:
  - {id: south-asia, name: South Asia, digests: ["07:00"], immediate: [urgent], channels: [{email: sa@example.org}]}
  - {id: night, name: Night desk, every: 1h, channels: [{slack: "#night"}]}
"""
ACTORS = """
actors:
  ttp: {name: TTP, aliases: [Pakistani Taliban, {text: TTP, case: exact, needs: [taliban, peshawar]}]}
lexicons:
  truce: [truce, ceasefire]
"""
RULES = """
rules:
  - {id: ttp-truce, title: TTP truce, query: "actor:ttp AND lexicon:truce", severity: high, desks: [south-asia]}
  - {id: attack, title: Attack, query: "attack OR killed", desks: [south-asia, night]}
"""


def book(*, feeds: str = FEEDS, desks: str = DESKS, actors: str = ACTORS, rules: str = RULES) -> RuleBook:
    """Make the watch, with some of its files exchanged."""
    return loaded(feeds, desks, actors, rules).book


def with_alias(alias: str) -> str:
    """Return the actors with one more alias of the TTP."""
    return ACTORS.replace("aliases: [", f"aliases: [{alias}, ")
