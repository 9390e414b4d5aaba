# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The JSON interface that controls an emulator from other processes; the package's docstring documents it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from http import HTTPStatus
from typing import Any

from .cloudfront import CloudFront
from .wire import Response

ROOT = "/_emulator/"


def _calls(cf: CloudFront, dummy: Any) -> object:
    return {"calls": cf.calls, "total": cf.calls.total(), "throttled": cf.throttled, "peak": cf.peak}


def _requests(cf: CloudFront, dummy: Any) -> object:
    return {"requests": [asdict(request) for request in cf.requests]}


def _each(add: Callable[..., object], sent: Any) -> None:
    for fields in sent if isinstance(sent, list) else [sent]:
        add(**fields)


def _advance(cf: CloudFront, sent: Any) -> object:
    cf.clock.advance(sent["advance"])
    return {"now": cf.clock.now()}


_HANDLERS: dict[tuple[str, str], Callable[[CloudFront, Any], object]] = {
    ("GET", "calls"): _calls,
    ("DELETE", "calls"): lambda cf, dummy: cf.reset_calls(),
    ("GET", "requests"): _requests,
    ("POST", "world"): lambda cf, sent: cf.load(sent),
    ("POST", "faults"): lambda cf, sent: _each(cf.add_fault, sent),
    ("DELETE", "faults"): lambda cf, dummy: cf.clear_faults(),
    ("POST", "rate_limits"): lambda cf, sent: _each(cf.limit_rate, sent),
    ("DELETE", "rate_limits"): lambda cf, dummy: cf.clear_rate_limits(),
    ("POST", "clock"): _advance,
    ("POST", "reset"): lambda cf, dummy: cf.reset(),
}


def handle(cf: CloudFront, method: str, path: str, body: bytes) -> Response:
    handler = _HANDLERS.get((method, path.removeprefix(ROOT)))
    if handler is None:
        return _json(HTTPStatus.NOT_FOUND, {"error": f"Unknown resource: {method} {path}"})
    try:
        return _json(HTTPStatus.OK, handler(cf, json.loads(body or "{}")) or {})
    except (KeyError, TypeError, ValueError) as e:
        return _json(HTTPStatus.BAD_REQUEST, {"error": f"{type(e).__name__}: {e}"})


def _json(status: HTTPStatus, document: object) -> Response:
    return Response(status, {"Content-Type": "application/json"}, json.dumps(document).encode())
