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


def _requests(cf: CloudFront, dummy: Any) -> object:
    return {"calls": cf.calls, "throttled": cf.throttled, "requests": [asdict(request) for request in cf.requests]}


_HANDLERS: dict[tuple[str, str], Callable[[CloudFront, Any], object]] = {
    ("GET", "requests"): _requests,
    ("POST", "world"): lambda cf, sent: cf.load(sent),
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
