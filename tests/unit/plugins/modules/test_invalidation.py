# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import os
import signal
import typing as t
from functools import partial

import pytest
from ansible_collections.edgeworks.cloudfront.plugins.module_utils import _module
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._target import KINDS, Kind
from ansible_collections.edgeworks.cloudfront.plugins.modules import invalidation
from ansible_collections.edgeworks.cloudfront.tests.emulator import CloudFront
from ansible_collections.edgeworks.cloudfront.tests.unit.simulated import SimulatedClock
from ansible_collections.edgeworks.cloudfront.tests.unit.support import (
    MISSING,
    NOW,
    api_of,
    invalidations_of,
    target_of,
)

Run = t.Callable[..., dict[str, t.Any]]
BY_KIND = pytest.mark.parametrize(
    ("kind", "option"), [(KINDS[0], "distribution_id"), (KINDS[1], "distribution_tenant_id")]
)
FULL = [f"/{number}/*" for number in range(15)]


@pytest.fixture
def cf() -> CloudFront:
    return CloudFront(clock=SimulatedClock(NOW), reused_reference="refused")


@pytest.fixture
def run(run_module: Run) -> Run:
    return partial(run_module, invalidation)


@pytest.fixture(autouse=True)
def _emulated_time(cf: CloudFront, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_module, "Clock", lambda: api_of(cf).clock)


@BY_KIND
def test_create(cf: CloudFront, run: Run, kind: Kind, option: str) -> None:
    target = target_of(cf, kind)
    result = run(**{option: target}, paths=["/index.html", "/css/*", "#tag", "/index.html"])
    created = result["Invalidation"]
    assert created["InvalidationBatch"]["Paths"] == {"Quantity": 3, "Items": ["/index.html", "/css/*", "#tag"]}
    assert created["InvalidationBatch"]["CallerReference"] == result["caller_reference"]
    assert created["Status"] == "InProgress"
    assert result[kind.get_parameter] == target
    assert "targets" not in result
    assert result["changed"] is True
    assert result["api_calls"] == {kind.create_operation: 1}


@BY_KIND
def test_targets_are_returned_as_a_list(cf: CloudFront, run: Run, kind: Kind, option: str) -> None:
    target = target_of(cf, kind)
    result = run(targets=[target], paths=["/*"])
    (entry,) = result["targets"]
    assert entry[kind.get_parameter] == target
    assert entry["Invalidation"]["Status"] == "InProgress"
    assert not {"Invalidation", kind.get_parameter} & result.keys()


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
    assert "only in this task: /other; only in " in other["msg"]
    assert other["caller_reference"] == "release-42"


@BY_KIND
def test_lost_response_creates_no_duplicate(cf: CloudFront, run: Run, kind: Kind, option: str) -> None:
    target = target_of(cf, kind)
    cf.add_fault("reset", operation="Create*", first=1)
    result = run(**{option: target}, paths=["/*"])
    assert result["api_calls"][kind.create_operation] == 2
    assert result["changed"] is True
    assert invalidations_of(cf, kind, target) == [result["Invalidation"]["Id"]]
    references = {request.params["InvalidationBatch"]["CallerReference"] for request in list(cf.requests)[:2]}
    assert references == {result["caller_reference"]}


@BY_KIND
def test_reference_of_a_failed_task_can_be_used_again(cf: CloudFront, run: Run, kind: Kind, option: str) -> None:
    target = target_of(cf, kind)
    fault = cf.add_fault("reset", operation="Create*")
    failed = run(**{option: target}, paths=["/*"])
    assert failed["failed"]
    assert failed["changed"] is True
    cf.faults.remove(fault)
    again = run(**{option: target}, paths=["/*"], caller_reference=failed["caller_reference"])
    assert again["Invalidation"]["InvalidationBatch"]["CallerReference"] == failed["caller_reference"]
    assert invalidations_of(cf, kind, target) == [again["Invalidation"]["Id"]]


@BY_KIND
def test_interrupted_task_returns_what_is_known(cf: CloudFront, run: Run, kind: Kind, option: str) -> None:
    created, blocked = (target_of(cf, kind) for dummy in range(2))
    cf.add_invalidations(blocked, age=0, status="InProgress", paths=FULL)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(cf.clock, "sleep", lambda dummy: signal.raise_signal(signal.SIGTERM))
        result = run(
            targets=[f"arn:aws:cloudfront::1:{kind.arn_type}/{each}" for each in (created, blocked)], paths=["/*"]
        )
    assert (result["failed"], result["msg"], result["changed"]) == (True, "Interrupted.", True)
    assert result["targets"][0]["Invalidation"]["InvalidationBatch"]["CallerReference"] == result["caller_reference"]
    assert result["targets"][1]["Error"]["Code"] == "TooManyInvalidationsInProgress"


@BY_KIND
def test_result_of_an_interrupted_request_is_unknown(cf: CloudFront, run: Run, kind: Kind, option: str) -> None:
    target = target_of(cf, kind)
    cf.before("Create*", lambda dummy: os.kill(os.getpid(), signal.SIGTERM))
    cf.add_fault("reset", operation="Create*")
    result = run(**{option: target}, paths=["/*"])
    assert (result["msg"], result["changed"]) == ("Interrupted.", True)
    assert result[kind.get_parameter] == target
    assert not {"Invalidation", "Error"} & result.keys()
    signal.raise_signal(signal.SIGTERM)  # It is ignored, so that the result can be printed.


