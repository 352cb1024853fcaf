"""Checks recorded exchanges against the API model of botocore.

Reads a JSON list of exchanges from stdin, prints one line for each problem, and exits with 1 if there is one.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator

import strict
from botocore.model import OperationModel
from botocore.validate import ParamValidator
from exchange import Exchange

# Errors that any AWS service may answer and no model lists.
COMMON_ERRORS = {
    "AccessDeniedException",
    "AccessDenied",
    "ExpiredTokenException",
    "ThrottlingException",
    "UnrecognizedClientException",
}


def problems(exchange: Exchange) -> Iterator[str]:
    try:
        operation = exchange.operation()
        yield from _of_request(exchange, operation)
        yield from _of_answer(exchange, operation) if exchange.succeeded() else _of_error(exchange, operation)
    except Exception as error:
        yield f"cannot be read: {type(error).__name__}: {error}"


def _of_request(exchange: Exchange, operation: OperationModel) -> Iterator[str]:
    parameters = exchange.parameters(operation.input_shape)
    report = ParamValidator().validate(parameters, operation.input_shape)
    if report.has_errors():
        yield f"request: botocore says: {'; '.join(report.generate_report().splitlines())}"
    for problem in strict.problems(parameters, operation.input_shape, ""):
        yield f"request: {problem}"


def _of_answer(exchange: Exchange, operation: OperationModel) -> Iterator[str]:
    if exchange.status != 200:
        yield f"answer: the HTTP status is {exchange.status}, not 200"
    for problem in strict.problems(exchange.result(operation.output_shape), operation.output_shape, ""):
        yield f"answer: {problem}"


def _of_error(exchange: Exchange, operation: OperationModel) -> Iterator[str]:
    code, members = exchange.error()
    shape = next((shape for shape in operation.error_shapes if shape.error_code == code), None)
    if shape is None:
        if code not in COMMON_ERRORS:
            yield f"error: {code} is no error of {operation.name}"
        return
    usual = 500 if exchange.is_fault(shape) else 400
    if exchange.status // 100 != usual // 100:
        yield f"error: the HTTP status of {code} is {exchange.status}, not {usual}"
    if not isinstance(members.get("message"), str):
        yield f"error: {code} has no message"
    for problem in strict.problems(members, shape, code):
        yield f"error: {problem}"


def main() -> int:
    exchanges = [Exchange(**fields) for fields in json.load(sys.stdin)]
    found = [
        f"{exchange.client}, call {number}, {exchange.action}: {problem}"
        for number, exchange in enumerate(exchanges, start=1)
        for problem in problems(exchange)
    ]
    if not exchanges:
        found.append("no exchange was recorded")
    print("\n".join(found) if found else f"{len(exchanges)} exchanges agree with the model")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
