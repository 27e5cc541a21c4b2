"""`monitor feeds …` from the command line, as a person would use it."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from monitor.cli.feeds import app
from monitor.errors import InputError
from monitor.feeds.memory import FeedMemory, write_memory
from monitor.model import FeedState, Gap, NextPoll, PollOutcome, PollReport
from monitor.store.sqlite import open_store
from tests.feeds.documents import item, rss
from tests.feeds.loopback import Loopback, response, serving

PAGE = b"<html><head><link rel=alternate type='application/rss+xml' href='/feed'></head></html>"


@pytest.fixture
def web(monkeypatch: pytest.MonkeyPatch) -> Iterator[Loopback]:
    """A server in a thread of its own, allowed by the settings; the command runs its own event loop."""
    ready, stop = threading.Event(), asyncio.Event()
    box: list[tuple[Loopback, asyncio.AbstractEventLoop]] = []

    async def serve() -> None:
        async with serving({"/": response(PAGE), "/feed": response(rss(item(1, "One")))}) as loopback:
            box.append((loopback, asyncio.get_running_loop()))
            ready.set()
            await stop.wait()

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    ready.wait()
    loopback, loop = box[0]
    monkeypatch.setenv("MONITOR_FETCH__ALLOW_HOSTS", loopback.host)
    yield loopback
    loop.call_soon_threadsafe(stop.set)
    thread.join()


def run(*arguments: str) -> tuple[int, str, BaseException | None]:
    result = CliRunner().invoke(app, list(arguments))
    return result.exit_code, result.stdout, result.exception


def test_parse_prints_the_entries_of_a_file_as_json_lines(tmp_path: Path) -> None:
    """One object an entry, with plain text, and the keys that are promised."""
    path = tmp_path / "feed.xml"
    path.write_bytes(rss(item(1, "جنگ بندی", description="&lt;p&gt;One &amp;amp; two&lt;/p&gt;") + item(2)))
    code, out, _ = run("parse", "--json", str(path))
    first, second = (json.loads(line) for line in out.splitlines())
    assert code == 0
    assert first == {
        "id": "id-1",
        "url": "https://news.example/1",
        "title": "جنگ بندی",
        "text": "One & two",
        "published": None,
        "authors": [],
        "language": None,
    }
    assert second["id"] == "id-2"


def test_parse_prints_lines_for_people(tmp_path: Path) -> None:
    """Date, title and address."""
    path = tmp_path / "feed.xml"
    path.write_bytes(rss(item(1, "One", pubDate="Fri, 20 Nov 2026 08:00:00 GMT")))
    code, out, _ = run("parse", str(path))
    assert code == 0
    assert out == "2026-11-20 08:00  One\n                  https://news.example/1\n"


def test_parse_fetches_an_address(web: Loopback) -> None:
    """With the same guard and limits as the daemon."""
    code, out, _ = run("parse", "--json", web.url("/feed"))
    assert code == 0
    assert json.loads(out)["title"] == "One"


def test_parse_says_what_came_instead_of_a_feed(web: Loopback, tmp_path: Path) -> None:
    """A page, a missing file, a 404: a sentence, and no traceback."""
    for source, words in ((web.url("/"), "it names"), (str(tmp_path / "none"), "No such file"), (web.url("/x"), "404")):
        _, _, error = run("parse", source)
        assert isinstance(error, InputError)
        assert words in str(error)


def test_check_reports_one_careful_fetch(web: Loopback) -> None:
    """What an operator wants to know before a feed is added; a failure is exit 1."""
    code, out, _ = run("check", "--json", web.url("/feed"))
    report = json.loads(out)
    assert code == 0
    assert (report["status"], report["format"], report["entries"], report["without date"]) == ("200", "rss20", 1, 1)
    code, out, _ = run("check", web.url("/missing"))
    assert code == 1
    assert "404" in out


def test_discover_finds_the_feed_a_page_names(web: Loopback) -> None:
    """With its newest entries and where it was found."""
    code, out, _ = run("discover", "--json", web.url("/"))
    found = json.loads(out)
    assert code == 0
    assert (found["url"], found["newest"]) == (web.url("/feed"), ["One"])


def test_discover_tries_the_usual_paths(web: Loopback) -> None:
    """Where a page names no feed."""
    web.answers["/"] = response(b"<html><body>hello</body></html>")
    _, out, _ = run("discover", web.url("/"))
    assert web.url("/feed") in out
    assert "usual path" in out


def test_discover_finds_a_news_sitemap_by_way_of_an_index(web: Loopback) -> None:
    """Where neither the page nor the usual paths have a feed: robots.txt names an index, which lists it."""
    news = (
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
        'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"><url><loc>https://paper.example/1</loc>'
        "<news:news><news:title>Snow on the pass</news:title></news:news></url></urlset>"
    )
    index = f"<sitemapindex><sitemap><loc>{web.url('/s/news.xml')}</loc></sitemap></sitemapindex>"
    web.answers.clear()
    web.answers["/"] = response(b"<html><body>hello</body></html>")
    web.answers["/robots.txt"] = response(f"Sitemap: {web.url('/index-of-maps.xml')}".encode())
    web.answers["/index-of-maps.xml"] = response(index.encode())
    web.answers["/s/news.xml"] = response(news.encode())
    code, out, _ = run("discover", "--json", web.url("/"))
    found = json.loads(out)
    assert code == 0
    assert (found["url"], found["format"]) == (web.url("/s/news.xml"), "news-sitemap")
    assert (found["newest"], found["because"]) == (["Snow on the pass"], f"{web.url('/index-of-maps.xml')} lists it")


# --- the list of feeds ------------------------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A rules folder with one feed, and a state folder that does not exist yet."""
    rules = tmp_path / "rules"
    rules.mkdir()
    rules.joinpath("feeds.yaml").write_text("feeds:\n  - {id: dawn, name: Dawn, url: 'https://dawn.example/feed'}\n")
    monkeypatch.setenv("MONITOR_RULES_DIR", str(rules))
    monkeypatch.setenv("MONITOR_STATE_DIR", str(tmp_path / "state"))
    return rules


