"""pydantic's findings about an entry as problems of a rule file: line and column, and words an operator can act on.

Owns the wording. It refuses to know which entries exist and what they refer to (`load`).
"""

from __future__ import annotations

import types
from collections.abc import Iterator
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, RootModel, ValidationError
from pydantic_core import ErrorDetails

from monitor.errors import Problem
from monitor.rules.files.guess import did_you_mean
from monitor.rules.files.source import Mapping, Scalar, Sequence, Source, Tree

_SECRETS = ("password", "passwd", "token", "secret", "webhook", "api_key", "apikey", "credential")

Location = tuple[int | str, ...]


def problems_of(error: ValidationError, model: type[BaseModel], source: Source, node: Tree) -> Iterator[Problem]:
    """Yield a problem for each mistake that a model found in an entry.

    Args:
        error: What validation raised.
        model: The model of the entry.
        source: The file.
        node: The entry in the file.
    """
    for mistake in error.errors(include_url=False):
        location = mistake["loc"]
        known = keys_of(model, location[:-1]) if mistake["type"] == "extra_forbidden" else ()
        yield source.problem(offset_of(node, location, mistake["type"]), _words(mistake, known))


def unknown_key(key: str, known: tuple[str, ...]) -> str:
    """Say that a key means nothing here, and which one was probably meant."""
    if any(word in key.casefold() for word in _SECRETS):
        return (
            f"the key {key!r} is not known here, and secrets never stand in rule files: "
            "use an environment variable or a secret file (MONITOR_SMTP__PASSWORD, /run/secrets/…)"
        )
    hint = did_you_mean(key, known)
    return f"the key {key!r} is not known here{hint or '; known are ' + ', '.join(known)}"


def keys_of(model: type[BaseModel], location: Location = ()) -> tuple[str, ...]:
    """Return the keys that may be written at a place below an entry, () where that is no mapping of ours."""
    here: Any = model
    for part in location:
        if isinstance(here, type) and issubclass(here, BaseModel) and not issubclass(here, RootModel):
            by_key = {field.alias or name: field.annotation for name, field in here.model_fields.items()}
            here = _bare(by_key.get(str(part)))
        elif get_origin(here) in (list, dict):
            here = _bare(get_args(here)[-1])
        else:
            return ()
    if isinstance(here, type) and issubclass(here, BaseModel) and not issubclass(here, RootModel):
        return tuple(field.alias or name for name, field in here.model_fields.items())
    return ()


def offset_of(node: Tree, location: Location, kind: str = "") -> int:
    """Return where in the file a mistake stands: the key for an unknown one and for an empty value, else the value.

    A place that is not in the file (a missing key, a text that stands for a mapping) is that of the nearest thing
    around it.
    """
    offset = node.start
    for depth, part in enumerate(location):
        if isinstance(node, Mapping) and part in node.entries:
            key, node = node.entries[str(part)]
            is_last = depth == len(location) - 1
            is_empty = isinstance(node, Scalar) and node.value is None
            offset = key.start if is_empty or (is_last and kind == "extra_forbidden") else node.start
        elif isinstance(node, Sequence) and isinstance(part, int) and part < len(node.items):
            node = node.items[part]
            offset = node.start
        else:
            break
    return offset


def _bare(annotation: Any) -> Any:
    """Return an annotation without `Annotated` and `| None`."""
    while True:
        origin = get_origin(annotation)
        if origin is Annotated:
            annotation = get_args(annotation)[0]
        elif origin in (Union, types.UnionType):
            annotation = next(item for item in get_args(annotation) if item is not type(None))
        else:
            return annotation


def _words(mistake: ErrorDetails, known: tuple[str, ...]) -> str:
    key = mistake["loc"][-1] if mistake["loc"] else 0
    what = f"{key!r}" if isinstance(key, str) else "this"
    context = mistake.get("ctx", {})
    match mistake["type"]:
        case "value_error":
            return str(context["error"])
        case "extra_forbidden":
            return unknown_key(str(key), known)
        case "missing":
            return f"the key {what} is missing"
        case "list_type":
            return f"{what} must be a list: [one, two], or a line with '- ' for each"
        case "model_type" | "dict_type" | "model_attributes_type":
            return "this must be a mapping of keys and values"
        case "bool_type":
            return f"{what} is true or false"
        case "int_type":
            return f"{what} must be a whole number"
        case "greater_than_equal":
            return f"{what} must be at least {context['ge']}"
        case "less_than_equal":
            return f"{what} must be at most {context['le']}"
        case "too_short":
            return f"{what} must not be empty"
        case "string_pattern_mismatch" if key == "case":
            return "'case' is exact or any"
    return f"{what}: {mistake['msg']}"
