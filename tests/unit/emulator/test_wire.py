# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compare the emulator's responses with independent fixtures and the service model."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

import pytest
from ansible_collections.edgeworks.cloudfront.tests.emulator import CloudFront, wire
from botocore.parsers import RestXMLParser

if TYPE_CHECKING:
    from mypy_boto3_cloudfront import CloudFrontClient

FIXTURES = Path(__file__).parents[1] / "fixtures" / "wire"
DISTRIBUTION, TENANT = "EDFDVBD6EXAMPLE", "dt_2wjDZi3hD1ivOXf6rpZJOSNE1AB"
BATCH = "<InvalidationBatch><Paths><Quantity>1</Quantity><Items><Path>{}</Path></Items></Paths>"
BATCH += "<CallerReference>deploy</CallerReference></InvalidationBatch>"


@pytest.fixture
def world(cf: CloudFront) -> CloudFront:
    """The world that the fixtures describe."""
    for distribution in (DISTRIBUTION, "EEMPTY", "ELONGER", "EDETAILS"):
        cf.add_distribution(distribution)
    cf.add_distribution("EMULTITENANT", tenant_only=True)
    cf.add_tenant("EMULTITENANT", id=TENANT)
    cf.add_tenant("EMULTITENANT", id="dt_empty")
    for distribution in (DISTRIBUTION, "ELONGER"):
        newest = "2019-12-05T18:40:49.413Z"
        cf.add_invalidations(distribution, ids=["YNY2LI2BVJ4NJU3A"], newest=newest, status="InProgress")
        cf.add_invalidations(distribution, ids=["I1JLWSDAP8FU89"], newest="2019-12-05T18:24:51.407Z")
    cf.add_invalidations("ELONGER")
    cf.add_invalidations(
        "EDETAILS",
        ids=["YNY2LI2BVJ4NJU3A"],
        newest="2019-12-05T18:40:49.413Z",
        paths=["/example-path/example-file.jpg", "/example-path/example-file2.png"],
        caller_reference="cli-example",
    )
    cf.add_invalidations(
        TENANT,
        ids=["I98TN1P9SM4IKAU5VQ2L6BEGZO"],
        newest="2025-04-28T20:15:07.002Z",
        status="InProgress",
        paths=["/images/*?size=l&v=2"],
        caller_reference="deploy-42",
    )
    cf.add_invalidations(TENANT, ids=["IBXLI1BYHP4ZTXHQSAL2U7JXEW"], newest="2025-04-28T20:14:59.900Z")
    return cf


RESPONSES = {
    "list_invalidations.empty": "distribution/EEMPTY/invalidation",
    "list_invalidations.page": f"distribution/{DISTRIBUTION}/invalidation",
    "list_invalidations.truncated": "distribution/ELONGER/invalidation?Marker=YNY2LI2BVJ4NJU3A&MaxItems=1",
    "list_invalidations_for_distribution_tenant.empty": "distribution-tenant/dt_empty/invalidation",
    "list_invalidations_for_distribution_tenant.page": f"distribution-tenant/{TENANT}/invalidation",
    "list_invalidations_for_distribution_tenant.truncated": f"distribution-tenant/{TENANT}/invalidation?MaxItems=1",
    "get_invalidation": "distribution/EDETAILS/invalidation/YNY2LI2BVJ4NJU3A",
    "get_invalidation_for_distribution_tenant": (
        f"distribution-tenant/{TENANT}/invalidation/I98TN1P9SM4IKAU5VQ2L6BEGZO"
    ),
}


def test_every_fixture_is_used() -> None:
    assert {path.stem for path in FIXTURES.glob("*.xml")} == {*RESPONSES, *(f"error.{name}" for name in ERRORS)}


@pytest.mark.parametrize("fixture", RESPONSES)
def test_responses_equal_the_fixtures(world: CloudFront, fixture: str) -> None:
    path, dummy, query = RESPONSES[fixture].partition("?")
    assert world.handle("GET", f"/2020-05-31/{path}", query).body == (FIXTURES / f"{fixture}.xml").read_bytes()


