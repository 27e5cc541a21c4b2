"""Feeds a second, CPU a feed and peak memory: the monitor beside lemon24's reader and bare GETs of the same addresses.

Four polls of N feeds from a local server: all new; all 304; the same bytes without validators; one new entry in each.
Every subject runs in a process of its own against the same server, so the figures are ratios of one run on one machine.

    python benchmarks/feeds.py --feeds 1000 --reader-python /path/to/venv/bin/python

`reader` is not a dependency: give the interpreter of an environment that has it, or leave it out.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from functools import cache
from pathlib import Path

PHASES = ("all new", "all 304", "same bytes", "one new each")
SUBJECTS = ("monitor", "feeds room", "bare httpx", "reader")
SYLLABLES = ("ka", "lo", "mi", "ter", "san", "du", "pek", "ra", "vi", "no", "shi", "bel", "ga", "or", "ul", "en")
VOCABULARY, PRINTED = 30_000, 200_003
LONGEST, STRIDES = 260, 380


# --- the server -------------------------------------------------------------------------------------------------------


def document(feed: int, newest: int, most: int = 40) -> bytes:
    """Write a feed in one of four shapes that are common, with so many entries at most."""
    shape = feed % 4
    count, length = ((30, 260), (20, 40), (25, 120), (40, 60))[shape]  # full content, summaries, Atom, RDF
    count = min(count, most)
    numbers = range(newest, newest - count, -1)
    if shape == 2:
        head = f'<feed xmlns="http://www.w3.org/2005/Atom"><title>Feed {feed}</title><id>urn:f:{feed}</id>'
        return (head + "".join(atom_entry(feed, number, length) for number in numbers) + "</feed>").encode()
    items = "".join(rss_item(feed, number, length, full=shape == 0) for number in numbers)
    if shape == 3:
        return (
            '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" '
            'xmlns:dc="http://purl.org/dc/elements/1.1/">'
            f"<channel><title>Feed {feed}</title></channel>{items}</rdf:RDF>"
        ).encode()
    return (
        '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:content="http://purl.org/rss/1.0/modules/content/">'
        f"<channel><title>Feed {feed}</title><link>https://paper{feed}.example/</link>{items}</channel></rss>"
    ).encode()


@cache
def printed() -> list[str]:
    """Give words in the frequencies of a language (Zipf's law), of which every article takes its own."""
    chance = random.Random(1)
    words = ["".join(chance.choices(SYLLABLES, k=chance.randint(1, 4))) for _ in range(VOCABULARY)]
    return chance.choices(words, [1 / (rank + 3) for rank in range(VOCABULARY)], k=PRINTED)


def prose(feed: int, number: int, length: int) -> str:
    """Write what no other article says: words at a distance of their own, from a place of their own."""
    at = feed * 1_000_003 + number * 7919
    stride = at % STRIDES + 1
    start = at // STRIDES % (PRINTED - STRIDES * LONGEST)
    return " ".join(printed()[start : start + stride * length : stride])


def rss_item(feed: int, number: int, length: int, *, full: bool) -> str:
    body = f"<content:encoded><![CDATA[<p>{prose(feed, number, length)}</p>]]></content:encoded>" if full else ""
    return (
        f"<item><title>{prose(feed, number, 9)}</title>"
        f"<link>https://paper{feed}.example/{number}</link><guid isPermaLink='false'>{feed}-{number}</guid>"
        f"<dc:creator>A. Writer</dc:creator><pubDate>Fri, 20 Nov 2026 08:{number % 60:02d}:00 GMT</pubDate>"
        f"<description>{prose(feed, number, min(length, 40))}</description>{body}</item>"
    )


def atom_entry(feed: int, number: int, length: int) -> str:
    return (
        f"<entry><title>{prose(feed, number, 9)}</title><id>urn:{feed}:{number}</id>"
        f"<link href='https://paper{feed}.example/{number}'/><updated>2026-11-20T08:{number % 60:02d}:00Z</updated>"
        f"<content type='html'>&lt;p&gt;{prose(feed, number, length)}&lt;/p&gt;</content></entry>"
    )


async def serve(most: int) -> None:
    """Serve every feed at every loopback address; a GET of /phase/N begins a phase."""
    phase = 0
    bodies: dict[tuple[int, int], bytes] = {}

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal phase
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                _, kind, number = head.split(" ", 2)[1].split("/")
                if kind == "phase":
                    phase = int(number)
                    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
                elif phase == 1 and "if-none-match" in head.lower():
                    writer.write(b"HTTP/1.1 304 Not Modified\r\nContent-Length: 0\r\n\r\n")
                else:
                    key = (int(number), 1001 if phase == 3 else 1000)
                    body = bodies.get(key) or bodies.setdefault(key, document(*key, most))
                    etag = "" if phase == 2 else f'ETag: "{key[1]}"\r\n'
                    headers = f"Content-Type: application/xml\r\n{etag}Content-Length: {len(body)}"
                    writer.write(f"HTTP/1.1 200 OK\r\n{headers}\r\n\r\n".encode() + body)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(handle, "0.0.0.0", 0, backlog=4096)
    print(server.sockets[0].getsockname()[1], flush=True)
    async with server:
        await server.serve_forever()


def addresses(feeds: int, port: int) -> list[str]:
    """Give every feed a host of its own, as real feeds have."""
    return [f"http://127.1.{n // 250}.{n % 250 + 1}:{port}/feed/{n}" for n in range(feeds)]


# --- the subjects -----------------------------------------------------------------------------------------------------


async def measure(port: int, feeds: int, poll: Callable[[], Awaitable[object]]) -> None:
    """Run the four phases and print what each took."""
    import httpx

    async with httpx.AsyncClient(trust_env=False) as control:
        for number, name in enumerate(PHASES):
            await control.get(f"http://127.0.0.1:{port}/phase/{number}")
            began, cpu = time.perf_counter(), cpu_seconds()
            await poll()
            report(name, feeds, time.perf_counter() - began, cpu_seconds() - cpu)


def cpu_seconds() -> float:
    """Return this process's CPU time, with that of its living children (Linux)."""
    own = time.process_time()
    ticks = os.sysconf("SC_CLK_TCK")
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == os.getpid():
            own += (int(fields[11]) + int(fields[12])) / ticks
    return own


def report(phase: str, feeds: int, seconds: float, cpu: float) -> None:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        json.dumps({"phase": phase, "rate": feeds / seconds, "cpu_ms": cpu / feeds * 1000, "peak_mb": peak}), flush=True
    )


