"""SIGKILL while the mail server is silent at each phase of a conversation: which of them may cost a second copy."""

from __future__ import annotations

import os
import signal
from pathlib import Path

from monitor.demo.mailbox import Mail
from monitor.model import Delivery, DeliveryState
from tests.daemon.course import RECIPIENTS, RULES, Course, a_course
from tests.delivery.raw_smtp import SILENT, RawSmtp

WHO = RECIPIENTS[2]
"""The only one who gets mail here."""
RULE = RULES.replace("south-asia, night", "night")
DESK = f"{{id: night, name: Night, channels: [{{email: {WHO}}}]}}"
BEFORE = ("greeting", "EHLO", "MAIL", "RCPT", "DATA")
AFTER = ("dot", "QUIT")


def _newest(course: Course) -> Delivery:
    with course.world.store() as store:
        return store.deliveries.newest(1)[0]


def _is_killed_at(phase: str, course: Course) -> tuple[Delivery, list[bytes], list[Mail]]:
    """Tell one article; return its delivery, what the silent server has of it, and what the next life sent."""
    world, had = course.world, len(course.world.mail.mails)
    course.publishes(1)
    with RawSmtp({phase: SILENT}) as server:
        world.environment["MONITOR_SMTP__PORT"] = str(server.port)
        pid = course.lives()
        world.comes_true(lambda: course.states() >= {DeliveryState.SENDING}, f"{phase}: it is being sent")
        reached = {"greeting": lambda: True, "dot": lambda: server.messages}.get(
            phase, lambda: any(command.upper().startswith(phase) for command in server.commands)
        )
        world.comes_true(reached, f"the server is at {phase}")
        os.kill(pid, signal.SIGKILL)
        assert course.nursery.buries() == -signal.SIGKILL
    left = _newest(course)
    assert left.state is DeliveryState.SENDING, phase
    world.environment["MONITOR_SMTP__PORT"] = str(world.mail.port)
    course.comes_to_rest()
    return left, server.messages, world.mail.mails[had:]


def test_killed_at_each_phase_of_smtp(tmp_path: Path) -> None:
    """Up to DATA nothing was accepted, and one copy comes; from the final dot on a second one does, the same bytes."""
    with a_course(tmp_path, 6, rules=RULE, desks=DESK) as course:
        for phase in (*BEFORE, *AFTER):
            fixed, accepted, sent = _is_killed_at(phase, course)
            assert [mail.content for mail in sent] == [fixed.payload], phase
            assert accepted == ([] if phase in BEFORE else [fixed.payload]), phase
            after = _newest(course)
            assert (after.state, after.ambiguous) == (DeliveryState.SENT, 1), phase
