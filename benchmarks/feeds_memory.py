"""Memory over many polls: the resident size of the whole flow and of its parser children, every tenth of the way.

Each poll goes from HTTP to the commit, with matching, grouping and routing. In turn a document has news, is the same
bytes again, is answered by 304, and is no feed at all, so that every way through is walked. Four hours pass with each
round of polls, so the window of articles that news is compared with is full after 43 rounds and as large from then on:
what counts is the last rows against those from there, and a leak grows in each.

    python benchmarks/feeds_memory.py --polls 20000
"""

from __future__ import annotations

import argparse
import asyncio
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from feeds import addresses, document

from monitor.app import build
from monitor.settings import load_settings
from monitor.telemetry import set_up_logging

FEEDS = 200
NEWS, SAME_BYTES, NOT_MODIFIED, NO_FEED = range(4)
ROUND_LASTS = timedelta(hours=4)
RULES = """
lexicons: {truce: [truce, ceasefire]}
rules: [{id: truce, title: Truce, query: "lexicon:truce AND talks", severity: high, desks: [night]}]
desks: [{id: night, name: Night, digests: ["07:00"], channels: [{email: desk@example.org}], floor: urgent}]
"""


@dataclass
class PassingClock:
    """A clock on which a round of polls takes hours."""

    at: datetime = datetime(2026, 11, 20, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at

    def monotonic(self) -> float:
        return time.monotonic()


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
    outcomes: dict[str, int] = {}
    with Path(os.devnull).open("w") as log, tempfile.TemporaryDirectory() as folder:
        set_up_logging(stream=log)
        rules = Path(folder, "rules")
        rules.mkdir()
        feeds = "".join(f'  - {{id: f{n}, url: "{url}"}}\n' for n, url in enumerate(urls))
        rules.joinpath("rules.yaml").write_text(f"feeds:\n{feeds}{RULES}")
        hosts = frozenset(url.split("/")[2] for url in urls)
        clock = PassingClock()
        app = build(
            load_settings(state_dir=Path(folder, "state"), rules_dir=rules, fetch={"allow_hosts": hosts}), clock=clock
        )
        print(f"{'polls':>8}{'articles':>10}{'parent MB':>12}   children MB")
        rounds = max(polls // FEEDS, 10)
        articles = 0
        for number in range(1, rounds + 1):
            clock.at += ROUND_LASTS
            for report in await app.poll():
                outcomes[report.outcome] = outcomes.get(report.outcome, 0) + 1
                articles += report.new
            if number % (rounds // 10) == 0:
                children = " ".join(f"{size:.0f}" for size in children_mb())
                print(f"{number * FEEDS:>8}{articles:>10}{resident_mb(os.getpid()):>12.1f}   {children}", flush=True)
        print(", ".join(f"{count} {outcome}" for outcome, count in sorted(outcomes.items())))
        await app.aclose()


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
