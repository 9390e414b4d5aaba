# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Progress lines from a module to its action plugin: a module cannot print, so it writes them to a file."""

# Private to this collection: it may change in any release.

from __future__ import annotations

import contextlib
import os
import threading
import typing as t
from pathlib import Path

from ._clock import Clock

VARIABLE = "EDGEWORKS_CLOUDFRONT_PROGRESS"  # The file's path. Set if controller and module share a file system.
FIRST_INTERVAL = 10.0  # Seconds before the first line of a task.
MAX_INTERVAL = 60.0  # Seconds between two lines, at most. They double until then.


def report_progress(line: str) -> None:
    """Show a line to the user, if the action plugin has provided a way."""
    path = os.environ.get(VARIABLE)
    if path:
        with contextlib.suppress(OSError), Path(path).open("a", encoding="utf-8") as progress:
            progress.write(f"{line}\n")


class Progress:
    """How far a task has come, in a line from time to time. Safe to share between threads."""

    def __init__(self, clock: Clock, report: t.Callable[[str], None] = lambda line: None) -> None:
        self.report = report
        self._clock = clock
        self._lock = threading.Lock()
        self._next = clock.monotonic() + FIRST_INTERVAL
        self._interval = FIRST_INTERVAL
        self._requests = 0
        self.begin(0, "")

    def begin(self, total: int, activity: str) -> None:
        """Start an activity, such as C(targets listed), that consists of so many parts."""
        self._total, self._activity, self._done, self._began = total, activity, 0, self._clock.monotonic()

    def advance(self) -> None:
        """A part of the activity is done."""
        with self._lock:
            self._done += 1

    def tick(self, *, is_throttled: bool) -> None:
        """A request was sent: report how far the task has come, if it is time for a line."""
        with self._lock:
            self._requests += 1
            now = self._clock.monotonic()
            if now < self._next:
                return
            self._next = now + self._interval
            self._interval = min(2 * self._interval, MAX_INTERVAL)
            line = self._line(now, is_throttled)
        self.report(line)

    def _line(self, now: float, is_throttled: bool) -> str:
        if self._total > 1:
            parts = [f"{self._done} of {self._total} {self._activity}"]
        else:
            parts = [f"{self._requests} requests sent"]
        if is_throttled:
            parts.append("throttled by AWS")
        if 0 < self._done < self._total:
            left = (now - self._began) / self._done * (self._total - self._done)
            parts.append(f"about {left:.0f} s left")
        return ", ".join(parts)
