# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import contextlib
import threading
import typing as t
from datetime import datetime, timedelta, timezone
from types import SimpleNamespace
from unittest.mock import Mock

import pytest
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._api import (
    ATTEMPTS,
    FIRST_DELAY,
    LONGEST_DELAY,
    OUTAGE,
    RETRY_WINDOW,
    Api,
)
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._client import as_text, attempts, connection
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._errors import (
    BadOptionError,
    CloudFrontError,
    MissingError,
    NoResponseError,
    ThrottledError,
)
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._pager import pages
from ansible_collections.edgeworks.cloudfront.tests.emulator import CloudFront
from ansible_collections.edgeworks.cloudfront.tests.unit.support import EmulatedTime, Subject, api_of, client_of
from botocore import xform_name


def ask(api: Api, identifier: str = "E1PA6795UKMFR9") -> t.Any:
    return api.call("GetDistribution", identifier, bool, Id=identifier)


def test_pauses_grow_and_have_a_bound(cf: CloudFront, api: Api) -> None:
    cf.add_fault("error", status=503)
    with pytest.raises(CloudFrontError):
        ask(api)
    slept = t.cast(EmulatedTime, api.clock).slept
    assert len(slept) == ATTEMPTS - 1
    for number, seconds in enumerate(slept):
        longest = min(LONGEST_DELAY, FIRST_DELAY * 2**number)
        assert longest / 2 <= seconds <= longest


def test_slow_attempts_are_bounded_by_time(cf: CloudFront, api: Api) -> None:
    cf.add_fault("error", status=504)
    cf.add_fault("latency", seconds=50)
    began = api.clock.monotonic()
    with pytest.raises(CloudFrontError, match="Given up after 3 attempts"):
        ask(api)
    assert api.clock.monotonic() - began <= RETRY_WINDOW + 50


