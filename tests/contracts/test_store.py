"""What every store keeps, in the words of `monitor.ports`; a second store joins by one more line in `STORES`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import MISSING, fields, replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.model import (
    ArticleKey,
    ChannelKind,
    DecisionKind,
    DecisionMaker,
    Delivery,
    DeliveryState,
    Edit,
    Feedback,
    FeedbackKind,
    FurtherReport,
    Gap,
    KeyKind,
    Mute,
    NewArticle,
    PollTimes,
    Sighting,
    Story,
    StoryDecision,
    Withheld,
    WithheldKind,
)
from monitor.ports import Store
from monitor.store import open_store
from tests.store.builders import (
    NOON,
    alert,
    article,
    delivery,
    digest,
    feed_state,
    later,
    match,
    poll_report,
    sketch,
    stored_story,
    story_in_unit,
)

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

STORES: dict[str, Callable[[Path], Store]] = {"sqlite": lambda folder: open_store(folder / "monitor.sqlite3")}


@pytest.fixture(params=sorted(STORES))
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    opened = STORES[request.param](tmp_path)
    yield opened
    opened.close()


KEY = ArticleKey(KeyKind.ADDRESS, "https://hill-post.example/truce")
OTHER_KEY = ArticleKey(KeyKind.TEXT, "truce at the pass|both sides")


class TestUnitOfWork:
    def test_keeps_everything_or_nothing(self, store: Store) -> None:
        """An exception anywhere in a unit undoes all of it, in every noun."""
        before = store.counts()
        with suppress(KeyError), store.unit_of_work():
            store.feeds.save(feed_state())
            story_in_unit(store)
            store.deliveries.queue([delivery()])
            raise KeyError
        assert store.counts() == before

    def test_is_not_nested(self, store: Store) -> None:
        """A unit inside a unit is a mistake of the program, and says so."""
        with store.unit_of_work(), pytest.raises(RuntimeError, match="not nested"), store.unit_of_work():
            pass

    def test_may_follow_one_that_failed(self, store: Store) -> None:
        """A unit that was rolled back leaves the store ready for the next."""
        with suppress(KeyError), store.unit_of_work():
            raise KeyError
        with store.unit_of_work():
            store.set_value("heartbeat", "12:00")
        assert store.get_value("heartbeat") == "12:00"

    @pytest.mark.parametrize(
        "write",
        [
            lambda s: s.feeds.save(feed_state()),
            lambda s: s.feeds.record(poll_report()),
            lambda s: s.articles.add(article(), []),
            lambda s: s.articles.next_id(),
            lambda s: s.articles.add_all([NewArticle(article())]),
            lambda s: s.articles.add_keys(1, [KEY]),
            lambda s: s.articles.move_keys(1, [KEY]),
            lambda s: s.articles.sight([Sighting(1, "f", None, None, NOON)]),
            lambda s: s.articles.edit(Edit(1, NOON, "a", "b", "", "", ""), article()),
            lambda s: s.articles.add_matches(1, [match()], NOON),
            lambda s: s.stories.create(Story(0, 1, "t", NOON)),
            lambda s: s.stories.place(1, 1, None, ""),
            lambda s: s.stories.name_lead(1, 1, ""),
            lambda s: s.stories.merge(1, 2, "", NOON),
            lambda s: s.stories.split(1, [1], "", NOON),
            lambda s: s.sketches.keep([sketch(1, 1)]),
            lambda s: s.sketches.forget_before(1),
            lambda s: s.alerts.add(alert(1, 1)),
            lambda s: s.alerts.withhold([Withheld(1, "d", WithheldKind.MUTED, "", NOON)]),
            lambda s: s.alerts.tell_by(1, [1]),
            lambda s: s.alerts.count_further([1], "d", 1),
            lambda s: s.alerts.hold(1, NOON),
            lambda s: s.alerts.let_go([1]),
            lambda s: s.feeds.note_gap(Gap("f", NOON, NOON, 1)),
            lambda s: s.mutes.add(Mute(0, 1, "d", NOON, None)),
            lambda s: s.mutes.end(1, NOON, ""),
            lambda s: s.feedback.add(said(1)),
            lambda s: s.presses.take("p", NOON),
            lambda s: s.digests.add(digest(), []),
            lambda s: s.digests.decide_slot("d", NOON, "", None),
            lambda s: s.deliveries.queue([delivery()]),
            lambda s: s.deliveries.move(delivery(), event="e", at=NOON),
            lambda s: s.notices.raise_("e", "s", "d", NOON),
            lambda s: s.notices.clear("e", "s", NOON),
            lambda s: s.notices.mark_told([1], NOON),
            lambda s: s.set_value("k", "v"),
        ],
    )
    def test_is_where_every_write_stands(self, store: Store, write: Callable[[Store], object]) -> None:
        """A write outside of a unit raises and writes nothing."""
        with pytest.raises(RuntimeError, match="outside of a unit"):
            write(store)
        assert not any(store.counts().values())


@pytest.mark.parametrize(
    ("noun", "left"),
    [
        (feed_state(), set()),
        (article(), {"story_id", "reprint_of", "promoted_at"}),
        (match(), set()),
        (alert(1, 1), {"digest_id", "spoken_by"}),
        (
            delivery(),
            {
                "part",
                "parts",
                "state",
                "attempts",
                "ambiguous",
                "next_attempt_at",
                "give_up_at",
                "detail",
                "receipt",
                "root_id",
                "is_edit",
                "tells",
                "root_receipt",
            },
        ),
    ],
)
def test_the_nouns_of_these_tests_have_every_field_set(noun: DataclassInstance, left: set[str]) -> None:
    """A field that is new in the model is at its default here, and this says so before a store forgets it.

    What is left out is set by the tests that move a noun.
    """
    at_default = {f.name for f in fields(noun) if f.default is not MISSING and getattr(noun, f.name) == f.default}
    assert at_default == left


class TestFeeds:
    def test_give_back_what_was_saved(self, store: Store) -> None:
        """Every field of a feed's state survives, validators byte for byte."""
        with store.unit_of_work():
            store.feeds.save(feed_state())
        assert store.feeds.state("hill-post") == feed_state()
        assert store.feeds.states() == {"hill-post": feed_state()}
        assert store.feeds.states(["hill-post", "bay-times"]) == {"hill-post": feed_state()}
        assert store.feeds.states([]) == {}
        known = feed_state()
        times = PollTimes(known.url, known.next_poll_at, known.last_polled_at, known.paused)
        assert store.feeds.times() == {"hill-post": times}

    def test_know_nothing_before_the_first_poll(self, store: Store) -> None:
        """An unknown feed is None, not an error."""
        assert store.feeds.state("never-polled") is None

    def test_are_overwritten_by_the_newest_state(self, store: Store) -> None:
        """A field may also go back to nothing."""
        newer = replace(feed_state(), etag=None, failures=0, paused=False, next_poll_at=None)
        with store.unit_of_work():
            store.feeds.save(feed_state())
            store.feeds.save(newer)
        assert store.feeds.states() == {"hill-post": newer}

    def test_keep_the_newest_200_polls_each(self, store: Store) -> None:
        """History is bounded for each feed by itself, in order of polls even when the clock stepped back."""
        with store.unit_of_work():
            store.feeds.record(poll_report("quiet"))
            for number in range(205):
                store.feeds.record(poll_report(number=-number))
        polls = store.feeds.polls("hill-post", limit=1000)
        assert [poll.detail for poll in polls] == [f"poll {-number}" for number in range(204, 4, -1)]
        assert store.feeds.polls("quiet") == [poll_report("quiet")]
        assert len(store.feeds.polls("hill-post")) == 50

    def test_keep_their_newest_gaps(self, store: Store) -> None:
        """A gap has its bounds and how much came at once; the newest come first, 500 of each feed."""
        with store.unit_of_work():
            for number in range(502):
                store.feeds.note_gap(Gap("hill-post", later(number), later(number + 15), number))
            store.feeds.note_gap(Gap("other", NOON, later(1), 7))
        assert store.feeds.gaps("hill-post", 1) == [Gap("hill-post", later(501), later(516), 501)]
        assert [gap.entries for gap in store.feeds.gaps("hill-post", 1000)] == list(range(501, 1, -1))
        assert store.feeds.gaps("other") == [Gap("other", NOON, later(1), 7)]


