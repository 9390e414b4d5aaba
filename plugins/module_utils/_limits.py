# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The time limits of a task that waits."""

# Private to this collection: it may change in any release.

from __future__ import annotations

import typing as t

from ._errors import at_least

MIN_MARGIN = 0.5  # Seconds between the last poll or attempt and the deadline.


class WaitLimits(t.NamedTuple):
    """The timeout from the start of the task, and the longest polling interval, in seconds."""

    timeout: float
    delay: float


def wait_limits(options: t.Mapping[str, t.Any]) -> WaitLimits:
    """Return the WaitLimits that a module's options specify. Raises BadOptionError."""
    at_least(0, options, "wait_timeout")
    at_least(1, options, "wait_delay")
    return WaitLimits(options["wait_timeout"], options["wait_delay"])
