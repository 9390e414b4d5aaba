# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The world: distributions, tenants, and their histories of invalidations."""

from __future__ import annotations

import time
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

Instant = float | str | datetime


def epoch(instant: Instant) -> float:
    """Return seconds since 1970 for seconds since 1970, a datetime or ISO 8601."""
    if isinstance(instant, str):
        instant = datetime.fromisoformat(instant)
    return instant.timestamp() if isinstance(instant, datetime) else float(instant)


def ascii_domain(domain: str) -> str:
    """Return a domain as CloudFront stores it: internationalized names in punycode."""
    return domain if domain.isascii() else domain.encode("idna").decode()


class Clock:
    """The real time or, if frozen at an instant, a time that only `advance` and `sleep` change."""

    def __init__(self, frozen_at: Instant | None = None) -> None:
        self._frozen_at = None if frozen_at is None else epoch(frozen_at)
        self._ahead = 0.0

    def now(self) -> float:
        return (time.time() if self._frozen_at is None else self._frozen_at) + self._ahead

    def advance(self, seconds: float) -> None:
        self._ahead += seconds

    def sleep(self, seconds: float) -> None:
        if self._frozen_at is None:
            time.sleep(seconds)
        else:
            self.advance(seconds)


@dataclass(slots=True, eq=False)
class Invalidation:
    id: str
    created: float
    paths: tuple[str, ...]
    caller_reference: str
    status: str | None = None  # permanent; None: InProgress until one of the next two is reached
    completes_after: float | None = None  # seconds
    completes_after_reads: int | None = None  # the number of responses that return InProgress
    reads: int = 0

    def status_at(self, now: float) -> str:
        if self.status is not None:
            return self.status
        if self.completes_after is not None and now >= self.created + self.completes_after:
            return "Completed"
        if self.completes_after_reads is not None and self.reads >= self.completes_after_reads:
            return "Completed"
        return "InProgress"

    def read(self, now: float) -> str:
        """Return the status for a response, which counts."""
        status = self.status_at(now)
        self.reads += 1
        return status


def _age(invalidation: Invalidation) -> float:
    return -invalidation.created


class History:
    """The invalidations of one target, newest first."""

    def __init__(self) -> None:
        self._items: list[Invalidation] = []
        self._by_id: dict[str, Invalidation] = {}

    @property
    def oldest(self) -> float | None:
        return self._items[-1].created if self._items else None

    def add(self, added: Sequence[Invalidation], *, as_oldest: bool = False) -> None:
        """Insert invalidations, newest first, by their times. At equal times, they are newer than the existing ones."""
        for item in added:
            if item.id in self._by_id:
                raise ValueError(f"Invalidation {item.id} already exists")
            self._by_id[item.id] = item
        self._items = [*self._items, *added] if as_oldest else sorted([*added, *self._items], key=_age)

    def find(self, invalidation_id: str) -> Invalidation | None:
        return self._by_id.get(invalidation_id)

    def with_reference(self, caller_reference: str) -> Invalidation | None:
        return next((item for item in self._items if item.caller_reference == caller_reference), None)

    def page(self, marker: str, size: int) -> list[Invalidation] | None:
        """Return up to `size` of the newest invalidations, or of those after a marker; None if it is unknown."""
        start = 0
        if marker:
            last = self.find(marker)
            if last is None:
                return None
            start = self._items.index(last, bisect_left(self._items, _age(last), key=_age)) + 1
        return self._items[start : start + size]

    def in_progress(self, now: float) -> list[Invalidation]:
        return [item for item in self._items if item.status_at(now) == "InProgress"]


@dataclass
class Tenant:
    id: str
    arn: str
    etag: str
    name: str
    distribution_id: str
    domains: tuple[str, ...]
    created: float
    history: History = field(default_factory=History)


@dataclass
class Distribution:
    id: str
    arn: str
    etag: str
    domain_name: str
    aliases: tuple[str, ...]
    tenant_only: bool
    created: float
    history: History = field(default_factory=History)
    tenants: dict[str, Tenant] = field(default_factory=dict)
