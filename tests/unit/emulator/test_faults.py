# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every fault as a botocore client sees it, in process and over HTTP."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

import pytest
from ansible_collections.edgeworks.cloudfront.tests.emulator import CloudFront
from botocore.exceptions import ClientError, ConnectionClosedError
from botocore.parsers import ResponseParserError

if TYPE_CHECKING:
    from mypy_boto3_cloudfront import CloudFrontClient


LIST_DISTRIBUTIONS = "/2020-05-31/distribution"
BATCH = (
    b"<InvalidationBatch><Paths><Quantity>1</Quantity><Items><Path>/a</Path></Items></Paths>"
    b"<CallerReference>x</CallerReference></InvalidationBatch>"
)


class Site:
    """A distribution with a history of 5 invalidations."""

    def __init__(self, cf: CloudFront, client: CloudFrontClient) -> None:
        self.cf = cf
        self.client = client
        self.id = cf.add_distribution()
        self.ids = list(cf.add_invalidations(self.id, 5))

    def page(self, **params: Any) -> dict[str, Any]:
        response: Any = self.client.list_invalidations(DistributionId=self.id, **params)["InvalidationList"]
        return dict(response)

    def page_ids(self, **params: Any) -> list[str]:
        return [item["Id"] for item in self.page(**params)["Items"]]

    def markers(self, size: int) -> Iterator[str | None]:
        """Yield the marker after each page while the response has one."""
        marker: str | None = ""
        while marker is not None:
            marker = self.page(MaxItems=str(size), Marker=marker).get("NextMarker")
            yield marker

    def create(self) -> Any:
        batch: Any = {"CallerReference": "x", "Paths": {"Quantity": 1, "Items": ["/a"]}}
        return self.client.create_invalidation(DistributionId=self.id, InvalidationBatch=batch)

    def failure(self, **fault: Any) -> tuple[int, str]:
        self.cf.add_fault(**fault)
        with pytest.raises(ClientError) as caught:
            self.page()
        response = caught.value.response
        return response["ResponseMetadata"]["HTTPStatusCode"], response["Error"]["Code"]


@pytest.fixture
def site(cf: CloudFront, client: CloudFrontClient) -> Site:
    return Site(cf, client)


@pytest.mark.parametrize(
    ("fault", "seen"),
    [
        ({"does": "throttle"}, (400, "Throttling")),
        ({"does": "throttle", "code": "ThrottlingException"}, (400, "ThrottlingException")),
        ({"does": "throttle", "status": 429}, (429, "Throttling")),
        ({"does": "access_denied"}, (403, "AccessDenied")),
        ({"does": "error"}, (503, "ServiceUnavailable")),
        ({"does": "error", "status": 500}, (500, "InternalServerError")),
        ({"does": "error", "status": 418, "code": "Teapot", "message": "<short>"}, (418, "Teapot")),
        ({"does": "error", "status": 502, "body": "html"}, (502, "")),
        ({"does": "error", "status": 504, "body": "none"}, (504, "504")),
        ({"does": "error", "body": "whitespace"}, (503, "503")),
        ({"does": "error", "body": "xhtml"}, (503, "")),
        ({"does": "error", "body": "nocode"}, (503, "")),
    ],
)
def test_errors(site: Site, fault: dict[str, Any], seen: tuple[int, str]) -> None:
    assert site.failure(**fault) == seen
    assert site.cf.calls == {"ListInvalidations": 1}
    assert site.cf.requests[-1].status == seen[0]


def test_error_without_a_code(site: Site) -> None:
    site.cf.add_fault("error", body="nocode", message="Something failed")
    with pytest.raises(ClientError, match="Something failed") as caught:
        site.page()
    assert caught.value.response["ResponseMetadata"]["RequestId"]


@pytest.mark.parametrize("message", [None, "Failed: <a><b>x</b></a>"])
def test_error_with_raw_xml_as_message(cf: CloudFront, message: str | None) -> None:
    # Not through a client: botocore's parser raises TypeError, because it expects text.
    cf.add_fault("error", body="rawxml", message=message)
    body = cf.handle("GET", LIST_DISTRIBUTIONS).body
    assert len(ElementTree.fromstring(body).findall("{*}Error/{*}Message/*")) == 1
    assert message is None or message.encode() in body


def test_a_failed_operation_is_not_performed(site: Site) -> None:
    site.cf.add_fault("throttle", operation="Create*")
    with pytest.raises(ClientError, match="Rate exceeded"):
        site.create()
    assert site.page_ids() == site.ids


def test_access_denied_names_the_action_and_the_resource(site: Site) -> None:
    site.cf.add_fault("access_denied")
    tenant = "dt_acme"
    with pytest.raises(ClientError, match=rf"cloudfront:ListInvalidations on resource: .*:distribution/{site.id} "):
        site.page()
    with pytest.raises(ClientError, match=r"on resource: .*:distribution-tenant/dt_acme "):
        site.client.list_invalidations_for_distribution_tenant(Id=tenant)
    with pytest.raises(ClientError, match=r"cloudfront:ListDistributions on resource: \* "):
        site.client.list_distributions()


