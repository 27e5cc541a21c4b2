"""How well stories and reprints are found, beside simple baselines; `make eval` runs it.

Prints B-cubed precision, recall and F1 (Bagga and Baldwin 1998) of the stories, and precision and recall of the pairs
(copy, original's text), for the parts that thresholds were tuned on and for the parts that only this script reads.
`--errors` lists what is wrongly joined and parted in the parts that may be read, with the monitor's own reasons.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from hashlib import blake2b
from pathlib import Path

from benchmarks.story_set import HELD_BACK, TUNED_ON, Labelled, read_set
from monitor.articles import events
from monitor.articles.identity import words_of
from monitor.articles.signature import actors_of, signature_of
from monitor.articles.stories import Grouper
from monitor.articles.window import NEVER, Window
from monitor.model import Article
from monitor.rules.files.load import load_rule_book
from monitor.rules.matching.matcher import Matcher
from monitor.text.document import document_of

Placed = tuple[list[int], dict[int, int | None]]


@cache
def _watch() -> Matcher:
    return Matcher(load_rule_book(Path(__file__).parent.parent / "rules"))


def actors_by_rules(article: Article) -> frozenset[str]:
    """Return who an article is about, by the shipped rules."""
    return actors_of(_watch().match(document_of(article)).matches)


def ours(articles: Sequence[Labelled]) -> Placed:
    """Group as a poll does, with the actors of the shipped rules."""
    stories, reprints, _ = grouped(articles)
    return list(stories.values()), reprints


def grouped(articles: Sequence[Labelled]) -> tuple[dict[int, int], dict[int, int | None], dict[int, str]]:
    """Return stories, originals and reasons by article, as a poll finds them."""
    grouper = Grouper()
    stories: dict[int, int] = {}
    reprints: dict[int, int | None] = {}
    reasons: dict[int, str] = {}
    for item in articles:
        actors = actors_by_rules(item.article)
        placement = grouper.place(item.article, actors)
        story = placement.story_id or item.article.id
        grouper.add(replace(item.article, story_id=story, reprint_of=placement.reprint_of), actors, placement.gathers)
        stories.update(dict.fromkeys((item.article.id, *placement.gathers), story))
        reprints[item.article.id] = placement.reprint_of
        reasons[item.article.id] = placement.because
    return stories, reprints, reasons


def nearest_by(
    likeness: Callable[[Labelled, Labelled], float], threshold: float
) -> Callable[[Sequence[Labelled]], Placed]:
    """Join each article to the story of the likest earlier one at or above a threshold."""

    def place(articles: Sequence[Labelled]) -> Placed:
        stories: list[int] = []
        reprints: dict[int, int | None] = {}
        for place, item in enumerate(articles):
            best = max(range(place), key=lambda n: likeness(item, articles[n]), default=None)
            joins = best is not None and likeness(item, articles[best]) >= threshold
            stories.append(stories[best] if joins and best is not None else item.article.id)
            reprints[item.article.id] = articles[best].article.id if joins and best is not None else None
        return stories, reprints

    return place


def _jaccard(left: set[str], right: set[str]) -> float:
    return len(left & right) / len(left | right) if left and right else 0.0


def title_grams(n: int) -> Callable[[Labelled, Labelled], float]:
    def grams(item: Labelled) -> set[str]:
        text = " ".join(words_of(item.article.title))
        return {text[i : i + n] for i in range(len(text) - n + 1)}

    return lambda a, b: _jaccard(grams(a), grams(b))


def word_jaccard(left: Labelled, right: Labelled) -> float:
    return _jaccard(
        set(words_of(f"{left.article.title} {left.article.body}")),
        set(words_of(f"{right.article.title} {right.article.body}")),
    )


def simhash_closeness(left: Labelled, right: Labelled) -> float:
    return -float((_simhash(left) ^ _simhash(right)).bit_count())


def _simhash(item: Labelled) -> int:
    weights = [0] * 64
    for word in words_of(f"{item.article.title} {item.article.body}"):
        value = int.from_bytes(blake2b(word.encode(), digest_size=8).digest())
        for bit in range(64):
            weights[bit] += 1 if value >> bit & 1 else -1
    return sum(1 << bit for bit in range(64) if weights[bit] > 0)


def b_cubed(found: Sequence[int], true: Sequence[str]) -> tuple[float, float, float]:
    by_found, by_true = defaultdict(set), defaultdict(set)
    for place, (mine, theirs) in enumerate(zip(found, true, strict=True)):
        by_found[mine].add(place)
        by_true[theirs].add(place)
    precision = recall = 0.0
    for mine, theirs in zip(found, true, strict=True):
        common = len(by_found[mine] & by_true[theirs])
        precision += common / len(by_found[mine])
        recall += common / len(by_true[theirs])
    precision, recall = precision / len(found), recall / len(found)
    return precision, recall, 2 * precision * recall / (precision + recall)


def reprint_scores(reprints: dict[int, int | None], articles: Sequence[Labelled]) -> tuple[float, float]:
    """Return precision and recall of "is the same text as": any copy of one original will do."""
    text = {a.article.id: a.original or a.article.id for a in articles}
    said = [(article, of) for article, of in reprints.items() if of is not None]
    right = sum(text[article] == text[of] for article, of in said)
    copies = len(articles) - len(set(text.values()))
    return right / len(said) if said else 1.0, right / copies if copies else 1.0


METHODS: dict[str, Callable[[Sequence[Labelled]], Placed]] = {
    "monitor": ours,
    "title trigram 0.75": nearest_by(title_grams(3), 0.75),
    "title bigram 0.50": nearest_by(title_grams(2), 0.5),
    "word Jaccard 0.55": nearest_by(word_jaccard, 0.55),
    "SimHash 3 bits": nearest_by(simhash_closeness, -3.0),
}


def errors_of(articles: Sequence[Labelled]) -> Iterator[str]:
    """Tell of each article that stands in a wrong story, or apart from the first report of its own, and why."""
    stories, reprints, reasons = grouped(articles)
    by_id = {item.article.id: item for item in articles}
    weights = Window().weights(NEVER, 0)
    signatures = {}
    for item in articles:
        signature = signature_of(item.article, actors_by_rules(item.article))
        signatures[item.article.id] = replace(signature, length=weights.length(signature.features))
    for number, item in by_id.items():
        told = f"{number} {item.article.language} {item.article.title[:70]!r} ({item.story})"
        others = {by_id[i].story for i in by_id if i < number and stories[i] == stories[number]} - {item.story}
        if others:
            yield f"JOINED {told} with {', '.join(sorted(others))}: {reasons[number]}"
        earlier = [i for i in by_id if i < number and by_id[i].story == item.story]
        if earlier and all(stories[i] != stories[number] for i in earlier):
            yield f"PARTED {told}: {reasons[number]}"
            for i in earlier[:3]:
                verdict = events.judge_pair(signatures[number], signatures[i], weights)
                yield f"       from {i} {by_id[i].article.title[:60]!r}: {verdict.score:.2f} {verdict.because}"
        text, found = item.original or number, reprints[number]
        copied = [i for i in by_id if i < number and (by_id[i].original or i) == text]
        if found is None and copied:
            yield f"MISSED COPY {told} of {copied[0]} {by_id[copied[0]].article.title[:60]!r}"
        elif found is not None and found not in copied:
            yield f"NO COPY {told} of {found} {by_id[found].article.title[:60]!r}: {reasons[number]}"


def main() -> None:
    wanted = [part for part in sys.argv[1:] if not part.startswith("--")]
    if "--errors" in sys.argv:
        for part in wanted or TUNED_ON:
            if part not in TUNED_ON:
                raise SystemExit(f"{part} is held back: what is wrong in it is for nobody to read")
            print(f"{part}:", *errors_of(read_set(part)), sep="\n  ")
        return
    ours_by_kind: dict[str, list[tuple[int, float, float]]] = defaultdict(list)
    for part in wanted or (*TUNED_ON, *HELD_BACK):
        articles = read_set(part)
        copies = sum(a.original is not None for a in articles)
        stories = len({a.story for a in articles})
        kind = "tuned on" if part in TUNED_ON else "held back"
        print(f"{part} ({kind}): {len(articles)} articles, {stories} stories, {copies} reprints")
        print(f"  {'':20} {'B3 prec':>8} {'B3 rec':>8} {'B3 F1':>8}   {'repr prec':>9} {'repr rec':>9}")
        for name, method in METHODS.items():
            found, reprints = method(articles)
            p, r, f = b_cubed(found, [a.story for a in articles])
            rp, rr = reprint_scores(reprints, articles)
            print(f"  {name:20} {p:8.3f} {r:8.3f} {f:8.3f}   {rp:9.3f} {rr:9.3f}")
            if method is ours:
                ours_by_kind[kind].append((len(articles), p, r))
    for kind, parts in ours_by_kind.items():
        # B-cubed is a mean over articles, and each part is grouped by itself.
        number = sum(articles for articles, _, _ in parts)
        p, r = (sum(part[0] * part[place] for part in parts) / number for place in (1, 2))
        print(f"all {kind}: {number} articles\n  {'monitor':20} {p:8.3f} {r:8.3f} {2 * p * r / (p + r):8.3f}")


if __name__ == "__main__":
    main()
