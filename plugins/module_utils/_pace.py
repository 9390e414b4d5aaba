# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Decide when the next request may be sent: at the rate that the server accepts, and rarely during an outage."""

# Private to this collection: it may change in any release.

from __future__ import annotations

import contextlib
import heapq
import itertools
import random
import threading
import typing as t

from ._clock import Clock

# Seconds between requests after the first refusal. The estimate is ten times the average interval until then, because
# that includes the burst that the bucket allowed.
MIN_START, MAX_START = 0.02, 0.2
STARVED_INTERVAL = 5.0  # Seconds, if nothing has been accepted yet: other processes use the whole rate.
MAX_INTERVAL = 10.0  # Seconds.
SLOWER = 1.15  # The factor by which a single refusal lengthens the interval.
RECOVERY = 30  # Accepted requests after which the rate has returned to the one that was refused.
FIRST_PROBE_INTERVAL, MAX_PROBE_INTERVAL = 1.0, 10.0  # Seconds until the next probe in an outage.
MIN_UNSUCCESSFUL = 4  # With fewer unsuccessful requests, it may be a coincidence.


class DeadlineError(Exception):
    """The request cannot be sent before its deadline."""


class ClosedError(Exception):
    """The pacer is closed: no more requests are sent."""


class Rate:
    """Controls the interval between requests: none until the server refuses one, then the shortest that it accepts.

    It works for any token bucket, without knowing its rate or size. The first refusal sets an estimate, which is halved
    until the second. From then on, the rate is a cubic function of the number of requests accepted since the last
    refusal, as in TCP CUBIC: it returns to the refused rate within RECOVERY requests, stays close to it, and then grows
    increasingly fast. If the server's rate doubles, twice as many requests suffice to find it. Responses to requests
    that were sent before the last refusal are ignored.
    """

    def __init__(self) -> None:
        self.interval = 0.0
        self._pause = 0.0  # Seconds until the next request. It differs from the interval after a refusal.
        self._first: float | None = None
        self._last = 0.0
        self._sent = 0
        self._in_flight = 0
        self._accepted = 0
        self._fastest = 0.0  # The interval before the first refusal: a shorter one has no benefit.
        self._refused_at: float | None = None
        self._refused: float | None = None  # The last interval that was refused, except for the first refusal.
        self._factor = SLOWER  # The factor by which it was lengthened.
        self._halved_at = 0.0
        self._since = 0  # Requests accepted since the last refusal.
        self._steps = 0  # Those of them that were also sent since then.

    @property
    def due(self) -> float:
        """The time at which the next request may be sent."""
        return self._last + self._pause if self.interval else 0.0

    def sent(self, now: float) -> None:
        if self._first is None:
            self._first = now
        self._last = now
        self._pause = self.interval
        self._sent += 1
        self._in_flight += 1

    def ended(self) -> None:
        """Record a request that failed for a reason other than the rate."""
        self._in_flight -= 1

    def accepted(self, now: float, sent: float) -> None:
        """Record an accepted request. C(sent) is the time at which it was sent."""
        self._in_flight -= 1
        self._accepted += 1
        self._since += 1
        if self._refused_at is None or sent <= self._refused_at:
            return
        if self._refused is None:
            if sent <= self._halved_at:
                return
            self.interval = max(self.interval / 2, self._fastest)
            self._halved_at = now
        else:
            self._steps += 1
            growth = (self._steps / RECOVERY - 1) ** 3 * (1 - 1 / self._factor if self._steps < RECOVERY else 1)
            self.interval = min(self._refused / (1 + growth), MAX_INTERVAL)
        self._pause = self.interval

    def refused(self, now: float, sent: float) -> None:
        """Record a refused request. C(sent) is the time at which it was sent."""
        self._in_flight -= 1
        if self._refused_at is not None and sent <= self._refused_at:
            return
        if self._refused_at is None:
            elapsed = now - (self._first or 0.0)
            self._fastest = elapsed / self._sent
            estimate = 10 * elapsed / self._accepted if self._accepted else MAX_START
            self.interval = min(max(estimate, MIN_START), MAX_START)
        else:
            self._slow_down(now - self._refused_at)
        if not self._accepted and not self._in_flight:
            self.interval = max(self.interval, STARVED_INTERVAL)
        self.interval = min(self.interval, MAX_INTERVAL)
        if not self._since:
            # It is unknown when the bucket has room again. Clients that share it must not all try at the same time.
            self._pause = self.interval * random.uniform(0.5, 1.5)
        elif self._factor == SLOWER and now - sent < self.interval:
            self._pause = self.interval / 2  # The request was only slightly early.
        else:
            self._pause = self.interval
        self._refused_at = now
        self._since = self._steps = 0

    def _slow_down(self, seconds: float) -> None:
        """Lengthen the interval, C(seconds) after the last refusal."""
        if not self._since:
            self._factor = 2.0
        elif self._refused is None or self._since > RECOVERY:
            # What was accepted between two refusals shows the server's rate. The interval may have become much shorter
            # while the bucket was not empty.
            self._factor = min(max(seconds / self._since / self.interval, SLOWER), 4.0)
        else:
            self._factor = SLOWER
        self._refused = self.interval
        self.interval *= self._factor


