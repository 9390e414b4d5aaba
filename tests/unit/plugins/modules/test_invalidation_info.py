# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
import signal
import threading
import typing as t
from functools import partial

import pytest
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._target import KINDS, Kind
from ansible_collections.edgeworks.cloudfront.plugins.modules import invalidation_info
from ansible_collections.edgeworks.cloudfront.tests.emulator import CloudFront
from ansible_collections.edgeworks.cloudfront.tests.unit.support import MISSING, target_of


@pytest.fixture
def run(run_module: t.Callable[..., dict[str, t.Any]]) -> t.Callable[..., dict[str, t.Any]]:
    return partial(run_module, invalidation_info)


Run = t.Callable[..., dict[str, t.Any]]
BY_KIND = pytest.mark.parametrize(
    ("kind", "option"),
    [(KINDS[0], "distribution_id"), (KINDS[1], "distribution_tenant_id"), (KINDS[1], "tenant_id")],
)


@BY_KIND
def test_result_of_an_id_is_the_result(cf: CloudFront, run: Run, kind: Kind, option: str) -> None:
    target = target_of(cf, kind)
    (identifier,) = cf.add_invalidations(target, newest="2026-11-21T03:59:01.413Z", status="InProgress")
    result = run(**{option: target})
    assert {key: value for key, value in result.items() if key != "invocation"} == {
        kind.get_parameter: target,
        "InvalidationList": {
            "Marker": "",
            "MaxItems": 100,
            "IsTruncated": False,
            "Quantity": 1,
            "Items": [{"Id": identifier, "CreateTime": "2026-11-21T03:59:01.413000+00:00", "Status": "InProgress"}],
        },
        "in_progress": 1,
        "api_calls": {kind.list_operation: 1},
        "changed": False,
    }


@pytest.mark.parametrize("kinds", [KINDS[:1], KINDS[1:], KINDS])
def test_results_of_targets_are_in_targets_only(cf: CloudFront, run: Run, kinds: t.Sequence[Kind]) -> None:
    targets = [target_of(cf, kind) for kind in kinds]
    cf.add_invalidations(targets[0], 2)
    result = run(targets=targets)
    assert set(result) - {"invocation"} == {"targets", "in_progress", "api_calls", "changed"}  # Some cores add it.
    assert [entry[kind.get_parameter] for entry, kind in zip(result["targets"], kinds, strict=True)] == targets
    assert result["targets"][0]["InvalidationList"]["Quantity"] == 2


@pytest.mark.parametrize("option", ["distribution_id", "targets"])
def test_results_of_all_tenants_are_in_targets_only(cf: CloudFront, run: Run, option: str) -> None:
    shared = cf.add_distribution(tenant_only=True)
    tenants = [cf.add_tenant(shared, name="acme")]
    result = run(**{option: shared}, all_tenants=True)
    assert [entry["DistributionTenantId"] for entry in result["targets"]] == tenants
    assert not set(result) & {"DistributionId", "DistributionTenantId", "InvalidationList", "Name"}


@BY_KIND
def test_check_mode_is_the_same(cf: CloudFront, run: Run, kind: Kind, option: str) -> None:
    target = target_of(cf, kind)
    cf.add_invalidations(target, 2)
    assert run(**{option: target}, _ansible_check_mode=True)["InvalidationList"]["Quantity"] == 2


@BY_KIND
def test_blank_id_is_refused_before_any_call(cf: CloudFront, run: Run, kind: Kind, option: str) -> None:
    result = run(**{option: " "})
    assert result["failed"]
    assert f"is not the ID of a {kind.label}" in result["msg"]
    assert not cf.calls


@BY_KIND
def test_missing_target(cf: CloudFront, run: Run, kind: Kind, option: str) -> None:
    result = run(**{option: "gone"})
    assert result["failed"]
    assert result["msg"].startswith(f"There is no {kind.label} gone in this account ({MISSING[kind]}).")
    assert result[kind.get_parameter] == "gone"
    assert result["Error"] == {"Code": MISSING[kind], "Message": result["msg"]}
    assert not set(result) & {"targets", "InvalidationList"}
    assert "Traceback" not in json.dumps(result)


