"""`monitor feeds …` from the command line, as a person would use it."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from monitor.cli.feeds import app
from monitor.errors import InputError
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
