# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""UNTIL they are Completed: a set that is fixed at the first look, the fewest calls, and steps that fit CloudFront."""

# Private to this collection: it may change in any release.

from __future__ import annotations

import random
import typing as t
from datetime import datetime

from ._api import Api
from ._client import Json
from ._errors import CloudFrontError, TransientError, at_least
from ._pager import IN_PROGRESS, Listing, get, pages
from ._results import TargetResult
from ._target import Target

# CloudFront tells of a completion within 25 s nearly always, and seldom within a few. With these steps the mean lag is
# 2 s for 4.5 looks, where tests/benchmark/ compares other waits: botocore's lags 11 s behind.
FIRST_INTERVAL = 4.0  # Seconds.
GROWTH = 0.25  # A later step is that part of the time waited so far, so the lag stays in proportion to the wait.
PROGRESS_INTERVAL = 60.0  # Seconds between two lines, at most.


class WaitLimits(t.NamedTuple):
    """How long to wait, and the longest step between two looks, in seconds."""

    timeout: float
    delay: float


def wait_limits(options: t.Mapping[str, t.Any]) -> WaitLimits:
    """The Patience that a module's options say. Raises CloudFrontError for what they may not say."""
    at_least(0, options, "wait_timeout")
    at_least(1, options, "wait_delay")
    return WaitLimits(options["wait_timeout"], options["wait_delay"])


class Pending(t.NamedTuple):
    """An invalidation that was awaited and is not known to be completed."""

    target: Target
    id: str
    created: str | None  # None where it was named, and not seen yet.
    last_error: CloudFrontError | None  # Why the last look at it failed, if it did.

    @property
    def unrecoverable(self) -> bool:
        """Whether no further look can help."""
        return bool(self.last_error) and not isinstance(self.last_error, TransientError)

    def entry(self, now: datetime) -> Json:
        told: Json = {self.target.kind.get_parameter: self.target.id, "Id": self.id}
        if self.created:
            age = (now - datetime.fromisoformat(self.created)).total_seconds()
            told.update(CreateTime=self.created, Age=max(0, int(age)))
        return told


class _Tracker:
    """The awaited invalidations of one target."""

    def __init__(self, api: Api, target: Target, listing: Listing, details: bool) -> None:
        self.target = target
        self.listing = listing
        self.error: CloudFrontError | None = None
        self._api = api
        self._items: dict[str, Json] = {item["Id"]: item for item in listing.invalidation_list["Items"]}
        self._unseen = set(listing.missing_ids)
        # By Id, the marker of the page that lists it: one list call then covers a hundred, however deep they lie.
        # None: it has to be got by itself. What is not seen yet will be on the first page, should its Paths not matter.
        self._markers: dict[str, str | None] = {
            item["Id"]: listing.markers.get(item["Id"])
            for item in listing.invalidation_list["Items"]
            if item["Status"] == IN_PROGRESS
        }
        self._markers.update(dict.fromkeys(listing.missing_ids, None if details else ""))

    @property
    def pending(self) -> list[Pending]:
        return [
            Pending(self.target, identifier, self._items.get(identifier, {}).get("CreateTime"), self.error)
            for identifier in self._markers
        ]

    def poll(self) -> None:
        """One look at all that is awaited."""
        try:
            self._poll()
        except CloudFrontError as error:
            self.error = error
        else:
            self.error = None

    def _poll(self) -> None:
        todo = dict(self._markers)
        singly: list[str] = []
        while todo:
            identifier, marker = next(iter(todo.items()))
            if marker is None:
                singly.append(identifier)
                del todo[identifier]
                continue
            page = next(pages(self._api, self.target, marker=marker))
            for item in page["Items"]:
                if item["Id"] in todo:
                    del todo[item["Id"]]
                    self._tell(item, marker)
            if identifier in self._unseen:
                todo.pop(identifier, None)
            elif identifier in todo:
                # Newer ones have pushed it off its page: it is on the next one, or hard to find.
                further = page["IsTruncated"] and marker == self._markers[identifier]
                todo[identifier] = page["NextMarker"] if further else None
        for item in self._api.map(lambda identifier: get(self._api, self.target, identifier), singly):
            if item:
                self._tell(item, None)

    def _tell(self, item: Json, marker: str | None) -> None:
        identifier = item["Id"]
        listed = self.listing.invalidation_list
        if identifier in self._items:
            self._items[identifier]["Status"] = item["Status"]
        else:
            self._unseen.discard(identifier)
            self._items[identifier] = item
            listed["Items"] = sorted([*listed["Items"], item], key=lambda one: str(one["CreateTime"]), reverse=True)
            listed["Quantity"] = len(listed["Items"])
        if item["Status"] == IN_PROGRESS:
            self._markers[identifier] = marker
        else:
            del self._markers[identifier]


