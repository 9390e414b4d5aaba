# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import typing as t
from datetime import timedelta
from itertools import pairwise

import pytest
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._api import Api
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._creator import (
    Batch,
    Creation,
    create,
    entry_of,
    predict,
)
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._errors import MissingError
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._resolver import requested_targets, resolve
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._target import DISTRIBUTION, TENANT
from ansible_collections.edgeworks.cloudfront.tests.emulator import CloudFront
from ansible_collections.edgeworks.cloudfront.tests.unit.support import (
    NOW,
    Subject,
    api_of,
    invalidations_of,
    subject_of,
)
from botocore.exceptions import EndpointConnectionError

RELEASE = Batch(["/*", "/a"], "release-42", is_generated=False)
GENERATED = RELEASE._replace(reference="0b1f3bd4", is_generated=True)
BOTH_REFERENCES = pytest.mark.parametrize("batch", [RELEASE, GENERATED], ids=["supplied", "generated"])
QUOTA_TIMEOUT = 600.0


@pytest.fixture(params=["documented", "refused"])
def _either_response(request: pytest.FixtureRequest, cf: CloudFront) -> None:
    """Test both responses to a used caller reference, because it is unknown which one CloudFront returns."""
    cf.reused_reference = request.param


EITHER_RESPONSE = pytest.mark.usefixtures("_either_response")


def existing(subject: Subject) -> list[str]:
    return invalidations_of(subject.cf, subject.kind, subject.target.id)


def task(cf: CloudFront, lines: list[str] | None = None, concurrency: int = 8) -> Api:
    """Return the Api of a new task, which appends its progress to the lines."""
    api = api_of(cf, concurrency=concurrency)
    if lines is not None:
        api.progress.report = lines.append
    return api


def create_one(
    subject: Subject, batch: Batch = RELEASE, quota_timeout: float | None = None, lines: list[str] | None = None
) -> Creation:
    """Create in a separate task."""
    (creation,) = create(task(subject.cf, lines), [subject.target], batch, quota_timeout)
    return creation


def message(creation: Creation) -> str:
    assert creation.error
    return str(creation.error)


def test_unresolved_target_does_not_affect_the_others(cf: CloudFront, api: Api) -> None:
    identifier = cf.add_distribution()
    missing, created = create(api, resolve(api, ["www.example.com", identifier]), RELEASE)
    assert isinstance(missing.error, MissingError)
    assert (missing.changed, missing.invalidation) == (False, None)
    assert entry_of(created.result)["DistributionId"] == identifier
    assert created.changed


def test_target_requested_twice_gets_one_invalidation(subject: Subject) -> None:
    known_by_name = subject.target._replace(attributes={"Target": "www.example.com"})
    first, second = create(subject.api, [subject.target, known_by_name], RELEASE)
    assert subject.api.calls == {subject.kind.create_operation: 1}
    assert (first.invalidation, entry_of(second.result)["Target"]) == (second.invalidation, "www.example.com")


@EITHER_RESPONSE
@pytest.mark.parametrize("clock_difference", [-3600, -2, 3600])
class TestUsedReference:
    @pytest.fixture(autouse=True)
    def _set_clock_difference(self, cf: CloudFront, clock_difference: int) -> None:
        cf.date_offset = clock_difference

    def test_same_paths_are_no_change(self, subject: Subject) -> None:
        first = create_one(subject)
        subject.cf.clock.advance(3)
        again = create_one(subject, RELEASE._replace(paths=["/a", "/*"]))
        assert first.invalidation
        assert again.invalidation
        assert (first.changed, again.changed) == (True, False)
        assert existing(subject) == [first.invalidation["Id"]] == [again.invalidation["Id"]]

    @BOTH_REFERENCES
    def test_lost_response_is_a_change(self, subject: Subject, batch: Batch) -> None:
        subject.add(3, age=600)
        subject.cf.add_fault("reset", operation="Create*", first=1)
        creation = create_one(subject, batch)
        assert creation.changed
        assert creation.invalidation
        assert creation.invalidation["InvalidationBatch"]["CallerReference"] == batch.reference
        assert len(existing(subject)) == 4
        assert subject.get_calls <= 1

    def test_lost_response_does_not_claim_an_earlier_invalidation(self, subject: Subject) -> None:
        create_one(subject)
        subject.cf.clock.advance(60)
        subject.cf.add_fault("reset", operation="Create*", first=1)
        assert not create_one(subject).changed
        assert len(existing(subject)) == 1


