# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import re
import typing as t
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise

import pytest
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._errors import (
    BadOptionError,
    CloudFrontError,
    DeniedError,
)
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._limits import WaitLimits, wait_limits
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._lister import list_all
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._results import TargetResult
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._selection import Selection
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._target import (
    DISTRIBUTION,
    Target,
    Unresolved,
    by_id,
)
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._waiter import Pending, timeout_message, wait
from ansible_collections.edgeworks.cloudfront.tests.emulator import CloudFront
from ansible_collections.edgeworks.cloudfront.tests.unit.support import Subject, api_of, subject_of, target_of


def wait_for(
    subject: Subject,
    timeout: float = 600,
    delay: float = 15,
    more: t.Sequence[Target] = (),
    skip_missing: bool = False,
    **options: t.Any,
) -> tuple[list[TargetResult], list[Pending], list[str]]:
    """List the invalidations of the targets and wait for them. Also return the progress lines of the wait."""
    lines: list[str] = []
    subject.api.progress.report = lambda line: None if line.endswith(" requests sent") else lines.append(line)
    wanted = subject.select(**options)
    results = list_all(subject.api, [subject.target, *more], wanted)
    limits = WaitLimits(timeout, delay)
    found, pending = wait(subject.api, results, limits, skip_missing=skip_missing)
    return found, pending, lines


def statuses(result: TargetResult) -> list[str]:
    return [item["Status"] for item in result.items]


def test_nothing_to_wait_for_returns_immediately(subject: Subject) -> None:
    subject.add(3)
    before = subject.api.clock.monotonic()
    (result,), pending, lines = wait_for(subject)
    assert (statuses(result), pending, lines) == (["Completed"] * 3, [], [])
    assert subject.api.clock.monotonic() == before
    assert subject.list_calls == 1


@pytest.mark.parametrize("seconds", [1, 12, 60, 200])
def test_completion_is_detected_soon(subject: Subject, seconds: float) -> None:
    subject.add(20, every=0, completes_after=seconds)
    before = subject.api.clock.monotonic()
    (result,), pending, dummy = wait_for(subject)
    waited = subject.api.clock.monotonic() - before
    assert pending == []
    assert statuses(result) == ["Completed"] * 20
    assert seconds <= waited <= seconds + max(4, min(15, seconds / 4))
    assert subject.get_calls == 0
    assert subject.list_calls <= 3 + seconds / 4


def test_wait_ignores_new_invalidations(subject: Subject) -> None:
    subject.add(1, completes_after=20)
    subject.cf.before("*", lambda number: number > 1 and subject.add(1, age=0, status="InProgress"))
    (result,), pending, dummy = wait_for(subject)
    assert pending == []
    assert statuses(result) == ["Completed"]
    assert subject.cf.requests[-1].at - subject.cf.requests[0].at < 40


def test_invalidations_of_one_page_are_polled_by_one_list_request(subject: Subject) -> None:
    subject.add(350)
    subject.add(30, every=1, completes_after_reads=3)
    subject.cf.add_fault("access_denied", operation="Get*")
    (result,), pending, dummy = wait_for(subject, status="InProgress")
    assert pending == []
    assert result.error is None
    assert statuses(result) == ["Completed"] * 30
    assert subject.list_calls == 4 + 3


def test_scattered_invalidations_are_polled_by_at_most_one_request_each(subject: Subject) -> None:
    for dummy in range(5):
        subject.add(300)
        subject.add(1, completes_after_reads=3)
    wait_for(subject, status="InProgress")
    assert subject.list_calls + subject.get_calls <= 16 + 5 * 3


def test_invalidation_is_followed_to_the_next_page(subject: Subject) -> None:
    subject.add(99)
    subject.add(1, completes_after_reads=8)
    subject.add(100)
    subject.cf.add_fault("access_denied", operation="Get*")
    subject.cf.before("List*", lambda number: number > 1 and subject.add(30, age=0, every=0))
    (result,), pending, dummy = wait_for(subject, status="InProgress")
    assert pending == []
    assert result.error is None
    assert statuses(result) == ["Completed"]


def test_named_ids_that_are_not_on_the_first_page_are_requested_individually(subject: Subject) -> None:
    subject.add(300)
    deep = subject.add(2, completes_after_reads=3)
    (result,), pending, dummy = wait_for(subject, invalidation_ids=list(deep))
    assert pending == []
    assert statuses(result) == ["Completed"] * 2
    assert (subject.list_calls, subject.get_calls) == (1, 8)


