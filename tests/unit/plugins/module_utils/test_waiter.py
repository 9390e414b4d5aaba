# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import re
import typing as t
from datetime import timedelta
from itertools import pairwise

import pytest
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._errors import BadOptionError, CloudFrontError
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._lister import list_all
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._results import TargetResult
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._target import Target, Unresolved, by_id
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._waiter import (
    Pending,
    WaitLimits,
    timeout_message,
    wait,
    wait_limits,
)
from ansible_collections.edgeworks.cloudfront.tests.emulator import CloudFront
from ansible_collections.edgeworks.cloudfront.tests.unit.support import Subject, subject_of


def ask(
    subject: Subject, timeout: float = 600, delay: float = 15, more: t.Sequence[Target] = (), **options: t.Any
) -> tuple[list[TargetResult], list[Pending], list[str]]:
    told: list[str] = []
    wanted = subject.select(**options)
    results = list_all(subject.api, [subject.target, *more], wanted)
    found, pending = wait(subject.api, results, WaitLimits(timeout, delay), details=wanted.details, report=told.append)
    return found, pending, told


def statuses(result: TargetResult) -> list[str]:
    return [item["Status"] for item in result.items]


def test_nothing_to_wait_for_returns_at_once(subject: Subject) -> None:
    subject.add(3)
    before = subject.api.clock.monotonic()
    (result,), pending, told = ask(subject)
    assert (statuses(result), pending, told) == (["Completed"] * 3, [], [])
    assert subject.api.clock.monotonic() == before
    assert subject.list_calls == 1


@pytest.mark.parametrize("seconds", [1, 5, 12, 25, 60, 200])
def test_completion_is_seen_soon_after_it_happens(subject: Subject, seconds: float) -> None:
    subject.add(20, every=0, completes_after=seconds)
    before = subject.api.clock.monotonic()
    (result,), pending, dummy = ask(subject)
    waited = subject.api.clock.monotonic() - before
    assert pending == []
    assert statuses(result) == ["Completed"] * 20
    assert seconds <= waited <= seconds + max(4, min(15, seconds / 4))
    assert subject.get_calls == 0
    assert subject.list_calls <= 3 + seconds / 4


def test_new_invalidations_do_not_prolong_the_wait(subject: Subject) -> None:
    subject.add(1, completes_after=20)
    told: list[float] = []

    def add_another(**dummy: t.Any) -> None:
        told.append(subject.api.clock.monotonic())
        subject.add(1, age=0, status="InProgress")

    subject.client.meta.events.register("after-call.cloudfront", add_another)
    (result,), pending, dummy = ask(subject)
    assert pending == []
    assert statuses(result) == ["Completed"]
    assert told[-1] - told[0] < 40


def test_deep_ones_cost_one_call_a_poll_and_no_other_permission(subject: Subject) -> None:
    subject.add(350)
    subject.add(30, every=1, completes_after_reads=3)
    subject.cf.add_fault("access_denied", operation="Get*")
    (result,), pending, dummy = ask(subject, status="InProgress")
    assert pending == []
    assert result.error is None
    assert statuses(result) == ["Completed"] * 30
    assert subject.list_calls == 4 + 3


def test_scattered_ones_cost_no_more_than_one_by_one(subject: Subject) -> None:
    for dummy in range(5):
        subject.add(300)
        subject.add(1, completes_after_reads=3)
    ask(subject, status="InProgress")
    assert subject.list_calls + subject.get_calls <= 16 + 5 * 3


def test_one_pushed_off_its_page_by_newer_ones_is_followed(subject: Subject) -> None:
    subject.add(99)
    subject.add(1, completes_after_reads=8)
    subject.add(100)
    subject.cf.add_fault("access_denied", operation="Get*")

    def add_others(**dummy: t.Any) -> None:
        subject.add(30, age=0, every=0)

    subject.client.meta.events.register("after-call.cloudfront", add_others)
    (result,), pending, dummy = ask(subject, status="InProgress")
    assert pending == []
    assert result.error is None
    assert statuses(result) == ["Completed"]


def test_named_ids_that_are_deep_are_got_one_by_one(subject: Subject) -> None:
    subject.add(300)
    deep = subject.add(2, completes_after_reads=3)
    (result,), pending, dummy = ask(subject, invalidation_ids=list(deep))
    assert pending == []
    assert statuses(result) == ["Completed"] * 2
    assert (subject.list_calls, subject.get_calls) == (1, 8)


