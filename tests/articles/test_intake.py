"""Is it the same article: what a document's entries are, poll after poll."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.articles.edits import EditKind
from monitor.articles.intake import Intake, articles_wanted, plan_intake
from monitor.articles.readings import read_entries
from monitor.model import KeyKind
from tests.articles.builders import LONG, NOW, OTHER, Shelf, entry, feed

LATER = NOW + timedelta(minutes=15)


def test_an_entry_is_new_once() -> None:
    """A second poll of the same document brings sightings and nothing new."""
    shelf = Shelf()
    assert len(shelf.take(entry(1), entry(2)).arrivals) == 2
    again = shelf.take(entry(1), entry(2), now=LATER)
    assert not again.arrivals
    assert not again.revisions
    assert [seen.because for seen in again.sightings] == ["known by its id in this feed"] * 2


def test_a_baseline_is_recorded_and_not_news_but_for_its_newest() -> None:
    """Of a first poll all entries are kept as baseline, except as many of the first as the feed asks for."""
    intake = Shelf().take(*(entry(n) for n in range(4)), of=feed(baseline_newest=1), is_baseline=True)
    assert [arrival.article.is_baseline for arrival in intake.arrivals] == [False, True, True, True]


@pytest.mark.parametrize(
    "changed",
    [
        {"id": "another-id"},
        {"url": "http://www.news.example/story-1?utm_source=rss"},
        {"url": "https://news.example/moved/story-1"},
        {"id": "another-id", "url": "http://m.news.example/story-1"},
        {"id": "another-id", "url": "https://moved.example/1", "published": NOW},
        {"id": None},
        {"url": None},
        {"id": None, "url": None, "published": None},
    ],
)
def test_a_publisher_who_moves_things_brings_nothing_new(changed: dict[str, object]) -> None:
    """New ids, https, a new path, lost ids: any key that is left recognises the article."""
    shelf = Shelf()
    shelf.take(entry(1))
    intake = shelf.take(replace(entry(1), **changed), now=LATER)  # type: ignore[arg-type]
    assert not intake.arrivals
    assert not intake.revisions


def test_an_entry_without_id_address_and_date_is_one_article() -> None:
    """Title and text are enough, also when they are short."""
    shelf = Shelf()
    bare = entry(1, id=None, url=None, published=None, title="Truce", html="")
    assert len(shelf.take(bare).arrivals) == 1
    assert not shelf.take(bare, now=LATER).arrivals


def test_one_id_on_two_stories_loses_neither() -> None:
    """A key that two entries share names nothing: both are articles, now and at the next poll, whatever is left."""
    one = entry(1, id="same", title="Truce extended by a month", html=LONG)
    two = entry(2, id="same", title="Water returns to Karachi", html=OTHER)
    shelf = Shelf()
    first = shelf.take(one, two)
    assert len(first.arrivals) == 2
    assert all(key.kind is not KeyKind.FEED_ID for arrival in first.arrivals for key in arrival.keys)
    for document in ((two, one), (two,), (one,), (one, two)):
        assert not shelf.take(*document, now=LATER).arrivals


def test_one_address_on_many_stories_loses_none() -> None:
    """Entries that all link to one page are told apart by id and text."""
    entries = [entry(n, url="https://news.example/live", title=f"Title {n}", html=f"word{n} " * 30) for n in range(5)]
    shelf = Shelf()
    assert len(shelf.take(*entries).arrivals) == 5
    assert not shelf.take(*entries[2:], now=LATER).arrivals


def test_an_item_repeated_in_one_document_is_one_article() -> None:
    """Four copies of an item are one arrival; the repeats say which entry they repeat."""
    intake = Shelf().take(entry(1), entry(1), entry(2), entry(1, id="guid-1b"), entry(1))
    assert len(intake.arrivals) == 2
    assert [(repeat.position, repeat.of) for repeat in intake.repeats] == [(1, 0), (3, 0), (4, 0)]


def test_an_id_that_comes_back_for_another_story_is_a_new_article() -> None:
    """A feed that numbers its entries by position hides no story, and says why it is new."""
    shelf = Shelf()
    shelf.take(entry(1, title="Truce extended by a month", html=LONG))
    reused = entry(1, url="https://news.example/story-9", title="Water returns to Karachi", html=OTHER)
    intake = shelf.take(reused, now=LATER)
    assert len(intake.arrivals) == 1
    assert "another story's" in intake.arrivals[0].because
    assert not shelf.take(reused, now=LATER).arrivals


def test_a_reused_id_and_address_belong_to_the_new_story() -> None:
    """The story that has them now may be edited under them: it is known by them, and the old one is left alone."""
    shelf = Shelf()
    shelf.take(entry(1, title="Truce extended by a month", html=LONG))
    at = NOW + timedelta(days=2)
    again = entry(1, title="Water returns to Karachi", html=OTHER, published=at)
    (arrival,) = shelf.take(again, now=at).arrivals
    assert {key.kind for key in arrival.reused} == {KeyKind.FEED_ID, KeyKind.ADDRESS}
    edited = replace(again, html=OTHER.replace("three days", "4 days"), title="Water is back in Karachi")
    intake = shelf.take(edited, now=at + timedelta(hours=20))
    assert not intake.arrivals
    assert [revision.edit.article_id for revision in intake.revisions] == [2]
    assert shelf.articles[1].title == "Truce extended by a month"


def test_an_address_that_is_used_again_is_a_new_article() -> None:
    """A page that holds another story the next day, under a new id, is another article."""
    shelf = Shelf()
    shelf.take(entry(1, title="Truce extended by a month", html=LONG))
    next_day = entry(
        2, url=entry(1).url, title="Water returns to Karachi", html=OTHER, published=NOW + timedelta(days=1)
    )
    assert len(shelf.take(next_day, now=NOW + timedelta(days=1)).arrivals) == 1


def test_a_headline_rewritten_under_one_address_is_an_edit() -> None:
    """Same id, same address, same hours: one article, however different the words, and a material edit of it."""
    shelf = Shelf()
    shelf.take(entry(1, title="Truce extended by a month", html=LONG))
    intake = shelf.take(entry(1, title="Ankara hails envoys", html=OTHER), now=LATER)
    assert not intake.arrivals
    assert intake.revisions[0].judgement.kind is EditKind.MATERIAL
    assert shelf.articles[1].title == "Ankara hails envoys"


def test_summary_and_full_text_at_one_address_are_one_article() -> None:
    """A second feed with the full text is a sighting; the fuller text becomes the article's, once."""
    shelf = Shelf()
    full = f"<p>{LONG}</p><p>{OTHER}</p><p>More was said.</p>"
    shelf.take(entry(1, html=LONG), of=feed("home"))
    intake = shelf.take(entry(1, id="other", html=full), of=feed("world"), now=LATER)
    assert not intake.arrivals
    assert intake.sightings[0].sighting.feed_id == "world"
    assert intake.revisions[0].judgement.kind is EditKind.FULLER
    assert OTHER in shelf.articles[1].body
    for source, html, guid in (("home", LONG, "guid-1"), ("world", full, "other"), ("home", LONG, "guid-1")):
        assert not shelf.take(entry(1, id=guid, html=html), of=feed(source), now=LATER).revisions


