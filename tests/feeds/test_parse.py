"""The parser's child processes: what a hostile document costs, and whom."""

from __future__ import annotations

import asyncio
import sys
import time
from pathlib import Path

import pytest

from monitor.feeds.parse import FeedParser
from monitor.feeds.wire import decode_outcome, encode_outcome
from monitor.model import Fetched, ParsedFeed, ParseFailed, ParseFault
from tests.feeds.documents import item, rss

GOOD = Fetched("https://news.example/feed", rss(item(1)), {}, 0.0)

STAND_IN = """
import os, signal, sys, time
from monitor.feeds import worker
real = worker.parse_document
def misbehave(body, headers, url):
    if b"spin" in body:
        while True: pass
    if b"hang" in body:
        signal.pause()
    if b"starve" in body:
        time.sleep(0.8)
    if b"die" in body:
        os.kill(os.getpid(), 11)
    if b"eat" in body:
        return bytearray(1 << 40)
    if b"print" in body:
        print("a stray line")
    if b"raise" in body:
        raise KeyError("a fault of the reader")
    return real(body, headers, url)
worker.parse_document = misbehave
worker.main()
"""


def document(word: str) -> Fetched:
    return Fetched("https://news.example/feed", rss(item(1, word)), {}, 0.0)


@pytest.fixture
def command(tmp_path: Path) -> tuple[str, str]:
    """A worker that does as its document says, under the real limits."""
    script = tmp_path / "stand_in.py"
    script.write_text(STAND_IN)
    return (sys.executable, str(script))


async def test_a_document_that_spins_is_ended_at_its_time(command: tuple[str, str]) -> None:
    """The child is killed, and the next document gets a fresh one."""
    parser = FeedParser(workers=1, cpu_seconds=0.4, command=command)
    outcome = await parser.parse(document("spin"))
    after = await parser.parse(GOOD)
    await parser.aclose()
    assert isinstance(outcome, ParseFailed)
    assert outcome.fault is ParseFault.TIMEOUT
    assert "did not end within" in outcome.detail
    assert isinstance(after, ParsedFeed)


async def test_time_in_which_the_machine_does_other_things_is_not_counted(command: tuple[str, str]) -> None:
    """An answer that takes twice its limit by the wall clock, and hardly any of the processor's, is taken."""
    parser = FeedParser(workers=1, cpu_seconds=0.4, command=command)
    outcome = await parser.parse(document("starve"))
    await parser.aclose()
    assert isinstance(outcome, ParsedFeed)


async def test_a_parser_that_does_nothing_is_ended_too(command: tuple[str, str]) -> None:
    """Waiting takes no processor time, so the wall clock has a limit of its own."""
    parser = FeedParser(workers=1, cpu_seconds=0.2, command=command)
    outcome = await parser.parse(document("hang"))
    await parser.aclose()
    assert isinstance(outcome, ParseFailed)
    assert outcome.fault is ParseFault.TIMEOUT
    assert "processor" not in outcome.detail


async def test_more_documents_that_spin_than_there_are_places_hold_up_no_other(command: tuple[str, str]) -> None:
    """The one that has spun longest is ended for the one that is too many, and good documents go on."""
    parser = FeedParser(workers=2, cpu_seconds=60, command=command)
    spinning = [asyncio.ensure_future(parser.parse(document("spin"))) for _ in range(9)]
    assert isinstance(await parser.parse(GOOD), ParsedFeed)
    first = await spinning[0]
    assert isinstance(first, ParseFailed)
    assert first.fault is ParseFault.TIMEOUT
    assert "too many" in first.detail
    assert isinstance(await parser.parse(GOOD), ParsedFeed)
    assert not spinning[-1].done()
    await parser.aclose()
    assert all(isinstance(outcome, ParseFailed) for outcome in await asyncio.gather(*spinning))


