# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._api import Api
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._errors import (
    BadOptionError,
    DeniedError,
    MissingError,
)
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._lister import list_all
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._policy import evaluate
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._resolver import requested_targets
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._results import summary
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._selection import Selection
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._target import DISTRIBUTION, Target, by_id
from ansible_collections.edgeworks.cloudfront.tests.emulator import CloudFront
from ansible_collections.edgeworks.cloudfront.tests.unit.support import Subject, api_of


def estate(cf: CloudFront, count: int) -> list[Target]:
    found = []
    for number in range(count):
        identifier = cf.add_distribution()
        cf.add_invalidations(identifier, number % 7 + 1)
        found.append(by_id(DISTRIBUTION, identifier))
    return found


def test_failures_cost_nobody_elses_result(cf: CloudFront, api: Api) -> None:
    targets = estate(cf, 50)
    targets[7] = by_id(DISTRIBUTION, "E0000000000000")
    cf.add_fault("access_denied", target=targets[20].id)
    cf.add_fault("throttle", target=targets[30].id, every=2)
    results = list_all(api, targets, Selection())
    assert [result.target for result in results] == targets
    assert [number for number, result in enumerate(results) if result.error] == [7, 20]
    assert all(len(result.items) == number % 7 + 1 for number, result in enumerate(results) if not result.error)
    assert cf.peak <= 8


def test_target_asked_for_twice_is_listed_once(cf: CloudFront, api: Api) -> None:
    identifier = cf.add_distribution(aliases=["www.example.com"])
    results = list_all(api, requested_targets(api, {"targets": [identifier, "www.example.com"]}), Selection())
    assert [result.entry.get("Target") for result in results] == [None, "www.example.com"]
    assert cf.calls["ListInvalidations"] == 1


def test_marker_belongs_to_one_target(cf: CloudFront, api: Api) -> None:
    with pytest.raises(BadOptionError, match="marker is a place in the list of one target"):
        list_all(api, estate(cf, 2), Selection(marker="I1"))
    assert not cf.calls


def test_one_target_goes_on_at_its_marker(subject: Subject) -> None:
    added = subject.add(3)
    (result,) = list_all(subject.api, [subject.target], Selection(marker=added[0]))
    assert [item["Id"] for item in result.items] == list(added[1:])


def test_bound_on_requests_in_flight(cf: CloudFront) -> None:
    api = api_of(cf, concurrency=2)
    list_all(api, estate(cf, 20), Selection(details=True))
    assert cf.peak <= 2


def test_named_id_that_is_missing_keeps_those_that_are_not(subject: Subject) -> None:
    added = subject.add(3)
    (result,) = list_all(subject.api, [subject.target], subject.select(invalidation_ids=[added[1], "IGONE"]))
    assert isinstance(result.error, MissingError)
    assert "no invalidation IGONE of" in str(result.error)
    assert [item["Id"] for item in result.entry["InvalidationList"]["Items"]] == [added[1]]
    assert result.entry["Error"]["Code"] == "NoSuchInvalidation"


class TestAllTenants:
    def test_tenants_take_the_place_of_their_distribution(self, cf: CloudFront, api: Api) -> None:
        shared = cf.add_distribution(tenant_only=True)
        tenants = [cf.add_tenant(shared, name=f"t-{number}", domains=[f"t{number}.example.com"]) for number in range(3)]
        cf.add_invalidations(tenants[1], 2)
        options = {"distribution_id": shared, "all_tenants": True}
        entries = [result.entry for result in list_all(api, requested_targets(api, options), Selection())]
        assert [entry["DistributionTenantId"] for entry in entries] == tenants
        assert [entry["Name"] for entry in entries] == ["t-0", "t-1", "t-2"]
        assert [entry["InvalidationList"]["Quantity"] for entry in entries] == [0, 2, 0]

    def test_none_is_an_empty_result(self, cf: CloudFront, api: Api) -> None:
        options = {"distribution_id": cf.add_distribution(tenant_only=True), "all_tenants": True}
        assert requested_targets(api, options) == []
        assert summary([], details=True) == {
            "targets": [],
            "in_progress": 0,
            "in_progress_paths": 0,
            "in_progress_wildcards": 0,
        }

    def test_tenant_has_none(self, cf: CloudFront, api: Api) -> None:
        tenant = cf.add_tenant(cf.add_distribution(tenant_only=True))
        (result,) = list_all(api, requested_targets(api, {"targets": [tenant], "all_tenants": True}), Selection())
        assert isinstance(result.error, BadOptionError)

    def test_name_that_nothing_bears_is_that_targets_error(self, api: Api) -> None:
        (result,) = list_all(
            api, requested_targets(api, {"targets": ["www.example.com"], "all_tenants": True}), Selection()
        )
        assert isinstance(result.error, MissingError)
        assert result.entry["Target"] == "www.example.com"

    def test_denied_listing_of_tenants_is_that_targets_error(self, cf: CloudFront, api: Api) -> None:
        shared = cf.add_distribution(tenant_only=True)
        cf.add_fault("access_denied", operation="ListDistributionTenants")
        (result,) = list_all(api, requested_targets(api, {"distribution_id": shared, "all_tenants": True}), Selection())
        assert isinstance(result.error, DeniedError)
        assert result.entry["DistributionId"] == shared


