# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults: each one selects some requests and has one effect on them."""

from __future__ import annotations

import math
import random
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum, auto
from fnmatch import fnmatchcase
from http import HTTPStatus

from .wire import Params, Response, Result, ServiceError, bad_marker, render_error


@dataclass
class Exchange:
    """A request and, as it is processed, its result and its response."""

    operation: str
    target: str
    request_id: str
    namespace: str
    params: Params = field(default_factory=dict)
    result: Result | None = None
    response: Response | None = None

    def fail(self, error: ServiceError) -> None:
        self.respond(render_error(error, self.request_id, self.namespace))

    def respond(self, response: Response) -> None:
        """Set or replace the response, but keep a delay and other instructions to the transport."""
        if self.response:
            response = replace(self.response, status=response.status, headers=response.headers, body=response.body)
        self.response = response

    @property
    def page(self) -> Result:
        """Return the page of a list operation. No effect changes the results of other operations."""
        assert self.result is not None
        page: Result = self.result.get("InvalidationList") or self.result.get("DistributionList") or self.result
        return page

    @property
    def items(self) -> list[Result]:
        items: list[Result] = self.page.get("Items") or self.page.get("DistributionTenantList") or []
        return items

    def set_truncated(self, truncated: bool | None) -> None:
        """Set IsTruncated, or remove it with None; lists of tenants never have it."""
        if "IsTruncated" in self.page:
            self.page["IsTruncated"] = truncated


class Stage(Enum):
    REQUEST = auto()  # before the operation, which is skipped if the effect sets the response
    RESULT = auto()
    RESPONSE = auto()


Apply = Callable[["Fault", Exchange], None]


@dataclass(frozen=True)
class Effect:
    """What a fault does: its stages, the bodies that it can send, and whether it replaces the response."""

    apply: Apply
    stages: tuple[Stage, ...]
    replaces: bool
    bodies: tuple[str, ...]


EFFECTS: dict[str, Effect] = {}


def _effect(*stages: Stage, replaces: bool = False, bodies: tuple[str, ...] = ()) -> Callable[[Apply], Apply]:
    def register(apply: Apply) -> Apply:
        EFFECTS[apply.__name__] = Effect(apply, stages, replaces, bodies)
        return apply

    return register


@dataclass
class Fault:
    """The effect `does` on all requests that meet the conditions.

    `operation` and `target` are patterns (`List*`). It applies from `after` to `until` seconds after it was added.
    `first`, `every` and `at` refer to the number of a request, from 1, among those for `operation` and `target` in that
    time. The other fields belong to single effects, whose docstrings describe them.

    For effects that replace the response, `performed` is whether the operation is still carried out. By default, it is
    carried out for `foreign` and `reset`, but not for `error`, `throttle` and `access_denied`.
    """

    does: str
    operation: str = "*"
    target: str = "*"
    after: float = 0.0
    until: float = math.inf
    first: int | None = None
    every: int | None = None
    at: Sequence[int] = ()
    probability: float = 1.0
    seed: int = 0
    seconds: float = 0.0
    status: int | None = None
    code: str | None = None
    message: str | None = None
    body: str | None = None
    performed: bool | None = None

    def __post_init__(self) -> None:
        if self.does in ("empty", "html"):
            self.does, self.body = "foreign", self.does
        if self.does not in EFFECTS:
            raise ValueError(f"{self.does!r} is not an effect; the effects are: {', '.join(EFFECTS)}")
        self.effect = EFFECTS[self.does]
        if self.body not in (None, *self.effect.bodies):
            raise ValueError(f"{self.does!r} has no body {self.body!r}")
        self.stages = self.effect.stages
        if self.performed is not None:
            if not self.effect.replaces:
                raise ValueError(f"{self.does!r} does not replace the response")
            self.stages = (Stage.RESPONSE if self.performed else Stage.REQUEST,)
        self.added = 0.0
        self.seen = 0
        self.chance = random.Random(self.seed)
        self.first_markers: dict[tuple[str, str], str] = {}

    def picks(self, operation: str, target: str, now: float) -> bool:
        if not (
            fnmatchcase(operation, self.operation)
            and fnmatchcase(target, self.target)
            and self.after <= now - self.added < self.until
        ):
            return False
        self.seen += 1
        return (
            (self.first is None or self.seen <= self.first)
            and (self.every is None or self.seen % self.every == 0)
            and (not self.at or self.seen in self.at)
            and (self.probability == 1.0 or self.chance.random() < self.probability)
        )

    def apply(self, stage: Stage, exchange: Exchange) -> None:
        if stage in self.stages:
            self.effect.apply(self, exchange)


# Effects that replace the response.


_FOREIGN_BODIES = ("empty", "none", "html")  # "none" is an alias of "empty".


def _foreign(body: str | None, status: HTTPStatus) -> Response:
    """Return a response that is not CloudFront's, for example a proxy's."""
    if body != "html":
        return Response(status.value, {}, b"")
    title = f"{status} {status.phrase}"
    page = f"<!DOCTYPE html>\n<html><head><title>{title}</title></head><body><h1>{title}</h1></body></html>\n"
    return Response(status.value, {"Content-Type": "text/html"}, page.encode())


