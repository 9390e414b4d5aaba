# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._api import Api
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._errors import (
    BadOptionError,
    DeniedError,
    MissingError,
)
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._lister import list_all
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._resolver import requested_targets
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._selection import Selection
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._target import KINDS, Target, by_id
from ansible_collections.edgeworks.cloudfront.tests.emulator import CloudFront
from ansible_collections.edgeworks.cloudfront.tests.unit.support import Subject, api_of, target_of


def add_targets(cf: CloudFront, count: int) -> list[Target]:
    """Targets of both kinds in turn; number n has n % 7 + 1 invalidations."""
    targets = []
    for number in range(count):
        kind = KINDS[number % 2]
        identifier = target_of(cf, kind)
        cf.add_invalidations(identifier, number % 7 + 1)
        targets.append(by_id(kind, identifier))
    return targets


def test_failed_target_does_not_affect_the_others(cf: CloudFront, api: Api) -> None:
    targets = add_targets(cf, 50)
    targets[7] = by_id(KINDS[0], "E0000000000000")
    cf.add_fault("access_denied", target=targets[20].id)
    cf.add_fault("throttle", target=targets[30].id, every=2)
    results = list_all(api, targets, Selection())
    assert [result.target for result in results] == targets
    assert [number for number, result in enumerate(results) if result.error] == [7, 20]
    assert all(len(result.items) == number % 7 + 1 for number, result in enumerate(results) if not result.error)
    assert cf.peak <= 8


def test_long_listing_reports_its_progress(cf: CloudFront) -> None:
    lines: list[str] = []
    api = api_of(cf)
    api.progress.report = lines.append
    cf.add_fault("latency", seconds=4)
    cf.limit_rate(1, 1)
    list_all(api, add_targets(cf, 40), Selection())
    assert re.fullmatch(r"\d+ of 40 targets listed, throttled by AWS, about \d+ s left", lines[0])
    assert 1 < len(lines) < 6


def test_target_that_is_given_twice_is_listed_once(cf: CloudFront, api: Api) -> None:
    identifier = cf.add_distribution(aliases=["www.example.com"])
    results = list_all(api, requested_targets(api, {"targets": [identifier, "www.example.com"]}), Selection())
    assert [result.entry.get("Target") for result in results] == [None, "www.example.com"]
    assert cf.calls["ListInvalidations"] == 1


def test_marker_with_several_targets_is_refused(cf: CloudFront, api: Api) -> None:
    with pytest.raises(BadOptionError, match="marker cannot be used with several targets"):
        list_all(api, add_targets(cf, 2), Selection(marker="I1"))
    assert not cf.calls


def test_marker_with_one_target(subject: Subject) -> None:
    added = subject.add(3)
    (result,) = list_all(subject.api, [subject.target], Selection(marker=added[0]))
    assert [item["Id"] for item in result.items] == list(added[1:])


def test_limit_of_requests_in_flight(cf: CloudFront) -> None:
    list_all(api_of(cf, concurrency=2), add_targets(cf, 20), Selection(details=True))
    assert cf.peak <= 2


def test_missing_id_does_not_affect_the_others(subject: Subject) -> None:
    added = subject.add(3)
    (result,) = list_all(subject.api, [subject.target], subject.select(invalidation_ids=[added[1], "IGONE"]))
    assert isinstance(result.error, MissingError)
    assert f"Invalidation IGONE not found for {subject.target}; it may no longer be in the history." == str(
        result.error
    )
    assert [item["Id"] for item in result.items] == [added[1]]
    assert result.error.code == "NoSuchInvalidation"


def test_several_missing_ids_are_listed_in_one_message(subject: Subject) -> None:
    (result,) = list_all(subject.api, [subject.target], subject.select(invalidation_ids=["IGONE", "ILOST"]))
    assert str(result.error) == (
        f"Invalidations IGONE, ILOST not found for {subject.target}; they may no longer be in the history."
    )


@pytest.mark.parametrize("offset", [-400, 400])
@pytest.mark.parametrize("option", ["created_after", "created_before"])
def test_age_is_relative_to_the_clock_of_aws(subject: Subject, offset: float, option: str) -> None:
    subject.cf.date_offset = offset
    new, old = subject.add(1, age=0), subject.add(1, age=360)
    (result,) = list_all(subject.api, [subject.target], subject.select(**{option: "5m"}))
    assert [item["Id"] for item in result.items] == list(new if option == "created_after" else old)


def test_age_is_relative_to_the_clock_of_aws_for_named_ids(subject: Subject) -> None:
    subject.cf.date_offset = 400
    (new,), (old,) = subject.add(1, age=0), subject.add(1, age=360)
    wanted = subject.select(invalidation_ids=[new, old], created_after="5m")
    (result,) = list_all(subject.api, [subject.target], wanted)
    assert [item["Id"] for item in result.items] == [new]


def test_age_is_relative_to_the_local_clock_without_a_date_header(subject: Subject) -> None:
    subject.cf.date_offset, subject.cf.send_date = 400, False
    subject.add(1, age=0)
    local = subject.add(2, newest=subject.api.clock.now(), every=360)
    (result,) = list_all(subject.api, [subject.target], subject.select(created_after="5m", created_before="0s"))
    assert result.items == []
    (result,) = list_all(subject.api, [subject.target], subject.select(created_before="5m"))
    assert [item["Id"] for item in result.items] == [local[1]]


def test_age_is_relative_to_the_start_of_the_task(cf: CloudFront) -> None:
    """Listing many targets takes time; the window is the same for all of them."""
    targets = add_targets(cf, 20)
    for target in targets:
        cf.add_invalidations(target.id, age=290)
    cf.date_offset = 400
    for target in targets:
        cf.add_invalidations(target.id, age=290)
    cf.add_fault("latency", seconds=30)
    results = list_all(api_of(cf, concurrency=1), targets, Selection(after=timedelta(minutes=5)))
    assert [len(result.items) for result in results] == [1] * len(targets)


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
        assert list_all(api, [], Selection()) == []

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


def test_option_without_a_value_is_no_target(api: Api) -> None:
    with pytest.raises(BadOptionError, match="distribution_id, distribution_tenant_id and targets have no value"):
        requested_targets(api, {"distribution_id": None, "distribution_tenant_id": None, "targets": None})