class TestArticles:
    def test_give_back_what_was_added(self, store: Store) -> None:
        """Every field survives, in any script."""
        with store.unit_of_work():
            article_id = store.articles.add(article(), [KEY])
        assert store.articles.get([article_id, 999]) == {article_id: replace(article(), id=article_id)}

    def test_are_found_by_their_keys(self, store: Store) -> None:
        """Kind and value both count; unknown keys are left out."""
        with store.unit_of_work():
            article_id = store.articles.add(article(), [KEY])
            store.articles.add_keys(article_id, [OTHER_KEY])
        stranger = ArticleKey(KeyKind.FEED_ID, KEY.value)
        assert store.articles.find([KEY, OTHER_KEY, stranger]) == {KEY: article_id, OTHER_KEY: article_id}

    def test_are_stored_together_under_the_ids_that_come_next(self, store: Store) -> None:
        """Many at once are as one by one: with keys of their own and of others, sightings, and the reason of place."""
        with store.unit_of_work():
            old = store.articles.add(article(), [KEY, OTHER_KEY])
            first = store.articles.next_id()
            second, own = first + 1, ArticleKey(KeyKind.FEED_ID, "hill-post 2")
            sighting = Sighting(second, "hill-post", None, "2", NOON)
            news = [
                NewArticle(replace(article(title="One"), id=first), (KEY,)),
                NewArticle(
                    replace(article(title="Two"), id=second), (own, OTHER_KEY), (OTHER_KEY,), (sighting,), "new"
                ),
            ]
            store.articles.add_all(news)
            assert store.articles.next_id() == second + 1
        assert first > old
        assert store.articles.get([first, second]) == {new.article.id: new.article for new in news}
        assert store.articles.find([KEY, OTHER_KEY, own]) == {KEY: old, OTHER_KEY: second, own: second}
        assert store.articles.sightings(second) == [sighting]
        assert store.stories.placed_because(second) == "new"
        assert store.articles.with_words(["two"]) == [second]

    def test_keep_their_keys(self, store: Store) -> None:
        """A key that is taken stays with its first article."""
        with store.unit_of_work():
            first = store.articles.add(article(), [KEY])
            second = store.articles.add(article(), [KEY, OTHER_KEY])
            store.articles.add_keys(second, [KEY])
        assert store.articles.find([KEY, OTHER_KEY]) == {KEY: first, OTHER_KEY: second}

    def test_get_the_keys_that_a_publisher_gives_to_another_story(self, store: Store) -> None:
        """A moved key has its new article, and a key that nobody had is moved likewise."""
        with store.unit_of_work():
            first = store.articles.add(article(), [KEY])
            second = store.articles.add(article(), [])
            store.articles.move_keys(second, [KEY, OTHER_KEY])
        assert store.articles.find([KEY, OTHER_KEY]) == {KEY: second, OTHER_KEY: second}
        assert first != second

    def test_are_sighted_once_for_each_feed_and_address(self, store: Store) -> None:
        """A repeat adds nothing, whatever id the publisher gives it; an entry without address is a place of its own."""
        with store.unit_of_work():
            article_id = store.articles.add(article(), [])
            first = Sighting(article_id, "hill-post", "https://hill-post.example/a", "1", NOON)
            wire = Sighting(article_id, "wire", None, None, later(1))
            for sighting in (wire, first, replace(first, entry_id="2", seen_at=later(5)), replace(wire, seen_at=NOON)):
                store.articles.sight([sighting])
        assert store.articles.sightings(article_id) == [first, wire]

    def test_that_are_gone_are_not_sighted(self, store: Store) -> None:
        """A sighting or an edit of an article that was pruned is left out, and stops nothing."""
        with store.unit_of_work():
            store.articles.sight([Sighting(77, "hill-post", None, None, NOON)])
            store.articles.edit(Edit(77, NOON, "a", "b", "", "", ""), article())
        assert store.articles.sightings(77) == []
        assert store.articles.edits(77) == []

    def test_are_edited_with_the_old_text_on_record(self, store: Store) -> None:
        """The article has the new text; what it was, when and why stays."""
        edit = Edit(0, later(3), "Truce at the pass", "Truce broken", "old", "new", "headline: 1 word")
        with store.unit_of_work():
            article_id = store.articles.add(article(), [])
            edit = replace(edit, article_id=article_id)
            newer = replace(article(), id=article_id, title="Truce broken", body="new", zones=(), tags=())
            store.articles.edit(edit, newer)
        assert store.articles.edits(article_id) == [edit]
        assert store.articles.get([article_id]) == {article_id: newer}

    def test_are_listed_from_a_moment_on(self, store: Store) -> None:
        """The moment itself belongs to it; the order is that of arrival, not of the clock."""
        with store.unit_of_work():
            ids = [store.articles.add(article(at=at), []) for at in (later(-1), later(2), NOON, later(1))]
        assert [found.id for found in store.articles.since(NOON)] == ids[1:]
        assert store.articles.count_since(NOON) == 3
        assert store.articles.count_since(datetime.min.replace(tzinfo=UTC)) == 4

    def test_keep_a_match_once_for_each_rule_and_version(self, store: Store) -> None:
        """A repeat brings its spans up to date; a new version of the rule is a match of its own."""
        with store.unit_of_work():
            article_id = store.articles.add(article(), [])
            store.articles.add_matches(article_id, [match(), match("istanbul-talks")], NOON)
            store.articles.add_matches(article_id, [match(start=2), match(version="v2")], later(1))
        expected = [match(start=2), match("istanbul-talks"), match(version="v2")]
        assert store.articles.matches([article_id, 999]) == {article_id: expected}

    def test_may_hold_any_text(self, store: Store) -> None:
        """A lone surrogate, which no database can keep, becomes one replacement character; NUL and the rest stay."""
        hostile = "a\x00b\ud800\u202e\u2028\U0001f54a'\";--"
        with store.unit_of_work():
            article_id = store.articles.add(replace(article(), title=hostile, body=hostile), [])
        kept = store.articles.get([article_id])[article_id]
        assert kept.title == kept.body == hostile.replace("\ud800", "\ufffd")

    @given(value=st.text(max_size=40), kind=st.sampled_from(KeyKind))
    @settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
    def test_are_found_by_any_key(self, store: Store, value: str, kind: KeyKind) -> None:
        """Whatever stands in a key, it is found exactly, and nothing like it is."""
        key = ArticleKey(kind, value)
        with store.unit_of_work():
            store.articles.add_keys(7, [key])
        near = ArticleKey(kind, value + "\x00")
        assert store.articles.find([key, near]) == {key: 7}

    def test_are_found_by_words_of_headline_and_opening(self, store: Store) -> None:
        """Words are whole, whatever their case, accents and the keyboard that wrote them; the newest come first."""
        with store.unit_of_work():
            first = store.articles.add(replace(article(title="Café truce"), body="At the pass. عارضی جنگ بندی"), [])
            second = store.articles.add(article(title="TRUCES"), [])
            third = store.articles.add(article(title="A truce, again"), [])
        assert store.articles.frequencies("TRUCE Cafe, unheard-of") == {"truce": 2, "cafe": 1}
        assert store.articles.with_words(["truce"]) == [third, first]
        assert store.articles.with_words(["truce"], limit=1) == [third]
        assert store.articles.with_words(["truce", "cafe", "pass"]) == [first]
        assert store.articles.with_words(list(store.articles.frequencies("عارضي جنگ"))) == [first]
        assert store.articles.with_words([]) == []
        assert second not in store.articles.with_words(["truce"])

    def test_are_found_by_their_newest_words(self, store: Store) -> None:
        """An edit changes what an article is found by."""
        with store.unit_of_work():
            article_id = store.articles.add(article(title="Truce"), [])
            changed = replace(article(title="Raid"), id=article_id)
            store.articles.edit(Edit(article_id, NOON, "Truce", "Raid", "", "", ""), changed)
        assert store.articles.with_words(["raid"]) == [article_id]
        assert store.articles.frequencies("truce") == {}

    @given(text=st.text(max_size=60), typed=st.text("aBcéİ 0-ایجن", max_size=40))
    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    def test_may_be_asked_for_any_words(self, store: Store, text: str, typed: str) -> None:
        """No text is a mistake, and every word of what people type finds its article."""
        with store.unit_of_work():
            store.articles.add(article(title=text), [])
            article_id = store.articles.add(article(title=typed), [])
        store.articles.with_words(list(store.articles.frequencies(text)))
        known = store.articles.frequencies(typed)
        assert bool(known) == any(map(str.isalnum, typed))
        for word in known:
            assert article_id in store.articles.with_words([word])

    def test_are_listed_by_the_beginning_of_their_address(self, store: Store) -> None:
        """An outlet is known by the addresses of what was read from it."""
        with store.unit_of_work():
            article_id = store.articles.add(article(), [KEY])
            store.articles.add(article(), [ArticleKey(KeyKind.ADDRESS, "https://hill-post.example.org/x"), OTHER_KEY])
        assert store.articles.under("https://hill-post.example/") == [article_id]
        assert store.articles.under("https://valley.example/") == []

    def test_news_that_was_a_baseline_says_since_when(self, store: Store) -> None:
        """What a replay of the archive asks for: until then it was no news."""
        with store.unit_of_work():
            article_id = store.articles.add(replace(article(), is_baseline=True), [])
            store.articles.promote(article_id, later(5))
        found = store.articles.get([article_id])[article_id]
        assert (found.is_baseline, found.promoted_at) == (False, later(5))