@_effect(Stage.REQUEST, replaces=True, bodies=(*_FOREIGN_BODIES, "nocode", "rawxml"))
def error(fault: Fault, exchange: Exchange) -> None:
    """An error with `status` (503), `code` and `message`.

    `body` is a body of `foreign`, or CloudFront's own without a Code (`nocode`) or with raw XML in Message (`rawxml`).
    """
    status = HTTPStatus(fault.status or 503)
    code = "" if fault.body == "nocode" else fault.code or status.phrase.replace(" ", "")
    message = fault.message or status.phrase
    if fault.body in _FOREIGN_BODIES:
        exchange.respond(_foreign(fault.body, status))
    elif fault.body == "rawxml":
        exchange.fail(ServiceError(code, f"<Fault><Reason>{message}</Reason></Fault>", status, escaped=True))
    else:
        exchange.fail(ServiceError(code, message, status))


@_effect(Stage.REQUEST, replaces=True)
def throttle(fault: Fault, exchange: Exchange) -> None:
    """400 Throttling, or another `status` or `code`."""
    exchange.fail(ServiceError(fault.code or "Throttling", "Rate exceeded", fault.status or 400))


@_effect(Stage.REQUEST, replaces=True)
def access_denied(dummy: Fault, exchange: Exchange) -> None:
    """403 AccessDenied that names the action and the resource."""
    action, resource = f"cloudfront:{exchange.operation}", "*"
    if exchange.operation == "AssumeRole":
        action, resource = "sts:AssumeRole", exchange.params["RoleArn"]
    elif exchange.target:
        kind = "distribution-tenant" if exchange.target.startswith("dt_") else "distribution"
        resource = f"arn:aws:cloudfront::123456789012:{kind}/{exchange.target}"
    message = (
        f"User: arn:aws:iam::123456789012:user/deploy is not authorized to perform: {action} on resource: {resource} "
        f"because no identity-based policy allows the {action} action"
    )
    exchange.fail(ServiceError("AccessDenied", message))


@_effect(Stage.RESPONSE, replaces=True, bodies=_FOREIGN_BODIES)
def foreign(fault: Fault, exchange: Exchange) -> None:
    """Status 200 with a `body` that is not CloudFront's: `empty` (the default) or `html`."""
    exchange.respond(_foreign(fault.body, HTTPStatus.OK))


@_effect(Stage.RESPONSE, replaces=True)
def reset(dummy: Fault, exchange: Exchange) -> None:
    """The connection is reset without a response."""
    exchange.response = exchange.response or Response(0, {}, b"")
    exchange.response.reset = True


# Effects on the request.


@_effect(Stage.REQUEST)
def ignore_marker(dummy: Fault, exchange: Exchange) -> None:
    exchange.params.pop("Marker", None)


@_effect(Stage.REQUEST)
def ignore_max_items(dummy: Fault, exchange: Exchange) -> None:
    exchange.params.pop("MaxItems", None)


@_effect(Stage.REQUEST)
def marker_expired(dummy: Fault, exchange: Exchange) -> None:
    """400 InvalidArgument if a marker was sent."""
    if exchange.params.get("Marker"):
        exchange.fail(bad_marker(exchange.params["Marker"]))


# Effects on a page of a list.


@_effect(Stage.RESULT)
def truncated_without_marker(dummy: Fault, exchange: Exchange) -> None:
    exchange.set_truncated(True)
    exchange.page.pop("NextMarker", None)


@_effect(Stage.RESULT)
def marker_without_truncated(dummy: Fault, exchange: Exchange) -> None:
    exchange.set_truncated(False)
    if exchange.items:
        exchange.page["NextMarker"] = exchange.items[-1]["Id"]


@_effect(Stage.RESULT)
def marker_not_echoed(dummy: Fault, exchange: Exchange) -> None:
    """The Marker of the response is empty. Lists of tenants never have one."""
    if "Marker" in exchange.page:
        exchange.page["Marker"] = ""


@_effect(Stage.RESULT)
def no_is_truncated(dummy: Fault, exchange: Exchange) -> None:
    exchange.set_truncated(None)


@_effect(Stage.RESULT)
def marker_cycle(fault: Fault, exchange: Exchange) -> None:
    """The last page points to the second: three pages give the markers A-B-A-B, fewer give A-A."""
    page, key = exchange.page, (exchange.operation, exchange.target)
    if exchange.items:
        fault.first_markers.setdefault(key, page.get("NextMarker") or exchange.items[-1]["Id"])
    if "NextMarker" not in page and key in fault.first_markers:
        page["NextMarker"] = fault.first_markers[key]
        exchange.set_truncated(True)


@_effect(Stage.RESULT)
def unordered(fault: Fault, exchange: Exchange) -> None:
    """The items of each page are shuffled, depending on `seed`."""
    fault.chance.shuffle(exchange.items)


@_effect(Stage.REQUEST, Stage.RESULT)
def opaque_markers(dummy: Fault, exchange: Exchange) -> None:
    """Markers are opaque tokens; an item's ID is not accepted."""
    if exchange.result is None:
        token = exchange.params.get("Marker")
        if token:
            try:
                exchange.params["Marker"] = urlsafe_b64decode(token.removeprefix("tok.")).decode()
            except ValueError:
                exchange.fail(bad_marker(token))
        return
    for member in ("Marker", "NextMarker"):
        if exchange.page.get(member):
            exchange.page[member] = "tok." + urlsafe_b64encode(exchange.page[member].encode()).decode()


# Effects on the response, after the operation was performed.


@_effect(Stage.RESPONSE)
def latency(fault: Fault, exchange: Exchange) -> None:
    """The response is delayed by `seconds`."""
    assert exchange.response
    exchange.response.delay += fault.seconds


@_effect(Stage.RESPONSE)
def cut(dummy: Fault, exchange: Exchange) -> None:
    """The connection closes in the middle of the body."""
    assert exchange.response
    exchange.response.cut = len(exchange.response.body) // 2
