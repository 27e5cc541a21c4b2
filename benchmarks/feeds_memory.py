"""Memory over many polls: the resident size of the feeds room and of its parser children, every tenth of the way.

Each poll fetches over HTTP, parses in a child and keeps a state. In turn a document has news, is the same bytes again,
is answered by 304, and is no feed at all, so that every way through is walked. What counts is the last column against
the second: a leak grows in each row.

    python benchmarks/feeds_memory.py --polls 20000
"""

from __future__ import annotations

import argparse
import asyncio
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from feeds import addresses, document

from monitor.feeds.fetch import HttpFetcher
from monitor.feeds.judge import judge, needs_parsing, state_after
from monitor.feeds.parse import FeedParser
from monitor.model import FeedState, Fetched, FetchRequest, NextPoll

FEEDS = 200
NEWS, SAME_BYTES, NOT_MODIFIED, NO_FEED = range(4)


async def serve() -> None:
    """Serve every feed at every loopback address; how often it was asked for says what comes."""
    asked: dict[str, int] = {}

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                path = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split(" ", 2)[1]
                turn = asked[path] = asked.get(path, -1) + 1
                newest, kind = 1000 + turn // 4, turn % 4
                status, body = "200 OK", b""
                if kind == NOT_MODIFIED:
                    status = "304 Not Modified"
                elif kind == NO_FEED:
                    body = b"<html><title>Maintenance</title>" + b"<p>x" * 5000
                else:
                    body = document(int(path.rpartition("/")[2]), newest)
                head = f'HTTP/1.1 {status}\r\nETag: "{newest}"\r\nContent-Length: {len(body)}\r\n\r\n'
                writer.write(head.encode() + body)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(handle, "0.0.0.0", 0, backlog=4096)
    print(server.sockets[0].getsockname()[1], flush=True)
    async with server:
        await server.serve_forever()


def resident_mb(pid: int) -> float:
    """Return what a process holds in memory, in MB (Linux)."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def children_mb() -> list[float]:
    """Return what each child of this process holds."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            if int(stat.read_text().rpartition(")")[2].split()[1]) == os.getpid():
                found.append(resident_mb(int(stat.parent.name)))
        except OSError:
            continue
    return sorted(found)


async def poll_many(port: int, polls: int) -> None:
    """Poll in rounds, and print what is held every tenth of the way."""
    urls = addresses(FEEDS, port)
    fetcher = HttpFetcher(user_agent="benchmark", allow_hosts=[url.split("/")[2] for url in urls])
    parser = FeedParser()
    states = {url: FeedState(url, url) for url in urls}
    gate, now = asyncio.Semaphore(50), datetime.now(UTC)
    outcomes: dict[str, int] = {}

    async def one(url: str) -> None:
        async with gate:
            state = states[url]
            fetched = await fetcher.fetch(FetchRequest(url, state.etag, state.last_modified))
            wanted = isinstance(fetched, Fetched) and needs_parsing(fetched, state)
            parsed = await parser.parse(fetched) if isinstance(fetched, Fetched) and wanted else None
            verdict = judge(fetched, parsed, new=1, is_baseline=False)
            outcomes[verdict.outcome] = outcomes.get(verdict.outcome, 0) + 1
            states[url] = state_after(state, fetched, parsed, verdict=verdict, next_poll=NextPoll(now, ""), now=now)

    print(f"{'polls':>8}{'parent MB':>12}   children MB")
    rounds = max(polls // FEEDS, 10)
    for number in range(1, rounds + 1):
        await asyncio.gather(*(one(url) for url in urls))
        if number % (rounds // 10) == 0:
            children = " ".join(f"{size:.0f}" for size in children_mb())
            print(f"{number * FEEDS:>8}{resident_mb(os.getpid()):>12.1f}   {children}", flush=True)
    print(", ".join(f"{count} {outcome}" for outcome, count in sorted(outcomes.items())))
    await parser.aclose()
    await fetcher.aclose()


def main() -> None:
    """Serve, or poll a server of its own."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--polls", type=int, default=20_000)
    arguments.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    given = arguments.parse_args()
    if given.serve:
        asyncio.run(serve())
        return
    server = subprocess.Popen([sys.executable, __file__, "--serve"], stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    try:
        asyncio.run(poll_many(int(server.stdout.readline()), given.polls))
    finally:
        server.kill()
        server.wait()
        server.stdout.close()


if __name__ == "__main__":
    main()
