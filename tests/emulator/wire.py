# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Parse requests and render results as rest-xml, based on botocore's service model."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any
from urllib.parse import parse_qsl, unquote
from xml.etree import ElementTree
from xml.sax.saxutils import escape

from botocore.loaders import Loader
from botocore.model import ListShape, OperationModel, ServiceModel, Shape, StructureShape

Params = dict[str, Any]
Result = dict[str, Any]
Render = Callable[[Any], str]


@dataclass
class Response:
    """An HTTP response, with instructions for the transport."""

    status: int
    headers: dict[str, str]
    body: bytes
    delay: float = 0.0
    reset: bool = False
    # The number of bytes of the body to send before closing the connection; None sends all.
    cut: int | None = None


class ServiceError(Exception):
    """An error response of CloudFront. The default HTTP status is that of the model.

    With an empty code, the response has no Code. A message that is already `escaped` is sent unchanged.
    """

    def __init__(self, code: str, message: str, status: int | None = None, *, escaped: bool = False) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.escaped = escaped
        self.status = status or _error_statuses()[code]


@cache
def service_model() -> ServiceModel:
    return ServiceModel(Loader().load_service_model("cloudfront", "service-2"), "cloudfront")


@cache
def namespace() -> str:
    return f"http://cloudfront.amazonaws.com/doc/{service_model().api_version}/"


@cache
def _error_statuses() -> dict[str, int]:
    return {shape.name: shape.metadata["error"]["httpStatusCode"] for shape in service_model().error_shapes}


def bad_marker(marker: str) -> ServiceError:
    return ServiceError("InvalidArgument", f"The marker is not valid: {marker}")


class Operation:
    """An operation of the model: matches and parses its requests, and renders its results."""

    def __init__(self, name: str) -> None:
        model: OperationModel = service_model().operation_model(name)
        assert model.input_shape
        assert model.output_shape
        uri: str = model.http["requestUri"]
        self.name = name
        self.namespace = namespace()
        self.method: str = model.http["method"]
        self.status: int = model.http["responseCode"]
        self.labels: list[str] = re.findall(r"{(\w+)}", uri)
        # An empty label matches: botocore sends one for an empty ID, and the service responds to it.
        self._uri = re.compile(re.sub(r"{\w+}", "([^/]*)", uri))
        self._input = model.input_shape
        self._payload: str | None = self._input.serialization.get("payload")
        self._in_query = {
            shape.serialization["name"]: (member, shape)
            for member, shape in self._input.members.items()
            if shape.serialization.get("location") == "querystring"
        }
        output = model.output_shape
        self._header_members = {
            member: shape.serialization["name"]
            for member, shape in output.members.items()
            if shape.serialization.get("location") == "header"
        }
        self._body_member: str | None = output.serialization.get("payload")
        body = output.members[self._body_member] if self._body_member else output
        self._render_body = _renderer(body, body.name, f' xmlns="{namespace()}"')

    def match(self, method: str, path: str) -> list[str] | None:
        """Return the labels in the path of a request, or None if it is for another operation."""
        found = self._uri.fullmatch(path) if method == self.method else None
        return [unquote(label) for label in found.groups()] if found else None

    def parse(self, labels: list[str], query: str, body: bytes) -> Params:
        params: Params = dict(zip(self.labels, labels, strict=True))
        for name, text in parse_qsl(query, keep_blank_values=True):
            if name in self._in_query:
                member, shape = self._in_query[name]
                params[member] = _scalar(shape, text)
        if self._payload:
            params[self._payload] = _parse(self._input.members[self._payload], ElementTree.fromstring(body))
        elif body:
            params.update(_parse(self._input, ElementTree.fromstring(body)))
        return params

    def render(self, result: Result) -> Response:
        headers = {self._header_members[member]: result[member] for member in self._header_members if member in result}
        body = result[self._body_member] if self._body_member else result
        return xml_response(self.status, self._render_body(body), headers)


@cache
def operation(name: str) -> Operation:
    return Operation(name)


def render_error(error: ServiceError, request_id: str, xmlns: str) -> Response:
    blame = "Sender" if error.status < 500 else "Receiver"
    code = f"<Code>{escape(error.code)}</Code>" if error.code else ""
    message = error.message if error.escaped else escape(error.message)
    return xml_response(
        error.status,
        f'<ErrorResponse xmlns="{xmlns}"><Error><Type>{blame}</Type>{code}<Message>{message}</Message></Error>'
        f"<RequestId>{request_id}</RequestId></ErrorResponse>",
        {},
    )


def xml_response(status: int, text: str, headers: dict[str, str]) -> Response:
    return Response(status, {"Content-Type": "text/xml", **headers}, f'<?xml version="1.0"?>\n{text}'.encode())


# Rendering: each shape is compiled once into a function that renders a value as an element.


def _renderer(shape: Shape, tag: str, attributes: str = "") -> Render:
    opening, closing = f"<{tag}{attributes}>", f"</{tag}>"
    if isinstance(shape, StructureShape):
        return _structure_renderer(shape, opening, closing)
    if isinstance(shape, ListShape):
        # Compiled at the first item, because a shape can contain itself. CloudFront has no flattened lists.
        item = cache(lambda: _renderer(shape.member, shape.member.serialization.get("name", "member")))
        return lambda values: f"{opening}{''.join(map(item(), values))}{closing}"
    text = _SCALARS[shape.type_name]
    return lambda value: f"{opening}{text(value)}{closing}"


def _structure_renderer(shape: StructureShape, opening: str, closing: str) -> Render:
    required = frozenset(shape.required_members)

    @cache
    def writers() -> dict[str, Render]:
        return {
            member: _renderer(inner, inner.serialization.get("name", member))
            for member, inner in shape.members.items()
            if "location" not in inner.serialization
        }

    def render(value: Mapping[str, Any]) -> str:
        known = writers()
        if not (value.keys() <= shape.members.keys() and required <= value.keys()):
            raise TypeError(f"{shape.name} has {list(known)} and requires {sorted(required)}; got {list(value)}")
        parts = [opening]
        for member, write in known.items():
            inner = value.get(member)
            # A fault sets a required member to None to omit it.
            if inner is not None:
                parts.append(write(inner))
        parts.append(closing)
        return "".join(parts)

    return render


def timestamp(value: float) -> str:
    return datetime.fromtimestamp(value, UTC).isoformat(timespec="milliseconds")[:-6] + "Z"


_SCALARS: dict[str, Callable[[Any], str]] = {
    "string": escape,
    "integer": lambda value: str(int(value)),
    "long": lambda value: str(int(value)),
    "boolean": lambda value: "true" if value else "false",
    "timestamp": timestamp,
}


# Parsing. Botocore validates requests, so a request that violates the model is an error in a test.


def _parse(shape: Shape, element: ElementTree.Element) -> Any:
    if isinstance(shape, StructureShape):
        members = {inner.serialization.get("name", name): name for name, inner in shape.members.items()}
        named = [(members[child.tag.rpartition("}")[2]], child) for child in element]
        return {member: _parse(shape.members[member], child) for member, child in named}
    if isinstance(shape, ListShape):
        return [_parse(shape.member, child) for child in element]
    return _scalar(shape, element.text or "")


def _scalar(shape: Shape, text: str) -> str | int:
    return int(text) if shape.type_name == "integer" else text