def test_connection_reset(site: Site) -> None:
    site.cf.add_fault("reset", first=1)
    with pytest.raises(ConnectionClosedError):
        site.page()
    assert site.page_ids() == site.ids


def test_connection_reset_before_the_operation(site: Site) -> None:
    site.cf.add_fault("reset", first=1, performed=False)
    with pytest.raises(ConnectionClosedError):
        site.create()
    assert site.page_ids() == site.ids
    assert site.cf.calls == {"CreateInvalidation": 1, "ListInvalidations": 1}
    assert [request.status for request in site.cf.requests] == [0, 200]


def test_truncated_body(site: Site) -> None:
    site.cf.add_fault("cut", first=1)
    # The latter is what botocore raised before 1.43.115.
    with pytest.raises((ResponseParserError, ConnectionClosedError)):
        site.page()
    assert site.page_ids() == site.ids


@pytest.mark.parametrize(
    "fault",
    [
        {"does": "reset"},
        {"does": "cut"},
        {"does": "error", "performed": True},
        {"does": "error", "status": 502, "body": "html", "performed": True},
        {"does": "throttle", "performed": True},
        {"does": "empty"},
        {"does": "foreign", "body": "whitespace"},
    ],
    ids=str,
)
def test_lost_response_of_a_performed_operation(site: Site, fault: dict[str, Any]) -> None:
    site.cf.add_fault(**fault, first=1)
    with suppress(ClientError, ConnectionClosedError, ResponseParserError):
        assert not site.create()["Invalidation"]
    assert len(site.page_ids()) == 6


def test_replaced_response_keeps_its_latency(cf: CloudFront) -> None:
    cf.add_fault("latency", seconds=2)
    for does in ("error", "throttle", "foreign", "empty", "html"):
        fault = cf.add_fault(does, performed=True)
        assert cf.handle("GET", LIST_DISTRIBUTIONS).delay == 2
        cf.faults.remove(fault)


FOREIGN = {
    # The content type and a pattern of the body.
    "empty": (None, r""),
    "whitespace": ("text/xml", r"\s+"),
    "html": ("text/html", r"<!DOCTYPE html>.*</html>\n"),
    "xhtml": ("text/xml", r"<\?xml .*<html xmlns=.*</html>\n"),
    "xml": ("text/xml", r"<\?xml .*<ListBucketResult .*</ListBucketResult>"),
}


@pytest.mark.parametrize("body", FOREIGN)
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "distribution/E1/invalidation"),
        ("GET", "distribution/E1/invalidation/I1"),
        ("POST", "distribution/E1/invalidation"),
        ("GET", "distribution-tenant/dt_1/invalidation"),
        ("GET", "distribution-tenant/dt_1/invalidation/I2"),
        ("POST", "distribution-tenant/dt_1/invalidation"),
        ("GET", "distribution/E1"),
        ("GET", "distribution"),
        ("GET", "distribution-tenant/dt_1"),
        ("GET", "distribution-tenant?domain=a.example.com"),
        ("POST", "distribution-tenants"),
    ],
)
def test_foreign_200(cf: CloudFront, method: str, path: str, body: str) -> None:
    cf.add_distribution("E1")
    cf.add_tenant("E1", id="dt_1", domains=["a.example.com"])
    cf.add_invalidations("E1", ids=["I1"])
    cf.add_invalidations("dt_1", ids=["I2"])
    cf.add_fault("foreign", body=body)
    path, dummy, query = path.partition("?")
    sent = b"<ListDistributionTenantsRequest/>" if path.endswith("s") else BATCH
    response = cf.handle(method, f"/2020-05-31/{path}", query, sent if method == "POST" else b"")
    content_type, pattern = FOREIGN[body]
    assert (response.status, response.headers.get("Content-Type")) == (200, content_type)
    assert re.fullmatch(pattern, response.body.decode(), re.DOTALL)
    assert cf.calls.total() == 1


@pytest.mark.parametrize(
    "fault", [{"does": "empty"}, {"does": "html"}, *({"does": "foreign", "body": body} for body in FOREIGN)], ids=str
)
def test_foreign_200_on_one_page(site: Site, fault: dict[str, Any]) -> None:
    site.cf.add_fault(**fault, at=[2])
    first = site.page(MaxItems="2")
    with suppress(ResponseParserError):
        assert site.page(MaxItems="2", Marker=first["NextMarker"]) == {}
    assert site.page_ids(MaxItems="2", Marker=first["NextMarker"]) == site.ids[2:4]


def test_truncated_without_a_marker(site: Site) -> None:
    site.cf.add_fault("truncated_without_marker")
    page = site.page(MaxItems="2")
    assert (page["IsTruncated"], "NextMarker" in page) == (True, False)


def test_marker_not_echoed(site: Site) -> None:
    site.cf.add_fault("marker_not_echoed")
    page = site.page(MaxItems="2", Marker=site.ids[1])
    assert (page["Marker"], page["NextMarker"]) == ("", site.ids[3])


