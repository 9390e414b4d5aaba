# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How it breaks: rules, each of which picks some requests and has one effect on them."""

from __future__ import annotations

import random
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from fnmatch import fnmatchcase
from http import HTTPStatus

from .wire import Params, Response, Result, ServiceError, render_error


@dataclass
class Exchange:
    """A request on its way to becoming an answer."""

    operation: str
    target: str
    request_id: str
    params: Params = field(default_factory=dict)
    result: Result | None = None
    response: Response | None = None

    @property
    def page(self) -> Result:
        """What a list operation answers with. In any other result no effect finds what it would change."""
        assert self.result is not None
        page: Result = self.result.get("InvalidationList") or self.result.get("DistributionList") or self.result
        return page

    @property
    def items(self) -> list[Result]:
        items: list[Result] = self.page.get("Items") or self.page.get("DistributionTenantList") or []
        return items

    def claim_truncated(self, claim: bool | None) -> None:
        """Say whether more follows; lists of tenants never do."""
        if "IsTruncated" in self.page:
            self.page["IsTruncated"] = claim


class Stage(Enum):
    REQUEST = auto()  # before the operation; an effect that sets the response takes the operation's place
    RESULT = auto()
    RESPONSE = auto()


@dataclass
class Fault:
    """One rule: the effect `does` on the requests that fulfil all the conditions given.

    `operation` and `target` are patterns (`List*`). `first`, `every` and `at` go by the number, from 1, that a
    request has among those for `operation` and `target`. The other fields belong to single effects, which say so.
    """

    does: str
    operation: str = "*"
    target: str = "*"
    first: int | None = None
    every: int | None = None
    at: Sequence[int] = ()
    probability: float = 1.0
    seed: int = 0
    seconds: float = 0.0
    status: int | None = None
    code: str | None = None
    message: str | None = None
    body: str = "xml"

    def __post_init__(self) -> None:
        if self.does not in _EFFECTS:
            raise ValueError(f"{self.does!r} is none of the effects: {', '.join(_EFFECTS)}")
        self.seen = 0
        self.chance = random.Random(self.seed)
        self.first_markers: dict[tuple[str, str], str] = {}

    def picks(self, operation: str, target: str) -> bool:
        if not (fnmatchcase(operation, self.operation) and fnmatchcase(target, self.target)):
            return False
        self.seen += 1
        return (
            (self.first is None or self.seen <= self.first)
            and (self.every is None or self.seen % self.every == 0)
            and (not self.at or self.seen in self.at)
            and (self.probability == 1.0 or self.chance.random() < self.probability)
        )

    def apply(self, stage: Stage, exchange: Exchange) -> None:
        stages, effect = _EFFECTS[self.does]
        if stage in stages:
            effect(self, exchange)


Effect = Callable[[Fault, Exchange], None]
_EFFECTS: dict[str, tuple[tuple[Stage, ...], Effect]] = {}


def _effect(*stages: Stage) -> Callable[[Effect], Effect]:
    def register(effect: Effect) -> Effect:
        _EFFECTS[effect.__name__] = (stages, effect)
        return effect

    return register


def _foreign(body: str, status: HTTPStatus) -> Response:
    """What something between here and CloudFront answers: an HTML page or nothing."""
    if body == "none":
        return Response(status, {}, b"")
    title = f"{status} {status.phrase}"
    page = f"<!DOCTYPE html>\n<html><head><title>{title}</title></head><body><h1>{title}</h1></body></html>\n"
    return Response(status, {"Content-Type": "text/html"}, page.encode())


# In the operation's place.


@_effect(Stage.REQUEST)
def error(fault: Fault, exchange: Exchange) -> None:
    """An error with `status` (503), `code` and `message`; `body` is xml, html (as of a proxy) or none."""
    status = HTTPStatus(fault.status or 503)
    code = fault.code or status.phrase.replace(" ", "")
    exchange.response = render_error(ServiceError(code, fault.message or status.phrase, status), exchange.request_id)
    if fault.body != "xml":
        exchange.response = _foreign(fault.body, status)


@_effect(Stage.REQUEST)
def throttle(fault: Fault, exchange: Exchange) -> None:
    """400 Throttling; or with another `code`, `message` or `status`."""
    failure = ServiceError(fault.code or "Throttling", fault.message or "Rate exceeded", fault.status or 400)
    exchange.response = render_error(failure, exchange.request_id)