ERRORS: dict[str, tuple[int, str, str, str, dict[str, Any]]] = {
    # The HTTP status, a request that fails with the error, and the fault that it needs.
    "no_such_distribution": (404, "GET", "distribution/EGONE/invalidation", "", {}),
    "entity_not_found": (404, "GET", "distribution-tenant/dt_gone/invalidation", "", {}),
    "no_such_invalidation": (404, "GET", f"distribution/{DISTRIBUTION}/invalidation/IGONE", "", {}),
    "invalid_argument": (400, "GET", f"distribution/{DISTRIBUTION}/invalidation?MaxItems=0", "", {}),
    "access_denied": (403, "GET", f"distribution/{DISTRIBUTION}/invalidation", "", {"does": "access_denied"}),
    "throttling": (400, "GET", f"distribution/{DISTRIBUTION}/invalidation", "", {"does": "throttle"}),
    "service_unavailable": (503, "GET", f"distribution/{DISTRIBUTION}/invalidation", "", {"does": "error"}),
    "reused_caller_reference": (400, "POST", "distribution/EBUSY/invalidation", BATCH.format("/new"), {}),
    "too_many_invalidations_in_progress": (
        400,
        "POST",
        "distribution/EBUSY/invalidation",
        BATCH.format("/*").replace(">deploy<", ">more<"),
        {},
    ),
    "batch_too_large": (
        413,
        "POST",
        f"distribution/{DISTRIBUTION}/invalidation",
        BATCH.format("</Path><Path>".join(["/a"] * 3001)).replace(">1<", ">3001<"),
        {},
    ),
}


@pytest.mark.parametrize("name", ERRORS)
def test_errors_have_the_structure_of_the_fixtures(world: CloudFront, name: str) -> None:
    status, method, resource, body, fault = ERRORS[name]
    path, dummy, query = resource.partition("?")
    world.add_distribution("EBUSY")
    world.add_invalidations("EBUSY", paths=["/*"] * 15, caller_reference="deploy", status="InProgress")
    if fault:
        world.add_fault(**fault)

    response = world.handle(method, f"/2020-05-31/{path}", query, body.encode())

    expected = (FIXTURES / f"error.{name}.xml").read_bytes()
    assert response.status == status
    assert _structure(response.body) == _structure(expected)
    assert _parsed_error(response.body, status)["Code"] == _parsed_error(expected, status)["Code"]
    assert _parsed_error(response.body, status)["Type"] == _parsed_error(expected, status)["Type"]
    if name == "reused_caller_reference":  # Users have published its message.
        assert _parsed_error(response.body, status) == _parsed_error(expected, status)


def _structure(body: bytes) -> list[str]:
    return [element.tag for element in ElementTree.fromstring(body).iter()]


def _parsed_error(body: bytes, status: int) -> dict[str, Any]:
    shape = wire.service_model().operation_model("GetInvalidation").output_shape
    assert shape
    error: dict[str, Any] = RestXMLParser().parse({"status_code": status, "headers": {}, "body": body}, shape)["Error"]
    return error


@pytest.mark.parametrize(
    "invalidation",
    [
        {"Id": "I1", "Status": "Completed", "CreateTime": 0.0, "Batch": {}},
        {"Id": "I1", "Status": "Completed", "CreateTime": 0.0},
        {"ID": "I1", "Status": "Completed", "CreateTime": 0.0, "InvalidationBatch": {}},
    ],
    ids=["unknown member", "required member missing", "member misspelt"],
)
def test_results_that_violate_the_model_are_rejected(invalidation: dict[str, Any]) -> None:
    with pytest.raises(TypeError, match="Invalidation has"):
        wire.operation("GetInvalidation").render({"Invalidation": invalidation})


def test_unknown_operation(world: CloudFront) -> None:
    assert world.handle("DELETE", f"/2020-05-31/distribution/{DISTRIBUTION}").status == 404
    assert not world.calls


def test_header_members_are_sent_as_headers(world: CloudFront, client: CloudFrontClient) -> None:
    response = client.get_distribution(Id=DISTRIBUTION)
    assert response["ETag"] == response["ResponseMetadata"]["HTTPHeaders"]["etag"]
    assert response["ResponseMetadata"]["RequestId"] == response["ResponseMetadata"]["HTTPHeaders"]["x-amzn-requestid"]
