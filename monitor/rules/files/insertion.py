"""A test put into a rule file as an editor would: lines are added, and none of the file's own is changed.

Owns where in a file's text a rule's next test belongs and how it is written there. The places come from ruamel.yaml's
composer; the file is not written anew from its values, which would move comments that stand after the last test and
drop an anchor that nothing repeats. A list in brackets stays in brackets. What comes out is read again: it must say
what the file said before and the test, or nothing comes out.

Refuses to open files, and to know why a test is wanted.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.nodes import CollectionNode, MappingNode, Node, ScalarNode, SequenceNode

from monitor.errors import InputError
from monitor.rules.book import RuleTest
from monitor.rules.files.source import plain, read_source

_STEP = 2
"""Spaces by which a new block is indented further."""


def with_tests(name: str, text: str, rule_id: str, tests: Sequence[RuleTest]) -> str:
    """Return a rule file's text with further tests of one of its rules.

    Args:
        name: The file, for messages.
        text: All of it, without a byte order mark; it loads as a rule file.
        rule_id: A rule that stands in it.
        tests: Each with a text or a title.

    Raises:
        InputError: The rule is written in a way to which no line can be added; the message has the test.
    """
    for test in tests:
        added = _with_test(text, rule_id, test)
        if added is None or _values(added) != _expected(_values(text), rule_id, test):
            raise InputError(
                f"{name}: rule {rule_id} is written so that no test can be put in by itself; add this one by hand,"
                f" under {_list_name(test)}: {_flow(test)}"
            )
        text = added
    return text


@dataclass(frozen=True, slots=True)
class _Written:
    """A value in both of YAML's ways: as lines under a key, and on one line in brackets."""

    block: Sequence[str]
    flow: str

    def under(self, key: str) -> _Written:
        """Write a mapping of this one value."""
        return _Written([f"{key}:", *_indented(self.block)], f"{{{key}: {self.flow}}}")


def _with_test(text: str, rule_id: str, test: RuleTest) -> str | None:
    """Find the innermost block that is there already, and add what is missing in it."""
    rule = _rule(text, rule_id)
    if rule is None:
        return None
    key, item = _list_name(test), _Written(_block(test), f"[{_flow(test)}]")
    tests = _value(rule, "tests")
    if not isinstance(tests, MappingNode):
        return _in_mapping(text, rule, "tests", item.under(key))
    items = _value(tests, key)
    if not isinstance(items, SequenceNode):
        return _in_mapping(text, tests, key, item)
    if items.flow_style:
        return _before_end(text, items, _flow(test))
    return _after(text, _end(text, items), items.start_mark.column, item.block)


def _in_mapping(text: str, mapping: MappingNode, key: str, value: _Written) -> str | None:
    """Add a key with its value to a mapping; a key that is there with nothing behind it gets the value."""
    empty = next((name for name, _ in mapping.value if name.value == key), None)
    if mapping.flow_style:
        return None if empty is not None else _before_end(text, mapping, f"{key}: {value.flow}")
    column = mapping.value[0][0].start_mark.column
    if empty is not None:
        return _after(text, _end(text, empty), column, _indented(value.block))
    return _after(text, _end(text, mapping), column, [f"{key}:", *_indented(value.block)])


def _after(text: str, offset: int, column: int, lines: Sequence[str]) -> str:
    """Add lines, indented by `column`, after the line in which an offset lies."""
    newline = "\r\n" if "\r\n" in text else "\n"
    end = text.find("\n", offset)
    head, tail = (text, "") if end < 0 else (text[: end + 1], text[end + 1 :])
    if not head.endswith("\n"):
        head += newline
    return head + "".join((" " * column + line).rstrip() + newline for line in lines) + tail


def _before_end(text: str, node: CollectionNode, flow: str) -> str:
    """Add a value before the bracket that ends a node."""
    end = node.end_mark.index - 1
    inside = text[:end].rstrip()
    joint = "" if not node.value else " " if inside.endswith(",") else ", "
    return inside + joint + flow + text[len(inside) :]


def _end(text: str, node: Node) -> int:
    """Return where what a node says ends; a block ends for the composer where the next one begins."""
    if isinstance(node, ScalarNode) or getattr(node, "flow_style", False):
        return len(text[: node.end_mark.index].rstrip())
    return max((_end(text, child) for child in _children(node)), default=len(text[: node.end_mark.index].rstrip()))


def _children(node: Node) -> Iterator[Node]:
    for child in node.value:
        if isinstance(child, tuple):
            yield from child
        else:
            yield child


def _rule(text: str, rule_id: str) -> MappingNode | None:
    root = YAML(typ="safe", pure=True).compose(text)
    rules = _value(root, "rules") if isinstance(root, MappingNode) else None
    listed = rules.value if isinstance(rules, SequenceNode) else []
    mappings = (rule for rule in listed if isinstance(rule, MappingNode))
    return next((rule for rule in mappings if getattr(_value(rule, "id"), "value", None) == rule_id), None)


def _value(mapping: MappingNode, key: str) -> Node | None:
    return next((value for name, value in mapping.value if name.value == key), None)


def _list_name(test: RuleTest) -> str:
    return "match" if test.expect_match else "skip"


def _fields(test: RuleTest) -> dict[str, str]:
    """Return what is written of a test; a text alone where that is all."""
    given = {"title": test.title, "text": test.text, "feed": test.feed, "language": test.language, "url": test.url}
    return {name: value for name, value in given.items() if value}


def _block(test: RuleTest) -> list[str]:
    """Write a test as an item of a block list, each line without the list's own indentation."""
    fields = _fields(test)
    if set(fields) == {"text"}:
        first, *more = _scalar("", fields["text"])
        return [f"- {first.lstrip()}", *more]
    lines = [line for name, value in fields.items() for line in _scalar(f"{name}:", value)]
    return [f"- {lines[0]}", *_indented(lines[1:])]


def _scalar(before: str, value: str) -> list[str]:
    """Write a value after its key: as it is where YAML leaves it alone, of several lines as a literal block."""
    if "\n" in value:
        block = [f"{before} |-", *_indented(value.split("\n"))]
        if _values("\n".join(["x: |-", *_indented(value.split("\n"))])) == {"x": value}:
            return block
    as_is = f"{before} {value}"
    if "\n" not in value and _values(f"- {value}") == [value] and _values(f"x: {value}") == {"x": value}:
        return [as_is]
    return [f"{before} {json.dumps(value, ensure_ascii=False)}"]


def _flow(test: RuleTest) -> str:
    """Write a test on one line; a JSON string is a YAML string."""
    fields = {name: json.dumps(value, ensure_ascii=False) for name, value in _fields(test).items()}
    if set(fields) == {"text"}:
        return fields["text"]
    return "{" + ", ".join(f"{name}: {value}" for name, value in fields.items()) + "}"


def _indented(lines: Sequence[str]) -> list[str]:
    return [" " * _STEP + line if line else "" for line in lines]


def _values(text: str) -> Any:
    """Return what a text says; None where it is no YAML."""
    source, problems = read_source("", text.encode())
    return None if problems else plain(source.root)


def _expected(values: Any, rule_id: str, test: RuleTest) -> Any:
    """Add a test to what a file says; `values` is this function's to change."""
    fields: Any = _fields(test)
    for rule in values["rules"]:
        if rule.get("id") == rule_id:
            rule["tests"] = rule.get("tests") or {}
            items = rule["tests"].get(_list_name(test)) or []
            rule["tests"][_list_name(test)] = [*items, fields["text"] if set(fields) == {"text"} else fields]
    return values