@pytest.mark.parametrize("details", [False, True])
def test_wait_includes_a_named_id_that_is_not_listed_yet(subject: Subject, details: bool) -> None:
    subject.add(2)
    subject.cf.before("*", lambda number: number == 4 and subject.add(ids=["ILATE"], age=0, completes_after=10))
    (result,), pending, dummy = wait_for(subject, invalidation_ids=["ILATE"], details=details)
    assert pending == []
    assert result.error is None
    assert statuses(result) == ["Completed"]
    assert ("InvalidationBatch" in result.items[0]) is details
    assert result.entry["InvalidationList"]["Quantity"] == 1


def test_named_ids_that_are_listed_late_are_sorted(subject: Subject) -> None:
    subject.add(150)
    subject.add(ids=["IDEEP"], status="InProgress")
    subject.cf.before("List*", lambda number: number == 3 and subject.add(ids=["ILATER", "ILATE"], age=0, every=1))
    (result,), pending, dummy = wait_for(subject, timeout=30, invalidation_ids=["IDEEP", "ILATE", "ILATER"])
    assert [one.id for one in pending] == ["IDEEP"]
    assert [item["Id"] for item in result.items] == ["ILATER", "ILATE", "IDEEP"]


def test_invalidation_that_leaves_the_history_stays_pending(subject: Subject) -> None:
    subject.add(ids=["IGONE"], status="InProgress")
    subject.cf.add_fault("error", operation="Get*", status=404, code="NoSuchInvalidation")
    began = subject.api.clock.monotonic()

    def forget(parsed: dict[str, t.Any], **dummy: t.Any) -> None:
        if "InvalidationList" in parsed and subject.api.clock.monotonic() > began:
            parsed["InvalidationList"]["Items"] = []

    subject.client.meta.events.register("after-call.cloudfront", forget)
    (result,), pending, dummy = wait_for(subject, timeout=30)
    assert [one.id for one in pending] == ["IGONE"]
    assert result.error is None


@pytest.mark.parametrize(("seconds", "age"), [(-2, 0), (0, 0), (1.9, 1)])
def test_age_is_in_whole_seconds_and_never_negative(subject: Subject, seconds: float, age: int) -> None:
    now = subject.api.clock.now()
    pending = Pending(subject.target, "I1", (now - timedelta(seconds=seconds)).isoformat(), None)
    assert pending.entry(now)["Age"] == age


def test_timeout_returns_the_last_known_results(subject: Subject) -> None:
    subject.add(ids=["IQUICK"], age=0, completes_after=5)
    subject.add(ids=["ISLOW"], age=60, status="InProgress")
    before = subject.api.clock.monotonic()
    (result,), pending, lines = wait_for(subject, timeout=30, invalidation_ids=["IQUICK", "ISLOW", "INEVER"])
    assert 29 <= subject.api.clock.monotonic() - before <= 30
    assert statuses(result) == ["Completed", "InProgress"]
    now = subject.api.clock.now()
    assert [one.entry(now) for one in pending] == [
        {
            subject.kind.get_parameter: subject.target.id,
            "Id": "ISLOW",
            "CreateTime": "2026-11-21T03:59:00+00:00",
            "Age": 89,
        },
        {subject.kind.get_parameter: subject.target.id, "Id": "INEVER"},
    ]
    message = timeout_message(pending, 30, now)
    assert message.startswith("After 30 s, CloudFront had not reported 2 invalidations as completed: ISLOW of ")
    assert "(89 s old)" in message
    assert "(never listed)" in message
    assert [line.split(" after")[0] for line in lines] == [
        "Waiting for 3 invalidations of 1 target, 30 s at most",
        "1 of 3 invalidations completed",
    ]


def test_timeout_of_zero_only_lists(subject: Subject) -> None:
    subject.add(1, status="InProgress")
    pending = wait_for(subject, timeout=0)[1]
    assert len(pending) == 1
    assert subject.list_calls == 1


def test_wait_continues_after_server_errors(subject: Subject) -> None:
    subject.add(1, completes_after=100)
    subject.cf.add_fault("error", status=503, at=range(2, 16))
    (result,), pending, dummy = wait_for(subject)
    assert pending == []
    assert result.error is None
    assert statuses(result) == ["Completed"]


def test_timeout_message_has_the_last_error(subject: Subject) -> None:
    subject.add(1, status="InProgress")
    subject.cf.add_fault("error", status=503, at=range(2, 1000))
    (result,), pending, dummy = wait_for(subject, timeout=60)
    assert result.error is None
    message = timeout_message(pending, 60, subject.api.clock.now())
    assert f"The last poll failed: {subject.kind.list_operation} on {subject.target} failed with a server" in message


