"""Lint for actors: acronyms without context, names that several actors share, groups that reach nobody."""

from __future__ import annotations

import re
from collections.abc import Iterator

from monitor.rules.files.load import LoadedBook
from monitor.rules.lint.findings import Check, Level, Spot
from monitor.rules.lint.terms import alias_place, referenced
from monitor.text.words import term_forms

_ACRONYM = re.compile(r"[A-Z][A-Z0-9]{1,4}|(?:[A-Z]\.){2,5}")
"""Two to five capitals: the length at which most acronyms have several lives."""


def _folded(text: str) -> str:
    return (term_forms(text) or (text,))[0]


def _acronym_without_context(loaded: LoadedBook) -> Iterator[Spot]:
    for id_, actor in loaded.book.actors.items():
        for index, alias in enumerate(actor.aliases):
            if _ACRONYM.fullmatch(alias.text) and not alias.needs:
                place = alias_place(loaded.items["actors"][id_], index)
                yield Spot(
                    place,
                    f"the acronym {alias.text!r} holds wherever it stands, whatever it means there",
                    f"Write {{text: {alias.text}, case: exact, needs: [words that stand near it]}}.",
                )


def _acronym_any_case(loaded: LoadedBook) -> Iterator[Spot]:
    for id_, actor in loaded.book.actors.items():
        for index, alias in enumerate(actor.aliases):
            if _ACRONYM.fullmatch(alias.text) and not alias.exact:
                place = alias_place(loaded.items["actors"][id_], index)
                yield Spot(place, f"the acronym {alias.text!r} also holds for {alias.text.lower()!r}")


def _alias_twice(loaded: LoadedBook) -> Iterator[Spot]:
    for id_, actor in loaded.book.actors.items():
        seen: dict[tuple[str, bool], str] = {}
        for index, alias in enumerate(actor.aliases):
            key = (alias.text if alias.exact else _folded(alias.text), alias.exact)
            first = seen.setdefault(key, alias.text)
            dated = alias.valid_from or alias.valid_until
            if first is not alias.text and not dated:
                place = alias_place(loaded.items["actors"][id_], index)
                yield Spot(
                    place, f"{alias.text!r} is the same as {first!r}: case, accents and letter variants do not count"
                )


def _shared_alias(loaded: LoadedBook) -> Iterator[Spot]:
    owners: dict[str, list[tuple[str, int]]] = {}
    for id_, actor in loaded.book.actors.items():
        for index, alias in enumerate(actor.aliases):
            if not alias.bare:
                owners.setdefault(_folded(alias.text), []).append((id_, index))
    for claims in owners.values():
        for id_, index in claims:
            others = sorted({other for other, _ in claims if other != id_})
            if others:
                text = loaded.book.actors[id_].aliases[index].text
                place = alias_place(loaded.items["actors"][id_], index)
                yield Spot(
                    place, f"{text!r} is also an alias of {', '.join(others)}: an article that says it is about both"
                )


def _alias_is_lookalike(loaded: LoadedBook) -> Iterator[Spot]:
    for id_, actor in loaded.book.actors.items():
        aliases = {_folded(alias.text): alias.text for alias in actor.aliases}
        for index, lookalike in enumerate(actor.lookalikes):
            if _folded(lookalike) in aliases:
                place = loaded.place("actors", id_, "lookalikes", index)
                yield Spot(
                    place, f"{lookalike!r} is both an alias and a lookalike of {id_!r}: the alias can never hold"
                )


def _name_not_listed(loaded: LoadedBook) -> Iterator[Spot]:
    for id_, actor in loaded.book.actors.items():
        if _folded(actor.name) not in {_folded(alias.text) for alias in actor.aliases}:
            place = loaded.place("actors", id_, "name")
            yield Spot(
                place, f"the name {actor.name!r} is not among the aliases: an article that only uses it is missed"
            )


def _unused_actor(loaded: LoadedBook) -> Iterator[Spot]:
    used = referenced(loaded, "actor")
    for id_, actor in loaded.book.actors.items():
        carried = any(
            parent in loaded.book.actors and loaded.book.actors[parent].include_members for parent in actor.parents
        )
        shares = any(alias.bare for alias in actor.aliases)  # it takes a shared name from the others
        if id_ not in used and not carried and not shares:
            yield Spot(loaded.place("actors", id_), f"no query names the actor {id_!r}")


def _group_without_members(loaded: LoadedBook) -> Iterator[Spot]:
    parents = {parent for actor in loaded.book.actors.values() for parent in actor.parents}
    for id_, actor in loaded.book.actors.items():
        if actor.include_members and id_ not in parents:
            yield Spot(
                loaded.place("actors", id_, "members"),
                f"{id_!r} holds for its members, but no actor names it as a parent",
            )


def _parent_without_effect(loaded: LoadedBook) -> Iterator[Spot]:
    for id_, actor in loaded.book.actors.items():
        for index, parent in enumerate(actor.parents):
            if not loaded.book.actors[parent].include_members:
                place = loaded.place("actors", id_, "parents", index)
                yield Spot(place, f"{parent!r} does not say 'members: true': actor:{parent} does not hold for {id_!r}")


def _distance_without_reach(loaded: LoadedBook) -> Iterator[Spot]:
    for id_, actor in loaded.book.actors.items():
        for index, alias in enumerate(actor.aliases):
            if alias.within is not None and alias.within < 3:  # "the TTP militants": two words are one step
                place = loaded.place("actors", id_, "aliases", index, "within")
                yield Spot(
                    place, f"a needed term must stand within {alias.within} words of {alias.text!r}: hardly ever"
                )


CHECKS = (
    Check("A101", Level.WARNING, "An acronym without context", "Give it 'needs'.", _acronym_without_context),
    Check("A102", Level.WARNING, "An acronym whose case does not count", "Write case: exact.", _acronym_any_case),
    Check("A103", Level.WARNING, "An alias that is listed twice", "Remove one of them.", _alias_twice),
    Check(
        "A104",
        Level.WARNING,
        "An alias that several actors have",
        "Write bare: true with 'needs' for each of them, or remove it from one.",
        _shared_alias,
    ),
    Check("A105", Level.ERROR, "An alias that is its own lookalike", "Remove one of the two.", _alias_is_lookalike),
    Check("A106", Level.INFO, "A name that is no alias", "Add the name to the aliases.", _name_not_listed),
    Check(
        "A107", Level.INFO, "An actor that nothing uses", "Use it as actor:id in a query, or remove it.", _unused_actor
    ),
    Check(
        "A108",
        Level.WARNING,
        "A group that has no members",
        "Write parents: [id] at its members.",
        _group_without_members,
    ),
    Check(
        "A109",
        Level.INFO,
        "A parent that does not include its members",
        "Write members: true there.",
        _parent_without_effect,
    ),
    Check(
        "A110", Level.WARNING, "Context that can hardly be met", "Write within: 10 or more.", _distance_without_reach
    ),
)
