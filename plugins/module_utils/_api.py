# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""ONE request to CloudFront, and the walk from page to page: paced, retried and counted."""

# Private to this collection: it may change in any release.

from __future__ import annotations

import contextlib
import itertools
import queue
import random
import threading
import typing as t
from collections import Counter

from ._client import Json, check_root_element, keep_timestamps_as_text
from ._clock import Clock
from ._errors import (
    CloudFrontError,
    NoResponseError,
    ThrottledError,
    TransientError,
    at_least,
    explain,
    unreadable,
)

with contextlib.suppress(ImportError):  # AnsibleAWSModule and AWSLookupBase report this to the user.
    from botocore import xform_name

if t.TYPE_CHECKING:
    from botocore.client import BaseClient

In = t.TypeVar("In")
Out = t.TypeVar("Out")

ATTEMPTS = 8
RETRY_WINDOW = 120.0  # Seconds from a request's first attempt after which no further one begins.
FIRST_DELAY, LONGEST_DELAY = 0.1, 4.0
OUTAGE = 30.0  # Seconds during which nothing is sent to an endpoint that was dead to several requests in a row.


class Api:
    """CloudFront as this collection calls it: a botocore client with one retry rule, a pace and a count.

    Safe to share between threads; at most C(concurrency) requests are in flight at once.
    """

    def __init__(
        self, client: BaseClient, *, concurrency: int, attempts: int | None = None, clock: Clock | None = None
    ) -> None:
        at_least(1, {"concurrency": concurrency}, "concurrency")
        self.clock = clock or Clock()
        self.concurrency = concurrency
        self.calls: t.Counter[str] = Counter()
        self.deadline: float | None = None  # A monotonic time: no retry begins later.
        self._client = client
        self._attempts = attempts
        self._slots = threading.BoundedSemaphore(concurrency)
        self._lock = threading.Lock()
        self._resume = 0.0  # A monotonic time: after a throttling, nobody sends before it.
        self._answered = 0  # Requests that got through.
        self._lost = 0  # Requests in a row that were given up because nothing came back.
        self._outage: tuple[float, CloudFrontError] | None = None
        keep_timestamps_as_text(client)
        check_root_element(client)

    def call(self, operation: str, subject: str, is_complete: t.Callable[[Json], bool], **parameters: t.Any) -> Json:
        """The answer to one request, retried as long as that can help: ATTEMPTS times, within PATIENCE.

        While others get through, a request that is throttled has only to come later: neither its attempts nor the time
        so far count, unless the user has said how often.

        C(operation) is AWS's name of it, C(about) what it is asked about, for messages; an answer that is not C(usable)
        did not come whole from CloudFront. Raises CloudFrontError.
        """
        method = getattr(self._client, xform_name(operation), None)
        if method is None:
            message = f"The installed botocore does not know {operation}: botocore 1.38.4 or newer is needed."
            raise CloudFrontError(message, "UnknownOperation")

        self._refuse_during_outage(operation, subject)
        give_up = self.clock.monotonic() + RETRY_WINDOW
        counted, seen = 0, self._answered
        for attempt in itertools.count(1):
            self._await_pace()
            with self._slots:
                with self._lock:
                    self.calls[operation] += 1
                try:
                    response: Json = method(**parameters)
                except Exception as raised:  # Whatever botocore, urllib3 or a parser raise: a user gets a sentence.
                    error = explain(raised, operation, subject)
                    error.__cause__ = raised
                else:
                    if is_complete(response):
                        with self._lock:
                            self._answered += 1
                            self._lost, self._outage = 0, None
                        return response
                    error = unreadable(operation, subject, "required fields are missing")
            if not isinstance(error, NoResponseError):
                self._lost = 0
            if not isinstance(error, TransientError):
                raise error
            delay = min(LONGEST_DELAY, FIRST_DELAY * 2 ** (attempt - 1)) * random.uniform(0.5, 1.0)
            if isinstance(error, ThrottledError) and self._answered > seen and not self._attempts:
                counted, give_up = 0, self.clock.monotonic() + RETRY_WINDOW
            else:
                counted += 1
            seen = self._answered
            limit = give_up if self.deadline is None else min(give_up, self.deadline)
            if counted >= (self._attempts or ATTEMPTS) or self.clock.monotonic() + delay > limit:
                error.message += f" Given up after {attempt} attempt{'s' * (attempt > 1)}."
                if isinstance(error, NoResponseError):
                    self._note_outage(error)
                raise error
            if isinstance(error, ThrottledError):
                self._slow_down(delay)
            else:
                self.clock.sleep(delay)
        raise AssertionError  # For mypy: the count does not end.

    def map(self, function: t.Callable[[In], Out], items: t.Sequence[In]) -> list[Out]:
        """C(function) of every item, in the order of the items, run by as many threads as requests may be in flight.

        The first exception is raised once no thread has work left to begin. The threads are daemons: an interrupt ends
        the program at once, whatever they wait for.
        """
        if len(items) < 2 or self.concurrency < 2:
            return [function(item) for item in items]
        results: list[t.Any] = [None] * len(items)
        failures: list[BaseException] = []
        todo = iter(range(len(items)))
        done: queue.SimpleQueue[None] = queue.SimpleQueue()

        def work() -> None:
            while not failures:
                with self._lock:
                    index = next(todo, None)
                if index is None:
                    break
                try:
                    results[index] = function(items[index])
                except BaseException as error:
                    failures.append(error)
            done.put(None)

        workers = 0
        with contextlib.suppress(RuntimeError):  # The system has no more threads: those that began do the work.
            while workers < min(self.concurrency, len(items)):
                threading.Thread(target=work, daemon=True).start()
                workers += 1
        if not workers:
            return [function(item) for item in items]
        for dummy in range(workers):
            done.get()
        if failures:
            raise failures[0]
        return results

    def _await_pace(self) -> None:
        while True:
            pause = self._resume - self.clock.monotonic()
            if pause <= 0:
                return
            self.clock.sleep(pause * random.uniform(1.0, 1.2))

    def _slow_down(self, seconds: float) -> None:
        with self._lock:
            self._resume = max(self._resume, self.clock.monotonic() + seconds)

    def _note_outage(self, error: CloudFrontError) -> None:
        with self._lock:
            self._lost += 1
            if self._lost >= max(4, self.concurrency):
                self._outage = (self.clock.monotonic() + OUTAGE, error)

    def _refuse_during_outage(self, operation: str, subject: str) -> None:
        """With thousands of targets to ask, each of them retried in vain would take hours."""
        outage = self._outage  # Another thread may end it at any time.
        if outage and self.clock.monotonic() < outage[0]:
            message = f"{operation} on {subject} was not sent, because the requests before it failed: {outage[1]}"
            raise NoResponseError(message, outage[1].code)
