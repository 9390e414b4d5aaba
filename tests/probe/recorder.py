# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Send one request at a time, with a pause between requests, and record each exchange."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from botocore import xform_name
from botocore.exceptions import BotoCoreError, ClientError

from ..emulator import Clock

PAUSE = 2.0
_SHOWN_HEADERS = ("Date", "Content-Type", "Location", "Retry-After", "x-amzn-RequestId")
_SHOWN_CHARACTERS = 1500
# The rest of these responses describes the user's site, so it is not shown.
_SHOWN_ELEMENT = {"GetDistribution": "InProgressInvalidationBatches", "GetDistributionTenant": "DistributionId"}


@dataclass
class Exchange:
    """A request and its outcome: a response, an error of AWS, or no response."""

    operation: str
    at: float
    request: str = ""
    sent: str = ""
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""
    error: str | None = None
    parsed: Any = None

    @property
    def invalidations(self) -> list[Any]:
        return list(self.parsed["InvalidationList"].get("Items", ()))

    def markdown(self) -> str:
        lines = [
            self.request,
            *([self.sent] if self.sent else []),
            "",
            str(self.status or f"No response: {self.error}"),
        ]
        lines += [f"{name}: {self.headers[name]}" for name in _SHOWN_HEADERS if name in self.headers]
        lines += ["", self._shown_body()] if self.body else []
        moment = datetime.fromtimestamp(self.at, UTC).isoformat(timespec="milliseconds")
        text = "\n".join(lines)
        return redact(f"{self.operation}, sent at {moment} by the local clock:\n\n```text\n{text}\n```\n")

    def _shown_body(self) -> str:
        element = _SHOWN_ELEMENT.get(self.operation)
        if element and self.error is None:
            found = re.search(rf"<{element}>.*?</{element}>", self.body)
            return f"... {found[0]} ..." if found else f"(no {element})"
        omitted = len(self.body) - _SHOWN_CHARACTERS
        return self.body if omitted <= 0 else f"{self.body[:_SHOWN_CHARACTERS]}... ({omitted} characters omitted)"


def redact(text: str) -> str:
    """Remove account IDs, and the users and roles that AWS names in its errors."""
    text = re.sub(r"arn:[\w-]+:(?:iam|sts)::[^\s<\"']+", "arn:REDACTED", text)
    return re.sub(r"(?<![0-9A-Za-z])\d{12}(?![0-9A-Za-z])", "REDACTED", text)


class Recorder:
    """Sends requests with a client that does not retry."""

    def __init__(self, client: Any, time: Clock) -> None:
        self._client, self._time = client, time
        self._exchange: Exchange | None = None
        client.meta.events.register("before-call.cloudfront", self._on_request)
        client.meta.events.register("response-received.cloudfront", self._on_response)

    def send(self, operation: str, **parameters: Any) -> Exchange:
        if self._exchange:
            self._time.sleep(PAUSE)
        exchange = self._exchange = Exchange(operation, self._time.now())
        try:
            exchange.parsed = getattr(self._client, xform_name(operation))(**parameters)
        except ClientError as error:
            exchange.error = f"{error.response['Error'].get('Code')}, {error.response['Error'].get('Message')}"
        except BotoCoreError as error:
            exchange.error = f"{type(error).__name__}, {error}"
        return exchange

    def _on_request(self, params: Mapping[str, Any], **dummy: object) -> None:
        assert self._exchange
        url = urlsplit(params["url"])
        self._exchange.request = f"{params['method']} {url.path}{'?' if url.query else ''}{url.query}"
        self._exchange.sent = (params["body"] or b"").decode()

    def _on_response(self, response_dict: Mapping[str, Any] | None, **dummy: object) -> None:
        assert self._exchange
        if response_dict:
            self._exchange.status = response_dict["status_code"]
            self._exchange.headers = response_dict["headers"]
            self._exchange.body = response_dict["body"].decode(errors="replace")