@EITHER_RESPONSE
def test_invalidation_created_by_another_task_is_no_change(subject: Subject) -> None:
    def create_elsewhere(**dummy: t.Any) -> None:
        if not subject.cf.calls:
            subject.cf.add_invalidations(other.id, ids=["IOTHER"], caller_reference="release-42", paths=["/*", "/a"])
            subject.cf.clock.advance(60)

    other = subject_of(subject.kind, subject.cf).target
    subject.client.meta.events.register("before-call.cloudfront", create_elsewhere)
    first, second = create(api_of(subject.cf, subject.client, concurrency=1), [subject.target, other], RELEASE)
    assert (first.changed, second.changed) == (True, False)
    assert second.invalidation
    assert second.invalidation["Id"] == "IOTHER"


def test_request_that_could_not_be_sent_is_no_change(subject: Subject) -> None:
    def refuse(request: t.Any, **dummy: t.Any) -> None:
        raise EndpointConnectionError(endpoint_url=request.url)

    subject.client.meta.events.register_first("before-send.cloudfront", refuse)
    (creation,) = create(subject.api, [subject.target], RELEASE)
    assert not creation.changed
    assert "may have been created" not in message(creation)


@pytest.mark.parametrize("code", [None, "InvalidationBatchAlreadyExists"])
def test_used_reference_with_other_paths_fails_with_the_difference(subject: Subject, code: str | None) -> None:
    subject.add(ids=["I1"], caller_reference="release-42", paths=["/*", "/b"])
    if code:
        subject.cf.add_fault("error", operation="Create*", status=409, code=code)
    creation = create_one(subject)
    assert not creation.changed
    assert message(creation) == (
        f"The caller reference release-42 was used for invalidation I1 of {subject.target}, created "
        "2026-11-21T04:00:00+00:00, with different paths: only in this task: /a; only in I1: /b. Use another "
        "caller_reference or the same paths."
    )


@BOTH_REFERENCES
def test_paths_that_cloudfront_has_changed_do_not_hide_a_change(subject: Subject, batch: Batch) -> None:
    def change_paths(parsed: dict[str, t.Any], **dummy: t.Any) -> None:
        parsed["Invalidation"]["InvalidationBatch"]["Paths"] = {"Quantity": 1, "Items": ["/changed"]}

    subject.cf.reused_reference = "refused"
    subject.cf.add_fault("reset", operation="Create*", first=1)
    subject.client.meta.events.register(f"after-call.cloudfront.{subject.kind.get_operation}", change_paths)
    (creation,) = create(subject.api, [subject.target], batch)
    assert creation.changed
    assert (creation.error is None) == batch.is_generated


def test_used_reference_is_searched_on_the_newest_page(subject: Subject) -> None:
    subject.cf.reused_reference = "refused"
    subject.add(1, age=9000, caller_reference="release-42", paths=RELEASE.paths)
    subject.add(100, age=0, every=1)
    creation = create_one(subject)
    assert not creation.changed
    assert "caller reference that was used" in message(creation)
    reason = f"It was not found among the newest invalidations of {subject.target} (100 at most)."
    assert reason in message(creation)
    assert (subject.list_calls, subject.get_calls) == (1, 100)


def test_unlisted_generated_reference_is_a_change(subject: Subject) -> None:
    subject.cf.reused_reference = "refused"
    subject.add(100, newest=NOW + timedelta(minutes=1), every=0.1)
    subject.cf.add_fault("reset", operation="Create*", first=1)
    creation = create_one(subject, GENERATED)
    assert creation.changed
    assert "It was not found among the newest invalidations" in message(creation)