async def run_monitor(port: int, feeds: int) -> None:
    """Poll through the whole flow: fetch, parse, identify, group, match, one commit a feed."""
    from monitor.app import build
    from monitor.settings import load_settings
    from monitor.telemetry import set_up_logging

    with Path(os.devnull).open("w") as log, tempfile.TemporaryDirectory() as folder:
        set_up_logging(stream=log)  # a line a poll, as the daemon writes it
        rules = Path(folder, "rules")
        rules.mkdir()
        entries = [{"id": f"f{n}", "url": url, "every": 3600} for n, url in enumerate(addresses(feeds, port))]
        rules.joinpath("feeds.yaml").write_text(
            "feeds:\n" + "".join(f'  - {{id: {e["id"]}, url: "{e["url"]}", every: 1h}}\n' for e in entries)
        )
        hosts = frozenset(url.split("/")[2] for url in addresses(feeds, port))
        settings = load_settings(state_dir=Path(folder, "state"), rules_dir=rules, fetch={"allow_hosts": hosts})
        app = build(settings)
        await measure(port, feeds, app.poll)
        await app.aclose()


async def run_feeds_room(port: int, feeds: int) -> None:
    """Fetch and parse, and keep states, without a store: what this room alone costs."""
    from datetime import UTC, datetime

    from monitor.feeds.fetch import HttpFetcher
    from monitor.feeds.judge import judge, needs_parsing, state_after
    from monitor.feeds.parse import FeedParser
    from monitor.model import FeedState, Fetched, FetchRequest, NextPoll

    urls = addresses(feeds, port)
    fetcher = HttpFetcher(user_agent="benchmark", allow_hosts=[url.split("/")[2] for url in urls])
    parser = FeedParser()
    states = {url: FeedState(url, url) for url in urls}
    gate = asyncio.Semaphore(50)
    now = datetime.now(UTC)

    async def one(url: str) -> None:
        async with gate:
            state = states[url]
            fetched = await fetcher.fetch(FetchRequest(url, state.etag, state.last_modified))
            parsed = (
                await parser.parse(fetched) if isinstance(fetched, Fetched) and needs_parsing(fetched, state) else None
            )
            verdict = judge(fetched, parsed, new=0, is_baseline=False)
            assert verdict.outcome.is_good, verdict
            states[url] = state_after(state, fetched, parsed, verdict=verdict, next_poll=NextPoll(now, ""), now=now)

    async def poll() -> None:
        await asyncio.gather(*(one(url) for url in urls))

    await measure(port, feeds, poll)
    await parser.aclose()
    await fetcher.aclose()