def test_a_summary_after_the_full_text_takes_nothing_away() -> None:
    """A cut version of a known text is no edit."""
    shelf = Shelf()
    shelf.take(entry(1, html=f"<p>{LONG}</p><p>{OTHER}</p>"))
    assert not shelf.take(entry(1, html=LONG[:100]), now=LATER).revisions
    assert OTHER in shelf.articles[1].body


def test_two_feeds_that_word_one_article_differently_make_one_edit() -> None:
    """The other wording is tried on the rules once; going back and forth between feeds brings nothing more."""
    shelf = Shelf()
    shelf.take(entry(1, title="Pakistan talks resume"), of=feed("home"))
    other = entry(1, id="w", title="Pakistan, Kabul resume talks in Istanbul", html=f"<p>{LONG} A new line.</p>")
    first = shelf.take(other, of=feed("world"), now=LATER)
    assert len(first.revisions) == 1
    assert "as world has it" in first.revisions[0].edit.because
    assert not shelf.take(entry(1, title="Pakistan talks resume"), of=feed("home"), now=LATER).revisions
    assert not shelf.take(other, of=feed("world"), now=LATER).revisions


_WITHDRAWN = {"title": "Story withdrawn", "html": "<p>What stood here was wrong and has been withdrawn by us.</p>"}


