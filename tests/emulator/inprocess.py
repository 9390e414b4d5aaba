# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Respond to a botocore client in process, without a socket."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.compat import HTTPHeaders
from botocore.exceptions import ConnectionClosedError

from .cloudfront import CloudFront


class _Raw:
    """The object that AWSResponse reads the body from."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    def stream(self) -> Iterator[bytes]:
        yield self._body


def attach(client: Any, cf: CloudFront) -> None:
    """Send all requests of a botocore client, for CloudFront or STS, to the emulator."""

    def before_send(request: AWSPreparedRequest, **dummy: object) -> AWSResponse:
        url = urlsplit(request.url)
        # Bodies are bytes for CloudFront and text for STS.
        body = request.body.encode() if isinstance(request.body, str) else request.body
        with cf.in_flight():
            response = cf.handle(request.method, url.path, url.query, body if isinstance(body, bytes) else b"")
            if response.delay:
                cf.clock.sleep(response.delay)
        if response.reset:
            cause = ConnectionResetError(errno.ECONNRESET, os.strerror(errno.ECONNRESET))
            raise ConnectionClosedError(endpoint_url=request.url, request=request, error=cause)
        return AWSResponse(
            request.url, response.status, HTTPHeaders.from_dict(response.headers), _Raw(response.body[: response.cut])
        )

    client.meta.events.register(f"before-send.{client.meta.service_model.service_id.hyphenize()}", before_send)