async def run_bare_httpx(port: int, feeds: int) -> None:
    """Get the same addresses and do nothing with them."""
    import httpx

    urls = addresses(feeds, port)
    gate = asyncio.Semaphore(50)
    limits = httpx.Limits(max_connections=100, max_keepalive_connections=10)  # as the monitor's own client
    async with httpx.AsyncClient(trust_env=False, limits=limits) as client:

        async def one(url: str) -> None:
            async with gate:
                await client.get(url, headers={"if-none-match": '"1000"'})

        async def poll() -> None:
            await asyncio.gather(*(one(url) for url in urls))

        await measure(port, feeds, poll)


def run_reader(port: int, feeds: int) -> None:
    """Update with lemon24's reader; imports nothing of the monitor, as its environment has none of it."""
    from urllib.request import urlopen

    from reader import make_reader  # type: ignore[import-not-found]

    with tempfile.TemporaryDirectory() as folder:
        reader = make_reader(str(Path(folder, "db.sqlite")))
        for url in addresses(feeds, port):
            reader.add_feed(url)
        for number, name in enumerate(PHASES):
            urlopen(f"http://127.0.0.1:{port}/phase/{number}").read()
            began, cpu = time.perf_counter(), time.process_time()
            reader.update_feeds(workers=10, scheduled=False)
            report(name, feeds, time.perf_counter() - began, time.process_time() - cpu)
        reader.close()


# --- the run ----------------------------------------------------------------------------------------------------------


def compare(feeds: int, entries: int, subjects: list[str], reader_python: str | None) -> None:
    """Run every subject against a fresh server and print one table."""
    print(f"{feeds} feeds of up to {entries} entries")
    print("feeds a second, CPU milliseconds a feed, peak MB of the main process\n")
    print(f"{'':14}" + "".join(f"{phase:>26}" for phase in PHASES))
    for subject in subjects:
        python = reader_python if subject == "reader" else sys.executable
        if python is None:
            continue
        server = subprocess.Popen(
            [sys.executable, __file__, "--serve", "--entries", str(entries)], stdout=subprocess.PIPE, text=True
        )
        assert server.stdout is not None
        port = server.stdout.readline().strip()
        try:
            command = [python, __file__, "--subject", subject, "--port", port, "--feeds", str(feeds)]
            done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
        finally:
            server.kill()
            server.wait()
            server.stdout.close()
        rows = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
        cells = "".join(f"{row['rate']:>9.0f}/s{row['cpu_ms']:>7.2f}ms{row['peak_mb']:>5.0f}MB" for row in rows)
        print(f"{subject:14}{cells}", flush=True)


def main() -> None:
    """Serve, run one subject, or compare them all."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--feeds", type=int, default=1000)
    arguments.add_argument("--entries", type=int, default=40, help="entries of a document at most")
    arguments.add_argument("--reader-python", default=None, help="interpreter of an environment that has reader")
    arguments.add_argument("--subjects", nargs="*", default=list(SUBJECTS), choices=SUBJECTS)
    arguments.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    arguments.add_argument("--subject", choices=SUBJECTS, help=argparse.SUPPRESS)
    arguments.add_argument("--port", type=int, help=argparse.SUPPRESS)
    given = arguments.parse_args()
    if given.serve:
        asyncio.run(serve(given.entries))
    elif given.subject == "reader":
        run_reader(given.port, given.feeds)
    elif given.subject:
        run = {"monitor": run_monitor, "feeds room": run_feeds_room, "bare httpx": run_bare_httpx}[given.subject]
        asyncio.run(run(given.port, given.feeds))
    else:
        compare(given.feeds, given.entries, given.subjects, given.reader_python)


if __name__ == "__main__":
    main()