@_effect(Stage.REQUEST)
def access_denied(dummy: Fault, exchange: Exchange) -> None:
    action = f"cloudfront:{exchange.operation}"
    kind = "distribution-tenant" if exchange.target.startswith("dt_") else "distribution"
    resource = f"arn:aws:cloudfront::123456789012:{kind}/{exchange.target}" if exchange.target else "*"
    message = (
        f"User: arn:aws:iam::123456789012:user/deploy is not authorized to perform: {action} on resource: {resource} "
        f"because no identity-based policy allows the {action} action"
    )
    exchange.response = render_error(ServiceError("AccessDenied", message), exchange.request_id)


# On the request.


@_effect(Stage.REQUEST)
def ignore_marker(dummy: Fault, exchange: Exchange) -> None:
    exchange.params.pop("Marker", None)


@_effect(Stage.REQUEST)
def ignore_max_items(dummy: Fault, exchange: Exchange) -> None:
    exchange.params.pop("MaxItems", None)


# On the page of a list.


@_effect(Stage.RESULT)
def truncated_without_marker(dummy: Fault, exchange: Exchange) -> None:
    exchange.claim_truncated(True)
    exchange.page.pop("NextMarker", None)


@_effect(Stage.RESULT)
def marker_without_truncated(dummy: Fault, exchange: Exchange) -> None:
    exchange.claim_truncated(False)
    if exchange.items:
        exchange.page["NextMarker"] = exchange.items[-1]["Id"]


@_effect(Stage.RESULT)
def no_is_truncated(dummy: Fault, exchange: Exchange) -> None:
    exchange.claim_truncated(None)


@_effect(Stage.RESULT)
def marker_cycle(fault: Fault, exchange: Exchange) -> None:
    """The last page names the second as the next: three pages make A-B-A-B, fewer A-A."""
    page, key = exchange.page, (exchange.operation, exchange.target)
    if exchange.items:
        fault.first_markers.setdefault(key, page.get("NextMarker") or exchange.items[-1]["Id"])
    if "NextMarker" not in page and key in fault.first_markers:
        page["NextMarker"] = fault.first_markers[key]
        exchange.claim_truncated(True)


@_effect(Stage.RESULT)
def unordered(fault: Fault, exchange: Exchange) -> None:
    """The items of a page in any order, by `seed`."""
    fault.chance.shuffle(exchange.items)


@_effect(Stage.REQUEST, Stage.RESULT)
def opaque_markers(dummy: Fault, exchange: Exchange) -> None:
    """Markers are tokens, and the Id of an item is none."""
    if exchange.result is None:
        token = exchange.params.get("Marker")
        if token:
            try:
                exchange.params["Marker"] = urlsafe_b64decode(token.removeprefix("tok.")).decode()
            except ValueError:
                failure = ServiceError("InvalidArgument", f"The marker is not valid: {token}")
                exchange.response = render_error(failure, exchange.request_id)
        return
    for member in ("Marker", "NextMarker"):
        if exchange.page.get(member):
            exchange.page[member] = "tok." + urlsafe_b64encode(exchange.page[member].encode()).decode()


# On the answer, after the operation was done.


@_effect(Stage.RESPONSE)
def html(dummy: Fault, exchange: Exchange) -> None:
    """Status 200 and a page that is none of CloudFront's."""
    exchange.response = _foreign("html", HTTPStatus.OK)


@_effect(Stage.RESPONSE)
def empty(dummy: Fault, exchange: Exchange) -> None:
    """Status 200 and no body."""
    exchange.response = _foreign("none", HTTPStatus.OK)


@_effect(Stage.RESPONSE)
def latency(fault: Fault, exchange: Exchange) -> None:
    """The answer comes `seconds` later."""
    assert exchange.response
    exchange.response.delay += fault.seconds


@_effect(Stage.RESPONSE)
def cut(dummy: Fault, exchange: Exchange) -> None:
    """The connection closes in the middle of the body."""
    assert exchange.response
    exchange.response.cut = len(exchange.response.body) // 2


@_effect(Stage.RESPONSE)
def reset(dummy: Fault, exchange: Exchange) -> None:
    """The connection is reset instead of an answer."""
    assert exchange.response
    exchange.response.reset = True
