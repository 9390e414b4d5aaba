# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Test every fault with a botocore client. Those that the transport carries out are tested over HTTP, too."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

import pytest
from ansible_collections.edgeworks.cloudfront.tests.emulator import CloudFront
from ansible_collections.edgeworks.cloudfront.tests.unit.emulator.support import EACH_TRANSPORT, Target, error_code
from botocore.exceptions import ClientError, ConnectionClosedError
from botocore.parsers import ResponseParserError

if TYPE_CHECKING:
    from mypy_boto3_cloudfront import CloudFrontClient


LIST_DISTRIBUTIONS = "/2020-05-31/distribution"


class Site(Target):
    """A distribution with a history of 5 invalidations."""

    def __init__(self, cf: CloudFront, client: CloudFrontClient) -> None:
        super().__init__(cf, client, cf.add_distribution())
        self.history = self.add(ids=["I5", "I4", "I3", "I2", "I1"])

    def markers(self, size: int) -> Iterator[str | None]:
        """Yield the marker after each page while the response has one."""
        marker: str | None = ""
        while marker is not None:
            marker = self.list(MaxItems=size, Marker=marker).get("NextMarker")
            yield marker


@pytest.fixture
def site(cf: CloudFront, client: CloudFrontClient) -> Site:
    return Site(cf, client)


# Effects that replace the response.


@EACH_TRANSPORT
@pytest.mark.parametrize(
    ("fault", "status", "code"),
    [
        ({"does": "throttle"}, 400, "Throttling"),
        ({"does": "throttle", "code": "ThrottlingException", "status": 429}, 429, "ThrottlingException"),
        ({"does": "access_denied"}, 403, "AccessDenied"),
        ({"does": "error"}, 503, "ServiceUnavailable"),
        ({"does": "error", "status": 500}, 500, "InternalServerError"),
        ({"does": "error", "status": 418, "code": "Teapot", "message": "<short>"}, 418, "Teapot"),
        ({"does": "error", "status": 502, "body": "html"}, 502, ""),
        ({"does": "error", "status": 504, "body": "none"}, 504, "504"),
        ({"does": "error", "body": "nocode", "message": "Something failed"}, 503, ""),
    ],
)
def test_errors(site: Site, fault: dict[str, Any], status: int, code: str) -> None:
    site.cf.add_fault(**fault)
    with pytest.raises(ClientError) as caught:
        site.list()
    response = caught.value.response
    assert (response["ResponseMetadata"]["HTTPStatusCode"], response["Error"]["Code"]) == (status, code)
    assert fault.get("message", "") in str(caught.value)
    assert fault.get("body") in ("html", "none") or response["ResponseMetadata"]["RequestId"]
    assert site.cf.calls == {"ListInvalidations": 1}
    assert site.cf.requests[-1].status == status


def test_error_with_raw_xml_as_message(cf: CloudFront) -> None:
    # Not through a client: botocore's parser raises TypeError, because it expects text.
    cf.add_fault("error", body="rawxml")
    body = cf.handle("GET", LIST_DISTRIBUTIONS).body
    assert len(ElementTree.fromstring(body).findall("{*}Error/{*}Message/*")) == 1


def test_a_failed_operation_is_not_performed(site: Site) -> None:
    site.cf.add_fault("throttle", operation="Create*")
    assert error_code(site.create, "/a") == "Throttling"
    assert site.ids() == site.history


def test_access_denied_names_the_action_and_the_resource(site: Site) -> None:
    site.cf.add_fault("access_denied")
    with pytest.raises(ClientError, match=rf"cloudfront:ListInvalidations on resource: .*:distribution/{site.id} "):
        site.list()
    with pytest.raises(ClientError, match=r"on resource: .*:distribution-tenant/dt_acme "):
        Target(site.cf, site.client, "dt_acme").list()
    with pytest.raises(ClientError, match=r"cloudfront:ListDistributions on resource: \* "):
        site.client.list_distributions()


@EACH_TRANSPORT
def test_connection_reset_before_the_operation(site: Site) -> None:
    site.cf.add_fault("reset", first=1, performed=False)
    with pytest.raises(ConnectionClosedError):
        site.create("/a")
    assert site.ids() == site.history
    assert site.cf.calls == {"CreateInvalidation": 1, "ListInvalidations": 1}
    assert [request.status for request in site.cf.requests] == [0, 200]


@EACH_TRANSPORT
@pytest.mark.parametrize(
    ("does", "expected"),
    [
        ("reset", ConnectionClosedError),
        # The latter is what botocore raised before 1.43.115.
        ("cut", (ResponseParserError, ConnectionClosedError)),
    ],
)
def test_interrupted_response(site: Site, does: str, expected: Any) -> None:
    site.cf.add_fault(does, first=1)
    with pytest.raises(expected):
        site.list()
    assert site.ids() == site.history


