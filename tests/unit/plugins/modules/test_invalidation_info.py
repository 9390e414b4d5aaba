# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
import signal
import threading
import typing as t

import pytest
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._target import KINDS, Kind
from ansible_collections.edgeworks.cloudfront.plugins.modules import invalidation_info
from ansible_collections.edgeworks.cloudfront.tests.emulator import CloudFront
from ansible_collections.edgeworks.cloudfront.tests.unit.support import MISSING, Subject, target_of

MODULE = invalidation_info
Run = t.Callable[..., dict[str, t.Any]]


def test_result_of_an_id_is_at_the_top_level(subject: Subject, run_on_subject: Run) -> None:
    (identifier,) = subject.add(newest="2026-11-21T03:59:01.413Z", status="InProgress")
    result = run_on_subject()
    assert {key: value for key, value in result.items() if key != "invocation"} == {
        subject.kind.get_parameter: subject.target.id,
        "InvalidationList": {
            "Marker": "",
            "MaxItems": 100,
            "IsTruncated": False,
            "Quantity": 1,
            "Items": [{"Id": identifier, "CreateTime": "2026-11-21T03:59:01.413000+00:00", "Status": "InProgress"}],
        },
        "in_progress": 1,
        "api_calls": {subject.kind.list_operation: 1},
        "changed": False,
    }


@pytest.mark.parametrize("kinds", [KINDS[:1], KINDS[1:], KINDS])
def test_results_of_targets_are_only_in_targets(cf: CloudFront, run: Run, kinds: t.Sequence[Kind]) -> None:
    targets = [target_of(cf, kind) for kind in kinds]
    cf.add_invalidations(targets[0], 2)
    result = run(targets=targets)
    assert set(result) - {"invocation"} == {"targets", "in_progress", "api_calls", "changed"}  # Some cores add it.
    assert [entry[kind.get_parameter] for entry, kind in zip(result["targets"], kinds, strict=True)] == targets
    assert result["targets"][0]["InvalidationList"]["Quantity"] == 2


@pytest.mark.parametrize("option", ["distribution_id", "targets"])
def test_results_of_all_tenants_are_only_in_targets(cf: CloudFront, run: Run, option: str) -> None:
    shared = cf.add_distribution(tenant_only=True)
    tenants = [cf.add_tenant(shared, name="acme")]
    result = run(**{option: shared}, all_tenants=True)
    assert [entry["DistributionTenantId"] for entry in result["targets"]] == tenants
    assert not set(result) & {"DistributionId", "DistributionTenantId", "InvalidationList", "Name"}


def test_missing_target(subject: Subject, run: Run) -> None:
    result = run(**{subject.kind.option: "gone"})
    code = MISSING[subject.kind]
    assert result["failed"]
    assert result["msg"].startswith(f"There is no {subject.kind.label} gone in this account ({code}).")
    assert result[subject.kind.get_parameter] == "gone"
    assert result["Error"] == {"Code": code, "Message": result["msg"]}
    assert not set(result) & {"targets", "InvalidationList"}
    assert "Traceback" not in json.dumps(result)


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"distribution_id": "E1PA6795UKMFR9", "tenant_id": "dt_1"},
        {"targets": ["x"], "distribution_id": "y"},
    ],
)
def test_exactly_one_of_the_target_options_is_required(cf: CloudFront, run: Run, options: dict[str, t.Any]) -> None:
    assert run(**options)["failed"]
    assert not cf.calls


@pytest.mark.parametrize(
    "options",
    [
        {"concurrency": 0},
        {"max_items": 0},
        {"wait_delay": 0},
        {"wait_timeout": -1},
        {"created_after": "soon"},
        {"aws_config": {"retries": {"max_attempts": "x"}}},
    ],
)
def test_invalid_value_is_refused_before_any_call(cf: CloudFront, run: Run, options: dict[str, t.Any]) -> None:
    result = run(targets=["www.example.com"], **options)
    assert result["failed"]
    assert next(iter(options)) in result["msg"]
    assert not cf.calls


def test_failed_target_does_not_affect_the_others(cf: CloudFront, run: Run) -> None:
    target = target_of(cf, KINDS[0])
    result = run(targets=[target, "E0000000000000"])
    assert result["failed"]
    assert result["msg"].startswith("1 of 2 targets failed: There is no distribution E0000000000000 ")
    assert [("InvalidationList" in entry, "Error" in entry) for entry in result["targets"]] == [
        (True, False),
        (False, True),
    ]


