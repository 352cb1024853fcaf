"""One request of a client and its answer, as they went over the wire."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from typing import Any, cast
from urllib.parse import parse_qs
from xml.etree import ElementTree

import query
from botocore.loaders import Loader
from botocore.model import OperationModel, ServiceModel, Shape


@dataclass(frozen=True)
class Exchange:
    client: str
    target: str | None
    request: str
    status: int
    answer: str

    @property
    def action(self) -> str:
        if self.target is not None:
            return self.target.rpartition(".")[2]
        return parse_qs(self.request).get("Action", ["no action"])[0]

    @property
    def service(self) -> str:
        return "ecs" if self.target is not None else "sts"

    def operation(self) -> OperationModel:
        return service_model(self.service).operation_model(self.action)

    def is_fault(self, error: Shape) -> bool:
        """Whether an error is the server's and not the caller's; botocore's classes drop this."""
        return "fault" in description(self.service)["shapes"][error.name]

    def succeeded(self) -> bool:
        return self.status < 300

    def parameters(self, shape: Shape | None) -> Any:
        if self.target is not None:
            return json.loads(self.request)
        return query.parameters(self.request, shape)

    def result(self, shape: Shape | None) -> Any:
        if self.target is not None:
            return json.loads(self.answer)
        return query.result(ElementTree.fromstring(self.answer), self.action, shape)

    def error(self) -> tuple[str, dict[str, Any]]:
        """The code, and the members beside it."""
        if self.target is None:
            return query.error(ElementTree.fromstring(self.answer))
        members = json.loads(self.answer)
        code = members.pop("__type").rpartition("#")[2]
        return code, members


@cache
def description(service: str) -> dict[str, Any]:
    """`service-2.json` as botocore ships it."""
    return cast(dict[str, Any], Loader().load_service_model(service, "service-2"))


@cache
def service_model(service: str) -> ServiceModel:
    return ServiceModel(description(service), service)
