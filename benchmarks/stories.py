"""What it costs to place an article among 10,000, 100,000 and 1,000,000 of a window, in time and memory.

Windows are filled as a start fills them, from signatures (`newsroom`), and are all held at once; then articles written
as text are placed and taken in by each window in turns, so that a slow moment of the machine falls on all alike. Time
is processor time. `--exhaustive N` compares N placements of each window of up to 100,000 with what comparing with every
article of the last 72 hours finds.

Usage: python benchmarks/stories.py [--exhaustive N] [SIZE…]  (default 10000 100000)
"""

from __future__ import annotations

import argparse
import gc
import os
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import islice
from math import log
from pathlib import Path

from benchmarks.newsroom import Newsroom, Report
from monitor.articles import events, links, reprints
from monitor.articles.packed import VERSION, pack
from monitor.articles.signature import signature_of
from monitor.articles.stories import Grouper
from monitor.articles.window import NEVER
from monitor.model import Article, Sketch

MEASURED, TURN = 2_000, 100
"""Articles placed in each window, and how many before the next window's turn."""
_WEIGHED_ANEW = 256


@dataclass
class Measured:
    """A window and what it cost."""

    size: int
    room: Newsroom
    grouper: Grouper
    reports: Iterator[Report]
    fill_seconds: float = 0.0
    bytes_each: float = 0.0
    signing: float = 0.0
    placing: float = 0.0
    taking_in: float = 0.0
    outcomes: Counter[str] = field(default_factory=Counter)


def resident() -> int:
    """Return the memory of this process in bytes."""
    gc.collect()
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def filled(size: int) -> Measured:
    """Fill a window of seven days with so many articles."""
    room = Newsroom(timedelta(days=7) / size)
    window = Measured(size, room, Grouper(), room.reports(size + MEASURED))
    sketches = _sketches(room, window.grouper, islice(window.reports, size))
    before, started = resident(), time.process_time()
    window.grouper.load(sketches)
    window.fill_seconds = time.process_time() - started
    window.bytes_each = (resident() - before) / size
    return window


def _sketches(room: Newsroom, grouper: Grouper, reports: Iterator[Report]) -> Iterator[Sketch]:
    for number, report in enumerate(reports):
        if number % _WEIGHED_ANEW == 0:
            weights = grouper._window.weights(NEVER, 0)
        item = room.signature(report)
        data = pack(replace(item, length=weights.length(item.features)))
        original = None if report.copy_of is None else report.copy_of.number
        yield Sketch(report.number, VERSION, data, report.at, report.event.number, original)


def take(window: Measured, report: Report) -> None:
    """Place one article and take it in, as a poll does."""
    article = window.room.article(report)
    began = time.process_time()
    signature_of(article)
    signed = time.process_time()
    placement = window.grouper.place(article)
    placed = time.process_time()
    story_id = placement.story_id or article.id
    article = replace(article, story_id=story_id, reprint_of=placement.reprint_of)
    window.grouper.add(article, gathers=placement.gathers)
    window.signing += signed - began
    window.placing += placed - signed
    window.taking_in += time.process_time() - placed


def compare(window: Measured, article: Article) -> str:
    """Say whether the likest article of all is of the story that is found by looking at few."""
    grouper = window.grouper
    found = grouper._find(article, frozenset())
    if found.older is not None and isinstance(found.older.verdict, reprints.Reprint):
        return "copy"
    weights = grouper._window.weights(grouper._first(), len(grouper._minute))
    best: tuple[float, int] | None = None
    for article_id in grouper._window._arrivals:
        candidate = grouper._window.signature(article_id)
        if article_id in grouper._minute or found.signature.at - candidate.at > events.APART_AFTER:
            continue
        verdict = links._judge(found.signature, candidate, weights)
        if verdict.joins and (best is None or verdict.score > best[0]):
            best = (verdict.score, article_id)
    if best is None:
        return "none" if found.older is None else "wrong"
    if found.older is None:
        return "missed"
    if found.older.to == best[1]:
        return "likest"
    same = grouper._window.story_of(found.older.to) == grouper._window.story_of(best[1])
    return "same story" if same else "other story"


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--exhaustive", type=int, default=0, metavar="N")
    options.add_argument("sizes", type=int, nargs="*", default=[10_000, 100_000])
    asked = options.parse_args()
    windows = [filled(size) for size in asked.sizes]
    for _ in range(MEASURED // TURN):
        for window in windows:
            for report in islice(window.reports, TURN):
                take(window, report)
    first = windows[0]
    print("   window    fill an article    memory   signature    place  take in      all       ×   logarithm")
    for window in windows:
        times = [s / MEASURED * 1e6 for s in (window.signing, window.placing - window.signing, window.taking_in)]
        columns = "".join(f"{each:7.0f} µs" for each in (*times, sum(times)))
        growth = (window.placing + window.taking_in) / (first.placing + first.taking_in)
        print(
            f"{window.size:>9,} {window.fill_seconds / window.size * 1e6:12.0f} µs {window.bytes_each:7,.0f} B"
            f"{columns} {growth:7.2f} {log(window.size) / log(first.size):7.2f}"
        )
    for window in windows:
        if asked.exhaustive and window.size <= 100_000:
            room = Newsroom(timedelta(days=7) / window.size)
            again = islice(room.reports(window.size + MEASURED + asked.exhaustive), window.size + MEASURED, None)
            window.outcomes.update(compare(window, room.article(report)) for report in again)
            print(f"{window.size:>9,} beside an exhaustive search: {dict(window.outcomes.most_common())}")


if __name__ == "__main__":
    main()