def test_check_takes_a_feed_by_its_id_too(web: Loopback, folder: Path) -> None:
    """As `feeds list` names it; another word is told from an address."""
    folder.joinpath("own.yaml").write_text(f'feeds:\n  - {{id: own, url: "{web.url("/feed")}"}}\n')
    code, out, _ = run("check", "--json", "own")
    assert code == 0
    assert json.loads(out)["url"] == web.url("/feed")
    _, _, error = run("check", "owm")
    assert isinstance(error, InputError)
    assert '"owm"' in str(error)


def test_a_feed_is_added_and_removed_again(web: Loopback, folder: Path) -> None:
    """From a site's address to a rule file that loads, and back to the files as they were."""
    code, out, _ = run("add", "--yes", web.url("/"))
    assert code == 0
    assert "a-paper stands in" in out
    assert web.url("/feed") in folder.joinpath("feeds", "added.yaml").read_text()
    code, out, _ = run("remove", "a-paper")
    assert code == 0
    assert not folder.joinpath("feeds", "added.yaml").exists()


def test_a_feed_that_is_known_is_not_added_twice(web: Loopback, folder: Path) -> None:
    """The command says who it is."""
    run("add", "--yes", web.url("/"))
    _, out, error = run("add", "--yes", web.url("/feed"))
    assert "is a-paper already" in out
    assert isinstance(error, InputError)


def test_nothing_is_added_without_a_yes(web: Loopback, folder: Path) -> None:
    """The newest entries are shown, and the answer is awaited."""
    result = CliRunner().invoke(app, ["add", web.url("/")], input="n\n")
    assert "- One" in result.stdout
    assert not folder.joinpath("feeds", "added.yaml").exists()


def test_a_feed_of_another_file_is_not_removed(folder: Path) -> None:
    """The operator's own files are only read."""
    _, _, error = run("remove", "dawn")
    assert "does not stand in" in str(error)


def test_a_list_goes_out_as_opml_and_comes_back_as_a_rule_file(folder: Path, tmp_path: Path) -> None:
    """What is known is left out; what is printed loads as it is."""
    _, exported, _ = run("export")
    assert 'monitor:id="dawn"' in exported
    opml = tmp_path / "list.opml"
    opml.write_text(
        exported.replace("</body>", '<outline type="rss" text="Dawn" xmlUrl="https://other.example/"/></body>')
    )
    code, printed, _ = run("import", str(opml))
    assert code == 0
    assert printed == 'feeds:\n  - {id: dawn-2, name: "Dawn", url: "https://other.example/"}\n'
    folder.joinpath("imported.yaml").write_text(printed)
    _, exported, _ = run("export")
    assert exported.count("<outline") == 2


