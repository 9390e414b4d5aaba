# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Provide time and threads through one object that tests can replace."""

# Private to this collection: it may change in any release.

from __future__ import annotations

import threading
import time
import typing as t
from datetime import datetime, timezone


class Clock:
    """The system's time and threads."""

    def monotonic(self) -> float:
        """Return the seconds since an arbitrary fixed point."""
        return time.monotonic()

    def now(self) -> datetime:
        return datetime.now(timezone.utc)

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)

    def condition(self) -> threading.Condition:
        """Return a condition whose timeouts are measured by this clock."""
        return threading.Condition()

    def start(self, function: t.Callable[[], None]) -> None:
        """Run C(function) in a daemon thread. Raises RuntimeError if no thread can be started."""
        threading.Thread(target=function, daemon=True).start()
