# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._api import Api
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._errors import (
    BadOptionError,
    CloudFrontError,
    DeniedError,
    MissingError,
    TransientError,
)
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._resolver import (
    requested_targets,
    resolve,
    tenants_of,
)
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._target import (
    DISTRIBUTION,
    TENANT,
    Resolved,
    Target,
    Unresolved,
    by_id,
)
from ansible_collections.edgeworks.cloudfront.tests.emulator import CloudFront
from ansible_collections.edgeworks.cloudfront.tests.unit.support import api_of, client_of

BY_DOMAIN, BY_NAME, LIST = "GetDistributionTenantByDomain", "GetDistributionTenant", "ListDistributions"
SHARED = "E2QWRUHAPOMQZL"


def target(resolved: Resolved) -> Target:
    assert isinstance(resolved, Target), resolved
    return resolved


def error(resolved: Resolved) -> CloudFrontError:
    assert isinstance(resolved, Unresolved), resolved
    return resolved.error


def found(api: Api, *texts: str) -> list[str]:
    return [target(resolved).id for resolved in resolve(api, texts)]


@pytest.fixture
def shared(cf: CloudFront) -> str:
    return cf.add_distribution(SHARED, tenant_only=True)


@pytest.fixture(params=[False, True], ids=["literal", "matching"])
def either_way(request: pytest.FixtureRequest, cf: CloudFront) -> None:
    """Test both behaviours, because it is unknown whether AWS finds the tenant of *.example.com by a.example.com."""
    cf.wildcard_domains = request.param


