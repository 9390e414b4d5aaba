# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._api import Api
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._errors import (
    BadOptionError,
    CloudFrontError,
    DeniedError,
    MissingError,
)
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._resolver import resolve, tenants_of
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._target import (
    DISTRIBUTION,
    KINDS,
    TENANT,
    Kind,
    Resolved,
    Target,
    Unresolved,
    by_id,
    by_text,
)
from ansible_collections.edgeworks.cloudfront.tests.emulator import CloudFront


def target(resolved: Resolved) -> Target:
    assert isinstance(resolved, Target), resolved
    return resolved


def error(resolved: Resolved) -> CloudFrontError:
    assert isinstance(resolved, Unresolved)
    return resolved.error


@pytest.mark.parametrize(
    ("text", "kind", "identifier"),
    [
        ("E1PA6795UKMFR9", DISTRIBUTION, "E1PA6795UKMFR9"),
        (" E1PA6795UKMFR9 ", DISTRIBUTION, "E1PA6795UKMFR9"),
        ("EDFDVBD6EXAMPLE", DISTRIBUTION, "EDFDVBD6EXAMPLE"),
        ("dt_2wjDZi3hD1ivOXf6rpZJOSNE1AB", TENANT, "dt_2wjDZi3hD1ivOXf6rpZJOSNE1AB"),
        ("arn:aws:cloudfront::123456789012:distribution/E1PA6795UKMFR9", DISTRIBUTION, "E1PA6795UKMFR9"),
        ("arn:aws-cn:cloudfront::123456789012:distribution/E1PA6795UKMFR9", DISTRIBUTION, "E1PA6795UKMFR9"),
        ("arn:aws:cloudfront::123456789012:distribution-tenant/dt_2wjD", TENANT, "dt_2wjD"),
    ],
)
def test_id_or_arn_tells_the_kind_without_a_call(api: Api, text: str, kind: Kind, identifier: str) -> None:
    assert by_text(text) == Target(kind, identifier, {})
    assert target(resolve(api, [text])[0]).entry == {kind.get_parameter: identifier}
    assert not api.calls


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  ",
        "arn:aws:s3:::bucket",
        "arn:aws:cloudfront::123456789012:function/f",
        "arn:aws:cloudfront::123456789012:distribution/",
        "arn:nonsense",
        "https://www.example.com/",
        "www example com",
    ],
)
def test_what_can_be_no_target_is_refused_before_any_call(api: Api, text: str) -> None:
    with pytest.raises(BadOptionError):
        resolve(api, [text])
    assert not api.calls


@pytest.mark.parametrize("identifier", ["", " ", "E1/../E2", "arn:aws:cloudfront::1:distribution/E1", "E1?x"])
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.label)
def test_explicit_id_must_be_one(kind: Kind, identifier: str) -> None:
    with pytest.raises(BadOptionError, match=f"is not the ID of a {kind.label}: give one such as {kind.example}"):
        by_id(kind, identifier)


def test_explicit_id_is_not_guessed_at() -> None:
    assert by_id(TENANT, "E1PA6795UKMFR9").kind is TENANT


