# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The emulator's responses compared with independent fixtures and the service model."""

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
    cf.add_distribution(DISTRIBUTION)
    cf.add_distribution("EEMPTY")
    cf.add_distribution("EMULTITENANT", tenant_only=True)
    cf.add_tenant("EMULTITENANT", id=TENANT)
    cf.add_tenant("EMULTITENANT", id="dt_empty")
    cf.add_invalidations(DISTRIBUTION, ids=["YNY2LI2BVJ4NJU3A"], newest="2019-12-05T18:40:49.413Z", status="InProgress")
    cf.add_invalidations(DISTRIBUTION, ids=["I1JLWSDAP8FU89"], newest="2019-12-05T18:24:51.407Z")
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


@pytest.mark.parametrize(
    ("fixture", "path", "query"),
    [
        ("list_invalidations.empty", "distribution/EEMPTY/invalidation", ""),
        ("list_invalidations.page", f"distribution/{DISTRIBUTION}/invalidation", ""),
        ("list_invalidations_for_distribution_tenant.empty", "distribution-tenant/dt_empty/invalidation", ""),
        ("list_invalidations_for_distribution_tenant.page", f"distribution-tenant/{TENANT}/invalidation", ""),
        (
            "list_invalidations_for_distribution_tenant.truncated",
            f"distribution-tenant/{TENANT}/invalidation",
            "MaxItems=1",
        ),
        (
            "get_invalidation_for_distribution_tenant",
            f"distribution-tenant/{TENANT}/invalidation/I98TN1P9SM4IKAU5VQ2L6BEGZO",
            "",
        ),
    ],
)
def test_responses_equal_the_fixtures(world: CloudFront, fixture: str, path: str, query: str) -> None:
    assert world.handle("GET", f"/2020-05-31/{path}", query).body == (FIXTURES / f"{fixture}.xml").read_bytes()


def test_middle_page_equals_the_fixture(world: CloudFront) -> None:
    world.add_invalidations(DISTRIBUTION)
    response = world.handle(
        "GET", f"/2020-05-31/distribution/{DISTRIBUTION}/invalidation", "Marker=YNY2LI2BVJ4NJU3A&MaxItems=1"
    )
    assert response.body == (FIXTURES / "list_invalidations.truncated.xml").read_bytes()


def test_one_invalidation_equals_the_fixture(cf: CloudFront) -> None:
    cf.add_distribution(DISTRIBUTION)
    cf.add_invalidations(
        DISTRIBUTION,
        ids=["YNY2LI2BVJ4NJU3A"],
        newest="2019-12-05T18:40:49.413Z",
        paths=["/example-path/example-file.jpg", "/example-path/example-file2.png"],
        caller_reference="cli-example",
    )
    response = cf.handle("GET", f"/2020-05-31/distribution/{DISTRIBUTION}/invalidation/YNY2LI2BVJ4NJU3A")
    assert response.body == (FIXTURES / "get_invalidation.xml").read_bytes()


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


def test_every_error_fixture_is_used() -> None:
    assert {path.name.split(".")[1] for path in FIXTURES.glob("error.*.xml")} == set(ERRORS)


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


def test_reused_caller_reference_has_the_message_of_the_fixture(world: CloudFront) -> None:
    world.reused_reference = "refused"
    requests = [
        world.handle("POST", f"/2020-05-31/distribution/{DISTRIBUTION}/invalidation", "", BATCH.format("/a").encode())
        for dummy in range(2)
    ]
    expected = (FIXTURES / "error.reused_caller_reference.xml").read_bytes()
    assert [request.status for request in requests] == [201, 400]
    assert _parsed_error(requests[1].body, 400) == _parsed_error(expected, 400)


def _structure(body: bytes) -> list[str]:
    return [element.tag for element in ElementTree.fromstring(body).iter()]


def _parsed_error(body: bytes, status: int) -> dict[str, Any]:
    error: dict[str, Any] = _parse("GetInvalidation", body, status)["Error"]
    return error


def _parse(operation: str, body: bytes, status: int) -> dict[str, Any]:
    shape = wire.service_model().operation_model(operation).output_shape
    assert shape
    return dict(RestXMLParser().parse({"status_code": status, "headers": {}, "body": body}, shape))


@pytest.mark.parametrize("path", sorted(FIXTURES.glob("[gl]*.xml")), ids=lambda path: path.stem)
def test_botocore_parses_every_member_of_the_fixtures(path: Path) -> None:
    operation = "".join(word.title() for word in path.name.split(".")[0].split("_"))
    parsed = _parse(operation, path.read_bytes(), 200)
    del parsed["ResponseMetadata"]

    again = wire.operation(operation).render(_with_epochs(parsed))

    assert again.body == path.read_bytes()


def _with_epochs(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _with_epochs(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_with_epochs(inner) for inner in value]
    return value.timestamp() if hasattr(value, "timestamp") else value


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


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("", "MissingBody"),
        ("<InvalidationBatch>", "MalformedInput"),
        ("<InvalidationBatch><Surprise/></InvalidationBatch>", "MalformedInput"),
        ("<InvalidationBatch><CallerReference>x</CallerReference></InvalidationBatch>", "MalformedXML"),
        (BATCH.format("/a").replace(">1<", ">one<"), "InvalidArgument"),
    ],
)
def test_requests_are_checked_against_the_model(world: CloudFront, body: str, code: str) -> None:
    path = f"/2020-05-31/distribution/{DISTRIBUTION}/invalidation"
    response = world.handle("POST", path, "", body.encode())
    assert (response.status, _parsed_error(response.body, 400)["Code"]) == (400, code)


def test_missing_query_parameter_is_reported(world: CloudFront) -> None:
    response = world.handle("GET", "/2020-05-31/distribution-tenant")
    assert "Value null at 'Domain'" in _parsed_error(response.body, 400)["Message"]


def test_unknown_operation(world: CloudFront) -> None:
    assert world.handle("DELETE", f"/2020-05-31/distribution/{DISTRIBUTION}").status == 404
    assert not world.calls


def test_header_members_are_sent_as_headers(world: CloudFront, client: CloudFrontClient) -> None:
    response = client.get_distribution(Id=DISTRIBUTION)
    assert response["ETag"] == response["ResponseMetadata"]["HTTPHeaders"]["etag"]
    assert response["ResponseMetadata"]["RequestId"] == response["ResponseMetadata"]["HTTPHeaders"]["x-amzn-requestid"]
