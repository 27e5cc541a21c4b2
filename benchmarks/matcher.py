"""How many articles a second the matcher takes, by the number of rules, beside what the same bytes cost barely.

    .venv/bin/python benchmarks/matcher.py [RULES…] [--articles N] [--json]

Articles are about 2.4 kB of words drawn by rank (Zipf), in sentences and paragraphs, a third with typographic quotes,
one in twenty in Arabic script, one in ten with a glued word; each mentions three of 40,000 actors. Rules are a mix:
phrases (20 %), OR lists of 5 to 20 aliases (25 %), AND of two such lists (35 %), NEAR of two (10 %), AND with NOT
(10 %). Everything comes from one seed. What is timed is the whole of `Matcher.match` on a fresh
`Document`: folding, scan, evaluation, spans. The peers are `str.split` of the same text and the bare scan of the folded
stream by the same automaton; figures are printed as ratios to them, since seconds depend on the machine.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import resource
import statistics
import string
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import accumulate
from multiprocessing import get_context

from monitor.rules.book import Rule, RuleBook
from monitor.rules.language.tree import And, Near, Node, Not, Or, Term
from monitor.rules.matching.index import Automaton, Vocabulary
from monitor.rules.matching.matcher import Matcher, matcher_in_force
from monitor.rules.matching.resolve import resolve_book
from monitor.text.document import Document, make_document

try:
    import ahocorasick_rs  # the automaton that was not kept; compared where it is installed
except ImportError:
    ahocorasick_rs = None

SEED = 20251108
WORDS = 30_000
ACTORS = 40_000
TOPICS = 500
ARABIC = {ord(letter): chr(0x627 + number) for number, letter in enumerate(string.ascii_lowercase)}


class Language:
    """Made-up words by rank: the first are short and common."""

    def __init__(self, chance: random.Random) -> None:
        seen: dict[str, None] = {}
        while len(seen) < WORDS:
            length = min(12, 2 + len(seen) // 400 + chance.randint(0, 4)) if len(seen) < 2000 else chance.randint(4, 12)
            seen["".join(chance.choices(string.ascii_lowercase, k=length))] = None
        self.words = list(seen)
        self.weights = list(accumulate(1 / (rank + 3) for rank in range(WORDS)))

    def common(self, chance: random.Random, count: int) -> list[str]:
        """Draw words as a text does."""
        return chance.choices(self.words, cum_weights=self.weights, k=count)


class World:
    """What there is to write about: actors under 5 to 20 aliases, and lists of 5 to 20 subject words."""

    def __init__(self, language: Language) -> None:
        self.language = language
        chance = random.Random(SEED)
        self.actors = [[self._alias(chance) for _ in range(chance.randint(5, 20))] for _ in range(ACTORS)]
        self.topics = [
            [language.words[chance.randrange(150, 8000)] for _ in range(chance.randint(5, 20))] for _ in range(TOPICS)
        ]

    def _alias(self, chance: random.Random) -> str:
        length = chance.choice((1, 2, 2, 3))
        if length == 1:
            return "".join(chance.choices(string.ascii_lowercase, k=chance.randint(5, 11)))
        return " ".join(self.language.words[chance.randrange(300, WORDS)] for _ in range(length))


def make_article(world: World, chance: random.Random) -> Document:
    """Make one article of about 2.4 kB that mentions three actors a few times."""
    mentioned = [chance.choice(world.actors) for _ in range(3)]
    pieces: list[str] = []
    size = 0
    while size < 2400:
        sentence = world.language.common(chance, chance.randint(8, 28))
        if chance.random() < 0.4:
            sentence.insert(chance.randrange(len(sentence)), chance.choice(chance.choice(mentioned)).title())
        sentence[0] = sentence[0].capitalize()
        text = " ".join(sentence).replace(" ", ", ", 1) + chance.choice((". ", ". ", ".\n\n"))
        pieces.append(text)
        size += len(text)
    body = "".join(pieces)
    if chance.random() < 0.33:
        body = body.replace(", ", ", “", 3).replace(". ", "”. ", 3).replace("e ", "e’s ", 4)
    if chance.random() < 0.1:
        body = body.replace(". ", ".", 1).replace(" a", " somethingAnd", 1)
    if chance.random() < 0.05:
        body = body.lower().translate(ARABIC)[:1400]
    return make_document(title=" ".join(world.language.common(chance, 9)).capitalize(), body=body)


def make_rule(number: int, world: World, chance: random.Random) -> Rule:
    """Make one rule."""

    def names() -> Node:
        return Or(tuple(Term(alias) for alias in chance.choice(world.actors)))

    def topics() -> Node:
        return Or(tuple(Term(word) for word in chance.choice(world.topics)))

    match chance.choices(("phrase", "or", "and", "near", "not"), (20, 25, 35, 10, 10))[0]:
        case "phrase":
            tree: Node = Term(
                f"{chance.choice(chance.choice(world.actors))} {chance.choice(chance.choice(world.topics))}"
            )
        case "or":
            tree = names()
        case "and":
            tree = And((names(), topics()))
        case "near":
            tree = Near(names(), topics(), 8)
        case _:
            tree = And((names(), topics(), Not(topics())))
    return Rule(f"r{number}", f"Rule {number}", "", tree)


def make_book(count: int, world: World) -> RuleBook:
    """Make a rule book of so many rules."""
    chance = random.Random(SEED + count)
    return RuleBook(rules={rule.id: rule for rule in (make_rule(number, world, chance) for number in range(count))})


def seconds(work: Callable[[], object]) -> float:
    """Return the processor seconds of a call."""
    began = time.process_time()
    work()
    return time.process_time() - began


def best(work: Callable[[], object], rounds: int = 9) -> float:
    """Return the least of several measurements."""
    return min(seconds(work) for _ in range(rounds))


def fresh(documents: Sequence[Document]) -> list[Document]:
    """Return documents of which nothing has been worked out."""
    return [make_document(title=document.title, body=document.body) for document in documents]


def memory_mb() -> float:
    """Return the peak memory of this process in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measure(count: int, articles: int) -> dict[str, float]:
    """Measure one number of rules; in a process of its own, because what another book left in memory costs time."""
    world = World(Language(random.Random(SEED)))
    chance = random.Random(SEED + 1)
    documents = [make_article(world, chance) for _ in range(articles)]
    book = make_book(count, world)
    before = memory_mb()
    made: list[Matcher] = []
    build = seconds(lambda: made.append(matcher_in_force(book)))
    (matcher,) = made
    after = memory_mb()

    def match_all() -> list[int]:
        return [len(matcher.match(document).matches) for document in fresh(documents)]

    whole = best(match_all)
    results = [matcher.match(document) for document in documents]
    vocabulary = Vocabulary()
    resolve_book(book, vocabulary, pattern_limit=matcher.slow_after)
    automaton = Automaton(vocabulary)
    streams = [document.words.stream for document in documents]
    scan = best(lambda: [automaton.scan(stream) for stream in streams])
    other = math.nan
    if ahocorasick_rs is not None:
        peer = ahocorasick_rs.AhoCorasick(vocabulary.literals, store_patterns=False)
        other = best(lambda: [peer.find_matches_as_indexes(stream, overlapping=True) for stream in streams])
    texts = [f"{document.title}\n\n{document.body}" for document in documents]
    split = best(lambda: [text.split() for text in texts])
    fold = best(lambda: [document.words for document in fresh(documents)])
    return {
        "rules": count,
        "literals": len(vocabulary),
        "articles_a_second": len(documents) / whole,
        "times_split": whole / split,
        "times_fold": whole / fold,
        "times_scan": whole / scan,
        "scan_of_ahocorasick_rs_to_ours": other / scan,
        "build_seconds": build,
        "memory_mb": after - before,
        "found_an_article": statistics.fmean(len(automaton.scan(stream)) for stream in streams),
        "evaluated_an_article": statistics.fmean(result.evaluated for result in results),
        "matches_an_article": statistics.fmean(len(result.matches) for result in results),
    }


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("rules", nargs="*", type=int, default=[100, 1000, 10_000, 100_000])
    options.add_argument("--articles", type=int, default=500)
    options.add_argument("--json", action="store_true")
    chosen = options.parse_args()
    for count in chosen.rules:
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as alone:
            row = alone.submit(measure, count, chosen.articles).result()
        if chosen.json:
            print(json.dumps(row))
        else:
            print("  ".join(f"{name}={value:,.1f}" for name, value in row.items()), flush=True)


if __name__ == "__main__":
    main()