def test_expired_marker(site: Site) -> None:
    site.cf.add_fault("marker_expired")
    first = site.page(MaxItems="2")
    with pytest.raises(ClientError, match=r"\(InvalidArgument\).* marker is not valid"):
        site.page(Marker=first["NextMarker"])
    assert site.cf.requests[-1].status == 400


def test_marker_without_truncation(site: Site) -> None:
    site.cf.add_fault("marker_without_truncated")
    page = site.page(MaxItems="2")
    assert (page["IsTruncated"], page["NextMarker"]) == (False, site.ids[1])
    assert list(site.markers(2)) == [site.ids[1], site.ids[3], site.ids[4], None]


def test_missing_is_truncated(site: Site) -> None:
    site.cf.add_fault("no_is_truncated")
    assert "IsTruncated" not in site.page()


def test_marker_cycle(site: Site) -> None:
    site.cf.add_fault("marker_cycle")
    a, b = site.ids[1], site.ids[3]
    assert list(islice(site.markers(2), 6)) == [a, b, a, b, a, b]


@pytest.mark.parametrize(("size", "last_of_first_page"), [(3, 2), (5, 4)])
def test_marker_cycle_of_one_page(site: Site, size: int, last_of_first_page: int) -> None:
    site.cf.add_fault("marker_cycle")
    assert list(islice(site.markers(size), 4)) == [site.ids[last_of_first_page]] * 4


def test_ignored_marker(site: Site) -> None:
    site.cf.add_fault("ignore_marker")
    assert site.page_ids(MaxItems="2", Marker=site.ids[1]) == site.ids[:2]
    assert site.cf.requests[-1].params["Marker"] == site.ids[1]


def test_ignored_max_items(site: Site) -> None:
    site.cf.add_fault("ignore_max_items")
    assert site.page_ids(MaxItems="2") == site.ids


def test_unordered_items(site: Site) -> None:
    site.cf.add_fault("unordered")
    page = site.page_ids(MaxItems="4")
    assert page != site.ids[:4]
    assert sorted(page) == sorted(site.ids[:4])


def test_opaque_markers(site: Site) -> None:
    site.cf.add_fault("opaque_markers")
    first = site.page(MaxItems="2")
    second = site.page(MaxItems="2", Marker=first["NextMarker"])
    assert first["NextMarker"] not in site.ids
    assert second["Marker"] == first["NextMarker"]
    assert [item["Id"] for item in second["Items"]] == site.ids[2:4]
    with pytest.raises(ClientError, match="InvalidArgument"):
        site.page(Marker=site.ids[1])


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


def test_latency_in_process_advances_the_frozen_clock(cf: CloudFront, clients: dict[str, CloudFrontClient]) -> None:
    site = Site(cf, clients["in process"])
    cf.add_fault("latency", seconds=30)
    cf.add_fault("latency", seconds=1.5)
    before = cf.clock.now()
    site.page()
    assert cf.clock.now() - before == 31.5


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
    assert [number for number in range(1, 7) if not site.page()] == picked


def test_numbers_count_matching_operations_and_targets(site: Site) -> None:
    site.cf.add_fault("empty", operation="ListInvalidations", target=site.id, at=[2])
    other = Site(site.cf, site.client)
    assert [bool(each.page()) for each in (site, other, other, site)] == [True, True, True, False]


def test_time_limited_fault(site: Site) -> None:
    site.cf.clock.advance(100)  # the limits are relative to the time when the fault is added
    site.cf.add_fault("empty", after=10, until=22)
    seen = []
    for dummy in range(13):
        seen.append(bool(site.page()))
        site.cf.clock.advance(2)
    assert seen == [True] * 5 + [False] * 6 + [True] * 2


def test_numbers_count_requests_within_the_time_limits(site: Site) -> None:
    site.cf.add_fault("empty", after=10, at=[2])
    assert [bool(site.page()) for dummy in range(3)] == [True, True, True]
    site.cf.clock.advance(10)
    assert [bool(site.page()) for dummy in range(3)] == [True, False, True]


def test_probability_is_seeded(cf: CloudFront) -> None:
    def picks(seed: int) -> list[bool]:
        fault = cf.add_fault("empty", probability=0.5, seed=seed)
        return [fault.picks("ListInvalidations", "E1", cf.clock.now()) for dummy in range(200)]

    assert picks(1) == picks(1) != picks(2)
    assert 70 < sum(picks(1)) < 130


def test_unknown_effect(cf: CloudFront) -> None:
    with pytest.raises(ValueError, match="'explode' is not an effect; there are: error, throttle, "):
        cf.add_fault("explode")


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        ({"does": "foreign", "body": "nocode"}, "'nocode' is not a body of 'foreign', which has: empty, "),
        ({"does": "throttle", "body": "html"}, "'html' is not a body of 'throttle', which has: none"),
        ({"does": "latency", "performed": True}, "'latency' does not replace the response"),
    ],
)
def test_fields_of_other_effects_are_rejected(cf: CloudFront, fault: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        cf.add_fault(**fault)


def test_clear_faults(site: Site) -> None:
    site.cf.add_fault("empty")
    site.cf.clear_faults()
    assert site.page()
