# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Time and threads, behind one object that tests can replace."""

# Private to this collection: it may change in any release.

from __future__ import annotations

import threading
import time
import typing as t
from datetime import datetime, timezone


class Clock:
    """The real time, and threads that sleep and wait in it."""

    def monotonic(self) -> float:
        """Seconds since some fixed point."""
        return time.monotonic()

    def now(self) -> datetime:
        return datetime.now(timezone.utc)

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)

    def condition(self) -> threading.Condition:
        """A condition whose timeouts are measured by this clock."""
        return threading.Condition()

    def start(self, function: t.Callable[[], None]) -> None:
        """Run C(function) in a thread that does not keep the program alive. Raises RuntimeError if there is none."""
        threading.Thread(target=function, daemon=True).start()
