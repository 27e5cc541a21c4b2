"""Lint for desks: nobody writes to them, times at which nothing may leave, alerts that would flood."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import time

from monitor.model import ChannelSpec, EmailChannel, Severity, WebhookChannel
from monitor.rules.files.load import LoadedBook
from monitor.rules.lint.findings import Check, Level, Spot


def _without_rules(loaded: LoadedBook) -> Iterator[Spot]:
    named = {desk for rule in loaded.book.rules.values() for desk in rule.desks}
    for id_ in loaded.book.desks:
        if id_ not in named:
            yield Spot(loaded.place("desks", id_), f"no rule names the desk {id_!r}: it will never hear anything")


def _digest_in_quiet_hours(loaded: LoadedBook) -> Iterator[Spot]:
    for id_, desk in loaded.book.desks.items():
        item = loaded.items["desks"][id_]
        for index, at in enumerate(item.entry.digests):
            if desk.quiet_hours is not None and _is_between(at, *desk.quiet_hours):
                end = desk.quiet_hours[1]
                yield Spot(
                    item.place("digests", index),
                    f"{at:%H:%M} lies in the quiet hours: this digest waits until {end:%H:%M}",
                )


def _recipient_twice(loaded: LoadedBook) -> Iterator[Spot]:
    for id_ in loaded.book.desks:
        item = loaded.items["desks"][id_]
        seen: set[str] = set()
        for index, channel in enumerate(item.entry.channels):
            key_of_way, names = next(
                (key, value if isinstance(value, list) else [value]) for key, value in channel if value is not None
            )
            for at, name in enumerate(names):
                key = name if key_of_way == "webhook" else name.casefold()
                if key in seen:
                    place = item.place("channels", index, key_of_way, at)
                    yield Spot(place, f"{name} stands twice: each digest would come twice")
                seen.add(key)


def _flood(loaded: LoadedBook) -> Iterator[Spot]:
    for id_, desk in loaded.book.desks.items():
        item = loaded.items["desks"][id_]
        for index, severity in enumerate(item.entry.immediate):
            if severity.rank <= Severity.NORMAL.rank and (desk.digest_times or desk.digest_every):
                yield Spot(
                    item.place("immediate", index), f"every {severity} alert is a message of its own, day and night"
                )


def _urgent_waits(loaded: LoadedBook) -> Iterator[Spot]:
    for rule in loaded.book.rules.values():
        if rule.severity is not Severity.URGENT:
            continue
        for index, id_ in enumerate(rule.desks):
            if Severity.URGENT not in loaded.book.desks[id_].immediate:
                place = loaded.place("rules", rule.id, "desks", index)
                yield Spot(place, f"the rule is urgent, but the desk {id_!r} hears of it only at its next digest")


def _digest_twice(loaded: LoadedBook) -> Iterator[Spot]:
    for id_ in loaded.book.desks:
        item = loaded.items["desks"][id_]
        listed = item.entry.digests
        for index, at in enumerate(listed):
            if at in listed[:index]:
                yield Spot(item.place("digests", index), f"{at:%H:%M} is listed twice")


def _shared_recipient(loaded: LoadedBook) -> Iterator[Spot]:
    owners: dict[str, str] = {}
    for id_, desk in loaded.book.desks.items():
        for channel in desk.channels:
            for name in _recipients(channel):
                first = owners.setdefault(name.casefold(), id_)
                both = [rule.id for rule in loaded.book.rules.values() if {first, id_} <= set(rule.desks)]
                if first != id_ and both:
                    rule_ids = ", ".join(both[:3])
                    yield Spot(
                        loaded.place("desks", id_, "channels"),
                        f"{name} is told by {first!r} as well: alerts of {rule_ids} come twice",
                    )


def _recipients(channel: ChannelSpec) -> tuple[str, ...]:
    match channel:
        case EmailChannel():
            return channel.recipients
        case WebhookChannel():
            return ()  # a program may well want every desk
        case _:
            return (channel.name,)


def _is_between(at: time, start: time, end: time) -> bool:
    """Say whether a time lies in a stretch of the day that may cross midnight; its end does not count."""
    return start <= at < end if start < end else at >= start or at < end


CHECKS = (
    Check("D101", Level.WARNING, "A desk without rules", "Name it in 'desks' of a rule, or remove it.", _without_rules),
    Check(
        "D102",
        Level.WARNING,
        "A digest in the quiet hours",
        "Move the digest or the quiet hours.",
        _digest_in_quiet_hours,
    ),
    Check("D103", Level.WARNING, "A recipient that stands twice", "Remove one of them.", _recipient_twice),
    Check("D104", Level.WARNING, "Everyday alerts that do not wait", "Keep 'immediate' to high and urgent.", _flood),
    Check("D105", Level.WARNING, "An urgent rule that waits", "Write immediate: [urgent] at the desk.", _urgent_waits),
    Check("D106", Level.WARNING, "A digest time that is listed twice", "Remove one of them.", _digest_twice),
    Check(
        "D107", Level.INFO, "A recipient of two desks that share a rule", "Remove it from one desk.", _shared_recipient
    ),
)
