"""`monitor poll`: one cycle over feeds of every kind, in a table and as JSON, with nothing lost."""

from __future__ import annotations

import json
import re
import socket
from typing import Any

import pytest

from monitor.demo.loopback import Reply
from tests.daemon.world import World, rss

XML = {"Content-Type": "application/rss+xml"}
NAMELESS = b"""<?xml version="1.0"?><rss version="2.0"><channel><title>N</title>
<item><title>Pakistani Taliban offer truce, undated</title></item></channel></rss>"""


def _polled(world: World, *feeds: str) -> dict[str, dict[str, Any]]:
    done = world.monitor("poll", "--json", *feeds)
    assert "Traceback" not in done.stderr, done.stderr
    return {report["feed"]: report for report in json.loads(done.stdout)}


def test_every_kind_of_bad_feed_is_named_and_the_good_one_is_read(world: World) -> None:
    """One table has a line for each: what came, in plain words, and when it is tried again."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        closed = taken.getsockname()[1]
    world.publishes(("1", "Rain"), path="/good")
    world.site.pages["/page"] = Reply(
        200,
        {"Content-Type": "text/html"},
        b'<html><head><link rel="alternate" type="application/rss+xml" href="/good"></head><body>Welcome</body></html>',
    )
    world.site.pages["/empty"] = Reply(200, XML, b"")
    world.site.pages["/cut"] = Reply(200, XML, rss(("1", "One"), ("2", "Two"), ("3", "Three"))[:-60])
    world.writes(feeds=("good", "missing", "page", "empty", "cut"))
    unreachable = f"feeds:\n  - {{id: unreachable, name: U, url: 'http://127.0.0.1:{closed}/feed'}}\n"
    (world.folder / "rules" / "more.yaml").write_text(unreachable)
    world.environment["MONITOR_FETCH__ALLOW_HOSTS"] += f",127.0.0.1:{closed}"
    polled = _polled(world)
    assert polled["good"]["outcome"] == "baseline"
    assert (polled["missing"]["outcome"], polled["missing"]["status"]) == ("fetch-failed", "404")
    assert (polled["page"]["outcome"], polled["page"]["status"]) == ("parse-failed", "html")
    assert world.url("good") in polled["page"]["detail"]
    assert (polled["empty"]["outcome"], polled["empty"]["status"]) == ("parse-failed", "empty")
    assert polled["cut"]["outcome"] == "baseline"
    assert polled["cut"]["entries"] == 2
    assert "cut" in polled["cut"]["detail"]
    assert polled["unreachable"]["status"] == "unreachable"
    assert all(report["because"] for report in polled.values())
    table = world.monitor("poll")
    assert table.returncode == 1
    for feed in polled:
        assert re.search(rf"^{feed} ", table.stdout, re.MULTILINE)


def test_the_last_entry_of_a_cut_document_is_news_when_it_comes_whole(world: World) -> None:
    """A cut document's validators are not kept, so the next poll asks for the whole and finds what was cut off."""
    before = rss(("2", "Two"), ("1", "One"))
    after = rss(("2", "Two"), ("1", "One"), ("3", "Pakistani Taliban call off truce"))
    world.writes()
    world.site.pages["/feed"] = Reply(200, XML, before)
    assert _polled(world)["feed"]["outcome"] == "baseline"
    world.site.pages["/feed"] = Reply(200, {**XML, "ETag": '"1"'}, after[:-60])
    assert _polled(world)["feed"]["new"] == 0
    world.site.pages["/feed"] = Reply(200, {**XML, "ETag": '"1"'}, after)
    whole = _polled(world)["feed"]
    assert (whole["outcome"], whole["new"], whole["alerts"]) == ("new", 1, 1)


def test_a_first_document_that_was_cut_is_no_whole_baseline(world: World) -> None:
    """What it lacked was there before the feed was watched, so it is recorded with the next poll and not told."""
    document = rss(("1", "One"), ("2", "Two"), ("3", "Pakistani Taliban call off truce"))
    world.writes()
    world.site.pages["/feed"] = Reply(200, XML, document[:-60])
    assert _polled(world)["feed"]["new"] == 2
    world.site.pages["/feed"] = Reply(200, XML, document)
    whole = _polled(world)["feed"]
    assert (whole["outcome"], whole["new"], whole["alerts"]) == ("baseline", 1, 0)


def test_entries_without_id_or_date_and_with_one_id_are_all_kept(world: World) -> None:
    """Careless feeds cost nothing: each is an article of its own, once."""
    world.publishes(("1", "Rain"), path="/nameless")
    world.publishes(("1", "Rain"), path="/twins")
    world.writes(feeds=("nameless", "twins"))
    _polled(world)
    world.site.pages["/nameless"] = Reply(200, XML, NAMELESS)
    world.publishes(
        ("same", "Snow closes the Lowari pass"), ("same", "Onions dearer in Quetta"), ("1", "Rain"), path="/twins"
    )
    first, again = _polled(world), _polled(world)
    assert (first["nameless"]["new"], first["nameless"]["alerts"]) == (1, 1)
    assert first["twins"]["new"] == 2
    assert [report["new"] for report in again.values()] == [0, 0]


def test_one_address_in_two_feeds_is_one_article_with_two_sightings_and_one_alert(world: World) -> None:
    """Identity goes across feeds by the canonical address."""
    world.publishes(("1", "Rain"), path="/left")
    world.publishes(("1", "Rain"), path="/right")
    world.writes(feeds=("left", "right"))
    _polled(world)
    new = ("2", "Pakistani Taliban call off truce")
    world.publishes(new, path="/left")
    world.publishes(new, path="/right")
    assert _polled(world, "left")["left"]["alerts"] == 1
    right = _polled(world, "right")["right"]
    assert (right["new"], right["alerts"]) == (0, 0)
    with world.store() as store:
        (article,) = [a for a in store.articles.since(store.feeds.polls("left")[0].at) if a.title == new[1]]
        assert {sighting.feed_id for sighting in store.articles.sightings(article.id)} == {"left", "right"}


def test_a_rule_file_with_three_mistakes_names_all_three(world: World) -> None:
    """Exit 2, each mistake with file, line and column, and no database is made."""
    world.writes(
        rules="rules:\n"
        "  - id: one\n    title: One\n    query: actor:nobody AND truce\n    desks: [south-asia]\n"
        "  - id: two\n    title: Two\n    query: (truce\n    desks: [south-asia]\n"
        "  - id: three\n    title: Three\n    query: truce\n    severity: loud\n    desks: [south-asia]\n"
    )
    done = world.monitor("poll")
    assert done.returncode == 2
    assert len(re.findall(r"watch\.yaml:\d+:\d+: ", done.stderr)) == 3
    assert "Traceback" not in done.stderr
    assert not (world.folder / "state").exists()


def test_a_feed_that_is_none_is_refused_with_the_list(world: World) -> None:
    """A typing error polls nothing."""
    world.publishes(("1", "Rain"))
    world.writes()
    done = world.monitor("poll", "fed")
    assert done.returncode == 1
    assert "no feed is called fed; feeds are: feed" in done.stderr


@pytest.mark.parametrize("command", [("healthcheck",), ("doctor",)])
def test_health_before_the_first_run_is_a_finding_and_no_traceback(world: World, command: tuple[str, ...]) -> None:
    """A container that never got so far is unhealthy, and says why."""
    world.writes()
    done = world.monitor(*command)
    assert done.returncode == 1
    assert "does not exist yet" in done.stdout + done.stderr
    assert "Traceback" not in done.stderr
