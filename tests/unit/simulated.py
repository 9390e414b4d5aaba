# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Provide a clock for tests, on which threads sleep and wait concurrently without taking real time."""

from __future__ import annotations

import heapq
import itertools
import threading
from collections.abc import Callable
from typing import Any

from ansible_collections.edgeworks.cloudfront.tests.emulator import Clock
from ansible_collections.edgeworks.cloudfront.tests.emulator.world import Instant


class SimulatedClock(Clock):
    """Time that advances to the next wake-up as soon as every thread sleeps or waits.

    The threads are the one that creates the clock and those started with `start`. If all of them wait for each other,
    each gets an AssertionError.
    """

    def __init__(self, start: Instant) -> None:
        super().__init__(start)
        self.slept: list[float] = []
        self.most_threads = 1
        self._lock = threading.Lock()
        self._threads = 1
        self._running = 1
        self._order = itertools.count()
        self._sleepers: list[tuple[float, int, _Sleeper]] = []
        self._suspended: set[_Sleeper] = set()

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        sleeper = _Sleeper()
        self.suspend(sleeper, seconds)
        sleeper.woken.wait()

    def condition(self) -> Any:
        return _Condition(self)

    def start(self, function: Callable[[], None]) -> None:
        with self._lock:
            self._running += 1
            self._threads += 1
            self.most_threads = max(self.most_threads, self._threads)
        threading.Thread(target=self._run, args=(function,), daemon=True).start()

    def _run(self, function: Callable[[], None]) -> None:
        try:
            function()
        finally:
            with self._lock:
                self._threads -= 1
                self._running -= 1
                self._advance_if_idle()

    def suspend(self, sleeper: _Sleeper, seconds: float | None) -> None:
        """Suspend the calling thread, which is about to wait for its sleeper, for at most this many seconds."""
        with self._lock:
            self._running -= 1
            self._suspended.add(sleeper)
            if seconds is not None:
                heapq.heappush(self._sleepers, (self.now() + max(0.0, seconds), next(self._order), sleeper))
            self._advance_if_idle()

    def wake(self, sleeper: _Sleeper) -> None:
        with self._lock:
            self._wake(sleeper)

    def _wake(self, sleeper: _Sleeper) -> None:
        if not sleeper.woken.is_set():
            self._running += 1
            self._suspended.remove(sleeper)
            sleeper.woken.set()

    def _advance_if_idle(self) -> None:
        while self._sleepers and not self._running:
            until, dummy, sleeper = heapq.heappop(self._sleepers)
            if not sleeper.woken.is_set():
                self.advance(max(0.0, until - self.now()))
                self._wake(sleeper)
        if not self._running:
            for sleeper in list(self._suspended):
                sleeper.is_deadlocked = True
                self._wake(sleeper)


class _Sleeper:
    def __init__(self) -> None:
        self.woken = threading.Event()
        self.is_deadlocked = False


class _Condition:
    """The simulated `threading.Condition`."""

    def __init__(self, clock: SimulatedClock) -> None:
        self._clock = clock
        self._lock = threading.RLock()
        self._sleepers: list[_Sleeper] = []

    def __enter__(self) -> None:
        self._lock.acquire()

    def __exit__(self, *dummy: object) -> None:
        self._lock.release()

    def wait(self, timeout: float | None = None) -> None:
        sleeper = _Sleeper()
        self._sleepers.append(sleeper)
        self._clock.suspend(sleeper, timeout)
        self._lock.release()
        try:
            sleeper.woken.wait()
        finally:
            self._lock.acquire()
            self._sleepers.remove(sleeper)
        assert not sleeper.is_deadlocked, "All threads wait for each other."

    def notify_all(self) -> None:
        for sleeper in self._sleepers:
            self._clock.wake(sleeper)
