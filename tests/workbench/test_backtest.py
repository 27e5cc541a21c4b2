"""A backtest is what a live run would have done: shown by doing it, for histories that were chosen and generated."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from monitor.desks.excerpt import plain
from monitor.model import Alert, AlertKind, Severity, Takes
from monitor.pipeline.regroup import merge, split
from monitor.pipeline.surge import drop, release
from monitor.ports import Store
from monitor.rules.book import RuleBook
from monitor.rules.tuning.backtest import RuleChange
from monitor.store import open_store
from monitor.workbench.backtest import backtest
from monitor.workbench.effects import Backtest, Outcome
from tests.pipeline.test_window import MARKET, NIGHT
from tests.workbench.books import FEEDS, RULES, book, with_alias
from tests.workbench.live import START, Act, Item, Round, alerts_of, in_order, run_live

LONG_AGO = START - timedelta(days=30)
END = START + timedelta(days=2)

LIVE = book()
EDITED = book(
    actors=with_alias("Fitna al-Khawarij").replace("truce: [truce", 'truce: [truce, "laying down of arms"'),
    rules=RULES.replace("severity: high", "severity: urgent").replace("attack OR", "NOT feed:bay AND attack OR"),
)
BOOKS = [
    LIVE,
    EDITED,
    replace(LIVE, desks={**LIVE.desks, "night": replace(LIVE.desks["night"], floor=Severity.HIGH)}),
    replace(
        LIVE,
        desks={
            **LIVE.desks,
            "night": replace(LIVE.desks["night"], takes=Takes(tags=("pakistan",), hours=(time(7), time(9)))),
        },
    ),
    book(rules=RULES.replace('"attack OR killed", desks: [south-asia, night]', '"tag:pakistan AND killed"')),
    book(
        feeds=FEEDS.replace("tags: [pakistan]", "tags: [frontier]"), rules=RULES.replace("attack OR", "tag:frontier OR")
    ),
    book(rules=RULES + '  - {id: border, title: Border, query: "border*", severity: low, desks: [night]}\n'),
    book(rules=RULES.replace("[south-asia, night]", "[night]").replace("attack OR", "tag:pakistan OR")),
]

RAIN = Item("rain", "Rain closes the pass")
TRUCE = Item("truce", "Pakistani Taliban call a truce in Waziristan", "<p>Elders met in Miran Shah on Monday.</p>")
REWORDED = Item("truce", "Pakistani Taliban call a truce, 9 killed before it", TRUCE.html)
DECREE = Item("decree", "Fitna al-Khawarij offer ceasefire, army says", "<p>The offer came by radio from Khost.</p>")
KILLED = Item("killed", "Eleven killed at a border post near Chaman", "<p>The attack came before dawn.</p>")
BOILER = Item(
    "shop", "Prices of onions rise", "<p>Onions cost more.</p><p>Read more: Pakistani Taliban truce attack</p>"
)


def archived(
    folder: Path,
    under: RuleBook,
    rounds: Sequence[Round],
    name: str = "a.sqlite3",
    *,
    acts: Mapping[int, Act] | None = None,
) -> Store:
    """Run live under a book and open what was stored."""
    run_live(folder / name, under, rounds, acts)
    return open_store(folder / name, read_only=True)


def seen_twice_at_once(store: Store) -> bool:
    articles = [article.id for article in store.articles.since(LONG_AGO)]
    sightings = [sighting for article_id in articles for sighting in store.articles.sightings(article_id)]
    return len({(each.article_id, each.feed_id, each.seen_at) for each in sightings}) < len(sightings)


def told_after(found: Backtest) -> list[Alert]:
    return in_order(alert for story in found.stories for alert in story.alerts_after)


def told_before(found: Backtest) -> list[Alert]:
    return in_order(alert for story in found.stories for alert in story.alerts_before)


# --- equal to a live run ----------------------------------------------------------------------------------------------

TITLES = [
    "Pakistani Taliban call a truce in Waziristan",
    "Fitna al-Khawarij call a truce in Waziristan",
    "Pakistani Taliban extend truce in Waziristan",
    "TTP ends truce in Waziristan, says Pakistani Taliban spokesman",
    "TTP fighters killed near Peshawar",
    "TTP fighters agree to laying down of arms near Peshawar",
    "Eleven killed in attack on border post at Chaman",
    "Twelve killed in attack on border post at Chaman",
    "Correction: eleven hurt in attack at Chaman",
    "Rain closes the Lowari pass for a week",
]
BODIES = [
    "",
    "<p>Elders from both sides met in Miran Shah on Monday.</p>",
    "<p>The Pakistani Taliban said nothing of a ceasefire.</p><p>Read more: attack on border</p>",
    "<p>Police in Peshawar spoke of an attack; the militants' truce is over.</p>",
    # Two halves, and the whole that shows them to be one story when it comes in their minute.
    f"<p>{NIGHT}</p>",
    f"<p>{MARKET}</p>",
    f"<p>{NIGHT} {MARKET}</p>",
]


@st.composite
def histories(draw: st.DrawFn) -> list[dict[str, list[Item]]]:
    """Make rounds of polls in which entries come, move between feeds and are reworded."""
    names = ["one", "two", "three", "four"]
    items = st.builds(Item, st.sampled_from(names), st.sampled_from(TITLES), st.sampled_from(BODIES))
    documents = st.lists(items, max_size=4, unique_by=lambda item: item.name)
    first = {"hill": [RAIN, *draw(documents)], "bay": draw(documents)}
    rounds = st.lists(st.dictionaries(st.sampled_from(["hill", "bay"]), documents, min_size=1), min_size=1, max_size=5)
    return [first, *draw(rounds)]


@settings(
    max_examples=40,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # shrinking live runs takes minutes and says little more
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
@given(rounds=histories(), books=st.tuples(st.sampled_from(BOOKS), st.sampled_from(BOOKS)))
def test_any_history_replayed_is_what_a_live_run_raised(
    rounds: list[dict[str, list[Item]]], books: tuple[RuleBook, RuleBook]
) -> None:
    """Over the archive of a run with one book, another book raises alert for alert what it raises live.

    Left aside are histories with one article twice in one poll.
    """
    live, edited = books
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with archived(folder, live, rounds) as was, archived(folder, edited, rounds, "b.sqlite3") as would_be:
            assume(not seen_twice_at_once(was))
            found = backtest(was, live, edited, since=LONG_AGO, until=END)
            assert told_before(found) == alerts_of(was)
            assert told_after(found) == alerts_of(would_be)


@pytest.fixture
def history() -> list[Round]:
    """Return a day with an arrival, an edit of body and of headline, a promotion, a reprint and boilerplate."""
    longer = Item("rain", RAIN.title, "<p>Fitna al-Khawarij killed two drivers on the road that was left open.</p>")
    return [
        {"hill": [RAIN, KILLED], "bay": [BOILER]},
        {"hill": [TRUCE, RAIN, KILLED], "bay": [KILLED, BOILER]},
        {"hill": [DECREE, REWORDED, RAIN]},
        {"hill": [DECREE, REWORDED, longer], "bay": [DECREE, BOILER]},
    ]


@pytest.fixture
def archive(tmp_path: Path, history: list[Round]) -> Iterator[Store]:
    with archived(tmp_path, LIVE, history) as store:
        yield store


def test_a_day_with_every_kind_of_occasion_is_equal_too(tmp_path: Path, history: list[Round], archive: Store) -> None:
    """What only one feed's baseline had is news by the other, a reworded report is weighed again, boilerplate never."""
    with archived(tmp_path, EDITED, history, "b.sqlite3") as would_be:
        found = backtest(archive, LIVE, EDITED, since=LONG_AGO, until=END)
        assert told_after(found) == alerts_of(would_be)
        assert told_before(found) == alerts_of(archive)
        titles = {story.title for story in found.stories if story.alerts_after}
        assert titles == {KILLED.title, REWORDED.title, DECREE.title}
        assert any(alert.kind is AlertKind.DEVELOPED for alert in told_after(found))


