# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run a function on many items with a limited number of threads, which nested calls share."""

# Private to this collection: it may change in any release.

from __future__ import annotations

import contextlib
import threading
import typing as t

from ._clock import Clock

In = t.TypeVar("In")
Out = t.TypeVar("Out")


class Workers:
    """A pool of at most C(limit) threads, including the one that calls C(map). Calls can be nested."""

    def __init__(self, limit: int, clock: Clock) -> None:
        self._limit = limit
        self._clock = clock
        self._lock = threading.Lock()
        self._helpers = 0
        self._jobs: list[_Job] = []

    def map(self, function: t.Callable[[In], Out], items: t.Sequence[In]) -> list[Out]:
        """Call C(function) for every item, and return the results in the order of the items.

        The calling thread takes part in the work. After the first exception, no more items are started, and the
        exception is raised when the running ones are done. An interrupt of the calling thread is raised at once.
        """
        job = _Job(function, items, self._clock.condition())
        with self._lock:
            self._jobs.append(job)
        try:
            self._add_helpers(len(items) - 1)
            while job.do_next():
                pass
            job.join()
        finally:
            job.stop()
            with self._lock:
                self._jobs.remove(job)
        return job.results

    def _add_helpers(self, wanted: int) -> None:
        with self._lock:
            missing = max(0, min(self._limit - 1 - self._helpers, wanted))
            self._helpers += missing
        started = 0
        with contextlib.suppress(RuntimeError):  # The system allows no more threads. The existing ones do the work.
            while started < missing:
                self._clock.start(self._help)
                started += 1
        with self._lock:
            self._helpers -= missing - started

    def _help(self) -> None:
        while True:
            with self._lock:
                # The newest job first, because an item of an older job may be waiting for it.
                job = next((job for job in reversed(self._jobs) if job.has_next), None)
                if job is None:
                    self._helpers -= 1
                    return
            job.do_next()


class _Job:
    """One call of C(map): its items and their results."""

    def __init__(self, function: t.Callable[[t.Any], t.Any], items: t.Sequence[t.Any], done: threading.Condition):
        self.results: list[t.Any] = [None] * len(items)
        self._function = function
        self._items = items
        self._done = done
        self._next = 0
        self._under_way = 0
        self._failure: Exception | None = None

    @property
    def has_next(self) -> bool:
        return self._next < len(self._items)

    def do_next(self) -> bool:
        """Process the next item, and return whether there was one."""
        with self._done:
            if not self.has_next:
                return False
            index = self._next
            self._next += 1
            self._under_way += 1
        try:
            self.results[index] = self._function(self._items[index])
        except Exception as error:
            self._failure = self._failure or error
            self.stop()
        finally:
            with self._done:
                self._under_way -= 1
                self._done.notify_all()
        return True

    def join(self) -> None:
        """Wait for the items that other threads are processing. Raises the first exception."""
        with self._done:
            while self._under_way:
                self._done.wait()
        if self._failure:
            raise self._failure

    def stop(self) -> None:
        """Start no more items."""
        with self._done:
            self._next = len(self._items)
