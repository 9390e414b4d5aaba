# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Provide one emulator, with real botocore clients in process and over HTTP. Tests use the former by default."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from ansible_collections.edgeworks.cloudfront.tests.emulator import Clock, CloudFront, attach, serve
from ansible_collections.edgeworks.cloudfront.tests.unit.emulator.support import NOW, Target
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


@pytest.fixture(scope="session")
def clients(shared_cf: CloudFront, url: str) -> dict[tuple[str, str], Any]:
    """A client for each service and transport."""
    config = Config(retries={"total_max_attempts": 1}, read_timeout=5)
    clients: dict[tuple[str, str], Any] = {}
    for service in ("cloudfront", "sts"):
        for transport in ("in process", "over HTTP"):
            client: Any = boto3.client(
                service,
                region_name="us-east-1",
                aws_access_key_id="AKIAIOSFODNN7EXAMPLE",
                aws_secret_access_key="wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
                endpoint_url=url,
                config=config,
            )
            if transport == "in process":
                attach(client, shared_cf)
            clients[service, transport] = client
    return clients


@pytest.fixture
def cf(shared_cf: CloudFront) -> CloudFront:
    """An empty world with a frozen clock."""
    shared_cf.clock = Clock(NOW)
    shared_cf.reset()
    return shared_cf


@pytest.fixture
def transport(request: pytest.FixtureRequest) -> str:
    return getattr(request, "param", "in process")


@pytest.fixture
def client(transport: str, clients: dict[tuple[str, str], Any]) -> CloudFrontClient:
    client: CloudFrontClient = clients["cloudfront", transport]
    return client


@pytest.fixture
def sts(transport: str, clients: dict[tuple[str, str], Any]) -> Any:
    return clients["sts", transport]


@pytest.fixture(params=["distribution", "tenant"])
def target(request: pytest.FixtureRequest, cf: CloudFront, client: CloudFrontClient) -> Target:
    if request.param == "distribution":
        return Target(cf, client, cf.add_distribution())
    return Target(cf, client, cf.add_tenant(cf.add_distribution(tenant_only=True)))
