"""A value against a shape, stricter than a client reads it: nothing unknown, nothing missing, no other JSON type."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StructureShape

JSON_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "long": (int,),
    "float": (int, float),
    "double": (int, float),
    "boolean": (bool,),
    "timestamp": (int, float),
}


def problems(value: Any, shape: Shape, path: str) -> Iterator[str]:
    if isinstance(shape, StructureShape):
        yield from _of_structure(value, shape, path)
    elif isinstance(shape, ListShape):
        yield from _of_list(value, shape, path)
    elif isinstance(shape, MapShape):
        yield from _of_map(value, shape, path)
    else:
        yield from _of_scalar(value, shape, path)


def _of_structure(value: Any, shape: StructureShape, path: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield _mistyped(value, shape, path)
        return
    for name in shape.required_members:
        if name not in value:
            yield f"{_join(path, name)} is missing, and {shape.name} requires it"
    for name, member in value.items():
        if name in shape.members:
            yield from problems(member, shape.members[name], _join(path, name))
        else:
            yield f"{_join(path, name)} is no member of {shape.name}"


def _of_list(value: Any, shape: ListShape, path: str) -> Iterator[str]:
    if not isinstance(value, list):
        yield _mistyped(value, shape, path)
        return
    for index, item in enumerate(value):
        yield from problems(item, shape.member, f"{path}[{index}]")


def _of_map(value: Any, shape: MapShape, path: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield _mistyped(value, shape, path)
        return
    for key, item in value.items():
        yield from problems(key, shape.key, f"a key of {path}")
        yield from problems(item, shape.value, _join(path, key))


def _of_scalar(value: Any, shape: Shape, path: str) -> Iterator[str]:
    allowed = JSON_TYPES[shape.type_name]
    # To Python a bool is an int; to JSON it is not.
    if not isinstance(value, allowed) or (isinstance(value, bool) and bool not in allowed):
        yield _mistyped(value, shape, path)
    elif shape.metadata.get("enum") and value not in shape.metadata["enum"]:
        yield f"{path} is {value!r}, and {shape.name} knows only {', '.join(shape.metadata['enum'])}"


def _mistyped(value: Any, shape: Shape, path: str) -> str:
    return f"{path} is {value!r}, and {shape.name} is of type {shape.type_name}"


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