@pytest.mark.parametrize(
    "fault",
    [
        {"does": "reset"},
        {"does": "cut"},
        {"does": "error", "performed": True},
        {"does": "error", "status": 502, "body": "html", "performed": True},
        {"does": "throttle", "performed": True},
        {"does": "empty"},
        {"does": "html"},
    ],
    ids=str,
)
def test_lost_response_of_a_performed_operation(site: Site, fault: dict[str, Any]) -> None:
    site.cf.add_fault(**fault, first=1)
    with suppress(ClientError, ConnectionClosedError, ResponseParserError):
        assert not site.create("/a")
    assert len(site.ids()) == 6


def test_replaced_response_keeps_its_latency(cf: CloudFront) -> None:
    cf.add_fault("latency", seconds=2)
    for does in ("error", "throttle", "foreign", "empty", "html"):
        fault = cf.add_fault(does, performed=True)
        assert cf.handle("GET", LIST_DISTRIBUTIONS).delay == 2
        cf.faults.remove(fault)


@pytest.mark.parametrize(
    ("fault", "content_type", "start"),
    [
        ({"does": "empty"}, None, b""),
        ({"does": "foreign"}, None, b""),
        ({"does": "html"}, "text/html", b"<!DOCTYPE html>"),
        ({"does": "foreign", "body": "html"}, "text/html", b"<!DOCTYPE html>"),
    ],
    ids=str,
)
def test_foreign_200(cf: CloudFront, fault: dict[str, Any], content_type: str | None, start: bytes) -> None:
    cf.add_fault(**fault)
    response = cf.handle("GET", LIST_DISTRIBUTIONS)
    assert (response.status, response.headers.get("Content-Type")) == (200, content_type)
    assert response.body.startswith(start)
    assert bool(response.body) is bool(start)
    assert cf.calls.total() == 1


@EACH_TRANSPORT
@pytest.mark.parametrize("does", ["empty", "html"])
def test_foreign_200_on_one_page(site: Site, does: str) -> None:
    site.cf.add_fault(does, at=[2])
    first = site.list(MaxItems=2)
    with suppress(ResponseParserError):
        assert site.list(MaxItems=2, Marker=first["NextMarker"]) == {}
    assert site.ids(MaxItems=2, Marker=first["NextMarker"]) == site.history[2:4]


# Effects on the request, or on a page of a list.


@pytest.mark.parametrize(
    ("does", "marker", "expected"),
    [
        ("truncated_without_marker", "", {"IsTruncated": True, "NextMarker": None}),
        ("marker_without_truncated", "", {"IsTruncated": False, "NextMarker": "I4"}),
        ("marker_not_echoed", "I4", {"Marker": "", "NextMarker": "I2"}),
        ("no_is_truncated", "", {"IsTruncated": None, "NextMarker": "I4"}),
        ("ignore_marker", "I4", {"Marker": "", "NextMarker": "I4"}),
        ("ignore_max_items", "", {"IsTruncated": False, "MaxItems": 100, "Quantity": 5}),
    ],
)
def test_effects_on_a_page(site: Site, does: str, marker: str, expected: dict[str, object]) -> None:
    site.cf.add_fault(does)
    page = site.list(MaxItems=2, Marker=marker)
    assert {member: page.get(member) for member in expected} == expected
    assert site.cf.requests[-1].params["Marker"] == marker


def test_expired_marker(site: Site) -> None:
    site.cf.add_fault("marker_expired")
    first = site.list(MaxItems=2)
    with pytest.raises(ClientError, match=r"\(InvalidArgument\).* marker is not valid"):
        site.list(Marker=first["NextMarker"])
    assert site.cf.requests[-1].status == 400


@pytest.mark.parametrize(
    ("does", "size", "markers"),
    [
        ("marker_without_truncated", 2, ["I4", "I2", "I1", None]),
        ("marker_cycle", 2, ["I4", "I2", "I4", "I2", "I4", "I2"]),
        ("marker_cycle", 3, ["I3", "I3", "I3"]),
        ("marker_cycle", 5, ["I1", "I1", "I1"]),
    ],
)
def test_markers_of_successive_pages(site: Site, does: str, size: int, markers: list[str | None]) -> None:
    site.cf.add_fault(does)
    assert list(islice(site.markers(size), len(markers))) == markers


def test_unordered_items(site: Site) -> None:
    site.cf.add_fault("unordered")
    page = site.ids(MaxItems=4)
    assert page != site.history[:4]
    assert sorted(page) == sorted(site.history[:4])


