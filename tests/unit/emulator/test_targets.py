# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Get, find and list distributions and tenants."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ansible_collections.edgeworks.cloudfront.tests.emulator import CloudFront
from ansible_collections.edgeworks.cloudfront.tests.unit.emulator.support import EACH_TRANSPORT, error_code

if TYPE_CHECKING:
    from mypy_boto3_cloudfront import CloudFrontClient


@EACH_TRANSPORT
def test_distributions_are_listed_in_pages(cf: CloudFront, client: CloudFrontClient) -> None:
    ids = [cf.add_distribution() for dummy in range(250)]
    pages = [page["DistributionList"] for page in client.get_paginator("list_distributions").paginate()]
    assert [item["Id"] for page in pages for item in page["Items"]] == ids
    assert [page.get("NextMarker") for page in pages] == [ids[99], ids[199], None]
    assert [page["Marker"] for page in pages] == ["", ids[99], ids[199]]


def test_empty_list_of_distributions_has_no_items(cf: CloudFront, client: CloudFrontClient) -> None:
    response = client.list_distributions(MaxItems="7")["DistributionList"]
    assert response == {"Marker": "", "MaxItems": 7, "IsTruncated": False, "Quantity": 0}


def test_distribution_fields(cf: CloudFront, client: CloudFrontClient) -> None:
    made = cf.add_distribution(
        aliases=["www.example.com", "*.example.com"], domain_name="d111111abcdef8.cloudfront.net"
    )
    cf.add_distribution(tenant_only=True)
    direct, shared = client.list_distributions()["DistributionList"]["Items"]
    assert direct["Aliases"] == {"Quantity": 2, "Items": ["www.example.com", "*.example.com"]}
    assert direct["ARN"] == f"arn:aws:cloudfront::123456789012:distribution/{made}"
    assert direct["DomainName"] == "d111111abcdef8.cloudfront.net"
    assert (direct["Status"], direct["LastModifiedTime"].isoformat()[:4]) == ("Deployed", "2026")
    assert (direct["ConnectionMode"], shared["ConnectionMode"]) == ("direct", "tenant-only")
    assert shared["Aliases"] == {"Quantity": 0}
    alone = client.get_distribution(Id=made)["Distribution"]
    assert alone["DistributionConfig"]["Aliases"] == direct["Aliases"]
    assert alone["DomainName"] == direct["DomainName"]


@EACH_TRANSPORT
def test_tenant_by_id_name_arn_and_domain(cf: CloudFront, client: CloudFrontClient) -> None:
    distribution = cf.add_distribution(tenant_only=True)
    cf.add_tenant(distribution)
    made = cf.add_tenant(distribution, name="acme", domains=["acme.example.com", "www.acme.example"])
    arn = f"arn:aws:cloudfront::123456789012:distribution-tenant/{made}"

    found = [client.get_distribution_tenant(Identifier=identifier) for identifier in (made, "acme", arn)]
    found.append(client.get_distribution_tenant_by_domain(Domain="www.acme.example"))

    tenants = [response["DistributionTenant"] for response in found]
    assert tenants == [tenants[0]] * 4
    assert (tenants[0]["Id"], tenants[0]["Arn"], tenants[0]["DistributionId"]) == (made, arn, distribution)
    assert [domain["Domain"] for domain in tenants[0]["Domains"]] == ["acme.example.com", "www.acme.example"]


def test_tenant_name_that_looks_like_an_id(cf: CloudFront, client: CloudFrontClient) -> None:
    for name in ("ENTERPRISE", "123456789012"):
        made = cf.add_tenant(cf.add_distribution(tenant_only=True), name=name)
        assert client.get_distribution_tenant(Identifier=name)["DistributionTenant"]["Id"] == made
        assert error_code(client.get_distribution, Id=name) == "NoSuchDistribution"


def test_wildcard_domains_of_tenants(cf: CloudFront, client: CloudFrontClient) -> None:
    def find(domain: str) -> str | None:
        try:
            return client.get_distribution_tenant_by_domain(Domain=domain)["DistributionTenant"]["Id"]
        except client.exceptions.EntityNotFound:
            return None

    distribution = cf.add_distribution(tenant_only=True)
    wild = cf.add_tenant(distribution, domains=["*.example.com"])
    exact = cf.add_tenant(distribution, domains=["b.example.com"])
    domains = ["*.example.com", "a.example.com", "b.example.com", "a.b.example.com", "example.com"]
    assert [find(domain) for domain in domains] == [wild, None, exact, None, None]
    cf.load({"wildcard_domains": True})
    assert [find(domain) for domain in domains] == [wild, wild, exact, None, None]


def test_international_domains_are_stored_in_punycode(cf: CloudFront, client: CloudFrontClient) -> None:
    distribution = cf.add_distribution(aliases=["bücher.example", "*.bücher.example"])
    made = cf.add_tenant(distribution, domains=["www.bücher.example"])
    listed = client.list_distributions()["DistributionList"]["Items"][0]
    assert listed["Aliases"]["Items"] == ["xn--bcher-kva.example", "*.xn--bcher-kva.example"]
    found = client.get_distribution_tenant_by_domain(Domain="www.xn--bcher-kva.example")["DistributionTenant"]
    assert (found["Id"], found["Domains"][0]["Domain"]) == (made, "www.xn--bcher-kva.example")
    assert error_code(client.get_distribution_tenant_by_domain, Domain="www.bücher.example") == "EntityNotFound"


def test_unknown_distributions_and_tenants(cf: CloudFront, client: CloudFrontClient) -> None:
    assert error_code(client.get_distribution, Id="EGONE") == "NoSuchDistribution"
    assert error_code(client.get_distribution_tenant, Identifier="gone") == "EntityNotFound"
    assert error_code(client.get_distribution_tenant_by_domain, Domain="gone.example.com") == "EntityNotFound"
    association = {"DistributionId": "EGONE"}
    assert error_code(client.list_distribution_tenants, AssociationFilter=association) == "EntityNotFound"


@EACH_TRANSPORT
def test_tenants_are_listed_in_pages_by_association(cf: CloudFront, client: CloudFrontClient) -> None:
    shared, other = cf.add_distribution(tenant_only=True), cf.add_distribution(tenant_only=True)
    ids = [cf.add_tenant(shared) for dummy in range(120)]
    elsewhere = cf.add_tenant(other)

    pages = list(
        client.get_paginator("list_distribution_tenants").paginate(AssociationFilter={"DistributionId": shared})
    )
    assert [tenant["Id"] for page in pages for tenant in page["DistributionTenantList"]] == ids
    assert [page.get("NextMarker") for page in pages] == [ids[99], None]

    last = client.list_distribution_tenants(Marker=ids[-1], MaxItems=10)
    assert [tenant["Id"] for tenant in last["DistributionTenantList"]] == [elsewhere]


def test_empty_list_of_tenants_is_absent(cf: CloudFront, client: CloudFrontClient) -> None:
    response = client.list_distribution_tenants(AssociationFilter={"DistributionId": cf.add_distribution()})
    assert response.keys() == {"ResponseMetadata"}


def test_marker_must_be_an_id(cf: CloudFront, client: CloudFrontClient) -> None:
    for listing in (client.list_distributions, client.list_distribution_tenants):
        assert error_code(listing, Marker="gone") == "InvalidArgument"
