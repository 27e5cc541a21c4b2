"""Articles a second and memory of reading, identity, reprints and stories, and how cost grows with the window.

Synthetic articles of about 2.4 kB: words drawn by Zipf's law, one in ten a perturbed copy of an earlier one. Cost is
given beside `str.split` of the same bytes. Usage: python benchmarks/articles.py [SIZE…]  (default 10000 100000)
"""

from __future__ import annotations

import gc
import random
import resource
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from monitor.articles.readings import read_entries
from monitor.articles.signature import signature_of
from monitor.articles.stories import Grouper
from monitor.model import Article, Entry
from monitor.text.html import to_text
from monitor.text.zones import zones_of

_START = datetime(2026, 11, 1, tzinfo=UTC)
_WINDOW = timedelta(days=7)


def vocabulary(size: int, chance: random.Random) -> list[str]:
    syllables = ["ka", "lo", "mi", "ter", "san", "du", "pek", "ra", "vi", "no", "shi", "bel", "ga", "or", "ul", "en"]
    return [
        "".join(chance.choices(syllables, k=chance.randint(1, 4))) + str(n)[:0] + syllables[n % 16] for n in range(size)
    ]


def articles(count: int, *, every: timedelta, seed: int = 1) -> Iterator[Article]:
    chance = random.Random(seed)
    words = vocabulary(60_000, chance)
    weights = [1 / (rank + 3) for rank in range(len(words))]
    pool = chance.choices(words, weights, k=2_000_000)
    recent: list[list[str]] = []
    for number in range(1, count + 1):
        if recent and chance.random() < 0.1:
            told = list(chance.choice(recent))
            del told[int(len(told) * chance.uniform(0.5, 1.0)) :]
        else:
            at = chance.randrange(len(pool) - 400)
            told = pool[at : at + chance.randint(250, 350)]
            chance.shuffle(told)
        recent.append(told)
        del recent[:-500]
        body = " ".join(told).capitalize() + "."
        title = " ".join(told[:9])
        yield Article(number, f"feed-{number % 200}", None, title, body, zones_of(body), _START + every * number)


def peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def timed(name: str, work: Iterator[object], count: int, base: float | None = None) -> float:
    started = time.process_time()
    for _ in work:
        pass
    each = (time.process_time() - started) / count
    ratio = "" if base is None else f"  {each / base:6.1f} × str.split"
    print(f"  {name:34} {each * 1e6:8.1f} µs  {1 / each:9,.0f}/s{ratio}")
    return each


def parts() -> None:
    sample = list(articles(1_000, every=timedelta(seconds=30)))
    html = [f"<p>{a.body[:600]}</p><p>{a.body[600:]}</p><p>Read more: <a href='x'>other</a></p>" for a in sample]
    entries = [
        Entry(str(n), f"https://x.example/{n}?utm_source=a", a.title, h)
        for n, (a, h) in enumerate(zip(sample, html, strict=True))
    ]
    size = sum(map(len, html)) / len(html)
    print(f"one article of {size:,.0f} characters")
    base = timed("str.split", (h.split() for h in html), len(html))
    timed("HTML to text and zones", (to_text(h) for h in html), len(html), base)
    timed("keys (with HTML)", iter(read_entries(entries, "f", now=_START).each), len(entries), base)
    timed("signature", (signature_of(a) for a in sample), len(sample), base)


def window(size: int) -> None:
    gc.collect()
    before = peak_mb()
    every = _WINDOW / size
    grouper = Grouper()
    started = time.process_time()
    measured = min(2_000, size // 2)
    filled = placing = 0.0
    for number, article in enumerate(articles(size, every=every), start=1):
        if number > size - measured:
            if number == size - measured + 1:
                filled = time.process_time() - started

            at = time.process_time()
            placement = grouper.place(article)
            placing += time.process_time() - at
            grouper.add(replace(article, story_id=placement.story_id or number, reprint_of=placement.reprint_of))
        else:
            grouper.add(replace(article, story_id=number))
    print(
        f"  {size:>9,} in the window: place {placing / measured * 1e6:7.0f} µs, fill {filled:6.1f} s,"
        f" peak {peak_mb():7.0f} MB ({(peak_mb() - before) * 1024 / size:5.1f} kB an article)"
    )


def main() -> None:
    parts()
    print("placing an article")
    for size in [int(a) for a in sys.argv[1:]] or [10_000, 100_000]:
        window(size)


if __name__ == "__main__":
    main()