def same_live_and_replayed(
    folder: Path, live: RuleBook, edited: RuleBook, rounds: Sequence[Round], acts: Mapping[int, Act]
) -> Backtest:
    """Run live under each book, show that a backtest over the first tells of both runs, and return it."""
    with (
        archived(folder, live, rounds, acts=acts) as was,
        archived(folder, edited, rounds, "b.sqlite3", acts=acts) as would_be,
    ):
        found = backtest(was, live, edited, since=LONG_AGO, until=END)
        assert told_before(found) == alerts_of(was)
        assert told_after(found) == alerts_of(would_be)
        back = backtest(was, edited, live, since=LONG_AGO, until=END)
        assert (told_before(back), told_after(back)) == (told_after(found), told_before(found))
    return found


def story_with(store: Store, title: str) -> int:
    """Return the story of the article with a headline."""
    (article,) = (each for each in store.articles.since(LONG_AGO) if each.title == title)
    assert article.story_id is not None
    return article.story_id


ANNOUNCED = Item(
    "announced",
    "Pakistani Taliban announce truce in Bannu district",
    "<p>Haji Rasool read it to a jirga of elders.</p>",
)
EXTENDED = Item(
    "extended",
    "Pakistani Taliban extend truce in Bannu district",
    "<p>Haji Rasool told the jirga of ten days more.</p>",
)
ENDED = Item(
    "ended", "Pakistani Taliban end truce in Bannu district", "<p>Haji Rasool told the jirga so by telephone.</p>"
)
CALLED_OFF = Item("off", "Pakistani Taliban ends truce", "<p>A spokesman said so by telephone.</p>")
BY_DECREE = Item("decree", "Fitna al-Khawarij calls off ceasefire", "<p>Officials in the capital wrote to papers.</p>")


