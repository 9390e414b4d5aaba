# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._api import ATTEMPTS, Api
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._errors import CloudFrontError, TransientError
from ansible_collections.edgeworks.cloudfront.tests.emulator import CloudFront
from ansible_collections.edgeworks.cloudfront.tests.unit.support import api_of, client_of
from botocore.session import get_session

DISTRIBUTION, TENANT = "E1PA6795UKMFR9", "dt_2wjDZi3hD1ivOXf6rpZJOSNE1AB"
BATCH = {"Paths": {"Quantity": 1, "Items": ["/*"]}, "CallerReference": "release-42"}
PARAMETERS: dict[str, dict[str, t.Any]] = {
    "ListInvalidations": {"DistributionId": DISTRIBUTION},
    "GetInvalidation": {"DistributionId": DISTRIBUTION, "Id": "IDISTRIBUTION"},
    "CreateInvalidation": {"DistributionId": DISTRIBUTION, "InvalidationBatch": BATCH},
    "ListInvalidationsForDistributionTenant": {"Id": TENANT},
    "GetInvalidationForDistributionTenant": {"DistributionTenantId": TENANT, "Id": "ITENANT"},
    "CreateInvalidationForDistributionTenant": {"Id": TENANT, "InvalidationBatch": BATCH},
    "GetDistribution": {"Id": DISTRIBUTION},
    "ListDistributions": {},
    "GetDistributionTenant": {"Identifier": "acme"},
    "GetDistributionTenantByDomain": {"Domain": "acme.example.com"},
    "ListDistributionTenants": {},
}
FOREIGN = {
    "empty": (b"", "it is empty or not XML"),
    "whitespace": (b" \r\n", "it is empty or not XML"),
    "comment": (b"<!-- -->", "it is empty or not XML"),
    "text": (b"OK", "it is empty or not XML"),
    "json": (b'{"Items": []}', "it is empty or not XML"),
    "html": (b"<!DOCTYPE html><html><body><br></body></html>", "its root element is html"),
    "xhtml": (b'<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"/>', "its root element is html"),
    "xml": (b"<status>OK</status>", "its root element is status"),
    "error": (b"<Error><Code>Throttling</Code></Error>", "its root element is Error"),
    "enclosed": (b"<x><InvalidationList/><Id/></x>", "its root element is x"),
}
EVERY_OPERATION = pytest.mark.parametrize("operation", PARAMETERS)
MODEL = get_session().get_service_model("cloudfront")


@pytest.fixture
def client(cf: CloudFront) -> t.Any:
    cf.add_distribution(DISTRIBUTION)
    shared = cf.add_distribution(tenant_only=True)
    cf.add_tenant(shared, id=TENANT, name="acme", domains=["acme.example.com"])
    cf.add_invalidations(DISTRIBUTION, ids=["IDISTRIBUTION"])
    cf.add_invalidations(TENANT, ids=["ITENANT"])
    return client_of(cf)


def call(api: Api, operation: str) -> t.Any:
    return api.call(operation, "something", lambda response: True, **PARAMETERS[operation])


def replace_body(client: t.Any, body: bytes, status: int = 200) -> None:
    client.meta.events.register_first(
        "before-parse.cloudfront", lambda response_dict, **dummy: response_dict.update(body=body, status_code=status)
    )


@EVERY_OPERATION
def test_response_of_cloudfront_is_accepted(cf: CloudFront, client: t.Any, operation: str) -> None:
    call(api_of(cf, client), operation)
    assert cf.calls == {operation: 1}


@EVERY_OPERATION
@pytest.mark.parametrize("status", [200, 204])
@pytest.mark.parametrize(("body", "reason"), FOREIGN.values(), ids=FOREIGN)
def test_foreign_response_is_retried_and_then_an_error(
    cf: CloudFront, client: t.Any, operation: str, status: int, body: bytes, reason: str
) -> None:
    replace_body(client, body, status)
    with pytest.raises(TransientError) as caught:
        call(api_of(cf, client), operation)
    assert caught.value.code == "UnreadableAnswer"
    assert f" {reason}. " in str(caught.value)
    assert cf.calls == {operation: ATTEMPTS}


@EVERY_OPERATION
def test_response_to_another_operation_is_refused(cf: CloudFront, client: t.Any, operation: str) -> None:
    replace_body(client, b"<InvalidationList/>" if operation == "ListDistributions" else b"<DistributionList/>")
    with pytest.raises(CloudFrontError, match="its root element is"):
        call(api_of(cf, client), operation)


@pytest.mark.parametrize("prolog", ["", "\ufeff", '<?xml version="1.0" encoding="UTF-8"?>\n', f"<!--{'-x' * 5000}-->"])
@pytest.mark.parametrize(
    "root",
    [
        "<ListDistributionTenantsResult/>",
        "<ListDistributionTenantsResponse/>",
        '<c:ListDistributionTenantsResult xmlns:c="urn:c"/>',
    ],
    ids=["result", "response", "prefix"],
)
def test_other_forms_of_the_response_are_accepted(cf: CloudFront, client: t.Any, prolog: str, root: str) -> None:
    replace_body(client, (prolog + root).encode())
    assert "DistributionTenantList" not in call(api_of(cf, client), "ListDistributionTenants")


def test_error_response_keeps_its_code(cf: CloudFront, client: t.Any) -> None:
    cf.add_fault("access_denied")
    with pytest.raises(CloudFrontError) as caught:
        call(api_of(cf, client), "ListDistributions")
    assert caught.value.code == "AccessDenied"
