"""The labelled stories of `tests/data/stories`, read into articles with their true story and original.

Format, one article a line, blocks of one event headed by `@ name`:

    language feed day hh:mm | headline | text          a report of the event
    > feed day hh:mm | headline or = | change          a reprint of the report above it, derived by a change:
                                                       cut 60 (its first 60 %), boiler (boilerplate added),
                                                       inline WORDS (a sentence put in), dateline WORDS, words N
                                                       (every Nth word replaced by a synonym of no meaning), or
                                                       text FULL TEXT (the reprint as a desk wrote it, in full)
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from monitor.model import Article
from monitor.text.zones import zones_of

FOLDER = Path(__file__).parent.parent / "tests" / "data" / "stories"
TUNED_ON = ("tune", "tune_world")
"""Parts that thresholds were tuned on; people may read them."""
HELD_BACK = ("held", "held_world", "held_asia")
"""Parts that only `make eval` reads: what it says of them is what it would say of news that nobody knew."""
_START = datetime(2026, 11, 18, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Labelled:
    """An article and what people say of it."""

    article: Article
    story: str
    original: int | None
    """Number of the article it is a reprint of."""


def read_set(name: str, first_id: int = 1) -> list[Labelled]:
    """Read a part, such as "tune", in order of arrival; numbers follow that order."""
    found = sorted(_read(FOLDER / f"{name}.txt"), key=lambda item: (item[0], item[1]))
    ids = {line: number for number, (_, line, *_) in enumerate(found, start=first_id)}
    labelled = []
    for at, line, story, language, feed, title, text, original in found:
        article = Article(
            id=ids[line],
            feed_id=feed,
            url=f"https://{feed}.example/{line}",
            title=title,
            body=text,
            zones=zones_of(text),
            first_seen_at=at,
            language=language,
            published_at=at,
        )
        labelled.append(Labelled(article, story, None if original is None else ids[original]))
    return labelled


def _read(path: Path) -> Iterator[tuple[datetime, int, str, str, str, str, str, int | None]]:
    story = language = title = text = ""
    original = 0
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if line.startswith("@"):
            story = line[1:].strip()
        elif line and not line.startswith("#"):
            head, headline, rest = (part.strip() for part in line.split("|", 2))
            first, feed, day, clock = head.split()
            hours, minutes = clock.split(":")
            at = _START + timedelta(days=int(day), hours=int(hours), minutes=int(minutes))
            if first == ">":
                said = title if headline == "=" else headline
                yield at, number, story, language, feed, said, _changed(text, rest), original
            else:
                language, title, text, original = first, headline, rest, number
                yield at, number, story, language, feed, title, text, None


def _changed(text: str, change: str) -> str:
    kind, _, argument = change.partition(" ")
    words = text.split()
    if kind == "cut":
        return " ".join(words[: max(1, len(words) * int(argument) // 100)]) + " …"
    if kind == "boiler":
        return (
            f"{text}\n\nRelated stories\n\nTaliban delegation in Doha\n\nSubscribe to our newsletter for the best of"
            f" the day\n\nTags: Pakistan, Afghanistan, truce, Bannu\n\nThe post {' '.join(words[:4])} appeared first on"
            " Example Times."
        )
    if kind == "inline":
        middle = text.find(". ", len(text) // 3)
        return f"{text[: middle + 2]}{argument} {text[middle + 2 :]}" if middle > 0 else f"{text} {argument}"
    if kind == "dateline":
        return f"{argument} {text}"
    if kind == "words":
        every = int(argument)
        return " ".join("reportedly" if n % every == every - 1 else word for n, word in enumerate(words))
    if kind == "text":
        return argument
    raise ValueError(f"unknown change {change!r}")