class TestSketches:
    def test_come_back_with_the_place_of_their_article(self, store: Store) -> None:
        """In order of arrival, with the story that the article has by now; the newest sketch of an article counts."""
        (story, first), (other, second) = stored_story(store), stored_story(store, "Snow")
        with store.unit_of_work():
            store.sketches.keep([sketch(second, other), sketch(first, story), sketch(99, story)])
            store.sketches.keep([replace(sketch(second, other), version=8, data=b"new")])
            store.stories.merge(story, other, "one", NOON)
        kept = list(store.sketches.since(NOON))
        assert [(each.article_id, each.version, each.data) for each in kept] == [
            (first, 7, b"\x00data"),
            (second, 8, b"new"),
        ]
        assert {(each.story_id, each.first_seen_at) for each in kept} == {(story, NOON)}
        assert list(store.sketches.since(NOON + timedelta(seconds=1))) == []

    def test_are_missed_where_they_were_let_go(self, store: Store) -> None:
        """An article without one is given all the same, as its text is there; one without a story is not."""
        story, first = stored_story(store)
        with store.unit_of_work():
            store.articles.add(article(title="Not placed"), [])
            store.sketches.keep([sketch(first, story)])
            store.sketches.forget_before(first)
        assert [each.version for each in store.sketches.since(NOON)] == [7]
        with store.unit_of_work():
            store.sketches.forget_before(first + 1)
        assert [(each.article_id, each.version, each.data) for each in store.sketches.since(NOON)] == [(first, 0, b"")]