def test_failed_search_is_reported(subject: Subject) -> None:
    subject.cf.reused_reference = "refused"
    subject.cf.add_fault("reset", operation="Create*", first=1)
    subject.cf.add_fault("access_denied", operation="Get*")
    creation = create_one(subject)
    assert "The caller reference is release-42. Searching for it failed: " in message(creation)
    assert f"Allow the action cloudfront:{subject.kind.get_operation}" in message(creation)
    assert creation.changed


@EITHER_RESPONSE
def test_reference_of_a_failed_task_creates_no_duplicate(subject: Subject) -> None:
    fault = subject.cf.add_fault("reset", operation="Create*")
    failed = create_one(subject, GENERATED)
    assert failed.changed
    advice = "The invalidation may have been created. To avoid a duplicate, run the task again with caller_reference "
    assert f"{advice}{GENERATED.reference}." in message(failed)
    subject.cf.faults.remove(fault)
    subject.cf.clock.advance(60)
    again = create_one(subject, GENERATED._replace(is_generated=False))
    assert again.invalidation
    assert not again.changed
    assert len(existing(subject)) == 1


@EITHER_RESPONSE
def test_lost_responses_for_all_tenants_create_no_duplicates(cf: CloudFront, api: Api) -> None:
    shared = cf.add_distribution(tenant_only=True)
    tenants = [cf.add_tenant(shared) for dummy in range(20)]
    for tenant in tenants[::2]:
        cf.add_fault("reset", operation="Create*", target=tenant, first=2)
    options = {"distribution_id": shared, "targets": None, "all_tenants": True}
    creations = create(api, requested_targets(api, options), RELEASE)
    assert all(creation.changed and creation.invalidation for creation in creations)
    assert [len(invalidations_of(cf, TENANT, tenant)) for tenant in tenants] == [1] * 20