def test_permission_lost_during_the_wait_is_an_error_of_the_target(cf: CloudFront, subject: Subject) -> None:
    other = subject_of(subject.kind, cf)
    subject.add(1, completes_after=20)
    other.add(1, completes_after=40)
    cf.add_fault("access_denied", target=subject.target.id, at=range(2, 100))
    (denied, found), (pending,), lines = wait_for(subject, more=[other.target])
    assert denied.error is not None
    assert "was denied" in str(denied.error)
    assert statuses(denied) == ["InProgress"]
    assert statuses(found) == ["Completed"]
    assert (pending.target, pending.unrecoverable) == (subject.target, True)
    assert [line.split(" after")[0] for line in lines[1:]] == ["1 of 2 invalidations completed"]
    assert (
        cf.calls[subject.kind.list_operation] == len([one for one in cf.requests if one.target == other.target.id]) + 2
    )


def test_completed_target_is_not_polled_again(cf: CloudFront, subject: Subject) -> None:
    other = subject_of(subject.kind, cf)
    subject.add(1, completes_after=2)
    other.add(1, completes_after=200)
    wait_for(subject, more=[other.target])
    requested = [request.target for request in cf.requests]
    assert requested.count(subject.target.id) == 2
    assert requested.count(other.target.id) > 5


def test_target_that_could_not_be_listed_is_not_waited_for(subject: Subject) -> None:
    missing = by_id(subject.kind, "gone")
    unresolved = Unresolved({"Target": "www.example.com"}, CloudFrontError("Nothing answers to it.", "NoSuchTarget"))
    subject.add(1, completes_after=20)
    results = list_all(subject.api, [unresolved, missing, subject.target, subject.target], subject.select())
    found, pending = wait(subject.api, results, WaitLimits(600, 15), skip_missing=False)
    assert found[:2] == results[:2]
    assert [statuses(result) for result in found[2:]] == [["Completed"]] * 2
    assert pending == []


@pytest.mark.parametrize(("count", "more"), [(10, False), (11, True)])
def test_timeout_message_names_at_most_ten_invalidations(subject: Subject, count: int, more: bool) -> None:
    added = subject.add(count, status="InProgress")
    pending = wait_for(subject, timeout=0)[1]
    message = timeout_message(pending, 0, subject.api.clock.now())
    assert f"After 0 s, CloudFront had not reported {count} invalidations as completed: " in message
    assert [identifier in message for identifier in added] == [True] * 10 + [False] * (count - 10)
    assert (" more. Increase " in message, " and 1 more. Increase " in message) == (more, more)


def test_polling_intervals_grow_to_the_delay(subject: Subject) -> None:
    subject.add(1, completes_after=300)
    wait_for(subject, delay=10)
    times = [request.at for request in subject.cf.requests]
    steps = [after - before for before, after in pairwise(times)]
    assert 3.6 <= steps[0] <= 4
    assert max(steps) <= 10
    assert min(steps[-5:]) >= 9


@pytest.mark.parametrize(("end", "first_step"), [(0, 3.6), (1, 4.0)])
def test_first_polling_interval_is_four_seconds_or_a_little_less(
    subject: Subject, monkeypatch: pytest.MonkeyPatch, end: int, first_step: float
) -> None:
    monkeypatch.setattr("random.uniform", lambda *ends: ends[end])
    subject.add(1, completes_after=3)
    before = subject.api.clock.monotonic()
    wait_for(subject)
    assert subject.api.clock.monotonic() - before == pytest.approx(first_step, abs=1e-6)


def test_wait_reports_progress_every_minute(subject: Subject) -> None:
    subject.add(1, status="InProgress")
    lines = wait_for(subject, timeout=200)[2]
    assert [line.split(" s")[0] for line in lines[1:3]] in (
        [f"0 of 1 invalidation completed after {first}", f"0 of 1 invalidation completed after {second}"]
        for first in range(60, 75)
        for second in range(first + 60, first + 76)
    )
    assert 3 <= len(lines) <= 4


def test_minimum_limits_are_accepted() -> None:
    assert wait_limits({"wait_timeout": 0, "wait_delay": 1}) == WaitLimits(0, 1)


@pytest.mark.parametrize("options", [{"wait_timeout": -1, "wait_delay": 15}, {"wait_timeout": 1, "wait_delay": 0}])
def test_limits_below_the_minimum_are_refused(options: dict[str, int]) -> None:
    with pytest.raises(BadOptionError, match="must be"):
        wait_limits(options)