class TestStories:
    def test_give_back_what_was_created(self, store: Store) -> None:
        """A story knows its lead; one article is one outlet even before it was sighted."""
        story_id, article_id = stored_story(store)
        assert store.stories.get([story_id, 999]) == {
            story_id: Story(story_id, article_id, "Truce at the pass", NOON, 1)
        }

    def test_are_led_and_named_by_an_article_of_theirs(self, store: Store) -> None:
        """With the reason; the headline is that which the article has by then. Others are left as they are."""
        story_id, first = stored_story(store)
        other, alone = stored_story(store, "Snow")
        with store.unit_of_work():
            second = store.articles.add(article(title="Truce ends"), [])
            store.stories.place(second, story_id, None, "same event")
            store.stories.name_lead(story_id, second, "the earliest good text")
        assert store.stories.get([story_id])[story_id] == Story(
            story_id, second, "Truce ends", NOON, 1, lead_because="the earliest good text"
        )
        assert {id_: lead.id for id_, lead in store.stories.leads([story_id, other, 999]).items()} == {
            story_id: second,
            other: alone,
        }
        assert store.stories.leads([story_id])[story_id] == store.articles.get([second])[second]
        assert first in {member.id for member in store.stories.members(story_id)}

    def test_count_their_outlets(self, store: Store) -> None:
        """Each feed that carried any member counts once."""
        story_id, lead = stored_story(store)
        with store.unit_of_work():
            reprint = store.articles.add(article(feed_id="wire"), [])
            store.stories.place(reprint, story_id, lead, "same words")
            store.articles.sight([Sighting(lead, "hill-post", None, None, NOON)])
            store.articles.sight([Sighting(reprint, "valley-news", None, None, NOON)])
        assert store.stories.get([story_id])[story_id].outlets == 3

    def test_know_the_feeds_of_their_articles(self, store: Store) -> None:
        """Article by article, of all stories asked for; sightings elsewhere do not count here."""
        story_id, lead = stored_story(store)
        other, alone = stored_story(store)
        with store.unit_of_work():
            second = store.articles.add(article(feed_id="wire"), [])
            store.stories.place(second, story_id, None, "")
            store.articles.sight([Sighting(lead, "valley-news", None, None, NOON)])
        assert store.stories.feeds_of([story_id, other, 999]) == {
            story_id: {lead: "hill-post", second: "wire"},
            other: {alone: "hill-post"},
        }

    def test_gather_articles_with_their_alerts(self, store: Store) -> None:
        """An article moves with the alerts that it raised; the story that it left is named, to get another lead."""
        to, _ = stored_story(store)
        old, lead = stored_story(store, "Another pass")
        with store.unit_of_work():
            other = store.articles.add(article(title="Snow"), [])
            store.stories.place(other, old, None, "same event")
            store.alerts.add(alert(old, lead))
            assert store.stories.gather(to, [lead], "one event", NOON) == [old]
            store.stories.name_lead(old, other, "the one that is left")
        assert [member.id for member in store.stories.members(old)] == [other]
        assert [told.article_id for told in store.alerts.told(to)] == [lead]
        assert store.stories.placed_because(lead) == f"moved from story {old}: one event"
        assert store.stories.decisions() == []

    def test_gather_all_of_a_story(self, store: Store) -> None:
        """A story that is left without articles is merged, which is kept; what is there already stays as it is."""
        to, first = stored_story(store)
        old, lead = stored_story(store, "Another pass")
        with store.unit_of_work():
            assert store.stories.gather(to, [first, lead], "one event", NOON) == []
        assert list(store.stories.get([to, old])) == [to]
        (made,) = store.stories.decisions()
        assert (made.kind, made.story_id, made.other_id) == (DecisionKind.MERGE, to, old)
        assert made.maker is DecisionMaker.MONITOR
        assert store.stories.placed_because(first) == "first of its story"

    def test_list_their_members(self, store: Store) -> None:
        """Members come in order of arrival, each with its story, its original, and a reason on record."""
        story_id, lead = stored_story(store)
        with store.unit_of_work():
            reprint = store.articles.add(article(feed_id="wire"), [])
            store.stories.place(reprint, story_id, lead, "same words")
        members = store.stories.members(story_id)
        assert store.stories.members_of([story_id, 999]) == {story_id: members}
        assert [(member.id, member.story_id, member.reprint_of) for member in members] == [
            (lead, story_id, None),
            (reprint, story_id, lead),
        ]
        assert store.stories.placed_because(reprint) == "same words"

    def test_are_merged_with_what_was_told_of_them(self, store: Store) -> None:
        """Articles, alerts and mutes move, the lead stays until another is named, and the decision is kept."""
        first, first_lead = stored_story(store)
        second, second_lead = stored_story(store, "The same truce")
        with store.unit_of_work():
            store.alerts.add(alert(first, first_lead))
            store.mutes.add(Mute(0, first, "d", NOON, None))
            store.stories.merge(second, first, "one truce", NOON)
        assert [member.id for member in store.stories.members(second)] == [first_lead, second_lead]
        assert store.stories.get([first, second])[second].lead_article_id == second_lead
        assert list(store.stories.get([first, second])) == [second]
        assert len(store.alerts.told(second)) == len(store.mutes.of_stories([second])) == 1
        assert store.stories.placed_because(first_lead) == f"moved from story {first}: one truce"
        (decision,) = store.stories.decisions()
        assert decision == StoryDecision(1, DecisionKind.MERGE, second, first, (first_lead,), NOON, "one truce")
        assert store.stories.decisions(after=1) == []

    def test_are_split_with_the_alerts_of_what_goes(self, store: Store) -> None:
        """The alerts of an article go with it; a copy of what stays behind is no copy any more."""
        story_id, lead = stored_story(store)
        with store.unit_of_work():
            copy = store.articles.add(article(title="Another pass"), [])
            store.stories.place(copy, story_id, lead, "same words")
            store.alerts.add(alert(story_id, copy))
            new_id = store.stories.split(story_id, [copy], "another pass", NOON)
        assert [member.id for member in store.stories.members(story_id)] == [lead]
        (moved,) = store.stories.members(new_id)
        assert (moved.id, moved.reprint_of) == (copy, None)
        assert store.stories.get([new_id])[new_id].lead_article_id == copy
        assert store.alerts.told(story_id) == []
        assert [told.article_id for told in store.alerts.told(new_id)] == [copy]
        assert [decision.kind for decision in store.stories.decisions()] == [DecisionKind.SPLIT]

    def test_are_listed_by_their_newest_article(self, store: Store) -> None:
        """A story that an article joined is listed again; one without a new article is not."""
        old, _ = stored_story(store)
        stored_story(store, "Another")
        with store.unit_of_work():
            late = store.articles.add(replace(article(), first_seen_at=NOON + timedelta(hours=5)), [])
            store.stories.place(late, old, None, "same event")
        assert [story.id for story in store.stories.since(NOON)] == [old, old + 1]
        assert [story.id for story in store.stories.since(NOON + timedelta(hours=1))] == [old]