@pytest.mark.parametrize("remembers", [False, True])
@pytest.mark.parametrize("at_once", [False, True])
def test_one_notice_in_the_place_of_two_articles_is_an_edit_of_each(at_once: bool, remembers: bool) -> None:
    """Together or one after the other; and however often it is read again, once."""
    reports = (entry(1, title="Truce extended", html=LONG * 3), entry(2, title="Water returns", html=OTHER * 3))
    notices = tuple(replace(report, title=_WITHDRAWN["title"], html=_WITHDRAWN["html"]) for report in reports)
    shelf = Shelf(remembers=remembers)
    shelf.take(*reports)
    documents = ([] if at_once else [(notices[0], reports[1])]) + [notices] + [notices, notices[::-1], notices[1:]] * 3
    taken = [shelf.take(*document, now=NOW + timedelta(minutes=15 * n)) for n, document in enumerate(documents)]
    revised = [[revision.edit.article_id for revision in intake.revisions] for intake in taken]
    assert revised[:2] == ([[1, 2], []] if at_once else [[1], [2]])
    assert not any(revised[2:])
    assert all(r.judgement.kind is EditKind.RETRACTION for intake in taken for r in intake.revisions)
    assert not any(intake.arrivals for intake in taken)


def test_words_of_another_article_are_remembered_between_two_feeds() -> None:
    """Feeds that word one article as two others are worded do not make an edit of it for ever, turn about."""
    shelf = Shelf()
    texts = [f"<p>{'The notice of this desk says nothing more of it than these many words. ' * 2}{n}</p>" for n in "ab"]
    shelf.take(entry(1, html=texts[0], title="Notice of one desk"), of=feed("dawn"))
    shelf.take(entry(2, html=texts[1], title="Notice of another desk"), of=feed("dusk"))
    shelf.take(entry(3, title="Truce extended by a month", html=LONG), of=feed("dawn"))
    made = [
        len(shelf.take(entry(3, html=text, title=title), of=feed(name), now=LATER).revisions)
        for _ in range(4)
        for name, text, title in (
            ("dawn", texts[0], "Notice of one desk"),
            ("dusk", texts[1], "Notice of another desk"),
        )
    ]
    assert made == [1, 1, 0, 0, 0, 0, 0, 0]


def test_lists_of_other_articles_under_a_text_are_no_edit() -> None:
    """Boilerplate that changes with every poll changes nothing."""
    shelf = Shelf()
    shelf.take(entry(1, html=f"<p>{LONG}</p><p>Related stories</p><ul><li>One</li></ul>"))
    again = shelf.take(entry(1, html=f"<p>{LONG}</p><p>Related stories</p><ul><li>Two</li></ul>"), now=LATER)
    assert not again.revisions


def test_a_pruned_article_is_never_new_again() -> None:
    """Identity outlives the text: a key whose article is gone is still known."""
    shelf = Shelf()
    shelf.take(entry(1))
    shelf.articles.clear()
    later = NOW + timedelta(days=400)
    assert not shelf.take(entry(1), now=later).arrivals
    reworded = shelf.take(entry(1, title="Another headline"), now=later)
    assert not reworded.arrivals
    assert "pruned" in reworded.sightings[0].because


def test_news_that_another_feed_held_as_baseline_is_news_once() -> None:
    """An article known only from one feed's baseline is promoted when it is new in a feed that has had its own."""
    shelf = Shelf()
    shelf.take(entry(1), of=feed("new"), is_baseline=True)
    first = shelf.take(entry(1, id="h"), of=feed("home"), now=LATER)
    assert first.sightings[0].promoted is not None
    assert not first.sightings[0].promoted.is_baseline
    assert shelf.take(entry(1, id="h"), of=feed("home"), now=LATER).sightings[0].promoted is None


def test_two_entries_of_one_document_promote_an_article_once() -> None:
    """Both resolve to what stood in another feed's baseline: one of them is the news, whatever words they have."""
    shelf = Shelf()
    moved = "https://news.example/moved"
    shelf.take(entry(1), of=feed("new"), is_baseline=True)
    shelf.take(entry(1, url=moved), of=feed("new"))
    twice = [
        entry(1, id="h1", title="Headline number 1, updated"),
        entry(1, id="h2", url=moved, html=f"<p>{LONG}</p><p>Both sides confirmed it.</p>"),
    ]
    intake = shelf.take(*twice, of=feed("home"), now=LATER)
    assert not intake.arrivals
    assert len(intake.sightings) == 2
    (promoted,) = [seen.promoted for seen in intake.sightings if seen.promoted is not None]
    assert promoted.title == "Headline number 1, updated"
    assert [revision.reading.is_baseline for revision in intake.revisions] == [True, False]


