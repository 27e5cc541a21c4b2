"""SIGKILL at two hundred random points of busy runs, and at every named step: nothing lost, no copy without need."""

from __future__ import annotations

import json
import os
import signal
from dataclasses import asdict
from pathlib import Path

import pytest

from tests.daemon.course import Course, a_course
from tests.daemon.reckoning import Reckoning, reckoning

SEEDS = [int(seed) for seed in os.environ.get("PROOF_SEEDS", "0 1 2 3").split()]
"""For other courses of events: PROOF_SEEDS="10 11 12"; for their records in a folder of yours: PROOF_FOLDER=..."""
DEATHS = 50


def _keep_record(course: Course, result: Reckoning, folder: Path) -> None:
    """Write down every death and what came of them all."""
    where = Path(os.environ.get("PROOF_FOLDER", folder))
    record = {"reckoning": asdict(result), "summary": course.summary(), "deaths": course.deaths}
    (where / f"{folder.name}.json").write_text(json.dumps(record, indent=1))


@pytest.mark.parametrize("seed", SEEDS)
def test_killed_anywhere(tmp_path: Path, seed: int) -> None:
    """Fifty deaths in a row for each seed, many within milliseconds of a poll, a mail or a post."""
    with a_course(tmp_path, seed) as course:
        for _ in range(DEATHS):
            course.is_killed_somewhere()
        course.comes_to_rest()
        result = reckoning(course)
    _keep_record(course, result, tmp_path)
    assert not result.lost + result.wrong, course.deaths
    assert result.messages >= DEATHS / 5
    # The deaths came where it matters: while something was being sent.
    assert sum(death["sending"] > 0 for death in course.deaths) >= DEATHS / 10


def test_killed_at_every_named_step(tmp_path: Path) -> None:
    """Before and after each commit, by what it writes, and each send: one death at each, in one course of events."""
    with a_course(tmp_path, 4) as course:
        steps = course.steps()
        for what in ("SmtpChannel", "SlackChannel", "articles", "digests", "sending", "sent", "named_values"):
            assert {step.split()[0] for step in steps if what in step} == {"before", "after"}, what
        for step in sorted(steps):
            course.publishes(2)
            course.lives(dies_at=step, steps=str(tmp_path / "steps"))
            assert course.nursery.buries() == -signal.SIGKILL, step
            course.note(near=step)
        course.comes_to_rest()
        result = reckoning(course)
    _keep_record(course, result, tmp_path)
    assert not result.lost + result.wrong, course.deaths
