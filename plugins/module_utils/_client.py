# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Configure the botocore client: no retries, timestamps as text, and a check that responses are CloudFront's."""

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

DEFAULT_REGION = "us-east-1"  # CloudFront is global, but boto3 requires a region.
CONNECT_TIMEOUT, READ_TIMEOUT = 10, 30  # Seconds. Botocore's 60 and 60 leave too little of the retry window.


def connection(aws_config: t.Mapping[str, t.Any] | None, concurrency: int) -> Json:
    """Return the parameters for a client of amazon.aws, based on the user's C(aws_config).

    Botocore's own retries are disabled: C(Api) retries by the same rules with every version of botocore, and the
    attempts of both would multiply. Raises BadOptionError.
    """
    try:
        # Botocore accepts a number, such as a build number, here, and fails later.
        config: Json = {
            name: str(value) if name.startswith("user_agent") and value is not None else value
            for name, value in (aws_config or {}).items()
        }
        Config(**config)
    except (TypeError, ValueError, AttributeError, BotoCoreError) as error:
        raise BadOptionError(f"aws_config is not a valid botocore configuration: {sanitize(error)}") from error
    defaults = {
        "max_pool_connections": max(10, concurrency),
        "connect_timeout": CONNECT_TIMEOUT,
        "read_timeout": READ_TIMEOUT,
    }
    no_retries = {"mode": "standard", **(config.get("retries") or {}), "total_max_attempts": 1}
    return {"aws_config": Config(**{**defaults, **config, "retries": no_retries})}


def attempts(aws_config: t.Mapping[str, t.Any] | None) -> int | None:
    """Return the maximum number of attempts for each request, if the user's C(aws_config.retries) limits it."""
    retries = (aws_config or {}).get("retries") or {}
    if "total_max_attempts" in retries:
        return int(retries["total_max_attempts"])
    # As in botocore, max_attempts does not count the first attempt.
    return int(retries["max_attempts"]) + 1 if "max_attempts" in retries else None


def date_of(response: Json) -> datetime | None:
    """Return when AWS sent a response, by its Date header, in whole seconds. None if it has no valid one."""
    try:
        metadata = response["ResponseMetadata"]
        # A proxy's own response has no RequestId, for which botocore may set an empty one.
        return _utc(parsedate_to_datetime(metadata["HTTPHeaders"]["date"])) if metadata.get("RequestId") else None
    except (KeyError, TypeError, ValueError, OverflowError):  # A proxy may have removed or changed it.
        return None


def assumed_role(client: BaseClient) -> str | None:
    """Return the ARN of the role that the client assumes to get credentials, if botocore exposes it."""
    credentials: t.Any = getattr(getattr(client, "_request_signer", None), "_credentials", None)
    fetcher = getattr(getattr(credentials, "_refresh_using", None), "__self__", None)
    role: str | None = getattr(fetcher, "_role_arn", None)
    return role


def as_text(instant: t.Any) -> str:
    """Return a time as ISO 8601 text in UTC, such as C(2026-11-21T03:59:01.413000+00:00), on every machine."""
    return instant if isinstance(instant, str) else _utc(instant).isoformat()


def _utc(instant: datetime) -> datetime:
    return instant.replace(tzinfo=timezone.utc) if instant.tzinfo is None else instant.astimezone(timezone.utc)


def _parse_timestamp(wire: t.Any) -> str:
    """Convert a timestamp of a response to text. For CloudFront's usual format, this is much faster than botocore."""
    try:
        return _utc(datetime.fromisoformat(wire.replace("Z", "+00:00"))).isoformat()
    except (AttributeError, ValueError):
        return as_text(parse_timestamp(wire))


def keep_timestamps_as_text(client: BaseClient) -> None:
    """Make this client return timestamps as text, because parsing them takes most of the CPU time of a long list.

    Botocore has no public interface for this. If the private one is gone, responses have datetimes, which C(as_text)
    converts to the same text.
    """
    endpoint: t.Any = getattr(client, "_endpoint", None)
    if hasattr(endpoint, "_response_parser_factory"):  # All clients of the session share the default one.
        endpoint._response_parser_factory = ResponseParserFactory()
        endpoint._response_parser_factory.set_parser_defaults(timestamp_parser=_parse_timestamp)


def check_root_element(client: BaseClient) -> None:
    """Make this client reject a successful response whose root element is not that of the operation.

    Botocore parses an empty body or unrelated XML to an empty result, which looks like the end of a list.
    """
    # Lookups share clients. With a unique ID, a second registration is ignored.
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
    """Return the name of an XML document's root element without its namespace, or an empty string."""
    names: list[str] = []
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = lambda name, attributes: names.append(name)
    with contextlib.suppress(expat.ExpatError):
        parser.Parse(body[:1000], False)  # Usually enough, and much faster than parsing the whole page.
        if not names:
            parser.Parse(body[1000:], True)
    return names[0].rpartition(" ")[2] if names else ""