class TestAlertsAndDigests:
    def test_articles_are_held_by_feed_until_they_are_let_go(self, store: Store) -> None:
        """Twice is once; another feed's are left alone."""
        with store.unit_of_work():
            ids = [store.articles.add(article(feed_id=feed_id), []) for feed_id in ("hill", "bay", "hill")]
            for article_id in [*ids, ids[0]]:
                store.alerts.hold(article_id, NOON)
        assert store.alerts.held("hill") == [ids[0], ids[2]]
        with store.unit_of_work():
            store.alerts.let_go([ids[0]])
        assert (store.alerts.held("hill"), store.alerts.held("bay")) == ([ids[2]], [ids[1]])

    def test_an_alert_waits_until_its_digest(self, store: Store) -> None:
        """It is waiting for its desk alone, then told in one digest, with every field kept."""
        story_id, article_id = stored_story(store)
        with store.unit_of_work():
            alert_id = store.alerts.add(alert(story_id, article_id))
        kept = replace(alert(story_id, article_id), id=alert_id)
        assert store.alerts.waiting("south-asia") == [kept]
        assert store.alerts.waiting("gulf") == []
        assert store.alerts.desks_waiting() == {"south-asia"}
        with store.unit_of_work():
            digest_id = store.digests.add(digest((alert_id,)), [])
        assert store.alerts.desks_waiting() == set()
        assert store.alerts.told(story_id) == [replace(kept, digest_id=digest_id)]
        assert store.alerts.in_digests_since(NOON) == [replace(kept, digest_id=digest_id)]
        assert store.alerts.in_digests_since(later(1)) == []

    def test_who_is_not_told_is_kept_with_the_reason(self, store: Store) -> None:
        """The same reason again only moves its time; another one is another row. Articles are asked for together."""
        _, article_id = stored_story(store)
        _, other_id = stored_story(store)
        low = Withheld(article_id, "north", WithheldKind.BELOW_FLOOR, "normal is below high", NOON)
        same = replace(low, desk_id="south", kind=WithheldKind.SAME_STORY, because="it has it", at=later(1))
        other = replace(low, article_id=other_id, at=later(2))
        with store.unit_of_work():
            store.alerts.withhold([low, same, other])
            store.alerts.withhold([replace(low, at=later(3))])
        assert store.alerts.withheld([article_id]) == [same, replace(low, at=later(3))]
        assert store.alerts.withheld([article_id, other_id]) == [same, other, replace(low, at=later(3))]

    def test_further_reports_wait_until_a_digest_of_the_desk_counts_them(self, store: Store) -> None:
        """Each article once a desk, whatever the reasons, in the story where it stands by then; others are no such."""
        story_id, article_id = stored_story(store)
        with store.unit_of_work():
            own, copy, elsewhere = (
                store.articles.add(article(feed_id=feed_id), []) for feed_id in ("bay", "wire", "moor")
            )
            for joined in (own, copy):
                store.stories.place(joined, story_id, article_id if joined == copy else None, "")
            same = Withheld(own, "south-asia", WithheldKind.SAME_STORY, "it has it", NOON)
            reprint = replace(same, article_id=copy, kind=WithheldKind.REPRINT)
            low = replace(same, article_id=article_id, kind=WithheldKind.BELOW_FLOOR)
            store.alerts.withhold([reprint, same, replace(same, because="again"), low, replace(same, desk_id="gulf")])
            store.alerts.withhold([replace(same, article_id=elsewhere)])
            digest_id = store.digests.add(digest(), [])
        first, second = store.alerts.further("south-asia")
        assert first == FurtherReport(own, story_id, "bay", "Truce at the pass", article().url, is_reprint=False)
        assert (second.article_id, second.is_reprint) == (copy, True)
        assert (store.alerts.further("north"), store.alerts.counted(own)) == ([], {})
        with store.unit_of_work():
            store.alerts.count_further([own, article_id, 999], "south-asia", digest_id)
            store.alerts.withhold([same])
            store.alerts.count_further([own], "south-asia", store.digests.add(digest(), []))
        assert [each.article_id for each in store.alerts.further("south-asia")] == [copy]
        assert [each.article_id for each in store.alerts.further("gulf")] == [own]
        assert store.alerts.counted(own) == {"south-asia": digest_id}

    def test_an_alert_knows_the_article_that_told_it(self, store: Store) -> None:
        """Which need not be the one that raised it; other alerts are left alone."""
        story_id, article_id = stored_story(store)
        with store.unit_of_work():
            told, other = (store.alerts.add(alert(story_id, article_id)) for _ in range(2))
            speaker = store.articles.add(article(), [])
            store.alerts.tell_by(speaker, [told])
        assert {each.id: each.spoken_by for each in store.alerts.told(story_id)} == {told: speaker, other: None}

    def test_an_alert_is_told_once(self, store: Store) -> None:
        """A second digest with the same alert, or with another desk's, is refused whole."""
        story_id, article_id = stored_story(store)
        with store.unit_of_work():
            mine = store.alerts.add(alert(story_id, article_id))
            theirs = store.alerts.add(alert(story_id, article_id, desk_id="gulf"))
            store.digests.add(digest((mine,)), [])
        before = store.counts()
        for alert_id in (mine, theirs, 999):
            with pytest.raises(ValueError, match="does not wait"), store.unit_of_work():
                store.digests.add(digest((alert_id,)), [delivery()])
        assert store.counts() == before

    def test_an_alert_is_withdrawn_while_it_waits(self, store: Store) -> None:
        """One that is in a digest was told: taking it back is refused, and so is one that is not stored."""
        story_id, article_id = stored_story(store)
        with store.unit_of_work():
            told, waits = (store.alerts.add(alert(story_id, article_id)) for _ in range(2))
            store.digests.add(digest((told,)), [])
            store.alerts.withdraw([waits])
        assert [each.id for each in store.alerts.told(story_id)] == [told]
        for alert_id in (told, waits):
            with pytest.raises(ValueError, match="in a digest, or not stored"), store.unit_of_work():
                store.alerts.withdraw([alert_id])

    def test_a_digest_is_kept_as_it_was_fixed(self, store: Store) -> None:
        """Text, markup and the order of its alerts come back unchanged; newest first, by desk."""
        story_id, article_id = stored_story(store)
        with store.unit_of_work():
            a, b = (store.alerts.add(alert(story_id, article_id)) for _ in range(2))
            first = store.digests.add(digest((b, a)), [])
            second = store.digests.add(digest(desk_id="gulf"), [])
        assert store.digests.get(first) == replace(digest((b, a)), id=first)
        assert store.digests.get(999) is None
        assert [found.id for found in store.digests.newest()] == [second, first]
        assert [found.id for found in store.digests.newest(limit=1, desk_id="south-asia")] == [first]

    def test_a_slot_is_decided_once(self, store: Store) -> None:
        """The newest slot is remembered with what became of it, in whatever zone it was named."""
        karachi = timezone(timedelta(hours=5))
        with store.unit_of_work():
            assert store.digests.last_slot_at("south-asia") is None
            store.digests.decide_slot("south-asia", datetime(2026, 11, 20, 13, 0, tzinfo=karachi), "nothing new", None)
            digest_id = store.digests.add(digest(), [])
            store.digests.decide_slot("south-asia", datetime(2026, 11, 20, 7, 0, tzinfo=UTC), "late", digest_id)
        newest = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
        assert store.digests.last_slot_at("south-asia") == newest
        assert store.digests.slots("south-asia") == [
            (newest, "nothing new", None),
            (datetime(2026, 11, 20, 7, 0, tzinfo=UTC), "late", digest_id),
        ]
        with pytest.raises(ValueError, match="decided before"), store.unit_of_work():
            store.digests.decide_slot("south-asia", newest, "again", None)

    def test_stories_told_in_full_are_counted_by_desk_and_time(self, store: Store) -> None:
        """The moment itself belongs to it; other desks do not count."""
        with store.unit_of_work():
            assert store.digests.told_since("south-asia", NOON) == 0
            for at, told in ((later(-1), 7), (NOON, 3), (later(5), 2)):
                store.digests.add(replace(digest(), at=at, told=told), [])
            store.digests.add(replace(digest(desk_id="north"), told=9), [])
        assert store.digests.told_since("south-asia", NOON) == 5
        assert store.digests.newest(1)[0].told == 9