def test_a_baseline_article_is_not_promoted_by_its_own_feed() -> None:
    """A feed that drops and adds its old entries again brings nothing."""
    shelf = Shelf()
    shelf.take(entry(1), is_baseline=True)
    shelf.take(now=LATER)
    assert shelf.take(entry(1), now=LATER).sightings[0].promoted is None


def test_a_baseline_article_whose_headline_says_more_is_news_once() -> None:
    """What stood in the first document and has developed since is told; a longer text or a typing error is not."""
    shelf = Shelf()
    shelf.take(entry(1, title="Envoys talk in Istanbul", html=LONG), is_baseline=True)
    longer = shelf.take(entry(1, title="Envoys talk in Istanbul", html=f"{LONG} {OTHER}"), now=LATER)
    assert longer.revisions
    assert longer.sightings[0].promoted is None
    reworded = shelf.take(entry(1, title="Truce for another month, say negotiators", html=LONG), now=LATER)
    assert reworded.sightings[0].promoted is None
    collapsed = shelf.take(entry(1, title="Envoys leave as talks collapse", html=f"{LONG} {OTHER}"), now=LATER)
    assert collapsed.sightings[0].promoted is not None
    assert collapsed.sightings[0].promoted.title == "Envoys leave as talks collapse"
    assert "in the baseline of dawn as “" in collapsed.sightings[0].because


def test_an_old_baseline_article_is_no_news_however_it_is_changed() -> None:
    """Publishers touch up what is months old."""
    shelf = Shelf()
    long_ago = NOW - timedelta(days=30)
    shelf.take(entry(1, title="Envoys talk in Istanbul", html=LONG, published=long_ago), is_baseline=True)
    changed = shelf.take(entry(1, title="Envoys leave as talks collapse", html=LONG, published=long_ago), now=LATER)
    assert changed.revisions
    assert changed.sightings[0].promoted is None


@pytest.mark.parametrize("html", ["Follow our live page for the news of the day from the province.", f"<p>{LONG}</p>"])
def test_a_page_used_again_under_a_stock_text_is_a_new_article(html: str) -> None:
    """A description that fits any headline says nothing; a text that tells of one of the headlines is its article's."""
    shelf = Shelf()
    shelf.take(entry(1, title="Border truce extended in Istanbul by officials", html=html))
    next_day = NOW + timedelta(days=1)
    again = shelf.take(entry(1, title="Bridge near Swat washed away", html=html, published=next_day), now=next_day)
    assert bool(again.arrivals) is html.startswith("Follow")


def test_an_entry_that_says_nothing_is_left_out_with_a_reason() -> None:
    """No id, no address, no words: there is nothing to keep."""
    intake = Shelf().take(entry(1, id=None, url=None, title="", html="<p></p>"))
    assert intake.repeats[0].of is None
    assert not intake.arrivals


def test_a_feed_that_looks_new_at_once_is_pointed_out() -> None:
    """Many new entries with old dates are a reset and not news; as many with fresh dates are news."""
    old = [entry(n, published=NOW - timedelta(days=9)) for n in range(30)]
    assert Shelf().take(*old).surge is not None
    assert Shelf().take(*old, is_baseline=True).surge is None
    assert Shelf().take(*(entry(n) for n in range(30))).surge is None


def test_short_entries_with_one_title_are_told_apart() -> None:
    """One short title, today and tomorrow, is two articles."""
    shelf = Shelf()
    shelf.take(entry(1, title="Weather update", html=""))
    tomorrow = entry(2, title="Weather update", html="", published=NOW + timedelta(days=1))
    assert len(shelf.take(tomorrow, now=NOW + timedelta(days=1)).arrivals) == 1


_ENTRIES = st.lists(
    st.builds(
        entry,
        st.integers(0, 3),
        id=st.sampled_from([None, "a", "b", "c"]),
        url=st.sampled_from([None, "https://x.example/", "https://x.example/1", "http://www.x.example/1?utm_source=a"]),
        title=st.sampled_from(["", "Truce extended by a month", "Water returns to Karachi", "Update"]),
        html=st.sampled_from(["", LONG, OTHER, "<p>short</p>"]),
        published=st.sampled_from([None, NOW]),
    ),
    max_size=8,
)