class TestNames:
    @pytest.fixture(autouse=True)
    def estate(self, cf: CloudFront) -> None:
        shared = cf.add_distribution("E2QWRUHAPOMQZL", tenant_only=True)
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
            ("shop-7", "dt_7", {"GetDistributionTenant": 1}),
            ("www.shop7.example.net", "dt_7", {"GetDistributionTenantByDomain": 1}),
            ("site7.example.com", "E0000000000007", {"GetDistributionTenantByDomain": 1, "ListDistributions": 1}),
            ("SITE207.example.com.", "E0000000000207", {"GetDistributionTenantByDomain": 1, "ListDistributions": 3}),
            ("d207.cloudfront.net", "E0000000000207", {"ListDistributions": 3}),
            ("mixed.example.org", "EWIDE00000000", {"GetDistributionTenantByDomain": 1, "ListDistributions": 3}),
            ("a.site3.example.com", "E0000000000003", {"GetDistributionTenantByDomain": 1, "ListDistributions": 3}),
            ("a.b.site3.example.com", "E0000000000003", {"GetDistributionTenantByDomain": 1, "ListDistributions": 3}),
            ("other.example.com", "EWIDE00000000", {"GetDistributionTenantByDomain": 1, "ListDistributions": 3}),
            ("*.site3.example.com", "E0000000000003", {"GetDistributionTenantByDomain": 1, "ListDistributions": 1}),
        ],
    )
    def test_name_is_found_in_the_fewest_calls(
        self, api: Api, text: str, identifier: str, calls: dict[str, int]
    ) -> None:
        found = target(resolve(api, [text])[0])
        assert (found.id, found.entry["Target"]) == (identifier, text)
        assert api.calls == calls

    def test_names_share_one_walk_and_keep_their_order(self, api: Api) -> None:
        requested_targets = [
            "site150.example.com",
            "dt_9",
            "shop-3",
            "d1.cloudfront.net",
            "E1PA6795UKMFR9",
            "shop3.example.net",
        ]
        found = [target(resolved) for resolved in resolve(api, [*requested_targets, "site150.example.com"])]
        assert [one.id for one in found] == [
            *("E0000000000150", "dt_9", "dt_3", "E0000000000001", "E1PA6795UKMFR9", "dt_3", "E0000000000150"),
        ]
        assert api.calls == {
            "GetDistributionTenant": 1,
            "GetDistributionTenantByDomain": 2,
            "ListDistributions": 2,
        }

    def test_two_names_of_one_distribution(self, cf: CloudFront, api: Api) -> None:
        identifier = cf.add_distribution(aliases=["one.example.net", "two.example.net"])
        found = resolve(api, ["one.example.net", "two.example.net"])
        assert [target(resolved).id for resolved in found] == [identifier, identifier]

    def test_entry_tells_what_was_found(self, api: Api) -> None:
        tenant, distribution = resolve(api, ["shop-7", "site7.example.com"])
        assert tenant.entry["DistributionTenantId"] == "dt_7"
        assert tenant.entry["Name"] == "shop-7"
        domains = [domain["Domain"] for domain in tenant.entry["Domains"]]
        assert domains == ["shop7.example.net", "www.shop7.example.net"]
        assert distribution.entry == {
            "Target": "site7.example.com",
            "DistributionId": "E0000000000007",
            "DomainName": "d7.cloudfront.net",
            "Aliases": ["site7.example.com", "*.site7.example.com"],
        }

    def test_tenants_name_may_have_dots(self, api: Api) -> None:
        assert target(resolve(api, ["dotted.name"])[0]).id == "dt_dotted"

    @pytest.mark.parametrize(
        ("text", "tried"),
        [
            ("no-such-shop", ["GetDistributionTenant"]),
            ("example.com", ["GetDistributionTenantByDomain", "ListDistributions", "GetDistributionTenant"]),
            ("dgone.cloudfront.net", ["ListDistributions"]),
        ],
    )
    def test_nothing_found_lists_what_was_tried(self, api: Api, text: str, tried: list[str]) -> None:
        missing = error(resolve(api, [text])[0])
        assert isinstance(missing, MissingError)
        assert f"Nothing in this account answers to {text}." in str(missing)
        assert all(f"({operation})" in str(missing) for operation in tried)
        assert sorted(api.calls) == sorted(tried)

    def test_several_found_are_listed(self, cf: CloudFront, api: Api) -> None:
        cf.add_distribution("E9999999999999", aliases=["twice.example.org"])
        cf.add_distribution("E8888888888888", aliases=["twice.example.org"])
        ambiguous = error(resolve(api, ["twice.example.org"])[0])
        assert "E9999999999999, E8888888888888" in str(ambiguous)
        assert ambiguous.code == "AmbiguousTarget"

    @pytest.mark.parametrize("operation", ["GetDistributionTenantByDomain", "ListDistributions"])
    def test_denied_call_costs_only_those_that_need_it(self, cf: CloudFront, api: Api, operation: str) -> None:
        cf.add_fault("access_denied", operation=operation)
        denied, found = resolve(api, ["site7.example.com", "shop-7"])
        assert isinstance(error(denied), DeniedError)
        assert f"cloudfront:{operation}" in str(error(denied))
        assert target(found).id == "dt_7"

    def test_all_tenants_of_a_distribution(self, api: Api) -> None:
        tenants = tenants_of(api, by_id(DISTRIBUTION, "E2QWRUHAPOMQZL"))
        assert len(tenants) == 121
        assert tenants[0].entry["Name"].startswith("shop-")
        assert api.calls == {"ListDistributionTenants": 2}


@pytest.mark.parametrize("does", ["html", "empty"])
def test_page_of_somebody_else_is_not_a_distribution_without_tenants(cf: CloudFront, api: Api, does: str) -> None:
    shared = by_id(DISTRIBUTION, cf.add_distribution(tenant_only=True))
    assert tenants_of(api, shared) == []
    cf.add_fault(does)
    with pytest.raises(CloudFrontError, match="not one of CloudFront's"):
        tenants_of(api, shared)
