"""How often what a rule told was relevant to those who were told: counted from what people said, with its uncertainty.

A *trial* is one story at one desk: the same story may be news to one desk and none to another. The last word of each
person counts, and only for the rules of which that desk had heard by then. A story that several rules told counts for
each of them. Where people of a desk differ, the trial is relevant when at least half of them say so: that a desk was
told in vain costs it less than that it was not told.

Refuses to know how people said it, and to judge a rule by fewer than `FEWEST` trials.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from monitor.model import Alert, Feedback, FeedbackKind

FEWEST = 5
"""Trials below which no number is given: 4 relevant ones of 4 still leave all from 51 to 100 % open."""
_Z = 1.959964
"""The standard normal's 97.5 % point: 95 % lie between it and its negative."""


@dataclass(frozen=True, slots=True)
class Precision:
    """What became of what one rule told."""

    told: int = 0
    """Stories at desks."""
    judged: int = 0
    """Of these, those of which somebody said something."""
    relevant: int = 0
    disputed: int = 0
    """Of the judged ones, those on which people of one desk differ."""

    @property
    def share(self) -> float | None:
        """Return the precision, 0 to 1; None where it is too little to say."""
        return self.relevant / self.judged if self.judged >= FEWEST else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Return where the precision lies with 95 % confidence; None where it is too little to say."""
        return wilson(self.relevant, self.judged) if self.judged >= FEWEST else None


def precision_by_rule(alerts: Iterable[Alert], feedback: Iterable[Feedback]) -> dict[str, Precision]:
    """Count each rule's trials.

    Args:
        alerts: What desks were told, of any number of stories.
        feedback: What was said, in order; of stories that are not among the alerts it counts for nothing, and so does
            a claim.

    Returns:
        By rule, for those that told something.
    """
    told: dict[tuple[int, str], list[Alert]] = defaultdict(list)
    for alert in alerts:
        told[alert.story_id, alert.desk_id].append(alert)
    verdicts = last_words(feedback)
    counts: dict[str, list[Precision]] = defaultdict(list)
    for trial, own in told.items():
        words = verdicts.get(trial, {}).values()
        for rule_id in {rule_id for alert in own for rule_id in alert.rule_ids}:
            known_at = min(alert.created_at for alert in own if rule_id in alert.rule_ids)
            counts[rule_id].append(_trial([word.kind for word in words if word.at >= known_at]))
    return {
        rule_id: Precision(
            told=len(trials),
            judged=sum(each.judged for each in trials),
            relevant=sum(each.relevant for each in trials),
            disputed=sum(each.disputed for each in trials),
        )
        for rule_id, trials in counts.items()
    }


def last_words(feedback: Iterable[Feedback]) -> Mapping[tuple[int, str], Mapping[str, Feedback]]:
    """Return the last judgement of each person by story and desk; claims judge nothing.

    Args:
        feedback: What was said, in order.
    """
    found: dict[tuple[int, str], dict[str, Feedback]] = defaultdict(dict)
    for each in feedback:
        if each.kind is not FeedbackKind.CLAIM:
            found[each.story_id, each.desk_id][each.who] = each
    return found


def is_relevant(kinds: Iterable[FeedbackKind]) -> bool | None:
    """Say what people together say of a story, None where nobody said anything."""
    said = [kind is FeedbackKind.RELEVANT for kind in kinds]
    return sum(said) * 2 >= len(said) if said else None


def wilson(successes: int, trials: int) -> tuple[float, float]:
    """Return the 95 % score interval of a share (E. B. Wilson, J. Am. Stat. Assoc. 22, 1927, pp. 209-212).

    It keeps to 0 and 1 and stays near its 95 % with few trials, where the usual interval does not (L. D. Brown,
    T. T. Cai, A. DasGupta, "Interval Estimation for a Binomial Proportion", Statistical Science 16, 2001, pp. 101-133).
    """
    if not 0 <= successes <= trials or trials == 0:
        raise ValueError(f"{successes} of {trials} is no share")
    share = successes / trials
    spread = _Z * math.sqrt(share * (1 - share) / trials + (_Z / trials) ** 2 / 4)
    centre, scale = share + _Z**2 / trials / 2, 1 + _Z**2 / trials
    return max(0.0, (centre - spread) / scale), min(1.0, (centre + spread) / scale)


def _trial(kinds: list[FeedbackKind]) -> Precision:
    together = is_relevant(kinds)
    return Precision(told=1, judged=together is not None, relevant=together is True, disputed=len(set(kinds)) > 1)