def test_list_and_show_say_how_a_feed_is_before_and_after_it_is_polled(folder: Path, tmp_path: Path) -> None:
    """Without a database every feed is new; then its state, its polls and what to do."""
    _, out, _ = run("list", "--json")
    assert json.loads(out)[0]["state"] == "new"
    now = datetime.now(UTC)
    state = FeedState(
        "dawn", "https://dawn.example/feed", last_polled_at=now, last_outcome="fetch-failed", last_detail="gone away"
    )
    report = PollReport(
        "dawn", now, PollOutcome.FETCH_FAILED, "404", "gone away", 0, 0, 0, 0, 0.1, NextPoll(now, "failed once")
    )
    with open_store(tmp_path / "state" / "monitor.sqlite3") as store, store.unit_of_work():
        store.feeds.save(state)
        store.feeds.record(report)
    _, out, _ = run("list")
    assert "missing" in out
    _, out, _ = run("show", "dawn", "--json")
    shown = json.loads(out)
    assert (shown["state"], shown["polls"][0]["status"]) == ("missing", "404")
    assert "discover" in shown["what_to_do"]


def test_pause_and_resume_are_kept(folder: Path, tmp_path: Path) -> None:
    """In the database, where the daemon looks."""
    run("pause", "dawn")
    with open_store(tmp_path / "state" / "monitor.sqlite3", read_only=True) as store:
        assert store.feeds.states()["dawn"].paused
    run("resume", "dawn")
    with open_store(tmp_path / "state" / "monitor.sqlite3", read_only=True) as store:
        assert not store.feeds.states()["dawn"].paused
    _, _, error = run("pause", "nobody")
    assert "no feed is called nobody" in str(error)


def test_a_pause_goes_out_with_the_list_and_comes_back_with_it(folder: Path, tmp_path: Path) -> None:
    """Where a list came from, a feed was paused: it is where the list goes to, before it stands in the rule files."""
    run("pause", "dawn")
    _, exported, _ = run("export")
    opml = tmp_path / "list.opml"
    opml.write_text(exported.replace("dawn.example", "other.example"))
    code, printed, _ = run("import", str(opml))
    assert code == 0
    assert "id: dawn-2" in printed
    folder.joinpath("imported.yaml").write_text(printed)
    _, out, _ = run("list", "--json")
    assert {row["feed"]: row["state"] for row in json.loads(out)} == {"dawn": "paused", "dawn-2": "paused"}


def test_list_says_what_to_do_and_show_names_the_gaps(folder: Path, tmp_path: Path) -> None:
    """Under the table, for each feed that asks for something; a paused feed has no next poll."""
    now = datetime.now(UTC)
    folder.joinpath("more.yaml").write_text(
        "feeds:\n  - {id: jang, name: Jang, url: 'https://jang.example/feed'}\n"
        "  - {id: gone, name: Gone, url: 'https://gone.example/feed'}\n"
    )
    well = FeedState(
        "dawn",
        "https://dawn.example/feed",
        last_polled_at=now,
        last_outcome="unchanged",
        next_poll_at=now,
        next_poll_because="every 15 min",
    )
    missing = replace(
        well,
        feed_id="jang",
        url="https://jang.example/feed",
        last_outcome="fetch-failed",
        last_detail="it answered 404",
        memory=write_memory(FeedMemory(status="404")),
    )
    gone = replace(
        missing,
        feed_id="gone",
        url="https://gone.example/feed",
        last_detail="it answered 410",
        memory=write_memory(FeedMemory(status="410")),
        paused=True,
    )
    with open_store(tmp_path / "state" / "monitor.sqlite3") as store, store.unit_of_work():
        for state in (well, missing, gone):
            store.feeds.save(state)
        store.feeds.note_gap(Gap("dawn", now - timedelta(hours=2), now - timedelta(hours=1), 30))
    _, out, _ = run("list")
    table, _, below = out.partition("\n\n")
    assert [line.split()[:2] for line in table.splitlines()[1:]] == [
        ["dawn", "ok"],
        ["jang", "missing"],
        ["gone", "gone"],
    ]
    assert "paused: its server says that it is gone for good" in table
    assert "jang is missing (it answered 404): wait a day" in below
    assert "gone is gone (it answered 410; it is paused): `monitor feeds discover`" in below
    assert "dawn" not in below
    _, out, _ = run("show", "dawn")
    assert "Times in which entries may have been missed" in out
    _, out, _ = run("show", "dawn", "--json")
    assert [gap["entries"] for gap in json.loads(out)["gaps"]] == [30]
    _, out, _ = run("show", "gone", "--json")
    assert json.loads(out)["next_poll"] is None
