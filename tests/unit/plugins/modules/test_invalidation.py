# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import typing as t
from functools import partial

import pytest
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._target import KINDS, Kind
from ansible_collections.edgeworks.cloudfront.plugins.modules import invalidation
from ansible_collections.edgeworks.cloudfront.tests.emulator import CloudFront
from ansible_collections.edgeworks.cloudfront.tests.unit.support import MISSING, target_of

Run = t.Callable[..., dict[str, t.Any]]
BY_KIND = pytest.mark.parametrize(
    ("kind", "option"), [(KINDS[0], "distribution_id"), (KINDS[1], "distribution_tenant_id")]
)


@pytest.fixture
def run(run_module: Run) -> Run:
    return partial(run_module, invalidation)


@BY_KIND
def test_create(cf: CloudFront, run: Run, kind: Kind, option: str) -> None:
    target = target_of(cf, kind)
    result = run(**{option: target}, paths=["/index.html", "/css/*", "#tag", "/index.html"])
    created = result["Invalidation"]
    assert created["InvalidationBatch"]["Paths"] == {"Quantity": 3, "Items": ["/index.html", "/css/*", "#tag"]}
    assert created["InvalidationBatch"]["CallerReference"]
    assert created["Status"] == "InProgress"
    assert result["targets"] == [{kind.get_parameter: target, "Invalidation": created}]
    assert result["changed"] is True
    assert result["api_calls"] == {kind.create_operation: 1}


@BY_KIND
def test_same_reference_creates_once(cf: CloudFront, run: Run, kind: Kind, option: str) -> None:
    target = target_of(cf, kind)
    first = run(**{option: target}, paths=["/*"], caller_reference="release-42")
    cf.clock.advance(60)
    second = run(**{option: target}, paths=["/*"], caller_reference="release-42")
    assert (first["changed"], second["changed"]) == (True, False)
    assert first["Invalidation"]["Id"] == second["Invalidation"]["Id"]
    other = run(**{option: target}, paths=["/other"], caller_reference="release-42")
    assert other["failed"]
    assert "InvalidationBatchAlreadyExists" in other["msg"]


@BY_KIND
def test_lost_answer_creates_nothing_twice(cf: CloudFront, run: Run, kind: Kind, option: str) -> None:
    target = target_of(cf, kind)
    cf.add_fault("reset", first=1)
    result = run(**{option: target}, paths=["/*"])
    assert result["api_calls"] == {kind.create_operation: 2}
    assert result["changed"] is True
    client_side = {request.params["InvalidationBatch"]["CallerReference"] for request in cf.requests}
    assert len(client_side) == 1


@BY_KIND
def test_check_mode_creates_nothing(cf: CloudFront, run: Run, kind: Kind, option: str) -> None:
    target = target_of(cf, kind)
    result = run(**{option: target}, paths=["/*"], wait=True, _ansible_check_mode=True)
    assert result["changed"] is True
    assert result["targets"] == [{kind.get_parameter: target}]
    assert not cf.calls


@BY_KIND
def test_wait_needs_no_more_than_that_invalidation(cf: CloudFront, run: Run, kind: Kind, option: str) -> None:
    target = target_of(cf, kind)
    cf.completes_after_reads = 1
    cf.add_fault("access_denied", operation="List*")
    result = run(**{option: target}, paths=["/*"], wait=True, wait_delay=1)
    assert result["Invalidation"]["Status"] == "Completed"
    assert result["pending"] == []


def test_timeout_keeps_what_was_created(cf: CloudFront, run: Run) -> None:
    target = target_of(cf, KINDS[0])
    result = run(distribution_id=target, paths=["/*"], wait=True, wait_timeout=0)
    assert result["failed"]
    assert result["changed"] is True
    assert result["pending"][0]["Id"] == result["Invalidation"]["Id"]


def test_all_tenants_each_with_its_own(cf: CloudFront, run: Run) -> None:
    shared = cf.add_distribution(tenant_only=True)
    tenants = [cf.add_tenant(shared, name=f"t-{number}") for number in range(3)]
    cf.add_fault("access_denied", target=tenants[1], operation="Create*")
    result = run(distribution_id=shared, all_tenants=True, paths=["/*"], on_denied="skip")
    assert [entry["DistributionTenantId"] for entry in result["targets"]] == tenants
    assert ["Invalidation" in entry for entry in result["targets"]] == [True, False, True]
    assert result["changed"] is True
    assert "failed" not in result


@BY_KIND
def test_missing_target(run: Run, kind: Kind, option: str) -> None:
    result = run(**{option: "gone"}, paths=["/*"])
    assert result["failed"]
    assert f"There is no {kind.label} gone in this account ({MISSING[kind]})" in result["msg"]
    assert result["changed"] is False


@pytest.mark.parametrize("paths", [[], ["index.html"], ["/a", ""]])
def test_paths_that_are_none_are_refused_before_any_call(cf: CloudFront, run: Run, paths: list[str]) -> None:
    result = run(distribution_id=target_of(cf, KINDS[0]), paths=paths)
    assert result["failed"]
    assert "paths must each begin with / or" in result["msg"]
    assert not cf.calls


def test_quota_is_told(cf: CloudFront, run: Run) -> None:
    target = target_of(cf, KINDS[0])
    cf.add_invalidations(target, status="InProgress", paths=[f"/{number}/*" for number in range(15)])
    result = run(distribution_id=target, paths=["/more/*"])
    assert result["failed"]
    assert "TooManyInvalidationsInProgress" in result["msg"]