class TestQuota:
    FULL: t.ClassVar = [f"/{number}/*" for number in range(15)]

    def test_task_waits_until_others_have_completed(self, subject: Subject) -> None:
        subject.add(1, age=0, paths=self.FULL, completes_after=40)
        lines: list[str] = []
        creation = create_one(subject, quota_timeout=QUOTA_TIMEOUT, lines=lines)
        assert creation.changed
        assert creation.invalidation
        waited = subject.cf.clock.now() - NOW.timestamp()
        assert 40 <= waited < 61
        assert 4 <= subject.cf.calls[subject.kind.create_operation] <= 6
        first, last = [line for line in lines if "quota" in line]
        assert first == "Waiting for quota: 1 target with too many invalidations in progress, 600 s at most"
        assert last == f"Waiting for quota: 0 targets left after {waited:.0f} s"

    def test_intervals_grow_up_to_a_maximum(self, subject: Subject) -> None:
        subject.add(1, age=0, paths=self.FULL, status="InProgress")
        create_one(subject, quota_timeout=QUOTA_TIMEOUT)
        sent = [request.at for request in subject.cf.requests]
        gaps = [after - before for before, after in pairwise(sent)]
        for number, gap in enumerate(gaps[:-1]):
            longest = min(5 * 1.5**number, 20)
            assert 0.9 * longest <= gap <= longest

    def test_timeout_counts_from_the_start_of_the_task(self, subject: Subject) -> None:
        subject.add(1, age=0, paths=self.FULL, status="InProgress")
        subject.api.clock.sleep(70)
        (creation,) = create(subject.api, [subject.target], RELEASE, quota_timeout=100)
        assert 99 < subject.cf.clock.now() - NOW.timestamp() <= 100
        assert "TooManyInvalidationsInProgress" in message(creation)
        assert message(creation).endswith("Waited 30 s for quota. Increase wait_timeout, or run the task again later.")

    def test_without_waiting_the_target_fails_immediately(self, subject: Subject) -> None:
        subject.add(1, age=0, paths=self.FULL, status="InProgress")
        assert "TooManyInvalidationsInProgress" in message(create_one(subject))
        assert subject.cf.calls == {subject.kind.create_operation: 1}

    def test_blocked_target_does_not_delay_the_others(self, cf: CloudFront) -> None:
        ids = [cf.add_distribution() for dummy in range(5)]
        cf.add_invalidations(ids[0], age=0, paths=self.FULL, completes_after=20)
        cf.add_invalidations(ids[1], age=0, paths=self.FULL, status="InProgress")
        lines: list[str] = []
        api = task(cf, lines)
        creations = create(api, resolve(api, ids), RELEASE, quota_timeout=60)
        assert [creation.changed for creation in creations] == [True, False, True, True, True]
        assert {request.at for request in cf.requests if request.target in ids[2:]} == {NOW.timestamp()}
        assert "Waiting for quota: 2 targets with" in lines[0]
        assert any(line.startswith("Waiting for quota: 1 target left after ") for line in lines)

    def test_no_request_is_sent_after_the_timeout(self, cf: CloudFront) -> None:
        ids = [cf.add_distribution() for dummy in range(20)]
        for identifier in ids:
            cf.add_invalidations(identifier, age=0, paths=self.FULL, status="InProgress")
        cf.add_fault("latency", seconds=1)
        api = task(cf, concurrency=1)
        creations = create(api, resolve(api, ids), RELEASE, quota_timeout=60)
        assert all("Waited 4" in message(creation) for creation in creations)
        assert max(request.at for request in cf.requests) < NOW.timestamp() + 60

    def test_failing_target_does_not_delay_the_others(self, cf: CloudFront) -> None:
        ids = [cf.add_distribution() for dummy in range(3)]
        for identifier in ids:
            cf.add_invalidations(identifier, age=0, paths=self.FULL, completes_after=20)
        for identifier, seconds in zip(ids, (10_000, 90), strict=False):
            cf.add_fault("error", operation="Create*", target=identifier, after=1, until=seconds, performed=True)
        api = task(cf)
        failed, retried, created = create(api, resolve(api, ids), RELEASE, QUOTA_TIMEOUT)
        assert "failed with a server error" in message(failed)
        assert "The invalidation may have been created." in message(failed)
        assert failed.changed
        assert (retried.changed, created.changed) == (True, True)
        assert max(request.at for request in cf.requests if request.target == ids[2]) < NOW.timestamp() + 40
        assert [len(invalidations_of(cf, DISTRIBUTION, identifier)) for identifier in ids] == [2, 2, 2]
        assert 120 < cf.clock.now() - NOW.timestamp() < 150

    def test_failure_at_the_timeout_is_not_taken_for_the_quota(self, subject: Subject) -> None:
        subject.add(1, age=0, paths=self.FULL, status="InProgress")
        subject.cf.add_fault("error", operation="Create*", after=1)
        creation = create_one(subject, quota_timeout=60)
        assert "failed with a server error" in message(creation)
        assert "for quota" not in message(creation)

    def test_failed_search_is_repeated(self, subject: Subject) -> None:
        subject.cf.reused_reference = "refused"
        subject.cf.add_fault("error", operation="Create*", at=[1], status=400, code="TooManyInvalidationsInProgress")
        subject.cf.add_fault("reset", operation="Create*", at=[2])
        subject.cf.add_fault("error", operation="List*", until=20)
        creation = create_one(subject, quota_timeout=QUOTA_TIMEOUT)
        assert creation.changed
        assert creation.invalidation
        assert len(existing(subject)) == 1

    @pytest.mark.parametrize("number", [1, 2])
    def test_no_time_for_a_retry(self, cf: CloudFront, number: int) -> None:
        ids = [cf.add_distribution() for dummy in range(number)]
        cf.add_invalidations(ids[0], age=0, paths=self.FULL, status="InProgress")
        cf.add_fault("latency", seconds=10)
        lines: list[str] = []
        api = task(cf, lines)
        creation, *dummy = create(api, resolve(api, ids), RELEASE, quota_timeout=10)
        reason = (
            "Creating the other invalidations took up wait_timeout" if number > 1 else "There was no time for another"
        )
        assert f"(HTTP 400). {reason}" in message(creation)
        assert not any("quota" in line for line in lines)

    @EITHER_RESPONSE
    @BOTH_REFERENCES
    def test_lost_response_before_the_wait_creates_no_duplicate(self, subject: Subject, batch: Batch) -> None:
        subject.cf.add_fault("reset", operation="Create*", at=[1])
        subject.cf.add_fault("error", operation="Create*", at=[2], status=400, code="TooManyInvalidationsInProgress")
        creation = create_one(subject, batch, QUOTA_TIMEOUT)
        assert creation.changed
        assert creation.invalidation
        assert len(existing(subject)) == 1

    def test_message_after_a_lost_response_ends_with_the_advice(self, subject: Subject) -> None:
        subject.cf.add_fault("error", operation="Create*", status=400, code="TooManyInvalidationsInProgress")
        subject.cf.add_fault("reset", operation="Create*", at=[1])
        creation = create_one(subject, quota_timeout=60)
        assert message(creation).endswith(
            " s for quota. Increase wait_timeout, or run the task again later. The invalidation may have been created. "
            "To avoid a duplicate, run the task again with caller_reference release-42."
        )


