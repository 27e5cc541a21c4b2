"""Canonical addresses."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.articles.address import canonical_url, names_an_article


@pytest.mark.parametrize(
    "variant",
    [
        "http://www.example.org/news/truce",
        "https://example.org/news/truce/",
        "https://example.org:443/news/truce#comments",
        "https://example.org/news/truce?utm_source=rss&utm_medium=feed",
        "https://example.org/news/truce?fbclid=abc&at_campaign=x",
        "https://example.org/news/truce?ref=rss-home",
        "https://m.example.org/news/truce",
        "https://amp.example.org/news/truce",
        "https://example.org/news/truce/amp/",
        "https://example.org/amp/news/truce",
        "https://example.org/news/truce.amp",
        "https://example.org/news/truce?outputType=amp",
        "https://EXAMPLE.org//news/../news/truce/index.html",
        "https://example-org.cdn.ampproject.org/c/s/example.org/news/truce",
        "https://www.google.com/amp/s/example.org/news/truce",
        "https://www.google.com/url?rct=j&url=https://example.org/news/truce&ct=ga",
        "https://l.facebook.com/l.php?u=https%3A%2F%2Fexample.org%2Fnews%2Ftruce&h=x",
        " https://user:secret@example.org/news/truce ",
    ],
)
def test_addresses_of_one_article_are_one(variant: str) -> None:
    """Scheme, www, mobile and AMP editions, tracking, fragments, redirectors and credentials do not matter."""
    assert canonical_url(variant) == "https://example.org/news/truce"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://example.org/?p=1", "https://example.org/?p=2"),
        ("https://example.org/a", "https://example.org/b"),
        ("https://example.org/A", "https://example.org/a"),
        ("https://urdu.example.org/a", "https://example.org/a"),
        ("https://example.org/a?source=army", "https://example.org/a?source=police"),
        ("https://example.org/amplify", "https://example.org/lify"),
        ("https://m.org/a", "https://org/a"),
    ],
)
def test_addresses_of_two_articles_stay_two(one: str, other: str) -> None:
    """What may choose the article is kept."""
    assert canonical_url(one) != canonical_url(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://www.dawn.com/news/1950001/old-headline", "https://www.dawn.com/news/1950001/new-headline"),
        ("https://www.dw.com/en/old/a-75000001?maca=en-rss", "https://p.dw.com/en/new-one/a-75000001"),
        ("https://tribune.com.pk/story/2570001/a", "https://tribune.com.pk/story/2570001/b?amp=1"),
        ("https://www.bbc.co.uk/news/articles/c1?at_medium=RSS", "https://www.bbc.com/news/articles/c1"),
    ],
)
def test_a_changed_headline_in_the_path_is_the_same_address(one: str, other: str) -> None:
    """Publishers in `hosts.toml` name an article by a number; the words beside it may change."""
    assert canonical_url(one) == canonical_url(other)


def test_a_front_page_names_no_article() -> None:
    """An entry that links to the site's start has no address of its own."""
    assert not names_an_article(canonical_url("http://www.example.org"))
    assert names_an_article(canonical_url("http://www.example.org/?p=4"))


@given(st.text(max_size=80) | st.from_regex(r"https?://[a-z\[\]:.@]{0,12}/[\x00-\x7f\ud800]{0,30}", fullmatch=True))
def test_any_text_has_a_canonical_form(url: str) -> None:
    """No input raises, and the result is bounded and without a fragment's mark at its end."""
    assert len(canonical_url(url)) <= 2_000


_PIECES = [
    "/news",
    "/amp",
    "/truce",
    "/index.html",
    "/%D8%A7",
    "//",
    "/a.amp",
    "?utm_source=x",
    "?id=1&ref=rss",
    "#top",
]


@given(
    st.sampled_from(["http", "https"]),
    st.sampled_from(
        ["www.example.org", "m.example.org", "amp.m.example.org:8080", "bücher.example", "www.dawn.com", "m.org"]
    ),
    st.lists(st.sampled_from(_PIECES), max_size=5).map("".join),
)
def test_the_canonical_form_is_its_own(scheme: str, host: str, rest: str) -> None:
    """Made canonical twice is made canonical once."""
    once = canonical_url(f"{scheme}://{host}{rest}")
    assert canonical_url(once) == once
