# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The botocore client as this collection needs it: its configuration, and timestamps as text."""

# Private to this collection: it may change in any release.

from __future__ import annotations

import typing as t
from datetime import datetime, timezone

from ._errors import BadOptionError, sanitize

try:
    from botocore.config import Config
    from botocore.exceptions import BotoCoreError
    from botocore.parsers import ResponseParserFactory
    from botocore.utils import parse_timestamp
except ImportError:
    pass  # AnsibleAWSModule and AWSLookupBase report this to the user.

if t.TYPE_CHECKING:
    from botocore.client import BaseClient

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
    ours = {
        "max_pool_connections": max(10, concurrency),
        "connect_timeout": CONNECT_TIMEOUT,
        "read_timeout": READ_TIMEOUT,
    }
    once = {"mode": "standard", **(config.get("retries") or {}), "total_max_attempts": 1}
    return {"aws_config": Config(**{**ours, **config, "retries": once})}


def attempts(aws_config: t.Mapping[str, t.Any] | None) -> int | None:
    """How often one request is tried, if the user's C(aws_config.retries) says so in botocore's words."""
    retries = (aws_config or {}).get("retries") or {}
    if "total_max_attempts" in retries:
        return int(retries["total_max_attempts"])
    # Botocore's max_attempts does not count the first one.
    return int(retries["max_attempts"]) + 1 if "max_attempts" in retries else None


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
