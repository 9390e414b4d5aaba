# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The emulated accounts, in the format of the emulator's `load`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

World = Mapping[str, Any]

SITE = "E1PA6795UKMFR9"
PENDING = [f"IPENDING{number:02}" for number in range(20)]
IN_PROGRESS = 20
EACH = 3  # invalidations of each of many targets
ROUND_TRIP = {"does": "latency", "seconds": 0.05}
THROTTLING = {"does": "throttle", "every": 5}


def distribution(number: int) -> str:
    return f"E{number:013}"


def tenant(number: int) -> str:
    return f"dt_{number:027}"


def history(count: int, *faults: Mapping[str, object]) -> World:
    """Completed long ago, and identical in each run."""
    return _site({"count": count, "newest": "2026-11-01T00:00:00Z"}, faults=faults)


def busy_history(count: int) -> World:
    """The newest are in progress, one a minute."""
    return _site({"count": IN_PROGRESS, "status": "InProgress"}, {"count": count - IN_PROGRESS}, faults=[ROUND_TRIP])


def pending(count: int) -> World:
    return _site({"ids": PENDING[:count], "every": 0, "completes_after": 12}, {"count": 300, "age": 7200})


def many_targets(count: int, *faults: Mapping[str, object]) -> World:
    """As many distributions as tenants, for tools that do not support tenants."""
    runs = [{"count": EACH}]
    tenants = [{"id": tenant(number), "invalidations": runs} for number in range(count)]
    distributions = [{"id": distribution(number), "invalidations": runs} for number in range(count)]
    return {"distributions": [{"tenant_only": True, "tenants": tenants}, *distributions], "faults": list(faults)}


def rate_limited(count: int, rate: float, burst: int) -> World:
    """All requests share one token bucket."""
    return {**many_targets(count, ROUND_TRIP), "rate_limits": [{"rate": rate, "burst": burst}]}


def _site(*runs: Mapping[str, object], faults: Sequence[Mapping[str, object]] = ()) -> World:
    return {"distributions": [{"id": SITE, "invalidations": list(runs)}], "faults": list(faults)}