class TestRequests:
    """The account has 120 tenants with two domains each, and 252 distributions on three pages."""

    @pytest.fixture(autouse=True)
    def account(self, cf: CloudFront, shared: str) -> None:
        for number in range(120):
            domains = [f"shop{number}.example.net", f"www.shop{number}.example.net"]
            cf.add_tenant(shared, id=f"dt_{number}", name=f"shop-{number}", domains=domains)
        for number in range(250):
            cf.add_distribution(
                f"E{number:013}",
                domain_name=f"d{number}.cloudfront.net",
                aliases=[f"site{number}.example.com", f"*.site{number}.example.com"],
            )
        cf.add_distribution("EWIDE00000000", aliases=["*.example.com", "Mixed.Example.ORG"])
        cf.add_tenant(shared, id="dt_dotted", name="dotted.name")

    @pytest.mark.parametrize(
        ("text", "identifier", "calls"),
        [
            ("E1PA6795UKMFR9", "E1PA6795UKMFR9", {}),
            (" shop-7 ", "dt_7", {BY_NAME: 1}),
            ("www.shop7.example.net", "dt_7", {BY_DOMAIN: 1}),
            ("site7.example.com", "E0000000000007", {BY_DOMAIN: 1, LIST: 1}),
            ("SITE207.example.com.", "E0000000000207", {BY_DOMAIN: 1, LIST: 3}),
            ("d207.cloudfront.net", "E0000000000207", {LIST: 3}),
            ("mixed.example.org", "EWIDE00000000", {BY_DOMAIN: 1, LIST: 3}),
            ("*.site3.example.com", "E0000000000003", {BY_DOMAIN: 1, LIST: 1}),
            ("a.site3.example.com", "E0000000000003", {BY_DOMAIN: 1, LIST: 3}),
            ("a.b.site3.example.com", "E0000000000003", {BY_DOMAIN: 2, LIST: 3}),  # Then for *.b.site3.example.com.
            ("other.example.com", "EWIDE00000000", {BY_DOMAIN: 1, LIST: 3}),
            ("dotted.name", "dt_dotted", {BY_DOMAIN: 1, LIST: 3, BY_NAME: 1}),
        ],
    )
    def test_one_target_is_found_with_the_fewest_requests(
        self, api: Api, text: str, identifier: str, calls: dict[str, int]
    ) -> None:
        assert found(api, text) == [identifier]
        assert api.calls == calls

    @pytest.mark.parametrize(
        ("texts", "calls"),
        [
            ([f"site{number}.example.com" for number in range(80)], {LIST: 1}),
            ([f"site{number}.example.com" for number in range(0, 240, 3)], {LIST: 3}),
            (["d1.cloudfront.net", "d207.cloudfront.net"], {LIST: 3}),
            (["site1.example.com", "SITE1.example.com", "site1.example.com."], {LIST: 1}),
            (["shop1.example.net", "SHOP1.example.net"], {LIST: 3, BY_DOMAIN: 1}),
            (["shop1.example.net", "shop2.example.net"], {LIST: 3, BY_DOMAIN: 2}),
            (["site1.example.com", "shop2.example.net"], {LIST: 3, BY_DOMAIN: 1}),
            (["shop-1", "shop-2", "shop-1", "E1PA6795UKMFR9"], {BY_NAME: 2}),
            (["shop-1", "shop2.example.net"], {BY_DOMAIN: 1, BY_NAME: 1}),
        ],
    )
    def test_several_domains_share_one_pass(self, api: Api, texts: list[str], calls: dict[str, int]) -> None:
        assert len(found(api, *texts)) == len(texts)
        assert api.calls == calls

    def test_order_and_repetitions_are_kept(self, api: Api) -> None:
        texts = ["site150.example.com", "dt_9", "shop-3", "d1.cloudfront.net", "E1PA6795UKMFR9", "shop3.example.net"]
        identifiers = ["E0000000000150", "dt_9", "dt_3", "E0000000000001", "E1PA6795UKMFR9", "dt_3"]
        assert found(api, *texts, *texts) == identifiers * 2

    def test_entry_shows_the_target_found(self, api: Api) -> None:
        tenant, distribution = resolve(api, ["shop-7", "site7.example.com"])
        assert tenant.entry == {
            "Target": "shop-7",
            "DistributionTenantId": "dt_7",
            "Name": "shop-7",
            "Domains": [
                {"Domain": "shop7.example.net", "Status": "active"},
                {"Domain": "www.shop7.example.net", "Status": "active"},
            ],
        }
        assert distribution.entry == {
            "Target": "site7.example.com",
            "DistributionId": "E0000000000007",
            "DomainName": "d7.cloudfront.net",
            "Aliases": ["site7.example.com", "*.site7.example.com"],
        }

    @pytest.mark.parametrize(
        ("text", "calls"),
        [
            ("no-such-shop", {BY_NAME: 1}),
            ("dgone.cloudfront.net", {LIST: 3}),
            ("example.net", {BY_DOMAIN: 1, LIST: 3, BY_NAME: 1}),
            ("gone.shop7.example.net", {BY_DOMAIN: 3, LIST: 3, BY_NAME: 1}),
            ("*.example.net", {BY_DOMAIN: 1, LIST: 3}),
            ("bücher.example", {BY_DOMAIN: 1, LIST: 3}),
        ],
    )
    def test_error_lists_the_lookups_tried(self, api: Api, text: str, calls: dict[str, int]) -> None:
        missing = error(resolve(api, [text])[0])
        assert isinstance(missing, MissingError)
        assert f"No distribution or tenant in this account matches {text}. Tried as " in str(missing)
        assert {operation for operation in (BY_DOMAIN, LIST, BY_NAME) if f"({operation})" in str(missing)} == set(calls)
        assert api.calls == calls

    def test_wildcards_are_looked_up_once(self, api: Api) -> None:
        gone = [f"gone{number}.example.net" for number in range(20)]
        assert all(error(resolved).code == "NoSuchTarget" for resolved in resolve(api, gone))
        assert api.calls == {LIST: 3, BY_DOMAIN: 21, BY_NAME: 20}

    def test_all_tenants_of_a_distribution(self, api: Api) -> None:
        tenants = tenants_of(api, by_id(DISTRIBUTION, SHARED))
        assert [tenant.id for tenant in tenants] == [f"dt_{number}" for number in range(120)] + ["dt_dotted"]
        assert tenants[0].entry["Name"] == "shop-0"
        assert api.calls == {"ListDistributionTenants": 2}


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("bücher.example", "xn--bcher-kva.example"),
        ("xn--bcher-kva.example", "bücher.example"),
        ("Bücher.EXAMPLE.", "*.example"),
    ],
)
@pytest.mark.usefixtures("either_way")
def test_internationalized_domain_is_found(cf: CloudFront, api: Api, shared: str, text: str, name: str) -> None:
    site = cf.add_distribution(aliases=[name])
    tenant = cf.add_tenant(shared, domains=["straße.example", "*.müller.example"])
    assert found(api, text) == [site]
    assert found(api, text, "www.müller.example") == [site, tenant]


