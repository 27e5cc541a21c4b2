"""A name that nobody listed yet is found by the company it keeps, in any script, and comes with its proof."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.desks.excerpt import plain
from monitor.ports import Store
from monitor.store import open_store
from monitor.workbench.suggest import Suggestions, suggest
from tests.workbench.books import ACTORS, book, with_alias
from tests.workbench.shelf import MORNING, Report, shelve

PLACES = ["Bannu", "Khost", "Miran Shah", "Tank", "Wana"]
KNOWN = "Pakistani Taliban call truce in {place}"
BY_DECREE = "Officials in {place} on Friday spoke of a ceasefire. It was Fitna al-Khawarij who asked for it."
URDU = "فتنہ الخوارج کی طرف سے ceasefire"
DAILY = "Officials said on Friday that onions cost more in {place} and that the price of wheat fell."


def reports() -> Iterator[Report]:
    """Yield three stories told in two ways, one of a rival, and what else there is in a paper."""
    for place in PLACES[:3]:
        yield Report(place, KNOWN.format(place=place))
        yield Report(place, f"Calm returns to {place}", BY_DECREE.format(place=place), feed="bay")
    yield Report("hostages", "Pakistani Taliban end the truce")
    yield Report("hostages", URDU, "فتنہ الخوارج نے کہا", feed="subah", language="ur")
    for number in range(40):
        place = PLACES[number % len(PLACES)]
        yield Report(f"daily {number}", f"Onions in {place}", DAILY.format(place=place), feed="bay")
        yield Report(f"urdu {number}", "پیاز کی قیمت", "پیاز کی قیمت نے کہا سے طرف", feed="subah", language="ur")


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path / "m.sqlite3") as store:
        shelve(store, reports())
        yield store


def found(store: Store, actors: str = ACTORS) -> Suggestions:
    return suggest(store, book(actors=actors), since=MORNING - timedelta(days=1))


def test_a_name_by_decree_is_proposed_with_the_line_to_add(archive: Store) -> None:
    """Three reports of stories that matched say it, and no other article does."""
    first, *_ = found(archive).proposals
    assert first.suggestion.owner == "actor:ttp"
    assert first.suggestion.yaml == "- Fitna al-Khawarij"
    assert (first.suggestion.articles, first.suggestion.stories, first.suggestion.elsewhere) == (3, 3, 0)
    assert first.suggestion.rule_ids == ("ttp-truce",)
    assert len(first.evidence) == 3
    for quoted in first.evidence:
        assert plain(quoted.runs) == "It was Fitna al-Khawarij who asked for it."
        assert [run.text for run in quoted.runs if run.is_hit] == ["Fitna al-Khawarij"]


def test_a_script_without_capitals_is_no_hindrance(archive: Store) -> None:
    """What the report has in its headline and again in its text is what it tells of."""
    terms = [each.suggestion.term for each in found(archive).proposals]
    assert "فتنہ الخوارج" in terms


def test_places_and_grammar_are_not_proposed(archive: Store) -> None:
    """They stand in reports of everything else as well."""
    terms = {each.suggestion.term for each in found(archive).proposals}
    assert terms.isdisjoint({*PLACES, "Friday", "Officials", "said", "کہا", "کی"})


def test_what_was_accepted_is_not_proposed_again(archive: Store) -> None:
    """With the line in the book the reports match, and nothing of it is left to find."""
    terms = {each.suggestion.term for each in found(archive, with_alias("Fitna al-Khawarij")).proposals}
    assert not any("Khawarij" in term for term in terms)


def test_a_word_of_an_event_goes_to_its_lexicon(tmp_path: Path) -> None:
    """Where the actor is named and the truce is not, the lexicon lacks a word; two articles must have it."""
    told = [
        Report(f"{n}", f"{title} {place}", feed=feed)
        for n, place in enumerate(PLACES[:3])
        for title, feed in (
            ("Pakistani Taliban announce truce in", "hill"),
            ("Pakistani Taliban silence guns in", "bay"),
        )
    ]
    daily = [Report(f"daily {n}", "Onions dearer", DAILY.format(place=PLACES[n % 5])) for n in range(40)]
    with open_store(tmp_path / "m.sqlite3") as store:
        shelve(store, [*told, *daily])
        first, *_ = found(store).proposals
    assert first.suggestion.owner == "lexicon:truce"
    assert first.suggestion.term == "silence guns"
    assert first.suggestion.stories == 3


def test_near_misses_say_what_did_not_count(tmp_path: Path) -> None:
    """A word in boilerplate or an alias without its context is no missing word: it is told, and nothing proposed."""
    with open_store(tmp_path / "m.sqlite3") as store:
        shelve(
            store,
            [
                Report("one", "Pakistani Taliban call truce"),
                Report("one", "TTP of malware calls a truce", feed="bay"),
            ],
        )
        result = found(store)
    assert result.proposals == ()
    (near,) = result.near_misses
    assert (near.miss.rule_id, near.miss.clause, near.articles) == ("ttp-truce", "actor:ttp", (2,))
    assert "none of its needs" in near.miss.because


def test_stories_that_match_throughout_or_not_at_all_say_nothing(tmp_path: Path) -> None:
    """There is nothing to compare."""
    with open_store(tmp_path / "m.sqlite3") as store:
        shelve(store, [Report("one", "Pakistani Taliban truce"), Report("two", "Rain"), Report("two", "More rain")])
        result = found(store)
    assert (result.articles, result.stories, result.proposals, result.near_misses) == (3, 0, (), ())


def test_an_empty_archive_has_nothing_to_propose(tmp_path: Path) -> None:
    """And the search ends."""
    with open_store(tmp_path / "m.sqlite3") as store:
        assert found(store).proposals == ()
