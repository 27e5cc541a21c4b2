"""A rule file's text as a tree in which every key and every value knows where it stands.

Owns the step from bytes to values: decoding, YAML (ruamel.yaml's parser, YAML 1.2), the plain types, and the place of
everything. It refuses to know what a rule file may say (`entries`, `load`).

Kept small on purpose: text, numbers, true/false, null, lists and mappings with text keys. `NO` and `07:00` stay text
(YAML 1.2.2, section 10.3.2, "core schema"). A key that stands twice, a tag, a merge key, a second document and an
anchor that multiplies its content are mistakes, each at its place; the tree is built without recursion, so that no
nesting is too deep to be refused.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)
from ruamel.yaml.reader import ReaderError

from monitor.errors import Problem
from monitor.rules.files.alignment import offset_in_file

MAX_DEPTH = 40
"""Rule files need seven levels; more than this is a mistake."""

MAX_REPEATED = 100_000
"""How many values anchors may add to a file before it counts as a "billion laughs"."""

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
r"""A quoted value can spell half a pair (`"\ud800"`), which no encoding can write."""
_INTEGER = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(
    r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)"
)
_NULL = frozenset(("", "~", "null", "Null", "NULL"))
_BOOLEAN = {
    word: value for value, words in ((True, "true"), (False, "false")) for word in (words, words.title(), words.upper())
}


@dataclass(slots=True, eq=False)
class Scalar:
    """A single value; offsets count code points of the file's text, quotes included."""

    start: int
    end: int
    value: str | int | float | bool | None
    text: str
    """The value as text, before it was taken for a number or a truth value."""
    style: str | None
    """None for plain, else one of ' " | >."""
    size: int = 1


@dataclass(slots=True, eq=False)
class Sequence:
    """A list."""

    start: int
    items: list[Tree] = field(default_factory=list)
    size: int = 1


@dataclass(slots=True, eq=False)
class Mapping:
    """Keys with values, in the order of the file."""

    start: int
    entries: dict[str, tuple[Scalar, Tree]] = field(default_factory=dict)
    size: int = 1

    def get(self, key: str) -> Tree | None:
        """Return the value of a key, None where the key is not there."""
        entry = self.entries.get(key)
        return None if entry is None else entry[1]


Tree = Scalar | Sequence | Mapping


@dataclass(slots=True, eq=False)
class Source:
    """A rule file that was read: its tree, and the places of things in it."""

    name: str
    text: str
    root: Tree | None
    """None for a file that holds nothing."""
    _lines: list[int]

    def place(self, offset: int) -> tuple[int, int]:
        """Return line and column, both from 1, of an offset in the file's text."""
        line = bisect_right(self._lines, offset)
        return line, offset - self._lines[line - 1] + 1

    def problem(self, at: int | Tree, message: str) -> Problem:
        """Make the problem of an offset or of a value."""
        offset = at if isinstance(at, int) else at.start
        return Problem(self.name, *self.place(offset), message)

    def offset_in(self, scalar: Scalar, position: int) -> int:
        """Return where a character of a value stands in the file's text.

        Args:
            scalar: A value of this file.
            position: An offset in `scalar.text`, 0 to its length (the end: just past the last character).
        """
        return offset_in_file(
            self.text, scalar.start, scalar.end, style=scalar.style, value=scalar.text, position=position
        )