@pytest.mark.usefixtures("either_way")
@pytest.mark.parametrize("more", [[], ["another.example.org"]], ids=["tenants first", "distributions first"])
class TestWildcards:
    """Tenants are searched first for a single domain, and last for several."""

    @pytest.fixture(autouse=True)
    def _another(self, cf: CloudFront) -> None:
        cf.add_distribution(aliases=["another.example.org"])

    @pytest.mark.parametrize(
        ("alias", "domain", "kind"),
        [
            ("www.shop.example.com", "*.shop.example.com", DISTRIBUTION),
            ("*.shop.example.com", "*.example.com", DISTRIBUTION),
            ("*.example.com", "*.shop.example.com", TENANT),
            ("elsewhere.example.com", "*.example.com", TENANT),
        ],
    )
    def test_closest_match_wins(
        self, cf: CloudFront, api: Api, shared: str, more: list[str], alias: str, domain: str, kind: t.Any
    ) -> None:
        expected = {DISTRIBUTION: cf.add_distribution(aliases=[alias]), TENANT: cf.add_tenant(shared, domains=[domain])}
        assert found(api, "www.shop.example.com", *more)[0] == expected[kind]

    def test_closest_of_two_tenants_wins(self, cf: CloudFront, api: Api, shared: str, more: list[str]) -> None:
        wide = cf.add_tenant(shared, domains=["*.example.com"])
        close = cf.add_tenant(shared, domains=["*.shop.example.com"])
        assert found(api, "www.shop.example.com", *more)[0] == close
        assert found(api, "www.example.com", *more)[0] == wide
        assert found(api, "*.shop.example.com", *more)[0] == close

    def test_wildcard_that_aws_refuses_is_not_found(self, cf: CloudFront, api: Api, more: list[str]) -> None:
        site = cf.add_distribution(aliases=["*.example.com"])
        cf.add_fault("error", operation=BY_DOMAIN, status=400, code="InvalidArgument", at=[2])
        assert found(api, "www.shop.example.com", *more)[0] == site
        assert cf.calls[BY_DOMAIN] == 2


class TestFailedLookups:
    @pytest.fixture(autouse=True)
    def account(self, cf: CloudFront, shared: str) -> None:
        cf.add_distribution("ESITE00000000", aliases=["site.example.com", "*.example.com"])
        cf.add_tenant(shared, id="dt_acme", name="acme", domains=["acme.example.com", "*.example.net"])
        cf.add_tenant(shared, id="dt_dotted", name="dotted.name")

    @pytest.mark.parametrize(
        ("operation", "text", "identifier"),
        [
            (BY_DOMAIN, "other.example.com", "ESITE00000000"),
            (BY_DOMAIN, "dotted.name", "dt_dotted"),
            (LIST, "acme.example.com", "dt_acme"),
            (LIST, "other.example.net", "dt_acme"),
            (LIST, "dotted.name", "dt_dotted"),
        ],
    )
    def test_missing_permission_does_not_prevent_the_other_lookups(
        self, cf: CloudFront, api: Api, operation: str, text: str, identifier: str
    ) -> None:
        cf.add_fault("access_denied", operation=operation)
        assert found(api, text) == [identifier]

    @pytest.mark.parametrize("operation", [BY_DOMAIN, LIST, BY_NAME])
    def test_missing_permission_is_reported_if_nothing_is_found(self, cf: CloudFront, api: Api, operation: str) -> None:
        cf.add_fault("access_denied", operation=operation)
        denied, there = resolve(api, ["gone.example.org", "dt_acme"])
        assert isinstance(error(denied), DeniedError)
        assert f"Allow the action cloudfront:{operation}" in str(error(denied))
        assert target(there).id == "dt_acme"

    @pytest.mark.parametrize("more", [[], ["another.example.org"]], ids=["tenants first", "distributions first"])
    @pytest.mark.parametrize(
        ("operation", "text", "identifier"),
        [
            (BY_DOMAIN, "site.example.com", "ESITE00000000"),
            (BY_DOMAIN, "other.example.com", None),
            (LIST, "acme.example.com", "dt_acme"),
            (LIST, "other.example.net", None),
            (BY_NAME, "acme", None),
            (BY_NAME, "gone.example.org", None),
        ],
    )
    def test_failure_is_not_mistaken_for_a_missing_target(
        self, cf: CloudFront, api: Api, operation: str, text: str, identifier: str | None, more: list[str]
    ) -> None:
        cf.add_distribution(aliases=["another.example.org"])
        cf.add_fault("error", operation=operation, status=503)
        result = resolve(api, [text, *more])[0]
        if identifier:
            assert target(result).id == identifier
        else:
            assert isinstance(error(result), TransientError)
            assert error(result).code == "ServiceUnavailable"

    def test_page_of_a_proxy_is_not_mistaken_for_a_missing_target(self, cf: CloudFront, api: Api) -> None:
        cf.add_fault("error", operation=BY_DOMAIN, status=404, body="html")
        wildcard, exact = resolve(api, ["other.example.com", "site.example.com"])
        assert error(wildcard).code == "404"
        assert target(exact).id == "ESITE00000000"

    def test_failed_wildcard_lookup_is_an_error(self, cf: CloudFront, api: Api) -> None:
        cf.add_fault("error", operation=BY_DOMAIN, status=503, at=range(2, 1000))
        assert error(resolve(api, ["a.b.example.com"])[0]).code == "ServiceUnavailable"

    def test_failure_on_a_later_page_keeps_the_targets_found(self, cf: CloudFront, api: Api) -> None:
        for dummy in range(120):
            cf.add_distribution()
        cf.add_fault("access_denied", operation=LIST, at=[2])
        site, gone = resolve(api, ["site.example.com", "gone.example.org"])
        assert target(site).id == "ESITE00000000"
        assert isinstance(error(gone), DeniedError)


