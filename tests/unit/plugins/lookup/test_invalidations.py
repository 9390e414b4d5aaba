# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
import os
import typing as t

import pytest
from ansible.errors import AnsibleError, AnsibleLookupError
from ansible.plugins.loader import lookup_loader
from ansible_collections.edgeworks.cloudfront.tests.emulator import CloudFront

NAME = "edgeworks.cloudfront.invalidations"
pytestmark = pytest.mark.usefixtures("endpoint")


@pytest.fixture
def site(cf: CloudFront) -> str:
    return cf.add_distribution("E1PA6795UKMFR9", aliases=["www.example.com"])


@pytest.fixture
def tenant(cf: CloudFront) -> str:
    return cf.add_tenant(cf.add_distribution("E2QWRUHAPOMQZL", tenant_only=True), name="acme")


def look_up(*terms: t.Any, **options: t.Any) -> t.Any:
    return lookup_loader.get(NAME).run(list(terms), variables={}, **options)


def test_one_entry_for_each_term_of_either_kind(cf: CloudFront, site: str, tenant: str) -> None:
    cf.add_invalidations(site, ids=["I1"], newest="2026-11-21T03:59:01.413Z", status="InProgress")
    arn = f"arn:aws:cloudfront::123456789012:distribution-tenant/{tenant}"
    expected = {"Marker": "", "MaxItems": 100, "IsTruncated": False}
    empty = {**expected, "Quantity": 0, "Items": []}
    item = {"Id": "I1", "CreateTime": "2026-11-21T03:59:01.413000+00:00", "Status": "InProgress"}
    assert look_up(site, tenant, arn) == [
        {"Target": site, "DistributionId": site, "InvalidationList": {**expected, "Quantity": 1, "Items": [item]}},
        {"Target": tenant, "DistributionTenantId": tenant, "InvalidationList": empty},
        {"Target": arn, "DistributionTenantId": tenant, "InvalidationList": empty},
    ]


def test_unquoted_name_of_digits(cf: CloudFront) -> None:
    tenant = cf.add_tenant(cf.add_distribution(tenant_only=True), name="123456789012")
    (entry,) = look_up(123456789012)
    assert (entry["Target"], entry["DistributionTenantId"]) == ("123456789012", tenant)


def test_entries_are_plain_data(cf: CloudFront, site: str) -> None:
    cf.add_invalidations(site, 3)
    found = look_up(site, details=True)
    assert json.loads(json.dumps(found)) == found


def test_wantlist_of_older_ansible_is_accepted(site: str) -> None:
    assert look_up(site, wantlist=True) == look_up(site)


def test_nested_terms_are_flattened(site: str, tenant: str) -> None:
    assert [entry["Target"] for entry in look_up([site, tenant])] == [site, tenant]


def test_no_terms_return_no_entries(cf: CloudFront) -> None:
    assert look_up() == []
    assert not cf.calls


def test_options(cf: CloudFront, site: str) -> None:
    cf.add_invalidations(site, 250, every=60)
    (entry,) = look_up("www.example.com", max_items="5", created_after="2026-11-21T03:50:00Z", page_size=3)
    assert (entry["Target"], entry["InvalidationList"]["Quantity"]) == ("www.example.com", 5)


def test_all_tenants(tenant: str) -> None:
    (entry,) = look_up("E2QWRUHAPOMQZL", all_tenants=True)
    assert (entry["DistributionTenantId"], entry["Name"]) == (tenant, "acme")


@pytest.mark.parametrize("option", ["max_item", "wait", "tenant_id", "Marker"])
def test_unknown_option_is_refused(cf: CloudFront, site: str, option: str) -> None:
    with pytest.raises(
        AnsibleLookupError,
        match=rf"Unsupported options for the invalidations lookup: {option}\. Supported .* max_items, on_denied",
    ):
        look_up(site, **{option: 1})
    assert not cf.calls


@pytest.mark.parametrize(
    "options", [{"max_items": 0}, {"concurrency": 0}, {"created_after": "soon"}, {"status": "Done"}, {"max_items": "x"}]
)
def test_invalid_value_is_refused_before_any_call(cf: CloudFront, site: str, options: dict[str, t.Any]) -> None:
    with pytest.raises(AnsibleError, match=next(iter(options))):
        look_up(site, "www.example.com", **options)
    assert not cf.calls


@pytest.mark.parametrize("term", ["", " ", None, True, {"DistributionId": "E1PA6795UKMFR9"}])
def test_invalid_term_is_refused_before_any_call(cf: CloudFront, site: str, term: t.Any) -> None:
    with pytest.raises(AnsibleLookupError, match="is not a target: specify an ID, an ARN, a domain or a tenant's name"):
        look_up(site, term)
    assert not cf.calls


def test_missing_target_is_one_clear_error(cf: CloudFront) -> None:
    with pytest.raises(AnsibleLookupError, match="There is no distribution E0000000000000 in this account"):
        look_up("E0000000000000")


@pytest.mark.parametrize(("policy", "warnings"), [("warn", 1), ("skip", 0)])
def test_missing_target_can_be_ignored(monkeypatch: pytest.MonkeyPatch, site: str, policy: str, warnings: int) -> None:
    warned: list[str] = []
    monkeypatch.setattr("ansible.utils.display.Display.warning", lambda dummy, message, **__: warned.append(message))
    missing, found = look_up("E0000000000000", site, on_missing=policy)
    assert missing["Error"]["Code"] == "NoSuchDistribution"
    assert found["InvalidationList"]["Quantity"] == 0
    assert len([message for message in warned if "E0000000000000" in message]) == warnings


def test_unreachable_endpoint_is_one_clear_error() -> None:
    config = {"retries": {"max_attempts": 0}}
    with pytest.raises(AnsibleLookupError, match="ListInvalidations on distribution E1PA6795UKMFR9 got no response"):
        look_up("E1PA6795UKMFR9", endpoint_url="http://127.0.0.1:9", aws_config=config)


@pytest.mark.parametrize("region", ["eu-central-1", "mars-north-1"])
def test_region_does_not_matter(site: str, region: str) -> None:
    assert look_up(site, region=region)


def test_lookups_share_a_client(cf: CloudFront, site: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from boto3.session import Session

    made: list[str] = []
    make = Session.client

    def client(self: Session, *args: t.Any, **kwargs: t.Any) -> t.Any:
        made.append("")
        return make(self, *args, **kwargs)

    monkeypatch.setattr(Session, "client", client)
    for dummy in range(5):
        look_up(site)
    assert len(made) == 1
    look_up(site, region="eu-west-1")
    monkeypatch.setenv("AWS_PROFILE_OF_SOMEBODY_ELSE", "x")
    look_up(site)
    monkeypatch.setattr(os, "getpid", lambda: 1)
    look_up(site)
    assert len(made) == 4