@given(entries=_ENTRIES)
def test_every_entry_is_accounted_for_and_a_second_poll_is_silent(entries: list) -> None:  # type: ignore[type-arg]
    """Whatever ids and addresses are shared or missing: nothing is lost, and the same document again brings nothing."""
    shelf = Shelf()
    first = shelf.take(*entries)
    words = {(r.entry.title, r.entry.html) for r in read_entries(entries, "dawn", now=NOW).each if r.keys}
    kept = {(a.article.title, a.article.body) for a in first.arrivals}
    assert len(first.arrivals) + len(first.sightings) + len(first.repeats) == len(entries)
    assert len(kept) >= len({title or html for title, html in words if title != "Update"}) - len(first.repeats)
    again = shelf.take(*entries, now=LATER)
    assert not again.arrivals
    assert not again.revisions


def test_planning_twice_gives_the_same_plan() -> None:
    """The plan is a function of its arguments."""
    arguments = {"feed": feed(), "is_baseline": False, "known": {}, "articles": {}, "now": NOW}
    document = read_entries((entry(1), entry(2), entry(1)), "dawn", now=NOW)
    assert plan_intake(document, **arguments) == plan_intake(document, **arguments)  # type: ignore[arg-type]


def _what_follows(intake: Intake) -> tuple[object, ...]:
    """Return all of a plan that changes anything but when an article was last seen."""
    sightings = [(s.article_id, s.sighting, s.keys, s.promoted) for s in intake.sightings if s.keys or s.promoted]
    return intake.arrivals, intake.revisions, sightings


@given(documents=st.lists(_ENTRIES, min_size=2, max_size=4), hours=st.sampled_from([0.1, 0.4, 2]))
def test_passing_over_what_has_not_changed_misses_nothing(documents: list, hours: float) -> None:  # type: ignore[type-arg]
    """A feed whose last document is remembered brings what it brings to one who reads every entry every time."""
    diligent, glancing = Shelf(), Shelf(remembers=True)
    for number, entries in enumerate(documents):
        now = NOW + timedelta(hours=hours) * number
        assert _what_follows(glancing.take(*entries, now=now)) == _what_follows(diligent.take(*entries, now=now))
    assert glancing.keys == diligent.keys


def test_what_has_not_changed_is_looked_at_once_an_hour() -> None:
    """So long an article may go unseen in a feed that still has it."""
    entries, readings = [entry(n) for n in range(3)], []
    glimpse = None
    for minutes in (0, 15, 45, 61, 75):
        read = read_entries(entries, "dawn", before=glimpse, now=NOW + timedelta(minutes=minutes))
        readings.append((len(read.each), read.familiar))
        glimpse = read.glimpse
    assert readings == [(3, 0), (0, 3), (0, 3), (3, 0), (0, 3)]


def test_an_entry_that_shares_a_key_with_one_passed_over_has_all_of_them_read() -> None:
    """A publisher who gives a second entry the id of an old one: only together do they show that it names neither."""
    first = read_entries([entry(1), entry(2)], "dawn", now=NOW)
    second = read_entries([entry(1), entry(2), entry(3, id="guid-1")], "dawn", before=first.glimpse, now=LATER)
    assert (len(second.each), second.familiar) == (3, 0)


@given(documents=st.lists(_ENTRIES, min_size=2, max_size=3))
def test_articles_that_are_not_wanted_change_no_plan(documents: list) -> None:  # type: ignore[type-arg]
    """The plan with the articles that were asked for is the plan with all of them."""
    shelf = Shelf()
    for entries in documents[:-1]:
        shelf.take(*entries)
    document = read_entries(documents[-1], "dawn", now=LATER)
    known = {key: shelf.keys[key] for key in document.keys if key in shelf.keys}
    wanted = {number: shelf.articles[number] for number in articles_wanted(document, known)}
    plans = [
        plan_intake(document, feed=feed(), is_baseline=False, known=known, articles=articles, now=LATER)
        for articles in (wanted, shelf.articles)
    ]
    assert _what_follows(plans[0]) == _what_follows(plans[1])