@pytest.mark.parametrize("details", [False, True])
def test_named_id_that_is_not_seen_yet_is_awaited(subject: Subject, details: bool) -> None:
    subject.add(2)
    looks: list[None] = []

    def add_it_later(**dummy: t.Any) -> None:
        looks.append(None)
        if len(looks) == 3:
            subject.add(ids=["ILATE"], age=0, completes_after=10)

    subject.client.meta.events.register("after-call.cloudfront", add_it_later)
    (result,), pending, dummy = ask(subject, invalidation_ids=["ILATE"], details=details)
    assert pending == []
    assert result.error is None
    assert statuses(result) == ["Completed"]
    assert ("InvalidationBatch" in result.items[0]) is details
    assert result.entry["InvalidationList"]["Quantity"] == 1


def test_named_ids_that_show_late_are_looked_for_beside_a_deep_one_and_put_in_order(subject: Subject) -> None:
    subject.add(150)
    subject.add(ids=["IDEEP"], status="InProgress")
    began = subject.api.clock.monotonic()
    late: list[str] = []

    def add_them_during_the_wait(**dummy: t.Any) -> None:
        if not late and subject.api.clock.monotonic() > began:
            late.extend(subject.add(ids=["ILATER", "ILATE"], age=0, every=1, status="Completed"))

    subject.client.meta.events.register("after-call.cloudfront", add_them_during_the_wait)
    (result,), pending, dummy = ask(subject, timeout=30, invalidation_ids=["IDEEP", "ILATE", "ILATER"])
    assert [one.id for one in pending] == ["IDEEP"]
    assert [item["Id"] for item in result.items] == ["ILATER", "ILATE", "IDEEP"]


def test_one_that_leaves_the_history_stays_pending(subject: Subject) -> None:
    subject.add(ids=["IGONE"], status="InProgress")
    subject.cf.add_fault("error", operation="Get*", status=404, code="NoSuchInvalidation")
    began = subject.api.clock.monotonic()

    def forget(parsed: dict[str, t.Any], **dummy: t.Any) -> None:
        if "InvalidationList" in parsed and subject.api.clock.monotonic() > began:
            parsed["InvalidationList"]["Items"] = []

    subject.client.meta.events.register("after-call.cloudfront", forget)
    (result,), pending, dummy = ask(subject, timeout=30)
    assert [one.id for one in pending] == ["IGONE"]
    assert result.error is None


@pytest.mark.parametrize(("seconds", "age"), [(-2, 0), (0, 0), (1.9, 1)])
def test_age_is_in_whole_seconds_and_never_negative(subject: Subject, seconds: float, age: int) -> None:
    now = subject.api.clock.now()
    pending = Pending(subject.target, "I1", (now - timedelta(seconds=seconds)).isoformat(), None)
    assert pending.entry(now)["Age"] == age


def test_lines_tell_how_far_it_is_and_for_how_long(subject: Subject) -> None:
    subject.add(2, every=0, completes_after=9)
    told = ask(subject)[2]
    assert told[0] == "Waiting for 2 invalidations of 1 target, 600 s at most"
    assert re.fullmatch(r"2 of 2 invalidations completed after (9|1\d) s", told[1])


def test_timeout_keeps_what_is_known(subject: Subject) -> None:
    subject.add(ids=["IQUICK"], age=0, completes_after=5)
    subject.add(ids=["ISLOW"], age=60, status="InProgress")
    before = subject.api.clock.monotonic()
    (result,), pending, told = ask(subject, timeout=30, invalidation_ids=["IQUICK", "ISLOW", "INEVER"])
    assert subject.api.clock.monotonic() - before == 30
    assert statuses(result) == ["Completed", "InProgress"]
    now = subject.api.clock.now()
    assert [one.entry(now) for one in pending] == [
        {
            subject.kind.get_parameter: subject.target.id,
            "Id": "ISLOW",
            "CreateTime": "2026-11-21T03:59:00+00:00",
            "Age": 90,
        },
        {subject.kind.get_parameter: subject.target.id, "Id": "INEVER"},
    ]
    message = timeout_message(pending, WaitLimits(30, 15), now)
    assert message.startswith("After 30 s, 2 invalidations had not completed: ISLOW of ")
    assert "(90 s old)" in message
    assert "(never seen)" in message
    assert [line.split(" after")[0] for line in told] == [
        "Waiting for 3 invalidations of 1 target, 30 s at most",
        "1 of 3 invalidations completed",
    ]


def test_no_time_at_all_is_one_look(subject: Subject) -> None:
    subject.add(1, status="InProgress")
    pending = ask(subject, timeout=0)[1]
    assert len(pending) == 1
    assert subject.list_calls == 1


def test_trouble_during_the_wait_is_outlasted(subject: Subject) -> None:
    subject.add(1, completes_after=100)
    subject.cf.add_fault("error", status=503, at=range(2, 26))
    (result,), pending, dummy = ask(subject)
    assert pending == []
    assert result.error is None
    assert statuses(result) == ["Completed"]


