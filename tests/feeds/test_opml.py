"""Lists of feeds from and for other programs."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.feeds.formats.opml import read_opml, write_opml
from monitor.model import Feed

IDS = st.from_regex(r"[a-z][a-z0-9]{0,9}(-[a-z0-9]{1,5})?", fullmatch=True)
NAMES = (
    st.text(alphabet="abc جنگ &<>\"'é/,", min_size=1, max_size=20).map(lambda name: " ".join(name.split())).filter(bool)
)
FEEDS = st.lists(
    st.builds(
        Feed,
        id=IDS,
        url=IDS.map(lambda path: f"https://news.example/{path}?a=1&b='2'"),
        name=NAMES,
        language=st.none() | st.sampled_from(["ur", "pt-BR"]),
        tags=st.lists(IDS, unique=True, max_size=3).map(tuple),
        every=st.none() | st.integers(1, 10**6).map(lambda seconds: timedelta(seconds=seconds)),
        full_text=st.booleans(),
        baseline_newest=st.integers(0, 1000),
    ),
    max_size=5,
    unique_by=(lambda feed: feed.id, lambda feed: feed.url),
)


@given(FEEDS, st.integers(0, 5))
def test_a_list_that_was_written_is_read_back_the_same(feeds: list[Feed], resting: int) -> None:
    """Every setting of every feed, and which are paused, without a problem."""
    paused = frozenset(feed.id for feed in feeds[:resting])
    found = read_opml(write_opml(feeds, "Our feeds & others", paused), "list.opml")
    assert found.feeds == tuple(feeds)
    assert found.paused == paused
    assert found.problems == ()


def test_folders_and_categories_become_tags() -> None:
    """Nested, with ids made of names, or of the host where a name has no Latin letters."""
    found = read_opml(
        """<?xml version="1.0"?>
        <opml version="1.0"><head><title>x</title></head><body>
          <outline text="South Asia"><outline text="Pakistan">
            <outline type="rss" text="The Paper" xmlUrl="https://paper.example/feed" category="/News/Daily,Asia"/>
            <outline type="rss" text="قومی خبریں" xmlUrl="https://jang.example/rss"></outline>
          </outline></outline>
          <outline type="rss" text="The Paper" title="The Paper" xmlUrl="https://paper.example/other" />
          <!-- <outline xmlUrl="https://comment.example/"/> -->
        </body></opml>""",
        "list.opml",
    )
    one, two, three = found.feeds
    assert (one.id, one.tags) == ("the-paper", ("south-asia", "pakistan", "news", "daily", "asia"))
    assert (two.id, two.name, two.tags) == ("jang-example", "قومی خبریں", ("south-asia", "pakistan"))
    assert (three.id, three.tags) == ("the-paper-2", ())
    assert found.problems == ()


def test_a_damaged_file_gives_its_feeds_and_every_fault_with_its_line() -> None:
    """What can be read is read."""
    found = read_opml(
        '<opml><body>\n<outline type="rss" text="A & B" xmlUrl="https://a.example/"/>\n'
        '<outline type="rss" text="no address"/>\n<outline text="x" xmlUrl="file:///etc/passwd"/>\n'
        '<outline text="A" xmlUrl="https://a.example/"/>\n<outline text="open" xmlUrl="https://b.example/\n'
        '<outline text="C" xmlUrl="https://c.example/" monitor:every="soon"/>\n</body>',
        "list.opml",
    )
    assert [feed.url for feed in found.feeds] == ["https://a.example/", "https://c.example/"]
    assert [problem.line for problem in found.problems] == [2, 3, 4, 5, 6, 7]
    assert str(found.problems[1]) == "list.opml:3:1: the outline names no feed (xmlUrl)"


@given(st.text(alphabet="<outline xmlUrl='http://a/\"&;\n>-!/"))
def test_any_text_is_read_without_raising(text: str) -> None:
    """A file may be anything."""
    for feed in read_opml(f"<opml>{text}", "x").feeds:
        assert feed.url.startswith(("http://", "https://"))


@pytest.mark.parametrize("unit", ["<outline ", "<outline a='", '"', "<!--", "<outline a='b' "])
def test_the_cost_stays_bounded(unit: str) -> None:
    """A hundred thousand characters of any half-open construct."""
    started = time.perf_counter()
    read_opml("<opml>" + unit * (100_000 // len(unit)), "x")
    assert time.perf_counter() - started < 10