def read_source(name: str, data: bytes) -> tuple[Source, list[Problem]]:
    """Read a rule file's bytes.

    Returns:
        The source (its `root` holds what could be read, None where that is nothing) and every problem found. YAML that
        cannot be parsed has one problem, where the parser stopped.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8-sig", "replace")
        source = _source(name, before)
        hint = "; save the file as UTF-8"
        if data.startswith((b"\xff\xfe", b"\xfe\xff")):
            return source, [Problem(name, 1, 1, "the file is UTF-16" + hint)]
        return source, [source.problem(len(before), f"the byte 0x{data[error.start]:02x} is not UTF-8{hint}")]
    source = _source(name, text)
    builder = _Builder(source)
    try:
        builder.read()
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        builder.problems.append(source.problem(min(mark.index, len(text)) if mark else 0, _syntax_message(error, text)))
    except ReaderError as error:
        builder.problems.append(
            source.problem(
                error.position, f"the character U+{ord(text[error.position]):04X} may not stand in a YAML file"
            )
        )
    except (YAMLError, ValueError, OverflowError) as error:
        # ruamel.yaml raises bare ValueErrors for some version lines and escapes past U+10FFFF.
        builder.problems.append(source.problem(0, f"this is not YAML: {str(error).splitlines()[0]}"))
    source.root = builder.root
    return source, builder.problems


def plain(tree: Tree | None) -> Any:
    """Return a tree as plain Python values: dict, list, str, int, float, bool and None."""
    match tree:
        case None:
            return None
        case Scalar():
            return tree.value
        case Sequence():
            return [plain(item) for item in tree.items]
        case Mapping():
            return {key: plain(value) for key, (_, value) in tree.entries.items()}


def scalars(tree: Tree | None) -> Iterator[Scalar]:
    """Yield every single value under a tree, keys left out, without recursion; repeated content is yielded once."""
    waiting: list[Tree] = [] if tree is None else [tree]
    seen: set[int] = set()
    while waiting:
        node = waiting.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        match node:
            case Scalar():
                yield node
            case Sequence():
                waiting += node.items
            case Mapping():
                waiting += [value for _, value in node.entries.values()]


class _Builder:
    """Builds the tree from the parser's events; keeps every problem that does not stop the parser."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.problems: list[Problem] = []
        self.root: Tree | None = None
        self._open: list[tuple[Sequence | Mapping, str | None, Scalar | None]] = []
        self._anchors: dict[str, Tree] = {}
        self._repeated = 0
        self._documents = 0
        self._done = False

    def read(self) -> None:
        for event in YAML(typ="safe", pure=True).parse(self.source.text):
            match event:
                case DocumentStartEvent():
                    self._documents += 1
                    if self._documents > 1:
                        self._complain(
                            event.start_mark.index, "a second document begins here: keep one document a file"
                        )
                        return
                case ScalarEvent():
                    self._add(self._scalar(event), event.anchor)
                case SequenceStartEvent():
                    self._begin(Sequence(event.start_mark.index), event)
                case MappingStartEvent():
                    self._begin(Mapping(event.start_mark.index), event)
                case SequenceEndEvent() | MappingEndEvent():
                    node, anchor, _ = self._open.pop()
                    self._add(node, anchor)
                case AliasEvent():
                    self._repeat(event)
            if self._done:
                return

    def _complain(self, offset: int, message: str) -> None:
        self.problems.append(self.source.problem(offset, message))

    def _begin(self, node: Sequence | Mapping, event: Any) -> None:
        if event.ctag is not None:
            self._complain(node.start, "tags (!…) are not used in rule files: write the plain value")
        if len(self._open) >= MAX_DEPTH:
            self._complain(node.start, f"nested more than {MAX_DEPTH} levels deep")
            self._done = True
        # A mapping's key waits beside it; a mapping or list in the place of a key is refused in _add.
        self._open.append((node, event.anchor, None))

    def _scalar(self, event: Any) -> Scalar:
        start, text, style = event.start_mark.index, event.value, event.style
        value: str | int | float | bool | None = text
        half = _LONE_SURROGATE.search(text)
        if half is not None:
            self._complain(start, f"the escape \\u{ord(half[0]):04x} is half of a character: no text holds it")
            text = value = _LONE_SURROGATE.sub("\ufffd", text)
        if event.ctag is not None:
            self._complain(start, "tags (!…) are not used in rule files: put the value in quotes to keep it text")
        elif style is None:
            value = _plain_value(text)
        return Scalar(start, event.end_mark.index, value, text, style)

    def _repeat(self, event: Any) -> None:
        node = self._anchors.get(event.anchor)
        if node is None:
            self._complain(event.start_mark.index, f"*{event.anchor} repeats an anchor that is not defined before it")
            node = Scalar(event.start_mark.index, event.end_mark.index, None, "", None)
        self._repeated += node.size
        if self._repeated > MAX_REPEATED:
            self._complain(event.start_mark.index, f"anchors repeat more than {MAX_REPEATED} values; write them out")
            self._done = True
        self._add(node, None)

    def _add(self, node: Tree, anchor: str | None) -> None:
        if anchor is not None:
            self._anchors[anchor] = node
        if not self._open:
            self.root = node
            return
        parent, parent_anchor, key = self._open[-1]
        parent.size += node.size
        if isinstance(parent, Sequence):
            parent.items.append(node)
        elif key is None:
            self._open[-1] = (parent, parent_anchor, self._as_key(node))
        else:
            self._open[-1] = (parent, parent_anchor, None)
            first = parent.entries.get(key.text)
            if first is None:
                parent.entries[key.text] = (key, node)
            else:
                line, column = self.source.place(first[0].start)
                self._complain(key.start, f"the key {key.text!r} stands twice; the first is at {line}:{column}")

    def _as_key(self, node: Tree) -> Scalar:
        if not isinstance(node, Scalar):
            self._complain(node.start, "a key must be text")
            return Scalar(node.start, node.start, "", "", None)
        if node.text == "<<" and node.style is None:
            self._complain(node.start, "merge keys (<<) are not used in rule files: write the keys out")
        return node


def _source(name: str, text: str) -> Source:
    starts = [0] + [match.end() for match in re.finditer(r"\n|\r(?!\n)", text)]
    return Source(name, text, None, starts)


def _plain_value(text: str) -> str | int | float | bool | None:
    """Return what a plain scalar means in YAML 1.2's core schema."""
    if text in _NULL:
        return None
    if text in _BOOLEAN:
        return _BOOLEAN[text]
    if len(text) > 40:  # no number of ours; Python refuses integers of more than 4,300 digits
        return text
    if _INTEGER.fullmatch(text):
        return int(text, 0) if text.startswith(("0o", "0x")) else int(text)
    if _FLOAT.fullmatch(text):
        return float(text.lower().replace(".inf", "inf").replace(".nan", "nan"))
    return text


def _syntax_message(error: MarkedYAMLError, text: str) -> str:
    """Say what the YAML parser found, in words for someone who edits the file."""
    mark = error.problem_mark
    problem = str(error.problem or error.context or "this is not YAML")
    at = text[mark.index : mark.index + 1] if mark else ""
    if at == "\t":
        return "a tab cannot indent in YAML: use spaces"
    if "mapping values are not allowed" in problem:
        return "a second ': ' in one line: put the value in quotes, or check the indentation"
    if at in ("@", "`", "%", "*", "&") and "cannot start any token" in problem:
        return f"a value cannot begin with {at!r}: put it in quotes"
    if "found unexpected end of stream" in problem and "quoted" in str(error.context):
        begun = error.context_mark
        return "a quote is not closed" + (f"; it opens in line {begun.line + 1}" if begun else "")
    context = f" {error.context}" if error.context and error.context != problem else ""
    return f"this is not YAML: {problem}{context}"
