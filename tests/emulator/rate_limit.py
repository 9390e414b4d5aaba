# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A rate limit: one token bucket, shared by all matching requests of the account."""

from __future__ import annotations

from collections.abc import Callable
from fnmatch import fnmatchcase

_ROUNDING = 1e-4  # of a token


class RateLimit:
    """A token bucket that starts full.

    `rate` tokens are added per second, up to `burst`; another client takes `share_taken` (0 to 1) of the rate. A
    request that finds less than one token is refused. With `refused_costs`, a refused request also costs a token, down
    to a debt of `burst` tokens. All settings can be changed at any time; the tokens in the bucket are kept.
    """

    def __init__(
        self, now: Callable[[], float], rate: float, burst: float, operation: str = "*", *, refused_costs: bool = False
    ) -> None:
        self.operation = operation
        self.burst = burst
        self.refused_costs = refused_costs
        self._now = now
        self._tokens = burst
        self._refilled = now()
        self._rate = rate
        self._share_taken = 0.0

    @property
    def rate(self) -> float:
        return self._rate

    @rate.setter
    def rate(self, rate: float) -> None:
        self._refill()
        self._rate = rate

    @property
    def share_taken(self) -> float:
        return self._share_taken

    @share_taken.setter
    def share_taken(self, share: float) -> None:
        self._refill()
        self._share_taken = share

    def matches(self, operation: str) -> bool:
        return fnmatchcase(operation, self.operation)

    def has_token(self) -> bool:
        self._refill()
        return self._tokens >= 1

    def charge(self, *, refused: bool) -> None:
        """Take the token that a request costs."""
        self._refill()
        if not refused or self.refused_costs:
            self._tokens = max(self._tokens - 1, -self.burst)

    def _refill(self) -> None:
        now = self._now()
        added = max(0.0, now - self._refilled) * self._rate * (1 - self._share_taken)
        self._tokens = min(self.burst, self._tokens + added)
        # Seconds since 1970 are rounded. Do not refuse a client that waits exactly as long as necessary.
        if 1 - _ROUNDING < self._tokens < 1:
            self._tokens = 1.0
        self._refilled = now