def test_rejected_paths_are_listed(subject: Subject) -> None:
    creation = create_one(subject, RELEASE._replace(paths=["/fine", "/a b"]))
    assert "invalid invalidation paths" in message(creation)
    assert message(creation).endswith(
        "CloudFront does not name the paths that it rejects. "
        "Check '/a b' (unsafe characters must be URL-encoded: use '/a%20b')."
    )


def test_accepted_paths_are_sent_unchanged(subject: Subject) -> None:
    batch = RELEASE._replace(paths=["/a~b", "/%7E", "/%2A"])
    assert create_one(subject, batch).changed
    assert subject.cf.requests[-1].params["InvalidationBatch"]["Paths"]["Items"] == batch.paths


def test_progress_of_many_targets(cf: CloudFront) -> None:
    ids = [cf.add_distribution() for dummy in range(40)]
    cf.add_fault("latency", seconds=2)
    lines: list[str] = []
    api = task(cf, lines, concurrency=1)
    create(api, resolve(api, ids), RELEASE)
    assert lines[0].startswith("4 of 40 invalidations created, about ")


class TestPredict:
    @BOTH_REFERENCES
    def test_unused_reference_is_a_change(self, subject: Subject, batch: Batch) -> None:
        subject.add(2)
        (creation,) = predict(subject.api, [subject.target], batch)
        assert creation == Creation(subject.target, changed=True)
        reads = {} if batch.is_generated else {subject.kind.get_operation: 2}
        assert subject.cf.calls == {subject.kind.list_operation: 1, **reads}

    @BOTH_REFERENCES
    def test_missing_target_fails_as_in_a_real_run(self, subject: Subject, batch: Batch) -> None:
        gone = subject.target._replace(id="gone")
        (predicted,), (real,) = predict(subject.api, [gone], batch), create(subject.api, [gone], batch)
        assert isinstance(predicted.error, MissingError)
        assert message(predicted) == message(real)
        assert not predicted.changed

    @BOTH_REFERENCES
    def test_denied_reading_counts_as_a_change(self, subject: Subject, batch: Batch) -> None:
        subject.cf.add_fault("access_denied")
        (creation,) = predict(subject.api, [subject.target], batch)
        assert creation == Creation(subject.target, changed=True)

    def test_used_reference_with_same_paths_is_no_change(self, subject: Subject) -> None:
        subject.add(ids=["I1"], caller_reference="release-42", paths=RELEASE.paths)
        subject.add(ids=["I0"])
        (creation,) = predict(subject.api, [subject.target], RELEASE)
        assert creation.invalidation
        assert (creation.invalidation["Id"], creation.changed) == ("I1", False)

    def test_used_reference_with_other_paths_fails_as_in_a_real_run(self, subject: Subject) -> None:
        subject.add(ids=["I1"], caller_reference="release-42", paths=["/b"])
        (predicted,), real = predict(subject.api, [subject.target], RELEASE), create_one(subject)
        assert predicted.error
        assert real.error
        assert predicted.error.entry == real.error.entry
