# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._errors import (
    CloudFrontError,
    DeniedError,
    MissingError,
    TransientError,
)
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._search import Search
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._target import (
    DISTRIBUTION,
    TENANT,
    Target,
    Unresolved,
)

SITE, OTHER_SITE, ACME = (Target(DISTRIBUTION, "E1", {}), Target(DISTRIBUTION, "E2", {}), Target(TENANT, "dt_1", {}))
DENIED, FAILED = DeniedError("Denied.", "AccessDenied"), TransientError("Failed.", "503")
BY_DOMAIN, BY_NAME, LIST = "GetDistributionTenantByDomain", "GetDistributionTenant", "ListDistributions"
DOMAIN = "www.shop.example.com"


def error_of(search: Search) -> CloudFrontError:
    result = search.result()
    assert isinstance(result, Unresolved)
    assert result.entry == {"Target": search.text}
    return result.error


@pytest.mark.parametrize(
    ("site", "tenant", "closest"),
    [
        (DOMAIN, "*.shop.example.com", SITE),
        ("*.shop.example.com", DOMAIN, ACME),
        ("*.shop.example.com", "*.example.com", SITE),
        ("*.example.com", "*.shop.example.com", ACME),
        ("*.example.com", "shop.example.com", SITE),
        ("*.WWW.shop.example.com", "*.Example.COM", ACME),
    ],
)
def test_closest_match_wins(site: str, tenant: str, closest: Target) -> None:
    for matches in ([(SITE, site), (ACME, tenant)], [(ACME, tenant), (SITE, site)]):
        search = Search(DOMAIN)
        for target, name in matches:
            search.add(target, [name, "elsewhere.example.net"])
        assert search.result() is closest
        assert search.has_exact_match is (DOMAIN in (site, tenant))


@pytest.mark.parametrize("other", [OTHER_SITE, ACME], ids=str)
def test_two_targets_of_the_same_name_are_ambiguous(other: Target) -> None:
    search = Search(DOMAIN)
    search.add(SITE, ["*.example.com"])
    search.add(SITE, ["*.example.com", "a.example.com"])
    assert search.result() is SITE
    search.add(other, ["*.example.com"])
    assert str(error_of(search)) == (
        f"{DOMAIN} matches several targets: distribution E1, {other}. Specify one of them by its ID."
    )
    assert error_of(search).code == "AmbiguousTarget"


def test_names_that_do_not_match_are_ignored() -> None:
    search = Search(DOMAIN)
    assert not search.add(SITE, ["example.com", "*.www.shop.example.com", "shop.example.com", "w.shop.example.com"])
    search.note(LIST)
    search.note(BY_DOMAIN)
    assert isinstance(error_of(search), MissingError)
    assert str(error_of(search)) == (
        f"No distribution or tenant in this account matches {DOMAIN}. Tried as a distribution's alias or domain name "
        "(ListDistributions), as a tenant's domain (GetDistributionTenantByDomain). Check the spelling."
    )


@pytest.mark.parametrize("operation", [BY_DOMAIN, LIST])
@pytest.mark.parametrize(
    ("error", "name", "result"),
    [
        (DENIED, DOMAIN, SITE),
        (DENIED, "*.example.com", SITE),
        (DENIED, None, DENIED),
        (FAILED, DOMAIN, SITE),
        (FAILED, "*.example.com", FAILED),
        (FAILED, None, FAILED),
    ],
)
def test_failed_lookup_hides_no_exact_match_and_missing_permission_no_match(
    operation: str, error: CloudFrontError, name: str | None, result: Target | CloudFrontError
) -> None:
    search = Search(DOMAIN)
    search.note(operation, error)
    search.note(operation)  # One of several lookups failed.
    search.note(BY_NAME)
    if name:
        search.add(SITE, [name])
    found = search.result()
    assert (found.error if isinstance(found, Unresolved) else found) is result


def test_failure_is_reported_before_a_missing_permission() -> None:
    search = Search(DOMAIN)
    search.note(BY_DOMAIN, DENIED)
    search.note(LIST, FAILED)
    assert error_of(search) is FAILED


@pytest.mark.parametrize(
    ("text", "match", "wildcards"),
    [
        (DOMAIN, None, ["*.shop.example.com", "*.example.com"]),
        (DOMAIN, "*.example.com", ["*.shop.example.com"]),
        (DOMAIN, "*.shop.example.com", []),
        ("*.shop.example.com", None, ["*.example.com"]),
        ("example.com", None, []),
        ("d1.cloudfront.net", None, []),
        ("d1.cloudfront.cn", None, []),
        ("acme", None, []),
    ],
)
def test_only_closer_wildcards_are_looked_up(text: str, match: str | None, wildcards: list[str]) -> None:
    search = Search(text)
    if match:
        search.add(SITE, [match])
    assert search.closer_wildcards == wildcards


@pytest.mark.parametrize(
    ("operation", "error", "looked_up"),
    [(LIST, DENIED, True), (BY_DOMAIN, DENIED, False), (LIST, FAILED, False), (BY_DOMAIN, FAILED, False)],
)
def test_wildcards_are_looked_up_only_if_it_can_help(operation: str, error: CloudFrontError, looked_up: bool) -> None:
    search = Search(DOMAIN)
    search.note(operation, error)
    assert bool(search.closer_wildcards) is looked_up


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("acme", True),
        ("bücher", True),
        ("acme.shop", True),
        ("*.example.com", False),
        ("bücher.example", False),
        ("d1.cloudfront.net", False),
    ],
)
def test_tenants_name_may_have_dots_but_no_other_characters(text: str, expected: bool) -> None:
    assert Search(text).may_be_tenants_name is expected


@pytest.mark.parametrize(("error", "expected"), [(DENIED, True), (FAILED, False)])
def test_domain_is_tried_as_a_name_only_if_it_matches_nothing(error: CloudFrontError, expected: bool) -> None:
    search = Search(DOMAIN)
    search.note(LIST, error)
    assert search.may_be_tenants_name is expected
    search.add(SITE, ["*.example.com"])
    assert not search.may_be_tenants_name
