# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import os
import signal
import typing as t

import pytest
from ansible_collections.edgeworks.cloudfront.plugins.modules import invalidation
from ansible_collections.edgeworks.cloudfront.tests.emulator import CloudFront
from ansible_collections.edgeworks.cloudfront.tests.unit.support import MISSING, Subject, subject_of

MODULE = invalidation
Run = t.Callable[..., dict[str, t.Any]]
FULL = [f"/{number}/*" for number in range(15)]


def arn(subject: Subject) -> str:
    return f"arn:aws:cloudfront::1:{subject.kind.arn_type}/{subject.target.id}"


def test_create(subject: Subject, run_on_subject: Run) -> None:
    result = run_on_subject(paths=["/index.html", "/css/*", "#tag", "/index.html"])
    created = result["Invalidation"]
    assert created["InvalidationBatch"]["Paths"] == {"Quantity": 3, "Items": ["/index.html", "/css/*", "#tag"]}
    assert created["InvalidationBatch"]["CallerReference"] == result["caller_reference"]
    assert created["Status"] == "InProgress"
    assert result[subject.kind.get_parameter] == subject.target.id
    assert "targets" not in result
    assert result["changed"] is True
    assert result["api_calls"] == {subject.kind.create_operation: 1}


def test_targets_are_returned_as_a_list(subject: Subject, run: Run) -> None:
    result = run(targets=[arn(subject)], paths=["/*"])
    (entry,) = result["targets"]
    assert entry[subject.kind.get_parameter] == subject.target.id
    assert entry["Invalidation"]["Status"] == "InProgress"
    assert not {"Invalidation", subject.kind.get_parameter} & result.keys()


def test_same_reference_creates_once(subject: Subject, run_on_subject: Run) -> None:
    subject.cf.reused_reference = "refused"
    first = run_on_subject(paths=["/*"], caller_reference="release-42")
    subject.cf.clock.advance(60)
    second = run_on_subject(paths=["/*"], caller_reference="release-42")
    assert (first["changed"], second["changed"]) == (True, False)
    assert first["Invalidation"]["Id"] == second["Invalidation"]["Id"]
    other = run_on_subject(paths=["/other"], caller_reference="release-42")
    assert other["failed"]
    assert "only in this task: /other; only in " in other["msg"]
    assert other["caller_reference"] == "release-42"


def test_interrupted_task_returns_the_known_results(
    subject: Subject, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocked = subject_of(subject.kind, subject.cf)
    blocked.add(age=0, status="InProgress", paths=FULL)
    monkeypatch.setattr(subject.cf.clock, "sleep", lambda dummy: signal.raise_signal(signal.SIGTERM))
    result = run(targets=[arn(subject), arn(blocked)], paths=["/*"])
    assert (result["failed"], result["msg"], result["changed"]) == (True, "Interrupted.", True)
    assert result["targets"][0]["Invalidation"]["InvalidationBatch"]["CallerReference"] == result["caller_reference"]
    assert result["targets"][1]["Error"]["Code"] == "TooManyInvalidationsInProgress"


def test_result_of_an_interrupted_request_is_unknown(subject: Subject, run_on_subject: Run) -> None:
    subject.cf.before("Create*", lambda dummy: os.kill(os.getpid(), signal.SIGTERM))
    subject.cf.add_fault("reset", operation="Create*")
    result = run_on_subject(paths=["/*"])
    assert (result["msg"], result["changed"]) == ("Interrupted.", True)
    assert result[subject.kind.get_parameter] == subject.target.id
    assert not {"Invalidation", "Error"} & result.keys()
    signal.raise_signal(signal.SIGTERM)  # It is ignored, so that the result can be printed.


def test_signals_are_ignored_while_the_result_is_returned(run_on_subject: Run) -> None:
    assert "failed" not in run_on_subject(paths=["/*"])
    signal.raise_signal(signal.SIGTERM)


def test_check_mode_creates_nothing(subject: Subject, run_on_subject: Run) -> None:
    result = run_on_subject(paths=["/*"], wait=True, _ansible_check_mode=True)
    assert result["changed"] is True
    assert result[subject.kind.get_parameter] == subject.target.id
    assert "Invalidation" not in result
    assert subject.cf.calls == {subject.kind.list_operation: 1}


def test_check_mode_does_not_wait(subject: Subject, run_on_subject: Run) -> None:
    subject.add(age=0, status="InProgress", caller_reference="release-42", paths=["/*"])
    result = run_on_subject(paths=["/*"], caller_reference="release-42", wait=True, _ansible_check_mode=True)
    assert (result["changed"], result["Invalidation"]["Status"]) == (False, "InProgress")
    assert subject.cf.calls == {subject.kind.list_operation: 1, subject.kind.get_operation: 1}


def test_wait_needs_permission_only_for_that_invalidation(subject: Subject, run_on_subject: Run) -> None:
    subject.cf.completes_after_reads = 1
    subject.cf.add_fault("access_denied", operation="List*")
    result = run_on_subject(paths=["/*"], wait=True, wait_delay=1)
    assert result["Invalidation"]["Status"] == "Completed"
    assert result["pending"] == []


def test_timeout_returns_the_created_invalidation(run_on_subject: Run) -> None:
    result = run_on_subject(paths=["/*"], wait=True, wait_timeout=0)
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


def test_distribution_without_tenants_is_a_warning(cf: CloudFront, run: Run, warned: list[str]) -> None:
    result = run(distribution_id=cf.add_distribution(tenant_only=True), all_tenants=True, paths=["/*"])
    assert (result["targets"], result["changed"]) == ([], False)
    assert warned == ["Nothing was invalidated, because no tenants were found."]


def test_missing_target(subject: Subject, run: Run) -> None:
    result = run(**{subject.kind.option: "gone"}, paths=["/*"])
    assert result["failed"]
    assert f"There is no {subject.kind.label} gone in this account ({MISSING[subject.kind]})" in result["msg"]
    assert result["changed"] is False


def test_invalid_paths_are_refused_before_any_request(subject: Subject, run_on_subject: Run) -> None:
    result = run_on_subject(paths=[*FULL, "/*"], caller_reference="release-42")
    assert result["failed"]
    assert "exceeds CloudFront's quota of 15 by 1" in result["msg"]
    assert result["caller_reference"] == "release-42"
    assert not subject.cf.calls


def test_task_waits_for_quota(subject: Subject, run_on_subject: Run) -> None:
    subject.add(age=0, completes_after=20, paths=FULL)
    result = run_on_subject(paths=["/more/*"])
    assert result["changed"] is True
    assert result["Invalidation"]["Status"] == "InProgress"


@pytest.mark.parametrize(
    ("options", "text"),
    [({"wait_for_quota": False}, "TooManyInvalidationsInProgress"), ({"wait_timeout": 60}, "Waited 60 s for quota.")],
)
def test_exhausted_quota_fails(subject: Subject, run_on_subject: Run, options: dict[str, t.Any], text: str) -> None:
    subject.add(status="InProgress", paths=FULL)
    result = run_on_subject(paths=["/more/*"], **options)
    assert result["failed"]
    assert text in result["msg"]
    assert result["changed"] is False