def test_several_matches_are_an_error(cf: CloudFront, api: Api) -> None:
    cf.add_distribution("E9999999999999", aliases=["twice.example.org"])
    cf.add_distribution("E8888888888888", aliases=["twice.example.org"])
    ambiguous = error(resolve(api, ["twice.example.org"])[0])
    assert "distribution E9999999999999, distribution E8888888888888" in str(ambiguous)
    assert ambiguous.code == "AmbiguousTarget"


def test_tenant_without_domains_in_the_response_is_trusted(cf: CloudFront, shared: str) -> None:
    def remove_domains(parsed: dict[str, t.Any], **dummy: t.Any) -> None:
        del parsed["DistributionTenant"]["Domains"]

    client = client_of(cf)
    client.meta.events.register(f"after-call.cloudfront.{BY_DOMAIN}", remove_domains)
    tenant = cf.add_tenant(shared, domains=["www.example.com"])
    assert found(api_of(cf, client), "www.example.com") == [tenant]


class TestAllTenants:
    @pytest.fixture(autouse=True)
    def account(self, cf: CloudFront, shared: str) -> None:
        for number in range(250):
            cf.add_tenant(shared, name=f"shop-{number}")

    @pytest.mark.parametrize("page", [1, 3])
    @pytest.mark.parametrize("body", ["empty", "html"])
    def test_list_is_complete_or_an_error(self, cf: CloudFront, api: Api, body: str, page: int) -> None:
        fault = cf.add_fault("foreign", body=body, operation="ListDistributionTenants", at=[page])
        assert len(tenants_of(api, by_id(DISTRIBUTION, SHARED))) == 250
        assert api.calls == {"ListDistributionTenants": 4}
        fault.at = range(fault.seen + page, 100)
        with pytest.raises(CloudFrontError, match="Unexpected response"):
            tenants_of(api, by_id(DISTRIBUTION, SHARED))
        assert api.calls["ListDistributionTenants"] > 4 + page + 1

    @pytest.mark.parametrize("does", ["marker_cycle", "ignore_marker"])
    def test_list_that_repeats_is_an_error(self, cf: CloudFront, api: Api, does: str) -> None:
        cf.add_fault(does)
        with pytest.raises(CloudFrontError, match="ListDistributionTenants on the tenants of distribution"):
            tenants_of(api, by_id(DISTRIBUTION, SHARED))

    def test_each_distribution_has_its_tenants_or_its_error(self, cf: CloudFront, api: Api) -> None:
        empty = cf.add_distribution(tenant_only=True)
        options = {"targets": ["gone", SHARED, empty, "dt_1", "E1PA6795UKMFR9"], "all_tenants": True}
        gone, *tenants, tenant, unknown = requested_targets(api, options)
        assert (error(gone).code, gone.entry) == ("NoSuchTarget", {"Target": "gone"})
        assert len(tenants) == 250
        assert str(error(tenant)) == (
            "all_tenants requires a multi-tenant distribution, and distribution tenant dt_1 is not one."
        )
        assert error(unknown).code == "EntityNotFound"
        assert unknown.entry == {"Target": "E1PA6795UKMFR9", "DistributionId": "E1PA6795UKMFR9"}
        assert "There is no distribution E1PA6795UKMFR9 in this account" in str(error(unknown))


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"distribution_id": "E1"}, Target(DISTRIBUTION, "E1", {})),
        ({"distribution_tenant_id": "E1"}, Target(TENANT, "E1", {})),
        ({"targets": ["E1PA6795UKMFR9"]}, Target(DISTRIBUTION, "E1PA6795UKMFR9", {"Target": "E1PA6795UKMFR9"})),
    ],
)
def test_options_that_specify_a_target(api: Api, options: dict[str, t.Any], expected: Target) -> None:
    unset = dict.fromkeys(("distribution_id", "distribution_tenant_id", "targets"))
    assert requested_targets(api, {**unset, **options}) == [expected]


def test_options_without_a_value_are_refused(api: Api) -> None:
    unset = dict.fromkeys(("distribution_id", "distribution_tenant_id", "targets"))
    with pytest.raises(BadOptionError, match="No target is specified: distribution_id, distribution_tenant_id and"):
        requested_targets(api, unset)
    assert requested_targets(api, {**unset, "targets": []}) == []