def test_opaque_markers(site: Site) -> None:
    site.cf.add_fault("opaque_markers")
    first = site.list(MaxItems=2)
    second = site.list(MaxItems=2, Marker=first["NextMarker"])
    assert first["NextMarker"] not in site.history
    assert second["Marker"] == first["NextMarker"]
    assert [item["Id"] for item in second["Items"]] == site.history[2:4]
    assert error_code(site.list, Marker=site.history[1]) == "InvalidArgument"


@pytest.mark.parametrize("does", ["truncated_without_marker", "marker_without_truncated", "no_is_truncated"])
def test_lists_of_tenants_have_no_is_truncated(site: Site, does: str) -> None:
    site.cf.add_tenant(site.id)
    site.cf.add_fault(does)
    assert "IsTruncated" not in site.client.list_distribution_tenants()


@pytest.mark.parametrize("does", ["unordered", "opaque_markers", "marker_cycle"])
def test_faults_in_lists_of_tenants(site: Site, does: str) -> None:
    tenants = [site.cf.add_tenant(site.id) for dummy in range(4)]
    site.cf.add_fault(does, operation="ListDistributionTenants")
    first = site.client.list_distribution_tenants(MaxItems=3)
    last = site.client.list_distribution_tenants(MaxItems=3, Marker=first["NextMarker"])
    assert ([tenant["Id"] for tenant in first["DistributionTenantList"]] != tenants[:3]) is (does == "unordered")
    assert (first["NextMarker"] != tenants[2]) is (does == "opaque_markers")
    assert ("NextMarker" in last) is (does == "marker_cycle")


def test_latency_in_process_advances_the_frozen_clock(site: Site) -> None:
    site.cf.add_fault("latency", seconds=30)
    site.cf.add_fault("latency", seconds=1.5)
    before = site.cf.clock.now()
    site.list()
    assert site.cf.clock.now() - before == 31.5


# Conditions.


@pytest.mark.parametrize(
    ("conditions", "picked"),
    [
        ({}, [1, 2, 3, 4, 5, 6]),
        ({"first": 2}, [1, 2]),
        ({"every": 3}, [3, 6]),
        ({"at": [2, 5]}, [2, 5]),
        ({"every": 2, "first": 4}, [2, 4]),
        ({"operation": "List*"}, [1, 2, 3, 4, 5, 6]),
        ({"operation": "Get*"}, []),
        ({"target": "ENONE"}, []),
        ({"probability": 0.0}, []),
    ],
)
def test_conditions(site: Site, conditions: dict[str, Any], picked: list[int]) -> None:
    site.cf.add_fault("empty", **conditions)
    assert [number for number in range(1, 7) if not site.list()] == picked


def test_numbers_count_matching_operations_and_targets(site: Site) -> None:
    site.cf.add_fault("empty", operation="ListInvalidations", target=site.id, at=[2])
    other = Site(site.cf, site.client)
    assert [bool(each.list()) for each in (site, other, other, site)] == [True, True, True, False]


def test_time_limited_fault(site: Site) -> None:
    site.cf.clock.advance(100)  # the limits are relative to the time when the fault is added
    site.cf.add_fault("empty", after=10, until=22)
    seen = []
    for dummy in range(13):
        seen.append(bool(site.list()))
        site.cf.clock.advance(2)
    assert seen == [True] * 5 + [False] * 6 + [True] * 2


def test_numbers_count_requests_within_the_time_limits(site: Site) -> None:
    site.cf.add_fault("empty", after=10, at=[2])
    assert [bool(site.list()) for dummy in range(3)] == [True, True, True]
    site.cf.clock.advance(10)
    assert [bool(site.list()) for dummy in range(3)] == [True, False, True]


def test_probability_is_seeded(cf: CloudFront) -> None:
    def picks(seed: int) -> list[bool]:
        fault = cf.add_fault("empty", probability=0.5, seed=seed)
        return [fault.picks("ListInvalidations", "E1", cf.clock.now()) for dummy in range(200)]

    assert picks(1) == picks(1) != picks(2)
    assert 70 < sum(picks(1)) < 130


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        ({"does": "explode"}, "'explode' is not an effect; the effects are: error, throttle, "),
        ({"does": "foreign", "body": "nocode"}, "'foreign' has no body 'nocode'"),
        ({"does": "throttle", "body": "html"}, "'throttle' has no body 'html'"),
        ({"does": "latency", "performed": True}, "'latency' does not replace the response"),
    ],
)
def test_impossible_faults_are_rejected(cf: CloudFront, fault: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        cf.add_fault(**fault)


def test_clear_faults(site: Site) -> None:
    site.cf.add_fault("empty")
    site.cf.clear_faults()
    assert site.list()
