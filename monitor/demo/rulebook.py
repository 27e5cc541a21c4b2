"""Lay out the rule folder of the sample day: a watch, desks, and the day's own feeds on the local site.

The watch (actors, lexicons, rules) is `rules/` of the source tree, or its copy inside an installed package, or a folder
that an operator names. Its feeds are left out, since the day has its own, and so are the tests beside its rules, which
may name those feeds. The shipped watch plays with the demo's desks; an operator's folder keeps its own if any:
whatever their addresses are, mail and posts go to the stand-ins.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from monitor.demo.script import Day
from monitor.errors import InputError, RuleBookError
from monitor.rules.files.folder import read_rule_files

_HERE = Path(__file__).parent
_DESKS = _HERE / "rules" / "desks.yaml"
_INSTALLED = _HERE / "watch"
"""Where the wheel puts its copy of the shipped rules."""
_SOURCE_TREE = _HERE.parent.parent / "rules"
_FEEDS_AND_TESTS = re.compile(r"(feeds| +tests):")
_FEEDS_AND_TESTS_AND_DESKS = re.compile(r"(feeds|desks| +tests):")
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
        watch: The operator's folder to play with, one that `load_rule_book` accepts; None for the shipped watch.

    Raises:
        RuleBookError: The folder cannot be read.
    """
    source = watch or shipped_watch()
    dropped = _FEEDS_AND_TESTS if watch is not None else _FEEDS_AND_TESTS_AND_DESKS
    has_desks = False
    files, problems = read_rule_files(source)
    if problems:
        raise RuleBookError(problems)
    for file in files:
        kept = "".join(_without(dropped, file.data.decode("utf-8").splitlines(keepends=True)))
        has_desks = has_desks or "desks" in _TOP_LEVEL_KEY.findall(kept)
        copy = folder / Path(file.name).relative_to(source)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text(kept, encoding="utf-8")
    if not has_desks:
        (folder / "demo-desks.yaml").write_text(_DESKS.read_text(encoding="utf-8"), encoding="utf-8")
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
    (folder / "demo-feeds.yaml").write_text("feeds:\n" + "".join(lines), encoding="utf-8")


def _without(keys: re.Pattern[str], lines: Iterable[str]) -> Iterator[str]:
    """Leave out the values of some keys, written as block mappings: every line that is indented deeper.

    Items of a list may stand at the depth of their key, as YAML allows.
    """
    deeper_than: int | None = None
    for line in lines:
        indent = len(line) - len(line.lstrip(" "))
        if deeper_than is not None and (
            not line.strip() or indent > deeper_than or (indent == deeper_than and line[indent] in "-#")
        ):
            continue
        deeper_than = indent if keys.match(line) else None
        if deeper_than is None:
            yield line
