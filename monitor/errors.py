"""Every exception that the monitor raises on purpose, drawn once. Expected outcomes are values in `model`, not these.

MonitorError
├── ConfigurationError      the operator's files or environment: exit 2, nothing was changed
│   └── RuleBookError       one or more rule files; `.problems` has them all
├── StateError              the state folder or the database
│   ├── AlreadyRunningError another daemon owns the state folder
│   └── SchemaError         the database is newer than this program, or not ours
└── InputError              a file or address given on the command line
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


class MonitorError(Exception):
    """Base of all errors that are shown to a person without a traceback."""


class ConfigurationError(MonitorError):
    """The environment, a secret file or a rule file is wrong; the message says where and what to do."""


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One mistake in a rule file. Line and column count from 1."""

    file: str
    line: int
    column: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.message}"


class RuleBookError(ConfigurationError):
    """Rule files that give no rule book; carries every problem of every file."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(sorted(problems))
        super().__init__("\n".join(str(problem) for problem in self.problems))


class StateError(MonitorError):
    """The state folder or the database cannot be used; nothing was changed."""


class AlreadyRunningError(StateError):
    """Another daemon owns the state folder; the message names it."""


class SchemaError(StateError):
    """The database was written by a newer version, or by another program."""


class InputError(MonitorError):
    """A file or an address given on the command line cannot be read; the message says why."""