class Pacer:
    """Admits the requests of a task, in order of arrival. Safe to share between threads.

    Each lane has its own rate. An outage affects all lanes: it begins after C(tolerance) consecutive failures, and from
    then on one request at a time probes whether it is over. If nothing has succeeded for C(window) seconds, waiting is
    pointless, and every request is admitted for a last attempt.
    """

    def __init__(self, clock: Clock, tolerance: int, window: float) -> None:
        self._clock = clock
        self._tolerance = tolerance
        self._window = window
        self._condition = clock.condition()
        self._tickets = itertools.count()
        self._rates: dict[str, Rate] = {}
        self._waiting: dict[str, list[int]] = {}
        self._failures = 0  # Consecutive failures.
        self._unsuccessful = 0  # Requests that failed or were refused since the last success.
        self._unsuccessful_since = 0.0  # The time of the first of them.
        self._probe: float | None = None  # The time at which the current probe was sent.
        self._probe_at = 0.0
        self._probe_delay = FIRST_PROBE_INTERVAL
        self._closed = False

    @property
    def in_outage(self) -> bool:
        return self._failures >= self._tolerance and not self.is_hopeless

    @property
    def is_hopeless(self) -> bool:
        """Whether no request has succeeded for the whole window, although several were sent."""
        is_late = self._clock.monotonic() - self._unsuccessful_since >= self._window
        return self._unsuccessful >= MIN_UNSUCCESSFUL and is_late

    @property
    def is_throttled(self) -> bool:
        with self._condition:
            return any(rate.interval for rate in self._rates.values())

    def ticket(self) -> int:
        """Return a request's place in the queue. A refused request keeps its place."""
        return next(self._tickets)

    def admit(self, lane: str, ticket: int, deadline: float | None = None) -> float:
        """Wait until the request may be sent, and return the time. Raises DeadlineError, ClosedError.

        The outcome must be reported by C(accepted), C(refused) or C(failed).
        """
        with self._condition:
            rate = self._rates.setdefault(lane, Rate())
            waiting = self._waiting.setdefault(lane, [])
            heapq.heappush(waiting, ticket)
            try:
                now = self._wait(rate, lambda: waiting[0] == ticket, deadline)
            finally:
                waiting.remove(ticket)
                heapq.heapify(waiting)
                self._condition.notify_all()
            if self.in_outage:
                self._probe = now
            rate.sent(now)
            return now

    def _wait(self, rate: Rate, is_first: t.Callable[[], bool], deadline: float | None) -> float:
        while True:
            if self._closed:
                raise ClosedError
            now = self._clock.monotonic()
            due: float | None = None
            if is_first() and self._probe is None:
                due = max(rate.due, self._probe_at if self.in_outage else 0.0)
            if deadline is not None and max(now, due or 0.0) >= deadline:
                raise DeadlineError
            if due is not None and due <= now:
                return now
            ends = [end for end in (due, deadline) if end is not None]
            self._condition.wait(min(min(ends) - now, threading.TIMEOUT_MAX) if ends else None)

    def close(self) -> None:
        """Admit no more requests. Those that are waiting raise ClosedError."""
        with self._condition:
            self._closed = True
            self._condition.notify_all()

    def accepted(self, lane: str, sent: float) -> None:
        """Record that the request sent at C(sent) was accepted."""
        with self._response():
            self._unsuccessful = 0
            self._rates[lane].accepted(self._clock.monotonic(), sent)

    def refused(self, lane: str, sent: float) -> None:
        """Record that the request sent at C(sent) was refused because the rate was exceeded."""
        with self._response():
            self._note_failure()
            self._rates[lane].refused(self._clock.monotonic(), sent)

    def failed(self, lane: str, sent: float) -> None:
        """Record that the request sent at C(sent) received no response or a server error."""
        with self._condition:
            self._rates[lane].ended()
            self._note_failure()
            self._failures += 1
            if self._failures == self._tolerance:
                self._probe_delay = FIRST_PROBE_INTERVAL
            if self._failures == self._tolerance or sent == self._probe:
                self._probe = None
                self._probe_at = self._clock.monotonic() + self._probe_delay * random.uniform(0.5, 1.0)
                self._probe_delay = min(2 * self._probe_delay, MAX_PROBE_INTERVAL)
            self._condition.notify_all()

    def _note_failure(self) -> None:
        if not self._unsuccessful:
            self._unsuccessful_since = self._clock.monotonic()
        self._unsuccessful += 1

    @contextlib.contextmanager
    def _response(self) -> t.Iterator[None]:
        with self._condition:
            self._failures = 0
            self._probe = None
            yield
            self._condition.notify_all()