@pytest.mark.parametrize(
    "options",
    [{}, {"distribution_id": "E1PA6795UKMFR9", "tenant_id": "dt_1"}, {"targets": ["x"], "distribution_id": "y"}],
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
def test_bad_value_is_refused_before_any_call(cf: CloudFront, run: Run, options: dict[str, t.Any]) -> None:
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


@pytest.mark.parametrize("option", ["distribution_id", "targets"])
def test_option_without_a_value_is_refused(cf: CloudFront, run: Run, option: str) -> None:
    result = run(**{option: None})
    assert "have no value" in result["msg"]
    assert not cf.calls


def test_invalidation_stays_pending_if_the_permission_is_lost(cf: CloudFront, run: Run) -> None:
    target = cf.add_distribution()
    (identifier,) = cf.add_invalidations(target, 1, status="InProgress")
    cf.add_fault("access_denied", at=range(2, 100))
    result = run(distribution_id=target, wait=True, wait_delay=1, on_denied="skip")
    assert "failed" not in result
    assert [one["Id"] for one in result["pending"]] == [identifier]
    assert result["Error"]["Code"] == "AccessDenied"


def test_no_targets_are_an_empty_result(cf: CloudFront, run: Run) -> None:
    result = run(targets=[], wait=True)
    assert (result["targets"], result["pending"], result["api_calls"]) == ([], [], {})
    assert "failed" not in result


def test_missing_target_can_be_a_warning(cf: CloudFront, run: Run, warned: list[str]) -> None:
    result = run(targets=["E0000000000000"], on_missing="warn")
    assert "failed" not in result
    assert len(warned) == 1
    assert "E0000000000000" in warned[0]


@BY_KIND
def test_details_show_what_is_used_of_the_quotas(cf: CloudFront, run: Run, kind: Kind, option: str) -> None:
    target = target_of(cf, kind)
    cf.add_invalidations(target, 1, status="InProgress", paths=["/a", "/b/*", "#tag"])
    result = run(**{option: target}, details=True)
    assert (result["InProgressPaths"], result["InProgressWildcards"]) == (2, 1)


def test_details_of_several_targets_show_the_quotas_of_each(cf: CloudFront, run: Run) -> None:
    targets = [target_of(cf, kind) for kind in KINDS]
    for count, target in enumerate(targets, 1):
        cf.add_invalidations(target, count, status="InProgress", paths=["/a", "/b/*"])
    result = run(targets=targets, details=True)
    assert [entry["InProgressPaths"] for entry in result["targets"]] == [1, 2]
    assert [entry["InProgressWildcards"] for entry in result["targets"]] == [1, 2]
    assert not set(result) & {"InProgressPaths", "InProgressWildcards", "in_progress_paths", "in_progress_wildcards"}


def test_target_that_is_given_twice_is_counted_once(cf: CloudFront, run: Run) -> None:
    target = target_of(cf, KINDS[0])
    cf.add_invalidations(target, 2, status="InProgress")
    result = run(targets=[target, target])
    assert (len(result["targets"]), result["in_progress"]) == (2, 2)


def test_wait_without_a_selection_requests_no_more_than_it_needs(cf: CloudFront, run: Run) -> None:
    target = target_of(cf, KINDS[0])
    cf.add_invalidations(target, 10_000)
    result = run(distribution_id=target, wait=True)
    assert result["api_calls"] == {"ListInvalidations": 1, "GetDistribution": 1}
    assert result["pending"] == []
    listed = result["InvalidationList"]
    assert (listed["Quantity"], listed["IsTruncated"]) == (100, True)


@BY_KIND
def test_wait_for_a_single_id_requests_nothing_else(cf: CloudFront, run: Run, kind: Kind, option: str) -> None:
    target = target_of(cf, kind)
    cf.add_invalidations(target, 300)
    (identifier,) = cf.add_invalidations(target, 1, completes_after_reads=2)
    result = run(**{option: target}, invalidation_ids=[identifier], wait=True, wait_delay=1)
    assert result["api_calls"] == {kind.get_operation: 3}
    assert (result["pending"], result["in_progress"]) == ([], 0)


def test_id_that_appears_during_the_wait_is_no_error(cf: CloudFront, run: Run) -> None:
    target = target_of(cf, KINDS[0])
    cf.before("List*", lambda number: number == 1 and cf.add_invalidations(target, ids=["ILATE"], age=0))
    result = run(distribution_id=target, invalidation_ids=["ILATE"], wait=True, wait_delay=1)
    assert "Error" not in result
    assert [item["Id"] for item in result["InvalidationList"]["Items"]] == ["ILATE"]


@BY_KIND
def test_age_is_relative_to_the_clock_of_aws(cf: CloudFront, run: Run, kind: Kind, option: str) -> None:
    target = target_of(cf, kind)
    cf.date_offset = -400
    cf.add_invalidations(target, 1)
    assert run(**{option: target}, created_after="5m")["InvalidationList"]["Quantity"] == 1


def test_wait_until_completed(cf: CloudFront, run: Run) -> None:
    target = target_of(cf, KINDS[1])
    cf.add_invalidations(target, 2, completes_after_reads=1)
    result = run(tenant_id=target, wait=True, wait_delay=1)
    assert (result["pending"], result["in_progress"]) == ([], 0)
    assert [item["Status"] for item in result["InvalidationList"]["Items"]] == ["Completed"] * 2


@pytest.mark.parametrize("on_timeout", ["fail", "warn"])
def test_timeout_returns_the_results(cf: CloudFront, run: Run, warned: list[str], on_timeout: str) -> None:
    target = target_of(cf, KINDS[0])
    cf.add_invalidations(target, ids=["ISTUCK"], status="InProgress")
    result = run(distribution_id=target, wait=True, wait_timeout=0, on_timeout=on_timeout)
    message = result["msg"] if on_timeout == "fail" else warned[0]
    assert "After 0 s, CloudFront had not reported 1 invalidation as completed: " in message
    assert f"ISTUCK of distribution {target} (" in message
    assert result.get("failed", False) is (on_timeout == "fail")
    assert [one["Id"] for one in result["pending"]] == ["ISTUCK"]
    assert result["in_progress"] == 1


@pytest.fixture
def interruptible() -> t.Iterator[None]:
    """Restore the default handler: a process in the background of a shell ignores interrupts."""
    handler = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, handler)


@pytest.mark.usefixtures("interruptible")
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
