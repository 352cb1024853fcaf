"""The Query protocol of STS: forms in, XML out. Lists and blocks in a form are not read: they count as unknown."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl
from xml.etree.ElementTree import Element

from botocore.model import ListShape, Shape, StructureShape

NOT_PARAMETERS = {"Action", "Version"}


def parameters(form: str, shape: Shape | None) -> dict[str, Any]:
    pairs = parse_qsl(form, keep_blank_values=True)
    return {name: _scalar(text, _member(shape, name)) for name, text in pairs if name not in NOT_PARAMETERS}


def result(root: Element, action: str, shape: StructureShape | None) -> Any:
    _expect(root, f"{action}Response")
    children = {_name(child): child for child in root}
    if set(children) != {f"{action}Result", "ResponseMetadata"}:
        raise ValueError(f"{action}Response holds {sorted(children)}")
    return _value(children[f"{action}Result"], shape)


def error(root: Element) -> tuple[str, dict[str, Any]]:
    _expect(root, "ErrorResponse")
    members = {_name(child): child.text for block in root if _name(block) == "Error" for child in block}
    return str(members.get("Code")), {"message": members.get("Message")}


def _value(element: Element, shape: Shape | None) -> Any:
    if isinstance(shape, ListShape):
        return [_value(child, shape.member) for child in element]
    if isinstance(shape, StructureShape) or len(element):
        return {_name(child): _value(child, _member(shape, _name(child))) for child in element}
    return _scalar(element.text or "", shape)


def _member(shape: Shape | None, name: str) -> Shape | None:
    return shape.members.get(name) if isinstance(shape, StructureShape) else None


def _scalar(text: str, shape: Shape | None) -> Any:
    if shape is not None and shape.type_name == "integer":
        return int(text)
    if shape is not None and shape.type_name == "timestamp":
        return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S%z").timestamp()
    return text


def _name(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def _expect(element: Element, name: str) -> None:
    if _name(element) != name:
        raise ValueError(f"the answer is a {_name(element)}, not a {name}")
