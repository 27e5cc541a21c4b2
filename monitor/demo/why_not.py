"""Say in one sentence why an entry is not what it looks like, from the judged clauses of a rule. PURE.

`rules explain` shows the whole tree; a table has room for what matters: which words were there, and which part of the
rule found nothing, or found only a lookalike, boilerplate, or an acronym without its context.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from monitor.desks.excerpt import isolate
from monitor.rules.explaining.verdict import Verdict

_REFERENCE = re.compile(r"(?:actor|lexicon|rule):[\w-]+")
_SHOWN = 3
"""Words and clauses that are named; a reader of a table wants no more."""


def why_not(root: Verdict) -> str:
    """Return why a rule's query does not hold, "" where it holds."""
    if root.holds:
        return ""
    leaves = list(_leaves(root))
    holding = {leaf.source for leaf in leaves if leaf.holds}
    failing: dict[str, Verdict] = {}
    for leaf in leaves:
        if not leaf.holds and leaf.source not in holding and _is_about_words(leaf):
            known = failing.get(leaf.source)
            if known is None or (leaf.was_there and not known.was_there):
                failing[leaf.source] = leaf
    there = list(dict.fromkeys(span.text for leaf in leaves if leaf.holds for span in leaf.spans))
    # What was there and did not count says more than what was not there at all, and an actor more than a word.
    reasons = (
        [leaf for leaf in failing.values() if leaf.was_there]
        or [leaf for leaf in failing.values() if _REFERENCE.fullmatch(leaf.source)]
        or list(failing.values())
    )
    by_reason: dict[str, list[str]] = {}
    for leaf in reasons:
        by_reason.setdefault(leaf.because or "does not hold", []).append(leaf.source)
    said = "; ".join(
        f"{', '.join(sources[:_SHOWN])}: {because}" for because, sources in list(by_reason.items())[:_SHOWN]
    )
    if not said:
        blocking = list(dict.fromkeys(_blocking(root)))
        said = f"ruled out by {', '.join(blocking[:_SHOWN])}" if blocking else "its words do not stand together"
    if not there:
        return said
    return f"{', '.join(isolate(f'“{text}”') for text in there[:_SHOWN])}, but {said}"


def _is_about_words(leaf: Verdict) -> bool:
    """Tell terms, actors and lexicons from filters such as `tag:`, which say nothing about the text."""
    return not leaf.source.startswith(("tag:", "feed:", "lang:"))


def _leaves(verdict: Verdict) -> Iterator[Verdict]:
    """Yield the smallest clauses that a match asks for; what stands under NOT is not asked for."""
    if verdict.source.startswith("NOT "):
        return
    if _REFERENCE.fullmatch(verdict.source) or not verdict.parts:
        yield verdict
        return
    for part in verdict.parts:
        yield from _leaves(part)


def _blocking(verdict: Verdict) -> Iterator[str]:
    """Yield what stands under a NOT and holds."""
    if verdict.source.startswith("NOT ") and not verdict.holds:
        yield verdict.source.removeprefix("NOT ")
        return
    for part in verdict.parts:
        yield from _blocking(part)
