# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How it breaks: rules, each of which picks some requests and has one effect on them."""

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
    """A request on its way to becoming an answer."""

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
        """Replace the response, if there is one, but keep what the transport is to do to it."""
        if self.response:
            response = replace(self.response, status=response.status, headers=response.headers, body=response.body)
        self.response = response

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

    `operation` and `target` are patterns (`List*`). It applies from `after` to `until` seconds after it was added.
    `first`, `every` and `at` refer to the number of a request, from 1, among those for `operation` and `target` in that
    time. The other fields belong to single effects, whose docstrings describe them.

    `performed` applies to the effects that replace the response: whether the operation is carried out all the same. By
    default `error`, `throttle` and `access_denied` do not carry it out; `foreign`, `empty`, `html` and `reset` do.
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
        if self.does not in _EFFECTS:
            raise ValueError(f"{self.does!r} is none of the effects: {', '.join(_EFFECTS)}")
        bodies = _BODIES.get(self.does, ())
        if self.body is not None and self.body not in bodies:
            raise ValueError(f"{self.body!r} is not a body of {self.does!r}, which has: {', '.join(bodies) or 'none'}")
        self.stages, self.effect = _EFFECTS[self.does]
        if self.performed is not None:
            if self.does not in _REPLACING:
                raise ValueError(f"{self.does!r} does not replace the response; only these do: {', '.join(_REPLACING)}")
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
            self.effect(self, exchange)


Effect = Callable[[Fault, Exchange], None]
_EFFECTS: dict[str, tuple[tuple[Stage, ...], Effect]] = {}


def _effect(*stages: Stage) -> Callable[[Effect], Effect]:
    def register(effect: Effect) -> Effect:
        _EFFECTS[effect.__name__] = (stages, effect)
        return effect

    return register


_REPLACING: list[str] = []


def _replacing(*, performed: bool) -> Callable[[Effect], Effect]:
    """Register an effect that replaces the response; the operation is performed or not, unless the rule says."""

    def register(effect: Effect) -> Effect:
        _REPLACING.append(effect.__name__)
        return _effect(Stage.RESPONSE if performed else Stage.REQUEST)(effect)

    return register


_DECLARATION = '<?xml version="1.0"?>\n'
_PAGE = "<head><title>{title}</title></head><body><h1>{title}</h1></body></html>\n"
_FOREIGN_BODIES = {
    # The content type and the text.
    "empty": (None, ""),
    "none": (None, ""),  # the same
    "whitespace": ("text/xml", " \n\n "),
    "html": ("text/html", f"<!DOCTYPE html>\n<html>{_PAGE}"),
    "xhtml": ("text/xml", f'{_DECLARATION}<html xmlns="http://www.w3.org/1999/xhtml">{_PAGE}'),
    "xml": (
        "text/xml",
        f'{_DECLARATION}<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>b</Name></ListBucketResult>',
    ),
}
_BODIES = {"foreign": (*_FOREIGN_BODIES,), "error": (*_FOREIGN_BODIES, "nocode", "rawxml")}


def _foreign(body: str, status: HTTPStatus) -> Response:
    """A response that is not CloudFront's, as from a proxy."""
    content_type, text = _FOREIGN_BODIES[body]
    headers = {"Content-Type": content_type} if content_type else {}
    return Response(status.value, headers, text.format(title=f"{status} {status.phrase}").encode())


@_replacing(performed=False)
def error(fault: Fault, exchange: Exchange) -> None:
    """An error with `status` (503), `code` and `message`.

    `body` is one that `foreign` has; or CloudFront's own, but without a Code (`nocode`) or with XML in the Message that
    is not escaped (`rawxml`).
    """
    status = HTTPStatus(fault.status or 503)
    code = fault.code or status.phrase.replace(" ", "")
    message = fault.message or status.phrase
    if fault.body in _FOREIGN_BODIES:
        exchange.respond(_foreign(fault.body, status))
    elif fault.body == "nocode":
        exchange.fail(ServiceError("", message, status))
    elif fault.body == "rawxml":
        xml = fault.message or f"<Fault><Reason>{message}</Reason></Fault>"
        exchange.fail(ServiceError(code, xml, status, escaped=True))
    else:
        exchange.fail(ServiceError(code, message, status))


@_replacing(performed=False)
def throttle(fault: Fault, exchange: Exchange) -> None:
    """400 Throttling; or with another `code`, `message` or `status`."""
    exchange.fail(ServiceError(fault.code or "Throttling", fault.message or "Rate exceeded", fault.status or 400))


@_replacing(performed=False)
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


@_replacing(performed=True)
def foreign(fault: Fault, exchange: Exchange) -> None:
    """Status 200, or `status`, and a `body` that is not CloudFront's.

    It is `empty` (the default), `whitespace`, `html`, or well-formed XML of content type text/xml: `xhtml`, or `xml` of
    another service.
    """
    exchange.respond(_foreign(fault.body or "empty", HTTPStatus(fault.status or 200)))


@_replacing(performed=True)
def empty(dummy: Fault, exchange: Exchange) -> None:
    """Short for `foreign`."""
    exchange.respond(_foreign("empty", HTTPStatus.OK))


@_replacing(performed=True)
def html(dummy: Fault, exchange: Exchange) -> None:
    """Short for `foreign` with the body html."""
    exchange.respond(_foreign("html", HTTPStatus.OK))


@_replacing(performed=True)
def reset(dummy: Fault, exchange: Exchange) -> None:
    """The connection is reset instead of a response."""
    exchange.response = exchange.response or Response(0, {}, b"")
    exchange.response.reset = True


# On the request.


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
def marker_not_echoed(dummy: Fault, exchange: Exchange) -> None:
    """The Marker of the response is empty; lists of tenants have none anyway."""
    if "Marker" in exchange.page:
        exchange.page["Marker"] = ""


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
                exchange.fail(bad_marker(token))
        return
    for member in ("Marker", "NextMarker"):
        if exchange.page.get(member):
            exchange.page[member] = "tok." + urlsafe_b64encode(exchange.page[member].encode()).decode()


# On the response, after the operation was performed.


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