def test_an_alias_that_makes_one_story_of_two_is_told_once(tmp_path: Path) -> None:
    """Two reports without a word in common are one story under the book that knows both names, live and replayed."""
    rounds = [{"hill": [RAIN], "bay": [RAIN]}, {"hill": [CALLED_OFF, RAIN]}, {"bay": [BY_DECREE, RAIN]}]
    told_twice = book(rules=RULES.replace('"attack OR killed"', '"khawarij OR killed"'))
    told_once = book(
        actors=with_alias("Fitna al-Khawarij"), rules=RULES.replace('"attack OR killed"', '"khawarij OR killed"')
    )
    found = same_live_and_replayed(tmp_path, told_twice, told_once, rounds, {})
    (story,) = found.stories
    assert (story.stories_before, story.stories_after, story.outcome) == (2, 1, Outcome.CHANGED)
    assert [alert.kind for alert in story.alerts_before if alert.desk_id == "south-asia"] == [AlertKind.NEW] * 2
    kinds = [alert.kind for alert in story.alerts_after if alert.desk_id == "south-asia"]
    assert kinds == [AlertKind.NEW, AlertKind.DEVELOPED]


def test_what_two_polls_of_a_minute_told_and_took_back_is_so_in_both_runs(tmp_path: Path) -> None:
    """A new story that turns out to be a known one before its minute is over is told by neither run."""
    snow = Item("night", "Pakistani Taliban truce until the snow melts", f"<p>{NIGHT}</p>")
    shops = Item("market", "Pakistani Taliban truce opens shops", f"<p>{MARKET}</p>")
    whole = Item("whole", "Pakistani Taliban truce: talks by night, shops by day", f"<p>{NIGHT} {MARKET}</p>")
    rounds: list[Round] = [
        {"hill": [RAIN], "bay": [RAIN]},
        {"hill": [snow, RAIN]},
        {"hill": [shops, snow, RAIN], "bay": [whole, RAIN]},
    ]
    found = same_live_and_replayed(tmp_path, LIVE, LIVE, rounds, {})
    assert [alert.created_at.hour - START.hour for alert in told_before(found)] == [1]
    alone = same_live_and_replayed(tmp_path / "alone", LIVE, LIVE, [*rounds[:2], {"hill": rounds[2]["hill"]}], {})
    assert [alert.created_at.hour - START.hour for alert in told_before(alone)] == [1, 2]