class TestMutes:
    def test_hold_until_they_are_ended(self, store: Store) -> None:
        """What was stored comes back; an ended one is kept with when and why, and is not ended twice."""
        story_id, _ = stored_story(store)
        first = Mute(0, story_id, "south-asia", NOON, later(60), who="U07")
        second = Mute(0, story_id, "", later(1), None)
        with store.unit_of_work():
            first, second = (replace(mute, id=store.mutes.add(mute)) for mute in (first, second))
        assert store.mutes.open() == [first, second]
        with store.unit_of_work():
            store.mutes.end(first.id, later(60), "its time was over")
        ended = replace(first, ended_at=later(60), ended_because="its time was over")
        assert store.mutes.open() == [second]
        assert store.mutes.of_stories([story_id, 999]) == [ended, second]
        assert store.mutes.of_stories([]) == []
        with pytest.raises(ValueError, match="does not hold"), store.unit_of_work():
            store.mutes.end(first.id, later(61), "again")


def said(
    article_id: int,
    kind: FeedbackKind = FeedbackKind.RELEVANT,
    who: str = "desk@example.org",
    at: datetime = NOON,
    desk_id: str = "south-asia",
) -> Feedback:
    return Feedback(0, article_id, desk_id, kind, who, ChannelKind.SLACK, at)


class TestFeedback:
    def test_gives_back_what_was_said(self, store: Store) -> None:
        """In order, with the story in which the article stands; of stories, and since a time."""
        story_id, article_id = stored_story(store)
        other_id, other = stored_story(store, "Talks in Istanbul")
        with store.unit_of_work():
            assert store.feedback.add(said(article_id))
            assert store.feedback.add(said(other, FeedbackKind.CLAIM, who="د", at=later(1)))
        first = replace(said(article_id), id=1, story_id=story_id)
        second = replace(said(other, FeedbackKind.CLAIM, who="د", at=later(1)), id=2, story_id=other_id)
        assert store.feedback.of_stories([story_id, other_id, 999]) == [first, second]
        assert store.feedback.of_stories([other_id]) == [second]
        assert store.feedback.of_stories([]) == []
        assert store.feedback.since(later(1)) == [second]

    def test_keeps_each_change_of_mind_and_no_repeat(self, store: Store) -> None:
        """The same word again is nothing new; another one is, and so is the first one after it."""
        _, article_id = stored_story(store)
        yes, no = said(article_id), said(article_id, FeedbackKind.NOT_RELEVANT)
        with store.unit_of_work():
            assert [store.feedback.add(each) for each in (yes, yes, no, no, yes)] == [True, False, True, False, True]
            assert store.feedback.add(replace(yes, who="other@example.org"))
            assert store.feedback.add(replace(yes, desk_id="wire"))
        assert len(store.feedback.since(NOON)) == 5

    def test_lets_a_claim_pass_from_one_to_another(self, store: Store) -> None:
        """Who holds it already claims nothing new; a judgement in between changes nothing of that."""
        _, article_id = stored_story(store)
        mine = said(article_id, FeedbackKind.CLAIM)
        theirs = replace(mine, who="U07", desk_id="south-asia")
        with store.unit_of_work():
            told = [store.feedback.add(each) for each in (mine, said(article_id), mine, theirs, mine)]
        assert told == [True, True, False, True, True]

    def test_is_of_the_story_and_not_of_one_article(self, store: Store) -> None:
        """Who judged one report judged the story; after a merge, the story it became, after a split, the other."""
        first, article_id = stored_story(store)
        second, other = stored_story(store, "Talks in Istanbul")
        with store.unit_of_work():
            store.feedback.add(said(article_id))
            store.stories.merge(first, second, "one event", NOON)
            assert not store.feedback.add(said(other))
            third = store.stories.split(first, [article_id], "two after all", NOON)
            assert store.feedback.add(said(other))
        assert [each.article_id for each in store.feedback.of_stories([third])] == [article_id]
        assert [each.article_id for each in store.feedback.of_stories([first])] == [other]


def test_a_press_is_taken_once(store: Store) -> None:
    """However often it is reported, within the week that it is remembered."""
    with store.unit_of_work():
        taken = [store.presses.take(name, at) for name, at in (("a", NOON), ("a", later(9)), ("b", NOON))]
        assert taken == [True, False, True]
        assert store.presses.take("c", later(60 * 24 * 8))
    assert store.counts()["presses"] == 1


def accepted(store: Store, delivery_id: int, receipt: str = "ts 1.1 in C1") -> Delivery:
    """Let a delivery have been sent; inside a unit of work."""
    found = store.deliveries.get(delivery_id)
    assert found is not None
    sent = replace(found, state=DeliveryState.SENT, receipt=receipt)
    store.deliveries.move(sent, event="accepted", at=NOON)
    return sent


