# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A typical boto3 script for many distribution tenants of a throttled account.

boto3_retry.py MODE THREADS list ID...       list their invalidations, in botocore's retry mode MODE, 8 attempts each
boto3_retry.py MODE THREADS create ID...     create an invalidation for each
"""

from __future__ import annotations

import sys
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

mode, threads, action, *tenants = sys.argv[1:]
retries: Any = {"mode": mode, "total_max_attempts": 8}
config = Config(retries=retries, max_pool_connections=int(threads))
client: Any = boto3.client("cloudfront", config=config)


def list_invalidations(tenant: str) -> None:
    paginator = client.get_paginator("list_invalidations_for_distribution_tenant")
    paginator.paginate(Id=tenant).build_full_result()


def create_invalidation(tenant: str) -> None:
    batch = {"Paths": {"Quantity": 1, "Items": ["/*"]}, "CallerReference": str(uuid.uuid4())}
    client.create_invalidation_for_distribution_tenant(Id=tenant, InvalidationBatch=batch)


ACTIONS: dict[str, Callable[[str], None]] = {"list": list_invalidations, "create": create_invalidation}


def failure(tenant: str) -> str | None:
    try:
        ACTIONS[action](tenant)
    except ClientError as error:
        return f"{tenant}: {error}"
    return None


with ThreadPoolExecutor(int(threads)) as pool:
    failures = [message for message in pool.map(failure, tenants) if message]
sys.exit("\n".join(failures) or None)
