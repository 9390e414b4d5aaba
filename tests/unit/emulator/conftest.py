# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One emulator, with real botocore clients in process and over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from ansible_collections.edgeworks.cloudfront.tests.emulator import Clock, CloudFront, attach, serve
from botocore.config import Config

if TYPE_CHECKING:
    from mypy_boto3_cloudfront import CloudFrontClient


@pytest.fixture(scope="session")
def shared_cf() -> CloudFront:
    return CloudFront()


@pytest.fixture(scope="session")
def url(shared_cf: CloudFront) -> Iterator[str]:
    with serve(shared_cf) as url:
        yield url


def connect(service: Any, cf: CloudFront, url: str) -> dict[str, Any]:
    """Create a client for each transport."""

    def client() -> Any:
        return boto3.client(
            service,
            region_name="us-east-1",
            aws_access_key_id="AKIAIOSFODNN7EXAMPLE",
            aws_secret_access_key="wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
            endpoint_url=url,
            config=Config(retries={"total_max_attempts": 1}, read_timeout=5),
        )

    clients = {"in process": client(), "over HTTP": client()}
    attach(clients["in process"], cf)
    return clients


@pytest.fixture(scope="session")
def clients(shared_cf: CloudFront, url: str) -> dict[str, CloudFrontClient]:
    return connect("cloudfront", shared_cf, url)


@pytest.fixture(scope="session")
def sts_clients(shared_cf: CloudFront, url: str) -> dict[str, Any]:
    return connect("sts", shared_cf, url)


@pytest.fixture
def cf(shared_cf: CloudFront) -> CloudFront:
    """An empty world with a frozen clock."""
    shared_cf.clock = Clock("2026-11-21T04:00:00Z")
    shared_cf.reset()
    return shared_cf


@pytest.fixture(params=["in process", "over HTTP"])
def transport(request: pytest.FixtureRequest) -> Any:
    return request.param


@pytest.fixture
def client(transport: str, clients: dict[str, CloudFrontClient]) -> CloudFrontClient:
    return clients[transport]


@pytest.fixture
def sts(transport: str, sts_clients: dict[str, Any]) -> Any:
    return sts_clients[transport]
