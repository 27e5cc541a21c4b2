"""The mistake in a query, and how it is shown: its line, a caret, what was expected, and what may have been meant."""

from __future__ import annotations

from monitor.errors import ConfigurationError


class QueryError(ConfigurationError):
    """A query that cannot be read.

    Attributes:
        message: What is wrong, one sentence without a full stop.
        position: Where it begins in the source, in code points.
        end: Where it ends (half-open; equal to `position` where something is missing).
        expected: What could stand there, as one would type it.
        hint: A guess at what was meant, or "".
        source: The query.
    """

    def __init__(
        self,
        message: str,
        position: int,
        end: int,
        expected: tuple[str, ...] = (),
        hint: str = "",
        *,
        source: str = "",
    ) -> None:
        self.message = message
        self.position = position
        self.end = max(end, position)
        self.expected = expected
        self.hint = hint
        self.source = source
        super().__init__(self.sentence)

    @property
    def sentence(self) -> str:
        """Return message, expectation and guess on one line."""
        said = self.message
        if self.expected:
            said += f"; expected {_listed(self.expected)}"
        return f"{said}. {self.hint}" if self.hint else said

    @property
    def line(self) -> int:
        """Return the line of the source, from 1."""
        return self.source.count("\n", 0, self.position) + 1

    @property
    def column(self) -> int:
        """Return the column in that line, in code points from 1."""
        return self.position - (self.source.rfind("\n", 0, self.position) + 1) + 1

    def render(self) -> str:
        """Return the line of the source, a caret line under it, and the sentence."""
        lines = self.source.split("\n")
        shown = lines[self.line - 1] if self.source else ""
        width = max(1, min(self.end - self.position, len(shown) - self.column + 1))
        lead = "".join("\t" if character == "\t" else " " for character in shown[: self.column - 1])
        return f"{shown}\n{lead}{'^' * width}\nline {self.line}, column {self.column}: {self.sentence}"


def _listed(names: tuple[str, ...]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"
