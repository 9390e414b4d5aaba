# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Test rate limits with a botocore client."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.edgeworks.cloudfront.tests.emulator import CloudFront
from ansible_collections.edgeworks.cloudfront.tests.unit.emulator.support import EACH_TRANSPORT, Target
from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from mypy_boto3_cloudfront import CloudFrontClient

Accepted = Callable[[int], int]


@pytest.fixture
def accepted(cf: CloudFront, client: CloudFrontClient) -> Accepted:
    """Send requests at the same instant, and return how many are not throttled."""

    def accepted(count: int) -> int:
        return sum(not throttled(client.list_distributions) for dummy in range(count))

    return accepted


def throttled(call: Callable[..., Any], *args: Any, **params: Any) -> bool:
    try:
        call(*args, **params)
    except ClientError as error:
        assert error.response["Error"] == {"Type": "Sender", "Code": "Throttling", "Message": "Rate exceeded"}
        assert error.response["ResponseMetadata"]["HTTPStatusCode"] == 400
        assert "retry-after" not in error.response["ResponseMetadata"]["HTTPHeaders"]
        return True
    return False


@pytest.mark.parametrize(
    ("limit", "steps"),
    [
        # Seconds to wait, requests to send, and how many of them are accepted.
        (dict(rate=2, burst=5), [(0, 8, 5), (0.4, 2, 0), (0.1, 2, 1), (60, 8, 5)]),
        (dict(rate=10, burst=1), [(0.1, 1, 1)] * 200),
        (dict(rate=1, burst=2, refused_costs=True), [(0, 3, 2), (1, 1, 0), (2, 1, 1)]),
        (dict(rate=1, burst=2, refused_costs=True), [(0, 50, 2), (3, 1, 1)]),
        (dict(rate=1, burst=2), [(-60, 3, 2), (1, 3, 1)]),
    ],
    ids=["burst, then rate", "exactly the rate", "debt", "debt limited to the burst", "clock set back"],
)
def test_accepted_requests(
    cf: CloudFront, accepted: Accepted, limit: dict[str, Any], steps: Sequence[tuple[float, int, int]]
) -> None:
    cf.limit_rate(**limit)
    for seconds, sent, expected in steps:
        cf.clock.advance(seconds)
        assert accepted(sent) == expected


@EACH_TRANSPORT
def test_throttled_requests_are_counted_and_not_performed(cf: CloudFront, client: CloudFrontClient) -> None:
    target = Target(cf, client, cf.add_distribution())
    cf.limit_rate(1, burst=1, operation="Create*")
    assert [throttled(target.create, "/a", reference=str(number)) for number in range(3)] == [False, True, True]
    assert not throttled(client.get_distribution, Id=target.id)
    assert target.list()["Quantity"] == 1
    assert cf.calls == {"CreateInvalidation": 3, "GetDistribution": 1, "ListInvalidations": 1}
    assert cf.throttled == {"CreateInvalidation": 2}
    assert [request.status for request in cf.requests] == [201, 400, 400, 200, 200]
    cf.reset_calls()
    assert not cf.throttled


def test_matching_operations_share_one_bucket(cf: CloudFront, client: CloudFrontClient) -> None:
    cf.limit_rate(1, burst=2, operation="List*")
    assert not throttled(client.list_distributions)
    assert not throttled(client.list_distribution_tenants)
    assert throttled(client.list_distributions)


def test_a_request_needs_a_token_of_every_matching_limit(cf: CloudFront, client: CloudFrontClient) -> None:
    cf.limit_rate(1, burst=1, operation="ListDistributions")
    cf.limit_rate(1, burst=2)
    assert [throttled(client.list_distributions) for dummy in range(2)] == [False, True]
    assert [throttled(client.list_distribution_tenants) for dummy in range(2)] == [False, True]


def test_rate_changes_midway(cf: CloudFront, accepted: Accepted) -> None:
    limit = cf.limit_rate(1, burst=10)
    assert accepted(10) == 10
    cf.clock.advance(2)
    limit.rate = 4  # does not apply to the two seconds that have passed
    assert accepted(10) == 2
    cf.clock.advance(2)
    assert accepted(10) == 8
    cf.clock.advance(1)
    limit.share_taken = 0.75  # by another client; does not apply to the second that has passed
    assert accepted(10) == 4
    cf.clock.advance(3)
    assert accepted(10) == 3
    cf.clock.advance(10)
    limit.burst = 5
    assert accepted(10) == 5


def test_failed_request_costs_no_token(cf: CloudFront, accepted: Accepted) -> None:
    cf.limit_rate(1, burst=1)
    cf.add_fault("error", first=2)
    for dummy in range(2):
        assert cf.handle("GET", "/2020-05-31/distribution").status == 503
    assert accepted(2) == 1


@pytest.mark.parametrize("clear", [CloudFront.clear_rate_limits, CloudFront.reset])
def test_clear_rate_limits(cf: CloudFront, accepted: Accepted, clear: Callable[[CloudFront], None]) -> None:
    cf.limit_rate(1, burst=1)
    clear(cf)
    assert accepted(3) == 3


def test_throttled_responses_have_latency_too(cf: CloudFront) -> None:
    cf.limit_rate(1, burst=1)
    cf.add_fault("latency", seconds=0.2)
    assert [cf.handle("GET", "/2020-05-31/distribution").delay for dummy in range(2)] == [0.2, 0.2]
