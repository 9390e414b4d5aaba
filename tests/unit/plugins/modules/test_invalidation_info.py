# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
import signal
import threading
import time
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
def test_result(cf: CloudFront, run: Run, kind: Kind, option: str) -> None:
    target = target_of(cf, kind)
    added = list(cf.add_invalidations(target, 2, status="InProgress"))
    result = run(**{option: target})
    listed = result["InvalidationList"]
    assert [item["Id"] for item in listed["Items"]] == added
    assert result["targets"] == [{kind.get_parameter: target, "InvalidationList": listed}]
    assert result["in_progress"] == 2
    assert result["api_calls"] == {kind.list_operation: 1}
    assert result["changed"] is False
    assert "failed" not in result
    assert "pending" not in result


@pytest.mark.parametrize(("count", "about_one"), [(1, True), (2, False)])
def test_result_of_a_single_target_are_at_the_top_too(cf: CloudFront, run: Run, count: int, about_one: bool) -> None:
    result = run(targets=[cf.add_distribution() for dummy in range(count)])
    assert len(result["targets"]) == count
    assert ("InvalidationList" in result) is about_one


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
    assert result["targets"] == [
        {kind.get_parameter: "gone", "Error": {"Code": MISSING[kind], "Message": result["msg"]}}
    ]
    assert "InvalidationList" not in result
    assert "Traceback" not in json.dumps(result)


@pytest.mark.parametrize(
    "options",
    [{}, {"distribution_id": "E1PA6795UKMFR9", "tenant_id": "dt_1"}, {"targets": ["x"], "distribution_id": "y"}],
)
def test_exactly_one_way_to_name_a_target(cf: CloudFront, run: Run, options: dict[str, t.Any]) -> None:
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


def test_many_targets_fail_after_all_are_in(cf: CloudFront, run: Run) -> None:
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


def test_permission_lost_during_the_wait_is_no_completion(cf: CloudFront, run: Run) -> None:
    target = cf.add_distribution()
    (identifier,) = cf.add_invalidations(target, 1, status="InProgress")
    cf.add_fault("access_denied", at=range(2, 100))
    result = run(distribution_id=target, wait=True, wait_delay=1, on_denied="skip")
    assert "failed" not in result
    assert [one["Id"] for one in result["pending"]] == [identifier]
    assert result["targets"][0]["Error"]["Code"] == "AccessDenied"


def test_no_targets_are_an_empty_result(cf: CloudFront, run: Run) -> None:
    result = run(targets=[], wait=True)
    assert (result["targets"], result["pending"], result["api_calls"]) == ([], [], {})
    assert "failed" not in result


def test_missing_target_may_pass_with_a_warning(cf: CloudFront, run: Run, warned: list[str]) -> None:
    result = run(targets=["E0000000000000"], on_missing="warn")
    assert "failed" not in result
    assert len(warned) == 1
    assert "E0000000000000" in warned[0]


def test_details_show_the_quotas(cf: CloudFront, run: Run) -> None:
    target = target_of(cf, KINDS[0])
    cf.add_invalidations(target, 1, status="InProgress", paths=["/a", "/b/*"])
    result = run(distribution_id=target, details=True)
    assert (result["in_progress_paths"], result["in_progress_wildcards"]) == (2, 1)


def test_wait_until_completed(cf: CloudFront, run: Run) -> None:
    target = target_of(cf, KINDS[1])
    cf.add_invalidations(target, 2, completes_after_reads=1)
    result = run(tenant_id=target, wait=True, wait_delay=1)
    assert (result["pending"], result["in_progress"]) == ([], 0)
    assert [item["Status"] for item in result["InvalidationList"]["Items"]] == ["Completed"] * 2


@pytest.mark.parametrize("on_timeout", ["fail", "warn"])
def test_timeout_keeps_what_is_known(cf: CloudFront, run: Run, warned: list[str], on_timeout: str) -> None:
    target = target_of(cf, KINDS[0])
    cf.add_invalidations(target, ids=["ISTUCK"], status="InProgress")
    result = run(distribution_id=target, wait=True, wait_timeout=0, on_timeout=on_timeout)
    told = result["msg"] if on_timeout == "fail" else warned[0]
    assert f"After 0 s, 1 invalidation had not completed: ISTUCK of distribution {target} (" in told
    assert result.get("failed", False) is (on_timeout == "fail")
    assert [one["Id"] for one in result["pending"]] == ["ISTUCK"]
    assert result["in_progress"] == 1


@pytest.fixture
def interruptible() -> t.Iterator[None]:
    """What runs in the background of a shell ignores interrupts, and so would the tests."""
    handler = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, handler)


@pytest.mark.usefixtures("interruptible")
def test_interrupt_ends_at_once_with_what_is_known(cf: CloudFront, run: Run) -> None:
    target = target_of(cf, KINDS[0])
    cf.add_fault("latency", seconds=20)
    main = threading.get_ident()

    def interrupt() -> None:
        while not cf.calls:
            time.sleep(0.01)
        signal.pthread_kill(main, signal.SIGINT)

    threading.Thread(target=interrupt).start()
    before = time.monotonic()
    result = run(targets=[target, target_of(cf, KINDS[1])])
    assert result["failed"]
    assert result["msg"] == "Interrupted."
    assert time.monotonic() - before < 5