def test_another_state_of_an_affair_is_told_again_in_the_replay(tmp_path: Path) -> None:
    """Extended, ended, and not again by the outlet that is late; read from the texts as they stood then."""
    again = replace(ENDED, name="again", html=ENDED.html.replace("telephone", "radio"))
    rounds: list[Round] = [
        {"hill": [RAIN], "bay": [RAIN]},
        {"hill": [ANNOUNCED, RAIN]},
        {"bay": [EXTENDED, RAIN]},
        {"hill": [ENDED, ANNOUNCED, RAIN]},
        {"bay": [again, EXTENDED, RAIN]},
    ]

    def joins(store: Store, under: RuleBook, now: datetime) -> None:
        ids = sorted(article.story_id for article in store.articles.since(LONG_AGO) if "truce" in article.title)
        for other in ids[1:]:
            if other != ids[0]:
                merge(store, ids[0], other, desks=under.desks, because="one truce", now=now)

    found = same_live_and_replayed(tmp_path, LIVE, BOOKS[6], rounds, {1: joins, 2: joins, 3: joins})
    told = [alert.because for alert in told_before(found) if alert.desk_id == "south-asia"]
    assert told == [
        "a new story for this desk: TTP truce",
        "the truce: extended, was announced",
        "the truce: ended, was extended",
    ]


HELD_REWORDED = Item("held", "Twelve killed at a border post near Chaman", KILLED.html)
LATE = "Mon, 02 Nov 2026 06:00:00 GMT"
SURGE: list[Round] = [
    {"hill": [RAIN], "bay": [RAIN]},
    {
        "hill": [
            *(Item(f"old-{n}", f"Border post number {n} had {n} visitors", published=LATE) for n in range(30)),
            Item("held", KILLED.title, KILLED.html, published=LATE),
            Item("truce", TRUCE.title, TRUCE.html, published=LATE),
        ]
    },
    {
        "bay": [Item("own", "Pakistani Taliban call truce, elders say"), TRUCE, RAIN],
        "hill": [HELD_REWORDED],
    },
    {"bay": [DECREE, Item("own", "Pakistani Taliban call truce, elders say"), TRUCE, RAIN]},
]


@pytest.mark.parametrize("act", [release, drop, None])
def test_what_was_held_of_a_feed_that_looked_new_is_held_in_the_replay(tmp_path: Path, act: Act | None) -> None:
    """Nobody is told until a person releases it; another feed's report of it is told at once."""

    def decide(store: Store, under: RuleBook, now: datetime) -> None:
        if act is release:
            release(store, "hill", desks=under.desks, now=now)
        elif act is drop:
            drop(store, "hill", now=now)

    found = same_live_and_replayed(tmp_path, LIVE, EDITED, SURGE, {2: decide})
    told = {story.title for story in found.stories if story.alerts_after}
    assert (HELD_REWORDED.title in told) == (act is release)
    assert any("Pakistani Taliban call" in title for title in told)
    assert (found.held_after > 0) == (act is None)
    with open_store(tmp_path / "a.sqlite3", read_only=True) as was:
        for hours in (1.5, 2.2):  # what was held before the period is held in it
            since = START + timedelta(hours=hours)
            real = [alert for alert in alerts_of(was) if alert.created_at >= since]
            assert told_after(backtest(was, LIVE, LIVE, since=since, until=END)) == real
    wider = same_live_and_replayed(tmp_path / "w", LIVE, BOOKS[6], SURGE, {2: decide})
    assert (wider.held_after > found.held_after) == (act is None)


def test_what_people_merged_and_split_is_so_in_both_runs(tmp_path: Path) -> None:
    """Alerts move with their articles, and a report that was hidden in another story is news to its desks."""
    again = Item("again", "Eleven killed at a border post near Chaman, police say", "<p>The attack came at dawn.</p>")
    rounds: list[Round] = [
        {"hill": [RAIN], "bay": [RAIN]},
        {"hill": [TRUCE, RAIN], "bay": [KILLED, RAIN]},
        {"hill": [again, TRUCE, RAIN]},
        {"bay": [Item("killed", "Twelve killed at a border post near Chaman", KILLED.html), RAIN]},
        {"bay": [DECREE, RAIN]},
    ]

    def merging(store: Store, under: RuleBook, now: datetime) -> None:
        ids = story_with(store, TRUCE.title), story_with(store, KILLED.title)
        merge(store, *ids, desks=under.desks, because="one affair", now=now)

    def parting(store: Store, under: RuleBook, now: datetime) -> None:
        (article,) = (each for each in store.articles.since(LONG_AGO) if each.title == again.title)
        assert article.story_id is not None
        split(store, article.story_id, [article.id], desks=under.desks, because="another", now=now)

    found = same_live_and_replayed(tmp_path, LIVE, BOOKS[6], rounds, {1: merging, 2: parting})
    assert any(alert.created_at == START + timedelta(hours=2, minutes=30) for alert in told_before(found))
    with open_store(tmp_path / "a.sqlite3", read_only=True) as was:
        for hours in (1.2, 1.6, 2.2, 2.6, 3.5):  # before and after each of it
            since = START + timedelta(hours=hours)
            found = backtest(was, LIVE, LIVE, since=since, until=END)
            assert told_after(found) == [alert for alert in alerts_of(was) if alert.created_at >= since]


