"""What rules, clauses and terms did over articles, counted by hand beside it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from monitor.rules.book import RuleBook
from monitor.rules.tuning.stats import Counting, Statistics, TermUse
from monitor.text.document import make_document
from tests.rules.rulefiles import DESK, loaded

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
WATCH = """
actors:
  ttp: {name: TTP, aliases: [Pakistani Taliban, {text: TTP, case: exact, needs: [peshawar]}, Fitna al-Khawarij]}
lexicons:
  truce: [truce, cease-fire, armisti*]
  unused: [parley]
rules:
  - {id: ttp-truce, title: TTP truce, query: "actor:ttp AND (lexicon:truce OR title:calm OR silence NEAR/2 guns)"}
  - {id: truce, title: Truce, query: "lexicon:truce AND NOT (cairo OR gaza)"}
  - {id: flood, title: Flood, query: flood OR deluge}
  - id: weighed
    title: Weighed
    evidence: [{query: peshawar, weight: 2}, {query: quetta, weight: 2}]
    min_score: 2
"""
TEXTS = [
    ("one", "Pakistani Taliban truce"),
    ("one", "Truce of the Pakistani Taliban near Peshawar"),
    ("two", "TTP truce in Peshawar"),
    ("two", "ttp armistice in Quetta"),
    ("three", "Truce in Cairo"),
    ("four", "Malware of the TTP"),
]


def counted(*texts: tuple[str, str], book: RuleBook | None = None) -> Statistics:
    counting = Counting(book or loaded(WATCH, DESK).book)
    stories = list(dict.fromkeys(story for story, _ in texts))
    for number, (story, title) in enumerate(texts):
        document = make_document(title=title, body="The guns are in their place.")
        counting.add(document, story_id=stories.index(story), at=NOON + timedelta(minutes=number))
    return counting.statistics()


def term(found: Statistics, name: str, owner: str = "") -> TermUse:
    (use,) = [use for use in found.terms if use.term.term == name and use.term.owner.startswith(owner)]
    return use


def test_hits_stories_and_last_hit_are_counted_by_rule() -> None:
    """Articles each once, stories each once, and the newest moment."""
    found = counted(*TEXTS)
    rules = {rule.rule_id: rule for rule in found.rules}
    assert found.articles == 6
    assert (rules["ttp-truce"].articles, rules["ttp-truce"].stories) == (3, 2)
    assert rules["ttp-truce"].last_at == NOON + timedelta(minutes=2)
    assert (rules["truce"].articles, rules["truce"].stories) == (4, 2)
    assert rules["weighed"].articles == 3


def test_a_rule_that_never_fired_is_named_and_its_clauses_are_not() -> None:
    """Its every clause is dead; to list them all would say no more."""
    found = counted(*TEXTS)
    assert found.never_fired == ["flood"]
    (flood,) = [rule for rule in found.rules if rule.rule_id == "flood"]
    assert flood.dead == ()
    assert [use.clause for use in flood.clauses] == ["flood", "deluge"]


def test_a_clause_is_dead_that_had_no_part_in_any_match() -> None:
    """Alternatives of an OR with the field round them, and pieces of evidence; what a NOT keeps out is no clause."""
    rules = {rule.rule_id: rule for rule in counted(*TEXTS).rules}
    assert rules["ttp-truce"].dead == ("title:calm", "silence NEAR/2 guns")
    assert [use.articles for use in rules["ttp-truce"].clauses] == [3, 0, 0]
    assert rules["truce"].clauses == ()
    assert [(use.clause, use.articles) for use in rules["weighed"].clauses] == [("peshawar", 2), ("quetta", 1)]
    alive = counted(*TEXTS, ("five", "Calm, say Pakistani Taliban"))
    assert {rule.rule_id: rule.dead for rule in alive.rules}["ttp-truce"] == ("silence NEAR/2 guns",)


def test_a_term_is_counted_where_it_stands_and_where_a_match_shows_it() -> None:
    """The acronym without its context stands there and shows nothing; in small letters it is another word."""
    found = counted(*TEXTS)
    assert (term(found, "TTP").articles, term(found, "TTP").shown) == (2, 1)
    assert (term(found, "Pakistani Taliban").articles, term(found, "Pakistani Taliban").shown) == (2, 2)
    assert (term(found, "truce").articles, term(found, "truce").shown) == (4, 3)
    assert term(found, "armisti*").articles == 1
    assert (term(found, "Fitna al-Khawarij").articles, term(found, "Fitna al-Khawarij").last_at) == (0, None)
    assert term(found, "TTP").last_at == NOON + timedelta(minutes=5)


def test_terms_of_a_lexicon_that_no_rule_uses_are_counted_too() -> None:
    """Every term of the files has its line, those that a rule writes itself under the rule."""
    found = counted(("one", "A parley on the flood"))
    assert (term(found, "parley").articles, term(found, "parley").shown) == (1, 0)
    assert (term(found, "flood", "rule:flood").articles, term(found, "flood", "rule:flood").shown) == (1, 1)
    assert {use.term.owner for use in found.terms} == {
        "actor:ttp", "lexicon:truce", "lexicon:unused", "rule:ttp-truce", "rule:truce", "rule:flood", "rule:weighed"
    }  # fmt: skip


def test_rules_that_match_the_same_articles_overlap() -> None:
    """The share of each that the other has as well, the largest first."""
    overlaps = counted(*TEXTS).overlaps
    (pair,) = [each for each in overlaps if (each.one, each.other) == ("ttp-truce", "truce")]
    assert (pair.articles, pair.share_of_one, pair.share_of_other) == (3, 1.0, 0.75)
    largest = [max(each.share_of_one, each.share_of_other) for each in overlaps]
    assert largest == sorted(largest, reverse=True)


def test_what_stands_in_boilerplate_alone_is_not_counted() -> None:
    """A list of other articles under each report would make every term look alive."""
    from monitor.text.zones import zones_of

    counting = Counting(loaded(WATCH, DESK).book)
    body = "Rain.\n\nRead more: Pakistani Taliban truce"
    counting.add(make_document(title="Rain", body=body, zones=zones_of(body)), story_id=1, at=NOON)
    assert not any(use.articles for use in counting.statistics().terms)


def test_no_article_gives_zeros() -> None:
    """Nothing was read and nothing fails."""
    found = counted()
    assert (found.articles, found.overlaps) == (0, ())
    assert found.never_fired == ["ttp-truce", "truce", "flood", "weighed"]
