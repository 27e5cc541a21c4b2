"""Articles a second of reading, identity and signatures, beside `str.split` of the same bytes.

Articles are `newsroom`'s, of 300 words. What placing them in a window costs is measured by `stories.py`.
Usage: python benchmarks/articles.py
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta

from benchmarks.newsroom import START, Newsroom
from monitor.articles.readings import read_entries
from monitor.articles.signature import signature_of
from monitor.model import Entry
from monitor.text.html import to_text


def timed(name: str, work: Iterator[object], count: int, base: float | None = None) -> float:
    started = time.process_time()
    for _ in work:
        pass
    each = (time.process_time() - started) / count
    ratio = "" if base is None else f"  {each / base:6.1f} × str.split"
    print(f"  {name:34} {each * 1e6:8.1f} µs  {1 / each:9,.0f}/s{ratio}")
    return each


def main() -> None:
    room = Newsroom(timedelta(seconds=30))
    sample = [room.article(report) for report in room.reports(1_000)]
    html = [f"<p>{a.body[:600]}</p><p>{a.body[600:]}</p><p>Read more: <a href='x'>other</a></p>" for a in sample]
    entries = [
        Entry(str(n), f"https://x.example/{n}?utm_source=a", a.title, h)
        for n, (a, h) in enumerate(zip(sample, html, strict=True))
    ]
    size = sum(map(len, html)) / len(html)
    print(f"one article of {size:,.0f} characters")
    base = timed("str.split", (h.split() for h in html), len(html))
    timed("HTML to text and zones", (to_text(h) for h in html), len(html), base)
    timed(
        "keys (with HTML)", (r for each in [entries] for r in read_entries(each, "f", now=START).each), len(html), base
    )
    timed("signature", (signature_of(a) for a in sample), len(sample), base)


if __name__ == "__main__":
    main()