class TestDeliveries:
    def test_are_given_their_ids_in_order(self, store: Store) -> None:
        """Who queues a message without a digest can ask for it again."""
        with store.unit_of_work():
            ids = store.deliveries.queue([delivery("a@example.org"), delivery("b@example.org")])
        found = [store.deliveries.get(delivery_id) for delivery_id in ids]
        assert [each.recipient for each in found if each] == ["a@example.org", "b@example.org"]

    def test_are_queued_with_their_digest(self, store: Store) -> None:
        """Bytes stay bytes; history begins with the queueing."""
        with store.unit_of_work():
            digest_id = store.digests.add(digest(), [delivery("b@example.org"), delivery("a@example.org")])
        ours = store.deliveries.of_digest(digest_id)
        assert [(d.recipient, d.digest_id) for d in ours] == [
            ("a@example.org", digest_id),
            ("b@example.org", digest_id),
        ]
        assert replace(ours[1], id=0, digest_id=None) == delivery("b@example.org")
        assert store.deliveries.get(ours[0].id) == ours[0]
        assert store.deliveries.get(999) is None
        assert store.deliveries.history(ours[0].id) == [(NOON, "queued", "pending", "")]

    def test_name_the_mails_of_digests(self, store: Store) -> None:
        """By recipient, in order of the digests; posts and what will never arrive are left out."""
        with store.unit_of_work():
            both, second = [
                store.digests.add(
                    digest(),
                    [delivery(to, channel=kind) for kind in (ChannelKind.EMAIL, ChannelKind.SLACK) for to in who],
                )
                for who in (("a@example.org", "b@example.org"), ("a@example.org",))
            ]
        mails = {each.recipient: each for each in store.deliveries.of_digest(both) if each.channel is ChannelKind.EMAIL}
        (later_one, _) = store.deliveries.of_digest(second)
        with store.unit_of_work():
            dead = replace(mails["b@example.org"], state=DeliveryState.DEAD)
            store.deliveries.move(dead, event="refused-for-good", at=NOON)
        assert store.deliveries.mails_of([second, both, 999]) == {
            "a@example.org": [mails["a@example.org"].message_id, later_one.message_id]
        }
        assert store.deliveries.mails_of([]) == {}

    def test_are_due_when_their_time_has_come(self, store: Store) -> None:
        """Pending and retry, at or after their time, oldest first, within the limit."""
        with store.unit_of_work():
            store.deliveries.queue([delivery(name) for name in ("a", "b", "c", "d")])
        a, b, c, d = store.deliveries.due(NOON)
        with store.unit_of_work():
            store.deliveries.move(
                replace(a, state=DeliveryState.RETRY, next_attempt_at=later(5)), event="refused-for-now", at=NOON
            )
            store.deliveries.move(replace(b, state=DeliveryState.SENT), event="accepted", at=NOON)
        assert [found.id for found in store.deliveries.due(NOON)] == [c.id, d.id]
        assert [found.id for found in store.deliveries.due(later(5))] == [a.id, c.id, d.id]
        assert [found.id for found in store.deliveries.due(later(5), limit=1)] == [a.id]

    def test_of_a_split_digest_go_in_order(self, store: Store) -> None:
        """A part waits while an earlier one of the same recipient is open, and not for one that is closed."""
        parts = [delivery("#one", channel=ChannelKind.SLACK, part=part, parts=2) for part in (1, 2)]
        other = delivery("#two", channel=ChannelKind.SLACK, part=2, parts=2)
        with store.unit_of_work():
            store.digests.add(digest(), [*parts, other])

        def due() -> list[tuple[str, int]]:
            return [(found.recipient, found.part) for found in store.deliveries.due(NOON)]

        assert due() == [("#one", 1), ("#two", 2)]
        first = store.deliveries.due(NOON)[0]
        for state in (DeliveryState.SENDING, DeliveryState.RETRY):
            with store.unit_of_work():
                store.deliveries.move(replace(first, state=state, next_attempt_at=later(9)), event="e", at=NOON)
            assert due() == [("#two", 2)]
        for state in (DeliveryState.DEAD, DeliveryState.UNKNOWN, DeliveryState.SENT):
            with store.unit_of_work():
                store.deliveries.move(replace(first, state=state), event="e", at=NOON)
            assert due() == [("#one", 2), ("#two", 2)]

    def test_to_one_slack_channel_go_one_at_a_time(self, store: Store) -> None:
        """The oldest that is due goes first and alone; one that waits for its time, or mail, holds up nothing."""
        slack = ChannelKind.SLACK
        with store.unit_of_work():
            store.deliveries.queue([delivery("#one", channel=slack) for _ in range(3)])
            store.deliveries.queue([delivery("#two", channel=slack), delivery(), delivery()])
        first, two, mail, more_mail = store.deliveries.due(NOON)
        assert [first.id, two.id, mail.id, more_mail.id] == [1, 4, 5, 6]
        with store.unit_of_work():
            store.deliveries.move(replace(first, state=DeliveryState.SENDING), event="claimed", at=NOON)
        assert [found.id for found in store.deliveries.due(NOON)] == [4, 5, 6]
        with store.unit_of_work():
            retry = replace(first, state=DeliveryState.RETRY, next_attempt_at=later(5))
            store.deliveries.move(retry, event="refused-for-now", at=NOON)
        assert [found.id for found in store.deliveries.due(NOON)] == [2, 4, 5, 6]
        assert [found.id for found in store.deliveries.due(later(5))] == [1, 4, 5, 6]

    def test_of_slack_edits_go_when_no_message_is_due(self, store: Store) -> None:
        """A message that is queued after an edit passes it: nobody waits for news because of old news."""
        slack = ChannelKind.SLACK
        with store.unit_of_work():
            (root_id,) = store.deliveries.queue([delivery("#one", channel=slack)])
            root = accepted(store, root_id)
            edit = replace(delivery("#one", channel=slack), root_id=root.id, is_edit=True)
            edit_id, post_id = store.deliveries.queue([edit, delivery("#one", channel=slack)])
        (due,) = store.deliveries.due(NOON)
        assert due.id == post_id
        with store.unit_of_work():
            accepted(store, post_id)
        (due,) = store.deliveries.due(NOON)
        assert due == replace(edit, id=edit_id, root_receipt=root.receipt)

    def test_of_a_thread_wait_for_its_root_and_hold_up_nothing(self, store: Store) -> None:
        """An answer goes when its root was sent, or never will be; what stands behind the answer goes before it."""
        slack = ChannelKind.SLACK
        with store.unit_of_work():
            (root_id,) = store.deliveries.queue([delivery("#one", channel=slack)])
            root = store.deliveries.get(root_id)
            assert root is not None
            answer = replace(delivery("#one", channel=slack), root_id=root_id)
            answer_id, other_id = store.deliveries.queue([answer, delivery("#one", channel=slack)])
            waits = replace(root, state=DeliveryState.RETRY, next_attempt_at=later(30))
            store.deliveries.move(waits, event="refused-for-now", at=NOON)
        assert [found.id for found in store.deliveries.due(NOON)] == [other_id]
        for state in (DeliveryState.DEAD, DeliveryState.UNKNOWN, DeliveryState.SENT):
            with store.unit_of_work():
                store.deliveries.move(replace(root, state=state), event="e", at=NOON)
            assert [found.id for found in store.deliveries.due(NOON)] == [answer_id]

    def test_know_which_message_is_the_root_of_a_story(self, store: Store) -> None:
        """It is the first one that told the story to the desk's channel, as long as it is not dead; merged or not."""
        slack = ChannelKind.SLACK
        story_id, article_id = stored_story(store)
        other_story, other = stored_story(store, "Talks in Istanbul")

        def root(of: int = story_id, desk: str = "south-asia", recipient: str = "#one") -> int | None:
            found = store.deliveries.root(of, desk_id=desk, channel=slack, recipient=recipient)
            return None if found is None else found.id

        with store.unit_of_work():
            raised = [store.alerts.add(replace(alert(s, a), digest_id=None)) for s, a in
                      ((story_id, article_id), (other_story, other), (story_id, article_id))]  # fmt: skip
            told = replace(delivery("#one", channel=slack), tells=(article_id,))
            also = replace(delivery("#one", channel=slack, part=2, parts=2), tells=(other,))
            first = store.digests.add(replace(digest(), alert_ids=tuple(raised[:2])), [told, also])
            second = store.digests.add(replace(digest(), alert_ids=(raised[2],)), [told])
        first_id, also_id = (each.id for each in store.deliveries.of_digest(first))
        (second_id,) = (each.id for each in store.deliveries.of_digest(second))
        assert [root(), root(other_story), root(desk="wire"), root(recipient="#two")] == [first_id, also_id, None, None]
        stored = store.deliveries.get(first_id)
        assert stored is not None
        assert stored.tells == (article_id,)
        with store.unit_of_work():
            store.deliveries.move(replace(stored, state=DeliveryState.DEAD), event="e", at=NOON)
        assert root() == second_id
        with store.unit_of_work():
            store.stories.merge(story_id, other_story, "one event", NOON)
        assert root() == also_id

    def test_are_found_by_what_their_receipt_begins_with(self, store: Store) -> None:
        """Slack names a message by its time and channel; an edit of it has the same receipt and is not meant."""
        slack = ChannelKind.SLACK
        with store.unit_of_work():
            (one, two) = store.deliveries.queue([delivery("#one", channel=slack), delivery("#two", channel=slack)])
            root = accepted(store, one, "ts 1.1 in C1, found there after its reply was lost")
            accepted(store, two, "ts 1.10 in C1")
            edit = replace(delivery("#one", channel=slack), root_id=one, is_edit=True, receipt="ts 1.1 in C1")
            store.deliveries.queue([edit])
        found = store.deliveries.with_receipt(slack, "ts 1.1 in C1")
        assert found == root
        assert store.deliveries.with_receipt(slack, "ts 1.1 in C2") is None
        assert store.deliveries.with_receipt(ChannelKind.EMAIL, "ts 1.1 in C1") is None

    def test_know_their_later_edits(self, store: Store) -> None:
        """Only a later edit of the same message takes the place of an edit."""
        slack = ChannelKind.SLACK
        with store.unit_of_work():
            one, two = store.deliveries.queue([delivery("#one", channel=slack), delivery("#two", channel=slack)])
            edits = [replace(delivery("#one", channel=slack), root_id=root, is_edit=True) for root in (one, two, one)]
            ids = store.deliveries.queue([*edits, replace(delivery("#two", channel=slack), root_id=two)])
        stored = [store.deliveries.get(each) for each in ids[:3]]
        assert [store.deliveries.is_edited_later(each) for each in stored if each] == [True, False, False]

    def test_know_which_messages_of_a_story_were_edited(self, store: Store) -> None:
        """Since a time, in messages that tell a desk of it; what is told beside it in another message is not meant."""
        slack = ChannelKind.SLACK
        story_id, article_id = stored_story(store)
        other_story, other_id = stored_story(store, "Another pass")
        with store.unit_of_work():
            raised = [store.alerts.add(alert(s, a)) for s, a in ((story_id, article_id), (other_story, other_id))]
            tells = [
                replace(delivery("#one", channel=slack), tells=(each,), part=part, parts=2)
                for part, each in enumerate((article_id, other_id), start=1)
            ]
            digest_id = store.digests.add(digest(tuple(raised)), tells)
            one, two = (each.id for each in store.deliveries.of_digest(digest_id))
            edits = [replace(delivery("#one", channel=slack), root_id=each, is_edit=True) for each in (one, one, two)]
            store.deliveries.queue([replace(edit, created_at=later(5)) for edit in edits])

        def edited(since: float = 5, of: int = story_id, desk: str = "south-asia") -> list[int]:
            return store.deliveries.edited(of, desk_id=desk, since=later(since))

        assert (edited(), edited(of=other_story), edited(6), edited(desk="wire")) == ([one], [two], [], [])

    def test_keep_every_move(self, store: Store) -> None:
        """The delivery has the newest values; its history has each event with the state after it."""
        with store.unit_of_work():
            store.deliveries.queue([delivery()])
        (queued,) = store.deliveries.in_state(DeliveryState.PENDING)
        sending = replace(queued, state=DeliveryState.SENDING, attempts=1)
        sent = replace(
            sending, state=DeliveryState.SENT, receipt="250 OK", detail="taken", ambiguous=1, give_up_at=later(9)
        )
        with store.unit_of_work():
            store.deliveries.move(sending, event="claimed", at=later(1), was=DeliveryState.PENDING)
            store.deliveries.move(sent, event="accepted", at=later(2), was=DeliveryState.SENDING)
        assert store.deliveries.newest() == [sent]
        assert store.deliveries.in_state(DeliveryState.PENDING) == []
        assert store.deliveries.history(queued.id)[1:] == [
            (later(1), "claimed", "sending", ""),
            (later(2), "accepted", "sent", "taken"),
        ]

    def test_are_not_moved_from_a_state_they_left(self, store: Store) -> None:
        """Who asks for a move from a state gets it only there; an unknown delivery is a mistake too."""
        with store.unit_of_work():
            store.deliveries.queue([delivery()])
        (queued,) = store.deliveries.newest()
        with pytest.raises(ValueError, match="is pending by now"), store.unit_of_work():
            store.deliveries.move(
                replace(queued, state=DeliveryState.DEAD), event="dropped", at=NOON, was=DeliveryState.RETRY
            )
        with pytest.raises(ValueError, match="not stored"), store.unit_of_work():
            store.deliveries.move(replace(queued, id=999), event="e", at=NOON)
        assert store.deliveries.newest() == [queued]