def test_option_without_a_value_is_refused(cf: CloudFront, run: Run) -> None:
    assert "have no value" in run(distribution_id=None)["msg"]
    assert not cf.calls


def test_no_targets_are_an_empty_result(run: Run) -> None:
    result = run(targets=[], wait=True)
    assert (result["targets"], result["pending"], result["api_calls"]) == ([], [], {})
    assert "failed" not in result


def test_missing_target_can_be_a_warning(run: Run, warned: list[str]) -> None:
    result = run(targets=["E0000000000000"], on_missing="warn")
    assert "failed" not in result
    (warning,) = warned
    assert "E0000000000000" in warning


def test_details_show_the_quota_usage(subject: Subject, run_on_subject: Run) -> None:
    subject.add(1, status="InProgress", paths=["/a", "/b/*", "#tag"])
    result = run_on_subject(details=True)
    assert (result["InProgressPaths"], result["InProgressWildcards"]) == (2, 1)


def test_wait_without_a_selection_requests_no_more_than_necessary(cf: CloudFront, run: Run) -> None:
    target = target_of(cf, KINDS[0])
    cf.add_invalidations(target, 10_000)
    result = run(distribution_id=target, wait=True)
    assert result["api_calls"] == {"ListInvalidations": 1, "GetDistribution": 1}
    assert result["pending"] == []
    listed = result["InvalidationList"]
    assert (listed["Quantity"], listed["IsTruncated"]) == (100, True)


def test_wait_until_completed(cf: CloudFront, run: Run) -> None:
    target = target_of(cf, KINDS[1])
    cf.add_invalidations(target, 2, completes_after_reads=1)
    result = run(tenant_id=target, wait=True)
    assert (result["pending"], result["in_progress"]) == ([], 0)
    assert [item["Status"] for item in result["InvalidationList"]["Items"]] == ["Completed"] * 2


def test_invalidation_stays_pending_if_the_permission_is_lost(subject: Subject, run_on_subject: Run) -> None:
    (identifier,) = subject.add(1, status="InProgress")
    subject.cf.add_fault("access_denied", at=range(2, 100))
    result = run_on_subject(wait=True, on_denied="skip")
    assert "failed" not in result
    assert [one["Id"] for one in result["pending"]] == [identifier]
    assert result["Error"]["Code"] == "AccessDenied"


@pytest.mark.parametrize("on_timeout", ["fail", "warn"])
def test_timeout_returns_the_results(subject: Subject, run_on_subject: Run, warned: list[str], on_timeout: str) -> None:
    subject.add(ids=["ISTUCK"], status="InProgress")
    result = run_on_subject(wait=True, wait_timeout=0, on_timeout=on_timeout)
    message = result["msg"] if on_timeout == "fail" else warned[0]
    assert "After 0 s, CloudFront had not reported 1 invalidation as completed: " in message
    assert f"ISTUCK of {subject.target} (" in message
    assert result.get("failed", False) is (on_timeout == "fail")
    assert [one["Id"] for one in result["pending"]] == ["ISTUCK"]
    assert result["in_progress"] == 1


def test_interrupt_ends_the_task_without_the_response(cf: CloudFront, run: Run) -> None:
    target = target_of(cf, KINDS[0])
    main, released = threading.get_ident(), threading.Event()
    responded: list[bool] = []

    def interrupt(number: int) -> None:
        if number == 1:
            signal.pthread_kill(main, signal.SIGINT)
        responded.append(released.wait(60))

    cf.before("*", interrupt)
    try:
        result = run(targets=[target, target_of(cf, KINDS[1])])
        assert not responded
    finally:
        released.set()
    assert result["failed"]
    assert result["msg"] == "Interrupted."


def test_module_may_run_outside_the_main_thread(run_on_subject: Run) -> None:
    results: list[dict[str, t.Any]] = []
    thread = threading.Thread(target=lambda: results.append(run_on_subject()))
    thread.start()
    thread.join(60)
    (result,) = results
    assert result["InvalidationList"]["Quantity"] == 0