def test_progress_and_quotas(subject: Subject) -> None:
    subject.add(2, status="InProgress", paths=["/a", "/b*", "/c*", "#tag", "#tags*"])
    subject.add(1, paths=["/old*"])
    results = list_all(subject.api, [subject.target, subject.target], Selection(details=True))  # It counts once.
    invalidation_list = summary(results, details=True)
    assert {key: value for key, value in invalidation_list.items() if key != "targets"} == {
        "in_progress": 2,
        "in_progress_paths": 10,
        "in_progress_wildcards": 4,
    }


def test_quotas_that_could_not_be_read_are_not_told(subject: Subject) -> None:
    subject.add(2, status="InProgress", paths=["/a", "/b*"])
    subject.cf.add_fault("access_denied", operation="Get*", at=[2])
    (result,) = results = list_all(api_of(subject.cf, concurrency=1), [subject.target], Selection(details=True))
    assert isinstance(result.error, DeniedError)
    assert ["InvalidationBatch" in item for item in result.items] == [True, False]
    invalidation_list = summary(results, details=True)
    assert (invalidation_list["in_progress"], set(invalidation_list)) == (2, {"targets", "in_progress"})


def test_batch_without_paths_has_none(subject: Subject) -> None:
    subject.add(1, status="InProgress")
    results = list_all(subject.api, [subject.target], Selection(details=True))
    results[0].items[0]["InvalidationBatch"] = {}
    assert summary(results, details=True)["in_progress_paths"] == 0


def test_option_without_a_value_is_no_target(api: Api) -> None:
    with pytest.raises(BadOptionError, match="distribution_id, distribution_tenant_id and targets have no value"):
        requested_targets(api, {"distribution_id": None, "distribution_tenant_id": None, "targets": None})


@pytest.mark.parametrize(
    ("on_missing", "on_denied", "fails", "warns"),
    [
        ("error", "error", ["E0000000000000", "was denied"], []),
        ("warn", "error", ["was denied"], ["E0000000000000"]),
        ("skip", "warn", [], ["was denied"]),
        ("skip", "skip", [], []),
    ],
)
def test_verdict(cf: CloudFront, api: Api, on_missing: str, on_denied: str, fails: list[str], warns: list[str]) -> None:
    targets = [*estate(cf, 2), by_id(DISTRIBUTION, "E0000000000000")]
    cf.add_fault("access_denied", target=targets[0].id)
    outcome = evaluate(list_all(api, targets, Selection()), on_missing=on_missing, on_denied=on_denied)
    assert bool(outcome.failure) is bool(fails)
    assert all(text in str(outcome.failure) for text in fails)
    assert len(outcome.warnings) == len(warns)
    assert all(text in warning for text, warning in zip(warns, outcome.warnings, strict=True))
    if fails:
        assert str(outcome.failure).startswith(f"{len(fails)} of 3 targets failed: ")


def test_verdict_on_a_single_target_is_its_error(api: Api) -> None:
    (result,) = results = list_all(api, [by_id(DISTRIBUTION, "E0000000000000")], Selection())
    assert evaluate(results, on_missing="error", on_denied="error").failure == str(result.error)


def test_verdict_on_several_says_how_many_failed(cf: CloudFront, api: Api) -> None:
    results = list_all(api, [by_id(DISTRIBUTION, "E0000000000000"), *estate(cf, 1)], Selection())
    failure = evaluate(results, on_missing="error", on_denied="error").failure
    assert failure == f"1 of 2 targets failed: {results[0].error}"


def test_verdict_on_many_failures_stays_short(cf: CloudFront, api: Api) -> None:
    targets: list[t.Any] = [by_id(DISTRIBUTION, f"E00000000000{number:02}") for number in range(60)]
    outcome = evaluate(list_all(api, targets, Selection()), on_missing="error", on_denied="error")
    assert str(outcome.failure).startswith("60 of 60 targets failed: There is no distribution E0000000000000 ")
    assert str(outcome.failure).endswith(" And 57 more.")


@pytest.mark.parametrize(("failing", "more"), [(3, ""), (4, " And 1 more.")])
def test_verdict_names_three(api: Api, failing: int, more: str) -> None:
    targets = [by_id(DISTRIBUTION, f"E000000000000{number}") for number in range(failing)]
    told = str(evaluate(list_all(api, targets, Selection()), on_missing="error", on_denied="error").failure)
    assert [target.id in told for target in targets] == [True] * 3 + [False] * (failing - 3)
    assert (" And " in told, more in told) == (bool(more), True)


def test_what_is_neither_missing_nor_denied_always_fails(cf: CloudFront, api: Api) -> None:
    cf.add_fault("error", status=400, code="InvalidArgument")
    outcome = evaluate(list_all(api, estate(cf, 1), Selection()), on_missing="skip", on_denied="skip")
    assert "InvalidArgument" in str(outcome.failure)