def test_retry_may_begin_at_the_deadline(cf: CloudFront, api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("random.uniform", lambda low, high: high)
    identifier = cf.add_distribution()
    cf.add_fault("error", status=503, first=1)
    api.deadline = api.clock.monotonic() + FIRST_DELAY
    ask(api, identifier)


def test_no_retry_begins_behind_the_deadline(cf: CloudFront, api: Api) -> None:
    cf.add_fault("error", status=503)
    api.deadline = api.clock.monotonic() + 1
    with pytest.raises(CloudFrontError):
        ask(api)
    assert api.clock.monotonic() <= api.deadline


@pytest.mark.parametrize(
    ("retries", "requests"),
    [
        ({"max_attempts": 0}, 1),
        ({"max_attempts": 2}, 3),
        ({"total_max_attempts": 2}, 2),
        ({"mode": "standard"}, ATTEMPTS),
        ({"mode": "adaptive", "total_max_attempts": 3}, 3),
        ({"mode": "legacy", "max_attempts": 4}, 5),
        (None, ATTEMPTS),
    ],
)
def test_users_retries_replace_ours_and_botocore_adds_none(
    cf: CloudFront, retries: dict[str, t.Any] | None, requests: int
) -> None:
    config = {"retries": retries}
    api = api_of(cf, client_of(cf, config), attempts=attempts(config))
    cf.add_fault("error", status=503)
    with pytest.raises(CloudFrontError, match=rf"Given up after {requests} attempt{'s' if requests > 1 else ''}\."):
        ask(api)
    assert cf.calls["GetDistribution"] == requests == api.calls["GetDistribution"]


@pytest.mark.parametrize(
    "config",
    [
        {"retries": {"max_attempts": "many"}},
        {"retries": "many"},
        {"retries": {"mode": "hasty"}},
        {"no_such_setting": 1},
    ],
)
def test_config_that_botocore_would_not_take_is_refused(config: dict[str, t.Any]) -> None:
    with pytest.raises(BadOptionError, match="aws_config"):
        connection(config, 8)


def test_the_rest_of_the_users_config_stands() -> None:
    config = connection({"read_timeout": 1, "user_agent_extra": "mine"}, concurrency=32)["aws_config"]
    assert (config.read_timeout, config.user_agent_extra, config.max_pool_connections) == (1, "mine", 32)
    assert connection({}, concurrency=8)["aws_config"].max_pool_connections == 10


def test_users_agent_may_look_like_a_number(cf: CloudFront) -> None:
    config = connection({"user_agent_extra": 42, "user_agent_appid": None}, 8)["aws_config"]
    assert (config.user_agent_extra, config.user_agent_appid) == ("42", None)


def test_throttling_of_one_slows_down_all(cf: CloudFront, api: Api) -> None:
    identifier = cf.add_distribution()
    cf.add_fault("throttle", first=1)
    ask(api, identifier)
    throttled, again = cf.requests
    assert again.at > throttled.at
    api._slow_down(5)
    before = api.clock.monotonic()
    ask(api, identifier)
    assert api.clock.monotonic() - before >= 5


@pytest.mark.parametrize(("end", "seconds"), [(0, 0.05), (1, 0.12)])
def test_throttled_ones_do_not_all_go_on_at_once(
    cf: CloudFront, api: Api, monkeypatch: pytest.MonkeyPatch, end: int, seconds: float
) -> None:
    monkeypatch.setattr("random.uniform", lambda *ends: ends[end])
    identifier = cf.add_distribution()
    cf.add_fault("throttle", first=1)
    ask(api, identifier)
    assert t.cast(EmulatedTime, api.clock).slept[0] == pytest.approx(seconds, abs=1e-6)


@pytest.fixture
def busy(api: Api, monkeypatch: pytest.MonkeyPatch) -> Api:
    """While one waits, others get through."""
    sleep = api.clock.sleep

    def sleep_while_others_work(seconds: float) -> None:
        sleep(seconds)
        api._answered += 1

    monkeypatch.setattr(api.clock, "sleep", sleep_while_others_work)
    return api


def test_throttled_one_is_tried_again_while_others_get_through(cf: CloudFront, busy: Api) -> None:
    identifier = cf.add_distribution()
    began = busy.clock.monotonic()
    cf.add_fault("throttle", first=100)
    ask(busy, identifier)
    assert busy.clock.monotonic() - began > RETRY_WINDOW


def test_attempts_that_the_user_has_set_count_when_throttled_too(cf: CloudFront, busy: Api) -> None:
    busy._attempts = 3
    cf.add_fault("throttle")
    with pytest.raises(ThrottledError, match="Given up after 3 attempts"):
        ask(busy)


def test_trouble_after_a_throttling_has_all_its_attempts(cf: CloudFront, busy: Api) -> None:
    cf.add_fault("throttle", first=3)
    cf.add_fault("error", status=503, at=range(4, 100))
    with pytest.raises(CloudFrontError, match=f"Given up after {3 + ATTEMPTS} attempts"):
        ask(busy)


def test_trouble_counts_whether_others_get_through_or_not(cf: CloudFront, busy: Api) -> None:
    cf.add_fault("error", status=503)
    with pytest.raises(CloudFrontError, match=f"Given up after {ATTEMPTS} attempts"):
        ask(busy)


@pytest.mark.parametrize(("does", "slows_down"), [("throttle", True), ("reset", False)])
def test_only_throttling_is_everybodys_concern(cf: CloudFront, api: Api, does: str, slows_down: bool) -> None:
    identifier = cf.add_distribution()
    began = api.clock.monotonic()
    cf.add_fault(does, first=1)
    ask(api, identifier)
    assert (api._resume > began) is slows_down


def test_dead_endpoint_is_not_asked_for_every_target(cf: CloudFront) -> None:
    api = api_of(cf, concurrency=2)
    cf.add_fault("reset")
    for dummy in range(4):
        with pytest.raises(NoResponseError, match="Given up"):
            ask(api)
    sent = cf.calls["GetDistribution"]
    assert sent == 4 * ATTEMPTS
    cf.clear_faults()
    identifier = cf.add_distribution()
    for seconds in (0, OUTAGE - 0.5):
        api.clock.sleep(seconds)
        with pytest.raises(NoResponseError, match="was not sent, because the requests before it failed: Get"):
            ask(api, identifier)
    assert cf.calls["GetDistribution"] == sent
    api.clock.sleep(1)
    ask(api, identifier)


def test_outage_may_end_while_it_is_looked_at(cf: CloudFront, monkeypatch: pytest.MonkeyPatch) -> None:
    api = api_of(cf, concurrency=1)
    cf.add_fault("reset")
    for dummy in range(4):
        with pytest.raises(NoResponseError, match="Given up"):
            ask(api)
    monotonic = api.clock.monotonic

    def monotonic_when_another_got_through() -> float:
        api._outage = None
        return monotonic()

    monkeypatch.setattr(api.clock, "monotonic", monotonic_when_another_got_through)
    with pytest.raises(NoResponseError, match="was not sent"):
        ask(api)


@pytest.mark.parametrize("answers", ["what was asked for", "that there is none"])
def test_endpoint_that_answers_now_and_then_is_not_dead(cf: CloudFront, answers: str) -> None:
    api = api_of(cf, concurrency=2)
    identifier = cf.add_distribution() if answers == "what was asked for" else "E0000000000000"
    for dummy in range(3):
        cf.add_fault("reset")
        for dummy in range(3):
            with pytest.raises(NoResponseError):
                ask(api, identifier)
        cf.clear_faults()
        with contextlib.suppress(MissingError):
            ask(api, identifier)
    assert cf.calls["GetDistribution"] == 3 * (3 * ATTEMPTS + 1)
    cf.add_fault("reset")
    for dummy in range(4):
        with pytest.raises(NoResponseError, match="Given up"):
            ask(api)
    with pytest.raises(NoResponseError, match="was not sent"):
        ask(api)


def test_operation_that_the_installed_botocore_does_not_know(api: Api) -> None:
    with pytest.raises(CloudFrontError, match=r"botocore 1\.38\.4 or newer"):
        api.call("ListInvalidationsForMoons", "the moon", bool)


@pytest.mark.parametrize("concurrency", [1, 3, 8])
def test_map_keeps_the_order_and_the_bound(cf: CloudFront, concurrency: int) -> None:
    api = api_of(cf, concurrency=concurrency)
    running: list[int] = []
    most: list[int] = []
    lock = threading.Lock()

    def square(number: int) -> int:
        with lock:
            running.append(number)
            most.append(len(running))
        ask(api, identifier)
        with lock:
            running.remove(number)
        return number * number

    identifier = cf.add_distribution()
    assert api.map(square, range(40)) == [number * number for number in range(40)]
    assert max(most) <= concurrency


def test_map_runs_two_at_once_where_two_may_run(cf: CloudFront) -> None:
    both_are_there = threading.Barrier(2)
    assert sorted(api_of(cf, concurrency=2).map(lambda dummy: both_are_there.wait(10), range(2))) == [0, 1]


@pytest.mark.parametrize(("concurrency", "count"), [(1, 3), (8, 1)])
def test_map_needs_no_threads_for_one_at_a_time(cf: CloudFront, concurrency: int, count: int) -> None:
    api = api_of(cf, concurrency=concurrency)
    assert api.map(lambda dummy: threading.get_ident(), range(count)) == [threading.get_ident()] * count


@pytest.mark.parametrize("threads", [0, 2])
def test_map_makes_do_with_the_threads_that_there_are(
    cf: CloudFront, monkeypatch: pytest.MonkeyPatch, threads: int
) -> None:
    start = threading.Thread.start
    started: list[threading.Thread] = []

    def start_if_possible(thread: threading.Thread) -> None:
        if len(started) == threads:
            raise RuntimeError("can't start new thread")
        started.append(thread)
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", start_if_possible)
    assert api_of(cf).map(lambda number: number * number, range(20)) == [number * number for number in range(20)]


def test_map_within_map_keeps_the_bound_on_requests(cf: CloudFront) -> None:
    api = api_of(cf, concurrency=3)
    identifier = cf.add_distribution()
    api.map(lambda dummy: api.map(lambda dummy: ask(api, identifier), range(5)), range(5))
    assert cf.calls["GetDistribution"] == 25
    assert cf.peak <= 3


def test_interrupted_program_does_not_wait_for_the_threads_of_map(api: Api) -> None:
    assert api.map(lambda dummy: threading.current_thread().daemon, range(3)) == [True] * 3


def test_map_raises_the_first_failure(api: Api) -> None:
    with pytest.raises(ZeroDivisionError):
        api.map(lambda number: 1 // number, [3, 2, 1, 0])


def test_concurrency_must_be_at_least_one(cf: CloudFront) -> None:
    with pytest.raises(BadOptionError, match="concurrency is 0, and must be 1 or more"):
        api_of(cf, concurrency=0)


INSTANTS = [
    ("2019-12-05T18:40:49.413Z", "2019-12-05T18:40:49.413000+00:00"),
    ("2026-11-21T03:59:01Z", "2026-11-21T03:59:01+00:00"),
    ("2026-11-21T04:59:01.5+01:00", "2026-11-21T03:59:01.500000+00:00"),
    ("1574450000", "2019-11-22T19:13:20+00:00"),
]


@pytest.mark.parametrize(("wire", "text"), INSTANTS)
def test_instant_is_the_same_text_with_and_without_botocores_parser(cf: CloudFront, wire: str, text: str) -> None:
    from ansible_collections.edgeworks.cloudfront.plugins.module_utils._client import _parse_timestamp
    from botocore.utils import parse_timestamp

    assert as_text(parse_timestamp(wire)) == text
    assert _parse_timestamp(wire) == text


def test_instant_is_the_same_text_where_botocore_hides_its_parser(
    subject: Subject, monkeypatch: pytest.MonkeyPatch
) -> None:
    subject.add(1)
    usual = list(pages(subject.api, subject.target))
    operation = xform_name(subject.kind.list_operation)
    without_parser = SimpleNamespace(meta=Mock(), **{operation: getattr(subject.client, operation)})
    monkeypatch.setattr(subject.client._endpoint._response_parser_factory, "_defaults", {})
    assert list(pages(api_of(subject.cf, without_parser), subject.target)) == usual


def test_other_clients_of_the_session_keep_their_datetimes(cf: CloudFront) -> None:
    identifier = cf.add_distribution()
    cf.add_invalidations(identifier, 1)
    other = client_of(cf)
    api_of(cf)
    (item,) = other.list_invalidations(DistributionId=identifier)["InvalidationList"]["Items"]
    assert isinstance(item["CreateTime"], datetime)


def test_instant_is_in_utc_whatever_the_zone() -> None:
    instant = datetime(2026, 11, 21, 4, 0, 0, 1, tzinfo=timezone(timedelta(hours=1)))
    assert as_text(instant) == "2026-11-21T03:00:00.000001+00:00"
    assert as_text(datetime(2026, 11, 21)) == "2026-11-21T00:00:00+00:00"


def test_throttling_has_advice(cf: CloudFront, api: Api) -> None:
    cf.add_fault("throttle")
    with pytest.raises(ThrottledError, match=r"Rate exceeded .* Lower concurrency"):
        ask(api)
