# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Check the README's statements about other tools against those tools."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import boto3
import pytest
from ansible_collections.edgeworks.cloudfront.tests.emulator import CloudFront, attach
from ansible_collections.edgeworks.cloudfront.tests.examples.pages import README
from ansible_collections.edgeworks.cloudfront.tests.playbooks import play_of, run

SITE = "E1PA6795UKMFR9"


@pytest.fixture
def cf() -> CloudFront:
    cf = CloudFront()
    cf.add_distribution(SITE)
    cf.add_invalidations(SITE, 250)
    return cf


@pytest.fixture
def client(cf: CloudFront) -> Any:
    client = boto3.client("cloudfront", region_name="us-east-1")
    attach(client, cf)
    return client


def cells(row: str) -> list[str]:
    """Return the cells of a row: this collection, community.aws, AWS CLI, boto3."""
    found = re.search(rf"^\| {re.escape(row)} \| (.+) \|$", README.read_text(), re.MULTILINE)
    assert found
    return found[1].split(" | ")[:4]


def list_by_community_aws(cf: CloudFront, folder: Path) -> None:
    options = {"distribution_id": SITE, "list_invalidations": True}
    play = play_of({"community.aws.cloudfront_distribution_info": options})
    run(cf, [play], folder, environment={"AWS_REGION": "us-east-1"})


def list_by_boto3(client: Any) -> int:
    pages = client.get_paginator("list_invalidations").paginate(DistributionId=SITE)
    return len(pages.build_full_result()["InvalidationList"]["Items"])


def markers(cf: CloudFront) -> list[str]:
    return [request.params.get("Marker", "") for request in cf.requests if request.operation == "ListInvalidations"]


def test_requests_for_250_invalidations(cf: CloudFront, client: Any, tmp_path: Path) -> None:
    ours, community_aws, aws_cli, by_boto3 = cells("requests for 250 invalidations")
    assert (ours, aws_cli) == ("3", by_boto3)

    assert list_by_boto3(client) == 250
    assert cf.calls.total() == int(by_boto3)

    cf.reset_calls()
    list_by_community_aws(cf, tmp_path)
    assert cf.calls == {"ListInvalidations": 6, "GetDistribution": 1}
    assert cf.calls.total() == int(community_aws)


def test_truncated_page_without_a_next_marker(cf: CloudFront, client: Any) -> None:
    cf.add_fault("truncated_without_marker")
    assert cells("a truncated page without a next marker")[1:] == ["the rest is lost silently"] * 3
    assert list_by_boto3(client) == 100  # The other two use the same paginator.


def test_community_aws_starts_again_at_page_1(cf: CloudFront, tmp_path: Path) -> None:
    cf.add_fault("error", status=503, at=[2, 3, 4, 5, 6])  # All attempts that botocore makes, in any retry mode.
    assert cells("if a page fails permanently")[1] == "starts again at page 1"
    list_by_community_aws(cf, tmp_path)
    first, second, *others = markers(cf)
    assert (first, second) == ("", others[0])
    assert next(marker for marker in others if marker != second) == ""


def test_waiters(client: Any) -> None:
    for waiter in ("invalidation_completed", "invalidation_for_distribution_tenant_completed"):
        config = client.get_waiter(waiter).config
        assert (config.delay, config.max_attempts, config.operation.startswith("GetInvalidation")) == (20, 30, True)
    assert all(re.match("of one invalidation; 20 s . 30", cell) for cell in cells("waits for completion")[2:])
