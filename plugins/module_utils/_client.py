# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Configure the botocore client for this collection: retries, timestamps as text, CloudFront's own responses only."""

# Private to this collection: it may change in any release.

from __future__ import annotations

import contextlib
import typing as t
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from xml.parsers import expat

from ._errors import BadOptionError, sanitize

try:
    from botocore.config import Config
    from botocore.exceptions import BotoCoreError
    from botocore.parsers import ResponseParserError, ResponseParserFactory
    from botocore.utils import parse_timestamp
except ImportError:
    pass  # AnsibleAWSModule and AWSLookupBase report this to the user.

if t.TYPE_CHECKING:
    from botocore.client import BaseClient
    from botocore.model import OperationModel

Json = dict[str, t.Any]

DEFAULT_REGION = "us-east-1"  # CloudFront is global: no region has to be known, but boto3 asks for one.
CONNECT_TIMEOUT, READ_TIMEOUT = 10, 30  # Seconds; botocore's 60 and 60 would leave no time for a second attempt.


def connection(aws_config: t.Mapping[str, t.Any] | None, concurrency: int) -> Json:
    """The extra parameters with which a client is asked of amazon.aws.

    Botocore's own retries are off, because C(Api) retries by one rule under every botocore, and two rules would
    multiply. The rest of the user's C(aws_config) stands. Raises BadOptionError.
    """
    # A build's number, say: botocore takes it, and fails with it later.
    config: Json = {
        name: str(value) if name.startswith("user_agent") and value is not None else value
        for name, value in (aws_config or {}).items()
    }
    try:
        Config(**config)
    except (TypeError, ValueError, AttributeError, BotoCoreError) as error:
        raise BadOptionError(f"aws_config is not what botocore takes: {sanitize(error)}") from error
    defaults = {
        "max_pool_connections": max(10, concurrency),
        "connect_timeout": CONNECT_TIMEOUT,
        "read_timeout": READ_TIMEOUT,
    }
    no_retries = {"mode": "standard", **(config.get("retries") or {}), "total_max_attempts": 1}
    return {"aws_config": Config(**{**defaults, **config, "retries": no_retries})}


def attempts(aws_config: t.Mapping[str, t.Any] | None) -> int | None:
    """How often one request is tried, if the user's C(aws_config.retries) says so in botocore's words."""
    retries = (aws_config or {}).get("retries") or {}
    if "total_max_attempts" in retries:
        return int(retries["total_max_attempts"])
    # Botocore's max_attempts does not count the first one.
    return int(retries["max_attempts"]) + 1 if "max_attempts" in retries else None


def date_of(response: Json) -> datetime | None:
    """AWS's time when it sent a response, in whole seconds."""
    try:
        date = parsedate_to_datetime(response["ResponseMetadata"]["HTTPHeaders"]["date"])
    except (KeyError, TypeError, ValueError):  # There is none, or a proxy has replaced it by something else.
        return None
    return _utc(date)


def assumed_role(client: BaseClient) -> str | None:
    """The ARN of the role that the client assumes to get credentials, as far as botocore shows it."""
    credentials: t.Any = getattr(getattr(client, "_request_signer", None), "_credentials", None)
    fetcher = getattr(getattr(credentials, "_refresh_using", None), "__self__", None)
    role: str | None = getattr(fetcher, "_role_arn", None)
    return role


def as_text(instant: t.Any) -> str:
    """An instant as the same ISO 8601 text on every machine: in UTC, as C(2026-11-21T03:59:01.413000+00:00)."""
    return instant if isinstance(instant, str) else _utc(instant).isoformat()


def _utc(instant: datetime) -> datetime:
    return instant.replace(tzinfo=timezone.utc) if instant.tzinfo is None else instant.astimezone(timezone.utc)


def _parse_timestamp(wire: t.Any) -> str:
    """A timestamp of the wire as text; CloudFront's own form much faster than botocore reads it."""
    try:
        return _utc(datetime.fromisoformat(wire.replace("Z", "+00:00"))).isoformat()
    except (AttributeError, ValueError):
        return as_text(parse_timestamp(wire))


def keep_timestamps_as_text(client: BaseClient) -> None:
    """Have this client's answers carry timestamps as text: dateutil is most of what a long list costs.

    Botocore has no public way to do it for one client. Where the way in is gone, the answers carry datetimes, and
    C(as_text) turns them into the same text.
    """
    endpoint: t.Any = getattr(client, "_endpoint", None)
    if hasattr(endpoint, "_response_parser_factory"):  # The one in place serves all clients of the session.
        endpoint._response_parser_factory = ResponseParserFactory()
        endpoint._response_parser_factory.set_parser_defaults(timestamp_parser=_parse_timestamp)


def check_root_element(client: BaseClient) -> None:
    """Have this client refuse a successful response whose root element is not the operation's own.

    Botocore parses an empty body and any foreign XML to an empty result, which reads like the end of a list.
    """
    # The clients of lookups are shared: with an ID, the second registration replaces the first.
    client.meta.events.register("before-parse.cloudfront", _check_root_element, unique_id="edgeworks.cloudfront")


def _check_root_element(operation_model: OperationModel, response_dict: Json, **dummy: t.Any) -> None:
    body, output = response_dict["body"], operation_model.output_shape
    if response_dict["status_code"] >= 300 or output is None or not isinstance(body, bytes):
        return
    expected = {output.name, f"{operation_model.name}Result", f"{operation_model.name}Response"}
    payload = output.serialization.get("payload")
    if payload:
        shape = output.members[payload]
        expected |= {shape.name, shape.serialization.get("name", payload)}
    root = _root_element(body)
    if root not in expected:
        raise ResponseParserError(f"its root element is {root}" if root else "it is empty or not XML")


def _root_element(body: bytes) -> str:
    """The name of an XML document's root element without its namespace. It is empty if there is none."""
    names: list[str] = []
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = lambda name, attributes: names.append(name)
    with contextlib.suppress(expat.ExpatError):
        parser.Parse(body[:1000], False)  # It is in the first few bytes of what may be 20,000.
        if not names:
            parser.Parse(body[1000:], True)
    return names[0].rpartition(" ")[2] if names else ""