def wait(
    api: Api,
    results: t.Sequence[TargetResult],
    wait_limits: WaitLimits,
    *,
    details: bool,
    report: t.Callable[[str], None] = lambda line: None,
) -> tuple[list[TargetResult], list[Pending]]:
    """Wait until what the findings show in progress is Completed.

    C(details) is as in the selection that found them; C(tell) gets a line at the beginning, whenever something has
    changed, and as a sign of life. Returns the findings as last seen, and what is not known to be completed: nothing,
    unless the time ran out, or an error that will not pass ended the watch on a target.
    """
    began = api.clock.monotonic()
    deadline = began + wait_limits.timeout
    trackers: dict[tuple[str, str], _Tracker] = {}
    for result in results:
        if isinstance(result.target, Target) and result.listing and result.target.key not in trackers:
            trackers[result.target.key] = _Tracker(api, result.target, result.listing, details)

    def pending() -> list[Pending]:
        return [one for tracker in trackers.values() for one in tracker.pending]

    left = total = len(pending())
    told = began
    if total:
        targets = sum(bool(tracker.pending) for tracker in trackers.values())
        what = f"{_count(total, 'invalidation')} of {_count(targets, 'target')}"
        report(f"Waiting for {what}, {wait_limits.timeout:g} s at most")
    api.deadline = deadline
    try:
        while True:
            unfinished = [
                tracker for tracker in trackers.values() if any(not one.unrecoverable for one in tracker.pending)
            ]
            now = api.clock.monotonic()
            if not unfinished or now >= deadline:
                break
            step = min(wait_limits.delay, max(FIRST_INTERVAL, (now - began) * GROWTH)) * random.uniform(0.9, 1.0)
            api.clock.sleep(min(step, deadline - now))
            api.map(_Tracker.poll, unfinished)
            before, left = left, len(pending())
            now = api.clock.monotonic()
            if left != before or now - told >= PROGRESS_INTERVAL:
                told = now
                report(f"{total - left} of {_count(total, 'invalidation')} completed after {now - began:.0f} s")
    finally:
        api.deadline = None

    def last_seen(result: TargetResult) -> TargetResult:
        tracker = trackers.get(result.target.key) if isinstance(result.target, Target) else None
        if tracker is None:
            return result
        # An Id that was named and not seen is awaited, so it is no error of the target.
        error = None if result.error and result.error.code == "NoSuchInvalidation" else result.error
        return result._replace(
            error=error or next((one.last_error for one in tracker.pending if one.unrecoverable), None)
        )

    return [last_seen(result) for result in results], pending()


def timeout_message(pending: t.Sequence[Pending], wait_limits: WaitLimits, now: datetime) -> str:
    """The sentence for a wait whose time ran out: which are awaited still, of which targets, and how old they are."""

    def told(one: Pending) -> str:
        age = one.entry(now).get("Age")
        return f"{one.id} of {one.target} ({'never seen' if age is None else f'{age} s old'})"

    message = f"After {wait_limits.timeout:g} s, {_count(len(pending), 'invalidation')} had not completed: "
    message += ", ".join(told(one) for one in pending[:10])
    if len(pending) > 10:
        message += f" and {len(pending) - 10} more"
    last_error = next((f" The last look failed: {one.last_error}" for one in pending if one.last_error), "")
    return f"{message}. Give wait_timeout more seconds, or ask again later.{last_error}"


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}{'s' * (number != 1)}"