class TestNotices:
    def test_are_new_once_until_they_are_over(self, store: Store) -> None:
        """The same departure is not raised twice while open; another subject, or the same one later, is."""
        with store.unit_of_work():
            assert store.notices.raise_("feed.silent", "hill-post", "since noon", NOON)
            assert not store.notices.raise_("feed.silent", "hill-post", "still", later(1))
            assert store.notices.raise_("feed.silent", "wire", "", NOON)
            assert store.notices.clear("feed.silent", "hill-post", later(2))
            assert not store.notices.clear("feed.silent", "hill-post", later(3))
            assert store.notices.raise_("feed.silent", "hill-post", "again", later(4))
        assert [(n.subject, n.detail) for n in store.notices.open()] == [("wire", ""), ("hill-post", "again")]

    def test_are_told_once(self, store: Store) -> None:
        """Untold ones come oldest first with their time, one that is over included; told ones do not come again."""
        with store.unit_of_work():
            store.notices.raise_("clock.stepped", "clock", "by 1 h", NOON)
            store.notices.clear("clock.stepped", "clock", NOON)
            store.notices.raise_("rules.rejected", "a.yaml", "line 3", later(1))
        untold = store.notices.untold()
        assert [(n.event, n.at) for n in untold] == [("clock.stepped", NOON), ("rules.rejected", later(1))]
        with store.unit_of_work():
            store.notices.mark_told([untold[0].id], later(2))
        assert store.notices.untold() == untold[1:]


def test_named_values_are_kept(store: Store) -> None:
    """A value is what was last set; a name never set is None."""
    with store.unit_of_work():
        store.set_value("heartbeat", "1")
        store.set_value("heartbeat", "2")
    assert store.get_value("heartbeat") == "2"
    assert store.get_value("unheard") is None


def test_counts_name_every_table(store: Store) -> None:
    """Rows by table, for people."""
    stored_story(store)
    counts = store.counts()
    assert counts["articles"] == counts["stories"] == 1
    assert counts["deliveries"] == 0


def test_naive_times_are_refused(store: Store) -> None:
    """A time without zone would be stored as a guess."""
    with pytest.raises(ValueError, match="naive"), store.unit_of_work():
        store.notices.raise_("e", "s", "d", datetime(2026, 1, 1))  # noqa: DTZ001 - the point
