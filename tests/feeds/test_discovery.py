"""Finding a site's feeds."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from monitor.feeds.discovery import common_addresses, feed_links, index_sitemaps, robots_sitemaps

URL = "https://news.example/world/"


def found(page: str) -> list[str]:
    return [link.url for link in feed_links(page, URL)]


def test_link_elements_come_first_then_anchors() -> None:
    """Each once, absolute, with the title the page gives."""
    page = (
        "<a href='/rss/sport.xml'>x</a><a href=\"/about\">y</a><a href='/feed/'>z</a>"
        '<link rel="alternate" type="application/atom+xml" href="/all.xml?a=1&amp;b=2" title="All news">'
        "<LINK TYPE=application/rss+xml REL=alternate HREF=feed.xml><link rel=stylesheet href=/x.css>"
        '<link rel="alternate" type="application/json" href="/wp-json/posts"><link rel=alternate hreflang=de href=/de/>'
    )
    links = feed_links(page, URL)
    assert [link.url for link in links] == [
        "https://news.example/all.xml?a=1&b=2",
        "https://news.example/world/feed.xml",
        "https://news.example/feed/",
    ]
    assert links[0].title == "All news"


def test_a_base_element_counts() -> None:
    """Relative addresses are relative to it."""
    page = "<base href='https://cdn.example/x/'><link rel=alternate type='application/rss+xml' href='f.xml'>"
    assert found(page) == ["https://cdn.example/x/f.xml"]


def test_only_web_addresses_are_found() -> None:
    """A page cannot name a file or a script as its feed."""
    assert found("<link rel=alternate type='application/rss+xml' href='file:///etc/passwd'>") == []


def test_the_usual_paths_are_on_the_sites_own_host() -> None:
    """Whatever page one began with."""
    assert all(address.startswith("https://news.example/") for address in common_addresses(URL))


def test_the_sitemaps_of_a_robots_file_are_found_news_first() -> None:
    """Each once, absolute, on the web, and no more than a few."""
    robots = (
        "User-agent: *\nDisallow: /x\nSitemap: https://news.example/pages.xml # all\n sitemap:/news-sitemap.xml\r\n"
        "# Sitemap: https://news.example/old.xml\nSITEMAP: file:///etc/passwd\nSitemap: /news-sitemap.xml\nSitemap:\n"
    )
    assert robots_sitemaps(robots, "https://news.example/robots.txt") == (
        "https://news.example/news-sitemap.xml",
        "https://news.example/pages.xml",
    )
    assert len(robots_sitemaps("".join(f"Sitemap: /{n}.xml\n" for n in range(1000)), URL)) == 5


def test_an_index_lists_sitemaps_and_a_sitemap_lists_none() -> None:
    """The pages that a sitemap lists are not taken for sitemaps."""
    entry = "<sitemap><loc> https://news.example/s/{}.xml?a=1&amp;b=2</loc></sitemap>"
    index = f"<?xml version='1.0'?><sitemapindex>{entry.format('pages')}{entry.format('news')}</sitemapindex>"
    assert index_sitemaps(index, URL) == (
        "https://news.example/s/news.xml?a=1&b=2",
        "https://news.example/s/pages.xml?a=1&b=2",
    )
    assert index_sitemaps("<urlset><url><loc>https://news.example/1</loc></url></urlset>", URL) == ()


@given(st.text())
def test_any_page_is_searched_without_raising(page: str) -> None:
    """Even inside a link element."""
    for link in feed_links(f"<link rel=alternate type='application/rss+xml' href='{page}'>{page}", URL):
        assert link.url.startswith(("http://", "https://"))


@given(st.text())
def test_any_robots_file_and_any_index_is_searched_without_raising(text: str) -> None:
    """What is found is an address on the web."""
    for address in (*robots_sitemaps(f"sitemap:{text}", URL), *index_sitemaps(f"<sitemapindex><loc>{text}", URL)):
        assert address.startswith(("http://", "https://"))
