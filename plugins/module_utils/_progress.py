# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Write progress lines to a file, which the action plugin shows, because a module cannot print."""

# Private to this collection: it may change in any release.

from __future__ import annotations

import contextlib
import os
import threading
import typing as t
from pathlib import Path

from ._clock import Clock

VARIABLE = "EDGEWORKS_CLOUDFRONT_PROGRESS"  # The path of the file. Set only for modules that run on the control node.
FIRST_INTERVAL = 10.0  # Seconds before the first line of a task.
MAX_INTERVAL = 60.0  # Maximum seconds between two lines. The interval doubles until then.


def report_progress(line: str) -> None:
    """Show a line to the user, if the action plugin has provided a file."""
    path = os.environ.get(VARIABLE)
    if path:
        with contextlib.suppress(OSError), Path(path).open("a", encoding="utf-8") as progress:
            progress.write(f"{line}\n")


def count(number: int, thing: str) -> str:
    """Return a number of things, such as C(2 targets)."""
    return f"{number} {thing}{'s' * (number != 1)}"


class Progress:
    """Reports the progress of a task at growing intervals. Safe to share between threads."""

    def __init__(self, clock: Clock, report: t.Callable[[str], None] = lambda line: None) -> None:
        self.report = report
        self._clock = clock
        self._lock = threading.Lock()
        self._next = 0.0
        self._interval = FIRST_INTERVAL
        self._requests = 0
        self.begin(0, "")

    def begin(self, total: int, activity: str) -> None:
        """Start an activity that has C(total) parts, such as C(targets listed)."""
        self._total, self._activity, self._done, self._began = total, activity, 0, self._clock.monotonic()
        self._next = max(self._next, self._began + FIRST_INTERVAL)

    def advance(self) -> None:
        """Record that a part of the activity is done."""
        with self._lock:
            self._done += 1

    def tick(self, *, is_throttled: bool) -> None:
        """Record that a request was sent, and report the progress if the next line is due."""
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
