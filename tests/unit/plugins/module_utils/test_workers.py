# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import threading
import typing as t

import pytest
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._clock import Clock
from ansible_collections.edgeworks.cloudfront.plugins.module_utils._workers import Workers
from ansible_collections.edgeworks.cloudfront.tests.unit.simulated import SimulatedClock
from ansible_collections.edgeworks.cloudfront.tests.unit.support import EmulatedTime

SOON = 10  # Seconds of real time, which pass only if a test fails.


class ThreadRecorder(Clock):
    """The real clock, which starts no more than C(limit) threads."""

    def __init__(self, limit: int = 100) -> None:
        self.threads: list[threading.Thread] = []
        self._limit = limit

    def start(self, function: t.Callable[[], None]) -> None:
        if len(self.threads) == self._limit:
            raise RuntimeError("can't start new thread")
        self.threads.append(threading.Thread(target=function, daemon=True))
        self.threads[-1].start()

    @property
    def all_stop(self) -> bool:
        for thread in self.threads:
            thread.join(SOON)
            if thread.is_alive():
                return False
        return True


def test_threads_stop_when_nothing_is_left_to_do() -> None:
    clock = ThreadRecorder()
    workers = Workers(4, clock)
    for dummy in range(3):
        workers.map(lambda item: item, range(20))
    assert clock.all_stop
    assert len(clock.threads) <= 9


@pytest.mark.parametrize("limit", [1, 3, 8, 60])
def test_results_are_in_the_order_of_the_items(limit: int) -> None:
    clock = SimulatedClock(0.0)

    def square(number: int) -> int:
        clock.sleep(1 / (1 + number))
        return number * number

    workers = Workers(limit, EmulatedTime(clock))
    assert workers.map(square, range(40)) == [number * number for number in range(40)]
    assert workers.map(square, []) == []
    assert clock.most_threads == min(limit, 40)


@pytest.mark.parametrize(("limit", "count"), [(4, 12), (4, 3), (1, 3), (8, 1)])
def test_as_many_items_as_the_limit_are_processed_concurrently(limit: int, count: int) -> None:
    clock = SimulatedClock(0.0)
    workers = Workers(limit, EmulatedTime(clock))
    for dummy in range(3):
        began = clock.now()
        workers.map(lambda dummy: clock.sleep(1), range(count))
        assert clock.now() - began == pytest.approx(-(-count // limit))
    assert clock.most_threads == min(limit, count)


def test_nested_calls_share_the_threads() -> None:
    clock = SimulatedClock(0.0)
    workers = Workers(32, EmulatedTime(clock))
    at_work: list[int] = []

    def work(number: int) -> int:
        at_work.append(number)
        clock.sleep(1)
        return number

    def nested(dummy: int) -> list[int]:
        return workers.map(work, range(32))

    assert workers.map(nested, range(32)) == [[*range(32)]] * 32
    assert clock.most_threads == 32
    assert len(at_work) == 32 * 32
    assert clock.now() < 1.3 * 32


def test_threads_do_not_keep_the_program_alive() -> None:
    both = threading.Barrier(2)

    def is_daemon(dummy: int) -> bool:
        both.wait(SOON)
        return threading.current_thread().daemon

    assert sorted(Workers(2, Clock()).map(is_daemon, range(2))) == [False, True]


@pytest.mark.parametrize("limit", [0, 2])
def test_work_is_done_by_the_threads_that_the_system_allows(limit: int) -> None:
    clock = ThreadRecorder(limit)
    workers = Workers(8, clock)
    assert workers.map(lambda number: number * number, range(20)) == [number * number for number in range(20)]
    assert clock.all_stop
    # A thread that could not be started is not counted.
    clock.threads.clear()
    clock._limit = 7
    all_at_once = threading.Barrier(8)
    assert sorted(workers.map(lambda dummy: all_at_once.wait(SOON), range(8))) == [*range(8)]


@pytest.mark.parametrize("limit", [1, 3])
def test_no_item_is_started_after_an_exception(limit: int) -> None:
    clock = SimulatedClock(0.0)
    begun: list[int] = []
    ended: list[int] = []

    def work(number: int) -> None:
        begun.append(number)
        if number == 4:
            raise ZeroDivisionError
        clock.sleep(1 + number)
        if number == 5:
            raise ValueError
        ended.append(number)

    with pytest.raises(ZeroDivisionError):
        Workers(limit, EmulatedTime(clock)).map(work, range(40))
    assert len(begun) < 5 + limit
    assert sorted({*ended, 4, 5} & {*begun}) == sorted(begun)


def test_interrupt_is_raised_immediately() -> None:
    clock = ThreadRecorder()
    end = threading.Event()
    helper_works = threading.Event()
    begun: list[int] = []

    def work(number: int) -> None:
        begun.append(number)
        if threading.current_thread() in clock.threads:
            helper_works.set()
            end.wait(SOON)
        else:
            helper_works.wait(SOON)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Workers(2, clock).map(work, range(10))
    end.set()
    assert clock.all_stop
    assert len(begun) == 2
