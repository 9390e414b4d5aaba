# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The world: distributions, tenants, and histories of up to a million invalidations."""

from __future__ import annotations

import random
import time
from base64 import b32decode, b32encode
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, NamedTuple

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


class Ids:
    """Convert serial numbers to invalidation IDs and back, so that a million IDs need no memory."""

    _BYTES = 15
    _RANGE = 1 << 8 * _BYTES

    def __init__(self, chance: random.Random) -> None:
        self._factor = chance.randrange(1, self._RANGE, 2)
        self._inverse = pow(self._factor, -1, self._RANGE)
        self._offset = chance.randrange(self._RANGE)
        self._issued = 0
        self._named: dict[int, str] = {}
        self._serials: dict[str, int] = {}

    def issue(self, count: int, names: Sequence[str] = ()) -> int:
        """Issue `count` consecutive serial numbers, the first name for the highest; returns the highest."""
        self._issued += count
        top = self._issued - 1
        for position, name in enumerate(names):
            if name in self._serials:
                raise ValueError(f"Invalidation {name} already exists")
            self._named[top - position] = name
            self._serials[name] = top - position
        return top

    def id_of(self, serial: int) -> str:
        if serial in self._named:
            return self._named[serial]
        scattered = (serial * self._factor + self._offset) % self._RANGE
        return "I" + b32encode(scattered.to_bytes(self._BYTES, "big")).decode()

    def serial_of(self, invalidation_id: str) -> int | None:
        if invalidation_id in self._serials:
            return self._serials[invalidation_id]
        try:
            scattered = int.from_bytes(b32decode(invalidation_id[1:]), "big")
        except ValueError:
            return None
        serial = (scattered - self._offset) * self._inverse % self._RANGE
        return serial if self.id_of(serial) == invalidation_id and serial < self._issued else None


class IdRange(Sequence[str]):
    """The IDs of invalidations that were added together, newest first."""

    def __init__(self, ids: Ids, serials: range) -> None:
        self._ids = ids
        self._serials = serials

    def __len__(self) -> int:
        return len(self._serials)

    def __getitem__(self, index: Any) -> Any:
        found = self._serials[index]
        return IdRange(self._ids, found) if isinstance(found, range) else self._ids.id_of(found)


@dataclass(frozen=True)
class Run:
    """Evenly spaced invalidations that differ only in ID and time, numbered from 0, the newest."""

    top: int  # the serial number of the newest; each older one has the next lower number
    count: int
    newest: float
    every: float
    paths: tuple[str, ...]
    caller_reference: str | None = None
    status: str | None = None  # permanent; None: InProgress until one of the next two is reached
    completes_after: float | None = None  # seconds
    completes_after_reads: int | None = None  # the number of responses that return InProgress

    @property
    def oldest(self) -> float:
        return self.newest - (self.count - 1) * self.every

    def split(self, number: int) -> tuple[Run, Run]:
        older = replace(
            self, top=self.top - number, count=self.count - number, newest=self.newest - number * self.every
        )
        return replace(self, count=number), older


class Invalidation(NamedTuple):
    serial: int
    created: float
    run: Run

    @property
    def caller_reference(self) -> str:
        return self.run.caller_reference or f"batch-{self.serial}"


class History:
    """The invalidations of one target as runs, newest first."""

    def __init__(self) -> None:
        self._runs: list[Run] = []
        self._reads: Counter[int] = Counter()
        self.references: dict[str, Invalidation] = {}

    @property
    def oldest(self) -> float | None:
        return self._runs[-1].oldest if self._runs else None

    def add(self, run: Run) -> None:
        """Insert a run by its time; at equal times it is newer than existing invalidations."""
        place = next((i for i, there in enumerate(self._runs) if there.newest <= run.newest), len(self._runs))
        if place and self._runs[place - 1].oldest <= run.newest:
            there = self._runs[place - 1]
            # The number of invalidations that are newer than the whole run, which must fit before the next one.
            newer = next(n for n in range(there.count) if there.newest - n * there.every <= run.newest)
            self._runs[place - 1 : place] = there.split(newer)
        if place < len(self._runs) and self._runs[place].newest > run.oldest:
            raise ValueError("Invalidations that are added together cannot interleave with others of the same target")
        self._insert(place, run)

    def append(self, run: Run) -> None:
        """Add a run as the oldest."""
        self._insert(len(self._runs), run)

    def _insert(self, place: int, run: Run) -> None:
        self._runs.insert(place, run)
        if run.caller_reference is not None:
            self.references[run.caller_reference] = Invalidation(run.top, run.newest, run)

    def find(self, serial: int) -> Invalidation | None:
        return next(self._from(serial), None)

    def page(self, after: int | None, size: int) -> list[Invalidation] | None:
        """Return up to `size` of the newest invalidations, or of those after a serial number; None if it is unknown."""
        following = self._from(after)
        if after is not None and next(following, None) is None:
            return None
        return [item for item, dummy in zip(following, range(size), strict=False)]

    def in_progress(self, now: float) -> Iterator[Invalidation]:
        for run in self._runs:
            if run.status != "Completed":
                yield from (item for item in _items(run, 0) if self.peek(item, now) == "InProgress")

    def peek(self, item: Invalidation, now: float) -> str:
        """Return the status without counting a read."""
        run = item.run
        if run.status is not None:
            return run.status
        if run.completes_after is not None and now >= item.created + run.completes_after:
            return "Completed"
        if run.completes_after_reads is not None and self._reads[item.serial] >= run.completes_after_reads:
            return "Completed"
        return "InProgress"

    def read(self, item: Invalidation, now: float) -> str:
        status = self.peek(item, now)
        if item.run.completes_after_reads is not None:
            self._reads[item.serial] += 1
        return status

    def _from(self, serial: int | None) -> Iterator[Invalidation]:
        """Yield all invalidations, or those from a serial number on; nothing if it is unknown."""
        for place, run in enumerate(self._runs):
            if serial is None or 0 <= run.top - serial < run.count:
                yield from _items(run, 0 if serial is None else run.top - serial)
                for older in self._runs[place + 1 :]:
                    yield from _items(older, 0)
                return


def _items(run: Run, first: int) -> Iterator[Invalidation]:
    for number in range(first, run.count):
        yield Invalidation(run.top - number, run.newest - number * run.every, run)


@dataclass
class Tenant:
    id: str
    arn: str
    etag: str
    name: str
    distribution_id: str
    connection_group_id: str
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
    comment: str
    created: float
    history: History = field(default_factory=History)
    tenants: dict[str, Tenant] = field(default_factory=dict)
