"""How `rules check` says what it found: for people, for programs, for GitHub's annotations and as SARIF.

Owns the forms only; what is a problem (`rules.load`) and what is unwise (`rules.lint`) is decided there.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from importlib.metadata import version
from itertools import islice
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.text import Text

from monitor.cli.output import console, counted, harmless
from monitor.errors import Problem
from monitor.rules.lint.findings import Check, Finding, Level

INVALID = "E100"
"""The code of a mistake that keeps the book from loading."""

_EXCERPT = 110
"""Code points of a line of a file that are shown."""
_TELLS_OF_SECRET = re.compile("secrets never stand in rule files")
"""The line such a message is about is not shown: logs of CI are public."""

_STYLES = {Level.ERROR: "bold red", Level.WARNING: "yellow", Level.INFO: "cyan"}
_GITHUB = {Level.ERROR: "error", Level.WARNING: "warning", Level.INFO: "notice"}
_SARIF = {Level.ERROR: "error", Level.WARNING: "warning", Level.INFO: "note"}


class ReportFormat(StrEnum):
    """The forms a report can take."""

    TEXT = "text"
    JSON = "json"
    GITHUB = "github"
    SARIF = "sarif"


@dataclass(frozen=True, slots=True)
class Line:
    """One problem or finding."""

    file: str
    line: int
    column: int
    level: Level
    code: str
    message: str
    fix: str = ""

    @property
    def sentence(self) -> str:
        """Return message and fix on one line."""
        return f"{self.message}. {self.fix}" if self.fix else self.message


def lines_of(problems: Iterable[Problem], findings: Iterable[Finding]) -> list[Line]:
    """Bring problems and findings into one form, problems first."""
    lines = [Line(each.file, each.line, each.column, Level.ERROR, INVALID, each.message) for each in problems]
    for each in findings:
        place = each.place
        lines.append(Line(place.file, place.line, place.column, each.level, each.code, each.message, each.fix))
    return lines


def print_text(lines: Sequence[Line], *, with_notes: bool, summary: str, idle: str = "") -> None:
    """Print a line for each, its fix beneath, and a summary; `idle` says why the rule files watch nothing."""
    out = console()
    secret = {(line.file, line.line) for line in lines if _TELLS_OF_SECRET.search(line.message)}
    for line in lines:
        if line.level is Level.INFO and not with_notes:
            continue
        text = Text(f"{line.file}:{line.line}:{line.column}: ", style="bold")
        text.append(f"{line.level} {line.code}", style=_STYLES[line.level])
        text.append(f": {line.message}", style="not bold")
        out.print(text, soft_wrap=True)
        if line.level is Level.ERROR and (line.file, line.line) not in secret:
            _print_excerpt(out, line)
        if line.fix:
            out.print(Text(f"    {line.fix}", style="dim"), soft_wrap=True)
    counts = Counter(line.level for line in lines)
    said = [
        counted(counts[level], name)
        for level, name in ((Level.ERROR, "error"), (Level.WARNING, "warning"), (Level.INFO, "note"))
        if counts[level]
    ]
    if idle or not said:
        said.append(idle or "nothing to mend")
    hidden = " (--notes shows them)" if counts[Level.INFO] and not with_notes else ""
    out.print(Text(f"{summary}: {', '.join(said)}{hidden}"), soft_wrap=True)


def _print_excerpt(out: Console, line: Line) -> None:
    """Print the line of the file with a caret under the place, where the file can still be read."""
    try:
        with Path(line.file).open(encoding="utf-8-sig", errors="replace") as file:
            shown = next(islice(file, line.line - 1, None), "").rstrip("\r\n")
    except OSError:
        return
    begin = max(0, line.column - 1 - _EXCERPT // 2)
    shown = harmless(shown[begin : begin + _EXCERPT])
    if shown:
        out.print(Text(f"    {shown}", style="dim"), soft_wrap=True)
        out.print(Text(f"    {' ' * (line.column - 1 - begin)}^", style="bold red"), soft_wrap=True)


def as_json(lines: Sequence[Line]) -> str:
    """Return all as one JSON document."""
    counts = Counter(line.level for line in lines)
    document = {"counts": {level: counts[level] for level in Level}, "findings": [asdict(line) for line in lines]}
    return json.dumps(document, ensure_ascii=False, indent=2)


def as_github(lines: Sequence[Line]) -> str:
    """Return workflow commands (docs.github.com, "Workflow commands", error, warning and notice messages)."""
    return "".join(
        f"::{_GITHUB[line.level]} file={_property(line.file)},line={line.line},col={line.column},"
        f"title={_property(line.code)}::{_data(line.sentence)}\n"
        for line in lines
    )


def as_sarif(lines: Sequence[Line], checks: Sequence[Check]) -> str:
    """Return a SARIF 2.1.0 log (OASIS, "Static Analysis Results Interchange Format")."""
    rules: list[dict[str, Any]] = [
        {
            "id": INVALID,
            "shortDescription": {"text": "A mistake that keeps the rule files from loading"},
            "defaultConfiguration": {"level": "error"},
        }
    ]
    rules += [
        {
            "id": check.code,
            "shortDescription": {"text": check.title},
            "help": {"text": check.fix},
            "defaultConfiguration": {"level": _SARIF[check.level]},
        }
        for check in checks
    ]
    order = {rule["id"]: index for index, rule in enumerate(rules)}
    results = [
        {
            "ruleId": line.code,
            "ruleIndex": order[line.code],
            "level": _SARIF[line.level],
            "message": {"text": line.sentence},
            "locations": [
                {
                    "physicalLocation": {
                        "artifactLocation": {"uri": line.file},
                        "region": {"startLine": line.line, "startColumn": line.column},
                    }
                }
            ],
        }
        for line in lines
    ]
    run = {
        "tool": {"driver": {"name": "monitor rules check", "version": version("news-monitor"), "rules": rules}},
        "columnKind": "unicodeCodePoints",
        "results": results,
    }
    log = {"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [run]}
    return json.dumps(log, ensure_ascii=False, indent=2)


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