@dataclass
class Deadline:
    """A wait for one invalidation of each of many targets, none of which completes."""

    cf: CloudFront
    targets: int
    concurrency: int
    latency: float

    def run(self, timeout: float) -> list[Pending]:
        kind = DISTRIBUTION
        targets = [Target(kind, target_of(self.cf, kind), {}) for dummy in range(self.targets)]
        for target in targets:
            self.cf.add_invalidations(target.id, 1, status="InProgress")
        self.cf.add_fault("latency", seconds=self.latency)
        self.api = api_of(self.cf, concurrency=self.concurrency)
        self.lines: list[str] = []
        self.api.progress.report = self.lines.append
        results = list_all(self.api, targets, Selection())
        self.listed = len(self.cf.requests)
        assert [len(result.items) for result in results] == [1] * self.targets
        found, pending = wait(self.api, results, WaitLimits(timeout, 15), skip_missing=False)
        assert [result.error for result in found] == [None] * self.targets
        self.seconds = self.api.clock.monotonic() - self.api.started
        self.polled = [request.at - self.api.started for request in list(self.cf.requests)[self.listed :]]
        return pending


@pytest.mark.parametrize(
    ("targets", "concurrency", "latency", "timeout", "rate"),
    [
        (80, 8, 0.5, 14, None),
        (80, 32, 0.5, 14, 20),
        (20, 8, 0.5, 60, None),
        (1, 8, 3, 14, None),
    ],
)
def test_wait_ends_at_its_deadline(
    cf: CloudFront, targets: int, concurrency: int, latency: float, timeout: float, rate: float | None
) -> None:
    if rate:
        cf.limit_rate(rate, burst=rate)
    deadline = Deadline(cf, targets, concurrency, latency)
    assert len(deadline.run(timeout)) == targets
    # It polls as long as there is time, and ends within the duration of one request.
    assert timeout - 1 <= deadline.seconds <= timeout + latency + 0.01
    assert deadline.polled
    assert max(deadline.polled) < timeout
    # There is no burst at the deadline.
    in_the_last_moment = [at for at in deadline.polled if at > timeout - min(latency, 0.5)]
    assert len(in_the_last_moment) <= 2 * concurrency
    assert cf.peak <= concurrency


def test_initial_listing_is_complete_even_if_it_exceeds_the_timeout(cf: CloudFront) -> None:
    deadline = Deadline(cf, 160, 8, 0.5)
    assert len(deadline.run(timeout=5)) == 160
    assert deadline.seconds == pytest.approx(10, abs=0.01)
    assert deadline.polled == []


def test_first_poll_follows_a_slow_start_immediately(subject: Subject) -> None:
    subject.add(1, status="InProgress")
    subject.api.clock.sleep(400)  # Creating for many targets, for example.
    wait_for(subject, timeout=600)
    listed, polled, *later = (request.at for request in subject.cf.requests)
    assert 3.6 <= polled - listed <= 4
    assert len([at for at in later if at > later[-1] - 30]) <= 4


def test_failed_request_does_not_discard_the_others_of_the_poll(subject: Subject) -> None:
    subject.add(200)
    ids = subject.add(30, completes_after_reads=2)
    subject.cf.add_fault("error", operation="Get*", after=1, probability=0.5)
    (result,), pending, dummy = wait_for(subject, timeout=100, invalidation_ids=list(ids))
    assert pending == []
    assert statuses(result) == ["Completed"] * 30
    assert subject.get_calls <= 30 + 4 * 30


def test_last_poll_leaves_time_for_its_response(cf: CloudFront) -> None:
    deadline = Deadline(cf, 1, 8, latency=1)
    deadline.run(timeout=6)
    (polled,) = deadline.polled
    assert 4.6 <= polled <= 5


def test_missing_id_is_polled_while_another_is_on_a_later_page(subject: Subject) -> None:
    def add_others(**dummy: t.Any) -> None:
        subject.add(30, age=0, every=0)
        if subject.list_calls == 5:
            subject.add(ids=["ILATE"], age=0)

    subject.add(99)
    subject.add(ids=["IONE"], status="InProgress")
    subject.client.meta.events.register("after-call.cloudfront", add_others)
    pending = wait_for(subject, timeout=60, invalidation_ids=["IONE", "ILATE"])[1]
    assert [one.id for one in pending] == ["IONE"]


def test_missing_id_is_followed_to_the_next_page_once_it_is_listed(subject: Subject) -> None:
    def add_others(**dummy: t.Any) -> None:
        if subject.list_calls == 2:
            subject.add(ids=["ILATE"], age=0, completes_after=60)
        subject.add(25, age=0, every=0)

    subject.client.meta.events.register("after-call.cloudfront", add_others)
    subject.cf.add_fault("access_denied", operation="Get*", after=1)
    (result,), pending, dummy = wait_for(subject, timeout=120, invalidation_ids=["ILATE"])
    assert pending == []
    assert statuses(result) == ["Completed"]