def test_trouble_that_outlasts_the_wait_is_told(subject: Subject) -> None:
    subject.add(1, status="InProgress")
    subject.cf.add_fault("error", status=503, at=range(2, 1000))
    (result,), pending, dummy = ask(subject, timeout=60)
    assert result.error is None
    message = timeout_message(pending, WaitLimits(60, 15), subject.api.clock.now())
    assert f"The last look failed: {subject.kind.list_operation} on {subject.target} met trouble at AWS" in message


def test_permission_lost_during_the_wait_is_an_error_of_that_target(cf: CloudFront, subject: Subject) -> None:
    other = subject_of(subject.kind, cf)
    subject.add(1, completes_after=20)
    other.add(1, completes_after=40)
    cf.add_fault("access_denied", target=subject.target.id, at=range(2, 100))
    (denied, found), (pending,), told = ask(subject, more=[other.target])
    assert denied.error is not None
    assert "is denied" in str(denied.error)
    assert statuses(denied) == ["InProgress"]
    assert statuses(found) == ["Completed"]
    assert (pending.target, pending.unrecoverable) == (subject.target, True)
    assert [line.split(" after")[0] for line in told[1:]] == ["1 of 2 invalidations completed"]
    assert (
        cf.calls[subject.kind.list_operation] == len([one for one in cf.requests if one.target == other.target.id]) + 2
    )


def test_finished_target_is_not_asked_again(cf: CloudFront, subject: Subject) -> None:
    other = subject_of(subject.kind, cf)
    subject.add(1, completes_after=2)
    other.add(1, completes_after=200)
    ask(subject, more=[other.target])
    requested_targets = [request.target for request in cf.requests]
    assert requested_targets.count(subject.target.id) == 2
    assert requested_targets.count(other.target.id) > 5


def test_target_that_could_not_be_asked_for_or_listed_is_not_waited_for(subject: Subject) -> None:
    missing = by_id(subject.kind, "gone")
    unresolved = Unresolved({"Target": "www.example.com"}, CloudFrontError("Nothing answers to it.", "NoSuchTarget"))
    subject.add(1, completes_after=20)
    results = list_all(subject.api, [unresolved, missing, subject.target, subject.target], subject.select())
    found, pending = wait(subject.api, results, WaitLimits(600, 15), details=False)
    assert found[:2] == results[:2]
    assert [statuses(result) for result in found[2:]] == [["Completed"]] * 2
    assert pending == []


@pytest.mark.parametrize(("count", "more"), [(10, False), (11, True)])
def test_message_on_many_stays_short(subject: Subject, count: int, more: bool) -> None:
    added = subject.add(count, status="InProgress")
    pending = ask(subject, timeout=0)[1]
    message = timeout_message(pending, WaitLimits(0, 15), subject.api.clock.now())
    assert f"After 0 s, {count} invalidations had not completed: " in message
    assert [identifier in message for identifier in added] == [True] * 10 + [False] * (count - 10)
    assert (" more. Give " in message, " and 1 more. Give " in message) == (more, more)


def test_steps_grow_up_to_the_delay(subject: Subject) -> None:
    subject.add(1, completes_after=300)
    ask(subject, delay=10)
    times = [request.at for request in subject.cf.requests]
    steps = [after - before for before, after in pairwise(times)]
    assert 3.6 <= steps[0] <= 4
    assert max(steps) <= 10
    assert min(steps[-5:]) >= 9


@pytest.mark.parametrize(("end", "first_step"), [(0, 3.6), (1, 4.0)])
def test_first_step_is_four_seconds_or_a_little_less(
    subject: Subject, monkeypatch: pytest.MonkeyPatch, end: int, first_step: float
) -> None:
    monkeypatch.setattr("random.uniform", lambda *ends: ends[end])
    subject.add(1, completes_after=3)
    before = subject.api.clock.monotonic()
    ask(subject)
    assert subject.api.clock.monotonic() - before == pytest.approx(first_step, abs=1e-6)


@pytest.mark.parametrize(("timeout", "lines"), [(59.5, 1), (60, 2)])
def test_wait_shows_a_sign_of_life_every_minute(subject: Subject, timeout: float, lines: int) -> None:
    subject.add(1, status="InProgress")
    told = ask(subject, timeout=timeout)[2]
    assert len(told) == lines


def test_shortest_patience_is_taken() -> None:
    assert wait_limits({"wait_timeout": 0, "wait_delay": 1}) == WaitLimits(0, 1)


@pytest.mark.parametrize("options", [{"wait_timeout": -1, "wait_delay": 15}, {"wait_timeout": 1, "wait_delay": 0}])
def test_patience_of_no_meaning_is_refused(options: dict[str, int]) -> None:
    with pytest.raises(BadOptionError, match="must be"):
        wait_limits(options)
