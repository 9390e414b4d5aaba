# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A typical boto3 script: list the invalidations of distributions or of distribution tenants.

boto3_list.py newest ID          the newest hundred
boto3_list.py history ID...      everything
boto3_list.py threads ID...      everything, in eight threads
boto3_list.py recent ID          those in progress from the last hour
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3

Items = list[dict[str, Any]]

client: Any = boto3.client("cloudfront")


def pages(identifier: str) -> Iterator[Items]:
    if identifier.startswith("dt_"):
        found = client.get_paginator("list_invalidations_for_distribution_tenant").paginate(Id=identifier)
    else:
        found = client.get_paginator("list_invalidations").paginate(DistributionId=identifier)
    return (page["InvalidationList"].get("Items", []) for page in found)


def newest(identifier: str) -> Items:
    return next(pages(identifier))


def history(*identifiers: str) -> Items:
    return [item for identifier in identifiers for page in pages(identifier) for item in page]


def threads(*identifiers: str) -> Items:
    with ThreadPoolExecutor(8) as pool:
        return [item for items in pool.map(history, identifiers) for item in items]


def recent(identifier: str) -> Items:
    found: Items = []
    hour_ago = datetime.now(UTC) - timedelta(hours=1)
    for page in pages(identifier):
        found += [item for item in page if item["Status"] == "InProgress" and item["CreateTime"] >= hour_ago]
        if not page or page[-1]["CreateTime"] < hour_ago:
            break
    return found


WAYS: dict[str, Callable[..., Items]] = {"newest": newest, "history": history, "threads": threads, "recent": recent}

print(json.dumps(WAYS[sys.argv[1]](*sys.argv[2:]), default=datetime.isoformat))