def test_order_of_the_list_is_kept(subject: Subject) -> None:
    subject.add(ids=["IA", "IB", "IC"], every=0, completes_after=10)
    ((result,), *dummy) = wait_for(subject)
    assert [item["Id"] for item in result.items] == ["IA", "IB", "IC"]


def test_error_of_an_earlier_poll_is_not_reported(subject: Subject) -> None:
    subject.add(1, status="InProgress")
    subject.cf.add_fault("error", after=1, first=1)
    (pending,) = wait_for(subject, timeout=60)[1]
    assert pending.last_error is None


def test_denied_request_for_a_single_invalidation_ends_polling(subject: Subject) -> None:
    subject.add(200)
    deep = subject.add(8, status="InProgress")
    subject.cf.add_fault("error", operation="Get*", after=1)
    subject.cf.add_fault("access_denied", operation="Get*", after=1, at=[3])
    (result,), pending, dummy = wait_for(subject, invalidation_ids=list(deep))
    assert all(one.unrecoverable for one in pending)
    assert isinstance(result.error, DeniedError)
    assert subject.get_calls == 2 * 8


def test_requests_can_be_sent_after_a_wait(subject: Subject) -> None:
    subject.add(1, status="InProgress")
    for dummy in range(2):
        assert len(wait_for(subject, timeout=20)[1]) == 1
        assert wait_for(subject, timeout=0)[0][0].error is None


def test_slow_poll_reports_its_progress(cf: CloudFront) -> None:
    deadline = Deadline(cf, 160, 1, 0.5)
    deadline.run(timeout=300)
    polled = [line for line in deadline.lines if "targets polled" in line]
    assert len(polled) >= 2
    assert all(re.fullmatch(r"[1-9]\d* of 160 targets polled, about \d+ s left", line) for line in polled)


@pytest.mark.parametrize("skip_missing", [True, False])
def test_named_id_that_does_not_exist_is_not_waited_for_if_it_is_skipped(subject: Subject, skip_missing: bool) -> None:
    subject.add(ids=["IONE"], age=0, completes_after=10)
    (result,), pending, dummy = wait_for(
        subject, timeout=60, skip_missing=skip_missing, invalidation_ids=["IONE", "INEVER"]
    )
    assert statuses(result) == ["Completed"]
    assert [one.id for one in pending] == ([] if skip_missing else ["INEVER"])
    assert (result.error.code if result.error else None) == ("NoSuchInvalidation" if skip_missing else None)
    assert (subject.api.clock.monotonic() - subject.api.started < 15) is skip_missing


def test_skipped_id_is_still_an_error_if_another_times_out(subject: Subject) -> None:
    subject.add(ids=["IONE"], status="InProgress")
    (result,), (pending,), dummy = wait_for(subject, timeout=60, skip_missing=True, invalidation_ids=["IONE", "INEVER"])
    assert pending.id == "IONE"
    assert result.error
    assert result.error.code == "NoSuchInvalidation"


def test_endpoint_that_never_responds_ends_the_wait(subject: Subject) -> None:
    subject.add(1, status="InProgress")
    subject.cf.add_fault("reset", after=1, performed=False)
    (result,), (pending,), dummy = wait_for(subject, timeout=1000)
    assert pending.unrecoverable
    assert result.error is pending.last_error
    assert subject.api.clock.monotonic() - subject.api.started < 150


@pytest.mark.parametrize("does", ["error", "reset", "html"])
def test_target_that_fails_does_not_delay_the_others(subject: Subject, does: str) -> None:
    others = [subject_of(subject.kind, subject.cf).target for dummy in range(9)]
    for target in (subject.target, *others):
        subject.cf.add_invalidations(target.id, 1, completes_after=10)
    subject.cf.add_fault(does, target=subject.target.id, after=1)
    began = subject.cf.clock.now()
    dummy, pending, lines = wait_for(subject, timeout=60, more=others)
    assert [one.target for one in pending] == [subject.target]
    (done,) = [line for line in lines if line.startswith("9 of 10 invalidations completed")]
    assert int(re.findall(r"\d+", done)[-1]) < 25
    assert subject.cf.clock.now() - began <= 61


def test_missing_ids_are_polled_by_one_request(subject: Subject) -> None:
    subject.add(1)
    ids = [f"IMISSING{number}" for number in range(20)]
    wait_for(subject, timeout=10, invalidation_ids=ids)
    assert subject.list_calls <= 4
