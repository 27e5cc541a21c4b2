"""Lay out the rule folder of the sample day: the shipped watch, the demo's desks, and feeds on the local site.

The watch (actors, lexicons, rules) is `rules/` of the source tree, or its copy inside an installed package. Files of it
that hold feeds or desks are left out, since the day has its own, and so are the tests beside its rules, which may name
those feeds.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from monitor.demo.script import Day
from monitor.errors import InputError

_HERE = Path(__file__).parent
_OWN = _HERE / "rules"
_INSTALLED = _HERE / "watch"
"""Where the wheel puts its copy of the shipped rules."""
_SOURCE_TREE = _HERE.parent.parent / "rules"
_TESTS = re.compile(r"( +)tests:")
_TOP_LEVEL_KEY = re.compile(r"^([a-z_]+):", re.MULTILINE)


def shipped_watch() -> Path:
    """Return the folder of the shipped rules.

    Raises:
        InputError: Neither the source tree nor the package has it.
    """
    for folder in (_SOURCE_TREE, _INSTALLED):
        if any(folder.rglob("*.yaml")):
            return folder
    raise InputError("the shipped rules are missing from this installation; install the package again")


def lay_out(folder: Path, day: Day, address_of: Callable[[str], str], *, watch: Path | None = None) -> None:
    """Write the rule files of the day into a folder.

    Args:
        folder: Made if it is missing.
        day: Gives the feeds.
        address_of: Gives the address of a feed by its id.
        watch: The rules to play the day with; None for the shipped ones.
    """
    source = watch or shipped_watch()
    for path in sorted(source.rglob("*.yaml")):
        text = path.read_text(encoding="utf-8")
        if {"feeds", "desks"} & set(_TOP_LEVEL_KEY.findall(text)):
            continue
        copy = folder / path.relative_to(source)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text("".join(_without_tests(text.splitlines(keepends=True))), encoding="utf-8")
    (folder / "desks.yaml").write_text((_OWN / "desks.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    feeds = [
        {
            "id": feed.id,
            "name": feed.name,
            "url": address_of(feed.id),
            "language": feed.language,
            "tags": list(feed.tags),
            "every": feed.every,
        }
        for feed in day.feeds
    ]
    # A JSON value is a YAML value.
    lines = [f"  - {json.dumps(feed, ensure_ascii=False)}\n" for feed in feeds]
    (folder / "feeds.yaml").write_text("feeds:\n" + "".join(lines), encoding="utf-8")


def _without_tests(lines: Iterable[str]) -> Iterator[str]:
    """Leave out each `tests:` key with everything that is indented deeper than it."""
    deeper_than: int | None = None
    for line in lines:
        indent = len(line) - len(line.lstrip(" "))
        if deeper_than is not None and (not line.strip() or indent > deeper_than):
            continue
        found = _TESTS.match(line)
        deeper_than = len(found[1]) if found else None
        if found is None:
            yield line