# --- what the report says ---------------------------------------------------------------------------------------------


def test_what_an_alias_gains_is_said_by_story_with_its_words_marked(archive: Store) -> None:
    """A name given by decree brings its story; the rest is kept."""
    found = backtest(archive, LIVE, book(actors=with_alias("Fitna al-Khawarij")), since=LONG_AGO, until=END)
    (gained,) = found.of(Outcome.GAINED)
    assert gained.title == DECREE.title
    assert gained.rules_after == ("ttp-truce",)
    assert gained.shown is not None
    assert [run.text for run in gained.shown.headline if run.is_hit] == ["Fitna al-Khawarij", "ceasefire"]
    assert plain(gained.shown.headline) == DECREE.title
    assert [alert.kind for alert in gained.alerts_after] == [AlertKind.NEW]
    assert not found.of(Outcome.LOST)
    (rule,) = found.rules
    assert (rule.rule_id, rule.change) == ("ttp-truce", RuleChange.MEANING)
    assert (rule.articles_before, rule.articles_gained, rule.articles_lost) == (1, 1, 0)
    south_asia, night = found.desks
    assert south_asia.alerts_after == south_asia.alerts_before + 1
    assert (south_asia.stories_gained, south_asia.stories_lost) == (1, 0)
    assert night.alerts_after == night.alerts_before


def test_a_removed_rule_loses_its_stories(archive: Store) -> None:
    """The same comparison the other way round."""
    found = backtest(archive, EDITED, LIVE, since=LONG_AGO, until=END)
    assert DECREE.title in [story.title for story in found.of(Outcome.LOST)]
    without = book(rules=RULES.split("  - {id: attack")[0])
    lost = backtest(archive, LIVE, without, since=LONG_AGO, until=END)
    assert [rule.change for rule in lost.rules] == [RuleChange.REMOVED]
    assert {story.title for story in lost.of(Outcome.LOST)} == {KILLED.title, RAIN.title}
    assert lost.desks[1].alerts_after == 0


def test_an_edit_of_desks_alone_changes_alerts_and_no_match(archive: Store) -> None:
    """A rule that goes to one desk more is kept as a match and changed as an alert."""
    wider = book(
        rules=RULES.replace("severity: high, desks: [south-asia]", "severity: high, desks: [south-asia, night]")
    )
    found = backtest(archive, LIVE, wider, since=LONG_AGO, until=END)
    assert [rule.change for rule in found.rules] == [RuleChange.WORDING]
    assert [story.title for story in found.of(Outcome.CHANGED)] == [REWORDED.title]
    assert not found.of(Outcome.GAINED)


def test_alerts_that_interrupt_are_counted_apart(archive: Store) -> None:
    """Urgent ones by the desk's own word; every one of a desk that names no digest times."""
    urgent = book(rules=RULES.replace("severity: high", "severity: urgent"))
    south_asia, night = backtest(archive, LIVE, urgent, since=LONG_AGO, until=END).desks
    assert south_asia.at_once_before == 0
    assert 0 < south_asia.at_once_after < south_asia.alerts_after + 1
    assert night.at_once_after == 0
    timeless = replace(LIVE, desks={**LIVE.desks, "night": replace(LIVE.desks["night"], digest_every=None)})
    _, night = backtest(archive, LIVE, timeless, since=LONG_AGO, until=END).desks
    assert night.at_once_after == night.alerts_after > 0


def test_the_same_book_changes_nothing(archive: Store) -> None:
    """No rule is named, every story is kept."""
    found = backtest(archive, LIVE, LIVE, since=LONG_AGO, until=END)
    assert found.rules == ()
    assert found.stories
    assert {story.outcome for story in found.stories} == {Outcome.KEPT}
    assert all(story.shown is None for story in found.stories)