@BY_KIND
def test_check_mode_creates_nothing(cf: CloudFront, run: Run, kind: Kind, option: str) -> None:
    target = target_of(cf, kind)
    result = run(**{option: target}, paths=["/*"], wait=True, _ansible_check_mode=True)
    assert result["changed"] is True
    assert result[kind.get_parameter] == target
    assert "Invalidation" not in result
    assert cf.calls == {kind.list_operation: 1}


@BY_KIND
def test_check_mode_does_not_wait(cf: CloudFront, run: Run, kind: Kind, option: str) -> None:
    target = target_of(cf, kind)
    cf.add_invalidations(target, age=0, status="InProgress", caller_reference="release-42", paths=["/*"])
    options = {option: target, "paths": ["/*"], "caller_reference": "release-42", "wait": True}
    result = run(**options, _ansible_check_mode=True)
    assert (result["changed"], result["Invalidation"]["Status"]) == (False, "InProgress")
    assert cf.calls == {kind.list_operation: 1, kind.get_operation: 1}


@BY_KIND
def test_wait_needs_permission_for_that_invalidation_only(cf: CloudFront, run: Run, kind: Kind, option: str) -> None:
    target = target_of(cf, kind)
    cf.completes_after_reads = 1
    cf.add_fault("access_denied", operation="List*")
    result = run(**{option: target}, paths=["/*"], wait=True, wait_delay=1)
    assert result["Invalidation"]["Status"] == "Completed"
    assert result["pending"] == []


@BY_KIND
def test_timeout_keeps_what_was_created(cf: CloudFront, run: Run, kind: Kind, option: str) -> None:
    result = run(**{option: target_of(cf, kind)}, paths=["/*"], wait=True, wait_timeout=0)
    assert result["failed"]
    assert result["changed"] is True
    assert result["pending"][0]["Id"] == result["Invalidation"]["Id"]


def test_all_tenants_get_one_invalidation_each(cf: CloudFront, run: Run) -> None:
    shared = cf.add_distribution(tenant_only=True)
    tenants = [cf.add_tenant(shared, name=f"t-{number}") for number in range(3)]
    cf.add_fault("access_denied", target=tenants[1], operation="Create*")
    result = run(distribution_id=shared, all_tenants=True, paths=["/*"], on_denied="skip", wait=True)
    assert [entry["DistributionTenantId"] for entry in result["targets"]] == tenants
    statuses = [entry.get("Invalidation", {}).get("Status") for entry in result["targets"]]
    assert statuses == ["Completed", None, "Completed"]
    assert result["changed"] is True
    assert "failed" not in result


def test_distribution_without_tenants_is_a_warning(cf: CloudFront, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    warned: list[str] = []
    monkeypatch.setattr(invalidation, "warn", warned.append)
    result = run(distribution_id=cf.add_distribution(tenant_only=True), all_tenants=True, paths=["/*"])
    assert (result["targets"], result["changed"]) == ([], False)
    assert warned == ["Nothing was invalidated, because no tenants were found."]


@BY_KIND
@pytest.mark.parametrize("check_mode", [False, True])
def test_missing_target(run: Run, kind: Kind, option: str, check_mode: bool) -> None:
    result = run(**{option: "gone"}, paths=["/*"], _ansible_check_mode=check_mode)
    assert result["failed"]
    assert f"There is no {kind.label} gone in this account ({MISSING[kind]})" in result["msg"]
    assert result["changed"] is False


@pytest.mark.parametrize(
    ("paths", "message"),
    [
        ([], "paths is empty"),
        (["index.html"], "paths contains values that begin neither with / nor"),
        (["/a", ""], "paths contains values that begin neither with / nor"),
        ([*FULL, "/*"], "exceeds CloudFront's quota of 15 by 1"),
    ],
)
def test_impossible_paths_are_refused_before_any_request(
    cf: CloudFront, run: Run, paths: list[str], message: str
) -> None:
    result = run(distribution_id=target_of(cf, KINDS[0]), paths=paths, caller_reference="release-42")
    assert result["failed"]
    assert message in result["msg"]
    assert result["caller_reference"] == "release-42"
    assert not cf.calls


@BY_KIND
def test_task_waits_for_quota(cf: CloudFront, run: Run, kind: Kind, option: str) -> None:
    target = target_of(cf, kind)
    cf.add_invalidations(target, age=0, completes_after=20, paths=FULL)
    result = run(**{option: target}, paths=["/more/*"])
    assert result["changed"] is True
    assert result["Invalidation"]["Status"] == "InProgress"


@BY_KIND
@pytest.mark.parametrize(
    ("options", "text"),
    [({"wait_for_quota": False}, "TooManyInvalidationsInProgress"), ({"wait_timeout": 60}, "Waited 60 s for quota.")],
)
def test_exhausted_quota_fails(
    cf: CloudFront, run: Run, kind: Kind, option: str, options: dict[str, t.Any], text: str
) -> None:
    target = target_of(cf, kind)
    cf.add_invalidations(target, status="InProgress", paths=FULL)
    result = run(**{option: target}, paths=["/more/*"], **options)
    assert result["failed"]
    assert text in result["msg"]
    assert result["changed"] is False