async def test_documents_that_spin_hold_up_no_other(command: tuple[str, str]) -> None:
    """As many spinning documents as there are workers, and a good one still comes back long before they end."""
    parser = FeedParser(workers=2, cpu_seconds=20, command=command)
    assert isinstance(await parser.parse(GOOD), ParsedFeed)
    spinning = [asyncio.ensure_future(parser.parse(document("spin"))) for _ in range(3)]
    await asyncio.sleep(0)
    started = time.monotonic()
    assert isinstance(await parser.parse(GOOD), ParsedFeed)
    assert time.monotonic() - started < 10
    for task in spinning:
        assert not task.done()
        task.cancel()
    assert all(
        isinstance(end, asyncio.CancelledError) for end in await asyncio.gather(*spinning, return_exceptions=True)
    )
    await parser.aclose()


@pytest.mark.parametrize(
    ("word", "fault"), [("die", ParseFault.CRASHED), ("eat", ParseFault.MEMORY), ("raise", ParseFault.CRASHED)]
)
async def test_a_crash_costs_one_document(command: tuple[str, str], word: str, fault: ParseFault) -> None:
    """A segmentation fault, a hunger for memory and a fault of a reader are values; the next document is parsed."""
    parser = FeedParser(workers=1, command=command)
    outcome = await parser.parse(document(word))
    after = await parser.parse(GOOD)
    await parser.aclose()
    assert isinstance(outcome, ParseFailed)
    assert outcome.fault is fault
    assert isinstance(after, ParsedFeed)


async def test_a_stray_print_does_not_break_the_frames(command: tuple[str, str]) -> None:
    """Only outcomes go through the pipe."""
    parser = FeedParser(workers=1, command=command)
    assert isinstance(await parser.parse(document("print")), ParsedFeed)
    await parser.aclose()


async def test_a_worker_that_cannot_start_is_told() -> None:
    """It is an outcome like the others."""
    for command in (("/nonexistent/python",), (sys.executable, "-c", "print('hello')"), (sys.executable, "-c", "1/0")):
        parser = FeedParser(command=command)
        outcome = await parser.parse(GOOD)
        await parser.aclose()
        assert isinstance(outcome, ParseFailed)
        assert outcome.fault is ParseFault.CRASHED


async def test_a_worker_imports_the_parser_and_no_more_of_the_monitor(tmp_path: Path) -> None:
    """No rules, store, settings or command line: a child starts fast and knows nothing worth stealing."""
    script = tmp_path / "names.py"
    script.write_text(
        "import sys, monitor.feeds.worker\n"
        "print(sorted(name for name in sys.modules if name.split('.')[0] in "
        "('monitor', 'httpx', 'pydantic', 'sqlite3', 'typer')))"
    )
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        str(script),
        stdout=asyncio.subprocess.PIPE,
        env={"PYTHONPATH": ":".join(filter(None, sys.path))},
    )
    out, _ = await process.communicate()
    names = out.decode()
    assert "monitor.feeds.document" in names
    for unwanted in ("monitor.rules", "monitor.cli", "monitor.settings", "monitor.store", "httpx", "pydantic", "typer"):
        assert unwanted not in names


async def test_a_hundred_thousand_entries_come_through() -> None:
    """Within the limit of memory that is the default; the time depends on the machine."""
    body = rss("".join(f"<item><guid>{n}</guid><title>t</title></item>" for n in range(100_000)))
    parser = FeedParser()
    outcome = await parser.parse(Fetched("https://news.example/", body, {}, 0.0))
    await parser.aclose()
    assert isinstance(outcome, ParsedFeed)
    assert len(outcome.entries) == 100_000


@pytest.mark.parametrize(
    "payload", [b"", b"[]", b"{}", b"null", b'{"fault": "odd", "detail": ""}', b'{"hints": [1]}', b"\xff"]
)
def test_an_answer_that_is_no_outcome_is_refused(payload: bytes) -> None:
    """What a child says is data, and checked."""
    with pytest.raises(ValueError, match="no outcome"):
        decode_outcome(payload)


def test_a_failure_goes_through_the_wire() -> None:
    """As a feed does, which the contract shows."""
    failure = ParseFailed(ParseFault.HTML, "a page came; it names https://news.example/feed")
    assert decode_outcome(encode_outcome(failure)) == failure
