# Copyright: Contributors to the edgeworks.cloudfront project
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Wait for a fixed set of invalidations to complete."""

# Private to this collection: it may change in any release.

from __future__ import annotations

import random
import typing as t
from datetime import datetime

from ._api import Api
from ._client import Json
from ._errors import CloudFrontError, ExpiredError, TransientError
from ._limits import MIN_MARGIN, WaitLimits
from ._pager import IN_PROGRESS, Listing, get, pages
from ._progress import count
from ._results import TargetResult
from ._target import Target

# CloudFront reports most completions between a few and 25 seconds after the creation. With these intervals, a wait ends
# 2 seconds after the report and takes 4.5 polls, on average. Botocore's waiter takes 11 seconds: see tests/benchmark/.
FIRST_INTERVAL = 4.0  # Seconds.
GROWTH = 0.25  # Later intervals, as a part of the time waited so far.
PROGRESS_INTERVAL = 60.0  # Maximum seconds between two progress lines.


class Pending(t.NamedTuple):
    """An invalidation that was waited for and is not known to be completed."""

    target: Target
    id: str
    created: str | None  # None if it was named and has not been listed.
    last_error: CloudFrontError | None  # The error of the last poll, if it failed.

    @property
    def unrecoverable(self) -> bool:
        """Whether polling has ended with a permanent error."""
        return bool(self.last_error) and not isinstance(self.last_error, TransientError)

    def entry(self, now: datetime) -> Json:
        entry: Json = {self.target.kind.get_parameter: self.target.id, "Id": self.id}
        if self.created:
            age = (now - datetime.fromisoformat(self.created)).total_seconds()
            entry.update(CreateTime=self.created, Age=max(0, int(age)))
        return entry


class _Tracker:
    """The pending invalidations of one target."""

    def __init__(self, api: Api, target: Target, listing: Listing, *, skip_missing: bool) -> None:
        self._api = api
        self._target = target
        self._listing = listing
        self._skips_missing = skip_missing
        self._error: CloudFrontError | None = None
        self._items: dict[str, Json] = {item["Id"]: item for item in listing.invalidation_list["Items"]}
        # For each ID, the marker of the page that lists it, because one request for a page covers up to 100. None if it
        # must be requested separately. A named ID that is not listed yet is expected on the first page.
        self._markers: dict[str, str | None] = {
            item["Id"]: listing.markers.get(item["Id"])
            for item in listing.invalidation_list["Items"]
            if item["Status"] == IN_PROGRESS
        }
        self._missing = set() if skip_missing else set(listing.missing_ids)
        self._markers.update(dict.fromkeys(self._missing, None if listing.details else ""))

    @property
    def pending(self) -> list[Pending]:
        return [
            Pending(self._target, identifier, self._items.get(identifier, {}).get("CreateTime"), self._error)
            for identifier in self._markers
        ]

    @property
    def is_active(self) -> bool:
        """Whether anything is left to poll."""
        return bool(self._markers) and not self._failure

    @property
    def _failure(self) -> CloudFrontError | None:
        """The permanent error that has ended polling, if any."""
        return None if isinstance(self._error, TransientError) else self._error

    def poll(self) -> None:
        """Update the status of all pending invalidations."""
        try:
            self._poll_singly(self._poll_pages())
        except ExpiredError:
            pass  # The wait has timed out.
        except CloudFrontError as error:
            self._error = error
        else:
            self._error = None

    def _poll_pages(self) -> list[str]:
        """Poll by page where possible, and return the IDs that must be requested separately."""
        todo = dict(self._markers)
        singly: list[str] = []
        while todo:
            identifier, marker = next(iter(todo.items()))
            if marker is None:
                singly.append(identifier)
                del todo[identifier]
                continue
            page = next(pages(self._api, self._target, marker=marker))
            for item in page["Items"]:
                if item["Id"] in todo:
                    del todo[item["Id"]]
                    self._update(item, marker)
            if marker == "":  # Named IDs that are not listed yet are expected on the first page only.
                todo = {identifier: marker for identifier, marker in todo.items() if identifier not in self._missing}
            if identifier in todo:
                # Newer invalidations have moved it to the next page, or to a later one.
                is_next = page["IsTruncated"] and marker == self._markers[identifier]
                todo[identifier] = page["NextMarker"] if is_next else None
        return singly

    def _poll_singly(self, identifiers: t.Sequence[str]) -> None:
        """Request each of the invalidations, and raise an error after all requests, preferably a permanent one."""

        def try_to_get(identifier: str) -> Json | CloudFrontError | None:
            try:
                return get(self._api, self._target, identifier)
            except CloudFrontError as error:
                return error

        errors: list[CloudFrontError] = []
        for outcome in self._api.map(try_to_get, identifiers):
            if isinstance(outcome, CloudFrontError):
                errors.append(outcome)
            elif outcome:
                self._update(outcome, None)
        if errors:
            raise min(errors, key=lambda error: isinstance(error, TransientError))

    def _update(self, item: Json, marker: str | None) -> None:
        identifier = item["Id"]
        self._missing.discard(identifier)
        self._items[identifier] = {**self._items.get(identifier, item), "Status": item["Status"]}
        if item["Status"] == IN_PROGRESS:
            self._markers[identifier] = marker
        else:
            del self._markers[identifier]

    def result(self, before: TargetResult) -> TargetResult:
        """Return the result as of the last poll. C(before) is the result at the start of the wait."""
        listed = self._listing.invalidation_list
        items = list(self._items.values())
        if len(items) > len(listed["Items"]):
            items.sort(key=lambda item: (item["CreateTime"], item["Id"]), reverse=True)
        error = before.error
        if error and error.code == "NoSuchInvalidation" and not self._skips_missing:
            error = None  # It is reported as pending.
        if not error and self._markers:
            error = self._failure
        return before._replace(
            listing=self._listing._replace(invalidation_list={**listed, "Quantity": len(items), "Items": items}),
            error=error,
        )


def wait(
    api: Api, results: t.Sequence[TargetResult], limits: WaitLimits, *, skip_missing: bool
) -> tuple[list[TargetResult], list[Pending]]:
    """Wait for the invalidations in the results that are in progress or missing.

    With C(skip_missing), missing ones are ignored. Returns the results as of the last poll, and the invalidations that
    are not known to be completed: there are some only if the wait timed out or a permanent error stopped polling a
    target.
    """
    trackers: dict[tuple[str, str], _Tracker] = {}
    for result in results:
        if isinstance(result.target, Target) and result.listing and result.target.key not in trackers:
            trackers[result.target.key] = _Tracker(api, result.target, result.listing, skip_missing=skip_missing)
    _poll_until_done(api, list(trackers.values()), limits)
    return (
        [
            trackers[result.target.key].result(result)
            if isinstance(result.target, Target) and result.target.key in trackers
            else result
            for result in results
        ],
        _pending(trackers.values()),
    )


def _pending(trackers: t.Iterable[_Tracker]) -> list[Pending]:
    return [one for tracker in trackers for one in tracker.pending]


def _poll_until_done(api: Api, trackers: t.Sequence[_Tracker], limits: WaitLimits) -> None:
    """Poll until nothing is left to poll or the wait times out. No request is sent after the timeout."""
    total = left = len(_pending(trackers))
    if not total:
        return
    targets = sum(bool(tracker.pending) for tracker in trackers)
    what = f"{count(total, 'invalidation')} of {count(targets, 'target')}"
    api.progress.report(f"Waiting for {what}, {limits.timeout:.0f} s at most")
    began = reported = api.clock.monotonic()

    def poll(tracker: _Tracker) -> None:
        tracker.poll()
        api.progress.advance()

    with api.polling(api.started + limits.timeout):
        for active in _polls(api, trackers, limits):
            api.progress.begin(len(active), "targets polled")
            api.map(poll, active)
            before, left = left, len(_pending(trackers))
            now = api.clock.monotonic()
            if left != before or now - reported >= PROGRESS_INTERVAL:
                reported = now
                api.progress.report(
                    f"{total - left} of {count(total, 'invalidation')} completed after {now - began:.0f} s"
                )


def _polls(api: Api, trackers: t.Sequence[_Tracker], limits: WaitLimits) -> t.Iterator[list[_Tracker]]:
    """Sleep until the next poll, and yield the trackers to poll, until there are none or the wait times out."""
    began = now = api.clock.monotonic()
    deadline = api.started + limits.timeout
    duration = began - api.started  # Of the last poll or, at first, of listing or creating the invalidations.
    while deadline - now > MIN_MARGIN:
        active = [tracker for tracker in trackers if tracker.is_active]
        if not active:
            return
        left = deadline - now
        interval = min(limits.delay, max(FIRST_INTERVAL, (now - began) * GROWTH)) * random.uniform(0.9, 1.0)
        # Start the last poll early enough to end before the deadline, if possible.
        latest = max(left - max(MIN_MARGIN, duration), left / 2)
        api.clock.sleep(min(interval, latest))
        polled = api.clock.monotonic()
        yield active
        now = api.clock.monotonic()
        duration = now - polled


def timeout_message(pending: t.Sequence[Pending], seconds: float, now: datetime) -> str:
    """Return the message after a timeout, with the pending invalidations, their targets and their ages."""

    def describe(one: Pending) -> str:
        age = one.entry(now).get("Age")
        return f"{one.id} of {one.target} ({'never listed' if age is None else f'{age} s old'})"

    what = count(len(pending), "invalidation")
    message = f"After {seconds:.0f} s, CloudFront had not reported {what} as completed: "
    message += ", ".join(describe(one) for one in pending[:10])
    if len(pending) > 10:
        message += f" and {len(pending) - 10} more"
    last_error = next((f" The last poll failed: {one.last_error}" for one in pending if one.last_error), "")
    return f"{message}. Increase wait_timeout, or run the task again later.{last_error}"