def test_only_the_named_rules_are_reported_and_alerts_stay_those_of_the_book(archive: Store) -> None:
    """Desks hear of stories, by whatever rule: their numbers are not cut down."""
    whole = backtest(archive, LIVE, EDITED, since=LONG_AGO, until=END)
    found = backtest(archive, LIVE, EDITED, since=LONG_AGO, until=END, only=["attack"])
    assert {rule.rule_id for rule in found.rules} == {"attack"}
    assert all(set(story.rules_before + story.rules_after) == {"attack"} for story in found.stories)
    assert found.desks == whole.desks


def test_a_story_told_before_the_period_is_not_new_in_it(archive: Store) -> None:
    """Both books begin with what desks were really told."""
    since = START + timedelta(hours=2)
    found = backtest(archive, LIVE, LIVE, since=since, until=END)
    real = [alert for alert in alerts_of(archive) if alert.created_at >= since]
    assert told_after(found) == real
    assert AlertKind.DEVELOPED in {alert.kind for alert in real}
    assert found.since >= since


def test_a_feed_that_is_dropped_takes_along_what_it_alone_had(archive: Store) -> None:
    """What another feed carried too stays."""
    lines = FEEDS.splitlines(keepends=True)
    without_bay, without_hill = book(feeds="".join(lines[:-1])), book(feeds="".join(lines[:2] + lines[3:]))
    found = backtest(archive, LIVE, without_bay, since=LONG_AGO, until=END)
    assert not found.of(Outcome.LOST)
    assert (found.feeds_gained, found.feeds_lost) == ((), ("bay",))
    found = backtest(archive, LIVE, without_hill, since=LONG_AGO, until=END)
    assert REWORDED.title in {story.title for story in found.of(Outcome.LOST)}
    assert KILLED.title not in {story.title for story in found.of(Outcome.LOST)}


def test_what_a_feed_says_of_itself_is_read_by_each_book_its_own_way(tmp_path: Path, history: list[Round]) -> None:
    """Tags and language that the edited book gives a feed stand in place of those the articles came with."""
    live = book(rules=RULES.replace("attack OR killed", "tag:pakistan OR lang:en"))
    told = book(
        feeds=FEEDS.replace("tags: [pakistan], language: en", "tags: [frontier], language: ps"),
        rules=RULES.replace("attack OR killed", "tag:frontier AND lang:ps"),
    )
    with archived(tmp_path, live, history) as was, archived(tmp_path, told, history, "b.sqlite3") as would_be:
        found = backtest(was, live, told, since=LONG_AGO, until=END)
        assert told_after(found) == alerts_of(would_be)
        assert {rule for alert in told_after(found) for rule in alert.rule_ids} >= {"attack"}


def test_a_rule_that_mutes_itself_is_named(archive: Store) -> None:
    """A book in which a rule cannot run says so instead of showing losses alone."""
    broken = replace(LIVE, lexicons={})
    found = backtest(archive, LIVE, broken, since=LONG_AGO, until=END)
    assert found.muted_before == ()
    assert [fault.rule_id for fault in found.muted_after] == ["ttp-truce"]
    assert REWORDED.title in {story.title for story in [*found.of(Outcome.LOST), *found.of(Outcome.CHANGED)]}


def test_a_period_shorter_than_a_day_counts_as_one(archive: Store) -> None:
    """Alerts a day are not multiplied up from an hour."""
    found = backtest(archive, LIVE, LIVE, since=LONG_AGO, until=START + timedelta(hours=4))
    assert found.days == 1.0
    assert backtest(archive, LIVE, LIVE, since=LONG_AGO, until=START + timedelta(days=4)).days == pytest.approx(4, 0.01)


def test_an_empty_archive_is_an_empty_report(tmp_path: Path) -> None:
    """Nothing was stored, nothing is said to be gained or lost."""
    with open_store(tmp_path / "new.sqlite3") as store:
        found = backtest(store, LIVE, EDITED, since=LONG_AGO, until=END)
    assert (found.articles, found.stories) == (0, ())
    assert found.since == LONG_AGO
