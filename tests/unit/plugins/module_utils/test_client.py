# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import typing as t
from datetime import UTC, datetime, timedelta, timezone
from types import SimpleNamespace

import pytest
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._api import Api
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._client import as_text, connection, date_of
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._errors import (
    BadOptionError,
    CloudFrontError,
    TransientError,
)
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._pager import pages
from ansible_collections.edgeworks.cloudfront.tests.emulator import CloudFront
from ansible_collections.edgeworks.cloudfront.tests.unit.support import Subject, api_of, client_of
from botocore import xform_name

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


@pytest.fixture
def client(cf: CloudFront) -> t.Any:
    cf.add_distribution(DISTRIBUTION)
    shared = cf.add_distribution(tenant_only=True)
    cf.add_tenant(shared, id=TENANT, name="acme", domains=["acme.example.com"])
    cf.add_invalidations(DISTRIBUTION, ids=["IDISTRIBUTION"])
    cf.add_invalidations(TENANT, ids=["ITENANT"])
    return client_of(cf)


def call(api: Api, operation: str) -> t.Any:
    return api.call(operation, "something", lambda response: True, PARAMETERS[operation])


def replace_body(client: t.Any, body: bytes, status: int = 200) -> None:
    client.meta.events.register_first(
        "before-parse.cloudfront", lambda response_dict, **dummy: response_dict.update(body=body, status_code=status)
    )


@pytest.mark.parametrize("status", [200, 204])
@pytest.mark.parametrize(("body", "reason"), FOREIGN.values(), ids=FOREIGN)
def test_foreign_response_is_retried(cf: CloudFront, client: t.Any, status: int, body: bytes, reason: str) -> None:
    replace_body(client, body, status)
    api = api_of(cf, client, attempts=2)
    for operation in PARAMETERS:
        with pytest.raises(TransientError) as caught:
            call(api, operation)
        assert caught.value.code == "UnreadableResponse"
        assert f" {reason}. " in str(caught.value)
    assert cf.calls == dict.fromkeys(PARAMETERS, 2)


@pytest.mark.parametrize("operation", PARAMETERS)
def test_response_to_another_operation_is_refused(cf: CloudFront, client: t.Any, operation: str) -> None:
    replace_body(client, b"<InvalidationList/>" if operation == "ListDistributions" else b"<DistributionList/>")
    with pytest.raises(CloudFrontError, match="its root element is"):
        call(api_of(cf, client, attempts=1), operation)


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


@pytest.mark.parametrize(
    "config",
    [
        {"retries": {"max_attempts": "many"}},
        {"retries": "many"},
        {"retries": {"mode": "hasty"}},
        {"no_such_setting": 1},
        {1: 2},
    ],
)
def test_config_that_botocore_does_not_accept_is_refused(config: dict[str, t.Any]) -> None:
    with pytest.raises(BadOptionError, match="aws_config"):
        connection(config, 8)


@pytest.mark.parametrize(
    ("response", "expected"),
    [
        ({"RequestId": "1", "HTTPHeaders": {"date": "Sat, 21 Nov 2026 04:00:00 GMT"}}, datetime(2026, 11, 21, 4)),
        ({"HTTPHeaders": {"date": "Sat, 21 Nov 2026 04:00:00 GMT"}}, None),
        ({"RequestId": "", "HTTPHeaders": {"date": "Sat, 21 Nov 2026 04:00:00 GMT"}}, None),
        ({"RequestId": "1", "HTTPHeaders": {"date": "yesterday"}}, None),
        ({"RequestId": "1", "HTTPHeaders": {"date": "Sat, 21 Nov 2026 04:00:00 +9999"}}, None),
        ({"RequestId": "1", "HTTPHeaders": {"date": "Fri, 31 Dec 9999 23:59:59 -2300"}}, None),
        ({"RequestId": "1", "HTTPHeaders": {}}, None),
        ({}, None),
    ],
    ids=["AWS", "proxy", "proxy's error", "text", "zone", "late", "missing", "empty"],
)
def test_date_comes_only_from_a_valid_header_of_aws(response: dict[str, t.Any], expected: datetime | None) -> None:
    assert date_of({"ResponseMetadata": response}) == (expected and expected.replace(tzinfo=UTC))


def test_config_of_the_user_replaces_the_defaults() -> None:
    config = connection({"read_timeout": 1, "user_agent_extra": 42, "user_agent_appid": None}, 32)["aws_config"]
    assert (config.connect_timeout, config.read_timeout, config.max_pool_connections) == (10, 1, 32)
    assert (config.user_agent_extra, config.user_agent_appid) == ("42", None)
    assert connection({}, 8)["aws_config"].max_pool_connections == 10


@pytest.mark.parametrize(
    ("wire", "text"),
    [
        ("2019-12-05T18:40:49.413Z", "2019-12-05T18:40:49.413000+00:00"),
        ("2026-11-21T03:59:01Z", "2026-11-21T03:59:01+00:00"),
        ("2026-11-21T04:59:01.5+01:00", "2026-11-21T03:59:01.500000+00:00"),
        ("1574450000", "2019-11-22T19:13:20+00:00"),
    ],
)
def test_timestamp_is_the_same_text_with_and_without_the_parser_of_botocore(
    subject: Subject, wire: str, text: str
) -> None:
    items = (
        f"<InvalidationSummary><Id>I1</Id><CreateTime>{wire}</CreateTime><Status>Done</Status></InvalidationSummary>"
    )
    body = f"<InvalidationList><IsTruncated>false</IsTruncated><Items>{items}</Items></InvalidationList>"
    client = client_of(subject.cf)
    replace_body(client, body.encode())
    operation = xform_name(subject.kind.list_operation)
    without_parser = SimpleNamespace(meta=client.meta, **{operation: getattr(client, operation)})
    for each in (without_parser, client):
        (page,) = pages(api_of(subject.cf, each), subject.target)
        assert page["Items"] == [{"Id": "I1", "CreateTime": text, "Status": "Done"}]


def test_timestamps_of_other_clients_of_the_session_stay_datetimes(cf: CloudFront) -> None:
    identifier = cf.add_distribution()
    cf.add_invalidations(identifier, 1)
    other = client_of(cf)
    api_of(cf)
    (item,) = other.list_invalidations(DistributionId=identifier)["InvalidationList"]["Items"]
    assert isinstance(item["CreateTime"], datetime)


def test_timestamp_is_in_utc_in_every_time_zone() -> None:
    instant = datetime(2026, 11, 21, 4, 0, 0, 1, tzinfo=timezone(timedelta(hours=1)))
    assert as_text(instant) == "2026-11-21T03:00:00.000001+00:00"
    assert as_text(datetime(2026, 11, 21)) == "2026-11-21T00:00:00+00:00"
